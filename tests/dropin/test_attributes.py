"""Attributes of Authlib's auth and clients: what is assigned is what is signed with."""

import asyncio
import copy
import pickle
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock
from urllib.parse import unquote
from urllib.request import parse_http_list, parse_keqv_list

import pytest
import requests
from authlib.integrations.httpx_client import AsyncOAuth1Client, OAuth1Client
from authlib.integrations.httpx_client import OAuth1Auth as HttpxAuth
from authlib.integrations.requests_client import OAuth1Auth, OAuth1Session, OAuthError
from authlib.oauth1 import ClientAuth
from hypothesis import given
from hypothesis import strategies as st

from oauthone.testing import Faults, ProviderBox

CLIENTS = [OAuth1Session, OAuth1Client]


@pytest.fixture(scope="module")
def shared_box() -> Iterator[ProviderBox]:
    with ProviderBox() as box:
        yield box


@pytest.fixture
def box(shared_box: ProviderBox) -> ProviderBox:
    shared_box.requests.clear()
    shared_box.faults = Faults()
    return shared_box


def sent(box: ProviderBox) -> dict[str, str]:
    """The protocol parameters of the last request's header."""
    header = box.requests[-1].header("authorization") or ""
    return {name: unquote(value) for name, value in parse_keqv_list(parse_http_list(header.partition(" ")[2])).items()}


@pytest.mark.parametrize("kind", CLIENTS)
def test_a_token_and_its_secret_one_after_the_other(box: ProviderBox, kind: Any) -> None:
    """In either order, on the auth of the client."""
    token = box.issue_token()
    for names in (["token", "token_secret"], ["token_secret", "token"]):
        with kind(box.client.client_id, box.client.client_secret) as client:
            for name in names:
                setattr(client.auth, name, getattr(token, name))

            assert (client.auth.token, client.auth.token_secret) == (token.token, token.token_secret)
            assert client.token["oauth_token_secret"] == token.token_secret
            assert client.get(box.echo_url).json()["token"] == token.token

            client.auth.token = None
            assert client.token["oauth_token"] is None
            client.get(box.open_url)
            assert "oauth_token" not in sent(box)


@pytest.mark.parametrize("kind", CLIENTS)
def test_a_token_without_a_secret_keeps_the_secret(box: ProviderBox, kind: Any) -> None:
    """As a dict, and from the beginning."""
    token = box.issue_token()
    with kind(box.client.client_id, box.client.client_secret, "old", token.token_secret) as client:
        client.token = {"oauth_token": token.token}

        assert client.get(box.echo_url).json()["token"] == token.token
        assert client.token["oauth_token_secret"] == token.token_secret


@pytest.mark.parametrize("kind", CLIENTS)
def test_options_of_the_signature(box: ProviderBox, kind: Any) -> None:
    """Realm, placement, body hash, method, key, and the client's own credentials."""
    token = box.issue_token()
    with kind(box.client.client_id, "wrong", token.token, token.token_secret) as client:
        held = client.auth
        held.client_secret = box.client.client_secret
        held.realm = "Photos"
        assert client.get(box.echo_url).json()["realm"] == held.realm == "Photos"
        held.signature_type = "QUERY"
        assert client.get(box.echo_url).json()["placement"] == held.signature_type == "QUERY"
        held.force_include_body = True
        assert "oauth_body_hash" in client.post(box.echo_url, json={}).json()["oauth"]
        held.force_include_body = False
        assert not held.force_include_body
        other = box.clients["HMAC-SHA512"]
        issued = box.issue_token(other)
        held.client_id, held.client_secret, held.signature_method = other.client_id, other.client_secret, "HMAC-SHA512"
        held.token, held.token_secret = issued.token, issued.token_secret
        assert client.get(box.echo_url).json()["client_id"] == held.client_id
        assert held.signature_method == "HMAC-SHA512"


