"""`python -m fuzz [TARGET …] [--runs N | --seconds S]`: fuzz each target in turn, and say what was found.

`python -m fuzz TARGET --again FILE` executes one finding again. Corpora and findings lie in `build/fuzz/<target>`.
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
    """How one target fared."""

    executions: int
    seconds: str
    findings: list[Path]


def fuzz(target: str, limits: list[str]) -> Outcome:
    """Run atheris on ``target`` within libFuzzer's ``limits``. What it says meanwhile goes into a file."""
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
    said = (folder / "log").read_text(errors="replace")
    done = _DONE.search(said)
    executed = [int(number) for number in _EXECUTED.findall(said)]
    if done:
        return Outcome(int(done[1]), done[2], sorted(set(folder.glob("finding-*")) - before))
    return Outcome(max(executed, default=0), "?", sorted(set(folder.glob("finding-*")) - before))


def main() -> int:
    """Fuzz what was asked for; the status is 1 where something was found or a target broke off."""
    parser = argparse.ArgumentParser(prog="fuzz", description=__doc__)
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=f"of {', '.join(TARGETS)}; default: all")
    parser.add_argument("--runs", type=int, help="executions for each target")
    parser.add_argument("--seconds", type=int, default=5, help="for each target, where --runs is not given")
    parser.add_argument("--again", metavar="FILE", help="execute this input of one target again")
    given = parser.parse_args()
    if given.again:
        return subprocess.run([sys.executable, "-m", "fuzz.one", given.targets[0], given.again], check=False).returncode
    limits = [f"-runs={given.runs}"] if given.runs else [f"-max_total_time={given.seconds}"]
    good = True
    for target in given.targets or TARGETS:
        outcome = fuzz(target, limits)
        found = ", ".join(map(str, outcome.findings)) or "no finding"
        if outcome.seconds == "?":
            found += f"; broke off, see {FOLDER / target / 'log'}"
        print(f"{target:13} {outcome.executions:>10,} executions in {outcome.seconds:>4} s: {found}", flush=True)
        good = good and not outcome.findings and outcome.seconds != "?"
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
