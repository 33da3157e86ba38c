"""The endpoints at which a provider grants credentials: temporary ones, tokens, and what becomes of those."""

from collections.abc import Callable
from typing import Any

import pytest

from oauthone.providers._model import TokenLifetime
from oauthone.testing import BoxToken, ProviderBox

from .like_walks import (
    CALLBACK,
    authorization_url,
    came_back,
    fields,
    leg,
    send,
    temporary,
    token_credentials,
    token_of,
)

Likes = Callable[..., ProviderBox]


def problem(box: ProviderBox) -> str:
    """Return why the box refused its last request, in one word."""
    refusal = box.requests[-1].refusal
    assert refusal is not None
    return refusal.error.problem


def approved(box: ProviderBox) -> tuple[BoxToken, str]:
    """Return temporary credentials that were approved, and the verification code."""
    pending = temporary(box)
    return pending, came_back(box, authorization_url(box, pending)).get("oauth_verifier", "")


def test_a_verifier_is_required(likes: Likes) -> None:
    box = likes("tumblr")
    pending, verifier = approved(box)
    for wrong, word in ((None, "parameter_absent"), (verifier[::-1], "parameter_rejected")):
        assert leg(box, "token_credentials", pending, verifier=wrong).status_code >= 400
        assert problem(box) == word
    assert leg(box, "token_credentials", pending, verifier=verifier).status_code == 200
    assert leg(box, "token_credentials", pending, verifier=verifier).status_code >= 400


def test_a_verifier_is_optional(likes: Likes) -> None:
    box = likes("telldus")
    pending, verifier = approved(box)
    leg(box, "token_credentials", pending, verifier="wrong")
    assert problem(box) == "parameter_rejected"
    assert leg(box, "token_credentials", pending, verifier=None).status_code == 200
    pending, verifier = approved(box)
    assert leg(box, "token_credentials", pending, verifier=verifier).status_code == 200


def test_there_is_no_verifier(likes: Likes) -> None:
    box = likes("tripit")
    pending = temporary(box)
    leg(box, "token_credentials", pending)
    assert problem(box) == "permission_unknown"
    assert came_back(box, authorization_url(box, pending)) == {"oauth_token": pending.token}
    assert leg(box, "token_credentials", pending).status_code == 200


def test_temporary_credentials_are_for_their_client_and_time(likes: Likes) -> None:
    box = likes("discogs")
    pending, verifier = approved(box)
    other = box.clients["PLAINTEXT"]
    leg(box, "token_credentials", pending, verifier=verifier, **other.credentials())
    assert problem(box) == "signature_invalid"
    box.store.save_pending(box.store.find_pending(pending.token)._replace(expires=box.clock() - 1))  # type: ignore[union-attr]
    leg(box, "token_credentials", pending, verifier=verifier)
    assert problem(box) == "token_expired"


def test_temporary_credentials_that_another_request_took(likes: Likes, monkeypatch: pytest.MonkeyPatch) -> None:
    box = likes("discogs")
    pending, verifier = approved(box)
    with monkeypatch.context() as patched:
        patched.setattr(box.store, "take_pending", lambda token: None)
        leg(box, "token_credentials", pending, verifier=verifier)
        assert problem(box) == "token_used"
    assert leg(box, "token_credentials", pending, verifier=verifier).status_code == 200


def test_a_token_cannot_ask_for_temporary_credentials(likes: Likes) -> None:
    box = likes("discogs")
    leg(box, "temporary_credentials", box.issue_token(), redirect_uri=CALLBACK)
    assert problem(box) == "parameter_rejected"
    leg(box, "token_credentials", box.issue_token(), verifier="v")
    assert problem(box) == "token_rejected"


