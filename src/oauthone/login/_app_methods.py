"""The methods of remote applications that each framework shares: those that await nothing, and those that do."""

from collections.abc import Generator, Mapping
from importlib import import_module
from typing import Any

from oauthone.core.drive import arun, run
from oauthone.errors import missing_library
from oauthone.login._effects import AsyncEffectHandler, BrowserSession, EffectHandler, Question
from oauthone.login._private_frames import clear_locals, emptied
from oauthone.login._remote_app import RemoteApplication


class SyncApplication(RemoteApplication):
    """A remote application whose methods await nothing."""

    def drive(self, steps: Generator[Question, Any, Any], session: BrowserSession | None = None) -> Any:
        """Run steps to their end. An error leaves without what local variables held."""
        chosen = self._chosen_client_cls()
        client_cls = chosen if _can(chosen, "__enter__") else requests_client()
        world = EffectHandler(self._maker_of(client_cls), session, self._registry.cache, self.takes_silent_deletes)
        try:
            return run(steps, world)
        except Exception as error:
            clear_locals(error)
            raise

    def who(self, request: Any) -> tuple[Any, ...] | None:
        """The arguments for ``fetch_token``; None where they are not known."""
        return None if request is None else (request,)

    def create_authorization_url(self, redirect_uri: str | None = None, **parameters: Any) -> dict[str, Any]:
        """Get temporary credentials, and the address that the browser has to visit.

        Args:
            redirect_uri: the callback; None says ``oob``, which also stands for one that is registered.
            parameters: further query parameters for the provider's authorization endpoint.

        Returns:
            ``url``, ``request_token`` and ``state``: pass them all to ``save_authorize_data``.

        Raises:
            OAuthError: the provider's answer holds no credentials.
        """
        return dict(self.drive(self.steps_to_url(text_of(redirect_uri), parameters)))

    def request(
        self, method: str, url: str, *, token: Mapping[str, Any] | None = None, request: Any = None, **options: Any
    ) -> Any:
        """Send a signed request.

        Args:
            method: the request method.
            url: absolute, or relative to ``api_base_url``.
            token: the token to sign with; by default what ``fetch_token`` finds.
            request: the framework's request, for ``fetch_token``.
            options: what the HTTP library takes.

        Returns:
            The HTTP library's response.

        Raises:
            OAuthError: there is no token.
            ConfigurationError: a relative address that cannot be resolved.
        """
        steps = self.steps_to_answer(method, url, token, self.who(request), emptied(options))
        del token
        return self.drive(steps)

    def get(self, url: str, **options: Any) -> Any:
        """`request` with GET."""
        return self.request("GET", url, **emptied(options))

    def post(self, url: str, **options: Any) -> Any:
        """`request` with POST."""
        return self.request("POST", url, **emptied(options))

    def put(self, url: str, **options: Any) -> Any:
        """`request` with PUT."""
        return self.request("PUT", url, **emptied(options))

    def patch(self, url: str, **options: Any) -> Any:
        """`request` with PATCH."""
        return self.request("PATCH", url, **emptied(options))

    def delete(self, url: str, **options: Any) -> Any:
        """`request` with DELETE."""
        return self.request("DELETE", url, **emptied(options))


class AsyncApplication(RemoteApplication):
    """A remote application whose methods are awaited; each is named like its twin, with an ``a`` in front."""

    #: The class of the HTTP client, where ``client_cls`` is not one whose methods are awaited.
    async_client_cls: Any = None

    async def adrive(self, steps: Generator[Question, Any, Any], session: BrowserSession | None = None) -> Any:
        """Run steps to their end. An error leaves without what local variables held."""
        suitable = [one for one in (self._chosen_client_cls(), self.async_client_cls) if _can(one, "__aenter__")]
        client_cls = suitable[0] if suitable else httpx_client()
        world = AsyncEffectHandler(self._maker_of(client_cls), session, self.async_cache(), self.takes_silent_deletes)
        try:
            return await arun(steps, world)
        except Exception as error:
            clear_locals(error)
            raise

    def async_cache(self) -> Any:
        """The cache as it is to be awaited."""
        return self._registry.cache

    async def acreate_authorization_url(self, redirect_uri: Any = None, **parameters: Any) -> dict[str, Any]:
        """Get temporary credentials, and the address that the browser has to visit.

        Args:
            redirect_uri: the callback; None says ``oob``, which also stands for one that is registered.
            parameters: further query parameters for the provider's authorization endpoint.

        Returns:
            ``url``, ``request_token`` and ``state``: pass them all to ``asave_authorize_data``.

        Raises:
            OAuthError: the provider's answer holds no credentials.
        """
        return dict(await self.adrive(self.steps_to_url(text_of(redirect_uri), parameters)))

    async def arequest(
        self, method: str, url: str, *, token: Mapping[str, Any] | None = None, request: Any = None, **options: Any
    ) -> Any:
        """Send a signed request.

        Args:
            method: the request method.
            url: absolute, or relative to ``api_base_url``.
            token: the token to sign with; by default what ``fetch_token`` finds.
            request: the framework's request, for ``fetch_token``.
            options: what the HTTP library takes.

        Returns:
            The HTTP library's response.

        Raises:
            OAuthError: there is no token.
            ConfigurationError: a relative address that cannot be resolved.
        """
        who = None if request is None else (request,)
        steps = self.steps_to_answer(method, url, token, who, emptied(options))
        del token
        return await self.adrive(steps)

    async def aget(self, url: str, **options: Any) -> Any:
        """`arequest` with GET."""
        return await self.arequest("GET", url, **emptied(options))

    async def apost(self, url: str, **options: Any) -> Any:
        """`arequest` with POST."""
        return await self.arequest("POST", url, **emptied(options))

    async def aput(self, url: str, **options: Any) -> Any:
        """`arequest` with PUT."""
        return await self.arequest("PUT", url, **emptied(options))

    async def apatch(self, url: str, **options: Any) -> Any:
        """`arequest` with PATCH."""
        return await self.arequest("PATCH", url, **emptied(options))

    async def adelete(self, url: str, **options: Any) -> Any:
        """`arequest` with DELETE."""
        return await self.arequest("DELETE", url, **emptied(options))


def text_of(redirect_uri: Any) -> str | None:
    """A callback as text; frameworks have URL objects of their own."""
    return None if redirect_uri is None else str(redirect_uri)


def _can(client_cls: Any, method: str) -> bool:
    """Whether this makes clients of the wanted kind; of what is no class, one has to believe it."""
    return client_cls is not None and (hasattr(client_cls, method) or not isinstance(client_cls, type))


def requests_client() -> Any:
    """The session of requests."""
    from oauthone.clients.requests import OAuth1Session

    return OAuth1Session


def httpx_client() -> Any:
    """httpx2's client, or httpx's where only that is installed."""
    for name in ("httpx2", "httpx"):
        try:
            return import_module(f"oauthone.clients.{name}").AsyncOAuth1Client
        except ModuleNotFoundError as missing:
            if missing.name not in ("httpx2", "httpx"):
                raise
    raise missing_library("httpx2", "httpx2")
