"""The temporary credentials that a client keeps until their authorization is completed."""

from copy import copy
from typing import Any

import pytest

from oauthone import TemporaryCredentials
from oauthone.clients._pending import PendingCredentials
from oauthone.clients.requests import OAuth1Session, OAuthError
from oauthone.errors import CallbackError, FlowError, TokenResponseError
from oauthone.testing import ProviderBox

from .matrix import SAMPLES
from .servers import GRANTED, ScriptedServer, answer

CALLBACK = "http://127.0.0.1/done?page=1&x=%C3%A9"


def test_a_restored_session_reads_the_callback(box: ProviderBox, session: OAuth1Session) -> None:
    session.redirect_uri = CALLBACK
    saved = session.fetch_request_token(box.request_token_url)
    callback = box.visit(session.create_authorization_url(box.authorize_url))
    with OAuth1Session(
        **box.client.credentials(), token=saved["oauth_token"], token_secret=saved["oauth_token_secret"]
    ) as restored:
        with pytest.raises(CallbackError) as refused:
            restored.parse_authorization_response(callback.replace("oauth_token=", "oauth_token=other"))
        assert refused.value.error == "token_mismatch"
        restored.parse_authorization_response(callback)
        restored.token = None  # what a callback was read for stays pending, whatever the session holds meanwhile
        token = restored.fetch_access_token(box.access_token_url, request_token=saved["oauth_token"])
        assert restored.get(box.echo_url).json()["token"] == token["oauth_token"]


@pytest.mark.seen_in("fasthtml#549")
@pytest.mark.seen_in("oauthlib#52")
def test_several_authorizations_do_not_mix(box: ProviderBox, session: OAuth1Session) -> None:
    """Each callback goes with its own request token and secret, in any order."""
    session.redirect_uri = CALLBACK
    started = [session.fetch_request_token(box.request_token_url) for _ in range(3)]
    with pytest.raises(OAuthError, match="request_token=") as refused:
        session.create_authorization_url(box.authorize_url)
    assert refused.value.error == "ambiguous_request_token"
    answers = [box.visit(session.create_authorization_url(box.authorize_url, one)) for one in started]
    for callback in reversed(answers):
        session.parse_authorization_response(callback)
    with pytest.raises(CallbackError, match="token_mismatch"):
        session.parse_authorization_response("?oauth_token=of-another&oauth_verifier=v")
    with pytest.raises(OAuthError, match="ambiguous_request_token"):
        session.parse_authorization_response("12345678")
    with pytest.raises(OAuthError, match="request_token="):
        session.fetch_access_token(box.access_token_url)

    tokens = [session.fetch_access_token(box.access_token_url, request_token=started[1]["oauth_token"])]
    tokens.append(
        session.fetch_access_token(box.access_token_url, request_token={"oauth_token": started[2]["oauth_token"]})
    )
    tokens.append(session.fetch_access_token(box.access_token_url))
    assert len({token["oauth_token"] for token in tokens}) == 3
    for token in tokens:
        session.token = token
        assert session.get(box.echo_url).ok


def test_the_dict_of_a_request_token_is_enough(box: ProviderBox, session: OAuth1Session) -> None:
    """A session with other credentials exchanges the request token that is passed to it."""
    saved = session.fetch_request_token(box.request_token_url)
    code = box.visit(session.create_authorization_url(box.authorize_url))
    with OAuth1Session(**box.client.credentials()) as other:
        with pytest.raises(OAuthError, match="pass the whole dict") as refused:
            other.fetch_access_token(box.access_token_url, code, request_token=saved["oauth_token"])
        assert refused.value.error == "unknown_request_token"
        other.fetch_access_token(box.access_token_url, code, request_token=saved)
        assert other.get(box.echo_url).ok


def test_pending_authorizations_are_bounded() -> None:
    """The newest hundred are kept."""
    steps = [
        answer(f"oauth_token=t{number}&oauth_token_secret=s&oauth_callback_confirmed=true") for number in range(101)
    ]
    with ScriptedServer(*steps, GRANTED) as server, OAuth1Session("client", "secret") as session:
        for _ in range(100):
            session.fetch_request_token(server.origin)
        session.parse_authorization_response("?oauth_token=t0&oauth_verifier=v")
        session.fetch_request_token(server.origin)
        with pytest.raises(OAuthError, match="unknown_request_token"):
            session.fetch_access_token(server.origin, request_token="t0")
        session.fetch_access_token(server.origin, "v", request_token="t1")
        session.fetch_access_token(server.origin, "v", request_token="t100")


