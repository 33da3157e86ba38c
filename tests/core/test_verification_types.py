"""The effects of verification, the credentials that answer them, and its result."""

import pytest

from oauthone import Placement
from oauthone.core.verification_types import Credentials, FindCredentials, UseNonce, Verified, other_time

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


def test_milliseconds_are_no_wrong_clock() -> None:
    """A clock that is wrong by a century is one."""
    now = 1795734110
    assert other_time(f"{now}000", now * 999.0, 300) == (
        "oauth_timestamp counts milliseconds since 1970 instead of seconds"
    )
    assert other_time(str(now * 3), now * 2.0, 300).startswith(f"oauth_timestamp is {now * 2} s ahead of this")
    assert other_time(str(now - 999), -999.0, 300).startswith("oauth_timestamp is 999 s behind this server's clock")
