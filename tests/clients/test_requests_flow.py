"""The three-legged flow with `OAuth1Session`, as a user runs it, over sockets."""

import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

import pytest
import requests
import trustme
from requests.adapters import HTTPAdapter

from oauthone.clients.requests import OAuth1Auth, OAuth1Session, OAuthError
from oauthone.errors import AccessDenied, CallbackError, InsecureTransportError, SigningError, TokenResponseError
from oauthone.testing import ProviderBox

from .matrix import COMBINATIONS, SAMPLES, places, protocol_names
from .servers import ScriptedServer, answer, hang

CALLBACK = "http://127.0.0.1/done?page=1&x=%C3%A9"
GRANTED = answer("oauth_token=t&oauth_token_secret=s&oauth_callback_confirmed=true")


@pytest.fixture
def session(box: ProviderBox) -> Any:
    """A session without a token, for the box's first client."""
    with OAuth1Session(**box.client.credentials()) as session:
        yield session


@pytest.mark.parametrize(("method", "placement"), COMBINATIONS)
@pytest.mark.seen_in("scribejava#73")
@pytest.mark.seen_in("authlib#308")
def test_the_whole_flow_of_the_guide(box: ProviderBox, method: str, placement: str) -> None:
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


@pytest.mark.parametrize(("method", "placement"), COMBINATIONS)
def test_the_flow_in_two_sessions(box: ProviderBox, method: str, placement: str) -> None:
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


def test_a_restored_session_reads_the_callback(box: ProviderBox, session: OAuth1Session) -> None:
    session.redirect_uri = CALLBACK
    saved = session.fetch_request_token(box.request_token_url)
    callback = box.visit(session.create_authorization_url(box.authorize_url))
    with OAuth1Session(
        **box.client.credentials(), token=saved["oauth_token"], token_secret=saved["oauth_token_secret"]
    ) as restored:
        with pytest.raises(CallbackError) as refused:
            restored.parse_authorization_response(callback.replace("oauth_token=", "oauth_token=other"))
        assert refused.value.error == "token_mismatch"
        restored.parse_authorization_response(callback)
        restored.token = None  # what a callback was read for stays pending, whatever the session holds meanwhile
        token = restored.fetch_access_token(box.access_token_url, request_token=saved["oauth_token"])
        assert restored.get(box.echo_url).json()["token"] == token["oauth_token"]


def test_a_verifier_given_at_construction(box: ProviderBox, session: OAuth1Session) -> None:
    saved = session.fetch_request_token(box.request_token_url)
    code = box.visit(session.create_authorization_url(box.authorize_url))
    held = {"token": saved["oauth_token"], "token_secret": saved["oauth_token_secret"]}
    with OAuth1Session(**box.client.credentials(), **held, verifier=code) as restored:
        token = restored.fetch_access_token(box.access_token_url, request_token=held["token"])
        assert restored.get(box.echo_url).json()["token"] == token["oauth_token"]
        with pytest.raises(OAuthError, match="missing_verifier"):
            restored.fetch_access_token(box.access_token_url)


def test_the_token_is_a_dict_that_can_be_set(box: ProviderBox, session: OAuth1Session) -> None:
    assert session.token is None
    issued = box.issue_token()
    given = {"oauth_token": issued.token, "oauth_token_secret": issued.token_secret, "screen_name": "é"}
    session.token = given
    assert session.token == given
    assert session.get(box.echo_url).json()["token"] == issued.token
    session.token["oauth_token"] = "changed in a copy"
    assert session.get(box.echo_url).ok
    session.token = {"oauth_token": issued.token}
    assert session.get(box.echo_url).status_code == 401
    session.token = None
    assert session.get(box.two_legged_url).json()["token"] is None
    for useless in ({"access_token": "of another protocol"}, {"oauth_token": None, "oauth_token_secret": None}):
        with pytest.raises(OAuthError, match="oauth_token_secret") as refused:
            session.token = useless
        assert refused.value.error == "missing_token"


@pytest.mark.parametrize(
    ("redirect_uri", "sent"), [(None, "oob"), ("", None), (CALLBACK, CALLBACK), ("oob", "oob")], ids=repr
)
def test_what_redirect_uri_sends(redirect_uri: str | None, sent: str | None) -> None:
    with ScriptedServer(GRANTED) as server, OAuth1Session("client", "secret") as session:
        session.redirect_uri = redirect_uri
        assert session.redirect_uri == redirect_uri
        session.fetch_request_token(server.origin)
    header = server.seen[0].header("authorization") or ""
    assert (f'oauth_callback="{quote(sent, safe="")}"' in header) if sent else ("oauth_callback" not in header)


