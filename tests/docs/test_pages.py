"""The pages are consistent: every page is in the menu, links and commands exist, and every public name is documented.

`make docs` checks more, and needs Sphinx; this needs nothing.
"""

import ast
import re
import shlex
import tomllib
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest

from oauthone import errors
from oauthone.diagnosis import Diagnosis
from oauthone.diagnosis.mistakes import MISTAKES

from .mistakes_of_page import BEGIN, part
from .pages import DOCS, MORE_PAGES, PAGES, ROOT, Block, blocks_of, page_name, python_of

EVERY_PAGE = [*PAGES, *MORE_PAGES]
#: The parts that another page includes.
PARTS = {"figures"}
SHELL = ("sh", "shell", "bash", "console")
#: Hosts that links may name: those reserved for examples, and the publishers of cited documents.
HOSTS = re.compile(r"(?:.+\.)?example|www\.rfc-editor\.org|keepachangelog\.com|semver\.org")
#: The beginnings of XML namespaces, which are not opened.
NAMES = ("http://www.imsglobal.org",)
LOOPBACK = ("127.0.0.1", "localhost")
LINK = re.compile(r"\]\(([^)\s]+)\)")
WIDTH = 84


def prose_of(page: Path) -> str:
    """Return a page without its blocks of code."""
    return re.sub(r"^([ \t]*)(```+|~~~+)[a-z].*?^\1\2\s*$", "", page.read_text("utf-8"), flags=re.M | re.S)


def anchors_of(page: Path) -> set[str]:
    """Return the anchors of a page: its headings as GitHub and MyST name them, and its own labels."""
    text = prose_of(page)
    labels = re.findall(r"^\(([\w-]+)\)=$", text, re.M)
    headings = re.findall(r"^#{1,3} (.+)$", text, re.M)
    return {*labels, *(re.sub(r"[^\w\s-]", "", heading.lower()).strip().replace(" ", "-") for heading in headings)}


def commands_of(page: Path) -> Iterable[list[str]]:
    """Yield the commands of a page, from its shell blocks, prose and tables."""
    lines = [line for block in blocks_of(page) if block.language in SHELL for line in block.text.splitlines()]
    lines += re.findall(r"`((?:make|python -m|pip install) [^`]+)`", prose_of(page))
    return [words for line in lines if (words := shlex.split(line, comments=True))]


def is_module(name: str) -> bool:
    """Return whether this is a module; the reference documents its members."""
    path = (ROOT / "src").joinpath(*name.split("."))
    return path.is_dir() or path.with_suffix(".py").exists()


def test_every_page_is_in_the_menu() -> None:
    entries = re.findall(r"```\{toctree\}\n(.*?)```", (DOCS / "index.md").read_text("utf-8"), re.S)
    listed = [name for entry in entries for name in entry.split() if (DOCS / f"{name}.md").exists()]
    assert sorted(listed) == sorted({page.stem for page in DOCS.glob("*.md")} - PARTS - {"index"})


@pytest.mark.parametrize("page", EVERY_PAGE, ids=page_name)
def test_links_lead_somewhere(page: Path) -> None:
    for link in LINK.findall(prose_of(page)):
        if link.startswith(("http:", "https:", "mailto:")):
            continue
        name, _, anchor = link.partition("#")
        target = page.parent / name if name else page
        assert target.exists(), link
        assert not anchor or anchor in anchors_of(target), link


@pytest.mark.parametrize("page", EVERY_PAGE, ids=page_name)
def test_addresses_are_made_up_or_cited(page: Path) -> None:
    """No example sends a request to a real host, and none uses plain http."""
    for address in re.findall(r"https?://[\w.\[\]:-]+", page.read_text("utf-8")):
        parts = urlsplit(address.rstrip(".:"))
        if parts.hostname not in LOOPBACK and address not in NAMES:
            assert HOSTS.fullmatch(parts.hostname or ""), address
            assert parts.scheme == "https", address


@pytest.mark.parametrize("page", EVERY_PAGE, ids=page_name)
def test_commands_exist(page: Path) -> None:
    """Every make target, started module and installed extra exists."""
    makefile = (ROOT / "Makefile").read_text("utf-8")
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    for words in commands_of(page):
        match words:
            case ["make", target, *_]:
                assert re.search(rf"^{re.escape(target)}:", makefile, re.M), words
            case ["python", "-m", module, *_]:
                assert find_spec(module) is not None, words
            case ["pip", "install", *named]:
                asked = {extra for one in named for extra in re.findall(r"[\w-]+", one.partition("[")[2])}
                assert asked <= extras.keys(), words
            case _:
                pass


