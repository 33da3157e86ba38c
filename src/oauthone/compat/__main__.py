"""Run a program with ``oauthone.compat.requests_oauthlib`` in the place of requests-oauthlib.

python -m oauthone.compat PROGRAM [ARGUMENT …]
python -m oauthone.compat -m MODULE [ARGUMENT …]

PROGRAM is a file, a folder or zip file with a __main__.py, or the name of a command that is a Python script.
"""

import sys

from oauthone.compat._programs import run_module, run_path
from oauthone.compat.requests_oauthlib import install


def main(arguments: list[str]) -> None:
    """Run the program that ``arguments`` name."""
    if arguments[:1] == ["-m"] and len(arguments) > 1:
        install()
        run_module(arguments[1], arguments[2:])
    elif arguments and not arguments[0].startswith("-"):
        install()
        run_path(arguments[0], arguments[1:])
    else:
        wants_help = arguments[:1] in (["-h"], ["--help"])
        print(__doc__, file=sys.stdout if wants_help else sys.stderr)
        sys.exit(0 if wants_help else 2)


if __name__ == "__main__":
    main(sys.argv[1:])