@pytest.mark.parametrize("kind", CLIENTS)
def test_a_method_with_a_key(box: ProviderBox, kind: Any) -> None:
    """The method first, then the key."""
    rsa = box.clients["RSA-SHA1"]
    token = box.issue_token(rsa)
    with kind(
        rsa.client_id, None, token.token, token.token_secret, rsa_key=rsa.rsa_key, signature_method="RSA-SHA1"
    ) as (client):
        assert client.auth.rsa_key is not None
        client.auth.rsa_key = rsa.rsa_key
        assert client.get(box.echo_url).json()["client_id"] == rsa.client_id
        client.auth.signature_method = "HMAC-SHA1"
        assert "oauth_signature" in client.get(box.open_url).request.headers["Authorization"]


@pytest.mark.parametrize("kind", CLIENTS)
def test_the_legs_by_assignment(box: ProviderBox, kind: Any) -> None:
    """Callback and verifier, which no other request carries."""
    with kind(box.client.client_id, box.client.client_secret) as client:
        client.auth.redirect_uri = "https://app.example/cb"
        assert client.redirect_uri == client.auth.redirect_uri == "https://app.example/cb"
        client.fetch_request_token(box.request_token_url)
        assert sent(box)["oauth_callback"] == "https://app.example/cb"
        callback = box.visit(client.create_authorization_url(box.authorize_url))

        client.auth.verifier = callback.partition("oauth_verifier=")[2]
        assert client.auth.verifier == client.token["oauth_verifier"]
        token = client.fetch_access_token(box.access_token_url)

        assert client.get(box.echo_url).json()["token"] == client.auth.token == token["oauth_token"]
        assert {"oauth_callback", "oauth_verifier"}.isdisjoint(sent(box))
        assert client.auth.verifier is None


@pytest.mark.parametrize("kind", CLIENTS)
def test_an_assigned_token_counts_instead_of_a_pending_one(box: ProviderBox, kind: Any) -> None:
    """There is one token, and the last that came is the one."""
    with kind(box.client.client_id, box.client.client_secret, redirect_uri="oob") as client:
        first = client.fetch_request_token(box.request_token_url)
        client.fetch_request_token(box.request_token_url)
        verifier = box.visit(client.create_authorization_url(box.authorize_url, first["oauth_token"]))
        client.token = {**first, "oauth_verifier": verifier}

        assert client.token["oauth_token"] == first["oauth_token"]
        assert first["oauth_token"] in client.create_authorization_url(box.authorize_url)
        client.fetch_access_token(box.access_token_url)
        assert sent(box)["oauth_token"] == first["oauth_token"]


@pytest.mark.parametrize("kind", CLIENTS)
def test_what_is_missing_is_told_before_anything_is_sent(box: ProviderBox, kind: Any) -> None:
    """A verifier, with or without a token; and a held token makes an address."""
    for token in ([], ["t", "s"]):
        with kind("c", "s", *token) as client, pytest.raises(OAuthError) as caught:
            client.fetch_access_token(box.access_token_url)
        assert caught.value.error == "missing_verifier"
    assert box.requests == []
    with kind("c", "s", "held", "s") as client:
        assert client.create_authorization_url(box.authorize_url) == f"{box.authorize_url}?oauth_token=held"
    with kind("c", "s") as client, pytest.raises(OAuthError):
        client.create_authorization_url(box.authorize_url)


@pytest.mark.parametrize("kind", CLIENTS)
def test_xauth_needs_no_verifier(box: ProviderBox, kind: Any) -> None:
    """Its form stands for the person; the box knows none, and says so."""
    with kind(box.client.client_id, box.client.client_secret) as client, pytest.raises(OAuthError) as caught:
        client.fetch_access_token(box.access_token_url, data={"x_auth_mode": "client_auth"})

    assert caught.value.error == "fetch_token_denied"


@pytest.mark.parametrize("kind", CLIENTS)
def test_a_refusal_has_authlibs_word(box: ProviderBox, kind: Any) -> None:
    """The provider's stays in ``problem``; what is no refusal has a word of its own."""
    with kind(box.client.client_id, box.client.client_secret, redirect_uri="oob") as client:
        box.faults = Faults(problem="consumer_key_rejected")
        with pytest.raises(OAuthError) as caught:
            client.fetch_request_token(box.request_token_url)
        assert (caught.value.error, caught.value.problem) == ("fetch_token_denied", "consumer_key_rejected")
        box.faults = Faults(problem="consumer_key_rejected", problem_in="ok")
        with pytest.raises(OAuthError) as caught:
            client.fetch_request_token(box.request_token_url)
        assert caught.value.error != "fetch_token_denied"


