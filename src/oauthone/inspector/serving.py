"""The page of the inspector, and the command that opens it."""

import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from starlette.concurrency import run_in_threadpool

from oauthone.inspector.inspecting import inspect_request
from oauthone.testing.private_page import PAGES, PrivatePage, open_in_browser

_OWN_PAGES = Path(__file__).parent / "pages"

_WORDS = """\
The inspector is at  {address}  (opens once)
Nothing that you paste leaves this machine, and nothing of it is kept. Ctrl-C ends it.
"""


def inspector_page(port: int = 0) -> PrivatePage:
    """Return the page of the inspector.

    Args:
        port: the port; 0 lets the system choose.

    Raises:
        OSError: the port is taken.
    """
    files = {"/": _OWN_PAGES / "inspector.html", "/inspector.js": _OWN_PAGES / "inspector.js"}
    shared = {f"/{name}": PAGES / name for name in ("page.css", "page.js")}
    return PrivatePage({**files, **shared}, {"inspect": _inspect}, port)


async def _inspect(given: dict[str, Any]) -> dict[str, Any]:
    """Inspect in a thread, so that a long search does not keep the page from answering."""
    return await run_in_threadpool(inspect_request, given)


def run_inspector(
    *,
    port: int = 0,
    browser: Callable[[str], object] | None = open_in_browser,
    ready: Callable[[str], None] | None = None,
) -> int:
    """Run the inspector until Ctrl-C, and return the exit status.

    Args:
        port: the port; 0 lets the system choose.
        browser: opens the page; None opens none.
        ready: is called with the address of the page, instead of words on the error output.

    Raises:
        OSError: the port is taken.
    """
    try:
        with inspector_page(port) as page:
            address = page.new_address(for_command_line=browser is not None)
            if ready is not None:
                ready(address)
            else:
                print(_WORDS.format(address=address), end="", file=sys.stderr, flush=True)
            if browser is not None:
                browser(address)
            threading.Event().wait()
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
    return 0
