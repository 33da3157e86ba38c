"""A real, headless browser: Debian's Chromium, driven by Playwright. The tests are skipped if either is missing."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

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
    # Chromium draws its own buttons as web pages, and keeps a process in reserve: a third of its work for these tests.
    "--disable-features=InitialWebUI,PreloadTopChromeWebUI,SpareRendererForSitePerProcess,Translate,MediaRouter",
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


class Profile:
    """A person's browser, which forgets everything after each test. To open a new one takes three times the work.

    Args:
        chromium: the browser.
        options: for the context of Playwright.
    """

    def __init__(self, chromium: Any, **options: Any) -> None:
        self._context = chromium.new_context(**options)
        self._context.set_default_timeout(10_000)
        self._window = self._context.new_page()  # holds the window open
        self._devtools = self._context.new_cdp_session(self._window)

    @contextmanager
    def opened(self) -> Iterator[Any]:
        """Return the context; afterwards close its pages, and delete its cookies, its cache and its storage."""
        yield self._context
        for page in self._context.pages:
            if page is not self._window:
                page.close()
        self._context.clear_cookies()
        self._devtools.send("Network.clearBrowserCache")

    def close(self) -> None:
        self._context.close()
