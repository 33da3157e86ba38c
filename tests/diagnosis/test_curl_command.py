"""The request that a curl command sends: curl itself is the judge where it is installed."""

import shutil
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from oauthone.diagnosis.curl_command import NoCurlCommand, left_out_of, read_curl_command

COMMANDS = [
    "curl {}",
    "curl -X DELETE '{}?a=1&b=%20'",
    "curl -d 'a=1' -d b=2 {}",
    "curl --data-urlencode 'a=x y&z' --data-urlencode '=p q' --data-urlencode plain {}",
    "curl -G -d a=1 --data-urlencode 'b=x y' '{}?c=3'",
    "curl --request PUT --header 'Content-Type: application/json' --data-raw '{{\"a\": \"it'\\''s\"}}' {}",
    "curl --location '{}' \\\n--header 'Authorization: OAuth oauth_token=\"t\"' \\\n--data '@'",
    "curl -sS -XPOST -H'X-A:  b ' {}",
    "curl -XPATCH --data-binary $'a\\nb' {}",
    "curl --url {} -H 'Content-Type: text/plain' --data=x",
    """curl {} -d a"b c"'d "e'$'\\t\\x41\\101\\u00e9\\q\\\\\\'' -d f\\ g""",
    "  curl  {}  -d 'two  blanks'",
    "$ curl {} --json '{{}}'",
    """curl {} -d "\\$h \\`i\\` \\"j\\" \\k \\\\" -d '' --data-raw $""",
]


@pytest.fixture(scope="module")
def received() -> Any:
    """A server that keeps the requests that it receives, and its address."""
    kept: list[tuple[str, str, dict[str, str], bytes]] = []

    class Handler(BaseHTTPRequestHandler):
        def handle_one_request(self) -> None:
            self.raw_requestline = self.rfile.readline(65537)
            if self.parse_request():
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                kept.append((self.command, self.path, {n.lower(): v for n, v in self.headers.items()}, body))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()
            self.close_connection = True

        def log_message(self, *_: object) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield kept, f"http://127.0.0.1:{server.server_port}/p"
    server.shutdown()
    server.server_close()


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed: apt install curl")
@pytest.mark.parametrize("command", [one for one in COMMANDS if "'@'" not in one and "--data=x" not in one])
def test_curl_sends_what_is_read(received: Any, command: str) -> None:
    kept, url = received
    command = command.format(url)
    ran = command.removeprefix("$ ").replace("curl ", "curl -q --max-time 20 ", 1)
    subprocess.run(["bash", "-c", ran], check=True, capture_output=True)
    method, target, headers, body = kept.pop()
    read_method, read_url, read_headers, read_body = read_curl_command(command)
    assert (read_method, read_url.removeprefix(url.removesuffix("/p")), read_body) == (method, target, body)
    for name, value in read_headers:
        assert headers[name.lower()].strip() == value


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_its_url(command: str) -> None:
    assert read_curl_command(command.format("host.example/p"))[1].startswith("http://host.example/p")


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed: apt install curl")
@pytest.mark.parametrize(
    ("options", "method"),
    [
        ("-F a=@/dev/null", "POST"),
        ("--form a=b", "POST"),
        ("-T /etc/hostname", "PUT"),
        ("-d @/etc/hostname", "POST"),
        ("--data-urlencode a@/etc/hostname", "POST"),
        ("-X PATCH --json @/etc/hostname", "PATCH"),
    ],
)
def test_a_body_in_a_file_is_not_known(received: Any, options: str, method: str) -> None:
    """Its method is, and nothing is called a form that is none."""
    kept, url = received
    subprocess.run(["curl", "-q", "--max-time", "20", url, *options.split()], check=True, capture_output=True)
    sent_method, _, headers, _ = kept.pop()
    read_method, _, read_headers, body = read_curl_command(f"curl {url} {options}")
    assert (read_method, sent_method, body) == (method, method, ...)
    assert all(headers[name.lower()] == value for name, value in read_headers)


def test_what_is_not_read_is_said() -> None:
    assert left_out_of("curl -sS -u a:b -b c=d https://a/ -d e=f -u g -d @h -k --data-urlencode i=@j") == [
        *("-u", "-b", "-d", "-k"),
    ]
    assert left_out_of("% curl https://a/ -H 'A: b' -XPUT --json '{}' --compressed") == []


def test_a_head_request_and_a_line_of_windows() -> None:
    assert read_curl_command("curl -I https://a/")[0] == "HEAD"
    assert read_curl_command("curl.exe ^\r\n -X GET https://a/")[:2] == ("GET", "https://a/")


@pytest.mark.parametrize("end", ["\\", "\\\n", " \\\r\n", " ^\r\n"])
def test_a_line_that_was_to_go_on_ends_there(end: str) -> None:
    assert read_curl_command(f"curl https://a/ -X PUT {end}")[:2] == ("PUT", "https://a/")


@pytest.mark.parametrize("text", ["[" * 2_000_000, "\\[" * 1_000_000, "$'" + "\\\\" * 1_000_000 + "'"], ids=range(3))
def test_a_long_word_is_read_once(text: str) -> None:
    """Reading that copied the word for each character would not end."""
    assert len(read_curl_command(f"curl https://a/ -d {text}")[3] or b"") in (1_000_000, 2_000_000)


def test_a_character_beyond_all_is_replaced() -> None:
    assert read_curl_command("curl https://a/ -d $'\\UFFFFFFFF'")[3] == "\ufffd".encode()


@pytest.mark.parametrize(
    "command",
    ["", "wget https://a/", "curl", "curl -H 'a", "curl -s", 'curl "', "curl $'\\", "curl https://a/ -d $'\\'"],
)
def test_what_is_no_curl_command_is_refused(command: str) -> None:
    with pytest.raises(ValueError, match="curl command"):
        read_curl_command(command)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("curl -s", "it has no URL"),
        ("wget https://a.example", "it does not begin with 'curl'"),
        ("curl 'https://a.example", "a quotation is not closed"),
    ],
)
def test_why_a_text_is_no_curl_command(text: str, reason: str) -> None:
    with pytest.raises(NoCurlCommand, match=f"^this is not a curl command: {reason}$") as caught:
        read_curl_command(text)
    assert caught.value.reason == reason
