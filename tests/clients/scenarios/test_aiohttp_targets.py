"""aiohttp writes a request target, and the signature covers it, whatever yarl keeps as path and as query."""

from types import SimpleNamespace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from multidict import CIMultiDict
from sampling import examples
from yarl import URL

from oauthone.clients._aiohttp_bodies import authorization_without_body
from oauthone.clients._aiohttp_urls import wire_url
from oauthone.clients.aiohttp import OAuth1Middleware
from oauthone.core.received_header import parse_authorization_header

AUTH = OAuth1Middleware("client", "secret", token="t", token_secret="ts")
TEXT = st.text(st.sampled_from("ab?#&=+%,;:/.~é☃ '[]|"), max_size=12) | st.sampled_from(
    ["o%61uth_x=1", "oauth_x=1", "%zz"]
)


@examples(200)
@given(st.sampled_from(["http", "https", "ws", "wss"]), TEXT, TEXT)
def test_a_header_covers_the_request_target(scheme: str, path: str, query: str) -> None:
    """The header made from the parts is the one that the whole URL gets, split where a server splits it."""
    url = URL.build(scheme=scheme, host="api.example", path="/" + path, query_string=query, encoded=True)
    request: Any = SimpleNamespace(method="GET", url=url, headers=CIMultiDict(Host="api.example"))
    header = authorization_without_body(AUTH, request)
    if header is None:
        assert "#" in url.raw_path_qs or "oauth_" in url.raw_path_qs.replace("%61", "a")
        return
    made_with = dict(parse_authorization_header(header)[1])
    chosen = {"nonce": made_with["oauth_nonce"], "timestamp": made_with["oauth_timestamp"]}
    assert header == AUTH.signer.sign_parts("GET", wire_url(url), None, None, None, **chosen).authorization
