"""The reason of a rejection, in words: as much as the server can tell, without an error of its own."""

import asyncio
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from oauthone import Signer
from oauthone.core.incoming_request import IncomingRequest
from oauthone.core.rsa import RsaKey
from oauthone.errors import StoreError, VerificationError
from oauthone.server import (
    AsyncProvider,
    AsyncVerifier,
    Client,
    MemoryStore,
    PendingAuthorization,
    Provider,
    Refusal,
    Verified,
    Verifier,
)
from oauthone.server._protector import AsyncResourceProtector, ResourceProtector
from oauthone.server._responses import EndpointResponse

from .setting import CLIENT, NOW, Clock, RecordingStore, Sent, signed, token_signer, with_token


def outcome_of(
    store: Any, signer: Signer, *, url: str = "https://api.example/", **settings: Any
) -> Verified | EndpointResponse:
    verifier = Verifier(store, clock=Clock(), **settings)
    sent = signed(signer, "GET", url)
    protector = ResourceProtector(verifier, explain=True)
    return protector.validate_request(IncomingRequest.from_url("GET", url, sent.headers))


def told(store: Any, signer: Signer, **given: Any) -> Any:
    outcome = outcome_of(store, signer, **given)
    assert isinstance(outcome, EndpointResponse)
    return json.loads(outcome.body)


@pytest.mark.seen_in("ims-lti#51")
def test_the_mistake_is_named_if_the_signature_reveals_it() -> None:
    store = with_token(RecordingStore(Clock()))
    assert "empty token secret" in told(store, token_signer(token_secret=""))["difference"]


def test_for_an_unknown_client_no_difference_is_named() -> None:
    said = told(RecordingStore(Clock()), Signer("nobody", "s", token="t", token_secret="ts", clock=Clock()))
    assert (said["reason"], said["difference"]) == ("the client is unknown", None)


def test_the_signature_of_another_rsa_key_is_named() -> None:
    keys = [RsaKey(rsa.generate_private_key(65537, 2048)) for _ in range(2)]
    store = MemoryStore([Client.create("client", rsa_key=keys[0].public_key())], clock=Clock())
    signer = Signer("client", rsa_key=keys[1], signature_method="RSA-SHA256", clock=Clock())
    said = told(store, signer, token="optional")
    assert said["reason"].startswith("the signature does not match")
    assert said["difference"] == "the client signed with another RSA key"


def test_a_url_that_cannot_be_parsed_does_not_break_the_explanation() -> None:
    """The search for what the client signed meets an IPv6 address that it cannot parse."""
    store = with_token(RecordingStore(Clock()))
    said = told(store, token_signer(token_secret="wrong"), url="https://[::1]/")
    assert said["difference"] is None


def test_a_store_that_fails_during_the_explanation_leaves_the_plain_response() -> None:
    class Once(RecordingStore):
        def find_credentials(self, *asked: Any) -> Any:
            if self.calls.count("find_credentials") > 1:
                raise StoreError("down")
            return super().find_credentials(*asked)

    store = with_token(Once(Clock()))
    outcome = outcome_of(store, token_signer(token_secret="wrong"))
    assert isinstance(outcome, EndpointResponse)
    assert (outcome.status, outcome.body) == (401, b"oauth_problem=signature_invalid")


def test_without_explain_the_response_says_nothing() -> None:
    store = with_token(RecordingStore(Clock(), CLIENT))
    verifier = AsyncVerifier(store, clock=Clock())
    sent = signed(token_signer(token_secret="x"), "GET", "https://api.example/")
    outcome = AsyncResourceProtector(verifier).validate_request(IncomingRequest.from_url(*sent))
    assert asyncio.run(outcome) == EndpointResponse(
        401,
        (
            ("Content-Type", "application/x-www-form-urlencoded"),
            ("Cache-Control", "no-store"),
            ("Pragma", "no-cache"),
            ("WWW-Authenticate", "OAuth"),
        ),
        b"oauth_problem=signature_invalid",
    )


def refused_by(verifier: Verifier, sent: Sent) -> VerificationError:
    with pytest.raises(VerificationError) as caught:
        verifier.verify(*sent)
    return caught.value


