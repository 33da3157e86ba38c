"""Runs of a library, each in a process of its own, over requests-oauthlib and over ours."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple, Self

from .recording import NO_ROUTE, VERIFIED, Alike, Recorded, Signed

_ROOT = Path(__file__).parents[1]
_PROGRAM = {"theirs": ("-m",), "ours": ("-m", "oauthone.compat", "-m")}


class Run(NamedTuple):
    """What one walk of a library left behind.

    Attributes:
        over: ``"theirs"`` or ``"ours"``: what the library found as requests_oauthlib; ``""`` if it looked for nothing.
        failure: the traceback of an error that ended the walk.
        returned: the name and the value of each thing that the library returned.
        recorded: the requests that its provider received.
        secrets: what the provider issued at random, and a name for each.
        tokens: the secret of each token.
        clients: the secret and the private key of each client.
        fresh: a regular expression for text that is new in each run.
    """

    over: str
    failure: str
    returned: list[tuple[str, Any]]
    recorded: list[Recorded]
    secrets: Mapping[str, str]
    tokens: Mapping[str, str]
    clients: Mapping[str, tuple[str, str | None]]
    fresh: str = ""

    @classmethod
    def read(cls, text: str) -> Self:
        """Return the run that a process has written down."""
        told = json.loads(text)
        recorded = [Recorded(**{**one, "read": one["read"] and Signed(*one["read"])}) for one in told.pop("recorded")]
        return cls(recorded=recorded, **told)

    @property
    def verified(self) -> int:
        """How many requests the box verified."""
        return sum(one.verdict == VERIFIED for one in self.recorded)

    def problems(self, over: str) -> list[str]:
        """Return what makes this run worthless, whatever the other one did."""
        found = [f"over {over}: it ran over {self.over or 'nothing'}"] if self.over != over else []
        found += [f"over {over}: {self.failure}"] if self.failure else []
        lost = [one for one in self.recorded if one.verdict == NO_ROUTE]
        found += [f"over {over}: no route for {one.method} {one.url}" for one in lost]
        return found if self.verified else [*found, f"over {over}: the box verified no request"]

    def parts(self) -> dict[str, Any]:
        """Return all that two runs should have in common, part by part."""
        alike = Alike(self.secrets, self.fresh)
        parts = {f"returned: {name}": alike.value(value) for name, value in self.returned}
        for number, request in enumerate(self.recorded, 1):
            parts |= {f"request {number}, {name}": text for name, text in alike.request(request).items()}
        return parts


def run(name: str, over: str) -> Run:
    """Let a library walk over ``"theirs"`` or ``"ours"``."""
    path = os.pathsep.join([str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    with tempfile.TemporaryDirectory(prefix="oauthone-interop-") as folder:
        file = Path(folder, "run.json")
        command = [sys.executable, *_PROGRAM[over], "interop.walk", name, str(file)]
        done = subprocess.run(
            command,
            cwd=folder,
            env={**os.environ, "PYTHONPATH": path, "HOME": folder, "NO_PROXY": "*"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
        )
        if not file.exists():
            return Run(over, f"no run: {done.stdout}{done.stderr}", [], [], {}, {}, {})
        return Run.read(file.read_text("utf-8"))
