"""The methods that all stores with commands share: each is checked before it runs its generator."""

import asyncio
from collections.abc import Generator
from typing import Any

import pytest

from oauthone import Signer
from oauthone.core.drive import arun, run
from oauthone.core.incoming_request import IncomingRequest
from oauthone.errors import ConfigurationError, VerificationError
from oauthone.server import Client, IssuedToken, PendingAuthorization, Provider, Verifier
from oauthone.server.stores._store_methods import AsyncStoreMethods, StoreMethods
from oauthone.server.stores.redis import RedisStore

from ..setting import NOW, Clock, signed
from .backends import count

PENDING = PendingAuthorization("p", "ps", "c", None, NOW + 600)


class Recorded:
    """Commands that yield their name and arguments; what is sent back is their result."""

    def __getattr__(self, name: str) -> Any:
        def commands(*arguments: Any) -> Generator[Any, Any, Any]:
            return (yield (name, *arguments))

        return commands


class Echoing(StoreMethods):
    """A store whose methods return the command that they ran."""

    def _run(self, commands: Any) -> Any:
        return run(commands, lambda command: command)


class AsyncEchoing(AsyncStoreMethods):
    """The same with coroutine methods, called here as plain ones."""

    async def _run(self, commands: Any) -> Any:
        async def echo(command: Any) -> Any:
            return command

        return await arun(commands, echo)

    def __getattribute__(self, name: str) -> Any:
        found = super().__getattribute__(name)
        if name.startswith("_"):
            return found
        return lambda *arguments, **options: asyncio.run(found(*arguments, **options))


@pytest.fixture(params=[Echoing, AsyncEchoing], ids=["plain", "coroutines"])
def methods(request: pytest.FixtureRequest) -> Any:
    commands: Any = Recorded()
    return request.param(commands)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("remove_client", ("c",)),
        ("find_client", ("c",)),
        ("find_credentials", ("c", None)),
        ("use_nonce", ("c", "t", NOW, "n")),
        ("approve_pending", ("p", "v", "ann", {"scope": "read"})),
        ("find_pending", ("p",)),
        ("take_pending", ("p",)),
        ("count_verifier_attempt", ("p",)),
        ("revoke_token", ("t",)),
        ("tokens_of", ("ann",)),
    ],
)
def test_a_method_runs_the_command_of_its_name(methods: Any, name: str, arguments: tuple[Any, ...]) -> None:
    assert getattr(methods, name)(*arguments) == (name, *arguments)


def test_tokens_are_revoked_for_a_user_a_client_or_both(methods: Any) -> None:
    assert methods.revoke_tokens(user="ann") == ("revoke_tokens", "ann", None)
    assert methods.revoke_tokens(client_id="c") == ("revoke_tokens", None, "c")
    assert methods.revoke_tokens(user="ann", client_id="c") == ("revoke_tokens", "ann", "c")


def test_revoking_the_tokens_of_neither_a_user_nor_a_client_is_an_error(methods: Any) -> None:
    """It would revoke every token."""
    with pytest.raises(ValueError, match=r"revoke_tokens\(\) needs a user, a client_id, or both"):
        methods.revoke_tokens()


def test_a_client_as_which_everyone_could_sign_is_refused(methods: Any) -> None:
    for client in (Client("c"), Client("c", "")):
        with pytest.raises(ConfigurationError):
            methods.add_client(client)


@pytest.mark.parametrize(
    ("name", "arguments", "field"),
    [
        ("add_client", (Client.create("c", "s", name="\0"),), "name"),
        ("save_pending", (PENDING._replace(callback="\ud800"),), "callback"),
        ("approve_pending", ("p", "v", "a\0", {}), "user"),
        ("approve_pending", ("p", "v", "ann", {"scope": "\0"}), "extra"),
        ("save_token", (IssuedToken("t", "\0", "c"),), "token_secret"),
    ],
    ids=["client", "callback", "user", "extra", "token"],
)
def test_text_that_no_database_can_hold_is_an_error(
    methods: Any, name: str, arguments: tuple[Any, ...], field: str
) -> None:
    with pytest.raises(ValueError, match=f"^{field} cannot be stored"):
        getattr(methods, name)(*arguments)


def test_forged_requests_leave_nothing_in_redis_or_sqlite(redis: RedisStore, sqlite: Any) -> None:
    """Requests of unknown clients, with unknown tokens and with wrong signatures, to all endpoints."""
    for store in (redis, sqlite):
        store.add_client(Client.create("client", "secret"))
        store.save_token(IssuedToken("t", "ts", "client"))
        verifier, provider = Verifier(store, clock=Clock()), Provider(store, clock=Clock())
        for client_id in ("client", "nobody"):
            for token in ("t", "u", None):
                secret = token and "guess"
                sent = signed(Signer(client_id, "guess", token=token, token_secret=secret, clock=Clock()), verifier="v")
                with pytest.raises(VerificationError):
                    verifier.verify(*sent)
                assert provider.temporary_credentials(IncomingRequest.from_url(*sent)).status in (400, 401)
                assert provider.token_credentials(IncomingRequest.from_url(*sent)).status in (400, 401)
    assert sorted(redis._redis.keys()) == [
        b"particular:client:client",
        b"particular:token:t",
        b"particular:{client:client}:tokens",
    ]
    assert [count(sqlite, table) for table in ("clients", "tokens", "nonces", "pending")] == [1, 1, 0, 0]
