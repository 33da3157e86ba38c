"""FastAPI: the dependency, and how an application handles its rejections."""

from collections.abc import Callable
from typing import Any

import pytest

from oauthone import Signer
from oauthone.errors import StoreError
from oauthone.server import AsyncVerifier, MemoryStore

from .glue.scopes import CLIENTS, FORM, Whatever, new_store, status_of
from .glue.surfaces import served

WHATEVER = [
    Whatever({}, "", None),
    Whatever(FORM, "", None),
    Whatever(FORM, "", b"a=1"),
    Whatever({"Content-Type": "application/json"}, "?oauth_body_hash=1", b"{}"),
    Whatever({"Authorization": 'OAuth oauth_body_hash="x"'}, "", b"x"),
]


@pytest.mark.parametrize("name", ["fastapi", "fastapi-alone"])
@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("one", WHATEVER)
def test_a_dependency_rejects_every_unsigned_request(name: str, method: str, one: Whatever) -> None:
    with served(name, new_store(), {}, {}) as port:
        assert status_of(port, method, one) in (400, 401)


def with_form_fields(keep_body: bool, **options: Any) -> Any:
    """FastAPI, which calls dependencies after it has read the form."""
    from fastapi import Depends, FastAPI, Form

    from oauthone.server.fastapi import RequireSignature
    from oauthone.server.starlette import SignedBodyMiddleware

    app, verifier = FastAPI(), AsyncVerifier(new_store())
    signed, field = Depends(RequireSignature(verifier, **options)), Form("")

    async def view(verified: Any = signed, a: str = field) -> str:
        return a

    app.add_api_route("/", view, methods=["GET", "POST"])
    if keep_body:
        app.add_middleware(SignedBodyMiddleware, verifier=verifier)
    return app


def test_form_fields_in_fastapi_come_after_the_signature(serve_here: Callable[[Any], int]) -> None:
    port = serve_here(with_form_fields(keep_body=True))
    signer = Signer("client", "secret", token="t", token_secret="ts")
    signed = signer.sign("POST", f"http://127.0.0.1:{port}/", FORM, b"a=1")
    headers = {**FORM, "Authorization": str(signed.authorization)}
    assert status_of(port, "POST", Whatever(headers, "", b"a=2")) == 401
    assert status_of(port, "POST", Whatever(headers, "", b"a=1")) == 200


def test_an_application_that_hides_bodies_raises_for_every_request() -> None:
    """The first request, with any content, shows its developer the mistake."""
    from starlette.applications import Starlette
    from starlette.middleware import Middleware
    from starlette.middleware.authentication import AuthenticationMiddleware
    from starlette.testclient import TestClient

    from oauthone.server.starlette import SignatureBackend, SignedBodyMiddleware

    verifier = AsyncVerifier(new_store())
    authentication = Middleware(AuthenticationMiddleware, backend=SignatureBackend(verifier))
    stricter = Middleware(
        AuthenticationMiddleware, backend=SignatureBackend(AsyncVerifier(new_store(), body_hash="required"))
    )
    keeper: Any = SignedBodyMiddleware
    for app in (
        with_form_fields(keep_body=False),
        with_form_fields(keep_body=True, max_body=2 * 1024 * 1024),
        Starlette(middleware=[authentication]),
        Starlette(middleware=[Middleware(keeper, verifier=verifier, max_body=10), authentication]),
        Starlette(middleware=[Middleware(keeper, verifier=verifier), stricter]),
    ):
        client = TestClient(app)
        for one in WHATEVER:
            with pytest.raises(
                RuntimeError, match=r"add the middleware oauthone\.server\.starlette\.SignedBodyMiddleware"
            ):
                client.request("POST", f"/{one.query}", headers=one.headers, content=one.body)


def test_an_application_may_write_its_own_rejections() -> None:
    """With a handler for them, or with a handler for their status, which reads their detail."""
    from fastapi import Depends, FastAPI
    from fastapi.responses import JSONResponse
    from starlette.testclient import TestClient

    from oauthone.server.fastapi import RequireSignature, SignatureRejected

    class Down(MemoryStore):
        def find_credentials(self, *asked: Any) -> Any:
            raise StoreError("down")

    signer = Signer("client", "secret", token="t", token_secret="wrong")
    sent = {"Authorization": str(signer.sign("GET", "http://testserver/").authorization)}

    async def worded(request: Any, refused: Any) -> Any:
        return JSONResponse([refused.detail], refused.status_code)

    def say(key: Any, given: Any, **options: Any) -> Any:
        app = FastAPI(exception_handlers={key: worded})
        app.get("/", dependencies=[Depends(RequireSignature(AsyncVerifier(given), **options))])(lambda: "let in")
        return TestClient(app).get("/", headers=sent).json()

    assert say(SignatureRejected, new_store()) == ["oauth_problem=signature_invalid"]
    assert say(401, new_store()) == ["oauth_problem=signature_invalid"]
    assert say(401, new_store(), explain=True)[0]["problem"] == "signature_invalid"
    assert say(503, Down(CLIENTS)) == ["Service Unavailable"]