@pytest.mark.parametrize(
    ("name", "expected"),
    [("discogs", "true"), ("x", "true"), ("tripit", None), ("schoology", None), ("garmin", "true")],
)
def test_whether_the_callback_is_confirmed(likes: Likes, name: str, expected: str | None) -> None:
    box = likes(name)
    options: dict[str, Any] = {"redirect_uri": None if expected is None else CALLBACK}
    answer = fields(leg(box, "temporary_credentials", **options))
    assert answer.get("oauth_callback_confirmed") == expected


def test_an_empty_secret_of_a_token(likes: Likes) -> None:
    box = likes("evernote")
    assert temporary(box).token_secret == ""
    assert temporary(likes("discogs")).token_secret != ""
    assert token_credentials(box)["oauth_token_secret"] != ""


def test_reserved_characters_in_tokens(likes: Likes) -> None:
    box = likes("discogs", odd_values=True)
    assert temporary(box).token.endswith("é")
    assert token_credentials(box)["oauth_token"].endswith("é")


def test_a_password_is_exchanged(likes: Likes) -> None:
    box = likes("instapaper")
    assert leg(box, "token_credentials").status_code == 200
    for wrong in ({"x_auth_username": "bob"}, {"x_auth_password": ""}):
        leg(box, "token_credentials", form=wrong)
        assert problem(box) == "permission_denied"
    leg(box, "token_credentials", form={"x_auth_mode": "reverse"})
    assert problem(box) == "parameter_rejected"


def test_a_login_on_the_page_of_the_provider(likes: Likes) -> None:
    box = likes("cardmarket")
    leg(box, "token_credentials", form={"request_token": "unknown"})
    assert problem(box) == "token_rejected"
    assert set(token_credentials(box)) == {"oauth_token", "oauth_token_secret"}


def test_the_provider_begins(likes: Likes) -> None:
    box = likes("magento2")
    pending = temporary(box)
    leg(box, "token_credentials", pending, verifier="wrong")
    assert problem(box) == "parameter_rejected"
    assert token_credentials(box)["oauth_token"]


def test_a_bearer_token(likes: Likes) -> None:
    box = likes("here")
    answer = fields(leg(box, "exchange"))
    assert (answer["token_type"], answer["expires_in"]) == ("bearer", "86400")
    leg(box, "exchange", form={"grant_type": "password"})
    assert problem(box) == "parameter_rejected"


def test_a_token_is_renewed_when_it_was_idle(likes: Likes) -> None:
    box = likes("etrade")
    token, url = box.issue_token(), f"{box.origin}/v1/accounts/list"
    assert send(box, url, token=token).status_code == 200
    assert box.legs is not None
    used = box.legs.likeness.last_used
    used[token.token] -= 7100
    assert send(box, url, token=token).status_code == 200
    used[token.token] -= 7300
    send(box, url, token=token)
    assert problem(box) == "token_expired"
    assert leg(box, "renew", token).text == "renewed"
    assert send(box, url, token=token).status_code == 200


def test_a_token_is_checked_and_revoked(likes: Likes) -> None:
    box = likes("hattrick")
    token = box.issue_token()
    assert leg(box, "check", token).text == "valid"
    assert leg(box, "revoke", token).text == "revoked"
    leg(box, "check", token)
    assert problem(box) == "token_revoked"


@pytest.mark.parametrize(
    ("lifetime", "seconds"),
    [
        (None, None),
        (TokenLifetime("until-revoked"), None),
        (TokenLifetime("fixed", seconds=60), 60),
        (TokenLifetime("daily"), 86400),
    ],
)
def test_when_a_token_ends(
    with_facts: Callable[..., ProviderBox], lifetime: TokenLifetime | None, seconds: int | None
) -> None:
    box = with_facts("tumblr", token_lifetime=lifetime)
    pending, verifier = approved(box)
    assert token_of(leg(box, "token_credentials", pending, verifier=verifier))
    (issued,) = box.store.tokens_of("alice")
    expected = None if seconds is None else pytest.approx(box.clock() + seconds, abs=30)
    assert issued.expires == expected
