"""The requests about a token, run without a network."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from traceback import walk_tb
from typing import Any

import pytest

from oauthone import providers
from oauthone.clients._auth import SigningAuth
from oauthone.clients._flow_options import FlowSettings
from oauthone.clients._flow_state import FlowState
from oauthone.clients._provider_requests import check, discovery, exchange, identity, renewal, revocation
from oauthone.core.drive import run
from oauthone.core.flow import Leg, Reply
from oauthone.errors import ConfigurationError, FlowError, InsecureTransportError, TokenResponseError
from oauthone.providers import Account, Provider
from oauthone.providers._model import Table

WORDPRESS = providers.get("wordpress", base_url="https://blog.example")


def state_of(provider: "str | Provider | None", insecure: bool = False, **token: Any) -> FlowState:
    options = dict.fromkeys(("token_secret", "redirect_uri", "verifier"))
    settings = FlowSettings(None, None, insecure)
    held = {"oauth_token": "t", "oauth_token_secret": "hush", **token} if token.get("oauth_token", "t") else None
    return FlowState(SigningAuth, "key", "secret", token=held, settings=settings, provider=provider, **options)


def answering(*replies: Reply, sent: list[Leg] | None = None) -> Callable[[Leg], Reply]:
    waiting = iter(replies)

    def handler(leg: Leg) -> Reply:
        if sent is not None:
            sent.append(leg)
        return next(waiting)

    return handler


def said(text: str, status: int = 200, **headers: str) -> Reply:
    return Reply(status, list(headers.items()), text.encode())


# --- renewal, revocation, check ---------------------------------------------------------------------------------------


def test_a_renewal_keeps_the_token_or_brings_another() -> None:
    state, sent = state_of("etrade"), list[Leg]()
    request = renewal(state, {"timeout": 3})
    assert request.target.options == {"timeout": 3}
    assert request.target.signature_type == "HEADER"
    renewed = run(request.effects, answering(said("Access Token has been renewed"), sent=sent))
    assert renewed == state.token
    assert sent == [Leg("GET", "https://api.etrade.com/oauth/renew_access_token", "t", "hush")]
    new = said("oauth_token=t2&oauth_token_secret=&expires=1")
    renewed = run(renewal(state, {}).effects, answering(new))
    assert renewed == {"oauth_token": "t2", "oauth_token_secret": "", "expires": "1"}


def test_a_revocation_and_a_check_return_what_the_provider_says() -> None:
    sent = list[Leg]()
    assert run(revocation(state_of("x"), {}).effects, answering(said('{"access_token": "t"}'), sent=sent))
    assert sent == [Leg("POST", "https://api.x.com/1.1/oauth/invalidate_token", "t", "hush")]
    assert run(check(state_of("hattrick"), {}).effects, answering(said("<Token/>"))) == "<Token/>"


@pytest.mark.parametrize("make", [renewal, revocation])
def test_a_refusal_has_its_problem_and_no_secret(make: Any) -> None:
    refused = said("<html>oauth_problem=token_expired<p>hush</p></html>", 401)
    with pytest.raises(TokenResponseError) as raised:
        run(make(state_of("etrade"), {}).effects, answering(refused))
    assert (raised.value.problem, raised.value.status) == ("token_expired", 401)
    assert "hush" not in str(raised.value)


@pytest.mark.parametrize("make", [renewal, revocation, check, identity])
def test_what_needs_a_token(make: Any) -> None:
    facts = providers.get("x")._replace(renew=providers.get("etrade").renew, check=providers.get("hattrick").check)
    with pytest.raises(FlowError, match=r"needs a token: call fetch_access_token\(\) first, or pass token=…"):
        make(state_of(facts, oauth_token=None), {})


@pytest.mark.parametrize(
    ("make", "method"),
    [
        (renewal, "renew_token"),
        (revocation, "revoke_token"),
        (check, "check_token"),
        (exchange, "exchange_token"),
        (identity, "fetch_identity"),
        (discovery, "discover_endpoints"),
    ],
)
def test_what_needs_a_provider(make: Any, method: str) -> None:
    with pytest.raises(ConfigurationError, match=rf"{method}\(\) needs the facts about the provider: .* provider=…"):
        make(state_of(None), {})


@pytest.mark.parametrize("make", [renewal, revocation, check, exchange, identity, discovery])
def test_what_the_provider_does_not_have(make: Any) -> None:
    with pytest.raises(ConfigurationError, match="'bricklink'"):
        make(state_of("bricklink"), {})


# --- a bearer token ---------------------------------------------------------------------------------------------------


def test_an_exchange_for_a_bearer_token() -> None:
    request = exchange(state_of("here", oauth_token=None), {"scope": "hrn:project", "timeout": 3})
    form = {"grant_type": "client_credentials", "scope": "hrn:project"}
    assert request.target.options == {"timeout": 3, "data": form}
    sent = list[Leg]()
    found = run(request.effects, answering(said('{"access_token": "b", "expires_in": 5}'), sent=sent))
    assert found == {"access_token": "b", "expires_in": 5}
    assert sent == [Leg("POST", "https://account.api.here.com/oauth2/token")]


@pytest.mark.parametrize("text", ["", "{}", '{"access_token": 7}', "[]"])
def test_an_exchange_without_a_token(text: str) -> None:
    with pytest.raises(FlowError, match="the provider answered 200, but without an access_token"):
        run(exchange(state_of("here", oauth_token=None), {}).effects, answering(said(text)))


@pytest.mark.parametrize("allowed", [False, True])
def test_a_token_does_not_come_back_over_plain_http(allowed: bool) -> None:
    """Unless the caller allows it by name, as for the legs."""
    here = providers.get("here")
    assert here.exchange is not None
    plain = here.exchange._replace(url="http://box.example/token")
    facts = here._replace(exchange=plain, renew=plain._replace(parameters=Table()), flows=("static-token",))
    for make, answer in ((exchange, '{"access_token": "b"}'), (renewal, "renewed")):
        effects = make(state_of(facts, insecure=allowed), {}).effects
        if allowed:
            assert run(effects, answering(said(answer)))
        else:
            with pytest.raises(InsecureTransportError):
                run(effects, answering())


# --- identity ---------------------------------------------------------------------------------------------------------


def test_the_account_at_an_address() -> None:
    sent = list[Leg]()
    answer = said('{"id": 7, "username": "al", "resource_url": "x"}')
    account = run(identity(state_of("discogs"), {}).effects, answering(answer, sent=sent))
    assert account[:2] == ("7", "al")
    assert sent == [Leg("GET", "https://api.discogs.com/oauth/identity", "t", "hush")]


def test_the_account_in_the_token_response_needs_no_request() -> None:
    state = state_of("zotero", userID="7", username="al")
    assert run(identity(state, {}).effects, answering()) == Account("7", "al", {"userID": "7", "username": "al"})
    with pytest.raises(FlowError, match="the token has no userID and username: pass the whole dict"):
        run(identity(state_of("zotero"), {}).effects, answering())


def test_an_account_in_xml() -> None:
    answer = said('<Response><Profile ref="a"><screen_name>al</screen_name></Profile></Response>')
    assert run(identity(state_of("tripit"), {}).effects, answering(answer))[:2] == ("a", "al")


def test_a_redirect_to_the_account() -> None:
    """It is signed anew, but only at an address of the provider, and only if the provider is known to redirect."""
    sent = list[Leg]()
    moved = said("", 303, Location="/v1/users/7")
    account = run(
        identity(state_of("schoology"), {}).effects,
        answering(moved, said('{"id": 7, "name_display": "Al"}'), sent=sent),
    )
    assert account[:2] == ("7", "Al")
    assert [leg.url for leg in sent] == [
        "https://api.schoology.com/v1/users/me",
        "https://api.schoology.com/v1/users/7",
    ]
    away = said("", 303, Location="https://evil.example/v1/users/7")
    with pytest.raises(FlowError, match=r"not one of its own: 'https://evil\.example/v1/users/7'"):
        run(identity(state_of("schoology"), {}).effects, answering(away))
    with pytest.raises(TokenResponseError, match="a redirect, which is not followed"):
        run(identity(state_of("discogs"), {}).effects, answering(said("", 302, Location="/x")))
    with pytest.raises(TokenResponseError, match="a redirect, which is not followed"):
        run(identity(state_of("schoology"), {}).effects, answering(*[moved] * 6))
    with pytest.raises(TokenResponseError, match="a redirect, which is not followed"):
        run(identity(state_of("schoology"), {}).effects, answering(said("", 303)))


def jwt(nonce: str) -> str:
    claims = {"iss": "https://meta.wikimedia.org", "aud": "key", "nonce": nonce, "iat": time.time(), "sub": 7}
    parts = [json.dumps(one).encode() for one in ({"alg": "HS256"}, {**claims, "username": "Al"})]
    head = ".".join(base64.urlsafe_b64encode(one).decode().rstrip("=") for one in parts)
    signature = hmac.new(b"secret", head.encode(), hashlib.sha256).digest()
    return f"{head}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}"


@pytest.mark.parametrize(
    ("headers", "works"),
    [
        ([("Accept", "x"), ("Authorization", 'OAuth oauth_nonce="n%2F1", oauth_version="1.0"')], True),
        ([("authorization", b'OAuth oauth_nonce="n%2F1"')], True),
        ([("Authorization", 'OAuth oauth_nonce="n2"')], False),
        ([("Cookie", 'oauth_nonce="n%2F1"')], False),
        ([], False),
        (None, False),
    ],
)
def test_a_signed_answer_must_answer_this_request(headers: Any, works: bool) -> None:
    sent = None if headers is None else ("POST", "https://meta.wikimedia.org/", headers, b"")
    effects = identity(state_of("wikimedia"), {}).effects
    answer = said(jwt("n/1"))._replace(sent=sent)
    if works:
        assert run(effects, answering(answer))[:2] == ("7", "Al")
    else:
        with pytest.raises(FlowError, match="answers another request"):
            run(effects, answering(answer))


# --- discovery --------------------------------------------------------------------------------------------------------


def published(**changes: str) -> Reply:
    addresses = {name: f"https://blog.example/other/{name}" for name in ("request", "authorize", "access")}
    return said(json.dumps({"authentication": {"oauth1": {**addresses, **changes}}}))


def test_published_addresses_are_used() -> None:
    state, sent = state_of(WORDPRESS), list[Leg]()
    request = discovery(state, {})
    assert not request.target.is_signed
    facts = run(request.effects, answering(published(), sent=sent))
    assert sent == [Leg("GET", "https://blog.example/wp-json/")]
    assert facts.temporary_credentials.url == "https://blog.example/other/request"
    assert state.of_provider is not None
    assert state.of_provider.provider is facts
    assert state.of_provider.target("token_credentials", None, None, {}).url == "https://blog.example/other/access"


@pytest.mark.parametrize(
    ("reply", "message"),
    [
        (published(access="https://evil.example/access"), "not one of its own: 'https://evil"),
        (published(request="http://blog.example/request"), "not one of its own: 'http://blog"),
        (said("{}"), "the document at https://blog.example/wp-json/ has no authentication.oauth1.request"),
        (said("<html>"), "is not JSON"),
        (said("", 404), "the provider answered 404"),
    ],
)
def test_addresses_that_are_not_used(reply: Reply, message: str) -> None:
    state = state_of(WORDPRESS)
    with pytest.raises(FlowError, match=message):
        run(discovery(state, {}).effects, answering(reply))
    assert state.of_provider is not None
    assert state.of_provider.provider == WORDPRESS


def test_a_traceback_of_an_unreadable_identity_shows_no_secret() -> None:
    facts = providers.get("wikimedia")
    state = state_of(facts)
    state.auth = SigningAuth("key", "canary", token="t", token_secret="canary", provider=facts)
    with pytest.raises(FlowError) as caught:
        run(identity(state, {}).effects, answering(said("a.b.c")))
    ours = [frame for frame, _ in walk_tb(caught.value.__traceback__) if "/src/oauthone/" in frame.f_code.co_filename]
    assert len(ours) > 2
    assert "canary" not in repr([frame.f_locals for frame in ours])
