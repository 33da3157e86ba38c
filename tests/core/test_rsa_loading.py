"""Loading RSA keys: every format, and an error that says what to pass instead."""

from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from oauthone import RsaKey, Signer
from oauthone.core.rsa import RsaPublicKey
from oauthone.errors import SigningError

from .rsa_keys import (
    PASSWORD,
    PKCS1,
    PKCS8,
    PUBLIC,
    REFERENCE,
    WEAK,
    certificate,
    der,
    encrypted_pem,
    external,
    key_object,
    p12,
)
from .vectors import DIRECTORY

CANARY = "canary-" + "S3CR3T" * 8


@pytest.mark.seen_in("jersey#2632")
@pytest.mark.seen_in("guzzle/oauth-subscriber#25")
@pytest.mark.seen_in("clj-oauth#62")
@pytest.mark.seen_in("jira#362")
@pytest.mark.parametrize(
    ("material", "password"),
    [
        pytest.param(PKCS8, None, id="PKCS#8 octets"),
        pytest.param(PKCS8.decode(), None, id="PKCS#8 text"),
        pytest.param(PKCS8.decode().replace("\n", "\\n"), None, id="line ends of an environment variable"),
        pytest.param(PKCS8.decode().replace("\n", "\\r\\n").encode(), None, id="both line ends escaped"),
        pytest.param(PKCS8.replace(b"\n", b"\r\n"), None, id="CRLF"),
        pytest.param(b"  \n" + PKCS8 + b"\n\n", None, id="white space around"),
        pytest.param(encrypted_pem(), PASSWORD, id="encrypted PEM"),
        pytest.param(encrypted_pem().decode(), PASSWORD.encode(), id="encrypted PEM, password as octets"),
        pytest.param(der(), None, id="DER"),
        pytest.param(der(serialization.BestAvailableEncryption(PASSWORD.encode())), PASSWORD, id="encrypted DER"),
        pytest.param(p12(), PASSWORD, id="PKCS#12"),
        pytest.param(p12(None), None, id="PKCS#12 without a password"),
        pytest.param(key_object(), None, id="key object"),
        pytest.param(external, None, id="signing function"),
        pytest.param(RsaKey(PKCS8), None, id="RsaKey"),
        pytest.param(RsaKey(external), None, id="RsaKey of a signing function"),
    ],
)
def test_a_key_is_taken_in_every_form(material: Any, password: Any) -> None:
    key = RsaKey(material, password)
    assert key.signing_function("sha256")("base string") == REFERENCE
    assert key.bits in (2048, 0)


def test_pkcs_1_is_taken_as_text_and_octets() -> None:
    one, other = RsaKey(PKCS1), RsaKey(PKCS1.decode())
    assert one.signing_function("sha1")("x") == other.signing_function("sha1")("x")


