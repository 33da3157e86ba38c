"""What every store does: the same cases for each of them."""

import asyncio
import secrets
import sys
import time
from collections import Counter
from collections.abc import Callable, Generator
from functools import partial
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from sampling import FULL
from sqlalchemy.pool import NullPool

from oauthone.core.rsa import RsaKey
from oauthone.errors import ConfigurationError, StoreError
from oauthone.server import Client, IssuedToken, PendingAuthorization
from oauthone.server.stores.sqlalchemy import AsyncSQLAlchemyStore

from ...setting import NOW, Clock
from ..backends import KINDS, Awaited, Opened

CLIENT = Client("client", "s", name="Böx \N{SNOWMAN}", callbacks=("https://a.example/?x=1&y=é", "x"))


def pending(token: str = "t", expires: float = NOW + 600) -> PendingAuthorization:
    return PendingAuthorization(token, "secret", "client", "https://a.example/back", expires)


def test_a_nonce_is_new_once_for_its_client_token_and_timestamp(store: Opened, now: int) -> None:
    assert store.use_nonce("client", "t", now, "n") is True
    assert store.use_nonce("client", "t", now, "n") is False
    others = [("other", "t", now, "n"), ("client", "u", now, "n"), ("client", None, now, "n"), ("client", "", now, "n")]
    others += [("client", "t", now + 1, "n"), ("client", "t", now, "N"), ("client", "t", now, "n ")]
    others += [
        ("client", "tn", now, ""),
        ("clientt", "", now, "n"),
        ("client", "t", now, "2:n"),
        ("c\0", "t", now, "n"),
    ]
    for other in others:
        assert store.use_nonce(*other) is True
        assert store.use_nonce(*other) is False


@pytest.mark.seen_in("pylti/lti#56")
@pytest.mark.covering
@pytest.mark.parametrize("nonce", ["x", "\N{SNOWMAN}\0'\"\\%", "n" * 15_000])
def test_a_nonce_may_be_any_text(store: Opened, nonce: str, now: int) -> None:
    assert store.use_nonce("client", nonce, now, nonce) is True
    assert store.use_nonce("client", nonce, now, nonce) is False


def test_nonces_count_as_long_as_a_verifier_takes_their_timestamp(store: Opened, clock: Clock, now: int) -> None:
    for timestamp in (now - 300, now, now + 300):
        assert store.use_nonce("client", "t", timestamp, "n") is True
    assert store.use_nonce("client", "t", now - 300, "n") is False
    clock.now = now + 300
    assert store.use_nonce("client", "t", now, "n") is False
    clock.now = now + 600
    assert store.use_nonce("client", "t", now + 300, "n") is False


def test_a_timestamp_whose_nonces_may_be_forgotten_is_refused(store: Opened, now: int) -> None:
    """A verifier with a longer window gets an error, not a replay."""
    with pytest.raises(StoreError, match="the verifier's window"):
        store.use_nonce("client", "t", now - 3600, "n")


def test_nonces_deleted_while_a_clock_was_ahead_are_not_accepted_again(
    kind: str, opener: Callable[..., Opened], clock: Clock, now: int
) -> None:
    """The clock of one process was an hour ahead, and another was idle. New requests are accepted at once."""
    ahead = clock if kind == "memory" else Clock()
    options = {"prefix": f"{secrets.token_hex(4)}:"} if kind.startswith(("redis", "cluster")) else {}
    busy = opener(clock=ahead, **options)
    idle = busy if kind == "memory" else opener(**options)
    used = [("client", "t", now + age, "n") for age in (-290, -30, 0)]
    assert [idle.use_nonce(*one) for one in used] == [True] * 3
    ahead.now = now + 3600
    assert busy.use_nonce("client", "t", now + 3600, "n") is True
    clock.now = now
    again = idle.at_once("use_nonce", [*used, ("client", "t", now - 10, "other")], (StoreError,))
    assert True not in again[:3]
    assert [idle.use_nonce("client", "t", now + 1, "n") for _ in range(2)] == [True, False]
    assert idle.use_nonce("other", None, now + 300, "n") is True


def test_a_clock_that_goes_back_a_little_forgets_nothing(store: Opened, clock: Clock, now: int) -> None:
    assert store.use_nonce("client", "t", now, "n") is True
    for later in (5, 59, -59, 0):
        clock.now = now + later
        assert store.use_nonce("client", "t", now, "n") is False
        assert store.use_nonce("client", "t", now, f"{later}") is True


