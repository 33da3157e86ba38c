"""What is read has a limit, which the error names."""

from pathlib import Path

import pytest

from oauthone.cli.output import CommandError
from oauthone.cli.reading import read_text, unquoted

from .conftest import Run


@pytest.mark.parametrize("text", ["abc", " abc\n", '"abc"', "<'abc'>", "`abc`", "„abc“"])
def test_a_code_loses_what_stands_around_it(text: str) -> None:
    assert unquoted(text) == "abc"


@pytest.mark.parametrize("text", ["", '"', "a'b", '"abc', "a b", "<>", "https://a.example/?oauth_token=a&x='"])
def test_what_belongs_to_a_text_stays(text: str) -> None:
    assert unquoted(text) == text.replace("<>", "")


def test_a_file_of_text(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes("\ufeffé\r\nb\n".encode())
    assert read_text(str(path), 1000) == "é\nb\n"
    path.write_bytes(b"a\xff")
    with pytest.raises(CommandError, match="is not UTF-8: octet 1 "):
        read_text(str(path), 1000)


@pytest.mark.parametrize(
    ("words", "most"),
    [
        *((words, 4) for words in (("explain", "-"), ("verify", "-"), ("explain", "GET", "http://a", "--theirs", "-"))),
        *((("import", kind, "-"), 4) for kind in ("curl", "twurlrc", "env", "rescued")),
        *((("import", kind, "-"), 32) for kind in ("har", "postman")),
    ],
    ids=str,
)
def test_more_than_the_limit_is_refused_at_once(
    run: Run, words: tuple[str, ...], most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OAUTHONE_CLIENT_ID", "a")
    monkeypatch.setenv("OAUTHONE_CLIENT_SECRET", "b")
    failed = run(*words, text=b" " * (most * 1024 * 1024 + 1))
    assert (failed.exit_code, failed.stderr) == (2, f"oauthone: stdin has more than {most} MiB.\n")
    assert "more than" not in run(*words, text=b" " * 1000).stderr
