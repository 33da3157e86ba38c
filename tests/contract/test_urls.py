"""URLs: the client sends what the library makes of a URL without us, and the signature matches."""

from urllib.parse import urlsplit

import pytest
from clients.matrix import PLACEMENTS, nonces
from clients.servers import ScriptedServer, answer
from sampling import portion

from oauthone.testing import ProviderBox

from .available import SURFACES
from .conftest import Opener, held
from .surfaces import Surface

#: URLs by what is unusual about them.
TARGETS = {
    "a dollar": "/echo?$top=1&$filter=name eq 'x'",
    "brackets": "/echo?filter[x]=1&filter[a][0]=2",
    "braces": '/echo?q={"a":[1,"|"]}',
    "bars and ticks": "/echo?a|b=c|d&a^b=`c`\\",
    "a stray percent": "/echo?q=100%&r=%zz&t=%",
    "octets that are no UTF-8": "/echo?q=%FF&r=%fe",
    "plus and space": "/echo?q=a+b&r=a%20b&s=a%2Bb",
    "another alphabet": "/é/ü?q=é&ü=한",
    "names more than once": "/echo?a=2&a=1&a=1&a-b=0",
    "empty values": "/echo?a=&b&=c&d==",
    "a realm": "/echo?realm=x",
    "an oauth name": "/two-legged?callback=1&oauth=2&Oauth_token=3&xoauth_token=4",
    "reserved characters": "/echo?q=!*(),:/@;&r=~-._",
    "path parameters": "/a;v=1/b;c",
    "doubled slashes": "/a//b///c/",
    "slashes before all": "//a/b",
    "escapes in a path": "/%2f/%E9/%7Euser/~user/%25",
    "brackets in a path": "/[x]/{y}/|z|",
    "a stray percent in a path": "/100%/%zz",
    "dots in a path": "/a/./b/../c",
    "spaces": "/a b/c?d=e f",
    "no path": "",
    "no path but a query": "?a=1",
    "a query of nothing": "/echo?",
    "a fragment": "/echo?a=1#fragment?b=2",
    "escapes of escapes": "/echo?a=%2541&b=%26%3D",
    "small escapes": "/echo?q=%e2%82%ac&r=%7e%2d",
    "many parameters": "/echo?" + "&".join(f"p{number}=v%20{number}" for number in range(100)),
}


@pytest.mark.case("odd URLs")
@pytest.mark.parametrize("variant", TARGETS)
@pytest.mark.seen_in("oauthlib#563")
@pytest.mark.seen_in("oauthlib#304")
@pytest.mark.seen_in("oauthlib#404")
@pytest.mark.seen_in("requests-oauth#45")
@pytest.mark.seen_in("oauthlib#662")
@pytest.mark.seen_in("oauthlib#83")
@pytest.mark.seen_in("oauthlib#650")
@pytest.mark.seen_in("oauthlib#651")
@pytest.mark.seen_in("oauth1-client#24")
@pytest.mark.seen_in("oauth1-client#39")
@pytest.mark.seen_in("oauth-1.0a#49")
@pytest.mark.seen_in("request#1177")
@pytest.mark.seen_in("request#2734")
@pytest.mark.seen_in("PHPoAuthLib#596")
@pytest.mark.seen_in("mautic#6443")
@pytest.mark.seen_in("tumblr.js#30")
@pytest.mark.seen_in("pytumblr#32")
@pytest.mark.seen_in("oauth-1.0a#26")
@pytest.mark.seen_in("signet#173")
@pytest.mark.seen_in("request#612")
@pytest.mark.seen_in("postman#404")
@pytest.mark.seen_in("postman#1874")
@pytest.mark.seen_in("PHPoAuthLib#559")
@pytest.mark.seen_in("aioauth-client#118")
@pytest.mark.seen_in("insomnia-plugin-mastercard#13")
@pytest.mark.seen_in("liboauthcpp#20")
async def test_odd_urls(surface: Surface, box: ProviderBox, open_client: Opener, variant: str) -> None:
    """In every placement, path and query are sent as without us, followed by the parameters of the signature."""
    url = box.origin + TARGETS[variant]
    async with surface.plain() as plain:
        await plain.get(url)
    unsigned = box.requests.pop().url
    for placement in portion(PLACEMENTS, [*TARGETS].index(variant) + SURFACES.index(surface)):
        async with open_client(surface, box, placement=placement) as client:
            answer = await client.get(url)
        assert answer.status == 200, (placement, answer.body)
        signed = box.requests.pop().url
        if placement == "QUERY":
            signed, unsigned = signed[: signed.index("oauth_consumer_key") - 1], unsigned.rstrip("?&")
        assert signed == unsigned, placement


