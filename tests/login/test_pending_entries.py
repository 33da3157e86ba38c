"""What sessions and caches hold of a pending login: who it belongs to, and how much of it is kept."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oauthone.errors import FlowError
from oauthone.login import OAuth
from oauthone.login._browser_session import MappingSession
from oauthone.login._login_errors import MAX_PENDING
from oauthone.login._pending_entries import (
    Entry,
    PendingLogin,
    add_entry,
    end_entry,
    identify,
    is_proof,
    read_entries,
    read_login,
    write_login,
)
from oauthone.testing import ProviderBox

from .caches import SyncCache
from .conftest import Opener
from .sites import registration


@given(st.tuples(st.text("abc:/|", max_size=6), st.text("abc:/|", max_size=6)).map(list), st.data())
def test_a_login_belongs_to_its_provider_and_token(pair: list[str], data: st.DataObject) -> None:
    """Provider "a" with token "bc" is not provider "ab" with token "c"."""
    text = "".join(pair)
    cut = data.draw(st.integers(0, len(text)))
    other = [text[:cut], text[cut:]]

    assert (identify(pair[0], pair[1]) == identify(other[0], other[1])) == (pair == other)


def test_names_and_tokens_are_not_confused_at_their_border(box: ProviderBox) -> None:
    """Provider "a" with token "bc" and provider "ab" with token "c" are two logins of one session."""
    oauth = OAuth(secret_key="one")
    session: dict[str, Any] = {}
    for name, token in (("a", "bc"), ("ab", "c")):
        app = oauth.register(name, **registration(box))
        temporary = {"oauth_token": token, "oauth_token_secret": "s"}
        app._run(app.save_login(None, temporary, None, ""), MappingSession(session))

    assert len({entry[1] for entry in session["_oauthone"]}) == 2
    with pytest.raises(FlowError, match="unknown_login"):
        oauth.a.finish(session, "?oauth_token=c&oauth_verifier=v")
    with pytest.raises(FlowError, match="the provider answered"):
        oauth.ab.finish(session, "?oauth_token=c&oauth_verifier=v")


def test_fewer_logins_are_pending_if_their_tokens_are_long(box: ProviderBox) -> None:
    """A cookie has to stay under 4,096 octets."""
    oauth = OAuth(secret_key="one")
    app = oauth.register("box", **registration(box))
    session: dict[str, Any] = {}
    for number in range(5):
        token = {"oauth_token": f"{number}" * 500, "oauth_token_secret": "s" * 500}
        app._run(app.save_login(None, token, None, ""), MappingSession(session))

    waiting = [entry for entry in session["_oauthone"] if entry[3]]
    assert len(waiting) == 1
    assert sum(len(entry[3]) for entry in waiting) < 4096


def test_unreadable_lines_of_a_session_are_ignored(box: ProviderBox) -> None:
    app = OAuth(secret_key="one").register("box", **registration(box))
    for rubbish in ("text", 1, {"a": 1}, [1, None, ["box"], ["box", "id", "soon", ""]]):
        session: dict[str, Any] = {"_oauthone": rubbish}

        callback = box.visit(app.begin(session, "http://localhost/callback"))

        assert app.finish(session, callback)["oauth_token"]


@pytest.mark.covering
@pytest.mark.parametrize("content", ["", "[]", '["box", "token", "secret", 1]', "\ud800", '["other", "t", "s", ""]'])
def test_foreign_values_in_a_cache_are_not_read_as_logins(open_site: Opener, box: ProviderBox, content: str) -> None:
    cache = SyncCache()
    browser = open_site(cache=cache).browser()
    callback = box.visit(browser.begin())
    cache.kept = dict.fromkeys(cache.kept, content)

    assert browser.come_back(callback).error == "LoginLost"


def test_no_secret_is_in_the_repr_of_a_pending_login() -> None:
    login = PendingLogin("box", "token", "hunter2", "localhost")

    assert "hunter2" not in repr(login)
    assert "box" in repr(login)


def test_a_login_is_read_as_it_was_written() -> None:
    """With its expiry and the digest of its cookie, from which the cookie cannot be told."""
    login = PendingLogin("box", "token", "secret", "localhost", is_protected=True)
    text = write_login(login, 1600, "the cookie")

    read = read_login(text, identify("box", "token"))

    assert read is not None
    assert read == login._replace(expires=1600, proof=read.proof)
    assert is_proof("the cookie", read)
    assert not is_proof("another cookie", read)
    assert not is_proof("", read)
    assert "the cookie" not in text


def test_a_login_is_not_read_under_the_identifier_of_another() -> None:
    text = write_login(PendingLogin("box", "token", "secret"), 1600, "")

    assert read_login(text, identify("box", "other")) is None
    assert read_login(text, identify("other", "token")) is None


def entry(number: int, expires: int = 1600, content: str | None = "x") -> Entry:
    return Entry("box", str(number), expires, content)


def test_the_oldest_logins_make_room_for_a_new_one() -> None:
    held = [list(entry(number)) for number in range(MAX_PENDING)]

    kept, dropped = add_entry(held, entry(MAX_PENDING), 1000)

    assert [one.identifier for one in kept] == [str(number) for number in range(1, MAX_PENDING + 1)]
    assert dropped == [entry(0)]


def test_of_an_expired_login_only_the_identifier_stays() -> None:
    """So a late callback is told that it is late."""
    kept, dropped = add_entry([list(entry(1, expires=1000))], entry(2), 1000)

    assert kept == [entry(1, expires=1000, content=None), entry(2)]
    assert dropped == []


def test_a_login_that_begins_again_replaces_itself() -> None:
    kept, _ = add_entry([list(entry(1, content="old"))], entry(1, content="new"), 1000)

    assert kept == [entry(1, content="new")]


def test_a_login_that_has_ended_is_the_newest_entry() -> None:
    """It is known by its identifier, and holds nothing more."""
    entries = read_entries([list(entry(1)), list(entry(2))])

    assert end_entry(entries, entries[0]) == [["box", "2", 1600, "x"], ["box", "1", 1600, None]]


@pytest.mark.parametrize("value", [None, "text", 1, {"a": 1}, [1], [["box", "id", "soon", ""]], [["box", "id", 1]]])
def test_a_session_without_logins_has_no_entries(value: Any) -> None:
    assert read_entries(value) == []