def test_examples_fit_the_page() -> None:
    """A line that is wider than the page is hard to read."""
    blocks: list[Block] = [block for page in DOCS.glob("*.md") for block in blocks_of(page)]
    wide = [
        f"{page_name(block.page)}:{block.line + number}"
        for block in blocks
        if block.language in ("python", *SHELL)
        for number, line in enumerate(block.text.splitlines(), 1)
        if len(line) > WIDTH
    ]
    assert wide == []


def test_the_reference_holds_what_the_pages_name() -> None:
    """Every name that an example imports, and every name of a framework or a store in the prose."""
    reference = (DOCS / "api.md").read_text("utf-8")
    named: set[str] = set()
    for page in PAGES:
        if page.stem != "api":
            named |= set(re.findall(r"\boauthone\.server\.\w+\.(?:\w+\.)*\w+", prose_of(page)))
        for block in python_of(page):
            for node in ast.walk(ast.parse(block.text)):
                if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "oauthone":
                    named |= {f"{node.module}.{one.name}" for one in node.names}
    assert len(named) > 50
    missing = {name for name in named if f":: {name}\n" not in reference}
    assert {name for name in missing if not hasattr(errors, name.rpartition(".")[2]) and not is_module(name)} == set()


def test_the_page_of_errors_holds_every_error() -> None:
    page = (DOCS / "errors.md").read_text("utf-8")
    reference = (DOCS / "api.md").read_text("utf-8")
    assert [name for name in errors.__all__ if name not in page] == []
    assert [name for name in errors.__all__ if f":: oauthone.errors.{name}\n" not in reference] == []


def test_the_page_of_errors_holds_every_word() -> None:
    """The page has a row for each code of a client's error or a server's rejection."""
    rows = re.findall(r"^\| (.+?) \|", (DOCS / "errors.md").read_text("utf-8"), re.M)
    listed = set(re.findall(r"`([a-z_]+)`", " ".join(rows)))
    source = "\n".join(path.read_text("utf-8") for path in (ROOT / "src" / "oauthone").rglob("*.py"))
    words = re.findall(r'(?:Error|_unusable|unauthorized)\(\s*(?:\d{3},\s*)?"([a-z]+(?:_[a-z]+)+)"', source)
    assert len(words) > 30
    assert sorted({*words} - listed) == []


def test_the_page_about_refusals_holds_every_mistake() -> None:
    """Each in its own words: `tests/docs/mistakes_of_page.py` writes them."""
    page = (DOCS / "refused.md").read_text("utf-8")
    assert page.partition(BEGIN)[2] == part()


@pytest.mark.parametrize("verdict", ["right", "unknown", "mistake"])
def test_a_diagnosis_links_a_place_of_the_page(verdict: str) -> None:
    """A mistake its own place, as `test_links_lead_somewhere` finds it."""
    mistakes = ("form-left-out", "space-as-plus") if verdict == "mistake" else ()
    page, _, anchor = Diagnosis(verdict, mistakes, "", None, "", "").link.partition("#")
    assert anchor in anchors_of((DOCS / page).with_suffix(".md"))
    assert {*MISTAKES} <= anchors_of(DOCS / "refused.md")


@pytest.mark.parametrize("path", sorted((DOCS / "_static").glob("*.svg")), ids=lambda path: path.name)
def test_a_picture_speaks(path: Path) -> None:
    """It has a title and a description, takes its colours from the page, and is drawn for the width of a phone."""
    picture = ElementTree.parse(path).getroot()
    texts = {element.get("id"): element.text for element in picture if element.get("id")}
    assert picture.get("role") == "img"
    assert all(texts[name] for name in (picture.get("aria-labelledby") or "").split())
    assert "prefers-color-scheme: dark" in ElementTree.tostring(picture, "unicode")
    assert float((picture.get("viewBox") or "").split()[2]) <= 400


@pytest.mark.parametrize("page", [page for page in DOCS.glob("*.md") if page.stem not in PARTS], ids=page_name)
def test_a_page_says_first_what_it_is_for(page: Path) -> None:
    """One sentence under the title, before any heading or code: readers arrive from a search engine."""
    title, first = page.read_text("utf-8").split("\n\n")[:2]
    assert re.fullmatch(r"# .+", title)
    assert re.match(r"(This page|oauthone is)\b[^|#`]", first), first
    sentence = re.split(r"(?<=[.:])\s", " ".join(first.split()))[0]
    assert len(sentence.split()) <= 35, sentence


