"""The effects of verification, the credentials that answer them, and its result."""

import pytest

from oauthone import Placement
from oauthone.core.verification_types import Credentials, FindCredentials, UseNonce, Verified

KNOWN = Credentials("secret", token_secret="token-secret", user="ann", extra={"scope": "read"})


def test_credentials_and_results_show_no_secret() -> None:
    assert repr(KNOWN) == "Credentials(signature_methods=('HMAC-SHA1', 'HMAC-SHA256', 'HMAC-SHA512'), user='ann', …)"
    verified = Verified("client", "t", "ann", {"oauth_verifier": "canary"}, None, Placement.HEADER, KNOWN)
    assert repr(verified) == "Verified(client_id='client', token='t', user='ann', …)"


def test_empty_credentials_allow_nothing_that_needs_no_secret() -> None:
    """A store that fills in nothing makes neither PLAINTEXT nor RSA nor a token valid."""
    empty = Credentials()

    assert set(empty.signature_methods) == {"HMAC-SHA1", "HMAC-SHA256", "HMAC-SHA512"}
    assert (empty.client_secret, empty.rsa_key, empty.token_secret, empty.user) == ("", None, None, None)


def test_a_body_counts_as_uncovered_unless_it_is_said_to_be_covered() -> None:
    assert not Verified("client", None, None, {}, None, Placement.HEADER, KNOWN).covers_body


@pytest.mark.parametrize("effect", [FindCredentials("client", None), UseNonce("client", None, 1, "n")])
def test_effects_are_values(effect: tuple[object, ...]) -> None:
    """A handler may compare them, look them up and log them, but not change them."""
    assert effect == type(effect)(*effect)
    assert hash(effect) == hash(type(effect)(*effect))
    with pytest.raises(AttributeError):
        effect.client_id = "other"  # type: ignore[attr-defined]
