"""Pickles of niquests' requests and responses contain no secret. An unpickled request is signed by its sender."""

import copy
import pickle
from typing import Any
from urllib.parse import quote

import niquests
import pytest

from oauthone.clients.niquests import OAuth1Auth
from oauthone.errors import SigningError
from oauthone.testing import ProviderBox

from ..matrix import nonces
from ..pickled import secrets_in
from .conftest import Way


@pytest.mark.covering(together=2)
@pytest.mark.parametrize("placement", ["HEADER", "QUERY", "BODY"])
@pytest.mark.parametrize("method", ["HMAC-SHA256", "RSA-SHA1"])
@pytest.mark.parametrize("is_bare", [False, True], ids=["session", "auth"])
@pytest.mark.parametrize("name", ["sync", "async"])
def test_no_secret_is_in_a_pickle(box: ProviderBox, name: str, is_bare: bool, method: str, placement: str) -> None:
    call = ("POST", box.redirect_url("/echo", 307), {"data": {"a": "1"}})
    client, token = box.clients[method], box.issue_token(box.clients[method])
    auth = OAuth1Auth(**client.credentials(), **token._asdict(), signature_type=placement)
    (response,) = Way(name, is_bare).send(box, call, method=method, placement=placement)
    with niquests.Session(auth=auth) as session:
        prepared = session.prepare_request(niquests.Request("GET", box.echo_url))
    secrets = [text for text in (client.client_secret, token.token_secret) if text]
    secrets += [quote(text, safe="") for text in secrets]
    for one in (prepared, prepared.copy(), response.request, response, response.history[0], copy.deepcopy(prepared)):
        assert secrets_in(one, *secrets) == []
    assert secrets_in(auth, *secrets)


@pytest.mark.parametrize("placement", ["HEADER", "QUERY", "BODY"])
def test_an_unpickled_request_is_signed_by_the_session_that_sends_it(box: ProviderBox, placement: str) -> None:
    way = Way("sync")
    with way.open(box, "HMAC-SHA1", placement) as session, way.open(box, "HMAC-SHA1", placement) as other:
        prepared = session.prepare_request(niquests.Request("POST", box.redirect_url("/echo", 307), data={"a": "1"}))
        for _ in range(2):
            assert session.send(pickle.loads(pickle.dumps(prepared))).json()["token"] == session.token["oauth_token"]
        with pytest.raises(SigningError, match="this request was unpickled"):
            other.send(pickle.loads(pickle.dumps(prepared)))
    assert len(set(nonces(box.requests))) == 4


@pytest.mark.parametrize("placement", ["HEADER", "QUERY", "BODY"])
def test_an_unpickled_request_of_an_auth_is_followed_without_a_signature(box: ProviderBox, placement: str) -> None:
    with Way("sync", bare=True).open(box, "HMAC-SHA1", placement) as session:
        request = niquests.Request("POST", box.redirect_url("/echo", 307), data={"a": "1"})
        kept = pickle.dumps(session.prepare_request(request))
    with niquests.Session() as plain:
        response: Any = plain.send(pickle.loads(kept))
    assert response.status_code == 401
    begun, following = box.requests
    assert begun.verified is not None
    assert following.oauth_parameters() == []
