"""`incoming_request` of each framework, and what its module reads of a framework's request."""

import asyncio
from typing import Any

import flask
import pytest
from flask.views import MethodView
from starlette.requests import Request

from oauthone import Signer
from oauthone.server import AsyncVerifier, Client, IncomingRequest, MemoryStore, Verifier
from oauthone.server._protector import MAX_REQUEST_BODY
from oauthone.server.asgi import MAX_PIECES, VerifyingMiddleware, read_body
from oauthone.server.flask import incoming_request, keep_body, signature_required
from oauthone.server.starlette import incoming_request as incoming_starlette

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
VERIFIER = Verifier(MemoryStore([Client.create("client", "secret")]), token="optional")


def header(method: str, url: str, headers: Any = None, body: bytes | None = None) -> dict[str, str]:
    return {"Authorization": str(Signer("client", "secret").sign(method, url, headers, body).authorization)}


class Application(flask.Flask):
    """Views that show what `incoming_request` returns, and a signed one."""

    def __init__(self) -> None:
        super().__init__("incoming")
        self.seen: list[IncomingRequest] = []

        class View(MethodView):
            @signature_required(VERIFIER)
            def get(self) -> str:
                return "seen"

        def kept() -> str:
            self.seen.append(incoming_request())
            return ""

        def late() -> str:
            dict(flask.request.form)
            self.seen.append(incoming_request())
            return ""

        self.add_url_rule("/kept", view_func=keep_body()(kept), methods=["POST"])
        self.add_url_rule("/late", view_func=late, methods=["POST"])
        self.add_url_rule("/signed", view_func=View.as_view("signed"))

        @self.before_request
        def reads_forms() -> None:
            dict(flask.request.form)


def test_flask_hands_over_a_body_that_it_kept() -> None:
    app = Application()
    app.test_client().post("/kept", data=b"a=1", headers=FORM)
    (request,) = app.seen
    assert (request.fault, request.body, request.path, request.authority) == (None, b"a=1", "/kept", "localhost")


def test_flask_says_that_a_form_was_read_before(caplog: pytest.LogCaptureFixture) -> None:
    app = Application()
    app.test_client().post("/late", data=b"a=1", headers=FORM)
    (request,) = app.seen
    assert request.body == b""
    assert "its octets are gone" in str(request.fault)
    assert "its octets are gone" in caplog.text


def test_a_host_that_flask_does_not_trust_is_a_400() -> None:
    app = Application()
    app.config["TRUSTED_HOSTS"] = ["api.example"]
    client = app.test_client()
    for host, status in (("api.example", 200), ("evil.example", 400)):
        got = client.get("/signed", base_url=f"http://{host}", headers=header("GET", f"http://{host}/signed"))
        assert got.status_code == status


def test_a_head_with_a_form_reaches_the_view_for_get() -> None:
    """The form is read before the hook that reads it, though the view has no method of that name."""
    sent = {**FORM, **header("HEAD", "http://localhost/signed", FORM, b"a=1")}
    assert Application().test_client().head("/signed", data=b"a=1", headers=sent).status_code == 200


def scope(path: str = "/x") -> dict[str, Any]:
    headers = [(b"host", b"api.example"), (b"content-type", b"application/x-www-form-urlencoded")]
    return {"type": "http", "method": "POST", "scheme": "https", "path": path, "query_string": b"", "headers": headers}


class Pieces:
    """A body in pieces, as the application receives it."""

    def __init__(self, *pieces: bytes, ends: bool = True) -> None:
        self.left = [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces]
        self.left.append({"type": "http.request", "body": b""} if ends else {"type": "http.disconnect"})

    async def __call__(self) -> Any:
        return self.left.pop(0) if self.left else {"type": "http.disconnect"}


def test_starlette_hands_over_the_body_and_the_view_reads_it_again() -> None:
    async def taken() -> tuple[IncomingRequest, bytes, IncomingRequest]:
        request = Request(scope(), Pieces(b"a=", b"1"))
        return await incoming_starlette(request), await request.body(), await incoming_starlette(request)

    first, body, second = asyncio.run(taken())
    assert (first.fault, first.body, body, second.body) == (None, b"a=1", b"a=1", b"a=1")


def test_starlette_takes_no_body_in_endless_pieces() -> None:
    request = Request(scope(), Pieces(*[b"a"] * (MAX_PIECES + 1)))
    assert len(asyncio.run(incoming_starlette(request)).body) == MAX_REQUEST_BODY + 1


def test_starlette_reads_an_endless_body_no_further_than_it_has_to() -> None:
    pieces = Pieces(*[b"a" * 1000] * 20)
    body = asyncio.run(incoming_starlette(Request(scope(), pieces), max_body=2500)).body
    assert body == b"a" * 3000
    assert len(pieces.left) == 18


def test_starlette_says_that_a_body_was_read_before() -> None:
    async def taken() -> IncomingRequest:
        request = Request(scope(), Pieces(b"a=1"))
        assert [chunk async for chunk in request.stream()] == [b"a=1", b""]
        return await incoming_starlette(request)

    with pytest.raises(RuntimeError, match="Stream consumed"):
        asyncio.run(taken())


def test_starlette_hands_over_what_arrived_before_the_client_went_away() -> None:
    request = Request(scope(), Pieces(b"a=", b"1", ends=False))
    assert asyncio.run(incoming_starlette(request)).body == b"a=1"


def test_a_client_that_goes_away_is_seen_by_the_application_too() -> None:
    async def taken() -> tuple[bytes, list[Any]]:
        body, receive = await read_body(Pieces(b"a=1", ends=False), 100)
        return body, [await receive(), await receive()]

    body, messages = asyncio.run(taken())
    assert body == b"a=1"
    assert [message["type"] for message in messages] == ["http.request", "http.disconnect"]


def test_a_body_in_too_many_pieces_reaches_an_open_application_whole() -> None:
    """The code that keeps bodies for others keeps all of it, and only counts it as too long."""

    async def taken() -> tuple[int, bytes]:
        sent = [b"%d" % (number % 10) for number in range(MAX_PIECES + 5)]
        body, receive = await read_body(Pieces(*sent), 1024 * 1024)
        whole, more = b"", True
        while more:
            message = await receive()
            whole += message.get("body", b"")
            more = message.get("more_body", False)
        assert whole == b"".join(sent)
        return len(body), whole

    assert asyncio.run(taken())[0] == 1024 * 1024 + 1


def test_an_answer_keeps_the_cache_control_of_the_application() -> None:
    sent: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"Cache-Control", b"no-store")]})
        await send({"type": "http.response.body"})

    async def send(message: Any) -> None:
        sent.append(message)

    store = MemoryStore([Client.create("client", "secret")])
    signed = header("GET", "https://api.example/x")["Authorization"].encode()
    asked = {**scope(), "method": "GET", "headers": [(b"host", b"api.example"), (b"authorization", signed)]}
    asyncio.run(VerifyingMiddleware(app, AsyncVerifier(store, token="optional"))(asked, Pieces(), send))
    assert sent[0]["headers"] == [(b"Cache-Control", b"no-store"), (b"vary", b"Authorization")]


def test_a_refused_head_has_no_body_also_where_refusals_are_explained() -> None:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    middleware = VerifyingMiddleware(None, AsyncVerifier(MemoryStore()), explain=True)  # type: ignore[arg-type]
    asyncio.run(middleware({**scope(), "method": "HEAD"}, Pieces(), send))
    assert (sent[0]["status"], sent[1]["body"]) == (401, b"")
    assert b"content-length" not in dict(sent[0]["headers"])
