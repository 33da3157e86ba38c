"""`oauthone.login` and its registries for frameworks."""

from typing import Any, assert_type

from flask import Flask
from starlette.requests import Request
from starlette.responses import RedirectResponse
from werkzeug.wrappers import Response

from oauthone.login import OAuth, StandaloneApp
from oauthone.login.flask import FlaskOAuth1App
from oauthone.login.flask import OAuth as FlaskOAuth
from oauthone.login.starlette import OAuth as StarletteOAuth
from oauthone.login.starlette import StarletteOAuth1App
from oauthone.providers import Account, get

URL = "https://provider.example/oauth"


class Redis:
    """A cache as `oauthone.login.Cache` describes it."""

    def get(self, key: str) -> Any: ...

    def set(self, key: str, value: Any, ttl: int) -> Any: ...

    def delete(self, key: str) -> Any: ...


def right(app: Flask, session: dict[str, Any]) -> None:
    oauth = OAuth(secret_key="secret")
    provider = oauth.register("provider", client_id="id", request_token_url=URL, client_kwargs={"realm": "photos"})
    assert_type(provider, StandaloneApp)
    assert_type(oauth.create_client("provider"), StandaloneApp | None)
    assert_type(oauth.provider, StandaloneApp)
    assert_type(provider.begin(session, "https://app.example/callback"), str)
    assert_type(provider.finish(session, "oauth_token=t"), dict[str, Any])
    in_flask = FlaskOAuth(app).register("provider", client_id="id")
    assert_type(in_flask, FlaskOAuth1App)
    assert_type(in_flask.authorize_redirect(), Response)
    assert_type(in_flask.authorize_access_token(), dict[str, Any])
    assert_type(in_flask.fetch_identity(), Account)
    known = oauth.register("known", client_id="id", provider=get("flickr"))
    assert_type(known.fetch_identity({"oauth_token": "t", "oauth_token_secret": "s"}), Account)
    oauth.register("named", client_id="id", provider="flickr")


async def right_in_async(request: Request) -> None:
    provider = StarletteOAuth().register("provider", client_id="id")
    assert_type(provider, StarletteOAuth1App)
    assert_type(await provider.authorize_redirect(request), RedirectResponse)
    assert_type(await provider.authorize_access_token(request), dict[str, Any])
    assert_type(await provider.fetch_identity(request=request), Account)


def wrong(oauth: OAuth) -> None:
    oauth.register("provider", client_id=5)  # type: ignore[arg-type]
    oauth.register("provider", client_id="id", provider=5)  # type: ignore[arg-type]
    oauth.register("provider", server_metadata_url=URL)  # type: ignore[call-arg]
    oauth.register("provider", client_kwargs="realm")  # type: ignore[arg-type]
