"""Retries: every attempt has its own signature, after any failure of the one before."""

import io
import re
import socket
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest
import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from oauthone.clients.requests import OAuth1Session
from oauthone.core.body import FORM
from oauthone.testing import ProviderBox

from .matrix import SAMPLES, nonces, places
from .servers import ScriptedServer, Step, answer, hang, lose, relay, reset

Opener = Callable[..., OAuth1Session]

#: Enough for every failure in these tests, for every method.
AGAIN = Retry(total=3, status_forcelist=[503, 429], allowed_methods=None)


class Counting(HTTPAdapter):
    """A custom adapter with a counter, an option and a header of its own."""

    def __init__(self, label: str, **options: Any) -> None:
        super().__init__(**options)
        self.label = label
        self.sent = 0
        self.connections: list[str] = []

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        self.sent += 1
        self.connections.append(str(request.url))
        return super().send(request, *args, **kwargs)

    def add_headers(self, request: requests.PreparedRequest, **kwargs: Any) -> None:
        request.headers["X-Label"] = self.label


def given_as_option(session: OAuth1Session, again: Retry) -> None:
    """Pass the retries to the session."""


def mounted_later(session: OAuth1Session, again: Retry) -> None:
    session.mount("http://", HTTPAdapter(max_retries=again))


def mounted_of_another_class(session: OAuth1Session, again: Retry) -> None:
    session.mount("http://", Counting("x", max_retries=again))


MOUNTS = [given_as_option, mounted_later, mounted_of_another_class]


@pytest.fixture
def retrying(open_session: Opener) -> Callable[..., OAuth1Session]:
    """Makes sessions that retry: ``retrying(box, method, placement, mount, retries=…)``."""

    def make(
        box: ProviderBox,
        method: str = "HMAC-SHA1",
        placement: str = "HEADER",
        mount: Callable[[OAuth1Session, Retry], None] = given_as_option,
        retries: Retry | int = AGAIN,
        **options: Any,
    ) -> OAuth1Session:
        if mount is given_as_option:
            return open_session(box, method, placement, retries=retries, **options)
        session = open_session(box, method, placement, **options)
        mount(session, Retry.from_int(retries))
        return session

    return make


Retrying = Callable[..., OAuth1Session]


@pytest.mark.covering(together=2)
@pytest.mark.parametrize(("method", "placement"), SAMPLES)
@pytest.mark.parametrize("mount", MOUNTS)
@pytest.mark.parametrize("verb", ["GET", "POST"])
@pytest.mark.seen_in("python-upwork#14")
@pytest.mark.seen_in("python-upwork#15")
@pytest.mark.seen_in("mwclient#164")
@pytest.mark.seen_in("ably#286")
def test_a_retry_by_status_is_signed_anew(
    box: ProviderBox, retrying: Retrying, mount: Any, method: str, placement: str, verb: str
) -> None:
    """A provider that is unavailable twice verifies three attempts, each with its own nonce."""
    session = retrying(box, method, placement, mount)
    key = f"{mount.__name__} {method} {placement} {verb}"
    response = session.request(verb, box.flaky_url(key, failures=2), data={"a": "é"} if verb == "POST" else None)
    assert response.ok, response.text
    assert len(box.requests) == 3
    assert len(set(nonces(box.requests))) == 3
    assert {tuple(places(received)) for received in box.requests} == {(placement,)}
    if verb == "POST":
        assert [received.form()[0] for received in box.requests] == [(b"a", "é".encode())] * 3


FAILURES: dict[str, Callable[[ProviderBox], Step]] = {
    "a reset": lambda box: lose(box, reset),
    "no answer": lambda box: lose(box, hang),
    "a close": lambda box: lose(box, lambda _: False),
}


