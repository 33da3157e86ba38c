"""Forwarding headers explain a refusal behind a proxy, and decide nothing."""

import pytest

from oauthone.core.incoming_request import IncomingRequest
from oauthone.core.policy import VerificationPolicy
from oauthone.diagnosis.forwarding import forwarded_address, proxy_hint

API = ("https", "api.example")


def request(*headers: tuple[str, str], url: str = "http://127.0.0.1:8000/photos") -> IncomingRequest:
    return IncomingRequest.from_url("GET", url, headers)


@pytest.mark.parametrize(
    ("headers", "address"),
    [
        ([("X-Forwarded-Host", "api.example"), ("X-Forwarded-Proto", "https")], API),
        ([("x-forwarded-host", "API.example:443, inner.example"), ("x-forwarded-proto", "HTTPS,http")], API),
        ([("Forwarded", "for=192.0.2.60;proto=https;host=api.example, for=10.0.0.1;host=inner")], API),
        ([("forwarded", 'for="[2001:db8::1]"; Host="api.example:8443"; Proto=https')], ("https", "api.example:8443")),
        ([("X-Forwarded-Host", "api.example")], ("http", "api.example")),
        ([("X-Forwarded-Proto", "https")], ("https", "127.0.0.1:8000")),
        ([("X-Forwarded-Host", "127.0.0.1:8000"), ("X-Forwarded-Proto", "http")], None),
        ([("X-Forwarded-Host", "api.example\x1b[2J"), ("X-Forwarded-Proto", "https")], None),
        ([("X-Forwarded-Host", ""), ("X-Forwarded-Proto", "")], None),
        ([("X-Forwarded-Proto", "gopher")], None),
        ([("Forwarded", "for=192.0.2.60")], None),
        ([("X-Forwarded-For", "192.0.2.60")], None),
        ([], None),
    ],
)
def test_the_address_is_the_one_that_the_first_proxy_names(
    headers: list[tuple[str, str]], address: tuple[str, str] | None
) -> None:
    assert forwarded_address(request(*headers)) == address


def test_the_hint_names_the_setting() -> None:
    hint = proxy_hint(
        request(("X-Forwarded-Host", "api.example"), ("X-Forwarded-Proto", "https")), VerificationPolicy()
    )
    assert hint is not None
    assert "https://api.example" in hint
    assert "http://127.0.0.1:8000" in hint
    assert "public_url='https://api.example'" in hint


def test_no_hint_is_given_with_a_public_url_or_without_a_proxy() -> None:
    forwarded = request(("X-Forwarded-Host", "api.example"))
    assert proxy_hint(forwarded, VerificationPolicy(public_url=("https", "api.example", ""))) is None
    assert proxy_hint(request(), VerificationPolicy()) is None


def test_a_host_that_is_no_host_is_not_repeated() -> None:
    odd = IncomingRequest("GET", "http", "a b\n", "/", "", [("X-Forwarded-Host", "api.example")])
    assert "verifier checks for another address" in str(proxy_hint(odd, VerificationPolicy()))


def test_a_websocket_gets_no_hint() -> None:
    """Its scheme is another one in any case."""
    forwarded = IncomingRequest("GET", "wss", "api.example", "/", "", [("X-Forwarded-Proto", "https")])
    assert proxy_hint(forwarded, VerificationPolicy()) is None
