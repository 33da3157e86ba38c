"""The three legs of the flow (RFC 5849 section 2) as generators, and the parser of the callback.

The first and the third leg yield one effect, a `Leg`: the handler signs and sends it, and returns a `Reply`. Between
them the resource owner's browser visits `authorization_url`, and `parse_callback` reads the URL that it returns to.
"""

from collections.abc import Generator, Mapping, Sequence
from typing import Any, NamedTuple

from oauthone.core.credentials import TemporaryCredentials, TokenCredentials
from oauthone.core.encoding import constant_time_equal, encoded_pair, form_decode, percent_decode_text, to_wire_string
from oauthone.core.known_secrets import KnownSecrets
from oauthone.core.masking import one_line
from oauthone.core.parameters import append_to_query
from oauthone.core.urls import require_confidential
from oauthone.errors import AccessDenied, CallbackError, SigningError, TokenResponseError

OUT_OF_BAND = "oob"


class Leg(NamedTuple):
    """An effect: sign this request for credentials with the client credentials and with these, and send it."""

    method: str
    url: str
    token: str | None = None
    token_secret: str | None = None
    callback: str | None = None
    verifier: str | None = None

    def __repr__(self) -> str:
        return f"Leg(method={self.method!r}, url={self.url!r}, …)"


class Reply(NamedTuple):
    """The response to a `Leg`."""

    status: int
    headers: Sequence[tuple[str, str]]
    #: The decoded body. One octet more than `oauthone.core.credentials.MAX_RESPONSE_BODY` is enough.
    body: bytes
    sent: tuple[Any, Any, Any, Any] | None = None  #: for a diagnosis: method, URL, headers and body of the request

    def __repr__(self) -> str:
        return f"Reply(status={self.status}, …)"


class CallbackResult(NamedTuple):
    """The parameters of a callback from a resource owner who agreed."""

    token: str
    verifier: str | None

    def __repr__(self) -> str:
        return f"CallbackResult(token={self.token!r}, …)"


def request_temporary_credentials(
    url: str,
    *,
    method: str = "POST",
    callback: str | None = OUT_OF_BAND,
    require_callback_confirmed: bool = True,
    allow_insecure_transport: bool = False,
    secrets: KnownSecrets | None = None,
) -> Generator[Leg, Reply, TemporaryCredentials]:
    """Request temporary credentials: the first leg (RFC 5849 section 2.1).

    Args:
        url: the temporary credential request endpoint.
        method: the request method.
        callback: the URL to which the provider sends the resource owner back; ``"oob"`` if the callback is registered
            or the resource owner types a code; None omits ``oauth_callback``.
        require_callback_confirmed: False accepts a response without ``oauth_callback_confirmed``, as from OAuth 1.0.
            A value other than ``true``, in any letter case, is always an error.
        allow_insecure_transport: True allows plain http.
        secrets: the secrets of the client, which no error may contain.

    Raises:
        TokenResponseError: the response contains no temporary credentials.
        InsecureTransportError: the endpoint is plain http.
    """
    from oauthone.core.token_response import read_token_response  # slow to import, and most programs only sign

    require_confidential(url, "temporary credentials", allow_insecure_transport=allow_insecure_transport)
    reply = yield Leg(method, url, callback=callback)
    response = read_token_response(reply.status, reply.headers, reply.body, secrets)
    confirmed: str | None = response.extra.pop("oauth_callback_confirmed", None)
    if confirmed is None and require_callback_confirmed:
        remedy = ": for a provider from before OAuth 1.0a, pass require_callback_confirmed=False"
        raise _not_confirmed(reply.status, "the provider did not answer oauth_callback_confirmed=true", remedy)
    if confirmed is not None and confirmed.lower() != "true":
        known = (secrets or KnownSecrets()).joined_by((response.token_secret,))
        shown = one_line(known.masked(confirmed))[:40]
        said = f"the provider answered oauth_callback_confirmed={shown!r} instead of true"
        raise _not_confirmed(reply.status, said, "")
    return TemporaryCredentials(response.token, response.token_secret, confirmed is not None, response.extra)


def _not_confirmed(status: int, what: str, remedy: str) -> TokenResponseError:
    danger = "so it may send the resource owner to any address (RFC 5849 section 2.1)"
    return TokenResponseError("callback_not_confirmed", f"{what}, {danger}{remedy}", status=status)


def authorization_url(url: str, token: str, parameters: Mapping[str, Any] | None = None) -> str:
    """Return the URL that the resource owner has to visit (RFC 5849 section 2.2).

    Args:
        url: the provider's resource owner authorization endpoint; its query stays as it is.
        token: the identifier of the temporary credentials.
        parameters: further parameters that the provider accepts.

    Raises:
        SigningError: ``url`` is not an absolute http or https URL, or its query has an ``oauth_`` parameter already.
    """
    if not url.lower().startswith(("https://", "http://")):
        raise SigningError("the authorization endpoint is not an absolute http or https URL")
    query = url.partition("#")[0].partition("?")[2]
    if query and any(name.startswith(b"oauth_") for name, _ in form_decode(to_wire_string(query))):
        raise SigningError("the authorization endpoint's query has an oauth_ parameter: pass the endpoint without it")
    given = {**(parameters or {})}
    if token:
        given["oauth_token"] = token
    if not given:
        return url
    ordered = sorted(given.items(), key=lambda pair: pair[0] != "oauth_token")
    return append_to_query(url, [encoded_pair(name, str(value)) for name, value in ordered])


