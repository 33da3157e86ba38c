"""The floor: the fastest correct signer and verifier that plain CPython seems to allow, without an API."""

from __future__ import annotations

import hashlib
import re
from binascii import a2b_base64, b2a_base64
from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from hmac import compare_digest
from os import urandom
from time import time
from typing import Any
from urllib.parse import quote, unquote, unquote_to_bytes

_FORM = "application/x-www-form-urlencoded"
_escape = partial(quote, safe="~")

# One match decides whether every name and value is already encoded by RFC 5849 section 3.6. The quantifiers are
# possessive: no input matches in two ways, so the engine does not need to backtrack.
_PLAIN = r"[A-Za-z0-9\-._~]*+"
_ESCAPE = r"%(?:[018-9A-F][0-9A-F]|2[0-9A-CF]|3[A-F]|[46]0|5[B-E]|7[BCDF])"
_TEXT = f"{_PLAIN}(?:{_ESCAPE}{_PLAIN})*+"
_is_normal = re.compile(f"{_TEXT}={_TEXT}(?:&{_TEXT}={_TEXT})*+").fullmatch
_is_header = re.compile(f'OAuth (?:[a-z_]++="{_TEXT}"(?:, ?|$))++').fullmatch
_split_url = re.compile(r"(https?)://(?:[^/@?#]*@)?([^/?#]*)([^?#]*)", re.IGNORECASE).match


@lru_cache(4096)
def _fixed(text: str) -> str:
    """Encode one character, or normalize one escape."""
    return quote(unquote_to_bytes(text) if len(text) == 3 else text, safe="~")


_fix = partial(re.compile(r"%(?:[0-9A-Fa-f]{2})?|[^A-Za-z0-9\-._~%&=]").sub, lambda match: _fixed(match[0]))


def _normal(text: str) -> str:
    """Return the parameters of a query or a form, as they go on the wire, in the encoding of RFC 5849."""
    if "+" in text:
        text = text.replace("+", "%20")
    if _is_normal(text):
        return text
    text = _fix(text)
    if _is_normal(text):
        return text
    pairs = [part.partition("=") for part in text.split("&") if part]
    return "&".join([f"{name}={value.replace('=', '%3D')}" for name, _, value in pairs])


@lru_cache(1024)
def _target(method: str, url: str) -> str:
    """Return method and base string URI, encoded, for a URL without its query."""
    match = _split_url(url)
    if match is None:
        raise ValueError(f"not an http URL: {url!r}")
    scheme, authority = match[1].lower(), match[2].lower()
    authority = authority.removesuffix(":80" if scheme == "http" else ":443")
    return f"{_escape(method.upper())}&{_escape(f'{scheme}://{authority}' + (match[3] or '/'))}&"


def _base_string(method: str, url: str, body: str | bytes | None, content_type: str | None, protocol: str) -> str:
    """Return the signature base string. ``protocol`` has the sorted, encoded protocol parameters, with NUL for ``=``.

    A name that sorts between two protocol parameters begins like them. Without such a name, ``protocol`` sorts as one
    item. NUL sorts before every character of a name, so a shorter name comes first.
    """
    url, _, text = url.partition("?")
    if "#" in text:
        text = text.partition("#")[0]
    if body and content_type == _FORM:
        form = body if isinstance(body, str) else quote(body, safe="+&=%")
        text = f"{text}&{form}" if text else form
    text = text and _normal(text)
    if not text:
        return _target(method, url) + protocol.replace("\0", "%3D")
    pairs = text.replace("%", "%25").replace("=", "\0").split("&")
    if "oauth_" in text:
        pairs += protocol.split("%26")
    else:
        pairs.append(protocol)
    pairs.sort()
    return _target(method, url) + "%26".join(pairs).replace("\0", "%3D")


def _base64(digest: bytes) -> str:
    return b2a_base64(digest, newline=False).decode().replace("+", "%2B").replace("/", "%2F").replace("=", "%3D")


@lru_cache(1024)
def _hmac(client_secret: str, token_secret: str, algorithm: str) -> Callable[[bytes], bytes]:
    """Return an HMAC whose two hashes have already read the key; each signature starts from copies of them."""
    key = f"{_escape(client_secret)}&{_escape(token_secret)}".encode()
    inner, outer = hashlib.new(algorithm), hashlib.new(algorithm)
    if len(key) > inner.block_size:
        key = hashlib.new(algorithm, key).digest()
    key = key.ljust(inner.block_size, b"\0")
    inner.update(bytes(octet ^ 0x36 for octet in key))
    outer.update(bytes(octet ^ 0x5C for octet in key))
    copy_inner, copy_outer = inner.copy, outer.copy

    def digest(message: bytes) -> bytes:
        first, second = copy_inner(), copy_outer()
        first.update(message)
        second.update(first.digest())
        return second.digest()

    return digest


