"""`python -m fuzz.one TARGET CORPUS [option of libFuzzer …]`: run atheris on one target.

If CORPUS is a file, it is one input to run again, plain and stretched.
"""

import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["oauthone"]):
    from .limits import limited
    from .targets import TARGETS


def main() -> None:
    """Fuzz until libFuzzer ends the process."""
    name, corpus = sys.argv[1], Path(sys.argv[2])
    target, seeds = TARGETS[name]
    if corpus.is_file():
        limited(target, stretch_every=1)(corpus.read_bytes())
        return
    corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(seeds):
        (corpus / f"seed-{number:03}").write_bytes(seed)
    words = Path(__file__).with_name("words.dict")
    atheris.Setup([name, f"-dict={words}", *sys.argv[3:], str(corpus)], limited(target))
    atheris.Fuzz()


if __name__ == "__main__":
    main()
