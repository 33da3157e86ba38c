"""The flags of curl make the request that curl makes."""

import re
import shutil
import subprocess
import threading
from collections.abc import Callable, Generator
from email import message_from_bytes
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from oauthone.cli.curl_options import BodyCommand, Draft, body_options, read_draft
from oauthone.cli.output import CommandError
from oauthone.cli.uploads import multipart_of


def draft(*words: str, method: str | None = None, url: str = "https://api.example/a", text: str = "") -> Draft:
    """Return what the flags make of a request."""
    found: list[Draft] = []

    @click.command(cls=BodyCommand)
    @body_options
    def it(**given: Any) -> None:
        found.append(read_draft(method, url, given))

    done = CliRunner().invoke(it, words, input=text, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return found[0]


def test_a_request_without_flags_is_a_get() -> None:
    assert draft() == ("GET", "https://api.example/a", [], None)
    assert draft(method="delete").method == "DELETE"


@pytest.mark.parametrize("method", ["GET POST", "\n", "Ä", "\udcff"])
def test_a_method_is_a_word(method: str) -> None:
    with pytest.raises(CommandError, match="is not a method"):
        draft(method=method)
    assert draft(method="m-search").method == "M-SEARCH"


def test_json(tmp_path: Path) -> None:
    (tmp_path / "it.json").write_text('{"a": 1}\n')
    found = draft("--json-data", '{"a": 1}', "-H", "accept: text/x")
    assert found[2:] == ([("accept", "text/x"), ("Content-Type", "application/json")], b'{"a": 1}')
    assert draft("--json-data", f"@{tmp_path / 'it.json'}").body == b'{"a": 1}\n'
    with pytest.raises(CommandError, match="is not JSON"):
        draft("--json-data", "{")
    with pytest.raises(CommandError, match="exclude each other"):
        draft("--json-data", "{}", "-d", "a=b")


def test_queries() -> None:
    assert draft("--url-query", "+a=%20c").url == "https://api.example/a?a=%20c"
    assert draft("--url-query", "a=\udcff", "--url-query", "+\udcff").url == "https://api.example/a?a=%FF&%FF"
    assert draft("-G", "-d", "%zz").url == "https://api.example/a?%25zz"
    assert draft("--url-query", "a=%", "-d", "b").url == "https://api.example/a?a=%25"
    with pytest.raises(CommandError, match="exclude each other"):
        draft("-G", "-d", "a", "--url-query", "b=c")
    assert draft("--url-query", "a=b c", url="https://api.example/a?x#f").url == "https://api.example/a?x&a=b%20c#f"
    assert draft("-G", "-d", "a=b", "-d", "c") == ("GET", "https://api.example/a?a=b&c", [], None)


def test_a_query_has_only_what_a_url_may_hold(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"\xff a")
    found = draft("-G", "--data-binary", f"@{tmp_path / 'file'}", "--data-urlencode", "é=%")
    assert found.url == "https://api.example/a?%FF%20a&%C3%A9=%25"


def test_a_form_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("oauthone.cli.curl_options.LONGEST_FORM", 3)
    assert draft("-d", "a=b").body == b"a=b"
    with pytest.raises(CommandError, match="at most 3 octets"):
        draft("-d", "a=bc")


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="there is no file without an end")
@pytest.mark.parametrize(
    "words", [("-d", "@/dev/zero"), ("--data-binary", "@/dev/zero"), ("--data-urlencode", "a@/dev/zero")]
)
def test_a_file_without_an_end_is_not_read_whole(monkeypatch: pytest.MonkeyPatch, words: tuple[str, str]) -> None:
    monkeypatch.setattr("oauthone.cli.curl_options.LONGEST_FORM", 3)
    with pytest.raises(CommandError, match="at most 3 octets"):
        draft(*words)


def test_a_body_of_json_is_no_nesting_without_end() -> None:
    assert draft("--json-data", "[[]]").body == b"[[]]"
    with pytest.raises(CommandError, match="is not JSON"):
        draft("--json-data", "[" * 100_000)


def test_stdin_is_read_where_it_is_named() -> None:
    assert draft("-d", "@-", text="a\r\nb\n").body == b"ab"
    assert draft("--data-binary", "@-", text="a\nb\n").body == b"a\nb\n"


def test_a_draft_shows_nothing_of_its_body() -> None:
    assert repr(draft("-d", "secret")) == "Draft('POST', …)"


class Keeper(BaseHTTPRequestHandler):
    """Answers each request, and keeps the last one."""

    kept: tuple[str, str, str | None, bytes] = ("", "", None, b"")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        Keeper.kept = (self.command, self.path, self.headers.get("Content-Type"), body)
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_PUT = do_HEAD = do_POST

    def log_message(self, *_: Any) -> None: ...


@pytest.fixture(scope="module")
def curl() -> Generator[Callable[..., tuple[str, str, str | None, bytes]], None, None]:
    """Let curl send a request; return method, target, type and body."""
    if shutil.which("curl") is None:
        pytest.skip("curl judges what the command sends, and is not installed: apt install curl")

    def send(*words: str) -> tuple[str, str, str | None, bytes]:
        url = f"http://127.0.0.1:{server.server_port}/a?q"
        subprocess.run(["curl", "-s", "--noproxy", "*", *words, url], check=True, timeout=50)
        return Keeper.kept

    with HTTPServer(("127.0.0.1", 0), Keeper) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield send
        server.shutdown()
        thread.join()


Curl = Callable[..., tuple[str, str, str | None, bytes]]


