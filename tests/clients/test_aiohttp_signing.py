"""How aiohttp signs: placements, redirects, attempts, and requests that stay unsigned."""

import asyncio
import copy
import pickle
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.client_middlewares import ClientHandlerType
from aiohttp.client_reqrep import ClientRequest, ClientResponse

from oauthone import providers
from oauthone.clients.aiohttp import AsyncOAuth1Client, OAuth1Middleware
from oauthone.core.body import FORM
from oauthone.errors import InsecureTransportError
from oauthone.testing import ProviderBox, Received

from .aiohttp_senders import KINDS, Maker, Sender, try_again
from .matrix import COMBINATIONS, PLACEMENTS, SAMPLES, nonces, places
from .servers import Exchange, ScriptedServer, answer

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("closed_transports")]


VERBS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]


@pytest.mark.covering(together=2)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("method", "placement"), COMBINATIONS)
async def test_every_method_and_placement_is_verified(
    box: ProviderBox, sender: Sender, kind: str, method: str, placement: str
) -> None:
    """The parameters come in the place that was asked for, and nowhere else."""
    client = await sender(kind, box, method, placement)
    for arguments in ({}, {"data": {"a": "é"}}):
        async with client.post(box.echo_url, params={"q": "1 2"}, **arguments) as response:
            assert (await response.json())["oauth"]["oauth_signature_method"] == method
        assert list(places(box.requests[-1])) == [placement]


@pytest.mark.covering(together=2)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("placement", PLACEMENTS)
async def test_every_http_method_is_signed(
    box: ProviderBox, sender: Sender, kind: str, verb: str, placement: str
) -> None:
    client = await sender(kind, box, placement=placement)
    async with getattr(client, verb.lower())(box.echo_url) as response:
        assert response.status == 200
    (received,) = box.requests
    assert received.method == verb
    assert received.verified is not None
    assert list(places(received)) == [placement]


@pytest.mark.parametrize("kind", KINDS)
async def test_request_info_shows_the_signature_and_the_url_of_a_response_does_not(
    box: ProviderBox, sender: Sender, kind: str
) -> None:
    """``request_info`` shows what went out; the response's URL, and the errors that name it, hold no signature."""
    client = await sender(kind, box, placement="QUERY")
    async with client.get(box.origin + "/echo?a=1") as response:
        assert str(response.request_info.url) == box.requests[0].url
        assert str(response.url) == box.origin + "/echo?a=1"
    client = await sender(kind, box)
    async with client.get(box.echo_url) as response:
        assert response.request_info.headers["Authorization"] == box.requests[-1].header("authorization")


@pytest.mark.parametrize("kind", KINDS)
async def test_signing_adds_no_other_header(sender: Sender, box: ProviderBox, kind: str) -> None:
    """The signature is the only difference to a plain request, and every header is text."""
    async with aiohttp.ClientSession() as plain, plain.get(box.open_url) as response:
        assert response.status == 200
    client = await sender(kind, box)
    async with client.get(box.echo_url) as response:
        assert all(type(value) is str for value in response.request_info.headers.values())
    unsigned, signed = box.requests
    assert [pair for pair in signed.headers if pair[0] != "authorization"] == list(unsigned.headers)


@pytest.mark.parametrize("kind", KINDS)
async def test_an_authorization_header_of_the_caller_stays(sender: Sender, box: ProviderBox, kind: str) -> None:
    """A request that brings an Authorization is left as it is, in every placement."""
    for placement in PLACEMENTS:
        client = await sender(kind, box, placement=placement)
        async with client.get(box.open_url, headers={"authorization": "Bearer x"}) as response:
            assert response.status == 200
        assert box.requests[-1].header("authorization") == "Bearer x"
        assert list(places(box.requests[-1])) == []


async def test_a_middleware_can_sign_one_request(box: ProviderBox, middleware: Maker) -> None:
    async with aiohttp.ClientSession() as session:
        async with session.get(box.echo_url, middlewares=(middleware(box),)) as response:
            assert response.status == 200
        async with session.get(box.open_url) as response:
            assert response.status == 200
    assert box.requests[1].header("authorization") is None


async def test_a_copy_of_a_middleware_keeps_its_options(box: ProviderBox, middleware: Maker) -> None:
    """What is made from a middleware signs for the same origins, with what was changed."""
    first = middleware(box, realm="photos")
    token = box.issue_token()
    for auth in (first.with_token(token.token, token.token_secret), pickle.loads(pickle.dumps(first)), deepcopy(first)):
        async with aiohttp.ClientSession(middlewares=(auth,)) as session, session.get(box.echo_url) as response:
            assert (await response.json())["realm"] == "photos"
    assert box.requests[0].verified is not None
    assert box.requests[0].verified.token == token.token
    assert repr(first) == f"<OAuth1Middleware {first.client_id!r} HMAC-SHA1 HEADER>"


