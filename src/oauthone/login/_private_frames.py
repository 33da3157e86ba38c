"""Exceptions leave this package without the values of its local variables, among which are secrets."""

import sys
from traceback import walk_tb
from types import FrameType
from typing import Any

_PACKAGE = __name__.partition(".")[0]


def clear_locals(error: BaseException) -> None:
    """Empty the finished frames of this package in the tracebacks of ``error`` and of what led to it.

    Error reports show local variables. A package that this one serves counts as well. The lines stay; frames of the
    application and of other libraries stay as they are, and so does a frame that still runs.
    """
    todo: list[BaseException | None] = [error]
    seen: set[int] = set()
    while todo:
        one = todo.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        todo += [one.__cause__, one.__context__]
        for frame, _ in walk_tb(one.__traceback__):
            if _is_ours(frame):
                _clear(frame)


def emptied(options: dict[str, Any]) -> dict[str, Any]:
    """A copy of ``options``, which are empty afterwards: so a frame that still runs holds none when an error passes."""
    copy = {**options}
    options.clear()
    return copy


def _is_ours(frame: FrameType) -> bool:
    """Whether the function is of this package, or of one whose ``__served_by__`` names this package."""
    root = str(frame.f_globals.get("__name__", "")).partition(".")[0]
    return root == _PACKAGE or getattr(sys.modules.get(root), "__served_by__", None) == _PACKAGE


def _clear(frame: FrameType) -> None:
    try:
        frame.clear()
    except RuntimeError:  # it still runs
        return
