"""The state of the flow that a client keeps between the legs, tested without a network."""

import sys
from typing import Any

import pytest

from oauthone import TemporaryCredentials
from oauthone.clients import _flow_state, _pending
from oauthone.clients._auth import SigningAuth
from oauthone.clients._flow_state import FlowSettings, FlowState
from oauthone.clients.requests import OAuth1Session, OAuthError
from oauthone.core.drive import run
from oauthone.core.flow import Leg, Reply
from oauthone.testing import ProviderBox

from .matrix import protocol_names
from .servers import GRANTED, ScriptedServer

ENDPOINT = "https://provider.example/oauth"


def new_state() -> FlowState:
    options = dict.fromkeys(("token", "token_secret", "redirect_uri", "verifier"))
    return FlowState(SigningAuth, "client", "secret", settings=FlowSettings(True, True, False), **options)


def response(token: str, secret: str) -> Reply:
    body = f"oauth_token={token}&oauth_token_secret={secret}&oauth_callback_confirmed=true"
    return Reply(200, [], body.encode())


def test_the_newest_pending_credentials_include_the_verifier_of_their_callback() -> None:
    """They are gone after the exchange."""
    state = new_state()
    assert state.pending.newest() is None
    for number in (1, 2):
        run(state.request_temporary(ENDPOINT, "POST"), lambda leg, n=number: response(f"t{n}", f"s{n}"))
    assert state.pending.newest() == {"oauth_token": "t2", "oauth_token_secret": "s2"}
    state.parse_callback("?oauth_token=t2&oauth_verifier=v")
    assert state.pending.newest() == {"oauth_token": "t2", "oauth_token_secret": "s2", "oauth_verifier": "v"}
    run(state.request_token(ENDPOINT, None, "t2", "POST"), lambda leg: response("t", "s"))
    assert state.pending.newest() == {"oauth_token": "t1", "oauth_token_secret": "s1"}


def test_each_leg_carries_its_own_credentials() -> None:
    """The callback is sent in the first leg only, the verifier and the temporary secret in the third only."""
    state = new_state()
    sent: list[Leg] = []

    def handler(leg: Leg) -> Reply:
        sent.append(leg)
        return response("t", "s")

    state.redirect_uri = "https://app.example/done"
    run(state.request_temporary(ENDPOINT, "POST"), handler)
    run(state.request_token(ENDPOINT, "v", None, "GET"), handler)
    assert sent == [
        Leg("POST", ENDPOINT, callback="https://app.example/done"),
        Leg("GET", ENDPOINT, "t", "s", verifier="v"),
    ]


def test_another_thread_may_begin_and_complete_a_flow_at_any_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """At each instruction of the two modules, the credentials of another flow are added or removed."""
    monkeypatch.setattr(_pending, "_MAX_PENDING", 3)
    state = new_state()
    other = TemporaryCredentials("other", "o")
    changes = 0

    def change(frame: Any, event: str, argument: Any) -> Any:
        nonlocal changes
        if frame.f_code.co_filename not in (_flow_state.__file__, _pending.__file__):
            return None
        frame.f_trace_opcodes = True
        changes += 1
        if state.pending._credentials.pop("other", None) is None:
            state.pending._credentials["other"] = other
        return change

    before = sys.gettrace()
    sys.settrace(change)
    try:
        for number in range(6):
            run(state.request_temporary(ENDPOINT, "POST"), lambda leg, n=number: response(f"t{n}", f"s{n}"))
            state.parse_callback(f"?oauth_token=t{number}&oauth_verifier=v")
            assert state.pending.newest() is not None
        run(state.request_token(ENDPOINT, None, "t5", "POST"), lambda leg: response("t", "s"))
    finally:
        sys.settrace(before)
    assert changes > 1_000
    assert {"t4"} <= {*state.pending._credentials} <= {"t3", "t4", "other"}


def test_a_verification_code_can_be_passed_to_the_constructor(box: ProviderBox, session: OAuth1Session) -> None:
    saved = session.fetch_request_token(box.request_token_url)
    code = box.visit(session.create_authorization_url(box.authorize_url))
    held = {"token": saved["oauth_token"], "token_secret": saved["oauth_token_secret"]}
    with OAuth1Session(**box.client.credentials(), **held, verifier=code) as restored:
        token = restored.fetch_access_token(box.access_token_url, request_token=held["token"])
        assert restored.get(box.echo_url).json()["token"] == token["oauth_token"]
        with pytest.raises(OAuthError, match="missing_verifier"):
            restored.fetch_access_token(box.access_token_url)


def test_the_token_is_a_dict_that_can_be_set(box: ProviderBox, session: OAuth1Session) -> None:
    assert session.token is None
    issued = box.issue_token()
    given = {"oauth_token": issued.token, "oauth_token_secret": issued.token_secret, "screen_name": "é"}
    session.token = given
    assert session.token == given
    assert session.get(box.echo_url).json()["token"] == issued.token
    session.token["oauth_token"] = "changed in a copy"
    assert session.get(box.echo_url).ok
    session.token = {"oauth_token": issued.token}
    assert session.get(box.echo_url).status_code == 401
    session.token = None
    assert session.get(box.two_legged_url).json()["token"] is None
    for useless in ({"access_token": "of another protocol"}, {"oauth_token": None, "oauth_token_secret": None}):
        with pytest.raises(OAuthError, match="oauth_token_secret") as refused:
            session.token = useless
        assert refused.value.error == "missing_token"


@pytest.mark.seen_in("flask-dance#120")
def test_a_new_flow_leaves_the_held_token_alone(box: ProviderBox, open_session: Any) -> None:
    """The first leg carries no token, and the session continues to sign with its own until the exchange."""
    session = open_session(box)
    held = session.token
    session.fetch_request_token(box.request_token_url)
    assert "oauth_token" not in protocol_names(box.requests[-1])
    assert session.token == held
    assert session.get(box.echo_url).json()["token"] == held["oauth_token"]
    code = box.visit(session.create_authorization_url(box.authorize_url))
    session.fetch_access_token(box.access_token_url, code)
    assert session.token != held


@pytest.mark.seen_in("requests-oauthlib#502")
def test_a_provider_without_verification_codes_can_be_used() -> None:
    """With ``require_verifier=False`` the exchange is sent without a code."""
    with ScriptedServer(GRANTED) as server, OAuth1Session("client", "secret", require_verifier=False) as session:
        session.fetch_request_token(server.origin)
        assert session.fetch_access_token(server.origin)["oauth_token"] == "t"
    assert "oauth_verifier" not in (server.seen[1].header("authorization") or "")
    assert 'oauth_token="t"' in (server.seen[1].header("authorization") or "")
