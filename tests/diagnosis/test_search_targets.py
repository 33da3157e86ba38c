"""What a client made of its base string."""

import hmac
from base64 import b64encode
from hashlib import sha256

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from hypothesis import given
from hypothesis import strategies as st

from oauthone.core.rsa import RsaPublicKey
from oauthone.diagnosis.key_mistakes import Secrets, join
from oauthone.diagnosis.search_targets import HmacTarget, Match, MethodTarget, PlaintextTarget, RsaTarget, TextTarget
from oauthone.diagnosis.signing_steps import Choice, choices

KEY = rsa.generate_private_key(65537, 2048)
PUBLIC = RsaPublicKey(KEY.public_key())


def test_a_text() -> None:
    assert list(TextTarget("a").matches("a", 0)) == [Match(0, [()])]
    assert list(TextTarget("a").matches("b", 9)) == []


@given(st.binary(max_size=200), st.text("ab%\x80", max_size=90), st.sampled_from(["sha1", "sha256", "sha512"]))
def test_an_hmac_is_the_one_of_the_standard_library(key: bytes, text: str, name: str) -> None:
    octets = hmac.digest(key, text.encode("latin-1"), name)
    target = HmacTarget([Choice(key, ())], [Choice(name, ())], [Choice(octets, ())])
    assert list(target.matches(text, 0)) == [Match(0, [()])]
    assert list(target.matches(f"{text}x", 0)) == []


def test_no_more_mistakes_are_tried_than_allowed() -> None:
    octets = hmac.digest(b"wrong", b"x", "sha1")
    target = HmacTarget(choices(b"right", [("key", b"wrong")]), [Choice("sha1", ())], [Choice(octets, ("spelling",))])
    assert list(target.matches("x", 1)) == []
    assert list(target.matches("x", 2)) == [Match(2, [("key", "spelling")])]


def test_a_client_may_take_the_text_for_the_key() -> None:
    octets = hmac.digest(b"text", b"key", "sha1")
    keys, names = choices(b"key", [("other", b"other")]), choices("sha1", [("hash", "sha256")])
    target = HmacTarget(keys, names, [Choice(octets, ()), Choice(b"", ("spelling",))])
    assert list(target.matches("text", 0)) == []
    assert list(target.matches("text", 1)) == [Match(1, [("key-and-text-swapped",)])]
    assert list(target.matches("other", 2)) == []
    spelled = HmacTarget(keys, names, [Choice(octets, ("spelling",))])
    assert list(spelled.matches("text", 1)) == []
    assert list(spelled.matches("text", 2)) == [Match(2, [("key-and-text-swapped", "spelling")])]


def test_an_rsa_signature_opens_with_the_public_key() -> None:
    octets = KEY.sign(b"x", padding.PKCS1v15(), hashes.SHA256())
    opened = [Choice(PUBLIC.recover(octets), ())]
    target = RsaTarget(opened, choices("sha1", [("other", "sha256")]))
    assert list(target.matches("x", 0)) == []
    assert list(target.matches("x", 1)) == [Match(1, [("other",)])]
    assert list(target.matches("y", 1)) == []
    assert sha256(b"x").digest() in opened[0].value


def test_the_signature_of_another_rsa_key() -> None:
    other = rsa.generate_private_key(65537, 2048).sign(b"x", padding.PKCS1v15(), hashes.SHA256())
    target = RsaTarget([Choice(PUBLIC.recover(other), ())], [Choice("sha256", ())])
    assert list(target.matches("x", 0)) == []
    assert list(target.matches("x", 1)) == [Match(1, [("another-rsa-key",)])]


def test_plaintext() -> None:
    target = PlaintextTarget([Choice(b"a&b", ())], choices(b"a%26b", [("twice", b"a&b")]))
    assert list(target.matches("whatever", 0)) == []
    assert list(target.matches("whatever", 1)) == [Match(1, [("twice",)])]


def test_a_method_of_a_servers_own() -> None:
    secrets = choices(Secrets("a", "b", join), [("swapped", Secrets("b", "a", join))])
    target = MethodTarget(lambda text, client, token: text + client + token == "xba", secrets)
    assert list(target.matches("x", 0)) == []
    assert list(target.matches("x", 1)) == [Match(1, [("swapped",)])]
    assert b64encode(b"") == b""