def _rsa_arguments(algorithm: str) -> tuple[Any, Any]:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding

    return padding.PKCS1v15(), getattr(hashes, algorithm.upper())()


def _rsa(pem: str, algorithm: str) -> Callable[[bytes], bytes]:
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    key: Any = load_pem_private_key(pem.encode(), None)
    pad, digest = _rsa_arguments(algorithm)
    return lambda message: key.sign(message, pad, digest)


def signer(
    client_id: str,
    client_secret: str,
    token: str,
    token_secret: str,
    signature_method: str = "HMAC-SHA1",
    rsa_key: str | None = None,
) -> Callable[..., str]:
    """Return ``sign(method, url, body, content_type, body_hash)``, which returns an Authorization header."""
    client_id, token = _escape(client_id), _escape(token)
    head = (
        f'OAuth oauth_consumer_key="{client_id}", oauth_token="{token}", oauth_version="1.0", '
        f'oauth_signature_method="{signature_method}", oauth_nonce="'
    )
    before_nonce = f"oauth_consumer_key\0{_escape(client_id)}%26oauth_nonce\0"
    before_time = f"%26oauth_signature_method\0{signature_method}%26oauth_timestamp\0"
    after_time = f"%26oauth_token\0{_escape(token)}%26oauth_version\x001.0"
    algorithm = signature_method.rpartition("-")[2].lower()
    digest = _rsa(rsa_key, algorithm) if rsa_key else _hmac(client_secret, token_secret, algorithm)
    body_digest = getattr(hashlib, algorithm)

    def sign(
        method: str,
        url: str,
        body: str | bytes | None = None,
        content_type: str | None = None,
        body_hash: bool = False,
    ) -> str:
        nonce, timestamp = urandom(16).hex(), str(int(time()))
        protocol = f"{before_nonce}{nonce}{before_time}{timestamp}{after_time}"
        extra = ""
        if body_hash:
            hashed = _base64(body_digest(body).digest())
            protocol = f"oauth_body_hash\0{hashed.replace('%', '%25')}%26{protocol}"
            extra = f', oauth_body_hash="{hashed}"'
        base_string = _base_string(method, url, body, content_type, protocol)
        signature = _base64(digest(base_string.encode()))
        return f'{head}{nonce}", oauth_timestamp="{timestamp}", oauth_signature="{signature}"{extra}'

    return sign


def _decoded(text: str) -> str:
    return unquote(unquote(text)) if "%" in text else text


def verifier(
    find: Callable[[str, str], tuple[str, str, Any]],
    use_nonce: Callable[[str, str, int, str], bool],
    window: int = 300,
) -> Callable[..., bool]:
    """Return ``verify(method, url, headers, body)``. ``find`` returns both secrets and the public RSA key."""
    rsa_arguments = lru_cache(_rsa_arguments)

    def verify(method: str, url: str, headers: Mapping[str, str], body: str | bytes | None = None) -> bool:
        header = headers["Authorization"]
        if not _is_header(header):
            return False
        items = header[6:-1].replace("%", "%25").replace('="', "\0").replace('", ', '",').split('",')
        given = dict([item.split("\0") for item in items])
        if len(given) != len(items) or given.get("oauth_version", "1.0") != "1.0":
            return False
        client_id, token = _decoded(given["oauth_consumer_key"]), _decoded(given["oauth_token"])
        timestamp = int(given["oauth_timestamp"])
        if abs(time() - timestamp) > window:
            return False
        client_secret, token_secret, public_key = find(client_id, token)
        signature = given["oauth_signature"]
        protocol = "%26".join(sorted([item for item in items if not item.startswith(("realm\0", "oauth_signature\0"))]))
        base_string = _base_string(method, url, body, headers.get("Content-Type"), protocol).encode()
        kind, _, algorithm = given["oauth_signature_method"].partition("-")
        if kind == "HMAC":
            expected = _base64(_hmac(client_secret, token_secret, algorithm.lower())(base_string))
            if not compare_digest(expected.replace("%", "%25"), signature):
                return False
        else:
            octets = a2b_base64(signature.replace("%252B", "+").replace("%252F", "/").replace("%253D", "="))
            public_key.verify(octets, base_string, *rsa_arguments(algorithm))
        return use_nonce(client_id, token, timestamp, given["oauth_nonce"])

    return verify
