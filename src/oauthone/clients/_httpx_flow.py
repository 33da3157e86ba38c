"""What the clients of httpx and httpx2 are made from: their options, the auth that they hold, and the legs."""

from typing import Any, ClassVar

from oauthone.clients._auth import SigningOptions
from oauthone.clients._dance import AwaitedLegs, Dance, DanceMethods, Settings, WaitingLegs
from oauthone.clients._httpx_sending import asend, send
from oauthone.clients._httpx_signing import OAuth1Auth, without_signature
from oauthone.clients._legs import CHUNK, aread, read, refuse_own_options
from oauthone.core.flow import Leg, Reply


class TwinClient(DanceMethods):
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
        auth = OAuth1Auth(
            client_id,
            client_secret,
            token=token,
            token_secret=token_secret,
            allow_insecure_transport=allow_insecure_transport,
            **signing,
        )
        self._chosen = options.pop("auth", auth)
        super().__init__(**options)
        self._dance = Dance(
            auth,
            token,
            token_secret,
            redirect_uri,
            verifier,
            Settings(require_verifier, require_callback_confirmed, allow_insecure_transport),
        )

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

    def _leg(self, auth: Any, leg: Leg, options: dict[str, Any]) -> dict[str, Any]:
        """The arguments of ``stream()`` for a leg."""
        refuse_own_options(options, "auth", "follow_redirects")
        return {**options, "method": leg.method, "url": leg.url, "auth": auth, "follow_redirects": False}


class SyncTwin(TwinClient, WaitingLegs):
    """The client that waits."""

    def _walk(self, auth: Any, leg: Leg, options: dict[str, Any]) -> Reply:
        with self._as_library.stream(**self._leg(auth, leg, options)) as response:
            return read(leg, response.status_code, response.headers.multi_items(), response.iter_bytes(CHUNK))

    def _send(self, inner: Any, request: Any, stream: bool, auth: Any, follow_redirects: Any) -> Any:
        default = self.library.USE_CLIENT_DEFAULT
        if auth is default:
            auth = self._chosen
        if isinstance(auth, OAuth1Auth):
            follow = self._as_library.follow_redirects if follow_redirects is default else follow_redirects
            return send(self, inner, request, auth, follow, stream)
        return inner(without_signature(request), stream=stream, auth=auth, follow_redirects=follow_redirects)


class AsyncTwin(TwinClient, AwaitedLegs):
    """The client that is awaited; it keeps nothing of an event loop but its connections."""

    async def _walk(self, auth: Any, leg: Leg, options: dict[str, Any]) -> Reply:
        async with self._as_library.stream(**self._leg(auth, leg, options)) as response:
            return await aread(leg, response.status_code, response.headers.multi_items(), response.aiter_bytes(CHUNK))

    async def _send(self, inner: Any, request: Any, stream: bool, auth: Any, follow_redirects: Any) -> Any:
        default = self.library.USE_CLIENT_DEFAULT
        if auth is default:
            auth = self._chosen
        if isinstance(auth, OAuth1Auth):
            follow = self._as_library.follow_redirects if follow_redirects is default else follow_redirects
            return await asend(self, inner, request, auth, follow, stream)
        return await inner(without_signature(request), stream=stream, auth=auth, follow_redirects=follow_redirects)
