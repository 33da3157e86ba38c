"""What the signature of a request may be."""

import hashlib
from base64 import b64encode
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from oauthone.core.rsa import RsaPublicKey
from oauthone.diagnosis.key_mistakes import Identifiers, Secrets, join
from oauthone.diagnosis.search_targets import HmacTarget, PlaintextTarget
from oauthone.diagnosis.sent_request import read_request
from oauthone.diagnosis.signature_targets import SigningCredentials, named_method, targets_of

from .refused import changed, sent, with_signature

KEY = rsa.generate_private_key(65537, 1024)

CREDENTIALS = SigningCredentials(Secrets("s3cret", "t0ken", join), Identifiers("client", "t", None))


@pytest.mark.parametrize(
    ("name", "method"), [("HMAC-SHA1", "HMAC-SHA1"), ("hmac_sha256", "HMAC-SHA256"), ("MD5", None), ("", None)]
)
def test_a_method_is_recognized_in_any_case(name: str, method: str | None) -> None:
    found = named_method(read_request(**changed(sent(), "HMAC-SHA1", name)))
    assert (found.name if found else None) == method


def test_another_kind_of_signature_is_a_mistake() -> None:
    request = read_request(**sent())
    found = [(choice.ways[0], type(target)) for choice, target in targets_of(request, CREDENTIALS, 1)]
    assert found == [((), HmacTarget), (("signed-with:PLAINTEXT",), PlaintextTarget)]
    assert [choice.ways[0] for choice, _ in targets_of(request, CREDENTIALS, 0)] == [()]


def test_every_kind_may_be_right_for_an_unknown_method() -> None:
    request = read_request(**changed(sent(), "HMAC-SHA1", "MD5"))
    assert [choice.ways[0] for choice, _ in targets_of(request, CREDENTIALS, 0)] == [(), ()]


def test_a_hash_that_the_crypto_policy_forbids_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    new = hashlib.new

    def without_sha1(name: str, *rest: Any, **options: Any) -> Any:
        if name == "sha1":
            raise ValueError("forbidden")
        return new(name, *rest, **options)

    monkeypatch.setattr(hashlib, "new", without_sha1)
    request = read_request(**sent())
    (_, target), *_ = targets_of(request, CREDENTIALS, 0)
    assert target.tries(0, 0) == 0


def test_credentials_hide_themselves() -> None:
    assert repr(CREDENTIALS) == "SigningCredentials(…)"
    bare = SigningCredentials(None, Identifiers("", "", None))
    assert list(targets_of(read_request(**sent()), bare, 2)) == []


def test_what_is_too_short_for_an_rsa_signature_is_none() -> None:
    credentials = SigningCredentials(None, Identifiers("", "", None), RsaPublicKey(KEY.public_key(), min_bits=0))
    for octets, number in ((b"wrong", 0), (bytes(64), 1)):
        request = read_request(**with_signature(sent(), b64encode(octets).decode()))
        assert len(list(targets_of(request, credentials, 2))) == number
