"""Log in with an OAuth 1.0 provider, in Starlette and FastAPI."""

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, ClassVar, cast

from oauthone.errors import OAuthError, missing_library
from oauthone.login._app_methods import AsyncApplication, text_of
from oauthone.login._effects import MappingSession
from oauthone.login._login_cookies import LoginCookies
from oauthone.login._login_errors import missing_session
from oauthone.login._private_frames import emptied
from oauthone.login._registry import Cache, Registry

try:
    from starlette.requests import Request
    from starlette.responses import RedirectResponse
except ModuleNotFoundError as missing:
    raise missing_library((missing.name or "starlette").partition(".")[0], "starlette") from missing

__all__ = ["OAuth", "OAuthError", "StarletteOAuth1App"]


class StarletteOAuth1App(AsyncApplication):
    """One provider in a Starlette or FastAPI application. `OAuth.register` makes it."""

    create_authorization_url = AsyncApplication.acreate_authorization_url
    request = AsyncApplication.arequest
    get = AsyncApplication.aget
    post = AsyncApplication.apost
    put = AsyncApplication.aput
    patch = AsyncApplication.apatch
    delete = AsyncApplication.adelete

    async def authorize_redirect(
        self, request: Request, redirect_uri: Any = None, **parameters: Any
    ) -> RedirectResponse:
        """Begin a login: the response that sends the browser to the provider.

        Args:
            request: the request.
            redirect_uri: the callback, mostly ``request.url_for(…)``; None says ``oob``, which also stands for one
                that is registered.
            parameters: further query parameters for the provider's authorization endpoint.

        Raises:
            LoginError: the login could not end: no session, no secret, or another host.
            OAuthError: the provider's answer holds no credentials.
            StoreError: the cache does not answer.
        """
        waiting = _session(request)
        steps = self.steps_out(request, text_of(redirect_uri), _authority(request), parameters)
        response = RedirectResponse(await self.adrive(steps, waiting), status_code=302)
        return cast("RedirectResponse", waiting.put_cookies_into(response))

    async def save_authorize_data(
        self,
        request: Request,
        *,
        request_token: Mapping[str, Any],
        redirect_uri: Any = None,
        state: Any = None,
        url: Any = None,
    ) -> None:
        """Keep what `create_authorization_url` returned, where the redirect is your own.

        Args:
            request: the request.
            request_token: the temporary credentials.
            redirect_uri: the callback.
            state: taken so that ``**create_authorization_url()`` can be passed on.
            url: the same.
        """
        steps = self.steps_to_keep(request, request_token, text_of(redirect_uri), _authority(request))
        del request_token
        await self.adrive(steps, _session(request))

    async def authorize_access_token(self, request: Request, **options: Any) -> dict[str, Any]:
        """End a login, in the endpoint of the callback.

        Args:
            request: the request.
            options: options for the request to ``access_token_url``.

        Returns:
            The token and whatever else the provider said.

        Raises:
            AccessDenied: the person refused.
            LoginError: this browser's session cannot end this login; its kinds say why.
            OAuthError: the provider's answer holds no credentials.
            StoreError: the cache does not answer.
        """
        steps = self.steps_back(request, _address(request), _authority(request), emptied(options))
        return dict(await self.adrive(steps, _session(request)))


class OAuth(Registry[StarletteOAuth1App]):
    """The remote applications of a Starlette or FastAPI application.

    Settings named ``{NAME}_CLIENT_ID``, ``{NAME}_CLIENT_SECRET`` and so on fill in what `register` is not given.

    Args:
        config: a ``starlette.config.Config``, or a mapping.
        cache: where logins wait, awaited or not; without one they wait in the session, encrypted. See
            `oauthone.login.Cache`.
        fetch_token: ``fetch_token(name, request)`` returns the token of whoever is logged in, as a dict, or None; it
            may be a coroutine function.
        secret_key: what to encrypt with; by default the one that ``SessionMiddleware`` was added with.
        options: ``clock``, which returns the seconds since 1970.
    """

    app_cls: ClassVar[Any] = StarletteOAuth1App
    where_secrets_are: ClassVar[str] = "add SessionMiddleware to the application whose endpoint this is, or "

    def __init__(
        self,
        config: Any = None,
        *,
        cache: Cache | None = None,
        fetch_token: Callable[..., Any] | None = None,
        secret_key: Any = None,
        **options: Any,
    ) -> None:
        super().__init__(cache=cache, fetch_token=fetch_token, secret_key=secret_key, **options)
        self.config = config

    def find_secrets(self, request: Any) -> Iterable[Any]:
        """What ``SessionMiddleware`` signs with, where the application says so."""
        for added in _session_middleware(request):
            yield added.kwargs.get("secret_key") or next(iter(added.args), None)

    def load_config(self, name: str, options: Iterable[str]) -> Mapping[str, Any]:
        """The settings that are named after the provider."""
        if self.config is None:
            return {}
        names = {option: f"{name}_{option}".upper() for option in options}
        is_mapping = isinstance(cast("object", self.config), Mapping)
        absent: dict[str, Any] = {} if is_mapping else {"default": None}
        return {option: self.config.get(key, **absent) for option, key in names.items()}


def _session(request: Request) -> MappingSession:
    if "session" not in request.scope:
        raise missing_session("there is no session: add SessionMiddleware (starlette.middleware.sessions)")
    is_secure = request.scope.get("scheme") in ("https", "wss") or _is_session_secure(request)
    return MappingSession(request.scope["session"], LoginCookies(request.cookies, secure=is_secure))


def _is_session_secure(request: Request) -> bool:
    """Whether the session's cookie is marked Secure: ``https_only`` is the sixth argument."""
    given = [added.kwargs.get("https_only", any(added.args[5:6])) for added in _session_middleware(request)]
    return any(given)


def _session_middleware(request: Any) -> Iterator[Any]:
    """How ``SessionMiddleware`` was added to the application whose endpoint this is."""
    sessions = sys.modules.get("starlette.middleware.sessions")
    for added in getattr(request.scope.get("app"), "user_middleware", ()):
        if sessions is not None and isinstance(added.cls, type) and issubclass(added.cls, sessions.SessionMiddleware):
            yield added


def _address(request: Request) -> str:
    return f"?{request.scope['query_string'].decode('latin-1')}"


def _authority(request: Request) -> str:
    return request.headers.get("host", "")
