"""What the clients of httpx and httpx2 are made from: their options, the auth that they hold, and the legs."""

from collections.abc import AsyncIterator
from contextlib import closing
from time import monotonic
from typing import Any, ClassVar

from oauthone.clients._auth import SigningOptions
from oauthone.clients._flow import AsyncFlowMixin, FlowMethods, SyncFlowMixin
from oauthone.clients._flow_state import FlowSettings, FlowState
from oauthone.clients._httpx_sending import asend, send
from oauthone.clients._httpx_signing import OAuth1Auth, without_signature
from oauthone.clients._legs import IDENTITY, TimeLeft, aread, is_success, read, refuse_own_options, total_time
from oauthone.core.flow import Leg, Reply


class TwinClient(FlowMethods):
    """What sync and async clients share."""

    #: httpx or httpx2.
    library: ClassVar[Any]

    def __init__(
        self,
        client_id: str,
        client_secret: str | None = None,
        *,
        token: str | None = None,
        token_secret: str | None = None,
        redirect_uri: str | None = None,
        verifier: str | None = None,
        require_verifier: bool = True,
        require_callback_confirmed: bool = True,
        allow_insecure_transport: bool = False,
        **options: Any,
    ) -> None:
        signing = {name: options.pop(name) for name in SigningOptions.__annotations__ if name in options}
        self._flow_state = FlowState.create(
            OAuth1Auth,
            client_id,
            client_secret,
            token=token,
            token_secret=token_secret,
            redirect_uri=redirect_uri,
            verifier=verifier,
            settings=FlowSettings(require_verifier, require_callback_confirmed, allow_insecure_transport),
            **signing,
        )
        self._chosen = options.pop("auth", self._flow_state.auth)
        super().__init__(**options)

    @property
    def auth(self) -> Any:
        """What signs each request that names no auth of its own; None sends them unsigned."""
        return self._chosen

    @auth.setter
    def auth(self, auth: Any) -> None:
        self._chosen = auth

    @property
    def _as_library(self) -> Any:
        """This client as the one of the library that it derives from, whichever that is."""
        return self

    def _endpoint(self, url: str) -> str:
        """The URL of an endpoint; a relative one is appended to ``base_url``, as the library does it."""
        given = self.library.URL(url)
        if given.is_relative_url:
            start = self._as_library.base_url
            given = start.copy_with(raw_path=start.raw_path + given.raw_path.lstrip(b"/"))
        return str(given)

    def _alone(self, keep: Any) -> Any:
        """This client for one leg: its connections and settings are shared, its cookies neither sent nor added to.

        Args:
            keep: sees each response before the client's own hooks do.
        """
        client: Any = self._as_library
        alone: Any = object.__new__(client.__class__)
        alone.__dict__.update(client.__dict__)
        alone.cookies = {}
        alone.headers = client.headers
        alone.headers["Accept-Encoding"] = IDENTITY
        alone.event_hooks = {**client.event_hooks, "response": [keep, *client.event_hooks["response"]]}
        return alone

    def _leg(self, auth: Any, leg: Leg, options: dict[str, Any]) -> dict[str, Any]:
        """The arguments of ``stream()`` for a leg."""
        refuse_own_options(options, "auth", "follow_redirects")
        return {
            "timeout": self._as_library.timeout,
            **options,
            "method": leg.method,
            "url": leg.url,
            "auth": auth,
            "follow_redirects": False,
        }

    def _too_late(self) -> Exception:
        error: Exception = self.library.ReadTimeout(
            "the provider did not answer completely within the time limit of a request for credentials"
        )
        return error


class SyncTwin(TwinClient, SyncFlowMixin):
    """The client that waits."""

    def _send_leg(self, auth: Any, leg: Leg, options: dict[str, Any]) -> Reply:
        replies: list[Reply] = []

        def keep(response: Any) -> None:
            is_read = response.is_stream_consumed
            chunks = [response.content] if is_read else response.iter_raw()
            with closing(response):
                replies.append(read(leg, response.status_code, response.headers.multi_items(), chunks, is_read))
            _show_to_hooks(response, replies[-1])

        settings = self._leg(auth, leg, options)
        try:
            with self._alone(keep).stream(**{**settings, "timeout": self._limited(settings["timeout"])}):
                pass
        except self.library.HTTPError:
            if not replies or is_success(replies[-1]):
                raise
        return replies[-1]

    def _limited(self, timeout: Any) -> Any:
        """The library's timeout with a limit for the whole leg."""
        total = total_time(timeout)
        if total is None:
            return None
        waits = self.library.Timeout(timeout)
        connect, read, write, pool = (
            total if wait is None else wait for wait in (waits.connect, waits.read, waits.write, waits.pool)
        )
        end = monotonic() + total
        return self.library.Timeout(
            connect=TimeLeft(end, connect), read=TimeLeft(end, read), write=TimeLeft(end, write), pool=pool
        )

    def _send(self, inner: Any, request: Any, stream: bool, auth: Any, follow_redirects: Any) -> Any:
        default = self.library.USE_CLIENT_DEFAULT
        if auth is default:
            auth = self._chosen
        if isinstance(auth, OAuth1Auth):
            follow = self._as_library.follow_redirects if follow_redirects is default else follow_redirects
            return send(self, inner, request, auth, follow, stream)
        return inner(without_signature(request), stream=stream, auth=auth, follow_redirects=follow_redirects)


class AsyncTwin(TwinClient, AsyncFlowMixin):
    """The client that is awaited; it keeps nothing of an event loop but its connections."""

    async def _send_leg(self, auth: Any, leg: Leg, options: dict[str, Any]) -> Reply:
        import anyio

        replies: list[Reply] = []

        async def keep(response: Any) -> None:
            is_read = response.is_stream_consumed
            chunks = _one(response.content) if is_read else response.aiter_raw()
            try:
                headers = response.headers.multi_items()
                replies.append(await aread(leg, response.status_code, headers, chunks, is_read))
            finally:
                await response.aclose()
            _show_to_hooks(response, replies[-1])

        settings = self._leg(auth, leg, options)
        try:
            with anyio.fail_after(total_time(settings["timeout"])):
                async with self._alone(keep).stream(**settings):
                    pass
        except TimeoutError as late:
            raise self._too_late() from late
        except self.library.HTTPError:
            if not replies or is_success(replies[-1]):
                raise
        return replies[-1]

    async def _send(self, inner: Any, request: Any, stream: bool, auth: Any, follow_redirects: Any) -> Any:
        default = self.library.USE_CLIENT_DEFAULT
        if auth is default:
            auth = self._chosen
        if isinstance(auth, OAuth1Auth):
            follow = self._as_library.follow_redirects if follow_redirects is default else follow_redirects
            return await asend(self, inner, request, auth, follow, stream)
        return await inner(without_signature(request), stream=stream, auth=auth, follow_redirects=follow_redirects)


async def _one(body: bytes) -> AsyncIterator[bytes]:
    """A body that was read before, decoded."""
    yield body


def _show_to_hooks(response: Any, reply: Reply) -> None:
    """Give the hooks that follow the body that was read; the rest is not to be had."""
    vars(response)["_content"] = reply.body
