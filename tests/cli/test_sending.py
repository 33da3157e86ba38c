"""What is sent is what is shown, and what a terminal gets."""

import io
import sys
from typing import Any
from urllib.parse import urljoin

import pytest
from hypothesis import given
from hypothesis import strategies as st
from requests import PreparedRequest, Request, Response
from requests.utils import requote_uri

from oauthone.cli.output import Common
from oauthone.cli.sending import (
    body_of,
    head_of,
    leads_somewhere,
    session_of,
    unsigned_hops,
    without_token,
    would_send,
    write_body,
)
from oauthone.cli.settings import resolve


@pytest.fixture
def session(context: Common) -> Any:
    with session_of(resolve({"client_id": "id", "client_secret": "secret"}), clock_offset=10) as session:
        yield session


def test_the_shown_request_is_signed(session: Any) -> None:
    sent = would_send(session, Request("GET", "https://user@api.example/a b?x"))
    first, host, *_ = head_of(sent).splitlines()
    assert (first, host) == ("GET /a%20b?x HTTP/1.1", "Host: api.example")
    assert "Authorization: OAuth " in head_of(sent)
    assert "User-Agent: oauthone/" in head_of(sent)


def test_a_host_header_is_shown_once(session: Any) -> None:
    sent = would_send(session, Request("GET", "https://api.example", headers={"Host": "other.example"}))
    assert head_of(sent).count("Host: ") == 1
    assert head_of(sent).startswith("GET / HTTP/1.1")


@pytest.mark.parametrize(("body", "octets"), [(None, b""), ("é", "é".encode()), (b"\xff", b"\xff"), (iter(()), None)])
def test_the_octets_of_a_body(body: Any, octets: bytes | None) -> None:
    request = PreparedRequest()
    request.body = body
    assert body_of(request) == octets


def response(content: bytes, kind: str = "text/plain") -> Response:
    made = Response()
    made.status_code, made.raw = 200, io.BytesIO(content)
    made.headers["Content-Type"] = kind
    return made


class Terminal(io.TextIOWrapper):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("content", "kind", "shown"),
    [
        (b'{"a":"\\u00e9"}', "application/json", '{\n  "a": "é"\n}\n'),
        (b"{broken", "application/json", "{broken\n"),
        (b"\x1b[2Jx\n", "text/plain", "\\x1b[2Jx\n"),
        (b"\xff\xff", "image/png", ""),
    ],
)
def test_a_terminal_gets_what_people_can_read(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], content: bytes, kind: str, shown: str
) -> None:
    terminal = Terminal(io.BytesIO(), encoding="utf-8", newline="\n")
    monkeypatch.setattr(sys, "stdout", terminal)
    assert write_body(response(content, kind), None) == content
    terminal.seek(0)
    assert terminal.read() == shown
    if not shown:
        assert "2 octets that are not text" in capsys.readouterr().err


def test_a_terminal_gets_binary_on_demand(monkeypatch: pytest.MonkeyPatch) -> None:
    buffer = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", Terminal(buffer))
    write_body(response(b"\xff"), "-")
    assert buffer.getvalue() == b"\xff"
    write_body(Response(), "-")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('OAuth oauth_token="abcdef", a="b"', 'OAuth oauth_token="abc…", a="b"'),
        ("/a?oauth_token=abcdef&b=c", "/a?oauth_token=abc…&b=c"),
        ("GET&u&a%3D1%26oauth_token%3Dabcdef%26b%3D2", "GET&u&a%3D1%26oauth_token%3Dabc…%26b%3D2"),
        ("GET&u&oauth_token%3Dab%26b%3D2", "GET&u&oauth_token%3Dab…%26b%3D2"),
        ('OAuth oauth_token="ab%26cdef"', 'OAuth oauth_token="ab%…"'),
        ("/a?x_oauth_token_secret=abcdef&token=abcdef", "/a?x_oauth_token_secret=abcdef&token=abcdef"),
    ],
)
def test_of_a_token_the_beginning_is_shown(text: str, shown: str) -> None:
    assert without_token(text) == shown


@pytest.mark.parametrize(
    ("is_signed", "said"),
    [(True, []), (False, ["https://b.example is another origin: it got no signature and no body"])],
)
def test_a_redirect_without_a_signature_is_named(session: Any, is_signed: bool, said: list[str]) -> None:
    first = Response()
    first.request = would_send(session, Request("POST", "https://a.example/"))
    second = Response()
    second.history = [first]
    plain = Request("POST", "https://b.example/")
    second.request = would_send(session, plain) if is_signed else plain.prepare()
    assert [*unsigned_hops(second)] == said
    assert [*unsigned_hops(first)] == []


@given(
    st.text(st.sampled_from("htps:/[]@.-a1%?#\\ \t\x01é٣"), max_size=12),
    st.sampled_from(["", "http://", "//", "http://["]),
)
def test_a_request_can_be_made_for_what_leads_somewhere(target: str, start: str) -> None:
    base = "https://api.example/a"
    if leads_somewhere(base, start + target):
        Request("GET", urljoin(base, requote_uri(start + target))).prepare()


@pytest.mark.parametrize(("target", "leads"), [("/a", True), ("http://[::1]:80/", True), ("http://a:x/", False)])
def test_what_leads_somewhere(target: str, leads: bool) -> None:
    assert leads_somewhere("https://api.example/a", target) is leads
