"""Bodies in aiohttp: forms, files, streams and multipart, and their body hashes."""

import asyncio
import hashlib
import io
import json
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import FormData, MultipartWriter, web

from oauthone.clients.aiohttp import OAuth1Middleware
from oauthone.core.body import FORM
from oauthone.errors import SigningError
from oauthone.testing import ProviderBox, Received

from .aiohttp_senders import KINDS, Maker, Sender
from .matrix import PLACEMENTS, SAMPLES, nonces, protocol_names
from .servers import ScriptedServer, answer

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("closed_transports")]


PAIRS = [("a", "é"), ("b", "1 2"), ("b", "&="), ("c", "")]


def form_data() -> FormData:
    form = FormData()
    for name, value in PAIRS:
        form.add_field(name, value)
    return form


FORMS = {
    "dict": lambda: {"a": "é", "b": "1 2", "c": ""},
    "pairs": lambda: PAIRS,
    "FormData": form_data,
    "nothing in it": dict,
}


@pytest.mark.covering(together=2)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("method", "placement"), SAMPLES)
@pytest.mark.parametrize("form", FORMS)
async def test_forms(box: ProviderBox, sender: Sender, kind: str, method: str, placement: str, form: str) -> None:
    """They are signed, and arrive as they were, before the parameters where those join them."""
    client = await sender(kind, box, method, placement)
    async with client.post(box.echo_url, data=FORMS[form]()) as response:
        assert response.status == 200, await response.text()
    (received,) = box.requests
    assert received.header("content-type") == FORM
    assert received.header("content-length") == str(len(received.body))
    own = [pair for pair in received.form() if not pair[0].startswith(b"oauth_")]
    expected = FORMS[form]()
    pairs = PAIRS if form == "FormData" else list(expected.items() if isinstance(expected, dict) else expected)
    assert own == [(name.encode(), value.encode()) for name, value in pairs]


@pytest.mark.covering(together=2)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("placement", PLACEMENTS)
@pytest.mark.parametrize("verb", ["GET", "POST", "PUT", "DELETE"])
@pytest.mark.parametrize(
    "content_type", [FORM, f"{FORM}; charset=utf-8", "Application/X-WWW-Form-URLencoded;Charset=UTF-8"]
)
@pytest.mark.parametrize("data", ["a=1+2&b=é&c=%zz", b"a=1+2&b=%FF&&c"], ids=["str", "bytes"])
@pytest.mark.seen_in("rdio/api#11")
@pytest.mark.seen_in("jersey#3185")
@pytest.mark.seen_in("requests-oauth#32")
async def test_forms_as_text(
    box: ProviderBox, sender: Sender, kind: str, placement: str, verb: str, content_type: str, data: Any
) -> None:
    """The media type counts, not its case or parameters, and the header goes out as it was given."""
    client = await sender(kind, box, placement=placement)
    async with client.request(verb, box.echo_url, data=data, headers={"Content-Type": content_type}) as response:
        assert response.status == 200, await response.text()
    (received,) = box.requests
    assert received.header("content-type") == content_type
    octets = data if isinstance(data, bytes) else data.encode()
    if placement == "BODY":
        assert received.body.startswith(octets + b"&oauth_")
    else:
        assert received.body == octets


@pytest.mark.covering(together=2)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("placement", PLACEMENTS)
@pytest.mark.parametrize("opened", ["BytesIO", "StringIO", "file", "text file"])
async def test_forms_from_files(
    box: ProviderBox, sender: Sender, tmp_path: Path, kind: str, placement: str, opened: str
) -> None:
    """A file that is a form is read from where it stands; a redirect that keeps it sends the same."""
    path = tmp_path / "form"
    path.write_text("skipped&a=1&b=é", "utf-8")
    makers: dict[str, Any] = {
        "BytesIO": lambda: io.BytesIO(path.read_bytes()),
        "StringIO": lambda: io.StringIO(path.read_text("utf-8")),
        "file": lambda: path.open("rb"),
        "text file": lambda: path.open(encoding="utf-8"),
    }
    client = await sender(kind, box, placement=placement)
    with makers[opened]() as file:
        file.seek(len("skipped&"))
        url = box.redirect_url("/echo", 307)
        async with client.put(url, data=file, headers={"Content-Type": FORM}) as response:
            assert response.status == 200, await response.text()
    assert len(set(nonces(box.requests))) == 2
    for received in box.requests:
        assert [pair for pair in received.form() if not pair[0].startswith(b"oauth_")] == [
            (b"a", b"1"),
            (b"b", "é".encode()),
        ]


async def chunks() -> AsyncIterator[bytes]:
    yield b"one "
    yield b"two"


def multipart() -> FormData:
    form = FormData()
    form.add_field("photo", io.BytesIO(b"\x89PNG"), filename="p.png", content_type="image/png")
    form.add_field("title", "é")
    return form


