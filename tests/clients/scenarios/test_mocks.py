"""Under tests that replace a part of requests, a session signs requests, and it signs and retries afterwards."""

from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import pytest
import requests
import requests_mock
from requests_mock import ANY
from urllib3.util import Retry

from oauthone.clients.requests import OAuth1Session
from oauthone.testing import ProviderBox

from ..conftest import Opener
from ..matrix import nonces
from ..servers import ScriptedServer, answer


def nonce_of(box: ProviderBox, request: Any) -> str:
    """Return the nonce of a request that was never sent, after the box's verifier accepted it."""
    body = (request.body or "").encode()
    return box.verifier.verify(request.method, request.url, request.headers.items(), body).parameters["oauth_nonce"]


@pytest.mark.parametrize("placement", ["HEADER", "QUERY", "BODY"])
def test_a_session_below_a_mocker_signs(box: ProviderBox, open_session: Opener, placement: str) -> None:
    """Each redirect too; and after the mocker has ended, each redirect and retry over the wire."""
    session = open_session(box, placement=placement, retries=Retry(total=1, status_forcelist=[503]))
    with requests_mock.Mocker() as mocker:
        mocker.post("https://api.example/a", status_code=307, headers={"Location": "/b"})
        mocker.post("https://api.example/b", text="fine")
        assert session.post("https://api.example/a", data={"x": "1"}).text == "fine"
        sent = mocker.request_history
        assert len({nonce_of(box, one) for one in sent}) == len(sent) == 2
    assert session.get(box.redirect_url("/echo")).ok
    assert session.get(box.flaky_url(f"mocked{placement}")).ok
    assert len(set(nonces(box.requests))) == len(box.requests) == 4


@pytest.mark.parametrize("placement", ["HEADER", "QUERY", "BODY"])
@pytest.mark.parametrize("status", [303, 307])
def test_a_mocker_can_replace_one_session(box: ProviderBox, open_session: Opener, placement: str, status: int) -> None:
    """It replaces the method that sends, in this session alone."""
    session = open_session(box, placement=placement)
    with requests_mock.Mocker(session=session) as mocker:
        mocker.post("https://api.example/a", status_code=status, headers={"Location": "/b"})
        elsewhere = {"Location": "https://other.example/c"}
        mocker.register_uri(ANY, "https://api.example/b", status_code=302, headers=elsewhere)
        mocker.get("https://other.example/c", text="fine")
        assert session.post("https://api.example/a", data={"x": "1"}).text == "fine"
        *sent, last = mocker.request_history
        assert len({nonce_of(box, one) for one in sent}) == len(sent) == 2
        assert "oauth_" not in f"{last.url} {last.body} {last.headers}"
    assert session.get(box.redirect_url("/echo")).ok
    assert len(set(nonces(box.requests))) == 2


def test_a_mock_adapter_that_is_mounted_sees_signed_requests(box: ProviderBox, open_session: Opener) -> None:
    session, adapter = open_session(box), requests_mock.Adapter()
    session.mount("mock://", adapter)
    adapter.register_uri("GET", "mock://api.example/a", text="fine")
    assert session.get("mock://api.example/a").text == "fine"
    assert adapter.last_request.headers["Authorization"].startswith("OAuth ")


@pytest.mark.parametrize("target", ["requests.Session.send", "requests.adapters.HTTPAdapter.send"])
def test_a_replaced_method_sees_signed_requests(box: ProviderBox, open_session: Opener, target: str) -> None:
    seen: list[Any] = []

    def fake(self: Any, request: Any, **_: Any) -> requests.Response:
        seen.append(request)
        response = requests.Response()
        response.status_code, response.request, response.url = 200, request, request.url
        response._content = b""
        return response

    with patch(target, fake):
        open_session(box).get("https://api.example/a")
    (request,) = seen
    assert nonce_of(box, request)


def test_a_method_that_the_caller_set_stays(box: ProviderBox, open_session: Opener) -> None:
    """Only the attributes that a mock left are removed from a session."""
    session: Any = open_session(box)
    inner = requests.adapters.HTTPAdapter()

    def get_adapter(url: str) -> requests.adapters.HTTPAdapter:
        return inner

    session.get_adapter = get_adapter
    assert session.get(box.echo_url).ok
    assert session.get_adapter is get_adapter
    inner.close()


def test_retries_that_are_set_later_are_signed(box: ProviderBox, open_session: Opener) -> None:
    """On the adapter that the session returns; each attempt is signed again."""
    session = open_session(box)
    adapter: Any = session.get_adapter(box.origin)
    adapter.max_retries = Retry(total=2, status_forcelist=[503])
    assert session.get(box.flaky_url("later")).ok
    assert len(set(nonces(box.requests))) == 2


@pytest.mark.parametrize("keeps", [302, 307])
@pytest.mark.parametrize("kind", ["session", "auth"])
def test_a_netrc_does_not_replace_a_signature(
    box: ProviderBox,
    open_session: Opener,
    auth_for: Callable[..., Any],
    tmp_path: Any,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    keeps: int,
) -> None:
    """Neither on the first request nor within the origin. Another origin gets its own password, as in requests."""
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login alice password wonder\nmachine localhost login bob password builder\n")
    monkeypatch.setenv("NETRC", str(netrc))
    with ScriptedServer(answer("fine")) as other, requests.Session() as plain:
        if kind == "session":
            session: requests.Session = open_session(box)
        else:
            session, plain.auth = plain, auth_for(box)
        target = f"http://localhost:{other.origin.rpartition(':')[2]}/x"
        for target_here in (box.redirect_url("/echo", keeps), target):
            assert session.get(box.redirect_url(target_here, keeps)).ok
    assert len(set(nonces(box.requests))) == 4
    assert other.seen[0].header("authorization") == "Basic Ym9iOmJ1aWxkZXI="


@pytest.mark.parametrize("placement", ["HEADER", "QUERY", "BODY"])
@pytest.mark.parametrize("autospec", [False, True])
def test_a_mock_of_the_class_sees_signed_requests(
    box: ProviderBox, open_session: Opener, placement: str, autospec: bool
) -> None:
    """``patch`` puts it in the place of the method of all sessions. Afterwards each attempt is signed once."""
    session = open_session(box, placement=placement)
    with patch.object(OAuth1Session, "send", autospec=autospec) as send:
        session.post("https://api.example/a", data={"x": "1"})
        sent = send.call_args.args[-1]
        assert nonce_of(box, sent)
    assert session.post(box.echo_url, data={"x": "1"}).ok
    assert len(nonces(box.requests)) == 1


@pytest.mark.parametrize("placement", ["HEADER", "QUERY", "BODY"])
def test_a_class_with_its_own_send_sees_signed_requests(box: ProviderBox, open_session: Opener, placement: str) -> None:
    """Whether it sends them or not; what it sends is signed when it is sent."""
    seen: list[Any] = []

    class Session(OAuth1Session):
        def send(self, request: Any, **kwargs: Any) -> Any:
            seen.append(request)
            return super().send(request, **kwargs)

    session = open_session(box, placement=placement)
    session.__class__ = Session
    assert session.post(box.redirect_url("/echo", 307), data={"x": "1"}).ok
    assert len(seen) == len(set(nonces(box.requests))) == 2
    assert all("oauth_signature" in f"{one.url} {one.headers} {one.body}" for one in seen)
