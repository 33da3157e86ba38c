"""The differences between the frameworks: anonymous requests, sockets, settings, and mistakes of a developer."""

import asyncio
import http.client
import json
from collections.abc import Callable, Generator
from contextlib import ExitStack
from io import BytesIO
from typing import Any, NamedTuple, cast

import pytest

from oauthone import Signer
from oauthone.errors import StoreError
from oauthone.server import AsyncVerifier, Client, IssuedToken, MemoryStore, Provider, Verifier

from .surfaces import ASGI, WSGI, served, urls

CLIENTS = [Client.create("client", "secret")]


def store() -> MemoryStore:
    made = MemoryStore(CLIENTS)
    made.save_token(IssuedToken("t", "ts", "client", "ann", extra={"scope": "read write"}))
    return made


def test_asgi_lets_no_socket_pass_and_what_is_not_protected_alone() -> None:
    from oauthone.server.asgi import VerifyingMiddleware

    seen: list[str] = []
    sent: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.append(scope["type"])

    async def send(message: Any) -> None:
        sent.append(message)

    async def drive() -> None:
        middleware = VerifyingMiddleware(
            app, AsyncVerifier(store()), protects=lambda scope: scope.get("path", "").startswith("/api")
        )
        for scope in ({"type": "lifespan"}, {"type": "http", "path": "/"}, {"type": "websocket", "path": "/api"}):
            await middleware(scope, None, send)

    asyncio.run(drive())
    assert seen == ["lifespan", "http"]
    assert sent == [{"type": "websocket.close", "code": 1008}]


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


async def call(app: Any, scope: dict[str, Any], body: bytes = b"") -> list[Any]:
    """Return the messages of an ASGI application."""
    sent: list[Any] = []
    first = {"type": "websocket.connect"} if scope["type"] == "websocket" else {"type": "http.request", "body": body}

    async def receive() -> Any:
        return first

    async def send(message: Any) -> None:
        sent.append(message)

    base = {"headers": [(b"host", b"x.example")], "method": "GET", "path": "/", "query_string": b"", "scheme": "https"}
    await app({**base, **scope}, receive, send)
    return sent


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
def test_starlettes_user_is_who_signed_or_anonymous(credentials: dict[str, str] | None, body: bytes) -> None:
    scope = {"type": "http"} if credentials is None else signed_scope(**credentials)
    app = starlette_app(AsyncVerifier(store(), token="optional"))
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
def test_people_who_mention_oauth_or_come_back_from_a_provider_are_anonymous(
    target: str, form: bytes | None, serve_here: Callable[[Any], int]
) -> None:
    port = serve_here(starlette_app(AsyncVerifier(store())))
    one = Whatever(FORM if form else {}, target.removeprefix("/"), form)
    assert status_of(port, "POST", one) == 200


@pytest.mark.parametrize("placement", ["QUERY", "BODY"])
def test_who_signed_in_a_query_or_a_form_is_verified(placement: Any, serve_here: Callable[[Any], int]) -> None:
    port = serve_here(starlette_app(AsyncVerifier(store())))
    signer = Signer("client", "secret", token="t", token_secret="wrong", signature_type=placement)
    signed = signer.sign("POST", f"http://127.0.0.1:{port}/", FORM, b"a=1")
    query = signed.url.partition("?")[2]
    body = signed.body if isinstance(signed.body, bytes) else b"a=1"
    assert status_of(port, "POST", Whatever(FORM, f"?{query}", body)) == 401


def test_starlettes_scopes_are_those_of_the_token_whatever_a_request_asks_for() -> None:
    signer = Signer("client", "secret", token="t", token_secret="ts")
    signed = signer.sign("GET", "https://x.example/?scope=admin", realm="admin", extra={"oauth_scope": "admin"})
    headers = [(b"host", b"x.example"), (b"authorization", str(signed.authorization).encode())]
    scope = {"type": "http", "headers": headers, "query_string": b"scope=admin"}
    _, content = asyncio.run(call(starlette_app(AsyncVerifier(store())), scope))
    assert content["body"] == b'[true,"ann",["authenticated","read","write"]]'


def test_a_socket_is_anonymous() -> None:
    app = starlette_app(AsyncVerifier(store()))
    sent = asyncio.run(call(app, {"type": "websocket", "path": "/socket", "subprotocols": []}))
    assert sent[1]["text"] == "false"