def request_token_credentials(
    url: str,
    *,
    token: str | None,
    token_secret: str | None,
    verifier: str | None,
    method: str = "POST",
    allow_insecure_transport: bool = False,
    secrets: KnownSecrets | None = None,
) -> Generator[Leg, Reply, TokenCredentials]:
    """Exchange temporary credentials for token credentials: the third leg (RFC 5849 section 2.3).

    Args:
        url: the token request endpoint.
        token: the identifier of the temporary credentials; None without temporary credentials (xAuth).
        token_secret: their shared secret.
        verifier: the verification code of the second leg; None for providers that send none.
        method: the request method.
        allow_insecure_transport: True allows plain http.
        secrets: the other secrets of the client, which no error may contain.

    Raises:
        TokenResponseError: the response contains no token credentials.
        InsecureTransportError: the endpoint is plain http.
    """
    from oauthone.core.token_response import read_token_response  # as above

    require_confidential(url, "token credentials", allow_insecure_transport=allow_insecure_transport)
    leg = Leg(method, url, token, token_secret, verifier=verifier)
    secrets = (secrets or KnownSecrets()).joined_by((token_secret, verifier))
    del token_secret, verifier  # A traceback may show the local variables of this frame.
    reply = yield leg
    return TokenCredentials(*read_token_response(reply.status, reply.headers, reply.body, secrets))


def parse_callback(answer: str, token: str) -> CallbackResult:
    """Parse the URL to which the resource owner's browser returned.

    Only ``oauth_token``, ``oauth_verifier``, ``oauth_problem`` and ``denied`` are read.

    Args:
        answer: a URL, a query string, text copied from an address bar, or a bare verification code.
        token: the identifier of the temporary credentials that this flow began with.

    Raises:
        AccessDenied: the resource owner or the provider refused.
        CallbackError: the token is missing or another one, or a value is doubled or not properly encoded.
    """
    answer = answer.strip()
    if answer and not any(char in answer for char in "=?/&# \t\r\n"):
        return CallbackResult(token, answer)
    found = callback_parameters(answer)
    raise_if_denied(found)
    received = found.get("oauth_token")
    if received is None:
        raise CallbackError(
            "missing_token",
            "the callback has no oauth_token: pass the URL to which the provider sent the browser back, "
            "not the URL of the authorization page",
        )
    if not constant_time_equal(received, token):
        raise CallbackError(
            "token_mismatch",
            "the callback's oauth_token is not the token of this flow: it belongs to another authorization, "
            "or it was forged (RFC 5849 section 2.2)",
        )
    return CallbackResult(received, found.get("oauth_verifier"))


def callback_parameters(answer: str, token_name: str = "oauth_token") -> dict[str, str]:
    """Return the parameters of a callback that `parse_callback` reads.

    Args:
        answer: a URL, or its query.
        token_name: the name under which this provider sends ``oauth_token`` in a callback.

    Raises:
        CallbackError: one of them is doubled or not properly encoded text.
    """
    query = _query_of(answer.strip().partition("#")[0]).strip()
    found: dict[str, str] = {}
    for part in (query if query.isascii() else to_wire_string(query)).replace("+", "%20").split("&"):
        name, _, value = part.partition("=")
        if name in (token_name, "oauth_verifier", "oauth_problem", "denied"):
            if name in found:
                raise CallbackError("parameter_rejected", f"the callback has {name} twice")
            text = _clean_text(value)
            if text is None:
                raise CallbackError("parameter_rejected", f"the callback's {name} is not properly encoded text")
            found[name] = text
    if token_name in found:
        found["oauth_token"] = found.pop(token_name)
    return found


def _clean_text(value: str) -> str | None:
    """Return ``value`` decoded, or None if it cannot be. The error would contain the value, even as a context."""
    try:
        return percent_decode_text(value)
    except ValueError:
        return None


def _query_of(answer: str) -> str:
    """Return the query of a URL, or ``answer`` itself if it is a query; its values may contain a question mark."""
    address, mark, query = answer.partition("?")
    first_name = address.partition("=")[0]
    return query if mark and (first_name == address or "/" in first_name) else answer


def raise_if_denied(found: Mapping[str, str]) -> None:
    """Raise if the parameters of a callback report a refusal.

    Raises:
        AccessDenied: they do.
    """
    problem = found.get("oauth_problem")
    if problem is not None or "denied" in found:
        shown = one_line(problem or "")[:100]
        raise AccessDenied(shown or "access_denied", "the resource owner or the provider refused access")
