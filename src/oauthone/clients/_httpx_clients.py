"""The mixins of the clients for httpx and httpx2: their options, their auth, and the legs of the flow."""

from collections.abc import Callable
from contextlib import closing
from time import monotonic
from typing import TYPE_CHECKING, Any, ClassVar

from oauthone.clients._diagnosis import DiagnosisMethods, read_httpx, sent_by_httpx
from oauthone.clients._flow import AsyncFlowMixin, SyncFlowMixin
from oauthone.clients._flow_methods import FlowMethods
from oauthone.clients._flow_options import FlowSettings
from oauthone.clients._flow_state import FlowState
from oauthone.clients._httpx_sending import asend, send
from oauthone.clients._httpx_signing import OAuth1Auth, without_signature
from oauthone.clients._legs import (
    IDENTITY,
    LEG_TIMEOUT,
    TOO_LATE,
    TimeLeft,
    aread,
    is_success,
    read,
    refuse_own_options,
    reply_of,
    total_time,
)
from oauthone.core.flow import Leg, Reply
from oauthone.core.signature import SignatureMethod
from oauthone.core.signing import random_nonce, system_clock
from oauthone.core.signing_options import BodyHash, SignatureMethodName, SignatureType, TokenArgument

if TYPE_CHECKING:
    from oauthone.core.rsa import RsaKey
    from oauthone.core.rsa_loading import RsaMaterial
    from oauthone.providers import Provider


class ClientMixin(FlowMethods, DiagnosisMethods):
    """The options, the auth and the legs that synchronous and asynchronous clients share."""

    _read_exchange = staticmethod(read_httpx)

    #: httpx or httpx2.
    _library: ClassVar[Any]

    def __init__(
        self,
        client_id: str,
        client_secret: str | None = None,
        *,
        token: TokenArgument = None,
        token_secret: str | None = None,
        redirect_uri: str | None = None,
        verifier: str | None = None,
        signature_method: SignatureMethodName | SignatureMethod | None = None,
        signature_type: SignatureType | None = None,
        realm: str | None = None,
        rsa_key: "RsaMaterial | RsaKey | None" = None,
        body_hash: BodyHash | None = None,
        force_include_body: bool = False,
        version: str | None = "1.0",
        clock: Callable[[], float] = system_clock,
        nonce: Callable[[], str] = random_nonce,
        provider: "str | Provider | None" = None,
        require_verifier: bool | None = None,
        require_callback_confirmed: bool | None = None,
        allow_insecure_transport: bool = False,
        **options: Any,
    ) -> None:
        self._flow_state = FlowState(
            OAuth1Auth,
            client_id,
            client_secret,
            token=token,
            token_secret=token_secret,
            redirect_uri=redirect_uri,
            verifier=verifier,
            settings=FlowSettings(require_verifier, require_callback_confirmed, allow_insecure_transport),
            signature_method=signature_method,
            signature_type=signature_type,
            realm=realm,
            rsa_key=rsa_key,
            body_hash=body_hash,
            force_include_body=force_include_body,
            version=version,
            clock=clock,
            nonce=nonce,
            provider=provider,
        )
        self._client_auth = options.pop("auth", self._flow_state.auth)
        super().__init__(**options)

    @property
    def auth(self) -> Any:
        """The auth of each request that passes no ``auth=``; None sends those requests unsigned."""
        return self._client_auth

    @auth.setter
    def auth(self, auth: Any) -> None:
        self._client_auth = auth

    @property
    def _as_library(self) -> Any:
        """This client, as the class of the library that it derives from; a type checker does not know which."""
        return self

    def _endpoint(self, url: str) -> str:
        """Return the URL of an endpoint; a relative one is appended to ``base_url``, as the library does it."""
        if (absolute := str(url)).startswith(("https://", "http://")):
            return absolute  # the library parses it when it makes the request
        given = self._library.URL(url)
        if given.is_relative_url:
            start = self._as_library.base_url
            given = start.copy_with(raw_path=start.raw_path + given.raw_path.lstrip(b"/"))
        return str(given)

    def _send_probe(self, auth: Any, url: str) -> Any:
        """Send a GET that ``auth`` signs, without cookies and redirects."""
        return self._leg_client().get(url, auth=auth, follow_redirects=False, timeout=LEG_TIMEOUT)

    def _leg_client(self, *read_reply: Any) -> Any:
        """Return a copy for one leg, which shares connections and settings, and neither sends nor stores cookies.

        Args:
            read_reply: a response hook that runs before the client's own hooks.
        """
        client: Any = self._as_library
        copied: Any = object.__new__(client.__class__)
        copied.__dict__.update(client.__dict__)
        copied.cookies = {}
        copied.event_hooks = {**client.event_hooks, "response": [*read_reply, *client.event_hooks["response"]]}
        return copied

    def _leg_options(self, auth: Any, leg: Leg, options: dict[str, Any]) -> dict[str, Any]:
        """Return the arguments of ``stream()`` for a leg."""
        refuse_own_options(options, "auth", "follow_redirects")
        headers = self._library.Headers(options.get("headers"))
        headers.setdefault("Accept-Encoding", IDENTITY)
        return {
            "timeout": self._as_library.timeout,
            **options,
            "headers": headers,
            "method": leg.method,
            "url": leg.url,
            "auth": auth,
            "follow_redirects": False,
        }


