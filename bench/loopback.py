"""Signed requests over keep-alive loopback: the CPU that signing adds, and the time in the auth hook."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from statistics import median
from time import perf_counter_ns
from types import SimpleNamespace
from typing import Any

import requests
from authlib.integrations.requests_client import OAuth1Auth as AuthlibAuth
from authlib.integrations.requests_client import OAuth1Session as AuthlibSession
from requests.adapters import HTTPAdapter
from requests_oauthlib import OAuth1 as OauthlibAuth
from requests_oauthlib import OAuth1Session as OauthlibSession

from oauthone.clients.requests import OAuth1Auth, OAuth1Session
from oauthone.compat.requests_oauthlib import OAuth1 as CompatAuth
from oauthone.compat.requests_oauthlib import OAuth1Session as CompatSession

from . import cases, floor, server
from .check import check
from .measure import Effort, interleave, timed
from .report import FRACTION, PERCENT, TIMES, Goal, Row

TITLE = (
    "requests: GET with 3 parameters over keep-alive loopback; ratio: CPU added to an unsigned GET, share of Authlib"
)

_PATH = "/1.1/statuses/update.json?status=hello%20world&count=20&include=a%2Cb"
_KEYS = (cases.CLIENT_ID, cases.CLIENT_SECRET, cases.TOKEN, cases.TOKEN_SECRET)
_Auth = Callable[[requests.PreparedRequest], requests.PreparedRequest]


class ClockedAdapter(HTTPAdapter):
    """An `HTTPAdapter` that records the nanoseconds of ``send``."""

    took = 0

    def send(self, *args: Any, **kwargs: Any) -> requests.Response:
        start = perf_counter_ns()
        response = super().send(*args, **kwargs)
        self.took = perf_counter_ns() - start
        return response


class ClockedSession(OAuth1Session):
    """Our session; it records the nanoseconds of signing, and those between requests' own code and the adapter."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.took: list[int] = []
        self.signing = 0
        self.sends = ClockedAdapter()
        self.mount("http://", self.sends)

    def signed_copy(self, request: Any) -> Any:
        start = perf_counter_ns()
        signed = super().signed_copy(request)
        self.signing = perf_counter_ns() - start
        return signed

    def get_adapter(self, url: str) -> Any:
        start = perf_counter_ns()
        signs = super().get_adapter(url)
        found = perf_counter_ns() - start
        return SimpleNamespace(send=partial(self._send, signs, found))

    def _send(self, signs: Any, found: int, *args: Any, **kwargs: Any) -> Any:
        start = perf_counter_ns()
        response = signs.send(*args, **kwargs)
        self.took.append(self.signing + found + perf_counter_ns() - start - self.sends.took)
        return response


class Clocked:
    """An auth object that records the nanoseconds of each call of another one."""

    def __init__(self, auth: _Auth) -> None:
        self.auth = auth
        self.took: list[int] = []

    def __call__(self, prepared: requests.PreparedRequest) -> requests.PreparedRequest:
        start = perf_counter_ns()
        signed = self.auth(prepared)
        self.took.append(perf_counter_ns() - start)
        return signed


def run(effort: Effort) -> Iterator[Row]:
    """Measure the CPU of whole requests, and the time in a bare auth's hook and in our session's."""
    count = max(20, int(effort.block * 5_000))
    with server.running() as origin:
        url = origin + _PATH
        yield from _cpu(url, 4 * effort.rounds, count)  # many short blocks: the added time is smaller than the drift
        yield from _hook(url, effort.rounds, count)


def _cpu(url: str, rounds: int, count: int) -> Iterator[Row]:
    sessions: dict[str, requests.Session] = {
        "unsigned": _with_auth(_unsigned),
        "static header": _with_auth(_static),
        "floor": _with_auth(_floor()),
        "ours": OAuth1Session(cases.CLIENT_ID, cases.CLIENT_SECRET, token=cases.TOKEN, token_secret=cases.TOKEN_SECRET),
        "compat": CompatSession(*_KEYS),
        "Authlib": AuthlibSession(*_KEYS),
        "requests-oauthlib": OauthlibSession(*_KEYS),
    }
    _check({name: session for name, session in sessions.items() if name not in ("unsigned", "static header")}, url)
    gets = {name: _get(session, url) for name, session in sessions.items()}
    samples = interleave({name: _requests(get, count) for name, get in gets.items()}, rounds)
    for session in sessions.values():
        session.close()
    added = {name: 100 * (samples.ratio(name, "unsigned") - 1) for name in samples.rounds}
    note = ", ".join(f"{name} {added[name]:+.1f} %" for name in added if name != "unsigned")
    note = f"CPU added to {samples.median('unsigned'):.0f} µs unsigned: {note}"
    figures = samples.medians()
    yield Row("CPU of a GET", "µs", figures, added["ours"], Goal(PERCENT, 15, 10), note, samples)
    figures = {"ours": figures["compat"], "requests-oauthlib": figures["requests-oauthlib"]}
    note = (
        f"the session of oauthone.compat beside the original; they add {added['compat']:.1f} % and "
        f"{added['requests-oauthlib']:.1f} % to an unsigned GET; ratio: times as fast as the original, the GET included"
    )
    yield Row(
        "compat: CPU of a GET", "µs", figures, samples.ratio("requests-oauthlib", "compat"), Goal(TIMES, 1.1, 1.3), note
    )


