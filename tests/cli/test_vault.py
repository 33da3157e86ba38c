"""The two stores of secrets, and what happens when one fails."""

import json
import os
import threading
from pathlib import Path
from typing import Any

import keyring
import keyring.backend
import pytest
from keyring.backends import chainer, fail

from oauthone.cli import vault
from oauthone.cli.output import CommandError
from oauthone.cli.vault import FileVault, KeyringVault, Vault, has_keyring, open_vault, probe, rescue

ITEM = {"client_secret": "a", "token": "b", "token_secret": "é"}


class Ring(keyring.backend.KeyringBackend):
    """A keyring in memory. It can be locked, refuse to write, or forget."""

    priority = 1  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}
        self.opened = threading.Event()
        self.opened.set()
        self.refuses = self.forgets = False

    def get_password(self, service: str, username: str) -> str | None:
        self.opened.wait(5)
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.opened.wait(5)
        if self.refuses:
            raise keyring.errors.PasswordSetError("a detail with the secret")
        if not self.forgets:
            self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


@pytest.fixture
def ring(home: Path, monkeypatch: pytest.MonkeyPatch) -> Ring:
    found = Ring()
    monkeypatch.setattr(keyring, "get_keyring", lambda: found)
    return found


@pytest.mark.parametrize("kind", ["file", "keyring"])
def test_an_item_is_kept_and_forgotten(ring: Ring, kind: str) -> None:
    kept: Vault = open_vault(kind)
    assert (kept.kind, kept.load("one")) == (kind, None)
    kept.save("one", ITEM)
    kept.save("two", {})
    assert open_vault(kind).load("one") == ITEM
    kept.delete("one")
    kept.delete("one")
    assert (kept.load("one"), kept.load("two")) == (None, {})
    probe(kept)
    assert len(ring.kept) == (kind == "keyring")


def test_to_forget_removes_what_a_killed_writer_left(home: Path) -> None:
    """Also where the first write of all was killed, so that there is no file."""
    home.mkdir(mode=0o700)
    left = home / ".credentials.json.abcd1234"
    left.write_text('{"one": {"client_secret": "s"}}')
    FileVault().delete("one")
    assert not left.exists()


def test_where_items_are_is_said(ring: Ring, home: Path) -> None:
    assert "unencrypted in" in FileVault().where()
    assert str(home / "credentials.json") in FileVault().where()
    assert KeyringVault().where() == "in the system keyring"


def test_an_item_that_is_damaged_is_none(ring: Ring) -> None:
    ring.kept["oauthone", "one"] = "{"
    ring.kept["oauthone", "two"] = "[]"
    assert KeyringVault().load("one") is None
    assert KeyringVault().load("two") is None


def test_a_locked_keyring_does_not_hang(ring: Ring) -> None:
    ring.opened.clear()
    with pytest.raises(CommandError, match=r"did not answer within 0\.05 s") as failed:
        probe(KeyringVault(patience=0.05))
    ring.opened.set()
    assert (failed.value.exit_status, "--store file" in failed.value.hint) == (8, True)


def test_a_keyring_that_refuses_is_named_without_details(ring: Ring) -> None:
    ring.refuses = True
    with pytest.raises(CommandError, match="the keyring says: PasswordSetError") as failed:
        KeyringVault().save("one", ITEM)
    assert "secret" not in failed.value.message


def test_a_keyring_that_forgets_is_found_before_there_is_a_token(ring: Ring) -> None:
    ring.forgets = True
    with pytest.raises(CommandError, match="could not be read back"):
        probe(KeyringVault())


def test_an_item_that_windows_would_not_take_is_refused_everywhere(ring: Ring) -> None:
    KeyringVault().save("one", {"token": "x" * 1000})
    with pytest.raises(CommandError, match="a keyring takes 1280"):
        KeyringVault().save("one", {"token": "x" * 1300})


@pytest.mark.parametrize("kind", ["fail", "chain of nothing", "chain"])
def test_which_backends_count(monkeypatch: pytest.MonkeyPatch, home: Path, kind: str) -> None:
    """One that always fails is none, nor is an empty chain; a chain counts as its first backend."""
    backend: Any = fail.Keyring()
    if kind != "fail":
        backend = chainer.ChainerBackend()
        monkeypatch.setattr(chainer.ChainerBackend, "backends", [Ring()] if kind == "chain" else [])
    monkeypatch.setattr(keyring, "get_keyring", lambda: backend)
    assert has_keyring() is (kind == "chain")
    if kind != "chain":
        with pytest.raises(CommandError, match="no keyring answers here"):
            KeyringVault().load("one")


def test_without_the_library_there_is_no_keyring(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    monkeypatch.setitem(__import__("sys").modules, "keyring", None)
    assert not has_keyring()
    with pytest.raises(ModuleNotFoundError, match=r"oauthone\[keyring\]"):
        vault.keyring_backend()


def test_a_token_whose_store_fails_is_kept_in_a_file_of_its_own(home: Path) -> None:
    where = rescue("one", ITEM)
    path = home / "rescued-one.json"
    assert where == str(path)
    assert json.loads(path.read_text("utf-8")) == {"profile": "one", **ITEM}
    if os.name == "posix":
        assert path.stat().st_mode & 0o777 == 0o600
