"""The three legs (RFC 5849 section 2) as generators, and the reading of what comes back.

The first and the third leg yield a `Leg`, which is to be signed and sent, and get the `Reply`. Between them the
browser of the resource owner visits `authorization_url`, and `parse_callback` reads the address that it comes back to.
"""

from collections.abc import Generator, Mapping, Sequence
from typing import Any, NamedTuple

from oauthone.core.credentials import TemporaryCredentials, TokenCredentials
from oauthone.core.encoding import constant_time_equal, encoded_pair, form_decode, percent_decode_text, to_wire_string
from oauthone.core.known_secrets import KnownSecrets
from oauthone.core.masking import one_line
from oauthone.core.parameters import append_to_query
from oauthone.core.token_response import read_token_response
from oauthone.core.urls import require_confidential
from oauthone.errors import AccessDenied, CallbackError, SigningError, TokenResponseError

OUT_OF_BAND = "oob"


class Leg(NamedTuple):
    """A request for credentials, to be signed with the client credentials and these, and sent."""

    method: str
    url: str
    token: str | None = None
    token_secret: str | None = None
    callback: str | None = None
    verifier: str | None = None

    def __repr__(self) -> str:
        return f"Leg(method={self.method!r}, url={self.url!r}, …)"


class Reply(NamedTuple):
    """The answer to a `Leg`."""

    status: int
    headers: Sequence[tuple[str, str]]
    #: The decoded body, of which no more than `oauthone.core.token_response.MAX_RESPONSE_BODY` octets and one are needed.
    body: bytes

    def __repr__(self) -> str:
        return f"Reply(status={self.status}, …)"


class CallbackResult(NamedTuple):
    """What a callback says: the resource owner agreed."""

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
    """The first leg (RFC 5849 section 2.1).

    Args:
        url: the temporary credential request endpoint.
        method: the request method.
        callback: where the provider sends the resource owner back to; ``"oob"`` for a callback that is registered or
            a code that is typed; None sends no ``oauth_callback``.
        require_callback_confirmed: False takes answers without ``oauth_callback_confirmed`` (providers from before
            OAuth 1.0a). A value other than ``true``, in any letter case, is always refused.
        allow_insecure_transport: send to http.
        secrets: what the client knows, and no error may repeat.

    Raises:
        TokenResponseError: the answer holds no temporary credentials.
        InsecureTransportError: the endpoint is plain http.
    """
    require_confidential(url, "temporary credentials", allow_insecure_transport=allow_insecure_transport)
    reply = yield Leg(method, url, callback=callback)
    answer = read_token_response(reply.status, reply.headers, reply.body, secrets)
    confirmed: str | None = answer.extra.pop("oauth_callback_confirmed", None)
    if confirmed is None and require_callback_confirmed:
        raise _not_confirmed(
            reply.status,
            "the provider did not say oauth_callback_confirmed=true",
            ": for a provider from before OAuth 1.0a, say require_callback_confirmed=False",
        )
    if confirmed is not None and confirmed.lower() != "true":
        known = (secrets or KnownSecrets()).joined_by((answer.token_secret,))
        shown = one_line(known.masked(confirmed))[:40]
        raise _not_confirmed(reply.status, f"the provider said oauth_callback_confirmed={shown!r} instead of true", "")
    return TemporaryCredentials(answer.token, answer.token_secret, confirmed is not None, answer.extra)


def _not_confirmed(status: int, what: str, remedy: str) -> TokenResponseError:
    danger = "so it may send the resource owner anywhere (RFC 5849 section 2.1)"
    return TokenResponseError("callback_not_confirmed", f"{what}, {danger}{remedy}", status=status)


