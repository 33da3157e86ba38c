"""Signature methods (RFC 5849 section 3.4): the table, the keys, and a strict comparison."""

import base64
import copy
import hashlib
import hmac
import pickle
from collections.abc import Callable
from typing import Any

import pytest

from oauthone import SignatureMethod, Signer
from oauthone.core.signature import SIGNATURE_METHODS, HmacMethod, _empty_hash, get_signature_method, signing_key
from oauthone.errors import SigningError

BASE_STRING = "GET&https%3A%2F%2Fa.example%2F&a%3D1"


@pytest.mark.seen_in("magento2#35510")
@pytest.mark.seen_in("klaviyo#177")
@pytest.mark.seen_in("oauth1-client#150")
@pytest.mark.seen_in("nscabinet#31")
def test_hmac_and_rsa_with_three_hashes_and_plaintext_are_built_in() -> None:
    assert list(SIGNATURE_METHODS) == [
        "HMAC-SHA1",
        "HMAC-SHA256",
        "HMAC-SHA512",
        "RSA-SHA1",
        "RSA-SHA256",
        "RSA-SHA512",
        "PLAINTEXT",
    ]
    assert all(method.name == name for name, method in SIGNATURE_METHODS.items())


@pytest.mark.parametrize(("name", "meant"), [("hmac-sha1", "HMAC-SHA1"), ("RSA", "RSA-SHA1, RSA-SHA256, RSA-SHA512")])
def test_a_name_that_is_close_is_answered_with_those_that_may_be_meant(name: str, meant: str) -> None:
    with pytest.raises(SigningError, match=f"use one of {meant}, or pass an instance of your own SignatureMethod"):
        get_signature_method(name)


@pytest.mark.parametrize("name", ["HMAC-SHA1 ", "none", "", "HMAC-MD5"])
def test_another_name_is_refused_with_the_list_of_those_that_are_known(name: str) -> None:
    with pytest.raises(
        SigningError, match=r"use one of HMAC-SHA1, .*PLAINTEXT, or pass an instance of your own SignatureMethod"
    ):
        get_signature_method(name)


@pytest.mark.seen_in("dghubble/oauth1#72")
def test_both_secrets_are_encoded_in_the_key_and_the_ampersand_always_stands() -> None:
    assert signing_key("a&b", "c d") == "a%26b&c%20d"
    assert signing_key("secret", "") == "secret&"
    assert signing_key("", "") == "&"


@pytest.mark.parametrize("name", ["HMAC-SHA1", "HMAC-SHA256", "HMAC-SHA512"])
def test_hmac_is_keyed_with_both_secrets(name: str) -> None:
    sign = get_signature_method(name).signing_function("cs", "ts")
    digest = hmac.digest(b"cs&ts", BASE_STRING.encode(), get_signature_method(name).hash_name)
    assert sign(BASE_STRING) == sign(BASE_STRING) == base64.b64encode(digest).decode()


@pytest.mark.parametrize("name", ["HMAC-SHA1", "HMAC-SHA256", "HMAC-SHA512", "PLAINTEXT"])
def test_a_signature_is_compared_as_text(name: str) -> None:
    """Any other string is wrong, but not an error: other letters, non-ASCII, half of a surrogate pair, an empty one."""
    method = get_signature_method(name)
    right = method.signing_function("Cs", "ts")(BASE_STRING)
    assert method.verify(BASE_STRING, right, "Cs", "ts")
    for wrong in (right + "=", right[:-1], right.lower(), "\N{SNOWMAN}", "\ud800", "\0", ""):
        assert not method.verify(BASE_STRING, wrong, "Cs", "ts")
    assert not method.verify(BASE_STRING, right, "Cs", "")


@pytest.mark.parametrize("name", ["HMAC-SHA1", "HMAC-SHA256", "HMAC-SHA512"])
def test_a_signature_is_right_in_one_spelling_alone(name: str) -> None:
    """Base64 has other spellings of the same bytes: digits with unused bits, and characters that a decoder skips."""
    method = get_signature_method(name)
    right = method.signing_function("Cs", "ts")(BASE_STRING)
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    digits = right.rstrip("=")
    padding, unused = len(right) - len(digits), 4 ** (len(right) - len(digits))
    last = alphabet.index(digits[-1])
    spellings = [digits[:-1] + alphabet[last + odd] + "=" * padding for odd in range(1, unused)]
    spellings += [" " + right, right + "\n", right[:9] + "*" + right[9:]]
    assert all(base64.b64decode(spelling) == base64.b64decode(right) for spelling in spellings)
    spellings += [right + "=", right + "AAAA"]  # Some decoders read these alike, and others reject them.
    assert not any(method.verify(BASE_STRING, spelling, "Cs", "ts") for spelling in spellings)
    assert method.verify(BASE_STRING, right, "Cs", "ts")


