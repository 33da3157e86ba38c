"""What a client made of its base string."""

import hmac
from collections.abc import Iterator
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from hypothesis import given
from hypothesis import strategies as st

from oauthone.core.rsa import RsaPublicKey
from oauthone.diagnosis.key_mistakes import KeyMaker, Secrets, join
from oauthone.diagnosis.likelihood import RAREST
from oauthone.diagnosis.search_targets import HmacTarget, MethodTarget, PlaintextTarget, RsaTarget, Target, TextTarget
from oauthone.diagnosis.signing_steps import Change, Choice, Step, changes, choices, merged, same

KEY = rsa.generate_private_key(65537, 2048)
PUBLIC = RsaPublicKey(KEY.public_key())


def found(target: Target, text: str, number: int = 0, rank: int = 0) -> list[tuple[str, ...]]:
    """Return the mistakes that lead from a base string to a target."""
    return [
        way
        for chosen in target.matches(text, number, rank)
        for way in merged(*(one.completed().ways for one in chosen))
    ]


def keys(right: str, *wrong: tuple[str, str]) -> Step[Secrets, bytes]:
    """Return the choices of a key that is a text."""

    def alone(text: str) -> Secrets:
        return Secrets(text, "", lambda client, _: client)

    def all_changes() -> Iterator[Change[Secrets]]:
        return changes((word, lambda _, text=text: alone(text)) for word, text in wrong)

    return Step(alone(right), KeyMaker().make, all_changes)


def test_a_text() -> None:
    assert found(TextTarget("a"), "a") == [()]
    assert found(TextTarget("a"), "b") == []
    assert [TextTarget("a").tries(number, 0) for number in (0, 1)] == [1, 0]


@given(st.text(max_size=200), st.text("ab%\x80", max_size=90), st.sampled_from(["sha1", "sha256", "sha512"]))
def test_an_hmac_is_the_one_of_the_standard_library(key: str, text: str, name: str) -> None:
    octets = hmac.digest(key.encode(), text.encode("latin-1"), name)
    target = HmacTarget(keys(key), [Choice(name, ())], [Choice(octets, ())])
    assert found(target, text) == [()]
    assert found(target, f"{text}x") == []
    assert found(target, text) == [()]
    assert target.tries(0, 0) == 1


def test_an_hmac_with_a_key_that_is_encoded_otherwise() -> None:
    octets = hmac.digest(b"a/b&", b"text", "sha1")
    target = HmacTarget(keys("a%2Fb&", ("plain", "ab&")), [Choice("sha1", ())], [Choice(octets, ())])
    assert not target.matches("text", 0, 0)
    assert target.matches("text", 0, 0, lambda key: key.replace("%2F", "/"))
    assert not target.matches("text", 0, 0, lambda key: key.replace("~", "%7E")), "it changes nothing"


def test_keys_and_hashes_are_tried_by_the_number_and_the_rank_of_their_mistakes() -> None:
    octets = hmac.digest(b"wrong", b"x", "sha256")
    target = HmacTarget(
        keys("right", ("client-secret-left-out", "wrong")),
        choices("sha1", [("signed-with:HMAC-SHA256", "sha256")]),
        [Choice(octets, ("base64-twice",)), Choice(octets, ("signature-not-encoded",))],
    )
    assert [target.tries(*tried) for tried in ((0, 0), (1, 0), (1, 1), (1, RAREST), (2, 2))] == [1, 0, 2, 3, 1]
    assert found(target, "x", 1, 1) == []
    assert found(target, "x", 2, 2) == [
        ("client-secret-left-out", "signed-with:HMAC-SHA256", "base64-twice"),
        ("client-secret-left-out", "signed-with:HMAC-SHA256", "signature-not-encoded"),
    ]


def test_a_client_may_take_the_text_for_the_key() -> None:
    octets = hmac.digest(b"text", b"key", "sha1")
    target = HmacTarget(keys("key"), [Choice("sha1", ())], [Choice(octets, ())])
    assert found(target, "text") == []
    assert found(target, "text", 1, RAREST) == [("key-and-text-swapped",)]
    assert found(target, "other", 1, RAREST) == []


@pytest.mark.parametrize("octets", [b"textkey", b"keytext"])
def test_a_client_may_take_a_hash_for_hmac(octets: bytes) -> None:
    target = HmacTarget(
        keys("key"), choices("sha1", [("signed-with", "sha256")]), [Choice(sha256(octets).digest(), ())]
    )
    assert found(target, "text", 1, RAREST) == []
    assert found(target, "text", 2, RAREST + 1) == [("hash-instead-of-hmac", "signed-with")]


def test_an_rsa_signature_opens_with_the_public_key() -> None:
    octets = KEY.sign(b"x", padding.PKCS1v15(), hashes.SHA256())
    opened = [Choice(PUBLIC.recover(octets), ())]
    target = RsaTarget(opened, choices("sha1", [("signed-with:RSA-SHA256", "sha256")]))
    assert found(target, "x") == []
    assert found(target, "x", 1, 1) == [("signed-with:RSA-SHA256",)]
    assert found(target, "y", 1, 1) == []
    assert [target.tries(number, 0) > 0 for number in range(3)] == [True, True, False]
    assert sha256(b"x").digest() in opened[0].value


def test_the_signature_of_another_rsa_key() -> None:
    other = rsa.generate_private_key(65537, 2048).sign(b"x", padding.PKCS1v15(), hashes.SHA256())
    target = RsaTarget([Choice(PUBLIC.recover(other), ())], [Choice("sha256", ())])
    assert found(target, "x") == []
    assert found(target, "x", 1, 1) == [("another-rsa-key",)]


def test_plaintext() -> None:
    target = PlaintextTarget(keys("a&b", ("client-secret-left-out", "b&a")), choices(b"b%26a", [("twice", b"b&a")]))
    assert found(target, "whatever") == []
    assert found(target, "whatever", 1, 1) == [("client-secret-left-out", "twice")]
    assert target.tries(1, 1) == 1


def test_a_method_of_a_servers_own() -> None:
    secrets = Secrets("a", "b", join)
    swapped: Step[Secrets, Secrets] = Step(
        secrets, same, lambda: changes([("client-secret-left-out", lambda _: Secrets("b", "a", join))])
    )
    target = MethodTarget(lambda text, client, token: text + client + token == "xba", swapped)
    assert found(target, "x") == []
    assert found(target, "x", 1, 1) == [("client-secret-left-out",)]
    assert target.tries(1, 1) == 1
