"""An application whose store is used before its server forks: ``gunicorn --preload race.preload:application``.

The environment variable ``STORE`` is a URL for `race.worker.store_for`, or ``async:`` and such a URL for a store of
coroutines.
"""

import asyncio
import os
from collections.abc import Callable, Iterable
from typing import Any

from oauthone.errors import StoreError, VerificationError
from oauthone.server import AsyncVerifier, Verifier

from .worker import store_for

URL = os.environ["STORE"]
ASYNCHRONOUS = URL.startswith("async:")


def async_store_for(url: str) -> Any:
    """Like `store_for`, for stores of coroutines."""
    if url.startswith("redis:"):
        from oauthone.server.stores.redis import AsyncRedisStore

        return AsyncRedisStore(url)
    from oauthone.server.stores.sqlalchemy import AsyncSQLAlchemyStore

    return AsyncSQLAlchemyStore(url.replace("sqlite:", "sqlite+aiosqlite:").replace("pg8000", "asyncpg"), timeout=30)


store: Any = async_store_for(URL.removeprefix("async:")) if ASYNCHRONOUS else store_for(URL)
verifier: Any = (AsyncVerifier if ASYNCHRONOUS else Verifier)(store, allow_insecure_transport=True)
runners: dict[int, asyncio.Runner] = {}


def finished(outcome: Any) -> Any:
    """Return the result of a store or a verifier; run a coroutine on this process's event loop."""
    if not ASYNCHRONOUS:
        return outcome
    return runners.setdefault(os.getpid(), asyncio.Runner()).run(outcome)


finished(store.find_client("client"))  # opens a connection before the server forks


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    url = f"http://{environ['HTTP_HOST']}{environ['RAW_URI']}"
    try:
        finished(verifier.verify("GET", url, {"Authorization": environ["HTTP_AUTHORIZATION"]}))
    except VerificationError as refused:
        status, said = str(refused.status), refused.problem
    except StoreError:
        status, said = "503", ""
    else:
        status, said = "200", ""
    start_response(f"{status} Said", [("Content-Length", str(len(said)))])
    return [said.encode()]
