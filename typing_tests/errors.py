"""`oauthone.errors`: which error is caught by which class, and what it has."""

from typing import assert_type

from oauthone.errors import (
    AccessDenied,
    CallbackError,
    ConfigurationError,
    FlowError,
    InsecureTransportError,
    LoginError,
    OAuth1Error,
    OAuthError,
    SigningError,
    TokenResponseError,
    VerificationError,
)


def right(flow: FlowError, refused: VerificationError, response: TokenResponseError) -> None:
    assert_type(flow.error, str)
    assert_type(refused.status, int)
    assert_type(refused.base_string, str | None)
    assert_type(refused.details, tuple[tuple[str, str], ...])
    assert_type(response.problem, str | None)
    assert_type(response.body, str)
    assert_type(OAuthError("word"), FlowError)


def caught(
    denied: AccessDenied,
    login: LoginError,
    setting: ConfigurationError,
    insecure: InsecureTransportError,
) -> None:
    flow: list[FlowError] = [denied, login]
    callback: CallbackError = login
    values: list[ValueError] = [setting, insecure]
    signing: SigningError = insecure
    every: list[OAuth1Error] = [*flow, callback, setting, signing]
    assert_type(every, list[OAuth1Error])
    assert_type(values, list[ValueError])


def wrong(denied: AccessDenied) -> None:
    callback: CallbackError = denied  # type: ignore[assignment]
    TokenResponseError("word", "a sentence", status="403")  # type: ignore[arg-type]
    TokenResponseError("word", "a sentence")  # type: ignore[call-arg]
    print(callback, denied.status)  # type: ignore[attr-defined]
