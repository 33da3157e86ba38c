"""How sessions of requests send: through proxies, hooks and adapters, prepared or not, from many threads."""

import copy
import pickle
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any

import pytest
import requests
from requests.adapters import BaseAdapter, HTTPAdapter

from oauthone.clients.requests import OAuth1Auth, OAuth1Session
from oauthone.testing import ProviderBox

from .conftest import Opener
from .matrix import PLACEMENTS, SAMPLES, nonces, places
from .servers import ScriptedServer, answer, relay

GRANTED_FORM = b"oauth_token=t&oauth_token_secret=s&oauth_callback_confirmed=true"
GRANTED_TOKEN = {"oauth_token": "t", "oauth_token_secret": "s", "oauth_callback_confirmed": "true"}
ENDPOINT = "https://provider.example/initiate"


class Canned(BaseAdapter):
    """A transport that responds without a connection."""

    def __init__(self, make: Callable[[requests.Response], None]) -> None:
        super().__init__()
        self._make = make

    def send(self, request: Any, *args: Any, **kwargs: Any) -> requests.Response:
        response = requests.Response()
        response.status_code, response.request, response.url = 200, request, request.url
        self._make(response)
        return response

    def close(self) -> None:
        pass


def from_cache(response: requests.Response) -> None:
    """As a cache stores it: the original headers, and the decoded body."""
    response.headers["Content-Encoding"] = "br"
    response.raw = BytesIO()
    vars(response).update(_content=GRANTED_FORM, _content_consumed=True)


def from_file(response: requests.Response) -> None:
    """As tests make it."""
    response.raw = BytesIO(GRANTED_FORM)


@pytest.mark.parametrize("make", [from_cache, from_file])
def test_a_response_that_an_adapter_of_requests_made_is_read(make: Any) -> None:
    with OAuth1Session("client", "secret") as session:
        session.mount("https://", Canned(make))
        assert session.fetch_request_token(ENDPOINT) == GRANTED_TOKEN


def test_an_exception_of_a_response_hook_passes_through_a_leg() -> None:
    def refuse(response: requests.Response, **_: Any) -> None:
        raise requests.HTTPError("the hook's own", response=response)

    with OAuth1Session("client", "secret") as session:
        session.mount("https://", Canned(from_file))
        with pytest.raises(requests.HTTPError, match="own"):
            session.fetch_request_token(ENDPOINT, hooks={"response": refuse})


AuthMaker = Callable[..., OAuth1Auth]


@pytest.mark.parametrize("placement", PLACEMENTS)
def test_cookies_are_sent_and_kept(box: ProviderBox, open_session: Opener, placement: str) -> None:
    """They are kept and sent as in an unsigned session, also over a redirect."""
    steps = [answer(status=302, headers=[("Location", "/echo"), ("Set-Cookie", "a=1; Path=/")]), relay(box)]
    with ScriptedServer(*steps) as server:
        session = open_session(box, placement=placement)
        session.cookies.set("b", "2", domain="127.0.0.1")
        assert session.get(f"{server.origin}/begin", cookies={"c": "3"}).ok
        assert session.get(f"{server.origin}/echo").ok
    sent = [sorted((seen.header("cookie") or "").split("; ")) for seen in server.seen]
    assert sent == [["b=2", "c=3"], ["a=1", "b=2", "c=3"], ["a=1", "b=2"]]
    assert len(set(nonces(box.requests))) == 2


@pytest.mark.parametrize(("method", "placement"), SAMPLES)
@pytest.mark.parametrize("kind", ["session", "auth"])
def test_requests_through_an_http_proxy_are_signed(
    box: ProviderBox, open_session: Opener, auth_for: AuthMaker, proxy: str, kind: str, method: str, placement: str
) -> None:
    """The request is signed for the server behind the proxy, and the proxy's password goes only to the proxy."""
    if kind == "session":
        session = open_session(box, method, placement)
        session.proxies["http"] = proxy
        assert session.post(f"{box.echo_url}?a=%7E[]", data={"b": "1"}).ok
    else:
        auth = auth_for(box, method, placement)
        assert requests.post(f"{box.echo_url}?a=%7E[]", data={"b": "1"}, auth=auth, proxies={"http": proxy}).ok
    (received,) = box.requests
    assert "proxy.py" in (received.header("via") or "")
    assert received.header("proxy-authorization") is None