@pytest.fixture
def contended(store: Opened) -> Generator[Opened, None, None]:
    """A store with a connection for each of 32 threads, which switch as often as they can."""
    store.at_once("find_pending", [("t",)] * 32)
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield store
    sys.setswitchinterval(before)


ROUNDS = [f"t{number}" for number in range(5 if FULL else 2)]


def test_one_of_32_simultaneous_uses_of_a_nonce_is_the_first(contended: Opened, now: int) -> None:
    for nonce in ROUNDS:
        assert Counter(contended.at_once("use_nonce", [("client", "t", now, nonce)] * 32)) == {True: 1, False: 31}


@pytest.mark.parametrize("kind", [kind for kind in KINDS if "sql" not in kind], indirect=True)
def test_the_number_of_nonces_is_bounded_for_each_client(opener: Callable[..., Opened], now: int) -> None:
    """The SQL stores have no such bound: the page about stores says why. What counts is never forgotten."""
    store = opener(max_nonces=3)
    used = [("client", "t", now, "n"), ("client", None, now - 120, "n"), ("client", "t", now + 120, "n")]
    assert [store.use_nonce(*one) for one in used] == [True] * 3
    for timestamp in (now - 240, now, now + 240):
        with pytest.raises(StoreError, match="too many nonces of this client are remembered: raise max_nonces"):
            store.use_nonce("client", "t", timestamp, "m")
    assert [store.use_nonce(*one) for one in used] == [False] * 3
    assert store.use_nonce("other", "t", now, "m") is True


@pytest.mark.parametrize("kind", [kind for kind in KINDS if "sql" not in kind], indirect=True)
def test_of_32_simultaneous_requests_no_more_than_the_bound_are_accepted(
    opener: Callable[..., Opened], now: int
) -> None:
    store = opener(max_nonces=5)
    store.use_nonce("other", "t", now, "n")
    outcome = store.at_once("use_nonce", [("client", "t", now + i % 2, f"n{i}") for i in range(32)], (StoreError,))
    assert Counter(outcome) == {True: 5, None: 27}


def test_clients_are_registered_replaced_and_removed(store: Opened) -> None:
    assert store.find_client("client") is None
    assert store.remove_client("client") is False
    store.add_client(Client.create("client", "old"))
    store.add_client(CLIENT)
    assert store.find_client("client") == CLIENT
    assert store.find_client("Client") is None
    assert store.remove_client("client") is True
    assert store.find_client("client") is None
    assert store.find_credentials("client", None) is None


@pytest.mark.covering
@pytest.mark.parametrize("method", ["HMAC-SHA1", "HMAC-SHA256", "HMAC-SHA512", "PLAINTEXT"])
def test_a_client_that_everyone_could_sign_as_is_rejected(store: Opened, method: str) -> None:
    """It has no secret, so its identifier would be enough; or it has a public key as its secret."""
    store.add_client(CLIENT)
    for secret in ("", "-----BEGIN PUBLIC KEY-----\ncanary", "ssh-rsa canary"):
        with pytest.raises(ConfigurationError, match=r"client_secret") as caught:
            store.add_client(CLIENT._replace(client_secret=secret, signature_methods=("RSA-SHA1", method)))
        assert "canary" not in repr(caught.value)
    assert store.find_client("client") == CLIENT


@pytest.fixture(scope="module")
def key() -> RsaKey:
    return RsaKey(rsa.generate_private_key(65537, 2048))


def test_a_client_with_a_key_needs_no_secret(store: Opened, key: RsaKey) -> None:
    store.add_client(Client("rsa", rsa_key=key.public_key(), signature_methods=("RSA-SHA256",)))
    assert store.find_client("rsa").client_secret == ""


def test_a_client_with_a_key_comes_back_with_it(store: Opened, key: RsaKey) -> None:
    store.add_client(Client.create("rsa", rsa_key=key.public_key()))
    found = store.find_client("rsa")
    assert (found.client_secret, found.signature_methods) == ("", ("RSA-SHA1", "RSA-SHA256", "RSA-SHA512"))
    assert found.rsa_key.verify("text", key.signing_function("sha256")("text"), "sha256")
    assert store.find_credentials("rsa", None).rsa_key.bits == 2048


