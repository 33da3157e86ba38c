"""`Provider`: the three endpoints of RFC 5849 section 2, step by step, with all their errors."""

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from oauthone import Signer
from oauthone.core.flow import parse_callback
from oauthone.core.incoming_request import IncomingRequest
from oauthone.errors import AccessDenied, OAuth1Error, StoreError, VerificationError
from oauthone.server import (
    Client,
    Credentials,
    EndpointResponse,
    MemoryStore,
    Provider,
    Verifier,
    any_callback,
    exactly_registered,
)

from .setting import CALLBACK, CLIENT, NOW, Clock, RecordingStore, Sent, signed, token_signer

INITIATE, TOKEN = "https://p.example/initiate", "https://p.example/token"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(clock: Clock) -> RecordingStore:
    return RecordingStore(clock)


@pytest.fixture
def provider(store: RecordingStore, clock: Clock) -> Provider:
    return Provider(store, clock=clock)


class Person:
    """A client of a provider, and its resource owner."""

    def __init__(self, provider: Provider, clock: Clock, client_id: str = "client", **options: Any) -> None:
        self.provider = provider
        self.signer = Signer(client_id, "secret", clock=clock, **options)
        self.token = self.secret = ""

    def initiate(self, callback: str | None = CALLBACK, **given: Any) -> EndpointResponse:
        answer = self.provider.temporary_credentials(
            IncomingRequest.from_url(*signed(self.signer, url=INITIATE, callback=callback, **given))
        )
        if answer.status == 200:
            form = fields(answer)
            self.token, self.secret = form["oauth_token"], form["oauth_token_secret"]
        return answer

    def exchange(self, verifier: str | None, **given: Any) -> EndpointResponse:
        made = self.signer.replace(token=self.token, token_secret=self.secret)
        return self.provider.token_credentials(
            IncomingRequest.from_url(*signed(made, url=TOKEN, verifier=verifier, **given))
        )


@pytest.fixture
def person(provider: Provider, clock: Clock) -> Person:
    return Person(provider, clock)


def fields(answer: EndpointResponse) -> dict[str, str]:
    """Return the fields of an endpoint's form."""
    parsed = parse_qs(answer.body.decode("ascii"), keep_blank_values=True, strict_parsing=bool(answer.body))
    assert all(len(values) == 1 for values in parsed.values())
    return {name: value for name, (value,) in parsed.items()}


def assert_refused(answer: EndpointResponse, status: int, problem: str, **details: str) -> None:
    assert (answer.status, fields(answer)) == (status, {"oauth_problem": problem, **details})
    assert dict(answer.headers).get("WWW-Authenticate") == ("OAuth" if status == 401 else None)
    assert_private(answer)


def assert_private(answer: EndpointResponse) -> None:
    """Assert that the response is a form that no cache may store."""
    headers = dict(answer.headers)
    assert headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert (headers["Cache-Control"], headers["Pragma"]) == ("no-store", "no-cache")


def test_the_three_steps_lead_to_a_token_that_opens_the_users_resources(
    provider: Provider, person: Person, store: RecordingStore, clock: Clock
) -> None:
    answer = person.initiate()
    assert_private(answer)
    assert fields(answer)["oauth_callback_confirmed"] == "true"

    pending, client = provider.pending(person.token)
    assert (pending.client_id, pending.callback, client.name) == ("client", CALLBACK, "App")

    decision = provider.approve(person.token, "ann")
    assert decision.redirect is not None
    assert decision.redirect.startswith(CALLBACK + "&oauth_token=")
    authorization = parse_callback(decision.redirect, person.token)
    assert authorization.verifier == decision.verifier

    answer = person.exchange(authorization.verifier)
    assert answer.status == 200
    assert_private(answer)
    issued = fields(answer)
    assert issued.keys() == {"oauth_token", "oauth_token_secret"}

    made = person.signer.replace(token=issued["oauth_token"], token_secret=issued["oauth_token_secret"])
    assert Verifier(store, clock=clock).verify(*signed(made)).user == "ann"


def test_credentials_cannot_be_guessed(provider: Provider, person: Person, store: RecordingStore) -> None:
    """A token has 192 bits, a secret 256 and a verifier 160, and no two are equal."""
    seen: set[str] = set()
    for _ in range(20):
        person.initiate()
        verifier = provider.approve(person.token, "ann").verifier
        assert verifier is not None
        issued = fields(person.exchange(verifier))
        texts = [person.token, person.secret, verifier, issued["oauth_token"], issued["oauth_token_secret"]]
        assert [len(text) >= length for text, length in zip(texts, (32, 43, 27, 32, 43), strict=True)] == [True] * 5
        assert all(re.fullmatch("[A-Za-z0-9_-]+", text) for text in texts)
        seen.update(texts)
    assert len(seen) == 100


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


