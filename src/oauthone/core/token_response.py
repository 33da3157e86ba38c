"""The parser of responses to requests for credentials (RFC 5849 sections 2.1 and 2.3).

It tolerates a wrong Content-Type, JSON, surrounding white space, and raw characters in a provider's additional fields.
The token and its secret must be present once and decode cleanly.
"""

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from oauthone.core.credentials import MAX_RESPONSE_BODY
from oauthone.core.known_secrets import KnownSecrets
from oauthone.core.response_fields import CONFIRMED, SECRET, TOKEN, Fields, read_body
from oauthone.core.response_problems import excerpt, is_success, reported_refusal, secrets_in
from oauthone.errors import TokenResponseError

#: Half of a surrogate pair: JSON can escape it, but no valid text contains it.
_HALF = re.compile("[\ud800-\udfff]")


class TokenResponse(NamedTuple):
    """The credentials in a provider's response.

    Attributes:
        token: the identifier.
        token_secret: the shared secret.
        extra: the other fields.
    """

    token: str
    token_secret: str
    extra: dict[str, Any]

    def __repr__(self) -> str:
        return f"TokenResponse(token={self.token!r}, …)"


def read_token_response(
    status: int, headers: Sequence[tuple[str, str]], body: bytes, secrets: KnownSecrets | None = None
) -> TokenResponse:
    """Return the token, its secret and the other fields of a provider's response.

    In JSON the token and its secret may be whole numbers, and ``oauth_callback_confirmed`` may be true or false.

    Args:
        status: the HTTP status code.
        headers: the headers of the response.
        body: the body of the response, decompressed.
        secrets: the secrets of the client, which no error may contain.

    Raises:
        TokenResponseError: the status is not 2xx, the body is longer than `MAX_RESPONSE_BODY`, the response reports a
            problem, or ``oauth_token`` or ``oauth_token_secret`` is missing, doubled or unreadable.
    """
    found = _read(status, headers, body, secrets or KnownSecrets())
    del headers, body  # A traceback may show the local variables of this frame.
    if isinstance(found, TokenResponseError):
        raise found
    return found


def read_answer(
    status: int, headers: Sequence[tuple[str, str]], body: bytes, secrets: KnownSecrets | None = None
) -> str:
    """Return the text of a provider's response to a request about a token, such as one to revoke it.

    Args:
        status: the HTTP status code.
        headers: the headers of the response.
        body: the body of the response, decompressed.
        secrets: the secrets of the client, which no error may contain.

    Raises:
        TokenResponseError: the status is not 2xx, the body is longer than `MAX_RESPONSE_BODY`, or the response reports
            a problem.
    """
    found = _read_text(status, headers, body, secrets or KnownSecrets())
    del headers, body  # A traceback may show the local variables of this frame.
    if isinstance(found, TokenResponseError):
        raise found
    return found


def _read(
    status: int, headers: Sequence[tuple[str, str]], body: bytes, secrets: KnownSecrets
) -> TokenResponse | TokenResponseError:
    if len(body) > MAX_RESPONSE_BODY:
        return _too_long(status)
    text, fields = read_body(body)
    found = _credentials(fields)
    if isinstance(found, TokenResponse) and is_success(status, headers, fields):
        return found
    refused = reported_refusal(status, headers, text, fields, secrets)
    if refused is not None:
        return refused
    if isinstance(found, TokenResponse):
        return found
    return _unusable(status, found, excerpt(text, secrets.joined_by(secrets_in(fields))))


def _read_text(
    status: int, headers: Sequence[tuple[str, str]], body: bytes, secrets: KnownSecrets
) -> str | TokenResponseError:
    if len(body) > MAX_RESPONSE_BODY:
        return _too_long(status)
    text, fields = read_body(body)
    if is_success(status, headers, fields):
        return text
    return reported_refusal(status, headers, text, fields, secrets) or text


def _too_long(status: int) -> TokenResponseError:
    said = f"the provider's response is longer than {MAX_RESPONSE_BODY} octets"
    return TokenResponseError("response_too_large", said, status=status)


class _Fault(NamedTuple):
    """Why a response with a successful status cannot be used."""

    error: str
    what: str


def _credentials(fields: Fields) -> TokenResponse | _Fault:
    values: dict[str, Any] = {}
    for name, value in fields:
        if name in (TOKEN, SECRET, CONFIRMED):
            if name in values:
                return _Fault("parameter_rejected", f"it has {name} twice")
            if isinstance(value, int) and (name == CONFIRMED or not isinstance(value, bool)):
                value = str(value).lower()
            if not isinstance(value, str) or _HALF.search(value):
                return _Fault("parameter_rejected", f"its {name} is {_described(value)}")
        values[name] = value
    if not values.get(TOKEN):
        return _Fault("missing_token", f"it has no {TOKEN}")
    if SECRET not in values:
        return _Fault("missing_token_secret", f"it has no {SECRET}")
    return TokenResponse(values.pop(TOKEN), values.pop(SECRET), values)


def _described(value: Any) -> str:
    """Describe a value that should be text, without its content."""
    kinds = {bool: "true or false", float: "a number with a fraction", dict: "an object", list: "a list"}
    kind = kinds.get(value.__class__)
    return f"{kind} in JSON instead of text" if kind else "not properly encoded text"


def _unusable(status: int, fault: _Fault, excerpt: str) -> TokenResponseError:
    said = f"the provider answered {status}, but {fault.what}" + (f"; it begins: {excerpt[:200]}" if excerpt else "")
    return TokenResponseError(fault.error, said, status=status, body=excerpt)
