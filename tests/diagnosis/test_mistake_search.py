"""The search for the mistake in a wrong signature: what it tries, what it passes over, and how much it does."""

import hashlib
from collections.abc import Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from oauthone import RsaKey
from oauthone.core.parsed_request import ParsedRequest, base_string_of
from oauthone.core.signature import SignatureMethod, _empty_hash, get_signature_method
from oauthone.core.verification_types import Credentials
from oauthone.diagnosis.mistake_search import diagnose_body_hash, diagnose_signature

from .mistaken_client import (
    FORM,
    KEY,
    SECRET,
    TOKEN_SECRET,
    URL,
    Change,
    base_string_with,
    in_base64,
    keyed,
    mistake,
    request,
    sign,
)

JSON = {"Content-Type": "application/json"}


def test_no_mistake_is_named_where_none_is_known() -> None:
    assert mistake(request(), "x") is None
    assert mistake(request("https://api.example/é?q=é+%FF", FORM, b"\xff=%zz&", realm="R"), "é") is None
    assert mistake(request("http://[::1]"), "x") is None


def test_no_mistake_is_named_where_there_is_none() -> None:
    for options in ({}, {"signature_method": "HMAC-SHA256"}, {"signature_method": "PLAINTEXT"}):
        assert mistake(request(**options)) is None


def test_another_method_than_the_one_it_says_is_named() -> None:
    incoming = request()
    other = in_base64(keyed(KEY, base_string_of(incoming), "sha256"))
    assert mistake(incoming, other) == "the client signed with HMAC-SHA256, though the request says HMAC-SHA1"
    assert mistake(request(), KEY) == "the client signed with PLAINTEXT, though the request says HMAC-SHA1"


def test_a_hash_that_is_forbidden_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """A crypto policy may forbid SHA-1: then no candidate with it matches."""
    incoming, new = request(signature_method="HMAC-SHA256"), hashlib.new

    def without_sha1(name: str, *rest: Any) -> Any:
        if name == "sha1":
            raise ValueError("forbidden")
        return new(name, *rest)

    monkeypatch.setattr(hashlib, "new", without_sha1)
    _empty_hash.cache_clear()
    assert mistake(incoming, "x") is None


def test_parts_that_were_joined_as_they_are_are_named() -> None:
    incoming = request()
    text = base_string_with(incoming, outer=str)
    assert mistake(incoming, sign(text)) == "the client joined the parts without encoding them"


def test_what_an_rsa_signature_covers_is_named_too() -> None:
    """Its key is public, so the search can try what was signed, as with a secret."""
    key = RsaKey(rsa.generate_private_key(65537, 2048))
    incoming = request(signature_method="RSA-SHA256", rsa_key=key)
    method, credentials = get_signature_method("RSA-SHA256"), Credentials(rsa_key=key.public_key())
    assert diagnose_signature(incoming, method, credentials) is None
    signed = key.signing_function("sha256")(base_string_of(incoming).replace("%2520", "%2B"))
    incoming.protocol["oauth_signature"] = signed
    assert diagnose_signature(incoming, method, credentials) == "the client encoded a space as '+' instead of '%20'"


def test_a_method_of_ones_own_is_tried_too() -> None:
    class Reversed(SignatureMethod):
        name = "REVERSED"

        def signing_function(self, client_secret: str, token_secret: str, rsa_key: Any = None) -> Change:
            return lambda text: f"{text}{client_secret}{token_secret}"[::-1]

    incoming = request(signature_method=Reversed())
    incoming.protocol["oauth_signature"] = f"{base_string_of(incoming)}{SECRET}"[::-1]
    said = diagnose_signature(incoming, Reversed(), Credentials(SECRET, token_secret=TOKEN_SECRET))
    assert said is not None
    assert "empty token secret" in said


class Counting(SignatureMethod):
    """A method that counts the signatures and the characters of base strings that it checks."""

    name, hash_name = "HMAC-SHA1", "sha1"

    def __init__(self) -> None:
        self.checked = self.characters = 0

    def verify(self, base_string: str, signature: str, client_secret: str, *_: Any) -> bool:
        self.checked += 1
        self.characters += len(base_string)
        return False


def work_of(incoming: ParsedRequest) -> Counting:
    method = Counting()
    incoming.protocol["oauth_signature"] = "x"
    assert diagnose_signature(incoming, method, Credentials(SECRET, token_secret=TOKEN_SECRET)) is None
    return method


class CountedPairs(list[str]):
    """Parameters that count how often they are read from first to last."""

    reads = 0

    def __iter__(self) -> Iterator[str]:
        self.reads += 1
        return super().__iter__()


@pytest.mark.parametrize("size", [1 << 14, 1 << 18])
def test_nothing_is_built_or_tried_for_a_large_request(size: int) -> None:
    """An attacker who knows a client's identifier can send many. Their length is taken, and nothing else."""
    incoming = request(f"{URL}&c={'x' * size}")
    pairs = CountedPairs(incoming.elsewhere)
    incoming.elsewhere = pairs
    assert work_of(incoming).checked == 0
    assert pairs.reads == 1


def test_what_is_tried_for_a_request_of_medium_size_is_bounded() -> None:
    """Some seventy mistakes, each as long as the request."""
    work = work_of(request(f"{URL}&c={'%20' * 5000}"))
    assert 50 < work.checked < 100
    assert work.characters < 100 * (1 << 15)


def body_hash(given: str | None, body: bytes = b"{}", method: str = "HMAC-SHA1") -> str | None:
    """Return the report about a request with this ``oauth_body_hash``."""
    extra = {} if given is None else {"oauth_body_hash": given}
    incoming = request(headers=JSON, body=body, signature_method=method)
    incoming.protocol.update(extra)
    return diagnose_body_hash(incoming, get_signature_method(method))


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (hashlib.sha1(b"{}").hexdigest(), "wrote oauth_body_hash in hexadecimal"),
        (hashlib.sha1(b"{}").hexdigest().upper(), "wrote oauth_body_hash in hexadecimal"),
        (in_base64(hashlib.sha1(b"{}").hexdigest().encode()), "wrote oauth_body_hash in hexadecimal"),
        (in_base64(hashlib.sha1(b"").digest()), "hashed an empty body"),
        (in_base64(hashlib.sha256(b"{}").digest()), "hashed the body with SHA256, HMAC-SHA1 means SHA1"),
        (in_base64(hashlib.sha512(b"{}").digest()), "hashed the body with SHA512, HMAC-SHA1 means SHA1"),
        (in_base64(hashlib.sha1(b"{ }").digest()), "hashed another body than the one that arrived"),
        ("é", "hashed another body than the one that arrived"),
        ("", "hashed another body than the one that arrived"),
    ],
)
def test_a_wrong_body_hash_is_named(given: str, words: str) -> None:
    assert body_hash(given) == f"the client {words}"


def test_the_hash_of_the_method_is_the_right_one() -> None:
    assert body_hash(in_base64(hashlib.sha256(b"{}").digest()), method="HMAC-SHA256") is None
    assert body_hash(in_base64(hashlib.sha1(b"{}").digest()), method="HMAC-SHA256") == (
        "the client hashed the body with SHA1, HMAC-SHA256 means SHA256"
    )


def test_no_mistake_is_named_for_a_right_or_an_absent_body_hash() -> None:
    assert body_hash(in_base64(hashlib.sha1(b"{}").digest())) is None
    assert body_hash(None) is None
