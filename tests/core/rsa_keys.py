"""RSA keys for the tests, in every form in which they are passed."""

import base64
import datetime
from functools import cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import pkcs12

from .vectors import DIRECTORY

PKCS1 = (DIRECTORY / "keys/p-rsa2048-pkcs1.pem").read_bytes()
PKCS8 = (DIRECTORY / "keys/p-rsa2048-pkcs8.pem").read_bytes()
WEAK = (DIRECTORY / "keys/p-rsa1024-weak-pkcs8.pem").read_bytes()
PUBLIC = (DIRECTORY / "keys/p-rsa2048-pkcs8.pub.pem").read_bytes()
PASSWORD = "pässword"


@cache
def key_object() -> rsa.RSAPrivateKey:
    key = serialization.load_pem_private_key(PKCS8, None)
    assert isinstance(key, rsa.RSAPrivateKey)
    return key


def certificate() -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "test")])
    start = datetime.datetime(2026, 1, 1)
    builder = x509.CertificateBuilder(name, name, key_object().public_key(), 1, start, start.replace(year=2027))
    return builder.sign(key_object(), hashes.SHA256())


def der(encryption: Any = None) -> bytes:
    return key_object().private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, encryption or serialization.NoEncryption()
    )


def encrypted_pem() -> bytes:
    return key_object().private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(PASSWORD.encode()),
    )


def p12(password: str | None = PASSWORD, key: Any = None) -> bytes:
    encryption: Any = serialization.NoEncryption()
    if password is not None:
        encryption = serialization.BestAvailableEncryption(password.encode())
    return pkcs12.serialize_key_and_certificates(b"name", key or key_object(), None, None, encryption)


def external(octets: bytes) -> bytes:
    """A key in an HSM, which never leaves it and signs with SHA-256."""
    return key_object().sign(octets, padding.PKCS1v15(), hashes.SHA256())


#: The signature of ``base string``.
REFERENCE = base64.b64encode(external(b"base string")).decode()
