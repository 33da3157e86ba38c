"""The responses of a server: issued credentials, a refusal that does not help to guess, or a store that is down."""

from collections.abc import Iterable
from typing import AnyStr, NamedTuple

from oauthone.core.encoding import form_encode
from oauthone.errors import OAuth1Error, VerificationError

_FORM_HEADERS: tuple[tuple[str, str], ...] = (
    ("Content-Type", "application/x-www-form-urlencoded"),
    ("Cache-Control", "no-store"),
    ("Pragma", "no-cache"),
)


#: What the response to a signed request gets, so that no shared cache serves it to others (RFC 5849 section 4.4).
VARY = ("Vary", "Authorization")
CACHE_CONTROL = ("Cache-Control", "private")
_LENGTH = len(CACHE_CONTROL[0])


class EndpointResponse(NamedTuple):
    """The response of an endpoint, for any web framework.

    Attributes:
        status: the HTTP status code.
        headers: the headers as pairs.
        body: the octets of the body.
    """

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def __repr__(self) -> str:
        return f"EndpointResponse(status={self.status}, …)"


def credentials_response(form: str) -> EndpointResponse:
    """The response that carries credentials. No cache may store it.

    Args:
        form: the credentials, form-encoded.
    """
    return EndpointResponse(200, _FORM_HEADERS, form.encode("ascii"))


def refusal_response(refused: OAuth1Error) -> EndpointResponse:
    """The response to a request that was refused: status, challenge, problem and details, and nothing else.

    Args:
        refused: a `oauthone.errors.VerificationError`; any other error, such as a `oauthone.errors.StoreError`, becomes
            a 503.
    """
    if not isinstance(refused, VerificationError):
        return EndpointResponse(503, (*_FORM_HEADERS, ("Retry-After", "1")), b"")
    headers = _FORM_HEADERS
    if refused.status == 401:
        headers = (*headers, ("WWW-Authenticate", refused.challenge))
    form = form_encode([("oauth_problem", refused.problem), *refused.details])
    return EndpointResponse(refused.status, headers, form.encode("ascii"))


def private_headers(
    headers: Iterable[tuple[AnyStr, AnyStr]], vary: tuple[AnyStr, AnyStr], cache_control: tuple[AnyStr, AnyStr]
) -> list[tuple[AnyStr, AnyStr]]:
    """``headers`` with `VARY` and `CACHE_CONTROL`, as strings or octets. A ``Cache-Control`` that the view chose stays.

    Flask, Django and Starlette have methods of their own, which merge ``Vary`` with the view's.

    Args:
        headers: the headers of the response to a signed request.
        vary: `VARY` in the type of the headers.
        cache_control: `CACHE_CONTROL` in the type of the headers.
    """
    private = list(headers)
    private.append(vary)
    for name, _ in private:
        if len(name) == _LENGTH and name.lower() == cache_control[0].lower():
            return private
    private.append(cache_control)
    return private
