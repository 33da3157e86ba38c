"""`python -m fuzz [TARGET …] [--runs N | --seconds S]`: fuzz each target in turn, and print the findings.

`python -m fuzz TARGET --again FILE` runs one finding again. Corpora and findings are in `build/fuzz/<target>`.
"""

import argparse
import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

TARGETS = ("header", "query", "form", "url", "response", "callback", "verification")
FOLDER = Path("build/fuzz")
_DONE = re.compile(r"^Done (\d+) runs in (\d+) second", re.MULTILINE)
_EXECUTED = re.compile(r"^#(\d+)\s", re.MULTILINE)


class Outcome(NamedTuple):
    """The result of one target."""

    executions: int
    seconds: str
    findings: list[Path]


def fuzz(target: str, limits: list[str]) -> Outcome:
    """Run atheris on ``target`` within libFuzzer's ``limits``, and write its output into a log file."""
    folder = FOLDER / target
    folder.mkdir(parents=True, exist_ok=True)
    before = set(folder.glob("finding-*"))
    with (folder / "log").open("w") as log:
        subprocess.run(
            [
                *(sys.executable, "-m", "fuzz.one", target, str(folder / "corpus")),
                *(*limits, "-max_len=1024", f"-artifact_prefix={folder}/finding-", "-print_final_stats=1"),
            ],
            stdout=log,
            stderr=subprocess.STDOUT,
            check=False,
        )
    output = (folder / "log").read_text(errors="replace")
    done = _DONE.search(output)
    executed = [int(number) for number in _EXECUTED.findall(output)]
    if done:
        return Outcome(int(done[1]), done[2], sorted(set(folder.glob("finding-*")) - before))
    return Outcome(max(executed, default=0), "?", sorted(set(folder.glob("finding-*")) - before))


def main() -> int:
    """Fuzz the chosen targets. Return 1 if a target has a finding or stopped early."""
    parser = argparse.ArgumentParser(prog="fuzz", description=__doc__)
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=f"one of {', '.join(TARGETS)}; default: all")
    parser.add_argument("--runs", type=int, help="executions for each target")
    parser.add_argument("--seconds", type=int, default=5, help="seconds for each target, without --runs")
    parser.add_argument("--again", metavar="FILE", help="run this input of one target again")
    given = parser.parse_args()
    if given.again:
        return subprocess.run([sys.executable, "-m", "fuzz.one", given.targets[0], given.again], check=False).returncode
    limits = [f"-runs={given.runs}"] if given.runs else [f"-max_total_time={given.seconds}"]
    good = True
    for target in given.targets or TARGETS:
        outcome = fuzz(target, limits)
        found = ", ".join(map(str, outcome.findings)) or "no finding"
        if outcome.seconds == "?":
            found += f"; stopped early, see {FOLDER / target / 'log'}"
        print(f"{target:13} {outcome.executions:>10,} executions in {outcome.seconds:>4} s: {found}", flush=True)
        good = good and not outcome.findings and outcome.seconds != "?"
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
