"""Where a request of the flow is sent."""

import pytest

from oauthone.clients._flow_options import Target, named_target


def test_the_caller_names_the_endpoint() -> None:
    assert named_target("https://a.example/", None, {}) == Target("https://a.example/", "POST", None, {})
    assert named_target("https://a.example/", "GET", {"timeout": 3}).method == "GET"
    with pytest.raises(
        TypeError, match=r"pass the URL of the provider's endpoint, or build the client with provider=…"
    ):
        named_target(None, "GET", {})


def test_options_may_be_secret() -> None:
    """They may hold a password (xAuth)."""
    assert "hush" not in repr(named_target("https://a.example/", None, {"data": {"x_auth_password": "hush"}}))
