"""The settings of Sphinx for the documentation. The build needs no network."""

import os
import re
import sys
from html import escape
from importlib import metadata
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx

from oauthone import providers
from oauthone.providers._catalogue import entry
from oauthone.providers._page import page

sys.path.insert(0, str(Path(__file__).parent))  # for section_index

project = "oauthone"
author = "the oauthone developers"
copyright = author
release = metadata.version("oauthone")

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx_copybutton",
    "section_index",
]
exclude_patterns = ["figures.md"]  # comparison.md includes it
#: Single backticks in docstrings: a link where the name is documented, else code.
default_role = "py:obj"

myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

#: niquests has a separate environment: its dependency replaces urllib3 on disk.
autodoc_mock_imports = ["niquests"]
autodoc_member_order = "bysource"
autodoc_preserve_defaults = True
autodoc_typehints_format = "short"
maximum_signature_line_length = 80
python_use_unqualified_type_names = True
napoleon_google_docstring = True
napoleon_numpy_docstring = False
napoleon_use_ivar = True

html_theme = "furo"
html_baseurl = os.environ.get("READTHEDOCS_CANONICAL_URL", "")
html_title = f"oauthone {release}"
html_static_path = ["_static"]
html_css_files = ["oauthone.css"]
html_js_files = ["access.js"]
html_copy_source = False
html_show_sourcelink = False
copybutton_selector = "div:not(.highlight-output) > div.highlight > pre"

#: The version that added a public name, for those that the first release lacks.
_ADDED: dict[str, str] = {}
_FIRST_RELEASE = "0.1"

#: README says this until the first release, as does each page that installs.
_NOTICE = re.search(
    r"<!-- before the first release -->\n(.+?)<!-- until here -->",
    (Path(__file__).parents[1] / "README.md").read_text("utf-8"),
    re.DOTALL,
)


def _add_notice(app: Sphinx, docname: str, source: list[str]) -> None:
    """Put the notice behind the first command of a page that installs."""
    if _NOTICE:
        notice = _NOTICE[1]
        source[0] = re.sub(
            r"^```sh\n(?:(?!```).*\n)*?pip install (?:(?!```).*\n)*```\n",
            lambda found: f"{found[0]}\n{notice}",
            source[0],
            count=1,
            flags=re.MULTILINE,
        )


def _add_version(
    app: Sphinx, domain: str, kind: str, content: addnodes.desc_content
) -> None:
    """Say under each public class, function and constant which version added it."""
    if domain != "py" or kind not in ("class", "exception", "function", "data"):
        return
    signature = content.parent[0]
    name = signature["ids"][0] if signature["ids"] else ""
    version = _ADDED.get(name, _FIRST_RELEASE)
    added = addnodes.versionmodified(type="versionadded", version=version)
    added += nodes.paragraph(
        "",
        "",
        nodes.inline(
            "", f"Added in version {version}.", classes=["versionmodified", "added"]
        ),
    )
    content += added


def _describe(
    app: Sphinx,
    page: str,
    template: str,
    context: dict[str, Any],
    tree: nodes.document | None,
) -> None:
    """Give search engines the first paragraph of a page as its description."""
    first = next(tree.findall(nodes.paragraph), None) if tree is not None else None
    if first is not None:
        text = " ".join(first.astext().split())
        context["metatags"] += (
            f'<meta name="description" content="{escape(text[:300])}" />'
        )


def _write_provider_pages(app: Sphinx) -> None:
    """Write a page about each provider, from its data file."""
    folder = Path(app.srcdir) / "providers"
    folder.mkdir(exist_ok=True)
    for name in providers.names():
        facts = entry(name)
        assert isinstance(facts, providers.Provider)
        (folder / f"{name}.md").write_text(page(facts), "utf-8")


def _link_provider_pages(app: Sphinx, docname: str, source: list[str]) -> None:
    """Lead from the table of providers to the page about each."""
    if docname == "providers":
        for name in providers.names():
            source[0] = source[0].replace(
                f"\n| `{name}` |", f"\n| [`{name}`](providers/{name}.md) |"
            )
        source[0] += "\n```{toctree}\n:glob:\n:hidden:\n\nproviders/*\n```\n"


def setup(app: Sphinx) -> None:
    """Connect what this file adds to Sphinx."""
    app.connect("builder-inited", _write_provider_pages)
    app.connect("source-read", _add_notice)
    app.connect("source-read", _link_provider_pages)
    app.connect("object-description-transform", _add_version)
    app.connect("html-page-context", _describe)
