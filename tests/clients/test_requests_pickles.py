"""Pickles of requests and responses: they contain no secret, and what they are good for afterwards."""

import copy
import io
import pickle
from collections.abc import Callable
from typing import Any

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st
from requests.adapters import BaseAdapter
from urllib3 import HTTPResponse

from oauthone import RsaKey
from oauthone.clients._requests_pickles import PickledAuth
from oauthone.clients.requests import OAuth1Auth, OAuth1Session
from oauthone.compat import requests_oauthlib
from oauthone.errors import SigningError
from oauthone.testing import ProviderBox

from .conftest import Opener
from .matrix import PLACEMENTS, SAMPLES, nonces
from .pickled import PROTOCOLS, SECRETS, secrets_in
from .servers import ScriptedServer, answer

ORIGIN = "https://api.example"


class Canned(BaseAdapter):
    """Redirects once for each segment ``/to/`` of a path, and then answers."""

    def send(self, request: Any, **_: Any) -> requests.Response:
        path = str(request.url).partition("/to/")[2].partition("?")[0]
        headers = {"Location": f"{ORIGIN}/{path}"} if path else {}
        raw = HTTPResponse(io.BytesIO(b"fine"), headers, 307 if path else 200, preload_content=False)
        return requests.adapters.HTTPAdapter().build_response(request, raw)

    def close(self) -> None:
        pass


def sessions(secrets: tuple[str, str], placement: str, method: str, key: str) -> dict[str, Callable[[], Any]]:
    """Return what makes each kind of session: ours, a plain one with our auth, and both of the compat module."""
    ours = {"token": "t", "token_secret": secrets[1], "signature_type": placement, "signature_method": method}
    theirs = ("ck", secrets[0], "t", secrets[1], None, method, placement.replace("HEADER", "AUTH_HEADER"))
    key_of = RsaKey(key) if method.startswith("RSA") else None

    def plain(auth: Any) -> requests.Session:
        session = requests.Session()
        session.auth = auth
        return session

    return {
        "session": lambda: OAuth1Session("ck", secrets[0], rsa_key=key_of, **ours),
        "auth": lambda: plain(OAuth1Auth("ck", secrets[0], rsa_key=key_of, **ours)),
        "compat session": lambda: _compat_session(theirs, key),
        "compat auth": lambda: plain(requests_oauthlib.OAuth1(*theirs, rsa_key=key)),
    }


def _compat_session(theirs: tuple[Any, ...], key: str) -> Any:
    client_key, client_secret, token, token_secret, callback, method, placement = theirs
    return requests_oauthlib.OAuth1Session(
        client_key, client_secret, token, token_secret, callback, method, placement, key
    )


@pytest.fixture(scope="module")
def rsa_key(shared_box: ProviderBox) -> str:
    return str(shared_box.clients["RSA-SHA1"].rsa_key)


@given(st.data())
def test_no_secret_is_in_the_pickle_of_a_request_or_a_response(rsa_key: str, data: st.DataObject) -> None:
    """Of a prepared request, and of a response after redirects, with all requests and responses that it holds."""
    secrets, protocol = (data.draw(SECRETS), data.draw(SECRETS)), data.draw(PROTOCOLS)
    method = data.draw(st.sampled_from(["HMAC-SHA1", "HMAC-SHA256", "RSA-SHA1"]))
    make = sessions(secrets, data.draw(st.sampled_from(PLACEMENTS)), method, rsa_key)
    path = data.draw(st.sampled_from(["/a", "/to/b", "/to/to/b"]))
    with make[data.draw(st.sampled_from(sorted(make)))]() as session:
        session.mount(ORIGIN, Canned())
        prepared = session.prepare_request(requests.Request("POST", ORIGIN + path, data={"a": "1"}))
        response = session.post(ORIGIN + path, data={"a": "1"})
        assert (response.text, len(response.history)) == ("fine", path.count("to/"))
        kept = [prepared, prepared.copy(), response.request, response, *response.history]
        for one in (*kept, *[pickle.loads(pickle.dumps(one)) for one in kept], copy.deepcopy(response)):
            assert secrets_in(one, *secrets, protocol=protocol) == []
        # The search finds the secrets where they are meant to be kept.
        if method.startswith("HMAC"):
            assert set(secrets) <= set(secrets_in(session.auth, *secrets, protocol=max(protocol, 2)))


def test_plaintext_shows_its_secrets_in_the_request(open_session: Opener, box: ProviderBox) -> None:
    """They are the signature, which a response's request shows; a request that was only prepared has none."""
    session = open_session(box, "PLAINTEXT")
    session.mount(ORIGIN, Canned())
    prepared = session.prepare_request(requests.Request("GET", f"{ORIGIN}/a"))
    assert secrets_in(prepared, str(box.clients["PLAINTEXT"].client_secret)) == []
    assert b"oauth_signature" in pickle.dumps(session.send(prepared))


