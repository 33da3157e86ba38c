"""The last part of the page "My request is refused", made from the table of mistakes.

After you change the table, run ``PYTHONPATH=src python tests/docs/mistakes_of_page.py``.
"""

from pathlib import Path

from oauthone.diagnosis.mistakes import MISTAKES

PAGE = Path(__file__).parents[2] / "docs" / "refused.md"
BEGIN = "## All mistakes\n\n"


#: Characters that would be marks in Markdown.
_MARKS = str.maketrans({mark: f"\\{mark}" for mark in "*_<>"})


def part() -> str:
    """Return the part as the page has to contain it."""
    entries: list[str] = []
    for entry in MISTAKES.values():
        did, advice = (text.format("…").translate(_MARKS) for text in (entry.description, entry.advice))
        entries.append(f"### {entry.word}\n\nThe client {did}.\n\n*What to do:* {advice}.\n")
    return "\n".join(entries)


if __name__ == "__main__":
    before = PAGE.read_text("utf-8").partition(BEGIN)[0]
    PAGE.write_text(before + BEGIN + part(), "utf-8")
