"""The vectors of a server: sequences of requests with their results, signed requests to accept, callbacks to reject."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from oauthone import RsaKey
from oauthone.core.rsa import RsaPublicKey
from oauthone.core.verification_types import Credentials, Verified
from oauthone.errors import VerificationError
from oauthone.server import Client, IssuedToken, MemoryStore, Verifier
from oauthone.server._callbacks import callback_with, require_safe_callback

DIRECTORY = Path(__file__).parents[2] / "vectors"

Vector = dict[str, Any]


def load(file: str) -> Any:
    return json.loads((DIRECTORY / f"{file}.json").read_text("utf-8"))


def named(entries: list[Vector]) -> list[Any]:
    return [pytest.param(entry, id=entry["name"]) for entry in entries]


SEQUENCES = load("verification")
SERVER = SEQUENCES["server"]
CALLBACKS = [entry for entry in load("urls") if entry["kind"] == "callback_url"]


def test_every_verification_vector_is_run() -> None:
    assert len(SEQUENCES["vectors"]) == 131
    assert len({entry["name"] for entry in SEQUENCES["vectors"]}) == 131
    assert sum(len(entry["steps"]) for entry in SEQUENCES["vectors"]) == 139
    assert len(CALLBACKS) == 11


class Clock:
    """Seconds since 1970 that a test sets."""

    now: float = SERVER["now"]

    def __call__(self) -> float:
        return self.now


def store_of_the_vectors(clock: Clock) -> MemoryStore:
    store = MemoryStore(window=SERVER["timestamp_window_seconds"], clock=clock)
    for client_id, client in SERVER["clients"].items():
        path = client.get("rsa_public_key")
        key = None if path is None else RsaPublicKey((DIRECTORY / path).read_bytes())
        methods = tuple(client["methods"])
        store.add_client(Client.create(client_id, client.get("secret", ""), rsa_key=key, signature_methods=methods))
    for token, issued in SERVER["tokens"].items():
        expires = {"active": None, "expired": SERVER["now"] - 1}[issued["status"]]
        store.save_token(IssuedToken(token, issued["secret"], issued["client"], expires=expires))
    return store


@pytest.mark.parametrize("vector", named(SEQUENCES["vectors"]))
def test_each_sequence_of_requests_has_the_recorded_results(vector: Vector) -> None:
    """Every request of the sequence gets one of the statuses in its step."""
    clock = Clock()
    verifier = Verifier(store_of_the_vectors(clock), window=SERVER["timestamp_window_seconds"], clock=clock)
    for step in vector["steps"]:
        clock.now = SERVER["now"] + step.get("at", 0)
        request = step["request"]
        body = (request["body"] or "").encode()
        expected = step["expect"]
        if expected["result"] == "accept":
            assert expected["status"] == [200]
            verifier.verify(request["method"], request["url"], request["headers"], body)
        else:
            with pytest.raises(VerificationError) as caught:
                verifier.verify(request["method"], request["url"], request["headers"], body)
            assert caught.value.status in expected["status"]


class OneRequestStore:
    """A store with the secrets of one vector, and no used nonce."""

    def __init__(self, vector: Vector) -> None:
        self.vector = vector

    def find_credentials(self, client_id: str, token: str | None) -> Credentials | None:
        vector, key = self.vector, None
        if vector["rsa_private_key"] is not None:
            min_bits = 512 if "weak_key" in vector["tags"] else 2048
            private_key = RsaKey(
                (DIRECTORY / vector["rsa_private_key"]).read_bytes(), vector.get("rsa_key_password"), min_bits=min_bits
            )
            key = private_key.public_key()
        return Credentials(
            vector["client_secret"] or "", key, (vector["signature_method"],), vector["token_secret"] or ""
        )

    def use_nonce(self, client_id: str, token: str | None, timestamp: int, nonce: str) -> bool:
        return True


WIRE_FORMS = [
    entry
    for file in ("rfc5849", "oauth_core_1.0", "x_twitter", "libraries", "generated", "disputed")
    for entry in load(file)
    if "signed_request" in entry["expected"] and "signature_only" not in entry["tags"]
]


def test_every_wire_form_is_run() -> None:
    assert len(WIRE_FORMS) == 301


def verified_wire_form(vector: Vector) -> Verified:
    """Verify the request of a vector as it is on the wire, without fragment and user information."""
    request = vector["expected"]["signed_request"]
    verifier = Verifier(
        OneRequestStore(vector),
        token="optional",
        allow_insecure_transport=True,
        clock=lambda: int(vector["oauth_params"].get("oauth_timestamp", 0)),
    )
    url = re.sub(r"(?<=://)[^/?#]*@", "", request["url"].partition("#")[0])
    return verifier.verify(request["method"], url, request["headers"], (request["body"] or "").encode())


def refused_on_arrival(vector: Vector) -> str | None:
    """Return why a correctly signed request is rejected, or None."""
    if vector["expected"]["signed_request"]["method"].upper() != vector["expected"]["signed_request"]["method"]:
        return "capital letters"
    if not vector["signature_method"].startswith("RSA") and not vector["client_secret"]:
        return "its secret is empty"
    if re.search(r"://[^/]*:(/|$)", vector["expected"]["signed_request"]["url"]):
        return "Host header|absolute http or https URL"
    return None


@pytest.mark.parametrize("vector", named([entry for entry in WIRE_FORMS if refused_on_arrival(entry)]))
def test_a_wire_form_with_an_ambiguous_or_forgeable_part_is_rejected(vector: Vector) -> None:
    with pytest.raises(VerificationError, match=refused_on_arrival(vector)):
        verified_wire_form(vector)


@pytest.mark.parametrize("vector", named([entry for entry in WIRE_FORMS if not refused_on_arrival(entry)]))
def test_a_valid_wire_form_is_accepted(vector: Vector) -> None:
    """The request of a vector is accepted, in every placement."""
    verified, given = verified_wire_form(vector), vector["oauth_params"]
    assert verified.parameters == given
    assert verified.realm == vector["realm"]
    assert verified.placement == vector["transmission"].upper()


@pytest.mark.parametrize("vector", named(CALLBACKS))
def test_a_callback_vector_is_accepted_or_rejected_as_recorded(vector: Vector) -> None:
    """A callback that a parser could misread is rejected in the first leg; the others keep their query."""
    client = Client.create("client", "secret")
    if "error" in vector["expected"]:
        with pytest.raises(VerificationError) as caught:
            require_safe_callback(client, vector["base"])
        assert caught.value.status == 400
    else:
        assert (
            callback_with(require_safe_callback(client, vector["base"]), list(vector["params"].items()))
            == (vector["expected"]["url"])
        )
