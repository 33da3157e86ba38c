"""The coverage gates: read what `coverage json` wrote and fail where too little was run.

    python .ci/coverage_gate.py build/coverage.json

The core, the diagnosis, the server and the clients must be covered whole, every line and every branch, file by file.
The rest together must reach 95 %.
"""

import json
import re
import sys
from typing import Any

WHOLE = re.compile(r"oauthone/(core/|diagnosis/|server/|clients/\w+\.py$)")
REST = 95.0


def percent(files: list[dict[str, Any]]) -> float:
    """Lines and branches that were run, of all in ``files``."""
    summaries = [file["summary"] for file in files]
    total = sum(summary["num_statements"] + summary["num_branches"] for summary in summaries)
    run = sum(summary["covered_lines"] + summary["covered_branches"] for summary in summaries)
    return 100.0 * run / total if total else 100.0


def failures(report: dict[str, Any]) -> list[str]:
    """One line for each gate that does not hold."""
    files = {path.replace("\\", "/"): file for path, file in report["files"].items()}
    if not report["meta"]["branch_coverage"] or not any(map(WHOLE.search, files)):
        return ["the report has no branches, or none of the files that must be covered whole"]
    found = [
        f"{path}: {percent([file]):.1f} %, must be whole; lines {file['missing_lines']},"
        f" branches {file['missing_branches']}"
        for path, file in files.items()
        if WHOLE.search(path) and (file["missing_lines"] or file["missing_branches"])
    ]
    reached = percent([file for path, file in files.items() if not WHOLE.search(path)])
    return found + ([f"the rest: {reached:.1f} %, must be {REST} %"] if reached < REST else [])


def main(path: str) -> int:
    with open(path, encoding="utf-8") as file:
        found = failures(json.load(file))
    print("\n".join(found) if found else "coverage gates: held")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
