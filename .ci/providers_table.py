"""Writes the tables of docs/providers.md anew from the data files.

    python .ci/providers_table.py

A table stands between two comments. The tests compare the page with what this program would write.
"""

import contextlib
import io
from pathlib import Path

from oauthone.providers.__main__ import main

PAGE = Path(__file__).parents[1] / "docs" / "providers.md"
TABLES = {"providers": ["--markdown"], "retired": ["--retired", "--markdown"]}


def written(page: str) -> str:
    """Return the text of the page with its tables as the data files have them."""
    for name, arguments in TABLES.items():
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            main(arguments)
        begin, end = f"<!-- {name}:begin -->\n", f"<!-- {name}:end -->\n"
        before, _, rest = page.partition(begin)
        page = before + begin + printed.getvalue() + end + rest.partition(end)[2]
    return page


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text("utf-8")), "utf-8", newline="\n")
