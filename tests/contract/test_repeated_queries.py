"""Redirects that repeat the query of the request: the parameters of a signature are removed, and no others."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, quote, quote_plus, urlencode, urlsplit

import pytest
from clients.servers import Exchange, ScriptedServer, Step, answer

from oauthone.testing import ProviderBox

from .conftest import held
from .surfaces import Client, Surface
from .test_urls import TARGETS

#: The ways in which servers copy the query of a request into a Location, by name.
SPELLINGS: dict[str, Callable[[str], str]] = {
    "as it came": lambda query: f"?{query}",
    "encoded again with pluses": lambda query: "?" + urlencode(parse_qsl(query, keep_blank_values=True)),
    "encoded again with %20": lambda query: (
        "?" + urlencode(parse_qsl(query, keep_blank_values=True), quote_via=quote, safe="")
    ),
    "encoded no more than it has to be": lambda query: (
        "?" + urlencode(parse_qsl(query, keep_blank_values=True), quote_via=quote, safe="/+=:,~")
    ),
    "encoded twice": lambda query: (
        "?" + "&".join(f"{quote(n)}={quote(quote_plus(v))}" for n, v in parse_qsl(query, keep_blank_values=True))
    ),
    "in small letters": lambda query: "?" + _small_escapes(query),
    "sorted": lambda query: "?" + "&".join(sorted(query.split("&"))),
    "behind something new": lambda query: f"?new=1&{query}&last=2",
    "with a fragment": lambda query: f"?{query}#there?oauth_token=x",
}
STATUSES = [302, 307]


def _small_escapes(text: str) -> str:
    first, *rest = text.split("%")
    return "%".join([first, *(part[:2].lower() + part[2:] for part in rest)])


def repeat(target: str, spelling: str, status: int) -> Step:
    """Return a redirect to ``target`` with the query of the request."""

    def send(exchange: Exchange) -> bool:
        location = target + SPELLINGS[spelling](urlsplit(exchange.seen.target).query)
        return answer(status=status, headers=[("Location", location)])(exchange)

    return send


def opened(surface: Surface, box: ProviderBox, how: str) -> Client:
    """Open a client of ours with QUERY placement, or the library's with such an auth."""
    options = {**held(box), "signature_type": "QUERY"}
    return surface.client(**options) if how == "client" else surface.with_auth(surface.auth(**options))


def kept(target: str) -> list[tuple[str, str]]:
    """Return the parameters in the query of ``target`` that come from the caller and the server."""
    return [(name, value) for name, value in parse_qsl(urlsplit(target).query) if not name.startswith("oauth_")]


@pytest.mark.case("a redirect that repeats the query")
@pytest.mark.covering(together=2)
@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("spelling", SPELLINGS)
async def test_the_same_origin(surface: Surface, box: ProviderBox, spelling: str, status: int) -> None:
    """Every request has one valid signature, and all other parameters of the redirect."""
    with ScriptedServer() as server:
        server.steps = [repeat("/second", spelling, status), repeat("/third", spelling, status), answer("fine")]
        async with opened(surface, box, "client") as client:
            assert (await client.get(f"{server.origin}/first?a=1&b=x%26y&c")).body == b"fine"
    assert len({seen.nonce(box.verifier) for seen in server.seen}) == 3
    for seen in server.seen:
        names = [part.partition("=")[0] for part in urlsplit(seen.target).query.split("&")]
        assert names.count("oauth_signature") == names.count("oauth_nonce") == names.count("oauth_token") == 1
        assert "a" in names
        assert "b" in names


@pytest.mark.case("a redirect that repeats the query")
@pytest.mark.parametrize("location", ["", "#top", "?", "/second", "?a=1", "//{host}/x"])
async def test_what_is_relative_to_a_signed_url(surface: Surface, box: ProviderBox, location: str) -> None:
    """If a Location is only a fragment, the next request goes to the same URL, but not to the signed one."""
    with ScriptedServer() as server:
        host = server.origin.removeprefix("http://")
        step = answer(status=302, headers=[("Location", location.format(host=host))])
        server.steps = [step, answer("fine")]
        async with opened(surface, box, "client") as client:
            await client.get(f"{server.origin}/first?a=1")
    assert len({seen.nonce(box.verifier) for seen in server.seen}) == len(server.seen)
    for seen in server.seen:
        assert seen.target.count("oauth_signature=") == 1


@pytest.mark.case("a redirect that repeats the query leaves the origin")
@pytest.mark.covering(together=2)
@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("spelling", SPELLINGS)
async def test_another_origin(surface: Surface, box: ProviderBox, spelling: str, status: int) -> None:
    """It receives the caller's parameters and none of ours, and so does every later request."""
    with ScriptedServer() as first, ScriptedServer() as other:
        first.steps = [repeat(f"{other.origin}/there", spelling, status), answer("back")]
        other.steps = [repeat("/again", spelling, status), repeat(f"{first.origin}/back", spelling, status)]
        async with opened(surface, box, "client") as client:
            assert (await client.get(f"{first.origin}/first?a=1&b=x%26y")).body == b"back"
    signed, back = first.seen
    assert signed.nonce(box.verifier)
    for seen in (*other.seen, back):
        assert b"oauth_" not in seen.octets
        assert ("a", "1") in kept(seen.target)
        assert seen.header("authorization") is None