def test_redirect_uri_at_construction(box: ProviderBox) -> None:
    with OAuth1Session(**box.client.credentials(), redirect_uri=CALLBACK) as session:
        assert session.redirect_uri == CALLBACK
        session.fetch_request_token(box.request_token_url)
        assert box.visit(session.create_authorization_url(box.authorize_url)).startswith(CALLBACK)


@pytest.mark.parametrize("method", ["GET", "POST", "PUT"])
def test_the_method_of_a_leg_can_be_chosen(box: ProviderBox, session: OAuth1Session, method: str) -> None:
    session.fetch_request_token(box.request_token_url, method=method)
    code = box.visit(session.create_authorization_url(box.authorize_url))
    session.fetch_access_token(box.access_token_url, code, method=method)
    assert [received.method for received in box.requests] == [method, "GET", method]


def test_the_authorization_url_takes_parameters_of_the_provider(box: ProviderBox, session: OAuth1Session) -> None:
    token = session.fetch_request_token(box.request_token_url)["oauth_token"]
    url = session.create_authorization_url("https://provider.example/authorize?lang=de", name="Ä b", expiration="never")
    assert url == f"https://provider.example/authorize?lang=de&oauth_token={token}&name=%C3%84%20b&expiration=never"
    with pytest.raises(SigningError, match="absolute"):
        session.create_authorization_url("/authorize")


# --- what comes back from the second leg ------------------------------------------------------------------------------

PASTED = {
    "the code alone": lambda token, code: code,
    "the code with white space": lambda token, code: f" \t{code}\r\n",
    "a query string": lambda token, code: f"oauth_token={token}&oauth_verifier={code}",
    "a query string with its mark": lambda token, code: f"?oauth_verifier={code}&oauth_token={token}",
    "the address": lambda token, code: f"https://app.example/done?oauth_token={token}&oauth_verifier={code}",
    "the address with a fragment": lambda token, code: (
        f"https://app.example/done?oauth_token={token}&oauth_verifier={code}#_=_"
    ),
    "the address with white space": lambda token, code: (
        f"  https://app.example/?x=%zz&oauth_token={token}&oauth_verifier={code} \n"
    ),
    "the address with raw text": lambda token, code: f"http://a/?x=<é|:/>&oauth_token={token}&oauth_verifier={code}",
}


@pytest.mark.parametrize("pasted", PASTED.values(), ids=PASTED.keys())
@pytest.mark.seen_in("requests-oauthlib#89")
@pytest.mark.seen_in("pytumblr#111")
@pytest.mark.seen_in("requests-oauthlib#429")
@pytest.mark.seen_in("requests-oauthlib#176")
@pytest.mark.seen_in("requests-oauthlib#502")
def test_the_code_is_shown_and_pasted(
    box: ProviderBox, session: OAuth1Session, pasted: Callable[[str, str], str]
) -> None:
    """Out of band the provider shows a code. The session accepts it alone, or within the content of an address bar."""
    token = session.fetch_request_token(box.request_token_url)["oauth_token"]
    code = box.visit(session.create_authorization_url(box.authorize_url))
    assert len(code) == 8
    assert code.isalnum()
    said = session.parse_authorization_response(pasted(token, code))
    assert said == {"oauth_token": token, "oauth_verifier": code}
    session.fetch_access_token(box.access_token_url)
    assert session.get(box.echo_url).ok


def test_the_code_can_be_given_to_the_last_leg(box: ProviderBox, session: OAuth1Session) -> None:
    session.fetch_request_token(box.request_token_url)
    session.fetch_access_token(
        box.access_token_url, verifier=box.visit(session.create_authorization_url(box.authorize_url))
    )
    assert session.get(box.echo_url).ok


@pytest.mark.parametrize("redirect_uri", [CALLBACK, None])
def test_the_resource_owner_refuses(box: ProviderBox, redirect_uri: str | None) -> None:
    """A denial has its own error, and the pending authorization is discarded."""
    box.decision = "deny"
    with OAuth1Session(**box.client.credentials(), redirect_uri=redirect_uri) as session:
        token = session.fetch_request_token(box.request_token_url)["oauth_token"]
        answered = box.visit(session.create_authorization_url(box.authorize_url))
        if redirect_uri is None:
            assert answered == ""
            answered = f"?denied={token}"
        with pytest.raises(AccessDenied) as refused:
            session.parse_authorization_response(answered)
        assert refused.value.error == ("access_denied" if redirect_uri is None else "user_refused")
        with pytest.raises(OAuthError, match=r"fetch_request_token\(\)"):
            session.create_authorization_url(box.authorize_url)