@pytest.mark.parametrize(("method", "placement"), SAMPLES)
@pytest.mark.parametrize("kind", ["session", "auth"])
def test_requests_through_an_https_tunnel_are_signed(
    tls_box: ProviderBox, open_session: Opener, auth_for: AuthMaker, proxy: str, kind: str, method: str, placement: str
) -> None:
    """The signed request arrives unchanged through a tunnel, which the proxy opens for its users."""
    with open_session(tls_box, method, placement) as session:
        options: dict[str, Any] = {"auth": auth_for(tls_box, method, placement)} if kind == "auth" else {}
        with pytest.raises(requests.exceptions.ProxyError):
            session.get(tls_box.echo_url, proxies={"https": proxy.replace("user:pass", "user:wrong")}, **options)
        assert tls_box.requests == []
        assert session.get(tls_box.echo_url, proxies={"https": proxy}, **options).ok
        assert tls_box.requests[0].header("proxy-authorization") is None


def test_a_proxy_of_the_environment_is_used(
    box: ProviderBox, open_session: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is used for each request. A path whose dots urllib3 removes for the proxy is signed without them."""
    with ScriptedServer(relay(box)) as server:
        monkeypatch.setenv("http_proxy", server.origin)
        assert open_session(box).get(box.redirect_url(f"{box.origin}/a/./b/../c%2fd")).ok
    assert [seen.target.partition("?")[0] for seen in server.seen] == [
        f"{box.origin}/redirect",
        f"{box.origin}/a/c%2Fd",
    ]
    assert len(set(nonces(box.requests))) == 2


@pytest.mark.parametrize("kind", ["session", "auth"])
def test_response_hooks_see_signed_requests(
    box: ProviderBox, open_session: Opener, auth_for: AuthMaker, kind: str
) -> None:
    """Hooks of session and request see every response, with the request as it was sent."""
    heard: list[str] = []

    def hook(response: requests.Response, **_: Any) -> None:
        assert response.request.headers["Authorization"].startswith("OAuth ")
        heard.append(response.request.headers["Authorization"])

    with requests.Session() as plain:
        session = open_session(box) if kind == "session" else plain
        session.auth = session.auth or auth_for(box)
        session.hooks["response"].append(hook)
        assert session.get(box.redirect_url("/echo")).ok
        assert session.get(box.redirect_url("/echo"), hooks={"response": hook}).ok
    received = [one.header("authorization") for one in box.requests]
    assert heard == received
    assert len(set(nonces(box.requests))) == 4


def test_a_hook_may_replace_the_response(box: ProviderBox, open_session: Opener) -> None:
    replacement = requests.Response()
    replacement.status_code = 299
    response = open_session(box).get(box.echo_url, hooks={"response": lambda *_, **__: replacement})
    assert response is replacement


def test_responses_can_be_streamed(box: ProviderBox, open_session: Opener) -> None:
    session = open_session(box)
    for url in (box.echo_url, box.redirect_url("/echo")):
        with session.get(url, stream=True) as response:
            assert not response._content_consumed
            first = next(response.iter_content(10))
            assert first == b'{\n  "metho'
            assert b'"user": "alice"' in b"".join(response.iter_content(10))


def test_the_response_shows_the_signed_request(box: ProviderBox, open_session: Opener) -> None:
    session = open_session(box)
    prepared = session.prepare_request(requests.Request("GET", box.echo_url))
    response = session.send(prepared)
    assert response.request is not prepared
    assert response.request.headers["Authorization"] == box.requests[0].header("authorization")


@pytest.mark.parametrize(("method", "placement"), SAMPLES)
@pytest.mark.seen_in("python-upwork#14")
@pytest.mark.seen_in("python-upwork#15")
@pytest.mark.seen_in("mwclient#164")
@pytest.mark.seen_in("ably#286")
def test_a_prepared_request_is_signed_when_it_is_sent(
    box: ProviderBox, open_session: Opener, method: str, placement: str
) -> None:
    """It stays unsigned. So it, its copy and its pickle can be sent again, each with a new nonce."""
    session = open_session(box, method, placement)
    prepared = session.prepare_request(requests.Request("POST", box.echo_url, data={"a": "1"}))
    before = (prepared.url, dict(prepared.headers), prepared.body)
    for request in (prepared, prepared, prepared.copy(), pickle.loads(pickle.dumps(prepared)), copy.copy(prepared)):
        response = session.send(request)
        assert response.ok, response.text
    assert (prepared.url, dict(prepared.headers), prepared.body) == before
    assert "oauth_" not in str(before)
    assert len(set(nonces(box.requests))) == 5


@pytest.mark.parametrize(("method", "placement"), SAMPLES)
@pytest.mark.parametrize("data", [None, {"a": "1"}], ids=["empty", "form"])
def test_a_request_that_was_sent_can_be_sent_again(
    box: ProviderBox, open_session: Opener, method: str, placement: str, data: Any
) -> None:
    """``response.request`` is signed again, with its later changes. Another origin still gets nothing."""
    session = open_session(box, method, placement)
    sent = session.post(f"{box.echo_url}?q=1", data=data).request
    for again in (sent, sent.copy(), pickle.loads(pickle.dumps(sent))):
        again.headers["X-Own"] = "1"
        response = session.send(again)
        assert response.ok, response.text
        assert box.requests[-1].header("x-own") == "1"
        assert places(box.requests[-1]) == places(box.requests[0])
        assert len(box.requests[-1].form()) == len(box.requests[0].form())
        assert len(set(nonces(box.requests))) == len(box.requests)
    sent.headers["Authorization"] = "Bearer x"
    assert session.send(sent).ok
    assert (box.requests[-1].header("authorization") == "Bearer x") == (placement != "HEADER")
    sent.url = f"{box.echo_url}?changed=1"
    assert session.send(sent).ok
    assert box.requests[-1].query()[0] == (b"changed", b"1")
    if data is not None:
        sent.body = "a=2&b=3"
        sent.headers["Content-Length"] = "7"
        assert session.send(sent).ok
        assert box.requests[-1].form()[:2] == [(b"a", b"2"), (b"b", b"3")]
    leaving = session.post(box.redirect_url(box.other_url, 307), data=data, allow_redirects=False).request
    assert session.send(leaving).ok
    assert box.requests[-1].url == box.other_url
    assert box.requests[-1].oauth_parameters() == []
    assert b"oauth" not in box.requests[-1].body


def test_a_request_that_another_session_prepared_is_signed(box: ProviderBox, open_session: Opener) -> None:
    """It is signed, unless it has its own ``Authorization``."""
    session = open_session(box)
    assert session.send(requests.Request("GET", box.echo_url).prepare()).ok
    own = requests.Request("GET", box.open_url, headers={"Authorization": "Bearer x"}).prepare()
    assert session.send(own).ok
    assert box.requests[-1].header("authorization") == "Bearer x"


@pytest.mark.parametrize("kind", ["session", "auth"])
@pytest.mark.seen_in("oauthlib#946")
@pytest.mark.seen_in("oauthlib#960")
def test_one_session_serves_many_threads(
    box: ProviderBox, open_session: Opener, auth_for: AuthMaker, kind: str
) -> None:
    """Sixteen threads share it: every request is verified, and no nonce is repeated."""
    with requests.Session() as plain:
        session = open_session(box) if kind == "session" else plain
        session.auth = session.auth or auth_for(box)
        session.mount("http://", HTTPAdapter(pool_maxsize=16))

        def send(number: int) -> bool:
            return session.post(box.echo_url, params={"n": number}, data={"n": number}).ok

        with ThreadPoolExecutor(16) as threads:
            assert all(threads.map(send, range(160)))
    assert len(set(nonces(box.requests))) == 160
    assert {received.query()[0] == received.form()[0] for received in box.requests} == {True}


def test_requests_with_their_own_auths_share_a_session_across_threads(box: ProviderBox, open_session: Opener) -> None:
    """Requests with their own auths, at the same time in one session, are each sent with theirs."""
    session = open_session(box)
    tokens = [box.issue_token() for _ in range(8)]

    def send(number: int) -> bool:
        token = tokens[number % 8]
        auth = session.auth.with_token(token.token, token.token_secret)
        return session.get(box.echo_url, auth=auth).json()["token"] == token.token

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(send, range(64)))


class Wrapping(BaseAdapter):
    """An adapter that does not support urllib3's retries."""

    def __init__(self) -> None:
        super().__init__()
        self.inner = HTTPAdapter()
        self.closed = 0

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        return self.inner.send(request, *args, **kwargs)

    def close(self) -> None:
        self.closed += 1
        self.inner.close()


def test_an_adapter_of_another_class_sends_signed_requests(box: ProviderBox, open_session: Opener) -> None:
    session, adapter = open_session(box), Wrapping()
    session.mount(box.origin, adapter)
    assert session.get(box.redirect_url("/echo")).ok
    assert len(set(nonces(box.requests))) == 2
    found = session.get_adapter(box.echo_url)
    assert found.inner is adapter.inner
    assert not hasattr(found, "max_retries")
    found.close()
    assert adapter.closed == 1


@pytest.mark.parametrize("placement", PLACEMENTS)
def test_a_redirect_after_an_unreported_request_is_signed(
    box: ProviderBox, open_session: Opener, placement: str
) -> None:
    """An adapter may put a request of its own into the response, as recorders do. Another origin still gets nothing."""

    class Silent(Wrapping):
        def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
            response = super().send(request, *args, **kwargs)
            response.request = requests.Request(request.method, request.url).prepare()
            return response

    session = open_session(box, placement=placement)
    session.mount("http://", Silent())
    assert session.get(box.redirect_url(box.redirect_url("/echo"))).json()["user"] == box.user
    assert len(set(nonces(box.requests))) == 3
    with ScriptedServer(answer(status=302, headers=[("Location", box.open_url)])) as elsewhere:
        for target in (box.other_url, f"{elsewhere.origin}/back"):
            session.get(box.redirect_url(target))
            assert box.requests[-1].oauth_parameters() == []
        assert b"oauth_" not in elsewhere.seen[0].target.encode() + str(elsewhere.seen[0].headers).encode()


def test_a_redirect_of_a_request_with_its_own_header_is_not_signed(open_session: Opener, box: ProviderBox) -> None:
    """A request that requests itself prepared; the header goes where requests sends it."""
    redirect = answer(status=302, headers=[("Location", "/next")])
    elsewhere = answer(status=302, headers=[("Location", box.other_url)])
    with ScriptedServer(redirect, answer("fine"), elsewhere) as server:
        request = requests.Request("GET", f"{server.origin}/begin", headers={"Authorization": "Bearer own"})
        assert open_session(box).send(request.prepare()).text == "fine"
        assert [seen.header("authorization") for seen in server.seen] == ["Bearer own"] * 2
        open_session(box).send(request.prepare())
    assert box.requests[-1].header("authorization") is None


def test_a_url_without_an_adapter_is_an_error_of_requests(open_session: Opener, box: ProviderBox) -> None:
    with pytest.raises(requests.exceptions.InvalidSchema):
        open_session(box).get("gopher://127.0.0.1/")
