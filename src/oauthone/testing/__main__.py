"""``python -m oauthone.testing``: run a provider on this machine, and print how to use it."""

import argparse
import shlex
import signal
import sys
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager

from oauthone.core.signing import Signer

try:
    from oauthone.testing.box import ProviderBox
except ModuleNotFoundError as missing:
    if __name__ == "__main__":
        sys.exit(str(missing))  # It names the extra.
    raise

_HOW = """\
An OAuth 1.0 provider runs at {origin} until you press Ctrl-C.{trust}

  temporary credentials   {request_token_url}
  authorization           {authorize_url}
  token credentials       {access_token_url}
  protected resource      {echo_url}        (describes the request, or why it was refused)
  two-legged resource     {two_legged_url}  (needs no token)
  open resource           {open_url}        (describes the request, verifies nothing)

The resource owner is {user!r}; {decides}.

Clients, one for each signature method:
{clients}

A signed request to paste. It is valid once, for five minutes:

  {curl}
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Start a box, print how to use it, and wait; return the exit status.

    Args:
        arguments: the arguments of the command line; None reads ``sys.argv``.
    """
    parser = _parser()
    options = parser.parse_args(arguments)
    decision = None if options.decision == "ask" else options.decision
    try:
        with _signals_raised():
            try:
                box = ProviderBox(tls=options.tls, port=options.port, decision=decision, user=options.user)
            except OSError as failure:
                parser.error(f"it cannot listen on the port {options.port}: {failure.strerror}")
            with box:
                print(_how_to_use(box), flush=True)
                while True:
                    time.sleep(3600)
    except KeyboardInterrupt:
        print("stopped")
    return 0


@contextmanager
def _signals_raised() -> Generator[None, None, None]:
    """Treat the signals that end a process like Ctrl-C, so that the files of this run are deleted."""
    names = [name for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {name: signal.signal(getattr(signal, name), signal.default_int_handler) for name in names}
    try:
        yield
    finally:
        for name, handler in before.items():
            signal.signal(getattr(signal, name), handler)


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port <= 65535:
        raise argparse.ArgumentTypeError(f"{port} is not from 0 to 65535")
    return port


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m oauthone.testing", description=__doc__)
    parser.add_argument("--port", type=_port, default=0, help="the port to listen on (default: a free port)")
    parser.add_argument("--tls", action="store_true", help="serve TLS, with a certificate made for this run")
    parser.add_argument("--user", default="alice", help="the resource owner's name")
    parser.add_argument(
        "--decision",
        choices=("ask", "approve", "deny"),
        default="ask",
        help="the authorization page asks a person (the default), or decides at once",
    )
    return parser


def _how_to_use(box: ProviderBox) -> str:
    decides = "the authorization page asks" if box.decision is None else f"the authorization page will {box.decision}"
    return _HOW.format(
        origin=box.origin,
        trust="" if box.ca_file is None else f"\nTrust the certificate in {box.ca_file}",
        request_token_url=box.request_token_url,
        authorize_url=box.authorize_url,
        access_token_url=box.access_token_url,
        echo_url=box.echo_url,
        two_legged_url=box.two_legged_url,
        open_url=box.open_url,
        user=box.user,
        decides=decides,
        clients=_clients(box),
        curl=_curl(box),
    )


def _clients(box: ProviderBox) -> str:
    lines: list[str] = []
    for client in box.clients.values():
        secret = f"secret {client.client_secret!r}" if client.rsa_key is None else "signs with the key below"
        lines.append(f"  {client.signature_method:<12} id {client.client_id!r:<20} {secret}")
    key = box.clients["RSA-SHA1"].rsa_key or ""
    return "\n".join([*lines, "", key.strip()])


def _curl(box: ProviderBox) -> str:
    url = f"{box.two_legged_url}?greeting=hello%20world"
    signed = Signer(box.client.client_id, box.client.client_secret).sign("GET", url)
    trust = [] if box.ca_file is None else ["--cacert", box.ca_file]
    return shlex.join(["curl", *trust, "-H", f"Authorization: {signed.authorization}", url])


if __name__ == "__main__":
    raise SystemExit(main())
