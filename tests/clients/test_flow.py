"""The methods of the flow: callbacks, authorization URLs, codes and denials."""

from collections.abc import Callable
from urllib.parse import quote

import pytest

from oauthone.clients.requests import OAuth1Session, OAuthError
from oauthone.errors import AccessDenied, CallbackError, SigningError
from oauthone.testing import ProviderBox

from .servers import GRANTED, ScriptedServer

CALLBACK = "http://127.0.0.1/done?page=1&x=%C3%A9"


@pytest.mark.parametrize(
    ("redirect_uri", "sent"), [(None, "oob"), ("", None), (CALLBACK, CALLBACK), ("oob", "oob")], ids=repr
)
def test_what_redirect_uri_sends(redirect_uri: str | None, sent: str | None) -> None:
    with ScriptedServer(GRANTED) as server, OAuth1Session("client", "secret") as session:
        session.redirect_uri = redirect_uri
        assert session.redirect_uri == redirect_uri
        session.fetch_request_token(server.origin)
    header = server.seen[0].header("authorization") or ""
    assert (f'oauth_callback="{quote(sent, safe="")}"' in header) if sent else ("oauth_callback" not in header)


def test_redirect_uri_can_be_passed_to_the_constructor(box: ProviderBox) -> None:
    with OAuth1Session(**box.client.credentials(), redirect_uri=CALLBACK) as session:
        assert session.redirect_uri == CALLBACK
        session.fetch_request_token(box.request_token_url)
        assert box.visit(session.create_authorization_url(box.authorize_url)).startswith(CALLBACK)


@pytest.mark.parametrize("method", ["GET", "POST", "PUT"])
def test_the_method_of_a_leg_can_be_chosen(box: ProviderBox, session: OAuth1Session, method: str) -> None:
    session.fetch_request_token(box.request_token_url, method=method)
    code = box.visit(session.create_authorization_url(box.authorize_url))
    session.fetch_access_token(box.access_token_url, code, method=method)
    assert [received.method for received in box.requests] == [method, "GET", method]


def test_the_authorization_url_takes_parameters_of_the_provider(box: ProviderBox, session: OAuth1Session) -> None:
    token = session.fetch_request_token(box.request_token_url)["oauth_token"]
    url = session.create_authorization_url("https://provider.example/authorize?lang=de", name="Ä b", expiration="never")
    assert url == f"https://provider.example/authorize?lang=de&oauth_token={token}&name=%C3%84%20b&expiration=never"
    with pytest.raises(SigningError, match="absolute"):
        session.create_authorization_url("/authorize")


PASTED = {
    "the code alone": lambda token, code: code,
    "the code with white space": lambda token, code: f" \t{code}\r\n",
    "a query string": lambda token, code: f"oauth_token={token}&oauth_verifier={code}",
    "a query string with its mark": lambda token, code: f"?oauth_verifier={code}&oauth_token={token}",
    "the address": lambda token, code: f"https://app.example/done?oauth_token={token}&oauth_verifier={code}",
    "the address with a fragment": lambda token, code: (
        f"https://app.example/done?oauth_token={token}&oauth_verifier={code}#_=_"
    ),
    "the address with white space": lambda token, code: (
        f"  https://app.example/?x=%zz&oauth_token={token}&oauth_verifier={code} \n"
    ),
    "the address with raw text": lambda token, code: f"http://a/?x=<é|:/>&oauth_token={token}&oauth_verifier={code}",
}


@pytest.mark.parametrize("pasted", PASTED.values(), ids=PASTED.keys())
@pytest.mark.seen_in("requests-oauthlib#89")
@pytest.mark.seen_in("pytumblr#111")
@pytest.mark.seen_in("requests-oauthlib#429")
@pytest.mark.seen_in("requests-oauthlib#176")
@pytest.mark.seen_in("requests-oauthlib#502")
def test_a_code_that_the_provider_shows_completes_the_flow(
    box: ProviderBox, session: OAuth1Session, pasted: Callable[[str, str], str]
) -> None:
    """Out of band the provider shows a code. The session accepts it alone, or within the content of an address bar."""
    token = session.fetch_request_token(box.request_token_url)["oauth_token"]
    code = box.visit(session.create_authorization_url(box.authorize_url))
    assert len(code) == 8
    assert code.isalnum()
    said = session.parse_authorization_response(pasted(token, code))
    assert said == {"oauth_token": token, "oauth_verifier": code}
    session.fetch_access_token(box.access_token_url)
    assert session.get(box.echo_url).ok