def test_credentials_are_those_of_the_client_and_of_its_own_tokens(store: Opened) -> None:
    store.add_client(CLIENT)
    store.add_client(Client.create("other", "o"))
    store.save_token(IssuedToken("t", "ts", "client", "ann", NOW + 10, {"scope": "read write"}))
    assert store.find_credentials("nobody", "t") is None
    for token in (None, "", "u", "T"):
        assert store.find_credentials("client", token) == CLIENT.credentials()
    assert store.find_credentials("other", "t").token_secret is None
    assert store.find_credentials("client", "t") == CLIENT.credentials("ts", user="ann", extra={"scope": "read write"})


@pytest.mark.covering
@pytest.mark.parametrize("odd", ["\0", "\ud800", "a\0b", "'; drop table oauthone_clients; --", "é" * 9_000])
def test_an_unregistered_identifier_is_unknown_even_if_it_is_unusual(store: Opened, odd: str) -> None:
    store.add_client(CLIENT)
    assert store.find_client(odd) is None
    assert store.find_credentials(odd, "t") is None
    assert store.find_credentials("client", odd) == CLIENT.credentials()
    assert store.find_pending(odd) is None
    assert store.take_pending(odd) is None
    assert store.approve_pending(odd, "v", "ann", {}) is False
    assert store.count_verifier_attempt(odd) == 1
    assert store.revoke_token(odd) is False
    assert store.remove_client(odd) is False


ISSUED = IssuedToken("t", "ts", "client", "ann")


@pytest.mark.covering
@pytest.mark.parametrize("odd", ["\0", "a\0b", "\ud800", "a\udc80", "\ude00\ud83d"], ids=ascii)
def test_text_that_not_every_database_can_hold_is_refused_by_all(store: Opened, odd: str) -> None:
    """It is not UTF-8, or it is NUL. The message names the field and quotes nothing; nothing is written."""
    store.save_pending(pending())
    changes: list[tuple[str, Any, dict[str, Any]]] = [
        ("add_client", CLIENT, {"client_id": odd, "client_secret": odd, "name": odd, "callbacks": ("x", odd)}),
        ("add_client", CLIENT, {"signature_methods": ("HMAC-SHA1", odd)}),
        ("save_pending", pending("u"), {"token": odd, "token_secret": odd, "client_id": odd, "callback": odd}),
        ("save_pending", pending("u"), {"verifier": odd, "user": odd, "extra": {"scope": odd}}),
        ("save_token", ISSUED, {"token": odd, "token_secret": odd, "client_id": odd, "user": odd, "extra": {odd: "x"}}),
    ]
    for name, record, values in changes:
        for field, value in values.items():
            with pytest.raises(ValueError, match=rf"^{field} cannot be stored: remove NUL and lone surr") as caught:
                getattr(store, name)(record._replace(**{field: value}))
            assert odd not in str(caught.value)
    decisions = {"verifier": (odd, "ann", {}), "user": ("v", odd, {}), "extra": ("v", "ann", {"scope": odd})}
    for field, decision in decisions.items():
        with pytest.raises(ValueError, match=f"^{field} cannot be stored"):
            store.approve_pending("t", *decision)
    assert store.find_client("client") is store.find_pending("u") is None
    assert store.find_pending("t") == pending()


@pytest.mark.covering
@pytest.mark.parametrize(
    "text", ["\x01\x1f\x7f", "\N{PILE OF POO}", "\ud7ff\ue000\uffff\U0010ffff", "e\u0301"], ids=ascii
)
def test_every_other_text_is_stored_as_it_is(store: Opened, text: str) -> None:
    client = CLIENT._replace(client_id=text, client_secret=text, name=text, callbacks=(text,))
    store.add_client(client)
    assert store.find_client(text) == client
    store.save_token(IssuedToken(text, text, text, text, extra={text: text}))
    assert store.find_credentials(text, text) == client.credentials(text, user=text, extra={text: text})
    asked = PendingAuthorization(text, text, text, text, NOW + 600)
    store.save_pending(asked)
    assert store.approve_pending(text, text, text, {text: text}) is True
    assert store.take_pending(text) == asked._replace(verifier=text, user=text, extra={text: text})


