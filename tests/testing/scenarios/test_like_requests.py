"""What providers offer beyond the three legs, at the boxes that are like them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from oauthone import providers
from oauthone.clients.requests import OAuth1Session
from oauthone.errors import TokenResponseError
from oauthone.providers._catalogue import entry
from oauthone.testing import ProviderBox

from ..like_walks import AGENT


def with_table(*tables: str) -> list[str]:
    """Return the providers whose facts have one of these tables."""
    return [name for name in providers.names() if any(getattr(entry(name), table, None) for table in tables)]


@contextmanager
def session_with_token(box: ProviderBox) -> Iterator[OAuth1Session]:
    client, token = box.client, box.issue_token()
    key = {"rsa_key": client.rsa_key, "provider": box.like}
    with OAuth1Session(client.client_id, client.client_secret or None, **token._asdict(), **key) as session:
        session.headers["User-Agent"] = AGENT
        yield session


@pytest.mark.parametrize("name", with_table("revoke"))
def test_a_revoked_token_is_refused(likes: Callable[..., ProviderBox], name: str) -> None:
    box = likes(name)
    with session_with_token(box) as session:
        held = session.token
        session.revoke_token()
        assert session.token is None
        session.token = held
        with pytest.raises(TokenResponseError):
            session.revoke_token()


@pytest.mark.parametrize("name", with_table("renew", "check"))
def test_a_token_that_is_renewed_or_checked_stays(likes: Callable[..., ProviderBox], name: str) -> None:
    box = likes(name)
    with session_with_token(box) as session:
        if box.like.renew:
            assert session.renew_token() == session.token
        if box.like.check:
            assert session.check_token()
        assert session.get(f"{box.like.api_base[0]}/data").status_code == 200


@pytest.mark.parametrize("name", with_table("discovery"))
def test_published_addresses_are_those_of_the_facts(likes: Callable[..., ProviderBox], name: str) -> None:
    box = likes(name)
    with session_with_token(box) as session:
        assert session.discover_endpoints() == box.like
        assert box.requests[-1].header("authorization") is None


@pytest.mark.parametrize("name", [name for name in with_table("identity") if entry(name).identity.url])
def test_the_account(likes: Callable[..., ProviderBox], name: str) -> None:
    box = likes(name)
    facts = box.like.identity
    assert facts is not None
    with session_with_token(box) as session:
        account = session.fetch_identity()
    assert (account.id is not None) == (facts.id_path is not None)
    assert "alice" in f"{account.id} {account.name}" or not (facts.id_path or facts.name_path)
