"""A token is never lost: not by a store that fails, not by a home that is read-only."""

import json
from pathlib import Path
from typing import Any

import click
import pytest

from oauthone.cli import profiles, saving
from oauthone.cli.credentials import Credentials
from oauthone.cli.login_plan import Plan
from oauthone.cli.output import CommandError, Common, Exit
from oauthone.cli.profiles import Profile
from oauthone.cli.vault import FileVault, Item

TOKEN = {"oauth_token": "T", "oauth_token_secret": "S"}
PLAN = Plan("one", Profile(client_id="id"), Credentials("id", "secret"), None, {})


class Failing(FileVault):
    """A vault that fails to write."""

    def __init__(self, kind: str) -> None:
        super().__init__()
        self.kind = kind

    def save(self, name: str, item: Item) -> None:
        raise CommandError(Exit.NO_CREDENTIALS, "The keyring is locked.")


@pytest.fixture(autouse=True)
def in_command(context: Common) -> None:
    """Each of these tests is inside a command."""


def test_a_token_and_its_profile_are_kept(home: Path) -> None:
    saving.probe_settings()
    saving.save_token(PLAN, FileVault(), TOKEN, 0)
    assert profiles.read("one") == Profile(client_id="id", store="file")
    assert profiles.current() == "one"
    kept = FileVault().load("one") or {}
    assert (kept["token"], kept["token_secret"], kept["client_secret"]) == ("T", "S", "secret")
    saving.save_token(PLAN._replace(name="two"), FileVault(), TOKEN, 0)
    assert profiles.current() == "one"
    assert not [*home.glob("rescued-*")]


@pytest.mark.parametrize("kind", ["file", "keyring"])
def test_a_store_that_fails_leaves_the_token_in_a_file_of_its_own(home: Path, kind: str) -> None:
    with pytest.raises(CommandError, match="received, but not saved: The keyring is locked") as failed:
        saving.save_token(PLAN, Failing(kind), TOKEN, 0)
    path = home / "rescued-one.json"
    assert failed.value.exit_status == 8
    assert f"oauthone import rescued {path}" in failed.value.hint
    kept = json.loads(path.read_text())
    assert (kept["profile"], kept["token"], kept["token_secret"]) == ("one", "T", "S")


def test_a_keyring_that_works_leaves_no_file(home: Path) -> None:
    vault = FileVault()
    vault.kind = "keyring"
    saving.save_token(PLAN, vault, TOKEN, 0)
    assert not [*home.glob("rescued-*")]


def test_a_store_that_forgets_is_noticed(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FileVault, "save", lambda *_: None)
    with pytest.raises(CommandError, match="could not be read back"):
        saving.save_token(PLAN, FileVault(), TOKEN, 0)
    assert [*home.glob("rescued-*")]


@pytest.mark.parametrize("answer", [None, False, True])
def test_if_it_can_be_kept_nowhere_a_person_may_see_it(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], answer: bool | None
) -> None:
    def nowhere(*_: Any) -> str:
        raise CommandError(Exit.NO_CREDENTIALS, "read-only")

    monkeypatch.setattr(saving, "rescue", nowhere)
    monkeypatch.setattr(Common, "asks", answer is not None)
    monkeypatch.setattr(click, "confirm", lambda *_, **__: answer)
    with pytest.raises(CommandError, match="received, but not saved"):
        saving.save_token(PLAN, Failing("file"), TOKEN, 0)
    shown = capsys.readouterr().err
    assert ("token: T\ntoken_secret: S\n" in shown) is bool(answer)


def test_a_login_that_finished_meanwhile_is_replaced_and_named(capsys: pytest.CaptureFixture[str]) -> None:
    saving.save_token(PLAN, FileVault(), TOKEN, 0)
    assert "meanwhile" not in capsys.readouterr().err
    saving.save_token(PLAN, FileVault(), {**TOKEN, "oauth_token": "newer"}, 0)
    assert "another login of 'one' finished meanwhile" in capsys.readouterr().err
    assert (FileVault().load("one") or {})["token"] == "newer"


def test_a_home_that_is_read_only_is_noticed_before_there_is_a_token(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("OAUTHONE_HOME", str(tmp_path / "file" / "below"))
    with pytest.raises(CommandError, match="cannot be written") as failed:
        saving.probe_settings()
    assert "OAUTHONE_HOME" in failed.value.hint
