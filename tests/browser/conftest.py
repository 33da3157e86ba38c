"""A real, headless browser: Debian's Chromium, driven by Playwright. The tests are skipped if either is missing."""

import shutil
from collections.abc import Iterator

import pytest

from oauthone.testing import ProviderBox

# Without these flags Chromium contacts hosts on the network at every start.
_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def chromium() -> Iterator["object"]:
    """The browser. Its driver runs an event loop in this thread, so it ends before other modules need one."""
    playwright = pytest.importorskip("playwright.sync_api", reason="install playwright (requirements/test.txt)")
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        pytest.skip("no Chromium found: apt install chromium")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=_FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def box() -> Iterator[ProviderBox]:
    """A provider whose authorization page asks a person."""
    with ProviderBox(decision=None) as box:
        yield box
