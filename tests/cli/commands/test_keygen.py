"""``oauthone keygen``, judged by the library of keys and by a provider."""

import json
import os
from pathlib import Path
from typing import Any

import click
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from oauthone import RsaKey
from oauthone.cli.output import Common

from ..conftest import Run


@pytest.mark.parametrize("form", ["pem", "x509", "jwk"])
def test_the_public_half_belongs_to_the_key(run: Run, tmp_path: Path, form: str) -> None:
    path = tmp_path / "folder" / "key.pem"
    made = run("keygen", str(path), "--bits", "2048", "--as", form)
    assert made.exit_code == 0, made.stderr
    key: Any = serialization.load_pem_private_key(path.read_bytes(), None)
    numbers = key.public_key().public_numbers()
    if form == "pem":
        public: Any = serialization.load_pem_public_key(made.stdout.encode())
        assert public.public_numbers() == numbers
    elif form == "x509":
        certificate: Any = x509.load_pem_x509_certificate(made.stdout.encode())
        assert certificate.public_key().public_numbers() == numbers
    else:
        assert set(json.loads(made.stdout)) == {"kty", "n", "e"}
        assert json.loads(made.stdout)["e"] == "AQAB"
    if os.name == "posix":
        assert path.stat().st_mode & 0o777 == 0o600
    assert "PRIVATE" not in made.stdout + made.stderr


def test_a_file_is_never_overwritten(run: Run, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("mine")
    assert run("keygen", str(tmp_path / "key")).exit_code == 2
    assert (tmp_path / "key").read_text() == "mine"


def test_a_key_can_be_encrypted(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "key"
    assert run("keygen", str(path), "--encrypt").exit_code == 2
    monkeypatch.setattr(Common, "asks", True)
    monkeypatch.setattr(click, "prompt", lambda *_, **__: "correct horse")
    assert run("keygen", str(path), "--encrypt", "--bits", "2048").exit_code == 0
    assert RsaKey(path.read_bytes(), "correct horse").bits == 2048
    assert "is an encrypted private key" in run("keygen", str(path), "--check").stdout


def test_what_a_file_is(run: Run, tmp_path: Path, rsa_pem: str) -> None:
    path = tmp_path / "key"
    path.write_text(rsa_pem)
    path.chmod(0o644)
    assert (
        run("keygen", "--check", str(path)).stdout
        == f"{path} is an RSA private key of 2048 bits; others can read it.\n"
    )
    path.write_text("hello")
    assert run("keygen", "--check", str(path)).exit_code == 9
    assert run("keygen", "--check", str(tmp_path / "not there")).exit_code == 2


@pytest.fixture
def rsa_pem(box: Any) -> str:
    return str(box.clients["RSA-SHA1"].rsa_key)
