"""The signed answer (a JWT, RFC 7519) in which some providers name the account."""

import binascii
import hashlib
import hmac
from typing import Any, cast
from urllib.parse import urlsplit

from oauthone.errors import FlowError
from oauthone.providers._account import parse_json

#: The largest difference of clocks that is accepted, in seconds.
_LEEWAY = 300


def read_identity_token(
    text: str, *, key: str, audience: str, nonce: str | None, asked: str, now: float
) -> dict[str, Any]:
    """Return the claims of an answer that proves to be the provider's, and to be the answer to this request.

    Args:
        text: the answer.
        key: the key of its signature (HS256): the client's shared secret.
        audience: the client's identifier.
        nonce: the nonce of the request; None if it is not known.
        asked: the URL of the request.
        now: the seconds since 1970.

    Raises:
        FlowError: the answer is no such token, or is for another client, request or time.
    """
    head, dot, signature = text.strip().rpartition(".")
    has_key, is_genuine = bool(key), _is_genuine(head, signature, key)
    del key  # A traceback may show the variables of this frame.
    header = _decoded(head.partition(".")[0])
    if not dot or not has_key or header.get("alg") != "HS256":
        raise _unusable("is no identity token signed with HS256 and the client's secret")
    if not is_genuine:
        raise _unusable("has a wrong signature")
    claims = _decoded(head.partition(".")[2])
    if claims.get("aud") != audience:
        raise _unusable("is for another client")
    if nonce is None or claims.get("nonce") != nonce:
        raise _unusable("answers another request: its nonce is not the one that was sent")
    if urlsplit(str(claims.get("iss"))).netloc.lower() != urlsplit(asked).netloc.lower():
        raise _unusable("was issued by another host")
    issued, ends = claims.get("iat", now), claims.get("exp", now)
    if not (_is_time(issued) and _is_time(ends) and issued <= now + _LEEWAY and now <= ends + _LEEWAY):
        raise _unusable("is not valid at this time: check this machine's clock")
    return claims


def _is_genuine(head: str, signature: str, key: str) -> bool:
    expected = hmac.digest(key.encode(), head.encode("utf-8", "surrogatepass"), hashlib.sha256)
    return hmac.compare_digest(expected, _octets(signature))


def _is_time(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _decoded(part: str) -> dict[str, Any]:
    try:
        found = parse_json(_octets(part).decode("utf-8"))
    except (FlowError, UnicodeDecodeError):
        found = None
    if not isinstance(found, dict):
        raise _unusable("is no identity token")
    return cast("dict[str, Any]", found)


def _octets(part: str) -> bytes:
    """Return the octets of a part in base64url without padding; none if it is written in another way."""
    try:
        padded = part.translate({45: "+", 95: "/"}) + "=" * (-len(part) % 4)
        return binascii.a2b_base64(padded, strict_mode=True)
    except ValueError:
        return b""


def _unusable(why: str) -> FlowError:
    return FlowError("identity_unreadable", f"the provider's answer about the account {why}")
