"""What signs the requests of httpx and httpx2: it derives from neither library, so one object serves both."""

from functools import lru_cache
from typing import Any, NamedTuple

from oauthone.clients._auth import SigningAuth
from oauthone.clients._httpx_guard import OriginGuard
from oauthone.core.parameters import append_to_query, remove_from_query
from oauthone.core.signing import Signed
from oauthone.core.urls import Origin
from oauthone.errors import SigningError

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
            signed.stream = _sent_once(_kind(signed.stream))(signed.content)
        kept, inner = signed.extensions[_KEPT], signed.extensions.get("trace")
        signed.extensions["trace"] = OriginGuard(origin_of(signed.url), kept.authorization, kept.added, inner)
        return signed

    def signed_copy(self, request: Any) -> Any:
        """What goes on the wire; ``request`` is unsigned and stays so, except that a form is read."""
        signed = self.sign(request.method, _url_as_sent(request), request.headers.raw, self._body_of(request))
        copied = _copy(request)
        if signed.authorization is not None:
            copied.headers["Authorization"] = signed.authorization
        elif self.travels_in_body:
            _put_form(copied, signed)
        else:
            _put_query(copied, signed.added_to_query)
        added = (*request.extensions.get(_ADDED, ()), *signed.added_to_query)
        kept = _Kept(self, request, copied.url, copied.stream, signed.authorization, added)
        copied.extensions = {**copied.extensions, _KEPT: kept}
        return copied

    def has_to_read(self, request: Any) -> bool:
        """Whether the signature covers a body of which nothing has been read."""
        return not _is_read(request) and self.covers(request.headers.get("Content-Type"))

    def _body_of(self, request: Any) -> Any:
        if _is_read(request) or (self.has_to_read(request) and hasattr(request.stream, "__iter__")):
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


def origin_of(url: Any) -> Origin:
    """The origin of an ``httpx.URL`` or ``httpx2.URL`` as that library reads it."""
    host = url.raw_host.decode("ascii")
    return Origin.of(url.scheme, f"[{host}]" if ":" in host else host, url.port)


def signed_by(request: Any) -> OAuth1Auth | None:
    """The auth whose signature ``request`` carries; None for an unsigned one, and for a hop made from a signed one."""
    kept: _Kept | None = request.extensions.get(_KEPT)
    if kept is None or (request.method, request.url) != (kept.unsigned.method, kept.url):
        return None
    return kept.auth if kept.authorization is None or _authorization(request) == kept.authorization else None


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
    copied = _copy(request)
    copied.extensions = {name: value for name, value in request.extensions.items() if name != _KEPT}
    if kept.added:
        copied.extensions[_ADDED] = (*request.extensions.get(_ADDED, ()), *kept.added)
        if "target" in unsigned.extensions:
            copied.extensions["target"] = unsigned.extensions["target"]
        if request.url == kept.url:
            copied.url = unsigned.url
        copied = _without_added(copied)
    if kept.authorization is not None and _authorization(request) == kept.authorization:
        _take_over(copied, unsigned, "Authorization")
    if kept.stream is not unsigned.stream and _carries(request, kept):
        copied.stream = unsigned.stream
        copied.__dict__.pop("_content", None)
        for name in ("Content-Type", "Content-Length", "Transfer-Encoding"):
            _take_over(copied, unsigned, name)
    if copied.stream is unsigned.stream and _is_read(unsigned):
        copied.__dict__["_content"] = unsigned.content
    return copied


def _carries(request: Any, kept: _Kept) -> bool:
    """Whether ``request`` has the body that the signature made; a bare auth has put its own stream around it."""
    return request.stream is kept.stream or isinstance(request.stream, _sent_once(_kind(kept.stream)))


def _kind(thing: Any) -> Any:
    """The class of what is the library's, whichever of the two it is."""
    kind: Any = thing.__class__
    return kind


def _copy(request: Any) -> Any:
    """A copy that shares everything but its headers."""
    copied: Any = object.__new__(_kind(request))
    copied.__dict__.update(request.__dict__)
    copied.headers = _kind(request.headers)(request.headers)
    return copied


def _without_added(request: Any) -> Any:
    """``request`` without what its library took over from a redirect that repeats the query of a signed request."""
    added = request.extensions.get(_ADDED)
    if not added:
        return request
    url = str(request.url)
    cleaned = remove_from_query(url, added)
    if cleaned == url:
        return request
    copied = _copy(request)
    copied.url = _kind(request.url)(cleaned)
    return copied


def _url_as_sent(request: Any) -> str:
    target = request.extensions.get("target")
    if target is None:
        return str(request.url)
    if not target.startswith(b"/"):
        raise SigningError("the request's target is not a path: a signature covers the URL of one resource")
    return f"{request.url.scheme}://{request.url.netloc.decode('ascii')}{target.decode('latin-1')}"


def _put_query(request: Any, added: tuple[str, ...]) -> None:
    request.url = _kind(request.url)(append_to_query(str(request.url), added))
    target = request.extensions.get("target")
    if target is not None:
        signed_target = append_to_query(target.decode("latin-1"), added).encode("latin-1")
        request.extensions = {**request.extensions, "target": signed_target}


def _put_form(request: Any, signed: Signed) -> None:
    content_type = signed.content_type or request.headers.get("Content-Type")
    made = _kind(request)(request.method, request.url, content=signed.body, headers={"Content-Type": content_type})
    request.stream, request.__dict__["_content"] = made.stream, made.content
    request.headers.pop("Transfer-Encoding", None)
    request.headers["Content-Type"] = content_type
    request.headers["Content-Length"] = made.headers["Content-Length"]


def has_body(request: Any) -> bool:
    """Whether anything is sent after the headers."""
    return not _is_read(request) or bool(request.content)


def _is_read(request: Any) -> bool:
    return "_content" in request.__dict__


def _authorization(request: Any) -> str | None:
    value: str | None = request.headers.get("Authorization")
    return value


def _take_over(request: Any, other: Any, name: str) -> None:
    """Give ``request`` the header of this name that ``other`` has, or none."""
    request.headers.pop(name, None)
    if name in other.headers:
        request.headers[name] = other.headers[name]


@lru_cache(maxsize=8)
def _sent_once(kind: Any) -> Any:
    """The kind of stream that lets a form with protocol parameters out once, made from the library's ``kind``."""

    def once(iterate: Any) -> Any:
        def begin(stream: Any) -> Any:
            if stream.sent_once:
                raise SigningError(
                    "a redirect or a retry sends the body again, and with it a signature that was used: OAuth1Auth "
                    "alone signs the first request only. Use OAuth1Client or AsyncOAuth1Client, or signature_type="
                    "'HEADER'"
                )
            stream.sent_once = True
            return iterate(stream)

        return begin

    members = {"sent_once": False, "__iter__": once(kind.__iter__), "__aiter__": once(kind.__aiter__)}
    return type("SentOnce", (kind,), members)
