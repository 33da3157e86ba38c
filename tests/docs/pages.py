"""The Markdown pages of the project, and the fenced blocks and comments in them."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
#: The pages whose examples are run.
PAGES = [ROOT / "README.md", ROOT / "dropin" / "README.md", *sorted(DOCS.glob("*.md"))]
#: Further pages whose commands and links are checked.
MORE_PAGES = [ROOT / f"{name}.md" for name in ("CODE_OF_CONDUCT", "CONTRIBUTING", "RELEASING", "SECURITY")]

_FENCE = re.compile(r"(?P<indent>[ \t]*)(?P<ticks>`{3,}|~{3,})[ \t]*(?P<info>.*)")
_COMMENT = re.compile(r"[ \t]*<!--\s*(?P<text>.*?)\s*-->[ \t]*", re.DOTALL)
_CODE_DIRECTIVE = re.compile(r"\{(?:code-block|code|sourcecode)\}\s*(\S*)")
_FILE = re.compile(r"#\s*(\S+\.py)\s*$", re.MULTILINE)
_EXCUSE = "not run:"
_CHECK = "check\n"


class Block(NamedTuple):
    """One fenced block, or one comment with checks.

    Attributes:
        page: the page that contains it.
        line: the line of its fence, counted from 1.
        language: of the fence, in lower case; ``"check"`` for a comment with checks, which readers do not see.
        text: its content.
        excuse: the reason why it is not run, from the comment before it.
    """

    page: Path
    line: int
    language: str
    text: str
    excuse: str | None = None

    @property
    def file(self) -> str | None:
        """The name of the file that the block shows, from a comment in its first line."""
        named = _FILE.match(self.text)
        return named[1] if named else None


def page_name(page: Path) -> str:
    """Return a page's path from the root of the repository."""
    return page.relative_to(ROOT).as_posix()


def blocks_of(page: Path) -> list[Block]:
    """Return the blocks of a page, in order, including those inside directives."""
    return list(_blocks(page, page.read_text("utf-8").splitlines()))


def python_of(page: Path) -> list[Block]:
    """Return the blocks of Python, including those that are not run."""
    return [block for block in blocks_of(page) if block.language == "python"]


def _blocks(page: Path, lines: list[str]) -> Iterator[Block]:
    excuse: str | None = None
    directives: list[str] = []
    at = 0
    while at < len(lines):
        fence, comment = _FENCE.fullmatch(lines[at]), _comment_at(lines, at)
        if comment is not None:
            text, length = comment
            if text.startswith(_CHECK):
                yield Block(page, at + 1, "check", text.removeprefix(_CHECK))
            elif text.startswith(_EXCUSE):
                excuse = text.removeprefix(_EXCUSE).strip()
            at += length
            continue
        if fence and directives and not fence["info"] and fence["ticks"].startswith(directives[-1]):
            directives.pop()
        elif fence and (language := _language(fence["info"])) is None:
            directives.append(fence["ticks"])
        elif fence and language is not None:
            end = _end_of(lines, at, fence["ticks"])
            content = "\n".join(line.removeprefix(fence["indent"]) for line in lines[at + 1 : end])
            yield Block(page, at + 1, language, content + "\n", excuse)
            at = end
        if lines[at].strip():
            excuse = None
        at += 1


def _comment_at(lines: list[str], at: int) -> tuple[str, int] | None:
    """Return the text of a comment that begins on this line, and its number of lines."""
    if not lines[at].lstrip().startswith("<!--"):
        return None
    end = next(index for index in range(at, len(lines)) if "-->" in lines[index])
    found = _COMMENT.fullmatch("\n".join(lines[at : end + 1]))
    return (found["text"] + "\n", end + 1 - at) if found else None


def _language(info: str) -> str | None:
    """Return the language of a block of code, or None for a directive, which contains Markdown."""
    directive = _CODE_DIRECTIVE.match(info)
    if directive is not None:
        return directive[1].lower()
    return None if info.startswith("{") else info.partition(" ")[0].lower()


def _end_of(lines: list[str], start: int, ticks: str) -> int:
    """Return the line of the fence that closes the one on line ``start``."""
    for index in range(start + 1, len(lines)):
        bare = lines[index].strip()
        if set(bare) == {ticks[0]} and len(bare) >= len(ticks):
            return index
    raise ValueError(f"the block that begins on line {start + 1} has no end")
