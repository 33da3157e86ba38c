"""Mistakes about percent-encoding: the encoders of `urllib` are the judge."""

import hmac
from base64 import b64encode
from urllib.parse import quote

import pytest

from oauthone.diagnosis import diagnose
from oauthone.diagnosis.encoding import RIGHT_ENCODING
from oauthone.diagnosis.encoding_mistakes import wrong_encodings
from oauthone.diagnosis.escaping import encode


@pytest.mark.parametrize(
    ("word", "encoder"),
    [
        ("space-as-plus", lambda text: quote(text, safe="~").replace("%20", "+")),
        ("reserved-left-unencoded", lambda text: quote(text, safe="~!*'()")),
        ("slash-left-unencoded", lambda text: quote(text, safe="~/")),
        ("javascript-escape", lambda text: quote(text, safe="@*/+").replace("~", "%7E")),
        ("separators-left-unencoded", lambda text: quote(text, safe="~$&+=:@")),
    ],
)
def test_encoders_agree_with_those_of_urllib(word: str, encoder: object) -> None:
    text = "".join(map(chr, range(128)))
    found = [encoding.value(encode(text)) for mistake, encoding in wrong_encodings(RIGHT_ENCODING) if mistake == word]
    assert callable(encoder)
    assert encoder(text) in found


@pytest.mark.parametrize(
    ("octets", "escaped"),
    [
        ("é ü".encode(), "%E9%20%FC"),
        ("€~".encode(), "%u20AC%7E"),
        ("\U0001f600".encode(), "%uD83D%uDE00"),
        (b"\xff", "%FF"),
    ],
)
def test_escape_writes_the_units_of_utf_16(octets: bytes, escaped: str) -> None:
    """As ECMA-262 defines it in its annex B. Octets that are not UTF-8 stay as they are."""
    found = [one.value for mistake, one in wrong_encodings(RIGHT_ENCODING) if mistake == "javascript-escape"]
    assert {respell(encode(octets.decode("latin-1"))) for respell in found} == {escaped}


@pytest.mark.parametrize(
    ("inner", "outer", "mistake"),
    [("[]", "[]", "separators-left-unencoded"), ("[]", "", "encoded-once"), ("", "", None)],
)
def test_brackets_that_are_never_encoded(inner: str, outer: str, mistake: str | None) -> None:
    """As in programs that build the names of a shop's arrays by hand."""
    sent = {
        "oauth_consumer_key": "client", "oauth_nonce": "n", "oauth_signature_method": "HMAC-SHA1",
        "oauth_timestamp": "1795734110",
    }  # fmt: skip
    pairs = sorted((quote(name, safe=inner), value) for name, value in {**sent, "filter[limit]": "10"}.items())
    joined = quote("&".join(f"{name}={value}" for name, value in pairs), safe=outer)
    text = f"GET&{quote('https://shop.example/orders', safe='')}&{joined}"
    signature = b64encode(hmac.digest(b"s3cret&", text.encode(), "sha1")).decode()
    header = ", ".join(
        f'{name}="{quote(value, safe="")}"' for name, value in {**sent, "oauth_signature": signature}.items()
    )
    url = "https://shop.example/orders?filter%5Blimit%5D=10"
    found = diagnose("GET", url, {"Authorization": f"OAuth {header}"}, client_id="client", client_secret="s3cret")
    assert found.mistake == mistake
