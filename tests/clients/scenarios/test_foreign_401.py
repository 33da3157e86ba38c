"""A 401 that is not about OAuth 1.0, such as that of a gateway in front of a provider, as a program meets it."""

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from oauthone.clients.requests import OAuth1Session
from oauthone.errors import OAuthError


class Gateway(BaseHTTPRequestHandler):
    """Answers like a gateway that wants a password."""

    challenge = 'Basic realm="Restricted"'

    def do_POST(self) -> None:
        self.send_response(401)
        self.send_header("WWW-Authenticate", self.challenge)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *given: object) -> None:
        """Print nothing."""


class OfOAuth2(Gateway):
    challenge = 'Bearer realm="api", error="invalid_token"'


@pytest.mark.parametrize(("answers", "scheme"), [(Gateway, "Basic"), (OfOAuth2, "Bearer")])
def test_a_program_is_told_who_may_have_answered(answers: type[Gateway], scheme: str) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), answers) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        with OAuth1Session("id", "secret") as session, pytest.raises(OAuthError) as caught:
            session.fetch_request_token(f"http://127.0.0.1:{server.server_address[1]}/oauth/request_token")
        server.shutdown()
        thread.join()
    assert str(caught.value) == (
        "token_request_failed: the provider answered 401 with an empty body; "
        f"it asks for {scheme}, not for OAuth 1.0: check that the URL is the provider's endpoint for OAuth 1.0, "
        "and that no proxy or gateway answered in its place"
    )
