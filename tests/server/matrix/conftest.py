"""The servers, which live as long as the tests of this folder."""

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