@pytest.mark.covering(together=2)
@pytest.mark.parametrize(("method", "placement"), SAMPLES)
@pytest.mark.parametrize("failure", FAILURES.values(), ids=FAILURES.keys())
@pytest.mark.parametrize("proxied", [False, True], ids=["direct", "through a proxy"])
def test_a_retry_after_a_lost_response_is_signed_anew(
    box: ProviderBox, retrying: Retrying, method: str, placement: str, failure: Any, proxied: bool
) -> None:
    """The provider counted the attempts whose responses were lost, and still accepts the next one."""
    script = [failure(box)] * (1 if failure is FAILURES["no answer"] else 2)
    with ScriptedServer(*script, relay(box)) as server:
        session = retrying(box, method, placement)
        url = f"{box.origin if proxied else server.origin}/echo?q=1"
        if proxied:
            session.proxies["http"] = server.origin
        response = session.post(url, data={"a": "1"}, timeout=(5, 0.3))
        assert response.ok, response.text
        attempts = len(script) + 1
        assert {"://" in seen.target for seen in server.seen} == {proxied}
    # On a slow machine another attempt may reach the short timeout.
    sent = [re.findall(rb'oauth_nonce="?(\w+)', seen.octets) for seen in server.seen]
    assert len({nonce for found in sent for nonce in found}) == len(sent) >= attempts
    assert len(set(nonces(box.requests))) == len(box.requests) >= attempts
    assert {tuple(places(received)) for received in box.requests} == {(placement,)}


@pytest.mark.parametrize(("method", "placement"), SAMPLES)
def test_a_retry_by_status_through_a_proxy(
    box: ProviderBox, retrying: Retrying, proxy: str, method: str, placement: str
) -> None:
    session = retrying(box, method, placement)
    session.proxies["http"] = proxy
    assert session.post(box.flaky_url(f"proxy {method} {placement}", failures=2), data={"a": "1"}).ok
    assert "proxy.py" in (box.requests[0].header("via") or "")
    assert len(set(nonces(box.requests))) == 3


@pytest.mark.parametrize(("method", "placement"), SAMPLES)
def test_a_retry_through_a_tunnel(
    tls_box: ProviderBox, retrying: Retrying, proxy: str, method: str, placement: str
) -> None:
    session = retrying(tls_box, method, placement)
    session.proxies["https"] = proxy
    assert session.post(tls_box.flaky_url(f"tunnel {method} {placement}", failures=2), data={"a": "1"}).ok
    assert len(set(nonces(tls_box.requests))) == 3


def test_the_legs_are_tried_again(box: ProviderBox) -> None:
    with (
        ScriptedServer(lose(box), reset, relay(box)) as server,
        OAuth1Session(**box.client.credentials(), retries=AGAIN) as session,
    ):
        assert session.fetch_request_token(f"{server.origin}/oauth/request_token")
        assert len({seen.header("authorization") for seen in server.seen}) == 3


def test_a_number_of_retries(box: ProviderBox, retrying: Retrying) -> None:
    """``retries=2`` means what it means for ``HTTPAdapter``: two more attempts without a response, for a GET."""
    session = retrying(box, retries=2)
    with ScriptedServer(lose(box), lose(box), relay(box)) as server:
        assert session.get(f"{server.origin}/echo").ok
    assert len(set(nonces(box.requests))) == 3
    assert session.get(box.flaky_url("number")).status_code == 503


def test_both_schemes_are_tried_again(tls_box: ProviderBox, retrying: Retrying) -> None:
    assert retrying(tls_box).get(tls_box.flaky_url("tls")).ok
    assert len(set(nonces(tls_box.requests))) == 2


def test_without_retries_nothing_is_sent_again(box: ProviderBox, open_session: Opener) -> None:
    assert open_session(box).get(box.flaky_url("none")).status_code == 503
    with ScriptedServer(reset) as server, pytest.raises(requests.ConnectionError):
        open_session(box).get(server.origin)
    assert len(server.seen) == 1
    assert len(box.requests) == 1


def test_redirects_and_retries_together(box: ProviderBox, retrying: Retrying) -> None:
    """A redirect that fails is retried with its own signature; a failure of another origin is retried unsigned."""
    session = retrying(box)
    assert session.get(box.redirect_url(box.flaky_url("hop", failures=2))).ok
    assert len(set(nonces(box.requests))) == 4
    with ScriptedServer(answer(status=503), reset, answer("fine")) as server:
        assert session.get(box.redirect_url(server.origin)).text == "fine"
    assert [seen.header("authorization") for seen in server.seen] == [None] * 3


