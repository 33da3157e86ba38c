"""`OAuth1Auth` in httpx and httpx2: what it signs, and what remains in the request."""

import asyncio
import copy
import pickle
from collections.abc import AsyncIterator, Iterator
from types import ModuleType
from typing import Any

import pytest

from oauthone.core.body import FORM
from oauthone.errors import SigningError
from oauthone.testing import ProviderBox

from .matrix import nonces
from .pickled import secrets_in

PLACEMENTS = ["HEADER", "QUERY", "BODY"]


@pytest.mark.parametrize("placement", PLACEMENTS)
def test_the_request_that_was_given_stays_unsigned(
    box: ProviderBox, library: ModuleType, ours: Any, options: Any, placement: str
) -> None:
    """It can be sent again, and so can the signed copy in the response, by a bare auth and by a client."""
    auth = ours.OAuth1Auth(**options(placement))
    with library.Client() as plain, ours.OAuth1Client(**options(placement)) as client:
        for sender, arguments in ((plain, {"auth": auth}), (client, {})):
            request = sender.build_request("POST", box.echo_url, data={"a": "1"})
            before = (str(request.url), request.headers.raw, request.content)
            first = sender.send(request, **arguments)
            assert (str(request.url), request.headers.raw, request.content) == before
            again = [sender.send(request, **arguments), sender.send(first.request, **arguments)]
            forms = [[name for name, _ in one.json()["form"]] for one in (first, *again)]
            assert forms[0][0] == "a"
            assert len(set(forms[0])) == len(forms[0])
            assert forms[1:] == forms[:1] * 2
    assert len(set(nonces(box.requests))) == 6


def test_a_form_in_chunks_is_signed(box: ProviderBox, library: ModuleType, ours: Any, options: Any) -> None:
    """The signature covers it, so it is read first; a bare auth cannot wait for one that is awaited."""
    headers = {"Content-Type": f"{FORM}; charset=utf-8"}

    def pieces() -> Iterator[bytes]:
        yield b"a=1&"
        yield b"b=2"

    async def awaited() -> AsyncIterator[bytes]:
        for piece in pieces():
            yield piece

    async def main() -> None:
        async with ours.AsyncOAuth1Client(**options()) as client:
            await client.post(box.echo_url, content=awaited(), headers=headers)
        async with library.AsyncClient(auth=ours.OAuth1Auth(**options())) as plain:
            with pytest.raises(SigningError, match="can be read only once"):
                await plain.post(box.echo_url, content=awaited(), headers=headers)

    asyncio.run(main())
    with ours.OAuth1Client(**options()) as client, library.Client(auth=ours.OAuth1Auth(**options())) as plain:
        client.post(box.echo_url, content=pieces(), headers=headers)
        plain.post(box.echo_url, content=pieces(), headers=headers)

    assert len(set(nonces(box.requests))) == 3
    assert [one.body for one in box.requests] == [b"a=1&b=2"] * 3


def test_later_changes_to_a_signed_request_stay(box: ProviderBox, client: Any, ours: Any, options: Any) -> None:
    """When it is sent again: another address and another Authorization are no part of the signature."""
    signed = client.get(box.echo_url).request
    signed.headers["Authorization"] = "Bearer x"
    client.send(signed, auth=None)
    assert box.requests[-1].header("authorization") == "Bearer x"

    with ours.OAuth1Client(**options("QUERY")) as other:
        signed = other.get(box.echo_url).request
        signed.url = signed.url.copy_with(raw_path=b"/echo?a=1")
        assert other.send(signed).json()["query"][0] == ["a", "1"]
    assert box.requests[-1].verified


def test_a_body_hash_reads_what_is_sent(box: ProviderBox, library: ModuleType, ours: Any, options: Any) -> None:
    """Pieces, awaited pieces, multipart: all are read for the hash, and arrive."""

    async def awaited() -> AsyncIterator[bytes]:
        yield b"ab"
        yield b"c"

    async def main() -> None:
        async with ours.AsyncOAuth1Client(**options(body_hash="auto")) as client:
            await client.post(box.echo_url, content=awaited())
            await client.post(box.echo_url, files={"f": b"123"})
            await client.post(box.echo_url, content=iter([b"ab", b"c"]))

    asyncio.run(main())
    with library.Client(auth=ours.OAuth1Auth(**options(body_hash="auto"))) as plain:
        plain.post(box.echo_url, content=iter([b"ab", b"c"]))
    assert [one.body for one in box.requests if b"Content-Disposition" not in one.body] == [b"abc"] * 3
    for one in box.requests:
        assert one.verified is not None, one.refused
        assert "oauth_body_hash" in one.verified.parameters


def test_auths_can_be_pickled_and_copied(box: ProviderBox, library: ModuleType, ours: Any, options: Any) -> None:
    auth = ours.OAuth1Auth(**options())
    for other in (pickle.loads(pickle.dumps(auth)), copy.deepcopy(auth), copy.copy(auth)):
        assert library.get(box.echo_url, auth=other).json()["user"] == box.user


def test_no_secret_is_in_the_pickle_of_a_response(
    box: ProviderBox, library: ModuleType, ours: Any, options: Any
) -> None:
    """Neither of a client's, redirects included, nor of one whose request a bare auth signed."""
    given = options()
    with ours.OAuth1Client(**given, follow_redirects=True) as client, library.Client() as plain:
        signed = [client.get(box.redirect_url("/echo")), plain.get(box.echo_url, auth=ours.OAuth1Auth(**given))]
    for response in signed:
        assert response.json()["user"] == box.user
        assert secrets_in(response, given["client_secret"], given["token_secret"]) == []
    assert set(secrets_in(client.auth, given["client_secret"], given["token_secret"]))


def test_a_request_that_a_bare_auth_signed_is_signed_again(
    box: ProviderBox, library: ModuleType, ours: Any, query_options: dict[str, Any]
) -> None:
    auth = ours.OAuth1Auth(**query_options)
    with library.Client(auth=auth) as client:
        first = client.get(box.echo_url)
        again = client.send(first.request)
        third = client.send(again.request)
    assert [one.status_code for one in (first, again, third)] == [200] * 3
    assert len(set(nonces(box.requests))) == 3