def test_a_middleware_works_in_two_event_loops(box: ProviderBox, middleware: Maker) -> None:
    """One object signs in one loop after the other."""
    auth = middleware(box)

    async def get() -> int:
        async with aiohttp.ClientSession(middlewares=(auth,)) as session, session.get(box.echo_url) as response:
            return response.status

    assert [asyncio.run(get()), asyncio.run(get())] == [200, 200]


@pytest.mark.parametrize("placement", ["HEADER", "QUERY"])
async def test_a_websocket_handshake_is_signed(box: ProviderBox, middleware: Maker, placement: str) -> None:
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
async def test_plaintext_signatures_are_not_sent_over_plain_http(box: ProviderBox, sender: Sender, kind: str) -> None:
    client = await sender(kind, box, "PLAINTEXT")
    with pytest.raises(InsecureTransportError, match="allow_insecure_transport"):
        await client.get("http://provider.example/echo")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("method", "placement"), SAMPLES)
async def test_requests_over_tls_are_signed(
    tls_box: ProviderBox, sender: Sender, kind: str, method: str, placement: str
) -> None:
    client = await sender(kind, tls_box, method, placement)
    async with client.post(tls_box.echo_url, data={"a": "1"}) as response:
        assert response.status == 200
    assert list(places(tls_box.requests[0])) == [placement]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("method", "placement"), SAMPLES)
async def test_requests_through_a_proxy_are_signed(
    box: ProviderBox, sender: Sender, proxy: str, kind: str, method: str, placement: str
) -> None:
    """The absolute form of the address that a proxy gets is what is signed."""
    client = await sender(kind, box, method, placement)
    async with client.post(box.echo_url + "?a=b c", data={"a": "é"}, proxy=proxy) as response:
        assert response.status == 200, await response.text()
    assert list(places(box.requests[0])) == [placement]


STATUSES = [301, 302, 303, 307, 308]
KEEPS_METHOD = (307, 308)
PAIRS = [(b"a", "é".encode()), (b"b", b"1 2")]


def is_clean(received: Received) -> bool:
    """Whether nothing of the credentials came along."""
    return received.oauth_parameters() == [] and "oauth_" not in received.url and b"oauth_" not in received.body


@pytest.mark.covering(together=2)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize(("method", "placement"), SAMPLES)
@pytest.mark.parametrize("verb", ["GET", "POST", "PUT"])
@pytest.mark.seen_in("requests-oauthlib#94")
@pytest.mark.seen_in("requests-oauthlib#116")
async def test_the_same_origin_verifies_each_hop_anew(
    box: ProviderBox, sender: Sender, kind: str, status: int, method: str, placement: str, verb: str
) -> None:
    """Three hops carry three signatures with three nonces, and the form once where it is kept."""
    client = await sender(kind, box, method, placement)
    second = box.redirect_url("/echo?last=1", status)
    form = {"a": "é", "b": "1 2"} if verb != "GET" else None
    async with client.request(verb, box.redirect_url(second, status), data=form) as response:
        assert response.status == 200, await response.text()
        assert [one.status for one in response.history] == [status, status]
    assert len(set(nonces(box.requests))) == 3

    last = box.requests[-1]
    kept = status in KEEPS_METHOD or (verb == "PUT" and status in (301, 302))
    assert last.method == (verb if kept else "GET")
    form_kept = form is not None and kept
    assert [pair for pair in last.form() if not pair[0].startswith(b"oauth_")] == (PAIRS if form_kept else [])
    in_header = placement == "BODY" and not form_kept and kind == "AsyncOAuth1Client"
    later = ["HEADER"] if in_header else [placement]
    assert [list(places(received)) for received in box.requests] == [[placement], later, later]


@pytest.mark.covering(together=2)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize(("method", "placement"), SAMPLES)
@pytest.mark.parametrize("verb", ["GET", "POST"])
@pytest.mark.parametrize("form", [None, {"a": "é", "b": "1 2"}], ids=["empty", "form"])
async def test_another_origin_gets_nothing(
    box: ProviderBox, sender: Sender, kind: str, status: int, method: str, placement: str, verb: str, form: Any
) -> None:
    """It receives neither an Authorization header nor an ``oauth_`` parameter, but the caller's own form."""
    client = await sender(kind, box, method, placement)
    async with client.request(verb, box.redirect_url(box.other_url, status), data=form) as response:
        assert response.status == 200
    first, other = box.requests
    assert first.verified is not None
    assert other.url == box.other_url
    assert is_clean(other)
    kept = form is not None and (status in KEEPS_METHOD or (verb == "GET" and status != 303))
    assert other.body == (b"a=%C3%A9&b=1+2" if kept else b"")
    if kept:
        assert other.header("content-type") == FORM
        assert other.header("content-length") == "14"


