"""Masking of bodies: what is hidden of JSON, XML and multipart bodies, and what stays readable."""

import json
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oauthone.core.body_masking import mask_parts, masked_text


def part(name: str, content: str, more: str = "") -> str:
    return f'--b\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n{content}\r\n'


def test_parts_that_may_be_secret() -> None:
    shown = part("a", "password\r\n--") + part("f", "x", '; filename="y"\r\nContent-Type: text/plain')
    hidden = [part("client_secret", content) for content in ("hidden", "hidden\r\nhidden", "")]
    assert mask_parts("".join([shown, *hidden, shown, "--b--\r\n"])) == "".join(
        [shown, *[part("client_secret", "***")] * 3, shown, "--b--\r\n"]
    )
    cut = part("password", "hidden")[:-4]
    assert mask_parts(cut).endswith('name="password"\r\n\r\n***')
    assert mask_parts("name=password") == "name=password"
    inside = part("password", 'Content-Disposition: form-data; name="pin"\r\n\r\nhidden')
    assert mask_parts(inside + shown) == part("password", "***") + shown


@pytest.mark.parametrize("text", ['content-disposition: name="a" ', 'content-disposition: name="a"\r\n'])
def test_heads_of_parts_that_do_not_end_are_read_once(text: str) -> None:
    """Otherwise this takes hours."""
    assert mask_parts(text * 20_000) == text * 20_000


_TEXTS = st.text('ab"\\\\:{}[],é \n<>', max_size=6)
_NAMES = st.one_of(st.sampled_from(["password", "pa\u0061ss word", "accessToken", "key", "oauth_token"]), _TEXTS)
_JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), _TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(_NAMES, inner, max_size=3)),
    max_leaves=8,
)
_SECRET = ("password", "accessToken", "key", "oauth_token")


def hidden(value: Any) -> Any:
    """Return JSON with the values hidden that may be secret, as the standard library reads it."""
    if isinstance(value, dict):
        return {
            name: "***" if name in _SECRET and inner not in (None, "") else hidden(inner)
            for name, inner in value.items()
        }
    return [hidden(inner) for inner in value] if isinstance(value, list) else value


@given(_JSON, st.sampled_from([None, 1]), st.booleans())
def test_of_json_the_values_of_secret_names_are_hidden(value: Any, indent: int | None, is_ascii: bool) -> None:
    shown = masked_text(json.dumps(value, indent=indent, ensure_ascii=is_ascii))
    assert json.loads(shown) == hidden(value)


@given(_JSON, st.integers(0, 3))
def test_json_within_strings_of_json_is_masked(value: Any, depth: int) -> None:
    text, expected = json.dumps({"a": value, "key": "x"}), {"a": hidden(value), "key": "***"}
    for _ in range(depth):
        text = json.dumps({"b": text})
    shown = masked_text(text)
    for _ in range(depth):
        shown = json.loads(shown)["b"]
    assert json.loads(shown) == expected


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('{"p\\u0061ssword": "canary"}', '{"p\\u0061ssword": "***"}'),
        ('{"a": 1, "password": "canary', '{"a": 1, "password": "***"'),
        ('{"credentials": {"a": ["canary"], "b": "]}', '{"credentials": "***"'),
        ('{"pin": 1234, "otp": true} {"jwt":"canary"}', '{"pin": "***", "otp": "***"} {"jwt":"***"}'),
        ('{"' + "x" * 81 + '": "canary"}', '{"' + "x" * 81 + '": "***"}'),
        ('["{\\"key\\": \\"canary\\"}", "b"]', '["{\\"key\\": \\"***\\"}", "b"]'),
        ('["a\\"\\x"]', '["***"]'),
        ('{"query": "{ login(password: \\"canary\\") }"}', '{"query": "{ login(password: \\"***\\") }"}'),
        ("a=1&password=canary", "a=1&password=***"),
        ("a password", "a password"),
        ("", ""),
    ],
)
def test_other_texts_of_names_and_values(text: str, shown: str) -> None:
    assert masked_text(text) == shown


def test_of_xml_the_values_of_secret_names_are_hidden() -> None:
    text = (
        '<e:a xmlns:e="u"><e:password type="x">canary<b>canary</b></e:password><token/><c pin="canary" d="e">f</c>'
        "<key g='h' sig='canary' session=''/><code>canary</code></e:a>"
    )
    read = ElementTree.fromstring(masked_text(text))
    assert [(one.tag, one.attrib, one.text) for one in read.iter()][1:] == [
        ("{u}password", {"type": "x"}, "***"),
        ("token", {}, None),
        ("c", {"pin": "***", "d": "e"}, "f"),
        ("key", {"g": "h", "sig": "***", "session": ""}, None),
        ("code", {}, "***"),
    ]
    assert masked_text("<password>canary<b>canary") == "<password>***"


@pytest.mark.parametrize("unit", ['"', '{"key":', '"key":{', "<key>", "<key ", 'a="', "a='", "\\", "key =", '"\\"'])
def test_texts_that_do_not_end_are_read_once(unit: str) -> None:
    """Otherwise this takes hours."""
    assert len(masked_text(f"a {unit * 50_000}")) <= 4 + len(unit) * 50_000
