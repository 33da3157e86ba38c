"""Collects tests once and runs them in two processes: what `run_tests.py` starts.

    python .ci/share_tests.py FOLDER [arguments of pytest]

After the collection the process forks. Each of the two takes one module after the other, the first process from the
first module on, the second from the last, until they meet. So both end at about the same time, and each folder's
servers start only once. A module is taken by the process that creates a file with its name in ``FOLDER``. The file
``FOLDER/second`` gets the output of the second process, and its exit status counts, too.
"""

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from urllib.parse import quote

import pytest

NOTHING_COLLECTED = 5


class Share:
    """A plugin for pytest that runs the tests of those modules that it can take.

    Args:
        folder: where the taken modules are noted, and the output of the second process.
        backwards: whether to begin with the last module.
        forks: whether to fork after the collection; the second process then goes the other way.
    """

    def __init__(self, folder: Path, *, backwards: bool = False, forks: bool = True) -> None:
        self._folder = folder
        self._backwards = backwards
        self._forks = forks
        self._second: int | None = None

    def take(self, module: str) -> bool:
        """Take this module, and return whether it was free."""
        try:
            (self._folder / quote(module, safe="")).touch(exist_ok=False)
        except FileExistsError:
            return False
        return True

    def fork(self, config: pytest.Config) -> None:
        """Start the second process. Both capture what tests print in files of their own."""
        capture = config.pluginmanager.getplugin("capturemanager")
        capture.stop_global_capturing()
        sys.stdout.flush()
        sys.stderr.flush()
        self._second = os.fork()
        if not self._second:
            self._backwards = not self._backwards
            with (self._folder / "second").open("wb") as output:
                os.dup2(output.fileno(), 1)
                os.dup2(output.fileno(), 2)
        capture.start_global_capturing()
        capture.suspend_global_capture()

    def wait(self, status: int) -> int:
        """Return the worse of ``status`` and that of the second process, if this one has started it."""
        if not self._second:
            return status
        other = os.waitstatus_to_exitcode(os.waitpid(self._second, 0)[1])
        return status if other in (0, status) or status not in (0, NOTHING_COLLECTED) else 1

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool | None:
        """Run the tests in the place of pytest's own loop, which would run all of them."""
        if session.testsfailed and not session.config.option.continue_on_collection_errors:
            return None  # a module could not be imported: pytest reports it, and stops
        modules: dict[str, list[pytest.Item]] = {}
        for item in session.items:
            modules.setdefault(item.nodeid.partition("::")[0], []).append(item)
        if self._forks and len(modules) > 1:
            self.fork(session.config)
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
        for module in [*modules][:: -1 if self._backwards else 1]:
            if self.take(module):
                yield from modules[module]


def main(arguments: Sequence[str]) -> int:
    """Run the tests; returns the exit status."""
    folder, *given = arguments
    sys.path[0] = os.getcwd()  # as with ``python -m pytest``, in the place of the folder of this file
    share = Share(Path(folder))
    return share.wait(pytest.main(given, [share]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
