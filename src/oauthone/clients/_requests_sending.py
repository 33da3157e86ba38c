"""What sessions of requests and niquests share: each request is signed when it is sent, and a leg has its limits.

A leg follows no redirect, and its response is read only up to a limit, before any hook of the session sees it: a hook
that reads it, or raises for its status, finds the same body as the leg.
"""

from collections.abc import Callable
from contextlib import aclosing
from typing import Any, ClassVar

from oauthone.clients._auth import SigningAuth
from oauthone.clients._diagnosis import DiagnosisMethods, sent_in_leg
from oauthone.clients._flow_methods import FlowMethods
from oauthone.clients._legs import (
    CHUNK,
    IDENTITY,
    LEG_TIMEOUT,
    TOO_LATE,
    aread,
    is_success,
    read,
    refuse_own_options,
    reply_of,
    total_time,
)
from oauthone.clients._redirect_rule import REDIRECT_STATUSES, may_sign_hop, without_added
from oauthone.clients._requests_bodies import refuse_consumed_body, undecoded, was_read
from oauthone.clients._requests_deadlines import Deadline
from oauthone.clients._requests_retries import LibraryErrors, once
from oauthone.clients._requests_signing import (
    PreparedRequestAuth,
    SigningContext,
    context_of,
    is_leg_response,
    no_auth,
    without_signature,
)
from oauthone.core.flow import Leg, Reply


class SessionMixin(FlowMethods, DiagnosisMethods):
    """What the sessions of both libraries share, sync and async."""

    #: The library's context.
    _context_class: ClassVar[type[SigningContext]]
    #: The library's `SigningAdapter` or `AsyncSigningAdapter`.
    _adapter_class: ClassVar[Any]

    def prepare_request(self, request: Any) -> Any:
        """Prepare a request without signing it, and attach the auth that signs it when it is sent."""
        library: Any = super()
        auth = request.auth if request.auth is not None else self.auth
        if not isinstance(auth, PreparedRequestAuth):
            return self._context_class.attach(library.prepare_request(request), None)
        without_auth = object.__new__(request.__class__)
        without_auth.__dict__ = {**request.__dict__, "auth": no_auth}
        prepared = self._context_class.attach(library.prepare_request(without_auth), auth)
        return self._signed_copy(prepared) if self._has_own_send() else prepared

    def send(self, request: Any, **kwargs: Any) -> Any:
        """Sign a prepared request and send it. It may have been sent before, or be a ``response.request``."""
        library: Any = super()
        return library.send(self._to_send(request), **kwargs)

    _signing_send: ClassVar[Any] = send  # A mock, or a class that derives from this one, may replace the method.

    def _send_probe(self, auth: Any, url: str) -> Any:
        """Send a GET that ``auth`` signs once, without cookies and redirects."""
        alone = _without_cookies(self)
        alone.adapters = {start: once(adapter, self._adapter_class.retry) for start, adapter in alone.adapters.items()}
        return alone.request("GET", url, auth=auth, allow_redirects=False, timeout=LEG_TIMEOUT)

    def _to_send(self, request: Any) -> Any:
        """What the library's ``send`` is called with to send ``request``."""
        library: Any = super()
        left = self.__dict__.get("get_adapter")
        if left is not None and getattr(left, "__func__", None) is library.get_adapter.__func__:
            del self.__dict__["get_adapter"]  # A mock that ended put the library's method here, which does not sign.
        return self._signed_copy(request)

    def resolve_redirects(self, resp: Any, req: Any, *args: Any, **kwargs: Any) -> Any:
        """Make the next requests of redirects from the unsigned request; each is signed when it is sent."""
        library: Any = super()
        unsigned = without_signature(req) if resp.status_code in REDIRECT_STATUSES else req
        return library.resolve_redirects(resp, unsigned, *args, **kwargs)

    def rebuild_auth(self, prepared_request: Any, response: Any) -> None:
        """Sign the next request of a redirect only while each request so far had the origin of the first."""
        if not self._attach_to_redirect(prepared_request, response):
            library: Any = super()
            library.rebuild_auth(prepared_request, response)

    def get_redirect_target(self, resp: Any) -> Any:
        """The target of a redirect; None for a leg's response, of which the library would read more than a leg may."""
        if resp.status_code not in REDIRECT_STATUSES or is_leg_response(resp):
            return None
        library: Any = super()
        return library.get_redirect_target(resp)

    def get_adapter(self, url: str) -> Any:
        """The adapter that is mounted for ``url``; if it retries, in a wrapper that signs each attempt anew."""
        library: Any = super()
        return self._adapter_class.wrap(library.get_adapter(url), self)

    def merge_environment_settings(self, url: Any, proxies: Any, stream: Any, verify: Any, cert: Any) -> Any:
        """Merge settings as the library does, but a ``verify`` of this session comes before ``REQUESTS_CA_BUNDLE``."""
        library: Any = super()
        own: Any = getattr(self, "verify", None)
        chosen = own if verify is None and own is not True else verify
        return library.merge_environment_settings(url, proxies, stream, chosen, cert)

    def _signed_copy(self, request: Any) -> Any:
        """A signed copy of ``request``, with a new signature if it was signed before."""
        return self._context_for(request).signed_copy(request, self.auth)

    def _context_for(self, request: Any) -> SigningContext:
        """How to sign ``request``: by its context, or as the session does unless it has an ``Authorization`` header."""
        context = context_of(request)
        if context is not None:
            return context
        auth = self.auth
        is_signed = isinstance(auth, PreparedRequestAuth) and "Authorization" not in request.headers
        return self._context_class(auth if is_signed else None)

    def _attach_to_redirect(self, next_request: Any, response: Any) -> bool:
        """Attach to the next request of a redirect how to sign it; returns whether it is signed.

        It is signed if each request so far was signed and had this origin. In any case its URL loses the parameters
        that signatures added to the URLs before, which the redirecting server may have repeated.

        Raises:
            UnrewindableBodyError: the library's own; the request needs the body again, which can be read only once.
        """
        # A recorder puts a request of its own into the response. The next request is a copy of the one that was sent.
        context = context_of(response.request) or context_of(next_request)
        if context is None:
            self._context_class.attach(next_request, None)
            return False
        next_request.__dict__.update(without_signature(next_request).__dict__)
        next_request.url = without_added(str(next_request.url), context.added)
        target = self._context_class.wire_url(next_request.url)
        is_signed = may_sign_hop(context.auth is not None, str(response.request.url), target)
        if is_signed:
            start = next_request.__dict__.get("_body_position")
            refuse_consumed_body(next_request.body, start, self._adapter_class.errors.unrewindable, response)
        # A password from a .netrc does not replace the signature, as it did not in the first request.
        self._context_class.attach(
            next_request, context.auth if is_signed else None, is_redirect=True, added=context.added
        )
        if is_signed and self._has_own_send():
            next_request.__dict__.update(self._signed_copy(next_request.copy()).__dict__)
        return is_signed

    def _has_own_send(self) -> bool:
        """Whether this session's or its class's ``send`` was replaced, as mocks do: the replacement may not sign."""
        kind = type(self)
        if getattr(self.__dict__.get("send"), "__func__", None) is kind.send:
            del self.__dict__["send"]  # A mock that ended has restored it.
        return "send" in self.__dict__ or kind.send is not kind._signing_send


