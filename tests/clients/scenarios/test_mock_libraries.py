"""What users assert under the mocks of requests and httpx: requests are signed, and bodies, queries and calls match.

Each test runs with a session, with a bare auth, and with both of the compat module. With the parameters in the header,
strict matchers of a query or a body see only what the user sent.
"""

import asyncio
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest.mock import patch

import httpx
import pytest
import requests
import requests_mock
import responses
import respx
import vcr
from betamax import Betamax
from requests.adapters import HTTPAdapter
from responses import matchers
from urllib3.util import Retry

from oauthone.clients.httpx import AsyncOAuth1Client
from oauthone.clients.httpx import OAuth1Auth as HttpxAuth
from oauthone.clients.requests import OAuth1Auth, OAuth1Session
from oauthone.compat import requests_oauthlib
from oauthone.testing import ProviderBox

from ..matrix import PLACEMENTS

URL = "https://api.example/a"
KINDS = ["session", "auth", "compat session", "compat auth"]


def verify(box: ProviderBox, request: Any) -> str:
    """Return the nonce of a captured request of requests or httpx, after the box's verifier accepted it."""
    body = getattr(request, "content", None) or getattr(request, "body", None) or b""
    headers = [(str(name), _text(value)) for name, value in request.headers.items()]
    body = body.encode() if isinstance(body, str) else body
    return box.verifier.verify(request.method, str(request.url), headers, body).parameters["oauth_nonce"]


def _text(value: str | bytes) -> str:
    return value if isinstance(value, str) else value.decode()


@pytest.fixture(params=KINDS)
def opened(request: pytest.FixtureRequest, box: ProviderBox) -> Iterator[Callable[[str], requests.Session]]:
    """Makes a session of each kind, for a placement."""
    sessions: list[requests.Session] = []

    def make(placement: str = "HEADER") -> requests.Session:
        keys = (box.client.client_id, box.client.client_secret)
        token = box.issue_token()
        ours: dict[str, Any] = {**token._asdict(), "signature_type": placement}
        theirs: dict[str, Any] = {"signature_type": placement.replace("HEADER", "AUTH_HEADER")}
        session = requests.Session()
        if request.param == "session":
            session = OAuth1Session(*keys, **ours)
        elif request.param == "auth":
            session.auth = OAuth1Auth(*keys, **ours)
        elif request.param == "compat session":
            session = requests_oauthlib.OAuth1Session(*keys, *token, **theirs)
        else:
            session.auth = requests_oauthlib.OAuth1(*keys, *token, **theirs)
        sessions.append(session)
        return session

    yield make
    for session in sessions:
        session.close()


# --- requests ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("placement", PLACEMENTS)
def test_requests_mock(box: ProviderBox, opened: Any, placement: str) -> None:
    """Its history, its counters, its matchers of a query and of a body, and what it lets through."""
    session = opened(placement)
    with requests_mock.Mocker(real_http=True) as mocker:
        mocker.post(f"{URL}?q=1", json={"fine": True}, additional_matcher=lambda request: "x=1" in request.text)
        assert session.post(URL, params={"q": "1"}, data={"x": "1"}).json() == {"fine": True}
        assert (mocker.call_count, mocker.called_once) == (1, True)
        assert verify(box, mocker.last_request)
        assert mocker.last_request.qs["q"] == ["1"]
        assert session.post(box.echo_url, data={"x": "1"}).json()["placement"] == placement


@pytest.mark.parametrize("placement", PLACEMENTS)
def test_responses(box: ProviderBox, opened: Any, placement: str) -> None:
    """Its calls and counters; each redirect is signed, and so is what it lets through."""
    session = opened(placement)
    with responses.RequestsMock() as mock:
        mock.post(URL, status=307, headers={"Location": f"{URL}/b"})
        mock.post(f"{URL}/b", json={"fine": True})
        mock.add_passthru(box.origin)
        assert session.post(URL, data={"x": "1"}).json() == {"fine": True}
        assert len({verify(box, call.request) for call in mock.calls}) == len(mock.calls) == 2
        assert session.post(box.echo_url, data={"x": "1"}).json()["user"] == box.user
    assert session.post(box.echo_url, data={"x": "1"}).json()["user"] == box.user


@pytest.mark.parametrize("opened", KINDS[:2], indirect=True)
def test_strict_matchers_of_responses_see_what_the_user_sent(box: ProviderBox, opened: Any) -> None:
    """The whole query, form, JSON or multipart body, and a header of the user.

    Those of the compat module are bytes, as those of requests-oauthlib are, and these matchers read text.
    """
    session = opened()
    form, query = matchers.urlencoded_params_matcher({"x": "1"}), matchers.query_param_matcher({"q": "1"})
    json, parts = matchers.json_params_matcher({"x": 1}), matchers.multipart_matcher({"file": b"abc"})
    with responses.RequestsMock() as mock:
        mock.post(f"{URL}/form", match=[query, form])
        mock.post(f"{URL}/json", match=[json, matchers.header_matcher({"X-Own": "1"})])
        mock.post(f"{URL}/parts", match=[parts])
        session.post(f"{URL}/form", params={"q": "1"}, data={"x": "1"})
        session.post(f"{URL}/json", json={"x": 1}, headers={"X-Own": "1"})
        session.post(f"{URL}/parts", files={"file": b"abc"})
        assert len({verify(box, call.request) for call in mock.calls}) == 3
        mock.assert_call_count(f"{URL}/form?q=1", 1)


