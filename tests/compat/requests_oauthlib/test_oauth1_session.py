"""`OAuth1Session` runs the flow as that of requests-oauthlib does, against a provider that verifies every leg."""

import copy
import inspect
import pickle
from collections.abc import Callable
from itertools import product
from types import SimpleNamespace
from typing import Any
from unittest import mock

import pytest
import requests
import requests_mock
import requests_oauthlib as original
from hypothesis import given
from hypothesis import strategies as st

from oauthone.compat.requests_oauthlib import (
    OAuth1,
    OAuth1Session,
    TokenMissing,
    TokenRequestDenied,
    VerifierMissing,
    oauth1_session,
)
from oauthone.compat.requests_oauthlib._client import Client
from oauthone.errors import InsecureTransportError
from oauthone.testing import ProviderBox

CALLBACK = "https://app.example/done?page=1&x=%C3%A9"
TOKEN = {"oauth_token": "t", "oauth_token_secret": "s"}


def session_for(box: ProviderBox, method: str = "HMAC-SHA1", **options: Any) -> OAuth1Session:
    """Return a session with the client credentials of ``box``."""
    client = box.clients[method]
    return OAuth1Session(
        client.client_id, client.client_secret, signature_method=method, rsa_key=client.rsa_key, **options
    )


def answering(session: Any, body: str, status: int = 200) -> Any:
    """Let ``session`` get this answer to all requests, and return it."""
    response = requests.Response()
    response.status_code = status
    response._content, response.encoding = body.encode(), "utf-8"
    session.send = mock.Mock(return_value=response)
    return session


# --- the flow -------------------------------------------------------------------------------------------------------


@pytest.mark.covering(together=2)
@pytest.mark.parametrize(
    ("method", "placement"),
    [
        *product(["HMAC-SHA1", "HMAC-SHA256", "RSA-SHA1"], ["AUTH_HEADER", "query", "BODY"]),
        *product(["PLAINTEXT"], ["AUTH_HEADER", "body"]),
    ],
)
@pytest.mark.parametrize("client_class", [None, Client], ids=["oauthlib's client", "our client"])
def test_the_flow(box: ProviderBox, method: str, placement: str, client_class: Any) -> None:
    """The callback belongs to the first leg alone, the verifier to the third."""
    options = {"callback_uri": CALLBACK, "signature_type": placement, "client_class": client_class}
    with session_for(box, method, **options) as session:
        assert session.authorized is False
        request_token = session.fetch_request_token(box.request_token_url)
        assert session.token == {name: request_token[name] for name in ("oauth_token", "oauth_token_secret")}
        url = session.authorization_url(box.authorize_url)
        parsed = session.parse_authorization_response(box.visit(url))
        assert parsed["page"] == "1"
        assert session.token["oauth_verifier"] == parsed["oauth_verifier"]
        token = session.fetch_access_token(box.access_token_url)
        assert session.token == {name: token[name] for name in ("oauth_token", "oauth_token_secret")}
        assert session.authorized is True
        response = session.post(box.echo_url, {"text": "é"})
        assert response.json()["user"] == "alice"
    assert [sent.refused for sent in box.requests] == [None] * len(box.requests)


def test_the_flow_in_two_sessions(box: ProviderBox) -> None:
    """As a web application runs it, with the verifier as an argument."""
    first = session_for(box, callback_uri=CALLBACK)
    request_token = first.fetch_request_token(box.request_token_url, timeout=5)
    back = box.visit(first.authorization_url(box.authorize_url, request_token["oauth_token"]))
    second = session_for(
        box,
        resource_owner_key=request_token["oauth_token"],
        resource_owner_secret=request_token["oauth_token_secret"],
    )
    verifier = requests.utils.unquote(back.partition("oauth_verifier=")[2].partition("&")[0])
    second.fetch_access_token(box.access_token_url, verifier)
    assert second._client.client.verifier is None
    assert second.get(box.echo_url).ok


@pytest.mark.parametrize("kind", ["form", "json"])
def test_the_answer_is_a_form_or_json(box: ProviderBox, kind: Any) -> None:
    box.faults = box.faults._replace(token_response=kind)
    token = session_for(box, callback_uri="oob").fetch_request_token(box.request_token_url)
    assert token["oauth_callback_confirmed"] == "true"


