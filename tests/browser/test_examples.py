"""The examples, each in its own process with a provider, in a real browser."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from examples.__main__ import COMMANDS, running, settings
from oauthone.testing import Faults, ProviderBox

from .conftest import Profile
from .forms import heading, press

#: Each behaviour in two examples, and each example with half of them.
pytestmark = pytest.mark.covering(of_module=True, times=2)

DEAD = "http://127.0.0.1:9/"  # the port of "discard", where nothing listens


class Example(NamedTuple):
    """A running example."""

    name: str
    address: str
    box: ProviderBox


@pytest.fixture(scope="module", params=COMMANDS)
def example(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Example]:
    """Each example in turn."""
    with (
        ProviderBox(decision=None) as box,
        (tmp_path_factory.mktemp(request.param) / "log").open("wb") as log,
        running(request.param, settings(box), stdout=log, stderr=log) as address,
    ):
        yield Example(request.param, address, box)


@pytest.fixture(scope="module")
def profiles(chromium: Any) -> Iterator[tuple[Profile, Profile]]:
    """The browsers of two persons, without JavaScript."""
    options = {"java_script_enabled": False, "viewport": {"width": 1280, "height": 800}}
    with (
        closing(Profile(chromium, **options)) as first,
        closing(Profile(chromium, **options)) as second,
    ):
        yield first, second


@pytest.fixture
def context(profiles: tuple[Profile, Profile], example: Example) -> Iterator[Any]:
    """A browser with its own cookies, and without JavaScript."""
    example.box.faults = Faults()
    with profiles[0].opened() as context:
        yield context


@pytest.fixture
def other_context(profiles: tuple[Profile, Profile]) -> Iterator[Any]:
    """The browser of another person."""
    with profiles[1].opened() as context:
        yield context


def begin(context: Any, example: Example) -> Any:
    """Open a new tab and start a login, up to the provider's question."""
    page = context.new_page()
    page.goto(example.address)
    press(page, "Log in with Box")
    assert heading(page).startswith("Allow ")
    return page


def approve(page: Any) -> None:
    press(page, "Approve")


def shows_alice(page: Any) -> bool:
    text = page.evaluate("document.querySelector('main').innerText")
    return page.url.endswith("/account") and "You are logged in as alice." in text


def logged_in(context: Any, example: Example) -> Any:
    page = begin(context, example)
    approve(page)
    assert shows_alice(page)
    return page


def callback_of(page: Any) -> str:
    """Agree, and return the callback URL without opening it."""
    form = {field.get_attribute("name"): field.get_attribute("value") for field in page.locator("form input").all()}
    form["decision"] = page.get_by_role("button", name="Approve").get_attribute("value")
    answer = page.request.post(page.url, form=form, max_redirects=0)
    return str(answer.headers["location"])


def test_the_address_of_a_button(example: Example, context: Any) -> None:
    """Typed into the browser, it leads to the start page."""
    page = context.new_page()
    for path in ("login", "logout"):
        assert page.goto(f"{example.address.rstrip('/')}/{path}").status == 200
        assert page.get_by_role("button", name="Log in with Box").is_visible()


def test_log_in_and_out(example: Example, context: Any) -> None:
    """The profile comes from the provider, with the stored token. After the logout, no page shows it."""
    page = logged_in(context, example)
    assert example.box.requests[-1].verified is not None
    page.reload()
    assert shows_alice(page)

    press(page, "Log out")

    assert heading(page) == "Photo album"
    page.go_back()
    assert "alice" not in page.content()
    page.goto(f"{example.address}account")
    assert page.url == example.address


def test_cookies_that_were_kept_do_not_outlive_the_log_out(example: Example, context: Any) -> None:
    """A copy of the cookies is logged out too, because the server deleted the token."""
    page = logged_in(context, example)
    kept = context.cookies()
    press(page, "Log out")
    context.add_cookies(kept)

    page.goto(f"{example.address}account")

    assert heading(page) == "Photo album"


def test_cancel_at_the_provider(example: Example, context: Any) -> None:
    """A page reports the denial and lets the person start again."""
    page = begin(context, example)

    press(page, "Deny")

    assert heading(page) == "You are not logged in"
    press(page, "Start again")
    press(page, "Log in with Box")
    approve(page)
    assert shows_alice(page)


def test_two_tabs(example: Example, context: Any) -> None:
    """Both finish, in another order than they started."""
    first, second = begin(context, example), begin(context, example)

    approve(second)
    approve(first)

    assert shows_alice(second)
    assert shows_alice(first)
    second.reload()
    assert shows_alice(second)


def test_a_reload_of_the_callback(example: Example, context: Any) -> None:
    """It shows the page of the person who is logged in, and logs nobody in a second time."""
    page = begin(context, example)
    callback = callback_of(page)
    page.goto(callback)
    assert shows_alice(page)
    legs = sum(request.path == "/oauth/access_token" for request in (one.request for one in example.box.requests))

    for _ in range(2):
        answer = page.goto(callback)
        assert answer.status == 200
        assert shows_alice(page)

    now = sum(request.path == "/oauth/access_token" for request in (one.request for one in example.box.requests))
    assert now == legs
    press(page, "Log out")
    answer = page.goto(callback)
    assert answer.status == 400
    assert heading(page) == "The login failed"
    press(page, "Start again")
    assert heading(page) == "Photo album"


