"""Logins without a framework: the application passes the browser's session."""

import asyncio
from typing import Any

import pytest

from oauthone.errors import FlowError
from oauthone.login import OAuth, RemoteApplication, StandaloneApp
from oauthone.testing import ProviderBox

from .sites import registration

CALLBACK = "http://localhost/callback"


def test_the_configuration_fills_in_missing_options(box: ProviderBox) -> None:
    """It is a dict of dicts. A misspelt key is reported."""
    settings = registration(box)
    oauth = OAuth({"box": {**settings, "client_kwargs": {"realm": "a", "version": None}}, "bad": {"clientid": "x"}})

    app = oauth.register("box", client_kwargs={"realm": "b"})

    assert app.client_kwargs == {"realm": "b", "version": None}
    assert oauth.register("box", overwrite=True, client_kwargs={"realm": "b"}).client_kwargs["realm"] == "a"
    with pytest.raises(TypeError, match="clientid"):
        oauth.register("bad")


def test_the_base_classes_are_public() -> None:
    assert issubclass(StandaloneApp, RemoteApplication)


def test_fetch_token_gets_a_request_only_if_there_is_one(box: ProviderBox) -> None:
    """It gets the provider's name alone otherwise, in synchronous and in asynchronous programs."""
    held, asked = box.issue_token()._asdict(), []

    def fetch(*arguments: Any) -> dict[str, str]:
        asked.append(arguments)
        return {f"oauth_{name}": value for name, value in held.items()}

    app = OAuth(secret_key="one", fetch_token=fetch).register("box", **registration(box))

    for options in ({}, {"request": "a"}):
        assert app.get(box.echo_url, **options).status_code == 200
        assert asyncio.run(app.aget(box.echo_url, **options)).status_code == 200
    assert asked == [("box",), ("box",), ("box", "a"), ("box", "a")]


@pytest.mark.seen_in("django-rest-social-auth#97")
def test_two_providers_can_share_a_session(box: ProviderBox) -> None:
    """A token of one is not accepted as a token of the other."""
    oauth = OAuth(secret_key="one")
    one, two = (oauth.register(name, **registration(box)) for name in ("one", "two"))
    session: dict[str, Any] = {}
    callback = box.visit(one.begin(session, "http://localhost/callback"))

    with pytest.raises(FlowError, match="unknown_login"):
        two.finish(session, callback)
    assert one.finish(session, callback)["oauth_token"]


@pytest.mark.parametrize(
    "address",
    [
        "https://app.example/callback?{query}",
        "/callback?{query}",
        "callback?{query}",
        "?{query}",
        "{query}",
        "https://app.example/callback?back=/a?b&{query}#_=_",
    ],
)
@pytest.mark.parametrize("verifier", ["a?b", "?", "a?oauth_token=x", "plain"])
def test_a_verifier_may_hold_a_question_mark(box: ProviderBox, address: str, verifier: str) -> None:
    """The query begins at the first one."""
    from urllib.parse import parse_qs, quote

    app = OAuth(secret_key="one").register("box", **registration(box))
    session: dict[str, Any] = {}
    query = box.visit(app.begin(session, CALLBACK)).partition("?")[2]
    token = quote(parse_qs(query)["oauth_token"][0], safe="")
    sent = address.format(query=f"oauth_token={token}&oauth_verifier={quote(verifier, safe='?')}")
    box.requests.clear()

    with pytest.raises(FlowError, match="401"):
        app.finish(session, sent)

    header = next(one.header("authorization") or "" for one in box.requests)
    assert f'oauth_verifier="{quote(verifier, safe="")}"' in header
