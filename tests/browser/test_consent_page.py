"""The consent page in a real browser."""

import os
import re
import signal
import subprocess
import sys
import threading
import webbrowser
from collections.abc import Iterator
from typing import Any

import pytest

from oauthone import demo
from oauthone.clients.requests import OAuth1Session
from oauthone.errors import AccessDenied
from oauthone.testing import ProviderBox

#: Each test on a desktop or on a phone.
pytestmark = pytest.mark.covering(of_module=True)


@pytest.fixture(params=["wide", "narrow"])
def page(chromium: Any, request: pytest.FixtureRequest) -> Iterator[Any]:
    """A page in its own window, without JavaScript. A message in the console is an error."""
    size = {"width": 1280, "height": 800} if request.param == "wide" else {"width": 320, "height": 568}
    context = chromium.new_context(viewport=size, java_script_enabled=False)
    page = context.new_page()
    page.set_default_timeout(10_000)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    refusals = "Failed to load resource: the server responded with a status of 4"
    yield page
    context.close()
    assert [text for text in complaints if not text.startswith(refusals)] == []


def asked(box: ProviderBox, page: Any, redirect_uri: str | None = "") -> OAuth1Session:
    """A session whose authorization page is open in ``page``."""
    client = OAuth1Session(
        **box.client.credentials(), redirect_uri=f"{box.landing_url}?tab=a%20b" if redirect_uri == "" else redirect_uri
    )
    client.fetch_request_token(box.request_token_url)
    page.goto(client.create_authorization_url(box.authorize_url))
    return client


def test_approve(box: ProviderBox, page: Any) -> None:
    """One click returns to the application. Its callback keeps its own query, and the flow continues."""
    client = asked(box, page)
    assert page.get_by_role("heading").inner_text() == "Allow Photo printer (HMAC-SHA1) to use your account?"

    page.get_by_role("button", name="Approve").click()
    page.wait_for_url(f"{box.landing_url}*")

    assert "?tab=a%20b&oauth_token=" in page.url
    client.parse_authorization_response(page.url)
    client.fetch_access_token(box.access_token_url)
    assert client.get(box.echo_url).json()["user"] == "alice"


def test_deny(box: ProviderBox, page: Any) -> None:
    """The other click returns with the denial."""
    client = asked(box, page)

    page.get_by_role("button", name="Deny").click()
    page.wait_for_url(f"{box.landing_url}*")

    assert "You refused" in page.get_by_role("main").inner_text()
    with pytest.raises(AccessDenied):
        client.parse_authorization_response(page.url)


def test_out_of_band(box: ProviderBox, page: Any) -> None:
    """The page shows the code, which finishes the flow when it is typed."""
    client = asked(box, page, None)

    page.get_by_role("button", name="Approve").click()

    client.parse_authorization_response(page.locator("output").inner_text())
    assert client.fetch_access_token(box.access_token_url)["oauth_token"]


def test_a_double_click(box: ProviderBox, page: Any) -> None:
    """A double click still returns to the application, and approves once."""
    client = asked(box, page)

    page.get_by_role("button", name="Approve").dblclick()
    page.wait_for_url(f"{box.landing_url}*")

    client.parse_authorization_response(page.url)
    assert client.fetch_access_token(box.access_token_url)["oauth_token"]


def test_the_back_button(box: ProviderBox, page: Any) -> None:
    """After the decision the page cannot be used again, because the browser did not store it."""
    asked(box, page)
    page.get_by_role("button", name="Deny").click()
    page.wait_for_url(f"{box.landing_url}*")

    page.go_back()

    assert page.get_by_role("heading").inner_text() == "Nothing to decide here"


