"""How an auth of requests or niquests signs redirects in any session: a hook makes and signs the next request.

Both libraries call ``copy()`` of the request that they sent, to make the next one. It returns the one that the hook
made. The request itself stays as it is, since another thread may be sending it.
"""

import re
import sys
from collections.abc import Callable
from threading import current_thread
from typing import Any, ClassVar, NamedTuple
from urllib.parse import urljoin, urlparse
from weakref import WeakKeyDictionary

from oauthone.clients._redirect_rule import may_sign_hop, without_added
from oauthone.clients._requests_signing import (
    PreparedRequestAuth,
    apply_signature,
    is_wire_url,
    seek,
    set_body,
)

#: Segments that urllib3 removes from a path if it sends to a proxy, but not if it sends to a server.
_DOTS = re.compile(r"/\.{1,2}(?:[/?#]|$)")


class RedirectRules(NamedTuple):
    """How a library follows redirects.

    Attributes:
        request: its prepared request.
        signed: one that a bare auth signed: a class derived from `SignedRequest`.
        following: the next request of a redirect, if it is signed: a class derived from `SignedRequest`.
        session: has its methods ``rebuild_method`` and ``get_redirect_target``.
        requote_uri: its function.
        wire_url: returns a URL as the library sends it.
        unrewindable: its ``UnrewindableBodyError``.
    """

    request: Any
    signed: Any
    following: Any
    session: Any
    requote_uri: Callable[[str], str]
    wire_url: Callable[[str], str]
    unrewindable: Any

    def target(self, response: Any) -> str:
        """The URL of the next request, as the library will make it from the response."""
        url = str(self.session.get_redirect_target(response))
        if url.startswith("//"):
            url = f"{urlparse(str(response.url)).scheme}:{url}"
        target = urlparse(url)
        url = self.requote_uri(target.geturl())
        return url if target.netloc else urljoin(response.url, url)


class UnsignedState(NamedTuple):
    """The parts of a request that a signature changes, as they were before."""

    url: str
    body: Any
    content_type: Any
    #: Where the library found a file's body to begin.
    position: Any

    @classmethod
    def of(cls, request: Any) -> "UnsignedState":
        """The state of a request that is not signed yet."""
        position = request.__dict__.get("_body_position")
        return cls(request.url, request.body, request.headers.get("Content-Type"), position)

    def restore(self, request: Any) -> None:
        """Remove the signature from ``request``."""
        request.headers.pop("Authorization", None)
        if request.body is not self.body:
            set_body(request, self.body, self.position)
        if self.content_type is None:
            request.headers.pop("Content-Type", None)
        request.url = self.url


def can_be_read_again(body: Any) -> bool:
    """Whether each iteration over ``body`` starts from its beginning; a file's does not."""
    if hasattr(body, "read"):
        return False
    iterator = body.__aiter__() if hasattr(body, "__aiter__") else iter(body)
    return iterator is not body


def refuse_consumed_body(body: Any, start: Any, unrewindable: Any, response: Any) -> None:
    """Raise if the next request of a redirect would sign and send only the rest of a body, which is empty.

    ``start`` is where the library found a file to begin.

    Raises:
        UnrewindableBodyError: ``unrewindable``, the library's own; the body can be read only once, and has been read.
    """
    if body is None or isinstance(body, (str, bytes, bytearray)) or start is not None or can_be_read_again(body):
        return
    raise unrewindable(
        f"the redirect is not followed: its status {response.status_code} requires the body again, but this body "
        f"({type(body).__name__}) can be read only once. Pass bytes or a file that can seek, or pass "
        "allow_redirects=False",
        request=response.request,
        response=response,
    )


class RedirectSigningAuth(PreparedRequestAuth):
    """An auth that signs a request when it is prepared, and the redirects of it with a hook."""

    #: Those of the library.
    rules: ClassVar[RedirectRules]

    def __call__(self, request: Any) -> Any:
        """Sign ``request``; both libraries call the auth while they prepare a request."""
        url = str(request.url)
        request.url = url if is_wire_url(url) else self.rules.wire_url(url)
        unsigned = UnsignedState.of(request)
        signed = self.signed(request)
        apply_signature(request, signed)
        hook = SignRedirectHook(self, unsigned, signed.added_to_query)
        request.register_hook("response", hook)
        self.rules.signed.mark(request, hook)
        return request


