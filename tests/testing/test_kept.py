"""Credentials that stay the same from start to start: where they are kept, and what spoils them."""

import os
import stat
import sys
from pathlib import Path

import pytest

from oauthone.clients.requests import OAuth1Session
from oauthone.errors import ConfigurationError
from oauthone.testing import ProviderBox
from oauthone.testing.kept import keep, state_folder


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OAUTHONE_HOME", str(tmp_path / "home"))
    return tmp_path / "home" / "state"


def test_the_second_start_has_the_credentials_of_the_first(home: Path) -> None:
    """Another name has others."""
    first, second = keep(), keep()
    assert (first.is_new, second.is_new) == (True, False)
    assert (first.seed, first.rsa_key, first.tokens()) == (second.seed, second.rsa_key, second.tokens())
    assert second.key_file.read_text("ascii") == second.rsa_key
    assert keep("other").seed != first.seed
    assert {path.name for path in home.iterdir()} == {"box.seed", "box.pem", "other.seed", "other.pem"}
    assert first.seed.hex() not in repr(first)


def test_a_box_accepts_them(home: Path) -> None:
    """With the token of each client, and each token for its own client alone."""
    kept = keep()
    with ProviderBox(seed=kept.seed, rsa_key=kept.rsa_key, user="bob") as box:
        kept.issue_tokens(box)
        for method in ("HMAC-SHA1", "RSA-SHA256"):
            token = kept.tokens()[method]
            with OAuth1Session(**box.clients[method].credentials(), **token._asdict()) as client:
                assert client.get(box.echo_url).json()["user"] == "bob"
        with OAuth1Session(**box.client.credentials(), **kept.tokens()["PLAINTEXT"]._asdict()) as client:
            assert client.get(box.echo_url).status_code == 401


def test_fresh_ones_replace_them() -> None:
    first = keep()
    second = keep(fresh=True)
    assert second.is_new
    assert second.seed != first.seed
    assert keep().seed == second.seed


@pytest.mark.skipif(sys.platform == "win32", reason="modes of files mean nothing on Windows")
def test_only_the_owner_reads_them(home: Path) -> None:
    keep()
    assert {stat.S_IMODE(path.stat().st_mode) for path in home.iterdir()} == {0o600}
    assert stat.S_IMODE(home.stat().st_mode) == 0o700


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "a\\b", "a b", ".seed", "x" * 65, "é"])
def test_a_name_that_is_no_file_is_refused(name: str) -> None:
    with pytest.raises(ConfigurationError, match="cannot name a box"):
        keep(name)


@pytest.mark.parametrize(("file", "text"), [("box.seed", ""), ("box.seed", "g" * 64), ("box.pem", "-----BEGIN")])
def test_a_file_with_something_else_is_named(home: Path, file: str, text: str) -> None:
    keep()
    (home / file).write_text(text)
    with pytest.raises(ConfigurationError, match=rf"{file} does not hold.*--fresh"):
        keep()
    assert keep(fresh=True).is_new


def test_a_write_that_fails_leaves_nothing_behind(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        keep()
    assert [*home.iterdir()] == []


@pytest.mark.parametrize(
    ("platform", "variables", "expected"),
    [
        ("linux", {"XDG_STATE_HOME": "/state"}, "/state/oauthone"),
        ("linux", {}, "/me/.local/state/oauthone"),
        ("darwin", {}, "/me/Library/Application Support/oauthone"),
        ("win32", {"LOCALAPPDATA": "/local"}, "/local/oauthone"),
        ("win32", {}, "/me/AppData/Local/oauthone"),
    ],
)
def test_the_folder_of_each_system(
    platform: str, variables: dict[str, str], expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("OAUTHONE_HOME", "XDG_STATE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(Path, "home", lambda: Path("/me"))
    assert state_folder() == Path(expected)
