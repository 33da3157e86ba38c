"""What the time of a response could reveal: whether a client or token exists, and how much of a signature is right."""

from __future__ import annotations

import hmac
import random
import re
import secrets
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import cycle
from math import sqrt
from statistics import fmean, median, variance
from time import perf_counter_ns
from typing import Any
from urllib.parse import quote

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from server.services import RedisServer

from oauthone.core.rsa import RsaPublicKey
from oauthone.core.signature import SIGNATURE_METHODS
from oauthone.errors import VerificationError
from oauthone.server import Client, IssuedToken, MemoryStore, Verifier

from . import cases, floor
from .accepting_store import rsa_pair
from .measure import Effort, resting_collector
from .report import OVER, Goal, Row, Style

TITLE = "timing: rejections beside one for a wrong signature; ratio: of the medians, or Welch's t of a comparison"

#: The number of requests of each kind in a whole run; with fewer rounds, fewer are sent.
REQUESTS = 100_000
_WITHIN = 1.05
#: A larger value means a leak. Leakage tests use this rule of thumb: by chance it occurs once in 100,000.
_T = 4.5

#: The kinds of store besides `MemoryStore`. They wait for I/O, so they get a fifth of the requests.
STORES = ("SQLAlchemyStore", "SQLAlchemyStore with Fernet", "RedisStore", "RedisStore with Fernet")
_MEMORY = object()

_Run = Callable[[], object]


