"""Every framework module on real servers: what it accepts, what it responds otherwise, and what the view receives."""

import json
import logging
import socket
from collections.abc import Callable, Generator
from contextlib import ExitStack
from http.client import HTTPConnection
from typing import Any, NamedTuple

import pytest

from oauthone import Signer
from oauthone.errors import OAuth1Error, StoreError, VerificationError
from oauthone.server import Client, EndpointResponse, IssuedToken, MemoryStore
from oauthone.server._responses import refusal_response

from .surfaces import ASGI, WSGI, served

CANARY = "canary-secret"
FORM = "application/x-www-form-urlencoded"


class Got(NamedTuple):
    """A response."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


class Site:
    """A served surface, and a client with a token for it."""

    def __init__(self, port: int) -> None:
        self.port = port

    def signer(self, **options: Any) -> Signer:
        return Signer("client", CANARY, token="t", token_secret="ts", **options)

    def send(
        self,
        method: str = "GET",
        path: str = "/",
        headers: dict[str, str] | None = None,
        body: bytes | None = None,
        *,
        signer: Signer | None = None,
        signed_body: bytes | None = None,
    ) -> Got:
        """Sign and send a request. ``signed_body`` is signed instead of the body that is sent."""
        signer = signer or self.signer()
        url = f"http://127.0.0.1:{self.port}{path}"
        signed = signer.sign(method, url, headers, body if signed_body is None else signed_body)
        sent = dict(headers or {})
        if signed.content_type:
            sent["Content-Type"] = signed.content_type
        if signed.authorization:
            sent["authorization"] = signed.authorization
        target = "/" + signed.url.split("/", 3)[3]
        return self.send_raw(method, target, sent, signed.body if signed_body is None else body)

    def send_raw(self, method: str, target: str, headers: dict[str, str], body: Any = None) -> Got:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(method, target, body, headers)
            answer = connection.getresponse()
            names = {name.lower(): value for name, value in answer.getheaders()}
            return Got(answer.status, names, answer.read())
        finally:
            connection.close()


class Moody(MemoryStore):
    """A store that a test can make fail."""

    down = False

    def find_credentials(self, *asked: Any) -> Any:
        if self.down:
            raise StoreError("down")
        return super().find_credentials(*asked)


Opener = Callable[..., Site]


@pytest.fixture(autouse=True)
def quiet_django() -> Generator[None, None, None]:
    logging.getLogger("django.request").disabled = True
    yield
    logging.getLogger("django.request").disabled = False


@pytest.fixture
def store() -> Moody:
    made = Moody([Client.create("client", CANARY, signature_methods=("HMAC-SHA1", "HMAC-SHA256", "PLAINTEXT"))])
    made.save_token(IssuedToken("t", "ts", "client", "ann", extra={"scope": "read write"}))
    return made


@pytest.fixture(params=[*WSGI, *ASGI])
def surface(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def opener(surface: str, store: Moody) -> Generator[Opener, None, None]:
    """Serves the surface with the settings of a verifier and the options of its module."""
    with ExitStack() as stack:

        def open_site(settings: dict[str, Any] | None = None, **options: Any) -> Site:
            return Site(stack.enter_context(served(surface, store, settings or {}, options)))

        yield open_site


@pytest.fixture
def site(opener: Opener) -> Site:
    return opener()


@pytest.mark.seen_in("hypothesis/lms#136")
@pytest.mark.covering
@pytest.mark.parametrize(
    "path",
    ["/", "/a/b", "/a%20b", "/?f[x]=1&q=a+b&q=a%20b&q", "/?x=%e9&y=%FF&%zz&=", "/p?a=b=c&&d;e", "/~u/!$&'()*+,;=:@"],
)
def test_a_signed_request_reaches_the_view_with_its_user(site: Site, path: str) -> None:
    got = site.send("GET", path)
    assert (got.status, got.body and got.json()) == (200, {"client": "client", "user": "ann", "body": ""})


def test_the_response_of_a_protected_view_is_private(site: Site) -> None:
    """No shared cache may serve it to other clients."""
    got = site.send()
    assert got.headers["cache-control"] == "private"
    assert "Authorization" in got.headers["vary"]


def test_a_replay_is_refused(site: Site) -> None:
    signed = site.signer().sign("GET", f"http://127.0.0.1:{site.port}/")
    headers = {"Authorization": str(signed.authorization)}
    statuses = [site.send_raw("GET", "/", headers).status for _ in range(2)]
    assert statuses == [200, 401]


def test_an_unsigned_request_gets_a_challenge(opener: Opener, surface: str) -> None:
    got = opener({"realm": "Photos"}).send_raw("GET", "/", {})
    assert got.status == 401
    if surface != "starlette":  # in Starlette the view decides about anonymous requests
        assert got.headers["www-authenticate"] == 'OAuth realm="Photos"'


def test_an_authorization_header_of_another_scheme_is_a_401(site: Site) -> None:
    for value in ("Bearer x", "Basic eDp5", "", "\xff"):
        assert site.send_raw("GET", "/", {"Authorization": value}).status == 401


def test_a_wrong_signature_gets_no_hint(site: Site) -> None:
    got = site.send(signer=site.signer().replace(token_secret="wrong"))
    assert got.status == 401
    assert got.body == b"oauth_problem=signature_invalid"
    assert got.headers["www-authenticate"] == "OAuth"
    assert got.headers["cache-control"] == "no-store"
    assert CANARY not in repr(got)


@pytest.mark.seen_in("hypothesis/lms#136")
@pytest.mark.covering
@pytest.mark.parametrize(
    "value",
    [
        "OAuth",
        "OAuth x",
        "OAuth oauth_nonce",
        'OAuth oauth_nonce="%zz"',
        'OAuth a="b", oauth_signature="\xe9"',
        "OAuth ,,",
    ],
)
def test_a_malformed_request_is_a_400_and_never_a_500(site: Site, value: str) -> None:
    assert site.send_raw("GET", "/?f[x]=1", {"Authorization": value}).status == 400


@pytest.mark.covering
@pytest.mark.parametrize("length", ["9" * 5_000, "0" * 5_000 + "3", "-1", "3x", "\xb2", "+3", "1_0"])
def test_an_invalid_content_length_is_rejected(site: Site, length: str) -> None:
    """The form has a correct signature. The server or its module rejects it."""
    signed = site.signer().sign("POST", f"http://127.0.0.1:{site.port}/", {"Content-Type": FORM}, b"a=1")
    head = f"POST / HTTP/1.1\r\nHost: 127.0.0.1:{site.port}\r\nConnection: close\r\nContent-Type: {FORM}\r\n"
    head += f"Authorization: {signed.authorization}\r\nContent-Length: {length}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", site.port), timeout=20) as connection:
        connection.sendall(head.encode("latin-1") + b"a=1")
        connection.shutdown(socket.SHUT_WR)
        status = connection.makefile("rb").readline().split()[1]
    assert status in (b"200", b"400", b"401", b"413")


def test_plaintext_over_http_is_forbidden(site: Site) -> None:
    signer = Signer("client", CANARY, token="t", token_secret="ts", signature_method="PLAINTEXT")
    authorization = signer.sign("GET", "https://x.example/").authorization
    assert site.send_raw("GET", "/", {"Authorization": str(authorization)}).status == 403


def test_no_request_is_accepted_while_the_store_is_down(site: Site, store: Moody) -> None:
    store.down = True
    got = site.send()
    assert got.status == 503
    assert got.headers["retry-after"] == "1"
    store.down = False
    assert site.send().status == 200


def test_a_client_at_its_nonce_limit_waits_and_others_do_not(opener: Opener, store: Moody) -> None:
    store.add_client(Client.create("other", "secret"))
    store.save_token(IssuedToken("u", "us", "other", "bob"))
    store._nonces.max_per_client = 2
    site = opener()
    assert [site.send().status for _ in range(4)] == [200, 200, 503, 503]
    got = site.send(signer=Signer("other", "secret", token="u", token_secret="us"))
    assert (got.status, got.json()["user"]) == (200, "bob")


def test_no_rejection_may_be_cached(site: Site, store: Moody) -> None:
    """Neither a 400, nor a 401, nor a 503."""
    signed = site.signer().sign("GET", f"http://127.0.0.1:{site.port}/")
    wrong = {"Authorization": str(signed.authorization).replace('oauth_version="1.0"', 'oauth_version="2.0"')}
    answers = [site.send_raw("GET", "/", wrong), site.send(signer=site.signer().replace(token_secret="wrong"))]
    store.down = True
    answers.append(site.send())
    assert [got.status for got in answers] == [400, 401, 503]
    assert {got.headers["cache-control"] for got in answers} == {"no-store"}


def test_a_rejection_is_the_same_in_every_framework(opener: Opener, store: Moody) -> None:
    """Bytes, media type and headers are those of a `Provider`'s response."""
    site = opener()
    malformed = VerificationError(400, "parameter_absent", "")
    for header, expected in (('OAuth realm="x"', malformed), ("down", StoreError("down"))):
        store.down = header == "down"
        got = site.send() if store.down else site.send_raw("GET", "/", {"Authorization": header})
        answer = refusal_response(expected)
        assert (got.status, got.body) == (answer.status, answer.body)
        assert_headers(got, answer)
    store.down = False
    got = site.send(signer=site.signer().replace(token_secret="wrong"))
    assert_headers(got, refusal_response(VerificationError(401, "signature_invalid", "")))
    got = opener(explain=True).send(signer=site.signer().replace(token_secret="wrong"))
    assert got.headers["content-type"] == "application/json"
    assert got.body.startswith(b'{\n  "problem": "signature_invalid",')