def test_another_backends_error_is_a_400() -> None:
    from starlette.authentication import AuthenticationError
    from starlette.requests import HTTPConnection

    from oauthone.server.starlette import on_auth_error

    assert on_auth_error(HTTPConnection({"type": "http"}), AuthenticationError("x")).status_code == 400


class Whatever(NamedTuple):
    """An unsigned request."""

    headers: dict[str, str]
    query: str
    body: bytes | None


FORM = {"Content-Type": "application/x-www-form-urlencoded"}
WHATEVER = [
    Whatever({}, "", None),
    Whatever(FORM, "", None),
    Whatever(FORM, "", b"a=1"),
    Whatever({"Content-Type": "application/json"}, "?oauth_body_hash=1", b"{}"),
    Whatever({"Authorization": 'OAuth oauth_body_hash="x"'}, "", b"x"),
]


def status_of(port: int, method: str, one: Whatever) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request(method, f"/{one.query}", one.body, one.headers)
        return connection.getresponse().status
    finally:
        connection.close()


@pytest.fixture
def serve_here(monkeypatch: pytest.MonkeyPatch) -> Generator[Callable[[Any], int], None, None]:
    """Serves an ASGI application, and returns its port."""
    with ExitStack() as stack:

        def serve(app: Any) -> int:
            monkeypatch.setitem(ASGI, "here", lambda store, settings, options: app)
            return stack.enter_context(served("here", None, {}, {}))

        yield serve


@pytest.mark.parametrize("name", ["fastapi", "fastapi-alone"])
@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("one", WHATEVER)
def test_a_dependency_answers_whatever_comes(name: str, method: str, one: Whatever) -> None:
    with served(name, store(), {}, {}) as port:
        assert status_of(port, method, one) in (400, 401)


def with_form_fields(keep_body: bool, **options: Any) -> Any:
    """FastAPI, which calls dependencies after it has read the form."""
    from fastapi import Depends, FastAPI, Form

    from oauthone.server.fastapi import RequireSignature
    from oauthone.server.starlette import SignedBodyMiddleware

    app, verifier = FastAPI(), AsyncVerifier(store())
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


