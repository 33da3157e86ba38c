"""One interface to all clients for the cases: open a client, send with it, and read a response.

Every method is a coroutine function. A synchronous client runs in its own threads, so that a case can also do many
things at once with it.
"""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache, partial
from types import TracebackType
from typing import Any, NamedTuple, Self

#: The largest number of calls that a case makes at once.
_THREADS = ThreadPoolExecutor(50, thread_name_prefix="surface")


class File(NamedTuple):
    """A file for a multipart body."""

    name: str
    content: bytes
    content_type: str


#: Marks a request without JSON, because None is JSON too.
ABSENT: Any = ...


class Sending(NamedTuple):
    """One request of a case, which each surface translates for its library.

    Attributes:
        verb: the request method.
        url: the URL.
        params: pairs to add to the query.
        headers: the caller's own headers.
        form: pairs of a form.
        json: the JSON body; `ABSENT` for none.
        content: bytes, a string or a file object, sent unchanged.
        chunks: bytes from a generator of the kind that the client accepts.
        files: the files of a multipart body, which also contains the fields of ``form``.
        timeout: in seconds.
        redirects: whether to follow redirects; None for the client's default.
    """

    verb: str
    url: str
    params: Iterable[tuple[str, str]] | None = None
    headers: Mapping[str, str] | None = None
    form: Iterable[tuple[str, str]] | None = None
    json: Any = ABSENT
    content: Any = None
    chunks: Iterable[bytes] | None = None
    files: Mapping[str, File] | None = None
    timeout: float | None = None
    redirects: bool | None = None


class Settings(NamedTuple):
    """The options of a client, besides the arguments of our constructors.

    Attributes:
        ca_file: the authority to trust; None for those of the machine.
        proxy: the URL of a proxy for all requests.
        redirects: whether to follow redirects.
        max_redirects: the limit; None for the library's default.
        http2: whether to use HTTP/2 if the server supports it.
        cookies: the first cookies of the client.
        attempts: how often to send a request after a 503 or a broken connection.
    """

    ca_file: str | None = None
    proxy: str | None = None
    redirects: bool = True
    max_redirects: int | None = None
    http2: bool = False
    cookies: Mapping[str, str] | None = None
    attempts: int = 1


class ClientResponse(NamedTuple):
    """A response to a case's request.

    Attributes:
        raw: the library's own response.
        status: the status code.
        body: the whole body.
        url: the URL of the response.
        history: the status codes of the redirects before it.
        http_version: ``"1.1"`` or ``"2"``.
        sent: the headers of the request as the library shows them; None if it does not.
    """

    raw: Any
    status: int
    body: bytes
    url: str
    history: list[int]
    http_version: str
    sent: Mapping[str, Any] | None

    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


class Client:
    """An open client: one of ours, or the library's own.

    Attributes:
        inner: the library's object.
    """

    def __init__(self, inner: Any) -> None:
        self.inner = inner

    async def call(self, function: Callable[..., Any], *args: Any, **options: Any) -> Any:
        """Call a function, which is a coroutine function in asynchronous clients."""
        return await function(*args, **options)

    async def send(self, verb: str, url: str, **options: Any) -> ClientResponse:
        """Send a request; ``options`` are the attributes of `Sending`."""
        raise NotImplementedError

    async def build(self, verb: str, url: str) -> Any:
        """Build a request without sending it."""
        raise NotImplementedError

    async def send_built(self, request: Any) -> ClientResponse:
        """Send the request that `build` returned."""
        raise NotImplementedError

    async def close(self) -> None:
        """Close the library's object."""
        raise NotImplementedError

    async def fetch_request_token(self, url: str, *args: Any, **options: Any) -> dict[str, Any]:
        """The first leg."""
        return await self.call(self.inner.fetch_request_token, url, *args, **options)

    async def fetch_access_token(self, url: str, *args: Any, **options: Any) -> dict[str, Any]:
        """The third leg."""
        return await self.call(self.inner.fetch_access_token, url, *args, **options)

    def create_authorization_url(self, url: str, *args: Any, **options: Any) -> str:
        """Return the authorization URL for the second leg."""
        return self.inner.create_authorization_url(url, *args, **options)

    def parse_authorization_response(self, url: str) -> dict[str, str]:
        """Parse the callback of the second leg."""
        return self.inner.parse_authorization_response(url)

    async def get(self, url: str, **options: Any) -> ClientResponse:
        """`send` a GET."""
        return await self.send("GET", url, **options)

    async def post(self, url: str, **options: Any) -> ClientResponse:
        """`send` a POST."""
        return await self.send("POST", url, **options)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()


class Surface:
    """One kind of client that we offer.

    Attributes:
        name: its name in cases, table and documentation.
        is_async: whether its methods are coroutine functions.
        timeouts: the library's exceptions for a missing response.
        too_many_redirects: the library's exception for too many redirects.
        disconnected: the library's exceptions for a broken connection.
        untrusted: the library's exceptions for an untrusted certificate.
    """

    name: str
    is_async: bool
    timeouts: tuple[type[Exception], ...]
    too_many_redirects: type[Exception]
    disconnected: tuple[type[Exception], ...]
    untrusted: type[Exception]

    def client(self, client_id: str, client_secret: str | None = None, **options: Any) -> Client:
        """Open one of our clients; ``options`` are those of our constructor and of `Settings`."""
        settings, ours = self._settings(options)
        return self._client(settings, client_id, client_secret, **ours)

    def plain(self, **options: Any) -> Client:
        """Open the library's own client, with the ``options`` of `Settings`."""
        settings, rest = self._settings(options)
        assert not rest, rest
        return self._plain(settings)

    def auth(self, client_id: str, client_secret: str | None = None, **options: Any) -> Any:
        """Return the object that signs in the library's own client."""
        raise NotImplementedError

    def with_auth(self, auth: Any, **options: Any) -> Client:
        """Open the library's own client with our auth and the ``options`` of `Settings`."""
        raise NotImplementedError

    def timeout_for_leg(self, seconds: float) -> Any:
        """Return the value of ``timeout=`` for a leg with this limit."""
        return seconds

    def _client(self, settings: Settings, client_id: str, client_secret: str | None, **options: Any) -> Client:
        raise NotImplementedError

    def _plain(self, settings: Settings) -> Client:
        raise NotImplementedError

    @staticmethod
    def _settings(options: Mapping[str, Any]) -> tuple[Settings, dict[str, Any]]:
        known = {name: value for name, value in options.items() if name in Settings._fields}
        return Settings(**known), {name: value for name, value in options.items() if name not in Settings._fields}

    def __repr__(self) -> str:
        return self.name


async def in_thread(function: Callable[..., Any], *args: Any, **options: Any) -> Any:
    """Call a blocking function without blocking the loop."""
    return await asyncio.get_running_loop().run_in_executor(_THREADS, partial(function, *args, **options))


@lru_cache(maxsize=8)
def trusting(ca_file: str | None, http2: bool = False) -> ssl.SSLContext:
    """Return a TLS context that trusts only this authority; it is cached, because making one is slow.

    The context also offers HTTP/2 or not, so there is one for each.
    """
    return ssl.create_default_context(cafile=ca_file)


def generated(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the chunks."""
    yield from chunks


async def generated_async(chunks: Iterable[bytes]) -> AsyncIterator[bytes]:
    """Yield the chunks asynchronously."""
    for chunk in chunks:
        yield chunk
