"""Base strings that providers show."""

from pathlib import Path

import pytest

from oauthone.cli.curl_options import Draft
from oauthone.cli.output import CommandError, Common
from oauthone.cli.settings import resolve
from oauthone.cli.their_base_string import read_base_string, sign_like

THEIRS = (
    "GET&https%3A%2F%2Fapi.example%2Fa&oauth_consumer_key%3Did%26oauth_nonce%3Dx%252By%26"
    "oauth_signature_method%3DHMAC-SHA256%26oauth_timestamp%3D1000%26oauth_token%3Dtheirs"
)
DRAFT = Draft("GET", "https://api.example/a", [], None)
GIVEN = {"client_id": "id", "empty_secrets": True}


def test_what_the_other_program_chose_is_taken(context: Common) -> None:
    assert sign_like(resolve(GIVEN), DRAFT, THEIRS, has_method=False).base_string == THEIRS


def test_what_was_named_stays(context: Common) -> None:
    settings = resolve({**GIVEN, "token": "mine"})
    signed = sign_like(settings, DRAFT, THEIRS, has_method=True)
    assert "oauth_signature_method%3DHMAC-SHA1%26oauth_timestamp%3D1000%26oauth_token%3Dmine" in signed.base_string


def test_without_a_base_string_a_request_has_its_own_nonce(context: Common) -> None:
    first, second = (sign_like(resolve(GIVEN), DRAFT, None, has_method=False) for _ in "ab")
    assert first.nonce != second.nonce
    assert "oauth_version%3D1.0" in first.base_string


@pytest.mark.parametrize("odd", ["", "&", "a&b&c", "GET&a&oauth_timestamp%3Dx%26oauth_signature_method%3DRSA-SHA1"])
def test_an_odd_text_gives_nothing(context: Common, odd: str) -> None:
    signed = sign_like(resolve(GIVEN), DRAFT, odd, has_method=False)
    assert "HMAC-SHA1" in signed.base_string


def test_an_empty_file_is_called_empty(tmp_path: Path) -> None:
    path = tmp_path / "theirs"
    path.write_text(" \n")
    with pytest.raises(CommandError, match=r"theirs is empty: the base string"):
        read_base_string(str(path))