def test_requests_that_are_not_signed_are_tried_again(box: ProviderBox, retrying: Retrying) -> None:
    session = retrying(box)
    session.auth = None
    with ScriptedServer(answer(status=503), reset, answer("fine")) as server:
        assert session.get(server.origin).text == "fine"
    assert len(server.seen) == 3


# --- which attempts there are -----------------------------------------------------------------------------------------


@pytest.mark.covering
@pytest.mark.parametrize("signed", [True, False], ids=["signed", "plain"])
@pytest.mark.parametrize(
    ("again", "verb", "script", "attempts"),
    [
        (Retry(total=3, status_forcelist=[503]), "GET", [answer(status=503)] * 2, 3),
        (Retry(total=3, status_forcelist=[503]), "POST", [answer(status=503)] * 2, 1),
        (Retry(total=3), "GET", [answer(status=503)], 1),
        (Retry(total=3), "GET", [answer(status=503, headers=[("Retry-After", "0")])] * 2, 3),
        (
            Retry(total=3, respect_retry_after_header=False),
            "GET",
            [answer(status=503, headers=[("Retry-After", "0")])],
            1,
        ),
        (Retry(total=3), "POST", [answer(status=503, headers=[("Retry-After", "0")])], 1),
        (Retry(total=3, status_forcelist=[503], allowed_methods=["PUT"]), "PUT", [answer(status=503)], 2),
        (Retry(total=3, read=0), "GET", [reset], 1),
        (Retry(total=3, read=False), "GET", [reset], 1),
        (Retry(total=3), "POST", [reset], 1),
        (Retry(total=3, allowed_methods=None), "POST", [reset, reset], 3),
        (Retry(total=None, read=1), "GET", [reset], 2),
        (Retry(total=False), "GET", [reset], 1),
        (Retry(total=0), "GET", [reset], 1),
        (Retry(total=3, status=1, status_forcelist=[503], raise_on_status=False), "GET", [answer(status=503)] * 2, 2),
    ],
)
def test_attempts_are_those_of_urllib3(
    box: ProviderBox, open_session: Opener, signed: bool, again: Retry, verb: str, script: list[Step], attempts: int
) -> None:
    """A signed request has as many attempts as an unsigned one."""
    with ScriptedServer(*script, answer("fine")) as server, requests.Session() as plain:
        session = open_session(box) if signed else plain
        session.mount("http://", HTTPAdapter(max_retries=again))
        fails = len(script) >= attempts and script[0] is reset
        if fails:
            with pytest.raises(requests.ConnectionError):
                session.request(verb, server.origin)
        else:
            assert session.request(verb, server.origin).status_code == (200 if attempts > len(script) else 503)
        assert len(server.seen) == attempts


def test_the_pause_that_the_provider_requests_is_kept(box: ProviderBox, retrying: Retrying) -> None:
    """``Retry-After`` is passed to the ``Retry``, which sleeps, and the next attempt comes after it."""
    slept: list[Any] = []

    class Noting(Retry):
        def sleep(self, response: Any = None) -> None:
            slept.append(response is not None and self.get_retry_after(response))

    script = [answer(status=429, headers=[("Retry-After", "7")]), reset, answer(status=503), answer("fine")]
    with ScriptedServer(*script) as server:
        session = retrying(box, retries=Noting(total=5, status_forcelist=[503, 429]))
        assert session.get(server.origin).text == "fine"
    assert slept == [7, False, None]
    assert len({seen.nonce(box.verifier) for seen in server.seen}) == 4


def test_the_attempts_are_remembered(box: ProviderBox, retrying: Retrying) -> None:
    """A custom ``Retry`` is counted down as in urllib3, and does not change itself."""
    counted: list[int] = []

    class Noting(Retry):
        def increment(self, *args: Any, **kwargs: Any) -> Retry:
            counted.append(len(self.history))
            return super().increment(*args, **kwargs)

    again = Noting(total=3, status_forcelist=[503])
    session = retrying(box, retries=again)
    assert session.get(box.flaky_url("counted 1", failures=3)).ok
    assert session.get(box.flaky_url("counted 2", failures=3)).ok
    assert counted == [0, 1, 2, 0, 1, 2]
    assert (again.total, again.history) == (3, ())


# --- when all attempts failed -----------------------------------------------------------------------------------------


