"""The clients that derive from sessions of requests and niquests."""

from importlib import import_module
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
)


class Session(Client):
    """A session of requests or niquests."""

    def __init__(self, inner: Any, settings: Settings = Settings()) -> None:  # noqa: B008 (it cannot be changed)
        super().__init__(inner)
        self._settings = settings

    async def call(self, function: Any, *args: Any, **options: Any) -> Any:
        return await in_thread(function, *args, **options)

    async def send(self, verb: str, url: str, **options: Any) -> ClientResponse:
        arguments = in_words_of_requests(Sending(verb, url, **options), self._settings, is_async=False)
        return _read(await self.call(self.inner.request, verb, url, **arguments))

    async def build(self, verb: str, url: str) -> Any:
        return self.inner.prepare_request(_library_of(self.inner).Request(verb, url))

    async def send_built(self, request: Any) -> ClientResponse:
        return _read(await self.call(self.inner.send, request))

    async def close(self) -> None:
        self.inner.close()


class AsyncSession(Session):
    """An asynchronous session of niquests."""

    async def call(self, function: Any, *args: Any, **options: Any) -> Any:
        return await function(*args, **options)

    async def send(self, verb: str, url: str, **options: Any) -> ClientResponse:
        arguments = in_words_of_requests(Sending(verb, url, **options), self._settings, is_async=True)
        return _read(await self.call(self.inner.request, verb, url, **arguments))

    async def close(self) -> None:
        await self.inner.close()


class Requests(Surface):
    """`oauthone.clients.requests`."""

    name = "requests"
    is_async = False

    def __init__(self) -> None:
        import requests

        from oauthone.clients.requests import OAuth1Auth, OAuth1Session

        self._bind(requests, OAuth1Session, requests.Session, OAuth1Auth)

    def _bind(self, library: Any, ours: Any, theirs: Any, auth: Any) -> None:
        self._library, self._ours, self._theirs, self._auth = library, ours, theirs, auth
        self.timeouts = (library.Timeout,)
        self.too_many_redirects = library.TooManyRedirects
        self.disconnected = (library.ConnectionError,)
        self.untrusted = library.exceptions.SSLError

    def auth(self, client_id: str, client_secret: str | None = None, **options: Any) -> Any:
        return self._auth(client_id, client_secret, **options)

    def with_auth(self, auth: Any, **options: Any) -> Client:
        session, settings = self.plain(**options), self._settings(options)[0]
        session.inner.auth = auth
        if settings.attempts > 1:
            for scheme in ("http://", "https://"):
                adapter = session.inner.get_adapter(scheme)
                adapter.max_retries = _again(settings.attempts)
        return session

    def _client(self, settings: Settings, client_id: str, client_secret: str | None, **options: Any) -> Client:
        if settings.attempts > 1:
            options["retries"] = _again(settings.attempts)
        return self._set_up(self._ours(client_id, client_secret, **options), settings)

    def _plain(self, settings: Settings) -> Client:
        return self._set_up(self._theirs(), settings)

    def _set_up(self, session: Any, settings: Settings) -> Client:
        session.verify = settings.ca_file or True
        if settings.proxy is not None:
            session.proxies = {"http": settings.proxy, "https": settings.proxy}
        if settings.max_redirects is not None:
            session.max_redirects = settings.max_redirects
        session.cookies.update(settings.cookies or {})
        return (AsyncSession if self.is_async else Session)(session, settings)


class Niquests(Requests):
    """`oauthone.clients.niquests`, synchronous."""

    name = "niquests"

    def __init__(self) -> None:
        import niquests

        from oauthone.clients.niquests import OAuth1Auth, OAuth1Session

        self._bind(niquests, OAuth1Session, niquests.Session, OAuth1Auth)


class NiquestsAsync(Requests):
    """`oauthone.clients.niquests`, asynchronous."""

    name = "niquests async"
    is_async = True

    def __init__(self) -> None:
        import niquests

        from oauthone.clients.niquests import AsyncOAuth1Session, OAuth1Auth

        self._bind(niquests, AsyncOAuth1Session, niquests.AsyncSession, OAuth1Auth)


def in_words_of_requests(sending: Sending, settings: Settings, *, is_async: bool) -> dict[str, Any]:
    """The keyword arguments of ``Session.request``."""
    words: dict[str, Any] = {
        "params": None if sending.params is None else list(sending.params),
        "headers": sending.headers,
        "timeout": sending.timeout,
        "allow_redirects": settings.redirects if sending.redirects is None else sending.redirects,
    }
    if sending.form is not None:
        words["data"] = list(sending.form)
    if sending.content is not None:
        words["data"] = sending.content
    if sending.chunks is not None:
        words["data"] = (generated_async if is_async else generated)(sending.chunks)
    if sending.json is not ABSENT:
        words["json"] = sending.json
    if sending.files is not None:
        words["files"] = {name: tuple(file) for name, file in sending.files.items()}
    return words


def _read(response: Any) -> ClientResponse:
    version = getattr(response, "http_version", None) or response.raw.version
    return ClientResponse(
        response,
        response.status_code,
        response.content,
        response.url,
        [one.status_code for one in response.history],
        {20: "2", 11: "1.1"}[version],
        response.request.headers,
    )


def _library_of(session: Any) -> Any:
    """Return the library of this session, or of its base class."""
    kind = next(kind for kind in type(session).__mro__ if kind.__name__ in ("Session", "AsyncSession"))
    return import_module(kind.__module__.partition(".")[0])


def _again(attempts: int) -> Any:
    from urllib3.util import Retry

    return Retry(total=attempts - 1, status_forcelist=[503], allowed_methods=None)