def test_a_leg_is_a_post_of_the_session(box: ProviderBox) -> None:
    """A class that derives from this one sees it, with every option."""
    seen: list[Any] = []

    class Session(OAuth1Session):
        def request(self, method: str, url: str, *args: Any, own: str = "", **kwargs: Any) -> Any:
            seen.append((method, url, own))
            return super().request(method, url, *args, **kwargs)

    client = box.client
    session = Session(client.client_id, client.client_secret, callback_uri="oob")
    session.fetch_request_token(box.request_token_url, own="x", headers={"X-A": "1"}, stream=True)
    assert seen == [("POST", box.request_token_url, "x")]
    assert box.requests[0].header("x-a") == "1"


def test_a_class_may_keep_the_token_elsewhere() -> None:
    """The legs set the attributes of the client besides."""

    class Session(OAuth1Session):
        kept: Any = None

        @property
        def token(self) -> Any:
            return self.kept

        @token.setter
        def token(self, token: Any) -> None:
            self.kept = token

    session = answering(Session("ck"), "oauth_token=t&oauth_token_secret=s&a=1")
    session.fetch_request_token("https://api.example/")
    assert session.kept == {**TOKEN, "a": "1"}
    assert session._client.client.resource_owner_key == "t"


def test_what_belongs_to_a_leg_is_dropped_after_it() -> None:
    session = answering(OAuth1Session("ck", callback_uri=CALLBACK), "oauth_token=t&oauth_token_secret=s")
    client = session._client.client
    client.realm = "before"
    session.fetch_request_token("https://api.example/", realm=["a", "b"])
    sent = session.send.call_args.args[0].headers["Authorization"]
    assert sent.startswith(b'OAuth realm="a b", oauth_nonce')
    assert b"oauth_callback=" in sent
    assert (client.callback_uri, client.realm) == (None, None)
    session.fetch_access_token("https://api.example/", "v")
    sent = session.send.call_args.args[0].headers["Authorization"]
    assert b'oauth_verifier="v"' in sent
    assert b"oauth_callback" not in sent
    assert client.verifier is None


def test_a_failed_leg_can_be_repeated() -> None:
    """The callback and the verifier stay."""
    session = answering(OAuth1Session("ck", callback_uri=CALLBACK), "no", 500)
    for leg in (session.fetch_request_token, lambda url: session.fetch_access_token(url, "v")):
        with pytest.raises(TokenRequestDenied):
            leg("https://api.example/")
    assert session._client.client.callback_uri == CALLBACK
    assert session._client.client.verifier == "v"


def test_a_leg_without_a_verifier() -> None:
    """One library fetches its token with this method, without a verifier."""
    session = answering(OAuth1Session("ck"), "oauth_token=t")
    assert session._fetch_token("https://api.example/", timeout=1) == {"oauth_token": "t"}
    assert session.token == {"oauth_token": "t"}


# --- errors ---------------------------------------------------------------------------------------------------------


def test_a_refused_leg(box: ProviderBox) -> None:
    client = box.client
    session = OAuth1Session(client.client_id, "wrong", callback_uri="oob")
    with pytest.raises(TokenRequestDenied, match="Token request failed with code 401") as denied:
        session.fetch_request_token(box.request_token_url)
    assert denied.value.status_code == 401
    assert denied.value.response.request.headers["Authorization"].startswith(b"OAuth ")
    assert isinstance(denied.value, ValueError)


@pytest.mark.parametrize(
    ("body", "status"), [("a=1&oauth_problem=x", 401), ("a=1", 200), ("<p>no</p>", 200), ("[1, 2]", 200), ("5 ", 200)]
)
def test_each_answer_without_a_token_is_a_value_error(body: str, status: int) -> None:
    """Of the kind that requests-oauthlib raises, with its ``response``."""
    ours, theirs = answering(OAuth1Session("ck"), body, status), answering(original.OAuth1Session("ck"), body, status)
    with pytest.raises((ValueError, TypeError)) as expected:
        theirs.fetch_request_token("https://api.example/")
    with pytest.raises(ValueError, match=r"\A[TRU]") as found:
        ours.fetch_request_token("https://api.example/")
    if type(expected.value).__module__ == "requests_oauthlib.oauth1_session":
        assert type(found.value).__name__ == type(expected.value).__name__
        if isinstance(found.value, TokenMissing):
            assert found.value.response == expected.value.response