@pytest.mark.parametrize("placement", PLACEMENTS)
async def test_nothing_is_signed_after_a_redirect_to_another_origin(
    box: ProviderBox, sender: Sender, placement: str
) -> None:
    """Where another origin sends the client back, it says which request to make: that one is not signed."""
    with ScriptedServer(answer(status=307, headers=[("Location", box.open_url)])) as server:
        client = await sender("AsyncOAuth1Client", box, placement=placement)
        async with client.post(box.redirect_url(server.origin, 307), data={"a": "1"}) as response:
            assert response.status == 200
    assert box.requests[0].verified is not None
    assert is_clean(box.requests[1])
    assert server.seen[0].header("authorization") is None
    assert server.seen[0].body == b"a=1"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("method", "placement"), SAMPLES)
async def test_https_to_http_gets_nothing(
    box: ProviderBox, tls_box: ProviderBox, sender: Sender, kind: str, method: str, placement: str
) -> None:
    client = await sender(kind, tls_box, method, placement)
    async with client.post(tls_box.redirect_url(box.open_url, 307), data={"a": "1"}) as response:
        assert response.status == 200
    (received,) = box.requests
    assert is_clean(received)
    assert received.body == b"a=1"


@pytest.mark.parametrize("kind", KINDS)
async def test_another_name_of_the_same_machine(box: ProviderBox, sender: Sender, kind: str) -> None:
    """The name counts, not the address behind it."""
    client = await sender(kind, box)
    async with client.get(box.redirect_url(box.open_url.replace("127.0.0.1", "localhost"))) as response:
        assert response.status == 200
    assert is_clean(box.requests[1])


@pytest.mark.parametrize("kind", KINDS)
async def test_an_endless_chain_ends_at_the_limit(box: ProviderBox, sender: Sender, kind: str) -> None:
    """Signing changes nothing about the limit, nor about where it is set."""
    client = await sender(kind, box)
    with ScriptedServer(answer(status=302, headers=[("Location", "/again")])) as server:
        with pytest.raises(aiohttp.TooManyRedirects):
            await client.get(server.origin)
        with pytest.raises(aiohttp.TooManyRedirects) as stopped:
            await client.get(server.origin, max_redirects=3)
    assert len(stopped.value.history) == 3
    assert len(server.seen) == 10 + 3
    assert len({seen.nonce(box.verifier) for seen in server.seen}) == 13


@pytest.mark.parametrize("kind", KINDS)
async def test_a_redirect_that_is_not_followed(box: ProviderBox, sender: Sender, kind: str) -> None:
    client = await sender(kind, box)
    async with client.get(box.redirect_url("/echo"), allow_redirects=False) as response:
        assert response.status == 302
    async with client.head(box.redirect_url("/echo")) as response:
        assert response.status == 302
    async with client.head(box.redirect_url("/echo"), allow_redirects=True) as response:
        assert response.status == 200
    assert len(box.requests) == 4


@pytest.mark.parametrize("kind", KINDS)
async def test_cookies_go_along(box: ProviderBox, sender: Sender, kind: str) -> None:
    """They are set and sent as without a signature."""
    first = answer(status=302, headers=[("Location", "/two"), ("Set-Cookie", "crumb=1")])
    jar = aiohttp.CookieJar(unsafe=True)
    client = await sender(kind, box, session_options={"cookie_jar": jar})
    with ScriptedServer(first, answer()) as server:
        async with client.get(server.origin) as response:
            assert response.status == 200
    assert server.seen[1].header("cookie") == "crumb=1"


async def test_the_first_origin_is_pinned(box: ProviderBox, middleware: Maker) -> None:
    """What goes elsewhere later is not signed, whether it is a redirect or a request."""
    async with aiohttp.ClientSession(middlewares=(middleware(box),)) as session:
        for url in (box.echo_url, box.other_url, box.echo_url):
            async with session.get(url) as response:
                assert response.status == 200
    assert [is_clean(received) for received in box.requests] == [False, True, False]


