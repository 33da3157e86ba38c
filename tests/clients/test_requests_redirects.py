"""Redirects: the same origin gets a new signature for each request, another origin gets nothing."""

import copy
import io
import pickle
import socket
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from oauthone.clients.requests import OAuth1Auth, OAuth1Session
from oauthone.core.body import FORM
from oauthone.testing import ProviderBox, Received

from .matrix import PLACEMENTS, SAMPLES, nonces, places
from .servers import ScriptedServer, Step, answer

STATUSES = [301, 302, 303, 307, 308]
KEEPS_METHOD = (307, 308)
KINDS = ["OAuth1Session", "Session", "requests"]

#: Sends one request: ``send(verb, url, **arguments)``.
Send = Callable[..., requests.Response]
Sender = Callable[..., Send]


@pytest.fixture
def sender(open_session: Any, auth_for: Any) -> Any:
    """Makes a sender: our session, a plain session with a bare auth, or requests' functions with one."""
    plain = requests.Session()

    def make(kind: str, box: ProviderBox, method: str, placement: str, **options: Any) -> Send:
        if kind == "OAuth1Session":
            session: OAuth1Session = open_session(box, method, placement, **options)
            return session.request
        auth: OAuth1Auth = auth_for(box, method, placement, **options)
        plain.verify = box.ca_file or True
        if kind == "Session":
            plain.auth = auth
            return plain.request
        return lambda *args, **arguments: requests.request(*args, auth=auth, verify=plain.verify, **arguments)

    yield make
    plain.close()


def is_clean(received: Received) -> bool:
    """Return whether the request carries no part of the credentials."""
    return received.oauth_parameters() == [] and "oauth_" not in received.url and b"oauth_" not in received.body


@pytest.mark.covering(together=2)
@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize(("method", "placement"), SAMPLES)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("verb", ["GET", "POST", "PUT"])
@pytest.mark.seen_in("requests-oauthlib#94")
@pytest.mark.seen_in("requests-oauthlib#116")
@pytest.mark.seen_in("requests-oauthlib#118")
@pytest.mark.seen_in("PyPump#120")
@pytest.mark.seen_in("infoscoop#183")
@pytest.mark.seen_in("oauth-1.0a#79")
def test_the_same_origin_verifies_each_hop_anew(
    box: ProviderBox, sender: Sender, kind: str, method: str, placement: str, status: int, verb: str
) -> None:
    """Three requests to the same origin have three signatures with three nonces, and the form if it is kept."""
    second = box.redirect_url("/echo?last=1", status)
    form = {"a": "é", "b": "1 2"} if verb != "GET" else None
    response = sender(kind, box, method, placement)(verb, box.redirect_url(second, status), data=form)
    assert response.ok, response.text
    assert len(set(nonces(box.requests))) == 3
    assert [one.status_code for one in response.history] == [status, status]

    kept = status in KEEPS_METHOD or (verb == "PUT" and status == 301)
    last = box.requests[-1]
    assert last.method == (verb if kept else "GET")
    assert response.json()["query"][0] == ["last", "1"]
    form_kept = form is not None and status in KEEPS_METHOD
    pairs = [pair for pair in last.form() if not pair[0].startswith(b"oauth_")]
    assert pairs == ([(b"a", "é".encode()), (b"b", b"1 2")] if form_kept else [])
    for received in box.requests:
        assert len(places(received)) == 1
    if kind == "OAuth1Session":
        later = "HEADER" if placement == "BODY" and not form_kept else placement
        assert [list(places(received)) for received in box.requests] == [[placement], [later], [later]]


class ResigningSession(requests.Session):
    """Removes the header of a redirect and calls the auth again, as code for other libraries does."""

    def rebuild_auth(self, prepared_request: Any, response: Any) -> None:
        if "Authorization" in prepared_request.headers:
            prepared_request.headers.pop("Authorization")
            prepared_request.prepare_auth(self.auth)


