"""Mistakes about percent-encoding: the encoders of `urllib` are the judge."""

from urllib.parse import quote

import pytest

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
