"""Auth objects: immutable, valid for one leg if made for one, and independent of their copies."""

import copy
import pickle
from collections.abc import Callable
from typing import Any

import pytest
from clients.matrix import nonces, places
from clients.servers import ScriptedServer, answer

from oauthone import Signed, Signer
from oauthone.core.encoding import form_decode, to_wire_string
from oauthone.errors import FlowError, InsecureTransportError
from oauthone.testing import ProviderBox

from .conftest import Opener, held
from .flow import CALLBACK, visit
from .surfaces import ClientResponse, Surface

NAMES = [
    "client_id",
    "client_secret",
    "token",
    "token_secret",
    "redirect_uri",
    "verifier",
    "realm",
    "rsa_key",
    "signature_method",
    "signature_type",
    "signer",
    "body_hash",
    "force_include_body",
    "allow_insecure_transport",
]
REMAKES: dict[str, Callable[[Any], Any]] = {
    "a copy": copy.copy,
    "a deep copy": copy.deepcopy,
    "a pickle": lambda one: pickle.loads(pickle.dumps(one)),
}


@pytest.mark.case("an auth is settled once it is made")
@pytest.mark.covering(times=2)
@pytest.mark.parametrize("name", NAMES)
async def test_no_assignment(surface: Surface, box: ProviderBox, open_client: Opener, name: str) -> None:
    """Assignment would not change a signature, so it is an error. The same holds for a client's own auth."""
    async with open_client(surface, box) as client:
        for auth in (client.inner.auth, surface.auth(**held(box))):
            before = repr(auth)
            with pytest.raises(AttributeError, match=rf"{name} .* client\.token = .*with_token\(") as refused:
                setattr(auth, name, "a-secret")
            assert "a-secret" not in str(refused.value)
            assert repr(auth) == before
        assert (await client.get(box.echo_url)).status == 200
        client.inner.auth.label = "one of the caller's own"
        assert client.inner.auth.label


@pytest.mark.case("an auth that is not made yet can be shown")
def test_a_half_built_auth(surface: Surface, box: ProviderBox) -> None:
    kind = type(surface.auth(**held(box)))
    assert repr(kind.__new__(kind)) == f"<{kind.__name__}, not made yet>"


class MarkingSigner(Signer):
    """A signer of an application, which does more than the one that it derives from."""

    def sign_parts(self, *arguments: Any, **options: Any) -> Signed:
        return super().sign_parts(*arguments, **{**options, "extra": {"oauth_mark": "own"}})


@pytest.mark.case("a derived class signs its own way")
@pytest.mark.parametrize("derived", ["signer", "auth"])
async def test_derived(surface: Surface, box: ProviderBox, derived: str) -> None:
    """Also a request without a body, which others sign faster."""
    auth = surface.auth(**held(box))
    if derived == "signer":
        auth = auth.with_signer(MarkingSigner(**held(box)))
    else:
        kind = type(auth)

        def sign_parts(self: Any, *arguments: Any) -> Signed:
            return self.signer.sign_parts(*arguments, extra={"oauth_mark": "own"})

        auth = type(kind.__name__, (kind,), {"sign_parts": sign_parts})(**held(box))
    async with surface.with_auth(auth) as client:
        assert (await client.get(box.echo_url)).status == 200
    assert 'oauth_mark="own"' in str(box.requests[0].header("authorization"))


def _fields(answered: ClientResponse) -> dict[str, str]:
    assert answered.status == 200, answered.body
    return {name.decode(): value.decode() for name, value in form_decode(to_wire_string(answered.body))}


@pytest.mark.case("a bare auth sends the legs")
@pytest.mark.parametrize("placement", ["HEADER", "QUERY", "BODY"])
async def test_bare_legs(surface: Surface, box: ProviderBox, placement: str) -> None:
    """Callback and verifier are sent with the auth that received them, and with no auth derived from it."""
    credentials = {**box.client.credentials(), "signature_type": placement}
    first = surface.auth(**credentials, redirect_uri=CALLBACK)
    async with surface.with_auth(first) as client:
        temporary = _fields(await client.post(box.request_token_url))
    callback = await visit(box, f"{box.authorize_url}?oauth_token={temporary['oauth_token']}")
    verifier = callback.partition("oauth_verifier=")[2].partition("&")[0]
    third = surface.auth(
        **credentials,
        token=temporary["oauth_token"],
        token_secret=temporary["oauth_token_secret"],
        verifier=verifier,
    )
    async with surface.with_auth(REMAKES["a pickle"](third)) as client:
        token = _fields(await client.post(box.access_token_url))
    held_auth = third.with_token(token["oauth_token"], token["oauth_token_secret"])
    async with surface.with_auth(held_auth) as client:
        assert (await client.post(box.echo_url)).status == 200
    sent = [next(iter(places(received).values())) for received in box.requests if "/authorize" not in received.url]
    assert ["oauth_callback" in names for names in sent] == [True, False, False]
    assert ["oauth_verifier" in names for names in sent] == [False, True, False]