def test_an_exchanged_authorization_is_over(box: ProviderBox, session: OAuth1Session) -> None:
    """After the exchange nothing is pending, the temporary credentials are gone, and the session has the new token."""
    first = session.fetch_request_token(box.request_token_url)
    session.parse_authorization_response(box.visit(session.create_authorization_url(box.authorize_url)))
    session.fetch_access_token(box.access_token_url)
    with pytest.raises(OAuthError, match="missing_request_token"):
        session.create_authorization_url(box.authorize_url)
    with pytest.raises(OAuthError, match="unknown_request_token"):
        session.fetch_access_token(box.access_token_url, request_token=first["oauth_token"])


def test_a_failed_exchange_can_be_tried_again(box: ProviderBox, session: OAuth1Session) -> None:
    session.fetch_request_token(box.request_token_url)
    code = box.visit(session.create_authorization_url(box.authorize_url))
    with pytest.raises(TokenResponseError) as refused:
        session.fetch_access_token(box.access_token_url, "WRONG")
    assert (refused.value.status, refused.value.problem) == (401, "parameter_rejected")
    session.fetch_access_token(box.access_token_url, code)
    assert session.get(box.echo_url).ok


@pytest.mark.parametrize(("method", "placement"), SAMPLES)
def test_an_exchange_without_temporary_credentials_is_an_error(box: ProviderBox, method: str, placement: str) -> None:
    """If a provider accepts a password instead, the only leg carries it as a signed form, without a token."""
    with (
        ScriptedServer(answer("oauth_token=t&oauth_token_secret=s&user_id=7")) as server,
        OAuth1Session(**box.clients[method].credentials(), signature_type=placement) as session,
    ):
        data = {"x_auth_username": "a b", "x_auth_password": "é&", "x_auth_mode": "client_auth"}
        assert session.fetch_access_token(f"{server.origin}/access", data=data) == {
            "oauth_token": "t",
            "oauth_token_secret": "s",
            "user_id": "7",
        }
        assert session.token is not None
        assert session.token["user_id"] == "7"
    (seen,) = server.seen
    assert seen.body.startswith(b"x_auth_username=a+b&x_auth_password=%C3%A9%26&x_auth_mode=client_auth")
    verified = box.two_legged_verifier.verify(seen.method, seen.url, seen.headers, seen.body)
    assert (verified.token, verified.placement) == (None, placement)


def test_a_copy_of_pending_credentials_changes_on_its_own() -> None:
    pending = PendingCredentials()
    pending.add(TemporaryCredentials("a", "s"))
    copied = copy(pending)
    copied.add(TemporaryCredentials("b", "s"))
    copied.set_verifier("a", "v")
    copied.remove("a")
    assert ("a" in pending, "b" in pending, pending.verifier_of("a")) == (True, False, None)
    assert ("a" in copied, "b" in copied, bool(PendingCredentials())) == (False, True, False)


def test_removing_credentials_removes_their_verification_code() -> None:
    pending = PendingCredentials()
    pending.add(TemporaryCredentials("a", "s"))
    pending.set_verifier("a", "v")
    assert pending.secrets() == ["s", "v"]
    pending.remove(None)
    assert pending.verifier_of("a") == "v"
    pending.remove("a")
    assert (pending.secrets(), pending.verifier_of("a", "default")) == ([], "default")


@pytest.mark.parametrize("passed", ["held", {"oauth_token": "held"}, None])
def test_the_credentials_that_a_client_was_built_with_can_be_exchanged(passed: Any) -> None:
    held = TemporaryCredentials("held", "s")
    assert PendingCredentials().select(passed, held) is held


def test_unknown_credentials_are_an_error_that_quotes_no_secret() -> None:
    pending = PendingCredentials()
    pending.add(TemporaryCredentials("a", "canary"))
    with pytest.raises(FlowError, match="names no authorization that is pending on this client") as caught:
        pending.select("unknown", TemporaryCredentials("held", "canary"))
    assert caught.value.error == "unknown_request_token"
    assert "canary" not in str(caught.value)


def test_with_several_pending_a_callback_without_a_token_is_ambiguous() -> None:
    pending = PendingCredentials()
    assert pending.expected_by(None) is None
    pending.add(TemporaryCredentials("a", "s"))
    assert pending.expected_by(None) == TemporaryCredentials("a", "s")
    pending.add(TemporaryCredentials("b", "s"))
    assert pending.expected_by("a") == TemporaryCredentials("a", "s")
    with pytest.raises(FlowError, match="2 authorizations are pending"):
        pending.expected_by(None)
