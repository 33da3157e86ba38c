"""RSA keys and signatures (RFC 5849 section 3.4.3).

A key is parsed once, when it is passed in. A key that cannot be used raises an error then, not at the first request.
"""

from binascii import Error as Base64Error
from binascii import a2b_base64, b2a_base64
from collections.abc import Callable
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, NamedTuple

from oauthone.core.rsa_loading import RsaMaterial, RsaPublicMaterial, check_bits, load_private_key, load_public_key
from oauthone.errors import SigningError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.hashes import HashAlgorithm

MIN_BITS = 2048


class RsaKey:
    """A client's private key, parsed and checked.

    Args:
        material: PEM (PKCS#1 or PKCS#8; line ends may be the two characters ``\\n``, as in environment variables),
            DER, PKCS#12, an ``RSAPrivateKey`` of ``cryptography``, or a signing function. That function takes the
            octets of the signature base string and returns those of the RSASSA-PKCS1-v1_5 signature, made with the
            hash of the signature method.
        password: the password of an encrypted PEM, DER or PKCS#12.
        min_bits: the minimum length of the key. Lower it only for a provider that still issues shorter keys.

    Raises:
        SigningError: the material is not an RSA private key, the password is wrong, or the key is too short. The
            message never quotes the material.
        ModuleNotFoundError: ``cryptography`` is not installed. A signing function does not need it.
    """

    __slots__ = ("_key", "_sign", "bits")

    def __init__(
        self, material: "RsaMaterial | RsaKey", password: str | bytes | None = None, *, min_bits: int = MIN_BITS
    ) -> None:
        self._key: RSAPrivateKey | None = None
        self._sign: Callable[[bytes], bytes] | None = None
        #: The length of the modulus in bits; 0 for a signing function.
        self.bits = 0
        if isinstance(material, RsaKey):
            self._key, self._sign = material._key, material._sign
        elif callable(material) and not hasattr(material, "private_numbers"):
            self._sign = material
        else:
            self._key = load_private_key(material, password)
        if self._key is not None:
            self.bits = self._key.key_size
            check_bits(self.bits, min_bits)

    def signing_function(self, hash_name: str) -> Callable[[str], str]:
        """Return a function that takes a signature base string and returns ``oauth_signature``.

        Raises:
            SigningError: the returned function raises it if this machine's crypto policy forbids the hash, or if the
                signing function that was passed in does not return octets.
        """
        if self._key is None:
            return self._external_signing_function()
        key, backend = self._key, _hash_backend(hash_name)

        def sign(base_string: str) -> str:
            try:
                octets = key.sign(base_string.encode("ascii"), backend.padding, backend.algorithm)
            except (backend.unsupported, ValueError) as refused:
                raise SigningError(
                    f"this machine's crypto policy refuses RSA signatures with {hash_name.upper()} and this key: "
                    "use another signature_method that the provider accepts, or change the policy"
                ) from refused
            return b2a_base64(octets, newline=False).decode("ascii")

        return sign

    def _external_signing_function(self) -> Callable[[str], str]:
        sign_octets = self._sign

        def sign(base_string: str) -> str:
            octets: object = sign_octets(base_string.encode("ascii")) if sign_octets else None
            if not isinstance(octets, bytes):
                raise SigningError(
                    f"the signing function passed as rsa_key returned {type(octets).__name__}: it has to return bytes"
                )
            return b2a_base64(octets, newline=False).decode("ascii")

        return sign

    def public_key(self) -> "RsaPublicKey":
        """Return the public half of this key.

        Raises:
            SigningError: a signing function was passed in, so the key itself is not known.
        """
        if self._key is None:
            raise SigningError("the public half is not known: a signing function was passed, not a key")
        return RsaPublicKey(self._key.public_key(), min_bits=0)

    def __repr__(self) -> str:
        if not hasattr(self, "_key"):
            return "<RsaKey, not made yet>"
        return f"<RsaKey {self.bits} bits>" if self._key else "<RsaKey behind a signing function>"

    def __deepcopy__(self, memo: object) -> "RsaKey":
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        if self._key is None:
            return RsaKey, (self._sign,)
        from cryptography.hazmat.primitives import serialization

        return partial(RsaKey, min_bits=0), (
            self._key.private_bytes(
                serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            ),
        )


