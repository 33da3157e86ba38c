"""What aiohttp sends is what was signed: addresses, forms, and every other body as it was."""

import asyncio
import hashlib
import io
import json
import pickle
import tempfile
from collections.abc import AsyncIterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import FormData, MultipartWriter, web
from yarl import URL

from oauthone.clients.aiohttp import OAuth1Middleware
from oauthone.core.body import FORM
from oauthone.errors import InsecureTransportError, SigningError
from oauthone.testing import ProviderBox

from ..matrix import COMBINATIONS, PLACEMENTS, SAMPLES, nonces, places, protocol_names
from ..servers import ScriptedServer, answer
from .conftest import KINDS, Maker, Sender

pytestmark = pytest.mark.anyio

VERBS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]
PAIRS = [("a", "é"), ("b", "1 2"), ("b", "&="), ("c", "")]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("method", "placement"), COMBINATIONS)
async def test_every_way_to_sign(box: ProviderBox, sender: Sender, kind: str, method: str, placement: str) -> None:
    """The parameters come in the place that was asked for, and nowhere else."""
    client = await sender(kind, box, method, placement)
    for arguments in ({}, {"data": {"a": "é"}}):
        async with client.post(box.echo_url, params={"q": "1 2"}, **arguments) as response:
            assert (await response.json())["oauth"]["oauth_signature_method"] == method
        assert list(places(box.requests[-1])) == [placement]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("placement", PLACEMENTS)
async def test_every_method(box: ProviderBox, sender: Sender, kind: str, verb: str, placement: str) -> None:
    client = await sender(kind, box, placement=placement)
    async with getattr(client, verb.lower())(box.echo_url) as response:
        assert response.status == 200
    (received,) = box.requests
    assert received.method == verb
    assert received.verified is not None
    assert list(places(received)) == [placement]


# --- addresses --------------------------------------------------------------------------------------------------------

URLS = [
    "/echo?$top=1&$filter=name eq 'x'",
    "/echo?filter[a][0]=1&filter[a][1]=2",
    '/echo?q={"a":[1,"|"]}',
    "/echo?q=100%&r=%F0&s=%zz&t=%",
    "/echo?q=a+b&r=a%20b&s=a%2Bb&t=%2C,%2f",
    "/echo?q=é&ü=한",
    "/echo?a=&b&=c&&d==",
    "/echo?realm=x&a=2&a=1&a=1",
    "/echo?",
    "/echo?a=1#fragment?b=2",
    "/a b/é/%E9/%2f/~user/;v=1/%7Euser",
    "/a//b///c/",
    "/a/./b/../c",
    "/[x]/{y}/|z|/^`\\",
    "",
    "?a=1",
]
#: What goes out as it stands where it was said to be encoded already.
ENCODED = [
    "/echo?q=%2c%2C,&r=%7e~&s='()*!",
    "/echo?q=%C3%A9&r=a+b%20c",
    "/a%2Fb/%7Euser/;v=1",
    "/a/./b/../c?x=%zz",
    "",
    "?a=1",
]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("placement", PLACEMENTS)
@pytest.mark.parametrize("target", URLS)
@pytest.mark.seen_in("aioauth-client#118")
async def test_odd_addresses(box: ProviderBox, sender: Sender, kind: str, placement: str, target: str) -> None:
    """What yarl makes of an address on the way to the socket is what is signed."""
    client = await sender(kind, box, placement=placement)
    async with client.get(box.origin + target, params={"p": "x y,é"}) as response:
        assert response.status == 200, await response.text()
    assert list(places(box.requests[0])) == [placement]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("placement", PLACEMENTS)
@pytest.mark.parametrize("target", ENCODED)
@pytest.mark.seen_in("aioauth-client#118")
async def test_encoded_addresses(box: ProviderBox, sender: Sender, kind: str, placement: str, target: str) -> None:
    """``URL(…, encoded=True)`` goes out as it stands, with a signature in its query too."""
    client = await sender(kind, box, placement=placement)
    async with client.get(URL(box.origin + target, encoded=True)) as response:
        assert response.status == 200, await response.text()
    sent = box.requests[0].url.removeprefix(box.origin)
    assert sent.startswith(target or "/") or sent.startswith("/" + target)
    if placement != "QUERY":
        assert sent in (target, "/" + target)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("placement", PLACEMENTS)
