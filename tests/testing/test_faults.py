"""The faults of real providers, switched on in a box, and how a session handles them."""

import re
import time
from collections.abc import Iterator
from urllib.parse import parse_qs

import pytest
import requests

from oauthone.clients.requests import OAuth1Auth, OAuth1Session
from oauthone.errors import AccessDenied, CallbackError, OAuthError, TokenResponseError
from oauthone.testing import Faults, ProviderBox


@pytest.fixture
def box() -> Iterator[ProviderBox]:
    with ProviderBox() as box:
        yield box


@pytest.fixture
def client(box: ProviderBox) -> Iterator[OAuth1Session]:
    with OAuth1Session(**box.client.credentials(), redirect_uri=box.landing_url) as client:
        yield client


def test_credentials_in_json_work_like_credentials_in_a_form(box: ProviderBox, client: OAuth1Session) -> None:
    """Credentials in JSON work like credentials in a form, in both legs."""
    box.faults = Faults(token_response="json")

    client.fetch_request_token(box.request_token_url)
    client.parse_authorization_response(box.visit(client.create_authorization_url(box.authorize_url)))
    client.fetch_access_token(box.access_token_url)

    assert client.get(box.echo_url).json()["user"] == "alice"


@pytest.mark.parametrize("place", ["body", "header", "html", "ok"])
def test_a_problem_is_found_wherever_it_is_written(box: ProviderBox, client: OAuth1Session, place: str) -> None:
    """In the body, the challenge, an HTML page, or a response with the status 200."""
    box.faults = Faults(problem="consumer_key_rejected")._replace(problem_in=place)

    with pytest.raises(TokenResponseError) as caught:
        client.fetch_request_token(box.request_token_url)

    assert caught.value.problem == caught.value.error == "consumer_key_rejected"
    assert caught.value.status == (200 if place == "ok" else 401)


def test_a_callback_with_another_token_is_rejected(box: ProviderBox, client: OAuth1Session) -> None:
    """That callback is rejected, and the right one is still accepted."""
    client.fetch_request_token(box.request_token_url)
    address = client.create_authorization_url(box.authorize_url)
    box.faults = Faults(wrong_token=True)

    with pytest.raises(CallbackError) as caught:
        client.parse_authorization_response(box.visit(address))

    assert caught.value.error == "token_mismatch"
    box.faults = Faults()
    client.parse_authorization_response(box.visit(address))
    assert client.fetch_access_token(box.access_token_url)["oauth_token"]


@pytest.mark.parametrize("confirmed", ["false", None])
def test_an_unconfirmed_callback_is_an_error(box: ProviderBox, client: OAuth1Session, confirmed: str | None) -> None:
    """Neither ``false`` nor a missing value is a confirmation."""
    box.faults = Faults(callback_confirmed=confirmed)

    with pytest.raises(OAuthError) as caught:
        client.fetch_request_token(box.request_token_url)

    assert caught.value.error == "callback_not_confirmed"


def test_a_slow_answer_runs_into_the_callers_timeout(box: ProviderBox, client: OAuth1Session) -> None:
    """The timeout is passed to the HTTP library."""
    box.faults = Faults(delay=5)

    with pytest.raises(requests.ReadTimeout):
        client.fetch_request_token(box.request_token_url, timeout=0.2)


@pytest.mark.parametrize("padding", ["huge", "gzip bomb"])
def test_an_endless_answer_is_cut_off(box: ProviderBox, client: OAuth1Session, padding: str) -> None:
    """The client reads no more than the limit, after decompression."""
    box.faults = Faults()._replace(padding=padding)

    with pytest.raises(TokenResponseError) as caught:
        client.fetch_request_token(box.request_token_url)

    assert caught.value.error == "response_too_large"


def test_a_providers_clock_that_is_ahead(box: ProviderBox, client: OAuth1Session) -> None:
    """The rejection names the difference; a client with the same clock is accepted."""
    box.faults = Faults(clock_skew=3600)

    with pytest.raises(TokenResponseError) as caught:
        client.fetch_request_token(box.request_token_url)

    assert caught.value.problem == "timestamp_refused"
    assert re.search(r"oauth_timestamp is 360[01] s behind", str(box.requests[-1].refused))
    ahead = OAuth1Session(**box.client.credentials(), clock=lambda: time.time() + 3600)
    assert ahead.fetch_request_token(box.request_token_url)["oauth_token"]


