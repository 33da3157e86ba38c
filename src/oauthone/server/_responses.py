"""What a server answers: granted credentials, a refusal that helps nobody guess, or that its store is down."""

from typing import NamedTuple

from oauthone.core.encoding import form_encode
from oauthone.errors import OAuth1Error, VerificationError

_FORM_HEADERS: tuple[tuple[str, str], ...] = (
    ("Content-Type", "application/x-www-form-urlencoded"),
    ("Cache-Control", "no-store"),
    ("Pragma", "no-cache"),
)


class EndpointResponse(NamedTuple):
    """What an endpoint answers.

    Attributes:
        status: the HTTP status code.
        headers: the headers as pairs.
        body: the body's octets.
    """

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def __repr__(self) -> str:
        return f"EndpointResponse(status={self.status}, …)"


def granted(form: str) -> EndpointResponse:
    """The answer that carries credentials: no cache may keep it."""
    return EndpointResponse(200, _FORM_HEADERS, form.encode("ascii"))


def refusal_response(refused: OAuth1Error) -> EndpointResponse:
    """What a client is told of a refusal: status, challenge, problem and its details, and nothing that helps to guess.

    Args:
        refused: a `oauthone.errors.VerificationError`; anything else, such as a `oauthone.errors.StoreError`, is a 503.
    """
    if not isinstance(refused, VerificationError):
        return EndpointResponse(503, (*_FORM_HEADERS, ("Retry-After", "1")), b"")
    headers = _FORM_HEADERS
    if refused.status == 401:
        headers = (*headers, ("WWW-Authenticate", refused.challenge))
    form = form_encode([("oauth_problem", refused.problem), *refused.details])
    return EndpointResponse(refused.status, headers, form.encode("ascii"))