@pytest.mark.covering(times=2)
@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize(("method", "placement"), SAMPLES)
def test_a_session_may_sign_a_redirect_by_itself(
    box: ProviderBox, auth_for: Any, method: str, placement: str, status: int
) -> None:
    """The request is signed, once; at another origin nobody signs."""
    with ResigningSession() as session:
        session.auth, session.verify = auth_for(box, method, placement), box.ca_file or True
        response = session.post(box.redirect_url("/echo?last=1", status), data={"a": "b"})
        assert response.ok, response.text
        assert all(len(places(received)) == 1 for received in box.requests)
        session.post(box.redirect_url(box.other_url, status), data={"a": "b"})
        assert is_clean(box.requests[-1])


@pytest.mark.parametrize(("method", "placement"), SAMPLES)
def test_a_netrc_does_not_replace_the_signature_of_a_redirect(
    box: ProviderBox,
    auth_for: Any,
    method: str,
    placement: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login alice password wonder\n", "utf-8")
    monkeypatch.setenv("NETRC", str(netrc))
    with requests.Session() as session:
        session.auth, session.verify = auth_for(box, method, placement), box.ca_file or True
        response = session.post(box.redirect_url("/echo", 307), data={"a": "b"})
        assert response.ok, response.text
    assert all(len(places(received)) == 1 for received in box.requests)
    assert not any((received.header("Authorization") or "").startswith("Basic") for received in box.requests)


def test_a_session_may_remove_the_header_of_a_redirect(box: ProviderBox, auth_for: Any) -> None:
    class Unsigning(requests.Session):
        def rebuild_auth(self, prepared_request: Any, response: Any) -> None:
            prepared_request.headers.pop("Authorization")

    with Unsigning() as session:
        session.auth, session.verify = auth_for(box, "HMAC-SHA1", "HEADER"), box.ca_file or True
        session.get(box.redirect_url(box.open_url, 302))
        assert is_clean(box.requests[-1])


@pytest.mark.covering(together=2)
@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize(("method", "placement"), SAMPLES)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("verb", ["GET", "POST"])
def test_another_origin_gets_nothing(
    box: ProviderBox, sender: Sender, kind: str, method: str, placement: str, status: int, verb: str
) -> None:
    """It receives no Authorization header and no ``oauth_`` parameter, but the caller's own form."""
    form = {"a": "é", "b": "1 2"} if verb == "POST" else None
    response = sender(kind, box, method, placement)(verb, box.redirect_url(box.other_url, status), data=form)
    assert response.ok
    first, other = box.requests
    assert first.verified is not None
    assert other.url == box.other_url
    assert is_clean(other)
    kept = form is not None and status in KEEPS_METHOD
    assert other.body == (b"a=%C3%A9&b=1+2" if kept else b"")
    assert other.header("content-type") == (FORM if kept else None)
    assert other.header("content-length") == ("14" if kept else other.header("content-length"))


@pytest.mark.covering(together=2)
@pytest.mark.parametrize("status", [302, 308])
@pytest.mark.parametrize(("method", "placement"), SAMPLES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_redirect_back_from_another_origin_stays_unsigned(
    box: ProviderBox, sender: Sender, kind: str, method: str, placement: str, status: int
) -> None:
    """If another origin sends the client back or on, it chooses the next request, which is therefore not signed."""
    location = f"{box.origin}/open?of=another"
    with ScriptedServer(answer(status=status, headers=[("Location", location)])) as server:
        begin = box.redirect_url(f"{server.origin}/there", status)
        response = sender(kind, box, method, placement)("POST", begin, data={"a": "1"})
        assert response.ok
    (there,) = server.seen
    assert there.header("authorization") is None
    assert b"oauth_" not in there.octets
    first, last = box.requests
    assert first.verified is not None
    assert last.url == location
    assert is_clean(last)
    assert [one.url for one in response.history] == [response.history[0].url, f"{server.origin}/there"]


@pytest.mark.covering(together=2)
@pytest.mark.parametrize("status", [302, 307])
@pytest.mark.parametrize(("method", "placement"), SAMPLES)
@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_signed_after_a_redirect_to_another_origin(
    box: ProviderBox, sender: Sender, kind: str, method: str, placement: str, status: int
) -> None:
    """Neither within the other origin, nor within the first one after a redirect back."""

    def to(location: str) -> Step:
        return answer(status=status, headers=[("Location", location)])

    with ScriptedServer() as first, ScriptedServer() as other:
        first.steps = [to(other.origin), to("/end"), answer("fine")]
        other.steps = [to("/again"), to("/again"), to(f"{first.origin}/back")]
        assert sender(kind, box, method, placement)("POST", f"{first.origin}/begin", data={"a": "1"}).text == "fine"
    signed, *back = first.seen
    assert box.verifier.verify(signed.method, signed.url, signed.headers, signed.body).placement == placement
    assert [seen.target for seen in (*other.seen, *back)] == ["/", "/again", "/again", "/back", "/end"]
    for seen in (*other.seen, *back):
        assert seen.header("authorization") is None
        assert b"oauth_" not in seen.octets
        assert seen.body == (b"a=1" if status == 307 else b"")


@pytest.mark.covering(times=2)
@pytest.mark.parametrize(("method", "placement"), SAMPLES)
@pytest.mark.parametrize("kind", KINDS)
def test_another_name_of_the_same_machine_is_another_origin(
    box: ProviderBox, sender: Sender, kind: str, method: str, placement: str
) -> None:
    """The name counts, not the address behind it."""
    try:
        socket.create_connection(("localhost", urlsplit(box.origin).port or 0)).close()
    except OSError:
        pytest.skip("this machine does not resolve localhost to 127.0.0.1")
    target = box.open_url.replace("127.0.0.1", "localhost")
    assert sender(kind, box, method, placement)("POST", box.redirect_url(target, 307), data={"a": "1"}).ok
    assert box.requests[-1].url == target
    assert is_clean(box.requests[-1])
    assert box.requests[-1].form() == [(b"a", b"1")]


@pytest.mark.covering(together=2)
@pytest.mark.parametrize(("method", "placement"), SAMPLES)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("status", [301, 307])
def test_https_to_http_gets_nothing(
    tls_box: ProviderBox, box: ProviderBox, sender: Sender, kind: str, method: str, placement: str, status: int
) -> None:
    """A redirect out of TLS is followed without credentials, in every placement."""
    url = tls_box.redirect_url(box.open_url, status)
    assert sender(kind, tls_box, method, placement)("POST", url, data={"a": "1"}).ok
    assert tls_box.requests[0].verified is not None
    assert is_clean(box.requests[0])


@pytest.mark.covering(times=2)
@pytest.mark.parametrize(("method", "placement"), SAMPLES)
@pytest.mark.parametrize("kind", KINDS)
def test_http_to_https_gets_nothing(box: ProviderBox, sender: Sender, kind: str, method: str, placement: str) -> None:
    """The same host with TLS is another origin too, also on the default ports, on which requests keeps a header."""
    target = "https://api.example/echo"
    with ScriptedServer(answer(status=307, headers=[("Location", target)])) as proxy:
        send = sender(kind, box, method, placement, allow_insecure_transport=True)
        response = send(
            "POST", "http://api.example/echo", data={"a": "1"}, allow_redirects=False, proxies={"http": proxy.origin}
        )
    (seen,) = proxy.seen
    assert box.verifier.verify(seen.method, seen.url, seen.headers, seen.body).placement == placement
    following = response.next
    assert following is not None
    assert (following.url, following.body) == (target, "a=1")
    assert "Authorization" not in following.headers
    assert following.headers["Content-Length"] == "3"


@pytest.mark.covering(times=2)
@pytest.mark.parametrize(("method", "placement"), SAMPLES)
@pytest.mark.parametrize("kind", KINDS)
def test_redirects_on_one_https_origin_are_signed(
    tls_box: ProviderBox, sender: Sender, kind: str, method: str, placement: str
) -> None:
    send = sender(kind, tls_box, method, placement)
    assert send("POST", tls_box.redirect_url("/echo", 307), data={"a": "1"}).ok
    assert len(set(nonces(tls_box.requests))) == 2
    assert send("POST", tls_box.redirect_url(tls_box.other_url, 307), data={"a": "1"}).ok
    assert is_clean(tls_box.requests[-1])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("spelling", ["HTTP://127.0.0.1:{port}/echo?a=1", "//127.0.0.1:{port}/echo", "echo?b", "?c#d"])
def test_one_origin_is_recognized_in_other_spellings(
    box: ProviderBox, sender: Sender, kind: str, spelling: str
) -> None:
    target = spelling.format(port=urlsplit(box.origin).port)
    response = sender(kind, box, "HMAC-SHA1", "HEADER")(
        "GET", f"{box.origin}/redirect?to={requests.utils.quote(target)}"
    )
    assert response.ok, response.text
    assert len(set(nonces(box.requests))) == len(box.requests)
    assert box.requests[1].url == (f"{box.origin}/redirect?c" if target == "?c#d" else response.url.split("#")[0])


TARGETS = [
    "/a%2fb/%e9?c=%2f&d=%e9",
    "/a[1]/{b}?filter[c]=1|2",
    "/é/ü?ä=ö",
    "/a b/c?d=e f",
    "/100%/%zz?e=100%",
    "/;a=1/$b/'c'?$top=1&f='g'",
    "/a//b/?",
    "/.well-known/x/..y",
]


@pytest.mark.covering(together=2)
@pytest.mark.parametrize("absolute", [True, False], ids=["absolute", "relative"])
@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("placement", ["HEADER", "QUERY"])
@pytest.mark.parametrize("kind", KINDS)
def test_unusual_redirect_targets_are_signed_as_they_are_sent(
    box: ProviderBox, sender: Sender, kind: str, placement: str, target: str, absolute: bool
) -> None:
    """The signature covers what requests and urllib3 send for a Location."""
    with ScriptedServer(answer(status=302, headers=[("Location", target)]), answer("fine")) as server:
        requests.get(server.origin)
    response = sender(kind, box, "HMAC-SHA1", placement)(
        "GET", box.redirect_url((box.origin if absolute else "") + target.encode().decode("latin-1"))
    )
    assert response.ok, response.text
    assert len(set(nonces(box.requests))) == 2
    sent = box.requests[1].url.removeprefix(box.origin)
    unsigned = server.seen[1].target.rstrip("?")
    assert sent == unsigned or (kind == "OAuth1Session" and placement == "QUERY" and sent.startswith(unsigned))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("target", ["/a/./b/../c", "/a/..?b", "/%2e/x"])
def test_dot_segments_in_a_target_are_signed_as_they_are_sent(
    box: ProviderBox, sender: Sender, kind: str, target: str
) -> None:
    response = sender(kind, box, "HMAC-SHA1", "HEADER")("GET", box.redirect_url(box.origin + target))
    assert response.ok, response.text


@pytest.mark.parametrize("location", ["mailto:a@b.example", "app:/done", "about:blank"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_redirect_to_another_scheme_is_the_error_of_requests(
    box: ProviderBox, sender: Sender, kind: str, location: str
) -> None:
    """As without us, requests raises its own error if it follows, and returns a plain response if it does not."""
    send = sender(kind, box, "HMAC-SHA1", "HEADER")
    with pytest.raises(requests.exceptions.InvalidSchema):
        send("GET", box.redirect_url(location))
    response = send("GET", box.redirect_url(location), allow_redirects=False)
    assert response.headers["Location"] == location


@pytest.mark.covering(together=2)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("placement", ["HEADER", "QUERY"])
@pytest.mark.parametrize("body_hash", ["never", "auto"])
@pytest.mark.parametrize("status", KEEPS_METHOD)
def test_a_body_that_is_not_a_form_is_kept_on_redirects(
    box: ProviderBox, sender: Sender, kind: str, placement: str, body_hash: str, status: int
) -> None:
    """JSON, bytes and files are sent again byte for byte, also to another origin, with a new hash."""
    send = sender(kind, box, "HMAC-SHA1", placement, body_hash=body_hash)
    octets = bytes(range(256)) * 300
    for target, count in (("/echo", 2), (box.other_url, 1)):
        for body in (octets, io.BytesIO(octets), io.BytesIO(b"123" + octets)):
            if isinstance(body, io.BytesIO) and len(body.getvalue()) > len(octets):
                body.seek(3)
            box.requests.clear()
            response = send("POST", box.redirect_url(target, status), data=body)
            assert response.ok, response.text
            assert [received.body for received in box.requests] == [octets, octets]
            assert len(set(nonces(box.requests[:count]))) == count
        box.requests.clear()
        response = send("POST", box.redirect_url(target, status), json={"a": "é"})
        assert response.ok, response.text
        assert box.requests[0].body == box.requests[1].body == b'{"a": "\\u00e9"}'
        assert box.requests[1].header("content-type") == "application/json"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("placement", ["HEADER", "QUERY", "BODY"])
def test_a_form_from_a_file_is_kept(box: ProviderBox, sender: Sender, kind: str, placement: str) -> None:
    send = sender(kind, box, "HMAC-SHA1", placement)
    form = io.BytesIO(b"a=1&b=2")
    response = send("POST", box.redirect_url("/echo", 307), data=form, headers={"Content-Type": FORM})
    assert response.ok, response.text
    assert box.requests[1].form()[:2] == [(b"a", b"1"), (b"b", b"2")]
    assert len(set(nonces(box.requests))) == 2
    form.seek(0)
    send("POST", box.redirect_url(box.other_url, 307), data=form, headers={"Content-Type": FORM})
    assert box.requests[3].body == b"a=1&b=2"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("method", "placement"), SAMPLES)
def test_a_dropped_body_stays_dropped(box: ProviderBox, sender: Sender, kind: str, method: str, placement: str) -> None:
    """After a 303 the form is gone, even if the next redirect would keep one."""
    url = box.redirect_url(box.redirect_url("/echo?last=1", 307), 303)
    response = sender(kind, box, method, placement)("POST", url, data={"a": "1"})
    assert response.ok, response.text
    assert [received.method for received in box.requests] == ["POST", "GET", "GET"]
    for received in box.requests[1:]:
        assert received.body == b""
        assert (received.header("content-type"), received.header("content-length")) == (None, None)
    assert len(set(nonces(box.requests))) == 3


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("method", "placement"), SAMPLES)
def test_the_history_shows_what_was_sent(
    box: ProviderBox, sender: Sender, kind: str, method: str, placement: str
) -> None:
    response = sender(kind, box, method, placement)(
        "POST", box.redirect_url(box.redirect_url(box.other_url, 308), 307), data={"a": "1"}
    )
    shown = [*response.history, response]
    for one, received in zip(shown, box.requests, strict=True):
        assert one.request.url == received.url
        assert one.request.headers.get("Authorization") == received.header("authorization")
        body = one.request.body or b""
        assert (body.encode() if isinstance(body, str) else body) == received.body
    assert [one.status_code for one in shown] == [307, 308, 200]


@pytest.mark.covering(together=2)
@pytest.mark.parametrize("placement", ["HEADER", "QUERY", "BODY"])
@pytest.mark.parametrize("kind", ["OAuth1Session", "Session"])
@pytest.mark.parametrize("status", [303, 307])
@pytest.mark.parametrize("foreign", [False, True], ids=["same", "other"])
def test_a_redirect_that_is_followed_by_hand_is_signed(
    box: ProviderBox, open_session: Any, auth_for: Any, kind: str, placement: str, status: int, foreign: bool
) -> None:
    """``response.next`` is signed like the redirect, and so is a copy of it. For another origin it is not signed."""
    with requests.Session() as plain:
        session = open_session(box, placement=placement) if kind == "OAuth1Session" else plain
        session.auth = session.auth or auth_for(box, placement=placement)
        url = box.redirect_url(box.other_url if foreign else "/echo", status)
        response = session.post(url, data={"a": "1"}, allow_redirects=False)
        assert response.status_code == status
        following = [response.next, response.next.copy()] if kind == "OAuth1Session" else [response.next]
        for request in following:
            assert session.send(request).ok
    assert len(box.requests) == 1 + len(following)
    if foreign:
        assert all(is_clean(received) for received in box.requests[1:])
    else:
        assert len(set(nonces(box.requests))) == 1 + len(following)


@pytest.mark.parametrize("kind", KINDS)
def test_an_endless_chain_ends_at_the_limit(box: ProviderBox, sender: Sender, kind: str) -> None:
    """Signing does not change the limit: thirty redirects, or the session's own."""
    with ScriptedServer(answer(status=302, headers=[("Location", "/again")])) as server:
        with pytest.raises(requests.TooManyRedirects):
            sender(kind, box, "HMAC-SHA1", "HEADER")("GET", server.origin)
        assert len(server.seen) == 31
        assert len({seen.nonce(box.verifier) for seen in server.seen}) == 31


def test_max_redirects(box: ProviderBox, open_session: Any) -> None:
    session = open_session(box)
    session.max_redirects = 1
    assert session.get(box.redirect_url("/echo")).ok
    with pytest.raises(requests.TooManyRedirects):
        session.get(box.redirect_url(box.redirect_url("/echo")))
    assert len(set(nonces(box.requests))) == 4


def test_a_host_header_goes_along(box: ProviderBox, open_session: Any) -> None:
    """requests keeps a Host header on redirects, and the signature covers it."""
    assert open_session(box).get(box.redirect_url("/echo"), headers={"Host": "api.example"}).ok
    assert [received.header("host") for received in box.requests] == ["api.example"] * 2


def test_the_callers_authorization_header_stays_at_its_origin(box: ProviderBox, open_session: Any) -> None:
    """If the parameters are in the query, the caller's own header is sent to the same origin only."""
    session = open_session(box, placement="QUERY")
    session.headers["Authorization"] = "Bearer x"
    assert session.get(box.redirect_url(box.redirect_url(box.other_url))).ok
    assert [received.header("authorization") for received in box.requests] == ["Bearer x", "Bearer x", None]


@pytest.mark.covering(together=2)
@pytest.mark.parametrize("placement", PLACEMENTS)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("location", ["/x/../y/./z?a=/../b", "http://api.example/./x/..", "/..//x/.?q"])
def test_dot_segments_through_a_proxy_are_signed_as_they_are_sent(
    box: ProviderBox, sender: Sender, kind: str, placement: str, location: str
) -> None:
    """urllib3 removes them for a proxy, and the request is signed as it is sent."""
    redirect = answer(status=302, headers=[("Location", location)])
    with ScriptedServer(redirect, answer("fine")) as proxy:
        send = sender(kind, box, "HMAC-SHA1", placement)
        assert send("GET", "http://api.example/a/../b", proxies={"http": proxy.origin}).text == "fine"
    assert len({seen.nonce(box.verifier) for seen in proxy.seen}) == 2
    assert all("/." not in seen.target.partition("?")[0] for seen in proxy.seen)


@pytest.mark.parametrize("kind", KINDS)
def test_a_body_that_begins_anew_goes_along(box: ProviderBox, sender: Sender, kind: str) -> None:
    """A body that makes a new iterator each time is sent again; a reader that cannot tell its position is not."""

    class Chunks:
        def __iter__(self) -> Any:
            return iter([b"first", b"second"])

    class Reader:
        def __init__(self) -> None:
            self.read = io.BytesIO(b"first").read

        def __iter__(self) -> Any:
            return iter([])

    send = sender(kind, box, "HMAC-SHA1", "HEADER")
    url = box.redirect_url("/echo", 307)
    assert send("POST", url, data=Chunks()).ok
    assert [received.body for received in box.requests] == [b"firstsecond"] * 2
    with pytest.raises(requests.exceptions.UnrewindableBodyError, match=r"status 307 .* \(Reader\) can be read only"):
        send("POST", url, data=Reader())
    assert len(box.requests) == 3


@pytest.mark.parametrize("placement", PLACEMENTS)
def test_threads_that_send_one_prepared_request_each_sign_their_next_request(
    box: ProviderBox, auth_for: Any, placement: str
) -> None:
    """Both are redirected before either continues. Each next request has its own nonce, and the first one stays."""
    both_redirected = threading.Barrier(2)

    def wait_for_the_other(response: requests.Response, **_: Any) -> None:
        if response.is_redirect:
            both_redirected.wait(30)

    redirect = answer(status=307, headers=[("Location", "/next")])
    with ScriptedServer(redirect, redirect, answer("fine")) as server:
        auth = auth_for(box, "HMAC-SHA1", placement)
        request = requests.Request("POST", f"{server.origin}/begin", data={"a": "1"}, auth=auth)
        request.hooks = {"response": wait_for_the_other}
        prepared = request.prepare()
        before = (prepared.url, prepared.body, dict(prepared.headers))

        def send() -> requests.Response:
            with requests.Session() as session:
                return session.send(prepared)

        with ThreadPoolExecutor(2) as pool:
            texts = [future.result().text for future in [pool.submit(send), pool.submit(send)]]
    assert texts == ["fine", "fine"]
    following = [seen for seen in server.seen if seen.target.startswith("/next")]
    verified = [box.verifier.verify(seen.method, seen.url, seen.headers, seen.body) for seen in following]
    assert len({one.parameters["oauth_nonce"] for one in verified}) == 2
    assert (prepared.url, prepared.body, dict(prepared.headers)) == before


def test_a_redirect_inside_a_hook_does_not_change_the_next_request(box: ProviderBox, auth_for: Any) -> None:
    """The hook sends requests that are redirected too; the outer redirect is followed with its own signature."""
    auth: OAuth1Auth = auth_for(box, "HMAC-SHA1", "HEADER")
    inner: list[requests.Response] = []

    def send_more(response: requests.Response, **_: Any) -> None:
        if response.is_redirect:
            url = box.redirect_url("/echo?inner=1")
            inner.extend(requests.get(url, auth=auth) for _ in range(20))

    response = requests.get(box.redirect_url("/echo?outer=1"), auth=auth, hooks={"response": send_more})
    assert response.ok
    assert response.url.endswith("/echo?outer=1")
    assert [(one.status_code, one.url[-7:]) for one in inner] == [(200, "inner=1")] * 20


def test_a_request_of_the_history_is_redirected_with_a_new_signature_when_it_is_sent_again(
    box: ProviderBox, auth_for: Any
) -> None:
    """It keeps its old signature, but each next request gets a new one."""
    redirect = answer(status=302, headers=[("Location", "/next")])
    with (
        ScriptedServer(redirect, answer("fine"), redirect, answer("fine")) as server,
        requests.Session() as session,
    ):
        first = session.get(f"{server.origin}/begin", auth=auth_for(box, "HMAC-SHA1", "HEADER"))
        assert session.send(first.history[0].request).text == "fine"
    following = [seen for seen in server.seen if seen.target == "/next"]
    verified = [box.verifier.verify(seen.method, seen.url, seen.headers, seen.body) for seen in following]
    assert len({one.parameters["oauth_nonce"] for one in verified}) == 2


def test_a_response_after_a_redirect_can_be_pickled_and_copied(box: ProviderBox, auth_for: Any) -> None:
    """Its requests keep their signatures."""
    with requests.Session() as session:
        session.auth = auth_for(box, "HMAC-SHA1", "HEADER")
        response = session.get(box.redirect_url("/echo"))
        for copied in (pickle.loads(pickle.dumps(response)), copy.deepcopy(response)):
            shown = [*copied.history, copied]
            original = [*response.history, response]
            assert [one.request.headers for one in shown] == [one.request.headers for one in original]
