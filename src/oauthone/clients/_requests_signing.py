"""Signs a copy of a prepared request of requests or niquests when it is sent, and can undo that."""

import re
from copy import deepcopy
from typing import Any, ClassVar, NamedTuple

from oauthone.clients._auth import SigningAuth
from oauthone.clients._redirect_rule import auth_for_hop, copy_header
from oauthone.clients._requests_bodies import set_body
from oauthone.clients._requests_pickles import PickledAuth
from oauthone.core.base_string import base_string_prefix
from oauthone.core.signed import Signed
from oauthone.core.urls import split_query

#: A URL that both libraries send as it is written. They write a port as a number, and some of them join slashes.
_LETTERS = r"A-Za-z0-9_.~!$&'()*+,;=@\-"  # their ranges are matched faster than \w
_AUTHORITY = rf"\w++://[{_LETTERS}]*+(?::[1-9][0-9]*+)?+(?!//)"
_PLAIN = f"[{_LETTERS}:/?]*+"
_WIRE_URL = re.compile(f"{_AUTHORITY}(?:[/?]{_PLAIN}(?:%[0-9A-F]{{2}}{_PLAIN})*+)?+", re.ASCII)


class PreparedRequestAuth(SigningAuth):
    """An auth that takes prepared requests; the auths of both libraries derive from it."""

    def sign_in_place(self, request: Any) -> tuple[str, ...]:
        """Sign ``request`` as it stands; return the encoded parameters that were added to its URL."""
        authorization = self._authorization_without_body(request)
        if authorization is not None:
            request.headers["Authorization"] = authorization
            return ()
        signed = self.sign_prepared(request)
        apply_signature(request, signed)
        return signed.added_to_query

    def _authorization_without_body(self, request: Any) -> str | None:
        """The ``Authorization`` header of a request without a body; None if only `sign_prepared` can make it."""
        signer = self.header_signer
        if request.body is not None or signer is None or self.__class__.sign_prepared is not _sign_prepared:
            return None
        resource, query = split_query(str(request.url))
        start = base_string_prefix(str(request.method), resource, _header(request, "host"))
        return signer.header_without_body(start, query)

    def sign_prepared(self, request: Any) -> Signed:
        """The signature for ``request`` as it stands; raises as `sign` does."""
        self.require_user_agent(_header(request, "user-agent"))
        content_type, host = _header(request, "content-type"), _header(request, "host")
        return self.sign_parts(str(request.method), str(request.url), content_type, host, request.body)


_sign_prepared = PreparedRequestAuth.sign_prepared


def _header(request: Any, name: str) -> str | None:
    """A header's value. Both libraries keep headers in ``_store`` by lowercase name, which is faster than ``get()``."""
    stored = request.headers._store.get(name)
    if stored is None:
        return None
    value = stored[1]
    return str(value, "latin-1") if isinstance(value, bytes) else value


def no_auth(request: Any) -> Any:
    """An auth that changes nothing."""
    return request


class Original(NamedTuple):
    """The unsigned request of a signed copy, and the values that the signature set in the copy."""

    unsigned: Any
    url: str | None
    body: Any
    authorization: str | None


