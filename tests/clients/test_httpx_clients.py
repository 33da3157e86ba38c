"""The clients for httpx and httpx2: their options, their auth, and the legs of the flow."""

import asyncio
import gzip
from types import ModuleType
from typing import Any

import pytest

from oauthone.errors import FlowError
from oauthone.testing import ProviderBox

from .servers import ScriptedServer, answer


def test_a_request_can_have_another_auth_or_none(box: ProviderBox, ours: Any, options: Any) -> None:
    """For one request, for all of them, and from the start."""
    another = ours.OAuth1Auth(**options(), realm="Photos")
    with ours.OAuth1Client(**options()) as client:
        own = client.auth
        assert client.get(box.echo_url, auth=another).json()["realm"] == "Photos"
        first = client.get(box.open_url, auth=None)
        client.get(box.open_url, auth=("user", "password"))
        client.auth = another
        assert client.get(box.echo_url).json()["realm"] == "Photos"
        client.auth = None
        client.send(first.request)
        client.auth = own
        signed = client.get(box.echo_url)
        client.send(signed.request, auth=None)
    with ours.OAuth1Client(**options(), auth=("user", "password")) as client:
        client.get(box.open_url)
    schemes = [(one.header("authorization") or "none").split()[0] for one in box.requests]
    assert schemes == ["OAuth", "none", "Basic", "OAuth", "none", "OAuth", "none", "Basic"]


def test_relative_urls_are_appended_to_the_base_url(box: ProviderBox, ours: Any, options: Any) -> None:
    """Are appended to ``base_url``, in the legs too."""
    path = box.request_token_url.removeprefix(box.origin)
    with ours.OAuth1Client(**box.client.credentials(), base_url=box.origin) as client:
        assert client.fetch_request_token(path)["oauth_callback_confirmed"] == "true"
    with ours.OAuth1Client(**options(), base_url=box.origin + "/ec", params={"p": "q"}) as client:
        client.base_url = box.origin
        assert client.get("echo").json()["query"] == [["p", "q"]]


def test_an_endpoint_whose_scheme_is_in_capitals_is_absolute(box: ProviderBox, client: Any) -> None:
    scheme, rest = box.request_token_url.split(":", 1)
    client.base_url = "https://other.example"
    assert client.fetch_request_token(f"{scheme.upper()}:{rest}")["oauth_callback_confirmed"] == "true"


@pytest.mark.parametrize("name", ["auth", "follow_redirects"])
def test_an_option_of_httpx_that_a_leg_sets_itself_is_a_type_error(
    box: ProviderBox, ours: Any, client: Any, name: str
) -> None:
    with pytest.raises(TypeError, match=f"sets '{name}' itself"):
        client.fetch_request_token(box.request_token_url, **{name: None})
    with ours.OAuth1Client("id", "secret") as empty, pytest.raises(FlowError):
        empty.create_authorization_url(box.authorize_url)
    assert box.requests == []


def test_a_misspelt_option_of_httpx_is_a_type_error(ours: Any) -> None:
    for kind in (ours.OAuth1Client, ours.AsyncOAuth1Client):
        with pytest.raises(TypeError, match="signature_metod"):
            kind("k", "s", signature_metod="HMAC-SHA256")


def test_a_response_that_is_too_long_is_not_read_to_its_end(ours: Any, box: ProviderBox) -> None:
    """The rest of it is left, and the connection closed."""
    long = answer(b"x" * 1_000_000)
    with ScriptedServer(long) as server, ours.OAuth1Client("k", "s") as client:
        with pytest.raises(FlowError, match="longer than 65536"):
            client.fetch_request_token(server.origin)

        async def main() -> None:
            async with ours.AsyncOAuth1Client("k", "s") as client:
                with pytest.raises(FlowError, match="longer than 65536"):
                    await client.fetch_request_token(server.origin)

        asyncio.run(main())


def test_all_three_legs_lead_to_a_verified_request(box: ProviderBox, ours: Any) -> None:
    """All three legs and a request, blocking and awaited."""
    callback = {"redirect_uri": f"{box.other_origin}/callback"}
    with ours.OAuth1Client(**box.client.credentials(), **callback) as client:
        client.fetch_request_token(box.request_token_url)
        client.parse_authorization_response(box.visit(client.create_authorization_url(box.authorize_url)))
        assert client.token is None
        client.fetch_access_token(box.access_token_url)
        assert client.get(box.echo_url).json()["user"] == box.user

    async def main() -> None:
        async with ours.AsyncOAuth1Client(**box.client.credentials(), **callback) as client:
            await client.fetch_request_token(box.request_token_url, method="GET")
            client.parse_authorization_response(box.visit(client.create_authorization_url(box.authorize_url)))
            token = await client.fetch_access_token(box.access_token_url)
            assert client.token == token
            assert (await client.get(box.echo_url)).json()["user"] == box.user
            await client.get(box.open_url, auth=None)

    asyncio.run(main())
    assert box.requests[-1].oauth_parameters() == []