def authorization_url(url: str, token: str, parameters: Mapping[str, Any] | None = None) -> str:
    """The address that the resource owner has to visit (RFC 5849 section 2.2).

    Args:
        url: the provider's resource owner authorization endpoint; its query stays as it is.
        token: the identifier of the temporary credentials.
        parameters: further parameters that the provider takes.

    Raises:
        SigningError: no absolute http(s) URL, or one whose query already holds an ``oauth_`` parameter.
    """
    if not url.lower().startswith(("https://", "http://")):
        raise SigningError("the authorization endpoint is no absolute http(s) URL")
    if any(
        name.startswith(b"oauth_") for name, _ in form_decode(to_wire_string(url.partition("#")[0].partition("?")[2]))
    ):
        raise SigningError("the authorization endpoint's query holds an oauth_ parameter: give the bare endpoint")
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
    """The third leg (RFC 5849 section 2.3).

    Args:
        url: the token request endpoint.
        token: the identifier of the temporary credentials; None where there are none (xAuth).
        token_secret: their shared secret.
        verifier: the verification code of the second leg; None for providers without one.
        method: the request method.
        allow_insecure_transport: send to http.
        secrets: what the client knows beside these, and no error may repeat.

    Raises:
        TokenResponseError: the answer holds no token credentials.
        InsecureTransportError: the endpoint is plain http.
    """
    require_confidential(url, "token credentials", allow_insecure_transport=allow_insecure_transport)
    leg = Leg(method, url, token, token_secret, verifier=verifier)
    secrets = (secrets or KnownSecrets()).joined_by((token_secret, verifier))
    del token_secret, verifier  # A traceback may show what this frame holds.
    reply = yield leg
    return TokenCredentials(*read_token_response(reply.status, reply.headers, reply.body, secrets))


def parse_callback(answer: str, token: str) -> CallbackResult:
    """Read the address that the resource owner's browser came back to.

    Only ``oauth_token``, ``oauth_verifier``, ``oauth_problem`` and ``denied`` are read.

    Args:
        answer: a URL, a query string, what was copied from an address bar, or a bare verification code.
        token: the identifier of the temporary credentials that were sent out.

    Raises:
        AccessDenied: it says so.
        CallbackError: another token, a doubled or unreadable value, or no answer at all.
    """
    answer = answer.strip()
    if answer and not any(sign in answer for sign in "=?/&# \t\r\n"):
        return CallbackResult(token, answer)
    found = callback_parameters(answer)
    raise_if_denied(found)
    received = found.get("oauth_token")
    if received is None:
        raise CallbackError(
            "missing_token",
            "the callback holds no oauth_token: pass the address that the provider sent the browser back to, "
            "not the one of the authorization page",
        )
    if not constant_time_equal(received, token):
        raise CallbackError(
            "token_mismatch",
            "the callback's oauth_token is not the one that was sent out: it belongs to another authorization, "
            "or someone made it up (RFC 5849 section 2.2)",
        )
    return CallbackResult(received, found.get("oauth_verifier"))


def callback_parameters(answer: str, token_name: str = "oauth_token") -> dict[str, str]:
    """The four parameters of a callback that are ever read, as far as they are there.

    Args:
        answer: a URL, or its query.
        token_name: what this provider calls ``oauth_token`` in a callback.

    Raises:
        CallbackError: one of them stands there twice or is not properly encoded text.
    """
    query = _query_of(answer.strip().partition("#")[0])
    found: dict[str, str] = {}
    for part in to_wire_string(query.strip()).replace("+", "%20").split("&"):
        name, _, value = part.partition("=")
        if name in (token_name, "oauth_verifier", "oauth_problem", "denied"):
            if name in found:
                raise CallbackError("parameter_rejected", f"the callback holds {name} twice")
            text = _clean_text(value)
            if text is None:
                raise CallbackError("parameter_rejected", f"the callback's {name} is not properly encoded text")
            found[name] = text
    if token_name in found:
        found["oauth_token"] = found.pop(token_name)
    return found


def _clean_text(value: str) -> str | None:
    """``value`` decoded, or None. What decoding raises would hold it, also as another error's context."""
    try:
        return percent_decode_text(value)
    except ValueError:
        return None


def _query_of(answer: str) -> str:
    """The query of an address, or ``answer`` itself where it is a query, whose values may hold a question mark."""
    address, mark, query = answer.partition("?")
    first_name = address.partition("=")[0]
    return query if mark and (first_name == address or "/" in first_name) else answer


def raise_if_denied(found: Mapping[str, str]) -> None:
    """Raise if a callback's parameters say no.

    Raises:
        AccessDenied: they do.
    """
    problem = found.get("oauth_problem")
    if problem is not None or "denied" in found:
        raise AccessDenied(
            one_line(problem or "")[:100] or "access_denied",
            "the resource owner, or the provider in their place, refused access",
        )
