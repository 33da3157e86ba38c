"""RSA keys and signatures (RFC 5849 section 3.4.3). The only importer of ``cryptography`` in the core.

A key is parsed once, when it is given, and refused then if it cannot sign: not at the first request.
"""

from binascii import Error as Base64Error
from binascii import a2b_base64, b2a_base64
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from oauthone.core.rsa_loading import RsaMaterial, RsaPublicMaterial, load_private_key, load_public_key
from oauthone.errors import SigningError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.hashes import HashAlgorithm


MIN_BITS = 2048


class RsaKey:
    """A client's private key, parsed and checked.

    Args:
        material: PEM (PKCS#1 or PKCS#8; line ends may be the two characters ``\\n``, as environment variables carry
            them), DER, PKCS#12, an ``RSAPrivateKey`` of ``cryptography``, or a function that signs: it gets the octets
            of the signature base string and returns those of the RSASSA-PKCS1-v1_5 signature under the hash of the
            signature method in use.
        password: the password of an encrypted PEM, DER or PKCS#12.
        min_bits: keys with fewer bits are refused; lower it by name for a provider that still issues them.

    Raises:
        SigningError: no RSA private key, a wrong password, too few bits. The message never quotes the material.
        ModuleNotFoundError: ``cryptography`` is not installed (a signing function does without).
    """

    __slots__ = ("_key", "_sign", "bits")

    def __init__(
        self, material: "RsaMaterial | RsaKey", password: str | bytes | None = None, *, min_bits: int = MIN_BITS
    ) -> None:
        self._key: RSAPrivateKey | None = None
        self._sign: Callable[[bytes], bytes] | None = None
        #: The length of the modulus in bits; 0 where a function signs.
        self.bits = 0
        if isinstance(material, RsaKey):
            self._key, self._sign = material._key, material._sign
        elif callable(material) and not hasattr(material, "private_numbers"):
            self._sign = material
        else:
            self._key = load_private_key(material, password)
        if self._key is not None:
            self.bits = self._key.key_size
            _check_bits(self.bits, min_bits)

    def signing_function(self, hash_name: str) -> Callable[[str], str]:
        """A function from the signature base string to ``oauth_signature``.

        Raises:
            SigningError: the installed cryptography library does not offer the hash, or (when called) the crypto
                policy of the machine refuses it, or a signing function returned no octets.
        """
        if self._key is None:
            return self._external_signing_function()
        key, scheme = self._key, _scheme(hash_name)

        def sign(base_string: str) -> str:
            try:
                octets = key.sign(base_string.encode("ascii"), scheme.padding, scheme.algorithm)
            except (scheme.unsupported, ValueError) as refused:
                raise SigningError(
                    f"this machine's crypto policy refuses RSA signatures with {hash_name.upper()} and this key: "
                    "ask for another signature_method that the provider takes, or change the policy"
                ) from refused
            return b2a_base64(octets, newline=False).decode("ascii")

        return sign

    def _external_signing_function(self) -> Callable[[str], str]:
        sign_octets = self._sign

        def sign(base_string: str) -> str:
            octets: object = sign_octets(base_string.encode("ascii")) if sign_octets else None
            if not isinstance(octets, bytes):
                raise SigningError(
                    f"the signing function given as rsa_key returned {type(octets).__name__}, not a signature as bytes"
                )
            return b2a_base64(octets, newline=False).decode("ascii")

        return sign

    def public_key(self) -> "RsaPublicKey":
        """The public half.

        Raises:
            SigningError: a function signs, so there is no key here.
        """
        if self._key is None:
            raise SigningError("the key is behind a signing function: its public half is not known here")
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

        return _restored_key, (
            self._key.private_bytes(
                serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            ),
        )


