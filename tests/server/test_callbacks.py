"""Which callbacks a provider sends browsers to, and with what."""

import pytest

from oauthone.errors import VerificationError
from oauthone.server import any_callback, exactly_registered, registered_client
from oauthone.server.callbacks import callback_with, require_callback

CLIENT = registered_client("c", "s", callbacks=("https://app.example/back",))


def test_by_default_a_callback_is_one_that_was_registered_character_for_character() -> None:
    assert exactly_registered(CLIENT, "https://app.example/back")
    for other in ("https://app.example/back/", "https://app.example/back?x=1", "http://app.example/back", ""):
        assert not exactly_registered(CLIENT, other)
    assert any_callback(CLIENT, "https://evil.example/")


@pytest.mark.parametrize(
    "callback",
    [
        "https://app.example",
        "HTTP://App.example:8080/a/b?c=d#e",
        "https://[2001:db8::1]:443/",
        "https://app.example?x=[]{}|^`$'\"<>",
        "https://app.example/user@home",
        "http://127.0.0.1/",
    ],
)
def test_a_well_formed_callback_is_taken(callback: str) -> None:
    assert require_callback(callback) == callback


@pytest.mark.parametrize(
    "callback",
    [
        "",
        "oob",
        "/back",
        "//app.example/",
        "app.example/back",
        "https:app.example",
        "https://",
        "https:///back",
        "javascript:alert(1)",
        "data:text/html,x",
        "ftp://app.example/",
        "myapp://back",
        "https://user@app.example/",
        "https://user:pw@app.example/",
        "https://app.example\\@evil.example/",
        "https://app.example/a\\b",
        "https://app.example/a b",
        "https://app.example/\r\nX: y",
        "https://app.example/\n",
        "https://app.example/é",
        "https://é.example/",
        "https://app_.example/%",
        " https://app.example/",
        "https://app.example/\0",
    ],
)
def test_a_callback_that_readers_could_take_for_another_is_refused(callback: str) -> None:
    with pytest.raises(VerificationError, match=r"no absolute http\(s\) URL without user information") as caught:
        require_callback(callback)
    assert (caught.value.status, caught.value.problem) == (400, "parameter_rejected")


def test_a_callback_keeps_its_query_and_fragment() -> None:
    assert callback_with("https://a.example/?x=%20+#top", [("oauth_token", "t&"), ("oauth_verifier", "é")]) == (
        "https://a.example/?x=%20+&oauth_token=t%26&oauth_verifier=%C3%A9#top"
    )
