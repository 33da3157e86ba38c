"""What a provider requires: each rule refuses a request, and accepts the one beside it."""

from collections.abc import Callable
from typing import Any

import pytest
import requests

from oauthone.errors import VerificationError
from oauthone.providers._model import Callback, Parameter
from oauthone.server import Client
from oauthone.testing import ProviderBox
from oauthone.testing._like_rules import allowed_callback, check_parameters
from oauthone.testing._likeness import example_of

from .like_walks import CALLBACK, leg, send, temporary

Likes = Callable[..., ProviderBox]


def reason(box: ProviderBox, response: requests.Response) -> str:
    """Return why the box refused its last request."""
    refusal = box.requests[-1].refusal
    assert refusal is not None, response.text
    return refusal.reason


def test_the_method_of_a_leg(likes: Likes) -> None:
    box = likes("tumblr")
    refused = leg(box, "temporary_credentials", method="GET", redirect_uri=CALLBACK)
    assert reason(box, refused) == "the provider takes POST at this address, not GET"
    assert refused.status_code == 400
    assert leg(box, "temporary_credentials", method="POST", redirect_uri=CALLBACK).status_code == 200

    box = likes("discogs")
    for method in ("GET", "POST"):
        assert leg(box, "temporary_credentials", method=method, redirect_uri=CALLBACK).status_code == 200


@pytest.mark.parametrize(
    ("name", "refused", "accepted"), [("launchpad", "header", "body"), ("fatsecret", "header", "query")]
)
def test_the_placement_of_a_leg(likes: Likes, name: str, refused: str, accepted: str) -> None:
    box = likes(name)
    options: dict[str, Any] = {"redirect_uri": CALLBACK if name == "fatsecret" else None}
    answer = leg(box, "temporary_credentials", placement=refused, **options)
    assert reason(box, answer).startswith("the protocol parameters are in the header, not in the")
    method = "POST" if accepted == "body" else "GET"
    assert leg(box, "temporary_credentials", placement=accepted, method=method, **options).status_code == 200


def test_the_placement_of_a_request_for_data(likes: Likes) -> None:
    box = likes("trademe")
    token = box.issue_token()
    assert send(box, f"{box.origin}/x", token=token).status_code == 200
    box = likes("woocommerce")
    url = f"{box.like.api_base[0]}/orders"
    assert send(box, url, placement="query").status_code == 200
    assert send(box, url, placement="header").status_code == 200
    box = likes("tumblr")
    refused = send(box, f"{box.origin}/x", placement="query", token=box.issue_token())
    assert reason(box, refused) == "the protocol parameters are in the query, not in the header"


@pytest.mark.parametrize("wrong", ["1234567-sb1", "", None])
def test_the_realm_that_is_the_account(likes: Likes, wrong: str | None) -> None:
    box = likes("netsuite")
    refused = leg(box, "temporary_credentials", realm=wrong, redirect_uri=CALLBACK)
    assert reason(box, refused) == f"the realm is {wrong!r}, not '1234567_SB1'"
    assert leg(box, "temporary_credentials", realm="1234567_SB1", redirect_uri=CALLBACK).status_code == 200


def test_the_realm_that_tells_nothing(likes: Likes) -> None:
    box = likes("schoology")
    for realm in ("Schoology API", "OAuth", None):
        assert leg(box, "temporary_credentials", realm=realm, redirect_uri=None).status_code == 200


def test_the_realm_that_is_the_url(likes: Likes) -> None:
    box = likes("cardmarket")
    url, token = f"{box.origin}/ws/v2.0/games", box.issue_token()
    assert send(box, f"{url}?page=1", token=token).status_code == 200
    assert "the realm is" in reason(box, send(box, f"{url}?page=1", token=token, realm=f"{url}?page=1"))


@pytest.mark.parametrize("agent", ["", "python-requests/2.32", "curl/8.0"])
def test_a_user_agent(likes: Likes, agent: str) -> None:
    box = likes("discogs")
    refused = leg(box, "temporary_credentials", redirect_uri=CALLBACK, agent=agent)
    assert reason(box, refused) == f"the User-Agent {agent!r} does not identify an application"
    assert leg(box, "temporary_credentials", redirect_uri=CALLBACK).status_code == 200
    other = likes("tumblr")
    assert leg(other, "temporary_credentials", redirect_uri=CALLBACK, agent=agent).status_code == 200


def test_a_version(likes: Likes) -> None:
    box = likes("woocommerce")
    url = f"{box.like.api_base[0]}/orders"
    assert reason(box, send(box, url, placement="query", version="1.0")) == "there is an oauth_version"
    assert send(box, url, placement="query", version=None).status_code == 200


def test_an_empty_token(likes: Likes) -> None:
    box = likes("schoology")
    url = f"{box.origin}/v1/users/1"
    refused = send(box, url, empty_token=False)
    assert reason(box, refused) == "oauth_token is missing: it is sent empty if there is none"
    assert send(box, url).status_code == 200


def test_a_body_hash(likes: Likes) -> None:
    box = likes("mastercard")
    url = f"{box.origin}/x"
    assert reason(box, send(box, url, body_hash="auto")) == "oauth_body_hash is missing"
    assert send(box, url, body_hash="always").status_code == 200


def test_the_length_of_a_nonce(likes: Likes) -> None:
    box = likes("netsuite")
    token = box.issue_token()
    url = f"{box.origin}/x"
    assert "shorter than 6" in reason(box, send(box, url, token=token, nonce=lambda: "12345"))
    assert send(box, url, token=token, nonce=lambda: "123456").status_code == 200
    box = likes("tripit")
    token = box.issue_token()
    assert "longer than 80" in reason(box, send(box, url := f"{box.origin}/v1/x", token=token, nonce=lambda: "a" * 81))
    assert send(box, url, token=token, nonce=lambda: "a" * 80).status_code == 200


