"""What signs with a key: the standard library is the judge."""

import hashlib
import hmac

from hypothesis import given
from hypothesis import strategies as st

from oauthone.diagnosis.hmac_signers import MACS, HmacSigner, Signer, respelled
from oauthone.diagnosis.signing_steps import Choice, same


@given(st.binary(max_size=150), st.binary(max_size=90), st.sampled_from(["sha1", "sha256", "sha512"]))
def test_a_signer_signs_the_same_each_time(key: bytes, text: bytes, name: str) -> None:
    right = MACS[0]
    signer = HmacSigner(right, Choice(key, ()), Choice(name, ()), key)
    assert {signer.sign(text) for _ in range(3)} == {hmac.digest(key, text, name)}
    assert signer.sign(text + b"x") == hmac.digest(key, text + b"x", name)


def test_what_clients_take_for_hmac() -> None:
    made = [Signer(mac, Choice(b"k", ()), Choice("sha1", ()), b"k").sign(b"t") for mac in MACS]
    hashes = [hashlib.sha1(octets).digest() for octets in (b"tk", b"kt")]
    assert made == [hmac.digest(b"k", b"t", "sha1"), hmac.digest(b"t", b"k", "sha1"), *hashes]


def test_a_key_is_respelled_if_that_makes_a_difference() -> None:
    assert respelled(b"a%2F&\xff", same) == b"a%2F&\xff"
    assert respelled(b"a%2F&\xff", lambda key: key.replace("%2F", "/")) == b"a/&\xff"
    assert respelled(b"a&", lambda key: key.replace("%2F", "/")) is None
