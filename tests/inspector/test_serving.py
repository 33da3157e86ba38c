"""The page of the inspector, and the command that runs it."""

import json
import urllib.request
from typing import Any

import pytest

from oauthone.inspector.serving import inspector_page, run_inspector


def test_the_page_inspects() -> None:
    """A session sends what was pasted, and gets what there is to say. The page and its parts are served."""
    with inspector_page() as page:
        address, _, token = page.new_address().partition("#")

        def call(name: str, given: Any, key: str = "") -> Any:
            headers = {"Authorization": f"Bearer {key}"}
            request = urllib.request.Request(f"{address}call/{name}", json.dumps(given).encode(), headers)
            with urllib.request.urlopen(request) as answer:
                return json.load(answer)

        key = call("session", {"token": token})["key"]
        found = call("inspect", {"request": "curl https://api.example/?q=1"}, key)
        assert found["signed"]["base_string"] == "GET&https%3A%2F%2Fapi.example%2F&q%3D1"
        for path in ("", "inspector.js", "page.css", "page.js"):
            with urllib.request.urlopen(f"{address}{path}") as answer:
                assert answer.status == 200


@pytest.fixture(autouse=True)
def interrupted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Press Ctrl-C at once."""

    class Interrupted:
        def wait(self) -> None:
            raise KeyboardInterrupt

    monkeypatch.setattr("oauthone.inspector.serving.threading", type("T", (), {"Event": Interrupted}))


def test_it_opens_the_page_and_says_where_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    opened: list[str] = []
    assert run_inspector(browser=opened.append) == 0
    said = capsys.readouterr().err
    assert f"The inspector is at  {opened[0]}  (opens once)\n" in said
    assert said.endswith("stopped\n")


def test_a_program_is_told_the_address(capsys: pytest.CaptureFixture[str]) -> None:
    told: list[str] = []
    assert run_inspector(browser=None, ready=told.append) == 0
    assert (len(told), capsys.readouterr().err) == (1, "stopped\n")
