"""Who a token is for."""

from typing import Any

import pytest

from oauthone.cli.identity import user_of
from oauthone.clients.requests import OAuth1Session
from oauthone.testing import ProviderBox


@pytest.fixture
def session(box: ProviderBox) -> Any:
    issued = box.issue_token()
    with OAuth1Session(**box.client.credentials(), token=issued.token, token_secret=issued.token_secret) as session:
        yield session


def test_without_a_url_nobody_is_named(session: OAuth1Session) -> None:
    assert user_of(session, None) is None


def test_a_url_names_the_account(session: OAuth1Session, box: ProviderBox) -> None:
    assert user_of(session, box.echo_url) == "alice"


def test_a_refusal_is_an_error(session: OAuth1Session, box: ProviderBox) -> None:
    session.token = {"oauth_token": "other", "oauth_token_secret": ""}
    with pytest.raises(OSError, match="401"):
        user_of(session, box.echo_url)


def test_a_provider_of_the_catalogue_names_the_account() -> None:
    with ProviderBox(like="discogs") as box:
        issued = box.issue_token()
        token = {"oauth_token": issued.token, "oauth_token_secret": issued.token_secret}
        client_id, secret = box.client.client_id, box.client.client_secret
        with OAuth1Session(client_id, secret, token=token, provider=box.like) as session:
            session.headers["User-Agent"] = "oauthone"
            assert user_of(session, None) == "alice"