async def test_an_address_that_says_it_is_encoded_and_is_not(
    box: ProviderBox, sender: Sender, kind: str, placement: str
) -> None:
    """aiohttp writes its characters as UTF-8: those octets are signed."""
    client = await sender(kind, box, placement=placement)
    with ScriptedServer(answer()) as server:
        async with client.get(URL(f"{server.origin}/é?q=ü", encoded=True)) as response:
            assert response.status == 200
    (seen,) = server.seen
    seen = seen._replace(target=seen.target.encode("latin-1").decode("utf-8"))
    assert seen.target.startswith("/é?q=ü")
    assert seen.nonce(box.verifier)


@pytest.mark.parametrize("kind", KINDS)
async def test_a_host_header_is_signed(box: ProviderBox, sender: Sender, kind: str) -> None:
    client = await sender(kind, box)
    async with client.get(box.echo_url, headers={"host": "Provider.Example:8080"}) as response:
        assert response.status == 200
    assert box.requests[0].url == "http://Provider.Example:8080/echo"


@pytest.mark.parametrize("kind", KINDS)
async def test_what_is_shown_of_a_request(box: ProviderBox, sender: Sender, kind: str) -> None:
    """``request_info`` shows what went out; the response's URL, and the errors that name it, hold no signature."""
    client = await sender(kind, box, placement="QUERY")
    async with client.get(box.origin + "/echo?a=1") as response:
        assert str(response.request_info.url) == box.requests[0].url
        assert str(response.url) == box.origin + "/echo?a=1"
    client = await sender(kind, box)
    async with client.get(box.echo_url) as response:
        assert response.request_info.headers["Authorization"] == box.requests[-1].header("authorization")


# --- bodies -----------------------------------------------------------------------------------------------------------


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
async def test_no_header_is_added(sender: Sender, box: ProviderBox, kind: str) -> None:
    """The signature is the only difference to a plain request, and every header is text."""
    async with aiohttp.ClientSession() as plain, plain.get(box.open_url) as response:
        assert response.status == 200
    client = await sender(kind, box)
    async with client.get(box.echo_url) as response:
        assert all(type(value) is str for value in response.request_info.headers.values())
    unsigned, signed = box.requests
    assert [pair for pair in signed.headers if pair[0] != "authorization"] == list(unsigned.headers)