def _hook(url: str, rounds: int, count: int) -> Iterator[Row]:
    ours = OAuth1Auth(cases.CLIENT_ID, cases.CLIENT_SECRET, token=cases.TOKEN, token_secret=cases.TOKEN_SECRET)
    auths: dict[str, _Auth] = {
        "static header": _static,
        "floor": _floor(),
        "ours": ours,
        "compat": CompatAuth(*_KEYS),
        "Authlib": AuthlibAuth(*_KEYS),
        "requests-oauthlib": OauthlibAuth(*_KEYS),
    }
    clocked = {name: Clocked(auth) for name, auth in auths.items()}
    sessions = {name: _with_auth(auth) for name, auth in clocked.items()}
    _check({name: session for name, session in sessions.items() if name != "static header"}, url)
    session = ClockedSession(cases.CLIENT_ID, cases.CLIENT_SECRET, token=cases.TOKEN, token_secret=cases.TOKEN_SECRET)
    _check({"session": session}, url)
    blocks = {name: _inside(_get(sessions[name], url), clocked[name].took, count) for name in auths}
    samples = interleave(blocks | {"session": _inside(_get(session, url), session.took, count)}, rounds)
    for used in (session, *sessions.values()):
        used.close()
    figures, goal = samples.medians(), Goal(FRACTION, 5, 8)
    note = f"a static header takes {figures['static header']:.1f} µs"
    yield Row("inside the auth hook", "µs", figures, samples.ratio("Authlib", "ours"), goal, note, samples)
    figures = figures | {"ours": figures["session"]}
    note = "what OAuth1Session does when it sends, beside the hooks of the peers"
    yield Row("at send time", "µs", figures, samples.ratio("Authlib", "session"), goal, note)
    figures = {"ours": figures["compat"], "requests-oauthlib": figures["requests-oauthlib"]}
    note = "oauthone.compat.requests_oauthlib beside the original; ratio: share of the original's time"
    ratio, goal = samples.ratio("requests-oauthlib", "compat"), Goal(FRACTION, 3, 6)
    yield Row("compat: in the auth hook", "µs", figures, ratio, goal, note)


def _get(session: requests.Session, url: str) -> Callable[[], Any]:
    return lambda: session.get(url)


def _requests(get: Callable[[], Any], count: int) -> Callable[[], float]:
    """Return a function that sends a block of requests and returns the microseconds of CPU for each."""
    return lambda: timed(get, count) / count * 1e6


def _inside(get: Callable[[], Any], took: list[int], count: int) -> Callable[[], float]:
    """Return a function that sends a block of requests and returns the median of the recorded microseconds."""

    def block() -> float:
        took.clear()
        timed(get, count)
        return median(took) / 1000

    return block


def _check(sessions: dict[str, requests.Session], url: str) -> None:
    for session in sessions.values():
        header: str | bytes = session.get(url).request.headers["Authorization"]
        check(cases.GET_3._replace(url=url), header.decode() if isinstance(header, bytes) else header)


def _with_auth(auth: _Auth) -> requests.Session:
    session = requests.Session()
    session.auth = auth
    return session


def _unsigned(prepared: requests.PreparedRequest) -> requests.PreparedRequest:
    """An auth that does nothing. Without an auth, requests would look for a netrc file, as it never does for a signed
    request.
    """
    return prepared


def _static(prepared: requests.PreparedRequest) -> requests.PreparedRequest:
    prepared.headers["Authorization"] = f'OAuth oauth_consumer_key="{cases.CLIENT_ID}", oauth_token="{cases.TOKEN}"'
    return prepared


def _floor() -> _Auth:
    sign = floor.signer(*_KEYS)

    def auth(prepared: requests.PreparedRequest) -> requests.PreparedRequest:
        headers = prepared.headers
        headers["Authorization"] = sign(prepared.method, prepared.url, prepared.body, headers.get("Content-Type"))
        return prepared

    return auth
