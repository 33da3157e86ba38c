"""Collects tests once and runs them in several processes: what `run_tests.py` starts.

    python .ci/share_tests.py FOLDER NUMBER [arguments of pytest]

After the collection the process forks until there are ``NUMBER`` of them. Each takes one module after the other. They
go two and two, one forwards and one backwards, until they meet, and then take what others have left. So all end at
about the same time, and most folders' servers start only once. A module is taken by the process that creates a file
with its name in ``FOLDER/taken``. Files in ``FOLDER`` get the output of the forked processes, and their exit statuses
count, too.
"""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

import pytest

NOTHING_COLLECTED = 5
#: A store that a module of tests makes is made before the fork. Each process serves its own tests with its copy.
MADE_BEFORE_THE_FORK = "-Wignore:this MemoryStore was created before the process forked"


def order(modules: Sequence[str], turn: int, number: int) -> list[str]:
    """Return the order in which the process ``turn`` of ``number`` takes the modules.

    Of two neighbours, the first begins where the part of both begins, and the second where it ends.
    """
    begin = len(modules) * (turn + turn % 2) // number
    if turn % 2:
        return [*modules[:begin][::-1], *modules[begin:]]
    return [*modules[begin:], *modules[:begin][::-1]]


class Share:
    """A plugin for pytest that runs the tests of those modules that it can take.

    Args:
        folder: where the taken modules are noted, and the output of the forked processes.
        number: the number of processes.
    """

    def __init__(self, folder: Path, number: int) -> None:
        self._taken = folder / "taken"
        self._taken.mkdir(exist_ok=True)
        self._folder = folder
        self._number = number
        self._others: list[int] = []

    def take(self, module: str) -> bool:
        """Take this module, and return whether it was free."""
        try:
            (self._taken / quote(module, safe="")).touch(exist_ok=False)
        except FileExistsError:
            return False
        return True

    def fork(self, config: pytest.Config) -> int:
        """Start the other processes, and return the number of this one. Each captures in a file what tests print."""
        capture = config.pluginmanager.getplugin("capturemanager")
        capture.stop_global_capturing()
        sys.stdout.flush()
        sys.stderr.flush()
        for turn in range(1, self._number):
            child = os.fork()
            if not child:
                self._others.clear()
                with (self._folder / str(turn)).open("wb") as output:
                    os.dup2(output.fileno(), 1)
                    os.dup2(output.fileno(), 2)
                break
            self._others.append(child)
        else:
            turn = 0
        capture.start_global_capturing()
        capture.suspend_global_capture()
        return turn

    def wait(self, status: int) -> int:
        """Return ``status``, or that of a forked process that failed."""
        ends = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in self._others]
        failed = any(end not in (0, NOTHING_COLLECTED) for end in ends)
        return 1 if failed and status in (0, NOTHING_COLLECTED) else status

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool | None:
        """Run the tests in the place of pytest's own loop, which would run all of them."""
        if session.testsfailed and not session.config.option.continue_on_collection_errors:
            return None  # a module could not be imported: pytest reports it, and stops
        modules: dict[str, list[pytest.Item]] = {}
        for item in session.items:
            modules.setdefault(item.nodeid.partition("::")[0], []).append(item)
        ways = order([*modules], self.fork(session.config), self._number)
        taken = (item for module in ways if self.take(module) for item in modules[module])
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


def main(arguments: Sequence[str]) -> int:
    """Run the tests; returns the exit status."""
    folder, number, *given = arguments
    sys.path[0] = os.getcwd()  # as with ``python -m pytest``, in the place of the folder of this file
    share = Share(Path(folder), int(number))
    status: int = pytest.ExitCode.INTERNAL_ERROR
    try:
        status = pytest.main([MADE_BEFORE_THE_FORK, *given], [share])
    finally:  # even if pytest itself fails: nobody reads what the other processes print after this one has ended
        status = share.wait(status)
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
