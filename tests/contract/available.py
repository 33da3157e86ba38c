"""The surfaces, and those that this environment can run."""

from collections.abc import Callable, Iterator
from importlib.util import find_spec

from .aiohttp_surface import Aiohttp
from .httpx_surfaces import Httpx
from .requests_surfaces import Niquests, NiquestsAsync, Requests
from .surfaces import Surface

#: Every surface: its name, the library that it needs, and the function that makes it.
EVERY: list[tuple[str, str, Callable[[], Surface]]] = [
    ("requests", "requests", Requests),
    ("niquests", "niquests", Niquests),
    ("niquests async", "niquests", NiquestsAsync),
    ("httpx", "httpx", lambda: Httpx("httpx", is_async=False)),
    ("httpx async", "httpx", lambda: Httpx("httpx", is_async=True)),
    ("httpx2", "httpx2", lambda: Httpx("httpx2", is_async=False)),
    ("httpx2 async", "httpx2", lambda: Httpx("httpx2", is_async=True)),
    ("aiohttp", "aiohttp", Aiohttp),
]
NAMES = [name for name, _, _ in EVERY]


def _available() -> Iterator[Surface]:
    for _, library, make in EVERY:
        if find_spec(library) is not None:
            yield make()


SURFACES = list(_available())
