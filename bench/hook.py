"""The time in the auth of a real request of httpx2: in a bare auth, and in our client's ``send``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from statistics import median
from time import perf_counter_ns
from typing import Any

import httpx2
from authlib.integrations.httpx_client import OAuth1Auth as AuthlibAuth

from oauthone.clients.httpx2 import OAuth1Auth, OAuth1Client

from . import cases, floor
from .check import check
from .measure import interleave, timed
from .report import FRACTION, Goal, Row

_KEYS = (cases.CLIENT_ID, cases.CLIENT_SECRET, cases.TOKEN, cases.TOKEN_SECRET)
_OURS = {"token": cases.TOKEN, "token_secret": cases.TOKEN_SECRET}


class Clocked:
    """A callable auth that records the nanoseconds of each call."""

    def __init__(self, auth: Callable[[Any], Any]) -> None:
        self.auth = auth
        self.took: list[int] = []

    def __call__(self, request: httpx2.Request) -> Any:
        start = perf_counter_ns()
        signed = self.auth(request)
        self.took.append(perf_counter_ns() - start)
        return signed


class ClockedAuthlib(AuthlibAuth):
    """Authlib's auth; it records the nanoseconds until the request is signed."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.took: list[int] = []

    def sync_auth_flow(self, request: httpx2.Request) -> Iterator[Any]:
        start = perf_counter_ns()
        flow = super().sync_auth_flow(request)
        signed = next(flow)
        self.took.append(perf_counter_ns() - start)
        yield signed
        flow.close()


class _LibraryClient(httpx2.Client):
    """httpx2's own client; it records the nanoseconds of ``send``."""

    sending = 0

    def send(self, *args: Any, **options: Any) -> httpx2.Response:
        start = perf_counter_ns()
        response = super().send(*args, **options)
        self.sending = perf_counter_ns() - start
        return response


class _ClockedSigning(OAuth1Auth):
    """Our auth; it records the nanoseconds of the last signature."""

    signing = 0

    def signed_copy(self, request: Any) -> Any:
        start = perf_counter_ns()
        signed = super().signed_copy(request)
        self.signing = perf_counter_ns() - start
        return signed


class ClockedClient(OAuth1Client, _LibraryClient):
    """Our client; it records the nanoseconds outside of httpx2's own ``send``, including the signature."""

    def __init__(self) -> None:
        super().__init__(*_KEYS[:2], **_OURS)
        self.clocked = self.auth = _ClockedSigning(*_KEYS[:2], **_OURS)
        self.took: list[int] = []

    def send(self, *args: Any, **options: Any) -> httpx2.Response:
        start = perf_counter_ns()
        response = super().send(*args, **options)
        self.took.append(perf_counter_ns() - start - self.sending + self.clocked.signing)
        return response


def rows(url: str, rounds: int, count: int) -> Iterator[Row]:
    """Yield one row for the bare auth and one for the client."""
    auths: dict[str, Any] = {
        "static header": Clocked(_static),
        "floor": Clocked(_floor()),
        "ours": Clocked(OAuth1Auth(*_KEYS[:2], **_OURS)),
        "Authlib": ClockedAuthlib(*_KEYS),
    }
    clients: dict[str, Any] = {name: httpx2.Client(auth=auth) for name, auth in auths.items()}
    clients["client"] = ClockedClient()
    for name, client in clients.items():
        if name != "static header":
            check(cases.GET_3._replace(url=url), client.get(url).request.headers["Authorization"])
    took = {name: auth.took for name, auth in auths.items()} | {"client": clients["client"].took}
    samples = interleave({name: _inside(clients[name], url, took[name], count) for name in clients}, rounds)
    for client in clients.values():
        client.close()
    figures, goal = samples.medians(), Goal(FRACTION, 5, 8)
    note = f"a static header takes {figures['static header']:.1f} µs"
    yield Row("httpx2, inside the auth hook", "µs", figures, samples.ratio("Authlib", "ours"), goal, note, samples)
    figures = figures | {"ours": figures["client"]}
    note = "what OAuth1Client does when it sends, beside the hooks of the peers"
    yield Row("httpx2, at send time", "µs", figures, samples.ratio("Authlib", "client"), goal, note)


def _inside(client: Any, url: str, took: list[int], count: int) -> Callable[[], float]:
    """Return a function that sends a block of requests and returns the median of the recorded microseconds."""

    def block() -> float:
        took.clear()
        timed(lambda: client.get(url), count)
        return median(took) / 1000

    return block


def _static(request: Any) -> Any:
    request.headers["Authorization"] = f'OAuth oauth_consumer_key="{cases.CLIENT_ID}", oauth_token="{cases.TOKEN}"'
    return request


def _floor() -> Callable[[Any], Any]:
    sign = floor.signer(*_KEYS)

    def auth(request: Any) -> Any:
        headers = request.headers
        headers["Authorization"] = sign(request.method, str(request.url), None, headers.get("Content-Type"))
        return request

    return auth
