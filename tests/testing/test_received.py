"""A request that a box received: what a test can read of it, and what it does not show."""

from collections.abc import Sequence

import pytest

from oauthone.core.incoming_request import IncomingRequest
from oauthone.errors import VerificationError
from oauthone.server import Refusal
from oauthone.testing import ProviderBox, Received

from .by_hand import FORM, send


def received(url: str, headers: Sequence[tuple[str, str]] = (), body: bytes = b"") -> Received:
    request = IncomingRequest.from_url("POST", url, list(headers), body)
    return Received(request, tuple((name.lower(), value) for name, value in headers), "1.1")


@pytest.mark.parametrize("url", ["https://a.example/p", "https://a.example/p?a=%FF&b", "http://[::1]:8000/%2F"])
def test_the_url_is_the_one_that_was_sent(url: str) -> None:
    assert (received(url).url, received(url).method) == (url, "POST")


def test_a_header_is_found_in_any_case_and_the_first_one_counts() -> None:
    one = received("https://a.example/", [("X-A", "1"), ("x-a", "2")])

    assert (one.header("X-a"), one.header("X-B")) == ("1", None)


def test_query_and_form_are_decoded_to_octets() -> None:
    """Octets, since they need not be text."""
    one = received("https://a.example/?a=%FF+b", [("Content-Type", FORM)], b"c=%C3%A9&c")

    assert one.query() == [(b"a", b"\xff b")]
    assert one.form() == [(b"c", "é".encode()), (b"c", b"")]


def test_a_body_that_is_no_form_has_no_fields() -> None:
    one = received("https://a.example/", [("Content-Type", "text/plain")], b"a=1")

    assert (one.form(), one.body) == ([], b"a=1")


def test_protocol_parameters_are_named_wherever_they_stand() -> None:
    """A client that signs nothing sends none of them, to any origin."""
    form = [("Content-Type", FORM)]

    assert received("https://a.example/?a=1", form, b"b=2").oauth_parameters() == []
    everywhere = received("https://a.example/?oauth_a=1", [*form, ("Authorization", "Bearer x")], b"oauth%5Fb=2")
    assert everywhere.oauth_parameters() == ["oauth_a", "oauth_b", "authorization"]


def test_a_refusal_has_its_error_and_the_difference() -> None:
    error = VerificationError(401, "signature_invalid", "wrong")
    refused = received("https://a.example/")._replace(refusal=Refusal(error, "the client signed the method GET"))

    assert refused.refused is error
    assert refused.difference == "the client signed the method GET"
    assert (received("https://a.example/").refused, received("https://a.example/").difference) == (None, None)


def test_neither_query_nor_header_nor_body_is_shown() -> None:
    one = received("https://a.example/p?password=canary", [("Authorization", "canary")], b"canary")

    assert repr(one) == "Received(POST https://a.example/p, refused=None, …)"


def test_a_box_keeps_requests_as_they_came(box: ProviderBox) -> None:
    """With the octets of the path and the query, and all headers in their order."""
    send(box, "PUT", f"{box.open_url}/%7e?q=%c3%a9+", {"X-B": "2", "X-A": "1"}, b"\xff")

    (one,) = box.requests
    assert (one.method, one.url, one.body) == ("PUT", f"{box.open_url}/%7e?q=%c3%a9+", b"\xff")
    assert one.http_version == "1.1"
    assert [pair for pair in one.headers if pair[0].startswith("x-")] == [("x-b", "2"), ("x-a", "1")]