def test_no_error_repeats_a_secret() -> None:
    """The provider may send back what it was sent, or half of an answer. A traceback shows the context too."""
    for body, status in (
        ("secret=c-secret v-code", 401),
        ("oauth_token_secret=new&a=c-secret", 200),
        ("<c-secret", 200),
    ):
        session = answering(OAuth1Session("ck", "c-secret", verifier="v-code"), body, status)
        with pytest.raises(ValueError, match=r"\A[TRU]") as found:
            session.fetch_request_token("https://api.example/")
        assert found.value.__context__ is None
        for secret in ("c-secret", "v-code", "=new", "'new'"):
            assert secret not in str(found.value)


def test_a_missing_verifier_is_found_before_the_request() -> None:
    session = answering(OAuth1Session("ck"), "oauth_token=t")
    del session._client.client.verifier
    with pytest.raises(VerifierMissing, match=r"\ANo client verifier has been set\.\Z"):
        session.fetch_access_token("https://api.example/")
    assert not session.send.called


@pytest.mark.parametrize("before", ["", " ", "\t", "\N{NO-BREAK SPACE}", "\N{IDEOGRAPHIC SPACE}"])
@pytest.mark.parametrize("given_as", [str, str.encode])
def test_a_leg_needs_https(given_as: Callable[[str], Any], before: str) -> None:
    """However the URL is given: requests accepts bytes and skips spaces."""
    session = answering(OAuth1Session("ck"), "oauth_token=t")
    with pytest.raises(InsecureTransportError):
        session.fetch_request_token(given_as(f"{before}http://api.example/"))
    assert not session.send.called
    session.fetch_request_token(given_as(f"{before}https://api.example/"))
    assert session.send.called


def test_a_leg_may_have_a_relative_url(box: ProviderBox) -> None:
    """A class that derives from this one completes it."""

    class Session(OAuth1Session):
        def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
            return super().request(method, f"{box.origin}{url}", *args, **kwargs)

    session = Session(box.client.client_id, box.client.client_secret, callback_uri="oob")
    path = box.request_token_url.removeprefix(box.origin)
    assert session.fetch_request_token(path)["oauth_callback_confirmed"] == "true"


@pytest.mark.parametrize("query", ["denied=1", "oauth_problem=user_refused", ""])
def test_a_callback_without_a_token(query: str) -> None:
    """The parameters are with the error."""
    with pytest.raises(TokenMissing) as missing:
        OAuth1Session("ck").parse_authorization_response(f"https://app.example/done?{query}")
    assert missing.value.response == dict([query.split("=")] if query else [])


@pytest.mark.parametrize("extra", ["", "&oauth_verifier=v", "&oauth_token_secret=s&a=%C3%A9", "&a=[1]#_=_"])
def test_a_callback_of_a_new_session(extra: str) -> None:
    """Nothing has to be pending, and the verifier may be missing."""
    session = OAuth1Session("ck")
    parsed = session.parse_authorization_response(f"https://app.example/done?oauth_token=t{extra}")
    assert parsed["oauth_token"] == session.token["oauth_token"] == "t"
    assert parsed.get("oauth_verifier") == session._client.client.verifier


# --- the rest of the interface --------------------------------------------------------------------------------------


