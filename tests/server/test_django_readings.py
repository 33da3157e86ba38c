"""What Django makes of a host and of a charset. Django itself is the judge."""

from typing import Any

import pytest
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest
from django.test.utils import override_settings
from hypothesis import given
from hypothesis import strategies as st

from oauthone.server import _django_readings
from oauthone.server._django_readings import has_allowed_host, is_read_as_utf8

from .glue.scopes import configure_django

configure_django()

HOSTS = ["", "api.example", "API.example.", "api.example:8000", "sub.api.example", "evil.example", "localhost", "[::1]"]
HOSTS += ["*", ".api.example", "api.example,evil.example", "a/b", "exa_mple", "[::1", "\xe9.example", "x" * 300]
ALLOWED = st.lists(st.sampled_from(["*", "api.example", ".api.example", "API.EXAMPLE", "[::1]", "exa_mple", "a/b"]))


def request_for(host: str, **meta: str) -> Any:
    request = HttpRequest()
    request.META = {"SERVER_NAME": "inner", "SERVER_PORT": "80", "HTTP_HOST": host, **meta}
    return request


def django_accepts(request: Any) -> bool:
    try:
        request.get_host()
    except DisallowedHost:
        return False
    return True


@given(
    host=st.sampled_from(HOSTS),
    forwarded=st.sampled_from(HOSTS),
    allowed=ALLOWED,
    debug=st.booleans(),
    trusts_proxy=st.booleans(),
)
def test_a_host_is_allowed_if_django_accepts_it(
    host: str, forwarded: str, allowed: list[str], debug: bool, trusts_proxy: bool
) -> None:
    with override_settings(ALLOWED_HOSTS=allowed, DEBUG=debug, USE_X_FORWARDED_HOST=trusts_proxy):
        for _ in range(2):  # the second answer may come from the cache
            request = request_for(host, HTTP_X_FORWARDED_HOST=forwarded)
            assert has_allowed_host(request) is django_accepts(request)


def test_a_setting_that_changes_counts_at_once() -> None:
    for allowed, expected in ((["api.example"], True), (["other.example"], False), (["api.example"], True)):
        with override_settings(ALLOWED_HOSTS=allowed):
            assert has_allowed_host(request_for("api.example")) is expected


def test_long_hosts_do_not_fill_the_cache() -> None:
    _django_readings._is_allowed_host.cache_clear()
    with override_settings(ALLOWED_HOSTS=["*"]):
        assert has_allowed_host(request_for("x" * 256))
        assert _django_readings._is_allowed_host.cache_info().currsize == 0
        assert has_allowed_host(request_for("x" * 255))
    assert _django_readings._is_allowed_host.cache_info().currsize == 1


@pytest.mark.parametrize(
    ("query", "encoding", "is_same"),
    [
        (b"x=1", "latin-1", True),
        (b"x=%C3%A9", "utf-8", True),
        (b"x=%C3%A9", "latin-1", False),
        (b"x=\xc3\xa9", "latin-1", False),
        (b"x=1", "utf-16", False),
        (b"x=1", "idna", False),
    ],
)
def test_a_charset_in_which_the_query_means_something_else_is_found(query: bytes, encoding: str, is_same: bool) -> None:
    assert is_read_as_utf8(query, encoding) is is_same
