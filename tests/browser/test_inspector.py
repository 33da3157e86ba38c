"""The inspector in a real browser: by keyboard, in light and dark, on a phone, and with hostile texts."""

from collections.abc import Iterator
from typing import Any

import pytest

from oauthone import Signer
from oauthone.inspector.serving import inspector_page
from oauthone.testing.private_page import PrivatePage

from .accessibility import axe_findings, check_tree, check_without_script
from .conftest import Profile

HOSTILE = "<img src=x onerror=document.title='hit'>"

#: The settings of people, for the media queries of the style sheet.
LIGHT, DARK = {"color_scheme": "light"}, {"color_scheme": "dark"}


@pytest.fixture(scope="module")
def private() -> Iterator[PrivatePage]:
    with inspector_page() as private:
        yield private


@pytest.fixture(scope="module")
def profile(chromium: Any) -> Iterator[Profile]:
    profile = Profile(chromium, viewport={"width": 1280, "height": 800})
    yield profile
    profile.close()


@pytest.fixture
def page(profile: Profile, private: PrivatePage) -> Iterator[Any]:
    """The page, opened by a new address. A message in the console is an error, and so is a request to elsewhere."""
    with profile.opened() as person:
        page = person.new_page()
        complaints: list[str] = []
        own = f"http://127.0.0.1:{private.port}/"
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda one: None if one.url.startswith((own, "about:")) else complaints.append(one.url))
        page.goto(private.new_address())
        page.get_by_role("heading", name="Paste what you have").wait_for()
        yield page
        assert [text for text in complaints if "status of 400" not in text] == []


def test_the_example_shows_what_it_does(page: Any) -> None:
    """The mistake, its proof, and each step to the base string."""
    page.get_by_role("button", name="Try an example").click()
    page.get_by_role("heading", name="Result").wait_for()
    result = page.locator("#result")
    assert "✗ The mistake is found" in result.inner_text()
    assert "a space as '+'" in result.locator(".finding").inner_text()
    assert result.get_by_role("row", name="q sea view q=sea%20view query").is_visible()
    assert "Read as curl; HMAC-SHA1; answered 401." in result.inner_text()
    assert page.locator(":focus").inner_text() == "Result"
    assert "The mistake is found" in page.locator("#spoken").inner_text()


def test_a_right_signature_is_said_to_be_right(page: Any) -> None:
    signed = Signer("key", "c2VjcmV0").sign("GET", "https://api.example/?q=1")
    command = f"curl '{signed.url}' -H 'Authorization: {signed.authorization}'"
    page.get_by_label("The request that was sent").fill(command)
    page.get_by_label("Client secret (consumer)").fill("c2VjcmV0")
    page.get_by_role("button", name="Inspect").click()
    page.get_by_text("✓ The signature is right for these secrets").wait_for()


def test_by_keyboard_alone(page: Any) -> None:
    page.get_by_label("The request that was sent").focus()
    page.keyboard.insert_text("GET /a?password=c2VjcmV0 HTTP/1.1\nHost: api.example\n\n")
    page.keyboard.press("Control+Enter")
    page.get_by_role("heading", name="Result").wait_for()
    assert "c2VjcmV0" not in page.locator("#said").inner_text()
    page.keyboard.press("Tab")
    assert page.locator(":focus").inner_text() == "Show masked values"
    page.keyboard.press("Enter")
    page.get_by_text("password=c2VjcmV0").first.wait_for()
    assert page.locator(":focus").inner_text() == "Mask values"
    page.keyboard.press("Enter")
    page.get_by_text("password=***").first.wait_for()


def test_a_text_without_a_request_says_what_is_needed(page: Any) -> None:
    page.get_by_role("button", name="Inspect").click()
    page.locator("#notice").get_by_text("Paste a request first").wait_for()
    assert not page.get_by_role("heading", name="Result").is_visible()