def test_a_token_expires_and_is_revoked(store: Opened, clock: Clock) -> None:
    store.add_client(CLIENT)
    store.save_token(IssuedToken("t", "ts", "client", expires=NOW + 10))
    store.save_token(IssuedToken("u", "us", "client"))

    def problem(token: str) -> Any:
        return store.find_credentials("client", token).token_problem

    assert (problem("t"), problem("u")) == (None, None)
    clock.now = NOW + 10
    assert (problem("t"), problem("u")) == ("token_expired", None)
    assert store.revoke_token("u") is True
    assert problem("u") == "token_revoked"
    assert store.find_credentials("client", "u").token_secret == "us"
    assert store.revoke_token("unknown") is False


def test_a_token_that_is_saved_again_is_replaced_and_stays_revoked(store: Opened) -> None:
    """A script may run twice. Neither run restores a revoked token."""
    store.add_client(CLIENT)
    store.save_token(IssuedToken("t", "ts", "client", "ann", extra={"scope": "read"}))
    store.save_token(IssuedToken("t", "us", "client", "bob", NOW + 10, {"scope": "write"}))
    found = store.find_credentials("client", "t")
    assert found == CLIENT.credentials("us", user="bob", extra={"scope": "write"})
    assert store.revoke_token("t") is True
    store.save_token(IssuedToken("t", "vs", "client", "ann"))
    found = store.find_credentials("client", "t")
    assert found == CLIENT.credentials("vs", token_problem="token_revoked", user="ann")
    store.save_token(IssuedToken("u", "ts", "client"))
    store.save_token(IssuedToken("u", "ts", "client", revoked=True))
    assert store.find_credentials("client", "u").token_problem == "token_revoked"


def test_saving_a_token_while_it_is_revoked_never_revives_it(contended: Opened) -> None:
    contended.add_client(CLIENT)
    for token in ROUNDS:
        issued = IssuedToken(token, "ts", "client")
        contended.at_once("save_token", [(issued,)] * 16)
        assert contended.revoke_token(token) is True
        contended.at_once("save_token", [(issued,)] * 16)
        assert contended.find_credentials("client", token).token_problem == "token_revoked"


def test_tokens_are_listed_and_revoked_by_user_and_client(store: Opened) -> None:
    store.add_client(CLIENT)
    belonging = {"a": ("client", "ann"), "b": ("other", "ann"), "c": ("client", "bob"), "d": ("client", None)}
    for token, (client_id, user) in reversed(belonging.items()):
        store.save_token(IssuedToken(token, "canary", client_id, user, NOW, {"scope": "read"}))
    assert [issued.token for issued in store.tokens_of("ann")] == ["a", "b"]
    assert store.tokens_of("bob") == [IssuedToken("c", "canary", "client", "bob", NOW, {"scope": "read"})]
    assert store.tokens_of("\0") == store.tokens_of("nobody") == []
    assert "canary" not in repr(store.tokens_of("ann"))
    assert store.revoke_tokens(user="ann", client_id="other") == 1
    assert [issued.revoked for issued in store.tokens_of("ann")] == [False, True]
    assert store.revoke_tokens(user="\0") == store.revoke_tokens(user="", client_id="client") == 0
    assert store.revoke_tokens(user="ann") == 1
    assert store.revoke_tokens(client_id="client") == 2
    assert store.revoke_tokens(client_id="client") == 0
    assert all(store.find_credentials("client", token).token_problem == "token_revoked" for token in "acd")
    with pytest.raises(ValueError, match="needs a user, a client_id, or both"):
        store.revoke_tokens()


@pytest.mark.covering
@pytest.mark.parametrize(
    "name", ["", "}", "{", "{}", "a}b{c", "=ann", "%7D", "-", "(", "\N{PILE OF POO}", "\u2028", "userdata: NULL"]
)
def test_users_and_clients_may_have_any_name(store: Opened, name: str) -> None:
    client = CLIENT._replace(client_id=f"c{name}")
    store.add_client(client)
    issued = IssuedToken(f"t{name}", "ts", client.client_id, name)
    other = IssuedToken("other", "ts", "other", None)
    for one in (issued, other):
        store.save_token(one)
    assert store.tokens_of(name) == [issued]
    assert store.revoke_tokens(user=f"{name}x") == store.revoke_tokens(client_id=name) == 0
    assert store.revoke_tokens(user=name, client_id=client.client_id) == 1
    assert store.tokens_of(name) == [issued._replace(revoked=True)]
    assert store.revoke_tokens(client_id="other") == 1


