"""The flow with ``provider=`` in place of endpoints and options, at a box that stands for the provider."""

import pytest
from clients.matrix import places

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
    assert tuple(places(call)) == ("HEADER",)
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
