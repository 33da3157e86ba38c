"""What a client made of its base string: the base string itself, or a signature of one of the three kinds.

Signatures are compared in constant time, as a comparison that stops early would tell an attacker how much of a forged
one is right.
"""

import hashlib
import hmac
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple, Protocol

from oauthone.diagnosis.key_mistakes import Secrets
from oauthone.diagnosis.signing_steps import Choice, Mistakes, merged


class Match(NamedTuple):
    """What leads to a target: the combinations of mistakes, all with the same number of them."""

    number: int
    ways: list[Mistakes]


class Target(Protocol):
    """What a client made of its base string.

    Attributes:
        reads_text: whether it depends on the base string at all.
    """

    reads_text: bool

    def matches(self, text: str, mistakes: int, least: int = 0) -> Iterator[Match]:
        """Yield how the base string ``text`` leads to the target.

        Args:
            text: the base string.
            mistakes: how many mistakes more may lead there.
            least: fewer than so many were searched for before, and need not be again.
        """
        ...


class TextTarget:
    """A base string that a client or a server made."""

    reads_text = True

    def __init__(self, text: str) -> None:
        self._text = text

    def matches(self, text: str, mistakes: int, least: int = 0) -> Iterator[Match]:
        if text == self._text:
            yield Match(0, [()])


class HmacTarget:
    """A signature with a symmetric key.

    Args:
        keys: the choices of a key.
        hash_names: the choices of a hash.
        signatures: the octets that were sent, by the mistakes in their spelling.
    """

    reads_text = True

    def __init__(
        self, keys: Sequence[Choice[bytes]], hash_names: Sequence[Choice[str]], signatures: Sequence[Choice[bytes]]
    ) -> None:
        self._signatures = signatures
        self._signers: dict[int, list[_HmacSigner]] = {}
        for key in keys:
            for name in hash_names:
                self._signers.setdefault(key.number + name.number, []).append(_HmacSigner(key, name))

    def matches(self, text: str, mistakes: int, least: int = 0) -> Iterator[Match]:
        octets = text.encode("latin-1")
        for count in range(mistakes + 1):
            signatures = [sent for sent in self._signatures if least <= count + sent.number <= mistakes]
            for signer in self._signers.get(count, ()) if signatures else ():
                digest = signer.sign(octets)
                for sent in signatures:
                    if hmac.compare_digest(digest, sent.value):
                        yield Match(count + sent.number, merged(signer.key.ways, signer.name.ways, sent.ways))
        if mistakes:
            yield from self._swapped(octets, mistakes)

    def _swapped(self, octets: bytes, mistakes: int) -> Iterator[Match]:
        """Yield how a client that takes the base string for the key leads to the target."""
        for signer in self._signers.get(0, ()):
            digest = hmac.digest(octets, signer.key.value, signer.name.value)
            for sent in self._signatures:
                if sent.number < mistakes and hmac.compare_digest(digest, sent.value):
                    yield Match(1 + sent.number, merged([("key-and-text-swapped",)], sent.ways))


class _HmacSigner:
    """Signs with one key and one hash. If it signs again, it reads the key no more."""

    __slots__ = ("_keyed", "_was_used", "key", "name")

    def __init__(self, key: Choice[bytes], name: Choice[str]) -> None:
        self.key, self.name = key, name
        self._was_used = False
        self._keyed: Any = None

    def sign(self, octets: bytes) -> bytes:
        if not self._was_used:
            self._was_used = True
            return hmac.digest(self.key.value, octets, self.name.value)
        if self._keyed is None:
            self._keyed = _keyed_hashes(self.name.value, self.key.value)
        inner, outer = self._keyed[0].copy(), self._keyed[1].copy()
        inner.update(octets)
        outer.update(inner.digest())
        digest: bytes = outer.digest()
        return digest


def _keyed_hashes(hash_name: str, key: bytes) -> tuple[Any, Any]:
    """Return the inner and the outer hash of an HMAC with the key already read (RFC 2104)."""
    inner, outer = hashlib.new(hash_name), hashlib.new(hash_name)
    key = hashlib.new(hash_name, key).digest() if len(key) > inner.block_size else key
    padded = key.ljust(inner.block_size, b"\0")
    inner.update(padded.translate(_INNER))
    outer.update(padded.translate(_OUTER))
    return inner, outer


_INNER, _OUTER = (bytes(octet ^ constant for octet in range(256)) for constant in (0x36, 0x5C))


class RsaTarget:
    """A signature with an RSA key, which the public half of the key opens.

    Args:
        opened: what was signed, with its padding, by the mistakes in the signature's spelling.
        hash_names: the choices of a hash.
    """

    reads_text = True

    def __init__(self, opened: Sequence[Choice[bytes]], hash_names: Sequence[Choice[str]]) -> None:
        self._digests = [
            (Choice((name.value, digest), merged(name.ways, signed.ways)[0]), merged(name.ways, signed.ways))
            for signed in opened
            for name in hash_names
            if (digest := _digest_in(signed.value, name.value)) is not None
        ]
        self._other_key = not any(_is_padded(signed.value) for signed in opened)

    def matches(self, text: str, mistakes: int, least: int = 0) -> Iterator[Match]:
        if self._other_key and mistakes:
            yield Match(1, [("another-rsa-key",)])
        octets = text.encode("latin-1")
        for choice, ways in self._digests:
            name, digest = choice.value
            if choice.number <= mistakes and hmac.compare_digest(hashlib.new(name, octets).digest(), digest):
                yield Match(choice.number, ways)


# RFC 8017 section 9.2: what stands before a digest.
_PREFIXES = {
    "sha1": bytes.fromhex("3021300906052b0e03021a05000414"),
    "sha256": bytes.fromhex("3031300d060960864801650304020105000420"),
    "sha512": bytes.fromhex("3051300d060960864801650304020305000440"),
}


def _is_padded(octets: bytes) -> bool:
    return octets.startswith(b"\0\1\xff\xff\xff\xff\xff\xff\xff\xff")


def _digest_in(octets: bytes, hash_name: str) -> bytes | None:
    """Return the digest in padded octets, if it is one of this hash."""
    _, separator, info = octets[2:].partition(b"\0")
    prefix = _PREFIXES[hash_name]
    return info[len(prefix) :] if _is_padded(octets) and separator and info.startswith(prefix) else None


class PlaintextTarget:
    """The key itself as the signature, whatever the base string is.

    Args:
        keys: the choices of a key.
        signatures: the text that was sent, by the mistakes in its spelling.
    """

    reads_text = False

    def __init__(self, keys: Sequence[Choice[bytes]], signatures: Sequence[Choice[bytes]]) -> None:
        self._keys = keys
        self._signatures = signatures

    def matches(self, text: str, mistakes: int, least: int = 0) -> Iterator[Match]:
        for key in self._keys:
            for sent in self._signatures:
                count = key.number + sent.number
                if count <= mistakes and hmac.compare_digest(key.value, sent.value):
                    yield Match(count, merged(key.ways, sent.ways))


class MethodTarget:
    """A signature of a method that the server added, which its own function verifies.

    Args:
        verify: a function that takes a base string and the two secrets.
        secrets: the choices of the secrets.
    """

    reads_text = True

    def __init__(self, verify: Callable[[str, str, str], bool], secrets: Sequence[Choice[Secrets]]) -> None:
        self._verify = verify
        self._secrets = secrets

    def matches(self, text: str, mistakes: int, least: int = 0) -> Iterator[Match]:
        for choice in self._secrets:
            if choice.number <= mistakes and self._verify(text, choice.value.client, choice.value.token):
                yield Match(choice.number, choice.ways)
