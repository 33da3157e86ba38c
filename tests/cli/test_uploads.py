"""Multipart bodies and uploads; that curl sends the same is tested with the other flags."""

import io
import sys
import tracemalloc
from collections.abc import Generator
from pathlib import Path

import click
import pytest
from requests import Request

from oauthone.cli.output import CommandError
from oauthone.cli.uploads import Joined, multipart_of, with_file_name


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


@pytest.fixture(autouse=True)
def command() -> Generator[None, None, None]:
    """A running command, which closes its files when it ends."""
    with click.Context(click.Command("it")):
        yield


def test_a_part_is_read_from_stdin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"in")))
    body, kind = multipart_of(["a=<-"])
    boundary = kind.removeprefix("multipart/form-data; boundary=").encode()
    head = b'Content-Disposition: form-data; name="a"'
    assert body == b"--%b\r\n%b\r\n\r\nin\r\n--%b--\r\n" % (boundary, head, boundary)


def test_a_boundary_is_added_to_a_type() -> None:
    assert multipart_of(["a=b"], "multipart/related")[1].startswith("multipart/related; boundary=")
    with pytest.raises(CommandError, match="chooses the boundary"):
        multipart_of(["a=b"], "multipart/form-data; Boundary=x")


@pytest.fixture
def long_file(tmp_path: Path) -> Path:
    with (tmp_path / "long").open("wb") as file:
        file.truncate(3 * 1024 * 1024)
    return tmp_path / "long"


def test_a_long_file_is_not_read_into_memory(long_file: Path) -> None:
    tracemalloc.start()
    try:
        body, _ = multipart_of(["a=b", f"f=@{long_file}", f"g=<{long_file}"])
        assert isinstance(body, Joined)
        while body.read(16 * 1024):
            pass
        assert tracemalloc.get_traced_memory()[1] < 1024 * 1024
    finally:
        tracemalloc.stop()


def test_a_long_body_can_be_read_again_and_has_a_length(long_file: Path) -> None:
    body, kind = multipart_of(["a=b", f"f=@{long_file}"])
    sent = Request("POST", "http://a.example", data=body, headers={"Content-Type": kind}).prepare()
    assert isinstance(body, Joined)
    assert body.readable()
    assert body.seekable()
    whole = body.readall()
    assert sent.headers["Content-Length"] == str(len(whole)) == str(body.tell())
    body.seek(-2, io.SEEK_CUR)
    assert (body.read(), body.read()) == (b"\r\n", b"")
    body.seek(3)
    assert body.readall() == whole[3:]
    files = {"a": (None, b"b"), "f": ("long", long_file.read_bytes(), "application/octet-stream")}
    theirs = Request("POST", "http://a.example", files=files).prepare()
    boundaries = [one.headers["Content-Type"].partition("boundary=")[2].encode() for one in (sent, theirs)]
    assert isinstance(theirs.body, bytes)
    assert whole.replace(boundaries[0], b"B") == theirs.body.replace(boundaries[1], b"B")


def test_a_file_that_becomes_shorter_is_an_error(long_file: Path) -> None:
    """Otherwise the server waits for what was promised."""
    body, _ = multipart_of([f"f=@{long_file}"])
    long_file.write_bytes(b"")
    assert isinstance(body, Joined)
    with pytest.raises(CommandError, match="became shorter"):
        body.readall()


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="there is no file without an end")
def test_a_file_without_an_end_is_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("oauthone.cli.curl_options.LONGEST_FORM", 3)
    with pytest.raises(CommandError, match="at most 3 octets"):
        multipart_of(["a=@/dev/zero"])
