"""The resource owner's decision: shown, approved or denied once, and sent to the callback of the client."""

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from oauthone.core.flow import parse_callback
from oauthone.errors import AccessDenied, StoreError, VerificationError
from oauthone.server import (
    Provider,
)

from .person import Failing, Person, assert_refused, fields
from .setting import CALLBACK, CLIENT, Clock, RecordingStore


def test_oob_means_the_registered_callback_where_there_is_one(provider: Provider, person: Person) -> None:
    person.initiate("oob")
    decision = provider.approve(person.token, "ann")
    assert decision.redirect is not None
    assert decision.redirect.startswith(CALLBACK)
    assert person.exchange(decision.verifier).status == 200


@pytest.mark.parametrize(
    "registered", ["javascript:alert(1)", "https://app.example/\r\nSet-Cookie: a=b", "https://u@app.example/", "app:"]
)
def test_an_unsafe_callback_is_rejected_even_if_it_is_registered(clock: Clock, registered: str) -> None:
    """Whether the client names it, or ``oob`` selects it."""
    store = RecordingStore(clock, CLIENT._replace(callbacks=(registered,)))
    person = Person(Provider(store, clock=clock), clock)
    for callback in ("oob", registered):
        assert_refused(person.initiate(callback), 400, "parameter_rejected")
    assert "save_pending" not in store.calls


def test_oob_without_a_registered_callback_shows_a_code_to_type(provider: Provider, clock: Clock) -> None:
    """It has eight letters and digits that are easy to tell apart."""
    person = Person(provider, clock, "bare")
    person.initiate("oob")
    decision = provider.approve(person.token, "ann")
    assert decision.redirect is None
    assert decision.verifier is not None
    assert re.fullmatch("[A-HJ-NP-Z2-9]{8}", decision.verifier)
    assert person.exchange(decision.verifier).status == 200


def test_a_denial_deletes_the_temporary_credentials_and_tells_the_client(provider: Provider, person: Person) -> None:
    person.initiate()
    decision = provider.deny(person.token)
    assert decision.verifier is None
    assert decision.redirect is not None
    assert decision.redirect.startswith(CALLBACK + "&")
    with pytest.raises(AccessDenied, match="user_refused"):
        parse_callback(decision.redirect, person.token)
    assert "oauth_verifier" not in parse_qs(urlsplit(decision.redirect).query)
    assert_refused(person.exchange("x"), 401, "signature_invalid")
    with pytest.raises(VerificationError):
        provider.approve(person.token, "ann")


def test_a_denial_without_a_callback_redirects_nowhere(provider: Provider, clock: Clock) -> None:
    person = Person(provider, clock, "bare")
    person.initiate("oob")
    assert provider.deny(person.token) == (None, None)


def test_a_decision_is_made_once(provider: Provider, person: Person) -> None:
    person.initiate()
    provider.approve(person.token, "ann")
    for decide in (
        lambda: provider.approve(person.token, "bob"),
        lambda: provider.deny(person.token),
        lambda: provider.pending(person.token),
    ):
        with pytest.raises(VerificationError, match="no authorization is pending under this token") as caught:
            decide()
        assert (caught.value.status, caught.value.problem) == (400, "token_rejected")


def test_a_double_click_is_one_decision(provider: Provider, person: Person) -> None:
    """The same user gets the same response again, and the first code stays valid."""
    person.initiate()
    first = provider.approve(person.token, "ann")
    assert provider.approve(person.token, "ann") == first
    assert person.exchange(first.verifier).status == 200
    with pytest.raises(VerificationError):
        provider.approve(person.token, "ann")


