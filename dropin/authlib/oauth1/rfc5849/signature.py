"""Base strings and signatures (RFC 5849 section 3.4), for code that registers its own signature method.

A function ``sign(client, request)`` returns the signature of a request. `RegisteredMethod` is the signature method of
such a function, and passes it a `RequestToSign`.
"""

from collections.abc import Callable, Iterable, Mapping
from types import SimpleNamespace
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
from oauthone import SignatureMethod
from oauthone.compat._rsa_keys import lenient_key
from oauthone.core.base_string import base_string_uri
from oauthone.core.signature import get_signature_method
from oauthone.errors import SigningError

__all__ = [
    "SIGNATURE_HMAC_SHA1",
    "SIGNATURE_PLAINTEXT",
    "SIGNATURE_RSA_SHA1",
    "SIGNATURE_TYPE_BODY",
    "SIGNATURE_TYPE_HEADER",
    "SIGNATURE_TYPE_QUERY",
    "construct_base_string",
    "generate_signature_base_string",
    "hmac_sha1_signature",
    "normalize_base_string_uri",
    "normalize_parameters",
    "plaintext_signature",
    "rsa_sha1_signature",
    "sign_hmac_sha1",
    "sign_plaintext",
    "sign_rsa_sha1",
]


class RequestToSign:
    """A request as a signing function sees it, taken from its base string.

    Attributes:
        base_string: the signature base string.
        method: the request method, in upper case.
        uri: the base string URI, which has no query.
        params: all parameters of query, form and protocol, decoded.
        headers: empty; the base string holds the Host already.
        body: None; a form's parameters are among ``params``.
    """

    def __init__(self, base_string: str) -> None:
        method, uri, parameters = base_string.split("&")
        pairs = [pair.partition("=") for pair in unescape(parameters).split("&")]
        self.base_string = base_string
        self.method, self.uri = unescape(method), unescape(uri)
        self.params = [(unescape(name), unescape(value)) for name, _, value in pairs]
        self.headers: Mapping[str, str] = {}
        self.body = None


def generate_signature_base_string(request: Any) -> str:
    """Return the base string of a `RequestToSign`, or of any object with method, uri, params and headers."""
    ready: str | None = getattr(request, "base_string", None)
    if ready is not None:
        return ready
    return construct_base_string(request.method, request.uri, request.params, request.headers.get("Host"))


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


def _signature(
    method: str, base_string: str, client_secret: str | None, token_secret: str | None, rsa_key: Any = None
) -> str:
    sign = get_signature_method(method).signing_function(client_secret or "", token_secret or "", rsa_key)
    return sign(base_string)


#: The signing functions by the name of their signature method.
SIGNATURE_METHODS: dict[str, Callable[[Any, Any], str]] = {
    SIGNATURE_HMAC_SHA1: sign_hmac_sha1,
    SIGNATURE_RSA_SHA1: sign_rsa_sha1,
    SIGNATURE_PLAINTEXT: sign_plaintext,
}
_BUILT_IN = dict(SIGNATURE_METHODS)


class RegisteredMethod(SignatureMethod):
    """A signature method whose function was, or will be, registered under its name.

    Args:
        name: the name.
        rsa_key: the ``rsa_key`` argument, which the function reads as ``client.rsa_key``.
    """

    def __init__(self, name: str, rsa_key: Any = None) -> None:
        self.name = name
        self.rsa_key = rsa_key

    def signing_function(self, client_secret: str, token_secret: str, rsa_key: Any = None) -> Callable[[str], str]:
        """See `oauthone.SignatureMethod`."""

        def sign(base_string: str) -> str:
            function = SIGNATURE_METHODS.get(self.name)
            if function is None:
                raise SigningError(
                    f"the signature method {self.name!r} is unknown: register it with register_signature_method()"
                )
            request = RequestToSign(base_string)
            sent = dict(request.params)
            client = SimpleNamespace(
                client_id=sent.get("oauth_consumer_key"),
                client_secret=client_secret,
                token=sent.get("oauth_token"),
                token_secret=token_secret,
                redirect_uri=sent.get("oauth_callback"),
                verifier=sent.get("oauth_verifier"),
                rsa_key=self.rsa_key,
                signature_method=self.name,
            )
            signature = function(client, request)
            return signature.decode("ascii") if isinstance(signature, bytes) else signature

        return sign


def method_and_key(signature_method: Any, rsa_key: Any) -> tuple[Any, Any]:
    """Return the method and key for a `Signer` from the arguments that Authlib takes."""
    if not isinstance(signature_method, str):
        return signature_method, lenient_key(rsa_key)
    registered = SIGNATURE_METHODS.get(signature_method)
    if registered is not None and registered is not _BUILT_IN.get(signature_method):
        return RegisteredMethod(signature_method, rsa_key), None
    try:
        get_signature_method(signature_method)
    except SigningError:
        return RegisteredMethod(signature_method, rsa_key), None
    return signature_method, lenient_key(rsa_key)


class SignatureMethods:
    """The registered signing functions, which every class that signs shares."""

    SIGNATURE_METHODS = SIGNATURE_METHODS

    @classmethod
    def register_signature_method(cls, name: str, sign: Callable[[Any, Any], str]) -> None:
        """Register ``sign(client, request)`` as the signature method ``name`` for all clients and auths."""
        SIGNATURE_METHODS[name] = sign
