"""How an auth of requests or niquests signs redirects in any session: a hook makes and signs the next request.

Both libraries call ``copy()`` of the request that they sent, to make the next one. Signed requests override `copy()` to
return the next request, already prepared by the hook. The original is not modified: another thread may be sending it.
"""

import re
import sys
from collections.abc import Callable
from copy import deepcopy
from threading import current_thread
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Self
from urllib.parse import urljoin, urlparse
from weakref import WeakKeyDictionary

from oauthone.clients._redirect_rule import may_sign_hop, without_added
from oauthone.clients._requests_bodies import refuse_consumed_body, seek, set_body
from oauthone.clients._requests_signing import PreparedRequestAuth, is_wire_url

#: Segments that urllib3 removes from a path if it sends to a proxy, but not if it sends to a server.
_DOTS = r"/\.{1,2}(?:[/?#]|$)"


class RedirectRules(NamedTuple):
    """How a library follows redirects.

    Attributes:
        request: the library's prepared request.
        signed: one that a bare auth signed: a class derived from `SignedRequest`.
        signed_next: the next request of a redirect, if it is signed: a class derived from `SignedRequest`.
        session: has the library's methods ``rebuild_method`` and ``get_redirect_target``.
        requote_uri: the library's function.
        wire_url: returns a URL as the library sends it.
        unrewindable: the library's ``UnrewindableBodyError``.
    """

    request: Any
    signed: Any
    signed_next: Any
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


class RedirectSigner:
    """Signs a request when it is prepared, and the redirects of it with a hook."""

    #: Those of the library.
    rules: ClassVar[RedirectRules]

    def __call__(self, request: Any) -> Any:
        """Sign ``request``; both libraries call the auth while they prepare a request."""
        url = str(request.url)
        request.url = url if is_wire_url(url) else self.rules.wire_url(url)
        unsigned = UnsignedState.of(request)
        hook = SignRedirectHook(self, unsigned, self.sign_in_place(request))
        request.register_hook("response", hook)
        self.rules.signed.mark(request, hook)
        return request

    if TYPE_CHECKING:  # Each class that derives from this one has its own.

        def sign_in_place(self, request: Any) -> tuple[str, ...]:
            """Sign ``request`` as it stands; return the encoded parameters that were added to its URL."""
            ...

        def for_redirect(self, *, has_body: bool) -> Self:
            """Return a signer for the next request of a redirect, which cannot carry the parameters in its URL."""
            ...


class RedirectSigningAuth(PreparedRequestAuth, RedirectSigner):
    """An auth that signs a request when it is prepared, and the redirects of it."""

    def for_redirect(self, *, has_body: bool) -> Self:
        """Return this auth, or one that puts the parameters into the header if no body can carry them."""
        return self if self.travels_in_body and has_body else self.in_header()


