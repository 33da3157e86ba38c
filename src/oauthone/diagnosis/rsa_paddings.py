"""What an RSA key opened: a digest in one of the paddings that clients use, rightly or not (RFC 8017 section 9)."""

import hashlib
import hmac
from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

from oauthone.diagnosis.signing_steps import Mistakes

# RFC 8017 section 9.2: what stands before a digest.
_PREFIXES = {
    "sha1": bytes.fromhex("3021300906052b0e03021a05000414"),
    "sha256": bytes.fromhex("3031300d060960864801650304020105000420"),
    "sha512": bytes.fromhex("3051300d060960864801650304020305000440"),
}
_FULL = b"\0\1\xff\xff\xff\xff\xff\xff\xff\xff"
#: The last octet of the padding of RSASSA-PSS.
_PSS_END = 0xBC


class Padding(NamedTuple):
    """A way in which a digest may have come into a signature.

    Attributes:
        way: the mistakes in it.
        holds: returns whether a digest of the base string is the one in the signature.
    """

    way: Mistakes
    holds: Callable[[bytes], bool]


def was_opened(octets: bytes) -> bool:
    """Return whether octets have a padding, so that the key which opened them belongs to the one that signed."""
    return octets.startswith(_FULL) or any(_read_pss(octets, hash_name) for hash_name in _PREFIXES)


def read_padding(octets: bytes, hash_name: str) -> Iterator[Padding]:
    """Yield the ways in which octets that a key opened may contain a digest of this hash."""
    if octets.startswith(_FULL):
        info = octets[2:].partition(b"\0")[2]
        prefix = _PREFIXES[hash_name]
        if info.startswith(prefix):
            digest = info[len(prefix) :]
            yield Padding((), partial(hmac.compare_digest, digest))
            yield Padding(("digest-hashed-again",), partial(_is_digest_of, digest, hash_name))
        elif len(info) == hashlib.new(hash_name).digest_size:
            yield Padding(("digest-without-algorithm",), partial(hmac.compare_digest, info))
    elif pss := _read_pss(octets, hash_name):
        yield Padding(("signed-with-pss",), partial(_holds_in_pss, *pss, hash_name))


def _is_digest_of(inner: bytes, hash_name: str, digest: bytes) -> bool:
    return any(
        hmac.compare_digest(hashlib.new(hash_name, text).digest(), inner) for text in (digest, digest.hex().encode())
    )


def _holds_in_pss(salt: bytes, inner: bytes, hash_name: str, digest: bytes) -> bool:
    return hmac.compare_digest(hashlib.new(hash_name, bytes(8) + digest + salt).digest(), inner)


def _read_pss(octets: bytes, hash_name: str) -> tuple[bytes, bytes] | None:
    """Return the salt and the hash in the padding of RSASSA-PSS (RFC 8017 section 9.1.2), if it is one."""
    size = hashlib.new(hash_name).digest_size
    masked, inner = octets[: -size - 1], octets[-size - 1 : -1]
    if octets[-1] != _PSS_END or not masked:
        return None
    mask = int.from_bytes(_mask(inner, len(masked), hash_name), "big")
    opened = (int.from_bytes(masked, "big") ^ mask).to_bytes(len(masked), "big")
    block = bytes([opened[0] & 0x7F, *opened[1:]]).lstrip(b"\0")
    return (block[1:], inner) if block.startswith(b"\1") else None


def _mask(seed: bytes, length: int, hash_name: str) -> bytes:
    """Return so many octets of MGF1 (RFC 8017 appendix B.2.1)."""
    size = hashlib.new(hash_name).digest_size
    blocks = [hashlib.new(hash_name, seed + number.to_bytes(4, "big")).digest() for number in range(-(-length // size))]
    return b"".join(blocks)[:length]
