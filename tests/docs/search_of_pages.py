"""Asks the search of the built pages the questions of users: what `make docs` runs after it has built them.

    python tests/docs/search_of_pages.py build/docs

It fails if the search finds too few of the pages that answer among its first three hits, and lists those it misses.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
#: How many of the questions have to lead to their page.
SHARE = 0.88
FIRST = 3


def node() -> str:
    """Return the program that runs JavaScript: the system's, or the one that Playwright brings."""
    found = shutil.which("node")
    if found is None:
        from playwright._impl._driver import compute_driver_executable

        found = compute_driver_executable()[0]
    return found


def found_by_search(build: str, queries: list[str]) -> list[list[str]]:
    """Return for each query the pages that the search of ``build`` finds, the best one first."""
    command = [node(), str(HERE / "search_of_pages.js"), build]
    done = subprocess.run(command, input=json.dumps(queries), capture_output=True, text=True, timeout=60, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    return [[hit.partition("#")[0] for hit in hits] for hits in json.loads(done.stdout)]


def main(build: str) -> int:
    """Print what is missed, and return the status for the shell."""
    questions = json.loads((HERE / "questions.json").read_text("utf-8"))
    found = found_by_search(build, [question["words"] for question in questions])
    missed = 0
    for question, pages in zip(questions, found, strict=True):
        if question["answer"].partition("#")[0] not in pages[:FIRST]:
            missed += 1
            print(f"missed: {question['words']!r} finds {pages[:FIRST]}, not {question['answer']}")
    print(f"the search leads {len(questions) - missed} of {len(questions)} questions to the page that answers")
    return int(len(questions) - missed < SHARE * len(questions))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1]))
