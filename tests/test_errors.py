"""The tree of errors: what to catch, and what an error contains."""

import pytest

from oauthone import errors
from oauthone.errors import (
    AccessDenied,
    CallbackError,
    ConfigurationError,
    FlowError,
    InsecureTransportError,
    OAuth1Error,
    OAuthError,
    SecurityWarning,
    SigningError,
    StoreError,
    TokenResponseError,
    VerificationError,
    missing_library,
)


@pytest.mark.parametrize(
    ("error", "parents"),
    [
        (SigningError, {OAuth1Error, ValueError}),
        (ConfigurationError, {OAuth1Error, ValueError}),
        (InsecureTransportError, {SigningError}),
        (FlowError, {OAuth1Error}),
        (AccessDenied, {FlowError}),
        (CallbackError, {FlowError}),
        (TokenResponseError, {FlowError}),
        (VerificationError, {OAuth1Error}),
        (StoreError, {OAuth1Error}),
        (SecurityWarning, {UserWarning}),
    ],
)
def test_the_tree_is_as_it_is_drawn(error: type[Exception], parents: set[type[Exception]]) -> None:
    assert parents <= set(error.__mro__)


def test_everything_public_is_an_error_of_the_tree_or_the_warning() -> None:
    for name in errors.__all__:
        assert issubclass(getattr(errors, name), (OAuth1Error, SecurityWarning))


def test_the_guides_name_is_that_of_the_flow_errors() -> None:
    assert OAuthError is FlowError
    error = OAuthError("token_rejected", "The provider does not know this token.")
    assert (error.error, error.description) == ("token_rejected", "The provider does not know this token.")
    assert str(error) == "token_rejected: The provider does not know this token."


def test_a_refused_answer_carries_what_the_provider_said() -> None:
    error = TokenResponseError("x", "why", status=400, problem="p", advice="a", body="b")
    assert (error.status, error.problem, error.advice, error.body) == (400, "p", "a", "b")
    bare = TokenResponseError("x", "why", status=400)
    assert (bare.problem, bare.advice, bare.body) == (None, None, "")


def test_a_refused_request_carries_what_to_answer_and_what_to_log() -> None:
    error = VerificationError(401, "nonce_used", "a replay", challenge='OAuth realm="x"', base_string="GET&u&")
    assert str(error) == "401 nonce_used: a replay"
    assert (error.status, error.problem, error.reason) == (401, "nonce_used", "a replay")
    assert (error.challenge, error.base_string) == ('OAuth realm="x"', "GET&u&")
    assert (VerificationError(400, "x", "y").challenge, VerificationError(400, "x", "y").base_string) == ("OAuth", None)


def test_a_missing_library_is_named_with_the_extra_that_brings_it() -> None:
    error = missing_library("cryptography", "rsa")
    assert isinstance(error, ModuleNotFoundError)
    assert (error.name, str(error)) == (
        "cryptography",
        "this needs the 'cryptography' package: pip install \"oauthone[rsa]\"",
    )
