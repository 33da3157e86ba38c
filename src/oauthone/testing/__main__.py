"""``python -m oauthone.testing``: run a provider on this machine, with a page that shows each request."""

import argparse
import sys
from collections.abc import Sequence
from typing import NoReturn

from oauthone.core.signature import SIGNATURE_METHODS

try:
    from oauthone.testing.running import CannotRun, RunOptions, print_credentials, run_box
except ModuleNotFoundError as missing:
    if __name__ == "__main__":
        sys.exit(str(missing))  # It names the extra.
    raise

_COMMAND = "python -m oauthone.testing"


def main(arguments: Sequence[str] | None = None) -> int:
    """Start a box, print how to use it, and wait; return the exit status.

    Args:
        arguments: the arguments of the command line; None reads ``sys.argv``.
    """
    options = _parser().parse_args(arguments)
    try:
        if options.env is not None:
            origin = f"http{'s' if options.tls else ''}://127.0.0.1:{options.port}"
            print_credentials(options.name, options.env, fresh=options.fresh, as_json=options.json, origin=origin)
            return 0
        return run_box(
            RunOptions(
                command=_COMMAND,
                port=options.port,
                tls=options.tls,
                user=options.user,
                decision=None if options.decision == "ask" else options.decision,
                faults=options.fault,
                answers=[(target, source) for target, source in options.answer],
                name=options.name,
                fresh=options.fresh,
                history=options.history,
                log=options.keep,
                open=options.open,
                as_json=options.json,
                like=options.like,
                callbacks=options.callback,
            )
        )
    except CannotRun as wrong:
        print(f"{_COMMAND}: {wrong}", file=sys.stderr)
        return wrong.status


class _Parser(argparse.ArgumentParser):
    """A parser whose errors are one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message} (--help lists the options)\n")


def _number(least: int, most: int) -> "type[int]":
    def read(text: str) -> int:
        number = int(text)
        if not least <= number <= most:
            raise argparse.ArgumentTypeError(f"{number} is not from {least} to {most}")
        return number

    read.__name__ = "number"  # so that argparse names it in its errors
    return read  # type: ignore[return-value]  # argparse calls it


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog=_COMMAND, description=__doc__, allow_abbrev=False)
    _add_behaviour(parser)
    add = parser.add_argument
    add("--name", default="box", help="credentials are kept by this name (default: box)")
    add("--fresh", action="store_true", help="make new credentials")
    add(
        "--env",
        nargs="?",
        choices=SIGNATURE_METHODS,
        const="HMAC-SHA1",
        metavar="METHOD",
        help="print the credentials as environment variables and exit",
    )
    add("--history", type=_number(1, 100_000), default=500, help="how many requests to remember (default: 500)")
    add("--keep", metavar="FILE", help="append all about each request to this file, as JSON, with secrets masked")
    add("--open", action="store_true", help="open the page in a browser")
    add("--json", action="store_true", help="print a line of JSON for the start and for each request")
    return parser


def _add_behaviour(parser: argparse.ArgumentParser) -> None:
    """Add the options that say how the provider behaves."""
    add = parser.add_argument
    add("--port", type=_number(0, 65535), default=8500, help="the port to listen on; 0: a free one (default: 8500)")
    add("--tls", action="store_true", help="serve TLS, with a certificate made for this run")
    add("--user", default="alice", help="the resource owner's name (default: alice)")
    add(
        "--decision",
        choices=("ask", "approve", "deny"),
        default="ask",
        help="the authorization page asks a person (the default), or decides at once",
    )
    add("--like", metavar="PROVIDER", help="be like a provider of the catalogue, such as etrade")
    add(
        "--callback",
        action="append",
        default=[],
        metavar="URL",
        help="a callback that the clients registered, for providers that require it; may be repeated",
    )
    add("--fault", action="append", default=[], metavar="NAME=VALUE", help="switch a fault on; may be repeated")
    add(
        "--answer",
        action="append",
        nargs=2,
        default=[],
        metavar=("'GET /PATH'", "TEXT|@FILE"),
        help="answer verified requests for a path with this body; a status may follow the path",
    )


if __name__ == "__main__":
    raise SystemExit(main())
