"""The checks of a run in which a store was killed: it was up, down and up again while requests arrived."""

import time
from collections.abc import Callable, Iterable
from typing import NamedTuple

from race.course import Got
from race.worker import TIMEOUT


class Outage(NamedTuple):
    """One outage of a server. Times are seconds of the monotonic clock.

    Attributes:
        killing: when the kill began; before that, the server was up.
        down: when the server was gone.
        starting: when the start began; before that, the server was gone.
        back: when the server answered again.
        total: whether every request needs this server.
    """

    killing: float
    down: float
    starting: float
    back: float
    total: bool


def outage(kill: Callable[[], None], start: Callable[[], None], *, total: bool) -> Outage:
    """Kill a server that has been up for a while, leave it down for a while, and start it again."""
    time.sleep(1.5)
    killing = time.monotonic()
    kill()
    down = time.monotonic()
    time.sleep(0.5)
    starting = time.monotonic()
    start()
    return Outage(killing, down, starting, time.monotonic(), total)


def check(answers: list[Got], outages: list[Outage], *, recovers: bool, waits: int) -> str:
    """Check what the responses show of the outages.

    A request gets a connection from the pool, connects, and reads a reply. Each of these can reach its timeout, which
    is a
    `StoreError` that ends the request. So an outage adds each timeout once at most, and in a cluster again for the
    cluster's layout. The limit also includes the slowest response before the first outage, as the time under this load.

    Args:
        answers: all responses.
        outages: in order.
        recovers: whether requests can be accepted afterwards, because the store keeps its data.
        waits: the number of timeouts that an outage can cost one request.

    Raises:
        AssertionError: a store was not up, not down or not up again while requests arrived; a request was accepted that
            needed the missing server; or a response took too long.
    """
    up = [float("-inf"), *(one.back for one in outages)]
    until = [*(one.killing for one in outages), float("inf")]
    taken = [len(_during(answers, "200", *moments)) for moments in zip(up, until, strict=True)]
    refused = [len(_during(answers, "503", one.down, one.starting)) for one in outages]
    wrongly = [len(_during(answers, "200", one.down, one.starting)) for one in outages if one.total]
    usual = _slowest(answer for answer in answers if answer.ended <= outages[0].killing)
    slowest, limit = _slowest(answers), waits * TIMEOUT + usual
    said = f"accepted while up {taken}, 503 while down {refused}, slowest {slowest:.2f} s of {limit:.2f}"
    assert all(taken if recovers else taken[:1]), f"nothing was accepted before, between or after: {said}"
    assert all(found for found, one in zip(refused, outages, strict=True) if one.total), (
        f"no request found the store down: {said}"
    )
    assert not any(wrongly), f"something was accepted though the store was gone: {said}"
    assert slowest <= limit, f"an answer took too long: {said}"
    return said


def _during(answers: list[Got], status: str, begin: float, end: float) -> list[Got]:
    """Return the responses of this status to requests that began and ended within a time."""
    return [one for one in answers if one.said.startswith(status) and begin <= one.began and one.ended <= end]


def _slowest(answers: Iterable[Got]) -> float:
    return max((one.ended - one.began for one in answers), default=0.0)