def closed_port() -> str:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{one.getsockname()[1]}"


class Situation:
    """A permanent failure, and how to cause it."""

    def __init__(self, step: Step | None = None, arguments: dict[str, Any] | None = None, **retry: Any) -> None:
        self.step = step
        self.arguments = arguments or {}
        self.options = {"total": 2, "status_forcelist": [503], "allowed_methods": None, **retry}

    def retry(self, counted: list[str]) -> Retry:
        """Return a ``Retry`` that records the failures."""

        class Counting(Retry):
            def increment(self, *args: Any, **kwargs: Any) -> Retry:
                counted.append(type(kwargs.get("error")).__name__)
                return super().increment(*args, **kwargs)

        return Counting(**self.options)


SITUATIONS = {
    "status": Situation(answer(status=503)),
    "status without raising": Situation(answer(status=503), raise_on_status=False),
    "reset": Situation(reset),
    "reset, reads not tried again": Situation(reset, read=False),
    "reset, no reads left": Situation(reset, read=0),
    "read timeout": Situation(hang, {"timeout": (5, 0.1)}),
    "read timeout, reads not tried again": Situation(hang, {"timeout": (5, 0.1)}, read=False),
    "read timeout, no retries": Situation(hang, {"timeout": (5, 0.1)}, total=0),
    "refused connection": Situation(),
    "refused proxy": Situation(arguments={"proxies": {"http": closed_port()}}),
    "invalid header": Situation(answer("fine"), {"headers": {"X": "a\r\nb"}}),
    "what is no HTTP": Situation(lambda exchange: exchange.connection.sendall(b"220 smtp\r\n") or False),
}


@pytest.mark.covering
@pytest.mark.parametrize("verb", ["GET", "POST"])
@pytest.mark.parametrize("name", SITUATIONS)
def test_the_last_failure_is_the_exception_of_requests(
    box: ProviderBox, open_session: Opener, name: str, verb: str
) -> None:
    """The exception, its cause and the number of attempts are those of an unsigned session with the same retries."""
    situation = SITUATIONS[name]
    found: list[Any] = []
    with requests.Session() as plain:
        for session in (plain, open_session(box)):
            counted: list[str] = []
            session.mount("http://", HTTPAdapter(max_retries=situation.retry(counted)))
            with ScriptedServer(situation.step or hang) as server:
                url = server.origin if situation.step else closed_port()
                try:
                    response = session.request(verb, url, **situation.arguments)
                except requests.RequestException as failure:
                    error = failure
                    reason = getattr(error.args[0], "reason", None)
                    found.append((type(error), type(error.args[0]), type(reason), error.request is None))
                else:
                    found.append((response.status_code, response.reason, response.text))
                found[-1] += (counted,)
    assert found[0] == found[1]


def test_a_refused_connection_without_retries_is_a_connection_error(box: ProviderBox, retrying: Retrying) -> None:
    """It is an error of requests, even if the ``Retry`` raises urllib3's."""
    with pytest.raises(requests.ConnectionError):
        retrying(box, retries=Retry(connect=False)).get(closed_port())


def test_an_unreachable_proxy_is_a_proxy_error(box: ProviderBox, retrying: Retrying) -> None:
    session = retrying(box)
    with pytest.raises(requests.exceptions.ProxyError):
        session.get(box.echo_url, proxies={"http": closed_port()})


def test_an_untrusted_certificate_is_an_ssl_error(tls_box: ProviderBox, retrying: Retrying) -> None:
    session = retrying(tls_box)
    with pytest.raises(requests.exceptions.SSLError):
        session.get(tls_box.echo_url, verify=True)
    assert tls_box.requests == []


def test_raise_on_status_decides_how_exhausted_retries_end(box: ProviderBox, retrying: Retrying) -> None:
    """``raise_on_status`` decides between an error and the last response. In both cases there were several attempts."""
    raising = retrying(box, retries=Retry(total=2, status_forcelist=[503]))
    with pytest.raises(requests.exceptions.RetryError) as exhausted:
        raising.get(box.flaky_url("raising", failures=9))
    assert exhausted.value.request.headers["Authorization"] == box.requests[-1].header("authorization")
    quiet = retrying(box, retries=Retry(total=2, status_forcelist=[503], raise_on_status=False))
    response = quiet.get(box.flaky_url("quiet", failures=9))
    assert (response.status_code, response.text) == (503, "not now")
    assert response.request.headers["Authorization"] == box.requests[-1].header("authorization")
    assert len(set(nonces(box.requests))) == 6


