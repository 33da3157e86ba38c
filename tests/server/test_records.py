"""The records of a provider, and the consistency of a client's parts."""

from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from oauthone import Signer
from oauthone.core.rsa import RsaPublicKey
from oauthone.core.signature import SignatureMethod
from oauthone.errors import ConfigurationError
from oauthone.server import (
    Client,
    Credentials,
    IssuedToken,
    MemoryStore,
    PendingAuthorization,
    Verifier,
)

from .setting import Clock, signed

KEY = RsaPublicKey((Path(__file__).parents[1] / "vectors/keys/p-rsa2048-pkcs8.pub.pem").read_bytes())


def test_a_secret_means_hmac_and_a_key_means_rsa_unless_methods_are_named() -> None:
    assert Client.create("c", "s").signature_methods == ("HMAC-SHA1", "HMAC-SHA256", "HMAC-SHA512")
    assert Client.create("c", rsa_key=KEY).signature_methods == ("RSA-SHA1", "RSA-SHA256", "RSA-SHA512")
    both = Client.create("c", "s", rsa_key=KEY, signature_methods=("PLAINTEXT", "RSA-SHA256"))
    assert both == Client("c", "s", KEY, ("PLAINTEXT", "RSA-SHA256"))


def test_methods_without_what_they_sign_with_are_refused() -> None:
    with pytest.raises(ConfigurationError, match="client 'c' may use HMAC-SHA1, but has no client_secret"):
        Client.create("c")
    with pytest.raises(ConfigurationError, match="client 'c' may use RSA-SHA1, but has no rsa_key"):
        Client.create("c", "s", signature_methods=("RSA-SHA1",))
    with pytest.raises(ConfigurationError, match="may use PLAINTEXT, but has no client_secret"):
        Client.create("c", rsa_key=KEY, signature_methods=("PLAINTEXT",))


@pytest.mark.parametrize("secret", ["-----BEGIN PUBLIC KEY-----\ncanary", "ssh-rsa canary"])
def test_the_text_of_a_key_is_refused_as_a_secret(secret: str) -> None:
    """With HMAC, anyone who has the public key could sign."""
    with pytest.raises(ConfigurationError, match="pass a public key as rsa_key") as caught:
        Client.create("c", secret)
    assert "canary" not in str(caught.value)


def test_the_credentials_of_a_client_can_include_those_of_a_token() -> None:
    client = Client.create("c", "s")
    assert client.credentials() == Credentials("s")
    assert client.credentials("ts", token_problem="token_expired", user="ann", extra={"a": "b"}) == Credentials(
        "s", None, client.signature_methods, "ts", "token_expired", "ann", {"a": "b"}
    )


def test_the_repr_of_records_shows_no_secret() -> None:
    shown = [
        repr(Client.create("c", "canary", name="App")),
        repr(PendingAuthorization("t", "canary", "c", None, 1, "canary", "ann")),
        repr(IssuedToken("t", "canary", "c", "ann", None, {"x": "canary"})),
    ]
    assert shown == [
        "Client(client_id='c', name='App', …)",
        "PendingAuthorization(token='t', client_id='c', …)",
        "IssuedToken(token='t', client_id='c', user='ann', …)",
    ]


KEYS = Path(__file__).parents[1] / "vectors/keys"
PEM = (KEYS / "p-rsa2048-pkcs8.pub.pem").read_text("ascii")


@pytest.mark.parametrize(
    ("parts", "complaint"),
    [
        ({"signature_methods": "HMAC-SHA1"}, "signature_methods='HMAC-SHA1': use a list or tuple of "),
        ({"signature_methods": ()}, r"signature_methods=\(\): use a list or tuple of "),
        ({"signature_methods": ["HMAC-SHA265"]}, "unknown signature_method 'HMAC-SHA265': use one of HMAC-SHA1, "),
        ({"callbacks": "https://a.example/"}, "callbacks='https://a.example/': use a list or tuple of strings"),
        ({"callbacks": None}, "callbacks=None: use a list or tuple of strings"),
        ({"rsa_key": "-----BEGIN PUBLIC KEY-----"}, "the public key cannot be read"),
        ({"rsa_key": ""}, "the public key cannot be read"),
        ({"client_secret": b"s"}, "client_secret is a bytes: pass a string"),
    ],
    ids=repr,
)
def test_a_client_whose_parts_are_of_another_kind_is_refused(parts: Any, complaint: str) -> None:
    with pytest.raises(ConfigurationError, match=complaint):
        Client.create("c", **{"client_secret": "s", **parts})


@pytest.mark.parametrize("form", [PEM, PEM.encode("ascii"), load_pem_public_key(PEM.encode("ascii"))], ids=type)
def test_a_public_key_may_be_text_octets_or_an_object(form: Any) -> None:
    client = Client.create("c", rsa_key=form)
    verifier = Verifier(MemoryStore([client], clock=Clock()), token="none", clock=Clock())
    key = (KEYS / "p-rsa2048-pkcs8.pem").read_text("ascii")
    signer = Signer("c", rsa_key=key, signature_method="RSA-SHA256", clock=Clock())
    assert verifier.verify(*signed(signer)).client_id == "c"


def test_a_custom_signature_method_is_passed_as_an_object() -> None:
    class Own(SignatureMethod):
        name = "X-OWN"

    assert Client.create("c", "s", signature_methods=[Own(), "HMAC-SHA1"]).signature_methods == (
        "X-OWN",
        "HMAC-SHA1",
    )


@pytest.mark.parametrize(
    ("parts", "complaint"),
    [
        ({"signature_methods": "HMAC-SHA1"}, "signature_methods='HMAC-SHA1': use a list or tuple of strings"),
        ({"callbacks": "https://a.example/"}, "callbacks='https://a.example/': use a list or tuple of strings"),
        (
            {"rsa_key": PEM, "signature_methods": ("RSA-SHA1",)},
            "the rsa_key of client 'c' is a str: pass an Rsa",
        ),
    ],
    ids=["methods", "callbacks", "key"],
)
def test_a_store_takes_no_client_whose_parts_are_of_another_kind(parts: Any, complaint: str) -> None:
    """``signature_methods="HMAC-SHA1"`` would let a client without a secret pass the check of each method."""
    with pytest.raises(ConfigurationError, match=complaint):
        MemoryStore([Client("c", **parts)])