def run(effort: Effort) -> Iterator[Row]:
    """Yield rows for rejections with each kind of key, for RSA signatures of each kind, and for the comparison."""
    count = REQUESTS * min(effort.rounds, 25) // 25
    for method in ("HMAC-SHA1", "RSA-SHA256"):
        yield from _refusals(method, count)
    for name in STORES:
        for method in ("HMAC-SHA1", "RSA-SHA256"):
            with _opened(name) as store:
                yield from _refusals(method, count // 5, store, f", {name}")
    for bits in (2048, 4096):
        yield from _rsa_refusals(bits, count)
    yield from _comparisons(10 * count)


@contextmanager
def _opened(name: str) -> Iterator[Any]:
    """Return one of `STORES`, empty, or None if its server is missing."""
    from oauthone.server.stores.redis import RedisStore
    from oauthone.server.stores.sqlalchemy import SQLAlchemyStore

    kind, _, encrypted = name.partition(" with ")
    cipher = Fernet(Fernet.generate_key()) if encrypted else None
    if kind == "SQLAlchemyStore":
        store = SQLAlchemyStore("sqlite://", cipher=cipher)
        store.create_all()
        yield store
        store.close()
    elif missing := RedisServer.missing():
        print(f"timing: {missing}")
        yield None
    else:
        with RedisServer() as server:
            redis = RedisStore(server.url, cipher=cipher)
            yield redis
            redis.close()


def _refusals(method: str, count: int, store: Any = _MEMORY, where: str = "") -> Iterator[Row]:
    if store is None:
        return
    took = watched(_kinds(method, store), count)
    medians = {name: median(values) / 1000 for name, values in took.items()}
    wrong = medians["wrong signature"]
    for name, value in medians.items():
        ratio = max(value / wrong, wrong / value)
        note = f"{value / wrong - 1:+.2%} of {wrong:.2f} µs, over {count:,} requests each"
        if name != "wrong signature":
            yield Row(f"{name}, {method}{where}", "µs", {"ours": value}, ratio, Goal(OVER, _WITHIN), note)


def _rsa_refusals(bits: int, count: int) -> Iterator[Row]:
    """Time RSA signatures of every kind, in the name of a known client and of an unknown one.

    Both requests contain the same bytes, because the time to parse a signature depends on the escapes in its text.
    """
    key = generate_private_key(65537, bits).public_key()
    verifier = _verifier(RsaPublicKey(key))
    signatures = _signatures(key.public_numbers().n)
    runs: dict[str, _Run] = {}
    for kind, text in signatures.items():
        for client_id, reason in ((cases.CLIENT_ID, "does not match"), (_alike(cases.CLIENT_ID), "client is unknown")):
            runs[f"{kind}, {reason}"] = _refusal(verifier, client_id, cases.TOKEN, "RSA-SHA256", reason, text)
    medians = {name: median(values) / 1000 for name, values in watched(runs, count).items()}
    for kind in signatures:
        known, unknown = medians[f"{kind}, does not match"], medians[f"{kind}, client is unknown"]
        ratio = max(known / unknown, unknown / known)
        note = f"{unknown / known - 1:+.2%} for an unknown client, over {count:,} requests each"
        yield Row(f"RSA, {bits} bits, {kind}", "µs", {"ours": known}, ratio, Goal(OVER, _WITHIN), note)


def _signatures(modulus: int) -> dict[str, str]:
    """Return numbers in known ranges, signatures of other lengths, and one that is not a number."""
    length = (modulus.bit_length() + 7) // 8
    numbers = {
        "first octet 0": secrets.randbits(8 * length - 8),
        "first octet 127": (127 << 8 * length - 8) + secrets.randbits(8 * length - 8),
        "first octet 128": (128 << 8 * length - 8) + (1 << 8 * length - 16),
        "just below the modulus": modulus - 1,
        "the modulus": modulus,
        "just above the modulus": modulus + 1,
        "first octet 255": (255 << 8 * length - 8) + secrets.randbits(8 * length - 8) | 255 << 8 * length - 16,
    }
    octets = {name: number.to_bytes(length, "big") for name, number in numbers.items()}
    for other in (length // 2, length - 1, length + 1, length * 2):
        octets[f"{other} octets"] = secrets.token_bytes(other)
    texts = {name: b64encode(value).decode() for name, value in octets.items()}
    return texts | {"no base64": texts["the modulus"][:-1] + "!"}


def _kinds(method: str, store: Any) -> dict[str, _Run]:
    """Return a function for each kind of request that rejects it; none of the signatures is valid."""
    verifier = _verifier(RsaPublicKey(rsa_pair()[1]) if method.startswith("RSA") else None, store)
    unknown_client, unknown_token = _alike(cases.CLIENT_ID), _alike(cases.TOKEN)
    return {
        "wrong signature": _refusal(verifier, cases.CLIENT_ID, cases.TOKEN, method, "the signature does not match"),
        "unknown token": _refusal(verifier, cases.CLIENT_ID, unknown_token, method, "the token is unknown"),
        "unknown client": _refusal(verifier, unknown_client, cases.TOKEN, method, "the client is unknown"),
    }


def _verifier(key: RsaPublicKey | None, store: Any = _MEMORY) -> Verifier:
    """Return a verifier that knows one client and one token."""
    store = MemoryStore() if store is _MEMORY else store
    store.add_client(Client.create(cases.CLIENT_ID, "" if key else cases.CLIENT_SECRET, rsa_key=key))
    store.save_token(IssuedToken(cases.TOKEN, cases.TOKEN_SECRET, cases.CLIENT_ID))
    return Verifier(store, window=10**9)  # a whole run takes longer than the default window


def _alike(identifier: str) -> str:
    """Return another identifier of the same length, so that only the lookup differs."""
    return secrets.token_hex(len(identifier))[: len(identifier)]


def _refusal(
    verifier: Verifier, client_id: str, token: str, method: str, reason: str, signature: str | None = None
) -> _Run:
    """Return a function that sends requests in turn, whose nonces were changed after they were signed.

    If a signature is passed, it replaces theirs.
    """
    sign = floor.signer(client_id, "other", token, "other", method, rsa_pair()[0] if method.startswith("RSA") else None)
    case = cases.GET_3
    signed = [sign(case.method, case.url).replace('oauth_nonce="', 'oauth_nonce="0') for _ in range(64)]
    if signature is not None:
        given = f'oauth_signature="{quote(signature, safe="")}"'
        signed = [re.sub('oauth_signature="[^"]*"', given, value) for value in signed]
    headers = cycle([[("Authorization", value)] for value in signed])

    def refused() -> None:
        try:
            verifier.verify(case.method, case.url, next(headers))
        except VerificationError:
            return
        raise AssertionError("a forged request was accepted")

    assert reason in _said(verifier, case, next(headers))
    return refused


def _said(verifier: Verifier, case: cases.Case, headers: list[tuple[str, str]]) -> str:
    try:
        verifier.verify(case.method, case.url, headers)
    except VerificationError as refused:
        return str(refused)
    return "nothing"


def watched(runs: dict[str, _Run], count: int) -> dict[str, list[int]]:
    """Return the nanoseconds of each call. The functions are called in turns, in another order each time."""
    took: dict[str, list[int]] = {name: [] for name in runs}
    order = list(runs.items())
    for _ in range(100):  # warm up
        for _, run in order:
            run()
    with resting_collector():
        for _ in range(count):
            random.shuffle(order)
            for name, run in order:
                start = perf_counter_ns()
                run()
                end = perf_counter_ns()
                took[name].append(end - start)
    return took


def _comparisons(count: int) -> Iterator[Row]:
    """Compare signatures that are wrong in the first character with signatures that are wrong in the last."""
    method = SIGNATURE_METHODS["HMAC-SHA512"]
    right = b64encode(hmac.digest(b"secret&secret", b"base string", "sha512")).decode()
    checks: dict[str, Callable[[str], bool]] = {
        "compare_digest alone": lambda text: hmac.compare_digest(right, text),
        "verify, HMAC-SHA512": lambda text: method.verify("base string", text, "secret", "secret", None),
    }
    for name, check in checks.items():
        assert check(right)
        first, last = _watched_comparisons(check, right, (0, len(right) - 4), count)
        chance = abs(welch(*_watched_comparisons(check, right, (0, 0), count)))
        medians = f"{median(first)} and {median(last)} ns, over {count:,} each"
        note = f"|t| of the first character wrong against the last: {medians}; of the first against itself {chance:.2f}"
        figures, t = {"ours": median(first) / 1000}, abs(welch(first, last))
        yield Row(name, "µs", figures, t, Goal(Style("t = {:.2f}", False), _T), note)


def _watched_comparisons(
    check: Callable[[str], bool], right: str, places: tuple[int, int], count: int
) -> tuple[list[int], list[int]]:
    """Return the nanoseconds of each check of a signature that is wrong in either place.

    Each string is new, and both are made before either is checked. Otherwise their place in memory, and the preceding
    work, would affect the time.
    """
    took: tuple[list[int], list[int]] = [], []
    order = [0, 1]
    with resting_collector():
        for _ in range(count):
            random.shuffle(order)
            texts = [(which, _wrong_at(right, places[which])) for which in order]
            random.shuffle(texts)
            for which, text in texts:
                start = perf_counter_ns()
                fits = check(text)
                end = perf_counter_ns()
                took[which].append(end - start)
                assert not fits
    return took


def _wrong_at(signature: str, place: int) -> str:
    octets = bytearray(signature, "ascii")
    octets[place] ^= 1
    return octets.decode()


def welch(one: list[int], other: list[int]) -> float:
    """Return Welch's t of two samples without their slowest tenth, whose calls were interrupted."""
    bound = sorted(one + other)[len(one + other) * 9 // 10]
    a, b = ([value for value in values if value <= bound] for values in (one, other))
    return (fmean(a) - fmean(b)) / sqrt(variance(a) / len(a) + variance(b) / len(b))
