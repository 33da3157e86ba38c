"""The flow against two worker processes that share a database and a Redis: any process can serve any leg."""

import http.client
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

import pytest
from clients.matrix import SAMPLES
from redis import Redis
from server.needed import skip_without
from server.services import RedisServer, free_port

from oauthone.errors import TokenResponseError
from oauthone.server import Client as RegisteredClient
from oauthone.server.stores.sqlalchemy import SQLAlchemyStore
from oauthone.testing.identities import BoxClient, as_registered, box_clients

from .flow import CALLBACK
from .surfaces import Client, Surface, in_thread

#: The system chooses the worker of each connection. By a fair coin, this many flows never use one process alone.
_FLOWS = 40


class Running(NamedTuple):
    """A running provider, its clients by signature method, and access to its stores."""

    origin: str
    clients: dict[str, BoxClient]
    database: Path
    redis: str
    journal: Path

    def served(self) -> list[tuple[str, str]]:
        """Return process and path of each response since the last call."""
        lines = self.journal.read_text().splitlines()
        os.truncate(self.journal, 0)
        return [(worker, path) for worker, _, path in (line.partition(" ") for line in lines)]


@pytest.fixture(scope="module")
def redis_url() -> Iterator[str]:
    if sys.platform != "linux":
        pytest.skip("no other system deals out connections between processes that listen on one port")
    skip_without(RedisServer)
    with RedisServer() as server:
        yield server.url


@pytest.fixture(scope="module")
def provider(redis_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Two workers behind one port, over one database and one Redis."""
    folder = tmp_path_factory.mktemp("provider")
    origin = f"http://127.0.0.1:{free_port()}"
    running = Running(origin, box_clients(""), folder / "database", redis_url, folder / "journal")
    store = SQLAlchemyStore(f"sqlite:///{running.database}")
    store.create_all()
    for client in running.clients.values():
        store.add_client(as_registered(client)._replace(callbacks=(CALLBACK,)))
    store.add_client(RegisteredClient.create("typing", "secret"))
    store.close()
    with _served(running):
        yield running


@contextmanager
def _served(running: Running) -> Iterator[None]:
    """Start both workers; they listen when this yields."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("COV_", "COVERAGE_"))}
    places = (f"sqlite+aiosqlite:///{running.database}", running.redis, str(running.journal))
    command = [sys.executable, "-m", "contract.real_provider", running.origin.rpartition(":")[2], *places]
    environment = inherited | {"PYTHONPATH": str(Path(__file__).parents[1])}
    with ExitStack() as stack:
        workers = stack.enter_context(subprocess.Popen(command, stdout=subprocess.PIPE, env=environment))
        stack.callback(workers.terminate)
        assert workers.stdout is not None
        for _ in range(2):
            assert workers.stdout.readline() == b"ready\n", "a worker ended instead of starting"
        yield


async def consent(url: str) -> str:
    """Approve as alice; return the callback, or the code that the page shows."""

    def press() -> str:
        parts = urlsplit(url)
        connection = http.client.HTTPConnection(parts.netloc)
        with closing(connection):
            for method, status in (("GET", 200), ("POST", 303)):
                connection.request(method, f"{parts.path}?{parts.query}", headers={"Connection": "close"})
                answer = connection.getresponse()
                body = answer.read().decode()
                assert answer.status == status, body
            location = answer.headers["Location"]
            return body if location == "/code" else location

    returned: str = await in_thread(press)
    return returned


async def run_flow(client: Client, origin: str) -> dict[str, Any]:
    """Run all three legs and return the token. The temporary credentials are then invalid."""
    pending = await client.fetch_request_token(f"{origin}/request_token")
    callback = await consent(client.create_authorization_url(f"{origin}/authorize"))
    client.parse_authorization_response(callback)
    verifier = dict(parse_qsl(urlsplit(callback).query))["oauth_verifier"]
    token = await client.fetch_access_token(f"{origin}/access_token")
    with pytest.raises(TokenResponseError) as refused:
        await client.fetch_access_token(f"{origin}/access_token", verifier, request_token=pending)
    assert refused.value.status == 401
    return token


@pytest.mark.case("the whole flow")
@pytest.mark.covering
@pytest.mark.parametrize(
    ("method", "placement"), [*SAMPLES, pytest.param("RSA-SHA256", "HEADER", id="RSA-SHA256 HEADER")]
)
async def test_the_flow_over_two_workers(surface: Surface, provider: Running, method: str, placement: str) -> None:
    """It ends in verified requests, also if different processes served its legs."""
    credentials = provider.clients[method].credentials()
    said_by: set[str] = set()
    provider.served()
    for _ in range(_FLOWS):
        async with surface.client(**credentials, signature_type=placement, redirect_uri=CALLBACK) as client:
            token = await run_flow(client, provider.origin)
            assert token["scope"] == "read"
            for text in ("one", "two"):
                answer = await client.post(f"{provider.origin}/resource", form=[("q", text)])
                said = {"client": credentials["client_id"], "user": "alice", "scope": "read"}
                assert answer.json()["sent"].startswith(f"q={text}")
                assert said.items() <= answer.json().items()
                said_by.add(answer.raw.headers["x-worker"])
        first = dict(reversed([(path, worker) for worker, path in provider.served()]))
        if len(said_by) == 2 and first["/request_token"] != first["/access_token"]:
            return
    pytest.fail(f"{_FLOWS} flows, and none of them was served by both workers")


@pytest.mark.case("a typed code over two workers")
async def test_a_code_that_is_typed(surface: Surface, provider: Running) -> None:
    async with surface.client("typing", "secret") as client:
        await client.fetch_request_token(f"{provider.origin}/request_token")
        code = await consent(client.create_authorization_url(f"{provider.origin}/authorize"))
        await client.fetch_access_token(f"{provider.origin}/access_token", code)
        assert (await client.get(f"{provider.origin}/resource")).json()["user"] == "alice"


@pytest.mark.case("what two stores keep")
async def test_each_store_keeps_its_part(surface: Surface, provider: Running) -> None:
    """The database has the tokens. Redis has the nonces, and notes of the authorizations that were exchanged."""
    async with surface.client(**provider.clients["HMAC-SHA1"].credentials(), redirect_uri=CALLBACK) as client:
        token = await run_flow(client, provider.origin)
    with closing(sqlite3.connect(provider.database)) as database:
        assert database.execute(
            "SELECT client_id FROM oauthone_tokens WHERE token = ?", [token["oauth_token"]]
        ).fetchall()
        assert database.execute("SELECT count(*) FROM oauthone_nonces").fetchone() == (0,)
        assert database.execute("SELECT count(*) FROM oauthone_pending").fetchone() == (0,)
    with Redis.from_url(provider.redis) as redis:
        kinds = {key.split(b":")[1] for key in redis.scan_iter("oauthone:*")}
    assert kinds == {b"nonces", b"pending"}