def test_a_denial_of_nothing_in_particular_forgets_nothing(box: ProviderBox, session: OAuth1Session) -> None:
    session.fetch_request_token(box.request_token_url)
    with pytest.raises(AccessDenied):
        session.parse_authorization_response("?oauth_problem=user_refused")
    assert session.create_authorization_url(box.authorize_url)


@pytest.mark.parametrize(
    ("answered", "error"),
    [
        ("https://evil.example/?oauth_token=of-another&oauth_verifier=v", "token_mismatch"),
        ("?oauth_verifier=v", "missing_token"),
        ("", "missing_token"),
        ("https://provider.example/authorize", "missing_token"),
        ("?oauth_token=a&oauth_token=b", "parameter_rejected"),
        ("?oauth_token=%ff", "parameter_rejected"),
    ],
)
def test_a_callback_from_elsewhere(box: ProviderBox, session: OAuth1Session, answered: str, error: str) -> None:
    """Only the callback of the pending authorization counts; the pending one stays usable."""
    session.fetch_request_token(box.request_token_url)
    code = box.visit(session.create_authorization_url(box.authorize_url))
    with pytest.raises(CallbackError) as refused:
        session.parse_authorization_response(answered)
    assert refused.value.error == error
    session.fetch_access_token(box.access_token_url, code)


def test_a_callback_cannot_bring_a_secret(box: ProviderBox, session: OAuth1Session) -> None:
    session.redirect_uri = CALLBACK
    session.fetch_request_token(box.request_token_url)
    callback = box.visit(session.create_authorization_url(box.authorize_url))
    said = session.parse_authorization_response(f"{callback}&oauth_token_secret=EVIL&oauth_consumer_key=EVIL&self=1")
    assert list(said) == ["oauth_token", "oauth_verifier"]
    session.fetch_access_token(box.access_token_url)
    assert session.get(box.echo_url).ok


def test_a_callback_without_anything_pending(session: OAuth1Session) -> None:
    with pytest.raises(CallbackError, match="build it with the token and token_secret") as refused:
        session.parse_authorization_response("?oauth_token=a&oauth_verifier=b")
    assert refused.value.error == "missing_request_token"


def test_a_callback_without_a_verifier(box: ProviderBox, session: OAuth1Session) -> None:
    """The callback of an OAuth 1.0 provider is parsed. The exchange reports the missing code before it is sent."""
    token = session.fetch_request_token(box.request_token_url)["oauth_token"]
    assert session.parse_authorization_response(f"?oauth_token={token}") == {"oauth_token": token}
    box.requests.clear()
    with pytest.raises(OAuthError, match="require_verifier=False") as refused:
        session.fetch_access_token(box.access_token_url)
    assert refused.value.error == "missing_verifier"
    assert box.requests == []


# --- several authorizations on one session ----------------------------------------------------------------------------


@pytest.mark.seen_in("fasthtml#549")
@pytest.mark.seen_in("oauthlib#52")
def test_several_authorizations_do_not_mix(box: ProviderBox, session: OAuth1Session) -> None:
    """Each callback goes with its own request token and secret, in any order."""
    session.redirect_uri = CALLBACK
    started = [session.fetch_request_token(box.request_token_url) for _ in range(3)]
    with pytest.raises(OAuthError, match="request_token=") as refused:
        session.create_authorization_url(box.authorize_url)
    assert refused.value.error == "ambiguous_request_token"
    answers = [box.visit(session.create_authorization_url(box.authorize_url, one)) for one in started]
    for callback in reversed(answers):
        session.parse_authorization_response(callback)
    with pytest.raises(CallbackError, match="token_mismatch"):
        session.parse_authorization_response("?oauth_token=of-another&oauth_verifier=v")
    with pytest.raises(OAuthError, match="ambiguous_request_token"):
        session.parse_authorization_response("12345678")
    with pytest.raises(OAuthError, match="request_token="):
        session.fetch_access_token(box.access_token_url)

    tokens = [session.fetch_access_token(box.access_token_url, request_token=started[1]["oauth_token"])]
    tokens.append(
        session.fetch_access_token(box.access_token_url, request_token={"oauth_token": started[2]["oauth_token"]})
    )
    tokens.append(session.fetch_access_token(box.access_token_url))
    assert len({token["oauth_token"] for token in tokens}) == 3
    for token in tokens:
        session.token = token
        assert session.get(box.echo_url).ok


