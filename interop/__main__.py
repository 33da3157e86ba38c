"""`python -m interop [NAME …] [--accept]`: run libraries and public test suites over this package and over theirs.

Without a name, everything runs that is in docs/interop.md, and its tables have to be those of the run; ``--accept``
writes them. ``all`` runs further libraries too, those that are installed; ``suites`` runs the suites alone, and
``likes`` the libraries against the boxes that are like their providers.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import PackageNotFoundError, version

from . import comparison, libraries, likes, runs, table
from .accepted import ACCEPTED
from .likes import run as like_runs
from .suites import runner

_BESIDE = ("requests-oauthlib", "oauthlib", "requests", "urllib3")


def main() -> int:
    """Run what was asked for; return the exit status."""
    options = _options()
    begun = time.monotonic()
    rows: list[table.Row] = []
    alike: list[like_runs.LikeRow] = []
    ran: list[runner.SuiteRun] = []
    failed: list[str] = []
    with ThreadPoolExecutor(os.cpu_count() or 1) as threads:
        waiting = [threads.submit(_suite, module) for module in _chosen_suites(options.names)]
        walking = [threads.submit(like_runs.run, name) for name in _chosen_likes(options.names)]
        for row, failures in threads.map(_library, _chosen_libraries(options.names)):
            rows.append(row)
            verdict = "FAILED" if failures else "the same"
            failed += _told(f"{row.name} {row.version}: {row.requests} verified requests, {verdict}", failures)
        for one in walking:
            alike.append(row := one.result())
            verdict = "FAILED" if row.failures else "works"
            failed += _told(f"{row.library} like {row.provider}: {row.requests} requests, {verdict}", row.failures)
        for one in waiting:
            suite, failures = one.result()
            ran += [suite] if suite else []
            failed += _told("\n".join(runner.summary(suite) if suite else ["a suite did not run"]), failures)
    if not options.names:
        versions = {name: version(name) for name in _BESIDE}
        blocks = {
            "libraries": table.libraries(rows, versions),
            "likes": table.likes(alike),
            "suites": table.suites(ran),
        }
        failed += _told("docs/interop.md", table.check(blocks, accept=options.accept and not failed))
    took = f"{time.monotonic() - begun:.0f} s"
    counted = f"{len(rows)} libraries, {len(alike)} at boxes like their providers, and {len(ran)} suites"
    print(f"interop: {counted} in {took}, {len(failed)} failures")
    return 1 if failed or not (rows or ran or alike) else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m interop", description=__doc__)
    known = ("all", "likes", "suites", *libraries.NAMES, *libraries.FURTHER)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of {', '.join(known)}")
    parser.add_argument("--accept", action="store_true", help="write the table in docs/interop.md")
    options = parser.parse_args()
    if unknown := set(options.names) - set(known):
        parser.error(f"unknown library: {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    return options


def _chosen_libraries(names: Sequence[str]) -> list[str]:
    if "all" in names:
        return [*libraries.NAMES, *filter(_is_installed, libraries.FURTHER)]
    return [name for name in names if name not in ("suites", "likes")] if names else [*libraries.NAMES]


def _chosen_likes(names: Sequence[str]) -> list[str]:
    if "all" in names:
        return [*likes.NAMES, *(name for name in likes.FURTHER if _has(likes.load(name)[0].DISTRIBUTION))]
    return [*likes.NAMES] if not names or "likes" in names else []


def _chosen_suites(names: Sequence[str]) -> Sequence[str]:
    return runner.MODULES if not names or {"all", "suites"} & {*names} else ()


def _suite(module: str) -> tuple[runner.SuiteRun | None, list[str]]:
    """Run a suite; return what it did, and what fails."""
    try:
        ran = runner.run(module)
    except (OSError, RuntimeError, subprocess.SubprocessError) as error:
        return None, [f"{module}: {error}"]
    return ran, ran.failures()


def _library(name: str) -> tuple[table.Row, list[str]]:
    """Run a library over both; return its row, and what fails."""
    theirs, ours = runs.run(name, "theirs"), runs.run(name, "ours")
    library, listed = libraries.load(name), ACCEPTED.get(name, {})
    failures = comparison.failures(theirs, ours, listed)
    reasons = list(dict.fromkeys(listed.values()))
    return table.Row(
        library.DISTRIBUTION, version(library.DISTRIBUTION), library.CALLS, ours.verified, reasons
    ), failures


def _is_installed(name: str) -> bool:
    return _has(libraries.load(name).DISTRIBUTION)


def _has(distribution: str) -> bool:
    try:
        version(distribution)
    except PackageNotFoundError:
        print(f"{distribution}: not installed")
        return False
    return True


def _told(what: str, failures: Sequence[str]) -> Sequence[str]:
    """Print what ran, and below it what failed."""
    print(what, *(f"    {line}" for line in failures), sep="\n", flush=True)
    return failures


if __name__ == "__main__":
    raise SystemExit(main())