def test_a_token_that_is_saved_again_is_listed_for_its_new_owner_alone(store: Opened) -> None:
    for other in (CLIENT._replace(client_id="one"), CLIENT._replace(client_id="two")):
        store.add_client(other)
    store.save_token(IssuedToken("t", "ts", "one", "ann", NOW + 10))
    moved = IssuedToken("t", "ts", "two", "bob")
    store.save_token(moved)
    assert (store.tokens_of("ann"), store.tokens_of("bob")) == ([], [moved])
    assert store.revoke_tokens(user="ann") == store.revoke_tokens(client_id="one") == 0
    assert store.find_credentials("two", "t").token_problem is None
    assert store.revoke_tokens(client_id="two") == 1
    assert store.find_credentials("two", "t").token_problem == "token_revoked"


def test_many_tokens_are_listed_in_order_and_revoked_together(store: Opened) -> None:
    """More than the store in Redis reads at once, which is 200."""
    names = sorted(f"t{number}" for number in range(210))
    store.at_once("save_token", [(IssuedToken(name, "ts", "client", "ann"),) for name in names[:20]])
    for name in names[20:]:
        store.save_token(IssuedToken(name, "ts", "client", "ann", NOW + 10))
    assert store.revoke_token(names[7]) is True
    assert [issued.token for issued in store.tokens_of("ann")] == names
    assert store.revoke_tokens(client_id="client") == 209
    assert all(issued.revoked for issued in store.tokens_of("ann"))


def test_a_token_that_is_saved_during_a_revocation_is_listed_or_revoked(contended: Opened) -> None:
    contended.add_client(CLIENT)
    for number in ROUNDS:
        user = f"ann{number}"
        issued = [IssuedToken(f"{number}-{letter}", "ts", "client", user) for letter in "abcdefghijkl"]
        saves = [partial(contended.store.save_token, one) for one in issued]
        *_, revoked = contended.all_at_once([*saves, partial(contended.store.revoke_tokens, user=user)])
        listed = contended.tokens_of(user)
        assert [one.token for one in listed] == [one.token for one in issued]
        assert sum(one.revoked for one in listed) == revoked
        assert contended.revoke_tokens(user=user) == len(issued) - revoked


def test_a_token_that_is_saved_again_during_a_revocation_is_revoked(contended: Opened) -> None:
    contended.add_client(CLIENT)
    for number in ROUNDS:
        user = f"ann{number}"
        issued = [IssuedToken(f"{number}-{letter}", "ts", "client", user, NOW + 10) for letter in "abcdefghijkl"]
        for one in issued:
            contended.save_token(one)
        saves = [partial(contended.store.save_token, one._replace(expires=None)) for one in issued]
        revocation = partial(contended.store.revoke_tokens, client_id="client")
        contended.all_at_once([*saves[:6], revocation, *saves[6:]])
        assert [one.revoked for one in contended.tokens_of(user)] == [True] * len(issued)


def test_a_pending_authorization_is_approved_once_and_taken_once(store: Opened) -> None:
    store.save_pending(pending())
    assert store.find_pending("t") == pending()
    assert store.approve_pending("t", "v", "ann", {"scope": "read"}) is True
    assert store.approve_pending("t", "w", "bob", {}) is False
    decided = pending()._replace(verifier="v", user="ann", extra={"scope": "read"})
    assert store.find_pending("t") == decided
    assert store.take_pending("t") == decided
    assert store.take_pending("t") is None
    assert store.find_pending("t") is None
    assert store.approve_pending("t", "v", "ann", {}) is False


def test_an_undecided_authorization_can_be_taken_too(store: Opened) -> None:
    """A denial does that."""
    store.save_pending(pending()._replace(callback=None))
    assert store.take_pending("t") == pending()._replace(callback=None)
    assert store.find_pending("t") is None


def test_one_of_32_simultaneous_takers_gets_the_authorization(contended: Opened) -> None:
    for token in ROUNDS:
        contended.save_pending(pending(token))
        contended.approve_pending(token, "v", "ann", {})
        taken = [found for found in contended.at_once("take_pending", [(token,)] * 32) if found is not None]
        assert taken == [pending(token)._replace(verifier="v", user="ann")]


