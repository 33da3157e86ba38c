"""A token revoked, or a client removed, in one process is invalid in every other."""

from collections.abc import Iterator
from http.client import HTTPConnection
from typing import Any

import pytest
from race.course import served_apart
from race.worker import store_for

from oauthone import Signer
from oauthone.core.incoming_request import IncomingRequest
from oauthone.server import Client, IssuedToken, Provider, Verifier

from ..grants import granted
from ..services import PostgresServer, RedisServer
from ..setting import CALLBACK, CLIENT, signed

PROCESSES = 3


@pytest.fixture(scope="module", params=["sqlite", "postgresql", "redis"])
def store_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path_factory.mktemp('revocation') / 'store.db'}"
    if request.param == "postgresql":
        postgres: PostgresServer = request.getfixturevalue("postgres_server")
        return postgres.url("pg8000")
    redis: RedisServer = request.getfixturevalue("redis_server")
    return redis.url


@pytest.fixture(scope="module")
def store(store_url: str) -> Iterator[Any]:
    made = store_for(store_url)
    if hasattr(made, "create_all"):
        made.create_all()
    yield made
    made.close()


@pytest.fixture(scope="module")
def connections(store: Any, store_url: str) -> Iterator[list[HTTPConnection]]:
    """Connections to one server process each, over the same store."""
    with served_apart(store_url, PROCESSES) as ports:
        made = [HTTPConnection("127.0.0.1", port, timeout=20) for port in ports]
        yield made
        for connection in made:
            connection.close()


def answered(connection: HTTPConnection, method: str, path: str, made: Signer, **given: Any) -> tuple[int, str]:
    """Return a server's response to a signed request."""
    url = f"http://127.0.0.1:{connection.port}{path}"
    headers = {"Authorization": str(made.sign(method, url, **given).authorization)}
    connection.request(method, path, headers=headers)
    answer = connection.getresponse()
    return answer.status, answer.read().decode()


def test_the_next_request_in_every_process_is_refused(store: Any, connections: list[HTTPConnection]) -> None:
    for client_id in ("revoking", "removing"):
        store.add_client(Client.create(client_id, "secret"))
        store.save_token(IssuedToken(f"{client_id}-t", "ts", client_id, "ann"))
    revoked, removed = (
        Signer(client_id, "secret", token=f"{client_id}-t", token_secret="ts") for client_id in ("revoking", "removing")
    )

    def everywhere(made: Signer) -> set[tuple[int, str]]:
        return {answered(connection, "GET", "/", made) for connection in connections}

    assert everywhere(revoked) == everywhere(removed) == {(200, "")}
    assert store.revoke_token("revoking-t")
    assert everywhere(revoked) == {(401, "token_revoked")}
    assert everywhere(removed) == {(200, "")}
    assert store.remove_client("removing")
    assert everywhere(removed) == {(401, "signature_invalid")}


def test_a_denial_in_one_process_counts_in_every_other(store: Any, connections: list[HTTPConnection]) -> None:
    """The temporary credentials end at once. Approved ones are exchanged for a token in any process, once."""
    store.add_client(CLIENT)
    provider = Provider(store, verifier=Verifier(store, allow_insecure_transport=True))
    made = Signer("client", "secret")

    def asked() -> Signer:
        given = granted(
            provider.temporary_credentials(
                IncomingRequest.from_url(*signed(made, url="https://p.example/", callback=CALLBACK))
            )
        )
        return made.replace(token=given["oauth_token"], token_secret=given["oauth_token_secret"])

    denied, approved = asked(), asked()
    provider.deny(str(denied.token))
    verifier = provider.approve(str(approved.token), "ann").verifier
    for connection in connections:
        status, body = answered(connection, "POST", "/token", denied, verifier="x")
        assert (status, body) == (401, "oauth_problem=signature_invalid")
    statuses = [answered(connection, "POST", "/token", approved, verifier=verifier)[0] for connection in connections]
    assert statuses == [200, 401, 401]