class RsaPublicKey:
    """A client's public key, as a server holds it.

    Args:
        material: PEM or DER of a public key or of an X.509 certificate, or a key object of ``cryptography``. Of a
            private key only the public half is kept.
        min_bits: the minimum length of the key.

    Raises:
        SigningError: the material is not an RSA key, or the key is too short.
        ModuleNotFoundError: ``cryptography`` is not installed.
    """

    __slots__ = ("_key", "_length", "_modulus")

    def __init__(self, material: RsaPublicMaterial, *, min_bits: int = MIN_BITS) -> None:
        self._key = load_public_key(material)
        self._length = (self._key.key_size + 7) // 8
        self._modulus = self._key.public_numbers().n
        check_bits(self._key.key_size, min_bits)

    @property
    def bits(self) -> int:
        """The length of the modulus in bits."""
        return self._key.key_size

    def verify(self, base_string: str, signature: str, hash_name: str) -> bool:
        """Return whether ``signature`` is the canonical base64 text of a valid signature, as long as this key.

        How long a wrong signature takes depends on its own length, not on the key: else the time would distinguish
        the key of a known client from the dummy key of an unknown one. So `dummy_key` checks a signature of another
        length, and a number that is not below the modulus is checked as 1.

        Raises:
            SigningError: this machine's crypto policy forbids the hash.
        """
        backend = _hash_backend(hash_name)
        try:
            octets = a2b_base64(signature.encode("ascii"), strict_mode=True)
        except (Base64Error, UnicodeEncodeError):
            return False
        if b2a_base64(octets, newline=False).decode("ascii") != signature:
            return False
        key = self if len(octets) == self._length else dummy_key(_common_key_size(len(octets))) or self
        can_be_one = key is self and int.from_bytes(octets, "big") < self._modulus
        if not can_be_one:
            octets = b"\1".rjust(key._length, b"\0")
        try:
            key._key.verify(octets, base_string.encode("ascii"), backend.padding, backend.algorithm)
        except backend.invalid:
            return False
        except backend.unsupported as refused:
            raise SigningError(
                f"this machine's crypto policy refuses RSA signatures with {hash_name.upper()}"
            ) from refused
        return can_be_one

    def recover(self, signature: bytes) -> bytes:
        """Return the octets that ``signature`` was made of, with their padding (RFC 8017 section 8.2.2)."""
        exponent = self._key.public_numbers().e
        return pow(int.from_bytes(signature, "big"), exponent, self._modulus).to_bytes(self._length, "big")

    def __repr__(self) -> str:
        if not hasattr(self, "_key"):
            return "<RsaPublicKey, not made yet>"
        return f"<RsaPublicKey {self.bits} bits>"

    def __deepcopy__(self, memo: object) -> "RsaPublicKey":
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return load_stored_public_key, (self.der(),)

    def der(self) -> bytes:
        """Return the key as DER (SubjectPublicKeyInfo), for a store to keep. `load_stored_public_key` reads it."""
        from cryptography.hazmat.primitives import serialization

        return self._key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


@lru_cache(maxsize=8)
def dummy_key(bits: int = 2048) -> RsaPublicKey | None:
    """Return a key that checks the signatures of unknown clients, so that they take as long as those of known ones.

    Args:
        bits: the length of its modulus.

    Returns:
        The key. None if ``cryptography`` is not installed: then no RSA signature can be verified anyway.
    """
    try:
        from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers
    except ModuleNotFoundError:
        return None
    return RsaPublicKey(RSAPublicNumbers(65537, (1 << bits - 1) + (1 << bits // 2) + 1).public_key(), min_bits=0)


def _common_key_size(octets: int) -> int:
    """Return the usual length of a key whose signatures have ``octets`` octets: one of a few, at most 4096 bits."""
    return min(max(1024, -(-octets // 64) * 512), 4096)


def load_stored_public_key(octets: bytes) -> RsaPublicKey:
    """Return the key that ``der()`` wrote. Its length was checked when it was registered, and is not checked again."""
    return RsaPublicKey(octets, min_bits=0)


class _HashBackend(NamedTuple):
    """The objects of cryptography for one hash, looked up once."""

    padding: "PKCS1v15"
    algorithm: "HashAlgorithm"
    invalid: type[Exception]
    unsupported: type[Exception]


@lru_cache(maxsize=8)
def _hash_backend(hash_name: str) -> _HashBackend:
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15

    return _HashBackend(PKCS1v15(), getattr(hashes, hash_name.upper())(), InvalidSignature, UnsupportedAlgorithm)
