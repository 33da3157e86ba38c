"""A client of another class signs by its own method."""

from typing import Any

import oauthlib.oauth1
import pytest
import requests
import requests_oauthlib as original
from hypothesis import assume, given

from oauthone.compat.requests_oauthlib import OAuth1
from oauthone.compat.requests_oauthlib._client import Client
from oauthone.compat.requests_oauthlib._foreign_clients import added_to_query

from .examples import BODIES, CONTENT_TYPES, FIXED, METHODS, OPTIONS, URLS, prepare, shown

URL = "https://api.example/path?a=1"


class Signing(oauthlib.oauth1.Client):
    """Adds a parameter and a header."""

    def get_oauth_params(self, request: Any) -> Any:
        return [*super().get_oauth_params(request), ("oauth_extra", "é")]

    def sign(self, *arguments: Any, **options: Any) -> Any:
        url, headers, body = super().sign(*arguments, **options)
        return url, {**headers, "X-Signed": "yes"}, body


@given(METHODS, URLS, CONTENT_TYPES, BODIES, OPTIONS)
def test_it_sends_what_requests_oauthlib_sends(
    method: str, url: str, content_type: Any, body: Any, options: dict[str, Any]
) -> None:
    """All of it, or the error of the client."""
    auths = [library.OAuth1("ck", client_class=Signing, **FIXED, **options) for library in (original, OAuth1Module)]
    try:
        theirs = prepare(auths[0], method, url, content_type, body)
    except ValueError as refused:
        with pytest.raises(ValueError, match=r"\A.") as ours_refused:
            prepare(auths[1], method, url, content_type, body)
        assume(type(refused) is ValueError)
        assert type(ours_refused.value) is ValueError
    else:
        ours = prepare(auths[1], method, url, content_type, body)
        assert shown(ours) == shown(theirs)
        assert ours.headers["X-Signed"] in ("yes", b"yes")


class OAuth1Module:
    """The compat module, with the one name that is compared."""

    OAuth1 = OAuth1


def test_a_class_attribute_names_the_class() -> None:
    class Auth(OAuth1):
        client_class = Signing

    assert type(Auth("ck").client) is Signing
    assert b"oauth_extra" in prepare(Auth("ck"), "GET", URL, None, None).headers["Authorization"]
    assert type(Auth("ck", client_class=oauthlib.oauth1.Client).client) is oauthlib.oauth1.Client


def test_a_class_that_derives_from_ours_signs_by_its_method() -> None:
    """It may call ours."""

    class Own(Client):
        def sign(self, *arguments: Any, **options: Any) -> Any:
            url, headers, body = super().sign(*arguments, **options)
            return url, {**headers, b"X-Own": b"1"}, body

    theirs = prepare(OAuth1("ck", **FIXED), "POST", URL, None, {"b": "é"})
    ours = prepare(OAuth1("ck", client_class=Own, **FIXED), "POST", URL, None, {"b": "é"})
    assert ours.headers.pop("X-Own") == b"1"
    assert shown(ours) == shown(theirs)


def test_a_file_is_not_read() -> None:
    parts = iter([b"a"])
    request = requests.Request("POST", URL, data=parts, auth=OAuth1("ck", client_class=Signing)).prepare()
    assert list(request.body) == [b"a"]


def test_the_added_parameters() -> None:
    """Those of the protocol that are new; the rest may have been encoded anew."""
    before = "https://a.example/?oauth_token=1&b=%20#x?oauth_no=1"
    after = "https://a.example/?oauth_token=1&b=+&oauth_nonce=a%3D&oauth_flag#x"
    assert added_to_query(before, after) == ("oauth_nonce\0a%3D", "oauth_flag")
    assert added_to_query(before, before) == ()
