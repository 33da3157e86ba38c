"""The search for the mistake behind a wrong signature: known mistakes are made on purpose until one matches.

Verification needs nothing of this, and no description contains a secret. Signatures are compared in constant time, as
a comparison that stops early would tell an attacker how much of a forged one is right.
"""

import hmac
from binascii import a2b_base64, b2a_base64
from collections.abc import Iterator
from typing import NamedTuple

from oauthone.core.base_string import normalized_parameters
from oauthone.core.body import body_digest
from oauthone.core.encoding import constant_time_equal, percent_decode, percent_encode
from oauthone.core.parsed_request import ParsedRequest, base_string_of
from oauthone.core.signature import SIGNATURE_METHODS, HmacMethod, PlaintextMethod, SignatureMethod, signing_key
from oauthone.core.verification_types import Credentials
from oauthone.diagnosis.mistake_catalogue import (
    ENCODER_MISTAKES,
    WRONG_SPELLINGS,
    wrong_keys,
    wrong_methods,
    wrong_orders,
    wrong_parameters,
    wrong_secrets,
    wrong_uris,
)
from oauthone.errors import SigningError

#: A request with more characters in its path and its encoded parameters is not searched: that would take too long.
_MAX_CHARACTERS = 1 << 14


def diagnose_body_hash(request: ParsedRequest, method: SignatureMethod) -> str | None:
    """Describe why ``oauth_body_hash`` is wrong.

    Args:
        request: the request as it arrived.
        method: the signature method that the request names.

    Returns:
        The description; None if the hash is right or absent.
    """
    given, right = request.protocol.get("oauth_body_hash"), body_digest(method.hash_name, request.request.body)
    if given is None or given == right:
        return None
    digits = a2b_base64(right).hex()
    if given.lower() == digits or given == _base64(digits.encode("ascii")):
        return "the client wrote oauth_body_hash in hexadecimal"
    if given == body_digest(method.hash_name, b""):
        return "the client hashed an empty body"
    for name in ("sha1", "sha256", "sha512"):
        if given == body_digest(name, request.request.body):
            return f"the client hashed the body with {name.upper()}, {method.name} means {method.hash_name.upper()}"
    return "the client hashed another body than the one that arrived"


class _Candidate(NamedTuple):
    """What a client that makes one mistake signs and sends."""

    description: str
    base_string: str
    signature: str
    client_secret: str
    token_secret: str


def diagnose_signature(request: ParsedRequest, method: SignatureMethod, credentials: Credentials) -> str | None:
    """Describe the mistake that leads to the signature that was sent.

    Args:
        request: the request as it arrived.
        method: the signature method that the request names.
        credentials: the client's and the token's.

    Returns:
        The description; None if no known mistake leads there, the signature is right, or the request is too large to
        be searched.
    """
    # Decided before anything is built: an attacker who knows a client's identifier can send large requests.
    if (
        len(request.request.path) + sum(map(len, request.in_header)) + sum(map(len, request.elsewhere))
        > _MAX_CHARACTERS
    ):
        return None
    right = _Candidate(
        "",
        base_string_of(request),
        request.protocol["oauth_signature"],
        credentials.client_secret,
        credentials.token_secret or "",
    )
    if _matches(right, method, credentials):
        return None
    for candidate in _candidates(request, method, right):
        if _matches(candidate, method, credentials):
            return f"the client {candidate.description}"
    for description, signature in _wrong_signatures(right, method):
        if constant_time_equal(signature, right.signature):
            return f"the client {description}"
    for other in SIGNATURE_METHODS.values():
        if other.uses_rsa_key == method.uses_rsa_key and _matches(right, other, credentials):
            return f"the client signed with {other.name}, though the request says {method.name}"
    return None


def _matches(candidate: _Candidate, method: SignatureMethod, credentials: Credentials) -> bool:
    _, base_string, signature, client_secret, token_secret = candidate
    try:
        return method.verify(base_string, signature, client_secret, token_secret, credentials.rsa_key)
    except SigningError:  # a hash that this Python's crypto policy forbids
        return False


def _candidates(request: ParsedRequest, method: SignatureMethod, right: _Candidate) -> Iterator[_Candidate]:
    if not method.uses_rsa_key:
        for description, client_secret, token_secret in wrong_secrets(right.client_secret, right.token_secret):
            yield right._replace(description=description, client_secret=client_secret, token_secret=token_secret)
    for description, respell in WRONG_SPELLINGS:
        yield right._replace(description=description, signature=respell(right.signature))
    if isinstance(method, PlaintextMethod):
        return  # its signature does not depend on the base string
    for description, base_string in _wrong_base_strings(request, right.base_string):
        yield right._replace(description=description, base_string=base_string)


def _wrong_base_strings(request: ParsedRequest, right: str) -> Iterator[tuple[str, str]]:
    """Yield descriptions, each with the base string of a client that makes the mistake."""
    method, uri, parameters = right.split("&")
    as_sent = request.pairs
    for description, pairs in wrong_parameters(request):
        yield description, f"{method}&{uri}&{_encoded_parameters(sorted(pairs))}"
    for description, pairs in wrong_orders(as_sent):
        yield description, f"{method}&{uri}&{_encoded_parameters(pairs)}"
    for description, other_method in wrong_methods(method):
        yield description, f"{other_method}&{uri}&{parameters}"
    for description, other_uri in wrong_uris(request.request):
        yield description, f"{method}&{percent_encode(other_uri)}&{parameters}"
    decoded_uri = percent_decode(uri).decode("latin-1")
    yield "joined the parts without encoding them", f"{method}&{decoded_uri}&{normalized_parameters(as_sent)}"
    # Some encoders go wrong in both rounds: over each value, and over the whole.
    for description, change in ENCODER_MISTAKES:
        inner = normalized_parameters([change(pair) for pair in as_sent])
        yield description, f"{method}&{change(uri)}&{change(percent_encode(inner))}"


def _encoded_parameters(pairs: list[str]) -> str:
    """The last part of a base string, from parameters that may be encoded or ordered wrongly."""
    return percent_encode("&".join(pairs).replace("\0", "=").encode("latin-1"))


def _wrong_signatures(right: _Candidate, method: SignatureMethod) -> Iterator[tuple[str, str]]:
    """Yield descriptions, each with a signature that the method itself makes of no two secrets."""
    keys = wrong_keys(right.client_secret, right.token_secret)
    if isinstance(method, PlaintextMethod):
        yield from keys
    elif isinstance(method, HmacMethod):
        for description, key in keys:
            yield description, _base64(_hmac(key, right.base_string, method))
        digits = _hmac(signing_key(right.client_secret, right.token_secret), right.base_string, method).hex()
        yield "sent the signature in hexadecimal instead of base64", digits
        yield "sent the base64 of hexadecimal digits instead of the signature's octets", _base64(digits.encode("ascii"))


def _hmac(key: str, text: str, method: SignatureMethod) -> bytes:
    return hmac.digest(key.encode("utf-8", "surrogatepass"), text.encode("ascii"), method.hash_name)


def _base64(octets: bytes) -> str:
    return b2a_base64(octets, newline=False).decode("ascii")
