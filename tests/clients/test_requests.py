"""`OAuth1Session` and `OAuth1Auth` for requests: the flow, options, copies, and the auth of one request."""

import copy
import pickle
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

import pytest
import requests
import trustme
from requests.auth import HTTPBasicAuth

from oauthone.clients.requests import OAuth1Auth, OAuth1Session
from oauthone.core.parameters import Placement
from oauthone.errors import InsecureTransportError, SigningError, TokenResponseError
from oauthone.testing import ProviderBox, Received

from .conftest import Opener
from .matrix import COMBINATIONS, METHODS, nonces, places, protocol_names
from .servers import GRANTED, ScriptedServer, answer, hang

CALLBACK = "http://127.0.0.1/done?page=1&x=%C3%A9"


@pytest.mark.covering(times=2)
@pytest.mark.parametrize(("method", "placement"), COMBINATIONS)
@pytest.mark.seen_in("scribejava#73")
@pytest.mark.seen_in("authlib#308")
def test_the_flow_of_the_guide_leads_to_a_verified_request(box: ProviderBox, method: str, placement: str) -> None:
    """The flow ends in a verified request. Callback and verifier travel only in their own leg."""
    with OAuth1Session(**box.clients[method].credentials(), signature_type=placement) as session:
        session.redirect_uri = CALLBACK
        request_token = session.fetch_request_token(box.request_token_url)
        assert list(request_token) == ["oauth_token", "oauth_token_secret", "oauth_callback_confirmed"]
        assert request_token["oauth_callback_confirmed"] == "true"

        url = session.create_authorization_url(box.authorize_url)
        assert url == f"{box.authorize_url}?oauth_token={quote(request_token['oauth_token'])}"
        assert url == session.create_authorization_url(box.authorize_url, request_token["oauth_token"])

        callback = box.visit(url)
        assert callback.startswith(CALLBACK + "&oauth_token=")
        verifier = dict(parse_qsl(urlsplit(callback).query))["oauth_verifier"]
        assert session.parse_authorization_response(callback) == {
            "oauth_token": request_token["oauth_token"],
            "oauth_verifier": verifier,
        }
        token = session.fetch_access_token(box.access_token_url)
        assert session.token == token

        said = session.get(box.echo_url, params={"q": "a b&é"}).json()
        assert (said["user"], said["token"], said["placement"]) == (box.user, token["oauth_token"], placement)
        assert session.post(box.echo_url, data={"q": "a b&é"}).ok

    first, visit, third, *api = box.requests
    assert "oauth_callback" in protocol_names(first)
    assert "oauth_verifier" not in protocol_names(first)
    assert "oauth_token" not in protocol_names(first)
    assert places(visit) == {"QUERY": ["oauth_token"]}
    assert "oauth_verifier" in protocol_names(third)
    assert "oauth_callback" not in protocol_names(third)
    assert len(api) == 2
    for received in api:
        assert {"oauth_callback", "oauth_verifier"}.isdisjoint(protocol_names(received))
    for received in (first, third, *api):
        assert list(places(received)) == [placement]


@pytest.mark.covering
@pytest.mark.parametrize(("method", "placement"), COMBINATIONS)
def test_a_flow_begun_in_one_session_can_be_completed_in_another(box: ProviderBox, method: str, placement: str) -> None:
    """A flow that one session started finishes in another, which received the request token."""
    client = box.clients[method].credentials()
    with OAuth1Session(**client, signature_type=placement, redirect_uri=CALLBACK) as first:
        saved = first.fetch_request_token(box.request_token_url)
        callback = box.visit(first.create_authorization_url(box.authorize_url, saved))
    verifier = dict(parse_qsl(urlsplit(callback).query))["oauth_verifier"]
    with OAuth1Session(
        **client, signature_type=placement, token=saved["oauth_token"], token_secret=saved["oauth_token_secret"]
    ) as second:
        token = second.fetch_access_token(box.access_token_url, verifier)
        assert second.get(box.echo_url).json()["token"] == token["oauth_token"]
    with OAuth1Session(
        **client, signature_type=placement, token=token["oauth_token"], token_secret=token["oauth_token_secret"]
    ) as third:
        assert third.get(box.echo_url).json()["user"] == box.user


ELSEWHERE = "http://provider.example/oauth"


def through(server: ScriptedServer, *args: Any, **options: Any) -> OAuth1Session:
    """Return a session that sends every request through ``server``, as a proxy."""
    session = OAuth1Session(*args, **options)
    session.proxies["http"] = server.origin
    return session


