"""Values that must not be guessed come from the system's generator, and never repeat."""

import json
import random
import subprocess
import sys

from oauthone.server._authorization import new_verifier

from ..grants import grants

CHILDREN = 8


def test_no_seed_makes_a_value_repeat() -> None:
    """A seeded generator would issue the same credentials to anyone who knows its state."""
    seen: list[str] = []
    for _ in range(2):
        random.seed(5849)
        seen += grants(20)
    assert len(set(seen)) == len(seen) == 2 * 20 * 6


def test_forked_processes_generate_different_values() -> None:
    """They also differ from those of the parent, which issued credentials before the fork."""
    program = (
        "import json, sys\n"
        "from multiprocessing import get_context\n"
        "from server.grants import grants\n"
        "seen = grants(10)\n"
        f"with get_context('fork').Pool({CHILDREN}, maxtasksperchild=1) as pool:\n"
        f"    seen += [text for made in pool.map(grants, [100] * {CHILDREN}, chunksize=1) for text in made]\n"
        "print(json.dumps(seen))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        timeout=50,
        env={"PYTHONPATH": ":".join(filter(None, sys.path))},
    )
    seen = json.loads(done.stdout)
    assert len(set(seen)) == len(seen) == (10 + 100 * CHILDREN) * 6


def test_a_code_to_type_has_40_bits_and_every_other_value_160() -> None:
    """It has eight of 32 letters and digits, all equally likely in each place. Five attempts do not find one."""
    typed = [new_verifier(typed=True) for _ in range(4_000)]
    for place in range(8):
        assert len({code[place] for code in typed}) == 32
    assert len({new_verifier(typed=False) for _ in range(100_000)}) == 100_000