def test_a_verifier_explains_what_it_refused() -> None:
    """With the client's base string it reports the first difference, otherwise the mistake in the signature."""
    verifier = Verifier(with_token(RecordingStore(Clock())), clock=Clock())
    sent = signed(token_signer(token_secret=""), "GET")
    refused = refused_by(verifier, sent)

    betrayed = verifier.explain(refused, IncomingRequest.from_url(*sent))
    assert (betrayed.error, betrayed.reason) == (refused, refused.reason)
    assert betrayed.base_string == refused.base_string
    assert (
        betrayed.difference == "the client signed with an empty token secret: keep the secret that came with the token"
    )

    assert refused.base_string is not None
    theirs = refused.base_string.replace("a%3D1", "a%3D2")
    compared = verifier.explain(refused, IncomingRequest.from_url(*sent), base_string=theirs)
    assert compared.difference == "the client signed a='2', the server received a='1'"
    assert str(compared) == (
        f"{refused}\n  the first difference: {compared.difference}\n  the server's base string: {refused.base_string}"
    )


def test_a_value_that_is_masked_in_the_base_string_is_still_compared() -> None:
    """The comparison uses what the server signed, not the masked string that it shows."""
    verifier = Verifier(with_token(RecordingStore(Clock())), clock=Clock())
    url, bad = "https://api.example/?password=canary&a=1", token_signer(token_secret="bad")
    sent = signed(bad, "GET", url)
    refused = refused_by(verifier, sent)
    assert "canary" not in (refused.base_string or "")
    theirs = (refused.base_string or "").replace("***", "canary")
    assert (
        verifier.explain(refused, IncomingRequest.from_url(*sent), base_string=theirs).difference
        == "none: the secrets differ"
    )


def test_the_base_string_given_counts_more_than_the_one_in_the_header() -> None:
    verifier = Verifier(with_token(RecordingStore(Clock())), clock=Clock())
    sent = signed(token_signer(token_secret="bad"), "GET")
    sent.headers.append(("OAuth-Base-String", "nonsense"))
    refused = refused_by(verifier, sent)
    assert "parts" in (verifier.explain(refused, IncomingRequest.from_url(*sent)).difference or "")
    said = verifier.explain(refused, IncomingRequest.from_url(*sent), base_string=refused.base_string)
    assert said.difference == "none: the secrets differ"


def test_behind_a_proxy_the_public_url_is_explained() -> None:
    verifier = Verifier(with_token(RecordingStore(Clock())), clock=Clock(), public_url="https://api.example")
    sent = signed(token_signer(token_secret=""), "GET")._replace(url="http://10.0.0.7:8000/path?a=1")
    refused = refused_by(verifier, sent)
    assert "empty token secret" in (verifier.explain(refused, IncomingRequest.from_url(*sent)).difference or "")


def test_a_rejection_with_another_reason_than_its_signature_is_not_explained() -> None:
    store = with_token(RecordingStore(Clock()))
    verifier = Verifier(store, clock=Clock())
    sent = signed(token_signer(clock=lambda: 1), "GET")
    refused = refused_by(verifier, sent)
    said = verifier.explain(refused, IncomingRequest.from_url(*sent))
    assert (said.base_string, said.difference, str(said)) == (None, None, str(refused))
    assert store.calls == ["save_token"]


def test_for_an_unknown_token_only_the_base_string_is_compared() -> None:
    verifier = Verifier(RecordingStore(Clock()), clock=Clock())
    sent = signed(token_signer(token_secret=""), "GET")
    refused = refused_by(verifier, sent)
    assert verifier.explain(refused, IncomingRequest.from_url(*sent)).difference is None
    theirs = (refused.base_string or "").replace("GET&", "POST&")
    assert "the method 'POST'" in (
        verifier.explain(refused, IncomingRequest.from_url(*sent), base_string=theirs).difference or ""
    )
    assert (
        verifier.explain(refused, IncomingRequest.from_url(*sent), base_string=refused.base_string).difference is None
    )


def test_a_request_without_credentials_cannot_be_explained() -> None:
    verifier = Verifier(with_token(RecordingStore(Clock())), clock=Clock())
    refused = refused_by(verifier, signed(token_signer(token_secret=""), "GET"))
    with pytest.raises(VerificationError, match="no OAuth credentials"):
        verifier.explain(refused, IncomingRequest.from_url("GET", "https://api.example/", {}))


def test_async_classes_explain_too() -> None:
    async def said() -> Refusal:
        verifier = AsyncVerifier(with_token(RecordingStore(Clock())), clock=Clock())
        sent = signed(token_signer(token_secret=""), "GET")
        with pytest.raises(VerificationError) as caught:
            await verifier.verify(*sent)
        return await verifier.explain(caught.value, IncomingRequest.from_url(*sent))

    assert "empty token secret" in (asyncio.run(said()).difference or "")