def test_the_back_button(example: Example, context: Any) -> None:
    """It leads to the provider, which has nothing left to decide, and to the start page, still logged in."""
    page = logged_in(context, example)

    page.go_back()
    assert heading(page) == "Nothing to decide here"
    page.go_back()
    page.reload()

    assert shows_alice(page)


@pytest.mark.parametrize("victim_began", [False, True])
def test_a_callback_in_another_browser(example: Example, context: Any, other_context: Any, victim_began: bool) -> None:
    """It logs no one in there, and ends no login that waits there. In its own browser the callback still works."""
    waiting = begin(other_context, example) if victim_began else None
    page, victim = begin(context, example), other_context.new_page()
    callback = callback_of(page)

    answer = victim.goto(callback)

    assert answer.status == 400
    assert heading(victim) == "The login failed"
    press(victim, "Start again")
    assert heading(victim) == "Photo album"
    page.goto(callback)
    assert shows_alice(page)
    if waiting is not None:
        approve(waiting)
        assert shows_alice(waiting)


@pytest.mark.parametrize("path", ["login", "logout"])
def test_a_form_of_another_site(example: Example, context: Any, path: str) -> None:
    """It neither starts a login nor ends one."""
    page, evil = logged_in(context, example), context.new_page()
    asked = len(example.box.requests)
    evil.set_content(f'<form method="post" action="{example.address}{path}"><button>win a prize</button></form>')

    with evil.expect_response("**/*") as answer:
        press(evil, "win a prize")

    assert answer.value.status == 403
    assert len(example.box.requests) == asked
    page.reload()
    assert shows_alice(page)


def test_a_token_that_the_provider_no_longer_takes(example: Example, context: Any) -> None:
    """A person who revoked access there is logged out here."""
    page = logged_in(context, example)
    verified = example.box.requests[-1].verified
    assert verified is not None
    assert verified.token is not None
    example.box.store.revoke_token(verified.token)

    page.reload()

    assert heading(page) == "Photo album"


def test_a_provider_that_refuses(example: Example, context: Any) -> None:
    """The login fails with a page, and the log has the provider's reason."""
    page = context.new_page()
    page.goto(example.address)
    example.box.faults = Faults(problem="consumer_key_rejected")

    with page.expect_response("**/login") as answer:
        press(page, "Log in with Box")

    assert answer.value.status == 400
    assert heading(page) == "The login failed"


@pytest.mark.parametrize("example", COMMANDS)
def test_a_provider_that_is_away(example: str, chromium: Any, tmp_path: Path) -> None:
    """A page reports this too, without a traceback."""
    with (
        ProviderBox() as box,
        (tmp_path / "log").open("wb") as log,
        running(example, {**settings(box), "BOX_REQUEST_TOKEN_URL": DEAD}, stdout=log, stderr=log) as address,
    ):
        page = chromium.new_page()
        page.goto(address)
        with page.expect_response("**/login") as answer:
            press(page, "Log in with Box")
        assert heading(page) == "Box does not respond"
        page.close()
    assert answer.value.status == 503
    assert "Traceback" not in (tmp_path / "log").read_text()


def test_no_cookie_can_be_read_by_scripts_or_tells_a_secret(example: Example, context: Any) -> None:
    """The examples and their logins have different cookie names, because cookies ignore ports."""
    logged_in(context, example)

    cookies = {cookie["name"]: cookie for cookie in context.cookies()}

    (of_login,) = (name for name in cookies if name.startswith("oauthone_login_"))
    login = cookies.pop(of_login)
    assert (login["sameSite"], login["httpOnly"]) == ("Lax", True)
    mine = [cookie for name, cookie in cookies.items() if name.startswith(f"{example.name}_example")]
    assert {*cookies} == {cookie["name"] for cookie in mine} | {"oauthone_box"}
    assert all(cookie["sameSite"] == "Lax" for cookie in mine)
    assert cookies[f"{example.name}_example"]["httpOnly"]


def test_the_pages_can_be_used_from_the_keyboard_and_read_aloud(example: Example, context: Any) -> None:
    """A language, one heading that is the title, one button that Tab reaches, nothing wider than the window."""
    page = context.new_page()
    page.goto(example.address)
    look_at(page)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{example.box.origin}/**")
    approve(page)
    look_at(page)
    page.goto(f"{example.address}callback?oauth_token=made-up&oauth_verifier=1")
    look_at(page)


def look_at(page: Any) -> None:
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.title() == heading(page)
    assert page.get_by_role("main").count() == page.get_by_role("heading").count() == 1
    actions = [*page.get_by_role("button").all(), *page.get_by_role("link").all()]
    assert len(actions) == 1
    for width in (320, 1280):
        page.set_viewport_size({"width": width, "height": 568})
        assert actions[0].bounding_box()["height"] >= 44
        assert page.get_by_role("main").bounding_box()["width"] <= width