def assert_headers(got: Got, answer: EndpointResponse) -> None:
    of_the_server = {"date", "server", "connection", "content-length", "x-content-type-options", "referrer-policy"}
    given = {name: value for name, value in got.headers.items() if name not in of_the_server}
    assert given == {name.lower(): value for name, value in answer.headers}


def test_the_view_is_called_only_after_every_check(site: Site, store: Moody) -> None:
    """The application never learns of a rejected request, and the response is only the rejection."""
    for signer in (site.signer().replace(token_secret="wrong"), site.signer(clock=lambda: 1)):
        got = site.send("POST", "/", {"Content-Type": FORM}, b"a=1", signer=signer)
        assert got.status in (400, 401)
        assert b"client" not in got.body
    store.revoke_token("t")
    assert b"client" not in site.send().body


@pytest.mark.parametrize("placement", ["HEADER", "BODY"])
def test_a_form_is_signed_and_the_view_reads_it_afterwards(site: Site, placement: str) -> None:
    got = site.send("POST", "/", {"Content-Type": FORM}, b"a=1&b=2", signer=site.signer(signature_type=placement))
    assert got.status == 200
    assert got.json()["body"].startswith("a=1&b=2")


def test_a_query_holds_a_signature_too(site: Site) -> None:
    assert site.send("GET", "/?a=1", signer=site.signer(signature_type="QUERY")).status == 200


