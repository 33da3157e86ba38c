"""URLs that a browser may be sent to, and those that readers could take for another."""

import re
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oauthone.errors import ConfigurationError, VerificationError
from oauthone.server import Client
from oauthone.server._callbacks import callback_with, require_safe_callback

CLIENT = Client.create("c", "s", callbacks=("https://app.example/back",))


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
    assert require_safe_callback(CLIENT, callback) == callback


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
        "com.example.app:/back",
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
        "http://2130706433/",
        "http://0x7f.1/",
        "http://127.1/",
        "http://127.0.0.256/",
        "http://a..example/",
        "http://../",
    ],
)
def test_a_callback_that_readers_could_take_for_another_is_refused(callback: str) -> None:
    with pytest.raises(VerificationError, match=r"neither an absolute http\(s\) URL without user") as caught:
        require_safe_callback(CLIENT, callback)
    assert (caught.value.status, caught.value.problem) == (400, "parameter_rejected")


@pytest.mark.parametrize(
    "callback",
    [
        "oob",
        "",
        "/back",
        "myapp://back",
        "myapp:/back",
        "javascript:alert(1)",
        "JavaScript://a.b/%0Aalert(1)",
        "data:text/html,a.b:/x",
        "vbscript:a.b",
        "file:///a.b",
        "blob:https://a.example/x",
        "about:blank",
        "intent://a.example/#Intent;scheme=a.b;end",
        ".com.example:/back",
        "com.example.:/back",
        "com..example:/back",
        "1.example:/back",
        "com.example.app:back",
        "com.example.app:",
        "com.example.app:?x",
        "com.example.app://user@back",
        "com.example.app://a:b@back",
        "com.example.app://back\\@x",
        "com.example.app:/a\\b",
        "com.example.app:/a b",
        "com.example.app:/a\r\nX: y",
        "com.example.app:/\n",
        "com.example.app:/é",
        "com.éxample.app:/",
        "com.example.app://back:0/",
        "com.example.app://[::g]/",
        "https://user@app.example/",
        "https://app.example/a b",
        " com.example.app:/back",
    ],
)
def test_a_callback_that_could_never_be_used_is_neither_registered_nor_taken(callback: str) -> None:
    """A store may contain one from another source. The provider still sends no browser there."""
    with pytest.raises(ConfigurationError, match=r"callback .* of client 'c' could never be used: register"):
        Client.create("c", "s", callbacks=["https://app.example/back", callback])
    with pytest.raises(VerificationError):
        require_safe_callback(Client("c", "s", callbacks=(callback,)), callback)


@given(st.text("htps:/@\\[].?#%a1 \t\n\0é", max_size=20).map(lambda rest: "https://" + rest))
def test_a_callback_that_is_taken_reads_alike_everywhere(callback: str) -> None:
    """Every parser finds the same host between its slashes, and no user."""
    try:
        require_safe_callback(CLIENT, callback)
    except VerificationError:
        return
    parts = urlsplit(callback)
    assert (parts.scheme, parts.username, parts.password) == ("https", None, None)
    assert parts.hostname
    assert re.split("[/?#]", callback[8:])[0] == parts.netloc
    assert callback_with(callback, [("oauth_token", "t")]).partition("#")[0].endswith("oauth_token=t")
