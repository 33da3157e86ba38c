"""Loading RSA keys from PEM, DER, PKCS#12 and certificates, with errors that describe what was passed."""

import os
from collections.abc import Callable
from importlib.util import find_spec
from typing import TYPE_CHECKING, TypeAlias

from oauthone.errors import SigningError, missing_library

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey


#: A private key: PEM as text or octets, DER, PKCS#12, a key object of ``cryptography``, or a function that takes the
#: octets to sign and returns the octets of the signature (for a key in an HSM or KMS).
RsaMaterial: TypeAlias = "str | bytes | RSAPrivateKey | Callable[[bytes], bytes]"

#: A public key: PEM or DER of a key or an X.509 certificate, or a key object of ``cryptography``.
RsaPublicMaterial: TypeAlias = "str | bytes | RSAPublicKey | RSAPrivateKey"


def _require_cryptography() -> None:
    if find_spec("cryptography") is None:
        raise missing_library("cryptography", "rsa")


def _octets(material: object) -> bytes:
    """Return the octets of a key, with escaped line ends of PEM unescaped."""
    if isinstance(material, os.PathLike):
        raise SigningError("the RSA key is a path: read the file and pass its content")
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


def load_private_key(material: object, password: str | bytes | None) -> "RSAPrivateKey":
    """Return the RSA private key in ``material``.

    Raises:
        SigningError: it holds none, or the password is wrong.
        ModuleNotFoundError: ``cryptography`` is not installed.
    """
    _require_cryptography()
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

    if hasattr(material, "private_numbers"):
        key: object = material
    else:
        octets = _octets(material)
        secret = password.encode("utf-8") if isinstance(password, str) else password
        if b"PUBLIC KEY-----" in octets or b"BEGIN CERTIFICATE" in octets:
            raise SigningError("the RSA key is a public key or a certificate: pass the private key to sign")
        try:
            key = _parsed_private_key(octets, secret)
        except TypeError:
            raise SigningError(
                "the RSA key is encrypted: wrap it as RsaKey(material, password=…)"
                if secret is None
                else "the RSA key is not encrypted, but a password was passed: leave the password out"
            ) from None
        except (ValueError, UnsupportedAlgorithm):
            raise SigningError(_unreadable(octets, secret)) from None
    if not isinstance(key, RSAPrivateKey):
        raise SigningError(f"the key is of type {type(key).__name__}: pass an RSA private key")
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
            "the RSA key is neither PEM (which has a line '-----BEGIN … PRIVATE KEY-----') nor DER nor PKCS#12: "
            "if it is a file name, read the file and pass its content"
        )
    if password is not None:
        return "the RSA key cannot be read: the password is wrong, or the key is damaged"
    return "the RSA key cannot be read: it is damaged or incomplete, or it needs RsaKey(material, password=…)"


def load_public_key(material: object) -> "RSAPublicKey":
    """Return the RSA public key in ``material``.

    Raises:
        SigningError: it holds none.
        ModuleNotFoundError: ``cryptography`` is not installed.
    """
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
        raise SigningError(f"the key is of type {type(key).__name__}: pass an RSA public key")
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


def check_bits(bits: int, min_bits: int) -> None:
    """Raise if a key of ``bits`` is too short.

    Raises:
        SigningError: it has fewer than ``min_bits``.
    """
    if bits < min_bits:
        raise SigningError(
            f"the RSA key has {bits} bits, fewer than {min_bits}: use a longer key, or pass min_bits={bits} if the "
            "provider leaves no choice"
        )
