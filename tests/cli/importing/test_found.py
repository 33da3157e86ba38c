"""What a file holds, and a request as a command."""

import shlex

import pytest

from oauthone.cli.importing.found import FoundProfile, NotUnderstood, command_of, item_of
from oauthone.cli.profiles import Profile
from oauthone.diagnosis import Evidence


def test_a_request_becomes_a_command() -> None:
    evidence = Evidence(
        "POST",
        "https://api.example/a b",
        (("Authorization", "OAuth x"), ("Host", "api.example"), ("X-One", "it's"), ("Accept", "*/*")),
        "é=1".encode(),
    )
    assert shlex.split(command_of(evidence)) == [
        *("oauthone", "request", "POST", "https://api.example/a b"),
        *("-H", "X-One: it's", "-H", "Accept: */*", "--data-raw", "é=1"),
    ]


@pytest.mark.parametrize(("value", "kept"), [("application/x-www-form-urlencoded", False), ("application/json", True)])
def test_the_type_of_a_form_is_not_said(value: str, kept: bool) -> None:
    command = command_of(Evidence("POST", "https://api.example", (("Content-Type", value),), b"a"))
    assert ("Content-Type" in command) is kept


def test_without_a_scheme_a_path_is_for_the_base_url() -> None:
    assert command_of(Evidence("GET", "//api.example/a/b?c=d", (), b"")) == "oauthone request GET '/a/b?c=d'"
    assert command_of(Evidence("GET", "http://api.example/a", (), b"")).endswith(" http://api.example/a")


def test_no_signature_is_in_a_command() -> None:
    """Nor a token, wherever the protocol parameters were."""
    form = (("Content-Type", "application/x-www-form-urlencoded"),)
    protocol = "oauth_token=canary&a=1&oauth_signature=canary"
    assert command_of(Evidence("GET", f"https://api.example/?{protocol}", (), b"")).endswith(
        "'https://api.example/?a=1'"
    )
    assert command_of(Evidence("GET", "https://api.example/?oauth_token=canary", (), b"")).endswith(".example/")
    assert command_of(Evidence("POST", "https://api.example", form, protocol.encode())).endswith("--data-raw a=1")
    json_body = Evidence("POST", "https://api.example", (), b'{"oauth_token=x&": 1}')
    assert "oauth_token=x" in command_of(json_body)


def test_only_what_is_known_is_kept() -> None:
    assert item_of("a", None, "") == {"client_secret": "a", "token_secret": ""}
    assert "canary" not in repr(FoundProfile("one", Profile(), {"token": "canary"}))
    assert NotUnderstood("a file", "it is empty").message == "This is not a file: it is empty."
