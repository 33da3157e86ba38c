"""``oauthone keygen``: an RSA key, and its public half as providers want it."""

import base64
import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click

from oauthone.cli.options import ask, common_options
from oauthone.cli.output import CommandError, Exit, result, say
from oauthone.cli.places import home_path, shown
from oauthone.cli.private_files import write_private
from oauthone.core.rsa_loading import load_private_key
from oauthone.errors import SigningError, missing_library

try:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import rsa
except ModuleNotFoundError as missing:
    raise missing_library("cryptography", "rsa") from missing

_FORMS = ("pem", "x509", "jwk")
_PEM = serialization.Encoding.PEM


@click.command()
@click.argument("file", required=False, default="oauthone-key.pem")
@click.option("--bits", type=click.IntRange(2048, 16384), default=3072, show_default=True, help="The length.")
@click.option("--encrypt", is_flag=True, help="Encrypt the key with a password, which is asked for.")
@click.option("--as", "form", type=click.Choice(_FORMS), default="pem", metavar="FORM", help="pem, x509 or jwk.")
@click.option("--check", is_flag=True, help="Say what kind of key the file is; make none.")
@common_options
def command(file: str, bits: int, encrypt: bool, form: str, check: bool) -> None:
    """Make an RSA key in FILE, with mode 0600, and print its public half.

    Register the public half with the provider; then: oauthone login … --rsa-key FILE
    """
    path = home_path(file)
    if check:
        describe(path)
        return
    if path.exists():
        raise CommandError(Exit.USAGE, f"{shown(path)} exists already.", "Name another file; --check says what it is.")
    password = ask("Password of the new key", hidden=True, missing="--encrypt asks for a password") if encrypt else ""
    key = rsa.generate_private_key(65537, bits)
    locked = serialization.BestAvailableEncryption(password.encode()) if password else serialization.NoEncryption()
    private = key.private_bytes(_PEM, serialization.PrivateFormat.PKCS8, locked)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_private(path, private.decode("ascii"))
    public = public_half(key, form)
    say(f"✓ The private key is in {shown(path)}, readable by you alone. This is the public half:")
    result(public.rstrip("\n"), file=str(path), bits=bits, public=public)


def public_half(key: rsa.RSAPrivateKey, form: str) -> str:
    """Return the public half of a key as PEM, as a certificate, or as a JSON Web Key."""
    if form == "x509":
        return _certificate(key)
    if form == "jwk":
        numbers = key.public_key().public_numbers()
        return json.dumps({"kty": "RSA", "n": _base64url(numbers.n), "e": _base64url(numbers.e)})
    return key.public_key().public_bytes(_PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode("ascii")


def _certificate(key: rsa.RSAPrivateKey) -> str:
    name = x509.Name([x509.NameAttribute(x509.oid.NameOID.COMMON_NAME, "oauthone")])
    begin = datetime.now(UTC) - timedelta(hours=1)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number()).not_valid_before(begin)
    made = builder.not_valid_after(begin + timedelta(days=3650)).sign(key, hashes.SHA256())
    return made.public_bytes(_PEM).decode("ascii")


def _base64url(number: int) -> str:
    octets = number.to_bytes((number.bit_length() + 7) // 8, "big")
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode("ascii")


def describe(path: Path) -> None:
    """Say what kind of key a file is."""
    content = path.read_bytes()
    is_locked = b"ENCRYPTED" in content
    facts: dict[str, Any] = {"file": str(path), "encrypted": is_locked}
    if not is_locked:
        try:
            facts["bits"] = load_private_key(content, None).key_size
        except SigningError as failure:
            raise CommandError(Exit.ANSWER_NO, str(failure), code="not_a_key") from None
    is_open = os.name == "posix" and bool(path.stat().st_mode & 0o077)
    facts["others_can_read"] = is_open
    kind = "an encrypted private key" if is_locked else f"an RSA private key of {facts['bits']} bits"
    result(f"{shown(path)} is {kind}{'; others can read it' if is_open else ''}.", **facts)
