"""ASGI middleware: the application behind it sees signed requests only."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, TypeAlias

from oauthone.core.verified import Verified
from oauthone.server.admission import MAX_BODY, Admission, OnRefusal, private
from oauthone.server.answers import Answer
from oauthone.server.arrival import from_scope
from oauthone.server.verifier import AsyncVerifier

Message: TypeAlias = MutableMapping[str, Any]
Scope: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
Application: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]

#: Where the application finds `Verified` in its scope.
VERIFIED = "oauthone.verified"


class VerifyingMiddleware:
    """Verifies each request, hands the application ``scope["oauthone.verified"]``, and answers the others itself.

    A WebSocket is refused where requests are protected: nothing signs its messages.

    Args:
        app: the ASGI application.
        verifier: how requests are verified.
        protects: says of a scope whether it is protected; by default all are.
        explain: answer refused requests with the reason, the base string and the first difference: for sandboxes.
        max_body: how many octets of a body that the signature covers are read; others are left to the application.
        on_refusal: told of each refused request and of each failure of the store, for logs.
    """

    def __init__(
        self,
        app: Application,
        verifier: AsyncVerifier,
        *,
        protects: Callable[[Scope], bool] = lambda scope: True,
        explain: bool = False,
        max_body: int = MAX_BODY,
        on_refusal: OnRefusal | None = None,
    ) -> None:
        self._app = app
        self._verifier = verifier
        self._protects = protects
        self._admission = Admission(verifier, AsyncVerifier, explain=explain, max_body=max_body, on_refusal=on_refusal)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or not self._protects(scope):
            return await self._app(scope, receive, send)
        if scope["type"] != "http":
            return await send({"type": "websocket.close", "code": 1008})
        arrival, body = from_scope(scope), b""
        if arrival.needs_body(self._admission.policy):
            body, receive = await read_body(receive, self._admission.max_body)
        outcome = await self._verifier.walk(self._admission.steps(arrival, body))
        if not isinstance(outcome, Verified):
            return await _send_answer(outcome, send)
        await self._app({**scope, VERIFIED: outcome}, receive, privately(send))


async def read_body(receive: Receive, limit: int) -> tuple[bytes, Receive]:
    """The body, and what the application receives it from again. Reading ends soon after ``limit``."""
    messages: list[Message] = []
    size, more = 0, True
    while more and size <= limit:
        messages.append(await receive())
        size += len(messages[-1].get("body", b""))
        more = bool(messages[-1].get("more_body"))
    body = b"".join([message.get("body", b"") for message in messages])
    messages.reverse()

    async def receive_again() -> Message:
        return messages.pop() if messages else await receive()

    return body, receive_again


async def _send_answer(answer: Answer, send: Send) -> None:
    headers = [*answer.headers, ("Content-Length", str(len(answer.body)))]
    octets = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
    await send({"type": "http.response.start", "status": answer.status, "headers": octets})
    await send({"type": "http.response.body", "body": answer.body})


def privately(send: Send) -> Send:
    """``send`` for the answer to a signed request, which no shared cache may serve to others."""

    async def send_privately(message: Message) -> None:
        if message["type"] == "http.response.start":
            pairs = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in message.get("headers", ())]
            octets = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in private(pairs)]
            message = {**message, "headers": [(name.lower(), value) for name, value in octets]}
        await send(message)

    return send_privately
