"""What goes to stdout, what to stderr, and what neither shows."""

import io
import json
import os
from collections.abc import Iterator
from typing import Any

import click
import pytest

from oauthone.cli.output import (
    CommandError,
    Common,
    Exit,
    detail,
    folded,
    masked_token,
    result,
    say,
    visible,
    warn,
    write_object,
)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def common() -> Common:
    return Common()


@pytest.fixture(autouse=True)
def context(common: Common) -> object:
    with click.Context(click.Command("it"), obj=common) as context:
        yield context


def test_words_go_to_stderr_and_results_to_stdout(capsys: pytest.CaptureFixture[str]) -> None:
    say("words")
    detail("left out")
    warn("careful")
    result("it", member=1)
    assert capsys.readouterr() == ("it\n", "words\nwarning: careful\n")


def test_quiet_leaves_only_warnings(common: Common, capsys: pytest.CaptureFixture[str]) -> None:
    common.quiet = common.verbose = True
    say("words")
    detail("words")
    warn("careful")
    result("it")
    assert capsys.readouterr() == ("it\n", "warning: careful\n")


def test_verbose_says_more(common: Common, capsys: pytest.CaptureFixture[str]) -> None:
    common.verbose = True
    detail("more")
    assert capsys.readouterr().err == "more\n"


def test_json_is_one_line_with_the_version(common: Common, capsys: pytest.CaptureFixture[str]) -> None:
    common.json = True
    result("text", name="é\n")
    write_object({"event": "ready"})
    lines = capsys.readouterr().out.splitlines()
    assert [json.loads(line) for line in lines] == [
        {"v": 1, "ok": True, "name": "é\n"},
        {"v": 1, "event": "ready"},
    ]


@pytest.mark.parametrize(("text", "shown"), [("a\ud800b\udcff", "a\\ud800b\\udcff\n"), ("é🙂", "é🙂\n")])
def test_what_no_encoding_has_is_escaped(
    common: Common, capsys: pytest.CaptureFixture[str], text: str, shown: str
) -> None:
    result(text)
    assert capsys.readouterr().out == shown
    write_object({"a": text})
    assert json.loads(capsys.readouterr().out)["a"] == text


def test_an_empty_result_prints_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    result("")
    assert capsys.readouterr().out == ""


def test_a_terminal_gets_no_control_characters(capsys: pytest.CaptureFixture[str]) -> None:
    say("\x1b[2Jhello\x07\ttab")
    assert capsys.readouterr().err == "\\x1b[2Jhello\\x07\ttab\n"
    assert visible("é\r\x9b1\nnext") == "é\\r\\x9b1\nnext"


def test_a_token_is_shown_by_its_beginning() -> None:
    assert masked_token("Zq7secretrest") == "Zq7…"


@pytest.mark.parametrize(
    ("choice", "environ", "is_terminal", "expected"),
    [
        ("auto", {}, True, True),
        ("auto", {}, False, False),
        ("auto", {"NO_COLOR": "0"}, True, False),
        ("auto", {"NO_COLOR": ""}, True, True),  # https://no-color.org: an empty one counts as none
        ("auto", {"TERM": "dumb"}, True, False),
        ("always", {"NO_COLOR": "1"}, False, True),
        ("never", {}, True, False),
    ],
)
def test_colours(
    monkeypatch: pytest.MonkeyPatch, choice: str, environ: dict[str, str], is_terminal: bool, expected: bool
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    settings = Common()
    settings.color = choice
    assert settings.colors(Terminal() if is_terminal else io.StringIO()) is expected


def test_a_mark_is_coloured_and_says_the_same_without(common: Common, capsys: pytest.CaptureFixture[str]) -> None:
    say("✓ done")
    common.color = "always"
    say("✓ done")
    result("✗ no\n  why ✓\n✓ yes")
    say("plain")
    shown = capsys.readouterr()
    assert shown.err == "✓ done\n\x1b[32m✓\x1b[0m done\nplain\n"
    assert shown.out == "\x1b[31m✗\x1b[0m no\n  why ✓\n\x1b[32m✓\x1b[0m yes\n"


@pytest.mark.parametrize("forbidden", ["", "option", "variable"])
def test_only_a_person_at_a_terminal_is_asked(monkeypatch: pytest.MonkeyPatch, common: Common, forbidden: str) -> None:
    monkeypatch.delenv("OAUTHONE_NO_INPUT", raising=False)
    assert not common.asks
    monkeypatch.setattr("sys.stdin", Terminal())
    monkeypatch.setattr("sys.stderr", Terminal())
    if forbidden == "option":
        common.no_input = True
    if forbidden == "variable":
        monkeypatch.setenv("OAUTHONE_NO_INPUT", "1")
    assert common.asks is not bool(forbidden)


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("It is not known: did you mean 'a'?.", "It is not known: did you mean 'a'?"),
        ("It cannot be read: no file..", "It cannot be read: no file."),
        ("It is not known.", "It is not known."),
        ("Is it known?", "Is it known?"),
    ],
)
def test_a_message_ends_once(message: str, shown: str) -> None:
    failure = CommandError(Exit.USAGE, message)
    assert (failure.message, str(failure)) == (shown, shown)


@pytest.fixture
def narrow() -> Iterator[Any]:
    """A terminal that is 40 columns wide."""
    pty = pytest.importorskip("pty", reason="there are no terminals of this kind on Windows")
    ours, theirs = pty.openpty()
    import fcntl
    import struct
    import termios

    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 40, 0, 0))
    with open(theirs, "w", encoding="utf-8") as terminal:
        yield terminal
    os.close(ours)


def test_a_narrow_terminal_cuts_no_word(narrow: Any) -> None:
    """The next line is indented as the first one. A short one, and one for a file, stay as they are."""
    text = "  There is no profile 'nobody', and the words go on and on.\nShort."
    assert folded(text, narrow) == "  There is no profile 'nobody', and the\n  words go on and on.\nShort."
    assert folded(text, io.StringIO()) == text


@pytest.mark.parametrize(
    "whole", ["https://api.example/authorize?oauth_token=x", "oauthone login -p nobody --no-browser"]
)
def test_what_is_copied_stays_in_one_line(narrow: Any, whole: str) -> None:
    assert folded(f"Do this in a browser or a terminal: {whole}", narrow).split("\n") == [
        "Do this in a browser or a terminal:",
        whole,
    ]
