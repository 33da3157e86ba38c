"""The errors of a login: which class to catch, its code, and what its message tells the reader to do."""

import pytest

from oauthone.errors import (
    CallbackError,
    CallbackReused,
    FlowError,
    LoginError,
    LoginExpired,
    LoginLost,
    OtherBrowser,
    SessionMissing,
    UnknownLogin,
    WrongHost,
)
from oauthone.login import _login_errors as login_errors


@pytest.mark.parametrize(
    ("error", "kind", "code", "advice"),
    [
        (login_errors.wrong_host("a.example", "b.example"), WrongHost, "wrong_host", "forward the same Host header"),
        (login_errors.lost("a.example"), LoginLost, "login_lost", "Check the cookie"),
        (login_errors.unreadable(has_cache=True), LoginLost, "login_lost", "Give all processes one cache"),
        (login_errors.unreadable(has_cache=False), LoginLost, "login_lost", "the application's secret changed"),
        (login_errors.unknown(), UnknownLogin, "unknown_login", "Never continue this login"),
        (login_errors.other_browser(), OtherBrowser, "other_browser", "Never continue this login"),
        (login_errors.expired(), LoginExpired, "login_expired", "begin again"),
        (login_errors.reused(), CallbackReused, "callback_reused", "Redirect to another page"),
        (login_errors.missing_session("add it"), SessionMissing, "session_missing", "add it"),
        (login_errors.missing_secret("set it, or "), SessionMissing, "secret_missing", "set it, or pass one with"),
        (
            login_errors.callback_without_token("request_token"),
            CallbackError,
            "missing_token",
            "pass callback_token_name=…",
        ),
    ],
)
def test_an_error_has_a_class_a_code_and_advice(
    error: FlowError, kind: type[FlowError], code: str, advice: str
) -> None:
    assert type(error) is kind
    assert error.error == code
    assert advice in error.description


@pytest.mark.parametrize(
    "kind", [WrongHost, LoginLost, UnknownLogin, OtherBrowser, LoginExpired, CallbackReused, SessionMissing]
)
def test_one_except_clause_catches_every_failed_login(kind: type[LoginError]) -> None:
    assert issubclass(kind, LoginError)


def test_the_error_for_a_wrong_host_names_both_hosts() -> None:
    assert "'a.example'" in str(login_errors.wrong_host("a.example", "b.example"))
    assert "'b.example'" in str(login_errors.wrong_host("a.example", "b.example"))


def test_the_error_for_a_lost_session_names_the_host_if_it_is_known() -> None:
    assert "came back to 'a.example' without" in str(login_errors.lost("a.example"))
    assert "came back without" in str(login_errors.lost(""))


def test_the_messages_state_the_limits_that_apply() -> None:
    assert login_errors.LIFETIME == 600
    assert "more than 10 minutes" in str(login_errors.expired())
    assert f"{login_errors.MAX_PENDING} newer logins" in str(login_errors.unknown())
