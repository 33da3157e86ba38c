"""Which callbacks a provider sends browsers to, and with what."""

import re
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
        "https://app.example:/",
        "https://app.example:65535",
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
        "https://[::1/",
        "https://]/",
        "https://[::g]/",
        "https://[:::]/",
        "https://[...]/",
        "https://[::1]x/",
        "https://a:b/",
        "https://a:1:2/",
        "https://a:65536/",
        "https://a:0/",
        "https://:80/",
    ],
)
def test_a_callback_that_readers_could_take_for_another_is_refused(callback: str) -> None:
    with pytest.raises(VerificationError, match=r"no absolute http\(s\) URL without user information") as caught:
        require_callback(callback)
    assert (caught.value.status, caught.value.problem) == (400, "parameter_rejected")


@given(st.text("htps:/@\\[].?#%a1 \t\n\0é", max_size=20).map(lambda rest: "https://" + rest))
def test_a_callback_that_is_taken_reads_alike_everywhere(callback: str) -> None:
    """A parser finds in it the host that stands between the slashes, and no user."""
    try:
        require_callback(callback)
    except VerificationError:
        return
    parts = urlsplit(callback)
    assert (parts.scheme, parts.username, parts.password) == ("https", None, None)
    assert parts.hostname
    assert re.split("[/?#]", callback[8:])[0] == parts.netloc
    assert callback_with(callback, [("oauth_token", "t")]).partition("#")[0].endswith("oauth_token=t")


def test_a_callback_keeps_its_query_and_fragment() -> None:
    assert callback_with("https://a.example/?x=%20+#top", [("oauth_token", "t&"), ("oauth_verifier", "é")]) == (
        "https://a.example/?x=%20+&oauth_token=t%26&oauth_verifier=%C3%A9#top"
    )
