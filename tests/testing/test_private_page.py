"""The private page: who may open it, what other sites and programs get, and what its headers forbid."""

import http.client
import json
import socket
import time
import webbrowser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from oauthone.testing.private_page import PrivatePage, open_in_browser

from .by_hand import Answered


async def echo(given: dict[str, Any]) -> dict[str, Any]:
    return given


async def fails(given: dict[str, Any]) -> dict[str, Any]:
    int(given.get("number", 0))
    raise ValueError(given["words"])


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrivatePage]:
    file = tmp_path_factory.mktemp("page") / "page.html"
    file.write_text("<p>Hello")
    with PrivatePage({"/": Path(file)}, {"echo": echo, "fails": fails}) as page:
        yield page


def ask(page: PrivatePage, method: str, path: str, body: Any = None, **headers: str) -> Answered:
    connection = http.client.HTTPConnection("127.0.0.1", page.port)
    octets = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
    connection.request(method, path, octets, {name.replace("_", "-"): value for name, value in headers.items()})
    response = connection.getresponse()
    answered = Answered(response.status, dict(response.getheaders()), response.read().decode())
    connection.close()
    return answered


def session(page: PrivatePage, address: str | None = None) -> str:
    token = (address or page.new_address()).partition("#")[2]
    return str(ask(page, "POST", "/call/session", {"token": token}).json["key"])


def call(page: PrivatePage, key: str, name: str, body: Any) -> Answered:
    return ask(page, "POST", f"/call/{name}", body, Authorization=f"Bearer {key}")


def test_an_address_opens_the_page_once(page: PrivatePage) -> None:
    address = page.new_address()
    assert address.startswith(f"http://127.0.0.1:{page.port}/#")
    key = session(page, address)
    assert call(page, key, "echo", {"a": ["é"]}).json == {"a": ["é"]}
    again = ask(page, "POST", "/call/session", {"token": address.partition("#")[2]})
    assert (again.status, again.json) == (403, {"error": "This address was used already, or is too old."})
    assert call(page, key, "echo", {}).status == 200


def test_an_address_that_a_newer_one_ended_says_so(page: PrivatePage) -> None:
    older, newest = page.new_address(), page.new_address()
    refused = ask(page, "POST", "/call/session", {"token": older.partition("#")[2]})
    assert (refused.status, "a newer page was opened" in refused.json["error"]) == (403, True)
    assert session(page, newest)
    for token in (newest.partition("#")[2], "", None):
        refused = ask(page, "POST", "/call/session", {"token": token})
        assert (refused.status, "used already" in refused.json["error"]) == (403, True)


def test_a_new_address_ends_the_sessions_before(page: PrivatePage) -> None:
    first = page.new_address()
    key = session(page, first)
    second = page.new_address()
    assert call(page, key, "echo", {}).status == 401
    assert session(page, second) != key


