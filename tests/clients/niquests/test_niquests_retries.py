"""Retries: every attempt has its own signature, also in a multiplexed session."""

import asyncio
import inspect
import io
from typing import Any

import niquests
import pytest
from niquests.packages import urllib3

from oauthone.testing import ProviderBox

from ..matrix import SAMPLES, nonces, places
from ..servers import ScriptedServer, answer, lose, relay, reset
from .conftest import Way

Retry: Any = urllib3.util.Retry
AGAIN = Retry(total=3, status_forcelist=[503], allowed_methods=None)


@pytest.mark.covering(together=2)
@pytest.mark.parametrize(("method", "placement"), SAMPLES)
@pytest.mark.parametrize("tls", [False, True], ids=["http", "https"])
def test_a_retry_by_status_is_signed_anew(
    box: ProviderBox, tls_box: ProviderBox, way: Way, tls: bool, method: str, placement: str
) -> None:
    asked = tls_box if tls else box
    key = f"{way.is_async} {way.multiplexed} {method} {placement}"
    call = ("POST", asked.flaky_url(key, failures=2), {"data": {"a": "é"}})
    (response,) = way.send(asked, call, method=method, placement=placement, retries=AGAIN)
    assert response.ok, response.text
    assert len(set(nonces(asked.requests))) == 3
    assert {tuple(places(received)) for received in asked.requests} == {(placement,)}


def test_a_retry_after_a_lost_response_is_signed_anew(box: ProviderBox, way: Way) -> None:
    with ScriptedServer(lose(box), lose(box), relay(box)) as server:
        (response,) = way.send(box, ("POST", f"{server.origin}/echo", {"data": {"a": "1"}}), retries=AGAIN)
        assert response.ok, response.text
    assert len(set(nonces(box.requests))) == 3


def test_a_number_of_retries(box: ProviderBox, way: Way) -> None:
    with ScriptedServer(lose(box), lose(box), relay(box)) as server:
        assert way.send(box, ("GET", f"{server.origin}/echo", {}), retries=2)[0].ok
    assert len(set(nonces(box.requests))) == 3


def test_retries_come_to_an_end(box: ProviderBox, way: Way) -> None:
    with ScriptedServer(answer(status=503)) as server:
        with pytest.raises(niquests.exceptions.RetryError):
            way.send(box, ("GET", server.origin, {}), retries=Retry(total=1, status_forcelist=[503]))
        assert len(server.seen) == 2
        lenient = Retry(total=1, status_forcelist=[503], raise_on_status=False)
        assert way.send(box, ("GET", server.origin, {}), retries=lenient)[0].status_code == 503
    with ScriptedServer(reset) as server, pytest.raises(niquests.ConnectionError):
        way.send(box, ("GET", server.origin, {}), retries=1)
    assert len(server.seen) == 2


def test_without_retries_nothing_is_sent_again(box: ProviderBox, way: Way) -> None:
    with ScriptedServer(reset) as server, pytest.raises(niquests.RequestException):
        way.send(box, ("GET", server.origin, {}))
    assert len(server.seen) == 1


def test_a_request_that_is_not_signed_is_tried_again(box: ProviderBox, way: Way) -> None:
    with ScriptedServer(answer(status=503), answer("fine")) as server:
        call = ("GET", server.origin, {"headers": {"Authorization": "Bearer mine"}, "auth": lambda request: request})
        assert way.send(box, call, retries=AGAIN)[0].text == "fine"
    assert [seen.header("authorization") for seen in server.seen] == ["Bearer mine"] * 2


def test_a_file_is_sent_again_from_where_it_began(box: ProviderBox, way: Way) -> None:
    file = io.BytesIO(b"before after")
    file.seek(7)
    with ScriptedServer(answer(status=503), reset, relay(box)) as server:
        headers = {"Content-Type": "text/plain"}
        call = ("PUT", f"{server.origin}/echo", {"data": file, "headers": headers})
        assert way.send(box, call, retries=AGAIN)[0].ok
    assert [seen.body for seen in server.seen] == [b"after"] * 3


class Later:
    """A file with asynchronous methods."""

    def __init__(self, content: bytes, can_seek: bool = True) -> None:
        self._file = io.BytesIO(content)
        self._can_seek = can_seek

    async def read(self, size: int = -1) -> bytes:
        return self._file.read(size)

    async def tell(self) -> int:
        if not self._can_seek:
            raise OSError("a pipe has no position")
        return self._file.tell()

    async def seek(self, position: int, whence: int = 0) -> int:
        return self._file.seek(position, whence)

    def __aiter__(self) -> "Later":
        return self

    async def __anext__(self) -> bytes:
        chunk = self._file.read(4)
        if not chunk:
            raise StopAsyncIteration
        return chunk


