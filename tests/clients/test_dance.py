"""What a client remembers between the legs, asked and answered without a network."""

import sys
from typing import Any

import pytest

from oauthone import TemporaryCredentials
from oauthone.clients import _flow_state
from oauthone.clients._auth import SigningAuth
from oauthone.clients._flow_state import FlowState, Settings
from oauthone.core.drive import run
from oauthone.core.flow import Leg, Reply

ENDPOINT = "https://provider.example/oauth"


def dance() -> FlowState:
    return FlowState(SigningAuth("client", "secret"), None, None, None, None, Settings(True, True, False))


def answering(token: str, secret: str) -> Reply:
    body = f"oauth_token={token}&oauth_token_secret={secret}&oauth_callback_confirmed=true"
    return Reply(200, [], body.encode())


def test_what_came_last_is_the_newest() -> None:
    """It brings its verifier once a callback had one, and is gone after the exchange."""
    steps = dance()
    assert steps.newest_pending is None
    for number in (1, 2):
        run(steps.request_temporary(ENDPOINT, "POST"), lambda leg, n=number: answering(f"t{n}", f"s{n}"))
    assert steps.newest_pending == {"oauth_token": "t2", "oauth_token_secret": "s2"}
    steps.parse_callback("?oauth_token=t2&oauth_verifier=v")
    assert steps.newest_pending == {"oauth_token": "t2", "oauth_token_secret": "s2", "oauth_verifier": "v"}
    run(steps.request_token(ENDPOINT, None, "t2", "POST"), lambda leg: answering("t", "s"))
    assert steps.newest_pending == {"oauth_token": "t1", "oauth_token_secret": "s1"}


def test_each_leg_is_asked_with_its_own_credentials() -> None:
    """The verifier and the temporary secret are in the last question, the callback in the first alone."""
    steps = dance()
    asked: list[Leg] = []

    def answer(leg: Leg) -> Reply:
        asked.append(leg)
        return answering("t", "s")

    steps.redirect_uri = "https://app.example/done"
    run(steps.request_temporary(ENDPOINT, "POST"), answer)
    run(steps.request_token(ENDPOINT, "v", None, "GET"), answer)
    assert asked == [
        Leg("POST", ENDPOINT, callback="https://app.example/done"),
        Leg("GET", ENDPOINT, "t", "s", verifier="v"),
    ]


def test_another_thread_may_begin_and_end_a_dance_at_any_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """At each instruction of the module one comes or goes."""
    monkeypatch.setattr(_flow_state, "_MAX_PENDING", 3)
    steps = dance()
    other = TemporaryCredentials("other", "o")
    changes = 0

    def change(frame: Any, event: str, argument: Any) -> Any:
        nonlocal changes
        if frame.f_code.co_filename != _flow_state.__file__:
            return None
        frame.f_trace_opcodes = True
        changes += 1
        if steps._pending.pop("other", None) is None:
            steps._pending["other"] = other
        return change

    before = sys.gettrace()
    sys.settrace(change)
    try:
        for number in range(6):
            run(steps.request_temporary(ENDPOINT, "POST"), lambda leg, n=number: answering(f"t{n}", f"s{n}"))
            steps.parse_callback(f"?oauth_token=t{number}&oauth_verifier=v")
            assert steps.newest_pending is not None
        run(steps.request_token(ENDPOINT, None, "t5", "POST"), lambda leg: answering("t", "s"))
    finally:
        sys.settrace(before)
    assert changes > 1_000
    assert {"t4"} <= {*steps._pending} <= {"t3", "t4", "other"}
