"""Files that only their owner can read: written whole or not at all, and locked against another process."""

import json
import os
import stat
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, TypeGuard

from oauthone.cli.output import CommandError, Exit
from oauthone.cli.places import shown
from oauthone.core.private_file import replace_private

_PATIENCE = 5.0
_PAUSE = 0.02
#: What a symbolic link leads to is not ours to overwrite.
_LOCK_FLAGS = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)


def write_private(path: Path, text: str) -> None:
    """Write a file with mode 0600 in a folder with mode 0700. A reader finds the old content or the new, never a part.

    Raises:
        CommandError: it cannot be written; the old content is still there.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _refuse_shared(path.parent)
        replace_private(path, text)
    except OSError as failure:
        raise _not_written(path, failure) from None


def _not_written(path: Path, failure: OSError) -> CommandError:
    return CommandError(
        Exit.NO_CREDENTIALS,
        f"{shown(path)} cannot be written: {failure.strerror or failure}.",
        "OAUTHONE_HOME names another folder.",
        code="store_failed",
    )


def read_private(path: Path) -> str | None:
    """Return the text of a file with secrets; None if there is none.

    Raises:
        CommandError: others can read or change it, or it cannot be read.
    """
    try:
        with open(path, encoding="utf-8-sig") as file:
            _refuse_open(path, os.fstat(file.fileno()).st_mode)
            _refuse_shared(path.parent)
            return file.read()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as failure:
        reason = getattr(failure, "strerror", None) or "it is not UTF-8"
        raise CommandError(
            Exit.NO_CREDENTIALS, f"{shown(path)} cannot be read: {reason}.", code="store_failed"
        ) from None


def _refuse_open(path: Path, mode: int) -> None:
    if os.name == "posix" and stat.S_IMODE(mode) & 0o077:
        raise CommandError(
            Exit.NO_CREDENTIALS,
            f"Others can read or change {shown(path)}, so it is not used.",
            f"If that was a mistake: chmod 600 {path}",
            code="store_failed",
        )


def _refuse_shared(folder: Path) -> None:
    """Refuse a folder in which others can put a file of theirs in the place of ours; as /tmp does not let them."""
    mode = folder.stat().st_mode
    if os.name == "posix" and mode & 0o022 and not mode & stat.S_ISVTX:
        raise CommandError(
            Exit.NO_CREDENTIALS,
            f"Others can change the files in {shown(folder)}, so it is not used.",
            f"If that was a mistake: chmod go-w {folder}",
            code="store_failed",
        )


def leftovers(path: Path) -> list[Path]:
    """Return what processes that were killed while they wrote a file have left beside it."""
    with suppress(OSError):
        return [one for one in path.parent.iterdir() if one.name.startswith(f".{path.name}.")]
    return []


def read_json(path: Path) -> dict[str, Any]:
    """Return the object in a private file of JSON; an empty one if there is no file.

    Raises:
        CommandError: it cannot be read, or is something else.
    """
    text = read_private(path)
    found: Any = {}
    try:
        found = {} if text is None else json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if not is_object(found):
        raise CommandError(
            Exit.NO_CREDENTIALS,
            f"{shown(path)} is damaged: it is not a JSON object.",
            "Mend it, or move it away and log in again.",
            code="store_failed",
        )
    return found


def is_object(value: Any) -> TypeGuard[dict[str, Any]]:
    """Return whether a value of JSON is an object."""
    return isinstance(value, dict)


def change_json(path: Path, change: Callable[[dict[str, Any]], None], lock: Path) -> None:
    """Read a private file of JSON, change it and write it, while no other process does.

    What a writer that was killed has left is removed: it has secrets in it.

    Args:
        path: the file.
        change: changes the object in place.
        lock: the file to lock.
    """
    with locked(lock):
        for left in leftovers(path):
            left.unlink(missing_ok=True)
        content = read_json(path)
        change(content)
        write_private(path, json.dumps(content, indent=1, ensure_ascii=False) + "\n")


@contextmanager
def locked(path: Path, patience: float = _PATIENCE) -> Generator[None, None, None]:
    """Hold a lock for the milliseconds of a write. The lock ends with the process, however it ends.

    Raises:
        CommandError: another process holds it for longer than ``patience`` seconds, or the file cannot be made.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = open(os.open(path, _LOCK_FLAGS, 0o600), "r+", encoding="ascii")  # noqa: SIM115 (closed below)
    except OSError as failure:
        raise _not_written(path, failure) from None
    with file:
        _wait_for_lock(file, path, time.monotonic() + patience)
        try:
            file.truncate(0)
            file.write(f"{os.getpid()}\n")
            file.flush()
        except OSError:
            pass  # The number is only for the message of another process; a full disk is noticed by the write itself.
        try:
            yield
        finally:
            _unlock(file)


def _wait_for_lock(file: IO[str], path: Path, give_up: float) -> None:
    while not _try_lock(file):
        if time.monotonic() >= give_up:
            holder = file.read(20).strip() or "unknown"
            raise CommandError(
                Exit.NO_CREDENTIALS,
                f"Another process (pid {holder}) holds {shown(path)}.",
                "Try again when it has ended.",
                code="store_locked",
            )
        time.sleep(_PAUSE)


if os.name == "nt":  # pragma: no cover (never run: there is no Windows in the tests)
    import msvcrt  # mypy and pyright know its names on Windows alone, so they are silenced below

    def _try_lock(file: IO[str]) -> bool:
        try:
            os.lseek(file.fileno(), 1 << 20, os.SEEK_SET)  # a lock keeps others from reading what it covers
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
            os.lseek(file.fileno(), 0, os.SEEK_SET)
        except OSError:
            return False
        return True

    def _unlock(file: IO[str]) -> None:
        os.lseek(file.fileno(), 1 << 20, os.SEEK_SET)
        msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)  # type: ignore[attr-defined,unused-ignore]

else:
    import fcntl

    def _try_lock(file: IO[str]) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

    def _unlock(file: IO[str]) -> None:
        fcntl.flock(file, fcntl.LOCK_UN)
