"""Flask: which request is verified, and what remains of it for the view."""

import http.client
import json
from importlib.metadata import version
from typing import Any

import flask
import pytest
from flask.views import MethodView

from oauthone import Signer
from oauthone.server import Client, IncomingRequest, MemoryStore, Verifier
from oauthone.server.flask import incoming_request, keep_body, signature_required

from .glue.scopes import FORM, header, new_store, sign_form
from .glue.surfaces import WSGI, served


def flask_that_reads_forms_first(*, hidden: bool = False, **options: Any) -> Any:
    """A hook, such as CSRF protection, that reads each form before the view is called."""
    import flask
    from flask.views import MethodView

    from oauthone.server.flask import keep_body, signature_required

    app = flask.Flask("app")
    signed = signature_required(Verifier(new_store()), **options)

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


def test_a_form_that_was_read_before_is_an_error_and_not_a_wrong_signature(caplog: pytest.LogCaptureFixture) -> None:
    """The log has the reason, and the client is not told that its signature is wrong."""
    told: list[Any] = []
    client = flask_that_reads_forms_first(hidden=True, on_refusal=told.append).test_client()
    answer = client.post("/", data=b"a=1", headers=sign_form("http://localhost/"))
    assert (answer.status_code, answer.data) == (400, b"oauth_problem=parameter_rejected")
    assert "a form was read before its signature was verified" in caplog.text
    assert "its octets are gone" in told[0].reason


class Application(flask.Flask):
    """Views that show what `incoming_request` returns, and a signed one."""

    def __init__(self) -> None:
        super().__init__("incoming")
        self.seen: list[IncomingRequest] = []
        verifier = Verifier(MemoryStore([Client.create("client", "secret")]), token="optional")

        class View(MethodView):
            @signature_required(verifier)
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


def test_flask_reports_a_form_that_was_read_before(caplog: pytest.LogCaptureFixture) -> None:
    app = Application()
    app.test_client().post("/late", data=b"a=1", headers=FORM)
    (request,) = app.seen
    assert request.body == b""
    assert "its octets are gone" in str(request.fault)
    assert "its octets are gone" in caplog.text


@pytest.mark.skipif(version("flask") < "3.1", reason="the setting TRUSTED_HOSTS is new in Flask 3.1")
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


@pytest.mark.parametrize("vary", [None, "Accept", "authorization", "Accept, Authorization"])
@pytest.mark.parametrize("cache_control", [None, "public", "no-store"])
def test_a_private_response_keeps_the_headers_of_the_view(vary: str | None, cache_control: str | None) -> None:
    """Werkzeug reads them as one ``Vary`` that names the header, and one ``Cache-Control``."""
    app = flask.Flask("app")
    given = {"Vary": vary, "cache-control": cache_control}

    @app.get("/")
    @signature_required(Verifier(new_store()))
    def view() -> Any:
        return flask.Response(headers={name: value for name, value in given.items() if value is not None})

    signed = Signer("client", "secret", token="t", token_secret="ts").sign("GET", "http://localhost/")
    answer = app.test_client().get("/", headers={"Authorization": str(signed.authorization)})
    assert answer.status_code == 200
    assert len(answer.headers.getlist("Vary")) == len(answer.headers.getlist("Cache-Control")) == 1
    assert "authorization" in answer.vary
    assert vary is None or set(answer.vary.as_set()) >= {name.strip().lower() for name in vary.split(",")}
    assert answer.headers["Cache-Control"] == (cache_control or "private")


def test_an_application_chooses_how_coroutines_run() -> None:
    """Flask asks ``ensure_sync``, which may be overridden; a plain view is called as it is."""

    class App(flask.Flask):
        def async_to_sync(self, func: Any) -> Any:
            return lambda *arguments, **named: "run by the application"

    app = App("app")
    signed = signature_required(Verifier(new_store(), token="none"))

    @app.get("/coroutine")
    @signed
    async def coroutine() -> Any:
        raise AssertionError("the application runs it in its own way")

    @app.get("/plain")
    @signed
    def plain() -> Any:
        return "plain"

    client = app.test_client()
    texts = [
        client.get(path, headers=header("GET", f"http://localhost{path}")).get_data(as_text=True)
        for path in ("/coroutine", "/plain")
    ]
    assert texts == ["run by the application", "plain"]