def test_one_of_16_simultaneous_decisions_is_recorded(contended: Opened) -> None:
    for token in ROUNDS:
        contended.save_pending(pending(token))
        calls = [(token, f"v{number}", f"user{number}", {}) for number in range(16)]
        heard = contended.at_once("approve_pending", calls)
        assert sum(heard) == 1
        decided = contended.find_pending(token)
        assert (decided.verifier, decided.user) == (f"v{heard.index(True)}", f"user{heard.index(True)}")


def test_attempts_are_counted_per_token_and_deleted_with_it(store: Opened) -> None:
    store.save_pending(pending("t"))
    store.save_pending(pending("u"))
    assert [store.count_verifier_attempt(token) for token in "ttut"] == [1, 2, 1, 3]
    assert [store.count_verifier_attempt("unknown") for _ in range(2)] == [1, 1]
    store.take_pending("t")
    store.save_pending(pending("t"))
    assert store.count_verifier_attempt("t") == 1


def test_no_two_of_32_simultaneous_attempts_get_the_same_number(contended: Opened) -> None:
    for token in ROUNDS:
        contended.save_pending(pending(token))
        assert sorted(contended.at_once("count_verifier_attempt", [(token,)] * 32)) == list(range(1, 33))


def test_every_attempt_counts_while_the_authorization_exists(kind: str, store: Opened, now: int) -> None:
    """Also in its last second. In Redis it is deleted afterwards; for other stores the provider checks."""
    store.save_pending(pending("t", now + 1))
    counted = 0
    for _ in range(300 if kind.startswith(("redis", "cluster")) else 20):
        attempts = store.count_verifier_attempt("t")
        if store.find_pending("t") is None:
            break
        counted += 1
        assert attempts == counted
        time.sleep(0.005)
    assert counted > 1


def test_many_authorizations_of_one_client_do_not_affect_another(opener: Callable[..., Opened], kind: str) -> None:
    """A store in memory has a limit for each client. The others have none."""
    store = opener(**({"max_pending": 3} if kind == "memory" else {}))
    calls = [(pending(f"t{number}"),) for number in range(5)]
    refused = sum(isinstance(failure(store, "save_pending", *call), StoreError) for call in calls)
    assert refused == (2 if kind == "memory" else 0)
    other = pending("other")._replace(client_id="other")
    store.save_pending(other)
    assert store.take_pending("other") == other
    assert store.take_pending("t0") == pending("t0")
    store.save_pending(pending("t9"))
    assert store.find_pending("t9") == pending("t9")


def failure(store: Opened, name: str, *arguments: Any) -> Exception | None:
    """The `StoreError` that a method raises, or None."""
    try:
        getattr(store, name)(*arguments)
    except StoreError as failed:
        return failed
    return None


def keeps_no_connections(store: Any) -> bool:
    """Whether this is what SQLAlchemy before 2.0.38 makes of a file of SQLite: it belongs to no event loop."""
    return isinstance(store, AsyncSQLAlchemyStore) and isinstance(store._engine.sync_engine.pool, NullPool)


def test_a_store_of_coroutines_belongs_to_one_event_loop(store: Opened) -> None:
    """In another loop it raises an error and changes nothing. After it was closed, it may be used in another loop."""
    if not isinstance(store, Awaited) or keeps_no_connections(store.store):
        assert failure(store, "find_client", "client") is None
        return
    store.add_client(CLIENT)
    for method, arguments in (("find_client", ("client",)), ("use_nonce", ("client", "t", NOW, "n")), ("aclose", ())):
        with pytest.raises(StoreError, match="first used in another event loop or process"):
            asyncio.run(getattr(store.store, method)(*arguments))
    assert store.find_client("client") == CLIENT
    store.aclose()

    async def elsewhere() -> Client | None:
        found: Client | None = await store.store.find_client("client")
        await store.store.aclose()
        return found

    assert asyncio.run(elsewhere()) == CLIENT


def test_a_store_that_works_passes_its_check_and_is_not_changed(store: Opened, now: int) -> None:
    """Before its first request, and after it. Only what the check itself writes may be there afterwards."""
    assert store.check() is None
    store.add_client(Client.create("c", "s"))
    assert store.use_nonce("c", None, now, "n") is True
    assert store.check() is None
    assert store.use_nonce("c", None, now, "n") is False
    assert store.find_client("c") is not None
