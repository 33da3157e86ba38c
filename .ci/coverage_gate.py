"""The coverage gates: read the output of `coverage json`, and fail if too little code was run.

    python .ci/coverage_gate.py build/coverage.json

The core, the diagnosis, the providers, the server, the clients and the compat modules need full coverage, every line
and every branch of each file. The other files together need 95 %.
"""

import json
import re
import sys
from typing import Any

WHOLE = re.compile(r"oauthone/(core/|diagnosis/|providers/|server/|clients/\w+\.py$|compat/)")
REST = 95.0


def percent(files: list[dict[str, Any]]) -> float:
    """Return the share of lines and branches that were run in ``files``."""
    summaries = [file["summary"] for file in files]
    total = sum(summary["num_statements"] + summary["num_branches"] for summary in summaries)
    run = sum(summary["covered_lines"] + summary["covered_branches"] for summary in summaries)
    return 100.0 * run / total if total else 100.0


def failures(report: dict[str, Any]) -> list[str]:
    """Return one line for each gate that failed."""
    files = {path.replace("\\", "/"): file for path, file in report["files"].items()}
    if not report["meta"]["branch_coverage"] or not any(map(WHOLE.search, files)):
        return ["the report has no branches, or no file that needs full coverage"]
    found = [
        f"{path}: {percent([file]):.1f} %, must be 100 %; lines {file['missing_lines']},"
        f" branches {file['missing_branches']}"
        for path, file in files.items()
        if WHOLE.search(path) and (file["missing_lines"] or file["missing_branches"])
    ]
    reached = percent([file for path, file in files.items() if not WHOLE.search(path)])
    return found + ([f"the other files: {reached:.1f} %, must be {REST} %"] if reached < REST else [])


def main(path: str) -> int:
    with open(path, encoding="utf-8") as file:
        found = failures(json.load(file))
    print("\n".join(found) if found else "coverage gates: passed")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