@given(
    st.sampled_from(["https://a.example/authorize", "https://a.example/?a=1&b=%20&c", "/relative?x=é#f"]),
    st.none() | st.text(max_size=3),
    st.none() | st.text(max_size=3),
    st.dictionaries(st.sampled_from(["a", "b", "é"]), st.text(max_size=3) | st.integers(), max_size=2),
)
def test_the_authorization_url_is_that_of_requests_oauthlib(
    url: str, held: Any, request_token: Any, more: dict[str, Any]
) -> None:
    ours, theirs = (library("ck", resource_owner_key=held) for library in (OAuth1Session, original.OAuth1Session))
    assert ours.authorization_url(url, request_token, **more) == theirs.authorization_url(url, request_token, **more)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"client_secret": "cs", "resource_owner_key": "t", "resource_owner_secret": "s", "verifier": "v"},
        {"client_secret": "cs", "resource_owner_key": "t"},
        {"client_secret": "cs", "resource_owner_secret": "s"},
        {"resource_owner_key": "t", "resource_owner_secret": "s"},
        {"resource_owner_key": "t", "signature_method": "RSA-SHA1"},
        {"client_secret": "cs", "signature_method": "RSA-SHA1"},
        {"client_secret": "cs", "resource_owner_key": "", "resource_owner_secret": ""},
    ],
)
def test_token_and_authorized(options: dict[str, Any]) -> None:
    ours, theirs = OAuth1Session("ck", **options), original.OAuth1Session("ck", **options)
    assert ours.token == theirs.token
    assert ours.authorized is theirs.authorized


def test_every_rsa_method_needs_the_token_alone() -> None:
    assert OAuth1Session("ck", resource_owner_key="t", signature_method="RSA-SHA512").authorized is True


def test_a_token_can_be_set() -> None:
    session = OAuth1Session("ck")
    session.token = {**TOKEN, "oauth_verifier": "v"}
    assert session.token == {**TOKEN, "oauth_verifier": "v"}
    session._populate_attributes({"oauth_token": "other"})
    assert session.token == {**TOKEN, "oauth_token": "other", "oauth_verifier": "v"}
    with pytest.raises(TokenMissing):
        session.token = {}


@pytest.mark.parametrize(
    ("ours", "theirs"), [(OAuth1, original.OAuth1), (OAuth1Session, original.OAuth1Session)], ids=["auth", "session"]
)
def test_the_arguments_have_their_order(ours: Callable[..., Any], theirs: Callable[..., Any]) -> None:
    """And their defaults."""

    def parameters(function: Callable[..., Any]) -> Any:
        return [(one.name, one.kind, one.default) for one in inspect.signature(function).parameters.values()]

    assert parameters(ours) == parameters(theirs)


@pytest.mark.parametrize("name", ["authorization_url", "fetch_request_token", "fetch_access_token", "_fetch_token"])
def test_the_methods_have_the_same_parameters(name: str) -> None:
    ours, theirs = (inspect.signature(getattr(kind, name)) for kind in (OAuth1Session, original.OAuth1Session))
    assert list(ours.parameters) == list(theirs.parameters)


def test_no_public_name_is_missing() -> None:
    assert {name for name in dir(original.OAuth1Session) if not name.startswith("__")} <= set(dir(OAuth1Session))
    assert {name for name in dir(original.OAuth1) if not name.startswith("__")} <= set(dir(OAuth1))
    for name in ("OAuth1", "OAuth1Session", "TokenMissing", "TokenRequestDenied", "VerifierMissing", "urldecode"):
        assert hasattr(oauth1_session, name)


def test_an_argument_is_passed_on() -> None:
    session = OAuth1Session("ck", decoding=None, encoding="latin-1", realm="r", nonce="n", timestamp="1")
    request = session.prepare_request(requests.Request("GET", "https://api.example/"))
    assert str(request.headers["Authorization"]).startswith('OAuth realm="r", oauth_nonce="n", oauth_timestamp="1"')
    with pytest.raises(TypeError, match="client_id"):
        OAuth1Session("ck", client_id="ck")


@pytest.mark.parametrize("copied", [copy.copy, lambda session: pickle.loads(pickle.dumps(session))])
def test_copies_are_independent(copied: Any) -> None:
    session = OAuth1Session("ck", "cs", "t", "s")
    session.headers["X-A"] = "1"
    other = copied(session)
    assert other.auth is other._client
    other.token = {"oauth_token": "other"}
    assert session.token == TOKEN
    assert other.headers["X-A"] == "1"
    other.auth = ("user", "password")
    assert copied(other).auth == ("user", "password")


