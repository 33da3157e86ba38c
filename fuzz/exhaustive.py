"""`python -m fuzz.exhaustive [--requests N]`: all 255 other octets in the place of each character of signed requests.

`tests/server/test_one_character.py` tries one of them for each character. This takes minutes. It needs no atheris:
`PYTHONPATH=tests .venv/bin/python -m fuzz.exhaustive`.
"""

import argparse
import sys
import time

from server.decoding import decoded
from server.one_character import AcceptingStore, requests, variants
from server.setting import NOW, Sent

from oauthone.errors import VerificationError
from oauthone.server import Verifier


def main() -> int:
    """Print what was tried; the status is 1 where a changed request was accepted."""
    parser = argparse.ArgumentParser(prog="fuzz.exhaustive", description=__doc__)
    parser.add_argument("--requests", type=int, default=200)
    verifier = Verifier(AcceptingStore(), token="optional", clock=lambda: NOW)
    started, tried, same = time.perf_counter(), 0, 0
    for sent in requests(parser.parse_args().requests, seed=5849):
        genuine = decoded(sent)
        for variant in variants(sent):
            tried += 1
            if _is_accepted(verifier, variant):
                if decoded(variant) != genuine:
                    print(f"accepted: {variant!r} in the place of {sent!r}")
                    return 1
                same += 1
    took = time.perf_counter() - started
    print(f"{tried:,} changed requests in {took:.0f} s: {same:,} decode to the same request, all others were refused")
    return 0


def _is_accepted(verifier: Verifier, sent: Sent) -> bool:
    try:
        verifier.verify(*sent)
    except VerificationError:
        return False
    return True


if __name__ == "__main__":
    sys.exit(main())
