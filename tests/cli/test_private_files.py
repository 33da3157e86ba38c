"""Files with secrets: whole or not at all, closed to others, one writer at a time."""

import json
import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from oauthone.cli import private_files
from oauthone.cli.output import CommandError
from oauthone.cli.private_files import change_json, locked, read_json, read_private, write_private


def test_a_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "it"
    write_private(path, "é\n")
    assert read_private(path) == "é\n"
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [*path.parent.iterdir()] == [path]


@pytest.mark.skipif(os.name != "posix", reason="modes mean nothing there")
@pytest.mark.parametrize(
    ("mode", "is_used"), [(0o700, True), (0o755, True), (0o1777, True), (0o777, False), (0o770, False)]
)
def test_a_folder_that_others_can_change_is_refused(tmp_path: Path, mode: int, is_used: bool) -> None:
    """They could put a file of theirs in the place of ours. In a folder like /tmp they cannot."""
    path = tmp_path / "folder" / "it"
    write_private(path, "old")
    path.parent.chmod(mode)
    for act in (lambda: write_private(path, "old"), lambda: read_private(path)):
        if is_used:
            assert act() in (None, "old")
        else:
            with pytest.raises(CommandError, match="Others can change the files in") as refused:
                act()
            assert (refused.value.exit_status, "chmod go-w" in refused.value.hint) == (8, True)
    assert path.read_text() == "old"


@pytest.mark.skipif(os.name != "posix", reason="a link needs a privilege there")
def test_a_lock_is_no_link(tmp_path: Path) -> None:
    target, lock = tmp_path / "target", tmp_path / "lock"
    target.write_text("kept")
    lock.symlink_to(target)
    with pytest.raises(CommandError, match="cannot be written"), locked(lock):
        pass
    assert target.read_text() == "kept"
    lock.unlink()
    with locked(lock):
        assert lock.read_text() == f"{os.getpid()}\n"


def test_what_a_killed_writer_left_is_removed(tmp_path: Path) -> None:
    """And nothing else."""
    path = tmp_path / "it"
    left, others = tmp_path / ".it.abcd1234", [tmp_path / name for name in (".item.abcd", "it.txt", ".it")]
    for one in (left, *others):
        one.write_text("secret")
    change_json(path, lambda kept: kept.update(a=1), tmp_path / "lock")
    assert not left.exists()
    assert all(one.exists() for one in (*others, path))


def test_a_nesting_without_end_is_damage(tmp_path: Path) -> None:
    write_private(tmp_path / "it", "[" * 100_000)
    with pytest.raises(CommandError, match="is damaged"):
        read_json(tmp_path / "it")


def test_what_is_not_there_is_none_and_empty(tmp_path: Path) -> None:
    assert read_private(tmp_path / "it") is None
    assert read_json(tmp_path / "it") == {}


@pytest.mark.skipif(os.name != "posix", reason="modes mean nothing there")
def test_a_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "it"
    path.write_text("{}")
    path.chmod(0o640)
    with pytest.raises(CommandError, match="Others can read") as refused:
        read_private(path)
    assert refused.value.hint.endswith(f"chmod 600 {path}")
    path.chmod(0o600)
    assert read_private(path) == "{}"


@pytest.mark.parametrize("content", [b"[]", b"{", b"\xff"])
def test_a_damaged_file_is_not_taken_for_an_empty_one(tmp_path: Path, content: bytes) -> None:
    """Or the next write would lose what it held."""
    path = tmp_path / "it"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(CommandError) as refused:
        change_json(path, lambda _: None, tmp_path / "lock")
    assert refused.value.exit_status == 8
    assert path.read_bytes() == content


def test_a_write_that_fails_keeps_the_old_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "it"
    write_private(path, "old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(CommandError, match="cannot be written: No space left on device"):
        write_private(path, "new")
    assert path.read_text() == "old"
    assert [*tmp_path.iterdir()] == [path]


def test_a_folder_that_cannot_be_made_is_an_error(tmp_path: Path) -> None:
    """As in a home that is read-only."""
    (tmp_path / "file").touch()
    for act in (lambda path: write_private(path, ""), lambda path: locked(path).__enter__()):
        with pytest.raises(CommandError) as refused:
            act(tmp_path / "file" / "folder" / "it")
        assert refused.value.exit_status == 8


@pytest.mark.skipif(sys.platform == "win32", reason="resource is missing there")
def test_a_full_disk_keeps_the_old_content(tmp_path: Path) -> None:
    """A process that may not write more than a few octets to a file, as on a disk that is full."""
    path = tmp_path / "it"
    write_private(path, json.dumps({"old": "kept"}))
    program = (
        "import resource, signal, sys; from pathlib import Path; from oauthone.cli.private_files import change_json\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (64, 64))\n"
        "change_json(Path(sys.argv[1]), lambda kept: kept.update(new='x' * 1000), Path(sys.argv[1] + '.lock'))"
    )
    done = subprocess.run([sys.executable, "-c", program, str(path)], capture_output=True, text=True, timeout=50)
    assert "File too large" in done.stderr
    assert read_json(path) == {"old": "kept"}


def test_two_writers_lose_nothing(tmp_path: Path) -> None:
    path, lock = tmp_path / "it", tmp_path / "lock"

    def write(begin: int) -> None:
        for number in range(begin, begin + 25):
            change_json(path, lambda kept, number=number: kept.update({str(number): number}), lock)

    threads = [threading.Thread(target=write, args=(begin,)) for begin in (0, 100, 200)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(read_json(path)) == 75


@pytest.mark.skipif(sys.platform == "win32", reason="a process is killed by a signal")
@pytest.mark.parametrize("place", ["fsync", "replace"])
def test_a_process_that_is_killed_within_a_write_loses_nothing(tmp_path: Path, place: str) -> None:
    """The old content is there, and the lock is free."""
    path, lock = tmp_path / "it", tmp_path / "lock"
    change_json(path, lambda kept: kept.update(old="kept"), lock)
    program = (
        "import os, sys; from pathlib import Path; from oauthone.cli.private_files import change_json\n"
        f"os.{place} = lambda *_: os.kill(os.getpid(), 9)\n"
        "change_json(Path(sys.argv[1]), lambda kept: kept.update(new='x'), Path(sys.argv[2]))"
    )
    assert subprocess.run([sys.executable, "-c", program, str(path), str(lock)], timeout=50).returncode == -9
    assert read_json(path) == {"old": "kept"}
    change_json(path, lambda kept: kept.update(next="kept"), lock)
    assert read_json(path) == {"old": "kept", "next": "kept"}


def test_who_holds_the_lock_is_named(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    with locked(lock), pytest.raises(CommandError, match=rf"Another process \(pid {os.getpid()}\)"):
        locked(lock, patience=0.05).__enter__()
    with locked(lock, patience=0.05):
        pass


def test_a_lock_without_room_for_the_number_still_locks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(private_files.os, "getpid", lambda: (_ for _ in ()).throw(OSError(28, "full")))
    with locked(tmp_path / "lock"), pytest.raises(CommandError, match="pid unknown"):
        locked(tmp_path / "lock", patience=0.01).__enter__()
