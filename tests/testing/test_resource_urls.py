"""The addresses of the resources of a box."""

import pytest

from oauthone.testing.resource_urls import ResourceUrls


class Urls(ResourceUrls):
    """Addresses at two fixed origins."""

    origin = "http://a.example"
    other_origin = "http://b.example"


def test_each_resource_has_its_address() -> None:
    urls = Urls()
    assert (urls.echo_url, urls.open_url) == ("http://a.example/echo", "http://a.example/open")
    assert urls.two_legged_url == "http://a.example/two-legged"
    assert (urls.other_url, urls.landing_url) == ("http://b.example/open", "http://b.example/landing")


def test_options_of_a_resource_are_encoded() -> None:
    urls = Urls()
    assert urls.redirect_url("/a?b&c") == "http://a.example/redirect?status=302&to=%2Fa%3Fb%26c"
    assert urls.flaky_url("a b", 2) == "http://a.example/flaky?key=a+b&failures=2&status=503"
    assert urls.slow_url(1.5) == "http://a.example/slow?seconds=1.5"


@pytest.mark.parametrize("name", ["origin", "other_origin"])
def test_the_origins_come_from_the_box(name: str) -> None:
    with pytest.raises(NotImplementedError):
        getattr(ResourceUrls(), name)
