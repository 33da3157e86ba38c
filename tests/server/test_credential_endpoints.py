"""The two credential endpoints: which requests get credentials, and why others do not."""

from typing import Any

import pytest

from oauthone import Signer
from oauthone.core.incoming_request import IncomingRequest
from oauthone.errors import StoreError, VerificationError
from oauthone.server import (
    Client,
    MemoryStore,
    Provider,
    Verifier,
    any_callback,
    exactly_registered,
)

from .person import INITIATE, TOKEN, Failing, Person, assert_private, assert_refused, fields
from .setting import CALLBACK, CLIENT, NOW, Clock, RecordingStore, signed, token_signer


@pytest.mark.parametrize("endpoint", ["temporary_credentials", "token_credentials"])
def test_credentials_are_granted_over_https_only(provider: Provider, clock: Clock, endpoint: str) -> None:
    made = Signer("client", "secret", clock=clock)
    sent = signed(made, url="http://p.example/x", callback="oob")
    assert_refused(getattr(provider, endpoint)(IncomingRequest.from_url(*sent)), 403, "permission_denied")


def test_a_test_server_can_grant_over_http_by_name(store: RecordingStore, clock: Clock) -> None:
    verifier = Verifier(store, allow_insecure_transport=True, clock=clock)
    provider = Provider(store, verifier=verifier, clock=clock)
    sent = signed(Signer("client", "secret", clock=clock), url="http://p.example/x", callback="oob")
    assert provider.temporary_credentials(IncomingRequest.from_url(*sent)).status == 200


@pytest.mark.parametrize("callback", [None, ""])
def test_a_callback_is_required_when_temporary_credentials_are_asked_for(
    person: Person, store: RecordingStore, callback: str | None
) -> None:
    """No other request needs one, and none is assumed."""
    assert_refused(person.initiate(callback), 400, "parameter_absent", oauth_parameters_absent="oauth_callback")
    assert "save_pending" not in store.calls


@pytest.mark.parametrize(
    "callback",
    [
        CALLBACK + "&y=1",
        "https://evil.example/",
        "https://app.example@evil.example/back?x=1",
        "javascript:alert(1)",
        "OOB",
        "/back",
    ],
)
def test_a_callback_has_to_be_registered(person: Person, store: RecordingStore, callback: str) -> None:
    assert_refused(person.initiate(callback), 400, "parameter_rejected")
    assert "save_pending" not in store.calls


@pytest.mark.parametrize("asked", ["com.example.app:/back", "oob"])
def test_a_callback_of_a_private_scheme_is_for_the_client_that_registered_it(clock: Clock, asked: str) -> None:
    """Even a sandbox's rule, which allows any callback, allows no other client's private scheme."""
    private = "com.example.app:/back"
    store = RecordingStore(clock, CLIENT._replace(callbacks=(private,)), Client.create("bare", "secret"))
    for rule in (exactly_registered, any_callback):
        provider = Provider(store, callback_rule=rule, clock=clock)
        person = Person(provider, clock)
        assert person.initiate(asked).status == 200
        decision = provider.approve(person.token, "ann")
        assert str(decision.redirect).startswith(f"{private}?oauth_token={person.token}&oauth_verifier=")
        assert person.exchange(decision.verifier).status == 200
        assert_refused(Person(provider, clock, "bare").initiate(private), 400, "parameter_rejected")


def test_a_callback_rule_may_reject_a_private_scheme(clock: Clock) -> None:
    client = CLIENT._replace(callbacks=("com.example.app:/back",))
    provider = Provider(MemoryStore([client], clock=clock), callback_rule=lambda *asked: False, clock=clock)
    assert_refused(Person(provider, clock).initiate("com.example.app:/back"), 400, "parameter_rejected")


def test_temporary_credentials_expire(provider: Provider, person: Person, clock: Clock) -> None:
    """They expire after ten minutes by default, for the consent page and for the exchange."""
    person.initiate()
    clock.now = NOW + 599
    assert provider.pending(person.token)
    verifier = provider.approve(person.token, "ann").verifier
    clock.now = NOW + 600
    assert_refused(person.exchange(verifier), 401, "token_expired")
    clock.now = NOW
    person.initiate()
    clock.now = NOW + 600
    with pytest.raises(VerificationError):
        provider.pending(person.token)


