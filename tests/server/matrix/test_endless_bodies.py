"""A body is kept as its bytes, in however many messages they arrive, and only up to the limit."""

import asyncio
import tracemalloc
from collections.abc import Iterator
from itertools import chain, repeat
from typing import Any

import pytest

from . import asgi_applications
from .exchange import Outcome
from .in_process import Called, await_asgi, scope_of
from .servers import PAIRS, Pool
from .signing import Meant
from .spellings import Spelling, chunked
from .test_legitimate import WITHOUT_GLUE
from .views import FORM

MESSAGES = 100_000
MAX_BODY = 1024 * 1024
#: Some of the bytes are kept twice, and a growing buffer is larger than its content.
MUCH = 2 * 1024 * 1024


def message(body: bytes) -> dict[str, Any]:
    """One of many messages."""
    return {"type": "http.request", "body": body, "more_body": True}


LAST = {"type": "http.request", "body": b"", "more_body": False}
BODIES = {
    "empty messages": ("a=1", lambda: chain([message(b"a=1")], (message(b"") for _ in repeat(0, MESSAGES)), [LAST])),
    "single octets": (
        "a=" + "x" * MESSAGES,
        lambda: chain((message(bytes([o])) for o in b"a=" + b"x" * MESSAGES), [LAST]),
    ),
}


def served(app: Any, meant: Meant, messages: Iterator[dict[str, Any]]) -> tuple[Called, int]:
    """Return the response, and the peak of the memory meanwhile."""

    async def both() -> tuple[Called, int]:
        scope = scope_of(meant, FORM)
        tracemalloc.start()
        try:
            called = await await_asgi(app, scope, messages)
            return called, tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    return asyncio.run(both())


async def refusing(scope: Any, receive: Any, send: Any) -> None:
    """An application behind a middleware that does not read the body again, so that only our code is measured."""
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body", "body": b""})


def behind_middleware() -> Any:
    """The ASGI middleware."""
    from oauthone.server.asgi import VerifyingMiddleware

    return VerifyingMiddleware(refusing, asgi_applications.verifier())


def behind_backend() -> Any:
    """Starlette's authentication."""
    from starlette.applications import Starlette

    from oauthone.server.starlette import signature_authentication

    app = Starlette(middleware=signature_authentication(asgi_applications.verifier()))
    app.router.default = refusing
    return app


def behind_dependency(*, keeps_bodies: bool = False) -> Any:
    """FastAPI's dependency, which reads the body itself."""
    from fastapi import Depends, FastAPI, Response

    from oauthone.server.fastapi import RequireSignature
    from oauthone.server.starlette import SignedBodyMiddleware

    verifier = asgi_applications.verifier()
    signed = Depends(RequireSignature(verifier))

    async def seen(verified: Any = signed) -> Any:
        return Response(status_code=204)

    app = FastAPI(openapi_url=None)
    app.add_api_route("/{rest:path}", seen, methods=["POST"], response_model=None)
    if keeps_bodies:
        app.add_middleware(SignedBodyMiddleware, verifier=verifier)
    return app


def behind_keeping_middleware() -> Any:
    """FastAPI's dependency, behind the middleware that reads bodies for it."""
    return behind_dependency(keeps_bodies=True)


MAKERS = [behind_middleware, behind_backend, behind_dependency, behind_keeping_middleware]


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("make", [behind_middleware, behind_backend], ids=lambda make: make.__name__)
def test_many_messages_take_no_more_memory_than_their_octets(make: Any, body: str) -> None:
    form, messages = BODIES[body]
    called, most = served(make(), Meant("POST", form=form), messages())
    assert called.status in (204, 400, 413)
    assert most < MUCH, f"{most:,} octets"


@pytest.mark.parametrize("make", MAKERS, ids=lambda make: make.__name__)
def test_a_body_without_end_ends(make: Any) -> None:
    called, most = served(make(), Meant("POST", form="a=1"), repeat(message(b"x" * 4096)))
    assert called.status in (400, 413)
    assert most < 8 * MUCH, f"{most:,} octets"


@pytest.mark.parametrize("make", MAKERS, ids=lambda make: make.__name__)
def test_empty_messages_without_end_end(make: Any) -> None:
    async def call() -> Called:
        messages = chain((message(b"") for _ in range(3 * MAX_BODY)), ended())
        return await await_asgi(make(), scope_of(Meant("POST", form="a=1"), FORM), messages)

    assert asyncio.run(call()).status in (400, 413)


def ended() -> Iterator[dict[str, Any]]:
    """Return the message after the body."""
    pytest.fail("it goes on receiving")
    yield LAST


@pytest.mark.parametrize(("server", "application"), PAIRS, ids=map("/".join, PAIRS))
def test_a_form_in_single_octets_is_a_form(pool: Pool, server: str, application: str) -> None:
    form = "a=" + "x" * 500
    spelling = Spelling(
        "single octets",
        Meant("POST", form=form),
        headers=(("Content-Type", FORM), ("Transfer-Encoding", "chunked")),
        body=chunked(form.encode(), 1),
    )
    outcome = Outcome(pool, server, application, spelling)
    assert outcome.fault is None
    without = Outcome(pool, server, WITHOUT_GLUE.get(application, "open"), spelling)
    reads_chunks = without.view is not None and bool(without.view["form"])
    assert outcome.view is not None or not reads_chunks, outcome.said
