"""The effects of a login."""

from oauthone.login._effects import (
    FetchAccessToken,
    FetchRequestToken,
    LoginCookie,
    SendRequest,
    WriteCache,
    WriteSession,
)
from oauthone.login._settings import ApplicationSettings


def test_no_secret_is_in_a_repr() -> None:
    options = {"client_id": "id", "client_secret": "hunter2", "request_token_url": "https://provider.example/request"}
    settings = ApplicationSettings(options, dict)
    effects = [
        WriteSession([["box", "id", 1, "hunter2"]], cookie=LoginCookie("id", "hunter2", 600)),
        LoginCookie("id", "hunter2", 600),
        WriteCache("key", "hunter2", 600),
        FetchRequestToken(settings, None),
        FetchAccessToken(settings, "https://provider.example/access", "token", "hunter2", "hunter2", {"a": "hunter2"}),
        SendRequest(settings, "GET", "https://provider.example/?q=hunter2", {"s": "hunter2"}, {"headers": "hunter2"}),
    ]

    assert "hunter2" not in repr(effects)
