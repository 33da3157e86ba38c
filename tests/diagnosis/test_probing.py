"""`probe` and `aprobe` against a resource server of oauthlib that takes requests in one way only."""

import asyncio
import inspect
from importlib import import_module
from io import BytesIO
from typing import Any

import pytest
from requests import Response
from requests.adapters import BaseAdapter
from requests.exceptions import RetryError
from urllib3 import Retry

from oauthone import providers
from oauthone.clients.requests import OAuth1Session
from oauthone.core.signature import SignatureMethod
from oauthone.diagnosis import ProbeResult, aprobe, probe
from oauthone.providers._model import Realm

from .oauthlib_server import CLIENT, TOKEN, serving

CLIENTS = [
    ("requests", "OAuth1Session"),
    ("httpx", "OAuth1Client"),
    ("httpx", "AsyncOAuth1Client"),
    ("httpx2", "OAuth1Client"),
    ("httpx2", "AsyncOAuth1Client"),
    ("aiohttp", "AsyncOAuth1Client"),
]


def probed(url: str, name: tuple[str, str] = CLIENTS[0], limit: int = 9, **options: Any) -> ProbeResult:
    """Probe with a new client. A response that sets a cookie must change nothing."""

    async def main() -> ProbeResult:
        made: Any = getattr(import_module(f"oauthone.clients.{name[0]}"), name[1])(**{**CLIENT, **TOKEN, **options})
        try:
            if name[1].startswith("Async"):
                return await aprobe(made, url, limit=limit, pause=0)
            return probe(made, url, limit=limit, pause=0)
        finally:
            closed = made.aclose() if hasattr(made, "aclose") else made.close()
            if inspect.isawaitable(closed):
                await closed

    return asyncio.run(main())


@pytest.mark.parametrize("name", CLIENTS, ids=" ".join)
def test_every_client_finds_the_signature_method(name: tuple[str, str]) -> None:
    with serving(["HMAC-SHA256"]) as (url, seen):
        found = probed(url, name)
    assert found.options == {"signature_method": "HMAC-SHA256"}
    assert found.tried == (("as the client signs", 401), ("signature_method='HMAC-SHA256'", 200))
    assert str(found).startswith("The provider takes a request with signature_method='HMAC-SHA256'.\n  as the client")
    assert [line.split()[:2] for line in seen] == [["GET", "/profile"]] * 2


def test_the_options_are_those_of_the_client() -> None:
    """With what was found, the provider takes the client's requests."""
    with serving(realm="the realm", where="header") as (url, _):
        found = probed(url, signature_type="QUERY", realm="x")
        assert found.options is None
        found = probed(url, realm="x")
        assert found.options == {"realm": "the realm"}
        with OAuth1Session(**CLIENT, **TOKEN, **found.options) as session:
            assert session.get(url).text == "taken"


@pytest.mark.parametrize(
    ("server", "client", "expected"),
    [
        ({}, {}, {}),
        ({"where": "query"}, {}, {"signature_type": "QUERY"}),
        ({"where": "header"}, {"signature_type": "QUERY"}, {"signature_type": "HEADER"}),
        ({"methods": ["HMAC-SHA512"]}, {}, {"signature_method": "HMAC-SHA512"}),
        ({}, {"signature_method": "PLAINTEXT"}, {"signature_method": "HMAC-SHA1"}),
        ({"methods": ["HMAC-SHA256"]}, {"signature_method": "PLAINTEXT"}, {"signature_method": "HMAC-SHA256"}),
        ({"methods": ["HMAC-SHA1"]}, {"token": None, "token_secret": None}, None),
        ({"methods": ["RSA-SHA1"]}, {}, None),
    ],
)
def test_one_difference_is_found(server: Any, client: Any, expected: Any) -> None:
    with serving(**server) as (url, seen):
        assert probed(url, **client).options == expected
    assert len(seen) <= 9
    assert not any("PLAINTEXT" in line or CLIENT["client_secret"] in line for line in seen)
    assert len({line.partition("oauth_nonce=")[2][:30] for line in seen}) == len(seen)


