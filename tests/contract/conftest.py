"""Runs every case for every surface of this environment, with a provider in a box and with scripted servers."""

import asyncio
import inspect
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest

from oauthone.testing import Faults, ProviderBox

from .available import SURFACES
from .cannot import CANNOT, Cannot
from .surfaces import Client, Surface

#: Opens a client with token credentials of a box: ``open_client(surface, box, method, placement, **options)``.
Opener = Callable[..., Client]

#: Its event loop is that of every test: making one for each takes a twentieth of the time.
_RUNNER = asyncio.Runner()


def pytest_configure(config: pytest.Config) -> None:
    """The marker that names a case."""
    config.addinivalue_line(
        "markers", "case(name): what a client has to be able to do, as the table of clients says it"
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run each test with a ``surface`` once for each surface."""
    if "surface" in metafunc.fixturenames:
        metafunc.parametrize("surface", SURFACES, ids=repr)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Expect a case to fail as the table says if the client cannot do it."""
    for item in items:
        cannot = _cannot(item)
        if cannot is not None:
            runs = cannot.fails_with is not None
            mark = pytest.mark.xfail(reason=cannot.reason, raises=cannot.fails_with, run=runs, strict=True)
            item.add_marker(mark)


def _cannot(item: pytest.Item) -> Cannot | None:
    """Return the table's entry for this case, or for its ``variant``."""
    case, called = item.get_closest_marker("case"), getattr(item, "callspec", None)
    if case is None or called is None:
        return None
    surface: Surface | None = called.params.get("surface")
    if surface is None:
        return None
    names = [case.args[0], f"{case.args[0]}: {called.params.get('variant')}"]
    return next((found for name in names if (found := CANNOT.get((surface.name, name)))), None)


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run a coroutine function, each in the same event loop."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    arguments = {name: pyfuncitem.funcargs[name] for name in inspect.signature(pyfuncitem.obj).parameters}
    cannot = None if pyfuncitem.config.getoption("runxfail") else _cannot(pyfuncitem)
    expected = (cannot and cannot.fails_with) or ()
    try:
        _RUNNER.run(pyfuncitem.obj(**arguments))
    except expected:
        assert cannot is not None
        # Of another exception pytest formats a traceback, though nobody sees this one.
        raise pytest.xfail.Exception(cannot.reason, pytrace=False) from None
    return True


def pytest_unconfigure() -> None:
    """Close the event loop."""
    _RUNNER.close()


@pytest.fixture(scope="package", autouse=True)
def environment(own_settings: Callable[[], AbstractContextManager[None]]) -> Iterator[None]:
    """Ignore the machine's settings in each test."""
    with own_settings():
        yield


@pytest.fixture(scope="session")
def shared_box() -> Iterator[ProviderBox]:
    with ProviderBox(odd_values=True) as box:
        yield box


@pytest.fixture(scope="session")
def shared_tls_box() -> Iterator[ProviderBox]:
    with ProviderBox(tls=True, odd_values=True) as box:
        yield box


@pytest.fixture(scope="session")
def shared_hashing_box() -> Iterator[ProviderBox]:
    with ProviderBox(body_hash="required", odd_values=True) as box:
        yield box


@pytest.fixture
def box(shared_box: ProviderBox) -> ProviderBox:
    """A provider without faults that has received nothing yet."""
    return _fresh(shared_box)


@pytest.fixture
def tls_box(shared_tls_box: ProviderBox) -> ProviderBox:
    """A provider behind TLS, without faults, that has received nothing yet."""
    return _fresh(shared_tls_box)


@pytest.fixture
def hashing_box(shared_hashing_box: ProviderBox) -> ProviderBox:
    """A provider that requires a hash of every body that is not a form."""
    return _fresh(shared_hashing_box)


def _fresh(box: ProviderBox) -> ProviderBox:
    box.requests.clear()
    box.attempts.clear()
    box.decision = "approve"
    box.faults = Faults()
    return box


def held(box: ProviderBox, method: str = "HMAC-SHA1") -> dict[str, Any]:
    """Return the credentials of a client and of a token that ``box`` issued to it."""
    return {**box.clients[method].credentials(), **box.issue_token(box.clients[method])._asdict()}


@pytest.fixture
def open_client() -> Opener:
    """Opens a client with token credentials of a box, which trusts the box."""

    def open_one(
        surface: Surface, box: ProviderBox, method: str = "HMAC-SHA1", placement: str = "HEADER", **options: Any
    ) -> Client:
        return surface.client(**held(box, method), signature_type=placement, ca_file=box.ca_file, **options)

    return open_one