@pytest.mark.case("parameters given apart from the URL")
@pytest.mark.parametrize("placement", PLACEMENTS)
@pytest.mark.seen_in("oauth1-signer-python#3")
@pytest.mark.seen_in("oauth1-signer-python#21")
@pytest.mark.seen_in("WP-API/OAuth1#79")
@pytest.mark.seen_in("Insomnia#1681")
async def test_params(surface: Surface, box: ProviderBox, open_client: Opener, placement: str) -> None:
    """Repeated names, every character and other alphabets arrive unchanged."""
    characters = "".join(map(chr, range(0x20, 0x7F))) + "é한€𝄞"
    pairs = [("a", "2"), ("a", "1"), ("b", ""), *((f"n{one}", f"v{one}") for one in characters)]
    async with open_client(surface, box, placement=placement) as client:
        answer = await client.get(box.echo_url, params=pairs)
        assert answer.status == 200, answer.body
        assert sorted(map(tuple, answer.json()["query"])) >= sorted(pairs)
        found = [tuple(pair) for pair in answer.json()["query"] if not pair[0].startswith("oauth_")]
        assert sorted(found) == sorted(pairs)
        posted = await client.post(box.echo_url, params=pairs, form=pairs)
        assert posted.status == 200, posted.body
        found = [tuple(pair) for pair in posted.json()["form"] if not pair[0].startswith("oauth_")]
        assert sorted(found) == sorted(pairs)


@pytest.mark.case("an IPv6 address")
async def test_ipv6(surface: Surface, box: ProviderBox) -> None:
    """The signature covers the brackets."""
    with ScriptedServer(answer("fine"), host="::1") as server:
        async with surface.client(**held(box)) as client:
            assert (await client.get(f"{server.origin}/x?a=1")).body == b"fine"
    (seen,) = server.seen
    assert seen.header("host") == server.origin.removeprefix("http://")
    assert seen.nonce(box.verifier)


@pytest.mark.case("a default port that is written out")
@pytest.mark.parametrize(
    "url", ["http://api.example:80/x?a=1", "HTTP://API.example/x?a=1", "http://api.example:8080/x"]
)
@pytest.mark.seen_in("scribejava#428")
@pytest.mark.seen_in("insomnia-plugin-mastercard#6")
async def test_ports(surface: Surface, box: ProviderBox, url: str) -> None:
    """The signature matches whether the library writes the port or not. The test receives the request as a proxy."""
    with ScriptedServer(answer("fine")) as server:
        async with surface.client(**held(box), proxy=server.origin) as client:
            assert (await client.get(url)).body == b"fine"
    (seen,) = server.seen
    assert seen.nonce(box.verifier)
    assert urlsplit(seen.target).hostname == "api.example"


@pytest.mark.case("user information in a URL")
async def test_user_information(surface: Surface, box: ProviderBox, open_client: Opener) -> None:
    """It neither breaks the signature nor replaces it."""
    url = box.echo_url.replace("://", "://user:pa%20ss@")
    async with open_client(surface, box, placement="QUERY") as client:
        answer = await client.get(url)
        assert answer.status == 200, answer.body
    async with open_client(surface, box) as client:
        answer = await client.get(url)
        assert answer.status == 200, answer.body
    assert len(set(nonces(box.requests))) == 2
    assert "@" not in box.requests[0].url
