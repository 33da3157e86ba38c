"""Whichever answer comes first wins; with a pipe in place of the terminal."""

import io
import os
import sys
import threading
from collections.abc import Generator
from typing import Any

import pytest

from oauthone.cli.race import Race

WAYS = ["wait_by_select", "wait_by_thread"]


@pytest.fixture
def typing(monkeypatch: pytest.MonkeyPatch) -> Generator[Any, None, None]:
    """What is written to it is what a person types."""
    reading, writing = os.pipe()
    with open(reading, encoding="utf-8") as stdin, open(writing, "wb", buffering=0) as keyboard:
        monkeypatch.setattr(sys, "stdin", stdin)
        yield keyboard


def wait(race: Race, way: str, seconds: float = 10) -> str | None:
    import time

    found: str | None = getattr(race, way)(time.monotonic() + seconds)
    return found


@pytest.mark.parametrize("way", WAYS)
def test_a_pasted_line_wins(typing: Any, way: str) -> None:
    with Race(reads_stdin=True) as race:
        typing.write(b" https://app.example/?oauth_token=t \n")
        assert wait(race, way) == "https://app.example/?oauth_token=t"
        typing.write(b"second\n")
        assert wait(race, way) == "second"


@pytest.mark.parametrize("way", WAYS)
def test_the_browser_wins(typing: Any, way: str) -> None:
    with Race(reads_stdin=True) as race:
        threading.Timer(0.02, race.deliver, ["/callback"]).start()
        assert wait(race, way) == "/callback"
        typing.close()


@pytest.mark.parametrize("way", WAYS)
def test_nobody_comes(way: str) -> None:
    with Race(reads_stdin=False) as race:
        assert wait(race, way, 0.02) is None


def test_a_line_may_come_in_pieces(typing: Any) -> None:
    with Race(reads_stdin=True) as race:
        typing.write(b"one")
        threading.Timer(0.02, typing.write, [b" line\n"]).start()
        assert wait(race, "wait_by_select") == "one line"


def test_after_the_end_of_the_terminal_the_browser_is_waited_for(typing: Any) -> None:
    with Race(reads_stdin=True) as race:
        typing.close()
        threading.Timer(0.02, race.deliver, ["/callback"]).start()
        assert wait(race, "wait_by_select") == "/callback"


def test_a_line_without_an_end_counts_at_the_end(typing: Any) -> None:
    with Race(reads_stdin=True) as race:
        typing.write(b"code")
        typing.close()
        assert wait(race, "wait_by_select") == "code"


def test_an_answer_after_the_race_does_no_harm() -> None:
    with Race(reads_stdin=False) as race:
        pass
    race.deliver("late")


def test_the_way_of_this_system_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    with Race(reads_stdin=False) as race:
        race.deliver("it")
        assert race.wait(5) == "it"