class RsaPublicKey:
    """A client's public key, as a server holds it: PEM or DER of a public key or an X.509 certificate, or a key object.

    Args:
        material: the key or certificate; a private key is taken for its public half.
        min_bits: keys with fewer bits are refused.

    Raises:
        SigningError: no RSA key, or too few bits.
        ModuleNotFoundError: ``cryptography`` is not installed.
    """

    __slots__ = ("_key", "_length", "_modulus")

    def __init__(self, material: RsaPublicMaterial, *, min_bits: int = MIN_BITS) -> None:
        self._key = load_public_key(material)
        self._length = (self._key.key_size + 7) // 8
        self._modulus = self._key.public_numbers().n
        _check_bits(self._key.key_size, min_bits)

    @property
    def bits(self) -> int:
        """The length of the modulus in bits."""
        return self._key.key_size

    def verify(self, base_string: str, signature: str, hash_name: str) -> bool:
        """Whether ``signature`` is the one base64 text of a valid signature of exactly the key's length.

        What is wrong costs what its own length says, whatever the key: a text of another length is checked with
        `dummy_key`, and a number that is not below the modulus as the number 1. Else the time would tell the key
        of a known client from that which stands in for an unknown one's.

        Raises:
            SigningError: the crypto policy of the machine refuses the hash.
        """
        scheme = _scheme(hash_name)
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
            key._key.verify(octets, base_string.encode("ascii"), scheme.padding, scheme.algorithm)
        except scheme.invalid:
            return False
        except scheme.unsupported as refused:
            raise SigningError(
                f"this machine's crypto policy refuses RSA signatures with {hash_name.upper()}"
            ) from refused
        return can_be_one

    def __repr__(self) -> str:
        if not hasattr(self, "_key"):
            return "<RsaPublicKey, not made yet>"
        return f"<RsaPublicKey {self.bits} bits>"

    def __deepcopy__(self, memo: object) -> "RsaPublicKey":
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return load_stored_public_key, (self.der(),)

    def der(self) -> bytes:
        """The key's octets (DER, SubjectPublicKeyInfo): what a store keeps. `load_stored_public_key` reads them."""
        from cryptography.hazmat.primitives import serialization

        return self._key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


@lru_cache(maxsize=8)
def dummy_key(bits: int = 2048) -> RsaPublicKey | None:
    """A key to check an unknown client's signature with, at the usual cost. Its verdict counts for nothing.

    Args:
        bits: the length of its modulus.

    None where ``cryptography`` is not installed: then no RSA signature can be checked anyway.
    """
    try:
        from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers
    except ModuleNotFoundError:
        return None
    return RsaPublicKey(RSAPublicNumbers(65537, (1 << bits - 1) + (1 << bits // 2) + 1).public_key(), min_bits=0)


def _common_key_size(octets: int) -> int:
    """How long a key is, as a rule, whose signatures have so many octets: few lengths, and none that takes long."""
    return min(max(1024, -(-octets // 64) * 512), 4096)


def _restored_key(octets: bytes) -> RsaKey:
    return RsaKey(octets, min_bits=0)


def load_stored_public_key(octets: bytes) -> RsaPublicKey:
    """The key whose ``der()`` was kept. It was checked when it was registered, so its length is not looked at again."""
    return RsaPublicKey(octets, min_bits=0)


class _HashBackend(NamedTuple):
    """What cryptography needs for one hash, looked up once."""

    padding: "PKCS1v15"
    algorithm: "HashAlgorithm"
    invalid: type[Exception]
    unsupported: type[Exception]


@lru_cache(maxsize=8)
def _scheme(hash_name: str) -> _HashBackend:
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15

    return _HashBackend(PKCS1v15(), getattr(hashes, hash_name.upper())(), InvalidSignature, UnsupportedAlgorithm)


def _check_bits(bits: int, min_bits: int) -> None:
    if bits < min_bits:
        raise SigningError(
            f"the RSA key has {bits} bits, fewer than {min_bits}: use a longer one, or, where the provider leaves no "
            f"choice, say so with min_bits={bits}"
        )
