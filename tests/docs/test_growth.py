"""The second programs of the pages about logins: several providers, and tokens in a database.

Each keeps what the first program promises. ``tests/browser/test_programs_of_pages.py`` walks through the first ones,
and the page about Django through its project.
"""

import sys
from collections.abc import Iterator
from contextlib import ExitStack
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx2
import pytest
from starlette.testclient import TestClient

from .pages import DOCS, blocks_of

PAGES = ("flask", "starlette", "fastapi")
NAMES = ("photos", "prints")
ORIGIN = "http://localhost"


@pytest.fixture(params=PAGES)
def program(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """The program of each page in an empty folder, with its providers."""
    for block in blocks_of(DOCS / f"{request.param}.md"):
        if block.file in ("several.py", "tokens.py"):
            (tmp_path / block.file).write_text(block.text, "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    try:
        module = import_module("several")
        with ExitStack() as stack:
            for box in module.boxes.values():
                box.decision = "approve"
                stack.enter_context(box)
            yield module
    finally:
        for name in ("several", "tokens"):
            sys.modules.pop(name, None)


@pytest.fixture
def browser(program: ModuleType) -> Iterator[Any]:
    with browser_of(program) as opened:
        yield opened


def browser_of(program: ModuleType) -> Any:
    """A new browser, which has no cookies and does not follow redirects."""
    if hasattr(program.app, "wsgi_app"):
        return httpx2.Client(transport=httpx2.WSGITransport(app=program.app), base_url=ORIGIN)
    return TestClient(program.app, ORIGIN, follow_redirects=False)


def begin(browser: Any, name: str) -> str:
    """Press the button of a provider, and return its address."""
    return str(browser.post(f"/login/{name}", headers={"Origin": ORIGIN}).headers["Location"])


def log_in(program: ModuleType, browser: Any, name: str = "photos") -> str:
    """Log in, and return the callback that the browser opened."""
    callback = str(program.boxes[name].visit(begin(browser, name)))
    assert browser.get(callback).headers["Location"] == "/"
    return callback


def is_logged_in(browser: Any) -> bool:
    home = browser.get("/")
    assert home.status_code == 200
    return "Log out" in home.text


@pytest.mark.parametrize("name", NAMES)
def test_each_provider_logs_in(program: ModuleType, browser: Any, name: str) -> None:
    """The start page greets, and a later request is signed with the stored token of this provider."""
    program.boxes[name].user = "<img src=x>"

    callback = log_in(program, browser, name)

    assert callback.startswith(f"{ORIGIN}/callback/{name}?")
    assert f"<h1>Hello, {name}:&lt;img src=x&gt;</h1>" in browser.get("/").text
    assert browser.get("/albums").json()["user"] == "<img src=x>"
    assert [box.requests[-1].url for box in program.boxes.values() if box.requests] == [
        program.boxes[name].origin + "/albums"
    ]


def test_log_out(program: ModuleType, browser: Any) -> None:
    log_in(program, browser)

    assert browser.post("/logout", headers={"Origin": ORIGIN}).headers["Location"] == "/"

    assert not is_logged_in(browser)


def test_a_second_login(program: ModuleType, browser: Any) -> None:
    """It replaces the first, at another provider and for another person."""
    log_in(program, browser)
    program.boxes["prints"].user = "bob"

    log_in(program, browser, "prints")

    assert "Hello, prints:bob" in browser.get("/").text
    assert browser.get("/albums").json()["user"] == "bob"


@pytest.mark.parametrize("origin", ["https://evil.example", "null", None])
@pytest.mark.parametrize("path", ["/login/photos", "/logout"])
def test_the_form_of_another_site(program: ModuleType, browser: Any, path: str, origin: str | None) -> None:
    log_in(program, browser)
    asked = len(program.boxes["photos"].requests)

    answer = browser.post(path, headers={"Origin": origin} if origin else {})

    assert answer.status_code == 403
    assert len(program.boxes["photos"].requests) == asked
    assert is_logged_in(browser)


def test_denial(program: ModuleType, browser: Any) -> None:
    program.boxes["photos"].decision = "deny"

    answer = browser.get(program.boxes["photos"].visit(begin(browser, "photos")))

    assert (answer.status_code, "You denied access, and that is fine" in answer.text) == (200, True)
    assert 'action="/login/photos"' in answer.text
    assert not is_logged_in(browser)


def test_a_forged_callback(program: ModuleType, browser: Any) -> None:
    """It logs nobody in, and leaves a visitor who is logged in alone."""
    forged = "/callback/photos?oauth_token=forged&oauth_verifier=forged"
    answer = browser.get(forged)
    assert (answer.status_code, "Please try again" in answer.text) == (400, True)
    assert not is_logged_in(browser)

    log_in(program, browser)

    assert browser.get(forged).headers["Location"] == "/"
    assert is_logged_in(browser)


def test_the_callback_of_another_browser(program: ModuleType, browser: Any) -> None:
    callback = program.boxes["photos"].visit(begin(browser, "photos"))
    with browser_of(program) as other:
        assert other.get(callback).status_code == 400
        assert not is_logged_in(other)
    assert browser.get(callback).headers["Location"] == "/"
    assert is_logged_in(browser)


def test_a_request_without_a_login(program: ModuleType, browser: Any) -> None:
    assert browser.get("/albums").headers["Location"] == "/"
    assert [box.requests for box in program.boxes.values()] == [[], []]


def test_revoked_access(program: ModuleType, browser: Any) -> None:
    """The token is deleted, and the button is there again."""
    log_in(program, browser)
    program.boxes["photos"].store.revoke_tokens(user="alice")

    assert browser.get("/albums").headers["Location"] == "/"

    assert not is_logged_in(browser)
    assert import_module("tokens").execute("select count(*) from tokens") == (0,)


def test_a_provider_that_does_not_respond(program: ModuleType, browser: Any) -> None:
    dead = dict.fromkeys(("request_token_url", "authorize_url", "access_token_url"), "http://127.0.0.1:9/")
    program.oauth.register("photos", client_id="one", client_secret="secret", **dead)

    answer = browser.post("/login/photos", headers={"Origin": ORIGIN})

    assert (answer.status_code, "in a minute" in answer.text) == (503, True)


def test_an_unknown_provider(program: ModuleType, browser: Any) -> None:
    assert browser.post("/login/nobody", headers={"Origin": ORIGIN}).status_code == 404
    assert browser.get("/callback/nobody").status_code == 404


def test_the_address_of_a_button(program: ModuleType, browser: Any) -> None:
    """Typed or reloaded, it leads to the start page and begins nothing."""
    for path in ("/login/photos", "/logout"):
        assert browser.get(path).headers["Location"] == "/"
    assert program.boxes["photos"].requests == []