LEGS: dict[str, Callable[[OAuth1Session], Any]] = {
    "temporary credentials": lambda session: session.fetch_request_token(ELSEWHERE),
    "token credentials": lambda session: session.fetch_access_token(ELSEWHERE, "v", request_token={
        "oauth_token": "t", "oauth_token_secret": "s",
    }),
}  # fmt: skip


@pytest.mark.parametrize("leg", LEGS.values(), ids=LEGS.keys())
@pytest.mark.parametrize("method", ["HMAC-SHA1", "PLAINTEXT"])
def test_legs_are_not_sent_over_plain_http(leg: Callable[[OAuth1Session], Any], method: str) -> None:
    """They are rejected before any connection, unless http is allowed explicitly."""
    with ScriptedServer(GRANTED) as server:
        with (
            through(server, "client", "secret", signature_method=method) as session,
            pytest.raises(InsecureTransportError, match="allow_insecure_transport=True"),
        ):
            leg(session)
        assert server.connections == 0
        options = {"signature_method": method, "allow_insecure_transport": True}
        with through(server, "client", "secret", **options) as session:
            assert leg(session)["oauth_token"] == "t"
        assert len(server.seen) == 1


def test_plaintext_signatures_are_not_sent_over_plain_http() -> None:
    with ScriptedServer(answer("fine")) as server:
        with through(server, "client", "secret", signature_method="PLAINTEXT") as session:
            with pytest.raises(InsecureTransportError):
                session.get(ELSEWHERE)
            with pytest.raises(InsecureTransportError):
                session.get(ELSEWHERE, auth=OAuth1Auth("client", "secret", signature_method="PLAINTEXT"))
        assert server.connections == 0
        options = {"signature_method": "PLAINTEXT", "allow_insecure_transport": True}
        with through(server, "client", "secret", **options) as session:
            assert session.get(ELSEWHERE).text == "fine"
            assert session.get(ELSEWHERE, auth=OAuth1Auth("client", "secret", **options)).text == "fine"
    assert len(server.seen) == 2


@pytest.mark.parametrize("method", ["HMAC-SHA1", "HMAC-SHA256"])
def test_signed_requests_over_plain_http_need_no_option(method: str) -> None:
    """A signature reveals no secret, so a provider with http alone can be used."""
    with ScriptedServer(answer("fine")) as server, through(server, "client", "s", signature_method=method) as session:
        assert session.get(ELSEWHERE).text == "fine"
    assert "oauth_signature=" in (server.seen[0].header("authorization") or "")


@pytest.mark.parametrize("kind", [OAuth1Session, OAuth1Auth])
def test_a_misspelt_option_is_a_type_error(kind: Any) -> None:
    with pytest.raises(TypeError, match="signature_metod"):
        kind("client", "secret", signature_metod="HMAC-SHA256")
    with pytest.raises(TypeError):
        kind("client", "secret", "token")


def test_a_misspelt_option_of_a_leg_is_a_type_error(session: OAuth1Session, box: ProviderBox) -> None:
    with pytest.raises(TypeError, match="tiemout"):
        session.fetch_request_token(box.request_token_url, tiemout=3)
    assert box.requests == []


@pytest.mark.parametrize(
    "option", [{"signature_method": "HMAC-MD5"}, {"signature_type": "FOOTER"}, {"body_hash": "yes"}]
)
def test_an_option_with_an_unusable_value_is_an_error(option: dict[str, Any]) -> None:
    with pytest.raises(SigningError, match=repr(next(iter(option.values())))):
        OAuth1Session("client", "secret", **option)


def test_the_options_of_requests_pass_through_a_leg(box: ProviderBox, session: OAuth1Session, proxy: str) -> None:
    heard: list[int] = []
    session.fetch_request_token(
        box.request_token_url,
        headers={"User-Agent": "my app", "X-Own": "1"},
        data={"scope": "read write"},
        params={"lang": "de é"},
        proxies={"http": proxy},
        hooks={"response": lambda response, **_: heard.append(response.status_code)},
    )
    (received,) = box.requests
    assert (received.header("user-agent"), received.header("x-own")) == ("my app", "1")
    assert (b"scope", b"read write") in received.form()
    assert received.url.endswith("?lang=de%20%C3%A9") or received.url.endswith("?lang=de+%C3%A9")
    assert "proxy.py" in (received.header("via") or "")
    assert heard == [200]


def test_a_timeout_passes_through_a_leg(session: OAuth1Session) -> None:
    with ScriptedServer(hang) as server, pytest.raises(requests.ReadTimeout):
        session.fetch_request_token(server.origin, timeout=(10, 0.1))


