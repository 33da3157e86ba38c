"""Runs the tests side by side: what `make test` starts.

    python .ci/run_tests.py [--no-coverage] PYTHON NIQUESTS_PYTHON [arguments of pytest]

If the arguments name no test, more processes than there are processors share the tests of the main environment
(`share_tests.py`), because many tests wait for something. Another one runs those of niquests at the same time.
The last line adds up the tests of the main environment.
"""

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import BinaryIO, NamedTuple, NoReturn

OF_NIQUESTS_ALONE = "tests/clients/niquests"
#: The tests that run in the environment of niquests.
IN_NIQUESTS = (OF_NIQUESTS_ALONE, "tests/contract", "tests/docs/test_examples.py")
SHARE = Path(__file__).with_name("share_tests.py")
NOTHING_COLLECTED = 5

_OUTCOMES = ("failed", "passed", "skipped", "deselected", "xfailed", "xpassed", "warnings", "errors")
_CLOSING = re.compile(rb"(?m)^(?:=+ |\x1b\[[0-9;]*m)*(?:no tests ran|[0-9]+ [a-z]+\b.*) in [0-9.]+s\b.*$")


class Run(NamedTuple):
    """One run of pytest.

    Attributes:
        in_niquests: whether it is that of the environment of niquests.
        arguments: of pytest.
        shares: whether several processes share its tests.
    """

    in_niquests: bool
    arguments: list[str]
    shares: bool = False


class Done(NamedTuple):
    """A run that ended, with the output of each of its processes."""

    run: Run
    status: int
    outputs: list[bytes]


def plan(arguments: Sequence[str]) -> list[Run]:
    """The runs, which take place at the same time."""
    named = [argument for argument in arguments if argument.startswith("tests")]
    options = [argument for argument in arguments if argument not in named]
    niquests = [name for name in named if name.startswith(IN_NIQUESTS)] if named else [*IN_NIQUESTS]
    last = [Run(True, [*niquests, *options])] if niquests else []
    if not named and not {"--collect-only", "--co"} & {*options}:
        return [Run(False, options, shares=True), *last]
    main = [argument for argument in arguments if not argument.startswith(OF_NIQUESTS_ALONE)]
    first = [Run(False, main)] if main != options or not named else []
    return first + last


def total(outputs: Iterable[bytes], seconds: float) -> str:
    """The closing line of all these runs together, as pytest writes one."""
    counts = dict.fromkeys(_OUTCOMES, 0)
    for output in outputs:
        closing = _CLOSING.findall(output)
        for number, word in re.findall(rb"(\d+) ([a-z]+)", closing[-1]) if closing else ():
            name = word.decode("ascii")
            name = name + "s" if name in ("warning", "error") else name
            if name == "deselected":  # from the same tests, which each process has collected
                counts[name] = max(counts[name], int(number))
            else:
                counts[name] = counts.get(name, 0) + int(number)
    told = ", ".join([f"{count} {name}" for name, count in counts.items() if count]) or "no tests ran"
    return f" {told} in {seconds:.2f}s ".center(80, "=")


def processes(*, measures: bool) -> int:
    """How many processes share the tests: some wait while others compute, fewer of them where coverage is measured."""
    return (os.cpu_count() or 1) + (1 if measures else 2)


def succeeded(statuses: Iterable[int]) -> bool:
    """Whether some run found tests, and all that did passed."""
    found = set(statuses)
    return 0 in found and found <= {0, NOTHING_COLLECTED}


class Suite:
    """Starts the runs.

    Args:
        pythons: the interpreters of the main environment and of that of niquests.
        measures: whether coverage is measured.
    """

    def __init__(self, pythons: Sequence[str], *, measures: bool) -> None:
        self._pythons = pythons
        self._measured = ["-m", "coverage", "run", "-p"] if measures else []
        self._processes = processes(measures=measures)
        self._shared = ""

    def command(self, run: Run) -> list[str]:
        """What is executed for ``run``."""
        pytest = [str(SHARE), self._shared, str(self._processes)] if run.shares else ["-m", "pytest"]
        return [self._pythons[run.in_niquests], *self._measured, *pytest, *run.arguments]

    def alone(self, run: Run) -> NoReturn:
        """Become this run: a debugger needs the terminal, and Ctrl-C leaves pytest the time for its summary."""
        command = self.command(run)
        os.execv(command[0], command)

    def side_by_side(self, runs: Sequence[Run]) -> bool:
        """Start all runs at the same time. What the first one prints is shown at once, the rest afterwards."""
        begun = time.monotonic()
        with tempfile.TemporaryDirectory() as self._shared, ThreadPoolExecutor(len(runs)) as threads:
            done = [*threads.map(self._run, runs, [sys.stdout.buffer, *[None for _ in runs[1:]]])]
        for output in done[0].outputs[1:] + [output for one in done[1:] for output in one.outputs]:
            sys.stdout.buffer.write(output)
        outputs = [output for one in done if not one.run.in_niquests for output in one.outputs]
        if outputs:
            print(total(outputs, time.monotonic() - begun), flush=True)
        return succeeded([one.status for one in done])

    def _run(self, run: Run, shown: BinaryIO | None) -> Done:
        with subprocess.Popen(
            self.command(run), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, bufsize=0
        ) as process:
            assert process.stdout is not None
            with tempfile.TemporaryFile() as kept:
                while piece := process.stdout.read(1 << 16):
                    kept.write(piece)
                    if shown is not None:
                        shown.write(piece)
                        shown.flush()
                kept.seek(0)
                forked = sorted(Path(self._shared).glob("[0-9]*")) if run.shares else []
                return Done(run, process.wait(), [kept.read(), *(path.read_bytes() for path in forked)])


def main(arguments: Sequence[str]) -> int:
    """Run the tests; returns the exit status."""
    measures = arguments[0] != "--no-coverage"
    python, niquests, *given = arguments if measures else arguments[1:]
    suite, runs = Suite((python, niquests), measures=measures), plan(given)
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # 200 processes would compile all they import
    if len(runs) == 1:
        suite.alone(runs[0])
    try:
        return 0 if suite.side_by_side(runs) else 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