def test_it_is_an_ordinary_session_below_mocks() -> None:
    """Requests are signed when they are prepared, so each mock sees them signed."""
    session = OAuth1Session("ck", "cs")
    session.headers = {"X-Plain": "a dict"}
    with requests_mock.Mocker() as mocker:
        mocker.post("https://api.example/", text="fine")
        assert session.post("https://api.example/", {"a": "1"}).text == "fine"
        assert mocker.last_request.headers["Authorization"].startswith(b"OAuth ")
    adapter = requests_mock.Adapter()
    adapter.register_uri("GET", "https://api.example/", text="fine")
    session.mount("https://", adapter)
    assert session.get("https://api.example/").request.headers["Authorization"].startswith(b"OAuth ")
    answering(session, "fine").get("https://api.example/")
    assert session.send.call_args.args[0].headers["Authorization"].startswith(b"OAuth ")


def test_another_auth_replaces_the_signature(box: ProviderBox) -> None:
    session = session_for(box)
    session.get(box.open_url, auth=("user", "password"))
    assert str(box.requests[-1].header("authorization")).startswith("Basic ")


@pytest.mark.parametrize("status", [302, 308])
def test_another_origin_gets_nothing(box: ProviderBox, status: int) -> None:
    session = session_for(box, callback_uri="oob")
    session.fetch_request_token(box.request_token_url)
    token = box.issue_token()
    session.token = {"oauth_token": token.token, "oauth_token_secret": token.token_secret}
    assert session.get(box.redirect_url(box.other_url, status)).ok
    assert box.requests[-1].url == box.other_url
    assert box.requests[-1].header("authorization") is None
    assert session.get(box.redirect_url("/echo", status)).ok


# --- diagnosis --------------------------------------------------------------------------------------------------------


def test_a_refused_leg_has_a_diagnosis(box: ProviderBox) -> None:
    """With the credentials of that moment, and none of them in a pickle."""
    given = {"client_secret": "an0ther s3cret", "resource_owner_secret": b"t0ken-s3cret"}
    with OAuth1Session(box.client.client_id, **given) as session, pytest.raises(TokenRequestDenied) as caught:
        session.fetch_request_token(box.request_token_url)
    session._client.client.client_key = "changed"
    assert caught.value.diagnosis.explanation.startswith("The signature is right")
    assert caught.value.diagnosis is caught.value.diagnosis
    shown = repr(vars(caught.value)) + repr(pickle.dumps(vars(caught.value)["_diagnosis"]))
    assert "s3cret" not in shown


def test_an_error_of_a_program_has_none() -> None:
    assert TokenRequestDenied("no", requests.Response()).diagnosis is None
    with pytest.raises(TokenRequestDenied) as caught:
        answering(OAuth1Session("c", "s"), "no", 401).fetch_request_token("https://p.example/")
    assert caught.value.diagnosis is None


@pytest.mark.parametrize("placement", ["AUTH_HEADER", "QUERY", "BODY"])
@pytest.mark.parametrize("method", ["HMAC-SHA1", "RSA-SHA1"])
def test_a_session_diagnoses_a_response(box: ProviderBox, method: str, placement: str) -> None:
    """The server tells that it does not know the token."""
    session = session_for(box, method, resource_owner_key=b"t", signature_type=placement)
    response = session.post(f"{box.echo_url}?b=x%20y", data={"a": "1 +"})
    assert session.diagnose(response).mistakes == ("token-refused",)
    assert session.explain(response).startswith("The client sent a token that the server does not accept")


@pytest.mark.parametrize(
    "response",
    [
        mock.Mock(spec=requests.Response, status_code=401, text="a=b"),
        SimpleNamespace(status_code=401, text="a=b"),
        SimpleNamespace(status_code=401, text="a=b", request=None),
        SimpleNamespace(status_code=401, text="a=b", request=requests.Request("GET", "https://api.example/").prepare()),
    ],
)
def test_a_refusal_that_a_test_has_made_is_one_without_a_diagnosis(response: Any) -> None:
    """The stand-in has what requests-oauthlib reads, and no more."""
    for session in (original.OAuth1Session("ck"), OAuth1Session("ck")):
        with (
            mock.patch.object(session, "post", return_value=response),
            pytest.raises(ValueError, match="failed with code 401") as denied,
        ):
            session.fetch_request_token("https://api.example/")
        assert (denied.value.status_code, denied.value.response) == (401, response)
    assert denied.value.diagnosis is None
