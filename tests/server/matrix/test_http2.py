"""HTTP/2, whose pseudo-headers replace the request line and the Host header of HTTP/1.1."""

import socket
from typing import Any, NamedTuple

import pytest
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import ConnectionTerminated, ResponseReceived, StreamEnded, StreamReset
from h2.exceptions import ProtocolError

from .judging import trespass
from .servers import APPLICATIONS, Pool
from .signing import Meant, authorization
from .spellings import HOST, PHOTOS
from .wire import PATIENCE, OutOfStep, Response

SERVERS = ("hypercorn", "granian-asgi")
PAIRS = [(server, application) for server in SERVERS for application in (*APPLICATIONS["asgi"], "asgi-hosts")]


class Stream(NamedTuple):
    """A request over HTTP/2; ``authority`` and ``host`` are left out where they are None."""

    name: str
    meant: Meant = PHOTOS
    method: str = "GET"
    path: str = PHOTOS.target
    authority: str | None = HOST
    host: str | None = None
    scheme: str = "http"
    more: tuple[tuple[str, str], ...] = ()
    must_pass: bool = False

    def headers(self, application: str) -> list[tuple[str, str]]:
        """The header list, pseudo-headers first."""
        pseudo = [(":method", self.method), (":scheme", self.scheme), (":path", self.path)]
        if self.authority is not None:
            pseudo.append((":authority", self.authority))
        host = [] if self.host is None else [("host", self.host)]
        signed = [("x-application", application), ("authorization", authorization(self.meant))]
        return [*pseudo, *host, *signed, *self.more]


def _paths(*paths: str, meant: Meant = PHOTOS) -> list[Stream]:
    return [Stream(f":path {path!r}", meant, path=path) for path in paths]


STREAMS = [
    Stream("plain", must_pass=True),
    Stream("a port", Meant(host="api.example:8080", query="a=1"), authority="api.example:8080", must_pass=True),
    Stream("IPv6", Meant(host="[::1]:9000", query="a=1"), authority="[::1]:9000", must_pass=True),
    Stream("upper case", authority="API.example", must_pass=True),
    Stream("a query", Meant(query="a=b?c=d&e+f=%20"), path="/photos?a=b?c=d&e+f=%20", must_pass=True),
    Stream("an escaped slash", Meant(path="/a%2Fb"), path="/a%2Fb", must_pass=True),
    Stream("HEAD", PHOTOS._replace(method="HEAD"), method="HEAD", must_pass=True),
    Stream("a refused HEAD", method="HEAD"),
    Stream("OPTIONS *", Meant("OPTIONS", path="*"), method="OPTIONS", path="*"),
    *_paths("photos?a=1", "admin/photos?a=1", "/photos?a=1#&admin=1", "/photos?a=1#", "/admin#/photos?a=1"),
    *_paths("http://api.example/photos?a=1", "http://x/photos?a=1", "//x/photos?a=1", "//api.example/photos?a=1"),
    *_paths("%2Fphotos?a=1", "\\photos?a=1", "/x/../photos?a=1", "/%2e%2e/photos?a=1", "http://x?b=/photos?a=1"),
    *_paths("?a=1", "*?a=1", "%2F?a=1", meant=Meant(path="/", query="a=1")),
    *_paths("*", "x", "%2Fphotos", "", meant=Meant(path="/")),
    *_paths("/photos#", "/#/photos", "/photos#?admin=1", meant=Meant()),
    *(
        Stream(f":authority {authority!r}", authority=authority, path="/admin/delete?all=1")
        for authority in (
            f"x/photos?a=1#@{HOST}",
            f"{HOST}/photos?a=1#",
            f"{HOST}/photos?a=1&b=",
            f"{HOST}\\photos?a=1#",
        )
    ),
    *(
        Stream(f":authority {authority!r}", authority=authority)
        for authority in (
            f"u@{HOST}",
            f"@{HOST}",
            f"{HOST}#",
            f"{HOST}?",
            f"{HOST}/",
            f"x#@{HOST}",
            f"{HOST} x",
            f"{HOST},x",
            f"[{HOST}]",
            f"{HOST}:80:80",
            f"\xad{HOST}",
            f"{HOST};",
            f"{HOST}%20",
            "",
            "x",
        )
    ),
    Stream("another Host", host="x"),
    Stream("Host alone is signed", authority="x", host=HOST),
    Stream("no :authority, another Host", authority=None, host="x"),
    Stream("an empty :authority, another Host", authority="", host="x"),
    Stream("neither", authority=None),
    Stream("two Hosts", host=HOST, more=(("host", "x"),)),
    Stream("method get", method="get"),
    Stream("another method", method="DELETE"),
    Stream("another scheme", scheme="ftp"),
]


def exchange(port: int, *header_lists: list[tuple[str, str]]) -> list[Response | None]:
    """Send each request on a stream of one connection, one at a time; return None for a missing response."""
    configuration = H2Configuration(
        header_encoding="latin-1", validate_outbound_headers=False, normalize_outbound_headers=False
    )
    connection, responses = H2Connection(configuration), []
    with socket.create_connection(("127.0.0.1", port), PATIENCE) as opened:
        connection.initiate_connection()
        for headers in header_lists:
            stream = connection.get_next_available_stream_id()
            encoded = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
            connection.send_headers(stream, encoded, end_stream=True)
            responses.append(_response(opened, connection, stream))
            if responses[-1] is None:
                break
    return responses


def _response(opened: socket.socket, connection: H2Connection, stream: int) -> Response | None:
    status, headers = 0, []
    try:
        opened.sendall(connection.data_to_send())
        while octets := opened.recv(65536):
            for event in connection.receive_data(octets):
                of_stream: Any = getattr(event, "stream_id", None)
                if isinstance(event, ConnectionTerminated) or (isinstance(event, StreamReset) and of_stream == stream):
                    return None
                if isinstance(event, ResponseReceived) and of_stream == stream:
                    headers = [(str(name), str(value)) for name, value in event.headers]
                    status = int(dict(headers)[":status"])
                if isinstance(event, StreamEnded) and of_stream == stream:
                    return Response(status, headers, b"")
            opened.sendall(connection.data_to_send())
    except ConnectionError:
        pass
    except ProtocolError as failed:
        raise OutOfStep(f"{type(failed).__name__}: {failed}") from failed
    return None


def wrong(port: int, application: str, stream: Stream) -> str | None:
    """Return what is wrong with the outcome of a request, or of the next one on the same connection."""
    after = Stream("after", Meant(path="/next", query="n=1"), path="/next?n=1")
    try:
        response, *then = exchange(port, stream.headers(application), after.headers(application))
    except OutOfStep as failed:
        return f"{stream.name}: {failed}"
    if response is None:
        return f"{stream.name}: no response" if stream.must_pass else None
    fault = trespass(response.view, stream.meant)
    if response.status >= 500:
        fault = f"a {response.status}"
    elif stream.must_pass and response.status != 200:
        fault = f"refused with {response.status}"
    elif then[0] is not None and (then[0].view is None or trespass(then[0].view, after.meant)):
        fault = f"then the next request got {then[0].status}"
    return fault and f"{stream.name}: {fault}"


@pytest.mark.parametrize(("server", "application"), PAIRS, ids=map("/".join, PAIRS))
def test_over_http2_an_application_sees_what_was_signed(pool: Pool, server: str, application: str) -> None:
    port = pool.port(server)
    found = [wrong(port, application, stream) for stream in STREAMS]
    assert not (failed := list(filter(None, found))), f"of {len(found)} requests:\n" + "\n".join(failed)
