"""The committed figures of `bench.gate`: what they hold for, how they are compared, and how new ones are accepted."""

from __future__ import annotations

import json
import platform
import ssl
from pathlib import Path
from typing import Any

FIGURES = Path(__file__).with_name("gate.json")
ACCEPT = 'make bench ARGS="gate --accept"'

_TOLERANCE = 0.03

#: What was counted: for each row, thousands of instructions, and the libraries that it called.
Figures = dict[str, dict[str, Any]]


def read(file: Path = FIGURES) -> dict[str, Figures]:
    """Return the committed figures of each build."""
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}


def accept(counted: Figures, file: Path = FIGURES) -> None:
    """Make these the figures of this build; those of other builds stay."""
    kept = {**read(file), build(): counted}
    file.write_text(json.dumps(kept, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"gate: accepted the figures of {build()}")


def build() -> str:
    """Name what decides how many instructions the same Python code takes: another build takes others."""
    version = f"{platform.python_implementation()} {platform.python_version()}"
    compiler, made = platform.python_compiler(), " ".join(platform.python_build()[1].split())
    return f"{version} {platform.machine()}, {compiler}, {made}, {ssl.OPENSSL_VERSION}"


def report(counted: Figures, kept: dict[str, Figures]) -> int:
    """Print a line for each row, and return the exit status."""
    committed = kept.get(build())
    if committed is None:
        known = "; ".join(sorted(kept)) or "none"
        print(f"gate: NOTHING WAS COMPARED: there are no figures for {build()}. There are figures for: {known}")
        print(f"gate: to compare on this build from now on, run {ACCEPT} on the commit to compare with")
    lines = [_compared(name, figure, (committed or {}).get(name)) for name, figure in counted.items()]
    print(*[line for _, line in lines], sep="\n")
    failed = [line for is_worse, line in lines if is_worse]
    if failed:
        print("gate: these take more instructions than the committed figures allow:", *failed, sep="\n")
        print(f"gate: if that is intended, accept the new figures, and say why in the commit: {ACCEPT}")
    lost = sorted((committed or {}).keys() - counted.keys())
    if lost:
        print("gate: these have committed figures, and were not counted:", *lost, sep="\n  ")
    return 1 if failed or lost else 0


def _compared(name: str, figure: dict[str, Any], committed: dict[str, Any] | None) -> tuple[bool, str]:
    """Return whether the row fails, and its line."""
    now = f"  {name:27} {figure['thousands']:9,.1f} k"
    if committed is None:
        return False, f"{now}, no committed figure"
    if figure["libraries"] != committed["libraries"]:
        return False, f"{now}, not compared: the figure is for {_versions(committed)}, here is {_versions(figure)}"
    change = figure["thousands"] / committed["thousands"] - 1
    line = f"{now}, committed {committed['thousands']:,.1f} k, {change:+.1%}"
    if change < -_TOLERANCE:
        return False, f"{line}: better; accept it: {ACCEPT}"
    return change > _TOLERANCE, line


def _versions(figure: dict[str, Any]) -> str:
    return ", ".join(f"{name} {version}" for name, version in figure["libraries"].items())
