"""The responses of a provider: private, with a challenge, and the same for everything that must not be guessed."""

import pytest

from oauthone import Signer
from oauthone.core.incoming_request import IncomingRequest
from oauthone.server import (
    Provider,
    Verifier,
)

from .person import INITIATE, Person, assert_refused
from .setting import CALLBACK, NOW, Clock, RecordingStore, Sent, signed


@pytest.mark.parametrize("endpoint", ["temporary_credentials", "token_credentials"])
def test_unknown_client_and_wrong_signature_get_the_same_response(
    provider: Provider, clock: Clock, endpoint: str
) -> None:
    """So does an unknown token, byte for byte."""
    ask = getattr(provider, endpoint)
    token = None if endpoint == "temporary_credentials" else "t"
    answers = {
        ask(IncomingRequest.from_url(*signed(made, url=INITIATE, callback="oob", verifier="v")))
        for client_id, secret in (("nobody", "secret"), ("client", "wrong"), ("client", "secret"), ("bare", "wrong"))
        if token or (client_id, secret) != ("client", "secret")
        for made in [Signer(client_id, secret, token=token, clock=clock)]
    }
    assert len(answers) == 1
    assert_refused(answers.pop(), 401, "signature_invalid")


@pytest.mark.parametrize(
    ("headers", "status", "problem", "absent"),
    [
        ([], 401, "parameter_absent", None),
        ([("Authorization", "Bearer x")], 401, "parameter_absent", None),
        ([("Authorization", "OAuth x")], 400, "parameter_rejected", None),
        (
            [("Authorization", 'OAuth oauth_consumer_key="client"')],
            400,
            "parameter_absent",
            "oauth_signature_method&oauth_signature",
        ),
    ],
)
def test_a_malformed_request_gets_a_response_and_raises_nothing(
    provider: Provider, headers: list[tuple[str, str]], status: int, problem: str, absent: str | None
) -> None:
    details = {} if absent is None else {"oauth_parameters_absent": absent}
    for ask in (provider.temporary_credentials, provider.token_credentials):
        assert_refused(ask(IncomingRequest.from_url("POST", INITIATE, headers)), status, problem, **details)


@pytest.mark.parametrize(
    ("old", "new", "status", "problem", "details"),
    [
        ('version="1.0"', 'version="2.0"', 400, "version_rejected", {"oauth_acceptable_versions": "1.0-1.0"}),
        (
            f'"{NOW}"',
            f'"{NOW - 301}"',
            401,
            "timestamp_refused",
            {"oauth_acceptable_timestamps": f"{NOW - 300}-{NOW + 300}"},
        ),
        ("oauth_timestamp=", "x=", 400, "parameter_absent", {"oauth_parameters_absent": "oauth_timestamp"}),
        ("oauth_nonce=", "x=", 400, "parameter_absent", {"oauth_parameters_absent": "oauth_nonce"}),
        ('="client"', '="nobody"', 401, "signature_invalid", {}),
        ("oauth_callback=", "x=", 401, "signature_invalid", {}),
    ],
)
def test_a_rejection_names_accepted_values_and_reveals_no_client(
    provider: Provider, person: Person, old: str, new: str, status: int, problem: str, details: dict[str, str]
) -> None:
    """It uses the names of the Problem Reporting extension, as far as they help no one to guess."""
    sent = signed(person.signer, url=INITIATE, callback=CALLBACK)
    ((name, value),) = sent.headers
    assert value.count(old) == 1
    answer = provider.temporary_credentials(
        IncomingRequest.from_url(*sent._replace(headers=[(name, value.replace(old, new))]))
    )
    assert_refused(answer, status, problem, **details)


def test_the_challenge_carries_the_realm(store: RecordingStore, clock: Clock) -> None:
    provider = Provider(store, verifier=Verifier(store, realm="R", clock=clock), clock=clock)
    answer = provider.temporary_credentials(IncomingRequest.from_url(*Sent("POST", INITIATE, [])))
    assert dict(answer.headers)["WWW-Authenticate"] == 'OAuth realm="R"'


def test_the_repr_of_responses_and_decisions_shows_no_secret(provider: Provider, person: Person) -> None:
    answer = person.initiate()
    decision = provider.approve(person.token, "ann")
    assert (repr(answer), repr(decision)) == ("EndpointResponse(status=200, …)", "Decision(…)")