GRANTED_TOKEN = {"oauth_token": "t", "oauth_token_secret": "s", "oauth_callback_confirmed": "true"}
GRANTED_FORM = b"oauth_token=t&oauth_token_secret=s&oauth_callback_confirmed=true"
NUMBERS: list[Any] = [None, 10, 10.0, 40, True]
TUPLES: list[Any] = [(1, 2, 3, 4), (1.5, 40, None, 4)]
PARTS: list[dict[str, Any]] = [
    {"timeout": None},
    {"timeout": 10},
    {"timeout": 40.5},
    {"timeout": None, "read": 3},
    {"connect": 1, "read": 2, "write": 3, "pool": 4},
]


@pytest.mark.covering
@pytest.mark.parametrize("timeout", [*NUMBERS, *TUPLES, *PARTS], ids=str)
def test_timeouts_of_httpx(library: ModuleType, ours: Any, timeout: Any) -> None:
    """For one leg and for the client, over a connection, because only connections use them."""
    value = library.Timeout(**timeout) if isinstance(timeout, dict) else timeout
    with ScriptedServer(answer(GRANTED_FORM)) as server:
        with ours.OAuth1Client("client", "secret") as client:
            assert client.fetch_request_token(server.origin, timeout=value) == GRANTED_TOKEN
        with ours.OAuth1Client("client", "secret", timeout=value) as client:
            assert client.fetch_request_token(server.origin) == GRANTED_TOKEN

        async def steps() -> None:
            async with ours.AsyncOAuth1Client("client", "secret", timeout=value) as client:
                assert await client.fetch_request_token(server.origin, timeout=value) == GRANTED_TOKEN
                assert await client.fetch_request_token(server.origin) == GRANTED_TOKEN

        asyncio.run(steps())


def test_no_step_of_a_leg_of_httpx_begins_after_its_time_limit(library: ModuleType, ours: Any) -> None:
    """Neither another address of the same host, nor another byte to send."""
    late: list[str] = []

    def look(request: Any) -> Any:
        for name, wait in request.extensions["timeout"].items():
            try:
                float(wait)
            except TimeoutError:
                late.append(name)
        return library.Response(200, content=GRANTED_FORM)

    with ours.OAuth1Client("client", "secret", transport=library.MockTransport(look)) as client:
        client.fetch_request_token("https://provider.example/", timeout=0)
        assert late == ["connect", "read", "write"]
        client.fetch_request_token("https://provider.example/", timeout=60)
    assert late == ["connect", "read", "write"]


ENDPOINT = "https://provider.example/initiate"


def test_a_response_that_a_transport_of_httpx_decoded_is_not_decoded_again(library: ModuleType, ours: Any) -> None:
    """The library has read and decoded it, so it is not decoded again."""
    packed = {"Content-Encoding": "gzip"}
    transport = library.MockTransport(
        lambda _: library.Response(200, headers=packed, content=gzip.compress(GRANTED_FORM))
    )
    with ours.OAuth1Client("client", "secret", transport=transport) as client:
        assert client.fetch_request_token(ENDPOINT) == GRANTED_TOKEN

    async def steps() -> None:
        async with ours.AsyncOAuth1Client("client", "secret", transport=transport) as client:
            assert await client.fetch_request_token(ENDPOINT) == GRANTED_TOKEN

    asyncio.run(steps())


def test_an_exception_of_httpx_passes_through_a_leg(library: ModuleType, ours: Any) -> None:
    """The library's own error, if no response arrived, or if a hook raises for a successful one."""

    def fail(request: Any) -> Any:
        raise library.ConnectError("no way", request=request)

    def refuse(response: Any) -> None:
        raise library.HTTPStatusError("the hook's own", request=response.request, response=response)

    async def arefuse(response: Any) -> None:
        refuse(response)

    def clients(kind: Any, hook: Any) -> list[Any]:
        succeed = library.MockTransport(lambda _: library.Response(200, content=GRANTED_FORM))
        return [
            kind("client", "secret", transport=library.MockTransport(fail)),
            kind("client", "secret", transport=succeed, event_hooks={"response": [hook]}),
        ]

    for one, error in zip(
        clients(ours.OAuth1Client, refuse), (library.ConnectError, library.HTTPStatusError), strict=True
    ):
        with one as client, pytest.raises(error):
            client.fetch_request_token(ENDPOINT)

    async def steps() -> None:
        both = zip(
            clients(ours.AsyncOAuth1Client, arefuse), (library.ConnectError, library.HTTPStatusError), strict=True
        )
        for one, error in both:
            async with one as client:
                with pytest.raises(error):
                    await client.fetch_request_token(ENDPOINT)

    asyncio.run(steps())
