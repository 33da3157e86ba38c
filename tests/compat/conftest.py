"""A provider in a box for the tests of the compat modules, and none of this machine's settings."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest

from oauthone.testing import Faults, ProviderBox


@pytest.fixture(scope="package", autouse=True)
def environment(own_settings: Callable[[], AbstractContextManager[None]]) -> Iterator[None]:
    """Ignore the machine's settings in each test."""
    with own_settings():
        yield


@pytest.fixture(scope="session")
def shared_box() -> Iterator[ProviderBox]:
    with ProviderBox(odd_values=True) as box:
        yield box


@pytest.fixture
def box(shared_box: ProviderBox) -> ProviderBox:
    """A provider that has received nothing yet, and has no faults."""
    shared_box.requests.clear()
    shared_box.decision, shared_box.faults = "approve", Faults()
    return shared_box


@pytest.fixture(scope="session")
def shared_plain_box() -> Iterator[ProviderBox]:
    with ProviderBox() as box:
        yield box


@pytest.fixture
def plain_box(shared_plain_box: ProviderBox) -> ProviderBox:
    """A provider whose identifiers and secrets hold letters and digits."""
    shared_plain_box.requests.clear()
    return shared_plain_box
