"""The page on which a resource owner decides: its parameters, and what the callback says afterwards."""

import re
from collections.abc import Callable
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests

from oauthone.providers._model import Callback
from oauthone.testing import ProviderBox

from .like_walks import CALLBACK, authorization_url, came_back, leg, temporary, token_of

Likes = Callable[..., ProviderBox]


def test_renamed_parameters(likes: Likes) -> None:
    box = likes("etrade")
    pending = temporary(box)
    url = authorization_url(box, pending)
    assert dict(parse_qsl(urlsplit(url).query)) == {"key": box.client.client_id, "token": pending.token}
    with pytest.raises(ValueError, match="No authorization is pending"):
        box.visit(url.replace("token=", "oauth_token="))
    with pytest.raises(ValueError, match="key is not the consumer key"):
        box.visit(url.replace(box.client.client_id, "other"))
    assert came_back(box, url)["oauth_token"] == pending.token


def test_a_parameter_of_the_page(likes: Likes) -> None:
    box = likes("flickr")
    pending = temporary(box)
    with pytest.raises(ValueError, match=r"Perms is .*admin"):
        box.visit(authorization_url(box, pending, perms="admin"))
    assert came_back(box, authorization_url(box, pending, perms="write"))["oauth_verifier"]


def test_the_address_holds_the_page_in_its_query(likes: Likes) -> None:
    box = likes("mediawiki")
    assert came_back(box, authorization_url(box, temporary(box)))["oauth_verifier"]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("discogs", {"oauth_token": "<token>", "oauth_problem": "user_refused"}),
        ("x", {"denied": "<token>"}),
        ("openmage", {"rejected": "1"}),
        ("netsuite", {"oauth_verifier": ""}),
        ("tripit", {"oauth_token": "<token>"}),
        ("cardmarket", {"request_token": "<token>", "oauth_problem": "user_refused"}),
    ],
)
def test_what_a_refusal_looks_like(likes: Likes, name: str, told: dict[str, str]) -> None:
    box = likes(name)
    box.decision = "deny"
    if name == "cardmarket":
        back = came_back(box, box.like.authorization.url)  # type: ignore[union-attr]
        assert {key: "<token>" if key == "request_token" else value for key, value in back.items()} == told
        return
    pending = temporary(box)
    back = came_back(box, authorization_url(box, pending))
    assert {key: value.replace(pending.token, "<token>") for key, value in back.items()} == told
    assert leg(box, "token_credentials", pending, verifier="v").status_code >= 400


def test_the_callback_is_on_the_page(likes: Likes) -> None:
    box = likes("launchpad")
    pending = temporary(box)
    assert came_back(box, authorization_url(box, pending)) == {"oauth_token": pending.token}
    pending = temporary(box)
    with pytest.raises(ValueError, match="not an absolute URL"):
        box.visit(authorization_url(box, pending, oauth_callback="/callback"))
    other = likes("discogs")  # which takes it with the request for temporary credentials
    url = authorization_url(other, temporary(other), oauth_callback="https://evil.example/")
    assert came_back(other, url)["oauth_verifier"]


def test_it_is_not_known_where_the_callback_goes(with_facts: Callable[..., ProviderBox]) -> None:
    for callback in (None, Callback(oob=True)):
        box = with_facts("garmin", callback=callback)
        pending = token_of(leg(box, "temporary_credentials", redirect_uri="oob"))
        url = authorization_url(box, pending, oauth_callback=CALLBACK)
        assert came_back(box, url)["oauth_verifier"]


def test_no_code_is_shown_without_verifiers(with_facts: Callable[..., ProviderBox]) -> None:
    box = with_facts("launchpad", callbacks=[])
    pending = temporary(box)
    url = f"{box.authorize_url}?oauth_token={pending.token}"
    assert box.visit(url) == ""
    assert leg(box, "token_credentials", pending).status_code == 200
    box.decision = "deny"
    assert box.visit(f"{box.authorize_url}?oauth_token={temporary(box).token}") == ""


@pytest.mark.parametrize("name", ["mediawiki", "etrade"])
def test_a_person_decides(likes: Likes, name: str) -> None:
    """The form of the page leads back to the provider's own address."""
    box = likes(name)
    box.decision = None
    pending = temporary(box)
    with requests.Session() as browser:
        browser.trust_env = False
        page = browser.get(authorization_url(box, pending)).text
        action = re.search(r'action="([^"]+)"', page)
        proof = re.search(r'value="(approve\.[^"]+)"', page)
        assert action
        assert proof
        sent = {"oauth_token": pending.token, "decision": proof[1]}
        done = browser.post(f"{box.origin}{action[1]}", data=sent, allow_redirects=False)
    assert done.status_code == 302, done.text
    assert done.headers["location"].startswith(CALLBACK)
    assert action[1] == box.authorize_url.removeprefix(box.origin)
