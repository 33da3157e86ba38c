"""Log in with an OAuth 1.0 provider, in Django: in synchronous and in asynchronous views."""

# Django has no types of its own: what is not annotated here is Any.
# pyright: reportMissingTypeStubs=false

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, cast

from oauthone.errors import OAuthError, missing_library
from oauthone.login._app_methods import AsyncApplication, SyncApplication
from oauthone.login._browser_session import SESSION_KEY, LoginCookies
from oauthone.login._login_errors import lost, missing_session
from oauthone.login._private_frames import drain
from oauthone.login._registry import Registry

try:
    from asgiref.sync import sync_to_async
    from django.conf import settings
    from django.contrib.sessions.backends.base import UpdateError
    from django.http import HttpRequest, HttpResponseRedirect
except ModuleNotFoundError as missing:
    raise missing_library((missing.name or "django").partition(".")[0], "django") from missing

_settings: Any = settings

__all__ = ["DjangoOAuth1App", "OAuth", "OAuthError"]


class DjangoOAuth1App(SyncApplication, AsyncApplication):
    """One provider in a Django project. `OAuth.register` makes it.

    In asynchronous views, await the methods with an ``a`` in front: ``aauthorize_redirect``, ``aget`` and so on.
    """

    def authorize_redirect(
        self, request: HttpRequest, redirect_uri: str | None = None, **parameters: Any
    ) -> HttpResponseRedirect:
        """Start a login: return a redirect to the provider.

        Args:
            request: the request.
            redirect_uri: the callback, usually ``request.build_absolute_uri(reverse(…))``; None sends ``oob``, which
                also stands for a callback that is registered.
            parameters: further query parameters for the provider's authorization endpoint.

        Raises:
            LoginError: the login could not finish: there is no session or no secret.
            OAuthError: the provider's response holds no credentials.
            StoreError: the cache failed.
        """
        session = _Session(request)
        effects = self.start_login(request, redirect_uri, _authority(request), parameters)
        return session.cookies.add_to(HttpResponseRedirect(self._run(effects, session)))

    def save_authorize_data(
        self,
        request: HttpRequest,
        *,
        request_token: Mapping[str, Any],
        redirect_uri: str | None = None,
        state: Any = None,
        url: Any = None,
    ) -> None:
        """Store what `create_authorization_url` returned, if your code redirects the browser itself.

        Args:
            request: the request.
            request_token: the temporary credentials.
            redirect_uri: the callback.
            state: ignored; it is there so that you can pass ``**create_authorization_url()``.
            url: ignored, like ``state``.
        """
        effects = self.save_login(request, request_token, redirect_uri, _authority(request))
        del request_token  # an error report shows the variables of this frame, which still runs
        self._run(effects, _Session(request))

    def authorize_access_token(self, request: HttpRequest, **options: Any) -> dict[str, Any]:
        """Finish a login, in the view of the callback.

        Args:
            request: the request.
            options: options for the request to ``access_token_url``.

        Returns:
            The token, with all other fields of the provider's response.

        Raises:
            AccessDenied: the user denied access.
            LoginError: this browser's session cannot finish this login; the subclass says why.
            OAuthError: the provider's response holds no credentials.
            StoreError: the cache failed.
        """
        effects = self.finish_login(request, _address(request), _authority(request), drain(options))
        return dict(self._run(effects, _Session(request)))

    async def aauthorize_redirect(
        self, request: HttpRequest, redirect_uri: str | None = None, **parameters: Any
    ) -> HttpResponseRedirect:
        """`authorize_redirect`, awaited."""
        session = _AsyncSession(request)
        effects = self.start_login(request, redirect_uri, _authority(request), parameters)
        return session.cookies.add_to(HttpResponseRedirect(await self._arun(effects, session)))

    async def asave_authorize_data(
        self,
        request: HttpRequest,
        *,
        request_token: Mapping[str, Any],
        redirect_uri: str | None = None,
        state: Any = None,
        url: Any = None,
    ) -> None:
        """`save_authorize_data`, awaited."""
        effects = self.save_login(request, request_token, redirect_uri, _authority(request))
        del request_token  # an error report shows the variables of this frame, which still runs
        await self._arun(effects, _AsyncSession(request))

    async def aauthorize_access_token(self, request: HttpRequest, **options: Any) -> dict[str, Any]:
        """`authorize_access_token`, awaited."""
        effects = self.finish_login(request, _address(request), _authority(request), drain(options))
        return dict(await self._arun(effects, _AsyncSession(request)))

    def _async_cache(self) -> Any:
        """The cache, with the methods that Django's caches have for asynchronous code."""
        cache = super()._async_cache()
        return _AwaitedCache(cache) if hasattr(cache, "aget") else cache


