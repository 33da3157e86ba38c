"""RSA keys and signatures (RFC 5849 section 3.4.3): every key format, parsed once and checked when it is passed."""

import base64
import copy
import pickle
import subprocess
import sys
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from oauthone import RsaKey, Signer
from oauthone.core.rsa import RsaPublicKey, _common_key_size, dummy_key
from oauthone.errors import SigningError

from .rsa_keys import PKCS8, PUBLIC, REFERENCE, WEAK, der, external, key_object

URL = "https://api.example/"


@pytest.mark.parametrize("hash_name", ["sha1", "sha256", "sha512"])
def test_a_signature_is_that_of_the_standard_and_fits_the_public_half(hash_name: str) -> None:
    signature = RsaKey(PKCS8).signing_function(hash_name)("base string")
    algorithm = getattr(hashes, hash_name.upper())()
    key_object().public_key().verify(base64.b64decode(signature), b"base string", padding.PKCS1v15(), algorithm)
    public = RsaKey(PKCS8).public_key()
    assert public.verify("base string", signature, hash_name)
    assert not public.verify("base string.", signature, hash_name)
    assert not public.verify("base string", signature, "sha512" if hash_name == "sha1" else "sha1")


def test_a_signature_has_one_spelling() -> None:
    """Base64 of exactly the key's length, as an encoder writes it. Any other text is wrong, but not an error."""
    public = RsaKey(PKCS8).public_key()
    octets = base64.b64decode(REFERENCE)
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    last = alphabet.index(REFERENCE[-3])
    spellings = [
        # The last digit has two bits of the signature, and four bits without a meaning.
        *[REFERENCE[:-3] + alphabet[last + unused] + "==" for unused in range(1, 16)],
        " " + REFERENCE,
        REFERENCE + "\n",
        REFERENCE[:40] + "\n" + REFERENCE[40:],
        REFERENCE[:40] + "*" + REFERENCE[40:],
    ]
    assert all(base64.b64decode(spelling) == octets for spelling in spellings)
    for wrong in (
        *spellings,
        REFERENCE + "=",  # Some decoders read this and the next one alike, and others reject them.
        REFERENCE + "AAAA",
        REFERENCE[:-2],
        REFERENCE.replace("+", "-").replace("/", "_"),
        base64.b64encode(base64.b64decode(REFERENCE)[:-1]).decode(),
        base64.b64encode(b"\0" + base64.b64decode(REFERENCE)).decode(),
        "é",
        "",
    ):
        assert not public.verify("base string", wrong, "sha256")
    assert public.verify("base string", REFERENCE, "sha256")


def test_a_short_key_is_taken_where_the_caller_says_so() -> None:
    key = RsaKey(WEAK, min_bits=1024)
    assert key.bits == 1024
    with pytest.raises(SigningError, match="min_bits=1024"):
        RsaKey(key)
    assert Signer("k", signature_method="RSA-SHA1", rsa_key=key).sign("GET", URL).authorization
    assert RsaPublicKey(key_object(), min_bits=2048).bits == 2048
    with pytest.raises(SigningError, match="min_bits=1024"):
        RsaPublicKey(serialization.load_pem_private_key(WEAK, None))


@pytest.mark.parametrize("returned", [None, "text", 7])
def test_a_signing_function_has_to_return_octets(returned: Any) -> None:
    made = Signer("k", signature_method="RSA-SHA1", rsa_key=lambda octets: returned)
    with pytest.raises(SigningError, match=rf"returned {type(returned).__name__}: it has to return bytes"):
        made.sign("GET", URL)


def test_a_signing_function_gets_the_octets_of_the_base_string_and_keeps_its_key_to_itself() -> None:
    given: list[bytes] = []

    def sign(octets: bytes) -> bytes:
        given.append(octets)
        return b"\xff\xfe"

    signed = Signer("k", signature_method="RSA-SHA512", rsa_key=sign).sign("GET", URL)
    assert given == [signed.base_string.encode()]
    assert 'oauth_signature="%2F%2F4%3D"' in (signed.authorization or "")
    with pytest.raises(SigningError, match="the public half is not known"):
        RsaKey(sign).public_key()


