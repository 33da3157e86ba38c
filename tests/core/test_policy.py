"""The policy of a verifier, and what an error with which it rejects a request carries."""

import pytest

from oauthone.core.policy import VerificationPolicy, challenge_of, parameter_absent, signature_invalid, unauthorized
from oauthone.core.signature import SIGNATURE_METHODS

STRICT = VerificationPolicy()


def test_a_policy_is_strict_unless_told_otherwise() -> None:
    """Every relaxation has to be asked for by name."""
    assert (STRICT.token, STRICT.allow_insecure_transport) == ("required", False)
    assert (STRICT.mounted_at, STRICT.public_url, STRICT.hosts) == (None, None, None)
    assert STRICT.signature_methods is SIGNATURE_METHODS
    assert STRICT.window == 300


@pytest.mark.parametrize(
    ("realm", "challenge"),
    [(None, "OAuth"), ("Photos", 'OAuth realm="Photos"'), ("", 'OAuth realm=""'), ('a"b\\', 'OAuth realm="a\\"b\\\\"')],
)
def test_a_challenge_names_the_scheme_and_the_realm(realm: str | None, challenge: str) -> None:
    policy = VerificationPolicy(realm=realm)

    assert challenge_of(policy) == challenge
    assert unauthorized("nonce_used", "a replay", policy).challenge == challenge
    assert signature_invalid("wrong", "GET&u&", policy).challenge == challenge


def test_a_request_that_may_be_tried_again_with_credentials_gets_a_401() -> None:
    error = unauthorized("token_expired", "it expired", STRICT)

    assert (error.status, error.problem, error.reason) == (401, "token_expired", "it expired")


@pytest.mark.parametrize(
    ("names", "reason"),
    [
        (("oauth_nonce",), "oauth_nonce is missing or empty"),
        (("oauth_nonce", "oauth_timestamp"), "oauth_nonce and oauth_timestamp are missing or empty"),
    ],
)
def test_absent_parameters_are_listed_for_people_and_for_clients(names: tuple[str, ...], reason: str) -> None:
    error = parameter_absent(*names)

    assert (error.status, error.problem, error.reason) == (400, "parameter_absent", reason)
    assert error.details == (("oauth_parameters_absent", "&".join(names)),)


def test_a_hint_is_for_the_operator_alone() -> None:
    error = parameter_absent("oauth_token", hint=": or allow requests without a token")

    assert error.reason.endswith("empty: or allow requests without a token")
    assert "allow" not in str(error.details)


def test_a_wrong_signature_masks_its_base_string() -> None:
    error = signature_invalid("wrong", "POST&u&a%3D1%26password%3Dcanary", STRICT)

    assert (error.status, error.problem) == (401, "signature_invalid")
    assert error.base_string == "POST&u&a%3D1%26password%3D***"
    assert "canary" not in repr(vars(error))