def test_an_address_on_a_command_line_is_good_for_a_minute(page: PrivatePage, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that a terminal shows waits for its person."""
    now = time.monotonic()
    for lasts, after in ((True, 59), (False, 61), (False, 10**6)):
        address = page.new_address(for_command_line=lasts)
        monkeypatch.setattr(time, "monotonic", lambda after=after: now + after)
        assert session(page, address)
        monkeypatch.undo()
    address = page.new_address(for_command_line=True)
    monkeypatch.setattr(time, "monotonic", lambda: now + 200)
    assert ask(page, "POST", "/call/session", {"token": address.partition("#")[2]}).status == 403


@pytest.mark.parametrize("token", ["", "x", None, ["a"], 0])
def test_without_its_token_nobody_gets_a_key(page: PrivatePage, token: object) -> None:
    page.new_address()
    assert ask(page, "POST", "/call/session", {"token": token}).status == 403
    session(page)
    assert ask(page, "POST", "/call/session", {"token": token}).status == 403


@pytest.mark.parametrize("given", ["", "Bearer", "Bearer x", "Basic x", "bearer é"])
def test_without_a_key_nothing_is_told(page: PrivatePage, given: str) -> None:
    session(page)
    answer = ask(page, "POST", "/call/echo", {}, Authorization=given.encode("utf-8").decode("latin-1"))
    assert (answer.status, answer.json) == (401, {"error": "This session has ended."})


def test_only_the_last_tabs_stay_open(page: PrivatePage) -> None:
    page.new_address()
    keys = []
    for _ in range(17):
        page._token = "t"
        keys.append(session(page, "#t"))
    assert [call(page, key, "echo", {}).status for key in (keys[0], keys[1], keys[-1])] == [401, 200, 200]


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "127.0.0.1:1", "localhost.evil.example:{}", "[::]:{}"])
def test_a_name_that_was_rebound_to_this_machine_gets_nothing(page: PrivatePage, host: str) -> None:
    answer = ask(page, "GET", "/", Host=host.format(page.port))
    assert (answer.status, "Hello" in answer.text) == (403, False)
    assert ask(page, "GET", "/", Host=f"localhost:{page.port}").text == "<p>Hello"


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:1", "https://127.0.0.1:{}"])
def test_another_site_gets_nothing(page: PrivatePage, origin: str) -> None:
    key, own = session(page), f"http://127.0.0.1:{page.port}"
    refused = ask(page, "POST", "/call/echo", {}, Authorization=f"Bearer {key}", Origin=origin.format(page.port))
    assert refused.status == 403
    assert "Access-Control-Allow-Origin" not in refused.headers
    assert ask(page, "POST", "/call/echo", {}, Authorization=f"Bearer {key}", Origin=own).status == 200


def test_every_answer_forbids_what_the_page_does_not_need(page: PrivatePage) -> None:
    for answer in (ask(page, "GET", "/"), ask(page, "GET", "/none"), ask(page, "GET", "/", Host="evil.example")):
        headers = {name.lower(): value for name, value in answer.headers.items()}
        policy = headers["content-security-policy"]
        for rule in ("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "form-action 'none'"):
            assert f"{rule};" in policy
        assert policy.endswith("require-trusted-types-for 'script'")
        assert (headers["cache-control"], headers["referrer-policy"]) == ("no-store", "no-referrer")
    assert ask(page, "GET", "/favicon.ico").status == 204


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "Expecting value"),
        (b"[]", "a call is a JSON object"),
        (b"[" * 200_000, "This call is not complete."),
        ({}, "This call is not complete."),
        (b'{"number": Infinity}', "This call is not complete."),
        (b'{"number": 1e400}', "This call is not complete."),
        ({"number": 1, "words": "so it is"}, "so it is"),
    ],
)
def test_a_call_that_is_none_is_answered(page: PrivatePage, body: object, words: str) -> None:
    answer = call(page, session(page), "fails", body)
    assert answer.status == 400
    assert words in answer.json["error"]


def test_a_call_that_is_too_long_is_not_read(page: PrivatePage) -> None:
    """Without a key, only so much as a token needs."""
    key, longest = session(page), 4 * 1024 * 1024
    exact = json.dumps({"a": "x" * (longest - len('{"a": ""}'))}).encode()
    assert call(page, key, "echo", exact).status == 200
    for given, body in ((key, exact + b" "), ("", b" " * 4097)):
        refused = call(page, given, "echo" if given else "session", body)
        assert (refused.status, "too long" in refused.json["error"]) == (413, True)


def test_a_call_that_is_too_slow_is_given_up(page: PrivatePage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("oauthone.testing.private_page._SLOWEST_CALL", 0.05)
    head = f"POST /call/session HTTP/1.1\r\nHost: 127.0.0.1:{page.port}\r\nContent-Length: 9\r\n\r\n"
    with socket.create_connection(("127.0.0.1", page.port)) as slow:
        slow.sendall(head.encode() + b"{")
        assert slow.makefile("rb").readline().startswith(b"HTTP/1.1 408")


def test_a_call_that_does_not_exist(page: PrivatePage) -> None:
    assert call(page, session(page), "none", {}).status == 404
    assert ask(page, "GET", "/call/echo").status == 405


class Browser:
    """A browser with a name."""

    def __init__(self, name: str) -> None:
        self.name, self.opened = name, list[str]()

    def open(self, address: str) -> bool:
        self.opened.append(address)
        return True


@pytest.mark.parametrize(
    ("name", "opens"), [("xdg-open", True), ("/usr/bin/firefox", True), ("w3m", False), ("/usr/bin/www-browser", False)]
)
def test_no_browser_takes_over_the_terminal(name: str, opens: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = Browser(name)
    monkeypatch.setattr(webbrowser, "get", lambda: browser)
    assert open_in_browser("http://a") == opens
    assert browser.opened == (["http://a"] if opens else [])


def test_a_machine_without_a_browser_opens_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def none() -> Browser:
        raise webbrowser.Error("could not locate runnable browser")

    monkeypatch.setattr(webbrowser, "get", none)
    assert not open_in_browser("http://a")
