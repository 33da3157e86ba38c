"""How much of a response a leg reads, how long it takes, and what it does not share with its client."""

import gzip
import inspect
import tracemalloc
import zlib
from collections.abc import Callable
from functools import cache
from hashlib import sha256
from typing import Any

import pytest
from clients.servers import Exchange, ScriptedServer, Step, answer

from oauthone.clients._legs import LEG_TIMEOUT, total_time
from oauthone.core.credentials import MAX_RESPONSE_BODY
from oauthone.errors import OAuthError, TokenResponseError

from .surfaces import Client, Surface, in_thread

FORM = "oauth_token=t&oauth_token_secret=s&oauth_callback_confirmed=true"
TOKEN = {"oauth_token": "t", "oauth_token_secret": "s", "oauth_callback_confirmed": "true"}
SIZE = 64 << 20


def zstandard(size: int) -> bytes:
    """Return a frame of ``size`` bytes (RFC 8878): a window of 128 KiB, and blocks that repeat one byte."""
    blocks = size >> 17
    block = (1 << 17 << 3) | 2
    body = b"".join([(block | (number == blocks - 1)).to_bytes(3, "little") + b"x" for number in range(blocks)])
    return b"\x28\xb5\x2f\xfd\x00\x38" + body


def raw_deflate(octets: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(octets) + packer.flush()


def gzip_of(deflated: bytes, plain: bytes) -> bytes:
    """Return the gzip file (RFC 1952) of ``plain``, whose zlib stream is given: compressing 64 MiB takes long."""
    ends = zlib.crc32(plain).to_bytes(4, "little") + len(plain).to_bytes(4, "little")
    return bytes.fromhex("1f8b08000000000000ff") + deflated[2:-4] + ends


@cache
def bombs() -> dict[str, bytes]:
    """Return sixty-four MiB, by content coding."""
    plain = b"x" * SIZE
    deflated = zlib.compress(plain)
    gzipped = gzip_of(deflated, plain)
    return {
        "gzip": gzipped,
        "deflate": deflated,
        "Deflate": deflated[2:-4],
        "gzip, gzip": gzip.compress(gzipped),
        "deflate,deflate": zlib.compress(deflated),
        "br": bytes.fromhex(
            "cfffff7ff825f0e2b14020f7fe9ffffffff04b00c4610180eefd3fffffffe1970088c32200ddfb7ffeffffc32f0110870500baf7ff03"
        ),
        "zstd": zstandard(SIZE),
        "identity": b"x" * (4 << 20),
    }


BOMBS = ["gzip", "deflate", "Deflate", "gzip, gzip", "deflate,deflate", "br", "zstd", "identity"]
REFUSED = {"gzip, gzip", "deflate,deflate", "br", "zstd"}


async def fetched(surface: Surface, *steps: Step, options: Any = None, **leg: Any) -> dict[str, Any]:
    with ScriptedServer(*steps) as server:
        async with surface.client("client", "secret", **(options or {})) as client:
            return await client.fetch_request_token(server.origin, **leg)


def test_the_standard_library_unpacks_the_bombs() -> None:
    gzipped, deflated = gzip.decompress(bombs()["gzip, gzip"]), zlib.decompress(bombs()["deflate,deflate"])
    assert (bombs()["gzip"], bombs()["deflate"]) == (gzipped, deflated)
    unpacked = gzip.decompress(gzipped), zlib.decompress(deflated), zlib.decompress(bombs()["Deflate"], wbits=-15)
    assert {len(plain) for plain in unpacked} == {SIZE}
    assert [*bombs()] == BOMBS


@pytest.mark.case("answers that unpack to gigabytes")
@pytest.mark.covering(together=2)
@pytest.mark.parametrize("coding", BOMBS)
@pytest.mark.parametrize("status", [200, 302, 500])
async def test_a_bomb_does_not_go_off(surface: Surface, coding: str, status: int) -> None:
    """With any status, the client unpacks only a small part into memory."""
    bomb = answer(bombs()[coding], status, [("Content-Encoding", coding), ("Location", "/elsewhere")])
    with ScriptedServer(answer(FORM), bomb) as server:
        async with surface.client("client", "secret") as client:
            await client.fetch_request_token(server.origin)  # modules that are loaded once do not count
            tracemalloc.start()
            try:
                with pytest.raises(TokenResponseError) as caught:
                    await client.fetch_request_token(server.origin)
                _, peak = tracemalloc.get_traced_memory()
            finally:
                tracemalloc.stop()
    assert peak < 8 << 20
    assert caught.value.error == ("content_coding_rejected" if coding in REFUSED else "response_too_large")
    assert caught.value.status == status
    assert [seen.header("accept-encoding") for seen in server.seen] == ["identity"] * 2


def noise(size: int) -> bytes:
    """Return bytes without repetitions, which compression cannot shorten."""
    return b"".join(sha256(number.to_bytes(4)).digest() for number in range(-(-size // 32)))[:size]


def stopping(head: bytes, body: bytes) -> Step:
    """Send ``body`` and then nothing, though ``head`` promises more. Only a client that stops reading continues."""

    def send(exchange: Exchange) -> bool:
        exchange.connection.sendall(head + body)
        exchange.stopped.wait()
        return False

    return send


LONG = b"Content-Length: 268435456\r\n"
#: The bytes that show a client that a response is too long, and two more pieces.
ENOUGH = MAX_RESPONSE_BODY + 4 * 1024
ENDLESS = {
    "with a length": stopping(b"HTTP/1.1 200 OK\r\n" + LONG + b"\r\n", b"x" * ENOUGH),
    "an error": stopping(b"HTTP/1.1 500 Oh\r\n" + LONG + b"\r\n", b"x" * ENOUGH),
    "a redirect": stopping(b"HTTP/1.1 302 Found\r\nLocation: /x\r\n" + LONG + b"\r\n", b"x" * ENOUGH),
    "until the connection ends": stopping(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * ENOUGH),
    "in one chunk": stopping(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"8000000\r\n" + b"x" * ENOUGH),
    "in small chunks": stopping(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", (b"400\r\n" + b"x" * 1024 + b"\r\n") * (ENOUGH >> 10)
    ),
    "packed": stopping(
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n" + LONG + b"\r\n",
        gzip.compress(noise(2 * MAX_RESPONSE_BODY))[:ENOUGH],
    ),
}


@pytest.mark.case("answers that unpack to gigabytes")
@pytest.mark.parametrize("answered", ENDLESS)
async def test_no_more_is_read_than_tells_that_an_answer_is_too_long(surface: Surface, answered: str) -> None:
    """A client that reads more waits for bytes that never arrive, and times out."""
    with pytest.raises(TokenResponseError, match="response_too_large"):
        await fetched(surface, ENDLESS[answered], timeout=surface.timeout_for_leg(20))


@pytest.mark.case("answers that unpack to gigabytes")
@pytest.mark.parametrize("more", [0, 1])
async def test_an_answer_is_read_up_to_the_limit(surface: Surface, more: int) -> None:
    whole = f"{FORM}&a=".ljust(MAX_RESPONSE_BODY + more, "x")
    if more:
        with pytest.raises(TokenResponseError, match="response_too_large"):
            await fetched(surface, answer(whole))
    else:
        assert len((await fetched(surface, answer(whole)))["a"]) == MAX_RESPONSE_BODY - len(FORM) - 3


@pytest.mark.case("answers that unpack to gigabytes")
@pytest.mark.parametrize("coding", ["gzip, gzip", "gzip", "identity"])
async def test_a_bomb_before_a_retry(surface: Surface, coding: str) -> None:
    """A response that makes a leg retry is not read to its end or unpacked either.

    httpx has no retries of its own: a retrying transport reads what it likes.
    """
    if surface.name.startswith("httpx"):
        return
    bomb = answer(bombs()[coding], 503, [("Content-Encoding", coding)])
    with ScriptedServer(answer(FORM), bomb, answer(FORM)) as server:
        async with surface.client("client", "secret", attempts=2) as client:
            await client.fetch_request_token(server.origin)
            tracemalloc.start()
            try:
                assert await client.fetch_request_token(server.origin) == TOKEN
                _, peak = tracemalloc.get_traced_memory()
            finally:
                tracemalloc.stop()
    assert peak < 8 << 20
    assert len(server.seen) == 3


@pytest.mark.case("answers that are packed")
@pytest.mark.parametrize(
    ("coding", "pack"),
    [
        ("gzip", gzip.compress),
        ("x-gzip", gzip.compress),
        ("GZIP", gzip.compress),
        ("identity, gzip", gzip.compress),
        ("deflate", zlib.compress),
        ("deflate", raw_deflate),
        ("identity", bytes),
        ("", bytes),
        ("gzip", bytes),
    ],
)
async def test_a_packed_answer_is_unpacked(surface: Surface, coding: str, pack: Callable[[bytes], bytes]) -> None:
    """This includes a response that was decoded on its way and still has its label."""
    packed = answer(pack(FORM.encode()), headers=[("Content-Encoding", coding)])
    assert await fetched(surface, packed) == TOKEN


@pytest.mark.case("answers that are packed")
async def test_a_packed_answer_of_64_kib_is_read_to_its_end(surface: Surface) -> None:
    """Bytes without repetitions grow a little when they are compressed."""
    filler = "".join(f"{number * 2654435761 % 2**32:08x}" for number in range(9_000))[
        : MAX_RESPONSE_BODY - len(FORM) - 3
    ]
    for pack in (gzip.compress, lambda octets: gzip.compress(octets, 0)):
        packed = answer(pack(f"{FORM}&a={filler}".encode()), headers=[("Content-Encoding", "gzip")])
        assert await fetched(surface, packed) == {**TOKEN, "a": filler}


@pytest.mark.case("answers that are packed")
async def test_an_empty_answer_may_be_called_what_it_likes(surface: Surface) -> None:
    with pytest.raises(TokenResponseError, match="answered 500 with an empty body"):
        await fetched(surface, answer(b"", 500, [("Content-Encoding", "br")]))


@pytest.mark.case("answers that are packed")
@pytest.mark.parametrize("surface_option", [True, False])
async def test_answers_that_the_caller_unpacks(surface: Surface, surface_option: bool) -> None:
    """A leg reads its response even if aiohttp was told not to decompress responses."""
    options = {"auto_decompress": surface_option} if surface.name == "aiohttp" else {}
    packed = answer(gzip.compress(FORM.encode()), headers=[("Content-Encoding", "gzip")])
    assert await fetched(surface, packed, options=options) == TOKEN


def dripping(head: bytes, drop: bytes) -> Step:
    """Send ``head``, and then ``drop`` again and again until the client closes the connection."""

    def drip(exchange: Exchange) -> bool:
        exchange.connection.sendall(head)
        while not exchange.stopped.wait(0.02):
            exchange.connection.sendall(drop)
        return False

    return drip


DRIPS = {
    "status line": dripping(b"HTTP/1.1 200 O", b"K"),
    "head": dripping(b"HTTP/1.1 200 OK\r\nX-Long: ", b"x"),
    "body": dripping(b"HTTP/1.1 200 OK\r\nContent-Length: 60000\r\n\r\n", b"x"),
    "body in chunks": dripping(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
    "body that ends with the connection": dripping(b"HTTP/1.1 500 Oh\r\n\r\n", b"x"),
    "nothing": dripping(b"", b""),
}


@pytest.mark.case("answers that drip")
@pytest.mark.parametrize("drip", DRIPS)
async def test_a_leg_has_a_total_time(surface: Surface, drip: str) -> None:
    """Each byte arrives in time, but the response has no end. The client closes the connection and raises an error."""
    with ScriptedServer(DRIPS[drip], answer(FORM)) as server:
        async with surface.client("client", "secret") as client:
            with pytest.raises(surface.timeouts):
                await client.fetch_request_token(server.origin, timeout=surface.timeout_for_leg(0.4))
            assert drip == "nothing" or await in_thread(server.hung_up.wait, 10)
            assert await client.fetch_request_token(server.origin) == TOKEN


@pytest.mark.case("answers that drip")
async def test_a_slow_answer_within_its_time(surface: Surface) -> None:
    """In contrast: bytes that arrive one by one within the limit, and no limit if the caller removes it."""

    def slowly(exchange: Exchange) -> bool:
        for octet in f"HTTP/1.1 200 OK\r\nContent-Length: {len(FORM)}\r\n\r\n{FORM}".encode():
            exchange.connection.sendall(bytes((octet,)))
        return True

    assert await fetched(surface, slowly, timeout=surface.timeout_for_leg(20)) == TOKEN
    if surface.name != "aiohttp":
        assert await fetched(surface, slowly, timeout=None) == TOKEN


class Waits:
    """A timeout in the form of each library."""

    def __init__(self, **waits: Any) -> None:
        vars(self).update(waits)


@pytest.mark.parametrize(
    ("timeout", "total"),
    [
        (None, None),
        (7, 7),
        (0.5, 0.5),
        ((3, 4), LEG_TIMEOUT),
        ((3, None), LEG_TIMEOUT),
        ((3, 90), 90),
        (Waits(total=5, read=60), 5),
        (Waits(total=None, read=60), 60),
        (Waits(connect=5, read=None), LEG_TIMEOUT),
    ],
)
def test_how_long_a_leg_takes_at_most(timeout: Any, total: float | None) -> None:
    """A number is the limit. A timeout for each step leaves the limit as it is, or makes it longer."""
    assert LEG_TIMEOUT == 30
    assert total_time(timeout) == total


@pytest.mark.case("cookies of other people")
async def test_a_leg_neither_sends_nor_keeps_cookies(surface: Surface) -> None:
    """A leg sends no cookie of an earlier leg; ordinary requests send theirs."""
    sets = answer(FORM, headers=[("Set-Cookie", "leg=1; Path=/")])
    with ScriptedServer(sets, sets, answer("oauth_problem=x", 401, [("Set-Cookie", "leg=2")]), answer()) as server:
        async with surface.client("client", "secret", cookies={"own": "1"}) as client:
            await client.fetch_request_token(server.origin)
            await client.fetch_request_token(server.origin)
            with pytest.raises(TokenResponseError):
                await client.fetch_request_token(server.origin)
            await client.get(server.origin)
    assert [seen.header("cookie") for seen in server.seen] == [None, None, None, "own=1"]


def hook_into(surface: Surface, client: Client) -> list[bytes]:
    """Make the client's hooks read each response, record it, and raise for its status."""
    seen: list[bytes] = []

    def note(response: Any, **_: Any) -> None:
        seen.append(response.read() if hasattr(response, "read") else response.content)
        response.raise_for_status()

    async def anote(response: Any, **_: Any) -> None:
        seen.append(await (response.aread() if hasattr(response, "aread") else response.content))
        response.raise_for_status()

    hook = anote if surface.is_async else note
    if hasattr(client.inner, "event_hooks"):
        client.inner.event_hooks = {"response": [hook]}
    else:
        client.inner.hooks["response"] = [hook]
    return seen


@pytest.mark.case("hooks that raise for a status")
@pytest.mark.parametrize(
    ("status", "error"), [(401, "nonce_used"), (503, "nonce_used"), (302, "nonce_used"), (200, "nonce_used")]
)
async def test_a_hook_does_not_take_the_place_of_a_legs_error(surface: Surface, status: int, error: str) -> None:
    """The hook receives the body that the leg read."""
    body = "oauth_problem=nonce_used&x=1"
    refuses = answer(gzip.compress(body.encode()), status, [("Content-Encoding", "gzip"), ("Location", "http://[")])
    with ScriptedServer(refuses, answer(FORM)) as server:
        options = {"raise_for_status": True} if surface.name == "aiohttp" else {}
        async with surface.client("client", "secret", **options) as client:
            seen = [] if surface.name == "aiohttp" else hook_into(surface, client)
            with pytest.raises(TokenResponseError) as caught:
                await client.fetch_request_token(server.origin)
            assert (caught.value.error, caught.value.status, caught.value.body) == (error, status, body)
            assert await client.fetch_request_token(server.origin) == TOKEN
            assert seen in ([], [body.encode(), FORM.encode()])


@pytest.mark.case("hooks that raise for a status")
async def test_what_a_hook_raises_itself_comes_out(surface: Surface) -> None:
    if surface.name == "aiohttp":
        return

    def refuse(response: Any, **_: Any) -> None:
        raise LookupError("the hook's own")

    async def arefuse(response: Any, **_: Any) -> None:
        refuse(response)

    with ScriptedServer(answer(FORM)) as server:
        async with surface.client("client", "secret") as client:
            hook = arefuse if surface.is_async else refuse
            if hasattr(client.inner, "event_hooks"):
                client.inner.event_hooks = {"response": [hook]}
            else:
                client.inner.hooks["response"] = hook if surface.name == "requests" else [hook]
            with pytest.raises(LookupError, match="own"):
                await client.fetch_request_token(server.origin)


@pytest.mark.case("secrets in errors")
async def test_no_secret_of_the_client_is_in_an_error(surface: Surface) -> None:
    """Nor does a traceback show it in our frames, even if the provider repeats it."""
    client_secret, token_secret, verifier = "client/canary+", "token&canary<", "verifier=canary%"
    said = f"{client_secret} {token_secret} {verifier} oauth_token_secret=canary"
    with ScriptedServer(answer(said, 500)) as server:
        async with surface.client(client_secret=client_secret, client_id="client") as client:
            pending = {"oauth_token": "t", "oauth_token_secret": token_secret}
            with pytest.raises(TokenResponseError) as caught:
                await client.fetch_access_token(server.origin, verifier, request_token=pending)
    error = caught.value
    shown = f"{error} {error!r} {vars(error)} {error.args} {error.__cause__} {error.__context__}"
    assert "canary" not in shown
    frames = [item.frame for item in inspect.getinnerframes(caught.tb) if "/oauthone/" in item.filename]
    assert frames
    assert "canary" not in repr([frame.f_locals for frame in frames])


@pytest.mark.case("secrets in errors")
async def test_no_secret_is_in_a_traceback_of_a_provider_that_cannot_be_reached(surface: Surface) -> None:
    """Nor does the signature, which is made of the secrets in PLAINTEXT."""
    with ScriptedServer() as server:
        closed = server.origin
    async with surface.client("client", "canary-1", signature_method="PLAINTEXT") as client:
        pending = {"oauth_token": "t", "oauth_token_secret": "canary-2"}
        with pytest.raises(Exception, match=r".") as caught:  # the library's own error
            await client.fetch_access_token(closed, "canary-3", request_token=pending)
    assert not isinstance(caught.value, OAuthError)
    frames = [item.frame for item in inspect.getinnerframes(caught.tb) if "/oauthone/" in item.filename]
    assert frames
    assert "canary" not in repr([frame.f_locals for frame in frames])
