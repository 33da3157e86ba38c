"""How a box is served: TLS, HTTP/2, and failures of its server."""

import json
import socket
import ssl
import time
from asyncio.sslproto import SSLProtocol
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import h2.config
import h2.connection
import h2.events
import pytest

from oauthone import Signer
from oauthone.testing import ProviderBox
from oauthone.testing.serving import Server, _Loop


def over_http2(url: str, ca_file: str, headers: list[tuple[str, str]], body: bytes = b"") -> tuple[int, bytes]:
    """Send a request over HTTP/2, frame by frame; return status and body."""
    parts = urlsplit(url)
    context = ssl.create_default_context(cafile=ca_file)
    context.set_alpn_protocols(["h2"])
    with (
        socket.create_connection((parts.hostname or "", parts.port or 0), timeout=10) as plain,
        context.wrap_socket(plain, server_hostname=parts.hostname) as secure,
    ):
        assert secure.selected_alpn_protocol() == "h2"
        connection = h2.connection.H2Connection(h2.config.H2Configuration(header_encoding="utf-8"))
        connection.initiate_connection()
        pseudo = [(":authority", parts.netloc), (":scheme", "https"), (":path", f"{parts.path}?{parts.query}")]
        connection.send_headers(1, [(":method", "POST" if body else "GET"), *pseudo, *headers], end_stream=not body)
        if body:
            connection.send_data(1, body, end_stream=True)
        secure.sendall(connection.data_to_send())
        status, received = 0, b""
        while octets := secure.recv(1 << 16):
            for event in connection.receive_data(octets):
                match event:
                    case h2.events.ResponseReceived():
                        status = int(dict(event.headers)[":status"])
                    case h2.events.DataReceived():
                        received += event.data
                    case h2.events.StreamEnded():
                        connection.close_connection()
                        secure.sendall(connection.data_to_send())
                        return status, received
            secure.sendall(connection.data_to_send())
    raise AssertionError("the server hung up in the middle of an answer")


def signer(box: ProviderBox, method: str = "HMAC-SHA256", **options: Any) -> Signer:
    client = box.clients[method]
    return Signer(**client.credentials(), **box.issue_token(client)._asdict(), **options)


def test_requests_over_http2_are_verified(tls_box: ProviderBox) -> None:
    """Header and form arrive unchanged, and wrong requests are rejected as over HTTP/1.1."""
    assert tls_box.ca_file is not None
    url = f"{tls_box.echo_url}?q=a%20b&f[x]=%FF"
    form = {"content-type": "application/x-www-form-urlencoded"}
    signed = signer(tls_box).sign("POST", url, form, b"a=1+2")
    headers = [("authorization", signed.authorization or ""), *form.items()]
    status, answered = over_http2(url, tls_box.ca_file, headers, b"a=1+2")
    said = json.loads(answered)
    assert (status, said["http_version"], said["form"]) == (200, "2", [["a", "1 2"]])
    assert said["url"] == url

    status, answered = over_http2(url, tls_box.ca_file, headers, b"a=1+2")
    assert (status, json.loads(answered)["problem"]) == (401, "nonce_used")
    status, answered = over_http2(url, tls_box.ca_file, headers, b"a=1+3")
    assert (status, json.loads(answered)["problem"]) == (401, "signature_invalid")
    assert over_http2(tls_box.open_url, tls_box.ca_file, [])[0] == 200
    assert tls_box.requests[-1].http_version == "2"


@pytest.mark.parametrize("signature_type", ["QUERY", "BODY"])
def test_other_placements_are_verified_over_http2(tls_box: ProviderBox, signature_type: str) -> None:
    assert tls_box.ca_file is not None
    signed = signer(tls_box, signature_type=signature_type).sign(
        "POST" if signature_type == "BODY" else "GET", f"{tls_box.echo_url}?q=1"
    )
    headers = [] if signed.content_type is None else [("content-type", signed.content_type)]
    status, answered = over_http2(signed.url, tls_box.ca_file, headers, signed.body or b"")
    assert (status, json.loads(answered)["placement"]) == (200, signature_type)