def test_the_awaited_client(box: ProviderBox) -> None:
    """The same, awaited."""

    async def steps() -> None:
        async with AsyncOAuth1Client(box.client.client_id, box.client.client_secret) as client:
            with pytest.raises(OAuthError, match="missing_verifier"):
                await client.fetch_access_token(box.access_token_url)
            client.auth.redirect_uri = "https://app.example/cb"
            await client.fetch_request_token(box.request_token_url)
            callback = box.visit(client.create_authorization_url(box.authorize_url))
            client.auth.verifier = callback.partition("oauth_verifier=")[2]
            token = await client.fetch_access_token(box.access_token_url)
            assert (await client.get(box.echo_url)).json()["token"] == token["oauth_token"]
            with pytest.raises(OAuthError, match="fetch_token_denied"):
                await client.fetch_access_token(box.access_token_url, request_token=token, verifier="x")

    asyncio.run(steps())


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda client: pickle.loads(pickle.dumps(client))])
def test_a_copy_of_a_session(box: ProviderBox, copied: Any) -> None:
    """It signs as the session did, and its auth can be changed."""
    token, other = box.issue_token(), box.issue_token()
    client = OAuth1Session(box.client.client_id, box.client.client_secret, token.token, token.token_secret)

    copy_of_client = copied(client)
    assert copy_of_client.get(box.echo_url).json()["token"] == token.token
    copy_of_client.auth.token, copy_of_client.auth.token_secret = other.token, other.token_secret

    assert copy_of_client.get(box.echo_url).json()["token"] == other.token
    for one in (client, copy_of_client):
        one.close()


def test_an_auth_that_is_passed_on(box: ProviderBox) -> None:
    """The auth of one session in plain calls and in another session signs as that session would."""
    token = box.issue_token()
    client = OAuth1Session(box.client.client_id, box.client.client_secret)
    held = client.auth
    client.token = {"oauth_token": token.token, "oauth_token_secret": token.token_secret}

    assert requests.get(box.echo_url, auth=held, timeout=10).json()["token"] == token.token
    other = OAuth1Session("another")
    other.auth = client.auth
    assert other.get(box.echo_url).json()["token"] == token.token
    other.auth = None
    assert "Authorization" not in other.get(box.open_url).request.headers
    for one in (client, other):
        one.close()


@contextmanager
def pinned() -> Iterator[None]:
    """One nonce and one timestamp, set as programs' own tests do."""
    with (
        mock.patch("authlib.oauth1.rfc5849.client_auth.generate_nonce", return_value="n"),
        mock.patch("authlib.oauth1.rfc5849.client_auth.generate_timestamp", return_value="1"),
    ):
        yield


VALUES = st.none() | st.text("aé &=%", min_size=1, max_size=6)
REALMS = st.none() | st.text("ae &=%", min_size=1, max_size=6)


@given(token=VALUES, token_secret=VALUES, verifier=VALUES, redirect_uri=VALUES, realm=REALMS)
@pytest.mark.parametrize("kind", [OAuth1Auth, HttpxAuth])
def test_assigning_is_as_good_as_giving(kind: Any, **values: str | None) -> None:
    """A bare auth whose attributes are assigned signs as one that was built with them; so does ``ClientAuth``."""
    given_auth, assigned, parts = kind("c", "s", **values), kind("c", "s"), ClientAuth("c", "s")
    for name, value in values.items():
        setattr(assigned, name, value)
        setattr(parts, name, value)

    assert {name: getattr(assigned, name) for name in values} == values
    with pinned():
        headers = [one.prepare("GET", "https://api.example/", {}, b"")[1] for one in (given_auth, assigned, parts)]
    assert headers[0] == headers[1] == headers[2]
    header = parts.prepare("GET", "https://api.example/", {}, b"")[1]["Authorization"]
    assert ("oauth_token=" in header) == (values["token"] is not None)
    assert ("oauth_verifier=" in header) == (values["verifier"] is not None)
