"""The parts of ``-F``; that curl sends the same is tested with the other flags."""

import pytest

from oauthone.cli.form_parts import read_part
from oauthone.cli.output import CommandError


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ('a=";x"', ("a", ";x", False, None, None)),
        ('a="q\\"u\\\\"', ("a", 'q"u\\', False, None, None)),
        ('a= "x" ', ("a", "x", False, None, None)),
        ('a="b', ("a", '"b', False, None, None)),
        ("a= @b ", ("a", "@b", False, None, None)),
        ('a=x;type=text/plain; charset=utf-8;filename="n;m"', ("a", "x", False, "n;m", "text/plain; charset=utf-8")),
        ('a=@"b/a;b.txt"', ("a", "b/a;b.txt", True, "a;b.txt", "text/plain")),
        ("a=@b.txt;filename=z.gif", ("a", "b.txt", True, "z.gif", "image/gif")),
        ("a=@b;FILENAME=", ("a", "b", True, "", "application/octet-stream")),
        ("a=<b.txt;filename=z", ("a", "b.txt", True, None, None)),
        ('a=@"b,c"', ("a", "b,c", True, "b,c", "application/octet-stream")),
        ("a=b,c", ("a", "b,c", False, None, None)),
        ("ä=\udcff;filename=ü", ("ä", "\udcff", False, "ü", None)),
    ],
)
def test_parts_as_curl_reads_them(text: str, part: tuple[str, str, bool, str | None, str | None]) -> None:
    assert read_part(text) == part


@pytest.mark.parametrize(
    ("text", "source", "warnings"),
    [("a=x;y", "x", 1), ("a=x;y;c=d", "x", 1), ("a=x;;", "x", 0), ('a="x;y"', "x;y", 0), ('a="x"y', "x", 0)],
)
def test_what_curl_leaves_out_is_left_out_and_said(
    text: str, source: str, warnings: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert read_part(text).source == source
    assert capsys.readouterr().err.count("is left out, as in curl") == warnings


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("secret", "-F wants"),
        ("a=(;type=multipart/mixed", "parts of its own"),
        ("a=@b,c", "takes one file"),
        ("a=@b;filename=c,d", "takes one file"),
        ("a=b;headers=X: y", "no ;headers="),
        ("a=b; Encoder=base64", "no ;encoder="),
        *((text, "in UTF-8") for text in ("\udcff=x", "a=x;type=\udcff", "a=x;filename=\udcff")),
    ],
)
def test_what_is_no_part_is_an_error(text: str, said: str) -> None:
    with pytest.raises(CommandError, match=said):
        read_part(text)


@pytest.mark.parametrize("unit", ['"', '\\"', ";", ";type=", ';filename="', ";x=y", "; ", "\\"])
def test_long_parts_are_read_once(unit: str) -> None:
    """Otherwise this takes minutes."""
    assert read_part(f"a=b{unit * 40_000}").name == "a"
