"""The store in memory: it is bounded and atomic, and never deletes a record that still counts."""

import pytest

from oauthone.errors import ConfigurationError, SecurityWarning, StoreError
from oauthone.server import Client, IssuedToken, MemoryStore, PendingAuthorization

from ..setting import NOW, Clock
from .backends import store_with


def pending(token: str, expires: float = NOW + 600) -> PendingAuthorization:
    return PendingAuthorization(token, "secret", "client", None, expires)


def test_credentials_are_those_of_the_client_and_of_its_own_tokens(clock: Clock) -> None:
    store = store_with(clock)
    client = Client.create("client", "s")
    store.save_token(IssuedToken("t", "ts", "client", "ann", NOW + 10, {"a": "b"}))
    assert store.find_credentials("nobody", "t") is None
    assert store.find_credentials("client", None) == client.credentials()
    assert store.find_credentials("client", "u") == client.credentials()
    assert store.find_credentials("other", "t") == client.credentials()
    assert store.find_credentials("client", "t") == client.credentials("ts", user="ann", extra={"a": "b"})


def test_a_token_expires_and_is_revoked(clock: Clock) -> None:
    store = store_with(clock)
    store.save_token(IssuedToken("t", "ts", "client", expires=NOW + 10))
    store.save_token(IssuedToken("u", "us", "client"))

    def problem(token: str) -> str | None:
        credentials = store.find_credentials("client", token)
        assert credentials is not None
        return credentials.token_problem

    assert (problem("t"), problem("u")) == (None, None)
    clock.now = NOW + 10
    assert (problem("t"), problem("u")) == ("token_expired", None)
    store.revoke_token("u")
    assert problem("u") == "token_revoked"


def test_a_client_can_be_registered_and_replaced(clock: Clock) -> None:
    store = MemoryStore(clock=clock)
    assert store.find_client("client") is None
    store.add_client(Client.create("client", "old"))
    store.add_client(Client.create("client", "new"))
    found = store.find_client("client")
    assert found is not None
    assert found.client_secret == "new"


def test_a_store_rejects_a_client_that_everyone_could_sign_as(clock: Clock) -> None:
    with pytest.raises(ConfigurationError, match="client 'client' may use HMAC-SHA1, but has no client_secret"):
        MemoryStore([Client("client")], clock=clock)


def test_a_pending_authorization_is_approved_once_and_taken_once(clock: Clock) -> None:
    store = store_with(clock)
    store.save_pending(pending("t"))
    assert store.find_pending("t") == pending("t")
    assert store.approve_pending("t", "v", "ann", {})
    assert not store.approve_pending("t", "w", "bob", {})
    assert store.find_pending("t") == pending("t")._replace(verifier="v", user="ann")
    assert store.take_pending("t") == pending("t")._replace(verifier="v", user="ann")
    assert store.take_pending("t") is None
    assert store.find_pending("t") is None
    assert not store.approve_pending("t", "v", "ann", {})


def test_attempts_are_counted_per_token_and_deleted_with_it(clock: Clock) -> None:
    store = store_with(clock)
    store.save_pending(pending("t"))
    store.save_pending(pending("u"))
    assert [store.count_verifier_attempt(token) for token in "ttut"] == [1, 2, 1, 3]
    assert [store.count_verifier_attempt("unknown") for _ in range(2)] == [1, 1]
    store.take_pending("t")
    store.save_pending(pending("t"))
    assert store.count_verifier_attempt("t") == 1


def test_the_number_of_pending_authorizations_is_bounded(clock: Clock) -> None:
    """Expired ones are deleted for new ones; valid ones never are."""
    store = store_with(clock, max_pending=2)
    store.save_pending(pending("a", NOW + 10))
    store.save_pending(pending("b", NOW + 20))
    store.count_verifier_attempt("a")
    with pytest.raises(StoreError, match="raise max_pending, or use a larger store"):
        store.save_pending(pending("c"))
    store.save_pending(pending("b", NOW + 30))
    assert store.find_pending("a")
    clock.now = NOW + 10
    store.save_pending(pending("c"))
    assert store.find_pending("a") is None
    assert store.find_pending("b")
    assert store.take_pending("b")
    store.save_pending(pending("a"))
    assert store.count_verifier_attempt("a") == 1


def test_one_client_at_its_limit_leaves_room_for_others(clock: Clock) -> None:
    """It gets room again when its own expire or are taken. Those of the others stay."""
    store = store_with(clock, max_pending=2)
    for token in "ab":
        store.save_pending(pending(token, NOW + 10))
    with pytest.raises(StoreError, match="too many authorizations of this client are pending"):
        store.save_pending(pending("c"))
    for token in "xy":
        store.save_pending(pending(token, NOW + 600)._replace(client_id="other"))
    assert store.take_pending("a")
    store.save_pending(pending("c", NOW + 600))
    clock.now = NOW + 10
    store.save_pending(pending("d"))
    assert [token for token in "abcdxy" if store.find_pending(token)] == ["c", "d", "x", "y"]
    with pytest.raises(StoreError, match="too many authorizations"):
        store.save_pending(pending("z")._replace(client_id="other"))


def test_an_authorization_saved_again_with_a_later_expiry_stays_until_then(clock: Clock) -> None:
    store = store_with(clock, max_pending=1)
    store.save_pending(pending("a", NOW + 10))
    store.save_pending(pending("a", NOW + 20))
    clock.now = NOW + 10
    with pytest.raises(StoreError, match="too many authorizations"):
        store.save_pending(pending("b"))
    clock.now = NOW + 20
    store.save_pending(pending("b"))
    assert store.find_pending("a") is None


@pytest.mark.filterwarnings("error::oauthone.errors.SecurityWarning")
def test_an_inherited_store_in_memory_warns_once(clock: Clock) -> None:
    store = store_with(clock)
    assert store.use_nonce("client", "t", NOW, "n")
    store._lock.acquire()  # like a thread of the parent
    store._after_fork_in_child()
    with pytest.raises(SecurityWarning, match="created before the process forked"):
        store.use_nonce("client", "t", NOW, "n")
    assert not store.use_nonce("client", "t", NOW, "n")


@pytest.mark.parametrize("taken", [True, False])
def test_authorizations_that_ended_leave_nothing_behind(clock: Clock, taken: bool) -> None:
    """Whether they were taken or abandoned: the store keeps only as many as arrive during one lifetime."""
    store = store_with(clock)
    for number in range(5_000):
        clock.now += 1
        store.save_pending(pending(f"t{number}", clock.now + 600))
        store.count_verifier_attempt(f"t{number}")
        if taken:
            store.take_pending(f"t{number}")
    kept = store._pending, store._endings, store._verifier_attempts
    assert max(map(len, kept)) <= 600
    assert (store.take_pending("t4999") is None) is taken
    assert (store.take_pending("t4400") is None) is taken


@pytest.mark.parametrize("odd", ["\0", "\ud800"], ids=ascii)
def test_a_client_with_text_that_no_other_store_holds_is_refused_at_once(odd: str) -> None:
    with pytest.raises(ValueError, match="name cannot be stored"):
        MemoryStore([Client("client", "s", name=odd)])