def test_secrets_are_masked_and_nothing_is_kept(page: Any) -> None:
    """Nor do they stay after a reload."""
    secret = page.get_by_label("Client secret (consumer)")
    secret.fill("c2VjcmV0")
    shape = "one => getComputedStyle(one).webkitTextSecurity"
    assert secret.evaluate(shape) == "disc"
    page.get_by_label("Show secrets").check()
    assert secret.evaluate(shape) == "none"
    page.reload()
    page.get_by_role("heading", name="Paste what you have").wait_for()
    assert secret.input_value() == ""
    assert page.evaluate("JSON.stringify([{...localStorage}, Object.keys(sessionStorage)])") == '[{},["key"]]'


def test_two_base_strings_stand_beside_each_other(page: Any) -> None:
    page.get_by_role("button", name="Try an example").click()
    page.get_by_role("heading", name="Result").wait_for()
    page.get_by_text("An RSA key, or the base string of the server").click()
    page.get_by_label("The base string that the server built").fill("POST&https%3A%2F%2Fapi.example%2Fsearch&q%3D1")
    page.get_by_role("button", name="Inspect").click()
    page.get_by_role("heading", name="The two base strings").wait_for()
    assert page.locator(".pair mark").all_inner_texts()[0] == "GET"
    assert "the server received 'POST'" in page.locator("#said").inner_text()


def test_what_is_pasted_stays_text(page: Any) -> None:
    url = f"https://api.example/{HOSTILE}?{HOSTILE}={HOSTILE}%1B%5B2J%E2%80%AE"
    header = f'OAuth oauth_consumer_key="{HOSTILE}", oauth_signature_method="{HOSTILE}", oauth_signature="x"'
    page.get_by_label("The request that was sent").fill(f"curl \"{url}\" -H 'Authorization: {header}'")
    page.get_by_label("The answer", exact=True).fill(
        f"HTTP/1.1 401 No\n\noauth_problem={HOSTILE} GET&http%3A%2F%2Fa&{HOSTILE}"
    )
    page.get_by_role("button", name="Inspect").click()
    page.get_by_role("heading", name="Result").wait_for()
    assert "onerror" in page.locator("#said").inner_text()
    assert "\\u001b[2J\\u202e" in page.locator("#said").inner_text()
    assert (page.locator("img").count(), "hit" in page.title()) == (0, False)


@pytest.mark.covering
@pytest.mark.parametrize(
    ("width", "media"),
    [(1280, LIGHT), (1280, DARK), (320, LIGHT), (320, DARK), (640, {**DARK, "forced_colors": "active"})],
)
def test_anybody_can_use_it(page: Any, width: int, media: dict[str, Any]) -> None:
    """axe-core finds nothing to improve, with all parts open; nothing is wider than the window."""
    page.emulate_media(**{"forced_colors": "none", **media})
    page.set_viewport_size({"width": width, "height": 700})
    page.get_by_label("The base string that the server built").evaluate("one => one.value = 'GET&a&b'")
    page.get_by_role("button", name="Try an example").click()
    page.get_by_role("heading", name="Result").wait_for()
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert axe_findings(page) == []


def test_what_people_hear_is_the_golden_tree(page: Any) -> None:
    page.get_by_role("button", name="Try an example").click()
    page.get_by_role("heading", name="Result").wait_for()
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    check_tree(page, "inspector")


def test_without_a_script_there_is_a_sentence(chromium: Any, private: PrivatePage) -> None:
    check_without_script(chromium, private.new_address())


def test_a_late_answer_does_not_come_back(page: Any) -> None:
    """Somebody empties the fields while a long search runs. What it finds is about what is no longer there."""
    held: list[Any] = []
    page.route("**/call/inspect", lambda route: held.append(route))
    with page.expect_request("**/call/inspect"):
        page.get_by_role("button", name="Try an example").click()
    page.get_by_role("button", name="Empty all").click()
    with page.expect_response("**/call/inspect"):
        held[0].continue_()
    page.unroute("**/call/inspect")
    page.evaluate("() => new Promise((done) => setTimeout(done, 100))")
    assert not page.locator("#result").is_visible()
    page.get_by_role("button", name="Try an example").click()
    page.get_by_role("heading", name="Result").wait_for()
