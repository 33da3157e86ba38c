"""Where secrets are kept: in the system's keyring, or in a file that only its owner can read.

An item is what has to stay together: the client's secret, the token and its secret. It has the name of its profile.
"""

import json
import threading
from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from oauthone.cli.output import CommandError, Exit
from oauthone.cli.places import secrets_folder, shown, state_folder
from oauthone.cli.private_files import change_json, is_object, leftovers, read_json, write_private
from oauthone.errors import missing_library

_T = TypeVar("_T")

#: Windows keeps 2,560 octets of UTF-16 for an item.
LONGEST_ITEM = 1280
SERVICE = "oauthone"

Item = dict[str, Any]


class Vault(Protocol):
    """A place for items."""

    kind: str

    def load(self, name: str) -> Item | None:
        """Return an item; None if there is none."""

    def save(self, name: str, item: Item) -> None:
        """Keep an item; when this returns, it is safe."""

    def delete(self, name: str) -> None:
        """Forget an item, if it is there."""

    def where(self) -> str:
        """Say where items are, for people."""
        ...


class FileVault:
    """Items in a file with mode 0600. They are not encrypted: a key beside its lock is no lock."""

    kind = "file"

    def __init__(self) -> None:
        self._path = secrets_folder() / "credentials.json"
        self._lock = state_folder() / "credentials.lock"

    def load(self, name: str) -> Item | None:
        """Return an item; None if there is none."""
        found = read_json(self._path).get(name)
        return found if is_object(found) else None

    def save(self, name: str, item: Item) -> None:
        """Keep an item."""
        change_json(self._path, lambda items: items.update({name: item}), self._lock)

    def delete(self, name: str) -> None:
        """Forget an item."""
        if name in read_json(self._path) or leftovers(self._path):
            change_json(self._path, lambda items: items.pop(name, None), self._lock)

    def where(self) -> str:
        """Say where items are."""
        return f"unencrypted in {shown(self._path)}, readable by you alone"


class KeyringVault:
    """Items in the system's keyring.

    Args:
        patience: how many seconds the keyring may take, as its owner may have to type a password.
    """

    kind = "keyring"

    def __init__(self, patience: float = 3.0) -> None:
        self._patience = patience

    def load(self, name: str) -> Item | None:
        """Return an item; None if there is none."""
        text = self._call(lambda ring: ring.get_password(SERVICE, name))
        try:
            found = None if text is None else json.loads(text)
        except ValueError:
            found = None
        return found if is_object(found) else None

    def save(self, name: str, item: Item) -> None:
        """Keep an item."""
        text = json.dumps(item, separators=(",", ":"))
        if len(text) > LONGEST_ITEM:
            raise _failed(f"these credentials have {len(text)} characters, and a keyring takes {LONGEST_ITEM}")
        self._call(lambda ring: ring.set_password(SERVICE, name, text))

    def delete(self, name: str) -> None:
        """Forget an item."""
        if self.load(name) is not None:
            self._call(lambda ring: ring.delete_password(SERVICE, name))

    def where(self) -> str:
        """Say where items are."""
        return "in the system keyring"

    def _call(self, ask: Callable[[Any], _T]) -> _T:
        """Ask the keyring in a thread: one that is locked may never answer."""
        ring = keyring_backend()
        if ring is None:
            raise _failed("no keyring answers here")
        outcome: list[Any] = []
        failures: list[Exception] = []

        def work() -> None:
            try:
                outcome.append(ask(ring))
            except Exception as failure:  # a backend raises what its system raises
                failures.append(failure)

        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        thread.join(self._patience)
        if thread.is_alive():
            raise _failed(f"the keyring did not answer within {self._patience:g} s; it may be locked")
        if failures:
            raise _failed(f"the keyring says: {type(failures[0]).__name__}")
        found: _T = outcome[0]
        return found


def _failed(reason: str) -> CommandError:
    return CommandError(
        Exit.NO_CREDENTIALS,
        f"The credentials cannot be kept or read: {reason}.",
        "Unlock the keyring, or choose the file: --store file",
        code="store_failed",
    )


def keyring_backend() -> Any:
    """Return the system's keyring; None if there is none, or one that keeps plain text or nothing.

    Raises:
        ModuleNotFoundError: the extra is missing.
    """
    try:
        import keyring
    except ModuleNotFoundError as missing:
        raise missing_library("keyring", "keyring") from missing
    backend = keyring.get_keyring()
    backend = _first_of_chain(backend)
    home = type(backend).__module__
    return None if home.startswith(("keyring.backends.fail", "keyring.backends.null", "keyrings.alt")) else backend


def _first_of_chain(backend: Any) -> Any:
    """A chain of backends writes to its first one."""
    if type(backend).__module__ == "keyring.backends.chainer":
        return next(iter(backend.backends), None)
    return backend


def has_keyring() -> bool:
    """Return whether a keyring is installed that could answer."""
    try:
        return keyring_backend() is not None
    except ModuleNotFoundError:
        return False


def open_vault(kind: str, patience: float = 3.0) -> Vault:
    """Return the vault of this kind, ``"keyring"`` or ``"file"``."""
    return FileVault() if kind == "file" else KeyringVault(patience)


def probe(vault: Vault) -> None:
    """Write an item, read it back and delete it, so that a store that fails does so before there is a token.

    Raises:
        CommandError: it fails.
    """
    import secrets

    name, item = f"probe {secrets.token_hex(4)}", {"probe": "oauthone"}
    vault.save(name, item)
    kept = vault.load(name)
    vault.delete(name)
    if kept != item:
        raise _failed("what was written could not be read back")


def rescue(name: str, item: Item) -> str:
    """Keep an item whose store has failed in a file of its own; return where.

    Raises:
        CommandError: that fails, too.
    """
    path = secrets_folder() / f"rescued-{name}.json"
    write_private(path, json.dumps({"profile": name, **item}, indent=1) + "\n")
    return shown(path)