def test_a_timestamp_that_goes_back(likes: Likes) -> None:
    now = likes("fatsecret").clock()
    box = likes("fatsecret")
    token, url = box.issue_token(), f"{box.origin}/x"
    assert send(box, url, token=token, clock=lambda: now).status_code == 200
    refused = send(box, url, token=token, clock=lambda: now - 1)
    assert reason(box, refused) == "oauth_timestamp is older than that of an earlier request"
    assert send(box, url, token=token, clock=lambda: now).status_code == 200
    assert send(box, url, token=box.issue_token(), clock=lambda: now - 1).status_code == 200


def test_the_window_of_timestamps(likes: Likes) -> None:
    box = likes("tripit")
    token, now = box.issue_token(), box.clock()
    assert send(box, f"{box.origin}/v1/x", token=token, clock=lambda: now - 10_000).status_code == 200
    assert send(box, f"{box.origin}/v1/x", token=token, clock=lambda: now - 11_000).status_code == 401


@pytest.mark.parametrize(
    ("name", "form", "problem"),
    [
        ("hatena", {"scope": "read_everything"}, "scope is 'read_everything'"),
        ("hatena", {"scope": "read_public,write_public"}, None),
        ("ravelry", {"scope": "profile-only admin"}, "scope is 'admin'"),
        ("ravelry", {"scope": "profile-only"}, None),
    ],
)
def test_a_parameter_with_values(likes: Likes, name: str, form: dict[str, str], problem: str | None) -> None:
    box = likes(name)
    answer = leg(box, "temporary_credentials", redirect_uri=CALLBACK, form=form)
    if problem is None:
        assert answer.status_code == 200
    else:
        assert problem in reason(box, answer)


def test_a_parameter_that_is_required_or_repeated() -> None:
    known = {"scope": Parameter(required=True), "level": Parameter(values=("a", "b"), repeat=True)}
    check_parameters(known, [("scope", "anything"), ("level", "a"), ("level", "b")])
    for wrong, problem in (
        ([], "scope is missing"),
        ([("scope", "a"), ("scope", "b")], "scope is there twice"),
        ([("scope", "a"), ("level", "c")], "level is 'c'"),
    ):
        with pytest.raises(VerificationError, match=problem):
            check_parameters(known, wrong)


@pytest.mark.parametrize(
    ("name", "method", "accepted"),
    [("trademe", "HMAC-SHA1", True), ("launchpad", "HMAC-SHA1", False), ("magento2", "HMAC-SHA1", False)],
)
def test_the_signature_method(likes: Likes, name: str, method: str, accepted: bool) -> None:
    box = likes(name)
    assert (method in box.clients) is accepted
    if not accepted:
        options: dict[str, Any] = {"signature_method": method, "redirect_uri": None}
        leg(box, "temporary_credentials", **options)
        refusal = box.requests[-1].refusal
        assert refusal is not None
        assert refusal.error.problem == "signature_method_rejected"


def test_an_empty_secret(likes: Likes) -> None:
    """Whoever signs with a secret there is refused."""
    box = likes("launchpad")
    refused = leg(box, "temporary_credentials", redirect_uri=None, client_secret="a secret")
    assert reason(box, refused).startswith("the signature does not match")
    assert leg(box, "temporary_credentials", redirect_uri=None).status_code == 200
    maas = likes("maas")
    token, url = maas.issue_token(), f"{maas.like.api_base[0]}/machines/"
    assert send(maas, url, token=token, client_secret="a secret").status_code == 401
    assert send(maas, url, token=token).status_code == 200


# --- callbacks --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "given", "problem"),
    [
        (Callback("temporary_credentials"), None, "oauth_callback is missing"),
        (Callback("temporary_credentials", optional=True), None, None),
        (Callback("authorization"), None, None),
        (Callback("temporary_credentials", oob=False), "oob", "which the provider does not know"),
        (Callback("temporary_credentials", oob=True), "oob", None),
        (Callback("temporary_credentials"), "oob", None),
        (Callback("temporary_credentials"), "/callback", "not an absolute URL"),
        (Callback("temporary_credentials"), "https:/callback", "not an absolute URL"),
        (Callback("temporary_credentials"), "com.example.app:/back", None),
        (Callback("temporary_credentials", registered="exact"), "https://app.example/a?b", "is not registered"),
        (Callback("temporary_credentials", registered="exact"), "https://app.example/a", None),
        (Callback("temporary_credentials", registered="prefix"), "https://app.example/b", "is not registered"),
        (Callback("temporary_credentials", registered="prefix"), "https://app.example/a?b", None),
        (Callback("temporary_credentials", registered="host"), "https://app.test/a", "is not registered"),
        (Callback("temporary_credentials", registered="host"), "https://app.example/b", None),
        (None, None, None),
        (None, "https://app.example/b", None),
    ],
)
def test_which_callbacks_are_allowed(rule: Callback | None, given: str | None, problem: str | None) -> None:
    facts = example_of("flickr")._replace(callback=rule)
    registered = "https://app.example/a"
    client = Client("box", callbacks=(registered,))
    if problem is not None:
        with pytest.raises(VerificationError, match=problem):
            allowed_callback(facts, client, given)
    else:
        assert allowed_callback(facts, client, given) == (given if given not in (None, "oob") else registered)
        assert allowed_callback(facts._replace(callback=None), Client("box"), "oob") is None


def test_a_callback_that_is_not_registered(likes: Likes) -> None:
    box = likes("x")
    refused = leg(box, "temporary_credentials", redirect_uri="https://other.example/callback")
    assert "oauth_callback is not registered" in reason(box, refused)
    assert temporary(box, redirect_uri=CALLBACK)
