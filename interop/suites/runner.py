"""Fetches a suite's source distribution from the package index, and runs its tests over the library and over ours."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
import tempfile
from collections import Counter
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from . import Suite, debian
from .expectations import OURS, OUTCOMES, SUITE

MODULES = ("interop.suites.requests_oauthlib", "interop.suites.authlib")

_ROOT = Path(__file__).parents[2]


class SuiteRun(NamedTuple):
    """The outcome of each test of a suite, over the library itself and over this package.

    Attributes:
        suite: the suite.
        version: the version of the library.
        theirs: the outcome of each test over the library.
        ours: the outcome of each test over this package.
        output: what pytest printed where something failed.
    """

    suite: Suite
    version: str
    theirs: dict[str, str]
    ours: dict[str, str]
    output: str

    def failures(self) -> list[str]:
        """Return a line for each test that failed, was skipped, or ran on one side only."""
        name = self.suite.distribution
        sides = (("over itself", self.theirs, {"passed"}), ("over ours", self.ours, {"passed", "differs"}))
        lines = [
            f"{name}, {side}: {test} {outcome}"
            for side, outcomes, right in sides
            for test, outcome in outcomes.items()
            if outcome not in right
        ]
        lines += [f"{name}: {test} ran on one side only" for test in sorted(self.theirs.keys() ^ self.ours.keys())]
        return lines or ([] if self.theirs else [f"{name}: no test ran\n{self.output}"])

    def count(self, outcome: str) -> int:
        """Return how many tests have this outcome over this package."""
        return Counter(self.ours.values())[outcome]


def run(module: str) -> SuiteRun:
    """Run the suite of a module twice: over the library itself, and over this package."""
    suite: Suite = import_module(module).SUITE
    installed = version(suite.distribution)
    with tempfile.TemporaryDirectory(prefix="oauthone-suite-") as folder:
        tests = fetch(suite, installed, Path(folder))
        theirs, said = outcomes(module, tests, ours=False)
        ours, also_said = outcomes(module, tests, ours=True)
    return SuiteRun(suite, installed, theirs, ours, said + also_said)


def fetch(suite: Suite, installed: str, folder: Path) -> Path:
    """Download the sources of the installed version; return the folder of its tests, and nothing else."""
    if suite.in_debian:
        debian.download(f"python-{suite.distribution}", folder)
    else:
        options = ["--quiet", "--disable-pip-version-check", "--no-deps", "--no-build-isolation", "--dest", str(folder)]
        wanted = ["--no-binary", suite.distribution, f"{suite.distribution}=={installed}"]
        subprocess.run([sys.executable, "-m", "pip", "download", *options, *wanted], check=True)
    (archive,) = folder.glob("*.tar.gz")
    with tarfile.open(archive) as packed:
        packed.extractall(folder, [one for one in packed if _is_below(one.name, suite.tests)], filter="data")
    found = [*folder.glob(f"*-{installed}/{suite.tests}")]
    if not found:
        raise RuntimeError(f"{archive.name} is not {suite.distribution} {installed}: pin the version that Debian has")
    return found[0]


def _is_below(member: str, folder: str) -> bool:
    return member.partition("/")[2].startswith(f"{folder}/")


def outcomes(module: str, tests: Path, *, ours: bool) -> tuple[dict[str, str], str]:
    """Run the tests of a suite in a process of their own.

    Args:
        module: the module of the suite.
        tests: the folder of its tests.
        ours: whether this package is in the place of the library.

    Returns:
        The outcome of each test, and what pytest printed if something failed.
    """
    suite: Suite = import_module(module).SUITE
    told = tests.parent / "outcomes.json"
    path = [str(_ROOT / one) for one in suite.path] if ours else []
    variables = {SUITE: module, OURS: "yes" if ours else "no", OUTCOMES: str(told)}
    path += [str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    command = [sys.executable, *(suite.program if ours else ()), "-m", "pytest", "-p", "interop.suites.expectations"]
    options = ["-q", "-p", "no:cacheprovider", "-c", os.devnull, f"--rootdir={tests}"]
    done = subprocess.run(
        [*command, *options, *suite.options, *suite.files],
        cwd=tests,
        env={**os.environ, **variables, "PYTHONPATH": os.pathsep.join(path), "PYTHONSAFEPATH": "1"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
    )
    outcomes = json.loads(told.read_text("utf-8")) if told.exists() else {}
    told.unlink(missing_ok=True)
    return outcomes, "" if done.returncode == 0 else done.stdout + done.stderr


def summary(ran: SuiteRun) -> list[str]:
    """Return a line about the suite, and one for each test that differs or is not run, with its reason."""
    suite = ran.suite
    counts = f"{len(ran.theirs)} tests, {ran.count('passed')} pass over ours, {ran.count('differs')} differ on purpose"
    apart = [f"  {how} {test}: {why}" for how in ("differs", "elsewhere") for test, why in getattr(suite, how).items()]
    return [f"{suite.distribution} {ran.version}: {counts}, {len(suite.elsewhere)} are about something else", *apart]
