"""The flags of curl make the request that curl makes."""

import shutil
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from oauthone.cli.curl_options import Draft, body_options, read_draft
from oauthone.cli.output import CommandError


def draft(*words: str, method: str | None = None, url: str = "https://api.example/a", text: str = "") -> Draft:
    """Return what the flags make of a request."""
    found: list[Draft] = []

    @click.command()
    @body_options
    def it(**given: Any) -> None:
        found.append(read_draft(method, url, given))

    done = CliRunner().invoke(it, words, input=text, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return found[0]


def test_a_request_without_flags_is_a_get() -> None:
    assert draft() == ("GET", "https://api.example/a", [], None)
    assert draft(method="delete").method == "DELETE"


def test_headers() -> None:
    found = draft("-H", "X-One:  1 ", "-H", "Empty:", "-A", "me")
    assert found.headers == [("X-One", "1"), ("Empty", ""), ("User-Agent", "me")]
    with pytest.raises(CommandError, match="wants 'Name: value'"):
        draft("-H", "nonsense")


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
    assert draft("--url-query", "a=b c", url="https://api.example/a?x#f").url == "https://api.example/a?x&a=b%20c#f"
    assert draft("-G", "-d", "a=b", "-d", "c") == ("GET", "https://api.example/a?a=b&c", [], None)


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


class _Keeper(BaseHTTPRequestHandler):
    kept: tuple[str, str, str | None, bytes] = ("", "", None, b"")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        type(self).kept = (self.command, self.path, self.headers.get("Content-Type"), body)
        self.send_response(200)
        self.end_headers()

    do_GET = do_PUT = do_POST

    def log_message(self, *_: Any) -> None: ...


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is the judge")
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
        ["-d", "", "-H", "Content-Type: text/plain"],
        ["-X", "PUT", "-d", "x"],
    ],
    ids=" ".join,
)
def test_curl_sends_the_same(words: list[str], tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"l 1\r\nl 2\n")
    words = [word.format(file=path) for word in words]
    with HTTPServer(("127.0.0.1", 0), _Keeper) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        url = f"http://127.0.0.1:{server.server_port}/a?q"
        subprocess.run(["curl", "-s", "--noproxy", "*", *words, url], check=True, timeout=50)
        thread.join()
    method = words[1] if words[0] == "-X" else None
    ours = draft(*(words[2:] if method else words), method=method, url=url)
    kind = next((value for name, value in ours.headers if name == "Content-Type"), None)
    target = ours.url.partition(str(server.server_port))[2]
    # We write a space as %20, which every provider reads; curl writes a plus sign, which means the same in a form.
    verb, path, type_, body = _Keeper.kept
    plain = body.replace(b"+", b"%20")
    assert (ours.method, target, kind, ours.body or b"") == (verb, path.replace("+", "%20"), type_, plain)
