"""`diagnose` as its users call it."""

from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

import oauthone.diagnosis
from oauthone.diagnosis import Evidence, diagnose

from .refused import CREDENTIALS, diagnosed, sent, with_signature

KEY = rsa.generate_private_key(65537, 2048)
PEM = KEY.private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
).decode()


def test_octets_and_text_are_the_same() -> None:
    request = sent(token_secret="")
    octets = {
        "method": b"POST",
        "url": request["url"].encode(),
        "headers": [(name.encode(), value.encode()) for name, value in request["headers"].items()],
        "body": request["body"].encode(),
    }
    assert diagnosed(octets, (b"401", [(b"X", b"y")], b"")) == diagnosed(request, (401, {"X": "y"}, ""))


@pytest.mark.parametrize(
    ("body", "said"),
    [(b"a=1", "signature is right"), (..., "has kept the form"), (b"", "is not the one"), (None, "is not the one")],
)
def test_an_evidence_is_passed_as_it_is(body: Any, said: str) -> None:
    """A signature that covers a body which is not known is not called wrong. One of no body is."""
    request = sent()
    evidence = Evidence(request["method"], request["url"], tuple(request["headers"].items()), body)
    assert said in diagnose(*evidence, **CREDENTIALS).explanation


def test_an_rsa_signature() -> None:
    request = sent(client_secret=None, token_secret=None, rsa_key=PEM, signature_method="RSA-SHA256")
    options = {"client_secret": None, "token_secret": None}
    assert diagnosed(request, rsa_key=PEM, **options).verdict == "unknown"
    other = rsa.generate_private_key(65537, 2048)
    assert diagnosed(request, rsa_key=other, **options).mistake == "another-rsa-key"
    hmac_with_pem = sent(client_secret=PEM, token_secret="")
    assert diagnosed(hmac_with_pem, rsa_key=PEM, **options).mistake == "rsa-key-as-secret"


def test_a_secret_in_the_words_of_a_server_is_masked() -> None:
    found = diagnosed(sent(), (401, {}, "invalid or expired token"))
    assert found.mistake == "token-refused"
    assert diagnosed(with_signature(sent(), "x"), (401, {}, "s3cret")).verdict == "unknown"


def test_public_names() -> None:
    assert diagnose is oauthone.diagnosis.diagnose
    assert {"Diagnosis", "Evidence", "ProbeResult", "aprobe", "diagnose", "probe"} == set(oauthone.diagnosis.__all__)
    with pytest.raises(AttributeError, match="has no attribute 'other'"):
        _ = oauthone.diagnosis.other  # type: ignore[attr-defined]  # it is absent
