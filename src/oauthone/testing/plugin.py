"""A pytest plugin: the fixture ``oauth1_provider``, and a report of how a request was signed wrongly.

Every run of pytest loads it if this package is installed. So it imports heavy modules only when the fixture is used.
"""

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from oauthone.testing.box import ProviderBox
    from oauthone.testing.received import Received

_MARKER = "oauth1_refusals_expected"
_SCOPES = ("function", "class", "module", "package", "session")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option for the scope of the fixture."""
    parser.addini(
        "oauth1_provider_scope",
        f"the scope of the fixture oauth1_provider: {', '.join(_SCOPES)}",
        default="function",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Check the option, and register the marker for tests in which the provider should refuse a request."""
    scope = config.getini("oauth1_provider_scope")
    if scope not in _SCOPES:
        raise pytest.UsageError(f"oauth1_provider_scope is {scope!r}: use one of {', '.join(_SCOPES)}")
    config.addinivalue_line("markers", f"{_MARKER}: the provider may refuse requests of this test (oauthone)")


def _scope(fixture_name: str, config: pytest.Config) -> Any:
    return config.getini("oauth1_provider_scope")


@pytest.fixture(scope=_scope)
def oauth1_provider() -> "Generator[ProviderBox]":
    """A strict OAuth 1.0 provider on a loopback socket.

    A test fails if the provider refuses a request with OAuth credentials; the report names the first difference from
    the right signature. Mark tests that expect a refusal with ``oauth1_refusals_expected``.
    """
    from oauthone.testing.box import ProviderBox

    with ProviderBox() as box:
        yield box


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Fail the test, or add a section to its report, if the provider refused one of its requests."""
    box: Any = getattr(item, "funcargs", {}).get("oauth1_provider")
    if box is None or item.get_closest_marker(_MARKER) is not None:
        return (yield)
    before = len(box.requests)
    try:
        result = yield
    finally:
        refusals = [_explained(one) for one in box.requests[before:] if _was_refused(one)]
        if refusals:
            item.add_report_section("call", "OAuth 1.0 provider", "\n\n".join(refusals))
    if refusals:
        pytest.fail("the OAuth 1.0 provider refused what this test sent:\n\n" + "\n\n".join(refusals), pytrace=False)
    return result


def _was_refused(received: "Received") -> bool:
    """Return whether a request with credentials was refused."""
    return received.refusal is not None and bool(received.oauth_parameters())


def _explained(received: "Received") -> str:
    return f"{received.method} {received.url.partition('?')[0]}: {received.refusal}"
