"""`OAuth1Auth` for httpx and httpx2, and the records that let a signature be taken back and replaced."""

from typing import Any, NamedTuple

from oauthone.clients._auth import SigningAuth
from oauthone.clients._httpx_guard import OriginGuard
from oauthone.clients._httpx_requests import (
    origin_of,
    put_form,
    put_query,
    single_use_stream,
)
from oauthone.clients._redirect_rule import copy_header, without_added
from oauthone.core.signed import Signed
from oauthone.errors import SigningError

#: The extension with the `_SignatureRecord` of a signed copy, and of the hop that the library makes of it.
_RECORD = "oauthone.signature"
#: The extension with the parameters that signatures put into the URLs that led to a request.
_ADDED = "oauthone.added"


class OAuth1Auth(SigningAuth):
    """Signs as the ``auth=`` of a plain call or client of httpx or httpx2, sync or async.

    It signs the first hop only. Both libraries make the next hop of a redirect from the request that was sent, and call
    no auth for it. A hop to the same origin repeats the header, which a server rejects as a used nonce. A signed form
    that would be sent again is a `SigningError`. So is a hop that would carry a signed header or query to another
    origin, or from http to https. This check needs a transport that calls the extension ``trace``, as those of both
    libraries do; your own transport or mock must not follow redirects itself. The clients of this module sign each hop,
    over any transport.

    Args:
        client_id: the client's identifier.
        client_secret: the client's shared secret.
        token: the identifier of token credentials, or a dict with ``oauth_token`` and ``oauth_token_secret``.
        token_secret: their shared secret.
        redirect_uri: sent as ``oauth_callback`` with every request, for a leg of the flow.
        verifier: sent as ``oauth_verifier`` with every request, for a leg of the flow.
        signature_method: a name such as ``"HMAC-SHA256"``, or a `SignatureMethod` object.
        signature_type: where the parameters travel: ``"HEADER"``, ``"QUERY"`` or ``"BODY"``.
        realm: the realm of the ``Authorization`` header; None leaves it out, ``""`` sends it empty.
        rsa_key: the private key for RSA methods, in any form that `RsaKey` takes.
        body_hash: ``"auto"`` adds ``oauth_body_hash`` for a non-empty body that is not a form, ``"always"`` also for an
            empty one. The whole body is then read before it is sent.
        force_include_body: True is the same as ``body_hash="auto"``.
        version: the value of ``oauth_version``; None leaves it out.
        allow_insecure_transport: allow PLAINTEXT over http.
        clock: returns the seconds since 1970.
        nonce: returns a nonce.
        provider: the provider's name or its facts, in place of options: see the page on providers.

    Raises:
        SigningError: an option has a value that cannot be used.
    """

    def __call__(self, request: Any) -> Any:
        """Return a signed copy of ``request``, an ``httpx.Request`` or ``httpx2.Request``, which stays unchanged.

        Raises:
            SigningError: it cannot be signed.
            InsecureTransportError: PLAINTEXT, a callback or a verifier over http.
        """
        signed = self.signed_copy(without_signature(request))
        if self.travels_in_body:
            signed.stream = single_use_stream(signed.stream.__class__)(signed.content)
        record, inner = signed.extensions[_RECORD], signed.extensions.get("trace")
        signed.extensions["trace"] = OriginGuard(origin_of(signed.url), record.authorization, record.added, inner)
        return signed

    def signed_copy(self, request: Any) -> Any:
        """Return a signed copy of the unsigned ``request``, which stays unchanged, except that a form is read."""
        signed = self.sign_request(request)
        copied = _copy(request)
        if signed.authorization is not None:
            copied.headers["Authorization"] = signed.authorization
        elif self.travels_in_body:
            put_form(copied, signed)
        else:
            put_query(copied, signed.added_to_query)
        added = (*request.extensions.get(_ADDED, ()), *signed.added_to_query)
        record = _SignatureRecord(self, request, copied.url, copied.stream, signed.authorization, added)
        copied.extensions = {**copied.extensions, _RECORD: record}
        return copied

    def sign_request(self, request: Any) -> Signed:
        """Return the signature for ``request`` as it stands; raises as `sign` does."""
        self.require_user_agent(request.headers.get("User-Agent"))
        return self.sign(request.method, wire_url(request), request.headers.raw, self._body_of(request))

    def has_to_read(self, request: Any) -> bool:
        """Return whether the signature covers the body and the body has not been read."""
        return not is_read(request) and self.covers(request.headers.get("Content-Type"))

    def _body_of(self, request: Any) -> Any:
        if is_read(request) or (self.has_to_read(request) and hasattr(request.stream, "__iter__")):
            return request.read()
        return request.stream


