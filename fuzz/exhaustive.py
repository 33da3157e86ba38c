"""``make exhaust``: what the tests try a few times, at full size. It takes a quarter of an hour, and needs no atheris.

python -m fuzz.exhaustive [RUN …] [--count N]

characters  all 255 other octets in the place of each character of signed requests, each left out and doubled
forgeries   requests by those who cannot sign, at each door of a server: none leaves anything in the store
nonces      of requests that are signed by forked processes: none comes twice
"""

import argparse
import sys
import time
from collections.abc import Callable
from multiprocessing import get_context
from typing import NamedTuple

from server.decoding import decoded
from server.forged import DOORS, KINDS, knock
from server.one_character import AcceptingStore, requests, variants
from server.setting import NOW, Sent

from oauthone import Signer
from oauthone.errors import VerificationError
from oauthone.server import Verifier

PROCESSES = 8


def characters(count: int) -> str:
    """``count`` signed requests, and each of them with one character changed.

    Raises:
        AssertionError: a changed request was accepted.
    """
    verifier = Verifier(AcceptingStore(), token="optional", clock=lambda: NOW)
    tried, same, found = 0, 0, list[str]()
    for sent in requests(count, seed=5849):
        genuine = decoded(sent)
        assert _is_accepted(verifier, sent)
        for variant in variants(sent):
            tried += 1
            if _is_accepted(verifier, variant):
                same += decoded(variant) == genuine
                if decoded(variant) != genuine:
                    found.append(f"accepted: {variant!r} in the place of {sent!r}")
    assert not found, f"{len(found)} of {tried:,} changed requests:\n" + "\n".join(found[:20])
    return f"{tried:,} changed requests: {same:,} decode to the same request, all others were refused"


def forgeries(count: int) -> str:
    """``count`` forged requests to each door, half of them never signed with the secrets, half spoilt afterwards.

    Raises:
        AssertionError: one was accepted, or left something behind.
    """
    for door in DOORS:
        for kind in KINDS:
            knock(door, kind, count // len(KINDS))
    return f"{count:,} forged requests to each of {len(DOORS)} doors: all refused, and the stores are as they were"


def nonces(count: int) -> str:
    """The nonces of ``count`` signed requests, of as many in each of the forked processes.

    Raises:
        AssertionError: two are equal.
    """
    with get_context("fork").Pool(PROCESSES) as pool:
        made = pool.map(_nonces, [count // PROCESSES] * PROCESSES, chunksize=1)
    size = len(made[0]) // (count // PROCESSES)
    drawers: dict[bytes, list[bytes]] = {}
    for octets in made:
        for start in range(0, len(octets), size):
            drawers.setdefault(octets[start : start + 2], []).append(octets[start : start + size])
    seen = sum(map(len, drawers.values()))
    assert seen == count // PROCESSES * PROCESSES
    for drawer in drawers.values():
        assert len(set(drawer)) == len(drawer), "a nonce came twice"
    return f"{seen:,} nonces of {size} characters, made by {PROCESSES} forked processes: no two are equal"


class Run(NamedTuple):
    """What to do, and how often where nobody says otherwise."""

    do: Callable[[int], str]
    count: int


RUNS = {
    "characters": Run(characters, 200),
    "forgeries": Run(forgeries, 1_000_000),
    "nonces": Run(nonces, 10_000_000),
}


def main() -> int:
    """Print what each run tried; the status is 1 where one of them found something."""
    parser = argparse.ArgumentParser(
        prog="fuzz.exhaustive", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("runs", nargs="*", metavar="RUN", help=f"of {', '.join(RUNS)}; default: all")
    parser.add_argument("--count", type=int, help="requests; default: 200, 1,000,000 and 10,000,000")
    given = parser.parse_args()
    good = True
    for name in given.runs or RUNS:
        started = time.perf_counter()
        try:
            said = RUNS[name].do(given.count or RUNS[name].count)
        except AssertionError as found:
            said, good = f"FOUND {found}", False
        print(f"{name:10} {said} ({time.perf_counter() - started:.0f} s)", flush=True)
    return 0 if good else 1


def _is_accepted(verifier: Verifier, sent: Sent) -> bool:
    try:
        verifier.verify(*sent)
    except VerificationError:
        return False
    return True


def _nonces(count: int) -> bytes:
    signer = Signer("client", "secret")
    return "".join(signer.sign("GET", "https://api.example/").nonce for _ in range(count)).encode("ascii")


if __name__ == "__main__":
    sys.exit(main())
