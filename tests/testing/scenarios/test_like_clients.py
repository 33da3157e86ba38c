"""Our clients walk each provider of the catalogue, given its facts alone. The box refuses what it does not take."""

from collections.abc import Callable
from typing import Any

import pytest

from oauthone import providers
from oauthone.clients.httpx import OAuth1Client
from oauthone.clients.requests import OAuth1Session
from oauthone.testing import ProviderBox
from oauthone.testing._likeness import example_of

from ..like_walks import AGENT, CALLBACK, came_back, needed

CLIENTS = [OAuth1Session, OAuth1Client]

#: The ways to a token that begin in a client.
_BEGUN_BY_CLIENTS = {"three-legged", "provider-initiated", "xauth"}


def made(make: Callable[..., Any], box: ProviderBox, **options: Any) -> Any:
    """Return a client of the provider that a box is like."""
    client, facts = box.client, box.like
    callback = facts.callback.sent if facts.callback else None
    if callback in (None, "temporary_credentials", "authorization") and facts.authorization:
        options.setdefault("redirect_uri", CALLBACK)
    made = make(client.client_id, client.client_secret or None, rsa_key=client.rsa_key, provider=facts, **options)
    made.headers["User-Agent"] = AGENT
    return made


def walk(client: Any, box: ProviderBox) -> dict[str, Any]:
    """Walk to a token; return it."""
    facts = box.like
    assert facts.token_credentials is not None
    chosen = needed(facts.token_credentials.parameters)
    if facts.temporary_credentials is None:
        return dict(client.fetch_access_token(**chosen))
    client.fetch_request_token(**needed(facts.temporary_credentials.parameters))
    if facts.authorization is None:
        assert box.legs is not None
        return dict(client.fetch_access_token(verifier=box.legs.initial_verifier))
    url = client.create_authorization_url(**needed(facts.authorization.parameters))
    came_back(box, url)
    client.parse_authorization_response(box.visit(url))
    return dict(client.fetch_access_token(**chosen))


@pytest.mark.parametrize("make", CLIENTS)
@pytest.mark.parametrize("name", providers.names())
def test_a_client_walks(likes: Callable[..., ProviderBox], name: str, make: Callable[..., Any]) -> None:
    box = likes(name)
    facts = box.like
    given: dict[str, Any] = {}
    if not _BEGUN_BY_CLIENTS.intersection(facts.flows) and "static-token" in facts.flows:
        token = box.issue_token()
        given = {"token": token.token, "token_secret": token.token_secret}
    with made(make, box, **given) as client:
        if _BEGUN_BY_CLIENTS.intersection(facts.flows):
            assert walk(client, box).keys() >= {"oauth_token", "oauth_token_secret", *facts.token_fields}
        if "client-credentials" not in facts.flows:
            told = client.get(f"{facts.api_base[0]}/data", params={"q": "é & x"})
            assert told.status_code == 200, box.requests[-1].refusal
            assert told.json()["query"] == [["q", "é & x"]] or facts.placement[0] == "query"
            assert told.json()["user"] == (None if client.token is None else "alice")
    assert [one.refusal for one in box.requests if one.refusal] == []


@pytest.mark.parametrize("make", CLIENTS)
@pytest.mark.parametrize("name", [name for name in providers.names() if example_of(name).identity])
def test_a_client_asks_whose_account_it_is(
    likes: Callable[..., ProviderBox], name: str, make: Callable[..., Any]
) -> None:
    box = likes(name)
    identity = box.like.identity
    assert identity is not None
    token = box.issue_token()
    fields = {"oauth_token": token.token, "oauth_token_secret": token.token_secret}
    fields |= dict.fromkeys(identity.token_fields.values(), "from the token")
    with made(make, box, token=fields) as client:
        account = client.fetch_identity()
        if identity.token_fields:
            assert account.id == "from the token"
        elif identity.id_path or identity.name_path:
            assert {account.id, account.name} <= {"id-of-alice", "alice", None}
            assert account.id or account.name
        assert [one.refusal for one in box.requests if one.refusal] == []


@pytest.mark.parametrize("make", CLIENTS)
def test_a_client_uses_what_a_provider_has_besides(likes: Callable[..., ProviderBox], make: Callable[..., Any]) -> None:
    for name in ("etrade", "hattrick"):
        box = likes(name)
        token = box.issue_token()
        with made(make, box, token=token.token, token_secret=token.token_secret) as client:
            if box.like.renew:
                assert client.renew_token()["oauth_token"] == token.token
            if box.like.check:
                assert client.check_token() == "valid"
            client.revoke_token()
            assert client.token is None
        with made(make, box, token=token.token, token_secret=token.token_secret) as client:
            assert client.get(f"{box.origin}/data").status_code == 401
    with made(make, likes("here")) as client:
        assert client.exchange_token()["token_type"] == "bearer"
    with made(make, likes("wordpress")) as client:
        assert client.discover_endpoints().temporary_credentials == likes("wordpress").like.temporary_credentials
