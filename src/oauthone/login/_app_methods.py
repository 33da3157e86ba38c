"""The methods of remote applications that frameworks share, synchronous and asynchronous."""

from collections.abc import Generator, Mapping
from typing import TYPE_CHECKING, Any

from oauthone.core.drive import arun, run
from oauthone.login._browser_session import BrowserSession
from oauthone.login._effects import Effect, FetchIdentity
from oauthone.login._handlers import AsyncEffectHandler, EffectHandler
from oauthone.login._private_frames import clear_locals, drain
from oauthone.login._remote_app import RemoteApplication

if TYPE_CHECKING:
    from oauthone.providers import Account


class _Application(RemoteApplication):
    """What both kinds of application share."""

    def _fetch_token_args(self, request: Any) -> tuple[Any, ...] | None:
        """The arguments for ``fetch_token``; None if they are unknown."""
        return None if request is None else (request,)

    def ask_identity(
        self, token: Mapping[str, Any] | None, fetch_token_args: tuple[Any, ...] | None
    ) -> Generator[Effect, Any, Any]:
        """Ask whose account a token is for; the arguments are those of `send_request`."""
        settings = self.settings
        return (yield FetchIdentity(settings, (yield from self.signing_token(settings, token, fetch_token_args))))


class SyncApplication(_Application):
    """A remote application with synchronous methods."""

    def _run(self, effects: Generator[Effect, Any, Any], session: BrowserSession | None = None) -> Any:
        """Run ``effects`` to its end. If that fails, the error leaves without the values of local variables."""
        handler = EffectHandler((self.client_cls,), session, self._registry.cache, self.takes_silent_deletes)
        try:
            return run(effects, handler)
        except Exception as error:
            clear_locals(error)
            raise

    def create_authorization_url(self, redirect_uri: str | None = None, **parameters: Any) -> dict[str, Any]:
        """Get temporary credentials, and the address to redirect the browser to.

        Args:
            redirect_uri: the callback; None sends ``oob``, which also stands for a callback that is registered.
            parameters: further query parameters for the provider's authorization endpoint.

        Returns:
            ``url``, ``request_token`` and ``state``: pass all of them to ``save_authorize_data``.

        Raises:
            OAuthError: the provider's response holds no credentials.
        """
        return dict(self._run(self.create_authorization(redirect_uri, parameters)))

    def request(
        self, method: str, url: str, *, token: Mapping[str, Any] | None = None, request: Any = None, **options: Any
    ) -> Any:
        """Send a signed request.

        Args:
            method: the request method.
            url: absolute, or relative to ``api_base_url``.
            token: the token to sign with; by default the one that ``fetch_token`` returns.
            request: the framework's request, for ``fetch_token``.
            options: options of the HTTP library.

        Returns:
            The HTTP library's response.

        Raises:
            OAuthError: there is no token.
            ConfigurationError: the URL is relative and cannot be resolved.
        """
        effects = self.send_request(method, url, token, self._fetch_token_args(request), drain(options))
        del token  # an error report shows the variables of this frame, which still runs
        return self._run(effects)

    def fetch_identity(self, token: Mapping[str, Any] | None = None, *, request: Any = None) -> "Account":
        """Ask the provider whose account a token is for. `register` needs a ``provider`` for that.

        Args:
            token: the token; by default the one that ``fetch_token`` returns.
            request: the framework's request, for ``fetch_token``.

        Returns:
            The account's ``id``, a ``name`` to show, and all ``data`` that the provider answered.

        Raises:
            ConfigurationError: there is no provider, or nothing is known of an account there.
            OAuthError: there is no token, or the answer names no account.
        """
        effects = self.ask_identity(token, self._fetch_token_args(request))
        del token  # an error report shows the variables of this frame, which still runs
        account: Account = self._run(effects)
        return account

    def get(self, url: str, **options: Any) -> Any:
        """`request` with GET."""
        return self.request("GET", url, **drain(options))

    def post(self, url: str, **options: Any) -> Any:
        """`request` with POST."""
        return self.request("POST", url, **drain(options))

    def put(self, url: str, **options: Any) -> Any:
        """`request` with PUT."""
        return self.request("PUT", url, **drain(options))

    def patch(self, url: str, **options: Any) -> Any:
        """`request` with PATCH."""
        return self.request("PATCH", url, **drain(options))

    def delete(self, url: str, **options: Any) -> Any:
        """`request` with DELETE."""
        return self.request("DELETE", url, **drain(options))