def test_a_decision_that_another_overtakes_is_rejected(
    provider: Provider, person: Person, store: RecordingStore
) -> None:
    """Between the look-up and the write, the store decides which one was first."""

    class Overtaken(RecordingStore):
        def approve_pending(self, *decision: Any) -> bool:
            return False

        def take_pending(self, token: str) -> None:
            return None

    person.initiate()
    overtaken = Overtaken(Clock())
    overtaken.save_pending(store.find_pending(person.token))
    late = Provider(overtaken, clock=Clock())
    for decide in (lambda: late.approve(person.token, "ann"), lambda: late.deny(person.token)):
        with pytest.raises(VerificationError, match="no authorization is pending"):
            decide()
    assert provider.pending(person.token)


@pytest.mark.parametrize("token", ["", "unknown", "\N{SNOWMAN}"])
def test_an_unknown_token_at_the_consent_page_is_an_error_not_a_redirect(provider: Provider, token: str) -> None:
    for decide in (provider.pending, provider.deny, lambda token: provider.approve(token, "ann")):
        with pytest.raises(VerificationError, match="no authorization is pending"):
            decide(token)


def test_an_earlier_approval_does_not_approve_the_next_authorization(provider: Provider, person: Person) -> None:
    """An earlier approval of the same client, callback and user, and their token, approve nothing more."""
    for _ in range(3):
        person.initiate()
        pending, client = provider.pending(person.token)
        assert (client.client_id, pending.verifier, pending.user) == ("client", None, None)
        assert_refused(person.exchange("x"), 401, "permission_unknown")
        assert person.exchange(provider.approve(person.token, "ann").verifier).status == 200


@pytest.mark.parametrize(
    ("user", "extra", "error", "complaint"),
    [
        ("ann", {"scope": ["a"]}, TypeError, "extra['scope'] is a list: names and values are strings"),
        ("ann", {"limit": 3}, TypeError, "extra['limit'] is a int: names and values are strings"),
        ("ann", {"scope": b"a"}, TypeError, "extra['scope'] is a bytes: names and values are strings"),
        ("ann", {3: "a"}, TypeError, "extra[3] is a str: names and values are strings"),
        ("ann", "read", TypeError, "extra is a str: pass a mapping of strings to strings"),
        (42, {}, TypeError, "user is a int: pass a string"),
        *[
            ("ann", {"scope": "read", name: "x"}, ValueError, f"extra[{name!r}]: the protocol reserves")
            for name in (
                "oauth_callback_confirmed",
                "oauth_problem",
                "oauth_problem_advice",
                "oauth_token",
                "oauth_token_secret",
                "oauth_verifier",
            )
        ],
        ("a\0", {}, ValueError, "user cannot be stored"),
        ("\ud800", {}, ValueError, "user cannot be stored"),
        ("ann", {"scope": "\udfff"}, ValueError, "extra cannot be stored"),
        ("ann", {"\0": "read"}, ValueError, "extra cannot be stored"),
    ],
)
def test_an_invalid_grant_is_an_error_before_the_decision(
    provider: Provider, person: Person, store: RecordingStore, user: Any, extra: Any, error: Any, complaint: str
) -> None:
    """The authorization stays valid, so the mistake costs nothing."""
    person.initiate()
    store.calls.clear()
    with pytest.raises(error) as caught:
        provider.approve(person.token, user, extra)
    assert complaint in str(caught.value)
    assert store.calls == []
    verifier = provider.approve(person.token, "ann", {"scope": "read", "oauth_expires_in": "3600"}).verifier
    assert fields(person.exchange(verifier))["oauth_expires_in"] == "3600"


def test_later_changes_to_the_extra_mapping_do_not_change_the_grant(provider: Provider, person: Person) -> None:
    person.initiate()
    agreed = {"scope": "read"}
    verifier = provider.approve(person.token, "ann", agreed).verifier
    agreed["scope"] = "write"
    assert fields(person.exchange(verifier))["scope"] == "read"


def test_a_store_that_is_down_is_an_error_at_the_consent_page(clock: Clock) -> None:
    store = Failing(clock)
    store.failing = "find_pending"
    with pytest.raises(StoreError):
        Provider(store, clock=clock).pending("t")