class SignRedirectHook:
    """The response hook of one signed request: if the response is a redirect, it makes the next request and signs it.

    Threads or tasks may send the request at the same time, so each has a next request, with a hook of its own.

    Args:
        auth: signs; in an unpickled hook it is the class of an auth, which knows the rules but has no secrets.
        unsigned: the request before it was signed.
        added: the names of the parameters that the signature added to the URL; a server that redirects may repeat them.
        may_sign: whether the request may be signed: False once a redirect has led to another origin, or in a pickle.
    """

    def __init__(self, auth: Any, unsigned: UnsignedState, added: tuple[str, ...], may_sign: bool = True) -> None:
        self._auth: RedirectSigner = auth
        self.unsigned = unsigned
        self.added = added
        self._may_sign = may_sign
        self.signed_header: Any = None  # That of a next request.
        self._next_requests: WeakKeyDictionary[Any, Any] = WeakKeyDictionary()

    def __call__(self, response: Any, **_: Any) -> None:
        if not response.is_redirect or not response.headers["Location"]:
            return
        rules, request = self._auth.rules, response.request
        target, may_sign = self._clean_target(response)
        next_request = self._make_next_request(request, response, target)
        unsigned = UnsignedState.of(next_request)
        next_hook = SignRedirectHook(self._auth, unsigned, self.added, may_sign)
        if may_sign:
            if response.status_code in (307, 308):
                refuse_consumed_body(next_request.body, unsigned.position, rules.unrewindable, response)
            self._sign(next_request)
            next_hook.signed_header = next_request.headers.get("Authorization")
            rules.signed_next.mark(next_request, next_hook)
        hooks = [next_hook if hook is self else hook for hook in request.hooks["response"]]
        next_request.hooks = {**request.hooks, "response": hooks}
        # Hooks that run after this one see a plain request: a copy of it is not the next request.
        response.request = rules.request.copy(request)
        if not isinstance(request, SignedRequest):  # It is a copy that another hook saw and sent.
            rules.signed.mark(request, self)
        self._next_requests[_current_task_or_thread()] = next_request

    def next_request(self) -> Any:
        """The next request that was made in this thread or task; None if there was no redirect."""
        return self._next_requests.get(_current_task_or_thread())

    def __reduce__(self) -> Any:
        """A pickle, of a response for example, contains no secret: redirects are then followed without a signature."""
        kind = self._auth if isinstance(self._auth, type) else type(self._auth)
        # A class that derives from this one may be local to a function, which no pickle can name.
        with_rules = next(base for base in kind.__mro__ if "rules" in vars(base))
        return type(self), (with_rules, self.unsigned, self.added, False)

    def __deepcopy__(self, memo: Any) -> "SignRedirectHook":
        """A deep copy signs redirects too. It has no next requests yet."""
        return SignRedirectHook(self._auth, deepcopy(self.unsigned, memo), self.added, self._may_sign)

    def _clean_target(self, response: Any) -> tuple[str, bool]:
        """The URL that ``response`` redirects to, as it will be sent, and whether the next request may be signed.

        The library reads the URL from the response. So the response is changed if the URL repeats our parameters, or
        has dot segments, which a server would get as they are, but a proxy would not.
        """
        target = self._auth.rules.target(response)
        cleaned = without_added(target, self.added)
        sent = self._auth.rules.wire_url(cleaned)
        may_sign = may_sign_hop(self._may_sign, self.unsigned.url, sent)
        if may_sign and re.search(_DOTS, cleaned):
            cleaned = sent
        if cleaned != target:
            response.headers["Location"] = cleaned.encode("utf-8").decode("latin-1")
        return sent, may_sign

    def _make_next_request(self, request: Any, response: Any, target: str) -> Any:
        """The next request, not signed, as the library would make it."""
        next_request = self._auth.rules.request.copy(request)
        self.unsigned.restore(next_request)
        next_request.url = target
        self._auth.rules.session.rebuild_method(next_request, response)
        if response.status_code not in (307, 308):
            next_request.body = None
            for name in ("Content-Length", "Content-Type", "Transfer-Encoding"):
                next_request.headers.pop(name, None)
        return next_request

    def _sign(self, next_request: Any) -> None:
        """Sign the next request, in the header unless its body carries the parameters: the library sets its URL."""
        # The library does so later, but the signature may cover the body.
        seek(next_request.body, self.unsigned.position)
        self._auth.for_redirect(has_body=bool(next_request.body)).sign_in_place(next_request)


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
        source = self.redirect_hook.next_request() or self
        copied = library.copy.__func__(source)
        if isinstance(source, SignedRequest):
            source.mark(copied, source.redirect_hook)
        return copied


class SignedNextRequest(SignedRequest):
    """Mixed into a library's prepared request, for the next request of a redirect, if it is signed."""

    def prepare_auth(self, auth: Any, url: Any = "") -> None:
        """Keep the signature, not a password from a .netrc. A session's own `rebuild_auth` may have removed it."""
        signed_header: Any = self.redirect_hook.signed_header
        if signed_header is not None and isinstance(auth, RedirectSigner):
            vars(self)["headers"].setdefault("Authorization", signed_header)


def _current_task_or_thread() -> Any:
    """The running task, or the running thread if no task runs in it."""
    asyncio = sys.modules.get("asyncio")  # Without it, no task runs.
    try:
        return (asyncio and asyncio.current_task()) or current_thread()
    except RuntimeError:
        return current_thread()