class SyncClientMixin(ClientMixin, SyncFlowMixin):
    """The legs and ``send`` of a synchronous client."""

    def _send_leg(self, auth: Any, leg: Leg, options: dict[str, Any]) -> Reply:
        replies: list[Reply] = []

        def read_reply(response: Any) -> None:
            is_read = response.is_stream_consumed
            chunks = [response.content] if is_read else response.iter_raw()
            with closing(response):
                replies.append(read(leg, response.status_code, response.headers.multi_items(), chunks, is_read))
            replies[-1] = _shown_to_hooks(response, replies[-1])

        settings = self._leg_options(auth, leg, options)
        try:
            options = {**settings, "timeout": self._leg_timeout(settings["timeout"])}
            with self._leg_client(read_reply).stream(**options) as response:
                replies = replies or [reply_of(response)]
        except self._library.HTTPError:
            if not replies or is_success(replies[-1]):
                raise
        return replies[-1]

    def _leg_timeout(self, timeout: Any) -> Any:
        """Return the library's timeout with a limit for the whole leg."""
        total = total_time(timeout)
        if total is None:
            return None
        waits = self._library.Timeout(timeout)
        connect, read, write, pool = (
            total if wait is None else wait for wait in (waits.connect, waits.read, waits.write, waits.pool)
        )
        end = monotonic() + total
        return self._library.Timeout(
            connect=TimeLeft(end, connect), read=TimeLeft(end, read), write=TimeLeft(end, write), pool=pool
        )

    def _send(self, inner: Any, request: Any, stream: bool, auth: Any, follow_redirects: Any) -> Any:
        default = self._library.USE_CLIENT_DEFAULT
        if auth is default:
            auth = self._client_auth
        if isinstance(auth, OAuth1Auth):
            follow = self._as_library.follow_redirects if follow_redirects is default else follow_redirects
            return send(self, inner, request, auth, follow, stream)
        return inner(without_signature(request), stream=stream, auth=auth, follow_redirects=follow_redirects)


class AsyncClientMixin(ClientMixin, AsyncFlowMixin):
    """The legs and ``send`` of an asynchronous client, which keeps nothing of an event loop but its connections."""

    async def _pause(self, seconds: float) -> None:
        import anyio

        await anyio.sleep(seconds)

    async def _send_leg(self, auth: Any, leg: Leg, options: dict[str, Any]) -> Reply:
        import anyio

        replies: list[Reply] = []

        async def read_reply(response: Any) -> None:
            status, headers = response.status_code, response.headers.multi_items()
            try:
                if response.is_stream_consumed:
                    replies.append(read(leg, status, headers, [response.content], is_decoded=True))
                else:
                    replies.append(await aread(leg, status, headers, response.aiter_raw()))
            finally:
                await response.aclose()
            replies[-1] = _shown_to_hooks(response, replies[-1])

        settings = self._leg_options(auth, leg, options)
        try:
            with anyio.fail_after(total_time(settings["timeout"])):
                async with self._leg_client(read_reply).stream(**settings) as response:
                    replies = replies or [reply_of(response)]
        except TimeoutError as late:
            raise self._library.ReadTimeout(TOO_LATE) from late
        except self._library.HTTPError:
            if not replies or is_success(replies[-1]):
                raise
        return replies[-1]

    async def _send(self, inner: Any, request: Any, stream: bool, auth: Any, follow_redirects: Any) -> Any:
        default = self._library.USE_CLIENT_DEFAULT
        if auth is default:
            auth = self._client_auth
        if isinstance(auth, OAuth1Auth):
            follow = self._as_library.follow_redirects if follow_redirects is default else follow_redirects
            return await asend(self, inner, request, auth, follow, stream)
        return await inner(without_signature(request), stream=stream, auth=auth, follow_redirects=follow_redirects)


def _shown_to_hooks(response: Any, reply: Reply) -> Reply:
    """Set the body that was read as the content of ``response``, for the hooks that follow; returns the whole reply."""
    vars(response)["_content"] = reply.body
    return reply._replace(sent=sent_by_httpx(response))
