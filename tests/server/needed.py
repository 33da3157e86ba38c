"""Servers that tests need, and that some machines do not have."""

from typing import Protocol

import pytest


class Service(Protocol):
    """A kind of server that tests start."""

    @staticmethod
    def missing() -> str | None:
        """The command that installs it, or None."""


def skip_without(service: type[Service]) -> None:
    """Skip the test if ``service`` is not installed, with the command that installs it. In CI a skip is a failure."""
    if missing := service.missing():
        pytest.skip(missing)
