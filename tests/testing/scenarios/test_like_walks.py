"""Each provider of the catalogue is walked against the box that is like it, from the facts about it."""

from collections.abc import Callable

import pytest

from oauthone import providers
from oauthone.testing import BoxToken, ProviderBox

from ..like_walks import fields, leg, send, token_credentials


@pytest.mark.parametrize("name", providers.names())
def test_a_provider(likes: Callable[..., ProviderBox], name: str) -> None:
    """A token is granted, opens the data, and tells who it belongs to."""
    box = likes(name)
    facts = box.like
    if facts.exchange:
        assert fields(leg(box, "exchange"))["access_token"]
        return
    token = None
    if facts.token_credentials:
        granted = token_credentials(box)
        token = BoxToken(granted["oauth_token"], granted["oauth_token_secret"])
        assert granted.keys() >= facts.token_fields.keys()
    elif "static-token" in facts.flows:
        token = box.issue_token()
    told = send(box, f"{facts.api_base[0]}/data", placement=facts.placement[0], token=token)
    assert told.status_code == 200, box.requests[-1].refusal
    assert told.json()["user"] == (None if token is None else "alice")
    if token and facts.identity and facts.identity.url:
        known = send(box, facts.identity.url, method=facts.identity.method[0], token=token)
        assert known.status_code == (303 if facts.identity.redirects else 200), known.text