def test_keys_are_shown_by_their_length_alone() -> None:
    assert repr(RsaKey(PKCS8)) == "<RsaKey 2048 bits>"
    assert repr(RsaKey(external)) == "<RsaKey behind a signing function>"
    assert repr(RsaPublicKey(PUBLIC)) == "<RsaPublicKey 2048 bits>"


@pytest.mark.parametrize("key", [RsaKey(PKCS8), RsaKey(external), RsaKey(WEAK, min_bits=512)])
def test_a_key_is_pickled_and_copied(key: RsaKey) -> None:
    other = pickle.loads(pickle.dumps(key))
    assert other.bits == key.bits
    assert other.signing_function("sha256")("x") == key.signing_function("sha256")("x")
    assert copy.deepcopy(key) is key


def test_a_public_key_is_pickled_and_copied() -> None:
    for key in (RsaPublicKey(PUBLIC), RsaPublicKey(WEAK, min_bits=512)):
        other = pickle.loads(pickle.dumps(key))
        assert other.bits == key.bits
        assert copy.deepcopy(key) is key
    assert pickle.loads(pickle.dumps(RsaPublicKey(PUBLIC))).verify("base string", REFERENCE, "sha256")


@pytest.mark.parametrize("form", [PKCS8, der()])
def test_a_key_is_read_once_for_all_signatures(form: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """For any number of requests, by this signer or by those derived from it."""
    loads: list[str] = []
    for name in ("load_pem_private_key", "load_der_private_key"):
        original = getattr(serialization, name)

        def counted(*args: Any, name: str = name, original: Any = original, **kwargs: Any) -> Any:
            loads.append(name)
            return original(*args, **kwargs)

        monkeypatch.setattr(serialization, name, counted)
    made = Signer("k", signature_method="RSA-SHA256", rsa_key=form)
    other = made.replace(token="t", token_secret="s")
    for _ in range(25):
        made.sign("GET", URL)
        other.sign("POST", URL)
    assert len(loads) == 1


class Forbidden(rsa.RSAPrivateKey, rsa.RSAPublicKey):
    """A key on a machine whose policy forbids a hash."""

    def __init__(self, refusal: Exception) -> None:
        self.refusal = refusal

    key_size = 2048

    def sign(self, *args: Any) -> bytes:
        raise self.refusal

    def verify(self, *args: Any) -> None:
        raise self.refusal

    def public_key(self) -> Any:
        return self

    def public_numbers(self) -> rsa.RSAPublicNumbers:
        return key_object().public_key().public_numbers()


Forbidden.__abstractmethods__ = frozenset()  # the tests never call the rest


@pytest.mark.seen_in("jira#1643")
@pytest.mark.seen_in("jira#1664")
@pytest.mark.seen_in("jira#1677")
@pytest.mark.parametrize("refusal", [UnsupportedAlgorithm("sha1 is not supported"), ValueError("digest too big")])
def test_a_crypto_policy_that_forbids_the_hash_is_named(refusal: Exception) -> None:
    """The signer does not switch to another method: the error names the hash and two solutions."""
    made = Signer("k", signature_method="RSA-SHA1", rsa_key=Forbidden(refusal))
    with pytest.raises(SigningError, match=r"crypto policy refuses RSA signatures with SHA1 .* or change the policy"):
        made.sign("GET", URL)


def test_a_crypto_policy_that_forbids_the_hash_is_named_when_verifying() -> None:
    key = RsaPublicKey(Forbidden(UnsupportedAlgorithm("sha1 is not supported")))
    with pytest.raises(SigningError, match="crypto policy refuses RSA signatures with SHA1"):
        key.verify("x", base64.b64encode(bytes(256)).decode(), "sha1")


def test_the_dummy_key_has_the_common_length_and_no_signature_matches_it() -> None:
    key = dummy_key()
    assert key is not None
    assert key is dummy_key()
    assert key.bits == 2048
    assert not key.verify("base string", REFERENCE, "sha256")


class Asked(Forbidden):
    """A key of 2048 bits that counts its checks, and rejects every signature."""

    asked = 0

    def verify(self, *args: Any) -> None:
        self.asked += 1
        super().verify(*args)


@pytest.mark.parametrize("octets", [0, 1, 128, 255, 257, 512, 9000])
def test_a_signature_of_another_length_says_nothing_of_the_clients_key(octets: int) -> None:
    """A dummy key checks it, as for an unknown client. The client's own key checks only a signature of its length."""
    asked = Asked(InvalidSignature())
    for length, times in ((octets, 0), (256, 1)):
        assert RsaPublicKey(asked).verify("x", base64.b64encode(b"\1" * length).decode(), "sha256") is False
        assert asked.asked == times


@pytest.mark.parametrize(
    ("octets", "bits"),
    [(0, 1024), (128, 1024), (129, 1536), (256, 2048), (257, 2560), (384, 3072), (512, 4096), (9000, 4096)],
)
def test_what_stands_in_is_as_long_as_the_key_of_such_a_signature(octets: int, bits: int) -> None:
    key = dummy_key(_common_key_size(octets))
    assert key is not None
    assert key.bits == bits
    assert key.verify("base string", base64.b64encode(b"\1" * octets).decode(), "sha256") is False


@pytest.fixture
def no_cryptography(monkeypatch: pytest.MonkeyPatch) -> Any:
    """An environment without the library."""
    for name in [name for name in sys.modules if name.partition(".")[0] == "cryptography"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "cryptography", None)
    dummy_key.cache_clear()
    yield
    dummy_key.cache_clear()


@pytest.mark.parametrize(
    "octets",
    [b"\xff" * 256, b"\1" * 255, b"\1" * 257, b"", b"\1", b"\1".rjust(256, b"\0"), b"\0" * 256],
    ids=["above the modulus", "too short", "too long", "empty", "one octet", "one", "zero"],
)
def test_numbers_that_cannot_be_a_signature_are_refused(octets: bytes) -> None:
    """A dummy replaces them when the key is used, so that they take as long as a wrong signature."""
    signature = base64.b64encode(octets).decode()
    for public in (RsaKey(PKCS8).public_key(), dummy_key()):
        assert public is not None
        assert public.verify("base string", signature, "sha1") is False


@pytest.mark.usefixtures("no_cryptography")
def test_without_the_library_the_error_says_what_to_install() -> None:
    for kind in (RsaKey, RsaPublicKey):
        with pytest.raises(ModuleNotFoundError, match=r"pip install \"oauthone\[rsa\]\"") as caught:
            kind(PKCS8)
        assert caught.value.name == "cryptography"
    with pytest.raises(ModuleNotFoundError, match=r"pip install \"oauthone\[rsa\]\""):
        Signer("k", signature_method="RSA-SHA1", rsa_key=PKCS8)


@pytest.mark.usefixtures("no_cryptography")
def test_without_the_library_a_signing_function_signs_and_there_is_no_dummy_key() -> None:
    assert Signer("k", signature_method="RSA-SHA1", rsa_key=lambda octets: b"x").sign("GET", URL).authorization
    assert dummy_key() is None


def test_without_the_library_everything_else_works() -> None:
    """In an interpreter that never had it."""
    program = """
import sys
sys.modules["cryptography"] = None
import oauthone
from oauthone.server import MemoryStore, Verifier
assert oauthone.Signer("k", "s").sign("GET", "https://api.example/").authorization
try:
    oauthone.Signer("k", signature_method="RSA-SHA1", rsa_key="-----BEGIN RSA PRIVATE KEY-----")
except ModuleNotFoundError as missing:
    print(missing)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=50)
    assert 'pip install "oauthone[rsa]"' in done.stdout
