"""The clients that derive from clients of httpx and httpx2."""

import importlib
from collections.abc import Callable
from typing import Any

from .surfaces import (
    ABSENT,
    Client,
    ClientResponse,
    Sending,
    Settings,
    Surface,
    generated,
    generated_async,
    in_thread,
    trusting,
)


class SyncClient(Client):
    """A synchronous client of httpx or httpx2."""

    is_async = False

    async def call(self, function: Any, *args: Any, **options: Any) -> Any:
        return await in_thread(function, *args, **options)

    async def send(self, verb: str, url: str, **options: Any) -> ClientResponse:
        arguments = in_words_of_httpx(Sending(verb, url, **options), is_async=self.is_async)
        return _read(await self.call(self.inner.request, verb, url, **arguments))

    async def build(self, verb: str, url: str) -> Any:
        return self.inner.build_request(verb, url)

    async def send_built(self, request: Any) -> ClientResponse:
        return _read(await self.call(self.inner.send, request))

    async def close(self) -> None:
        self.inner.close()


class AsyncClient(SyncClient):
    """An asynchronous client of httpx or httpx2."""

    is_async = True

    async def call(self, function: Any, *args: Any, **options: Any) -> Any:
        return await function(*args, **options)

    async def close(self) -> None:
        await self.inner.aclose()


class Httpx(Surface):
    """`oauthone.clients.httpx` or `.httpx2`, synchronous or asynchronous."""

    def __init__(self, library: str, *, is_async: bool) -> None:
        self._library: Any = importlib.import_module(library)
        self._module: Any = importlib.import_module(f"oauthone.clients.{library}")
        self.name = f"{library} async" if is_async else library
        self.is_async = is_async
        self._kind = AsyncClient if is_async else SyncClient
        self.timeouts = (self._library.TimeoutException,)
        self.too_many_redirects = self._library.TooManyRedirects
        self.disconnected = (self._library.ReadError, self._library.RemoteProtocolError)
        self.untrusted = self._library.ConnectError

    def auth(self, client_id: str, client_secret: str | None = None, **options: Any) -> Any:
        return self._module.OAuth1Auth(client_id, client_secret, **options)

    def with_auth(self, auth: Any, **options: Any) -> Client:
        settings, _ = self._settings(options)
        words = self._words(settings)
        if settings.attempts > 1:
            words["transport"] = self._retrying(
                self._module.SigningTransport(self._transport(settings), auth), settings
            )
        else:
            words["auth"] = auth
        return self._kind(self._plain_kind(**words))

    def mocked(self, auth: Any, redirect: Callable[[str, Any], str | None]) -> Client:
        """Open the library's own client over its mock transport; ``redirect`` returns the target of a redirect."""

        def handle(request: Any) -> Any:
            location = redirect(str(request.url), request.headers.raw)
            return (
                self._library.Response(200)
                if location is None
                else self._library.Response(302, headers={"Location": location})
            )

        transport = self._library.MockTransport(handle)
        return self._kind(self._plain_kind(transport=transport, auth=auth, follow_redirects=True))

    def _client(self, settings: Settings, client_id: str, client_secret: str | None, **options: Any) -> Client:
        if settings.attempts > 1:
            return self._signed_below_retries(settings, client_id, client_secret, **options)
        ours = self._module.AsyncOAuth1Client if self.is_async else self._module.OAuth1Client
        return self._kind(ours(client_id, client_secret, **options, **self._words(settings)))

    def _signed_below_retries(self, settings: Settings, *credentials: Any, **options: Any) -> Client:
        """Put the signing below the retrying transport, so that each attempt is signed."""
        return self.with_auth(self.auth(*credentials, **options), **settings._asdict())

    def _plain(self, settings: Settings) -> Client:
        return self._kind(self._plain_kind(**self._words(settings)))

    @property
    def _plain_kind(self) -> Any:
        return self._library.AsyncClient if self.is_async else self._library.Client

    def _transport(self, settings: Settings) -> Any:
        kind = self._library.AsyncHTTPTransport if self.is_async else self._library.HTTPTransport
        return kind(verify=trusting(settings.ca_file, settings.http2))

    def _retrying(self, inner: Any, settings: Settings) -> Any:
        return retrying(self._library, inner, settings.attempts, is_async=self.is_async)

    def _words(self, settings: Settings) -> dict[str, Any]:
        words: dict[str, Any] = {
            "verify": trusting(settings.ca_file, settings.http2),
            "follow_redirects": settings.redirects,
            "http2": settings.http2,
            "cookies": dict(settings.cookies or {}),
            "timeout": None,
        }
        if settings.proxy is not None:
            words["proxy"] = settings.proxy
        if settings.max_redirects is not None:
            words["max_redirects"] = settings.max_redirects
        return words


def in_words_of_httpx(sending: Sending, *, is_async: bool) -> dict[str, Any]:
    """The keyword arguments of ``Client.request``."""
    words: dict[str, Any] = {"headers": sending.headers}
    if sending.params is not None:
        words["params"] = list(sending.params)
    if sending.form is not None:
        words["data"] = _as_mapping(sending.form)
    if sending.content is not None:
        words["content"] = sending.content
    if sending.chunks is not None:
        words["content"] = (generated_async if is_async else generated)(sending.chunks)
    if sending.json is not ABSENT:
        words["json"] = sending.json
    if sending.files is not None:
        words["files"] = {name: tuple(file) for name, file in sending.files.items()}
    if sending.timeout is not None:
        words["timeout"] = sending.timeout
    if sending.redirects is not None:
        words["follow_redirects"] = sending.redirects
    return words


def _as_mapping(pairs: Any) -> dict[str, list[str]]:
    """Return a form as a mapping, which the libraries require, with a list for a repeated name."""
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found


def _read(response: Any) -> ClientResponse:
    return ClientResponse(
        response,
        response.status_code,
        response.content,
        str(response.url),
        [one.status_code for one in response.history],
        response.http_version.removeprefix("HTTP/"),
        response.request.headers,
    )


def retrying(library: Any, inner: Any, attempts: int, *, is_async: bool) -> Any:
    """A retrying transport, as people write it. The code above it sees one request."""

    class Retrying(library.BaseTransport):
        def handle_request(self, request: Any) -> Any:
            for left in reversed(range(attempts)):
                try:
                    response = inner.handle_request(request)
                except library.TransportError:
                    if not left:
                        raise
                    continue
                if response.status_code != 503 or not left:
                    return response
                response.read()
                response.close()

        def close(self) -> None:
            inner.close()

    class AsyncRetrying(library.AsyncBaseTransport):
        async def handle_async_request(self, request: Any) -> Any:
            for left in reversed(range(attempts)):
                try:
                    response = await inner.handle_async_request(request)
                except library.TransportError:
                    if not left:
                        raise
                    continue
                if response.status_code != 503 or not left:
                    return response
                await response.aread()
                await response.aclose()

        async def aclose(self) -> None:
            await inner.aclose()

    return AsyncRetrying() if is_async else Retrying()
