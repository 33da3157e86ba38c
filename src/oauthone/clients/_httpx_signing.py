"""What signs the requests of httpx and httpx2: it derives from neither library, so one object serves both."""

from typing import Any, NamedTuple

from oauthone.clients._auth import SigningAuth
from oauthone.clients._httpx_guard import OriginGuard
from oauthone.clients._httpx_requests import (
    authorization_of,
    class_of,
    copy_header,
    copy_request,
    is_read,
    origin_of,
    put_form,
    put_query,
    single_use_stream,
    wire_url,
)
from oauthone.core.parameters import remove_from_query

#: In the extensions of a signed copy, and of the hop that the library makes of it.
_KEPT = "oauthone.signature"
#: In the extensions of a request: what signatures have put into the URLs that led to it.
_ADDED = "oauthone.added"


class OAuth1Auth(SigningAuth):
    """Signs as the ``auth=`` of a plain call or client of httpx or httpx2, sync or async.

    It signs the first hop only: both libraries make the next hop of a redirect from the request that was sent, without
    asking an auth. To the same origin the header goes along as it was, which a server refuses. A form that carries the
    parameters goes nowhere a second time, and a header or query that carries them does not go to another origin, nor
    from http to https: that is a `SigningError` before anything is sent. It takes a transport that calls the extension
    ``trace``, as those of both libraries do; a mock or another one of your own has to keep redirects to itself. The
    clients of this module follow redirects and sign each hop, over any transport.

    Args:
        client_id: the client's identifier.
        client_secret: the client's shared secret.
        token: the identifier of token credentials.
        token_secret: their shared secret.
        redirect_uri: sent as ``oauth_callback`` with every request that this auth signs, for a leg of the flow.
        verifier: sent as ``oauth_verifier`` with every request that this auth signs, for a leg of the flow.
        signature_method: a name such as ``"HMAC-SHA256"``, or a `SignatureMethod` of your own.
        signature_type: where the parameters travel: ``"HEADER"``, ``"QUERY"`` or ``"BODY"``.
        realm: the realm of the ``Authorization`` header; None leaves it out, ``""`` sends it empty.
        rsa_key: the private key for RSA methods, in any form that `RsaKey` takes.
        body_hash: ``"auto"`` adds ``oauth_body_hash`` for a non-empty body that is not a form, ``"always"`` also for an
            empty one. The whole body is then read before it is sent.
        force_include_body: another word for ``body_hash="auto"``.
        version: the value of ``oauth_version``; None leaves it out.
        allow_insecure_transport: let PLAINTEXT go out over http.
        clock: returns the seconds since 1970.
        nonce: returns a nonce.

    Raises:
        SigningError: an option that cannot work.
    """

    def __call__(self, request: Any) -> Any:
        """The signed copy of ``request``, an ``httpx.Request`` or ``httpx2.Request``; ``request`` stays as it is.

        Raises:
            SigningError: it cannot be signed.
            InsecureTransportError: PLAINTEXT, a callback or a verifier over http.
        """
        signed = self.signed_copy(without_signature(request))
        if self.travels_in_body:
            signed.stream = single_use_stream(class_of(signed.stream))(signed.content)
        kept, inner = signed.extensions[_KEPT], signed.extensions.get("trace")
        signed.extensions["trace"] = OriginGuard(origin_of(signed.url), kept.authorization, kept.added, inner)
        return signed

    def signed_copy(self, request: Any) -> Any:
        """What goes on the wire; ``request`` is unsigned and stays so, except that a form is read."""
        signed = self.sign(request.method, wire_url(request), request.headers.raw, self._body_of(request))
        copied = copy_request(request)
        if signed.authorization is not None:
            copied.headers["Authorization"] = signed.authorization
        elif self.travels_in_body:
            put_form(copied, signed)
        else:
            put_query(copied, signed.added_to_query)
        added = (*request.extensions.get(_ADDED, ()), *signed.added_to_query)
        kept = _Kept(self, request, copied.url, copied.stream, signed.authorization, added)
        copied.extensions = {**copied.extensions, _KEPT: kept}
        return copied

    def has_to_read(self, request: Any) -> bool:
        """Whether the signature covers a body of which nothing has been read."""
        return not is_read(request) and self.covers(request.headers.get("Content-Type"))

    def _body_of(self, request: Any) -> Any:
        if is_read(request) or (self.has_to_read(request) and hasattr(request.stream, "__iter__")):
            return request.read()
        return request.stream


class _Kept(NamedTuple):
    """What a signature put into a request, and what that one was made from: kept in the signed copy's extensions."""

    auth: OAuth1Auth
    unsigned: Any
    url: Any
    stream: Any
    authorization: str | None
    added: tuple[str, ...]


def signed_by(request: Any) -> OAuth1Auth | None:
    """The auth whose signature ``request`` carries; None for an unsigned one, and for a hop made from a signed one."""
    kept: _Kept | None = request.extensions.get(_KEPT)
    if kept is None or (request.method, request.url) != (kept.unsigned.method, kept.url):
        return None
    return kept.auth if kept.authorization is None or authorization_of(request) == kept.authorization else None


def remember_added(request: Any, signed: Any) -> None:
    """Note in ``request`` what ``signed``, a copy of it, has in its URL: a hop made of ``request`` inherits that."""
    added = signed.extensions[_KEPT].added
    if added:
        request.extensions[_ADDED] = added


def without_signature(request: Any) -> Any:
    """``request`` without what a signature put into it, or into the one that redirected to it.

    What others changed since stays.
    """
    kept: _Kept | None = request.extensions.get(_KEPT)
    if kept is None:
        return _without_added(request)
    unsigned = kept.unsigned
    copied = copy_request(request)
    copied.extensions = {name: value for name, value in request.extensions.items() if name != _KEPT}
    if kept.added:
        copied.extensions[_ADDED] = (*request.extensions.get(_ADDED, ()), *kept.added)
        if "target" in unsigned.extensions:
            copied.extensions["target"] = unsigned.extensions["target"]
        if request.url == kept.url:
            copied.url = unsigned.url
        copied = _without_added(copied)
    if kept.authorization is not None and authorization_of(request) == kept.authorization:
        copy_header(copied, unsigned, "Authorization")
    if kept.stream is not unsigned.stream and _carries(request, kept):
        copied.stream = unsigned.stream
        copied.__dict__.pop("_content", None)
        for name in ("Content-Type", "Content-Length", "Transfer-Encoding"):
            copy_header(copied, unsigned, name)
    if copied.stream is unsigned.stream and is_read(unsigned):
        copied.__dict__["_content"] = unsigned.content
    return copied


def _carries(request: Any, kept: _Kept) -> bool:
    """Whether ``request`` has the body that the signature made; a bare auth has put its own stream around it."""
    return request.stream is kept.stream or isinstance(request.stream, single_use_stream(class_of(kept.stream)))


def _without_added(request: Any) -> Any:
    """``request`` without what its library took over from a redirect that repeats the query of a signed request."""
    added = request.extensions.get(_ADDED)
    if not added:
        return request
    url = str(request.url)
    cleaned = remove_from_query(url, added)
    if cleaned == url:
        return request
    copied = copy_request(request)
    copied.url = class_of(request.url)(cleaned)
    return copied
