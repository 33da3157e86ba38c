"""Decoding a text layer by layer, as the search for known secrets needs it."""

import base64
from urllib.parse import quote

import pytest

from oauthone.core.known_secrets import KnownSecrets


def test_wrapped_base64_is_read_as_one() -> None:
    wrapped = base64.encodebytes(b"x" * 50 + b"secret-canary" + b"y" * 50).decode()
    masked = KnownSecrets(["secret-canary"]).without_values(wrapped)
    kept = base64.b64decode(masked.partition("***")[0].replace("\n", "") + "===")
    assert set(kept) <= {ord("x")}


@pytest.mark.parametrize("escape", ["\\u{63}", "\\U00000063", "%u0063", "\\x63", "&#99;", "&#x63;"])
def test_escapes_of_programs(escape: str) -> None:
    assert KnownSecrets(["canary"]).without_values(f"<{escape}anary>") == "<***>"
    assert KnownSecrets(["canary"]).without_values("\\u{110000}canary\\U00110000") == "\\u{110000}***\\U00110000"


def test_layers_have_an_end() -> None:
    """Four layers of escapes are decoded. People do not read deeper ones either."""
    spelt = "%63anary"
    for _ in range(3):
        spelt = quote(spelt)
    known = KnownSecrets(["canary"])
    assert known.without_values(spelt) == "***"
    assert known.without_values(quote(spelt)) == quote(spelt)


@pytest.mark.parametrize("form", ["&#{0}", "&#x{0:x}", "&#0000000{0}", "&#X000{0:X};"])
def test_numbers_of_html_in_each_form(form: str) -> None:
    spelt = "".join(form.format(ord(sign)) for sign in "kd94hf93é")
    assert KnownSecrets(["kd94hf93é"]).without_values(f"<{spelt}>") == "<***>"
