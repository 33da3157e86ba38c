"""social-auth-core, which logs people in with many providers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from ..provider import LibraryProvider
from ..routes import flow, resource

DISTRIBUTION = "social-auth-core"
CALLS = "login with `TwitterOAuth` and `MediaWiki`; the user's data"
TWITTER, WIKI = "api.twitter.com", "wiki.example"
ROUTES = [
    *flow(TWITTER, r"/oauth/request_token", r"/oauth/authenticate", r"/oauth/access_token"),
    resource(TWITTER, r"GET /1.1/account/verify_credentials", '{"id": 1, "screen_name": "alice"}'),
    *flow(WIKI, r"OAuth%2Finitiate", r"Oauth%2Fauthenticate", r"Oauth%2Ftoken"),
]


def walk(provider: LibraryProvider) -> Iterator[tuple[str, Any]]:
    """Log in twice."""
    from social_core.backends.mediawiki import MediaWiki
    from social_core.backends.twitter import TwitterOAuth

    strategy = _strategy(provider)
    twitter = TwitterOAuth(strategy, redirect_uri="https://app.example/twitter")
    url = twitter.auth_url()
    yield "authorization URL", url
    twitter.data = strategy.data = dict(parse_qsl(urlsplit(provider.visit(url)).query))
    token = twitter.access_token(twitter.get_unauthorized_token())
    yield "token", token
    yield "user", twitter.user_data(token)

    wiki = MediaWiki(strategy, redirect_uri="https://app.example/wiki")
    pending = wiki.unauthorized_token()
    yield "temporary credentials of the wiki", pending
    fields = dict(parse_qsl(pending))
    url = wiki.oauth_authorization_request(pending)
    yield "authorization URL of the wiki", url
    wiki.data = strategy.data = dict(parse_qsl(urlsplit(provider.visit(url)).query))
    yield "token of the wiki", wiki.access_token(fields)


def _strategy(provider: LibraryProvider) -> Any:
    """Return what connects the library to a framework, here to nothing but dicts."""
    from social_core.strategy import BaseStrategy

    settings = {"KEY": provider.client.client_id, "SECRET": provider.client.client_secret}
    own = {"MEDIAWIKI_URL": f"https://{WIKI}/w/index.php", "MEDIAWIKI_CALLBACK": "https://app.example/wiki"}

    class Strategy(BaseStrategy):
        data: dict[str, str] = {}  # noqa: RUF012 (each strategy is made once)
        session: dict[str, Any] = {}  # noqa: RUF012 (each strategy is made once)

        def get_setting(self, name: str) -> str:
            short = name.removeprefix("SOCIAL_AUTH_")
            return own[short] if short in own else settings[short.rpartition("_")[2]]

        def request_data(self, merge: bool = True) -> dict[str, str]:
            return self.data

        def random_string(self, *arguments: Any, **options: Any) -> str:
            return "the-same-in-every-run"

        def request_host(self) -> str:
            return "app.example"

        def session_get(self, name: str, default: Any = None) -> Any:
            return self.session.get(name, default)

        def session_set(self, name: str, value: Any) -> None:
            self.session[name] = value

        def session_pop(self, name: str) -> Any:
            return self.session.pop(name, None)

        def build_absolute_uri(self, path: str | None = None) -> str | None:
            return path

    return Strategy(None)