class SignRedirectHook:
    """The response hook of one signed request: if the response is a redirect, it makes the next request and signs it.

    Threads or tasks may send the request at the same time, so each has a next request, with a hook of its own.

    Args:
        auth: signs.
        unsigned: the request before it was signed.
        added: the names of the parameters that the signature added to the URL; a server that redirects may repeat them.
        may_sign: whether the request may be signed: False once a redirect has led to another origin.
    """

    def __init__(
        self, auth: RedirectSigningAuth, unsigned: UnsignedState, added: tuple[str, ...], may_sign: bool = True
    ) -> None:
        self._auth = auth
        self.unsigned = unsigned
        self.added = added
        self._may_sign = may_sign
        self._following: WeakKeyDictionary[Any, Any] = WeakKeyDictionary()

    def __call__(self, response: Any, **_: Any) -> None:
        if not response.is_redirect or not response.headers["Location"]:
            return
        rules, request = self._auth.rules, response.request
        target, may_sign = self._clean_target(response)
        following = self._make_following(request, response, target)
        unsigned = UnsignedState.of(following)
        successor = SignRedirectHook(self._auth, unsigned, self.added, may_sign)
        if may_sign:
            if response.status_code in (307, 308):
                refuse_consumed_body(following.body, unsigned.position, rules.unrewindable, response)
            self._sign(following)
            rules.following.mark(following, successor)
        hooks = [successor if hook is self else hook for hook in request.hooks["response"]]
        following.hooks = {**request.hooks, "response": hooks}
        # Hooks that run after this one see a plain request: a copy of it is not the next request.
        response.request = rules.request.copy(request)
        if not isinstance(request, SignedRequest):  # It is a copy that another hook saw and sent.
            rules.signed.mark(request, self)
        self._following[_running()] = following

    def following(self) -> Any:
        """The next request that was made in this thread or task; None if there was no redirect."""
        return self._following.get(_running())

    def __reduce__(self) -> Any:
        """A copy or pickle, of a response for example, without the next requests."""
        return type(self), (self._auth, self.unsigned, self.added, self._may_sign)

    def _clean_target(self, response: Any) -> tuple[str, bool]:
        """The URL that ``response`` redirects to, as it will be sent, and whether the next request may be signed.

        The library reads the URL from the response. So the response is changed if the URL repeats our parameters, or
        has dot segments, which a server would get as they are, but a proxy would not.
        """
        target = self._auth.rules.target(response)
        cleaned = without_added(target, self.added)
        sent = self._auth.rules.wire_url(cleaned)
        may_sign = may_sign_hop(self._may_sign, self.unsigned.url, sent)
        if may_sign and _DOTS.search(cleaned):
            cleaned = sent
        if cleaned != target:
            response.headers["Location"] = cleaned.encode("utf-8").decode("latin-1")
        return sent, may_sign

    def _make_following(self, request: Any, response: Any, target: str) -> Any:
        """The next request, not signed, as the library would make it."""
        following = self._auth.rules.request.copy(request)
        self.unsigned.restore(following)
        following.url = target
        self._auth.rules.session.rebuild_method(following, response)
        if response.status_code not in (307, 308):
            following.body = None
            for name in ("Content-Length", "Content-Type", "Transfer-Encoding"):
                following.headers.pop(name, None)
        return following

    def _sign(self, following: Any) -> None:
        """Sign the next request, in the header unless its body carries the parameters: the library sets its URL."""
        seek(following.body, self.unsigned.position)  # The library does so later, but the signature may cover the body.
        in_body = self._auth.travels_in_body and bool(following.body)
        apply_signature(following, (self._auth if in_body else self._auth.in_header()).signed(following))


class SignedRequest:
    """Mixed into a library's prepared request, for one that a bare auth signed."""

    redirect_hook: SignRedirectHook

    @classmethod
    def mark(cls, request: Any, hook: SignRedirectHook) -> None:
        """Make ``request`` one of this class."""
        request.__class__ = cls
        request.__dict__["redirect_hook"] = hook

    def copy(self) -> Any:
        """A copy; after a redirect, one of the next request."""
        library: Any = super()
        source = self.redirect_hook.following() or self
        copied = library.copy.__func__(source)
        if isinstance(source, SignedRequest):
            source.mark(copied, source.redirect_hook)
        return copied


class SignedFollowing(SignedRequest):
    """Mixed into a library's prepared request, for the next request of a redirect, if it is signed."""

    def prepare_auth(self, auth: Any, url: Any = "") -> None:
        """Keep the signature: both libraries would replace it with a password from a .netrc."""


def _running() -> Any:
    """The running task, or the running thread if no task runs in it."""
    asyncio = sys.modules.get("asyncio")  # Without it, no task runs.
    try:
        return (asyncio and asyncio.current_task()) or current_thread()
    except RuntimeError:
        return current_thread()