def test_responses_serves_retries(box: ProviderBox, opened: Any) -> None:
    """Each attempt is a call. A session signs each anew; a bare auth repeats its signature, as the pages say."""
    session = opened()
    session.mount("https://", HTTPAdapter(max_retries=Retry(total=2, status_forcelist=[503], backoff_factor=0)))
    with responses.RequestsMock() as mock:
        for status in (503, 503, 200):
            mock.get(URL, status=status)
        assert session.get(URL).ok
        sent = list(mock.calls)
    signatures = {_text(call.request.headers["Authorization"]) for call in sent}
    assert (len(sent), len(signatures)) == (3, 3 if type(session) is OAuth1Session else 1)
    assert verify(box, sent[-1].request)


@pytest.mark.parametrize("placement", ["HEADER", "QUERY"])
def test_a_cassette_of_vcrpy(box: ProviderBox, opened: Any, tmp_path: Path, placement: str) -> None:
    """Records what was signed, without the header that it should leave out, and plays it back."""
    session = opened(placement)
    recorder = vcr.VCR(
        cassette_library_dir=str(tmp_path), filter_headers=["authorization"], match_on=["method", "path"]
    )
    answers = []
    for _ in range(2):
        with recorder.use_cassette("one.yaml") as cassette:
            answers.append(session.post(box.redirect_url("/echo", 307), data={"x": "1"}).json())
    assert answers[0] == answers[1]
    assert answers[0]["user"] == box.user
    assert (cassette.play_count, len(box.requests)) == (2, 2)
    assert "authorization" not in str([one.headers for one in cassette.requests]).lower()


@pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow.*:DeprecationWarning")
@pytest.mark.parametrize("placement", PLACEMENTS)
@pytest.mark.parametrize("opened", KINDS[:2], indirect=True)
def test_a_cassette_of_betamax(box: ProviderBox, opened: Any, tmp_path: Path, placement: str) -> None:
    """It mounts its own adapters. Headers that are bytes, as those of compat and of the original, it cannot record."""
    session = opened(placement)
    answers = []
    for mode in ("once", "none"):
        with Betamax(session, cassette_library_dir=str(tmp_path)) as recorder:
            recorder.use_cassette("one", record=mode, match_requests_on=["method", "path"])
            answers.append(session.post(box.redirect_url("/echo", 307), data={"x": "1"}))
    assert answers[0].json() == answers[1].json()
    assert len(box.requests) == 2
    assert all(one.verified for one in box.requests)
    assert session.get(box.echo_url).ok


# --- httpx and httpx2 -------------------------------------------------------------------------------------------------


@pytest.fixture(params=["client", "auth"])
def client(request: pytest.FixtureRequest, library: ModuleType, ours: Any, options: Any) -> Iterator[Any]:
    """Our client, and a client of the library with our auth."""
    make: Any = ours.OAuth1Client if request.param == "client" else library.Client
    given = options() if request.param == "client" else {"auth": ours.OAuth1Auth(**options())}
    with make(**given) as opened:
        yield opened


def test_a_mock_transport(box: ProviderBox, library: ModuleType, ours: Any, options: Any) -> None:
    seen: list[Any] = []

    def handle(request: Any) -> Any:
        seen.append(request)
        return library.Response(200, json={"fine": True})

    transport = library.MockTransport(handle)
    with ours.OAuth1Client(**options(), transport=transport) as client:
        assert client.post(URL, data={"x": "1"}).json() == {"fine": True}
    with library.Client(auth=ours.OAuth1Auth(**options()), transport=transport) as plain:
        plain.post(URL, json={"x": "1"})
    assert len({verify(box, request) for request in seen}) == 2
    assert [request.content for request in seen] == [b"x=1", b'{"x":"1"}']


def test_a_mock_that_replaces_the_transports_of_the_class(box: ProviderBox, library: ModuleType, client: Any) -> None:
    """As the fixtures ``httpx_mock`` of pytest-httpx and ``httpx2_mock`` do."""
    seen: list[Any] = []

    def handle(_: Any, request: Any) -> Any:
        request.read()
        seen.append(request)
        return library.Response(200, json={"fine": True})

    with patch.object(library.HTTPTransport, "handle_request", handle):
        assert client.post(f"{URL}?q=1", data={"x": "1"}).json() == {"fine": True}
    (request,) = seen
    assert verify(box, request)
    assert (str(request.url), request.content) == (f"{URL}?q=1", b"x=1")


@pytest.mark.parametrize("library", ["httpx"], indirect=True)
def test_respx(box: ProviderBox, client: Any) -> None:
    """Its routes by query, form, JSON and header, their calls, and redirects."""
    with respx.mock as mock:
        routes = [
            mock.get(URL, params={"q": "1"}).respond(json={"fine": True}),
            mock.post(URL, data={"x": "1"}).mock(return_value=httpx.Response(201)),
            mock.put(URL, json={"x": 1}, headers__contains={"X-Own": "1"}).respond(204),
        ]
        assert client.get(URL, params={"q": "1"}).json() == {"fine": True}
        assert client.post(URL, data={"x": "1"}).status_code == 201
        client.put(URL, json={"x": 1}, headers={"X-Own": "1"})
        assert [route.call_count for route in routes] == [1, 1, 1]
        assert len({verify(box, route.calls.last.request) for route in routes}) == 3


def test_respx_awaited(box: ProviderBox, options: Any) -> None:
    async def main() -> None:
        async with AsyncOAuth1Client(**options()) as ours, httpx.AsyncClient(auth=HttpxAuth(**options())) as plain:
            with respx.mock as mock:
                route = mock.post(re.compile(f"{URL}.*")).respond(json={"fine": True})
                for client in (ours, plain):
                    assert (await client.post(URL, data={"x": "1"})).json() == {"fine": True}
                assert len({verify(box, call.request) for call in route.calls}) == 2

    asyncio.run(main())