def test_the_number_of_requests_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    """And between two of them it waits."""
    waited: list[float] = []
    monkeypatch.setattr(OAuth1Session, "_pause", staticmethod(waited.append))
    with serving([]) as (url, seen), OAuth1Session(**CLIENT) as session:
        found = probe(session, url)
        assert (found.options, len(found.tried), len(seen)) == (None, 6, 6)
        assert waited == [1.0] * 5
        assert probe(session, url, limit=0).tried == ()
    assert found.explanation == "The provider took none of these requests."


def test_retries_of_the_session_send_no_more_requests() -> None:
    """The session's own requests are repeated afterwards as before."""
    retries = Retry(total=2, status_forcelist=[503], backoff_factor=0)
    with serving([], answer="503 Busy") as (url, seen), OAuth1Session(**CLIENT, retries=retries) as session:
        found = probe(session, url, limit=2, pause=0)
        assert ([status for _, status in found.tried], len(seen)) == ([503, 503], 2)
        with pytest.raises(RetryError):
            session.get(url)
        assert len(seen) == 5


def test_an_adapter_that_knows_no_retries_is_used_as_it_is() -> None:
    class Answering(BaseAdapter):
        __slots__ = ()

        def send(self, request: Any, *_: Any, **__: Any) -> Response:
            found = Response()
            found.status_code, found.request, found.url, found.raw = 200, request, request.url, BytesIO()
            return found

        def close(self) -> None:
            pass

    with OAuth1Session(**CLIENT) as session:
        session.mount("test://", Answering())
        assert probe(session, "test://a.example/").options == {}


@pytest.mark.parametrize(("answer", "number"), [("429 Slow down", 1), ("302 Away", 4), ("500 Oops", 4)])
def test_a_429_ends_it_and_a_redirect_is_not_followed(answer: str, number: int) -> None:
    with serving([], answer=answer) as (url, seen):
        found = probed(url, limit=4)
    assert (found.options, len(seen)) == (None, number)
    assert {line.split()[1] for line in seen} == {"/profile"}
    assert ("fewer requests" in found.explanation) == (number == 1)


def test_an_rsa_client_stays_one() -> None:
    from cryptography.hazmat.primitives.asymmetric import rsa

    with serving([]) as (url, seen):
        key = rsa.generate_private_key(65537, 2048)
        probed(url, signature_method="RSA-SHA1", rsa_key=key, client_secret=None)
    assert all('oauth_signature_method="RSA-' in line or "oauth_signature_method=RSA-" in line for line in seen)


def test_a_method_of_a_program_stays_itself() -> None:
    """No other method is known to take its credentials. All else is tried."""

    class Own(SignatureMethod):
        name = "OWN-SHA1"

        def signing_function(self, *_: Any) -> Any:
            return lambda base_string: "signed"

    with serving([]) as (url, seen):
        found = probed(url, signature_method=Own())
    assert found.tried[1:3] == (("realm=''", 401), ("signature_type='QUERY'", 401))
    assert all("OWN-SHA1" in line for line in seen)


def test_a_client_of_the_other_kind_is_refused() -> None:
    with OAuth1Session(**CLIENT) as session, pytest.raises(TypeError, match="or to aprobe"):
        asyncio.run(aprobe(session, "https://a.example/"))
    with pytest.raises(TypeError, match="a object cannot be probed so"):
        probe(object(), "https://a.example/")


def test_what_a_provider_documents_is_tried_first() -> None:
    """What contradicts it comes last: a provider may take more than is known."""
    facts = providers.get("trello")._replace(signature_methods=("HMAC-SHA1", "HMAC-SHA512"), realm=Realm("fixed", "R"))
    with serving(["HMAC-SHA256"]) as (url, _):
        origin = url.removesuffix("/profile")
        moved = facts._replace(api_base=(origin,), placement=("header", "query"), allow_http=True)
        found = probed(url, provider=moved)
        plain = probed(url, provider=moved._replace(placement=("header",)))
    tried = [name for name, _ in found.tried]
    assert tried[:3] == ["as the client signs", "signature_method='HMAC-SHA512'", "signature_type='QUERY'"]
    assert tried[-1] == "signature_method='HMAC-SHA256'"
    assert found.options == {"signature_method": "HMAC-SHA256"}
    assert [name for name, _ in plain.tried[:3]] == [*tried[:2], "token=None"]
