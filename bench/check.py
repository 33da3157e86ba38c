"""An independent, simple verifier. A signer whose signature it rejects is not timed."""

from __future__ import annotations

import hashlib
import hmac
import re
from base64 import b64decode, b64encode
from typing import Any
from urllib.parse import quote, unquote_to_bytes, urlsplit

from . import cases

_PAIR = re.compile(r'\s*([^=\s]+)="([^"]*)"\s*')


class WrongSignature(Exception):
    """A candidate produced an Authorization header that RFC 5849 does not allow for this request."""


def check(case: cases.Case, authorization: str, public_key: Any = None) -> None:
    """Raise WrongSignature unless `authorization` signs `case` with the credentials of `bench.cases`."""
    protocol = _protocol_parameters(authorization)
    signature = protocol.pop("oauth_signature", None)
    method = protocol.get("oauth_signature_method", "")
    expected = {"oauth_consumer_key": cases.CLIENT_ID, "oauth_token": cases.TOKEN, "oauth_version": "1.0"}
    wrong = {name: protocol.get(name) for name, value in expected.items() if protocol.get(name) != value}
    if signature is None or wrong:
        raise WrongSignature(f"{case.name}: parameters missing or wrong: {wrong or 'oauth_signature'}")
    _check_body_hash(case, protocol, method)
    base = base_string(case, protocol).encode()
    if method.startswith("RSA-"):
        _check_rsa(case, base, signature, method, public_key)
    elif b64encode(hmac.digest(_key(), base, method.removeprefix("HMAC-").lower())).decode() != signature:
        raise WrongSignature(f"{case.name}: {method} signature does not sign {base!r}")


def base_string(case: cases.Case, protocol: dict[str, str]) -> str:
    """Build the base string step by step (RFC 5849 section 3.4.1)."""
    url = urlsplit(case.url)
    pairs = [(name.encode(), value.encode()) for name, value in protocol.items() if name != "realm"]
    pairs += _form_pairs(url.query)
    if case.content_type == cases.FORM:
        pairs += _form_pairs(case.octets.decode())
    encoded = sorted((_escape(name), _escape(value)) for name, value in pairs)
    normalized = "&".join(f"{name}={value}" for name, value in encoded)
    uri = f"{url.scheme.lower()}://{_authority(url.scheme.lower(), url.netloc)}{url.path or '/'}"
    return "&".join((_escape(case.method.upper().encode()), _escape(uri.encode()), _escape(normalized.encode())))


def _authority(scheme: str, netloc: str) -> str:
    default = {"http": ":80", "https": ":443"}[scheme]
    return netloc.rpartition("@")[2].lower().removesuffix(default)


def _protocol_parameters(authorization: str) -> dict[str, str]:
    scheme, _, rest = authorization.partition(" ")
    matches = [_PAIR.fullmatch(item) for item in rest.split(",")]
    if scheme.lower() != "oauth" or None in matches:
        raise WrongSignature(f"not an OAuth header: {authorization!r}")
    pairs = [(match[1], unquote_to_bytes(match[2]).decode()) for match in matches if match]
    if len(dict(pairs)) != len(pairs):
        raise WrongSignature(f"a parameter occurs twice: {authorization!r}")
    return dict(pairs)


def _form_pairs(text: str) -> list[tuple[bytes, bytes]]:
    pairs = [part.replace("+", " ").partition("=") for part in text.split("&") if part]
    return [(unquote_to_bytes(name), unquote_to_bytes(value)) for name, _, value in pairs]


def _escape(octets: bytes) -> str:
    return quote(octets, safe="~")


def _key() -> bytes:
    return f"{_escape(cases.CLIENT_SECRET.encode())}&{_escape(cases.TOKEN_SECRET.encode())}".encode()


def _check_body_hash(case: cases.Case, protocol: dict[str, str], method: str) -> None:
    """Accept the hash of the signature method, and SHA-1, which the draft of the extension requires."""
    given = protocol.get("oauth_body_hash")
    digests = [hashlib.sha1(case.octets), hashlib.new(method.rpartition("-")[2].lower(), case.octets)]
    allowed = [b64encode(digest.digest()).decode() for digest in digests] if case.body_hash else [None]
    if given not in allowed:
        raise WrongSignature(f"{case.name}: oauth_body_hash is {given!r}")


def _check_rsa(case: cases.Case, base: bytes, signature: str, method: str, public_key: Any) -> None:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding

    digest = getattr(hashes, method.removeprefix("RSA-"))()
    try:
        public_key.verify(b64decode(signature), base, padding.PKCS1v15(), digest)
    except InvalidSignature as wrong:
        raise WrongSignature(f"{case.name}: {method} signature does not sign {base!r}") from wrong
