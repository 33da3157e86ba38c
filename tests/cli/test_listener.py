"""The server that waits for the browser: what ends the wait, what does not, and what a browser sees."""

import http.client
import socket
import threading
import time
from collections.abc import Generator

import pytest

from oauthone.cli.listener import Listener
from oauthone.cli.output import CommandError


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


class Waiting:
    """A listener that waits for the token ``t``, and what it delivered."""

    def __init__(self, callback: str | None = None) -> None:
        self.listener = Listener(callback)
        self.listener.token = "t"
        self.delivered: list[str] = []
        self.listener.deliver = self.delivered.append
        self.port = int(self.listener.url.split(":")[2].split("/")[0])

    def ask(self, target: str, method: str = "GET", host: str | None = None) -> tuple[int, str, dict[str, str]]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request(method, target, headers={"Host": host or f"127.0.0.1:{self.port}"})
            answer = connection.getresponse()
            return answer.status, answer.read().decode(), {name.lower(): value for name, value in answer.getheaders()}
        finally:
            connection.close()

    def stop(self) -> None:
        """Take the last page, as a browser does, and close the port."""
        if self.delivered:
            self.ask("/done")
        self.listener.stop()


@pytest.fixture
def waiting() -> Generator[Waiting, None, None]:
    found = Waiting()
    found.listener.start()
    yield found
    found.stop()


CALLBACK = "/callback?oauth_token=t&oauth_verifier=v"


def test_the_callback_is_delivered_and_leaves_the_address_bar(waiting: Waiting) -> None:
    status, body, headers = waiting.ask(CALLBACK)
    assert (status, body, headers["location"]) == (303, "", "/done")
    assert waiting.delivered == [CALLBACK]
    status, body, headers = waiting.ask("/done")
    assert (status, "return to the terminal" in body) == (200, True)
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert (headers["cache-control"], headers["referrer-policy"]) == ("no-store", "no-referrer")
    assert "script" not in body


def test_the_second_of_two_gets_the_page_of_the_first(waiting: Waiting) -> None:
    assert [waiting.ask(CALLBACK)[0] for _ in range(2)] == [303, 303]
    assert len(waiting.delivered) == 1


@pytest.mark.parametrize("query", ["denied=t", "oauth_problem=user_refused&oauth_token=t", "denied=1&oauth_token=t"])
def test_a_refusal_is_delivered(waiting: Waiting, query: str) -> None:
    assert waiting.ask(f"/callback?{query}")[2]["location"] == "/refused"
    assert waiting.delivered == [f"/callback?{query}"]
    assert "Nothing was saved" in waiting.ask("/refused")[1]


@pytest.mark.parametrize(
    ("target", "method", "status"),
    [
        ("/callback?oauth_token=other&oauth_verifier=v", "GET", 400),
        ("/callback?oauth_token=t&oauth_token=t", "GET", 400),
        ("/callback", "GET", 400),
        ("/callback?oauth_problem=x", "GET", 400),
        ("/callback?oauth_problem=x&oauth_token=other", "GET", 400),
        ("/callback?denied=other", "GET", 400),
        ("/callback?denied=", "GET", 400),
        ("/favicon.ico", "GET", 404),
        ("/", "GET", 404),
        (CALLBACK, "HEAD", 405),
        (CALLBACK, "POST", 405),
        (CALLBACK, "OPTIONS", 405),
        (f"/callback?oauth_token=t&x={'x' * 8192}", "GET", 414),
    ],
    ids=range(13),
)
def test_whatever_else_comes_does_not_end_the_wait(waiting: Waiting, target: str, method: str, status: int) -> None:
    assert waiting.ask(target, method)[0] == status
    assert waiting.delivered == []
    assert waiting.ask(CALLBACK)[0] == 303
    assert len(waiting.delivered) == 1


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "localhost:1", "127.0.0.1.evil.example:{port}"])
def test_a_name_of_another_host_gets_nothing(waiting: Waiting, host: str) -> None:
    """As a page does whose name leads to this machine."""
    assert waiting.ask(CALLBACK, host=host.format(port=waiting.port))[0] == 421
    assert waiting.delivered == []
    assert waiting.ask(CALLBACK, host=f"localhost:{waiting.port}")[0] == 303


