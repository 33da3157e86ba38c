"""The two handlers of a login's effects: one that awaits nothing, and one for asynchronous applications."""

from collections.abc import Mapping, Sequence
from importlib import import_module
from inspect import isawaitable
from typing import Any, Protocol

from oauthone.errors import StoreError, missing_library
from oauthone.login._browser_session import BrowserSession, LoginCookies
from oauthone.login._effects import (
    ClientEffect,
    DropCache,
    Effect,
    FetchAccessToken,
    FetchIdentity,
    FetchRequestToken,
    FindToken,
    IsSessionEmpty,
    LocalEffect,
    ReadCache,
    ReadCookie,
    ReadSession,
    SendRequest,
    WriteCache,
    WriteSession,
)


class _Client(Protocol):
    """What a login uses of an HTTP client. An asynchronous client returns awaitables."""

    headers: Any

    def fetch_request_token(self, url: str, **options: Any) -> Any: ...

    def fetch_access_token(
        self, url: str, verifier: str | None, *, request_token: Mapping[str, str], **options: Any
    ) -> Any: ...

    def request(self, method: str, url: str, **options: Any) -> Any: ...

    def fetch_identity(self) -> Any: ...


class _Handler:
    def __init__(
        self,
        client_classes: Sequence[Any] = (),
        session: BrowserSession | None = None,
        cache: Any = None,
        takes_silent_deletes: bool = False,
    ) -> None:
        self._client_classes = client_classes
        self._session: Any = session
        self._cookies: LoginCookies | None = getattr(session, "cookies", None)
        self._cache = cache
        self._takes_silent_deletes = takes_silent_deletes

    def _perform(self, effect: LocalEffect) -> Any:
        match effect:
            case ReadSession():
                return self._session.read()
            case WriteSession(value, at_once, cookie):
                if cookie is not None and self._cookies is not None:
                    self._cookies.write(*cookie)
                return self._session.write(value, at_once)
            case IsSessionEmpty():
                return self._session.is_empty()
            case ReadCookie():
                return None if self._cookies is None else self._cookies.read(*effect)
            case ReadCache(key):
                return self._cache.get(key)
            case WriteCache(key, value, seconds):
                return self._cache.set(key, value, seconds)
            case DropCache(key):
                return self._cache.delete(key)
            case FindToken(fetch, arguments):
                return fetch(*arguments)

    def _checked(self, effect: LocalEffect, outcome: Any) -> Any:
        if isinstance(effect, WriteCache) and outcome is False:
            raise StoreError("the cache did not keep a login: its set() returned False")
        if isinstance(effect, DropCache) and outcome is None:
            if self._takes_silent_deletes:
                return True
            raise StoreError(
                "the cache's delete() returned None, so a callback that is used twice would not be noticed: pass a "
                "cache whose delete() says whether there was something to delete"
            )
        return outcome

    def _client_cls(self, effect: ClientEffect, needed: str) -> Any:
        """The first class whose instances have the method ``needed``, which only clients of one kind have; or None."""
        for client_cls in (effect.settings.client_cls, *self._client_classes):
            if _supports(client_cls, needed):
                return client_cls
        return None


class EffectHandler(_Handler):
    """Carries out effects without awaiting anything.

    Args:
        client_classes: the classes of HTTP clients to choose from, after the one that was registered.
        session: the browser's session; None if no effect needs it.
        cache: see `oauthone.login.Cache`; None if no effect needs it.
        takes_silent_deletes: treat None from the cache's ``delete()`` as "it was there".
    """

    def __call__(self, effect: Effect) -> Any:
        """Carry out ``effect`` and return its outcome."""
        if isinstance(effect, ClientEffect):
            with _make_client(self._client_cls(effect, "__enter__") or requests_client(), effect) as client:
                return _send(client, effect)
        try:
            outcome = self._perform(effect)
        except Exception as failure:
            raise _translated(effect, failure) from failure
        if isawaitable(outcome):
            _close(outcome)  # a coroutine is truthy, so it would count as a value that was found
            raise TypeError(
                f"{_name_of(effect)} has to be awaited, but this application awaits nothing: pass one that is not "
                "asynchronous"
            )
        return self._checked(effect, outcome)


