"""`python -m bench [SECTION …] [--quick] [--json FILE]`: measure, print a table for each section, list missed goals.

`python -m bench gate [--accept]` compares instructions with committed figures instead: see `bench.gate`.
"""

from __future__ import annotations

import argparse
import importlib
import json
import sys
import traceback
from pathlib import Path
from types import ModuleType
from typing import Any

from . import gate, report
from .measure import Effort

SECTIONS = {
    "signing": "signing",
    "rsa": "rsa",
    "verify": "verifying",
    "glue": "glue",
    "requests": "loopback",
    "clients": "clients",
    "login": "login",
    "import": "imports",
    "growth": "growth",
    "instructions": "instructions",
    "timing": "timing",
    "load": "load",
    "nonces": "nonces",
    "worst": "worst",
    "diagnose": "diagnosing",
}


def main() -> None:
    """Run the chosen sections."""
    options = _options()
    effort = Effort(options.rounds or (7 if options.quick else 25), 0.004 if options.quick else 0.01)
    surroundings = report.surroundings()
    print("; ".join(f"{name} {value}" for name, value in surroundings.items()), f"{effort.rounds} rounds\n", sep="; ")
    kept: dict[str, Any] = {"surroundings": surroundings, "effort": effort._asdict(), "sections": {}}
    missed: list[str] = []
    for name in options.sections or SECTIONS:
        try:
            rows = _rows(importlib.import_module(f"bench.{SECTIONS[name]}"), effort)
        except Exception as failure:  # the other sections still run
            traceback.print_exc()
            missed.append(f"{name}: not measured, {type(failure).__name__}")
            continue
        missed += [f"{name}: {line}" for line in report.missed(rows)]
        kept["sections"][name] = [row.as_json() for row in rows]
    print("missed:", *missed, sep="\n  ") if missed else print("every measured limit is met")
    if options.json:
        options.json.write_text(json.dumps(kept, indent=1), encoding="utf-8")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure oauthone beside its peers.")
    parser.add_argument("sections", nargs="*", metavar="SECTION", help=f"one of {', '.join(SECTIONS)}; default: all")
    parser.add_argument("--quick", action="store_true", help="7 short rounds instead of 25, for a first impression")
    parser.add_argument("--rounds", type=int, help="the number of rounds")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures of every round to FILE")
    options = parser.parse_args()
    if unknown := set(options.sections) - set(SECTIONS):
        parser.error(f"unknown section: {', '.join(sorted(unknown))}; the sections are {', '.join(SECTIONS)}")
    return options


def _rows(section: ModuleType, effort: Effort) -> list[report.Row]:
    rows = list(section.run(effort))
    print(report.table(section.TITLE, rows), end="\n\n", flush=True)
    return rows


if __name__ == "__main__":
    if sys.argv[1:2] == ["gate"]:
        raise SystemExit(gate.main(sys.argv[2:]))
    main()
