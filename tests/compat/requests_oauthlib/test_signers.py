"""The attributes of a client are read at each signature."""

import copy
from types import SimpleNamespace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given
from hypothesis import strategies as st

from oauthone.compat.requests_oauthlib import _signers
from oauthone.compat.requests_oauthlib._client import Client
from oauthone.compat.requests_oauthlib._signers import SignerCache, placement_of
from oauthone.core.parameters import Placement
from oauthone.errors import InsecureTransportError, SigningError

from .examples import FIXED

URL = "https://api.example/"
NAMES = st.sampled_from(
    [
        *("client_key", "client_secret", "resource_owner_key", "resource_owner_secret", "callback_uri", "verifier"),
        *("realm", "nonce", "timestamp"),
    ]
)


def sign(cache: SignerCache, client: Any) -> Any:
    """Return the header of a request."""
    return cache.sign(client, "GET", URL, None, None, None).authorization


@given(st.lists(st.tuples(NAMES, st.sampled_from(["a", "", "1", None])), max_size=5))
def test_a_change_has_the_effect_of_a_new_client(changes: list[tuple[str, str | None]]) -> None:
    """Whatever was signed before; an empty value is as none."""
    cache, client = SignerCache(), Client("ck", "cs", "t", "ts", **FIXED)
    values: dict[str, Any] = vars(client).copy()
    for name, value in changes:
        if (name, value) in (("client_key", None), ("nonce", None), ("timestamp", None)):
            continue
        setattr(client, name, value)
        values[name] = value
        assert sign(cache, client) == sign(SignerCache(), Client(**values))


def test_an_empty_value_is_not_sent() -> None:
    empty = Client("ck", "", "", "", "", verifier="", realm="", **FIXED)
    assert sign(SignerCache(), empty) == sign(SignerCache(), Client("ck", **FIXED))


def test_attributes_may_be_deleted() -> None:
    client = Client("ck", "cs", "t", "ts", "https://app.example/", verifier="v", realm="r", nonce="n", timestamp="1")
    for name in [name for name in vars(client) if name not in ("client_key", "signature_method", "signature_type")]:
        delattr(client, name)
    header = sign(SignerCache(), client)
    assert [name for name in ("realm", "token", "callback", "verifier") if name in header] == []


def test_the_signer_is_made_once() -> None:
    cache, client = SignerCache(), Client("ck", "cs")
    sign(cache, client)
    made = cache._made
    client.verifier, client.callback_uri = "v", "https://app.example/"
    sign(cache, client)
    assert cache._made is made
    assert copy.copy(cache)._made is made
    client.client_secret = "another"
    sign(cache, client)
    assert cache._made is not made


class Interrupted(SignerCache):
    """After one assignment, another thread signs for another client."""

    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__(name, value)
        if (other := vars(self).pop("other", None)) is not None:
            sign(self, other)


def test_threads_do_not_mix_clients() -> None:
    """Each signature has the token that its client holds, though all share what is kept."""
    one, other = (Client("ck", "cs", token, **FIXED) for token in ("one", "other"))
    cache = Interrupted()
    vars(cache)["other"] = other
    for client in (one, one, other, one):
        assert sign(cache, client) == sign(SignerCache(), client)
    assert "other" not in vars(cache)


def test_an_rsa_key_is_parsed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed = []
    lenient = _signers.lenient_key
    monkeypatch.setattr(_signers, "lenient_key", lambda key: parsed.append(key) or lenient(key))
    keys = [rsa.generate_private_key(65537, 2048) for _ in range(2)]
    cache, client = SignerCache(), Client("ck", signature_method="RSA-SHA1", rsa_key=keys[0])
    for token in ("a", "b"):
        client.resource_owner_key = token
        sign(cache, client)
    assert parsed == keys[:1]
    client.rsa_key = keys[1]
    sign(cache, client)
    assert parsed == keys


def test_a_key_that_is_wrong_is_tried_again() -> None:
    cache, client = SignerCache(), Client("ck", signature_method="RSA-SHA1", rsa_key="not a key")
    for _ in range(2):
        with pytest.raises(SigningError, match="RSA"):
            sign(cache, client)
    client.rsa_key = None
    with pytest.raises(SigningError, match="rsa_key"):
        sign(cache, client)


def test_any_object_with_the_attributes_serves() -> None:
    client = SimpleNamespace(client_key="ck", signature_method="HMAC-SHA1", signature_type="AUTH_HEADER")
    assert 'oauth_consumer_key="ck"' in sign(SignerCache(), client)


def test_nobody_is_no_client() -> None:
    """It may be set later, as one library does."""
    client = Client(None)
    with pytest.raises(SigningError, match="client_key"):
        sign(SignerCache(), client)
    client.client_key = "ck"
    assert sign(SignerCache(), client)


@pytest.mark.parametrize(
    ("text", "placement"),
    [("auth_header", Placement.HEADER), ("Query", Placement.QUERY), ("BODY", Placement.BODY)],
)
def test_the_placement_in_any_case(text: str, placement: Placement) -> None:
    assert placement_of(text) is placement


@pytest.mark.parametrize("value", ["HEADER", "", None, 3])
def test_another_placement_is_an_error(value: Any) -> None:
    with pytest.raises(SigningError, match="'AUTH_HEADER', 'QUERY' or 'BODY'"):
        placement_of(value)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"client_key": None}, "client_key is a NoneType"),
        ({"client_secret": ["s"]}, "client_secret is a list"),
        ({"resource_owner_key": ["t"]}, "resource_owner_key is a list"),
        ({"resource_owner_secret": ["s"]}, "resource_owner_secret is a list"),
        ({"callback_uri": ["c"]}, "callback_uri is a list"),
        ({"verifier": ["v"]}, "verifier is a list"),
        ({"signature_type": "BODY"}, "with signature_type='AUTH_HEADER'"),
        ({"signature_type": "QUERY", "signature_method": "PLAINTEXT"}, "use signature_type='AUTH_HEADER'"),
    ],
)
def test_an_error_has_the_names_of_oauthlib(changes: dict[str, Any], message: str) -> None:
    """What it names is an attribute of the client, and what it advises is accepted."""
    client = Client("ck", "cs", "t", "ts")
    vars(client).update(changes)
    with pytest.raises(SigningError, match=message):
        SignerCache().sign(client, "POST", URL, "text/plain", None, "body")


def test_a_nonce_may_be_a_number() -> None:
    header = sign(SignerCache(), Client("ck", "cs", nonce=12, timestamp=5))
    assert header == sign(SignerCache(), Client("ck", "cs", nonce="12", timestamp="5"))


def test_a_leg_over_http_is_refused_by_its_url() -> None:
    with pytest.raises(InsecureTransportError, match=r"to http://api\.example"):
        _signers.require_confidential("http://api.example/", "it")
    _signers.require_confidential("https://api.example/", "it")
    _signers.require_confidential("http://localhost:8000/", "it")


def test_its_repr_shows_no_secret() -> None:
    cache = SignerCache()
    sign(cache, Client("ck", "c-secret"))
    assert "c-secret" not in repr(cache)