class OAuth(Registry[DjangoOAuth1App]):
    """The remote applications of a Django project.

    The setting ``OAUTHONE_CLIENTS``, a dict of dicts by provider's name, fills in options that `register` lacks.

    Args:
        cache: where logins wait, such as ``django.core.cache.cache``; without one they wait in the session, encrypted.
            See `oauthone.login.Cache`.
        fetch_token: ``fetch_token(name, request)`` returns the current user's token, as a dict, or None; for
            the asynchronous methods it may be a coroutine function.
        secret_key: the secret for the encryption; by default ``settings.SECRET_KEY``.
        clock: returns the seconds since 1970.

    Attributes:
        settings_name: the name of the setting.
    """

    app_cls: ClassVar[Any] = DjangoOAuth1App
    settings_name: ClassVar[str] = "OAUTHONE_CLIENTS"

    def framework_secrets(self, request: Any) -> Iterable[Any]:
        """The project's secret key, followed by its fallbacks."""
        return (_settings.SECRET_KEY, *_settings.SECRET_KEY_FALLBACKS)

    def load_config(self, name: str, options: Iterable[str]) -> Mapping[str, Any]:
        """The options of a provider in the setting."""
        clients: Mapping[str, Mapping[str, Any]] = getattr(_settings, self.settings_name, None) or {}
        return clients.get(name) or {}


class _Session:
    """Django's session, saved at once if necessary: Django saves nothing if a view fails with a 500."""

    def __init__(self, request: HttpRequest) -> None:
        self._session: Any = getattr(request, "session", None)
        if self._session is None:
            raise missing_session("there is no session: add SessionMiddleware (django.contrib.sessions.middleware)")
        received = cast("dict[str, str]", cast("Any", request).COOKIES)
        is_secure = request.is_secure() or bool(_settings.SESSION_COOKIE_SECURE)
        self.cookies = LoginCookies(received, secure=is_secure)

    def read(self) -> Any:
        return self._session.get(SESSION_KEY)

    def write(self, value: list[list[Any]], at_once: bool) -> Any:
        self._session[SESSION_KEY] = value
        if at_once:
            try:
                self._session.save()
            except UpdateError:
                raise lost("") from None

    def is_empty(self) -> Any:
        return self._session.is_empty()


class _AsyncSession(_Session):
    async def read(self) -> Any:
        return await self._call("get", SESSION_KEY)

    async def write(self, value: list[list[Any]], at_once: bool) -> None:
        await self._call("set", SESSION_KEY, value)
        if at_once:
            try:
                await self._call("save")
            except UpdateError:
                raise lost("") from None

    async def _call(self, name: str, *arguments: Any) -> Any:
        """Await a method of the session. Django before 5.1 has no asynchronous methods."""
        awaited = getattr(self._session, f"a{name}", None)
        if awaited is None:
            awaited = sync_to_async(getattr(self._session, {"set": "__setitem__"}.get(name, name)))
        return await awaited(*arguments)


class _AwaitedCache:
    def __init__(self, cache: Any) -> None:
        self.get, self.set, self.delete = cache.aget, cache.aset, cache.adelete


def _address(request: Any) -> str:
    return f"?{request.META.get('QUERY_STRING', '')}"


def _authority(request: Any) -> str:
    return str(request.get_host())
