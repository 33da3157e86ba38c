"""A bare auth of httpx and httpx2 sends nothing of its signature to another origin."""

import asyncio
from types import ModuleType
from typing import Any

import pytest

from oauthone.errors import SigningError
from oauthone.testing import ProviderBox

from .servers import ScriptedServer, answer, repeat

PLACEMENTS = ["HEADER", "QUERY", "BODY"]


@pytest.mark.covering(together=2)
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("placement", PLACEMENTS)
def test_nothing_of_a_bare_auth_reaches_another_origin(
    box: ProviderBox, library: ModuleType, ours: Any, options: Any, placement: str, status: int
) -> None:
    """A form that carries the parameters is not sent a second time: the error says what does follow redirects."""
    auth = ours.OAuth1Auth(**options(placement))
    with library.Client(auth=auth, follow_redirects=True) as plain:
        url = box.redirect_url(box.other_url, status)
        if placement == "BODY" and status in (307, 308):
            with pytest.raises(SigningError, match="Use OAuth1Client or AsyncOAuth1Client"):
                plain.post(url, data={"a": "1"})
        else:
            assert plain.post(url, data={"a": "1"}).status_code == 200
            assert box.requests[-1].url == box.other_url
    assert box.requests[0].verified
    assert [one.oauth_parameters() for one in box.requests[1:]] == [[]] * (len(box.requests) - 1)


def test_the_form_of_a_bare_auth_is_sent_once_by_async_clients_too(
    box: ProviderBox, library: ModuleType, ours: Any, options: Any
) -> None:
    async def main() -> None:
        async with library.AsyncClient(auth=ours.OAuth1Auth(**options("BODY")), follow_redirects=True) as plain:
            with pytest.raises(SigningError, match="signs the first request only"):
                await plain.post(box.redirect_url(box.other_url, 307), data={"a": "1"})

    asyncio.run(main())
    assert len(box.requests) == 1


@pytest.mark.parametrize("is_async", [False, True])
@pytest.mark.parametrize("through", ["directly", "through a proxy"])
def test_a_bare_auths_query_stays_with_its_origin(
    box: ProviderBox, library: ModuleType, ours: Any, query_options: dict[str, Any], is_async: bool, through: str
) -> None:
    """The refused hop sends nothing at all; a ``trace`` of the caller's own still hears of all events."""
    events: list[str] = []

    def trace(event: str, info: Any) -> None:
        events.append(event)

    async def atrace(event: str, info: Any) -> None:
        events.append(event)

    async def asend(auth: Any, url: str, **options: Any) -> None:
        async with library.AsyncClient(auth=auth, follow_redirects=True, **options) as client:
            await client.get(url, extensions={"trace": atrace})

    def send(auth: Any, url: str, **options: Any) -> None:
        if is_async:
            return asyncio.run(asend(auth, url, **options))
        with library.Client(auth=auth, follow_redirects=True, **options) as client:
            client.get(url, extensions={"trace": trace})
        return None

    auth = ours.OAuth1Auth(**query_options)
    with ScriptedServer() as server, ScriptedServer(answer("fine")) as other:
        if through == "directly":
            options, first, elsewhere = {}, server.origin, other.origin
        else:
            options, first, elsewhere = {"proxy": server.origin}, "http://first.example:81", "http://other.example"
        server.steps = [repeat(f"{elsewhere}/there")]
        with pytest.raises(SigningError, match=r"a redirect leads to http://.* the request is not sent") as refused:
            send(auth, f"{first}/first?a=1", **options)
        assert "oauth_nonce" not in str(refused.value)
        assert [len(server.seen), other.seen] == [1, []]
        assert any(event.endswith("send_request_headers.started") for event in events)
        server.seen.clear()
        server.steps = [answer(status=302, headers=[("Location", f"{elsewhere}/there")]), answer("fine")]
        send(auth, f"{first}/first?a=1", **options)
    assert b"oauth_" not in [*server.seen, *other.seen][-1].octets