BODIES: dict[str, Any] = {
    "json": lambda: {"json": {"title": "é"}},
    "bytes": lambda: {"data": b"\x00\xff" * 600},
    "str": lambda: {"data": "naïve"},
    "memoryview": lambda: {"data": memoryview(b"a=1&b=2")},
    "generator": lambda: {"data": chunks()},
    "file": lambda: {"data": io.BytesIO(b"a=1&b=2")},
    "chunked": lambda: {"data": b"a=1", "chunked": True},
    "compressed": lambda: {"data": b"a" * 1000, "compress": "deflate"},
    "form in other clothes": lambda: {"data": b"a=1", "headers": {"Content-Type": "text/plain"}},
}


@pytest.mark.covering(together=2)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("placement", ["HEADER", "QUERY"])
@pytest.mark.parametrize("body", BODIES)
@pytest.mark.seen_in("authlib#543")
async def test_other_bodies_go_out_untouched(
    box: ProviderBox, sender: Sender, kind: str, placement: str, body: str
) -> None:
    """The octets and the headers are those that aiohttp sends without a signature."""
    async with aiohttp.ClientSession() as plain, plain.post(box.open_url, **BODIES[body]()) as response:
        assert response.status == 200
    client = await sender(kind, box, placement=placement)
    async with client.post(box.open_url.replace("/open", "/echo"), **BODIES[body]()) as response:
        assert response.status == 200, await response.text()
    unsigned, signed = box.requests
    assert signed.verified is not None
    assert signed.body == unsigned.body != b""
    assert [pair for pair in signed.headers if pair[0] != "authorization"] == list(unsigned.headers)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("placement", ["HEADER", "QUERY"])
async def test_multipart(box: ProviderBox, sender: Sender, kind: str, placement: str) -> None:
    client = await sender(kind, box, placement=placement)
    async with client.post(box.echo_url, data=multipart()) as response:
        assert response.status == 200, await response.text()
    (received,) = box.requests
    boundary = (received.header("content-type") or "").partition("boundary=")[2].encode()
    assert received.body.count(b"--" + boundary) == 3
    assert b"\x89PNG" in received.body


@pytest.mark.parametrize("kind", KINDS)
async def test_a_body_is_sent_while_it_is_made(sender: Sender, box: ProviderBox, kind: str) -> None:
    """A generator is asked for the rest only after its beginning arrived: nothing buffers it."""
    arrived = asyncio.Event()

    async def serve(request: web.BaseRequest) -> web.Response:
        received = await request.content.readexactly(5)
        arrived.set()
        return web.Response(body=received + await request.read())

    async def body() -> AsyncIterator[bytes]:
        yield b"begin"
        await arrived.wait()
        yield b" end"

    runner = web.ServerRunner(web.Server(serve))
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        client = await sender(kind, box)
        async with client.post(f"http://127.0.0.1:{runner.addresses[0][1]}/", data=body()) as response:
            assert await response.read() == b"begin end"
    finally:
        await runner.cleanup()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "arguments",
    [{"json": {"a": 1}}, {"data": b"a=1"}, {"data": chunks}, {"data": multipart}],
    ids=["json", "bytes", "generator", "multipart"],
)
async def test_parameters_in_a_body_that_is_not_a_form_are_an_error(
    box: ProviderBox, sender: Sender, kind: str, arguments: dict[str, Any]
) -> None:
    """With ``signature_type="BODY"``, a body that is not a form is an error before anything is sent."""
    arguments = {name: value() if callable(value) else value for name, value in arguments.items()}
    client = await sender(kind, box, placement="BODY")
    with pytest.raises(SigningError, match="needs a form body"):
        await client.post(box.echo_url, **arguments)
    assert box.requests == []


@pytest.mark.parametrize("kind", KINDS)
async def test_a_form_that_can_be_read_once(box: ProviderBox, sender: Sender, kind: str) -> None:
    client = await sender(kind, box)
    with pytest.raises(SigningError, match="read only once: pass it as str or bytes"):
        await client.post(box.echo_url, data=chunks(), headers={"Content-Type": FORM})
    assert box.requests == []


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("body", ["json", "bytes", "str", "memoryview", "file", "chunked", "multipart"])
async def test_a_body_hash(box: ProviderBox, sender: Sender, kind: str, body: str) -> None:
    client = await sender(kind, box, body_hash="auto")
    bodies = {**BODIES, "multipart": lambda: {"data": multipart()}}
    for url in (box.echo_url, box.redirect_url("/echo", 308)):
        async with client.put(url, **bodies[body]()) as response:
            assert response.status == 200, await response.text()
            assert "oauth_body_hash" in (await response.json())["oauth"]
    assert all("oauth_body_hash" in protocol_names(received) for received in box.requests)


