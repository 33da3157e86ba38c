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
    evidence, answer, profile = load_last()
    assert profile is None
    assert evidence == ("POST", "https://api.example/", (("X", "1"),), b"\xff")
    assert answer == (401, [["Y", "2"]], b"\xfe")
    keep_last("GET", "https://api.example/", [], None, (403, [], b""), "one")
    assert load_last()[0].body is None
    assert load_last()[2] == "one"


def test_a_long_body_is_not_kept_in_part(home: Path) -> None:
    """Its signature would look wrong."""
    for length, kept in ((16 * 1024, True), (16 * 1024 + 1, False)):
        keep_last("POST", "https://api.example/", [], b"x" * length, (401, [], b""))
        assert (load_last()[0].body is not None) is kept


def test_a_home_that_is_read_only_is_a_warning(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("OAUTHONE_HOME", str(tmp_path / "file" / "below"))
    keep_last("GET", "https://api.example/", [], b"", (401, [], b""))
    assert "warning: " in capsys.readouterr().err


def test_it_is_forgotten_after_an_hour(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keep_last("GET", "https://api.example/", [], b"", (401, [], b""))
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 3601)
    with pytest.raises(CommandError, match="within the last hour"):
        load_last()
    assert not [*home.rglob("last-*")]


def test_what_only_a_browser_needs_is_not_kept(home: Path) -> None:
    """No diagnosis reads it."""
    given = [("Cookie", "hidden"), ("Authorization", "Basic hidden"), ("X-Api-Key", "hidden"), ("Accept", "a/b")]
    keep_last("GET", "https://api.example/", given, b"", (401, [("Set-Cookie", "hidden"), ("Date", "now")], b""))
    evidence, answer, _ = load_last()
    assert "hidden" not in f"{evidence}{answer}"
    assert evidence.headers[1::2] == (("Authorization", "Basic ***"), ("Accept", "a/b"))
    assert answer[1] == [["Set-Cookie", "***"], ["Date", "now"]]
