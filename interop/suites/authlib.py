"""The tests of Authlib for its OAuth 1.0 clients. Its servers, which the drop-in does not have, are left out."""

from __future__ import annotations

from . import Suite

_FLASK = "clients/test_flask/test_oauth_client.py::FlaskOAuthTest::test_"
_DJANGO = "clients/test_django/test_oauth_client.py::DjangoOAuthTest::test_"
_STARLETTE = "clients/test_starlette/test_oauth_client.py::test_"

#: The tests of each file that register a provider without a request_token_url, which is one of OAuth 2.
_OF_OAUTH_2 = {
    _FLASK: (
        *("register_remote_app", "register_conf_from_app", "register_with_overwrite", "init_app_later"),
        *("create_client", "register_oauth2_remote_app", "oauth2_authorize", "oauth2_authorize_access_denied"),
        *("oauth2_authorize_via_custom_client", "oauth2_authorize_with_metadata", "oauth2_authorize_code_challenge"),
        *("openid_authorize", "oauth2_access_token_with_post", "access_token_with_fetch_token"),
        *("request_with_refresh_token", "request_without_token"),
    ),
    _DJANGO: (
        *("register_from_settings", "oauth2_authorize", "oauth2_authorize_access_denied"),
        *("oauth2_authorize_code_challenge", "oauth2_authorize_code_verifier", "openid_authorize"),
        *("oauth2_access_token_with_post", "with_fetch_token_in_oauth", "with_fetch_token_in_register"),
        "request_without_token",
    ),
    _STARLETTE: (
        *("register_remote_app", "register_with_config", "register_with_overwrite", "oauth2_authorize"),
        *("oauth2_authorize_access_denied", "oauth2_authorize_code_challenge", "with_fetch_token_in_register"),
        *("with_fetch_token_in_oauth", "request_withhold_token", "oauth2_authorize_no_url"),
        "oauth2_authorize_with_metadata",
    ),
}

SUITE = Suite(
    distribution="authlib",
    tests="tests",
    files=(
        "clients/test_requests/test_oauth1_session.py",
        "clients/test_httpx/test_oauth1_client.py",
        "clients/test_httpx/test_async_oauth1_client.py",
        "clients/test_flask/test_oauth_client.py",
        "clients/test_django/test_oauth_client.py",
        "clients/test_starlette/test_oauth_client.py",
    ),
    elsewhere={
        begin + name: "registers a provider of OAuth 2" for begin, names in _OF_OAUTH_2.items() for name in names
    },
    differs={
        f"{_FLASK}oauth1_authorize_cache": "a callback finishes a login that another session began: here, it may not",
        f"{_FLASK}oauth1_authorize_session": "copies Authlib's own key of the session: here, a login is kept encrypted",
        f"{_STARLETTE}oauth1_authorize": "reads Authlib's own key of the session, from a request without headers",
    },
    options=("-p", "interop.suites.authlib_stubs"),
    path=("dropin",),
    in_debian=True,
)