@pytest.mark.parametrize(("method", "placement"), SAMPLES)
def test_an_unpickled_request_is_signed_by_the_session_that_sends_it(
    box: ProviderBox, open_session: Opener, method: str, placement: str
) -> None:
    """The session that prepared it, or a pickle of that; each time anew, redirects too, and for the same token."""
    session = open_session(box, method, placement)
    prepared = session.prepare_request(requests.Request("POST", box.redirect_url("/echo", 307), data={"a": "1"}))
    kept = pickle.dumps(pickle.loads(pickle.dumps(prepared)))
    with pickle.loads(pickle.dumps(session)) as other:
        for one in (session, other):
            for request in (pickle.loads(kept), pickle.loads(pickle.dumps(one.send(prepared).history[0].request))):
                response = one.send(request)
                assert response.json()["form"][0] == ["a", "1"]
    assert len(box.requests) == 12
    if method != "PLAINTEXT":
        assert len(set(nonces(box.requests))) == 12


def test_an_unpickled_request_is_not_signed_in_another_name(box: ProviderBox, open_session: Opener) -> None:
    """Neither for another token, nor by a session without one, nor with a password instead."""
    session = open_session(box)
    prepared = session.prepare_request(requests.Request("GET", box.echo_url))
    kept = pickle.dumps(prepared)
    owner = session.token
    for token in (open_session(box).token, None):
        session.token = token
        with pytest.raises(SigningError, match="this request was unpickled") as refused:
            session.send(pickle.loads(kept))
        assert repr(owner["oauth_token"]) in str(refused.value)
        assert session.send(session.prepare_request(requests.Request("GET", box.two_legged_url))).ok
    session.auth = ("user", "password")
    with pytest.raises(SigningError, match="this request was unpickled"):
        session.send(pickle.loads(kept))
    assert session.send(prepared).json()["token"] == owner["oauth_token"]  # It was not pickled, and holds its auth.


def test_what_was_unsigned_stays_unsigned(box: ProviderBox, open_session: Opener) -> None:
    """A request with another auth, and the last one of a chain that led to another origin."""
    session = open_session(box)
    prepared = session.prepare_request(requests.Request("GET", box.other_url, auth=lambda request: request))
    foreign = session.get(box.redirect_url(box.other_url)).request
    box.requests.clear()
    for request in (prepared, foreign):
        session.send(pickle.loads(pickle.dumps(request)))
        assert box.requests[-1].oauth_parameters() == []
    assert len(box.requests) == 2


@pytest.mark.parametrize("placement", PLACEMENTS)
@pytest.mark.parametrize("kind", [OAuth1Auth, requests_oauthlib.OAuth1])
def test_an_unpickled_request_of_an_auth_is_followed_without_a_signature(
    box: ProviderBox, kind: Any, placement: str
) -> None:
    """It keeps its own signature. Its redirects have neither that nor another one; those of a deep copy are signed."""

    class Local(kind):
        """A class that no pickle can name."""

    token, names = box.issue_token(), ("token", "token_secret")
    if kind is requests_oauthlib.OAuth1:
        placement, names = placement.replace("HEADER", "AUTH_HEADER"), ("resource_owner_key", "resource_owner_secret")
    options: Any = dict(zip(names, token, strict=True))
    auth = Local(box.client.client_id, box.client.client_secret, **options, signature_type=placement)
    redirect = answer(status=307, headers=[("Location", "/next?a=1")])
    with ScriptedServer(redirect, answer("fine"), redirect, answer("fine")) as server, requests.Session() as session:
        request = requests.Request("POST", f"{server.origin}/begin", data={"x": "1"}, auth=auth)
        prepared = session.prepare_request(request)
        for copied in (pickle.loads(pickle.dumps(pickle.loads(pickle.dumps(prepared)))), copy.deepcopy(prepared)):
            assert session.send(copied).text == "fine"
        begun, following, _, signed = server.seen
    for seen in (begun, signed):
        assert box.verifier.verify(seen.method, seen.url, seen.headers, seen.body)
    assert b"oauth_" not in following.body
    assert "oauth_" not in f"{following.target}{following.headers}"


def test_what_stands_for_an_auth() -> None:
    auth = OAuth1Auth("ck", "cs", token="t", token_secret="ts")
    kept = PickledAuth.of(auth)
    assert kept == PickledAuth.of(kept) == ("ck", "t", False)
    assert kept.find(auth) is auth
