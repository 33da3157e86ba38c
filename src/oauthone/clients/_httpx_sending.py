"""How the clients of httpx and httpx2 send a request: hop by hop, each signed from the unsigned request."""

from collections.abc import Awaitable, Callable, Generator, Iterable
from typing import Any, ClassVar, NamedTuple, Self

from oauthone.clients._httpx_requests import origin_of
from oauthone.clients._httpx_signing import OAuth1Auth, has_body, remember_added, signed_by, without_signature
from oauthone.clients._redirect_rule import Origins, auth_for_hop, may_sign_hop
from oauthone.core.drive import arun, run
from oauthone.core.urls import Origin
from oauthone.errors import SigningError

#: The extension of a hop that tells whether it may be signed. After a chain left its origin, no hop may be.
_MAY_BE_SIGNED = "oauthone.may_be_signed"


class SendHop(NamedTuple):
    """An effect: send ``request`` with ``auth``. Its outcome is the response, whose body is not read."""

    request: Any
    auth: Callable[[Any], Any]


class ReadResponse(NamedTuple):
    """An effect: read the body of a redirect, which frees its connection. Its outcome is not used."""

    response: Any


def hops(client: Any, request: Any, response: Any, auth: OAuth1Auth) -> Generator[SendHop | ReadResponse, Any, Any]:
    """Follow the redirect ``response`` of ``request``, and return the last response.

    Raises:
        TooManyRedirects: the error of the library.
        RemoteProtocolError: the error of the library for a redirect to an invalid URL.
    """
    history: list[Any] = []
    while response.has_redirect_location:
        if response.next_request is None:
            raise client._library.RemoteProtocolError("Invalid URL in location header.", request=request)
        yield ReadResponse(response)
        history.append(response)
        if len(history) > client.max_redirects:
            raise client._library.TooManyRedirects("Exceeded maximum allowed redirects.", request=request)
        request, response.next_request = _next_hop(request, response.next_request), None
        response = yield SendHop(request, _auth_for(request, auth))
        response.history = list(history)
    return response


def _next_hop(request: Any, made: Any) -> Any:
    """Return the hop ``made`` by the library from the signed request, without the signature."""
    hop = without_signature(made)
    might_be_signed = request.extensions.get(_MAY_BE_SIGNED, True)
    may_be_signed = may_sign_hop(might_be_signed, origin_of(request.url), origin_of(hop.url))
    if not may_be_signed:
        hop.headers.pop("Authorization", None)
    hop.extensions = {**hop.extensions, _MAY_BE_SIGNED: may_be_signed}
    return hop


def _auth_for(request: Any, auth: OAuth1Auth) -> Callable[[Any], Any]:
    """Return the function that the library calls as the auth of ``request``."""
    may_be_signed = request.extensions.get(_MAY_BE_SIGNED)
    if may_be_signed is None:
        return auth.signed_copy
    if not may_be_signed:
        return _no_auth
    return auth_for_hop(auth, has_body=has_body(request)).signed_copy


def _no_auth(request: Any) -> Any:
    return request


def send(client: Any, inner: Callable[..., Any], request: Any, auth: OAuth1Auth, follow: bool, stream: bool) -> Any:
    """Send ``request`` with ``inner``, the library's own ``send``, and follow its redirects if ``follow``."""
    request = without_signature(request)
    response = inner(request, stream=stream, auth=_auth_for(request, auth), follow_redirects=False)
    if not response.has_redirect_location:
        return response
    if not follow:
        return _with_next_hop(request, response)

    def handle(effect: SendHop | ReadResponse) -> Any:
        if isinstance(effect, SendHop):
            return inner(effect.request, stream=stream, auth=effect.auth, follow_redirects=False)
        return _read(effect.response)

    return run(hops(client, request, response, auth), handle)


