"""The folders of each system, and those of ``OAUTHONE_HOME``."""

from pathlib import Path

import pytest

from oauthone.cli.places import secrets_folder, settings_folder, shown, state_folder


def test_everything_can_be_in_one_folder(home: Path) -> None:
    assert settings_folder() == secrets_folder() == home
    assert state_folder() == home / "state"


def test_each_kind_has_its_own_folder_else(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OAUTHONE_HOME")
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, f"/folder/{name}")
    found = {settings_folder(), secrets_folder(), state_folder()}
    assert len(found) == 3
    assert all("oauthone" in path.parts for path in found)


def test_a_path_below_the_home_folder_is_short(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    alice, elsewhere = tmp_path / "alice", tmp_path / "elsewhere"
    monkeypatch.setattr(Path, "home", lambda: alice)
    assert shown(alice / ".config" / "oauthone" / "x") == str(Path("~/.config/oauthone/x"))
    assert shown(elsewhere) == str(elsewhere)