def test_connections_are_used_again(box: ProviderBox, retrying: Retrying) -> None:
    """The responses of failed attempts are read to their end, so one connection serves all of them."""
    script = [answer("x" * 100, status=503)] * 3
    with ScriptedServer(*script, answer("fine")) as server:
        assert retrying(box).get(server.origin).text == "fine"
        assert len(server.seen) == 4
        assert server.connections == 1


# --- bodies -----------------------------------------------------------------------------------------------------------


def chunks() -> Iterator[bytes]:
    yield b"first"
    yield b"second"


class Chunks:
    """A body that can be iterated over many times."""

    def __iter__(self) -> Iterator[bytes]:
        return chunks()


class Stream:
    """A readable body with some of a file's methods."""

    def __init__(self, octets: bytes) -> None:
        self._stream = io.BytesIO(octets)
        self.len = len(octets)

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._stream)

    def read(self, size: int = -1) -> bytes:
        return self._stream.read(size)


class Pipe(Stream):
    def tell(self) -> int:
        raise OSError("a pipe has no position")


class Sealed(Stream):
    def tell(self) -> int:
        return 0

    def seek(self, position: int) -> int:
        raise OSError("it cannot go back")


@pytest.mark.parametrize("body_hash", ["never", "auto"])
@pytest.mark.parametrize("lost", [True, False], ids=["lost", "unavailable"])
@pytest.mark.parametrize("skipped", [0, 3])
def test_a_file_is_rewound(box: ProviderBox, retrying: Retrying, body_hash: str, lost: bool, skipped: int) -> None:
    """Each attempt sends all of it, from its position at the beginning."""
    octets = bytes(range(256)) * 1000
    file = io.BytesIO(b"x" * skipped + octets)
    file.seek(skipped)
    session = retrying(box, body_hash=body_hash)
    failure = lose(box) if lost else answer(status=503)
    with ScriptedServer(failure, failure, relay(box)) as server:
        response = session.post(f"{server.origin}/echo", data=file)
        assert response.ok, response.text
        assert [seen.body == octets for seen in server.seen] == [True] * 3
        assert len({seen.header("authorization") for seen in server.seen}) == 3


@pytest.mark.parametrize("placement", ["HEADER", "QUERY", "BODY"])
def test_a_form_from_a_file_is_rewound(box: ProviderBox, retrying: Retrying, placement: str) -> None:
    session = retrying(box, placement=placement)
    url = box.flaky_url(f"form from a file {placement}", failures=2)
    assert session.post(url, data=io.BytesIO(b"a=1&b=2"), headers={"Content-Type": FORM}).ok
    assert [received.form()[:2] for received in box.requests] == [[(b"a", b"1"), (b"b", b"2")]] * 3
    assert len(set(nonces(box.requests))) == 3


@pytest.mark.parametrize(
    "body",
    ["text é", b"octets", bytearray(b"octets"), {"a": "1"}, Chunks(), None],
    ids=lambda body: type(body).__name__,
)
def test_a_body_that_can_be_read_again_is_sent_again(box: ProviderBox, retrying: Retrying, body: Any) -> None:
    url = box.flaky_url(f"again {type(body).__name__}", failures=2)
    response = retrying(box).post(url, data=body)
    assert response.ok, response.text
    assert len({received.body for received in box.requests}) == 1
    assert len(set(nonces(box.requests))) == 3


@pytest.mark.parametrize("body", [chunks, lambda: Stream(b"once"), lambda: Pipe(b"once"), lambda: Sealed(b"once")])
@pytest.mark.parametrize("lost", [True, False], ids=["lost", "unavailable"])
def test_a_body_that_can_be_read_once_is_not_sent_again(
    box: ProviderBox, retrying: Retrying, body: Callable[[], Iterable[bytes]], lost: bool
) -> None:
    """To send only the rest of it would look like success, so it is an error after the first attempt."""
    failure = lose(box) if lost else answer(status=503)
    with ScriptedServer(failure, relay(box)) as server:
        with pytest.raises(requests.exceptions.UnrewindableBodyError, match="can be read only once") as refused:
            retrying(box).post(f"{server.origin}/echo", data=body())
        assert len(server.seen) == 1
        assert server.seen[0].body in (b"firstsecond", b"once")
    assert isinstance(refused.value.__cause__, requests.ConnectionError if lost else type(None))
    assert refused.value.request is not None