def test_behind_a_proxy_the_public_url_is_the_one_that_is_secure(store: RecordingStore, clock: Clock) -> None:
    provider = Provider(store, verifier=Verifier(store, public_url="https://p.example", clock=clock), clock=clock)
    sent = signed(Signer("client", "secret", clock=clock), url=INITIATE, callback="oob")
    assert (
        provider.temporary_credentials(IncomingRequest.from_url(*sent._replace(url="http://10.0.0.1/initiate"))).status
        == 200
    )
    assert_refused(
        provider.temporary_credentials(IncomingRequest.from_url(*sent._replace(url="/initiate"))),
        400,
        "parameter_rejected",
    )


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


def test_a_sandbox_can_take_any_well_formed_callback(store: RecordingStore, clock: Clock) -> None:
    person = Person(Provider(store, callback_rule=any_callback, clock=clock), clock)
    assert person.initiate("http://localhost:5000/back").status == 200
    assert person.provider.pending(person.token)[0].callback == "http://localhost:5000/back"
    assert_refused(person.initiate("javascript:alert(1)"), 400, "parameter_rejected")


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


def test_a_rule_may_say_no_to_a_private_scheme(clock: Clock) -> None:
    client = CLIENT._replace(callbacks=("com.example.app:/back",))
    provider = Provider(MemoryStore([client], clock=clock), callback_rule=lambda *asked: False, clock=clock)
    assert_refused(Person(provider, clock).initiate("com.example.app:/back"), 400, "parameter_rejected")


def test_oob_means_the_registered_callback_where_there_is_one(provider: Provider, person: Person) -> None:
    person.initiate("oob")
    decision = provider.approve(person.token, "ann")
    assert decision.redirect is not None
    assert decision.redirect.startswith(CALLBACK)
    assert person.exchange(decision.verifier).status == 200


@pytest.mark.parametrize(
    "registered", ["javascript:alert(1)", "https://app.example/\r\nSet-Cookie: a=b", "https://u@app.example/", "app:"]
)
def test_a_callback_that_no_browser_may_be_sent_to_is_no_use_though_it_is_registered(
    clock: Clock, registered: str
) -> None:
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


def test_denial_kills_the_temporary_credentials_and_tells_the_client(provider: Provider, person: Person) -> None:
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


def test_denial_without_a_callback_goes_nowhere(provider: Provider, clock: Clock) -> None:
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


