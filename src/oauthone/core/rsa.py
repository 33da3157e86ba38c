"""RSA keys and signatures (RFC 5849 section 3.4.3). The only importer of ``cryptography`` in the core.

A key is parsed once, when it is given, and refused then if it cannot sign: not at the first request.
"""

import os
from binascii import Error as Base64Error
from binascii import a2b_base64, b2a_base64
from collections.abc import Callable
from functools import lru_cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from oauthone.errors import SigningError, missing_library

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
    from cryptography.hazmat.primitives.hashes import HashAlgorithm

#: What may stand where a private key is asked for: PEM as text or octets, DER, PKCS#12, a key object of
#: ``cryptography``, or a function from the octets to sign to the signature's octets (a key in an HSM or KMS).
RsaMaterial: TypeAlias = "str | bytes | RSAPrivateKey | Callable[[bytes], bytes]"
RsaPublicMaterial: TypeAlias = "str | bytes | RSAPublicKey | RSAPrivateKey"

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
            self._key = _load_private_key(material, password)
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
        self._key = _load_public_key(material)
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
        `stand_in_key`, and a number that is not below the modulus as the number 1. Else the time would tell the key
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
        key = self if len(octets) == self._length else stand_in_key(_usual_bits(len(octets))) or self
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
        return f"<RsaPublicKey {self.bits} bits>"

    def __deepcopy__(self, memo: object) -> "RsaPublicKey":
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return restored_public_key, (self.der(),)

    def der(self) -> bytes:
        """The key's octets (DER, SubjectPublicKeyInfo): what a store keeps. `restored_public_key` reads them."""
        from cryptography.hazmat.primitives import serialization

        return self._key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


@lru_cache(maxsize=8)
def stand_in_key(bits: int = 2048) -> RsaPublicKey | None:
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


def _usual_bits(octets: int) -> int:
    """How long a key is, as a rule, whose signatures have so many octets: few lengths, and none that takes long."""
    return min(max(1024, -(-octets // 64) * 512), 4096)


def _restored_key(octets: bytes) -> RsaKey:
    return RsaKey(octets, min_bits=0)


def restored_public_key(octets: bytes) -> RsaPublicKey:
    """The key whose ``der()`` was kept. It was checked when it was registered, so its length is not looked at again."""
    return RsaPublicKey(octets, min_bits=0)


class _Scheme(NamedTuple):
    """What cryptography needs for one hash, looked up once."""

    padding: "PKCS1v15"
    algorithm: "HashAlgorithm"
    invalid: type[Exception]
    unsupported: type[Exception]


@lru_cache(maxsize=8)
def _scheme(hash_name: str) -> _Scheme:
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15

    return _Scheme(PKCS1v15(), getattr(hashes, hash_name.upper())(), InvalidSignature, UnsupportedAlgorithm)


def _require_cryptography() -> None:
    if find_spec("cryptography") is None:
        raise missing_library("cryptography", "rsa")


def _check_bits(bits: int, min_bits: int) -> None:
    if bits < min_bits:
        raise SigningError(
            f"the RSA key has {bits} bits, fewer than {min_bits}: use a longer one, or, where the provider leaves no "
            f"choice, say so with min_bits={bits}"
        )


def _octets(material: object) -> bytes:
    """The octets of a key given as text or octets, with the line ends of PEM put back where they were escaped."""
    if isinstance(material, os.PathLike):
        raise SigningError("the RSA key is given as a path: read the file and pass its content")
    if isinstance(material, str):
        material = material.encode("utf-8", "surrogatepass")
    if not isinstance(material, bytes):
        raise SigningError(
            f"an RSA key cannot be a {type(material).__name__}: pass PEM as str or bytes, DER or PKCS#12 as bytes, "
            "a key object of cryptography, or a function that signs"
        )
    if b"-----BEGIN" in material and b"\\n" in material:
        material = material.replace(b"\\r", b"").replace(b"\\n", b"\n")
    return material


def _load_private_key(material: object, password: str | bytes | None) -> "RSAPrivateKey":
    _require_cryptography()
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

    if hasattr(material, "private_numbers"):
        key: object = material
    else:
        octets = _octets(material)
        secret = password.encode("utf-8") if isinstance(password, str) else password
        if b"PUBLIC KEY-----" in octets or b"BEGIN CERTIFICATE" in octets:
            raise SigningError("the RSA key is a public key or certificate: signing needs the private key")
        try:
            key = _parsed_private_key(octets, secret)
        except TypeError:
            raise SigningError(
                "the RSA key is encrypted: wrap it as RsaKey(material, password=…)"
                if secret is None
                else "the RSA key is not encrypted, but a password was given: leave the password out"
            ) from None
        except (ValueError, UnsupportedAlgorithm):
            raise SigningError(_unreadable(octets, secret)) from None
    if not isinstance(key, RSAPrivateKey):
        raise SigningError(f"the key is no RSA private key but a {type(key).__name__}: signing needs an RSA key")
    return key


def _parsed_private_key(octets: bytes, password: bytes | None) -> object:
    from cryptography.hazmat.primitives.serialization import load_der_private_key, load_pem_private_key, pkcs12

    if b"-----BEGIN" in octets:
        return load_pem_private_key(octets, password)
    try:
        return load_der_private_key(octets, password)
    except ValueError:
        return pkcs12.load_key_and_certificates(octets, password)[0]


def _unreadable(octets: bytes, password: bytes | None) -> str:
    if b"-----BEGIN" not in octets and not octets.startswith(b"0"):
        return (
            "the RSA key is neither PEM (it would hold a line '-----BEGIN … PRIVATE KEY-----') nor DER nor PKCS#12: "
            "if it is a file's name, read the file and pass its content"
        )
    if password is not None:
        return "the RSA key cannot be read: the password is wrong, or the key is damaged"
    return "the RSA key cannot be read: it is damaged or cut short, or it needs RsaKey(material, password=…)"


def _load_public_key(material: object) -> "RSAPublicKey":
    _require_cryptography()
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

    if hasattr(material, "public_numbers") or hasattr(material, "private_numbers"):
        key: object = material
    else:
        octets = _octets(material)
        try:
            key = _parsed_public_key(octets)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            raise SigningError(
                "the public key cannot be read: pass an RSA public key or X.509 certificate as PEM or DER"
            ) from None
    if isinstance(key, RSAPrivateKey):
        key = key.public_key()
    if not isinstance(key, RSAPublicKey):
        raise SigningError(f"the key is no RSA public key but a {type(key).__name__}")
    return key


def _parsed_public_key(octets: bytes) -> object:
    from cryptography import x509
    from cryptography.hazmat.primitives import serialization

    if b"BEGIN CERTIFICATE" in octets:
        return x509.load_pem_x509_certificate(octets).public_key()
    if b"PRIVATE KEY-----" in octets:
        return serialization.load_pem_private_key(octets, None)
    if b"-----BEGIN" in octets:
        return serialization.load_pem_public_key(octets)
    try:
        return serialization.load_der_public_key(octets)
    except ValueError:
        return x509.load_der_x509_certificate(octets).public_key()
