"""What the command prints: results on stdout, words for people on stderr, and the exit status. Nothing else prints."""

import os
import re
import sys
from enum import IntEnum
from typing import IO, Any

from oauthone.errors import missing_library

try:
    import click
except ModuleNotFoundError as missing:
    raise missing_library("click", "cli") from missing

#: The version of the shapes of ``--json``. Members are only added.
VERSION = 1

_MARKS = {"✓": "green", "✗": "red", "?": "yellow"}
_MARK = re.compile("^[✓✗?]", re.MULTILINE)
_SIGNATURE = re.compile(r"(oauth_signature=\"?)[^\",&\s]*")
_ENDS_TWICE = re.compile(r"([.?!])\.$")
#: Where a command begins that is to be copied.
_COMMAND = re.compile(r"(?<=: )(?=(?:oauthone|pip|ssh) )")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


class Exit(IntEnum):
    """The exit statuses; `docs/cli.md` documents them."""

    DONE = 0
    BUG = 1
    USAGE = 2
    REDIRECTED = 3
    CLIENT_ERROR = 4
    SERVER_ERROR = 5
    NETWORK = 6
    NO_TOKEN = 7
    NO_CREDENTIALS = 8
    ANSWER_NO = 9
    INTERRUPTED = 130


class CommandError(Exception):
    """Why a command fails.

    Args:
        exit_status: the exit status.
        message: what happened.
        hint: what to do.
        code: a stable word for programs.
        details: further members of the JSON object.
    """

    def __init__(self, exit_status: Exit, message: str, hint: str = "", *, code: str = "", **details: Any) -> None:
        # A message often ends with the words of another error, which may be a sentence already.
        message = _ENDS_TWICE.sub(r"\1", message)
        super().__init__(message)
        self.exit_status, self.message, self.hint = exit_status, message, hint
        self.code = code or exit_status.name.lower()
        self.details = details


class Common:
    """The options that every command has, before or after its name.

    Attributes:
        profile: the name of the profile; None for the current one.
        json: whether results are JSON.
        quiet: whether words for people are left out.
        verbose: whether there are more of them.
        no_input: True never asks; None asks if stdin is a terminal.
        color: ``"auto"``, ``"always"`` or ``"never"``.
    """

    def __init__(self) -> None:
        self.profile: str | None = None
        self.json = False
        self.quiet = False
        self.verbose = False
        self.no_input: bool | None = None
        self.color = "auto"

    @property
    def asks(self) -> bool:
        """Whether a person can be asked: stdin and stderr are terminals, and nothing forbids it."""
        forbidden = self.no_input or os.environ.get("OAUTHONE_NO_INPUT")
        return not forbidden and sys.stdin.isatty() and sys.stderr.isatty()

    def colors(self, stream: IO[Any]) -> bool:
        """Return whether to write colours to ``stream``."""
        if self.color != "auto":
            return self.color == "always"
        return not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb" and stream.isatty()


def common() -> Common:
    """Return the common options of the running command."""
    found = click.get_current_context().find_root().obj
    assert isinstance(found, Common)
    return found


def visible(text: str) -> str:
    """Return ``text`` without characters that a terminal would obey."""
    return _CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), text)


def without_signature(text: str) -> str:
    """Return a part of a request without its signature, for output that may end up in a public report."""
    return _SIGNATURE.sub(r"\1***", text)


def without_plaintext(text: str) -> str:
    """Return a part of a request without a PLAINTEXT signature, which is the secrets themselves."""
    return without_signature(text) if "PLAINTEXT" in text else text


def folded(text: str, stream: IO[Any]) -> str:
    """Return ``text`` for a stream: on a terminal with lines that end between words, as a terminal cuts words.

    An address or a command stays in one line, so that it can be copied.
    """
    try:
        width = os.get_terminal_size(stream.fileno()).columns
    except (OSError, ValueError):
        return text
    return "\n".join(folded_line for line in text.split("\n") for folded_line in _folded_line(line, width))


def _folded_line(line: str, width: int) -> list[str]:
    if not 0 < width < len(line):
        return [line]
    import textwrap  # Few lines are so long.

    indent = " " * (len(line) - len(line.lstrip()))
    words, *command = _COMMAND.split(line, maxsplit=1)
    options: dict[str, Any] = {"break_long_words": False, "break_on_hyphens": False, "subsequent_indent": indent}
    return textwrap.wrap(words, width, **options) + [indent + one for one in command]


def say(text: str) -> None:
    """Write a line for people to stderr, unless they asked for quiet."""
    if not common().quiet:
        click.echo(_coloured(folded(visible(text), sys.stderr), sys.stderr), err=True, color=True)


def _coloured(text: str, stream: IO[Any]) -> str:
    """Return ``text`` with a coloured mark where a line begins with one. The mark says the same without the colour."""
    if not common().colors(stream):
        return text
    return _MARK.sub(lambda mark: click.style(mark[0], fg=_MARKS[mark[0]]), text)


def detail(text: str) -> None:
    """Write a line to stderr that only ``--verbose`` shows."""
    if common().verbose:
        say(text)


def warn(text: str) -> None:
    """Write a warning to stderr, even with ``--quiet``."""
    click.echo(folded(visible(f"warning: {text}"), sys.stderr), err=True)


def result(text: str, **members: Any) -> None:
    """Write the result to stdout: the text, or with ``--json`` an object with these members."""
    if common().json:
        write_object({"ok": True, **members})
    elif text:
        shown = visible(text) if sys.stdout.isatty() else text
        click.echo(_coloured(_encodable(shown), sys.stdout), color=True)


def _encodable(text: str) -> str:
    """Return ``text`` with escapes for what no encoding has. In JSON they are those of JSON."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def write_object(members: dict[str, Any]) -> None:
    """Write one object of JSON in one line to stdout, at once."""
    import json  # The help does not need it, and has to be quick.

    is_of_unicode = (sys.stdout.encoding or "").lower().startswith("utf")
    text = json.dumps({"v": VERSION, **members}, ensure_ascii=not is_of_unicode)
    click.echo(_encodable(text))
    sys.stdout.flush()


def masked_token(token: str) -> str:
    """Return the beginning of a token, for people who have to tell two apart."""
    return f"{token[:3]}…"


def report(failure: CommandError, *, as_json: bool) -> None:
    """Write why a command failed: words on stderr, or an object on stdout."""
    if as_json:
        error = {"code": failure.code, "message": failure.message, "hint": failure.hint}
        write_object({"ok": False, "exit": int(failure.exit_status), "error": error, **failure.details})
        return
    click.echo(folded(visible(f"oauthone: {failure.message}"), sys.stderr), err=True)
    if failure.hint:
        click.echo(folded(visible(f"  {failure.hint}"), sys.stderr), err=True)