def test_a_decision_that_another_one_overtakes_is_refused(
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


def test_lifetimes_can_be_set(store: RecordingStore, clock: Clock) -> None:
    provider = Provider(store, temporary_lifetime=10, token_lifetime=100, clock=clock)
    person = Person(provider, clock)
    person.initiate()
    assert provider.pending(person.token)[0].expires == NOW + 10
    issued = fields(person.exchange(provider.approve(person.token, "ann").verifier))
    made = person.signer.replace(token=issued["oauth_token"], token_secret=issued["oauth_token_secret"])
    verifier = Verifier(store, clock=clock)
    clock.now = NOW + 99
    assert verifier.verify(*signed(made)).user == "ann"
    clock.now = NOW + 100
    with pytest.raises(VerificationError, match="token_expired"):
        verifier.verify(*signed(made))


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


def test_five_wrong_verifiers_kill_the_temporary_credentials(provider: Provider, person: Person) -> None:
    person.initiate()
    right = provider.approve(person.token, "ann").verifier
    for wrong in ("x", "", "\N{SNOWMAN}", (right or "").lower() + "x", (right or "")[:-1]):
        if wrong:
            assert_refused(person.exchange(wrong), 401, "parameter_rejected")
    assert_refused(person.exchange("fifth"), 401, "parameter_rejected")
    assert_refused(person.exchange(right), 401, "signature_invalid")


def test_four_wrong_verifiers_do_not(provider: Provider, person: Person) -> None:
    person.initiate()
    right = provider.approve(person.token, "ann").verifier
    for _ in range(4):
        assert_refused(person.exchange("wrong"), 401, "parameter_rejected")
    assert person.exchange(right).status == 200


def test_tries_are_those_of_one_authorization(provider: Provider, person: Person, clock: Clock) -> None:
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


def test_a_sixth_try_is_worth_nothing_though_the_fifth_has_not_killed_yet(clock: Clock) -> None:
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


def test_a_code_that_is_typed_dies_after_five_tries_too(provider: Provider, clock: Clock) -> None:
    person = Person(provider, clock, "bare")
    person.initiate("oob")
    right = provider.approve(person.token, "ann").verifier
    for wrong in ("AAAAAAAA", "BBBBBBBB", "CCCCCCCC", (right or "").lower(), f"{right} "):
        assert_refused(person.exchange(wrong), 401, "parameter_rejected")
    assert_refused(person.exchange(right), 401, "signature_invalid")


def test_every_authorization_is_asked_for_anew(provider: Provider, person: Person) -> None:
    """An earlier approval of the same client, callback and user, and their token, approve nothing more."""
    for _ in range(3):
        person.initiate()
        pending, client = provider.pending(person.token)
        assert (client.client_id, pending.verifier, pending.user) == ("client", None, None)
        assert_refused(person.exchange("x"), 401, "permission_unknown")
        assert person.exchange(provider.approve(person.token, "ann").verifier).status == 200


def test_a_token_carries_what_was_agreed_to_and_nothing_widens_it(
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
    assert_refused(person.exchange(right), 401, "signature_invalid")


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
def test_what_cannot_be_granted_is_refused_before_anything_is_decided(
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


def test_what_was_agreed_to_is_no_longer_the_callers_to_change(provider: Provider, person: Person) -> None:
    person.initiate()
    agreed = {"scope": "read"}
    verifier = provider.approve(person.token, "ann", agreed).verifier
    agreed["scope"] = "write"
    assert fields(person.exchange(verifier))["scope"] == "read"


def test_how_many_wrong_verifiers_kill_can_be_set(store: RecordingStore, clock: Clock) -> None:
    person = Person(Provider(store, max_verifier_attempts=1, clock=clock), clock)
    person.initiate()
    right = person.provider.approve(person.token, "ann").verifier
    assert_refused(person.exchange("wrong"), 401, "parameter_rejected")
    assert_refused(person.exchange(right), 401, "signature_invalid")


def test_temporary_credentials_are_exchanged_once(provider: Provider, person: Person) -> None:
    person.initiate()
    verifier = provider.approve(person.token, "ann").verifier
    assert person.exchange(verifier).status == 200
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


def test_temporary_credentials_open_no_resources(person: Person, store: RecordingStore, clock: Clock) -> None:
    person.initiate()
    made = person.signer.replace(token=person.token, token_secret=person.secret)
    with pytest.raises(VerificationError, match="signature_invalid"):
        Verifier(store, clock=clock).verify(*signed(made))


def test_a_token_has_no_place_in_the_first_request_and_is_needed_in_the_last(provider: Provider, clock: Clock) -> None:
    sent = signed(token_signer(clock=clock), url=INITIATE, callback="oob")
    assert_refused(provider.temporary_credentials(IncomingRequest.from_url(*sent)), 400, "parameter_rejected")
    sent = signed(Signer("client", "secret", clock=clock), url=TOKEN, verifier="x")
    answer = provider.token_credentials(IncomingRequest.from_url(*sent))
    assert_refused(answer, 400, "parameter_absent", oauth_parameters_absent="oauth_token")


@pytest.mark.parametrize("endpoint", ["temporary_credentials", "token_credentials"])
def test_unknown_client_and_wrong_signature_get_one_answer(provider: Provider, clock: Clock, endpoint: str) -> None:
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
def test_a_malformed_request_is_answered_not_raised(
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
def test_a_refusal_says_what_would_be_taken_and_nothing_of_who_is_known(
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


def test_a_refusal_is_told_to_the_operator(store: RecordingStore, clock: Clock) -> None:
    """With the reason that the client does not get, and without a secret."""
    told: list[VerificationError] = []
    person = Person(Provider(store, on_refusal=told.append, clock=clock), clock)
    person.signer = person.signer.replace(client_secret="canary")
    assert_refused(person.initiate(), 401, "signature_invalid")
    (error,) = told
    assert "the secrets differ, or the request changed" in error.reason
    assert (error.base_string or "").startswith("POST&https%3A%2F%2Fp.example%2Finitiate&")
    assert "canary" not in f"{error} {error!r} {vars(error)}"


def test_the_challenge_carries_the_realm(store: RecordingStore, clock: Clock) -> None:
    provider = Provider(store, verifier=Verifier(store, realm="R", clock=clock), clock=clock)
    answer = provider.temporary_credentials(IncomingRequest.from_url(*Sent("POST", INITIATE, [])))
    assert dict(answer.headers)["WWW-Authenticate"] == 'OAuth realm="R"'


def test_replays_are_refused_at_both_endpoints(provider: Provider, person: Person, clock: Clock) -> None:
    sent = signed(person.signer, url=INITIATE, callback="oob")
    assert provider.temporary_credentials(IncomingRequest.from_url(*sent)).status == 200
    assert_refused(provider.temporary_credentials(IncomingRequest.from_url(*sent)), 401, "nonce_used")
    person.initiate()
    made = person.signer.replace(token=person.token, token_secret=person.secret)
    sent = signed(made, url=TOKEN, verifier="x")
    assert_refused(provider.token_credentials(IncomingRequest.from_url(*sent)), 401, "permission_unknown")
    assert_refused(provider.token_credentials(IncomingRequest.from_url(*sent)), 401, "nonce_used")


class Failing(RecordingStore):
    """A store whose named method does not respond."""

    failing = ""

    def __getattribute__(self, name: str) -> Any:
        if name == object.__getattribute__(self, "failing"):
            raise StoreError("no answer")
        return super().__getattribute__(name)


@pytest.mark.parametrize("method", ["find_credentials", "use_nonce", "find_client", "save_pending"])
def test_a_store_that_does_not_answer_is_a_503_and_grants_nothing(clock: Clock, method: str) -> None:
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
def test_a_store_that_does_not_answer_issues_no_token(clock: Clock, method: str) -> None:
    store = Failing(clock)
    person = Person(Provider(store, clock=clock), clock)
    person.initiate()
    verifier = person.provider.approve(person.token, "ann").verifier
    store.failing = method
    assert person.exchange(verifier).status == 503


def test_a_store_that_does_not_answer_is_an_error_at_the_consent_page(clock: Clock) -> None:
    store = Failing(clock)
    store.failing = "find_pending"
    with pytest.raises(StoreError):
        Provider(store, clock=clock).pending("t")


def test_a_client_that_is_removed_meanwhile_gets_a_clean_refusal(
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
def test_an_exchange_that_another_one_overtakes_is_refused(clock: Clock, looks: int) -> None:
    store = Vanishing(clock)
    person = Person(Provider(store, clock=clock), clock)
    person.initiate()
    verifier = person.provider.approve(person.token, "ann").verifier
    store.looks = looks
    assert_refused(person.exchange(verifier), 401, "token_used")
    assert "save_token" not in store.calls


@pytest.mark.parametrize("method", ["HMAC-SHA1", "HMAC-SHA512", "PLAINTEXT"])
@pytest.mark.parametrize("placement", ["HEADER", "BODY"])
def test_every_method_and_place_walks_the_flow(clock: Clock, method: str, placement: str) -> None:
    client = Client.create("client", "secret", signature_methods=(method,), callbacks=(CALLBACK,))
    provider = Provider(RecordingStore(clock, client), clock=clock)
    person = Person(provider, clock, signature_method=method, signature_type=placement)
    assert person.initiate().status == 200
    assert person.exchange(provider.approve(person.token, "ann").verifier).status == 200


def test_answers_and_decisions_show_nothing(provider: Provider, person: Person) -> None:
    answer = person.initiate()
    decision = provider.approve(person.token, "ann")
    assert (repr(answer), repr(decision)) == ("EndpointResponse(status=200, …)", "Decision(…)")


def test_a_provider_of_its_own_takes_the_time_of_the_system() -> None:
    sent = signed(Signer("client", "secret"), url=INITIATE, callback="oob")
    assert Provider(MemoryStore([CLIENT])).temporary_credentials(IncomingRequest.from_url(*sent)).status == 200


def test_a_store_that_fails_is_told_to_the_log() -> None:
    class Down(MemoryStore):
        def find_credentials(self, client_id: str, token: str | None) -> Credentials | None:
            raise StoreError("the store is down")

    told: list[OAuth1Error] = []
    request = Signer("k", "s").sign("POST", "https://p.example/initiate", callback="oob")
    provider = Provider(Down(), on_refusal=told.append)

    answer = provider.temporary_credentials(
        IncomingRequest.from_url("POST", "https://p.example/initiate", {"Authorization": str(request.authorization)})
    )

    assert answer.status == 503
    assert [str(error) for error in told] == ["the store is down"]