def sentences_of(page: Path) -> Iterable[str]:
    """Yield the sentences of the paragraphs and lists, with one word for each piece of code."""
    text = re.sub(r"<!--.*?-->|^```.*?^```$", "", prose_of(page), flags=re.M | re.S)
    text = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith(("|", "#", ":", "`" * 3)))
    text = re.sub(r"`[^`]*`", "CODE", re.sub(r"\]\([^)\s]*\)", "]", text))
    for block in re.split(r"\n\s*\n|\n\s*(?:[-*]|\d+\.)\s", text):
        yield from re.split(r"(?<=[.?!])[*\")]*\s+(?=[^a-z])", " ".join(block.split()))


@pytest.mark.parametrize("page", [page for page in PAGES if page.parent == DOCS], ids=page_name)
def test_sentences_are_short(page: Path) -> None:
    assert [sentence for sentence in sentences_of(page) if len(re.findall(r"\w[\w'’.-]*", sentence)) > 30] == []


def test_the_tests_that_the_page_on_security_names_are_there() -> None:
    """Each statement names a test that exists. If you move a test file, change its name on the page too."""
    page = (DOCS / "security.md").read_text("utf-8")
    rows = [
        row for row in re.findall(r"^\| (.+) \| (.+) \|$", page, re.M) if not row[0].startswith(("statement", "---"))
    ]
    assert len(rows) > 30
    for statement, named in rows:
        assert "`" in named, statement
        folder = ""
        for name in re.findall(r"`([^`]+)`", named):
            folder = name.rpartition("/")[0] or folder
            is_command = name.startswith("make ")
            assert is_command or (ROOT / "tests" / folder / name.rpartition("/")[2]).is_file(), name


#: Pages for code that has the credentials already.
KNOW_THE_CREDENTIALS = {"adapter", "compat", "errors", "from-authlib", "from-requests-oauthlib", "refused"}


@pytest.mark.parametrize("page", [page for page in PAGES if page.stem not in KNOW_THE_CREDENTIALS], ids=page_name)
def test_a_page_says_which_credentials_its_first_example_needs(page: Path) -> None:
    """Or whoever pastes it gets a NameError."""
    before, fence, rest = page.read_text("utf-8").partition("\n```python")
    if not fence:
        return
    code = rest.partition("\n")[2].partition("```")[0]
    names = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Name)]
    defined = {node.id for node in names if isinstance(node.ctx, ast.Store)}
    needed = {"client_id", "client_secret"} & {node.id for node in names} - defined
    assert [name for name in needed if f"`{name}`" not in before] == []


#: The extras of which one brings what an example imports.
EXTRAS = {
    r"oauthone\.clients\.(\w+)": r"\1",
    r"oauthone\.compat\.requests_oauthlib": "requests",
    r"oauthone\.(?:server|login)\.(flask|django|starlette)": r"\1",
    r"oauthone\.server\.fastapi": "starlette",
    r"oauthone\.testing": "testing",
}


@pytest.mark.parametrize("page", [page for page in PAGES if page.stem not in {"providers", "refused"}], ids=page_name)
def test_a_page_says_what_its_first_example_needs(page: Path) -> None:
    """An install line before it has the extras. That of the two other pages is in the list of the start page."""
    before, fence, rest = page.read_text("utf-8").partition("\n```python")
    code = rest.partition("\n")[2].partition("```")[0] if fence else ""
    installed = " ".join(re.findall(r"pip install [^`\n]+", before))
    extras = {extra for found in re.findall(r"oauthone\[([\w,]+)\]", installed) for extra in found.split(",")}
    imported = re.findall(r"^(?:from|import) (oauthone\S*)", code, re.M)
    for module in imported:
        for pattern, wanted in EXTRAS.items():
            if found := re.match(pattern, module):
                assert found.expand(wanted) in extras, module


def test_read_the_docs_installs_what_the_reference_imports() -> None:
    """Every extra, in the tested versions. niquests is mocked, and the rest belong to programs or consist of others."""
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    lines = (ROOT / "requirements" / "readthedocs.txt").read_text("utf-8").splitlines()
    (own,) = (line for line in lines if line.startswith("-e ."))
    assert sorted({*extras} - {"cli", "demo", "keyring", "login", "niquests"}) == re.findall(
        r"\w+", own.partition("[")[2]
    )
    assert {"-c ../constraints.txt", "-r docs.txt"} <= {*lines}
