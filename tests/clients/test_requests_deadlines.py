"""A leg in a session of requests ends in time, whatever adapter or connection sends it."""

import os
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests
from requests.adapters import HTTPAdapter
from urllib3 import Timeout
from urllib3.connection import HTTPConnection
from urllib3.exceptions import ConnectTimeoutError

from oauthone.clients._requests_deadlines import Deadline
from oauthone.clients.requests import OAuth1Session
from oauthone.errors import TokenResponseError
from oauthone.testing import ProviderBox

from .servers import ScriptedServer, answer

GRANTED_TOKEN = {"oauth_token": "t", "oauth_token_secret": "s", "oauth_callback_confirmed": "true"}
GRANTED_FORM = b"oauth_token=t&oauth_token_secret=s&oauth_callback_confirmed=true"


@pytest.mark.parametrize(
    "timeout", [None, 10, 10.0, (1, 2), (1.5, None), Timeout(3), Timeout(total=3), Timeout(connect=1, read=2)], ids=str
)
def test_timeouts_of_requests(timeout: Any) -> None:
    with ScriptedServer(answer(GRANTED_FORM)) as server, OAuth1Session("client", "secret") as session:
        assert session.fetch_request_token(server.origin, timeout=timeout) == GRANTED_TOKEN


def test_an_invalid_timeout_is_the_error_of_requests() -> None:
    with OAuth1Session("client", "secret") as session, pytest.raises(ValueError, match="imeout") as caught:
        session.fetch_request_token("http://127.0.0.1:9/", timeout=[1, 2])
    assert "requests" in str(caught.traceback[-2].path) or "urllib3" in str(caught.traceback[-1].path)
    assert not isinstance(caught.value, requests.RequestException)


def test_an_adapter_that_sends_in_a_thread_of_its_own() -> None:
    class Threaded(HTTPAdapter):
        def send(self, *args: Any, **kwargs: Any) -> requests.Response:
            with ThreadPoolExecutor(1) as threads:
                return threads.submit(super().send, *args, **kwargs).result()

    with ScriptedServer(answer(GRANTED_FORM)) as server, OAuth1Session("client", "secret") as session:
        session.mount("http://", Threaded())
        assert session.fetch_request_token(server.origin) == GRANTED_TOKEN


def test_a_connection_opened_after_the_leg_is_not_watched() -> None:
    """The pool made it for a leg that ended before it was opened, and another request opens it."""
    with ScriptedServer(answer(b"later")) as server:
        connection = HTTPConnection("127.0.0.1", int(server.origin.rpartition(":")[2]))
        with Deadline(60) as deadline:
            deadline.watch(connection)
        connection.request("GET", "/")
        assert connection.getresponse().data == b"later"
        assert "_new_conn" not in vars(connection)
        connection.close()


def test_a_connection_that_is_opened_too_late_is_shut_down_at_once() -> None:
    with ScriptedServer(answer(b"later")) as server:
        connection = HTTPConnection("127.0.0.1", int(server.origin.rpartition(":")[2]))
        connection.connect()
        with Deadline(0) as deadline:
            while not deadline.has_passed:
                pass
            deadline.watch(connection)
            with pytest.raises(OSError):  # noqa: PT011 (the system's own)
                connection.request("GET", "/")
        connection.close()


class Handing:
    """Wraps a connection, as recorders do: an attribute that is set on one is set on both."""

    def __init__(self, real: HTTPConnection) -> None:
        vars(self)["real"] = real

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self.real, name, value)
        vars(self)[name] = value

    def __getattr__(self, name: str) -> Any:
        return getattr(vars(self)["real"], name)

    def connect(self) -> None:
        self.real.connect()


def test_a_wrapper_around_a_connection_is_watched_too() -> None:
    """For several legs in turn, and nothing of a finished leg remains."""
    with ScriptedServer(answer(b"later")) as server:
        real = HTTPConnection("127.0.0.1", int(server.origin.rpartition(":")[2]))
        connection = Handing(real)
        for _ in range(3):
            with Deadline(60) as deadline:
                deadline.watch(connection)
                connection.connect()
                assert deadline._socket is not None
            real.close()
        with Deadline(0) as deadline:
            deadline.watch(connection)
        connection.connect()
        deadline.watch(connection)
        assert deadline._socket is None
        real.request("GET", "/")
        assert real.getresponse().data == b"later"
        real.close()


def test_an_object_that_only_looks_like_a_socket_is_not_watched() -> None:
    with open(os.devnull) as file, Deadline(60) as deadline:
        connection = HTTPConnection("127.0.0.1", 9)
        vars(connection)["sock"] = file
        deadline.watch(connection)
        assert deadline._socket is None
        connection.sock = None


def test_no_address_is_tried_after_the_time_limit() -> None:
    """Each address gets the remaining time, and the connection keeps its own timeout."""
    with ScriptedServer() as server:
        connection = HTTPConnection("127.0.0.1", int(server.origin.rpartition(":")[2]), timeout=60)
        with Deadline(0) as deadline:
            deadline.watch(connection)
            with pytest.raises(ConnectTimeoutError):
                connection.connect()
        assert connection.timeout == 60
        connection.close()


def test_a_socket_is_watched_before_anything_is_sent_on_it() -> None:
    """To a proxy, which may be slow as well."""
    held: list[bool] = []

    class Tunnelled(HTTPConnection):
        def _tunnel(self) -> None:
            held.append(deadline._socket is not None)

    with ScriptedServer() as server, Deadline(60) as deadline:
        connection = Tunnelled("127.0.0.1", int(server.origin.rpartition(":")[2]))
        connection.set_tunnel("provider.example", 443)
        deadline.watch(connection)
        connection.connect()
        connection.close()
    assert held == [True]


def test_connections_are_kept_for_the_next_leg() -> None:
    """A leg that was read to its end leaves its connection to the next request."""
    with ScriptedServer(answer(GRANTED_FORM), answer(GRANTED_FORM, 400), answer(GRANTED_FORM), answer()) as server:
        with OAuth1Session("client", "secret") as session:
            session.fetch_request_token(server.origin)
            with pytest.raises(TokenResponseError):
                session.fetch_request_token(server.origin)
            session.fetch_request_token(server.origin)
            session.get(server.origin)
        assert server.connections == 1


def test_a_leg_ends_at_its_time_limit(box: ProviderBox, session: OAuth1Session) -> None:
    """They have a timeout of their own by default; other requests have the caller's."""
    timeouts: list[Any] = []

    class Noting(HTTPAdapter):
        def send(self, *args: Any, **kwargs: Any) -> requests.Response:
            timeouts.append(kwargs["timeout"])
            return super().send(*args, **kwargs)

    session.mount("http://", Noting())
    session.fetch_request_token(box.request_token_url)
    session.fetch_access_token(
        box.access_token_url, box.visit(session.create_authorization_url(box.authorize_url)), timeout=(3, 7)
    )
    session.get(box.echo_url)
    assert timeouts == [30, (3, 7), None]
