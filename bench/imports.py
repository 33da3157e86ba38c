"""The cost of an import in a fresh process."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator

from .measure import Effort, Samples, interleave
from .report import OVER, PERCENT, Goal, Row

TITLE = "import: in fresh processes; ratio: × authlib.oauth1, and the time that a client module adds to its library"

_SCRIPT = "from time import process_time as clock; start = clock(); import {}; print(clock() - start)"
#: The CPU of a whole process, from its start.
_WHOLE = "from time import process_time as clock; {}\nprint(clock(), file=sys.__stdout__)"
_HELP = """import sys, io; sys.stdout = io.StringIO()
from oauthone.cli.main import tree
try: tree.main(['--help'])
except SystemExit: pass
"""
_MODULES = {
    "ours": "oauthone.core.signing",  # a plain `import oauthone` loads no core
    "Authlib": "authlib.oauth1",
    "oauthlib": "oauthlib.oauth1",
}
_CLIENTS = {
    "requests": {"Authlib": "authlib.integrations.requests_client", "requests-oauthlib": "requests_oauthlib"},
    "httpx": {},
    "httpx2": {"Authlib": "authlib.integrations.httpx_client"},
    "aiohttp": {},
}


def run(effort: Effort) -> Iterator[Row]:
    """Yield one row for the core and one for each client module."""
    samples = _measure(_MODULES, effort)
    yield Row(
        "oauthone", "ms", samples.medians(), samples.ratio("ours", "Authlib"), Goal(OVER, 0.75, 0.55), "", samples
    )
    for library, peers in _CLIENTS.items():
        ours = f"oauthone.clients.{library}"
        samples = _measure({"bare": library, "ours": ours, **peers}, effort)
        added = 100 * (samples.ratio("ours", "bare") - 1)
        note = f"{library} alone {samples.median('bare'):.0f} ms"
        yield Row(ours, "ms", samples.medians(), added, Goal(PERCENT, 15, 8), note, samples)

    samples = _interleaved(
        {
            "ours": _process(_WHOLE.format(_HELP)),
            "click": _process(_WHOLE.format("import sys, click")),
        },
        effort,
    )
    ratio = samples.ratio("ours", "click")
    yield Row("oauthone --help", "ms", samples.medians(), ratio, Goal(OVER, 1.5), "× `import click`", samples)


def _measure(modules: dict[str, str], effort: Effort) -> Samples:
    return _interleaved({name: _process(_SCRIPT.format(module)) for name, module in modules.items()}, effort)


def _interleaved(candidates: dict[str, Callable[[], float]], effort: Effort) -> Samples:
    for first_import in candidates.values():
        first_import()  # writes the bytecode
    return interleave(candidates, max(effort.fewer(21).rounds, 15 if effort.rounds > 7 else 5))


def _process(script: str) -> Callable[[], float]:
    """Return a function that runs the script in a new process and returns the milliseconds of CPU that it prints."""
    command = [sys.executable, "-c", script]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}

    def milliseconds() -> float:
        done = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True)
        return float(done.stdout) * 1000

    return milliseconds