@pytest.mark.case("a bare auth sends no leg over plain http")
@pytest.mark.parametrize("option", [{"redirect_uri": CALLBACK}, {"verifier": "a-code"}])
async def test_bare_legs_over_http(surface: Surface, option: dict[str, str]) -> None:
    """As in the legs of a client, http has to be allowed explicitly. Without callback or verifier, it is allowed."""
    url = "http://api.example/token"
    with ScriptedServer(answer("fine")) as proxy:
        async with surface.with_auth(surface.auth("id", "secret", **option), proxy=proxy.origin) as client:
            with pytest.raises(InsecureTransportError) as refused:
                await client.post(url)
        assert "a-code" not in str(refused.value)
        assert proxy.seen == []
        for options in ({**option, "allow_insecure_transport": True}, {}):
            async with surface.with_auth(surface.auth("id", "secret", **options), proxy=proxy.origin) as client:
                assert (await client.post(url)).body == b"fine"


@pytest.mark.case("copies of a client are independent")
@pytest.mark.parametrize("remake", REMAKES)
async def test_copies(surface: Surface, box: ProviderBox, open_client: Opener, remake: str) -> None:
    """What one copy receives or sets does not affect the other: each signs as its own user."""
    async with open_client(surface, box, redirect_uri=CALLBACK) as client:
        if remake != "a copy" and surface.name.split()[0] not in ("requests", "niquests"):
            return  # like the library's own client
        copied = copy.copy(client)
        copied.inner = REMAKES[remake](client.inner)
        async with copied:
            before = client.inner.token
            other_token = box.issue_token(box.client, user="bob")
            copied.inner.token = {"oauth_token": other_token.token, "oauth_token_secret": other_token.token_secret}
            copied.inner.redirect_uri = "http://127.0.0.1/other"
            assert client.inner.token == before
            assert client.inner.redirect_uri == CALLBACK
            await copied.fetch_request_token(box.request_token_url)
            assert (await client.get(box.echo_url)).json()["token"] == before["oauth_token"]
            assert (await copied.get(box.echo_url)).json()["token"] == other_token.token
            assert client.inner._flow_state.pending.newest() is None
    assert len(set(nonces([one for one in box.requests if one.url == box.echo_url]))) == 2


@pytest.mark.case("the second leg with a token that is held")
async def test_the_authorization_url(surface: Surface, box: ProviderBox) -> None:
    """A client built with temporary credentials can run the second leg as well as the third."""
    async with surface.client(**box.client.credentials(), redirect_uri=CALLBACK) as first:
        temporary = await first.fetch_request_token(box.request_token_url)
    async with surface.client(
        **box.client.credentials(), token=temporary["oauth_token"], token_secret=temporary["oauth_token_secret"]
    ) as second:
        url = second.create_authorization_url(box.authorize_url)
        assert f"oauth_token={temporary['oauth_token']}" in url
        second.parse_authorization_response(await visit(box, url))
        assert await second.fetch_access_token(box.access_token_url)
        with pytest.raises(FlowError, match="no authorization is pending"):
            second.create_authorization_url(box.authorize_url)
        with pytest.raises(FlowError, match="does not know which callback"):
            second.parse_authorization_response("http://127.0.0.1/done?oauth_token=t&oauth_verifier=v")


@pytest.mark.case("nothing to exchange is found out locally")
async def test_nothing_to_exchange(surface: Surface, box: ProviderBox) -> None:
    """Without token and code, the client sends no request. With a name and a password (xAuth) it does."""
    async with surface.client(**box.client.credentials()) as client:
        with pytest.raises(FlowError, match="nothing to exchange") as refused:
            await client.fetch_access_token(box.access_token_url)
        assert refused.value.error == "missing_request_token"
        with pytest.raises(FlowError, match="no authorization is pending"):
            client.create_authorization_url(box.authorize_url)
        assert box.requests == []
        form: Any = {"x_auth_username": "alice", "x_auth_mode": "client_auth"}
        for url, options in (
            (box.access_token_url, {"data": form}),
            (f"{box.access_token_url}?x_auth_mode=client_auth", {}),
        ):
            with pytest.raises(FlowError) as answered:
                await client.fetch_access_token(url, **options)
            assert answered.value.error != "missing_request_token"
    assert len(box.requests) == 2
