"""The problem that a provider's response reports; `read_token_response` has the tests of its wording."""

import pytest

from oauthone.core.known_secrets import KnownSecrets
from oauthone.core.response_fields import read_body
from oauthone.core.response_problems import is_success, reported_refusal, secrets_in

CHALLENGE = ("WWW-Authenticate", 'OAuth oauth_problem="token_expired"')


@pytest.mark.parametrize(
    ("status", "headers", "body", "problem"),
    [
        (200, [], b"Access Token has been renewed", None),
        (204, [("WWW-Authenticate", "OAuth")], b"", None),
        (200, [CHALLENGE], b"renewed", "token_expired"),
        (200, [], b"oauth_problem=token_expired", "token_expired"),
        (401, [], b'{"error": "expired"}', "expired"),
    ],
)
def test_success_and_refusal(status: int, headers: list[tuple[str, str]], body: bytes, problem: str | None) -> None:
    text, fields = read_body(body)
    assert is_success(status, headers, fields) == (problem is None)
    refused = reported_refusal(status, headers, text, fields, KnownSecrets())
    assert (refused and refused.problem) == problem


def test_a_status_of_failure_is_a_refusal_without_a_word_too() -> None:
    for status in (199, 300, 404, 500):
        assert not is_success(status, [], [])
        refused = reported_refusal(status, [], "", [], KnownSecrets())
        assert refused is not None
        assert refused.status == status


def test_the_secrets_of_a_response_are_not_repeated() -> None:
    body = b"oauth_token=t0ken-value&oauth_token_secret=hush-hush&oauth_problem=nonce_used"
    text, fields = read_body(body)
    assert secrets_in(fields) == ["t0ken-value", "hush-hush"]
    assert secrets_in([("oauth_token", None), ("oauth_token_secret", 7)]) == []
    refused = reported_refusal(200, [], text, fields, KnownSecrets())
    assert "hush-hush" not in f"{refused} {refused and refused.body}"
