"""Boxes for the tests of the box."""

from collections.abc import Iterator

import pytest

from oauthone.testing import ProviderBox


@pytest.fixture(scope="package")
def shared_box() -> Iterator[ProviderBox]:
    with ProviderBox(odd_values=True) as box:
        yield box


@pytest.fixture
def box(shared_box: ProviderBox) -> ProviderBox:
    """A box that has received nothing yet."""
    shared_box.requests.clear()
    shared_box.decision = "approve"
    return shared_box


@pytest.fixture(scope="package")
def tls_box() -> Iterator[ProviderBox]:
    with ProviderBox(tls=True, odd_values=True) as box:
        yield box