def test_an_application_that_hides_bodies_from_verification_says_so_whatever_comes() -> None:
    """The first request, with any content, shows its developer the mistake."""
    from starlette.applications import Starlette
    from starlette.middleware import Middleware
    from starlette.middleware.authentication import AuthenticationMiddleware
    from starlette.testclient import TestClient

    from oauthone.server.starlette import SignatureBackend, SignedBodyMiddleware

    verifier = AsyncVerifier(store())
    authentication = Middleware(AuthenticationMiddleware, backend=SignatureBackend(verifier))
    stricter = Middleware(
        AuthenticationMiddleware, backend=SignatureBackend(AsyncVerifier(store(), body_hash="required"))
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


def test_an_application_may_word_refusals_of_its_own() -> None:
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

    assert say(SignatureRejected, store()) == ["oauth_problem=signature_invalid"]
    assert say(401, store()) == ["oauth_problem=signature_invalid"]
    assert say(401, store(), explain=True)[0]["problem"] == "signature_invalid"
    assert say(503, Down(CLIENTS)) == ["Service Unavailable"]


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
        asyncio.run(RequireSignature(AsyncVerifier(store()))(Request(scope, receive), Response()))
    assert caught.value.status_code == 401


def test_a_view_of_one_kind_needs_a_verifier_of_its_kind() -> None:
    from oauthone.server.django import signature_required

    async def later(request: Any) -> None: ...

    def now(request: Any) -> None: ...

    for verifier, view in ((Verifier(store()), later), (AsyncVerifier(store()), now)):
        with pytest.raises(TypeError, match="a plain view needs a Verifier"):
            signature_required(verifier)(view)


def flask_that_reads_forms_first(*, hidden: bool = False, **options: Any) -> Any:
    """A hook, such as CSRF protection, that reads each form before the view is called."""
    import flask
    from flask.views import MethodView

    from oauthone.server.flask import keep_body, signature_required

    app = flask.Flask("app")
    signed = signature_required(Verifier(store()), **options)

    @app.before_request
    def read_form() -> None:
        assert flask.request.form.get("a") != "forged"

    def view() -> Any:
        return [flask.g.verified.user, flask.request.form["a"], flask.request.get_data(as_text=True)]

    class InAClass(MethodView):
        @signed
        def post(self) -> Any:
            return view()

    app.add_url_rule("/", "view", (lambda: signed(view)()) if hidden else signed(view), methods=["POST"])
    app.add_url_rule("/class", view_func=InAClass.as_view("class"))
    app.post("/kept", endpoint="kept")(keep_body()(lambda: flask.request.get_data(as_text=True)))
    app.post("/alone", endpoint="alone")(lambda: flask.request.get_data(as_text=True))
    return app


def sign_form(url: str, body: bytes = b"a=1", **signer: Any) -> dict[str, str]:
    signed = Signer("client", "secret", token="t", token_secret="ts", **signer).sign("POST", url, FORM, body)
    return {**FORM, "Authorization": str(signed.authorization)}


@pytest.mark.parametrize("path", ["/", "/class"])
@pytest.mark.parametrize("chunked", [False, True])
def test_a_form_that_flask_reads_first_is_verified(path: str, chunked: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    app = flask_that_reads_forms_first(max_body=1000)
    monkeypatch.setitem(WSGI, "flask-here", lambda store, settings, options: app)
    with served("flask-here", None, {}, {}) as port:
        for sent, status in ((b"a=1", 200), (b"a=2", 401), (b"a=1" + b"1" * 1000, 400)):
            signed = b"a=1" if len(sent) == 3 else sent
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
            headers = sign_form(f"http://127.0.0.1:{port}{path}", signed)
            connection.request("POST", path, iter([sent]) if chunked else sent, headers, encode_chunked=chunked)
            answer = connection.getresponse()
            assert answer.status == status
            if status == 200:
                assert json.loads(answer.read()) == ["ann", "1", "a=1"]
            connection.close()


def test_flask_keeps_the_forms_of_views_that_verify_themselves() -> None:
    client = flask_that_reads_forms_first().test_client()
    assert client.post("/kept", data=b"a=1", headers=FORM).data == b"a=1"
    assert client.post("/kept", data=b"{}", content_type="application/json").data == b"{}"
    assert client.post("/alone", data=b"a=1", headers=FORM).data == b""
    assert client.post("/nowhere").status_code == 404


def test_a_form_that_is_gone_is_no_wrong_signature(caplog: pytest.LogCaptureFixture) -> None:
    """The log has the reason, and the client is not told that its signature is wrong."""
    told: list[Any] = []
    client = flask_that_reads_forms_first(hidden=True, on_refusal=told.append).test_client()
    answer = client.post("/", data=b"a=1", headers=sign_form("http://localhost/"))
    assert (answer.status_code, answer.data) == (400, b"oauth_problem=parameter_rejected")
    assert "a form was read before its signature was verified" in caplog.text
    assert "its octets are gone" in told[0].reason


@pytest.mark.parametrize("name", ["django-middleware", "django-middleware-async"])
@pytest.mark.parametrize(("path", "status"), [("/api/x", 401), ("/open", 500)])
def test_djangos_middleware_protects_the_paths_that_the_settings_say(name: str, path: str, status: int) -> None:
    """The view of these tests reads ``request.verified``, so it fails if nothing was verified."""
    import logging

    logging.getLogger("django.request").disabled = True
    with served(name, store(), {}, {"paths": ("/api/",)}) as port:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        connection.request("GET", path)
        assert connection.getresponse().status == status
        connection.close()
    logging.getLogger("django.request").disabled = False


VERIFIER = Verifier(store())
TOLD: list[Any] = []


def told(error: Any) -> None:
    TOLD.append(error)


def configure_django() -> None:
    import django
    from django.conf import settings

    if not settings.configured:
        settings.configure(SECRET_KEY="for tests only", USE_TZ=True)
        django.setup()


def django_client(**overrides: Any) -> Any:
    """A client of a site with these settings. Its view reads ``request.verified`` of accepted requests."""
    from django.http import HttpResponse
    from django.test import Client

    configure_django()

    def view(request: Any) -> Any:
        return HttpResponse(str(hasattr(request, "verified")))

    middleware = ["oauthone.server.django.verifying_middleware"]
    return Client(), {"ROOT_URLCONF": urls(view), "MIDDLEWARE": middleware, "ALLOWED_HOSTS": ["*"], **overrides}


def django_statuses(*paths: str, **overrides: Any) -> list[int]:
    from django.test.utils import override_settings

    client, given = django_client(**overrides)
    with override_settings(**given):
        return [client.get(path, headers={"Authorization": "OAuth x"}).status_code for path in paths]


@pytest.mark.parametrize("protected", ["/api/", ["/api/"], ("/api/", "/more")])
def test_the_verifier_in_djangos_settings_may_be_a_name_and_the_paths_one(protected: Any) -> None:
    chosen = {"VERIFIER": f"{__name__}.VERIFIER", "PATHS": protected, "ON_REFUSAL": f"{__name__}.told"}
    TOLD.clear()
    assert django_statuses("/api/x", "/pages", "/ap", OAUTHONE=chosen) == [400, 200, 200]
    assert [error.status for error in TOLD] == [400]
    assert django_statuses("/api/x", "/pages", OAUTHONE={"VERIFIER": VERIFIER}) == [400, 400]


@pytest.mark.parametrize(
    ("overrides", "words"),
    [
        ({}, r"OAUTHONE = \{'VERIFIER': 'mysite\.signatures\.verifier'\}"),
        ({"OAUTHONE": {}}, r"OAUTHONE = \{'VERIFIER'"),
        (
            {"OAUTHONE": {"VERIFIER": VERIFIER, "PATH": "/", "explain": True}},
            r"the unknown key 'PATH', 'explain': use EXPLAIN, ",
        ),
        ({"OAUTHONE": {"verifier": VERIFIER}}, r"OAUTHONE has the unknown key 'verifier'"),
        ({"OAUTHONE": {"VERIFIER": "mysite.nowhere"}}, r"OAUTHONE\['VERIFIER'\] cannot be imported: .*mysite"),
        ({"OAUTHONE": {"VERIFIER": VERIFIER, "ON_REFUSAL": "json.nothing"}}, r"OAUTHONE\['ON_REFUSAL'\] cannot"),
        ({"OAUTHONE": {"VERIFIER": f"{__name__}.told"}}, r"OAUTHONE\['VERIFIER'\] is an oauthone\.server\.Verifier"),
    ],
)
def test_django_says_what_is_wrong_with_its_settings(overrides: dict[str, Any], words: str) -> None:
    from django.core.exceptions import ImproperlyConfigured

    with pytest.raises(ImproperlyConfigured, match=words):
        django_statuses("/", **overrides)


def reads_post_first(get_response: Any) -> Any:
    """A middleware like those that look for another HTTP method in a form."""

    def middleware(request: Any) -> Any:
        request.POST.get("_method")
        return get_response(request)

    return middleware


def test_a_body_that_django_has_taken_apart_is_no_failure(caplog: pytest.LogCaptureFixture) -> None:
    """A form can be read again, a multipart body cannot."""
    from django.test.utils import override_settings

    client, given = django_client(OAUTHONE={"VERIFIER": Verifier(store())})
    given["MIDDLEWARE"] = [f"{__name__}.reads_post_first", *given["MIDDLEWARE"]]
    with override_settings(**given):
        assert client.post("/?oauth_body_hash=1", {"a": "1"}).status_code == 400
        assert "let no middleware before read request.POST" in caplog.text
        headers = sign_form("http://testserver/")
        kind = headers.pop("Content-Type")
        assert client.post("/", b"a=1", content_type=kind, headers=headers).status_code == 200


def endpoint_of_djangos(request: Any) -> Any:
    from django.http import HttpResponse

    from oauthone.server.django import incoming_request

    answer = Provider(store()).temporary_credentials(incoming_request(request))
    return HttpResponse(answer.body, status=answer.status)


def test_an_endpoint_answers_whatever_django_makes_of_the_body(caplog: pytest.LogCaptureFixture) -> None:
    """A length that is not a number, and a multipart body that was already read."""
    from django.test import Client
    from django.test.utils import override_settings

    configure_django()
    middleware = [f"{__name__}.reads_post_first"]
    with override_settings(ROOT_URLCONF=urls(endpoint_of_djangos), MIDDLEWARE=middleware, ALLOWED_HOSTS=["*"]):
        assert Client().post("/", {"a": "1"}).status_code == 403  # over plain http nothing is granted
        assert "let no middleware before read request.POST" in caplog.text
    with override_settings(ROOT_URLCONF=urls(endpoint_of_djangos), MIDDLEWARE=[], ALLOWED_HOSTS=["*"]):
        kind = "application/x-www-form-urlencoded"
        for length in ("abc", "-1", "9" * 30):
            got = Client().post("/", b"a=1", content_type=kind, headers={"Content-Length": length})
            assert got.status_code in (400, 401, 403)


@pytest.mark.parametrize(
    ("charset", "query", "status"),
    [
        ("utf-8", "q=%C3%A9", 200),
        ("UTF-8", "q=%ff", 200),
        ("iso-8859-1", "q=a%20b", 200),
        ("iso-8859-1", "q=%C3%A9", 400),
        ("utf-7", "note=x+ACY-admin+AD0-true", 400),
        ("cp037", "note=x", 400),
        ("utf-16", "note=x", 400),
        ("idna", "note=x", 400),
    ],
)
def test_no_charset_makes_another_query_of_the_signed_one(charset: str, query: str, status: int) -> None:
    """Django decodes the query by the charset of the Content-Type, which is not signed."""
    from django.test.utils import override_settings

    client, given = django_client(OAUTHONE={"VERIFIER": Verifier(store())})
    url = f"http://testserver/?{query}"
    made = Signer("client", "secret", token="t", token_secret="ts").sign("GET", url).authorization
    with override_settings(**given):
        got = client.generic(
            "GET", f"/?{query}", b"x", f"text/plain; charset={charset}", headers={"Authorization": made}
        )
        assert got.status_code == status


def test_a_host_that_django_does_not_allow_is_a_400() -> None:
    from django.test.utils import override_settings

    client, given = django_client(OAUTHONE={"VERIFIER": Verifier(store())})
    with override_settings(**{**given, "ALLOWED_HOSTS": ["api.example"]}):
        for host, status in (("api.example", 200), ("testserver", 400), ("u@api.example", 400)):
            made = Signer("client", "secret", token="t", token_secret="ts").sign("GET", f"http://{host}/").authorization
            assert client.get("/", headers={"Authorization": made, "Host": host}).status_code == status


def test_a_body_that_django_cannot_read_is_a_400() -> None:
    """For example, because the client closes the connection in the middle of it."""
    from django.test import RequestFactory
    from django.test.utils import override_settings

    from oauthone.server.django import incoming_request

    class Broken(BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise OSError("connection reset")

    configure_django()
    request = RequestFactory().post("/", b"a=1", content_type="application/x-www-form-urlencoded")
    request._stream = Broken()
    with override_settings(ALLOWED_HOSTS=["testserver"]):
        assert "cannot be read to the end" in str(incoming_request(request).fault)


@pytest.mark.parametrize("forwarded", [{}, {"X-Forwarded-Proto": "https"}])
def test_behind_a_proxy_django_goes_by_the_public_url_and_not_by_its_own_setting(forwarded: dict[str, str]) -> None:
    """Django's setting would make it trust a header that a client can send."""
    from django.test.utils import override_settings

    signer = Signer("client", "secret", token="t", token_secret="ts")
    for public_url, status in (("https://api.example", 200), (None, 401)):
        signed = signer.sign("GET", "https://api.example/")
        client, given = django_client(
            SECURE_PROXY_SSL_HEADER=("HTTP_X_FORWARDED_PROTO", "https"),
            OAUTHONE={"VERIFIER": Verifier(store(), public_url=public_url)},
        )
        with override_settings(**given):
            got = client.get("/", headers={"Authorization": signed.authorization, "Host": "api.example", **forwarded})
        assert got.status_code == status


def test_a_cache_control_of_the_views_own_stays() -> None:
    from oauthone.server.wsgi import _private_headers

    chosen = ("Cache-control", "no-store")
    assert _private_headers([chosen]) == [chosen, ("Vary", "Authorization")]


@pytest.mark.parametrize(
    ("chosen", "cache_control", "vary"),
    [
        ({}, "private", "Authorization"),
        ({"Cache-Control": "no-store"}, "no-store", "Authorization"),
        ({"Vary": "Cookie"}, "private", "Cookie, Authorization"),
        ({"Vary": "authorization"}, "private", "authorization"),
    ],
)
def test_the_views_own_caching_headers_stay_in_flask_and_django(
    chosen: dict[str, str], cache_control: str, vary: str
) -> None:
    from django.http import HttpResponse
    from flask import Response

    from oauthone.server import django, flask

    configure_django()
    for glue, response in ((django, HttpResponse(headers=chosen)), (flask, Response(headers=chosen))):
        private_one = glue._set_private_headers(response)
        assert private_one.headers["Cache-Control"] == cache_control
        assert private_one.headers["Vary"] == vary


@pytest.mark.parametrize("name", ["flask", "fastapi-alone", "django-async", "django-middleware-async"])
def test_a_form_that_does_not_say_how_long_it_is_is_read(name: str) -> None:
    """A chunked form is read up to the limit."""
    with served(name, store(), {}, {"max_body": 1000}) as port:
        for size, status in ((10, 200), (2000, 400)):
            headers = {"Content-Type": "application/x-www-form-urlencoded"}
            body = b"a=" + b"x" * size
            signer = Signer("client", "secret", token="t", token_secret="ts")
            signed = signer.sign("POST", f"http://127.0.0.1:{port}/", headers, body)
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
            sent = {**headers, "Authorization": str(signed.authorization)}
            connection.request("POST", "/", iter([body[:5], body[5:]]), sent, encode_chunked=True)
            assert connection.getresponse().status == status
            connection.close()


@pytest.mark.parametrize("name", ["wsgi", "asgi", "flask-async", "django", "starlette", "fastapi", "fastapi-alone"])
def test_a_long_form_needs_both_limits_raised(name: str) -> None:
    """The limit of the framework module, which reads the form, and that of the verifier, which parses it."""
    enough, body = 3 * 1024 * 1024, b"a=" + b"x" * 2_000_000
    statuses: list[int] = []
    told: list[Any] = []
    for settings in ({}, {"max_form": enough}):
        with served(name, store(), settings, {"max_body": enough, "on_refusal": told.append}) as port:
            headers = sign_form(f"http://127.0.0.1:{port}/", body)
            statuses.append(status_of(port, "POST", Whatever(headers, "", body)))
    assert statuses == [400, 200]
    assert [error.reason for error in told] == [f"the form is longer than {1024 * 1024} octets"]


@pytest.mark.parametrize("name", ["flask", "flask-async", "django", "django-middleware"])
def test_a_form_that_says_it_is_too_long_is_refused_unread(name: str) -> None:
    """The client never sends any of it."""
    import socket

    with served(name, store(), {}, {"max_body": 1000}) as port:
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        signer = Signer("client", "secret", token="t", token_secret="ts")
        signed = signer.sign("POST", f"http://127.0.0.1:{port}/", headers, b"a=1")
        head = f"POST / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: 1001\r\nConnection: close\r\n"
        head += f"Content-Type: {headers['Content-Type']}\r\nAuthorization: {signed.authorization}\r\n\r\n"
        with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
            connection.sendall(head.encode("ascii"))
            assert connection.makefile("rb").readline().split()[1] == b"400"


@pytest.mark.parametrize("explained", [False, True])
def test_a_verifier_of_the_wrong_kind_is_a_type_error_at_once(explained: bool) -> None:
    """A coroutine instead of a result would accept every request, and a result cannot be awaited."""
    from oauthone.server.asgi import VerifyingMiddleware as AsgiMiddleware
    from oauthone.server.fastapi import RequireSignature
    from oauthone.server.flask import signature_required
    from oauthone.server.starlette import SignatureBackend
    from oauthone.server.wsgi import VerifyingMiddleware as WsgiMiddleware

    plain, awaited, app = Verifier(MemoryStore()), AsyncVerifier(MemoryStore()), cast("Any", object())
    glues: list[tuple[Callable[..., object], object, str]] = [
        (signature_required, awaited, "a Verifier here, not of type AsyncVerifier: pass Verifier\\(store\\)"),
        (lambda verifier, **options: WsgiMiddleware(app, verifier, **options), awaited, "a Verifier here, not"),
        (lambda verifier, **options: AsgiMiddleware(app, verifier, **options), plain, "an AsyncVerifier here, not of"),
        (SignatureBackend, plain, "an AsyncVerifier here, not of"),
        (RequireSignature, plain, "an AsyncVerifier here, not of"),
    ]
    for glue, verifier, words in glues:
        with pytest.raises(TypeError, match=words):
            glue(verifier, explain=explained)


def test_a_listener_that_nobody_awaits_is_refused_at_once() -> None:
    from oauthone.server.flask import signature_required

    async def told(error: Exception) -> None:
        raise AssertionError(error)

    with pytest.raises(TypeError, match="on_refusal is a coroutine function"):
        signature_required(Verifier(MemoryStore()), on_refusal=cast("Any", told))


def test_a_public_url_counts_before_the_body_is_read() -> None:
    """Behind a Unix socket, the server's own name is not an authority, and no Host header replaces it."""
    from oauthone.server.asgi import VerifyingMiddleware

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    headers = sign_form("https://api.example/", b"a=1")
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/",
        "scheme": "http",
        "query_string": b"",
        "server": ("/run/socket", None),
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
    }
    verifier = AsyncVerifier(store(), public_url="https://api.example")
    sent = asyncio.run(call(VerifyingMiddleware(app, verifier), scope, b"a=1"))
    assert sent[0]["status"] == 204
