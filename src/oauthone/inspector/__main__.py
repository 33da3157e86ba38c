"""``python -m oauthone.inspector``: open the inspector in a browser."""

import argparse
import sys
from collections.abc import Sequence

try:
    from oauthone.inspector.serving import run_inspector
    from oauthone.testing.private_page import open_in_browser
except ModuleNotFoundError as missing:
    if __name__ == "__main__":
        sys.exit(str(missing))  # It names the extra.
    raise


def main(arguments: Sequence[str] | None = None) -> int:
    """Open the inspector, and wait; return the exit status.

    Args:
        arguments: the arguments of the command line; None reads ``sys.argv``.
    """
    parser = argparse.ArgumentParser(prog="python -m oauthone.inspector", description=__doc__, allow_abbrev=False)
    parser.add_argument("--port", type=int, default=0, help="the port to listen on (default: a free one)")
    parser.add_argument("--no-open", action="store_true", help="only print the address")
    options = parser.parse_args(arguments)
    try:
        return run_inspector(port=options.port, browser=None if options.no_open else open_in_browser)
    except (OSError, OverflowError) as failure:
        print(f"{parser.prog}: it cannot listen on the port {options.port}: {failure}", file=sys.stderr)
        return 6


if __name__ == "__main__":
    raise SystemExit(main())