def test_nobody_else_is_trusted(tls_box: ProviderBox) -> None:
    """The certificate is valid for the box's addresses, for clients that trust its authority."""
    port = urlsplit(tls_box.origin).port
    trusting = ssl.create_default_context(cafile=tls_box.ca_file)
    for context, name, good in (
        (trusting, "localhost", True),
        (trusting, "127.0.0.1", True),
        (trusting, "provider.example", False),
        (ssl.create_default_context(), "127.0.0.1", False),
    ):
        with socket.create_connection(("127.0.0.1", port)) as plain:
            if good:
                context.wrap_socket(plain, server_hostname=name).close()
            else:
                with pytest.raises(ssl.SSLCertVerificationError):
                    context.wrap_socket(plain, server_hostname=name)


def test_the_resource_owner_visits_over_tls(tls_box: ProviderBox) -> None:
    with pytest.raises(ValueError, match="answered 400"):
        tls_box.visit(tls_box.authorize_url)


def test_the_resource_owner_finds_no_tls_where_there_is_none(box: ProviderBox) -> None:
    with pytest.raises(ssl.SSLError):
        box.visit(box.authorize_url.replace("http:", "https:"))


async def refuses_to_start(scope: Any, receive: Any, send: Any) -> None:
    await receive()
    await send({"type": "lifespan.startup.failed", "message": "out of coffee"})


@pytest.mark.parametrize("tls", [False, True])
def test_a_server_that_ends_early_says_so(tls: bool) -> None:
    """Stopping it raises the reason why it ended, and nothing of it is left."""
    server = Server(refuses_to_start, ports=(0,), tls=tls)
    server.start()
    with pytest.raises(RuntimeError, match="ended early") as ended:
        server.stop()
    assert "out of coffee" in str(ended.value.__cause__)
    assert server.ca_file is None or not Path(server.ca_file).exists()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", server.ports[0]))


@pytest.mark.parametrize("sent", [b"", b"GET /open HTT", b"GET /open HTTP/1.1\r\nHost: localhost\r\n\r\n"])
@pytest.mark.parametrize("tls", [False, True])
def test_a_client_that_stays_does_not_hold_the_box_up(
    tls: bool, sent: bytes, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A silent client, one inside a request, or one with an idle connection. asyncio alone waits 30 seconds."""
    patience: list[float] = []
    begin = SSLProtocol.__init__

    def spy(self: SSLProtocol, *arguments: Any, **options: Any) -> None:
        patience.append(options["ssl_shutdown_timeout"])
        begin(self, *arguments, **options)

    monkeypatch.setattr(SSLProtocol, "__init__", spy)
    with ProviderBox(tls=tls) as box:
        stay = socket.create_connection(("127.0.0.1", urlsplit(box.origin).port), timeout=10)
        if tls:
            stay = ssl.create_default_context(cafile=box.ca_file).wrap_socket(stay, server_hostname="localhost")
        stay.sendall(sent)
        if sent.endswith(b"\r\n\r\n"):
            assert stay.recv(1 << 16).startswith(b"HTTP/1.1 200")

    stay.close()
    assert len(patience) == tls
    assert all(seconds <= 0.5 for seconds in patience)
    assert not caplog.records


@pytest.mark.parametrize("piece", [b"", b"X-A: b\r\n", b"x"])
def test_a_head_that_drips_is_given_up(piece: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """However it is cut into pieces; the clock does not start anew with each."""
    monkeypatch.setattr("oauthone.testing.serving._IDLE", 0.2)
    with ProviderBox() as box, socket.create_connection(("127.0.0.1", urlsplit(box.origin).port)) as dripping:
        dripping.sendall(b"GET /open HTTP/1.1\r\n")
        dripping.settimeout(0.02)
        ends = time.monotonic() + 10
        while time.monotonic() < ends:
            try:
                dripping.sendall(piece)
                assert dripping.recv(1) == b""
                return
            except TimeoutError:
                continue
            except ConnectionError:
                return
        pytest.fail("the connection stays open")


def test_what_else_goes_wrong_in_the_server_is_told(caplog: pytest.LogCaptureFixture) -> None:
    """Only the silence of a client is ignored."""
    loop = _Loop()
    loop.call_exception_handler({"message": "late", "exception": TimeoutError()})
    loop.call_exception_handler({"message": "out of coffee", "exception": ValueError()})
    loop.close()

    assert [record.getMessage() for record in caplog.records] == ["out of coffee"]
