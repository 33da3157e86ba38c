"""Logins without a framework: whatever belongs to one browser is the session."""

from collections.abc import Mapping, MutableMapping
from typing import Any, ClassVar

from oauthone.login._app_methods import AsyncApplication, SyncApplication, text_of
from oauthone.login._effects import BrowserSession, MappingSession
from oauthone.login._private_frames import emptied
from oauthone.login._registry import Registry


class StandaloneApp(SyncApplication, AsyncApplication):
    """One provider, for applications that bring their own session."""

    def who(self, request: Any) -> tuple[Any, ...] | None:
        """The arguments for ``fetch_token``: ``request`` where one is given."""
        return () if request is None else (request,)

    def begin(
        self,
        session: MutableMapping[str, Any] | BrowserSession,
        redirect_uri: Any = None,
        *,
        host: str = "",
        **parameters: Any,
    ) -> str:
        """Begin a login.

        Args:
            session: what belongs to this browser alone: a mutable mapping, or a `BrowserSession`.
            redirect_uri: the callback; None says ``oob``, which also stands for one that is registered.
            host: the ``Host`` header of the request, for errors that can name a wrong host.
            parameters: further query parameters for the provider's authorization endpoint.

        Returns:
            The address to send the browser to.

        Raises:
            OAuthError: the provider's answer holds no credentials; or the login could not end.
        """
        return str(self.drive(self.steps_out(session, text_of(redirect_uri), host, parameters), _session(session)))

    def finish(
        self, session: MutableMapping[str, Any] | BrowserSession, query: str, *, host: str = "", **options: Any
    ) -> dict[str, Any]:
        """End a login.

        Args:
            session: what belongs to this browser alone.
            query: the query of the address that the browser came back to, or the whole address.
            host: the ``Host`` header of the request.
            options: options for the request to ``access_token_url``.

        Returns:
            The token and whatever else the provider said.

        Raises:
            AccessDenied: the person refused.
            LoginError: this session cannot end this login; its kinds say why.
            OAuthError: the provider's answer holds no credentials.
        """
        steps = self.steps_back(session, query, host, emptied(options))
        del query  # an error report would show it, and it holds the verifier
        return dict(self.drive(steps, _session(session)))

    async def abegin(
        self,
        session: MutableMapping[str, Any] | BrowserSession,
        redirect_uri: Any = None,
        *,
        host: str = "",
        **parameters: Any,
    ) -> str:
        """`begin`, awaited; the methods of a `BrowserSession` may be coroutine functions."""
        steps = self.steps_out(session, text_of(redirect_uri), host, parameters)
        return str(await self.adrive(steps, _session(session)))

    async def afinish(
        self, session: MutableMapping[str, Any] | BrowserSession, query: str, *, host: str = "", **options: Any
    ) -> dict[str, Any]:
        """`finish`, awaited; the methods of a `BrowserSession` may be coroutine functions."""
        steps = self.steps_back(session, query, host, emptied(options))
        del query
        return dict(await self.adrive(steps, _session(session)))


class OAuth(Registry[StandaloneApp]):
    """Remote applications for programs without one of the known frameworks.

    Args:
        config: options by provider's name, for what `register` is not given.
        options: ``cache``, ``fetch_token``, ``secret_key`` and ``clock``, as `Registry` documents them.
    """

    app_cls: ClassVar[Any] = StandaloneApp

    def __init__(self, config: Mapping[str, Mapping[str, Any]] | None = None, **options: Any) -> None:
        super().__init__(**options)
        self._config = config or {}

    def load_config(self, name: str, options: Any) -> Mapping[str, Any]:
        """What the configuration says about a provider."""
        return self._config.get(name, {})


def _session(given: MutableMapping[str, Any] | BrowserSession) -> BrowserSession:
    return MappingSession(given) if isinstance(given, MutableMapping) else given
