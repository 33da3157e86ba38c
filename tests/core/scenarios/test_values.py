"""What every value of the package can do: be pickled and copied, and show no secret."""

import copy
import pickle
from collections.abc import Callable
from typing import Any

import pytest

from oauthone import (
    Placement,
    RsaKey,
    Signer,
    TemporaryCredentials,
    TokenCredentials,
)
from oauthone.core.flow import CallbackResult, Leg, Reply
from oauthone.core.rsa import RsaPublicKey
from oauthone.core.verification_types import Credentials, FindCredentials, UseNonce, Verified
from oauthone.errors import (
    AccessDenied,
    CallbackError,
    FlowError,
    InsecureTransportError,
    OAuth1Error,
    SigningError,
    StoreError,
    TokenResponseError,
    VerificationError,
)

from ..vectors import DIRECTORY, private_key

CANARY = "canary-S3CR3T"
KEY = private_key("keys/p-rsa2048-pkcs8.pem", None, 2048)
CREDENTIALS = Credentials(CANARY, KEY.public_key(), ("HMAC-SHA1",), CANARY, None, "ann", {"note": CANARY})


def signing_function(octets: bytes) -> bytes:
    return octets


def signer(**options: Any) -> Signer:
    return Signer("client", CANARY, token="t", token_secret=CANARY, **options)


VALUES = [
    TemporaryCredentials("t", CANARY),
    TemporaryCredentials("t", CANARY, False, {"secret": CANARY}),
    TokenCredentials("t", CANARY),
    TokenCredentials("t", CANARY, {"secret": CANARY, "list": [1]}),
    signer(),
    signer(signature_method="PLAINTEXT", realm="r", body_hash="always"),
    signer(signature_method="HMAC-SHA512", signature_type="QUERY"),
    signer(signature_method="RSA-SHA256", rsa_key=KEY),
    signer(signature_method="RSA-SHA256", rsa_key=signing_function),
    signer().sign("GET", "https://api.example/?password=" + CANARY, verifier=CANARY),
    signer(signature_method="PLAINTEXT").sign("GET", "https://api.example/", body=CANARY),
    KEY,
    RsaKey(signing_function),
    KEY.public_key(),
    RsaPublicKey((DIRECTORY / "keys/p-rsa2048-pkcs8.pub.pem").read_bytes()),
    Leg("POST", "https://p.example/", "t", CANARY, "oob", CANARY),
    Reply(200, [("X", CANARY)], CANARY.encode()),
    CallbackResult("t", CANARY),
    CREDENTIALS,
    FindCredentials("client", "t"),
    UseNonce("client", "t", 1, "n"),
    Verified("client", "t", "ann", {"oauth_verifier": CANARY}, "r", Placement.HEADER, CREDENTIALS),
]
ERRORS = [
    OAuth1Error("x"),
    SigningError("x"),
    InsecureTransportError("x"),
    StoreError("x"),
    FlowError("e", "d"),
    AccessDenied("e", "d"),
    CallbackError("e", "d"),
    TokenResponseError("e", "d", status=400, problem="p", advice="a", body="b"),
    VerificationError(401, "p", "r", challenge="c", base_string="s"),
]
COPIES = pytest.mark.parametrize(
    "copied", [lambda value: pickle.loads(pickle.dumps(value)), copy.deepcopy], ids=["pickle", "deepcopy"]
)


def kind(value: object) -> str:
    return type(value).__name__


@pytest.mark.seen_in("requests-oauthlib#536")
@pytest.mark.seen_in("aioauth-client#191")
@pytest.mark.seen_in("xmcp#12")
@pytest.mark.parametrize("value", VALUES, ids=kind)
def test_no_value_shows_a_secret(value: object) -> None:
    """In ``repr``, ``str`` and an f-string, alone and inside a container."""
    for shown in (
        repr(value),
        str(value),
        f"{value}",
        repr([value]),
        repr({"x": (value,)}),
    ):
        assert "S3CR3T" not in shown
    assert kind(value) in repr(value)


@COPIES
@pytest.mark.parametrize("value", VALUES, ids=kind)
def test_every_value_is_pickled_and_copied(value: Any, copied: Callable[[Any], Any]) -> None:
    other = copied(value)
    assert type(other) is type(value)
    assert repr(other) == repr(value)
    if isinstance(value, tuple) and not isinstance(value, (Verified, Credentials)):
        assert other == value
    if isinstance(value, Signer):
        given = {"nonce": "n", "timestamp": 1}
        assert other.sign("POST", "https://a.example/", **given) == value.sign("POST", "https://a.example/", **given)


@COPIES
@pytest.mark.parametrize("error", ERRORS, ids=kind)
def test_every_error_is_pickled_and_copied(error: OAuth1Error, copied: Callable[[Any], Any]) -> None:
    """With all its attributes."""
    other = copied(error)
    assert type(other) is type(error)
    assert (str(other), repr(other), vars(other)) == (str(error), repr(error), vars(error))


def refused(wrong: Callable[[], object]) -> OAuth1Error:
    with pytest.raises(OAuth1Error) as caught:
        wrong()
    return caught.value


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Signer("k", CANARY, signature_method="x"),
        lambda: Signer("k", CANARY.encode() + b"\xff"),
        lambda: Signer("k", [CANARY]),
        lambda: Signer("k", CANARY, signature_method="RSA-SHA1", rsa_key=CANARY),
        lambda: Signer("k", CANARY, rsa_key=CANARY),
        lambda: RsaKey(KEY._key.private_numbers(), CANARY),
        lambda: signer().sign("GET", "/path", body=CANARY, verifier=CANARY),
        lambda: signer(signature_type="BODY").sign("POST", "https://a.example/", body=CANARY),
        lambda: signer().sign("GET", "https://a.example/", extra={"oauth_nonce": CANARY}),
        lambda: signer(body_hash="auto").sign("GET", "https://a.example/", body=iter([CANARY])),
        lambda: signer().sign("GET", "https://a.example/", extra={"x": [CANARY]}),
    ],
)
def test_no_error_of_the_signer_shows_a_secret(wrong: Callable[[], object]) -> None:
    """Neither the error nor its cause."""
    error: BaseException | None = refused(wrong)
    while error is not None:
        assert "S3CR3T" not in f"{error} {error!r} {vars(error)}"
        error = error.__cause__