@pytest.mark.parametrize("kind", KINDS)
async def test_a_body_hash_of_a_large_file(box: ProviderBox, sender: Sender, kind: str) -> None:
    client = await sender(kind, box, force_include_body=True)
    with tempfile.TemporaryFile() as file:
        file.write(b"skipped" + b"0123456789" * 100_000)
        file.seek(7)
        async with client.put(box.redirect_url("/echo", 307), data=file) as response:
            said = await response.json()
    assert (said["body_length"], len(set(nonces(box.requests)))) == (1_000_000, 2)
    assert said["body_sha256"] == hashlib.sha256(b"0123456789" * 100_000).hexdigest()


@pytest.mark.parametrize("kind", KINDS)
async def test_an_empty_body_is_hashed_only_with_always(box: ProviderBox, sender: Sender, kind: str) -> None:
    for body_hash, sent in (("auto", False), ("always", True)):
        client = await sender(kind, box, body_hash=body_hash)
        async with client.get(box.echo_url) as response:
            assert ("oauth_body_hash" in (await response.json())["oauth"]) is sent


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("body", ["generator", "compressed"])
async def test_a_body_that_cannot_be_hashed_is_an_error(box: ProviderBox, sender: Sender, kind: str, body: str) -> None:
    client = await sender(kind, box, body_hash="auto")
    with pytest.raises(SigningError, match="body_hash='never'"):
        await client.post(box.echo_url, **BODIES[body]())
    assert box.requests == []


async def test_parameters_in_the_body_arrive_as_one_form() -> None:
    """A POST without a body becomes a form, and says so."""
    auth = OAuth1Middleware("client", "secret", signature_type="BODY")
    with ScriptedServer(answer(json.dumps({}))) as server:
        async with aiohttp.ClientSession(middlewares=(auth,)) as session, session.post(server.origin) as response:
            assert response.status == 200
    (seen,) = server.seen
    assert seen.header("content-type") == FORM
    assert seen.header("content-length") == str(len(seen.body))
    assert [name for name, _ in seen.headers].count("content-length") == 1


async def test_a_multipart_writer_of_the_caller_is_sent_as_it_is(box: ProviderBox, middleware: Maker) -> None:
    """aiohttp's own payloads go out as they are."""
    writer = MultipartWriter("mixed")
    writer.append("text")
    async with (
        aiohttp.ClientSession(middlewares=(middleware(box),)) as session,
        session.post(box.echo_url, data=writer) as response,
    ):
        assert response.status == 200
    assert b"text" in box.requests[0].body


def is_clean(received: Received) -> bool:
    """Whether nothing of the credentials came along."""
    return received.oauth_parameters() == [] and "oauth_" not in received.url and b"oauth_" not in received.body


@pytest.mark.covering(together=2)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("placement", ["HEADER", "QUERY"])
@pytest.mark.parametrize("body_hash", ["never", "auto"])
@pytest.mark.parametrize("to", ["same", "other"])
async def test_a_body_that_is_not_a_form_is_kept_on_redirects(
    box: ProviderBox, sender: Sender, tmp_path: Path, kind: str, placement: str, body_hash: str, to: str
) -> None:
    """JSON, octets and files go along byte for byte, also to another origin; a hash of them is made anew."""
    path = tmp_path / "file"
    path.write_bytes(b"\x00\xff" * 5000)
    client = await sender(kind, box, placement=placement, body_hash=body_hash)
    target = "/echo" if to == "same" else box.other_url
    with path.open("rb") as file:
        for arguments in ({"json": {"a": "é"}}, {"data": b"\x00\xff"}, {"data": io.BytesIO(b"xyz")}, {"data": file}):
            box.requests.clear()
            async with client.put(box.redirect_url(target, 307), **arguments) as response:
                assert response.status == 200, await response.text()
            first, second = box.requests
            assert first.body == second.body != b""
            assert is_clean(second) is (to == "other")


@pytest.mark.parametrize("kind", KINDS)
async def test_a_body_that_can_be_read_once(box: ProviderBox, sender: Sender, kind: str) -> None:
    """It goes out once; a redirect that would need it again is an error, and sends nothing."""

    async def chunks() -> AsyncIterator[bytes]:
        yield b"one"

    client = await sender(kind, box)
    with pytest.raises(aiohttp.ClientPayloadError, match="allow_redirects=False"):
        await client.post(box.redirect_url("/echo", 307), data=chunks())
    (received,) = box.requests
    assert received.body == b"one"


async def test_a_body_that_can_be_read_once_is_not_retried(box: ProviderBox, middleware: Maker) -> None:
    """Neither by a middleware that retries around ours. A body that can be read again is."""

    async def chunks() -> AsyncIterator[bytes]:
        yield b"one"

    async def twice(request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
        (await handler(request)).close()
        return await handler(request)

    async with aiohttp.ClientSession(middlewares=[twice, middleware(box)]) as session:
        with pytest.raises(aiohttp.ClientPayloadError, match="can be read only once"):
            await session.post(box.echo_url, data=chunks())
        assert [one.body for one in box.requests] == [b"one"]
        async with session.post(box.echo_url, data=b"two") as response:
            assert response.status == 200, await response.text()
        assert [one.body for one in box.requests] == [b"one", b"two", b"two"]
