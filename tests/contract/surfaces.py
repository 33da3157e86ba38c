"""What the cases see of a client, whatever its library: one way to open it, to send with it and to read an answer.

Every method is a coroutine function. A synchronous client runs in threads of its own, so that a case can do many
things at once with it too.
"""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache, partial
from types import TracebackType
from typing import Any, NamedTuple, Self

#: As many as a case does things at once.
_THREADS = ThreadPoolExecutor(50, thread_name_prefix="surface")


class File(NamedTuple):
    """A file for a multipart body."""

    name: str
    content: bytes
    content_type: str


#: No JSON: None is JSON too.
ABSENT: Any = ...


class Sending(NamedTuple):
    """One request as a case wants it; each surface says it in its library's words.

    Attributes:
        verb: the request method.
        url: where to.
        params: pairs to add to the query.
        headers: the caller's own.
        form: pairs of a form.
        json: what is sent as JSON; `ABSENT` for nothing.
        content: octets, text or a file object, as they are.
        chunks: octets that come one after the other, from a generator of the kind that suits the client.
        files: the files of a multipart body, which has the fields of ``form`` too.
        timeout: in seconds.
        redirects: whether they are followed; None leaves that to the client.
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
    """How a client is opened, beside what our constructors take.

    Attributes:
        ca_file: the authority to trust; None trusts those of the machine.
        proxy: the URL of a proxy for everything.
        redirects: whether they are followed.
        max_redirects: how many; None leaves that to the library.
        http2: whether HTTP/2 is spoken where the server does.
        cookies: cookies to begin with.
        attempts: how often a request is sent that was answered with 503 or broke off.
    """

    ca_file: str | None = None
    proxy: str | None = None
    redirects: bool = True
    max_redirects: int | None = None
    http2: bool = False
    cookies: Mapping[str, str] | None = None
    attempts: int = 1


class EndpointResponse(NamedTuple):
    """What came back.

    Attributes:
        raw: the library's own response.
        status: the status code.
        body: the whole body.
        url: where it came from.
        history: the status codes of the redirects before it.
        http_version: ``"1.1"`` or ``"2"``.
        sent: the headers of the request, as the library shows them; None where it does not.
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
    """A client that is open: one of ours, or the library's own where ``inner`` is that.

    Attributes:
        inner: the library's object.
    """

    def __init__(self, inner: Any) -> None:
        self.inner = inner

    async def call(self, function: Callable[..., Any], *args: Any, **options: Any) -> Any:
        """Call what is a coroutine function in asynchronous clients."""
        return await function(*args, **options)

    async def send(self, verb: str, url: str, **options: Any) -> EndpointResponse:
        """Send a request; ``options`` are those of `Sending`."""
        raise NotImplementedError

    async def build(self, verb: str, url: str) -> Any:
        """A request that is built and not sent."""
        raise NotImplementedError

    async def send_built(self, request: Any) -> EndpointResponse:
        """Send what `build` returned."""
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
        """The second leg's address."""
        return self.inner.create_authorization_url(url, *args, **options)

    def parse_authorization_response(self, url: str) -> dict[str, str]:
        """The second leg's answer."""
        return self.inner.parse_authorization_response(url)

    async def get(self, url: str, **options: Any) -> EndpointResponse:
        """`send` a GET."""
        return await self.send("GET", url, **options)

    async def post(self, url: str, **options: Any) -> EndpointResponse:
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
        name: how cases, table and documentation call it.
        is_async: whether its methods are coroutine functions.
        timeouts: what its library raises when no answer comes.
        too_many_redirects: what its library raises after that.
        disconnected: what its library raises when a connection breaks.
        untrusted: what its library raises for a certificate from an unknown authority.
    """

    name: str
    is_async: bool
    timeouts: tuple[type[Exception], ...]
    too_many_redirects: type[Exception]
    disconnected: tuple[type[Exception], ...]
    untrusted: type[Exception]

    def client(self, client_id: str, client_secret: str | None = None, **options: Any) -> Client:
        """Open one of our clients; ``options`` are those of our constructor and those of `Settings`."""
        settings, ours = self._settings(options)
        return self._client(settings, client_id, client_secret, **ours)

    def plain(self, **options: Any) -> Client:
        """Open the library's own client, with the ``options`` of `Settings`."""
        settings, rest = self._settings(options)
        assert not rest, rest
        return self._plain(settings)

    def auth(self, client_id: str, client_secret: str | None = None, **options: Any) -> Any:
        """What signs in the library's own client."""
        raise NotImplementedError

    def with_auth(self, auth: Any, **options: Any) -> Client:
        """Open the library's own client, with an auth of ours and the ``options`` of `Settings`."""
        raise NotImplementedError

    def timeout_for_leg(self, seconds: float) -> Any:
        """The value of ``timeout=`` that makes a leg wait so long."""
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
    """Call a function that blocks without blocking the loop."""
    return await asyncio.get_running_loop().run_in_executor(_THREADS, partial(function, *args, **options))


@lru_cache(maxsize=8)
def trusting(ca_file: str | None, http2: bool = False) -> ssl.SSLContext:
    """A TLS context that trusts this authority alone, made once: making one takes a while.

    Who speaks HTTP/2 says so in the context, so there is one of its own for that.
    """
    return ssl.create_default_context(cafile=ca_file)


def generated(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The chunks one after the other."""
    yield from chunks


async def generated_async(chunks: Iterable[bytes]) -> AsyncIterator[bytes]:
    """The chunks one after the other."""
    for chunk in chunks:
        yield chunk