async def asend(
    client: Any, inner: Callable[..., Awaitable[Any]], request: Any, auth: OAuth1Auth, follow: bool, stream: bool
) -> Any:
    """`send` for an asynchronous client."""
    request = without_signature(request)
    await _read_body_for(auth, request)
    response = await inner(request, stream=stream, auth=_auth_for(request, auth), follow_redirects=False)
    if not response.has_redirect_location:
        return response
    if not follow:
        return _with_next_hop(request, response)

    async def handle(effect: SendHop | ReadResponse) -> Any:
        if isinstance(effect, SendHop):
            await _read_body_for(auth, effect.request)
            return await inner(effect.request, stream=stream, auth=effect.auth, follow_redirects=False)
        return await _aread(effect.response)

    return await arun(hops(client, request, response, auth), handle)


def _with_next_hop(request: Any, response: Any) -> Any:
    """Return ``response``, whose next hop the caller may send, without the signature."""
    if response.next_request is not None:
        response.next_request = _next_hop(request, response.next_request)
    return response


async def _read_body_for(auth: OAuth1Auth, request: Any) -> None:
    """Read an asynchronous body that the signature covers, since ``auth`` cannot await it."""
    if auth.has_to_read(request) and hasattr(request.stream, "__aiter__"):
        await request.aread()


def _read(response: Any) -> Any:
    try:
        response.read()
    except BaseException:  # A cancelled read, too, must not keep the connection.
        response.close()
        raise
    return response


async def _aread(response: Any) -> Any:
    try:
        await response.aread()
    except BaseException:  # A cancelled read, too, must not keep the connection.
        await response.aclose()
        raise
    return response


class SigningTransportMethods:
    """The methods of `SigningTransport`, for both kinds of client."""

    #: httpx or httpx2.
    _library: ClassVar[Any]

    def __init__(self, inner: Any, auth: OAuth1Auth, *, origins: str | Iterable[str] | None = None) -> None:
        self._inner = inner
        self._auth = auth
        self._origins = Origins(origins, self._origin)

    def handle_request(self, request: Any) -> Any:
        """Send ``request`` with a new signature."""
        auth, unsigned = self._select_auth(request)
        return self._inner.handle_request(unsigned if auth is None else _signed(request, auth, unsigned))

    async def handle_async_request(self, request: Any) -> Any:
        """Send ``request`` with a new signature."""
        auth, unsigned = self._select_auth(request)
        if auth is None:
            return await self._inner.handle_async_request(unsigned)
        await _read_body_for(auth, unsigned)
        return await self._inner.handle_async_request(_signed(request, auth, unsigned))

    def close(self) -> None:
        """Close the transport that sends."""
        self._inner.close()

    async def aclose(self) -> None:
        """Close the transport that sends."""
        await self._inner.aclose()

    def __enter__(self) -> Self:
        self._inner.__enter__()
        return self

    def __exit__(self, *failure: Any) -> None:
        self._inner.__exit__(*failure)

    async def __aenter__(self) -> Self:
        await self._inner.__aenter__()
        return self

    async def __aexit__(self, *failure: Any) -> None:
        await self._inner.__aexit__(*failure)

    def _select_auth(self, request: Any) -> tuple[OAuth1Auth | None, Any]:
        """Return the auth for a new signature, or None, and ``request`` without its signature."""
        auth, unsigned = signed_by(request), without_signature(request)
        is_plain = auth is None and "Authorization" not in request.headers
        if is_plain and self._auth.may_sign(str(unsigned.url)) and self._origins.pin_or_match(origin_of(unsigned.url)):
            auth = self._auth
        return auth, unsigned

    def _origin(self, url: str) -> Origin:
        """Return the origin to which the library would send a request for ``url``."""
        try:
            given = self._library.URL(url)
        except self._library.InvalidURL as error:
            raise SigningError(f"origins names {url!r}, which is not a URL: {error}") from None
        if not given.is_absolute_url:
            raise SigningError(f"origins names {url!r}: pass an absolute URL such as 'https://api.example'")
        return origin_of(given)


def _signed(request: Any, auth: OAuth1Auth, unsigned: Any) -> Any:
    signed = auth.signed_copy(unsigned)
    remember_added(request, signed)
    return signed