def test_a_provider_that_refuses_every_nonce(box: ProviderBox, client: OAuth1Session) -> None:
    """The session does not retry by itself."""
    box.faults = Faults(refuse_nonces=True)

    with pytest.raises(TokenResponseError) as caught:
        client.fetch_request_token(box.request_token_url)

    assert caught.value.problem == "nonce_used"
    assert len(box.requests) == 1


def test_a_refusal_of_its_own_is_not_made_worse(box: ProviderBox) -> None:
    """Faults change what a correct provider grants, not what it rejects."""
    box.faults = Faults(token_response="json", callback_confirmed="false")

    with pytest.raises(TokenResponseError) as caught:
        OAuth1Session(box.client.client_id, "wrong").fetch_request_token(box.request_token_url)

    assert caught.value.problem == "signature_invalid"


def test_a_resource_owner_who_always_refuses() -> None:
    """The callback reports the denial, and the session raises it."""
    with ProviderBox(decision="deny") as box:
        client = OAuth1Session(**box.client.credentials(), redirect_uri=box.landing_url)
        client.fetch_request_token(box.request_token_url)
        callback = box.visit(client.create_authorization_url(box.authorize_url))

        with pytest.raises(AccessDenied) as caught:
            client.parse_authorization_response(callback)

    assert caught.value.error == "user_refused"


def test_odd_values_catch_careless_encoding() -> None:
    """With the option, identifiers and secrets need encoding, and a session handles them in every placement."""
    with ProviderBox(odd_values=True) as box:
        token = box.issue_token()
        for value in (box.client.client_id, box.client.client_secret, token.token, token.token_secret):
            assert {" ", "+", "&", "%", "é"} <= set(value)
        for placement in ("HEADER", "QUERY", "BODY"):
            client = OAuth1Session(**box.client.credentials(), **token._asdict(), signature_type=placement)
            assert client.post(box.echo_url).json()["token"] == token.token


@pytest.mark.parametrize("place", ["query", "form", "query of a form", "nowhere"])
@pytest.mark.parametrize("callback", ["https://app.example/cb?a=b&c=%C3%A9+d", "oob"])
def test_a_callback_beside_the_header_is_accepted_only_with_that_fault(
    box: ProviderBox, place: str, callback: str
) -> None:
    """Some clients send it there. A strict provider rejects it, and one with this fault continues."""
    signed = OAuth1Auth(**box.client.credentials())
    arguments = {
        "query": {"params": {"oauth_callback": callback, "scope": "é"}},
        "form": {"data": {"scope": "é", "oauth_callback": callback}},
        "query of a form": {"params": {"oauth_callback": callback}, "data": {"scope": "é"}},
        "nowhere": {"data": {"scope": "é"}},
    }[place]

    def post() -> requests.Response:
        return requests.post(box.request_token_url, auth=signed, timeout=10, **arguments)

    assert post().status_code == 400
    box.faults = Faults(callback_anywhere=True)
    answer = post()

    assert answer.status_code == (400 if place == "nowhere" else 200)
    if place != "nowhere":
        token = parse_qs(answer.text)["oauth_token"][0]
        pending = box.store.find_pending(token)
        assert pending is not None
        assert pending.callback == (None if callback == "oob" else callback)


def test_overlooking_changes_nothing_else(box: ProviderBox, client: OAuth1Session) -> None:
    """A callback in its place, a repeated one, and a wrong signature are handled as before."""
    box.faults = Faults(callback_anywhere=True)
    assert client.fetch_request_token(box.request_token_url)["oauth_token"]
    with pytest.raises(TokenResponseError):
        client.fetch_request_token(f"{box.request_token_url}?oauth_callback=oob")
    signed = OAuth1Auth(box.client.client_id, "wrong")
    wrong = requests.post(box.request_token_url, params={"oauth_callback": "oob"}, auth=signed, timeout=10)
    assert wrong.status_code == 401
    assert requests.post(box.request_token_url, data={"oauth_callback": "oob"}, timeout=10).status_code == 400


@pytest.mark.parametrize("body", [b"oauth_callback=\xff&a=\xff", b"oauth_callback=oob&a=\xc3\xa9"])
def test_a_callback_anywhere_beside_octets_beyond_ascii(box: ProviderBox, body: bytes) -> None:
    box.faults = Faults(callback_anywhere=True)
    headers = {"Authorization": 'OAuth oauth_nonce="a"', "Content-Type": "application/x-www-form-urlencoded"}
    assert requests.post(box.request_token_url, body, headers=headers).status_code in (400, 401)
