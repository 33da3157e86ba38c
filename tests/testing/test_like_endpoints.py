"""Which requests a box answers as the provider that it is like, and which as a box."""

from collections.abc import Callable

import requests

from oauthone.testing import Faults, ProviderBox

from .like_walks import CALLBACK, leg, send, temporary

Likes = Callable[..., ProviderBox]


def get(url: str) -> requests.Response:
    with requests.Session() as session:
        session.trust_env = False
        return session.get(url)


def test_the_addresses_of_a_plain_box_are_not_there(likes: Likes) -> None:
    box = likes("flickr")
    for path in ("/oauth/request_token", "/oauth/authorize", "/oauth/access_token"):
        answer = send(box, box.origin + path, token=box.issue_token())
        assert answer.json()["user"] == "alice", path
    assert get(f"{box.origin}/oauth/request_token").status_code == 401


def test_what_a_box_has_besides(likes: Likes) -> None:
    box = likes("flickr")
    assert get(box.open_url).status_code == 200
    assert get(box.landing_url).status_code == 200
    assert send(box, box.redirect_url("/x"), token=box.issue_token()).status_code == 302
    maas = likes("maas")
    outside = send(maas, f"{maas.origin}/elsewhere", token=maas.issue_token())
    assert outside.json()["user"] == "alice"


def test_requests_for_data_need_a_token_unless_the_provider_has_others(likes: Likes) -> None:
    for name, accepted in (("noun-project", True), ("trademe", True), ("discogs", False), ("bricklink", False)):
        box = likes(name)
        assert (send(box, f"{box.origin}/x").status_code == 200) is accepted, name


def test_a_request_is_recorded_with_its_refusal(likes: Likes) -> None:
    box = likes("x")
    leg(box, "temporary_credentials", redirect_uri=CALLBACK, client_secret="wrong")
    assert box.requests[-1].refused is not None
    assert box.requests[-1].verified is None
    temporary(box)
    assert box.requests[-1].refused is None
    assert box.requests[-1].verified is not None
    send(box, f"{box.origin}/1.1/x", token=box.issue_token())
    assert box.requests[-1].verified is not None
    assert len(box.requests) == 3


def test_one_address_for_temporary_credentials_and_tokens(likes: Likes) -> None:
    """What has no parameters at all asks for temporary credentials, which is refused."""
    box = likes("evernote")
    assert get(box.request_token_url).status_code == 401
    assert box.requests[-1].refused is not None
    assert temporary(box)


def test_the_method_of_the_identity(likes: Likes) -> None:
    box = likes("instapaper")
    url, token = f"{box.origin}/api/1/account/verify_credentials", box.issue_token()
    assert send(box, url, token=token).status_code == 400
    assert send(box, url, token=token, method="POST").status_code == 200


def test_discovery(likes: Likes) -> None:
    box = likes("wordpress")
    told = get(f"{box.origin}/wp-json/").json()
    assert told["authentication"]["oauth1"] == {
        "request": f"{box.origin}/oauth1/request",
        "authorize": f"{box.origin}/oauth1/authorize",
        "access": f"{box.origin}/oauth1/access",
    }


def test_faults_of_a_provider(likes: Likes) -> None:
    box = likes("discogs")
    try:
        box.faults = Faults(problem="consumer_key_rejected", delay=0.01)
        answer = leg(box, "temporary_credentials", redirect_uri=CALLBACK)
        assert (answer.status_code, answer.text) == (401, "oauth_problem=consumer_key_rejected")
        box.faults = Faults(token_response="json", callback_confirmed=None)
        told = leg(box, "temporary_credentials", redirect_uri=CALLBACK)
        assert told.json().keys() == {"oauth_token", "oauth_token_secret"}
        assert leg(likes("here"), "exchange").json()["token_type"] == "bearer"
        box.faults = Faults(clock_skew=1000)
        assert leg(box, "temporary_credentials", redirect_uri=CALLBACK).status_code == 401
    finally:
        box.faults = Faults()
    assert leg(box, "temporary_credentials", redirect_uri=CALLBACK).status_code == 200


def test_a_login_of_the_provider_itself_over_tls() -> None:
    with ProviderBox(like="discogs", tls=True) as box:
        assert box.request_token_url.startswith("https://127.0.0.1:")
