"""A real, headless browser: Debian's Chromium, driven by Playwright. The tests are skipped if either is missing."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import pytest

from oauthone.testing import ProviderBox

#: The first is Chromium without its window, which does the same in half the time.
_PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")

# Without these flags Chromium contacts hosts on the network at every start.
_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Each site would get a process of its own, whose start is most of the work of a short test.
    "--renderer-process-limit=1",
    "--process-per-site",
    # Chromium draws its own buttons as web pages, and keeps a process in reserve: a third of its work for these tests.
    "--disable-features=InitialWebUI,PreloadTopChromeWebUI,SpareRendererForSitePerProcess,Translate,MediaRouter",
]


@pytest.fixture(scope="package")
def chromium() -> Iterator["object"]:
    """The browser. Its driver runs an event loop in this thread, so it ends before other folders need one."""
    playwright = pytest.importorskip("playwright.sync_api", reason="install playwright (requirements/test.txt)")
    path = next(filter(None, map(shutil.which, _PROGRAMS)), None)
    if path is None:
        pytest.skip(f"no Chromium found: apt install {_PROGRAMS[0]}")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=_FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def box() -> Iterator[ProviderBox]:
    """A provider whose authorization page asks a person."""
    with ProviderBox(decision=None) as box:
        yield box


class Tab(NamedTuple):
    """A tab, and the session of the developer tools for it."""

    page: Any
    devtools: Any


class Profile:
    """A person's browser, which forgets everything after each test. To open a new one takes three times the work.

    Its tabs are used again too: each new one would start a process.

    Args:
        chromium: the browser.
        options: for the context of Playwright.
    """

    def __init__(self, chromium: Any, **options: Any) -> None:
        self._context = chromium.new_context(**options)
        self._context.set_default_timeout(10_000)
        self._size = options["viewport"]
        self._idle: list[Tab] = []
        self._used: list[Tab] = []
        self._add_tab()  # holds the window open

    def _add_tab(self) -> None:
        page = self._context.new_page()
        self._idle.append(Tab(page, self._context.new_cdp_session(page)))

    def new_page(self) -> Any:
        """Return an empty tab, as the context of Playwright does."""
        if not self._idle:
            self._add_tab()
        self._used.append(self._idle.pop())
        return self._used[-1].page

    def __getattr__(self, name: str) -> Any:
        return getattr(self._context, name)

    @contextmanager
    def opened(self) -> Iterator["Profile"]:
        """Yield the profile; afterwards empty its tabs, and delete its cookies, its cache and its storage."""
        yield self
        self._context.clear_cookies()
        for tab in self._used:
            tab.page.goto("about:blank")
            tab.page.set_viewport_size(self._size)
            tab.devtools.send("Page.resetNavigationHistory")
            tab.devtools.send("Network.clearBrowserCache")
        self._idle += self._used
        self._used.clear()

    def close(self) -> None:
        self._context.close()
