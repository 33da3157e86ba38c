"""Why a request was refused, in words: as much as the server can tell, and never a failure of its own."""

import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from oauthone import Signer
from oauthone.core.rsa import RsaKey
from oauthone.errors import StoreError
from oauthone.server import AsyncVerifier, MemoryStore, Verified, Verifier, registered_client
from oauthone.server.admission import Admission
from oauthone.server.answers import Answer
from oauthone.server.arrival import Arrival

from .setting import CLIENT, Clock, RecordingStore, signed, token_signer, with_token


def outcome_of(store: Any, signer: Signer, *, url: str = "https://api.example/", **settings: Any) -> Verified | Answer:
    verifier = Verifier(store, clock=Clock(), **settings)
    sent = signed(signer, "GET", url)
    return verifier.walk(Admission(verifier, explain=True).steps(Arrival("GET", url, tuple(sent.headers)), b""))


def told(store: Any, signer: Signer, **given: Any) -> Any:
    outcome = outcome_of(store, signer, **given)
    assert isinstance(outcome, Answer)
    return json.loads(outcome.body)


@pytest.mark.seen_in("ims-lti#51")
def test_the_mistake_is_named_where_the_signature_betrays_it() -> None:
    store = with_token(RecordingStore(Clock()))
    assert "empty token secret" in told(store, token_signer(token_secret=""))["difference"]


def test_of_an_unknown_client_nothing_more_can_be_told() -> None:
    said = told(RecordingStore(Clock()), Signer("nobody", "s", token="t", token_secret="ts", clock=Clock()))
    assert (said["reason"], said["difference"]) == ("the client is unknown", None)


def test_of_an_rsa_signature_nothing_more_can_be_told() -> None:
    keys = [RsaKey(rsa.generate_private_key(65537, 2048)) for _ in range(2)]
    store = MemoryStore([registered_client("client", rsa_key=keys[0].public_key())], clock=Clock())
    signer = Signer("client", rsa_key=keys[1], signature_method="RSA-SHA256", clock=Clock())
    said = told(store, signer, token="optional")
    assert said["reason"].startswith("the signature does not fit")
    assert said["difference"] is None


def test_an_address_that_reads_like_no_other_is_no_failure() -> None:
    """Trying what a client may have signed instead ends at an IPv6 address that cannot be taken apart so."""
    store = with_token(RecordingStore(Clock()))
    said = told(store, token_signer(token_secret="wrong"), url="https://[::1]/")
    assert said["difference"] is None


def test_a_store_that_fails_meanwhile_leaves_the_plain_answer() -> None:
    class Once(RecordingStore):
        def find_credentials(self, *asked: Any) -> Any:
            if self.calls.count("find_credentials") > 1:
                raise StoreError("down")
            return super().find_credentials(*asked)

    store = with_token(Once(Clock()))
    outcome = outcome_of(store, token_signer(token_secret="wrong"))
    assert isinstance(outcome, Answer)
    assert (outcome.status, outcome.body) == (401, b"oauth_problem=signature_invalid")


def test_without_the_switch_nothing_is_said() -> None:
    store = with_token(RecordingStore(Clock(), CLIENT))
    verifier = AsyncVerifier(store, clock=Clock())
    steps = Admission(verifier).steps(
        Arrival("GET", "https://api.example/", tuple(signed(token_signer(token_secret="x"), "GET").headers)), b""
    )
    assert Verifier(store).walk(steps) == Answer(
        401,
        (
            ("Content-Type", "application/x-www-form-urlencoded"),
            ("Cache-Control", "no-store"),
            ("Pragma", "no-cache"),
            ("WWW-Authenticate", "OAuth"),
        ),
        b"oauth_problem=signature_invalid",
    )
