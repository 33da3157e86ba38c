"""A file that its owner alone can read: whole or not at all."""

import os
import stat
from pathlib import Path

import pytest

from oauthone.core.private_file import replace_private


@pytest.mark.parametrize("old", [None, "old"])
def test_a_file_is_replaced_as_a_whole_and_private(tmp_path: Path, old: str | None) -> None:
    path = tmp_path / "it"
    if old is not None:
        path.write_text(old)
        path.chmod(0o644)
    replace_private(path, "é\r\n")
    assert path.read_bytes() == "é\r\n".encode()
    assert [*tmp_path.iterdir()] == [path]
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_failure_leaves_the_old_file_and_nothing_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def full(*_: object) -> None:
        raise OSError("no space left")

    path = tmp_path / "it"
    replace_private(path, "old")
    monkeypatch.setattr(os, step, full)
    with pytest.raises(OSError, match="no space left"):
        replace_private(path, "new")
    assert (path.read_text(), [*tmp_path.iterdir()]) == ("old", [path])