def send_leg(session: Any, auth: SigningAuth, leg: Leg, options: dict[str, Any]) -> Reply:
    """Send one leg of the flow with ``session``, signed by ``auth``. ``options`` are those of the library.

    Raises:
        TypeError: an option that the leg sets itself.
        TokenResponseError: the response has a content coding that is not read.
        Exception: the library's own: no response, or the time limit has passed.
    """
    replies: list[Reply] = []
    errors: LibraryErrors = session._adapter_class.errors

    def keep_reply(response: Any, **_: Any) -> None:
        chunks = undecoded(response).iter_content(CHUNK)
        try:
            replies.append(read(leg, response.status_code, response.headers.items(), chunks, was_read(response)))
        finally:
            response.raw.close()
        replies[-1] = _shown_to_hooks(response, replies[-1])

    settings = _leg_options(session, auth, options, keep_reply)
    with Deadline(total_time(settings["timeout"])) as deadline:
        try:
            response = _without_cookies(session).request(leg.method, leg.url, **settings)
            replies = replies or [reply_of(response)]
        except errors.request as failure:
            if deadline.has_passed:
                raise errors.read_timeout(TOO_LATE, request=failure.request) from failure
            if not replies or is_success(replies[-1]):
                raise
    if deadline.has_passed:
        raise errors.read_timeout(TOO_LATE)
    return replies[-1]


async def asend_leg(session: Any, auth: SigningAuth, leg: Leg, options: dict[str, Any]) -> Reply:
    """See `send_leg`; awaited."""
    import asyncio  # Only sessions that are awaited need it.

    replies: list[Reply] = []
    errors: LibraryErrors = session._adapter_class.errors

    async def keep_reply(response: Any, **_: Any) -> None:
        status, headers, is_read = response.status_code, response.headers.items(), was_read(response)
        try:
            async with aclosing(await undecoded(response).iter_content(CHUNK)) as chunks:
                replies.append(await aread(leg, status, headers, chunks, is_read))
        finally:
            await response.raw.close()
        replies[-1] = _shown_to_hooks(response, replies[-1])

    settings = _leg_options(session, auth, options, keep_reply)
    try:
        async with asyncio.timeout(total_time(settings["timeout"])):
            response = await _without_cookies(session).request(leg.method, leg.url, **settings)
            replies = replies or [reply_of(response)]
    except TimeoutError as late:
        raise errors.read_timeout(TOO_LATE) from late
    except errors.request:
        if not replies or is_success(replies[-1]):
            raise
    return replies[-1]


def _without_cookies(session: Any) -> Any:
    """``session`` for one leg: it shares connections and settings, but neither sends nor stores cookies."""
    alone = object.__new__(session.__class__)
    alone.__dict__.update(session.__dict__)
    alone.cookies = session.cookies.__class__()
    alone.headers = session.headers.copy()
    alone.headers["Accept-Encoding"] = IDENTITY
    alone.multiplexed = False  # The response is needed at once.
    return alone


def _leg_options(
    session: Any, auth: SigningAuth, options: dict[str, Any], keep_reply: Callable[..., Any]
) -> dict[str, Any]:
    refuse_own_options(options, "auth", "allow_redirects", "stream")
    given: Any = options.get("hooks") or session.hooks
    hooks = {event: [hooked] if callable(hooked) else list(hooked) for event, hooked in given.items()}
    hooks["response"] = [keep_reply, *hooks.get("response", ())]
    return {"timeout": LEG_TIMEOUT, **options, "hooks": hooks, "auth": auth, "allow_redirects": False, "stream": True}


def _shown_to_hooks(response: Any, reply: Reply) -> Reply:
    """Give the hooks that follow the body that was read; the rest stays unread. Returns the reply with its request."""
    response.__dict__.update(_content=reply.body, _content_consumed=True)
    return reply._replace(sent=sent_in_leg(response))
