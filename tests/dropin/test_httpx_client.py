"""Authlib's import paths for httpx: its order of arguments, its attributes, its defaults."""

import asyncio
import subprocess
import sys
from collections.abc import Generator, Iterator
from typing import Any

import httpx2
import pytest
from authlib.integrations.httpx_client import (
    SIGNATURE_HMAC_SHA1,
    SIGNATURE_TYPE_HEADER,
    SIGNATURE_TYPE_QUERY,
    AsyncOAuth1Client,
    OAuth1Auth,
    OAuth1Client,
    OAuthError,
)
from authlib.integrations.httpx_client.utils import build_request, extract_client_kwargs

from oauthone.testing import ProviderBox


@pytest.fixture(scope="module")
def box() -> Iterator[ProviderBox]:
    with ProviderBox() as box:
        yield box


def arguments(box: ProviderBox) -> list[Any]:
    """client, secret, token, its secret, redirect_uri, rsa_key, verifier, method, type, force_include_body."""
    token = box.issue_token()
    return [
        box.client.client_id,
        box.client.client_secret,
        token.token,
        token.token_secret,
        "https://app.example/cb",
        None,
        "a verifier",
        SIGNATURE_HMAC_SHA1,
        SIGNATURE_TYPE_QUERY,
        True,
    ]


def test_the_client_takes_its_arguments_in_order(box: ProviderBox) -> None:
    """The options of httpx follow by name."""
    with OAuth1Client(*arguments(box), headers={"X-Asked-For": "yes"}, timeout=7) as client:
        said = client.post(box.echo_url, json={"a": 1}).json()
        assert client.timeout == httpx2.Timeout(7)

    assert said["placement"] == "QUERY"
    assert "oauth_body_hash" in said["oauth"]
    assert box.requests[-1].header("x-asked-for") == "yes"
    assert box.requests[-1].body == b'{"a":1}'


def test_the_async_client_takes_its_arguments_in_order(box: ProviderBox) -> None:
    async def steps() -> None:
        async with AsyncOAuth1Client(*arguments(box), follow_redirects=True) as client:
            response = await client.get(box.redirect_url("/echo", 302))
            assert response.json()["placement"] == "QUERY"
            assert client.redirect_uri == "https://app.example/cb"

    asyncio.run(steps())


def test_the_auth_takes_its_arguments_in_order(box: ProviderBox) -> None:
    """…, signature_type, realm, force_include_body; callback and verifier are sent, as this object was told to."""
    given = [*arguments(box)[:8], SIGNATURE_TYPE_HEADER, "Photos", True]

    said = httpx2.post(box.echo_url, json={"a": 1}, auth=OAuth1Auth(*given)).json()

    assert said["realm"] == "Photos"
    assert said["oauth"]["oauth_callback"] == "https://app.example/cb"
    assert said["oauth"]["oauth_verifier"] == "a verifier"
    assert "oauth_body_hash" in said["oauth"]


def test_no_callback_is_sent_unless_one_is_set(box: ProviderBox) -> None:
    """A provider that wants one says so."""
    with OAuth1Client(box.client.client_id, box.client.client_secret) as client:
        assert client.redirect_uri is None
        with pytest.raises(OAuthError, match="parameter_absent"):
            client.fetch_request_token(box.request_token_url)
        assert "oauth_callback" not in (box.requests[-1].header("authorization") or "")
        client.redirect_uri = "oob"
        assert client.fetch_request_token(box.request_token_url)["oauth_callback_confirmed"] == "true"


def test_the_token_is_always_a_dict(box: ProviderBox) -> None:
    """Before, between and after the legs."""

    async def steps() -> None:
        async with AsyncOAuth1Client(box.client.client_id, box.client.client_secret, redirect_uri="oob") as client:
            assert client.token == {"oauth_token": None, "oauth_token_secret": None, "oauth_verifier": None}
            temporary = await client.fetch_request_token(box.request_token_url)
            assert client.token["oauth_token"] == temporary["oauth_token"]
            code = box.visit(client.create_authorization_url(box.authorize_url))
            token = await client.fetch_access_token(box.access_token_url, code)
            assert client.token == {**token, "oauth_verifier": None}
            assert (await client.get(box.echo_url)).status_code == 200

    asyncio.run(steps())


