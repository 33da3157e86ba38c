"""A client that makes a mistake, and what the search reports about its request."""

import base64
import hmac
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, unquote

from core.incoming import signed_pairs

from oauthone import Signer
from oauthone.core.incoming_request import IncomingRequest
from oauthone.core.parsed_request import ParsedRequest, parse_request
from oauthone.core.policy import VerificationPolicy
from oauthone.core.signature import get_signature_method
from oauthone.core.verification_types import Credentials
from oauthone.diagnosis.refused_signature import diagnose_signature

URL = "https://api.example/path?a=x%20y&b=/"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
SECRET = "s+ecret /"
TOKEN_SECRET = "t%s"
Change = Callable[[str], str]


def request(
    url: str = URL,
    headers: Any = (),
    body: bytes = b"",
    method: str = "POST",
    **options: Any,
) -> ParsedRequest:
    """Return a correctly signed request as a server receives it."""
    given = {"token": "t", "token_secret": TOKEN_SECRET, **options}
    signed = Signer("client", None if given.get("rsa_key") else SECRET, **given).sign(method, url, headers, body)
    pairs = [*dict(headers).items(), ("Authorization", signed.authorization or "")]
    return parse_request(IncomingRequest.from_url(method, signed.url, pairs, body), VerificationPolicy())


def keyed(key: str, text: str, hash_name: str = "sha1") -> bytes:
    return hmac.digest(key.encode(), text.encode(), hash_name)


def in_base64(octets: bytes) -> str:
    return base64.b64encode(octets).decode()


def encoded(text: str) -> str:
    return quote(text, safe="~")


#: The key of both secrets.
KEY = f"{encoded(SECRET)}&{encoded(TOKEN_SECRET)}"


def sign(base_string: str, key: str = KEY) -> str:
    return in_base64(keyed(key, base_string))


def mistake(
    incoming: ParsedRequest,
    signature: str | None = None,
    *,
    secret: str = SECRET,
    token_secret: str | None = TOKEN_SECRET,
) -> str | None:
    """Return the likeliest report about ``incoming`` with ``signature``."""
    if signature is not None:
        incoming.protocol["oauth_signature"] = signature
    method = get_signature_method(incoming.protocol["oauth_signature_method"])
    said = diagnose_signature(incoming, method, Credentials(secret, token_secret=token_secret))
    assert said is None or not any(hidden in said for hidden in (SECRET, TOKEN_SECRET, encoded(SECRET)))
    if said is None:
        return None
    return said.replace("did one of these: ", "").partition("; " if "; or " in said else ", or ")[0]


def base_string_with(
    incoming: ParsedRequest, inner: Change = encoded, outer: Change = encoded, *, sort: Callable[..., Any] = sorted
) -> str:
    """Return the base string of a client that encodes or sorts differently."""
    decoded = [tuple(map(unquote, pair.split("\0"))) for pair in signed_pairs(incoming.request)]
    pairs = sort([(inner(name), inner(value)) for name, value in decoded])
    uri = f"{incoming.request.scheme}://{incoming.request.authority}{incoming.request.path}"
    return f"POST&{outer(uri)}&{outer('&'.join(f'{name}={value}' for name, value in pairs))}"


def lower(text: str) -> str:
    return re.sub("%..", lambda found: found[0].lower(), encoded(text))
