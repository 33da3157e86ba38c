"""An argument with a name of requests-oauthlib is an error that tells the name here, in every client and auth."""

import asyncio
import copy
import inspect
import pickle
from typing import Any

import pytest
import requests_oauthlib

from oauthone.clients import aiohttp, httpx, httpx2, requests
from oauthone.clients._other_names import refuse_other_names, refuse_positions
from oauthone.errors import SigningError

KINDS: list[Any] = [
    *(requests.OAuth1Session, requests.OAuth1Auth),
    *(httpx.OAuth1Client, httpx.AsyncOAuth1Client, httpx.OAuth1Auth),
    *(httpx2.OAuth1Client, httpx2.AsyncOAuth1Client, httpx2.OAuth1Auth),
    *(aiohttp.AsyncOAuth1Client, aiohttp.OAuth1Middleware),
]
CLIENTS = [kind for kind in KINDS if hasattr(kind, "fetch_request_token")]
TOKEN = {"oauth_token": "t", "oauth_token_secret": "s", "user": "alice"}


async def _outcome(value: Any) -> Any:
    return await value if inspect.isawaitable(value) else value


async def _ask_with_a_realm(kind: Any) -> None:
    client = kind("client", "secret", realm="photos")
    try:
        await _outcome(client.fetch_request_token("https://provider.invalid/", realm=["photos"]))
    finally:
        await _outcome(client.aclose() if hasattr(client, "aclose") else client.close())


@pytest.mark.parametrize("kind", CLIENTS)
def test_a_leg_has_no_realm_of_its_own(kind: Any) -> None:
    """requests-oauthlib takes one there. Here the client has it."""
    with pytest.raises(TypeError, match="no realm of its own: pass realm=… to the client"):
        asyncio.run(_ask_with_a_realm(kind))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("name", "here"),
    [
        ("client_key", "client_id"),
        ("resource_owner_key", "token"),
        ("resource_owner_secret", "token_secret"),
        ("callback_uri", "redirect_uri"),
        ("client_class", "signature_method"),
    ],
)
def test_the_error_tells_the_name_here(kind: Any, name: str, here: str) -> None:
    """The value is not in it. The name here works."""
    with pytest.raises(TypeError, match=rf"{kind.__name__}\(\) has no argument '{name}': .*\b{here}\b") as refused:
        kind("client", **{name: "canary"})
    assert "oauthone.compat.requests_oauthlib" in str(refused.value)
    assert "canary" not in str(refused.value)
    assert here in inspect.signature(kind.__init__).parameters or here == "redirect_uri"


def test_every_argument_of_requests_oauthlib_is_known_or_here() -> None:
    """Those of its session and its auth, and those that they pass on to oauthlib."""
    here = {*inspect.signature(requests.OAuth1Session).parameters, "kwargs", "self"}
    for function in (requests_oauthlib.OAuth1Session, requests_oauthlib.OAuth1, requests_oauthlib.OAuth1.client_class):
        for name in {*inspect.signature(function).parameters} - here:
            with pytest.raises(TypeError, match=name):
                refuse_other_names(requests.OAuth1Session, [name])


def test_another_name_is_an_error_of_the_class() -> None:
    """And the names here pass."""
    refuse_other_names(requests.OAuth1Session, ["client_id", "token", "unknown"])
    with pytest.raises(TypeError, match="unexpected keyword argument 'unknown'"):
        requests.OAuth1Session("client", unknown=1)


@pytest.mark.parametrize("kind", KINDS)
def test_the_order_of_requests_oauthlib_is_an_error(kind: Any) -> None:
    """Two values are fine, and a class with a constructor of its own may take more. The values are not in the error."""

    class Own(kind):  # type: ignore[misc]  # the base is a parameter
        def __init__(self, name: str, client: str, secret: str) -> None:
            super().__init__(client, secret)
            self.name = name

    with pytest.raises(TypeError, match=rf"{kind.__name__}\(\) takes only client_id and client_secret") as refused:
        kind("client", "canary", "canary", "canary")
    assert "token=…, token_secret=…" in str(refused.value)
    assert "canary" not in str(refused.value)
    assert kind("client", "secret")
    assert Own("name", "client", "secret").name == "name"
    refuse_positions(kind, 2)


@pytest.mark.parametrize("kind", [requests.OAuth1Auth, httpx.OAuth1Auth, requests.OAuth1Session])
def test_copies_are_made_as_before(kind: Any) -> None:
    for copied in (copy.copy(kind("client")), pickle.loads(pickle.dumps(kind("client")))):
        assert type(copied) is kind


@pytest.mark.parametrize("kind", KINDS)
def test_a_token_may_be_the_dict_that_a_provider_returned(kind: Any) -> None:
    """A client holds all of it."""
    made = kind("client", "secret", token=TOKEN)
    auth = made.auth if kind in CLIENTS else made
    assert auth.signer.token == "t"
    assert auth.signer.secrets == ("secret", "s")
    assert auth.with_token({"oauth_token": "u", "oauth_token_secret": "v"}).signer.secrets == ("secret", "v")
    if kind in CLIENTS:
        assert made.token == TOKEN
        assert made.token is not TOKEN
    with pytest.raises(SigningError, match="leave token_secret out"):
        kind("client", "secret", token=TOKEN, token_secret="s")