class AsyncApplication(_Application):
    """A remote application with asynchronous methods; each has the name of the synchronous one, after an ``a``."""

    #: The class of the HTTP client if ``client_cls`` is not asynchronous.
    async_client_cls: Any = None

    async def _arun(self, effects: Generator[Effect, Any, Any], session: BrowserSession | None = None) -> Any:
        """Run ``effects`` to its end. If that fails, the error leaves without the values of local variables."""
        classes = (self.client_cls, self.async_client_cls)
        handler = AsyncEffectHandler(classes, session, self._async_cache(), self.takes_silent_deletes)
        try:
            return await arun(effects, handler)
        except Exception as error:
            clear_locals(error)
            raise

    def _async_cache(self) -> Any:
        """The cache with methods that may be awaited."""
        return self._registry.cache

    async def acreate_authorization_url(self, redirect_uri: Any = None, **parameters: Any) -> dict[str, Any]:
        """Get temporary credentials, and the address to redirect the browser to.

        Args:
            redirect_uri: the callback; None sends ``oob``, which also stands for a callback that is registered.
            parameters: further query parameters for the provider's authorization endpoint.

        Returns:
            ``url``, ``request_token`` and ``state``: pass all of them to ``asave_authorize_data``.

        Raises:
            OAuthError: the provider's response holds no credentials.
        """
        return dict(await self._arun(self.create_authorization(redirect_uri, parameters)))

    async def arequest(
        self, method: str, url: str, *, token: Mapping[str, Any] | None = None, request: Any = None, **options: Any
    ) -> Any:
        """Send a signed request.

        Args:
            method: the request method.
            url: absolute, or relative to ``api_base_url``.
            token: the token to sign with; by default the one that ``fetch_token`` returns.
            request: the framework's request, for ``fetch_token``.
            options: options of the HTTP library.

        Returns:
            The HTTP library's response.

        Raises:
            OAuthError: there is no token.
            ConfigurationError: the URL is relative and cannot be resolved.
        """
        effects = self.send_request(method, url, token, self._fetch_token_args(request), drain(options))
        del token  # an error report shows the variables of this frame, which still runs
        return await self._arun(effects)

    async def afetch_identity(self, token: Mapping[str, Any] | None = None, *, request: Any = None) -> "Account":
        """Ask the provider whose account a token is for. `register` needs a ``provider`` for that.

        Args:
            token: the token; by default the one that ``fetch_token`` returns.
            request: the framework's request, for ``fetch_token``.

        Returns:
            The account's ``id``, a ``name`` to show, and all ``data`` that the provider answered.

        Raises:
            ConfigurationError: there is no provider, or nothing is known of an account there.
            OAuthError: there is no token, or the answer names no account.
        """
        effects = self.ask_identity(token, self._fetch_token_args(request))
        del token  # an error report shows the variables of this frame, which still runs
        account: Account = await self._arun(effects)
        return account

    async def aget(self, url: str, **options: Any) -> Any:
        """`arequest` with GET."""
        return await self.arequest("GET", url, **drain(options))

    async def apost(self, url: str, **options: Any) -> Any:
        """`arequest` with POST."""
        return await self.arequest("POST", url, **drain(options))

    async def aput(self, url: str, **options: Any) -> Any:
        """`arequest` with PUT."""
        return await self.arequest("PUT", url, **drain(options))

    async def apatch(self, url: str, **options: Any) -> Any:
        """`arequest` with PATCH."""
        return await self.arequest("PATCH", url, **drain(options))

    async def adelete(self, url: str, **options: Any) -> Any:
        """`arequest` with DELETE."""
        return await self.arequest("DELETE", url, **drain(options))
