"""What the auth objects of all HTTP libraries share."""

from typing import Any

import pytest

from oauthone.clients._auth import SigningAuth
from oauthone.core.flow import Leg

URL = "https://api.example/"


@pytest.mark.parametrize(("token", "secret"), [(None, None), ("t", None), ("t", "s")])
def test_an_auth_with_the_token_that_it_has_is_the_same(token: str | None, secret: str | None) -> None:
    auth = SigningAuth("client", "secret", token=token, token_secret=secret)
    assert auth.with_token(token, secret) is auth
    assert auth.with_token("other", secret).signer.token == "other"
    assert auth.with_token(token, "other").signer.secrets == ("secret", "other")


@pytest.mark.parametrize("of_the_leg", [{"redirect_uri": "oob"}, {"verifier": "v"}], ids=str)
def test_a_callback_and_a_verifier_do_not_pass_to_another_auth(of_the_leg: dict[str, Any]) -> None:
    auth = SigningAuth("client", "secret", token="t", **of_the_leg)
    signed = auth.with_token("t", None).sign("GET", URL, [], None)
    assert "oauth_callback" not in str(signed.authorization)
    assert "oauth_verifier" not in str(signed.authorization)


def test_a_leg_with_the_token_that_is_held_has_the_same_signer() -> None:
    auth = SigningAuth("client", "secret", token="t", token_secret="s")
    leg = auth.for_leg(Leg("POST", URL, "t", "s", None, "v"))
    assert leg is not auth
    assert leg.signer is auth.signer
    assert auth.for_leg(Leg("POST", URL, "t", "other", None, "v")).signer is not auth.signer


class OwnUserAgent(SigningAuth):
    """An auth of an application."""

    def require_user_agent(self, value: str | None) -> None:
        """Look at the request before it is signed."""


@pytest.mark.parametrize(
    "auth",
    [
        SigningAuth("client", "secret", signature_method="PLAINTEXT"),
        SigningAuth("client", "secret", redirect_uri="oob"),
        SigningAuth("client", "secret", verifier="v"),
        SigningAuth("client", "secret", provider="discogs"),
        OwnUserAgent("client", "secret"),
    ],
)
def test_a_request_that_needs_a_look_is_not_left_to_the_signer(auth: SigningAuth) -> None:
    assert SigningAuth("client", "secret").header_signer is not None
    assert auth.header_signer is None


def test_a_request_that_is_logged_is_not_left_to_the_signer(caplog: pytest.LogCaptureFixture) -> None:
    auth = SigningAuth("client", "secret")
    with caplog.at_level("DEBUG", "oauthone.signing"):
        assert auth.header_signer is None
    assert auth.header_signer is auth.signer
