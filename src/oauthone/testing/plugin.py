"""A pytest plugin: the fixture ``oauth1_provider``, and a report that says how a request was signed wrongly.

Loaded by every run of pytest where this package is installed, so it imports nothing heavy until the fixture is used.
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
    """The setting for how long a provider lives."""
    parser.addini(
        "oauth1_provider_scope",
        f"how long an oauth1_provider lives: {', '.join(_SCOPES)}",
        default="function",
    )


def pytest_configure(config: pytest.Config) -> None:
    """The marker for tests in which the provider is meant to refuse; and a check of the setting."""
    scope = config.getini("oauth1_provider_scope")
    if scope not in _SCOPES:
        raise pytest.UsageError(f"oauth1_provider_scope is {scope!r}: use one of {', '.join(_SCOPES)}")
    config.addinivalue_line("markers", f"{_MARKER}: the provider may refuse requests of this test (oauthone)")


def _scope(fixture_name: str, config: pytest.Config) -> Any:
    return config.getini("oauth1_provider_scope")


@pytest.fixture(scope=_scope)
def oauth1_provider() -> "Generator[ProviderBox]":
    """A strict OAuth 1.0 provider on a loopback socket.

    A test fails if the provider refuses a request that presents OAuth credentials; the report names the first
    difference to what should have been signed. Mark tests that mean it with ``oauth1_refusals_expected``.
    """
    from oauthone.testing.box import ProviderBox

    with ProviderBox() as box:
        yield box


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Fail the test, or add to its failure, where the provider refused one of its requests."""
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
    """Whether credentials were presented and refused."""
    return received.refusal is not None and bool(received.oauth_parameters())


def _explained(received: "Received") -> str:
    return f"{received.method} {received.url.partition('?')[0]}: {received.refusal}"