def test_a_forged_post_from_another_site(box: ProviderBox, page: Any, chromium: Any) -> None:
    """A page of another origin that posts the decision in the person's browser approves nothing."""
    client = asked(box, page)
    token = page.url.partition("oauth_token=")[2]
    page.goto("about:blank")
    page.set_content(
        f'<form method="post" action="{box.authorize_url}"><input name="oauth_token" value="{token}">'
        '<button name="decision" value="approve">win a prize</button></form>'
    )

    page.get_by_role("button").click()

    assert page.get_by_role("heading").inner_text() == "This did not come from our page"
    assert box.provider.pending(token)[0].verifier is None
    page.goto(client.create_authorization_url(box.authorize_url))
    assert page.get_by_role("button", name="Approve").is_visible()


def test_it_is_not_shown_in_a_frame(box: ProviderBox, chromium: Any) -> None:
    """A page that frames it sees none of it, and the browser reports why."""
    client = OAuth1Session(**box.client.credentials())
    client.fetch_request_token(box.request_token_url)
    page = chromium.new_page()

    with page.expect_console_message() as complaint:
        page.set_content(f'<iframe src="{client.create_authorization_url(box.authorize_url)}"></iframe>')

    assert "frame-ancestors 'none'" in complaint.value.text
    assert all(frame.get_by_role("button").count() == 0 for frame in page.frames)
    page.close()


def test_it_can_be_used_from_the_keyboard_and_read_aloud(box: ProviderBox, page: Any) -> None:
    """One heading in one main region, a language, two named buttons that Tab reaches, nothing wider than the window."""
    client = asked(box, page)

    assert page.locator("html").get_attribute("lang") == "en"
    assert page.title() == page.get_by_role("heading", level=1).inner_text()
    assert page.get_by_role("main").count() == page.get_by_role("heading").count() == 1
    assert page.get_by_role("button").all_inner_texts() == ["Approve", "Deny"]
    box_of_main = page.get_by_role("main").bounding_box()
    assert box_of_main["width"] <= page.viewport_size["width"]
    for button in page.get_by_role("button").all():
        assert button.bounding_box()["height"] >= 44

    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{box.landing_url}*")
    assert client.parse_authorization_response(page.url)["oauth_verifier"]


def test_the_demonstration_in_a_browser(chromium: Any) -> None:
    """``python -m oauthone.demo --browser`` prints the URL, waits for the person, and ends with a verified request."""
    demo = subprocess.Popen(
        [sys.executable, "-u", "-m", "oauthone.demo", "--browser"],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "BROWSER": "true"},
        start_new_session=True,
    )
    try:
        assert demo.stdout is not None
        address = next(found[1] for line in demo.stdout if (found := re.search(r"visit +(\S+)", line)))
        page = chromium.new_page()
        page.goto(address)
        page.get_by_role("button", name="Approve").click()
        page.wait_for_url("**/landing*")
        rest = demo.stdout.read()
        page.close()
        assert demo.wait(20) == 0
    finally:
        if demo.poll() is None:
            os.killpg(demo.pid, signal.SIGKILL)
        demo.wait()
        demo.stdout.close()
    assert "alice has decided" in rest
    assert "The signature is valid" in rest


def test_the_demonstration_is_told_no(chromium: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """A denial ends it with a sentence and a status, not with a traceback."""
    statuses: list[int] = []
    demonstration = threading.Thread(target=lambda: statuses.append(demo.main(["--browser"])))
    page = chromium.new_page()
    opened: list[str] = []
    webbrowser.register("collect", None, Collecting(opened), preferred=True)
    try:
        demonstration.start()
        while not opened:
            page.wait_for_timeout(50)
        page.goto(opened[0])
        page.get_by_role("button", name="Deny").click()
        demonstration.join(20)
    finally:
        webbrowser._tryorder.remove("collect")
        page.close()

    assert statuses == [1]
    assert "The flow ends here: user_refused" in capsys.readouterr().out


class Collecting(webbrowser.BaseBrowser):
    """A browser that records the URLs that it is sent to."""

    def __init__(self, opened: list[str]) -> None:
        super().__init__()
        self._opened = opened

    def open(self, url: str, new: int = 0, autoraise: bool = True) -> bool:
        self._opened.append(url)
        return True
