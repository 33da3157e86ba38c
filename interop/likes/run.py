"""`python -m interop.likes.run LIBRARY FILE`: one library walks against the box that is like its provider."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import traceback
import warnings
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from . import EXPECTED, READ_BY_MODULE, load
from .provider import LikeProvider

_ROOT = Path(__file__).parents[2]


class LikeRow(NamedTuple):
    """What one walk showed.

    Attributes:
        library: the name of the library in the package index, and its version.
        provider: the name of the provider.
        calls: what the walk does.
        requests: how many signed requests the box verified.
        failures: what went wrong.
    """

    library: str
    provider: str
    calls: str
    requests: int
    failures: Sequence[str]


def run(name: str) -> LikeRow:
    """Let a library walk in a process of its own."""
    module, provider = load(name)
    path = os.pathsep.join([str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    with tempfile.TemporaryDirectory(prefix="oauthone-interop-") as folder:
        file = Path(folder, "run.json")
        environment = {**os.environ, "PYTHONPATH": path, "HOME": folder, "NO_PROXY": "*"}
        command = [sys.executable, "-m", f"{__package__}.run", name, str(file)]
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120)
        told = json.loads(file.read_text("utf-8")) if file.exists() else {"failure": done.stdout + done.stderr}
    library = f"{module.DISTRIBUTION} {version(module.DISTRIBUTION)}"
    return LikeRow(library, provider.id, module.CALLS, told.get("verified", 0), _failures(told, EXPECTED.get(name)))


def _failures(told: dict[str, object], expected: str | None) -> list[str]:
    """A refusal of a wrong signature is part of some walks; any other says that box or facts are too strict."""
    found = [str(told["failure"])] if told["failure"] else []
    verdicts = told.get("verdicts", [])
    assert isinstance(verdicts, list)
    found += [f"{verdict}" for verdict in verdicts if not re.search(f"signature_invalid|{expected}", verdict)]
    return found if told.get("verified") else [*found, "the box verified no request"]


def main(name: str, file: str) -> None:
    """Walk, and write down what the box made of it."""
    warnings.simplefilter("ignore")
    module, like = load(name)
    provider = LikeProvider(like, module.ROUTES, module.READS if name in READ_BY_MODULE else None)
    failure = ""
    with provider.reachable():
        try:
            for what, value in module.walk(provider):
                if what == "authorization URL":
                    provider.visit(value)  # some walks leave that out, since other providers do not mind
        except BaseException:
            failure = traceback.format_exc()
    verified = sum(one.verdict == "verified" for one in provider.recorded)
    verdicts = [
        f"{one.method} {one.url}: {one.verdict}" for one in provider.recorded if one.verdict not in ("verified", "open")
    ]
    Path(file).write_text(json.dumps({"failure": failure, "verified": verified, "verdicts": verdicts}), "utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
