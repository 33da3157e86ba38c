"""`OriginGuard` keeps the signature of a bare `OAuth1Auth` from another origin in httpx and httpx2.

Neither library calls an auth for the hops of a redirect. Both pass a request's extensions on to its hops, and their
transports call the extension ``trace`` before they send the headers of a request. The guard refuses there. It cannot
see the hops of a transport that does not call ``trace``.
"""

from inspect import CO_COROUTINE, currentframe
from typing import Any

from oauthone.clients._redirect_rule import without_added
from oauthone.core.urls import Origin, origin
from oauthone.errors import SigningError


class OriginGuard:
    """A ``trace`` extension that refuses to send a signature to another origin.

    Args:
        signed_for: the origin of the signed request.
        authorization: the ``Authorization`` header of the signature, or None.
        added: the parameters that the signature put into the URL.
        inner: the request's own ``trace`` extension, or None.
    """

    def __init__(self, signed_for: Origin, authorization: str | None, added: tuple[str, ...], inner: Any) -> None:
        self._signed_for = signed_for
        self._authorization = None if authorization is None else authorization.encode("ascii")
        self._added = added
        self._inner: Any = inner._inner if isinstance(inner, OriginGuard) else inner

    def __call__(self, event: str, info: Any) -> Any:
        """Handle an event of httpcore.

        Raises:
            SigningError: the request would carry the signature to another origin.
        """
        if event.endswith("send_request_headers.started"):
            self._check(info["request"])
        if self._inner is not None:
            return self._inner(event, info)
        # An asynchronous connection awaits the result. Only the caller's frame tells whether this one does.
        frame = currentframe()
        caller = None if frame is None else frame.f_back
        return _nothing() if caller is not None and caller.f_code.co_flags & CO_COROUTINE else None

    def _check(self, request: Any) -> None:
        target = request.url.target.decode("latin-1")
        if without_added(target, self._added) != target:
            carrier = "repeats the query, which holds"
        elif any(value == self._authorization for _, value in request.headers):
            carrier = "keeps the Authorization header, which holds"
        else:
            return
        # The target of a request to a proxy is the whole URL.
        asked = _origin(request.url) if target.startswith("/") else origin(target)
        if asked != self._signed_for:
            raise SigningError(
                f"a redirect leads to {asked} and {carrier} a signature for {self._signed_for}: "
                "the request is not sent. Use OAuth1Client or AsyncOAuth1Client, which follow it without credentials"
            )


def _origin(url: Any) -> Origin:
    host = url.host.decode("ascii")
    return Origin.of(url.scheme.decode("ascii"), f"[{host}]" if ":" in host else host, url.port)


async def _nothing() -> None:
    """Return what an asynchronous connection awaits."""
