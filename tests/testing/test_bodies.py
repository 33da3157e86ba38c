"""Bodies that are too long or too slow for a box: they are refused, and their neighbours are not."""

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import suppress

import pytest
import requests

from oauthone.testing import ProviderBox, received

from .by_hand import send


def connect(box: ProviderBox) -> socket.socket:
    return socket.create_connection(("127.0.0.1", int(box.origin.rpartition(":")[2])))


@pytest.fixture
def limits(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(received, "_LONGEST_BODY", 1000)
    yield
    monkeypatch.undo()


@pytest.mark.parametrize(("length", "status"), [(1000, 200), (1001, 413)])
def test_a_body_that_is_too_long_is_refused(limits: None, box: ProviderBox, length: int, status: int) -> None:
    """It does not appear in the list of requests."""
    answered = send(box, "POST", box.open_url, body=b"x" * length)
    assert answered.status == status
    assert len(box.requests) == (status == 200)


@pytest.mark.parametrize("head", ["Content-Length: 100000000", "Transfer-Encoding: chunked"])
def test_a_body_is_refused_before_its_end(limits: None, box: ProviderBox, head: str) -> None:
    """However long it would be, and whether its length is announced or not."""
    with connect(box) as sender:
        sender.sendall(f"POST /open HTTP/1.1\r\nHost: 127.0.0.1\r\n{head}\r\n\r\n".encode())
        piece = b"x" * 2000 if "Length" in head else b"7d0\r\n" + b"x" * 2000 + b"\r\n"
        sender.sendall(piece)
        assert sender.makefile("rb").readline().startswith(b"HTTP/1.1 413")
    assert send(box, "GET", box.open_url).status == 200


def test_a_body_that_drips_is_given_up(box: ProviderBox, monkeypatch: pytest.MonkeyPatch) -> None:
    """It keeps nobody waiting in the meantime."""
    monkeypatch.setattr(received, "_SLOWEST_BODY", 0.3)
    ended = threading.Event()
    with connect(box) as dripping:
        dripping.sendall(b"POST /open HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100000\r\n\r\n")

        def drip() -> None:
            while not ended.wait(0.02):
                try:
                    dripping.sendall(b"x")
                except OSError:
                    return

        dripper = threading.Thread(target=drip)
        dripper.start()
        assert send(box, "GET", box.open_url).status == 200
        try:
            assert dripping.makefile("rb").readline().startswith(b"HTTP/1.1 408")
        finally:
            ended.set()
            dripper.join()


def test_a_client_that_goes_before_its_end_leaves_nothing(box: ProviderBox) -> None:
    with connect(box) as leaving:
        leaving.sendall(b"POST /open HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100000\r\n\r\nx")
    assert send(box, "GET", box.open_url).status == 200
    assert [one.method for one in box.requests] == ["GET"]


def test_who_sends_on_after_a_refusal_is_no_news(
    limits: None, tls_box: ProviderBox, caplog: pytest.LogCaptureFixture
) -> None:
    """Over TLS, the rest of a body comes after the end of the connection."""
    context = ssl.create_default_context(cafile=tls_box.ca_file)
    with connect(tls_box) as plain, context.wrap_socket(plain, server_hostname="localhost") as sender:
        sender.sendall(b"POST /open HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000000\r\n\r\n" + b"x" * 1001)
        assert sender.recv(12) == b"HTTP/1.1 413"
        with suppress(OSError):
            for _ in range(10_000):
                sender.sendall(b"x" * 100_000)
                time.sleep(0.005)
    assert requests.get(tls_box.open_url, verify=tls_box.ca_file, timeout=10).status_code == 200
    assert not caplog.records