def test_nothing_is_exchanged_before_the_resource_owner_decided(person: Person, store: RecordingStore) -> None:
    person.initiate()
    assert_refused(person.exchange("x"), 401, "permission_unknown")
    assert "count_verifier_attempt" not in store.calls


@pytest.mark.parametrize("verifier", [None, ""])
def test_an_exchange_needs_the_verifier(provider: Provider, person: Person, verifier: str | None) -> None:
    person.initiate()
    right = provider.approve(person.token, "ann").verifier
    assert_refused(person.exchange(verifier), 400, "parameter_absent", oauth_parameters_absent="oauth_verifier")
    assert person.exchange(right).status == 200


def test_five_wrong_codes_delete_the_temporary_credentials(provider: Provider, person: Person) -> None:
    person.initiate()
    right = provider.approve(person.token, "ann").verifier
    for wrong in ("x", "", "\N{SNOWMAN}", (right or "").lower() + "x", (right or "")[:-1]):
        if wrong:
            assert_refused(person.exchange(wrong), 401, "parameter_rejected")
    assert_refused(person.exchange("fifth"), 401, "parameter_rejected")
    assert_refused(person.exchange(right), 401, "signature_invalid")


def test_four_wrong_codes_leave_the_temporary_credentials(provider: Provider, person: Person) -> None:
    person.initiate()
    right = provider.approve(person.token, "ann").verifier
    for _ in range(4):
        assert_refused(person.exchange("wrong"), 401, "parameter_rejected")
    assert person.exchange(right).status == 200


def test_attempts_are_counted_for_each_authorization(provider: Provider, person: Person, clock: Clock) -> None:
    """Four attempts at each of many, by any sender, end none of them. A fifth ends only its own."""
    person.initiate()
    first = (person.token, person.secret, provider.approve(person.token, "ann").verifier)
    person.initiate()
    second = (person.token, person.secret, provider.approve(person.token, "ann").verifier)
    for _ in range(4):
        for person.token, person.secret, _right in (first, second):
            assert_refused(person.exchange("wrong"), 401, "parameter_rejected")
    person.token, person.secret, right = first
    assert_refused(person.exchange("wrong"), 401, "parameter_rejected")
    assert_refused(person.exchange(right), 401, "signature_invalid")
    person.token, person.secret, right = second
    assert person.exchange(right).status == 200


def test_a_sixth_attempt_fails_even_before_the_fifth_has_deleted_the_credentials(clock: Clock) -> None:
    """If many arrive at once, they are counted before the first of them was compared."""

    class Crowded(RecordingStore):
        def count_verifier_attempt(self, token: str) -> int:
            return 6

    store = Crowded(clock)
    person = Person(Provider(store, clock=clock), clock)
    person.initiate()
    right = person.provider.approve(person.token, "ann").verifier
    assert_refused(person.exchange(right), 401, "parameter_rejected")
    assert "save_token" not in store.calls


def test_a_typed_code_is_deleted_after_five_wrong_attempts_too(provider: Provider, clock: Clock) -> None:
    person = Person(provider, clock, "bare")
    person.initiate("oob")
    right = provider.approve(person.token, "ann").verifier
    for wrong in ("AAAAAAAA", "BBBBBBBB", "CCCCCCCC", (right or "").lower(), f"{right} "):
        assert_refused(person.exchange(wrong), 401, "parameter_rejected")
    assert_refused(person.exchange(right), 401, "signature_invalid")


def test_a_token_carries_the_approved_scope_and_nothing_more(
    provider: Provider, person: Person, store: RecordingStore, clock: Clock
) -> None:
    """Neither the first leg, nor a second click, nor the exchange, nor the realm or scope of a request."""
    wide = {"scope": "write", "oauth_scope": "write", "xoauth_scope": "write"}
    sent = signed(person.signer, url=f"{INITIATE}?scope=write", callback=CALLBACK, realm="write")
    form = fields(provider.temporary_credentials(IncomingRequest.from_url(*sent)))
    person.token, person.secret = form["oauth_token"], form["oauth_token_secret"]
    right = provider.approve(person.token, "ann", {"scope": "read"}).verifier
    assert provider.approve(person.token, "ann", wide).verifier == right
    made = person.signer.replace(token=person.token, token_secret=person.secret)
    given = {"verifier": right, "realm": "write", "extra": {"oauth_scope": "write"}}
    issued = fields(
        provider.token_credentials(
            IncomingRequest.from_url(*signed(made, url=f"{TOKEN}?scope=write&user=bob", **given))
        )
    )
    assert issued.pop("scope") == "read"
    assert issued.keys() == {"oauth_token", "oauth_token_secret"}

    made = made.replace(token=issued["oauth_token"], token_secret=issued["oauth_token_secret"])
    verifier = Verifier(store, clock=clock)
    for _ in range(2):
        sent = signed(made, url="https://api.example/?scope=write&user=bob", realm="write", extra={"oauth_scope": "*"})
        verified = verifier.verify(*sent)
        assert (verified.user, verified.credentials.extra) == ("ann", {"scope": "read"})
    assert_refused(person.exchange(right), 401, "token_used")


