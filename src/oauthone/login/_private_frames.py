"""Keeps secrets out of error reports, which show the local variables of every frame in a traceback."""

import sys
from traceback import walk_tb
from types import FrameType
from typing import Any

_PACKAGE = __name__.partition(".")[0]


def clear_locals(error: BaseException) -> None:
    """Clear the local variables of this package's finished frames in the tracebacks of ``error`` and its causes.

    The line numbers stay. Frames that still run stay as they are, and so do frames of the application and of other
    libraries. A package that sets ``__served_by__`` to this package's name is treated like this package.
    """
    pending: list[BaseException | None] = [error]
    seen: set[int] = set()
    while pending:
        one = pending.pop()
        if one is None or id(one) in seen:  # causes may form a circle
            continue
        seen.add(id(one))
        pending += [one.__cause__, one.__context__]
        for frame, _ in walk_tb(one.__traceback__):
            if _is_ours(frame):
                _clear(frame)


def drain(options: dict[str, Any]) -> dict[str, Any]:
    """Return a copy of ``options`` and empty the original, so that a frame that still runs holds no secret."""
    copy = {**options}
    options.clear()
    return copy


def _is_ours(frame: FrameType) -> bool:
    """Whether the function belongs to this package, or to one whose ``__served_by__`` names this package."""
    root = str(frame.f_globals.get("__name__", "")).partition(".")[0]
    return root == _PACKAGE or getattr(sys.modules.get(root), "__served_by__", None) == _PACKAGE


def _clear(frame: FrameType) -> None:
    try:
        frame.clear()
    except RuntimeError:  # the frame still runs
        return
