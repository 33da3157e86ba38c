"""An oversized request is rejected before it is parsed. The tests count the work instead of the time."""

import gc
import sys
import tracemalloc
from collections.abc import Callable
from typing import Any

import pytest

from oauthone.errors import VerificationError
from oauthone.server import Verifier

from ..setting import NOW, URL, Clock, RecordingStore, Sent, signed, token_signer

MANY = 100_000
LARGE = 10 * 1024 * 1024
FORM = ("Content-Type", "application/x-www-form-urlencoded")
SENT = signed(token_signer())


def with_header(name: str, value: str) -> Sent:
    return SENT._replace(headers=[*(header for header in SENT.headers if header[0] != name), (name, value)])


def with_form(body: bytes) -> Sent:
    return with_header(*FORM)._replace(body=body)


def many(joint: str, quote: str) -> str:
    return joint.join(f"a{number}={quote}1{quote}" for number in range(MANY))


def refused(sent: Sent) -> tuple[VerificationError, int, int]:
    """Return the rejection, the number of function calls, and the peak of the memory meanwhile."""
    verifier = Verifier(RecordingStore(Clock()), clock=lambda: NOW)
    calls = 0

    def count(*event: Any) -> None:
        nonlocal calls
        calls += 1

    gc.disable()  # garbage of other tests must not count
    tracemalloc.start()
    sys.setprofile(count)
    try:
        verifier.verify(*sent)
    except VerificationError as error:
        return error, calls, tracemalloc.get_traced_memory()[1]
    finally:
        sys.setprofile(None)
        tracemalloc.stop()
        gc.enable()
    raise AssertionError("it was accepted")


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        pytest.param(
            with_header("Authorization", f'OAuth oauth_token="{"a" * LARGE}"'),
            "the Authorization header is too long",
            id="header of one value",
        ),
        pytest.param(
            with_header("Authorization", f'OAuth oauth_token="{"%7e" * (LARGE // 3)}"'),
            "the Authorization header is too long",
            id="header of escapes",
        ),
        pytest.param(
            with_header("Authorization", "OAuth " + many(", ", '"')),
            "the Authorization header is too long",
            id="header of many parameters",
        ),
        pytest.param(
            with_header("Host", "a" * LARGE), "the request is malformed: its Host header is not host[:port]", id="host"
        ),
        pytest.param(
            with_header("Host", "\xfc." * LARGE),
            "the request is malformed: its Host header is not host[:port]",
            id="host beyond ASCII",
        ),
        pytest.param(with_header("Content-Type", "a" * LARGE), "the Content-Type header is too long", id="media type"),
        pytest.param(with_form(b"a" * LARGE), "the form is longer than 1048576 octets", id="form"),
        pytest.param(with_form(many("&", "").encode()), "there are more than 1000 parameters", id="form of many"),
    ],
)
def test_an_oversized_request_is_rejected_before_it_is_parsed(sent: Sent, reason: str) -> None:
    error, calls, held = refused(sent)
    assert (error.status, error.reason) == (400, reason)
    assert calls < 200
    assert held < 100_000


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        pytest.param(f"https://api.example/{'a' * LARGE}", "the path is too long", id="path"),
        pytest.param(f"{URL}&b={'%7e' * (LARGE // 3)}", "the query is longer than 1048576 octets", id="query"),
        pytest.param(f"{URL}&{many('&', '')}", "there are more than 1000 parameters", id="query of many parameters"),
    ],
)
def test_an_oversized_url_is_split_once_and_not_parsed(url: str, reason: str) -> None:
    error, calls, held = refused(SENT._replace(url=url))
    assert (error.status, error.reason) == (400, reason)
    assert calls < 200
    assert held < len(url) + 100_000


def escapes(count: int) -> str:
    return "%7e" * count


#: Requests that grow with a number, up to the limits.
GROWING: dict[str, tuple[Callable[[int], Sent], int]] = {
    "parameters of a query": (lambda n: SENT._replace(url=f"{URL}&" + "&".join(f"a{n - i}=1" for i in range(n))), 400),
    "equal parameters of a query": (lambda n: SENT._replace(url=URL + "&a=1" * n), 400),
    "parameters of a form": (lambda n: with_form("&".join(f"a{n - i}=%7e" for i in range(n)).encode()), 400),
    "parameters of a header": (
        lambda n: with_header("Authorization", header() + "".join(f', a{n - i}="%7e"' for i in range(n))),
        400,
    ),
    "a value of a query": (lambda n: SENT._replace(url=f"{URL}&b={escapes(n)}"), 20_000),
    "a value of a form": (lambda n: with_form(f"b={escapes(n)}".encode()), 20_000),
    "a value of a header": (lambda n: with_header("Authorization", f'{header()}, b="{escapes(n)}"'), 2_000),
    "a path": (lambda n: SENT._replace(url=f"https://api.example/{escapes(n)}?a=1"), 2_000),
    "a host": (lambda n: with_header("Host", "a." * n), 4_000),
    "white space in a header": (lambda n: with_header("Authorization", f'{header()},{" " * n}b=""'), 4_000),
    "a signature": (lambda n: with_signature("A" * n), 4_000),
    "an identifier": (lambda n: with_header("Authorization", header().replace('"client"', f'"{escapes(n)}"')), 2_000),
    "a timestamp": (lambda n: with_header("Authorization", header().replace(str(NOW), "9" * n)), 4_000),
}


def header() -> str:
    return dict(SENT.headers)["Authorization"]


def with_signature(signature: str) -> Sent:
    return with_header("Authorization", f'{header().partition("oauth_signature=")[0]}oauth_signature="{signature}"')


@pytest.mark.parametrize(("make", "size"), GROWING.values(), ids=GROWING.keys())
def test_twice_the_size_takes_at_most_two_and_a_half_times_the_work(make: Callable[[int], Sent], size: int) -> None:
    """The calls are counted beyond those of the smallest request, and no request is rejected for its size.

    Memory may grow a little more, because lists and dictionaries grow in steps. Quadratic growth would be four times.
    """
    work = {count: [refused(make(count)) for _ in range(3)] for count in (1, size, 2 * size)}
    assert all("too " not in error.reason for error, _, _ in work[2 * size])
    least, once, twice = (min(calls for _, calls, _ in runs) for runs in work.values())
    lowest, low, high = (min(held for _, _, held in runs) for runs in work.values())
    assert twice - least <= 2.5 * max(once - least, 20)
    assert high - lowest <= 3.5 * max(low - lowest, 20_000)


@pytest.mark.parametrize("digits", [16, 1_000, 15_000])
def test_a_timestamp_of_many_digits_is_never_converted_to_a_number(digits: int) -> None:
    """``int`` rejects so many digits with an error, or takes long if its limit is off."""
    error, _, _ = refused(with_header("Authorization", header().replace(str(NOW), "9" * digits)))
    assert (error.status, error.problem) == (400, "timestamp_refused")


def test_a_large_authorization_header_of_another_scheme_is_ignored() -> None:
    long = ("authorization", "Negotiate " + "a" * LARGE)
    verifier = Verifier(RecordingStore(Clock()), token="optional", clock=lambda: NOW)
    signer = token_signer(token=None, token_secret=None)
    sent = signed(signer)
    assert verifier.verify(sent.method, sent.url, [long, *sent.headers], sent.body).client_id == "client"