def test_the_number_of_wrong_codes_can_be_set(store: RecordingStore, clock: Clock) -> None:
    person = Person(Provider(store, max_verifier_attempts=1, clock=clock), clock)
    person.initiate()
    right = person.provider.approve(person.token, "ann").verifier
    assert_refused(person.exchange("wrong"), 401, "parameter_rejected")
    assert_refused(person.exchange(right), 401, "signature_invalid")


def test_temporary_credentials_are_exchanged_once(provider: Provider, person: Person, clock: Clock) -> None:
    """Whoever knows their secret learns that they were used, also with an empty code and after they have expired."""
    person.initiate()
    verifier = provider.approve(person.token, "ann").verifier
    assert person.exchange(verifier).status == 200
    for code in (verifier, "", "another"):
        assert_refused(person.exchange(code), 401, "token_used")
    clock.now += 601
    assert_refused(person.exchange(verifier), 401, "token_used")
    person.secret = "not the secret"
    assert_refused(person.exchange(verifier), 401, "signature_invalid")


def test_exchanged_credentials_cannot_be_decided_again(provider: Provider, person: Person) -> None:
    person.initiate()
    assert person.exchange(provider.approve(person.token, "ann").verifier).status == 200
    for decide in (provider.pending, provider.deny, lambda token: provider.approve(token, "ann")):
        with pytest.raises(VerificationError, match="no authorization is pending"):
            decide(person.token)
    assert_refused(person.exchange("x"), 401, "token_used")


def test_of_two_exchanges_at_once_one_succeeds(clock: Clock) -> None:
    """The second one takes place as a whole between what the first one finds and what it takes."""

    class Interrupted(RecordingStore):
        def count_verifier_attempt(self, token: str) -> int:
            if meanwhile:
                answers.append(meanwhile.pop()())
            return super().count_verifier_attempt(token)

    answers: list[Any] = []
    person = Person(Provider(Interrupted(clock), clock=clock), clock)
    person.initiate()
    verifier = person.provider.approve(person.token, "ann").verifier
    meanwhile = [lambda: person.exchange(verifier)]
    assert_refused(person.exchange(verifier), 401, "token_used")
    assert [answer.status for answer in answers] == [200]


def test_an_exchange_succeeds_if_only_the_note_of_it_fails(clock: Clock) -> None:
    class Full(RecordingStore):
        def save_pending(self, pending: Any) -> None:
            if pending.verifier is not None:
                raise StoreError("full")
            super().save_pending(pending)

    person = Person(Provider(Full(clock), clock=clock), clock)
    person.initiate()
    verifier = person.provider.approve(person.token, "ann").verifier
    assert "oauth_token_secret" in fields(person.exchange(verifier))
    assert_refused(person.exchange(verifier), 401, "signature_invalid")


@pytest.mark.seen_in("flask-dance#52")
def test_the_exchange_is_signed_with_the_temporary_secret(provider: Provider, person: Person) -> None:
    person.initiate()
    verifier = provider.approve(person.token, "ann").verifier
    person.secret = ""
    assert_refused(person.exchange(verifier), 401, "signature_invalid")


def test_temporary_credentials_belong_to_one_client(provider: Provider, person: Person, clock: Clock) -> None:
    person.initiate()
    verifier = provider.approve(person.token, "ann").verifier
    other = Person(provider, clock, "bare")
    other.token, other.secret = person.token, person.secret
    assert_refused(other.exchange(verifier), 401, "signature_invalid")
    assert person.exchange(verifier).status == 200