@pytest.mark.parametrize("several", [False, True])
async def test_named_origins(box: ProviderBox, middleware: Maker, several: bool) -> None:
    """They are signed for in any order, and others never."""
    origins = [box.other_origin, "https://provider.example/path"] if several else box.other_url
    async with aiohttp.ClientSession(middlewares=(middleware(box, origins=origins),)) as session:
        for url in (box.open_url, box.other_url):
            async with session.get(url) as response:
                assert response.status == 200
    assert [is_clean(received) for received in box.requests] == [True, False]


async def test_a_request_with_its_own_authorization_pins_nothing(box: ProviderBox, middleware: Maker) -> None:
    async with aiohttp.ClientSession(middlewares=(middleware(box),)) as session:
        async with session.get(box.other_url, headers={"Authorization": "Bearer x"}) as response:
            assert response.status == 200
        async with session.get(box.echo_url) as response:
            assert response.status == 200


@pytest.mark.parametrize("remake", [copy.copy, copy.deepcopy, lambda one: one.with_token("t", "s")])
async def test_copies_pin_origins_of_their_own(box: ProviderBox, middleware: Maker, remake: Any) -> None:
    original = middleware(box)
    early = remake(original)
    async with aiohttp.ClientSession() as session:
        for made, url in (
            (lambda: original, box.open_url),
            (lambda: early, box.other_url),
            (lambda: remake(original), box.other_url),
        ):
            async with session.get(url, middlewares=(made(),)) as response:
                assert response.status in (200, 401)
    assert [is_clean(received) for received in box.requests] == [False, False, True]


async def test_a_copy_of_a_client_has_a_session_of_its_own(box: ProviderBox) -> None:
    async with AsyncOAuth1Client(**box.client.credentials(), timeout=aiohttp.ClientTimeout(9)) as client:
        opened = client.session
        async with copy.copy(client) as copied:
            assert copied.session is not opened
            assert copied.session.timeout == opened.timeout
        assert copied.closed
        assert not client.closed
    async with aiohttp.ClientSession() as given, AsyncOAuth1Client("id", session=given) as client:
        assert copy.copy(client).session is given


def repeat_at(target: str) -> Callable[[Exchange], bool]:
    """Redirect to ``target`` with the query of the request, signature included."""

    def answer_with_query(exchange: Exchange) -> bool:
        location = f"{target}?{exchange.seen.target.partition('?')[2]}"
        return answer(status=302, headers=[("Location", location)])(exchange)

    return answer_with_query


async def test_a_hop_that_is_sent_in_a_task_of_its_own_is_clean(box: ProviderBox, middleware: Maker) -> None:
    """An outer middleware may send each hop in a new task, which knows nothing of the one before."""

    async def outer(request: Any, handler: Any) -> Any:
        return await asyncio.create_task(handler(request))

    with ScriptedServer(repeat_at(box.other_url)) as server:
        auth = middleware(box, placement="QUERY", origins=server.origin)
        async with (
            aiohttp.ClientSession(middlewares=(outer, auth)) as session,
            session.get(server.origin, params={"a": "1"}) as response,
        ):
            assert response.status == 200
    assert is_clean(box.requests[-1])
    assert box.requests[-1].query() == [(b"a", b"1")]


@pytest.mark.parametrize("where", ["in the same task", "in a task of its own"])
async def test_a_request_between_a_redirect_and_its_hop(box: ProviderBox, middleware: Maker, where: str) -> None:
    """A middleware may send another request before aiohttp makes the hop, and the hop is clean all the same."""
    auth = middleware(box, placement="QUERY")
    with (
        ScriptedServer(answer("fine")) as other,
        ScriptedServer(repeat_at(f"{other.origin}/there")) as server,
        ScriptedServer(answer()) as third,
    ):
        async with aiohttp.ClientSession(middlewares=(auth,)) as session:

            async def report(request: Any, handler: Any) -> Any:
                response = await handler(request)
                await (tell() if where == "in the same task" else asyncio.create_task(tell()))
                return response

            async def tell() -> None:
                async with session.get(third.origin):
                    pass

            async with session.get(f"{server.origin}/first?a=1", middlewares=(report, auth)) as response:
                assert response.status == 200
    assert [seen.target for seen in other.seen] == ["/there?a=1"]


@pytest.mark.parametrize("pinned", [False, True])
async def test_a_middleware_with_a_provider_signs_for_its_addresses_only(pinned: bool) -> None:
    """And of those only for the named origins, if there are any."""
    with ScriptedServer(answer()) as one, ScriptedServer(answer()) as two, ScriptedServer(answer()) as stranger:
        facts = providers.get("schoology")._replace(api_base=(one.origin, two.origin), allow_http=True)
        named: dict[str, Any] = {"origins": [one.origin, stranger.origin]} if pinned else {}
        auth = OAuth1Middleware("id", "secret", token="t", token_secret="s", provider=facts, **named)
        async with aiohttp.ClientSession(middlewares=(auth,)) as session:
            for server in (stranger, one, two):
                async with session.get(server.origin) as response:
                    assert response.status == 200
    signed = [server.seen[0].header("authorization") is not None for server in (one, two, stranger)]
    assert signed == [True, not pinned, False]


