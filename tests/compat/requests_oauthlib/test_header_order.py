"""The header has the order of oauthlib."""

import re
from typing import Any

import oauthlib.oauth1
from hypothesis import example, given
from hypothesis import strategies as st

from oauthone import Signer
from oauthone.compat.requests_oauthlib._header_order import in_oauthlib_order

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
    ours = in_oauthlib_order(str(signed.authorization))
    written = re.match(r'OAuth (?:realm="(?:[^"\\]|\\.)*", )?', str(signed.authorization))
    assert written is not None
    assert ours == written[0] + theirs.removeprefix("OAuth ")
    assert (realm is not None) == ours.startswith("OAuth realm=")


def test_a_body_hash_stands_before_the_signature() -> None:
    signed = Signer("ck", body_hash="always").sign("POST", "https://api.example/", body=b"x")
    names = re.findall(r"(\w+)=", in_oauthlib_order(str(signed.authorization)))
    assert names[-2:] == ["oauth_body_hash", "oauth_signature"]
    assert names[0] == "oauth_nonce"
