"""Servers that tests need, and that not every machine has."""

from typing import Protocol

import pytest


class Service(Protocol):
    """A kind of server that tests start."""

    @staticmethod
    def missing() -> str | None:
        """What to install, or None."""


def skip_without(service: type[Service]) -> None:
    """Skip the test where ``service`` is not installed: what to install is the reason. In CI a skip is a failure."""
    if missing := service.missing():
        pytest.skip(missing)