class AsyncEffectHandler(_Handler):
    """Carries out effects and awaits their outcome if necessary.

    Args:
        client_classes: the classes of HTTP clients to choose from, after the one that was registered.
        session: the browser's session; None if no effect needs it.
        cache: see `oauthone.login.Cache`, asynchronous or not; None if no effect needs it.
        takes_silent_deletes: treat None from the cache's ``delete()`` as "it was there".
    """

    async def __call__(self, effect: Effect) -> Any:
        """Carry out ``effect`` and return its outcome."""
        if isinstance(effect, ClientEffect):
            async with _make_client(self._client_cls(effect, "__aenter__") or httpx_client(), effect) as client:
                return await _send(client, effect)
        try:
            outcome = self._perform(effect)
            if isawaitable(outcome):
                outcome = await outcome
        except Exception as failure:
            raise _translated(effect, failure) from failure
        return self._checked(effect, outcome)


def _make_client(client_cls: Any, effect: ClientEffect) -> Any:
    """A client for one effect, with the RSA key and the TLS context that the settings share among all clients."""
    settings = effect.settings
    arguments = {**settings.client_kwargs, **_credentials(effect)}
    client = client_cls(settings.client_id, settings.client_secret, **settings.with_tls_context(client_cls, arguments))
    if settings.user_agent is not None:
        client.headers["User-Agent"] = settings.user_agent
    return client


def _credentials(effect: ClientEffect) -> dict[str, Any]:
    """The constructor's arguments for one effect, so that a client never signs with more than the effect needs."""
    match effect:
        case FetchRequestToken(_, redirect_uri):
            return {"redirect_uri": redirect_uri}
        case FetchAccessToken():
            return {"token": effect.token, "token_secret": effect.token_secret}
        case SendRequest(_, _, _, token):
            if token is None:
                return {}
            return {"token": token["oauth_token"], "token_secret": token.get("oauth_token_secret") or ""}
        case FetchIdentity(_, token):
            return {"token": token}  # whose further fields may name the account


def _send(client: _Client, effect: ClientEffect) -> Any:
    """The outcome, or an awaitable of it if the client is asynchronous."""
    match effect:
        case FetchRequestToken(settings):
            return client.fetch_request_token(settings.request_token_url, **settings.request_token_params)
        case FetchAccessToken():
            temporary = {"oauth_token": effect.token, "oauth_token_secret": effect.token_secret}
            options = {**effect.options, "request_token": temporary}
            return client.fetch_access_token(effect.url, effect.verifier, **options)
        case SendRequest():
            return client.request(effect.method, effect.url, **effect.options)
        case FetchIdentity():
            return client.fetch_identity()


def _supports(client_cls: Any, method: str) -> bool:
    """Whether ``client_cls`` makes clients with ``method``. A function is taken at its word."""
    return client_cls is not None and (hasattr(client_cls, method) or not isinstance(client_cls, type))


def _close(awaitable: Any) -> None:
    if hasattr(awaitable, "close"):
        awaitable.close()


def _name_of(effect: LocalEffect) -> str:
    return "the cache" if isinstance(effect, (ReadCache, WriteCache, DropCache)) else "fetch_token or the session"


def _translated(effect: LocalEffect, failure: Exception) -> Exception:
    """A failing cache is a `StoreError`, for which a page can be shown; any other error is the application's own."""
    if not isinstance(effect, (ReadCache, WriteCache, DropCache)):
        return failure
    return StoreError(f"the cache failed ({type(failure).__name__}): logins are rejected until it works again")


def requests_client() -> Any:
    """The session class for requests."""
    from oauthone.clients.requests import OAuth1Session

    return OAuth1Session


def httpx_client() -> Any:
    """The asynchronous client class for httpx2, or for httpx if only that is installed."""
    for name in ("httpx2", "httpx"):
        try:
            return import_module(f"oauthone.clients.{name}").AsyncOAuth1Client
        except ModuleNotFoundError as missing:
            if missing.name not in ("httpx2", "httpx"):
                raise
    raise missing_library("httpx2", "httpx2")
