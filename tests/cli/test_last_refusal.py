"""The last refused request, for an hour."""

import time
from pathlib import Path

import pytest

from oauthone.cli.last_refusal import keep_last, load_last
from oauthone.cli.output import CommandError


def test_the_request_comes_back(home: Path) -> None:
    with pytest.raises(CommandError, match="within the last hour"):
        load_last()
    keep_last("POST", "https://api.example/", [("X", "1")], b"\xff", (401, [("Y", "2")], b"\xfe"))
    evidence, answer = load_last()
    assert evidence == ("POST", "https://api.example/", (("X", "1"),), b"\xff")
    assert answer == (401, [["Y", "2"]], b"\xfe")
    keep_last("GET", "https://api.example/", [], None, (403, [], b""))
    assert load_last()[0].body is None


def test_it_is_forgotten_after_an_hour(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keep_last("GET", "https://api.example/", [], b"", (401, [], b""))
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 3601)
    with pytest.raises(CommandError, match="within the last hour"):
        load_last()
    assert not [*home.rglob("last-*")]