def test_rsa_signs_with_a_key_and_is_never_right_without_one() -> None:
    with pytest.raises(SigningError, match=r"signs with the client's private key: pass rsa_key=…"):
        get_signature_method("RSA-SHA1").signing_function("cs", "ts")
    assert not get_signature_method("RSA-SHA1").verify(BASE_STRING, "x", "cs", "ts")


@pytest.mark.parametrize("name", SIGNATURE_METHODS)
def test_methods_are_pickled_and_copied(name: str) -> None:
    method = SIGNATURE_METHODS[name]
    for other in (pickle.loads(pickle.dumps(method)), copy.deepcopy(method)):
        assert type(other) is type(method)
        assert (other.name, other.hash_name) == (method.name, method.hash_name)
    assert name in repr(method)


class Md5Method(SignatureMethod):
    """A custom method for the tests."""

    name = "X-HMAC-MD5"
    hash_name = "md5"

    def signing_function(self, client_secret: str, token_secret: str, rsa_key: Any = None) -> Callable[[str], str]:
        key = signing_key(client_secret, token_secret)
        return lambda base_string: hashlib.md5((key + base_string).encode()).hexdigest()


def test_a_method_of_ones_own_signs_and_is_verified_like_the_others() -> None:
    """A subclass defines its name and how to sign, and needs no registration."""
    signed = Signer("k", "s", signature_method=Md5Method(), body_hash="always").sign("GET", "https://a.example/")
    assert signed.authorization is not None
    assert 'oauth_signature_method="X-HMAC-MD5"' in signed.authorization
    assert 'oauth_body_hash="1B2M2Y8AsgTpgAmY7PhCfg%3D%3D"' in signed.authorization
    signature = hashlib.md5(("s&" + signed.base_string).encode()).hexdigest()
    assert f'oauth_signature="{signature}"' in signed.authorization
    assert Md5Method().verify(signed.base_string, signature, "s", "")
    assert "X-HMAC-MD5" not in SIGNATURE_METHODS


def test_a_method_without_a_way_to_sign_says_so() -> None:
    with pytest.raises(NotImplementedError):
        SignatureMethod().signing_function("a", "b")


def forbidden(*args: object, **kwargs: object) -> Any:
    """Fail as a build of OpenSSL whose policy forbids the hash."""
    raise ValueError("[digital envelope routines] disabled for FIPS")


@pytest.mark.seen_in("jira#1643")
@pytest.mark.seen_in("jira#1664")
@pytest.mark.seen_in("jira#1677")
def test_a_crypto_policy_that_forbids_a_hash_is_named_when_the_signer_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    """The signer does not switch to another method: the error names the method, the hash and two solutions."""
    monkeypatch.setattr(hashlib, "new", forbidden)
    _empty_hash.cache_clear()
    with pytest.raises(SigningError) as caught:
        Signer("k", "canary-secret")
    for part in ("HMAC-SHA1", "crypto policy", "SHA1", "another signature_method", "change the policy"):
        assert part in str(caught.value)
    assert "canary" not in str(caught.value)


def test_a_crypto_policy_that_forbids_a_hash_is_named_when_verifying(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hashlib, "new", forbidden)
    monkeypatch.setattr(hmac, "digest", forbidden)
    _empty_hash.cache_clear()
    with pytest.raises(SigningError, match="crypto policy forbids SHA512") as caught:
        get_signature_method("HMAC-SHA512").verify(BASE_STRING, "x", "canary-secret", "canary-secret")
    assert "canary" not in str(caught.value)


def test_a_policy_that_forbids_an_hmac_of_openssl_but_not_its_hash_changes_no_result(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    method = get_signature_method("HMAC-SHA1")
    right = method.signing_function("s", "t")(BASE_STRING)
    monkeypatch.setattr(hmac, "digest", forbidden)
    assert method.verify(BASE_STRING, right, "s", "t")
    assert not method.verify(BASE_STRING, right, "s", "other")


class OfItsOwn(HmacMethod):
    """A method whose parts are attributes of its class."""

    name = "X-HMAC"
    hash_name = "sha256"

    def __init__(self) -> None:
        """Do not call the constructor of `HmacMethod`."""


def test_a_method_of_ones_own_uses_the_hash_that_it_names() -> None:
    made = OfItsOwn()
    for hash_name in ("sha256", "sha384"):
        made.hash_name = hash_name
        right = base64.b64encode(hmac.digest(b"s&t", BASE_STRING.encode(), hash_name)).decode()
        assert made.verify(BASE_STRING, right, "s", "t")
        assert made.signing_function("s", "t")(BASE_STRING) == right


def test_a_hash_without_a_fixed_length_is_refused() -> None:
    with pytest.raises(SigningError, match="shake_128 has no digest of a fixed length"):
        HmacMethod("X", "shake_128").verify(BASE_STRING, "x", "s", "t")


def test_hmac_methods_are_told_apart_by_their_parts() -> None:
    assert HmacMethod("X", "sha1").name == "X"