def test_certificates_are_verified_in_legs(tls_box: ProviderBox) -> None:
    with OAuth1Session(**tls_box.client.credentials()) as session:
        with pytest.raises(requests.exceptions.SSLError):
            session.fetch_request_token(tls_box.request_token_url)
        assert tls_box.requests == []
        session.fetch_request_token(tls_box.request_token_url, verify=tls_box.ca_file)
        session.verify = tls_box.ca_file
        session.fetch_access_token(
            tls_box.access_token_url, tls_box.visit(session.create_authorization_url(tls_box.authorize_url))
        )
        assert session.get(tls_box.echo_url).ok


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_verify_of_a_session_comes_before_the_environment(
    tls_box: ProviderBox, variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In legs, requests and redirects; the environment counts for a session without its own, and a request for most."""
    given = {**tls_box.client.credentials(), **tls_box.issue_token()._asdict()}
    with OAuth1Session(**given) as session, trustme.CA().cert_pem.tempfile() as other:
        monkeypatch.setenv(variable, other)
        session.verify = str(tls_box.ca_file)
        session.fetch_request_token(tls_box.request_token_url)
        assert session.get(tls_box.redirect_url(tls_box.open_url)).history
        for verify in (True, other):
            with pytest.raises(requests.exceptions.SSLError):
                session.get(tls_box.open_url, verify=verify)
        session.verify = True
        with pytest.raises(requests.exceptions.SSLError):
            session.get(tls_box.open_url)
        monkeypatch.setenv(variable, str(tls_box.ca_file))
        assert session.get(tls_box.open_url).ok


def test_a_certificate_for_another_host_is_rejected() -> None:
    """It ends the leg before anything is sent, even if its authority is trusted."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("provider.example").configure_cert(context)
    received: list[bytes] = []

    def serve() -> None:
        with listener.accept()[0] as connection, suppress(OSError), context.wrap_socket(connection, True) as secure:
            received.append(secure.recv(1))

    with socket.create_server(("127.0.0.1", 0)) as listener, authority.cert_pem.tempfile() as ca_file:
        thread = Thread(target=serve)
        thread.start()
        with OAuth1Session("client", "secret") as session, pytest.raises(requests.exceptions.SSLError):
            session.fetch_request_token(f"https://127.0.0.1:{listener.getsockname()[1]}/", verify=ca_file)
        thread.join()
    assert received in ([], [b""])


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_the_redirect_of_a_token_endpoint_is_not_followed(status: int) -> None:
    with ScriptedServer(answer(status=status, headers=[("Location", "/elsewhere")])) as server:
        with OAuth1Session("client", "secret") as session:
            for leg in (
                lambda: session.fetch_request_token(server.origin),
                lambda: session.fetch_access_token(server.origin, "a-code"),
            ):
                with pytest.raises(TokenResponseError, match="use the final URL") as refused:
                    leg()
                assert refused.value.status == status
        assert [seen.target for seen in server.seen] == ["/", "/"]


@pytest.mark.seen_in("requests-oauthlib#536")
@pytest.mark.seen_in("aioauth-client#191")
@pytest.mark.seen_in("xmcp#12")
def test_nothing_secret_is_logged_or_shown(box: ProviderBox, caplog: pytest.LogCaptureFixture) -> None:
    """No log record at the lowest level, no ``repr`` and no error contains a secret, a signature or a code."""
    caplog.set_level("DEBUG", "oauthone")
    client = box.client
    with OAuth1Session(**client.credentials(), redirect_uri=CALLBACK) as session:
        request_token = session.fetch_request_token(box.request_token_url)
        callback = box.visit(session.create_authorization_url(box.authorize_url))
        verifier = session.parse_authorization_response(callback)["oauth_verifier"]
        with pytest.raises(TokenResponseError) as refused:
            session.fetch_access_token(box.access_token_url, "wrong")
        token = session.fetch_access_token(box.access_token_url)
        session.get(box.redirect_url(box.other_url))
        shown = f"{session!r} {session.auth!r} {refused.value} {refused.value!r} {refused.value.body}"
    logged = [record.getMessage() for record in caplog.records if record.name == "oauthone"]
    assert f"POST {box.access_token_url} answered 200" in logged
    secrets = [client.client_secret, request_token["oauth_token_secret"], token["oauth_token_secret"], verifier]
    secrets += [quote(secret, safe="") for secret in secrets]
    assert [secret for secret in secrets if secret in shown + "".join(logged)] == []
    assert client.client_id in shown


def test_the_repr_of_an_auth_names_its_method_and_client() -> None:
    auth = OAuth1Auth("client", "secret", realm="Photos", signature_method="HMAC-SHA256", signature_type="QUERY")
    assert repr(auth) == "<OAuth1Auth 'client' HMAC-SHA256 QUERY>"
    assert (auth.client_id, auth.realm, auth.signer.token) == ("client", "Photos", None)


def test_a_password_in_an_endpoint_is_not_logged(box: ProviderBox, caplog: pytest.LogCaptureFixture) -> None:
    """The log has the endpoint and the status, but not user information and query, which may contain secrets."""
    caplog.set_level("DEBUG", "oauthone")
    host = box.origin.partition("://")[2]

    with OAuth1Session(**box.client.credentials()) as client:
        client.fetch_request_token(f"http://user:CANARY@{host}/oauth/request_token?key=CANARY")

    assert f"POST {box.request_token_url} answered 200" in caplog.text
    assert "CANARY" not in "".join(record.getMessage() for record in caplog.records if record.name == "oauthone")


AuthMaker = Callable[..., OAuth1Auth]


def test_plaintext_in_a_query_is_refused_at_once() -> None:
    for kind in (OAuth1Session, OAuth1Auth):
        with pytest.raises(SigningError, match="PLAINTEXT in a query"):
            kind("client", "secret", signature_method="PLAINTEXT", signature_type="QUERY")


def test_the_version_can_be_left_out_and_an_empty_token_sent(box: ProviderBox) -> None:
    """``oauth_version`` can be left out, and an empty token can be sent."""
    with OAuth1Session(**box.client.credentials(), token="", version=None) as session:
        assert session.get(box.two_legged_url).ok
    assert "oauth_version" not in places(box.requests[0])["HEADER"]
    assert 'oauth_token=""' in (box.requests[0].header("authorization") or "")


def unsigned(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


@pytest.mark.parametrize("again", [unsigned, lambda request: request.copy()], ids=["itself", "a copy"])
def test_a_request_can_have_another_auth(
    box: ProviderBox, open_session: Opener, auth_for: AuthMaker, again: Callable[[Any], Any]
) -> None:
    """``auth=`` of a request applies to it alone, even if it or a copy is sent later."""
    session = open_session(box)
    other = auth_for(box, "RSA-SHA256", "QUERY")

    def send(url: str, auth: Any) -> Received:
        assert session.get(url, auth=auth).ok
        by_hand = session.prepare_request(requests.Request("GET", url, auth=auth))
        assert session.send(again(by_hand)).ok
        first, second = box.requests[-2:]
        assert list(places(first)) == list(places(second))
        return second

    basic = send(box.open_url, ("user", "pass"))
    assert (basic.header("authorization") or "").startswith("Basic ")
    assert send(box.open_url, HTTPBasicAuth("user", "pass")).header("authorization") == basic.header("authorization")
    assert send(box.open_url, unsigned).oauth_parameters() == []
    assert send(box.echo_url, other).verified is not None
    assert (box.requests[-1].verified and box.requests[-1].verified.client_id) == box.clients["RSA-SHA256"].client_id
    assert session.get(box.echo_url).json()["client_id"] == box.client.client_id


def test_another_auth_holds_on_redirects(box: ProviderBox, open_session: Opener, auth_for: AuthMaker) -> None:
    session = open_session(box)
    other = auth_for(box, "HMAC-SHA512")
    assert session.get(box.redirect_url("/echo"), auth=other).json()["client_id"] == other.client_id
    with ScriptedServer(answer(status=302, headers=[("Location", "/next")]), answer("fine")) as server:
        assert session.get(server.origin, auth=unsigned).text == "fine"
        assert [seen.header("authorization") for seen in server.seen] == [None, None]


def test_a_request_can_have_no_auth(box: ProviderBox, open_session: Opener) -> None:
    """A session whose ``auth`` is None signs nothing, except for the legs of a flow."""
    session = open_session(box)
    session.auth = None
    assert session.get(box.open_url).ok
    assert session.send(session.prepare_request(requests.Request("GET", box.open_url))).ok
    assert session.send(requests.Request("GET", box.open_url).prepare()).ok
    assert [received.oauth_parameters() for received in box.requests] == [[], [], []]
    assert session.fetch_request_token(box.request_token_url)
    assert session.get(box.open_url, auth=("user", "pass")).ok


def test_the_auth_of_a_session_can_be_swapped(box: ProviderBox, open_session: Opener, auth_for: AuthMaker) -> None:
    """The new auth signs, and a new token does not replace it."""
    session = open_session(box)
    session.auth = swapped = auth_for(box, "RSA-SHA1", "QUERY")
    assert session.get(box.echo_url).json()["client_id"] == swapped.client_id
    session.token = {"oauth_token": "a", "oauth_token_secret": "b"}
    assert session.auth is swapped
    assert session.get(box.echo_url).ok
    session.auth = ("user", "pass")
    assert session.get(box.open_url).ok
    assert (box.requests[-1].header("authorization") or "").startswith("Basic ")


def test_a_plain_session_signs_with_a_bare_auth(box: ProviderBox, auth_for: AuthMaker) -> None:
    with requests.Session() as session:
        for method in METHODS:
            session.auth = auth_for(box, method)
            assert session.get(box.echo_url, params={"a": "é"}).json()["client_id"] == box.clients[method].client_id
            assert session.post(box.echo_url, data={"a": "é"}).ok


def test_an_auth_can_be_copied_with_another_token(box: ProviderBox, auth_for: AuthMaker) -> None:
    """`with_token` returns the same auth with other credentials, and keeps realm and body hash."""
    first, second = auth_for(box, realm="R", body_hash="auto"), box.issue_token()
    other = first.with_token(second.token, second.token_secret)
    said = requests.post(box.echo_url, auth=other, json={}).json()
    assert (said["token"], said["realm"]) == (second.token, "R")
    assert "oauth_body_hash" in said["oauth"]
    assert requests.post(box.echo_url, auth=first, json={}).json()["token"] != second.token
    assert requests.post(box.two_legged_url, auth=first.with_token(None, None)).json()["token"] is None


def test_a_netrc_password_does_not_replace_a_signature_of_requests(
    box: ProviderBox, open_session: Opener, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The machine's password for the provider neither replaces nor joins the signature, on any redirect."""
    path = tmp_path / "netrc"
    path.write_text("machine 127.0.0.1 login user password CANARY\n")
    monkeypatch.setenv("NETRC", str(path))
    requests.get(box.open_url)
    assert (box.requests.pop().header("authorization") or "").startswith("Basic ")
    for placement in Placement:
        session = open_session(box, placement=placement)
        assert session.get(box.echo_url).ok
        assert session.get(box.redirect_url("/echo"), allow_redirects=True).ok
        assert session.send(session.get(box.redirect_url("/echo"), allow_redirects=False).next).ok
    assert len(set(nonces(box.requests))) == 15
    values = [received.header("authorization") or "OAuth" for received in box.requests]
    assert [value for value in values if not value.startswith("OAuth")] == []


def replicas(original: Any) -> list[Any]:
    pickles = [pickle.loads(pickle.dumps(original, protocol)) for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1)]
    return [*pickles, copy.deepcopy(original), copy.copy(original)]


@pytest.mark.covering
@pytest.mark.parametrize(("method", "placement"), COMBINATIONS)
def test_an_auth_can_be_pickled_and_copied(box: ProviderBox, auth_for: AuthMaker, method: str, placement: str) -> None:
    """Pickles of every protocol and copies sign like the original, with its token and its key."""
    for auth in replicas(auth_for(box, method, placement, realm="R" if placement == "HEADER" else None)):
        response = requests.post(box.echo_url, data={"a": "1"}, auth=auth)
        assert response.ok, response.text


@pytest.mark.covering
@pytest.mark.parametrize(("method", "placement"), COMBINATIONS)
def test_a_session_can_be_pickled_and_copied(
    box: ProviderBox, open_session: Opener, method: str, placement: str
) -> None:
    """They keep token, pending authorizations and settings, and are independent."""
    original = open_session(box, method, placement, retries=2, require_verifier=False)
    pending = original.fetch_request_token(box.request_token_url)
    copies = replicas(original)[:-1]
    assert len(copies) == 5
    for session in copies:
        with session:
            assert session.token == original.token
            response = session.post(box.echo_url, data={"a": "1"})
            assert response.ok, response.text
            assert session.create_authorization_url("https://p.example").endswith(pending["oauth_token"])
            session.token = None
            assert session.get(box.two_legged_url).json()["token"] is None
    assert original.get(box.echo_url).ok


def test_a_plain_session_with_an_auth_can_be_pickled(box: ProviderBox, auth_for: AuthMaker) -> None:
    """It signs as before, key and token included."""
    with requests.Session() as session:
        session.auth = auth_for(box, "RSA-SHA256")
        for one in replicas(session)[:-1]:
            with one:
                assert one.get(box.echo_url).ok
