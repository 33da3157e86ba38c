"""Runs the tests that no other process has taken: what `run_tests.py` starts twice, at the same time.

    python .ci/share_tests.py FOLDER forwards|backwards [arguments of pytest]

Each process collects all tests and takes one module after the other, the first process from the first module on, the
second from the last, until they meet. So both end at about the same time, and each folder's servers start only once.
A module is taken by the process that creates a file with its name in ``FOLDER``.
"""

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from urllib.parse import quote

import pytest


class Share:
    """A plugin for pytest that runs the tests of those modules that it can take.

    Args:
        folder: where the taken modules are noted.
        backwards: whether to begin with the last module.
    """

    def __init__(self, folder: Path, *, backwards: bool) -> None:
        self._folder = folder
        self._step = -1 if backwards else 1

    def take(self, module: str) -> bool:
        """Take this module, and return whether it was free."""
        try:
            (self._folder / quote(module, safe="")).touch(exist_ok=False)
        except FileExistsError:
            return False
        return True

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool | None:
        """Run the tests in the place of pytest's own loop, which would run all of them."""
        if session.testsfailed and not session.config.option.continue_on_collection_errors:
            return None  # a module could not be imported: pytest reports it, and stops
        modules: dict[str, list[pytest.Item]] = {}
        for item in session.items:
            modules.setdefault(item.nodeid.partition("::")[0], []).append(item)
        taken = self._taken(modules)
        current = next(taken, None)
        try:
            while current is not None:
                following = next(taken, None)
                current.config.hook.pytest_runtest_protocol(item=current, nextitem=following)
                if session.shouldfail:
                    raise session.Failed(session.shouldfail)
                if session.shouldstop:
                    raise session.Interrupted(session.shouldstop)
                current = following
        except BaseException:
            for module in modules:  # with -x, for example, the other process should stop too
                self.take(module)
            raise
        return True

    def _taken(self, modules: Mapping[str, Sequence[pytest.Item]]) -> Iterator[pytest.Item]:
        for module in [*modules][:: self._step]:
            if self.take(module):
                yield from modules[module]


def main(arguments: Sequence[str]) -> int:
    """Run the tests; returns the exit status."""
    folder, direction, *given = arguments
    sys.path[0] = os.getcwd()  # as with ``python -m pytest``, in the place of the folder of this file
    return pytest.main(given, [Share(Path(folder), backwards=direction == "backwards")])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