def test_the_dict_of_a_request_token_is_enough(box: ProviderBox, session: OAuth1Session) -> None:
    """A session with other credentials exchanges the request token that is passed to it."""
    saved = session.fetch_request_token(box.request_token_url)
    code = box.visit(session.create_authorization_url(box.authorize_url))
    with OAuth1Session(**box.client.credentials()) as other:
        with pytest.raises(OAuthError, match="pass the whole dict") as refused:
            other.fetch_access_token(box.access_token_url, code, request_token=saved["oauth_token"])
        assert refused.value.error == "unknown_request_token"
        other.fetch_access_token(box.access_token_url, code, request_token=saved)
        assert other.get(box.echo_url).ok


def test_pending_authorizations_are_bounded() -> None:
    """The newest hundred are kept."""
    steps = [
        answer(f"oauth_token=t{number}&oauth_token_secret=s&oauth_callback_confirmed=true") for number in range(101)
    ]
    with ScriptedServer(*steps, GRANTED) as server, OAuth1Session("client", "secret") as session:
        for _ in range(100):
            session.fetch_request_token(server.origin)
        session.parse_authorization_response("?oauth_token=t0&oauth_verifier=v")
        session.fetch_request_token(server.origin)
        with pytest.raises(OAuthError, match="unknown_request_token"):
            session.fetch_access_token(server.origin, request_token="t0")
        session.fetch_access_token(server.origin, "v", request_token="t1")
        session.fetch_access_token(server.origin, "v", request_token="t100")


def test_an_exchanged_authorization_is_over(box: ProviderBox, session: OAuth1Session) -> None:
    """After the exchange nothing is pending, the temporary credentials are gone, and the session has the new token."""
    first = session.fetch_request_token(box.request_token_url)
    session.parse_authorization_response(box.visit(session.create_authorization_url(box.authorize_url)))
    session.fetch_access_token(box.access_token_url)
    with pytest.raises(OAuthError, match="missing_request_token"):
        session.create_authorization_url(box.authorize_url)
    with pytest.raises(OAuthError, match="unknown_request_token"):
        session.fetch_access_token(box.access_token_url, request_token=first["oauth_token"])


def test_a_failed_exchange_can_be_tried_again(box: ProviderBox, session: OAuth1Session) -> None:
    session.fetch_request_token(box.request_token_url)
    code = box.visit(session.create_authorization_url(box.authorize_url))
    with pytest.raises(TokenResponseError) as refused:
        session.fetch_access_token(box.access_token_url, "WRONG")
    assert (refused.value.status, refused.value.problem) == (401, "parameter_rejected")
    session.fetch_access_token(box.access_token_url, code)
    assert session.get(box.echo_url).ok


@pytest.mark.seen_in("flask-dance#120")
def test_a_new_flow_leaves_the_held_token_alone(box: ProviderBox, open_session: Any) -> None:
    """The first leg carries no token, and the session continues to sign with its own until the exchange."""
    session = open_session(box)
    held = session.token
    session.fetch_request_token(box.request_token_url)
    assert "oauth_token" not in protocol_names(box.requests[-1])
    assert session.token == held
    assert session.get(box.echo_url).json()["token"] == held["oauth_token"]
    code = box.visit(session.create_authorization_url(box.authorize_url))
    session.fetch_access_token(box.access_token_url, code)
    assert session.token != held


# --- providers from before OAuth 1.0a, and without the first legs -----------------------------------------------------


@pytest.mark.seen_in("requests-oauthlib#502")
def test_a_provider_without_verifier() -> None:
    """With ``require_verifier=False`` the exchange is sent without a code."""
    with ScriptedServer(GRANTED) as server, OAuth1Session("client", "secret", require_verifier=False) as session:
        session.fetch_request_token(server.origin)
        assert session.fetch_access_token(server.origin)["oauth_token"] == "t"
    assert "oauth_verifier" not in (server.seen[1].header("authorization") or "")
    assert 'oauth_token="t"' in (server.seen[1].header("authorization") or "")


