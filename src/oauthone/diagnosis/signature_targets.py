"""What the signature of a request may be: one of each kind that its credentials allow."""

import hashlib
from binascii import Error as Base64Error
from binascii import a2b_base64
from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

from oauthone.core.rsa import RsaPublicKey
from oauthone.core.signature import SIGNATURE_METHODS, SignatureMethod
from oauthone.diagnosis.key_mistakes import (
    Identifiers,
    KeyMaker,
    Secrets,
    join,
    plaintext_spellings,
    signature_spellings,
    wrong_secrets,
)
from oauthone.diagnosis.search_targets import HmacTarget, MethodTarget, PlaintextTarget, RsaTarget, Target
from oauthone.diagnosis.sent_request import Parameter, SentRequest
from oauthone.diagnosis.signing_steps import Change, Choice, Step, changes, choices, same

#: The length of a signature with a key of 512 bits, in octets.
_SHORTEST_RSA = 64

#: The lengths of signatures with keys as they are usual: another length is that of a signature that was cut.
_RSA_LENGTHS = (64, 96, 128, 192, 256, 384, 512)

_HASHES = {"sha1": "SHA1", "sha256": "SHA256", "sha512": "SHA512"}


class SigningCredentials(NamedTuple):
    """What a client signs with.

    Attributes:
        secrets: the client's and the token's; None if they are not known.
        identifiers: what the client may confuse with them.
        public_key: the public half of the client's RSA key, or None.
        method: the signature method; None looks up the one that the request names.
    """

    secrets: Secrets | None
    identifiers: Identifiers
    public_key: RsaPublicKey | None = None
    method: SignatureMethod | None = None

    def __repr__(self) -> str:
        return "SigningCredentials(…)"


def targets_of(
    request: SentRequest, credentials: SigningCredentials, mistakes: int
) -> Iterator[tuple[Choice[None], Target]]:
    """Yield what the signature may be, each with the mistake of a client whose request names another method.

    Args:
        request: a request with a signature.
        credentials: those that the client has, or should have, signed with.
        mistakes: how many may come together.
    """
    method, sent = credentials.method, request.signatures[0]
    if method is None:
        method = named_method(request)
    elif method is not SIGNATURE_METHODS.get(method.name):
        yield Choice(None, ()), _method_target(credentials, sent, method)
        return
    for kind, make in _KINDS.items():
        way = () if method is None or kind == _kind(method) else (f"signed-with:{kind}",)
        target = make(credentials, sent, method, mistakes - len(way)) if len(way) <= mistakes else None
        if target is not None:
            yield Choice(None, way), target


def named_method(request: SentRequest) -> SignatureMethod | None:
    """Return the signature method that a request names, in any case; None if it is unknown."""
    return SIGNATURE_METHODS.get((request.protocol("oauth_signature_method") or "").upper().replace("_", "-"))


def _kind(method: SignatureMethod) -> str:
    return "PLAINTEXT" if method.name == "PLAINTEXT" else "RSA" if method.uses_rsa_key else "HMAC"


def _hash_choices(kind: str, method: SignatureMethod | None) -> list[Choice[str]]:
    """Return the hashes that a client may have used, without those that this Python's crypto policy forbids."""
    if method is None or _kind(method) != kind:
        found = [Choice(name, ()) for name in _HASHES]
    else:
        found = choices(method.hash_name, [(f"signed-with:{kind}-{word}", name) for name, word in _HASHES.items()])
    return [choice for choice in found if _is_allowed(choice.value)]


def _is_allowed(hash_name: str) -> bool:
    try:
        hashlib.new(hash_name)
    except ValueError:
        return False
    return True


def _keys(credentials: SigningCredentials) -> Step[Secrets, bytes] | None:
    if credentials.secrets is None:
        return None
    return Step(credentials.secrets, KeyMaker().make, partial(_secret_changes, credentials))


def _secret_changes(credentials: SigningCredentials) -> Iterator[Change[Secrets]]:
    return changes(wrong_secrets(credentials.identifiers))


def _octets(sent: Parameter, mistakes: int) -> list[Choice[bytes]]:
    """Return the octets that the text of a signature may stand for."""
    spellings = signature_spellings(sent) if mistakes else ()
    try:
        return choices(a2b_base64(sent.value.encode("latin-1"), strict_mode=True), spellings)
    except Base64Error:
        return [Choice(octets, (mistake,)) for mistake, octets in spellings]


def _hmac_target(
    credentials: SigningCredentials, sent: Parameter, method: SignatureMethod | None, mistakes: int
) -> HmacTarget | None:
    keys, octets = _keys(credentials), _octets(sent, mistakes)
    return HmacTarget(keys, _hash_choices("HMAC", method), octets) if keys and octets else None


def _plaintext_target(
    credentials: SigningCredentials, sent: Parameter, method: SignatureMethod | None, mistakes: int
) -> PlaintextTarget | None:
    keys = _keys(credentials)
    spellings = choices(sent.value.encode("latin-1"), plaintext_spellings(sent) if mistakes else ())
    return PlaintextTarget(keys, spellings) if keys else None


def _rsa_target(
    credentials: SigningCredentials, sent: Parameter, method: SignatureMethod | None, mistakes: int
) -> RsaTarget | None:
    if credentials.public_key is None:
        return None
    signatures = [choice for choice in _octets(sent, mistakes) if len(choice.value) >= _SHORTEST_RSA]
    if not signatures:
        return None  # no RSA key makes so short a signature
    opened = [one for choice in signatures for one in _opened(choice, credentials.public_key)]
    is_whole = any(len(choice.value) in _RSA_LENGTHS for choice in signatures)
    return RsaTarget(opened, _hash_choices("RSA", method), is_whole=is_whole)


def _opened(signature: Choice[bytes], key: RsaPublicKey) -> Iterator[Choice[bytes]]:
    """Yield what a signature was made of, with the mistakes in how its number was written."""
    length, way = (key.bits + 7) // 8, signature.ways[0]
    octets = signature.value.removeprefix(b"\0") if len(signature.value) > length else signature.value
    if len(signature.value) == length:
        yield Choice(key.recover(octets), way)
        yield Choice(key.recover(octets[::-1]), (*way, "signature-octets-reversed"))
    elif len(octets) <= length:
        yield Choice(key.recover(octets), (*way, "signature-of-other-length"))


def _method_target(credentials: SigningCredentials, sent: Parameter, method: SignatureMethod) -> MethodTarget:
    """Return a signature with a method that a server added."""

    def verify(base_string: str, client_secret: str, token_secret: str) -> bool:
        return method.verify(base_string, sent.value, client_secret, token_secret, credentials.public_key)

    secrets = credentials.secrets or Secrets("", "", join)
    return MethodTarget(verify, Step(secrets, same, partial(_secret_changes, credentials)))


_KINDS = {"HMAC": _hmac_target, "PLAINTEXT": _plaintext_target, "RSA": _rsa_target}
