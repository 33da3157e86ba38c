"""The settings of every test, such as the number of examples for Hypothesis."""

import gc
import os
import subprocess
import sys
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from functools import cache, wraps
from importlib.util import find_spec
from pathlib import Path
from time import sleep

import pytest
from hypothesis import HealthCheck, settings
from sampling import pytest_collection_modifyitems as pytest_collection_modifyitems
from skips import pytest_make_collect_report as pytest_make_collect_report
from skips import pytest_runtest_makereport as pytest_runtest_makereport

settings.register_profile("default", max_examples=20, deadline=None)
settings.register_profile("full", max_examples=50, deadline=None, print_blob=True)
settings.register_profile(
    "ci", max_examples=200, deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile(
    "exhaustive",
    max_examples=int(os.environ.get("OAUTHONE_TESTS_EXAMPLES", "10000")),
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
PROFILE = os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "default")
settings.load_profile(PROFILE)
if PROFILE != "default":
    # The minute of pyproject.toml ends a test that hangs. With more examples, a slow test is no such test yet.
    os.environ.setdefault("PYTEST_TIMEOUT", "300")


def _load_each_key_once() -> None:
    """OpenSSL tests the primes of a key whenever it is loaded, which takes 50 ms: remember the keys."""
    if find_spec("cryptography") is None:
        return
    from cryptography.hazmat.primitives import serialization

    for name in ("load_pem_private_key", "load_der_private_key"):
        setattr(serialization, name, _loading_once(getattr(serialization, name)))


def _loading_once(load: Callable[..., object]) -> Callable[..., object]:
    remembered = cache(load)

    @wraps(load)
    def load_once(data: bytes, password: bytes | None, *further: object, **options: object) -> object:
        loader = remembered if isinstance(data, bytes) else load
        return loader(data, password, *further, **options)

    return load_once


_load_each_key_once()

# Python looks for garbage so often that a tenth of the time of many tests goes into it: look less often.
gc.set_threshold(10_000, 10, 10)


@pytest.fixture(scope="session")
def one_authority(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A file with one certificate, for ``SSL_CERT_FILE``: reading all authorities takes httpx 10 ms for each client."""
    trustme = pytest.importorskip("trustme", reason="install trustme (the extra `testing`)")
    path = tmp_path_factory.mktemp("authority") / "authority.pem"
    trustme.CA().cert_pem.write_to_path(str(path))
    return str(path)


@pytest.fixture(scope="session")
def own_settings(one_authority: str) -> Callable[[], AbstractContextManager[None]]:
    """Ignores the machine's settings for proxies, certificates and passwords in a ``with`` block."""

    @contextmanager
    def ignoring() -> Generator[None, None, None]:
        with pytest.MonkeyPatch.context() as patch:
            for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
                patch.delenv(name, raising=False)
                patch.delenv(name.lower(), raising=False)
            patch.setenv("NETRC", os.devnull)
            patch.setenv("SSL_CERT_FILE", one_authority)
            yield

    return ignoring


@pytest.fixture(scope="session")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Generator[str, None, None]:
    """The URL of a forward proxy that accepts the credentials ``user`` and ``pass``."""
    folder = tmp_path_factory.mktemp("proxy")
    port = folder / "port"
    command = [sys.executable, "-m", "proxy", "--hostname", "127.0.0.1", "--port", "0", "--port-file", str(port)]
    command += ["--num-workers", "1", "--num-acceptors", "1", "--basic-auth", "user:pass", "--log-level", "ERROR"]
    with Path(folder / "log").open("wb") as log:
        running = subprocess.Popen([*command, "--data-dir", str(folder)], stdout=log, stderr=log, cwd=folder)
        try:
            while not (port.exists() and port.read_text().strip()):
                assert running.poll() is None, (folder / "log").read_text()
                sleep(0.02)
            yield f"http://user:pass@127.0.0.1:{port.read_text().split()[0]}"
        finally:
            running.terminate()
            running.wait()


@pytest.fixture
def own_environment(own_settings: Callable[[], AbstractContextManager[None]]) -> Generator[None, None, None]:
    """Ignore the machine's settings in one test."""
    with own_settings():
        yield


def pytest_collection_finish() -> None:
    """Take what was imported out of the garbage collector's sight: it stays to the end, and is searched each time."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Generator[None, None, None]:
    """Do the same after each module: warnings about what it left open appear here, and its objects are not searched."""
    yield
    if nextitem is None or nextitem.path != item.path:
        gc.collect()
        gc.freeze()
