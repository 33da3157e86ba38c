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


class Tenant(HttpRequest):
    """A request that decides about its host by another header."""

    def get_host(self) -> str:
        if self.META.get("HTTP_X_TENANT") == "bad":
            raise DisallowedHost
        return super().get_host()


class Fickle(str):
    """An allowed host whose comparison changes, and that has no hash."""

    equal = True
    __hash__ = None  # type: ignore[assignment]  # so that it cannot be part of a key

    def __eq__(self, other: object) -> bool:
        return self.equal


def test_a_request_with_a_rule_of_its_own_is_asked_each_time() -> None:
    with override_settings(ALLOWED_HOSTS=["api.example"]):
        for tenant, expected in (("good", True), ("bad", False), ("good", True)):
            request = Tenant()
            request.META = {"HTTP_HOST": "api.example", "HTTP_X_TENANT": tenant}
            assert has_allowed_host(request) is expected


def test_a_patched_rule_is_asked_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    with override_settings(ALLOWED_HOSTS=["api.example"]):
        assert has_allowed_host(request_for("api.example"))
        monkeypatch.setattr(HttpRequest, "get_host", Tenant.get_host)
        assert not has_allowed_host(request_for("api.example", HTTP_X_TENANT="bad"))


def test_an_allowed_host_that_is_no_plain_string_is_compared_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    with override_settings(ALLOWED_HOSTS=[Fickle("x")]):
        assert has_allowed_host(request_for("api.example"))
        monkeypatch.setattr(Fickle, "equal", False)
        assert not has_allowed_host(request_for("api.example"))


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