@pytest.mark.parametrize(
    ("material", "password", "says"),
    [
        pytest.param(encrypted_pem(), None, "is encrypted: wrap it as RsaKey(material, password=…)", id="no password"),
        pytest.param(encrypted_pem(), CANARY, "the password is wrong, or the key is damaged", id="wrong password"),
        pytest.param(PKCS8, CANARY, "not encrypted, but a password was passed: leave the password out", id="needless"),
        pytest.param(der(), CANARY, "not encrypted, but a password was passed", id="needless, DER"),
        pytest.param(p12(), None, "or it needs RsaKey(material, password=…)", id="PKCS#12, no password"),
        pytest.param(p12(), CANARY, "the password is wrong", id="PKCS#12, wrong password"),
        pytest.param(PUBLIC, None, "is a public key or a certificate: pass the private key", id="public"),
        pytest.param(
            certificate().public_bytes(serialization.Encoding.PEM), None, "is a public key or a certificate", id="cert"
        ),
        pytest.param("/etc/keys/canary.pem", None, "if it is a file name, read the file", id="a file's name"),
        pytest.param(Path("canary.pem"), None, "is a path: read the file and pass its content", id="a path"),
        pytest.param(CANARY, None, "is neither PEM (which has a line '-----BEGIN", id="some text"),
        pytest.param(PKCS8[:500], None, "is damaged or incomplete", id="cut short"),
        pytest.param(der()[:500], None, "is damaged or incomplete", id="DER cut short"),
        pytest.param(b"0" + CANARY.encode(), None, "is damaged or incomplete", id="looks like DER"),
        pytest.param("-----BEGIN CANARY-----", None, "is damaged or incomplete", id="looks like PEM"),
        pytest.param("\ud800", None, "is neither PEM", id="half a surrogate"),
        pytest.param(b"", None, "is neither PEM", id="empty"),
        pytest.param(42, None, "cannot be a int: pass PEM as str or bytes", id="a number"),
        pytest.param(bytearray(PKCS8), None, "cannot be a bytearray", id="bytearray"),
        pytest.param(ed25519.Ed25519PrivateKey.generate(), None, "cannot be a Ed25519PrivateKey", id="Ed25519 object"),
        pytest.param(key_object().public_key(), None, "cannot be a RSAPublicKey", id="public object"),
        pytest.param(
            ec.generate_private_key(ec.SECP256R1()),
            None,
            "of type ECPrivateKey: pass an RSA private key",
            id="EC object",
        ),
        pytest.param(
            (DIRECTORY / "keys/p-ec-p256.pem").read_bytes(),
            None,
            "of type ECPrivateKey: pass an RSA private key",
            id="EC",
        ),
        pytest.param(
            p12(PASSWORD, ec.generate_private_key(ec.SECP256R1())),
            PASSWORD,
            "pass an RSA private key",
            id="PKCS#12 of EC",
        ),
        pytest.param(WEAK, None, "has 1024 bits, fewer than 2048: use a longer key, or", id="weak"),
    ],
)
def test_what_cannot_sign_is_refused_when_it_is_given(material: Any, password: Any, says: str) -> None:
    """The message says what to pass instead, and quotes neither key nor password."""
    with pytest.raises(SigningError) as caught:
        RsaKey(material, password)
    shown = f"{caught.value} {caught.value!r}"
    assert says in shown
    assert "canary" not in shown
    assert "S3CR3T" not in shown
    assert not {line for line in PKCS8.decode().split("\n")[1:3] if line in shown}
    if password is None:
        with pytest.raises(SigningError):
            Signer("k", signature_method="RSA-SHA256", rsa_key=material)


@pytest.mark.parametrize(
    "material",
    [
        pytest.param(PUBLIC, id="PEM"),
        pytest.param(PUBLIC.decode(), id="text"),
        pytest.param(PUBLIC.decode().replace("\n", "\\n"), id="escaped line ends"),
        pytest.param((DIRECTORY / "keys/p-rsa2048-pkcs8.pkcs1pub.pem").read_bytes(), id="PKCS#1"),
        pytest.param(PKCS8, id="private PEM"),
        pytest.param(certificate().public_bytes(serialization.Encoding.PEM), id="certificate PEM"),
        pytest.param(certificate().public_bytes(serialization.Encoding.DER), id="certificate DER"),
        pytest.param(
            key_object()
            .public_key()
            .public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo),
            id="DER",
        ),
        pytest.param(key_object().public_key(), id="object"),
        pytest.param(key_object(), id="private object"),
    ],
)
def test_a_public_key_is_taken_in_every_form(material: Any) -> None:
    assert RsaPublicKey(material).verify("base string", REFERENCE, "sha256")


@pytest.mark.parametrize(
    "material",
    [
        b"canary",
        "-----BEGIN PUBLIC KEY-----\ncanary\n-----END PUBLIC KEY-----",
        "-----BEGIN CERTIFICATE-----\ncanary\n-----END CERTIFICATE-----",
        encrypted_pem(),
        der()[:100],
    ],
)
def test_what_is_no_public_key_is_refused(material: Any) -> None:
    with pytest.raises(SigningError, match=r"pass an RSA public key or X\.509 certificate as PEM or DER") as caught:
        RsaPublicKey(material)
    assert "canary" not in str(caught.value)


def test_another_kind_of_public_key_is_refused() -> None:
    with pytest.raises(SigningError, match="of type ECPublicKey: pass an RSA public key"):
        RsaPublicKey(ec.generate_private_key(ec.SECP256R1()).public_key())
    with pytest.raises(SigningError, match="cannot be a int"):
        RsaPublicKey(42)
