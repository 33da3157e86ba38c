"""The servers, which run until the tests of this folder end."""

from collections.abc import Iterator

import pytest

from .servers import Pool


@pytest.fixture(scope="session")
def pool() -> Iterator[Pool]:
    servers = Pool()
    try:
        yield servers
    finally:
        servers.stop()
