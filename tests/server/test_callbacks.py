"""The callbacks to which a provider sends browsers, and what it adds to them."""

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oauthone.errors import VerificationError
from oauthone.server import Client, any_callback, exactly_registered
from oauthone.server._callbacks import callback_with, require_safe_callback

CLIENT = Client.create("c", "s", callbacks=("https://app.example/back",))


def test_by_default_a_callback_is_one_that_was_registered_character_for_character() -> None:
    assert exactly_registered(CLIENT, "https://app.example/back")
    for other in ("https://app.example/back/", "https://app.example/back?x=1", "http://app.example/back", ""):
        assert not exactly_registered(CLIENT, other)
    assert any_callback(CLIENT, "https://evil.example/")


@pytest.mark.parametrize(
    "callback",
    [
        "com.example.app:/back",
        "com.example.app://back",
        "com.example.app:///back?x=1#y",
        "com.example-2.app://back:80/a@b",
        "com.example.app:/",
        "COM.Example.App://",
    ],
)
def test_a_private_scheme_is_taken_where_it_is_registered_character_for_character(callback: str) -> None:
    client = Client.create("c", "s", callbacks=("https://app.example/back", callback))
    assert require_safe_callback(client, callback) == callback
    for other in (callback + "x", callback.swapcase(), callback.replace(".", "-", 1)):
        with pytest.raises(VerificationError, match="nor a URI with a private scheme that the client registered"):
            require_safe_callback(client, other)


@given(st.text("a.:/@\\[]?#%1 \t\n\0é", max_size=20).map(lambda rest: "com.example" + rest))
def test_a_private_callback_that_is_taken_names_no_user_and_keeps_its_scheme(callback: str) -> None:
    client = Client("c", "s", callbacks=(callback,))
    try:
        require_safe_callback(client, callback)
    except VerificationError:
        return
    parts = urlsplit(callback)
    assert (parts.username, parts.password, parts.scheme) == (None, None, callback.partition(":")[0].lower())
    assert callback.isascii()
    assert callback.isprintable()
    assert callback_with(callback, [("oauth_token", "t")]).startswith(callback.partition("#")[0])


def test_a_callback_keeps_its_query_and_fragment() -> None:
    assert callback_with("https://a.example/?x=%20+#top", [("oauth_token", "t&"), ("oauth_verifier", "é")]) == (
        "https://a.example/?x=%20+&oauth_token=t%26&oauth_verifier=%C3%A9#top"
    )
