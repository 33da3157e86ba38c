"""Count how often running code changes from one file of the package to another.

A change is a call or a return that leads from one file into another. Code of other libraries in between is ignored.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import oauthone

_PACKAGE = f"{Path(oauthone.__file__).parent}{os.sep}"


class Changes:
    """Counts changes between files of the package.

    Attributes:
        pairs: how often one file led into another.
        files: the files that took part.
    """

    def __init__(self) -> None:
        self.pairs: Counter[tuple[str, str]] = Counter()
        self.files: set[str] = set()

    def during(self, function: Callable[[], Any]) -> Any:
        """Count while ``function`` runs; return what it returns."""
        sys.setprofile(self._note)
        try:
            return function()
        finally:
            sys.setprofile(None)

    def _note(self, frame: FrameType, event: str, _: object) -> None:
        here = _file_of(frame) if event in ("call", "return") else None
        if here is None:
            return
        self.files.add(here)
        there = next(_files_of_callers(frame), here)
        if there != here:
            self.pairs[(there, here) if event == "call" else (here, there)] += 1


def _files_of_callers(frame: FrameType) -> Iterator[str]:
    while (caller := frame.f_back) is not None:
        if (name := _file_of(caller)) is not None:
            yield name
        frame = caller


def _file_of(frame: FrameType) -> str | None:
    name = frame.f_code.co_filename
    return name.removeprefix(_PACKAGE) if name.startswith(_PACKAGE) else None