def test_temporary_credentials_give_no_access_to_resources(person: Person, store: RecordingStore, clock: Clock) -> None:
    person.initiate()
    made = person.signer.replace(token=person.token, token_secret=person.secret)
    with pytest.raises(VerificationError, match="signature_invalid"):
        Verifier(store, clock=clock).verify(*signed(made))


def test_a_token_is_rejected_in_the_first_request_and_required_in_the_last(provider: Provider, clock: Clock) -> None:
    sent = signed(token_signer(clock=clock), url=INITIATE, callback="oob")
    assert_refused(provider.temporary_credentials(IncomingRequest.from_url(*sent)), 400, "parameter_rejected")
    sent = signed(Signer("client", "secret", clock=clock), url=TOKEN, verifier="x")
    answer = provider.token_credentials(IncomingRequest.from_url(*sent))
    assert_refused(answer, 400, "parameter_absent", oauth_parameters_absent="oauth_token")


def test_replays_are_refused_at_both_endpoints(provider: Provider, person: Person, clock: Clock) -> None:
    sent = signed(person.signer, url=INITIATE, callback="oob")
    assert provider.temporary_credentials(IncomingRequest.from_url(*sent)).status == 200
    assert_refused(provider.temporary_credentials(IncomingRequest.from_url(*sent)), 401, "nonce_used")
    person.initiate()
    made = person.signer.replace(token=person.token, token_secret=person.secret)
    sent = signed(made, url=TOKEN, verifier="x")
    assert_refused(provider.token_credentials(IncomingRequest.from_url(*sent)), 401, "permission_unknown")
    assert_refused(provider.token_credentials(IncomingRequest.from_url(*sent)), 401, "nonce_used")


@pytest.mark.parametrize("method", ["find_credentials", "use_nonce", "find_client", "save_pending"])
def test_a_store_that_is_down_is_a_503_and_grants_nothing(clock: Clock, method: str) -> None:
    store = Failing(clock)
    person = Person(Provider(store, clock=clock), clock)
    store.failing = method
    answer = person.initiate()
    assert (answer.status, answer.body) == (503, b"")
    assert dict(answer.headers)["Retry-After"] == "1"
    assert_private(answer)


@pytest.mark.parametrize(
    "method", ["find_client", "find_pending", "use_nonce", "count_verifier_attempt", "take_pending", "save_token"]
)
def test_a_store_that_is_down_issues_no_token(clock: Clock, method: str) -> None:
    store = Failing(clock)
    person = Person(Provider(store, clock=clock), clock)
    person.initiate()
    verifier = person.provider.approve(person.token, "ann").verifier
    store.failing = method
    assert person.exchange(verifier).status == 503


def test_a_client_that_is_removed_meanwhile_is_rejected(
    provider: Provider, person: Person, store: RecordingStore, clock: Clock
) -> None:
    """Between the signature and the grant, and before a decision."""

    class Removed(RecordingStore):
        def find_client(self, client_id: str) -> None:
            return None

    person.initiate()
    removed = Removed(clock)
    removed.save_pending(store.find_pending(person.token))
    late = Provider(removed, clock=clock)
    sent = signed(person.signer, url=INITIATE, callback="oob")
    assert late.temporary_credentials(IncomingRequest.from_url(*sent)).status == 401
    assert "save_pending" not in removed.calls[1:]
    with pytest.raises(VerificationError):
        late.pending(person.token)
    person.provider = late
    assert_refused(person.exchange("x"), 401, "signature_invalid")


class Vanishing(RecordingStore):
    """A store in which another process exchanges the credentials meanwhile: after some look-ups they are gone."""

    looks = 10

    def find_pending(self, token: str) -> Any:
        self.looks -= 1
        return super().find_pending(token) if self.looks >= 0 else None

    def take_pending(self, token: str) -> None:
        super().take_pending(token)


@pytest.mark.parametrize("looks", [1, 2])
def test_an_exchange_that_another_overtakes_is_rejected(clock: Clock, looks: int) -> None:
    store = Vanishing(clock)
    person = Person(Provider(store, clock=clock), clock)
    person.initiate()
    verifier = person.provider.approve(person.token, "ann").verifier
    store.looks = looks
    assert_refused(person.exchange(verifier), 401, "token_used")
    assert "save_token" not in store.calls
