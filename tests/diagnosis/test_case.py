"""The evidence about a refused request."""

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from oauthlib.oauth1 import Client

from oauthone import RsaKey
from oauthone.diagnosis.answer import NO_ANSWER
from oauthone.diagnosis.case import Case, Given, budget, credentials_of, read_rsa_key, signature_holds
from oauthone.diagnosis.sent_request import read_request
from oauthone.errors import SigningError

from .refused import sent

KEY = rsa.generate_private_key(65537, 1024)
GIVEN = Given("client", "s3cret", "t", "t0ken", None, None)


def case(request: Any, given: Given = GIVEN) -> Case:
    nothing: tuple[()] = ()
    return Case(
        request, given, NO_ANSWER, base_strings=nothing, signatures=nothing, working=None, earlier=nothing, now=0
    )


def test_a_key_is_read_in_any_form() -> None:
    assert read_rsa_key(None) == (None, None)
    for key in (KEY, RsaKey(KEY, min_bits=0)):
        public, text = read_rsa_key(key)
        assert (public is not None and public.bits, text) == (1024, None)
        again, _ = read_rsa_key(public)
        assert again is public
    assert read_rsa_key(lambda octets: octets) == (None, None)
    with pytest.raises(SigningError):
        read_rsa_key(b"no key")
    with pytest.raises(SigningError):
        read_rsa_key("no key")


def test_the_search_is_bounded_by_the_length_of_a_request() -> None:
    def of_length(length: int) -> int:
        return budget(read_request("GET", f"https://a/?a={'x' * length}"))

    assert [of_length(length) for length in (100, 10_000, 1 << 19)] == [2, 1, 0]


def test_credentials_without_a_secret_cannot_sign() -> None:
    assert credentials_of(GIVEN._replace(client_secret=None, token_secret=None)).secrets is None
    bare = case(read_request(**sent()), GIVEN._replace(client_secret=None, token_secret=None))
    assert (bare.can_sign, bare.match, bare.explain_by("x")) == (False, None, None)
    assert case(read_request("GET", "https://a/")).explain_by("x") is None


def test_nothing_in_it_shows_a_secret() -> None:
    assert "s3cret" not in repr(case(read_request(**sent()))) + repr(GIVEN)


def test_a_signature_holds_or_not_as_far_as_it_can_be_told() -> None:
    """Judged with the signature that oauthlib makes."""
    url, headers, _ = Client("client", "s3cret", "t", "t0ken").sign("https://api.example/?q=a%20b")

    def holds(given: Given = GIVEN, url: str = url, **more: Any) -> bool | None:
        return signature_holds(read_request(more.pop("method", "GET"), url, {**headers, **more}, ...), given)

    assert holds() is True
    assert holds(url=url.replace("q=", "p=")) is False
    assert holds(method="POST") is False
    assert holds(GIVEN._replace(token_secret="other")) is False
    assert holds(GIVEN._replace(client_secret=None, token_secret=None)) is None
    assert holds(**{"Content-Type": "application/x-www-form-urlencoded"}) is None
    assert holds(Authorization="OAuth oauth_token=t") is None
