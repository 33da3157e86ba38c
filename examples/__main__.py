"""``python -m examples NAME``: start one of the examples on this machine, and a provider to log in with."""

import argparse
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from oauthone.testing import ProviderBox

HERE = Path(__file__).parent
#: The command that starts each, as its framework's documentation recommends.
COMMANDS = {
    "flask": "-m flask --app app run --port {port}",
    "django": "manage.py runserver --noreload 127.0.0.1:{port}",
    "starlette": "-m uvicorn app:app --log-level warning --port {port}",
    "fastapi": "-m uvicorn app:app --log-level warning --port {port}",
}
_READY = """
Log in with Box:  {address}
the provider:     {provider}  (you are {user!r} there)
the source:       {source}

Press Ctrl-C to stop both.
"""


class EndedEarly(Exception):
    """The example ended before it listened. Its output has the reason."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Start both, print their URLs, and wait. Return the exit status.

    Args:
        arguments: the command line; None reads ``sys.argv``.
    """
    options = _options(arguments)
    for ends in (signal.SIGINT, signal.SIGTERM):  # a shell that starts this in the background ignores SIGINT
        signal.signal(ends, signal.default_int_handler)
    try:
        with ProviderBox(decision=None) as box, running(options.name, settings(box), options.port) as address:
            source = os.path.relpath(HERE / options.name)
            print(_READY.format(address=address, provider=box.origin, user=box.user, source=source), flush=True)
            while True:
                time.sleep(3600)
    except EndedEarly as failure:
        return int(failure.args[0]) or 1
    except OSError as failure:
        print(f"port {options.port} is not available: {failure.strerror}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("stopped")
    return 0


def settings(box: ProviderBox) -> dict[str, str]:
    """Return the environment variables of an example."""
    return {
        "SECRET_KEY": secrets.token_urlsafe(32),
        "BOX_CLIENT_ID": box.client.client_id,
        "BOX_CLIENT_SECRET": box.client.client_secret or "",
        "BOX_REQUEST_TOKEN_URL": box.request_token_url,
        "BOX_AUTHORIZE_URL": box.authorize_url,
        "BOX_ACCESS_TOKEN_URL": box.access_token_url,
        "BOX_API_BASE_URL": f"{box.origin}/",
    }


@contextmanager
def running(name: str, environment: Mapping[str, str], port: int = 0, **options: Any) -> Iterator[str]:
    """Run an example in a separate process, and yield its URL.

    Args:
        name: the name of the example.
        environment: its settings.
        port: the port to listen on; 0 takes a free one.
        options: options of ``subprocess.Popen``.

    Raises:
        EndedEarly: the example ended before it listened.
        OSError: the port is taken.
    """
    port = _free_port(port)
    with tempfile.TemporaryDirectory() as folder:
        process = subprocess.Popen(
            [sys.executable, *COMMANDS[name].format(port=port).split()],
            cwd=HERE / name,
            env={**os.environ, "SESSION_FILE_PATH": folder, **environment},
            start_new_session=True,  # so Ctrl-C in a terminal reaches this process only, which stops the other
            **options,
        )
        try:
            _wait(process, port)
            yield f"http://127.0.0.1:{port}/"
        finally:
            process.terminate()
            process.wait()


def _wait(process: "subprocess.Popen[Any]", port: int) -> None:
    """Wait until the example listens."""
    while process.poll() is None:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise EndedEarly(process.returncode)


def _free_port(wanted: int) -> int:
    with socket.create_server(("127.0.0.1", wanted)) as one:
        return int(one.getsockname()[1])


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    names = ", ".join(COMMANDS)
    parser = argparse.ArgumentParser(prog="python -m examples", description=__doc__)
    parser.add_argument("name", nargs="?", metavar="NAME", help=f"one of {names}")
    parser.add_argument("--port", type=int, default=0, help="the port to listen on (default: a free one)")
    options = parser.parse_args(arguments)
    if options.name not in COMMANDS:
        problem = f"unknown example {options.name!r}" if options.name else "name an example"
        parser.error(f"{problem}; the examples are {names}: make example NAME=flask")
    return options


if __name__ == "__main__":
    raise SystemExit(main())
