"""Boxes for the tests of the box."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from oauthone.testing import ProviderBox
from oauthone.testing._likeness import example_of

from .like_walks import CALLBACK


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


@pytest.fixture(scope="package")
def likes() -> Iterator[Callable[..., ProviderBox]]:
    """Return the box that is like a provider; each is started once."""
    with ExitStack() as stack:
        started: dict[str, ProviderBox] = {}

        def box_like(name: str, **options: Any) -> ProviderBox:
            key = f"{name} {options}"
            if key not in started:
                started[key] = stack.enter_context(ProviderBox(like=name, callbacks=[CALLBACK], **options))
            box = started[key]
            box.requests.clear()
            box.decision = "approve"
            return box

        yield box_like


@pytest.fixture
def with_facts() -> Iterator[Callable[..., ProviderBox]]:
    """Start a box that is like a provider of which some facts are replaced."""
    with ExitStack() as stack:

        def box_like(name: str, callbacks: Iterable[str] = (CALLBACK,), **facts: Any) -> ProviderBox:
            like = example_of(name)._replace(**facts)
            return stack.enter_context(ProviderBox(like=like, callbacks=callbacks))

        yield box_like