@pytest.mark.parametrize(("method", "placement"), SAMPLES)
def test_no_temporary_credentials_at_all(box: ProviderBox, method: str, placement: str) -> None:
    """If a provider accepts a password instead, the only leg carries it as a signed form, without a token."""
    with (
        ScriptedServer(answer("oauth_token=t&oauth_token_secret=s&user_id=7")) as server,
        OAuth1Session(**box.clients[method].credentials(), signature_type=placement) as session,
    ):
        data = {"x_auth_username": "a b", "x_auth_password": "é&", "x_auth_mode": "client_auth"}
        assert session.fetch_access_token(f"{server.origin}/access", data=data) == {
            "oauth_token": "t",
            "oauth_token_secret": "s",
            "user_id": "7",
        }
        assert session.token is not None
        assert session.token["user_id"] == "7"
    (seen,) = server.seen
    assert seen.body.startswith(b"x_auth_username=a+b&x_auth_password=%C3%A9%26&x_auth_mode=client_auth")
    verified = box.two_legged_verifier.verify(seen.method, seen.url, seen.headers, seen.body)
    assert (verified.token, verified.placement) == (None, placement)


# --- where credentials may go -----------------------------------------------------------------------------------------

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
def test_legs_do_not_go_over_plain_http(leg: Callable[[OAuth1Session], Any], method: str) -> None:
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


def test_plaintext_does_not_go_over_plain_http() -> None:
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


# --- options ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [OAuth1Session, OAuth1Auth])
def test_a_misspelt_option_is_an_error(kind: Any) -> None:
    with pytest.raises(TypeError, match="signature_metod"):
        kind("client", "secret", signature_metod="HMAC-SHA256")
    with pytest.raises(TypeError):
        kind("client", "secret", "token")


def test_a_misspelt_option_of_a_leg_is_an_error(session: OAuth1Session, box: ProviderBox) -> None:
    with pytest.raises(TypeError, match="tiemout"):
        session.fetch_request_token(box.request_token_url, tiemout=3)
    assert box.requests == []


@pytest.mark.parametrize(
    "option", [{"signature_method": "HMAC-MD5"}, {"signature_type": "FOOTER"}, {"body_hash": "yes"}]
)
def test_an_option_that_cannot_work(option: dict[str, Any]) -> None:
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


def test_a_certificate_for_another_host() -> None:
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


def test_legs_do_not_wait_for_ever(box: ProviderBox, session: OAuth1Session) -> None:
    """They have a timeout of their own by default; other requests have the caller's."""
    timeouts: list[Any] = []

    class Noting(HTTPAdapter):
        def send(self, *args: Any, **kwargs: Any) -> requests.Response:
            timeouts.append(kwargs["timeout"])
            return super().send(*args, **kwargs)

    session.mount("http://", Noting())
    session.fetch_request_token(box.request_token_url)
    session.fetch_access_token(
        box.access_token_url, box.visit(session.create_authorization_url(box.authorize_url)), timeout=(3, 7)
    )
    session.get(box.echo_url)
    assert timeouts == [30, (3, 7), None]


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


def test_the_auth_says_what_it_is() -> None:
    auth = OAuth1Auth("client", "secret", realm="Photos", signature_method="HMAC-SHA256", signature_type="QUERY")
    assert repr(auth) == "<OAuth1Auth 'client' HMAC-SHA256 QUERY>"
    assert (auth.client_id, auth.realm, auth.signer.token) == ("client", "Photos", None)


@pytest.mark.parametrize("option", ["auth", "allow_redirects", "stream"])
def test_what_a_leg_decides_itself_cannot_be_asked_for(box: ProviderBox, option: str) -> None:
    """An option that a leg would override is an error, before anything is sent."""
    with OAuth1Session(**box.client.credentials()) as client, pytest.raises(TypeError, match=option):
        client.fetch_request_token(box.request_token_url, **{option: True})

    assert box.requests == []


def test_a_password_in_an_endpoint_is_not_logged(box: ProviderBox, caplog: pytest.LogCaptureFixture) -> None:
    """The log has the endpoint and the status, but not user information and query, which may contain secrets."""
    caplog.set_level("DEBUG", "oauthone")
    host = box.origin.partition("://")[2]

    with OAuth1Session(**box.client.credentials()) as client:
        client.fetch_request_token(f"http://user:CANARY@{host}/oauth/request_token?key=CANARY")

    assert f"POST {box.request_token_url} answered 200" in caplog.text
    assert "CANARY" not in "".join(record.getMessage() for record in caplog.records if record.name == "oauthone")
