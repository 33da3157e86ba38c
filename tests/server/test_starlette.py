"""Starlette: users, scopes and sockets, and bodies in pieces or from clients that went away."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from starlette.requests import Request

from oauthone import Signer
from oauthone.server import AsyncVerifier, Client, IncomingRequest, MemoryStore
from oauthone.server._protector import DEFAULT_MAX_BODY
from oauthone.server.asgi import MAX_PIECES, VerifyingMiddleware, read_body
from oauthone.server.starlette import incoming_request as incoming_starlette

from .glue.scopes import FORM, Whatever, call, header, new_store, status_of


def starlette_app(*arguments: Any, **options: Any) -> Any:
    from starlette.applications import Starlette
    from starlette.responses import JSONResponse
    from starlette.routing import Route, WebSocketRoute

    from oauthone.server.starlette import signature_authentication

    async def view(request: Any) -> Any:
        user = request.user
        return JSONResponse([user.is_authenticated, user.display_name, request.auth.scopes])

    async def socket(websocket: Any) -> None:
        await websocket.accept()
        await websocket.send_json(websocket.user.is_authenticated)
        await websocket.close()

    return Starlette(
        routes=[Route("/", view, methods=["GET", "POST"]), WebSocketRoute("/socket", socket)],
        middleware=signature_authentication(*arguments, **options),
    )


def signed_scope(**signer: Any) -> dict[str, Any]:
    authorization = Signer("client", "secret", **signer).sign("GET", "https://x.example/").authorization
    return {"type": "http", "headers": [(b"host", b"x.example"), (b"authorization", str(authorization).encode())]}


@pytest.mark.parametrize(
    ("credentials", "body"),
    [
        (None, b'[false,"",[]]'),
        ({"token": "t", "token_secret": "ts"}, b'[true,"ann",["authenticated","read","write"]]'),
        ({}, b'[true,"client",["authenticated"]]'),
    ],
    ids=["nobody", "a user", "a client"],
)
def test_the_user_of_starlette_is_verified_or_anonymous(credentials: dict[str, str] | None, body: bytes) -> None:
    scope = {"type": "http"} if credentials is None else signed_scope(**credentials)
    app = starlette_app(AsyncVerifier(new_store(), token="optional"))
    start, content = asyncio.run(call(app, scope))
    assert (start["status"], content["body"]) == (200, body)


@pytest.mark.parametrize(
    ("target", "form"),
    [
        ("/?q=what+is+oauth_token", None),
        ("/?q=oauth_signature", None),
        ("/?oauth_token=abc&oauth_verifier=xyz", None),
        ("/", b"comment=see+oauth_consumer_key"),
    ],
)
def test_requests_that_only_mention_oauth_are_anonymous(
    target: str, form: bytes | None, serve_here: Callable[[Any], int]
) -> None:
    port = serve_here(starlette_app(AsyncVerifier(new_store())))
    one = Whatever(FORM if form else {}, target.removeprefix("/"), form)
    assert status_of(port, "POST", one) == 200


@pytest.mark.parametrize("placement", ["QUERY", "BODY"])
def test_a_signature_in_a_query_or_form_is_verified(placement: Any, serve_here: Callable[[Any], int]) -> None:
    port = serve_here(starlette_app(AsyncVerifier(new_store())))
    signer = Signer("client", "secret", token="t", token_secret="wrong", signature_type=placement)
    signed = signer.sign("POST", f"http://127.0.0.1:{port}/", FORM, b"a=1")
    query = signed.url.partition("?")[2]
    body = signed.body if isinstance(signed.body, bytes) else b"a=1"
    assert status_of(port, "POST", Whatever(FORM, f"?{query}", body)) == 401


def test_the_scopes_of_starlette_are_those_of_the_token() -> None:
    signer = Signer("client", "secret", token="t", token_secret="ts")
    signed = signer.sign("GET", "https://x.example/?scope=admin", realm="admin", extra={"oauth_scope": "admin"})
    headers = [(b"host", b"x.example"), (b"authorization", str(signed.authorization).encode())]
    scope = {"type": "http", "headers": headers, "query_string": b"scope=admin"}
    _, content = asyncio.run(call(starlette_app(AsyncVerifier(new_store())), scope))
    assert content["body"] == b'[true,"ann",["authenticated","read","write"]]'


def test_a_websocket_is_anonymous() -> None:
    app = starlette_app(AsyncVerifier(new_store()))
    sent = asyncio.run(call(app, {"type": "websocket", "path": "/socket", "subprotocols": []}))
    assert sent[1]["text"] == "false"


def test_an_error_of_another_backend_is_a_400() -> None:
    from starlette.authentication import AuthenticationError
    from starlette.requests import HTTPConnection

    from oauthone.server.starlette import on_auth_error

    assert on_auth_error(HTTPConnection({"type": "http"}), AuthenticationError("x")).status_code == 400


def test_a_body_that_breaks_off_is_not_what_was_signed() -> None:
    from starlette.exceptions import HTTPException
    from starlette.requests import Request
    from starlette.responses import Response

    from oauthone.server.fastapi import RequireSignature

    signer = Signer("client", "secret", token="t", token_secret="ts")
    signed = signer.sign("POST", "https://x.example/", FORM, b"a=1&b=2")
    headers = [(b"host", b"x.example"), (b"content-type", FORM["Content-Type"].encode())]
    headers.append((b"authorization", str(signed.authorization).encode()))
    scope = {"type": "http", "method": "POST", "path": "/", "scheme": "https", "query_string": b"", "headers": headers}
    messages = [{"type": "http.request", "body": b"a=1", "more_body": True}, {"type": "http.disconnect"}]

    async def receive() -> Any:
        return messages.pop(0)

    with pytest.raises(HTTPException) as caught:
        asyncio.run(RequireSignature(AsyncVerifier(new_store()))(Request(scope, receive), Response()))
    assert caught.value.status_code == 401


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


def test_starlette_rejects_a_body_in_endless_pieces() -> None:
    request = Request(scope(), Pieces(*[b"a"] * (MAX_PIECES + 1)))
    assert len(asyncio.run(incoming_starlette(request)).body) == DEFAULT_MAX_BODY + 1


def test_starlette_reads_an_endless_body_no_further_than_it_has_to() -> None:
    pieces = Pieces(*[b"a" * 1000] * 20)
    body = asyncio.run(incoming_starlette(Request(scope(), pieces), max_body=2500)).body
    assert body == b"a" * 3000
    assert len(pieces.left) == 18


def test_starlette_raises_if_a_body_was_read_before() -> None:
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


def test_a_response_keeps_the_cache_control_of_the_application() -> None:
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


def test_the_response_to_a_rejected_head_has_no_body_even_with_explanations() -> None:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    middleware = VerifyingMiddleware(None, AsyncVerifier(MemoryStore()), explain=True)  # type: ignore[arg-type]
    asyncio.run(middleware({**scope(), "method": "HEAD"}, Pieces(), send))
    assert (sent[0]["status"], sent[1]["body"]) == (401, b"")
    assert b"content-length" not in dict(sent[0]["headers"])
