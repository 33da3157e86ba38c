"""The course: workers on one socket, senders that start together, and the responses that they receive."""

import json
import os
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple
from urllib.parse import parse_qs

from oauthone import Signer
from oauthone.core.incoming_request import IncomingRequest
from oauthone.server import Client, IssuedToken, Provider, Verifier

CALLBACK = "https://app.example/back"
CLIENT = Client.create("client", "secret", callbacks=(CALLBACK,))
#: With more processes, their starts cost more than the requests, and fewer copies meet.
SENDERS, THREADS = 4, 8
_ENVIRON = {
    **{name: value for name, value in os.environ.items() if not name.startswith(("COV_", "COVERAGE_"))},
    "PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH", "")]),
}


class Got(NamedTuple):
    """The result of one copy of a request.

    Attributes:
        said: the status and body of the response, or the name of the exception.
        began: when it was sent, in seconds of the machine's monotonic clock, which all processes share.
        ended: when the response arrived.
    """

    said: str
    began: float
    ended: float


@contextmanager
def served(store_url: str, workers: int) -> Iterator[int]:
    """Yield the port of a server with this many workers over a store."""
    with socket.create_server(("127.0.0.1", 0), backlog=256) as listening, _working(store_url, [listening] * workers):
        yield listening.getsockname()[1]


@contextmanager
def served_apart(store_url: str, servers: int) -> Iterator[list[int]]:
    """Yield the ports of so many servers with one worker each over a store."""
    with ExitStack() as stack:
        listening = [stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=256)) for _ in range(servers)]
        stack.enter_context(_working(store_url, listening))
        yield [one.getsockname()[1] for one in listening]


@contextmanager
def preloaded(store_url: str, workers: int, threads: int) -> Iterator[int]:
    """Yield the port of gunicorn, which imports `race.preload` before it forks its workers."""
    with ExitStack() as stack:
        listening = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=256))
        bound, size = f"fd://{listening.fileno()}", ["--workers", str(workers), "--threads", str(threads)]
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "--preload", "--bind", bound, *size, "race.preload:application"],
            pass_fds=(listening.fileno(),),
            env={**_ENVIRON, "STORE": store_url},
        )
        stack.callback(process.wait)
        stack.callback(process.terminate)
        yield listening.getsockname()[1]


def sent(
    port: int, requests: list[dict[str, Any]], meanwhile: Callable[[], list[Any]] = list, pace: float = 0
) -> tuple[list[list[Got]], list[Any]]:
    """Send 32 copies of each request at once, from 4 processes; return their results and that of ``meanwhile``.

    Args:
        port: the port of the server.
        requests: the requests; see `race.sender`.
        meanwhile: a function to call while they are under way.
        pace: the shortest time between two requests, in seconds.
    """
    with ExitStack() as stack:
        file = Path(stack.enter_context(TemporaryDirectory())) / "requests.json"
        file.write_text(json.dumps(requests))
        given = (str(port), str(file), str(SENDERS), str(THREADS), str(pace))
        senders = stack.enter_context(_started("sender", *given))
        assert senders.stdin is not None
        senders.stdin.write(b"go\n")
        senders.stdin.flush()
        happened = meanwhile()
        results = json.loads(senders.communicate()[0])
    return [[Got(*answer) for one in copies for answer in one] for copies in zip(*results, strict=True)], happened


def know_client(store: Any, port: int) -> None:
    """Register the client and its token, also after the store lost its data."""
    store.add_client(CLIENT)
    store.save_token(IssuedToken(f"t{port}", "ts", "client", "ann"))


def replays(store: Any, port: int, count: int) -> list[dict[str, Any]]:
    """Return signed requests, each to be sent unchanged many times. ``used`` is what ``use_nonce`` is called with."""
    know_client(store, port)
    signer = Signer("client", "secret", token=f"t{port}", token_secret="ts")
    requests = []
    for number in range(count):
        path = f"/resource?number={number}"
        signed = signer.sign("GET", f"http://127.0.0.1:{port}{path}")
        used = ["client", f"t{port}", int(signed.timestamp), signed.nonce]
        requests.append({"method": "GET", "path": path, "variants": [signed.authorization], "used": used})
    return requests


def exchanges(store: Any, port: int, count: int) -> list[dict[str, Any]]:
    """Return approved authorizations, each with 32 separately signed exchanges."""
    store.add_client(CLIENT)
    provider = Provider(store, verifier=Verifier(store, allow_insecure_transport=True))
    signer, url = Signer("client", "secret"), f"http://127.0.0.1:{port}/token"
    requests = []
    for _ in range(count):
        signed = signer.sign("POST", url, callback=CALLBACK)
        answer = provider.temporary_credentials(
            IncomingRequest.from_url("POST", url, {"Authorization": str(signed.authorization)})
        )
        got = {name: values[0] for name, values in parse_qs(answer.body.decode()).items()}
        verifier = provider.approve(got["oauth_token"], "ann").verifier
        own = signer.replace(token=got["oauth_token"], token_secret=got["oauth_token_secret"])
        variants = [own.sign("POST", url, verifier=verifier).authorization for _ in range(SENDERS * THREADS)]
        requests.append({"method": "POST", "path": "/token", "variants": variants})
    return requests


def accepted(answers: list[Got]) -> list[Got]:
    """Return the responses with status 200."""
    return [answer for answer in answers if answer.said.startswith("200 ")]


def tally(results: list[list[Got]]) -> Counter[str]:
    """Count the responses of each status, over all requests."""
    return Counter(answer.said.partition(" ")[0] for answers in results for answer in answers)


@contextmanager
def _working(store_url: str, sockets: list[socket.socket]) -> Iterator[None]:
    """Run a worker for each socket."""
    fds = tuple(one.fileno() for one in sockets)
    with _started("worker", store_url, *map(str, fds), fds=fds) as workers:
        assert workers.stdout is not None
        for _ in fds[1:]:
            assert workers.stdout.readline() == b"ready\n", "a worker ended instead of starting"
        yield


@contextmanager
def _started(module: str, *arguments: str, fds: tuple[int, ...] = ()) -> Iterator[subprocess.Popen[bytes]]:
    """Yield a process after it printed that it is ready; end it with the block."""
    process = subprocess.Popen(
        [sys.executable, "-m", f"race.{module}", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        pass_fds=fds,
        env=_ENVIRON,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n", f"{module} ended instead of starting"
        yield process
    finally:
        process.terminate()
        process.communicate()
