"""A plugin of pytest for the suites: it marks the tests that differ, and writes the outcome of each test to a file."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from pathlib import Path

import pytest

from ..wire import led_to
from . import Suite

#: The environment variables for the module of the suite, whether this package is in place, and the file.
SUITE, OURS, OUTCOMES = "INTEROP_SUITE", "INTEROP_OURS", "INTEROP_OUTCOMES"

_outcomes: dict[str, str] = {}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the tests about something else, and expect a failure of those that differ over this package."""
    suite: Suite = import_module(os.environ[SUITE]).SUITE
    listed = {**suite.elsewhere, **suite.differs}
    if unknown := listed.keys() - {item.nodeid for item in items}:
        raise pytest.UsageError(f"the suite has no such tests: {', '.join(sorted(unknown))}")
    left_out = [item for item in items if item.nodeid in suite.elsewhere]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item.nodeid not in suite.elsewhere]
    for item in items:
        if os.environ[OURS] == "yes" and item.nodeid in suite.differs:
            item.add_marker(pytest.mark.xfail(reason=suite.differs[item.nodeid], strict=True))


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Note the outcome of a test: that of the call, or of another phase that failed."""
    if report.when == "call" or report.outcome != "passed":
        _outcomes[report.nodeid] = "differs" if hasattr(report, "wasxfail") else report.outcome


def pytest_sessionfinish() -> None:
    """Write the outcomes."""
    Path(os.environ[OUTCOMES]).write_text(json.dumps(_outcomes), encoding="utf-8")


@pytest.fixture(autouse=True, scope="session")
def _public_servers() -> Iterator[None]:
    """Answer in the place of the public servers that some tests call."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Answering)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with led_to({80: server.server_port}):
        yield
    server.shutdown()
    server.server_close()


class _Answering(BaseHTTPRequestHandler):
    """Answers every request with the status 200 and a JSON object."""

    def do_GET(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    do_POST = do_PUT = do_GET

    def log_message(self, format: str, *arguments: object) -> None:
        """Print nothing."""
