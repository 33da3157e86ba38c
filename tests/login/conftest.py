"""A provider, a clock and a site for each framework, with the login in the session and with it in a cache."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from server.needed import skip_without
from server.services import RedisServer

from oauthone.login import _login_log
from oauthone.testing import Faults, ProviderBox

from .caches import SyncCache
from .sites import SITES, Clock, Site

Opener = Callable[..., Site]


@pytest.fixture(scope="package", autouse=True)
def few_authorities(one_authority: str) -> Iterator[None]:
    """Trust no authority of the machine, because reading them takes longer than a login."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SSL_CERT_FILE", one_authority)
        yield


@pytest.fixture(autouse=True)
def fresh_login_log() -> None:
    """The warnings of earlier tests do not count toward the limit of records."""
    _login_log._LIMIT.reset()


@pytest.fixture(scope="package")
def shared_box() -> Iterator[ProviderBox]:
    with ProviderBox(odd_values=True) as box:
        yield box


@pytest.fixture
def box(shared_box: ProviderBox) -> ProviderBox:
    """A provider that has received nothing yet."""
    shared_box.requests.clear()
    shared_box.decision = "approve"
    shared_box.faults = Faults()
    return shared_box


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=SITES)
def framework(request: pytest.FixtureRequest) -> str:
    """Every framework in turn."""
    return str(request.param)


@pytest.fixture
def open_site(framework: str, box: ProviderBox, clock: Clock) -> Opener:
    """Makes a site: ``open_site(cache=…, …)``."""

    def make(**options: Any) -> Site:
        return SITES[framework](box, **{"clock": clock, **options})

    return make


@pytest.fixture(params=["session", "cache"])
def site(request: pytest.FixtureRequest, open_site: Opener) -> Site:
    """A site, with logins in the session and with logins in a cache."""
    return open_site(cache=SyncCache() if request.param == "cache" else None)


@pytest.fixture(scope="session")
def redis_port() -> Iterator[int]:
    """The port of a separate Redis, which keeps nothing on disk."""
    skip_without(RedisServer)
    with RedisServer() as server:
        yield server.port