def test_a_changed_form_is_refused(site: Site) -> None:
    headers = {"Content-Type": "Application/X-WWW-Form-URLencoded; charset=utf-8"}
    assert site.send("POST", "/", headers, b"a=2", signed_body=b"a=1").status == 401
    assert site.send("POST", "/", headers, b"a=1").status == 200


def test_a_hashed_body_is_read_twice_and_a_changed_one_refused(site: Site) -> None:
    signer, headers = site.signer(body_hash="always"), {"Content-Type": "application/json"}
    assert site.send("POST", "/", headers, b'{"a": 1}', signer=signer).json()["body"] == '{"a": 1}'
    assert site.send("POST", "/", headers, b'{"a": 2}', signer=signer, signed_body=b'{"a": 1}').status == 401
    assert site.send("POST", "/", headers, b"x", signer=signer, signed_body=b"").status == 401


def test_no_spelling_hides_a_body_hash(site: Site) -> None:
    """A body that was added on the way is detected, even if the name of its hash was escaped."""
    signed = site.signer(body_hash="always").sign("POST", f"http://127.0.0.1:{site.port}/", None, b"")
    authorization = str(signed.authorization).replace("oauth_body_hash", "oauth%5Fbody_hash")
    assert site.send_raw("POST", "/", {"Authorization": authorization}, b"added").status in (400, 401)


def test_a_hash_can_be_required(opener: Opener) -> None:
    site = opener({"body_hash": "required"})
    assert site.send("POST", "/", {"Content-Type": "application/json"}, b"{}").status == 400
    assert site.send("POST", "/", {"Content-Type": "application/json"}, b"").status == 200


def test_a_body_that_no_signature_covers_is_left_to_the_view(opener: Opener) -> None:
    """It may be longer than the limit for signed bodies."""
    got = opener(max_body=1000).send("POST", "/", {"Content-Type": "text/plain"}, b"x" * 5000)
    assert (got.status, len(got.json()["body"])) == (200, 5000)


def test_a_signed_body_is_read_up_to_the_limit_only(opener: Opener) -> None:
    site = opener(max_body=1000)
    assert site.send("POST", "/", {"Content-Type": FORM}, b"a=" + b"x" * 998).status == 200
    got = site.send("POST", "/", {"Content-Type": FORM}, b"a=" + b"x" * 999)
    assert got.status == 400
    assert b"parameter_rejected" in got.body


def test_a_sandbox_explains_rejections(opener: Opener) -> None:
    """With the client's base string it reports the first difference, otherwise the mistake in the signature."""
    site = opener(explain=True)
    headers = {"oauth-base-string": f"GET&http%3A%2F%2F127.0.0.1%3A{site.port}%2F&a%3D1"}
    wrong = site.signer().replace(token_secret="wrong")
    for given, words in ((headers, "did not sign"), ({}, None)):
        got = site.send("GET", "/?a=1&password=hush", given, signer=wrong)
        assert got.status == 401
        told = got.json()
        assert told["reason"].startswith("the signature does not match")
        assert told["base_string"].startswith("GET&http%3A%2F%2F127.0.0.1")
        assert "hush" not in got.body.decode()
        assert (words or "") in (told["difference"] or "")
    forgetful = site.signer().replace(token_secret="")
    assert b"the client signed with an empty token secret" in site.send(signer=forgetful).body
    assert b"not a positive whole number" in site.send(signer=site.signer(clock=lambda: 0)).body


