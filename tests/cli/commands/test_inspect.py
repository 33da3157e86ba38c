"""``oauthone inspect``."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from oauthone.cli.browser import open_browser
from oauthone.inspector import serving

from ..conftest import Run


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The options of the pages that would be served. Each is ready at once."""
    found: list[Any] = []

    def run_inspector(*, port: int, browser: object, ready: Callable[[str], None] | None) -> int:
        found.append((port, browser is open_browser))
        if port == 1:
            raise PermissionError(13, "Permission denied")
        if ready is not None:
            ready("http://127.0.0.1:8501/#token")
        return 0

    monkeypatch.setattr(serving, "run_inspector", run_inspector)
    return found


def test_it_opens_the_page(run: Run, runs: list[Any]) -> None:
    shown = run("inspect")
    assert (shown.exit_code, shown.stdout, runs) == (0, "", [(0, True)])


def test_the_address_alone_is_printed(run: Run, runs: list[Any]) -> None:
    shown = run("inspect", "--no-open", "--port", "8501")
    assert shown.stdout == "http://127.0.0.1:8501/#token\n"
    assert "leaves this machine" in shown.stderr
    found = json.loads(run("inspect", "--json").stdout)
    assert (found["page"], runs) == ("http://127.0.0.1:8501/#token", [(8501, False), (0, True)])


def test_a_port_that_cannot_be_used(run: Run, runs: list[Any]) -> None:
    failed = run("inspect", "--port", "1")
    assert (failed.exit_code, failed.stdout) == (6, "")
    assert failed.stderr == "oauthone: The port 1 cannot be used: Permission denied.\n"