def test_a_code_can_be_passed_to_the_last_leg(box: ProviderBox, session: OAuth1Session) -> None:
    session.fetch_request_token(box.request_token_url)
    session.fetch_access_token(
        box.access_token_url, verifier=box.visit(session.create_authorization_url(box.authorize_url))
    )
    assert session.get(box.echo_url).ok


@pytest.mark.parametrize("redirect_uri", [CALLBACK, None])
def test_a_denial_by_the_resource_owner_raises_access_denied(box: ProviderBox, redirect_uri: str | None) -> None:
    """A denial has its own error, and the pending authorization is discarded."""
    box.decision = "deny"
    with OAuth1Session(**box.client.credentials(), redirect_uri=redirect_uri) as session:
        token = session.fetch_request_token(box.request_token_url)["oauth_token"]
        answered = box.visit(session.create_authorization_url(box.authorize_url))
        if redirect_uri is None:
            assert answered == ""
            answered = f"?denied={token}"
        with pytest.raises(AccessDenied) as refused:
            session.parse_authorization_response(answered)
        assert refused.value.error == ("access_denied" if redirect_uri is None else "user_refused")
        with pytest.raises(OAuthError, match=r"fetch_request_token\(\)"):
            session.create_authorization_url(box.authorize_url)


def test_a_denial_without_a_token_keeps_pending_credentials(box: ProviderBox, session: OAuth1Session) -> None:
    session.fetch_request_token(box.request_token_url)
    with pytest.raises(AccessDenied):
        session.parse_authorization_response("?oauth_problem=user_refused")
    assert session.create_authorization_url(box.authorize_url)


@pytest.mark.parametrize(
    ("answered", "error"),
    [
        ("https://evil.example/?oauth_token=of-another&oauth_verifier=v", "token_mismatch"),
        ("?oauth_verifier=v", "missing_token"),
        ("", "missing_token"),
        ("https://provider.example/authorize", "missing_token"),
        ("?oauth_token=a&oauth_token=b", "parameter_rejected"),
        ("?oauth_token=%ff", "parameter_rejected"),
    ],
)
def test_a_callback_of_another_authorization_is_rejected(
    box: ProviderBox, session: OAuth1Session, answered: str, error: str
) -> None:
    """Only the callback of the pending authorization counts; the pending one stays usable."""
    session.fetch_request_token(box.request_token_url)
    code = box.visit(session.create_authorization_url(box.authorize_url))
    with pytest.raises(CallbackError) as refused:
        session.parse_authorization_response(answered)
    assert refused.value.error == error
    session.fetch_access_token(box.access_token_url, code)


def test_a_secret_in_a_callback_is_ignored(box: ProviderBox, session: OAuth1Session) -> None:
    session.redirect_uri = CALLBACK
    session.fetch_request_token(box.request_token_url)
    callback = box.visit(session.create_authorization_url(box.authorize_url))
    said = session.parse_authorization_response(f"{callback}&oauth_token_secret=EVIL&oauth_consumer_key=EVIL&self=1")
    assert list(said) == ["oauth_token", "oauth_verifier"]
    session.fetch_access_token(box.access_token_url)
    assert session.get(box.echo_url).ok


def test_a_callback_without_a_pending_authorization_is_an_error(session: OAuth1Session) -> None:
    with pytest.raises(CallbackError, match="build it with the token and token_secret") as refused:
        session.parse_authorization_response("?oauth_token=a&oauth_verifier=b")
    assert refused.value.error == "missing_request_token"


def test_an_exchange_after_a_callback_without_a_code_is_an_error(box: ProviderBox, session: OAuth1Session) -> None:
    """The callback of an OAuth 1.0 provider is parsed. The exchange reports the missing code before it is sent."""
    token = session.fetch_request_token(box.request_token_url)["oauth_token"]
    assert session.parse_authorization_response(f"?oauth_token={token}") == {"oauth_token": token}
    box.requests.clear()
    with pytest.raises(OAuthError, match="require_verifier=False") as refused:
        session.fetch_access_token(box.access_token_url)
    assert refused.value.error == "missing_verifier"
    assert box.requests == []
