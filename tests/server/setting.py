"""What the server's tests share: a clock to set, a store that records its calls, and signed requests."""

import asyncio
from typing import Any, NamedTuple

from oauthone import Signer
from oauthone.errors import StoreError
from oauthone.server import (
    Client,
    IssuedToken,
    MemoryStore,
)

NOW = 1_700_000_000
URL = "https://api.example/path?a=1"
CALLBACK = "https://app.example/back?x=1"
CLIENT = Client.create("client", "secret", name="App", callbacks=(CALLBACK,))
BARE_CLIENT = Client.create("bare", "secret")


class Clock:
    """Seconds since 1970 that a test sets."""

    def __init__(self) -> None:
        self.now: float = NOW

    def __call__(self) -> float:
        return self.now


class RecordingStore(MemoryStore):
    """A store that records the names of the called methods, in order."""

    def __init__(self, clock: Clock, *clients: Client, **options: Any) -> None:
        super().__init__(clients or (CLIENT, BARE_CLIENT), clock=clock, **options)
        self.calls: list[str] = []

    def __getattribute__(self, name: str) -> Any:
        found = super().__getattribute__(name)
        if name.partition("_")[0] in ("find", "use", "save", "take", "count", "approve"):
            super().__getattribute__("calls").append(name)
        return found

    def writes(self) -> list[str]:
        """The recorded calls that change the store."""
        return [name for name in self.calls if not name.startswith("find")]


class Sent(NamedTuple):
    """A request on its way to the server."""

    method: str
    url: str
    headers: list[tuple[str, str]]
    body: bytes = b""


def signed(
    signer: Signer, method: str = "POST", url: str = URL, headers: Any = (), body: Any = None, **given: Any
) -> Sent:
    """Return the request that a client with ``signer`` sends."""
    changed = signer.sign(method, url, dict(headers), body, **given)
    pairs = list(dict(headers).items())
    if changed.content_type is not None:
        pairs.append(("Content-Type", changed.content_type))
    if changed.authorization is not None:
        pairs.append(("Authorization", changed.authorization))
    return Sent(method, changed.url, pairs, changed.body or b"")


def token_signer(**options: Any) -> Signer:
    """Return a signer for the client with a token."""
    given = {"token": "t", "token_secret": "ts", "clock": lambda: NOW, **options}
    return Signer("client", "secret", **given)


def with_token(store: MemoryStore, **changes: Any) -> MemoryStore:
    """Return ``store`` with that token added."""
    store.save_token(IssuedToken("t", "ts", "client", "ann")._replace(**changes))
    return store


class Slow(MemoryStore):
    """A store whose coroutines yield to others first."""

    failing = ""

    def __getattribute__(self, name: str) -> Any:
        found = super().__getattribute__(name)
        if name.startswith("_") or not callable(found):
            return found

        async def later(*arguments: Any) -> Any:
            await asyncio.sleep(0)
            if name == self.failing:
                raise StoreError("down")
            return found(*arguments)

        return later


def slow_store() -> Slow:
    """Return such a store with a client and a token."""
    store = Slow([CLIENT], clock=Clock())
    asyncio.run(store.save_token(IssuedToken("t", "ts", "client", "ann")))
    return store