def agrees(curl: Curl, *words: str, method: str | None = None) -> None:
    """Check that curl sends the request that the flags describe.

    We write a space as %20, which every provider reads; curl writes a plus sign, which means the same in a form.
    We escape what is not ASCII; curl sends some of its octets as they are.
    """
    verb, path, type_, body = curl(*(("-X", method) if method else ()), *words)
    ours = draft(*words, method=method, url="http://127.0.0.1/a?q")
    kind = next((value for name, value in ours.headers if name == "Content-Type"), None)
    target = ours.url.removeprefix("http://127.0.0.1").replace("+", "%20")
    path = re.sub("%..", lambda escape: escape[0].upper(), path.replace("+", "%20"))
    path = re.sub("[^\0-\x7f]", lambda octet: f"%{ord(octet[0]):02X}", path)
    theirs = (verb, path, type_, body.replace(b"+", b"%20"))
    assert (ours.method, target, kind, (ours.body or b"").replace(b"+", b"%20")) == theirs


@pytest.mark.parametrize(
    "words",
    [
        ["-d", "a=b c&d=é"],
        ["-d", "a=1", "-d", "@{file}"],
        ["--data-raw", "@x"],
        ["--data-binary", "@{file}"],
        ["--data-urlencode", "title=sea view/é&="],
        ["--data-urlencode", "a b"],
        ["--data-urlencode", "=a b"],
        ["--data-urlencode", "n@{file}"],
        ["-G", "-d", "a=b", "--data-urlencode", "c=d e"],
        ["-d", "a=1", "--data-urlencode", "b=2 3", "-d", "c=4"],
        ["-d", "", "-H", "Content-Type: text/plain"],
    ],
    ids=" ".join,
)
def test_curl_sends_the_same(words: list[str], tmp_path: Path, curl: Curl) -> None:
    (tmp_path / "file").write_bytes(b"l 1\r\nl\0 2\n")
    agrees(curl, *(word.format(file=tmp_path / "file") for word in words))


def test_curl_sends_the_same_with_another_method(curl: Curl) -> None:
    agrees(curl, "-d", "x", method="PUT")


PIECES = st.one_of(
    st.tuples(st.sampled_from(["-d", "--data", "--data-raw", "--data-binary"]), st.text("ab=&%é ", max_size=3)),
    st.tuples(st.just("--data-urlencode"), st.text("ab=&%é +/", max_size=4)),
    st.tuples(st.sampled_from(["-d", "--data-binary", "--data-urlencode", "--data-raw"]), st.just("@file")),
    st.tuples(st.just("--data-urlencode"), st.sampled_from(["n@file", "=@file"])),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(PIECES, max_size=5))
def test_curl_takes_the_flags_in_the_same_order(
    curl: Curl, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pieces: list[tuple[str, str]]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_bytes(b"x y\n\xff")
    agrees(curl, *(word for piece in pieces for word in piece))


# An empty part alone makes curl write an empty name; what begins with a plus sign is taken as it is.
TEXTS = st.one_of(st.text("ab=é ~!*+", max_size=4).map("a".__add__), st.text("ab=~+", max_size=3).map("+a".__add__))
QUERIES = st.lists(st.tuples(st.just("--url-query"), TEXTS), max_size=3)
IN_URLS = st.lists(
    st.tuples(st.sampled_from(["-d", "--data-urlencode"]), st.text("ab=+~", max_size=4).map("a".__add__)), max_size=3
)


@settings(max_examples=12, deadline=None)
@given(QUERIES, IN_URLS)
def test_curl_makes_the_same_query(curl: Curl, queries: list[tuple[str, str]], data: list[tuple[str, str]]) -> None:
    of_url, of_data = ([word for piece in pieces for word in piece] for pieces in (queries, data))
    agrees(curl, *of_url, *of_data)
    agrees(curl, "-G", *of_data)
    agrees(curl, "-G", *of_url)


PARTS = st.one_of(
    st.builds("{}={}".format, st.sampled_from("abc"), st.text("xé &=", max_size=3)),
    st.builds("{}={}{}".format, st.sampled_from("abc"),
              st.sampled_from(["x", "@f.txt", "@f", "<f", "@f.json", '"x;y"', '@"f.txt"', '"\\\\\\""', '"x', 'x"']),
              st.sampled_from(["", ";type=text/x", ";filename=g", ";type=text/x;filename=g", ';filename="g;h"',
                               ";filename=g.png", ";type=text/x; charset=utf-8", ";y", ";y=z;TYPE=text/y", ";", ";;"])),
)  # fmt: skip


def parts_in(kind: str | None, body: bytes) -> list[tuple[str | None, str | None, str | None, bytes]]:
    """Return name, file, type and octets of each part, as the standard library reads them."""
    read = message_from_bytes(b"Content-Type: " + str(kind).encode() + b"\r\n\r\n" + body, policy=HTTP)
    return [
        (
            part.get_param("name", header="content-disposition"),
            part.get_filename(),
            part["content-type"] and part["content-type"].split(";")[0],
            part.get_payload(decode=True),
        )
        for part in read.iter_parts()
    ]


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(PARTS, min_size=1, max_size=4))
def test_curl_sends_the_same_parts(
    curl: Curl, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, parts: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("f", "f.txt", "f.json"):
        (tmp_path / name).write_bytes(b"of the file \xff")
    _, _, kind, body = curl(*(word for part in parts for word in ("-F", part)))
    with click.Context(click.Command("it")):
        ours, our_kind = multipart_of(parts)
    assert isinstance(ours, bytes)
    assert parts_in(our_kind, ours) == parts_in(kind, body)