def test_a_provider_of_a_sandbox_explains_in_its_answers() -> None:
    store = RecordingStore(Clock())
    provider = Provider(store, explain=True, clock=Clock())
    store.save_pending(PendingAuthorization("t", "ts", "client", None, NOW + 60))
    sent = signed(token_signer(token_secret=""), "POST", "https://api.example/access_token", verifier="v")

    answer = provider.token_credentials(IncomingRequest.from_url(*sent))
    assert (answer.status, ("Content-Type", "application/json") in answer.headers) == (401, True)
    assert "empty token secret" in json.loads(answer.body)["difference"]
    assert json.loads(
        provider.temporary_credentials(IncomingRequest.from_url("POST", "https://api.example/", {})).body
    ) == {
        "problem": "parameter_absent",
        "reason": "the request presents no OAuth credentials",
        "base_string": None,
        "difference": None,
    }


def test_a_store_that_fails_during_a_providers_explanation_leaves_the_plain_response() -> None:
    class Once(RecordingStore):
        def find_client(self, client_id: str) -> Client | None:
            if self.calls.count("find_client") > 1:
                raise StoreError("down")
            return super().find_client(client_id)

    store = Once(Clock())
    store.save_pending(PendingAuthorization("t", "ts", "client", None, NOW + 60))
    sent = signed(token_signer(token_secret="wrong"), "POST", "https://api.example/access_token", verifier="v")
    answer = Provider(store, explain=True, clock=Clock()).token_credentials(IncomingRequest.from_url(*sent))
    assert (answer.status, answer.body) == (401, b"oauth_problem=signature_invalid")


def test_a_provider_explains_what_its_endpoints_refused() -> None:
    """It also knows the secrets of temporary credentials, whose token a verifier does not know."""
    refusals: list[Any] = []
    store = RecordingStore(Clock())
    provider = Provider(store, on_refusal=refusals.append, clock=Clock())
    url = "https://api.example/access_token"
    store.save_pending(PendingAuthorization("t", "ts", "client", None, NOW + 60))
    sent = signed(token_signer(token_secret=""), "POST", url, verifier="v")
    assert provider.token_credentials(IncomingRequest.from_url(*sent)).status == 401
    assert "empty token secret" in (provider.explain(refusals[-1], IncomingRequest.from_url(*sent)).difference or "")
    later = AsyncProvider(store, clock=Clock())
    assert "empty token secret" in (
        asyncio.run(later.explain(refusals[-1], IncomingRequest.from_url(*sent))).difference or ""
    )

    first = signed(Signer("client", "sec ret", clock=Clock()), "POST", url, callback="oob")
    assert provider.temporary_credentials(IncomingRequest.from_url(*first)).status == 401
    theirs = (refusals[-1].base_string or "").replace("POST&", "PUT&")
    assert "'PUT'" in (
        provider.explain(refusals[-1], IncomingRequest.from_url(*first), base_string=theirs).difference or ""
    )


def test_a_method_that_the_client_may_not_use_is_the_whole_reason() -> None:
    """The signature may be correct: then no secret differs."""
    store = RecordingStore(Clock())
    store.add_client(Client.create("client", "secret", signature_methods=("HMAC-SHA1",)))
    verifier = Verifier(store, token="optional", clock=Clock())
    sent = signed(Signer("client", "secret", signature_method="HMAC-SHA256", clock=Clock()), "GET")
    refused = refused_by(verifier, sent)
    assert refused.reason == "the client may not use HMAC-SHA256"
    assert (
        verifier.explain(refused, IncomingRequest.from_url(*sent), base_string=refused.base_string).difference is None
    )


def test_another_key_is_named_beside_the_right_base_string_too() -> None:
    keys = [RsaKey(rsa.generate_private_key(65537, 2048)) for _ in range(2)]
    store = RecordingStore(Clock())
    store.add_client(Client.create("client", rsa_key=keys[0].public_key()))
    verifier = Verifier(store, token="optional", clock=Clock())
    sent = signed(Signer("client", signature_method="RSA-SHA256", rsa_key=keys[1], clock=Clock()), "GET")
    refused = refused_by(verifier, sent)
    assert (
        verifier.explain(refused, IncomingRequest.from_url(*sent), base_string=refused.base_string).difference
        == "the client signed with another RSA key"
    )


@pytest.mark.parametrize("name", ["oauth_consumer_key", "oauth_signature", "oauth_signature_method"])
def test_another_request_than_the_rejected_one_cannot_be_explained(name: str) -> None:
    verifier = Verifier(with_token(RecordingStore(Clock())), clock=Clock())
    sent = signed(token_signer(token_secret="bad"), "GET")
    refused = refused_by(verifier, sent)
    other = [(key, value.replace(f'{name}="', 'oauth_x="')) for key, value in sent.headers]
    with pytest.raises(VerificationError, match="not the request that was refused"):
        verifier.explain(refused, IncomingRequest.from_url(sent.method, sent.url, other, sent.body))
