"""Logins without a framework: the application passes the browser's session itself."""

from collections.abc import Mapping, MutableMapping
from typing import Any, ClassVar

from oauthone.login._app_methods import AsyncApplication, SyncApplication
from oauthone.login._browser_session import BrowserSession, MappingSession
from oauthone.login._private_frames import drain
from oauthone.login._registry import Registry


class StandaloneApp(SyncApplication, AsyncApplication):
    """One provider, for applications that pass their own session."""

    def _fetch_token_args(self, request: Any) -> tuple[Any, ...] | None:
        """The arguments for ``fetch_token``: ``request``, if the caller passed it."""
        return () if request is None else (request,)

    def begin(
        self,
        session: MutableMapping[str, Any] | BrowserSession,
        redirect_uri: Any = None,
        *,
        host: str = "",
        **parameters: Any,
    ) -> str:
        """Start a login.

        Args:
            session: the session of this browser: a mutable mapping, or a `BrowserSession`.
            redirect_uri: the callback; None sends ``oob``, which also stands for a callback that is registered.
            host: the ``Host`` header of the request, for errors that name a wrong host.
            parameters: further query parameters for the provider's authorization endpoint.

        Returns:
            The address to send the browser to.

        Raises:
            OAuthError: the provider's response holds no credentials, or the login could not finish.
        """
        return str(self._run(self.start_login(session, redirect_uri, host, parameters), _session(session)))

    def finish(
        self, session: MutableMapping[str, Any] | BrowserSession, query: str, *, host: str = "", **options: Any
    ) -> dict[str, Any]:
        """Finish a login.

        Args:
            session: the session of this browser.
            query: the query of the address that the browser came back to, or the whole address.
            host: the ``Host`` header of the request.
            options: options for the request to ``access_token_url``.

        Returns:
            The token, with all other fields of the provider's response.

        Raises:
            AccessDenied: the user denied access.
            LoginError: this session cannot finish this login; the subclass says why.
            OAuthError: the provider's response holds no credentials.
        """
        effects = self.finish_login(session, query, host, drain(options))
        del query  # an error report would show it, and it holds the verifier
        return dict(self._run(effects, _session(session)))

    async def abegin(
        self,
        session: MutableMapping[str, Any] | BrowserSession,
        redirect_uri: Any = None,
        *,
        host: str = "",
        **parameters: Any,
    ) -> str:
        """`begin`, awaited; the methods of a `BrowserSession` may be coroutine functions."""
        effects = self.start_login(session, redirect_uri, host, parameters)
        return str(await self._arun(effects, _session(session)))

    async def afinish(
        self, session: MutableMapping[str, Any] | BrowserSession, query: str, *, host: str = "", **options: Any
    ) -> dict[str, Any]:
        """`finish`, awaited; the methods of a `BrowserSession` may be coroutine functions."""
        effects = self.finish_login(session, query, host, drain(options))
        del query  # an error report would show it, and it holds the verifier
        return dict(await self._arun(effects, _session(session)))


class OAuth(Registry[StandaloneApp]):
    """Remote applications for programs without one of the supported frameworks.

    Args:
        config: options by provider's name, which fill in options that `register` lacks.
        options: ``cache``, ``fetch_token``, ``secret_key`` and ``clock``, as `Registry` documents them.
    """

    app_cls: ClassVar[Any] = StandaloneApp

    def __init__(self, config: Mapping[str, Mapping[str, Any]] | None = None, **options: Any) -> None:
        super().__init__(**options)
        self._config = config or {}

    def load_config(self, name: str, options: Any) -> Mapping[str, Any]:
        """The options of a provider in the configuration."""
        return self._config.get(name, {})


def _session(given: MutableMapping[str, Any] | BrowserSession) -> BrowserSession:
    return MappingSession(given) if isinstance(given, MutableMapping) else given
