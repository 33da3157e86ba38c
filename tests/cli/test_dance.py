"""The login step by step, driven by hand: no network, no terminal."""

from typing import Any

import pytest

from oauthone.cli import dance
from oauthone.cli.dance import (
    AwaitAnswer,
    DropPending,
    FetchTemporary,
    FetchToken,
    KeepPending,
    Listen,
    ReadAnswer,
    Say,
    Show,
)
from oauthone.core.drive import run
from oauthone.errors import AccessDenied, CallbackError

TEMPORARY = {"oauth_token": "t", "oauth_token_secret": "s"}
TOKEN = {"oauth_token": "T", "oauth_token_secret": "S"}


def walk(steps: dance.Steps, outcomes: dict[type, list[Any]]) -> tuple[list[Any], Any]:
    """Run a login; an outcome that is an exception is raised. Return the effects and the result."""
    seen: list[Any] = []

    def handle(effect: Any) -> Any:
        seen.append(effect)
        queue = outcomes.get(type(effect), [])
        outcome = queue.pop(0) if queue else None
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    try:
        return seen, run(steps, handle)
    except Exception as failure:
        return seen, failure


BEGIN = {Listen: ["http://127.0.0.1:5/callback"], FetchTemporary: [TEMPORARY]}
FIRST = [
    Listen(),
    FetchTemporary("http://127.0.0.1:5/callback"),
    KeepPending(TEMPORARY, "http://127.0.0.1:5/callback"),
    Show(TEMPORARY, "http://127.0.0.1:5/callback"),
]


def copied() -> dict[type, list[Any]]:
    return {kind: [*values] for kind, values in BEGIN.items()}


def test_a_login() -> None:
    seen, result = walk(dance.login(), {**copied(), AwaitAnswer: ["code"], FetchToken: [TOKEN]})
    assert seen == [*FIRST, AwaitAnswer(0), ReadAnswer("code"), FetchToken()]
    assert result == TOKEN


def test_a_login_in_two_runs() -> None:
    seen, result = walk(dance.begin(), {**copied(), Show: ["https://provider.example/authorize"]})
    assert (seen, result) == (FIRST, {"authorize_url": "https://provider.example/authorize"})
    seen, result = walk(dance.finish("code"), {FetchToken: [TOKEN]})
    assert (seen, result) == ([ReadAnswer("code"), FetchToken()], TOKEN)


def test_a_wrong_text_is_answered_and_the_wait_goes_on() -> None:
    wrong = [CallbackError("token_mismatch", ""), CallbackError("missing_token", ""), None]
    seen, result = walk(
        dance.login(), {**copied(), AwaitAnswer: ["a", "b", "c"], ReadAnswer: wrong, FetchToken: [TOKEN]}
    )
    assert result == TOKEN
    assert [one for one in seen if isinstance(one, AwaitAnswer)] == [AwaitAnswer(0), AwaitAnswer(1), AwaitAnswer(2)]
    assert [one.text for one in seen if isinstance(one, Say)] == [
        "That belongs to an older login. Use the newest tab.",
        "That holds no code and no oauth_token. Paste the whole address.",
    ]


def test_a_refusal_ends_it_and_nothing_stays() -> None:
    refused = AccessDenied("denied", "no")
    seen, result = walk(dance.login(), {**copied(), AwaitAnswer: ["x"], ReadAnswer: [refused]})
    assert (seen[-1], result) == (DropPending(), refused)


@pytest.mark.parametrize("effect", [Listen, FetchTemporary, KeepPending, Show, AwaitAnswer, FetchToken])
def test_a_failure_ends_it(effect: type) -> None:
    failure = OSError("no")
    seen, result = walk(dance.login(), {**copied(), AwaitAnswer: ["code"], effect: [failure]})
    assert (type(seen[-1]), result) == (effect, failure)
