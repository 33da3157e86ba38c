"""What a client made of its base string: the base string itself, or a signature of one of the three kinds.

An attacker may not learn how much of a forged signature is right, so no comparison stops where two of them differ. The
digests of HMAC are looked up by their hash, which depends on all of their octets.
"""

import hashlib
import hmac
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol, TypeAlias

from oauthone.diagnosis.key_mistakes import Secrets
from oauthone.diagnosis.rsa_paddings import read_padding, was_opened
from oauthone.diagnosis.signing_steps import Choice, Step

#: Choices that together lead to a target.
Chosen: TypeAlias = tuple[Choice[Any], ...]


class Target(Protocol):
    """What a client made of its base string.

    Attributes:
        reads_text: whether it depends on the base string at all.
    """

    reads_text: bool

    def tries(self, number: int, rank: int) -> int:
        """Return how many signatures `matches` computes of a base string."""
        ...

    def matches(self, text: str, number: int, rank: int) -> Iterator[Chosen]:
        """Yield how the base string ``text`` leads to the target.

        Args:
            text: the base string.
            number: how many mistakes are made with it. One more may follow, in the spelling of the signature.
            rank: how rarely they are made.
        """
        ...


class TextTarget:
    """A base string that a client or a server made."""

    reads_text = True

    def __init__(self, text: str) -> None:
        self._text = text

    def tries(self, number: int, rank: int) -> int:
        return not number

    def matches(self, text: str, number: int, rank: int) -> Iterator[Chosen]:
        if text == self._text:
            yield ()


_SWAPPED = Choice(None, ("key-and-text-swapped",))


class HmacTarget:
    """A signature with a symmetric key.

    Args:
        keys: the choices of a key.
        hash_names: the choices of a hash.
        signatures: the octets that were sent, by the mistakes in their spelling.
    """

    reads_text = True

    def __init__(
        self, keys: Step[Secrets, bytes], hash_names: Sequence[Choice[str]], signatures: Sequence[Choice[bytes]]
    ) -> None:
        self._keys, self._hash_names = keys, hash_names
        self._sent: dict[bytes, list[Choice[bytes]]] = {}
        for sent in signatures:
            self._sent.setdefault(sent.value, []).append(sent)
        self._signers: dict[tuple[int, int], list[_HmacSigner]] = {}

    def tries(self, number: int, rank: int) -> int:
        return len(self._of(number, rank)) + self._is_swap(number, rank)

    def matches(self, text: str, number: int, rank: int) -> Iterator[Chosen]:
        octets = text.encode("latin-1")
        for signer in self._of(number, rank):
            for sent in self._sent.get(signer.sign(octets), ()):
                yield signer.key, signer.name, sent
        if self._is_swap(number, rank):
            for signer in self._of(0, 0):
                for sent in self._sent.get(hmac.digest(octets, signer.key.value, signer.name.value), ()):
                    yield _SWAPPED, sent

    def _is_swap(self, number: int, rank: int) -> bool:
        """Return whether the mistake is that of a client that takes the base string for the key."""
        return number == 1 and rank == _SWAPPED.rank

    def _of(self, number: int, rank: int) -> "list[_HmacSigner]":
        found = self._signers.get((number, rank))
        if found is None:
            found = self._signers[number, rank] = [
                _HmacSigner(key, name)
                for name in self._hash_names
                if name.number <= number and name.rank <= rank
                for key in self._keys.of(number - name.number, rank - name.rank)
            ]
        return found


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


_ANOTHER_KEY = Choice(None, ("another-rsa-key",))


class RsaTarget:
    """A signature with an RSA key, which the public half of the key opens.

    Args:
        opened: what was signed, with its padding, by the mistakes in the signature's spelling.
        hash_names: the choices of a hash.
        is_whole: whether the signature is as long as one of some key, so that one which this key does not open was
            made with another.
    """

    reads_text = True

    def __init__(
        self, opened: Sequence[Choice[bytes]], hash_names: Sequence[Choice[str]], *, is_whole: bool = True
    ) -> None:
        self._paddings = [
            (signed, name, padding)
            for signed in opened
            for name in hash_names
            for padding in read_padding(signed.value, name.value)
        ]
        self._other_key = is_whole and not any(was_opened(signed.value) for signed in opened)

    def tries(self, number: int, rank: int) -> int:
        return len(self._paddings) + 1 if number < 2 else 0

    def matches(self, text: str, number: int, rank: int) -> Iterator[Chosen]:
        if self._other_key and (number, rank) == (1, _ANOTHER_KEY.rank):
            yield (_ANOTHER_KEY,)
        octets = text.encode("latin-1")
        for signed, name, padding in self._paddings:
            way = Choice(None, padding.way)
            is_tried = (name.number + way.number, name.rank + way.rank) == (number, rank)
            if is_tried and padding.holds(hashlib.new(name.value, octets).digest()):
                yield name, way, signed


class PlaintextTarget:
    """The key itself as the signature, whatever the base string is.

    Args:
        keys: the choices of a key.
        signatures: the text that was sent, by the mistakes in its spelling.
    """

    reads_text = False

    def __init__(self, keys: Step[Secrets, bytes], signatures: Sequence[Choice[bytes]]) -> None:
        self._keys = keys
        self._signatures = signatures

    def tries(self, number: int, rank: int) -> int:
        return len(self._keys.of(number, rank))

    def matches(self, text: str, number: int, rank: int) -> Iterator[Chosen]:
        for key in self._keys.of(number, rank):
            for sent in self._signatures:
                if hmac.compare_digest(key.value, sent.value):
                    yield key, sent


class MethodTarget:
    """A signature of a method that the server added, which its own function verifies.

    Args:
        verify: a function that takes a base string and the two secrets.
        secrets: the choices of the secrets.
    """

    reads_text = True

    def __init__(self, verify: Callable[[str, str, str], bool], secrets: Step[Secrets, Secrets]) -> None:
        self._verify = verify
        self._secrets = secrets

    def tries(self, number: int, rank: int) -> int:
        return len(self._secrets.of(number, rank))

    def matches(self, text: str, number: int, rank: int) -> Iterator[Chosen]:
        for choice in self._secrets.of(number, rank):
            if self._verify(text, choice.value.client, choice.value.token):
                yield (choice,)