def test_a_word_that_does_not_exist_is_refused() -> None:
    with pytest.raises(TypeError, match="tokn"):
        AsyncOAuth1Client("k", tokn="x")


@pytest.mark.parametrize("name", ["OAuth2Client", "AsyncAssertionClient"])
def test_what_is_not_here_says_so(name: str) -> None:
    with pytest.raises(ImportError, match=f"httpx_client.{name} is not here"):
        exec(f"from authlib.integrations.httpx_client import {name}")
    with pytest.raises(ImportError, match="NoSuchThing"):
        exec("from authlib.integrations.httpx_client import NoSuchThing")


@pytest.mark.parametrize(
    ("absent", "serves"),
    [((), "httpx2"), (("httpx2",), "httpx"), (("httpx",), "httpx2")],
    ids=["both", "httpx alone", "httpx2 alone"],
)
def test_the_library_that_serves(absent: tuple[str, ...], serves: str) -> None:
    """httpx2 where it is installed, else httpx, as in Authlib."""
    code = (
        "import sys\n"
        "class Absent:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        f"        if name in {absent!r}: raise ModuleNotFoundError(name)\n"
        "import importlib.util as util\n"
        "found = util.find_spec\n"
        f"util.find_spec = lambda name, package=None: None if name in {absent!r} else found(name, package)\n"
        "sys.meta_path.insert(0, Absent())\n"
        "from authlib.integrations.httpx_client import AsyncOAuth1Client, OAuth1Client\n"
        "print(OAuth1Client._library.__name__, AsyncOAuth1Client._library.__name__)"
    )

    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=50)

    assert ran.stdout.split() == [serves, serves], ran.stderr


class WithBody(OAuth1Auth):
    """Makes the signed request itself, as programs do for Authlib's clients."""

    def auth_flow(self, request: Any) -> Generator[Any, Any, None]:
        url, headers, body = self.prepare(request.method, str(request.url), request.headers, request.content)
        headers["Content-Length"] = str(len(body))
        yield build_request(url=url, headers=headers, body=body, initial_request=request)


def test_an_auth_with_a_flow_of_its_own(box: ProviderBox) -> None:
    """In plain calls, in clients of httpx2, and in ours."""
    credentials = arguments(box)[:4]

    class Own(OAuth1Client):
        auth_class = WithBody

    async def awaited() -> Any:
        async with httpx2.AsyncClient() as client, AsyncOAuth1Client(*credentials) as ours:
            ours.auth = WithBody(*credentials)
            return [await one.post(box.echo_url, json={"a": 1}, **more) for one, more in ((client, auth), (ours, {}))]

    auth = {"auth": WithBody(*credentials)}
    with Own(*credentials) as client:
        answers = [
            httpx2.post(box.echo_url, data={"a": "é"}, **auth),
            client.post(box.echo_url, json={"a": 1}),
            *asyncio.run(awaited()),
        ]
    assert [answer.json()["token"] for answer in answers] == [credentials[2]] * 4
    assert [request.body for request in box.requests[-3:]] == [b'{"a":1}'] * 3


def test_options_of_the_library_are_told_apart() -> None:
    options = {"timeout": 5, "realm": "x", "base_url": "https://api.example"}
    assert extract_client_kwargs(options) == {"timeout": 5, "base_url": "https://api.example"}
    assert options == {"realm": "x"}


@pytest.mark.parametrize("kind", [OAuth1Client, AsyncOAuth1Client])
def test_a_refusal_has_a_diagnosis(box: ProviderBox, kind: Any) -> None:
    async def fetched(client: Any, url: str) -> None:
        token = client.fetch_access_token(url, "v3rifier")
        if kind is AsyncOAuth1Client:
            await token

    async def walk() -> None:
        client = kind(box.client.client_id, box.client.client_secret, "t", "another secret")
        is_async = kind is AsyncOAuth1Client
        answer = client.post(f"{box.echo_url}?b=x%20y", data={"a": "1 +"})
        response = await answer if is_async else answer
        assert client.diagnose(response).mistakes == ("token-refused",)
        with pytest.raises(OAuthError) as caught:
            await fetched(client, box.access_token_url)
        assert caught.value.diagnosis.explanation.startswith("The signature is right")
        await client.aclose() if is_async else client.close()

    asyncio.run(walk())
