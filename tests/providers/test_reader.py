"""A data file that does not fit the model: the error names the file, the line and the key."""

from collections.abc import Callable
from pathlib import Path

import pytest

from oauthone.errors import ConfigurationError
from oauthone.providers._catalogue import load
from oauthone.providers._reader import line_of

from .conftest import SMALLEST

Write = Callable[[str, str], Path]


def refusal(write: Write, text: str) -> str:
    with pytest.raises(ConfigurationError) as caught:
        load(write("box", text))
    return str(caught.value)


def with_line(text: str) -> str:
    """The smallest file with another line after the third."""
    return SMALLEST.replace("status_as_of", f"{text}\nstatus_as_of", 1)


def test_the_smallest_file_fits(write: Write) -> None:
    provider = load(write("box", SMALLEST))
    assert (provider.id, provider.name) == ("box", "Box")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("color = 1", "box.toml:4: color is unknown; the keys here are aliases, allow_http, api_base"),
        ("timestamp_window = true", "box.toml:4: timestamp_window must be an integer"),
        ('timestamp_window = "5"', "box.toml:4: timestamp_window must be an integer"),
        ("timestamp_window = -5", "box.toml:4: timestamp_window is negative"),
        ("allow_http = 1", "box.toml:4: allow_http must be true or false"),
        ("docs = 1", "box.toml:4: docs must be a string"),
        ("docs = 2026-11-26", "box.toml:4: docs must be a string"),
        (r'docs = "a\u0007"', "box.toml:4: docs contains a control character"),
        ('verifier = "maybe"', "box.toml:4: verifier is 'maybe', must be one of required, optional, none"),
        ("verifier = 1", "box.toml:4: verifier is 1, must be one of"),
        ("quirks = 1", "box.toml:4: quirks must be a list"),
        ('quirks = ["a", "a"]', "box.toml:4: quirks lists something twice"),
        ('quirks = ["a", 1]', "box.toml:4: quirks.1 must be a string"),
        ('placement = ["header", "body", "cookie"]', "box.toml:4: placement.2 is 'cookie', must be one of header"),
        ("token_fields = 1", "box.toml:4: token_fields must be a table"),
        ("token_fields = { a = 1 }", "box.toml:4: token_fields.a must be a string"),
        ("realm = 1", "box.toml:4: realm must be a table"),
        ("realm = {}", "box.toml:4: realm lacks kind"),
        ('realm.kind = "other"', "box.toml:4: realm.kind is 'other', must be one of fixed"),
        ("docs =", "box.toml:4: this is not TOML: Invalid value"),
        ('name = "Box"', "box.toml:4: this is not TOML: Cannot overwrite a value"),
    ],
)
def test_a_key_that_does_not_fit(write: Write, line: str, message: str) -> None:
    assert refusal(write, with_line(line)).startswith(message)


def test_a_missing_key(write: Write) -> None:
    assert refusal(write, SMALLEST.replace("homepage", "docs")) == "box.toml:1: the file lacks homepage"
    assert refusal(write, SMALLEST.replace('level = "single"\n', "")) == "box.toml:14: sources.methods lacks level"


def test_a_file_that_ends_too_soon(write: Write) -> None:
    assert refusal(write, SMALLEST + "[sources.more").startswith("box.toml:23: this is not TOML")


def test_one_text_stands_for_a_list_of_one(write: Write) -> None:
    assert load(write("box", with_line('quirks = "a"'))).quirks == ("a",)


TEXT = """\
a = 1  # line 1
list = [
  "b = 2",
  "[c]",
]

[c."d.e"]
f = 1
g.h = { i = 1 }

[[shapes]]
j = 1

[[shapes]]
j = 2
[shapes.k]
l = 3
"""


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("a",), 1),
        (("list",), 2),
        (("list", 1), 2),
        (("c",), 1),
        (("c", "d.e"), 7),
        (("c", "d.e", "missing"), 7),
        (("c", "d.e", "f"), 8),
        (("c", "d.e", "g", "h"), 9),
        (("c", "d.e", "g", "h", "i"), 9),
        (("shapes", 0, "j"), 12),
        (("shapes", 1, "j"), 15),
        (("missing",), 1),
        ((), 1),
    ],
)
def test_the_line_of_a_key(path: tuple[str | int, ...], line: int) -> None:
    assert line_of(path, TEXT) == line