class SigningContext:
    """How one prepared request is signed when it is sent. Each library derives a class that names its types.

    Args:
        auth: signs the request; None sends it unsigned; `PickledAuth` asks for the auth of the session that sends it.
        is_redirect: whether the request follows a redirect.
        original: what `signed_copy` made the request from.
        added: the names of all parameters that signatures added to the URL, in this request and in those that
            redirected to it.
    """

    __slots__ = ("added", "auth", "is_redirect", "original")

    #: The library's prepared request with a context: a class derived from `PreparedWithContext`.
    prepared: ClassVar[Any]
    #: Returns a URL as the library sends it.
    wire_url: ClassVar[Any]

    def __init__(
        self,
        auth: PreparedRequestAuth | PickledAuth | None,
        is_redirect: bool = False,
        original: Original | None = None,
        added: tuple[str, ...] = (),
    ) -> None:
        self.auth = auth
        self.is_redirect = is_redirect
        self.original = original
        self.added = added

    @property
    def is_for_leg(self) -> bool:
        """Whether the request is a leg of the flow, whose response is read only up to a limit."""
        return self.auth is not None and self.auth.is_for_leg

    @classmethod
    def attach(
        cls,
        request: Any,
        auth: PreparedRequestAuth | PickledAuth | None,
        is_redirect: bool = False,
        added: tuple[str, ...] = (),
    ) -> Any:
        """Store a new context in ``request``, and return it."""
        request.__class__ = cls.prepared
        request.signing_context = cls(auth, is_redirect, added=added)
        return request

    def signed_copy(self, request: Any, session_auth: Any = None) -> Any:
        """A signed copy of ``request``, which stays as it is; an earlier signature is not copied.

        Args:
            request: the request of this context.
            session_auth: the auth of the session that sends it, which signs a request that was unpickled.

        Raises:
            SigningError: the request cannot be signed.
        """
        request = self.without_signature(request)
        own_auth = self.auth
        if own_auth is None:
            return request
        if isinstance(own_auth, PickledAuth):
            own_auth = own_auth.find(session_auth)
        auth = auth_for_hop(own_auth, has_body=bool(request.body)) if self.is_redirect else own_auth
        copied = self._copy(request)
        url = str(request.url)
        copied.url = url if is_wire_url(url) else self.wire_url(url)
        added = self.added + auth.sign_in_place(copied)
        original = Original(request, copied.url, copied.body, _header(copied, "authorization"))
        copied.signing_context = type(self)(own_auth, self.is_redirect, original, added)
        return copied

    def without_signature(self, request: Any) -> Any:
        """``request`` without the signature of `signed_copy`, if it has one; changes that others made stay."""
        if self.original is None:
            return request
        unsigned, url, body, authorization = self.original
        copied = self._copy(request)
        if request.url == url:
            copied.url = unsigned.url
        if request.headers.get("Authorization") == authorization:
            copy_header(copied, unsigned, "Authorization")
        if body is not unsigned.body and request.body == body:
            copied.body = unsigned.body
            copied._body_position = unsigned._body_position
            copy_header(copied, unsigned, "Content-Type")
            copy_header(copied, unsigned, "Content-Length")
        copied.signing_context = type(self)(self.auth, self.is_redirect, added=self.added)
        return copied

    def __reduce__(self) -> Any:
        """A pickle contains no secret."""
        auth = None if self.auth is None else PickledAuth.of(self.auth)
        return type(self), (auth, self.is_redirect, self.original, self.added)

    def __deepcopy__(self, memo: Any) -> "SigningContext":
        """A deep copy keeps the auth, which is immutable."""
        return type(self)(self.auth, self.is_redirect, deepcopy(self.original, memo), self.added)

    @classmethod
    def _copy(cls, request: Any) -> Any:
        """A copy that shares everything but its headers; the caller sets its context."""
        # A copied __dict__ is three times as fast as the library's copy(), which sets everything again.
        kind = request.headers.__class__
        headers = kind.__new__(kind)
        headers.__dict__ = {name: part.copy() for name, part in request.headers.__dict__.items()}
        copied = cls.prepared.__new__(cls.prepared)
        copied.__dict__ = {**request.__dict__, "headers": headers}
        return copied


class PreparedWithContext:
    """Mixed into a library's prepared request, for one that has a context; so do its copies."""

    signing_context: SigningContext

    def copy(self) -> Any:
        """See the library's ``PreparedRequest``."""
        library: Any = super()
        copied = library.copy()
        copied.__class__, copied.signing_context = self.__class__, self.signing_context
        return copied


def context_of(request: Any) -> SigningContext | None:
    """The context of ``request``, which may be another object around it, as some mocks make one."""
    context = getattr(request, "signing_context", None)
    return context if isinstance(context, SigningContext) else None


def is_leg_response(response: Any) -> bool:
    """Whether ``response`` answers a leg of the flow, which follows no redirect."""
    context = context_of(response.request)
    return context is not None and context.is_for_leg


def without_signature(request: Any) -> Any:
    """``request`` as it was before it was signed."""
    context = context_of(request)
    return request if context is None else context.without_signature(request)


def is_wire_url(url: str) -> bool:
    """Whether the library certainly sends ``url`` as it is written; if not, `SigningContext.wire_url` rewrites it."""
    return _WIRE_URL.fullmatch(url) is not None and "/." not in url


def apply_signature(request: Any, signed: Signed) -> None:
    """Set in ``request`` what was signed."""
    if signed.content_type is not None:
        request.headers["Content-Type"] = signed.content_type
    if signed.authorization is not None:
        request.headers["Authorization"] = signed.authorization
        return
    request.url = signed.url
    if signed.body is not request.body:
        set_body(request, signed.body)