@pytest.mark.parametrize(
    ("target", "host", "status"),
    [("/x", None, 404), ("/callback?oauth_token=other", None, 400), ("/callback", "evil.example", 421)],
)
def test_a_flood_does_not_shut_the_callback_out(waiting: Waiting, target: str, host: str | None, status: int) -> None:
    """It is answered 64 times, and then with few words."""
    answers = [waiting.ask(target, host=host)[0] for _ in range(66)]
    assert answers == [status] * 64 + [429] * 2
    assert waiting.ask(CALLBACK)[2]["location"] == "/done"
    assert waiting.ask("/done")[0] == 200
    assert waiting.delivered == [CALLBACK]


def test_nothing_is_delivered_before_there_is_a_token(waiting: Waiting) -> None:
    waiting.listener.token = None
    assert waiting.ask("/callback?oauth_problem=x&oauth_token=")[0] == 400
    assert waiting.delivered == []


def test_a_silent_connection_does_not_keep_others_waiting(waiting: Waiting) -> None:
    with socket.create_connection(("127.0.0.1", waiting.port)):
        assert waiting.ask(CALLBACK)[0] == 303


def test_a_connection_that_drips_is_given_up(waiting: Waiting, monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise each would hold a thread, as any page in the browser can open many."""
    monkeypatch.setattr("oauthone.cli.listener._PATIENCE", 0.2)
    with socket.create_connection(("127.0.0.1", waiting.port)) as dripping:
        dripping.settimeout(0.02)
        for _ in range(500):
            try:
                dripping.sendall(b"x")
                if not dripping.recv(1024):
                    break
            except TimeoutError:
                continue
            except ConnectionError:
                break
        else:
            pytest.fail("the connection stays open")
    assert waiting.ask(CALLBACK)[0] == 303


def test_a_request_that_is_here_is_answered_however_late(waiting: Waiting, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a busy machine, on which the time for a request may end while it is answered."""
    monkeypatch.setattr("oauthone.cli.listener._PATIENCE", 0.1)
    waiting.listener.deliver = lambda target: (time.sleep(0.4), waiting.delivered.append(target))
    assert waiting.ask(CALLBACK)[2]["location"] == "/done"


@pytest.mark.parametrize(("query", "page"), [("oauth_verifier=v", "/done"), ("oauth_problem=refused", "/refused")])
def test_the_port_stays_open_until_the_browser_has_the_last_page(
    waiting: Waiting, monkeypatch: pytest.MonkeyPatch, query: str, page: str
) -> None:
    """The login may be over before the browser follows the redirect."""
    monkeypatch.setattr("oauthone.cli.listener._PATIENCE", 60)
    assert waiting.ask(f"/callback?oauth_token=t&{query}")[2]["location"] == page
    stopping = threading.Thread(target=waiting.listener.stop)
    stopping.start()
    stopping.join(0.3)
    assert waiting.ask(page)[0] == 200
    stopping.join()
    waiting.delivered.clear()


def test_a_browser_that_asks_for_no_page_keeps_nobody_waiting_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("oauthone.cli.listener._PATIENCE", 0.1)
    found = Waiting()
    found.listener.start()
    assert found.ask(CALLBACK)[0] == 303
    found.listener.stop()


def test_a_login_without_a_callback_ends_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("oauthone.cli.listener._PATIENCE", 86400)
    found = Waiting()
    found.listener.start()
    assert found.ask("/done")[0] == 200
    found.listener.stop()


def test_a_registered_callback_keeps_its_port_and_path() -> None:
    port = free_port()
    found = Waiting(f"http://127.0.0.1:{port}/back/here")
    found.listener.start()
    assert found.ask("/back/here?oauth_token=t&oauth_verifier=v")[0] == 303
    found.stop()
    assert found.listener.url == f"http://127.0.0.1:{port}/back/here"


def test_a_name_is_listened_to_at_each_kind_of_address() -> None:
    found = Waiting(f"http://localhost:{free_port()}/callback")
    assert len(found.listener._servers) in (1, 1 + socket.has_ipv6)
    found.listener.stop()  # though it was never started, as after a refused first leg


def test_a_taken_port_is_one_line() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(CommandError, match=f"Port {port}, which your registered callback names") as failed:
            Listener(f"http://127.0.0.1:{port}/callback")
    assert (failed.value.exit_status, "--no-browser" in failed.value.hint) == (6, True)
