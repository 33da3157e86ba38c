"""Base strings and signatures (RFC 5849 section 3.4), for code that registers its own signature method.

A function ``sign(client, request)`` returns the signature of an `OAuth1Request` for a `ClientAuth`.
"""

from collections.abc import Iterable
from typing import Any

from authlib.oauth1.constants import (
    SIGNATURE_HMAC_SHA1,
    SIGNATURE_PLAINTEXT,
    SIGNATURE_RSA_SHA1,
    SIGNATURE_TYPE_BODY,
    SIGNATURE_TYPE_HEADER,
    SIGNATURE_TYPE_QUERY,
)
from authlib.oauth1.rfc5849.util import escape, unescape
from authlib.oauth1.rfc5849.wrapper import OAuth1Request
from oauthone.compat._rsa_keys import lenient_key
from oauthone.core.base_string import base_string_prefix, base_string_uri, signature_base_string
from oauthone.core.rsa import RsaPublicKey
from oauthone.core.signature import get_signature_method

__all__ = [
    "SIGNATURE_HMAC_SHA1",
    "SIGNATURE_PLAINTEXT",
    "SIGNATURE_RSA_SHA1",
    "SIGNATURE_TYPE_BODY",
    "SIGNATURE_TYPE_HEADER",
    "SIGNATURE_TYPE_QUERY",
    "construct_base_string",
    "escape",
    "generate_signature_base_string",
    "hmac_sha1_signature",
    "normalize_base_string_uri",
    "normalize_parameters",
    "plaintext_signature",
    "rsa_sha1_signature",
    "sign_hmac_sha1",
    "sign_plaintext",
    "sign_rsa_sha1",
    "unescape",
    "verify_hmac_sha1",
    "verify_plaintext",
    "verify_rsa_sha1",
]


def generate_signature_base_string(request: Any) -> str:
    """Return the base string of an `OAuth1Request`, or of any object with method, uri, params and headers."""
    if not isinstance(request, OAuth1Request):
        return construct_base_string(request.method, request.uri, request.params, request.headers.get("Host"))
    signed = [pair for pair in request.encoded_params if not pair.startswith("oauth_signature\0")]
    return signature_base_string(base_string_prefix(request.method, request.uri, request.host), signed)


def construct_base_string(method: str, uri: str, params: Iterable[tuple[str, str]], host: str | None = None) -> str:
    """Return the base string of a request. ``params`` must include the parameters of its query."""
    signed = [(name, value) for name, value in params if name not in ("oauth_signature", "realm")]
    parts = (method.upper(), normalize_base_string_uri(uri, host), normalize_parameters(signed))
    return "&".join(escape(part) for part in parts)


def normalize_base_string_uri(uri: str, host: str | None = None) -> str:
    """The base string URI (section 3.4.1.2).

    Raises:
        ValueError: ``uri`` is not an absolute URI.
    """
    return base_string_uri(uri, host)


def normalize_parameters(params: Iterable[tuple[str, str]]) -> str:
    """Parameters, encoded, sorted and joined (section 3.4.1.3.2)."""
    return "&".join("=".join(pair) for pair in sorted((escape(name), escape(value)) for name, value in params))


def hmac_sha1_signature(base_string: str, client_secret: str | None, token_secret: str | None) -> str:
    """The HMAC-SHA1 signature of a base string."""
    return _signature(SIGNATURE_HMAC_SHA1, base_string, client_secret, token_secret)


def rsa_sha1_signature(base_string: str, rsa_private_key: Any) -> str:
    """The RSA-SHA1 signature of a base string."""
    return _signature(SIGNATURE_RSA_SHA1, base_string, None, None, lenient_key(rsa_private_key))


def plaintext_signature(client_secret: str | None, token_secret: str | None) -> str:
    """The PLAINTEXT signature, which consists of both secrets."""
    return _signature(SIGNATURE_PLAINTEXT, "", client_secret, token_secret)


def sign_hmac_sha1(client: Any, request: Any) -> str:
    """Sign with HMAC-SHA1."""
    return hmac_sha1_signature(generate_signature_base_string(request), client.client_secret, client.token_secret)


def sign_rsa_sha1(client: Any, request: Any) -> str:
    """Sign with RSA-SHA1."""
    return rsa_sha1_signature(generate_signature_base_string(request), client.rsa_key)


def sign_plaintext(client: Any, request: Any) -> str:
    """Sign with PLAINTEXT."""
    return plaintext_signature(client.client_secret, client.token_secret)


def verify_hmac_sha1(request: Any) -> bool:
    """Return whether the HMAC-SHA1 signature of an `OAuth1Request` is right. Without a client secret none is."""
    return _is_right(SIGNATURE_HMAC_SHA1, request)


def verify_plaintext(request: Any) -> bool:
    """Return whether the PLAINTEXT signature of an `OAuth1Request` is right. Without a client secret none is."""
    return _is_right(SIGNATURE_PLAINTEXT, request)


def verify_rsa_sha1(request: Any) -> bool:
    """Return whether the RSA-SHA1 signature of an `OAuth1Request` is right."""
    key = RsaPublicKey(request.rsa_public_key, min_bits=1)
    base_string = generate_signature_base_string(request)
    return get_signature_method(SIGNATURE_RSA_SHA1).verify(base_string, request.signature or "", "", "", key)


def _is_right(method: str, request: Any) -> bool:
    secret = request.client_secret
    if not secret:
        return False
    base_string = generate_signature_base_string(request)
    return get_signature_method(method).verify(base_string, request.signature or "", secret, request.token_secret or "")


def _signature(
    method: str, base_string: str, client_secret: str | None, token_secret: str | None, rsa_key: Any = None
) -> str:
    sign = get_signature_method(method).signing_function(client_secret or "", token_secret or "", rsa_key)
    return sign(base_string)