def test_a_body_that_can_be_read_once_is_sent_once(box: ProviderBox, retrying: Retrying) -> None:
    assert retrying(box).post(box.echo_url, data=chunks()).ok
    assert box.requests[0].body == b"firstsecond"


def test_an_adapter_that_never_retries_is_used_itself(box: ProviderBox, open_session: Opener) -> None:
    """Nothing has to be signed again, so there is nothing around it; with retries, there is."""
    session = open_session(box)
    assert session.get_adapter(box.origin) is session.adapters["http://"]
    session.adapters["http://"].max_retries = AGAIN
    assert session.get_adapter(box.origin) is not session.adapters["http://"]


def test_what_is_set_or_closed_is_the_mounted_adapter(box: ProviderBox, retrying: Retrying) -> None:
    session = retrying(box)
    adapter, mounted = session.get_adapter(box.origin), session.adapters["http://"]
    assert isinstance(mounted, HTTPAdapter)
    adapter.label = "mine"  # type: ignore[attr-defined]  # an attribute of a user's own
    assert vars(mounted)["label"] == "mine"
    assert session.get(box.echo_url).ok
    assert len(mounted.poolmanager.pools) == 1
    adapter.close()
    assert len(mounted.poolmanager.pools) == 0


# --- other people's adapters ------------------------------------------------------------------------------------------


def test_the_state_of_an_adapter_is_its_own(box: ProviderBox, open_session: Opener) -> None:
    """It keeps its counts, options, pool and its own retries."""
    adapter = Counting("mine", max_retries=AGAIN, pool_maxsize=1)
    session = open_session(box)
    session.mount("http://", adapter)
    assert session.get(box.flaky_url("own adapter", failures=2)).ok
    assert adapter.sent == 3
    assert len(adapter.connections) == 3
    assert [received.header("x-label") for received in box.requests] == ["mine"] * 3
    assert adapter.max_retries is AGAIN
    assert session.adapters["http://"] is adapter
    assert session.get_adapter(box.origin).label == "mine"
    assert len(adapter.poolmanager.pools) == 1
    assert session.get(box.echo_url).ok
    assert (type(adapter), adapter.sent) == (Counting, 4)


def test_an_adapter_serves_other_sessions_too(box: ProviderBox, open_session: Opener) -> None:
    """In a plain session, its retries work as before."""
    adapter = Counting("both", max_retries=AGAIN)
    ours = open_session(box)
    with requests.Session() as plain, ScriptedServer(answer(status=503), answer("fine")) as server:
        for session in (ours, plain):
            session.mount("http://", adapter)
        assert ours.get(box.flaky_url("both")).ok
        assert plain.get(server.origin).text == "fine"
        assert len(server.seen) == 2


def test_the_retries_of_an_adapter_can_change(box: ProviderBox, open_session: Opener) -> None:
    adapter = HTTPAdapter()
    session = open_session(box)
    session.mount("http://", adapter)
    assert session.get(box.flaky_url("before")).status_code == 503
    adapter.max_retries = AGAIN
    assert session.get(box.flaky_url("after")).ok
    assert len(set(nonces(box.requests))) == 3


def test_an_exception_of_an_adapter_passes_through(box: ProviderBox, open_session: Opener) -> None:
    class Failing(HTTPAdapter):
        def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
            raise requests.RequestException("of its own")

    session = open_session(box)
    session.mount("http://", Failing(max_retries=AGAIN))
    with pytest.raises(requests.RequestException, match="of its own"):
        session.get(box.echo_url)

    class Mute(HTTPAdapter):
        def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
            raise requests.RequestException

    session.mount("http://", Mute(max_retries=AGAIN))
    with pytest.raises(requests.RequestException):
        session.get(box.echo_url)
