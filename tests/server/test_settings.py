"""A mistyped setting is rejected when it is passed, and never weakens a check silently."""

from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from oauthone import Signer
from oauthone.core.signature import SignatureMethod
from oauthone.errors import ConfigurationError, SigningError
from oauthone.server import AsyncProvider, AsyncVerifier, Client, MemoryStore, Provider, Verifier

from .setting import Clock, signed

KEYS = Path(__file__).parents[1] / "vectors/keys"
PEM = (KEYS / "p-rsa2048-pkcs8.pub.pem").read_text("ascii")


@pytest.mark.parametrize("made", [Verifier, AsyncVerifier])
@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        ({"token": "requird"}, "token='requird': use 'required', 'optional' or 'none'"),
        ({"token": "Required"}, "token='Required': use 'required', 'optional' or 'none'"),
        ({"token": None}, "token=None: use 'required', 'optional' or 'none'"),
        ({"token": True}, "token=True: use 'required', 'optional' or 'none'"),
        ({"body_hash": "require"}, "body_hash='require': use 'optional' or 'required'"),
        ({"hosts": "api.example"}, "hosts='api.example': use a list or tuple of strings"),
        ({"hosts": [b"api.example"]}, "hosts=[b'api.example']: use a list or tuple of strings"),
        ({"hosts": 1}, "hosts=1: use a list or tuple of strings"),
        ({"window": "300"}, "window='300': use a finite number that is not below 0"),
        ({"window": -1}, "window=-1: use a finite number that is not below 0"),
        ({"window": float("nan")}, "window=nan: use a finite number that is not below 0"),
        ({"window": float("inf")}, "window=inf: use a finite number that is not below 0"),
        ({"window": True}, "window=True: use a finite number that is not below 0"),
        ({"max_parameters": 0}, "max_parameters=0: use a finite number that is not below 1"),
        ({"max_header": -1}, "max_header=-1: use a finite number that is not below 1"),
        ({"max_form": None}, "max_form=None: use a finite number that is not below 1"),
        ({"allow_insecure_transport": "false"}, "allow_insecure_transport='false': use True or False"),
        ({"signature_methods": "HMAC-SHA1"}, "signature_methods='HMAC-SHA1': use a list or tuple of HMAC-SHA1, "),
        ({"signature_methods": ()}, "signature_methods=(): use a list or tuple of HMAC-SHA1, HMAC-SHA256, "),
    ],
    ids=repr,
)
def test_a_verifier_refuses_what_a_setting_cannot_be(made: Any, settings: Any, complaint: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        made(MemoryStore(), **settings)
    assert str(caught.value).startswith(complaint)


@pytest.mark.parametrize("made", [Provider, AsyncProvider])
@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        ({"temporary_lifetime": "600"}, "temporary_lifetime='600': use a finite number that is not below 0"),
        ({"token_lifetime": float("nan")}, "token_lifetime=nan: use a finite number that is not below 0"),
        ({"token_lifetime": -1}, "token_lifetime=-1: use a finite number that is not below 0"),
        ({"max_verifier_attempts": 0}, "max_verifier_attempts=0: use a finite number that is not below 1"),
        ({"max_verifier_attempts": float("inf")}, "max_verifier_attempts=inf: use a finite number that is not below 1"),
        ({"explain": "no"}, "explain='no': use True or False"),
    ],
    ids=repr,
)
def test_a_provider_refuses_what_a_setting_cannot_be(made: Any, settings: Any, complaint: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        made(MemoryStore(), **settings)
    assert str(caught.value) == complaint


def test_a_wrong_setting_is_a_value_error_and_nothing_that_signing_raises() -> None:
    assert issubclass(ConfigurationError, ValueError)
    assert not issubclass(ConfigurationError, SigningError)


def test_the_smallest_settings_are_taken() -> None:
    Verifier(MemoryStore(), window=0, max_parameters=1, max_header=1, max_form=1, hosts={"a.example"})
    Provider(MemoryStore(), temporary_lifetime=0.5, token_lifetime=0.5, max_verifier_attempts=1)


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


def test_a_method_of_ones_own_is_an_object() -> None:
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