def test_each_rejection_is_reported_to_on_refusal(opener: Opener, store: Moody) -> None:
    told: list[OAuth1Error] = []
    site = opener(on_refusal=told.append)
    site.send(signer=site.signer().replace(token_secret="wrong"))
    store.down = True
    site.send()
    assert isinstance(told[0], VerificationError)
    assert told[0].reason.startswith("the signature does not match")
    assert isinstance(told[1], StoreError)


@pytest.mark.seen_in("ltiauthenticator#4")
@pytest.mark.parametrize("headers", [{}, {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "api.example"}])
def test_behind_a_proxy_the_public_url_counts_and_no_header_does(opener: Opener, headers: dict[str, str]) -> None:
    behind = opener({"public_url": "https://api.example/v1"})
    signed = behind.signer().sign("GET", "https://api.example/v1/photos?size=1")
    sent = {"Authorization": str(signed.authorization), **headers}
    assert behind.send_raw("GET", "/photos?size=1", sent).status == 200
    assert behind.send("GET", "/photos?size=1").status == 401


def test_other_hosts_are_refused_where_the_server_names_its_own(opener: Opener) -> None:
    site = opener({"hosts": ["api.example"]})
    assert site.send().status == 400
    for host, status in (("api.example", 200), ("evil.example", 400)):
        signed = site.signer().sign("GET", f"http://{host}/")
        sent = {"Authorization": str(signed.authorization), "Host": host, "X-Forwarded-Host": "api.example"}
        assert site.send_raw("GET", "/", sent).status == status


def test_forwarding_headers_are_never_believed(site: Site) -> None:
    signed = site.signer().sign("GET", "https://api.example/")
    headers = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "api.example", "Forwarded": "proto=https"}
    assert site.send_raw("GET", "/", {"Authorization": str(signed.authorization), **headers}).status == 401


@pytest.mark.parametrize(
    "surface", ["wsgi", "asgi", "flask", "flask-async", "django", "django-async", "starlette", "fastapi"]
)
def test_a_view_may_demand_a_scope(opener: Opener, store: Moody) -> None:
    """All of its words are required; the token of these tests may read and write."""
    told: list[OAuth1Error] = []
    for scope, status in (("read", 200), ("write  read", 200), ("", 200), ("read photos", 403)):
        site = opener(scope=scope, on_refusal=told.append)
        got = site.send()
        assert got.status == status
    assert got.body == b"oauth_problem=additional_authorization_required"
    assert [str(error) for error in told] == ["403 additional_authorization_required: the token's scope lacks photos"]
    store.save_token(IssuedToken("bare", "ts", "client", "ann"))
    bare = site.signer().replace(token="bare")
    assert site.send(signer=bare).status == 403
    explained = opener(scope="read", explain=True).send(signer=bare)
    assert (explained.status, explained.json()["problem"]) == (403, "additional_authorization_required")


def test_each_rejection_is_one_record_in_the_log(
    opener: Opener, store: Moody, caplog: pytest.LogCaptureFixture
) -> None:
    """With the path that the client sent. Each request is counted by its problem, and accepted ones by None."""
    counts: list[str | None] = []
    site = opener(on_result=counts.append)
    site.send("GET", "/photos?q=x")
    site.send("GET", "/photos?q=x", signer=site.signer().replace(token_secret="wrong"))
    (record,) = (record for record in caplog.records if record.name == "oauthone.server")
    assert record.levelname == "WARNING"
    assert record.getMessage().startswith("refused GET /photos from client 'client': 401 signature_invalid: ")
    assert counts == [None, "signature_invalid"]


def test_behind_a_proxy_the_log_and_a_sandbox_say_what_to_set(opener: Opener, caplog: pytest.LogCaptureFixture) -> None:
    """The headers reach the explanation through every server. The response of a site that is no sandbox is silent."""
    for explain in (False, True):
        site = opener(explain=explain)
        signed = site.signer().sign("GET", "https://api.example/photos")
        headers = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "api.example"}
        got = site.send_raw("GET", "/photos", {"Authorization": str(signed.authorization), **headers})
        assert got.status == 401
        assert (b"public_url='https://api.example'" in got.body) is explain
    reasons = [str(vars(record).get("oauth_reason")) for record in caplog.records if record.name == "oauthone.server"]
    assert ["public_url='https://api.example'" in reason for reason in reasons] == [True, True]
