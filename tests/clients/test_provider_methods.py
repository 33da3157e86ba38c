"""The methods for what a provider offers beyond the three legs, in a client that blocks."""

from collections.abc import Iterator

import pytest

from oauthone import providers
from oauthone.clients.requests import OAuth1Session
from oauthone.errors import TokenResponseError
from oauthone.providers import Provider

from .servers import ScriptedServer, answer

TOKEN = {"oauth_token": "t", "oauth_token_secret": "s"}


def at(origin: str, name: str, **changes: str) -> Provider:
    """Return the facts about a provider with some of its addresses at a server of this test."""
    facts = providers.get(name)
    moved = {table: getattr(facts, table)._replace(url=f"{origin}/{path}") for table, path in changes.items()}
    return facts._replace(api_base=(origin,), **moved)


@pytest.fixture
def refusing() -> Iterator[ScriptedServer]:
    with ScriptedServer(answer("oauth_problem=token_expired", 401)) as server:
        yield server


def test_a_revoked_token_is_forgotten() -> None:
    with ScriptedServer(answer("Revoked")) as server:
        facts = at(server.origin, "etrade", revoke="revoke")
        with OAuth1Session("key", "secret", token=TOKEN, provider=facts) as session:
            session.revoke_token(timeout=5)
            assert session.token is None
            assert session.auth.signer.token is None
    assert 'oauth_token="t"' in (server.seen[0].header("authorization") or "")


def test_a_refused_revocation_changes_nothing_and_explains_itself(refusing: ScriptedServer) -> None:
    facts = at(refusing.origin, "etrade", revoke="revoke", renew="renew")
    with OAuth1Session("key", "secret", token=TOKEN, provider=facts) as session:
        for method in (session.revoke_token, session.renew_token):
            with pytest.raises(TokenResponseError) as refused:
                method()
            assert refused.value.diagnosis is not None
        assert session.token == TOKEN