@pytest.mark.parametrize("kind", KINDS)
async def test_a_signature_of_the_callers_stays(sender: Sender, box: ProviderBox, kind: str) -> None:
    """A request that brings an Authorization is left as it is, in every placement."""
    for placement in PLACEMENTS:
        client = await sender(kind, box, placement=placement)
        async with client.get(box.open_url, headers={"authorization": "Bearer x"}) as response:
            assert response.status == 200
        assert box.requests[-1].header("authorization") == "Bearer x"
        assert list(places(box.requests[-1])) == []


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "arguments",
    [{"json": {"a": 1}}, {"data": b"a=1"}, {"data": chunks}, {"data": multipart}],
    ids=["json", "bytes", "generator", "multipart"],
)
async def test_a_body_that_has_no_place_for_parameters(
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
async def test_a_body_hash_of_nothing(box: ProviderBox, sender: Sender, kind: str) -> None:
    for body_hash, sent in (("auto", False), ("always", True)):
        client = await sender(kind, box, body_hash=body_hash)
        async with client.get(box.echo_url) as response:
            assert ("oauth_body_hash" in (await response.json())["oauth"]) is sent


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("body", ["generator", "compressed"])
async def test_a_body_hash_that_cannot_be(box: ProviderBox, sender: Sender, kind: str, body: str) -> None:
    client = await sender(kind, box, body_hash="auto")
    with pytest.raises(SigningError, match="body_hash='never'"):
        await client.post(box.echo_url, **BODIES[body]())
    assert box.requests == []


# --- the middleware alone ---------------------------------------------------------------------------------------------


async def test_for_one_request(box: ProviderBox, middleware: Maker) -> None:
    async with aiohttp.ClientSession() as session:
        async with session.get(box.echo_url, middlewares=(middleware(box),)) as response:
            assert response.status == 200
        async with session.get(box.open_url) as response:
            assert response.status == 200
    assert box.requests[1].header("authorization") is None


async def test_another_token_or_place(box: ProviderBox, middleware: Maker) -> None:
    """What is made from a middleware signs for the same origins, with what was changed."""
    first = middleware(box, realm="photos")
    token = box.issue_token()
    for auth in (first.with_token(token.token, token.token_secret), pickle.loads(pickle.dumps(first)), deepcopy(first)):
        async with aiohttp.ClientSession(middlewares=(auth,)) as session, session.get(box.echo_url) as response:
            assert (await response.json())["realm"] == "photos"
    assert box.requests[0].verified is not None
    assert box.requests[0].verified.token == token.token
    assert repr(first) == f"<OAuth1Middleware {first.client_id!r} HMAC-SHA1 HEADER>"


def test_in_two_event_loops(box: ProviderBox, middleware: Maker) -> None:
    """One object signs in one loop after the other."""
    auth = middleware(box)

    async def get() -> int:
        async with aiohttp.ClientSession(middlewares=(auth,)) as session, session.get(box.echo_url) as response:
            return response.status

    assert [asyncio.run(get()), asyncio.run(get())] == [200, 200]


@pytest.mark.parametrize("placement", ["HEADER", "QUERY"])
async def test_a_websocket(box: ProviderBox, middleware: Maker, placement: str) -> None:
    """The request that opens one is signed as the http request that it is."""
    asked: list[str] = []
    auth = middleware(box, placement=placement)

    async def serve(request: web.BaseRequest) -> web.WebSocketResponse:
        url = f"http://{request.host}{request.raw_path}"
        verified = box.verifier.verify(request.method, url, list(request.headers.items()), await request.read())
        asked.append(verified.placement.value)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_str("hello")
        await socket.close()
        return socket

    runner = web.ServerRunner(web.Server(serve))
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        async with (
            aiohttp.ClientSession(middlewares=(auth,)) as session,
            session.ws_connect(f"ws://127.0.0.1:{runner.addresses[0][1]}/live?a=1") as socket,
        ):
            assert await socket.receive_str() == "hello"
    finally:
        await runner.cleanup()
    assert asked == [placement]


async def test_a_misspelt_option_of_the_middleware() -> None:
    with pytest.raises(TypeError, match=r"OAuth1Middleware.* got an unexpected keyword argument 'signature_methd'"):
        OAuth1Middleware("client", "secret", signature_methd="HMAC-SHA1")


@pytest.mark.parametrize("kind", KINDS)
async def test_plaintext_does_not_go_over_plain_http(box: ProviderBox, sender: Sender, kind: str) -> None:
    client = await sender(kind, box, "PLAINTEXT")
    with pytest.raises(InsecureTransportError, match="allow_insecure_transport"):
        await client.get("http://provider.example/echo")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("method", "placement"), SAMPLES)
async def test_over_tls(tls_box: ProviderBox, sender: Sender, kind: str, method: str, placement: str) -> None:
    client = await sender(kind, tls_box, method, placement)
    async with client.post(tls_box.echo_url, data={"a": "1"}) as response:
        assert response.status == 200
    assert list(places(tls_box.requests[0])) == [placement]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("method", "placement"), SAMPLES)
async def test_through_a_proxy(
    box: ProviderBox, sender: Sender, proxy: str, kind: str, method: str, placement: str
) -> None:
    """The absolute form of the address that a proxy gets is what is signed."""
    client = await sender(kind, box, method, placement)
    async with client.post(box.echo_url + "?a=b c", data={"a": "é"}, proxy=proxy) as response:
        assert response.status == 200, await response.text()
    assert list(places(box.requests[0])) == [placement]


async def test_what_a_scripted_server_got_is_one_form() -> None:
    """A POST without a body becomes a form, and says so."""
    auth = OAuth1Middleware("client", "secret", signature_type="BODY")
    with ScriptedServer(answer(json.dumps({}))) as server:
        async with aiohttp.ClientSession(middlewares=(auth,)) as session, session.post(server.origin) as response:
            assert response.status == 200
    (seen,) = server.seen
    assert seen.header("content-type") == FORM
    assert seen.header("content-length") == str(len(seen.body))
    assert [name for name, _ in seen.headers].count("content-length") == 1


async def test_a_multipart_writer_of_the_callers(box: ProviderBox, middleware: Maker) -> None:
    """aiohttp's own payloads go out as they are."""
    writer = MultipartWriter("mixed")
    writer.append("text")
    async with (
        aiohttp.ClientSession(middlewares=(middleware(box),)) as session,
        session.post(box.echo_url, data=writer) as response,
    ):
        assert response.status == 200
    assert b"text" in box.requests[0].body
