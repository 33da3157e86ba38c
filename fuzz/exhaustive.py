"""``make exhaust``: run at full size what the tests only sample. It takes 15 minutes, and does not need atheris.

python -m fuzz.exhaustive [RUN …] [--count N]

characters  replace each character of signed requests with all 255 other octets, leave it out, and double it
forgeries   send forged requests to a verifier and to both endpoints: no request changes the store
nonces      sign in forked processes: all nonces differ
properties  try the property tests of the core with many examples
"""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable
from multiprocessing import get_context
from typing import NamedTuple

from server.decoding import decoded
from server.forged import KINDS, TARGETS, send_forged
from server.one_character import AcceptingStore, requests, variants
from server.setting import NOW, Sent

from oauthone import Signer
from oauthone.errors import VerificationError
from oauthone.server import Verifier

PROCESSES = 8
PROPERTIES = ("tests/core/scenarios/test_properties.py", "tests/core/scenarios/test_parser_properties.py")


def characters(count: int) -> str:
    """Verify ``count`` signed requests, and each of them with one character changed.

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
                    found.append(f"accepted: {variant!r} instead of {sent!r}")
    assert not found, f"{len(found)} of {tried:,} changed requests:\n" + "\n".join(found[:20])
    return f"{tried:,} changed requests: {same:,} decode to the same request, all others were rejected"


def forgeries(count: int) -> str:
    """Send ``count`` forged requests to each target: half with guessed secrets, half changed after they were signed.

    Raises:
        AssertionError: a request was accepted, or changed the store.
    """
    for target in TARGETS:
        for kind in KINDS:
            send_forged(target, kind, count // len(KINDS))
    return f"{count:,} forged requests to each of {len(TARGETS)} targets: all rejected, and no store changed"


def nonces(count: int) -> str:
    """Compare the nonces of ``count`` requests, signed in equal parts by forked processes.

    Raises:
        AssertionError: two are equal.
    """
    with get_context("fork").Pool(PROCESSES) as pool:
        made = pool.map(_nonces, [count // PROCESSES] * PROCESSES, chunksize=1)
    size = len(made[0]) // (count // PROCESSES)
    buckets: dict[bytes, list[bytes]] = {}
    for octets in made:
        for start in range(0, len(octets), size):
            buckets.setdefault(octets[start : start + 2], []).append(octets[start : start + size])
    seen = sum(map(len, buckets.values()))
    assert seen == count // PROCESSES * PROCESSES
    for bucket in buckets.values():
        assert len(set(bucket)) == len(bucket), "two nonces are equal"
    return f"{seen:,} nonces of {size} characters, made by {PROCESSES} forked processes: no two are equal"


def properties(count: int) -> str:
    """Try the property tests of the core with ``count`` examples each.

    Raises:
        AssertionError: an example does not have its property.
    """
    environment = {**os.environ, "HYPOTHESIS_PROFILE": "exhaustive", "OAUTHONE_TESTS_EXAMPLES": str(count)}
    command = [sys.executable, "-m", "pytest", "-q", "-o", "timeout=0", *PROPERTIES]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return f"{count:,} examples each: {done.stdout.splitlines()[-1]}"


class Run(NamedTuple):
    """A function to run, and its default count."""

    function: Callable[[int], str]
    count: int


RUNS = {
    "characters": Run(characters, 200),
    "forgeries": Run(forgeries, 1_000_000),
    "nonces": Run(nonces, 10_000_000),
    "properties": Run(properties, 10_000),
}


def main() -> int:
    """Print the result of each run. Return 1 if one has a finding."""
    parser = argparse.ArgumentParser(
        prog="fuzz.exhaustive", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("runs", nargs="*", metavar="RUN", help=f"one of {', '.join(RUNS)}; default: all")
    parser.add_argument("--count", type=int, help="requests; default: 200, 1,000,000, 10,000,000 and 10,000")
    given = parser.parse_args()
    good = True
    for name in given.runs or RUNS:
        started = time.perf_counter()
        try:
            result = RUNS[name].function(given.count or RUNS[name].count)
        except AssertionError as found:
            result, good = f"FOUND {found}", False
        print(f"{name:10} {result} ({time.perf_counter() - started:.0f} s)", flush=True)
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