class _SignatureRecord(NamedTuple):
    """What a signature put into a request, and the unsigned request; the signed copy's extensions hold it."""

    auth: OAuth1Auth
    unsigned: Any
    url: Any
    stream: Any
    authorization: str | None
    added: tuple[str, ...]


def signed_by(request: Any) -> OAuth1Auth | None:
    """Return the auth whose signature ``request`` carries; None if it is unsigned, or a hop made from a signed one."""
    record: _SignatureRecord | None = request.extensions.get(_RECORD)
    if record is None or (request.method, request.url) != (record.unsigned.method, record.url):
        return None
    return record.auth if record.authorization is None or _authorization_of(request) == record.authorization else None


def remember_added(request: Any, signed: Any) -> None:
    """Record in ``request`` what its copy ``signed`` has in its URL, so that a hop made of ``request`` inherits it."""
    added = signed.extensions[_RECORD].added
    if added:
        request.extensions[_ADDED] = added


def without_signature(request: Any) -> Any:
    """Return ``request`` without the signature that it, or the request that redirected to it, was given.

    Changes that others made since then stay.
    """
    record: _SignatureRecord | None = request.extensions.get(_RECORD)
    if record is None:
        return _without_added(request)
    unsigned = record.unsigned
    copied = _copy(request)
    copied.extensions = {name: value for name, value in request.extensions.items() if name != _RECORD}
    if record.added:
        copied.extensions[_ADDED] = (*request.extensions.get(_ADDED, ()), *record.added)
        if "target" in unsigned.extensions:
            copied.extensions["target"] = unsigned.extensions["target"]
        if request.url == record.url:
            copied.url = unsigned.url
        copied = _without_added(copied)
    if record.authorization is not None and _authorization_of(request) == record.authorization:
        copy_header(copied, unsigned, "Authorization")
    if record.stream is not unsigned.stream and _has_signed_body(request, record):
        copied.stream = unsigned.stream
        copied.__dict__.pop("_content", None)
        for name in ("Content-Type", "Content-Length", "Transfer-Encoding"):
            copy_header(copied, unsigned, name)
    if copied.stream is unsigned.stream and is_read(unsigned):
        copied.__dict__["_content"] = unsigned.content
    return copied


def _has_signed_body(request: Any, record: _SignatureRecord) -> bool:
    """Return whether the body of ``request`` is the signed form, which a bare auth puts into a stream of its own."""
    return request.stream is record.stream or isinstance(request.stream, single_use_stream(record.stream.__class__))


def _without_added(request: Any) -> Any:
    """Return ``request`` without what a redirect repeated from the query of a signed request."""
    added = request.extensions.get(_ADDED)
    if not added:
        return request
    url = str(request.url)
    cleaned = without_added(url, added)
    if cleaned == url:
        return request
    copied = _copy(request)
    copied.url = request.url.__class__(cleaned)
    return copied


def _copy(request: Any) -> Any:
    """Return a copy that shares everything with ``request`` but its headers."""
    copied: Any = object.__new__(request.__class__)
    copied.__dict__.update(request.__dict__)
    copied.headers = request.headers.__class__(request.headers)
    return copied


def wire_url(request: Any) -> str:
    """Return the URL of ``request`` as it goes on the wire, where the extension ``target`` replaces path and query.

    Raises:
        SigningError: the target is not a path.
    """
    target = request.extensions.get("target")
    if target is None:
        return str(request.url)
    if not target.startswith(b"/"):
        raise SigningError(
            "the request's target is not a path: leave the extension out, as a signature covers the URL of one resource"
        )
    return f"{request.url.scheme}://{request.url.netloc.decode('ascii')}{target.decode('latin-1')}"


def is_read(request: Any) -> bool:
    """Return whether the body of ``request`` is in memory."""
    return "_content" in request.__dict__


def has_body(request: Any) -> bool:
    """Return whether a body follows the headers. A body that has not been read counts as one."""
    return not is_read(request) or bool(request.content)


def _authorization_of(request: Any) -> str | None:
    """Return the ``Authorization`` header of ``request``, or None."""
    value: str | None = request.headers.get("Authorization")
    return value
