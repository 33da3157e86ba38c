"""Many people who log in at the same time, to an application with several processes."""

import http.client
import json
import os
import secrets
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

from redis import Redis

from oauthone.testing import ProviderBox

WORKERS = 4
FRAMEWORKS = ("flask", "starlette")
#: Longer than any response takes: a visitor that waits so long got none.
PATIENCE = 30


class Page(NamedTuple):
    """A page that a visitor saw, and the process that served it."""

    status: int
    worker: int
    location: str
    text: str

    @property
    def json(self) -> Any:
        """The page's content, parsed."""
        return json.loads(self.text)


class Visit(NamedTuple):
    """The course of one login.

    Attributes:
        user: the visitor's name at the provider.
        began: the page that redirected the visitor to the provider.
        ended: the page of the callback; None if the login did not start.
        after: the user that the application shows afterwards.
    """

    user: str
    began: Page
    ended: Page | None
    after: str | None

    @property
    def is_finished(self) -> bool:
        """Whether the visitor is logged in, by the page of the callback and by the application."""
        return self.ended is not None and self.ended.status == 200

    @property
    def last(self) -> Page:
        """The last page that the visitor saw."""
        return self.ended or self.began


class Visitor:
    """A browser whose requests go to different workers, as behind a load balancer."""

    def __init__(self) -> None:
        self._cookies = SimpleCookie()

    def open(self, port: int, path: str) -> Page:
        """Visit a page, without following redirects."""
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in self._cookies.items())
        try:
            connection.request("GET", path, headers={"Cookie": cookies} if cookies else {})
            answer = connection.getresponse()
            text = answer.read().decode()
            for cookie in answer.headers.get_all("Set-Cookie", []):
                self._cookies.load(cookie)
            return Page(answer.status, int(answer.headers["X-Worker"]), answer.headers.get("Location", ""), text)
        finally:
            connection.close()


class Site(NamedTuple):
    """A provider, and an application that logs people in with it.

    Attributes:
        box: the provider.
        ports: the ports of the application's processes.
    """

    box: ProviderBox
    ports: list[int]

    def begin(self, visitor: Visitor, number: int) -> Page:
        """Send a visitor to the provider."""
        return visitor.open(self.ports[number % WORKERS], f"/login?visitor={number}")

    def approve(self, began: Page, user: str) -> str:
        """Approve as ``user``; return the path and the query of the callback."""
        token = parse_qs(urlsplit(began.location).query)["oauth_token"][0]
        parts = urlsplit(self.box.provider.approve(token, user).redirect or "")
        return f"{parts.path}?{parts.query}"

    def log_in(self, number: int, while_away: Callable[[int], None]) -> Visit:
        """Log in; another worker receives the callback than the one that started the login."""
        visitor, user, other = Visitor(), f"user-{number}", self.ports[(number + 1) % WORKERS]
        began, ended = self.begin(visitor, number), None
        if began.status == 302:
            callback = self.approve(began, user)
            while_away(number)
            ended = visitor.open(other, callback)
        after = visitor.open(self.ports[number % WORKERS], "/who").json
        return Visit(user, began, ended, after["user"])

    def crowd(
        self,
        count: int,
        at_a_time: int,
        *,
        while_away: Callable[[int], None] = lambda number: None,
        when_finished: Callable[[Visit], None] = lambda visit: None,
    ) -> list[Visit]:
        """Run many logins.

        Args:
            count: the number of logins.
            at_a_time: the number of logins at the same time.
            while_away: called with a login's number while its visitor is at the provider.
            when_finished: called with each login that ended, in any way.
        """

        def visit(number: int) -> Visit:
            made = self.log_in(number, while_away)
            when_finished(made)
            return made

        with ThreadPoolExecutor(at_a_time) as people:
            return list(people.map(visit, range(count)))


def lifetimes(redis_port: int) -> list[int]:
    """Return the remaining seconds of each key: -1 for a key without an expiry, and no entry for a deleted one."""
    with Redis(port=redis_port) as client:
        return [left for key in client.scan_iter() if (left := int(client.ttl(key))) != -2]


@contextmanager
def site(framework: str, redis_port: int, folder: Path) -> Iterator[Site]:
    """Yield an application in several processes that share a Redis, and its provider.

    Args:
        framework: one of `FRAMEWORKS`.
        redis_port: the port of Redis.
        folder: the folder for the logs.
    """
    with ProviderBox(decision=None) as box, ExitStack() as running:
        environment = {
            "SECRET_KEY": secrets.token_urlsafe(32),
            "REDIS_PORT": str(redis_port),
            "BOX_CLIENT_ID": box.client.client_id,
            "BOX_CLIENT_SECRET": box.client.client_secret or "",
            "BOX_REQUEST_TOKEN_URL": box.request_token_url,
            "BOX_AUTHORIZE_URL": box.authorize_url,
            "BOX_ACCESS_TOKEN_URL": box.access_token_url,
            "BOX_API_BASE_URL": f"{box.origin}/",
        }
        yield Site(box, running.enter_context(_workers(framework, environment, folder)))


@contextmanager
def _workers(framework: str, environment: dict[str, str], folder: Path) -> Iterator[list[int]]:
    """Run the processes and yield their ports, which queue connections until the process is ready."""
    path = os.pathsep.join([str(Path(__file__).parents[1]), *filter(None, [os.environ.get("PYTHONPATH")])])
    with ExitStack() as stack:
        listening = [stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=128)) for _ in range(WORKERS)]
        ports, descriptors = [one.getsockname()[1] for one in listening], [one.fileno() for one in listening]
        log = stack.enter_context((folder / "workers.log").open("ab"))
        process = subprocess.Popen(
            [sys.executable, "-m", "login.worker", framework, *map(str, descriptors)],
            pass_fds=descriptors,
            env={**os.environ, **environment, "PYTHONPATH": path},
            stdout=log,
            stderr=log,
        )
    try:
        yield ports
    finally:
        process.terminate()
        process.wait()
