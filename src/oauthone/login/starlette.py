"""Log in with an OAuth 1.0 provider, in Starlette and FastAPI."""

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, ClassVar, cast

from oauthone.errors import OAuthError, missing_library
from oauthone.login._app_methods import AsyncApplication
from oauthone.login._browser_session import MappingSession
from oauthone.login._login_errors import missing_session
from oauthone.login._private_frames import drain
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
    fetch_identity = AsyncApplication.afetch_identity

    async def authorize_redirect(
        self, request: Request, redirect_uri: Any = None, **parameters: Any
    ) -> RedirectResponse:
        """Start a login: return a redirect to the provider.

        Args:
            request: the request.
            redirect_uri: the callback, usually ``request.url_for(…)``; None sends ``oob``, which
                also stands for a callback that is registered.
            parameters: further query parameters for the provider's authorization endpoint.

        Raises:
            LoginError: the login could not finish: there is no session or no secret.
            OAuthError: the provider's response holds no credentials.
            StoreError: the cache failed.
        """
        session = _session(request)
        effects = self.start_login(request, redirect_uri, _authority(request), parameters)
        response = RedirectResponse(await self._arun(effects, session), status_code=302)
        return cast("RedirectResponse", session.add_cookies_to(response))

    async def save_authorize_data(
        self,
        request: Request,
        *,
        request_token: Mapping[str, Any],
        redirect_uri: Any = None,
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
        await self._arun(effects, _session(request))

    async def authorize_access_token(self, request: Request, **options: Any) -> dict[str, Any]:
        """Finish a login, in the endpoint of the callback.

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
        return dict(await self._arun(effects, _session(request)))


class OAuth(Registry[StarletteOAuth1App]):
    """The remote applications of a Starlette or FastAPI application.

    Settings named ``{NAME}_CLIENT_ID``, ``{NAME}_CLIENT_SECRET`` and so on fill in options that `register` lacks.

    Args:
        config: a ``starlette.config.Config``, or a mapping.
        cache: stores pending logins, awaited or not; without one they are stored in the session, encrypted. See
            `oauthone.login.Cache`.
        fetch_token: ``fetch_token(name, request)`` returns the current user's token, as a dict, or None; it
            may be a coroutine function.
        secret_key: the secret for the encryption; by default the one that ``SessionMiddleware`` was added with.
        options: ``clock``, which returns the seconds since 1970.
    """

    app_cls: ClassVar[Any] = StarletteOAuth1App
    secret_hint: ClassVar[str] = "add SessionMiddleware to the application whose endpoint this is, or "

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

    def framework_secrets(self, request: Any) -> Iterable[Any]:
        """The secrets that ``SessionMiddleware`` was added with."""
        for added in _session_middleware(request):
            yield added.kwargs.get("secret_key") or next(iter(added.args), None)

    def load_config(self, name: str, options: Iterable[str]) -> Mapping[str, Any]:
        """The settings that begin with the provider's name."""
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
    return MappingSession(request.scope["session"], request.cookies, secure=is_secure)


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
