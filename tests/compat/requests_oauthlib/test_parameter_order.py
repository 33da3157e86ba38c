"""Header, query and form have the order of oauthlib."""

import re
from typing import Any

import oauthlib.oauth1
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from oauthone import Signer
from oauthone.compat.requests_oauthlib._parameter_order import in_oauthlib_order

ORDER = [
    *("oauth_nonce", "oauth_timestamp", "oauth_version", "oauth_signature_method", "oauth_consumer_key"),
    *("oauth_token", "oauth_callback", "oauth_verifier", "oauth_signature"),
]
VALUES = st.none() | st.text(st.sampled_from('a, ="\\é'), min_size=1, max_size=5)
REALMS = st.none() | st.lists(
    st.sampled_from(["a", ", ", '"', "\\", "oauth_consumer_key=", "oauth_token="]), min_size=1, max_size=4
).map("".join)


@given(VALUES, VALUES, VALUES, REALMS)
@example(None, None, None, "oauth_consumer_key=")
def test_the_parameters_stand_as_in_oauthlib(token: Any, callback: Any, verifier: Any, realm: str | None) -> None:
    """The values and the realm stay, whatever they contain."""
    client = oauthlib.oauth1.Client("ck", "cs", token, "ts", callback, verifier=verifier, nonce="n", timestamp="1")
    theirs = client.sign("https://api.example/")[1]["Authorization"]
    signer = Signer("ck", "cs", token=token, token_secret="ts", realm=realm)
    signed = signer.sign("GET", "https://api.example/", callback=callback, verifier=verifier, nonce="n", timestamp="1")
    ours = str(in_oauthlib_order(signed).authorization)
    written = re.match(r'OAuth (?:realm="(?:[^"\\]|\\.)*", )?', str(signed.authorization))
    assert written is not None
    assert ours == written[0] + theirs.removeprefix("OAuth ")
    assert (realm is not None) == ours.startswith("OAuth realm=")


def test_a_body_hash_stands_before_the_signature() -> None:
    signed = Signer("ck", body_hash="always").sign("POST", "https://api.example/", body=b"x")
    names = re.findall(r"(\w+)=", str(in_oauthlib_order(signed).authorization))
    assert names[-2:] == ["oauth_body_hash", "oauth_signature"]
    assert names[0] == "oauth_nonce"


QUERIES = ["", "?", "?a=b", "?oauth_consumer_key=x&a", "#part&oauth_consumer_key=", "?q=1#?oauth_token=x&b"]


@pytest.mark.parametrize("query", QUERIES)
def test_a_query_has_it_too(query: str) -> None:
    """The request's own query and the fragment stay where they are."""
    signer = Signer("ck é", "cs", token="t", token_secret="ts", signature_type="QUERY")
    signed = signer.sign("GET", f"https://api.example/{query}", callback="https://a.example/?b&c=d", verifier="v")

    ordered = in_oauthlib_order(signed)

    resource, _, fragment = ordered.url.partition("#")
    assert fragment == query.partition("#")[2]
    own = query.partition("#")[0].lstrip("?")
    pairs = resource.partition("?")[2].removeprefix(own).lstrip("&").split("&")
    assert [pair.partition("=")[0] for pair in pairs] == ORDER
    assert sorted(ordered.url.replace("?", "&").replace("#", "&").split("&")) == sorted(
        signed.url.replace("?", "&").replace("#", "&").split("&")
    )
    assert (ordered.body, ordered.added_to_query) == (signed.body, signed.added_to_query)


@pytest.mark.parametrize("body", ["", b"", "a=b&c", b"oauth_consumer_key=x&a=%C3%A9"])
def test_a_form_has_it_too(body: str | bytes) -> None:
    """It stays bytes or text."""
    signer = Signer("ck", "cs", token="t", token_secret="ts", signature_type="BODY")
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    signed = signer.sign("POST", "https://api.example/", headers, body, callback="https://a.example/", verifier="v")

    ordered = in_oauthlib_order(signed).body

    assert type(ordered) is type(signed.body)
    text = ordered if isinstance(ordered, str) else ordered.decode()
    own = body if isinstance(body, str) else body.decode()
    assert [pair.partition("=")[0] for pair in text.removeprefix(own).lstrip("&").split("&")] == ORDER


def test_the_whole_query_is_that_of_oauthlib() -> None:
    options = {"nonce": "n", "timestamp": "1"}
    client = oauthlib.oauth1.Client("ck", "cs", "t", "ts", signature_type="QUERY", verifier="v", **options)
    signer = Signer("ck", "cs", token="t", token_secret="ts", signature_type="QUERY")
    signed = signer.sign("GET", "https://api.example/?a=b", verifier="v", **options)
    assert in_oauthlib_order(signed).url == client.sign("https://api.example/?a=b")[0]
