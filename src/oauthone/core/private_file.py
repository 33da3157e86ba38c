"""A file that its owner alone can read."""

import os
import tempfile
from contextlib import suppress
from pathlib import Path


def replace_private(path: Path, text: str) -> None:
    """Write a file with mode 0600. A reader finds the old content or the new, never a part.

    Until it has its name, it is beside it: its name then begins with a dot and the name of the file.

    Args:
        path: the file. Its folder exists.
        text: the content, which is written in UTF-8, with its line ends as they are.

    Raises:
        OSError: it cannot be written; the old content is still there.
    """
    handle, beside = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # has mode 0600 from the start
    try:
        with open(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(beside)
        raise
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Let the new name survive a crash of the system, where folders can be synchronized."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
