"""Copies and pickles of clients and auths, and what they reveal."""

import copy
import pickle
from urllib.parse import quote

import pytest
from clients.matrix import nonces

from oauthone.errors import TokenResponseError
from oauthone.testing import ProviderBox

from .conftest import Opener, held
from .flow import CALLBACK, visit
from .surfaces import Surface

REMAKES = {"a pickle": lambda one: pickle.loads(pickle.dumps(one)), "a deep copy": copy.deepcopy}


@pytest.mark.case("copies and pickles of an auth")
@pytest.mark.covering(together=2)
@pytest.mark.parametrize("variant", REMAKES)
@pytest.mark.parametrize("method", ["HMAC-SHA1", "RSA-SHA256"])
async def test_copies_of_an_auth(surface: Surface, box: ProviderBox, method: str, variant: str) -> None:
    """They sign like the original."""
    auth = surface.auth(**held(box, method))
    remade = REMAKES[variant](auth)
    assert type(remade) is type(auth)
    for one in (auth, remade, REMAKES[variant](remade)):
        async with surface.with_auth(one) as client:
            assert (await client.get(box.echo_url)).status == 200
    assert len(set(nonces(box.requests))) == 3


@pytest.mark.case("a client that is pickled")
async def test_a_pickled_client(surface: Surface, box: ProviderBox, open_client: Opener) -> None:
    """It keeps its token, its pending authorizations, and its signing options."""
    async with open_client(surface, box, placement="QUERY", redirect_uri=CALLBACK) as client:
        await client.fetch_request_token(box.request_token_url)
        callback = await visit(box, client.create_authorization_url(box.authorize_url))
        kept = pickle.dumps(client.inner)
    async with type(client)(pickle.loads(kept)) as remade:
        before = remade.inner.token
        assert (await remade.get(box.echo_url)).json()["placement"] == "QUERY"
        remade.parse_authorization_response(callback)
        token = await remade.fetch_access_token(box.access_token_url)
        assert token != before
        assert (await remade.get(box.echo_url)).json()["token"] == token["oauth_token"]


@pytest.mark.case("clients pickle where the library's own does")
async def test_who_pickles(surface: Surface, box: ProviderBox, open_client: Opener) -> None:
    async with open_client(surface, box) as ours, surface.plain() as theirs:
        assert _pickles(ours.inner) == _pickles(theirs.inner)


def _pickles(client: object) -> bool:
    try:
        pickle.loads(pickle.dumps(client))
    except (TypeError, AttributeError, pickle.PicklingError):
        return False
    return True


@pytest.mark.case("no secret in what is shown or logged")
@pytest.mark.seen_in("requests-oauthlib#536")
@pytest.mark.seen_in("aioauth-client#191")
@pytest.mark.seen_in("xmcp#12")
async def test_nothing_secret_is_shown(surface: Surface, box: ProviderBox, caplog: pytest.LogCaptureFixture) -> None:
    """No log record at the lowest level, no ``repr`` and no error contains a secret, a signature or a code."""
    caplog.set_level("DEBUG", "oauthone")
    credentials = box.client.credentials()
    async with surface.client(**credentials, redirect_uri=CALLBACK) as client:
        request_token = await client.fetch_request_token(box.request_token_url)
        callback = await visit(box, client.create_authorization_url(box.authorize_url))
        verifier = client.parse_authorization_response(callback)["oauth_verifier"]
        with pytest.raises(TokenResponseError) as refused:
            await client.fetch_access_token(box.access_token_url, "wrong")
        token = await client.fetch_access_token(box.access_token_url)
        await client.get(box.redirect_url(box.other_url))
        auth = surface.auth(**held(box))
        shown = [client.inner, client.inner.auth, auth, refused.value, refused.value.body]
    logged = [record.getMessage() for record in caplog.records if record.name == "oauthone"]
    assert f"POST {box.access_token_url} answered 200" in logged
    text = " ".join([*logged, *map(str, shown), *map(repr, shown)])
    secrets = [credentials["client_secret"], request_token["oauth_token_secret"], token["oauth_token_secret"], verifier]
    secrets.append(auth.signer.token_secret if hasattr(auth.signer, "token_secret") else verifier)
    signatures = [received.header("authorization") or "" for received in box.requests]
    secrets += [one.partition('oauth_signature="')[2].partition('"')[0] for one in signatures if one]
    assert all(secrets)
    assert [secret for secret in (*secrets, *(quote(one, safe="") for one in secrets)) if secret in text] == []
    assert credentials["client_id"] in repr(auth)
