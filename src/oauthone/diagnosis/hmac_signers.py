"""What signs with a key: HMAC, and what clients take for it."""

import hashlib
import hmac
from collections.abc import Callable
from typing import Any, TypeAlias

from oauthone.diagnosis.signing_steps import AnyChoice, Choice, same

#: What respells text that is encoded rightly.
Respell: TypeAlias = Callable[[str], str]
#: Makes octets of key, text and the name of a hash.
Mac: TypeAlias = Callable[[bytes, bytes, str], bytes]

#: What a client makes of them.
MACS: tuple[Choice[Mac], ...] = (
    Choice(hmac.digest, ()),
    Choice(lambda key, text, name: hmac.digest(text, key, name), ("key-and-text-swapped",)),
    Choice(lambda key, text, name: hashlib.new(name, text + key).digest(), ("hash-instead-of-hmac",)),
    Choice(lambda key, text, name: hashlib.new(name, key + text).digest(), ("hash-instead-of-hmac",)),
)


class Signer:
    """Signs with one key and one hash."""

    __slots__ = ("_key", "_mac", "_name", "way")

    def __init__(self, mac: Choice[Mac], key: AnyChoice[bytes], name: Choice[str], octets: bytes) -> None:
        self._mac, self._key, self._name = mac.value, octets, name.value
        self.way = (mac, key, name)

    def sign(self, octets: bytes) -> bytes:
        return self._mac(self._key, octets, self._name)


class HmacSigner(Signer):
    """Signs by HMAC. If it signs again, it reads the key no more."""

    __slots__ = ("_inner", "_outer", "_was_used")

    def __init__(self, mac: Choice[Mac], key: AnyChoice[bytes], name: Choice[str], octets: bytes) -> None:
        super().__init__(mac, key, name, octets)
        self._was_used = False
        self._inner: Callable[[], Any] | None = None
        self._outer: Callable[[], Any]

    def sign(self, octets: bytes) -> bytes:
        if self._inner is None:
            if not self._was_used:
                self._was_used = True
                return super().sign(octets)
            self._inner, self._outer = _keyed_hashes(self._name, self._key)
        inner, outer = self._inner(), self._outer()
        inner.update(octets)
        outer.update(inner.digest())
        digest: bytes = outer.digest()
        return digest


def _keyed_hashes(hash_name: str, key: bytes) -> tuple[Callable[[], Any], Callable[[], Any]]:
    """Return what copies the inner and the outer hash of an HMAC with the key already read (RFC 2104)."""
    inner, outer = hashlib.new(hash_name), hashlib.new(hash_name)
    key = hashlib.new(hash_name, key).digest() if len(key) > inner.block_size else key
    padded = key.ljust(inner.block_size, b"\0")
    inner.update(padded.translate(_INNER))
    outer.update(padded.translate(_OUTER))
    return inner.copy, outer.copy


_INNER, _OUTER = (bytes(octet ^ constant for octet in range(256)) for constant in (0x36, 0x5C))


def respelled(key: bytes, respell: Respell) -> bytes | None:
    """Return a key that is respelled, or None if that makes no difference."""
    if respell is same:
        return key
    octets = respell(key.decode("latin-1")).encode("latin-1")
    return None if octets == key else octets
