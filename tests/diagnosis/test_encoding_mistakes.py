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
        ("separators-left-unencoded", lambda text: quote(text, safe="~@*/+")),
        ("separators-left-unencoded", lambda text: quote(text, safe="~$&+=:@")),
    ],
)
def test_encoders_agree_with_those_of_urllib(word: str, encoder: object) -> None:
    text = "".join(map(chr, range(128)))
    found = [encoding.value(encode(text)) for mistake, encoding in wrong_encodings(RIGHT_ENCODING) if mistake == word]
    assert callable(encoder)
    assert encoder(text) in found
