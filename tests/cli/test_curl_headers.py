"""Headers as curl reads them."""

import pytest

from oauthone.cli.curl_headers import read_headers, with_default, without_removed
from oauthone.cli.output import CommandError


def headers(*lines: str, user_agent: str | None = None) -> list[tuple[str, str]]:
    return without_removed(read_headers(lines, user_agent))


def test_headers() -> None:
    found = headers("X-One:  1 ", "Empty;", "Gone:", user_agent="me")
    assert found == [("X-One", "1"), ("Empty", ""), ("User-Agent", "me")]
    for wrong in ("nonsense", "a;b", "\u20ac: 1", "a b: 1", ": 1"):
        with pytest.raises(CommandError, match="wants 'Name: value'"):
            headers(wrong)


def test_a_header_that_is_taken_away_has_no_default() -> None:
    found = with_default(read_headers(["content-type:"], None), "Content-Type", "a/b")
    assert without_removed(found) == []
    assert without_removed(with_default(read_headers([], None), "Content-Type", "a/b")) == [("Content-Type", "a/b")]


def test_what_the_libraries_add_is_empty_at_least() -> None:
    assert headers("Accept:", "User-Agent:") == [("Accept", ""), ("User-Agent", "")]
    assert headers("User-Agent: mine", user_agent="other") == [("User-Agent", "mine")]


def test_no_header_is_lost() -> None:
    """A dict of headers has each name once; lines of one name mean the same as one line with commas."""
    assert headers("X: 1", "x: 2", "Cookie: a=b", "Cookie: c=d", "X:") == [("X", "1, 2"), ("Cookie", "a=b; c=d")]


def test_a_header_leaves_as_the_octets_of_the_command_line() -> None:
    for text in ("\u20ac ä", "\udcff"):
        found = headers(f"X: {text}", user_agent=text)
        assert [value.encode("latin-1") for _, value in found] == [text.encode("utf-8", "surrogateescape")] * 2


@pytest.mark.parametrize("line", ["Cookie: hidden\nX: y", "Cookie: hid\x0cden", "Cookie: \0"])
def test_a_header_of_several_lines_is_refused_and_not_repeated(line: str) -> None:
    with pytest.raises(CommandError, match="one line") as failed:
        headers(line)
    assert "hid" not in failed.value.message
    assert headers("Cookie: a\tb") == [("Cookie", "a\tb")]
