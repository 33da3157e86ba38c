"""The flow with ``provider=`` in place of endpoints and options, at a box that stands for the provider."""

import json
import re

import pytest
from clients.matrix import places
from clients.servers import ScriptedServer, answer

from oauthone import providers
from oauthone.errors import ConfigurationError
from oauthone.providers import Provider
from oauthone.testing import ProviderBox

from .conftest import held
from .flow import CALLBACK, visit
from .surfaces import Surface


def at_box(box: ProviderBox, name: str) -> Provider:
    """Return what is known about a provider, with the addresses of the box."""
    facts = providers.get(name)
    assert facts.temporary_credentials is not None
    assert facts.authorization is not None
    assert facts.token_credentials is not None
    return facts._replace(
        api_base=(box.origin,),
        temporary_credentials=facts.temporary_credentials._replace(url=box.request_token_url),
        authorization=facts.authorization._replace(url=box.authorize_url),
        token_credentials=facts.token_credentials._replace(url=box.access_token_url),
    )


@pytest.mark.case("a provider by name")
@pytest.mark.parametrize(
    ("name", "chosen", "methods", "placement"),
    [
        ("flickr", {}, ["GET", "GET", "GET"], "HEADER"),
        ("fatsecret", {}, ["GET", "GET", "GET"], "QUERY"),
        ("hatena", {"scope": ["read_public", "read_private"]}, ["POST", "GET", "POST"], "HEADER"),
    ],
)
async def test_the_whole_flow(
    surface: Surface, box: ProviderBox, name: str, chosen: dict[str, object], methods: list[str], placement: str
) -> None:
    """Methods, placements and parameters of the legs are those of the provider, and calls are signed as it wants."""
    async with surface.client(**box.client.credentials(), provider=at_box(box, name), redirect_uri=CALLBACK) as client:
        await client.call(client.inner.fetch_request_token, **chosen)
        client.parse_authorization_response(await visit(box, client.inner.create_authorization_url()))
        token = await client.call(client.inner.fetch_access_token)
        assert (await client.get(box.echo_url)).json()["token"] == token["oauth_token"]
    assert [received.method for received in box.requests[:3]] == methods
    first, _, third, call = box.requests
    assert {tuple(places(leg)) for leg in (first, third)} == {(placement,)}
    assert tuple(places(call)) == (providers.get(name).placement[0].upper(),)
    scope = [value for key, value in first.query() if key == b"scope"]
    assert scope == ([b"read_public,read_private"] if chosen else [])


@pytest.mark.case("a token that is sent to its provider alone")
async def test_another_address(surface: Surface, box: ProviderBox) -> None:
    """A request to another address fails before it is sent; one to the provider that redirects there is followed."""
    async with surface.client(**held(box), provider=at_box(box, "flickr")) as client:
        with pytest.raises(ConfigurationError, match=r"not an address of 'flickr'"):
            await client.get(box.other_url)
        assert box.requests == []
        assert (await client.get(box.redirect_url(box.other_url))).status == 200
    assert box.requests[-1].header("authorization") is None


# --- beyond the three legs --------------------------------------------------------------------------------------------

TOKEN = {"oauth_token": "t", "oauth_token_secret": "s"}


def at(origin: str, facts: Provider, **paths: str) -> Provider:
    """Return the facts about a provider with some of its addresses at a server of this test."""
    moved = {table: getattr(facts, table)._replace(url=f"{origin}/{path}") for table, path in paths.items()}
    return facts._replace(api_base=(origin,), **moved)


def carried(server: ScriptedServer) -> list[str | None]:
    """Return the token in each request, None for one without a signature."""
    found = [re.search(r'oauth_token="(\w*)"', seen.header("authorization") or "") for seen in server.seen]
    return [None if one is None else one[1] for one in found]


@pytest.mark.case("requests about a token")
async def test_renewal_revocation_and_check(surface: Surface) -> None:
    with ScriptedServer(answer("renewed"), answer("<valid/>"), answer("revoked")) as server:
        facts = at(server.origin, providers.get("etrade"), renew="renew", revoke="revoke")
        facts = facts._replace(check=facts.renew)
        async with surface.client("key", "secret", token=TOKEN, provider=facts) as client:
            assert await client.call(client.inner.renew_token) == client.inner.token == TOKEN
            assert await client.call(client.inner.check_token) == "<valid/>"
            await client.call(client.inner.revoke_token)
            assert client.inner.token is None
    assert [seen.target for seen in server.seen] == ["/renew", "/renew", "/revoke"]
    assert carried(server) == ["t", "t", "t"]


@pytest.mark.case("requests about a token")
async def test_the_account(surface: Surface) -> None:
    with ScriptedServer(answer('{"id": 7, "username": "al"}')) as server:
        facts = at(server.origin, providers.get("discogs"), identity="me")
        async with surface.client("key", "secret", token=TOKEN, provider=facts) as client:
            with pytest.raises(ConfigurationError, match="'discogs' requires a User-Agent that names your application"):
                await client.call(client.inner.fetch_identity)
            with pytest.raises(ConfigurationError, match="'discogs' requires a User-Agent that names your application"):
                await client.get(server.origin)
            assert server.seen == []
            account = await client.call(client.inner.fetch_identity, headers={"User-Agent": "photo-printer/1.0"})
            assert (await client.get(server.origin, headers={"User-Agent": "photo-printer/1.0"})).status == 200
    assert account[:2] == ("7", "al")
    assert carried(server) == ["t", "t"]


@pytest.mark.case("requests about a token")
async def test_published_addresses(surface: Surface) -> None:
    """The document is public, so it is read without a signature."""
    with ScriptedServer() as server:
        members = {name: f"{server.origin}/{name}" for name in ("request", "authorize", "access")}
        server.steps = [answer(json.dumps({"authentication": {"oauth1": members}}))]
        facts = at(server.origin, providers.get("wordpress", base_url="https://blog.example"), discovery="index")
        async with surface.client("key", "secret", token=TOKEN, provider=facts) as client:
            found = await client.call(client.inner.discover_endpoints)
            assert client.inner.provider == found
    assert found.token_credentials.url == members["access"]
    assert carried(server) == [None]
    assert server.seen[0].header("authorization") is None


@pytest.mark.case("requests about a token")
async def test_a_bearer_token(surface: Surface) -> None:
    with ScriptedServer(answer('{"access_token": "b"}')) as server:
        facts = at(server.origin, providers.get("here"), exchange="token")
        async with surface.client("key", "secret", provider=facts) as client:
            assert await client.call(client.inner.exchange_token) == {"access_token": "b"}
            assert client.inner.token is None
    seen = server.seen[0]
    assert seen.body == b"grant_type=client_credentials"
    assert "oauth_token" not in (seen.header("authorization") or "oauth_token")
