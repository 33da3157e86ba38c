"""Multipart bodies and uploads; that curl sends the same is tested with the other flags."""

import io
import sys
from pathlib import Path

import pytest

from oauthone.cli.output import CommandError
from oauthone.cli.uploads import multipart_of, with_file_name


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://a.example", "https://a.example/a%20%23%C3%A9"),
        ("https://a.example/b/", "https://a.example/b/a%20%23%C3%A9"),
        *((url, url) for url in ("https://a.example/b", "https://a.example/b/?c/", "https://a.example?b")),
    ],
)
def test_a_folder_gets_the_name_of_the_file(url: str, shown: str) -> None:
    assert with_file_name(url, "/folder/a #é") == shown
    assert with_file_name(url, "-") == url


def test_a_part_is_read_from_stdin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"in")))
    assert multipart_of(["a=<-"]) == [("a", (None, b"in", None))]
    with pytest.raises(CommandError, match="-F wants"):
        multipart_of(["secret"])


def test_parts_in_quotes(tmp_path: Path) -> None:
    """As curl reads them."""
    (tmp_path / "a;b.txt").write_text("x")
    texts = {'a=";x"': b";x", 'a="q\\"u\\\\"': b'q"u\\', 'a= "x" ': b"x", 'a="b': b'"b', "a=b;c=d": b"b;c=d"}
    assert [part[1][1] for part in multipart_of([*texts])] == [*texts.values()]
    assert multipart_of([f'a=@"{tmp_path / "a;b.txt"}"']) == [("a", ("a;b.txt", b"x", "text/plain"))]
    assert multipart_of(['a=x;type=text/plain; charset=utf-8;filename="n;m"']) == [
        ("a", ("n;m", b"x", "text/plain; charset=utf-8"))
    ]
    assert multipart_of([f'a=@"{tmp_path / "a;b.txt"}";filename=z.gif'])[0][1] == ("z.gif", b"x", "image/gif")


@pytest.mark.parametrize("part", ["\udcff=x", "a=x;type=\udcff", "a=x;filename=\udcff"])
def test_a_part_has_names_that_are_text(part: str) -> None:
    with pytest.raises(CommandError, match="in UTF-8"):
        multipart_of([part])
    assert multipart_of(["ä=\udcff;filename=ü"]) == [("ä", ("ü", b"\xff", None))]