class Again:
    """An iterable that starts again each time."""

    async def _pieces(self) -> Any:
        yield b"one "
        yield b"two"

    def __aiter__(self) -> Any:
        return self._pieces()


class Broken(io.BytesIO):
    """A file that stops being seekable."""

    def seek(self, *_: Any) -> int:
        raise OSError("gone")


@pytest.mark.parametrize("make", [lambda: Later(b"one two"), Again], ids=["a file", "an iterable"])
def test_an_awaited_body_that_can_be_read_again_is_sent_again(box: ProviderBox, make: Any) -> None:
    with ScriptedServer(answer(status=503), relay(box)) as server:
        headers = {"Content-Type": "text/plain"}
        call = ("PUT", f"{server.origin}/echo", {"data": make(), "headers": headers})
        assert Way("async").send(box, call, retries=AGAIN)[0].ok
    assert [seen.body for seen in server.seen] == [b"one two"] * 2


@pytest.mark.parametrize("make", [lambda: Later(b"x", can_seek=False), lambda: Broken(b"x")], ids=["awaited", "plain"])
def test_a_body_that_can_be_read_once_is_not_sent_again(box: ProviderBox, make: Any) -> None:
    with ScriptedServer(answer(status=503)) as server:
        with pytest.raises(niquests.exceptions.UnrewindableBodyError, match="read only once"):
            Way("async").send(box, ("PUT", server.origin, {"data": make()}), retries=AGAIN)
        assert len(server.seen) == 1


def test_the_pause_that_the_server_requests_is_kept(box: ProviderBox, way: Way) -> None:
    with ScriptedServer(answer(status=503, headers=[("Retry-After", "0")]), relay(box)) as server:
        assert way.send(box, ("GET", f"{server.origin}/echo", {}), retries=Retry(total=1))[0].ok
    assert len(server.seen) == 2


def test_a_session_that_is_cancelled_can_go_on(box: ProviderBox) -> None:
    """A request that is cancelled while it waits to be retried leaves nothing behind."""

    async def main() -> None:
        slow = Retry(total=1, status_forcelist=[503], backoff_factor=600, backoff_max=600)
        async with Way("async").open(box, "HMAC-SHA1", "HEADER", retries=slow) as session:
            with ScriptedServer(answer(status=503, headers=[("Retry-After", "600")])) as server:
                asked = asyncio.create_task(session.get(server.origin))
                while not server.seen:
                    await asyncio.sleep(0)
                asked.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await asked
            assert (await session.get(box.echo_url)).ok

    asyncio.run(main())


@pytest.mark.covering(together=2)
@pytest.mark.parametrize("attempts", [1, 3])
@pytest.mark.parametrize("verdict", [True, False, None])
def test_the_certificate_details_are_those_of_the_last_attempt(
    box: ProviderBox, way: Way, verdict: bool | None, attempts: int
) -> None:
    """niquests records it in the first request of a session; each further attempt has its own record."""

    async def done(result: Any) -> Any:
        return await result if inspect.isawaitable(result) else result

    async def sent(url: str) -> niquests.Response:
        session = way.open(box, "HMAC-SHA1", "HEADER")
        begun: list[Any] = []
        kind: Any = niquests.adapters.AsyncHTTPAdapter if way.is_async else niquests.adapters.HTTPAdapter

        class Noting(kind):
            def send(self, *arguments: Any, **options: Any) -> Any:
                begun[0].ocsp_verified = verdict
                return super().send(*arguments, **options)

        try:
            session.hooks["pre_request"] = [begun.append]
            session.mount("http://", Noting(max_retries=AGAIN))
            response = await done(session.get(url))
            await done(session.gather())
            assert (response.request is begun[0]) == (attempts == 1)
            return response
        finally:
            await done(session.close())

    key = f"certificate {way.is_async} {way.multiplexed} {verdict} {attempts}"
    response = asyncio.run(sent(box.flaky_url(key, failures=attempts - 1)))
    assert response.ok, response.text
    assert len(set(nonces(box.requests))) == attempts
    assert response.ocsp_verified is verdict