def drop(exchange: Exchange) -> bool:
    """Close a connection that was kept alive, without an answer."""
    return False


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("placement", PLACEMENTS)
@pytest.mark.parametrize("verb", ["GET", "PUT"])
@pytest.mark.seen_in("python-upwork#14")
@pytest.mark.seen_in("mwclient#164")
async def test_a_dropped_connection(box: ProviderBox, sender: Sender, kind: str, placement: str, verb: str) -> None:
    """aiohttp sends what is idempotent once more, over a new connection: with a nonce of its own."""
    client = await sender(kind, box, placement=placement)
    form = {"a": "é"} if verb == "PUT" else None
    with ScriptedServer(answer(), drop, answer()) as server:
        for _ in range(2):
            async with client.request(verb, server.origin, data=form) as response:
                assert response.status == 200
    assert len(server.seen) == 3
    assert server.connections == 2
    assert len({seen.nonce(box.verifier) for seen in server.seen}) == 3
    if form:
        assert [seen.body.count(b"a=%C3%A9") for seen in server.seen] == [1, 1, 1]


@pytest.mark.parametrize("kind", KINDS)
async def test_a_request_that_is_not_idempotent_is_not_sent_again(box: ProviderBox, sender: Sender, kind: str) -> None:
    client = await sender(kind, box)
    with ScriptedServer(answer(), drop) as server:
        await (await client.post(server.origin)).read()
        with pytest.raises(aiohttp.ServerDisconnectedError):
            await client.post(server.origin)
    assert len(server.seen) == 2


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("placement", "arguments"),
    [
        *((placement, arguments) for placement in PLACEMENTS for arguments in ({}, {"data": {"a": "é"}})),
        ("HEADER", {"json": {"a": 1}}),
        ("QUERY", {"json": {"a": 1}}),
    ],
)
@pytest.mark.seen_in("ably#286")
async def test_a_middleware_that_retries_sends_new_signatures(
    box: ProviderBox, sender: Sender, kind: str, placement: str, arguments: dict[str, Any]
) -> None:
    """Outside of ours it sees the unsigned request, and each of its attempts is signed anew."""
    client = await sender(kind, box, placement=placement, session_options={"middlewares": (try_again,)})
    url = box.flaky_url(f"{kind} {placement} {sorted(arguments)}", failures=2)
    async with client.post(url, **arguments) as response:
        assert response.status == 200, await response.text()
    assert len(set(nonces(box.requests))) == 3
    assert [list(places(received)) for received in box.requests] == [[placement]] * 3
    own = [[pair for pair in received.form() if not pair[0].startswith(b"oauth_")] for received in box.requests]
    assert own == [[(b"a", "é".encode())] if "data" in arguments else []] * 3


@pytest.mark.parametrize("placement", PLACEMENTS)
@pytest.mark.parametrize("body", [{"a": "1"}, None], ids=["a form", "no body"])
@pytest.mark.parametrize("ends", ["answer", "error", "cancelled"])
async def test_a_request_is_restored_after_it_was_sent(
    box: ProviderBox, middleware: Maker, placement: str, body: Any, ends: str
) -> None:
    """Whatever became of it: URL, headers and body are there as before."""
    seen: list[Any] = []

    async def outside(request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
        def state() -> Any:
            return request.url, request.headers.copy(), request.body

        seen.append(state())
        try:
            return await handler(request)
        finally:
            seen.append(state())

    arrived = asyncio.Event()

    async def inside(request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
        seen.insert(1, (request.url, request.headers.copy(), request.body))
        arrived.set()
        if ends == "error":
            raise aiohttp.ClientConnectionError("planted")
        if ends == "cancelled":
            await asyncio.Event().wait()
        return await handler(request)

    auth = middleware(box, placement=placement)
    async with aiohttp.ClientSession(middlewares=(outside, auth, inside)) as session:

        async def send() -> None:
            async with session.post(box.echo_url, data=body) as response:
                assert response.status == 200

        sending = asyncio.create_task(send())
        await arrived.wait()
        if ends == "cancelled":
            sending.cancel()
        _, pending = await asyncio.wait([sending])
        assert not pending
        assert sending.cancelled() or (sending.exception() is None) is (ends == "answer")
    before, signed, after = seen
    assert before == after
    assert before != signed