@pytest.mark.case("a later hop repeats the first query")
async def test_what_an_earlier_hop_added(surface: Surface, box: ProviderBox) -> None:
    """A server may remember the query of the first request, and add it when the chain leaves the origin."""
    with ScriptedServer() as first, ScriptedServer() as other:

        def remembered(exchange: Exchange) -> bool:
            query = urlsplit(first.seen[0].target).query
            location = f"{other.origin}/there?{query}&{urlsplit(exchange.seen.target).query}"
            return answer(status=302, headers=[("Location", location)])(exchange)

        first.steps = [answer(status=302, headers=[("Location", "/second?b=2")]), remembered]
        other.steps = [answer("fine")]
        async with opened(surface, box, "client") as client:
            assert (await client.get(f"{first.origin}/first?a=1")).body == b"fine"
    assert other.seen[0].target == "/there?a=1&b=2"


@pytest.mark.case("a bare auth's query is not repeated elsewhere")
@pytest.mark.covering(times=2)
@pytest.mark.parametrize("spelling", SPELLINGS)
async def test_a_bare_auth(surface: Surface, box: ProviderBox, spelling: str) -> None:
    """In the library's own client too, another origin receives no part of the signature."""
    with ScriptedServer() as first, ScriptedServer(answer("fine")) as other:
        first.steps = [repeat(f"{other.origin}/there", spelling, 302)]
        async with opened(surface, box, "auth") as client:
            assert (await client.get(f"{first.origin}/first?a=1")).body == b"fine"
    assert first.seen[0].nonce(box.verifier)
    assert b"oauth_" not in other.seen[0].octets
    assert ("a", "1") in kept(other.seen[0].target)


@pytest.mark.case("a bare auth above a transport without `trace`")
@pytest.mark.parametrize("placement", ["HEADER", "QUERY"])
async def test_a_bare_auth_above_a_mock(surface: Surface, box: ProviderBox, placement: str) -> None:
    """Whether another origin receives a signature if the transport is not the library's own."""
    if not hasattr(surface, "mocked"):
        return  # the library calls an auth for each request, with any transport
    found: list[tuple[str, bool]] = []

    def redirect(url: str, headers: Any) -> str | None:
        """Redirect to the same URL at port 443, with the query of the request."""
        found.append((urlsplit(url).scheme, "oauth_" in f"{url} {headers}"))
        return url.replace("http:", "https:", 1) if url.startswith("http:") else None

    async with surface.mocked(surface.auth(**held(box), signature_type=placement), redirect) as client:
        assert (await client.get("http://api.example/first")).status == 200
    assert found == [("http", True), ("https", False)]


@pytest.mark.case("a bare auth signs a hop that repeats the query")
@pytest.mark.covering(times=2)
@pytest.mark.parametrize("spelling", SPELLINGS)
async def test_a_bare_auth_within_the_origin(surface: Surface, box: ProviderBox, spelling: str) -> None:
    with ScriptedServer() as server:
        server.steps = [repeat("/second", spelling, 302), answer("fine")]
        async with opened(surface, box, "auth") as client:
            assert (await client.get(f"{server.origin}/first?a=1")).body == b"fine"
    assert len({seen.nonce(box.verifier) for seen in server.seen}) == 2


@pytest.mark.case("question marks are data")
@pytest.mark.covering(together=2)
@pytest.mark.parametrize("placement", ["HEADER", "QUERY"])
@pytest.mark.parametrize("target", ["/x?", "/x??", "/x?a=1?", "/x?a=%3F", "/x?a=?&b=%3F", "?a=?", "/x?a=1#f?b=2?"])
async def test_question_marks(surface: Surface, box: ProviderBox, target: str, placement: str) -> None:
    """The library sends the caller's query as it does without us, and the signature matches."""
    with ScriptedServer(answer("fine")) as server:
        async with surface.plain() as plain:
            await plain.get(server.origin + target)
        async with surface.client(**held(box), signature_type=placement) as client:
            await client.get(server.origin + target)
    unsigned, signed = server.seen
    assert signed.nonce(box.verifier)
    assert kept(signed.target) == kept(unsigned.target)
    if placement == "QUERY":
        joint = "" if unsigned.target.endswith("/x?") else "&" if "?" in unsigned.target else "?"
        assert signed.target.startswith(f"{unsigned.target}{joint}oauth_consumer_key=")
    else:
        assert signed.target == unsigned.target


@pytest.mark.case("odd URLs survive a redirect that repeats them")
@pytest.mark.covering(times=3)
@pytest.mark.parametrize("variant", [name for name, target in TARGETS.items() if target.startswith("/")])
async def test_odd_urls(surface: Surface, box: ProviderBox, variant: str) -> None:
    """A redirect to the whole requested target leads to the same URL as without us."""

    def same(exchange: Exchange) -> bool:
        location = f"/r{exchange.seen.target}"
        return answer(status=302, headers=[("Location", location)])(exchange)

    sent = []
    for options in ({}, {"signature_type": "QUERY"}):
        with ScriptedServer(same, answer("fine")) as server:
            async with surface.client(**held(box), **options) as client:
                assert (await client.get(server.origin + TARGETS[variant])).body == b"fine"
        sent.append(server.seen[-1])
        assert sent[-1].nonce(box.verifier)
    header, query = sent
    assert header.target.rstrip("?&") == query.target.partition("oauth_consumer_key=")[0].rstrip("?&")
