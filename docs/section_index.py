"""An extension of Sphinx: an index of sections for the search.

Sphinx indexes whole pages, and finds those that hold every word of a query. This
index counts the words of each section, and `_static/ranking.js` finds the best one.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.search.en import SearchEnglish

#: How many times a word of a heading counts, and of the title of the page.
_HEADING, _TITLE = 6, 3
#: Pages whose sections are alike: one of them fits if its name is asked for.
_ALIKE = {"api": 0.8, "providers/": 0.7}
_FILE = "sections.js"


def _parts(tree: nodes.document) -> Iterator[tuple[str, str, str]]:
    """Yield anchor, heading and own text of each section, and of each object."""
    for part in tree.findall():
        if isinstance(part, nodes.section):
            inner = (nodes.section, addnodes.desc)
            own = [one for one in part.children[1:] if not isinstance(one, inner)]
            text = " ".join(one.astext() for one in own)
            yield part["ids"][0], part[0].astext(), text
        elif isinstance(part, addnodes.desc):
            names = part[0]["ids"] if isinstance(part.parent, nodes.section) else []
            yield from ((name, name, part.astext()) for name in names[:1])


class _Words:
    """The words of a text as Sphinx's search has them, and numbers such as 403."""

    def __init__(self) -> None:
        self._language = SearchEnglish({})

    def of(self, text: str) -> Counter[str]:
        """Return the words of ``text``, and how often each occurs."""
        language = self._language
        words = [word.lower() for word in language.split(text)]
        return Counter(
            language.stem(word)
            for word in words
            if language.word_filter(word) or (word.isdigit() and len(word) > 1)
        )


def _write(app: Sphinx, failure: Exception | None) -> None:
    """Write the index beside the pages."""
    if failure is not None or app.builder.name != "html":
        return
    words = _Words()
    sections: list[list[Any]] = []
    terms: defaultdict[str, list[int]] = defaultdict(list)
    for page in sorted(app.env.all_docs):
        title = app.env.titles[page].astext()
        alike = [share for name, share in _ALIKE.items() if page.startswith(name)]
        for anchor, heading, text in _parts(app.env.get_doctree(page)):
            counted = words.of(text)
            length = counted.total()
            for word, times in words.of(heading).items():
                counted[word] += _HEADING * times
            for word in words.of(title):
                counted[word] += _TITLE
            for word, times in counted.items():
                terms[word] += [len(sections), times]
            place = ["", ""] if heading == title else [anchor, heading]
            sections.append([page, title, *place, length, *alike])
    index = {"sections": sections, "terms": terms}
    text = json.dumps(index, separators=(",", ":"), sort_keys=True)
    Path(app.outdir, "_static", _FILE).write_text(
        f"const SECTIONS = {text};\n", "utf-8"
    )


def _load(app: Sphinx, page: str, *_: Any) -> None:
    """Load the index on the page of the search alone."""
    if page == "search":
        app.add_js_file(_FILE)
        app.add_js_file("ranking.js")


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect the extension."""
    app.connect("html-page-context", _load)
    app.connect("build-finished", _write)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
