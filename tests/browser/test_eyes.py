"""The page of a box in a real browser: by keyboard, in light and dark, on a phone, and with hostile requests."""

import http.client
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from oauthone import Signer
from oauthone.testing import ProviderBox
from oauthone.testing.eyes import Eyes
from oauthone.testing.kept import Kept
from oauthone.testing.private_page import PrivatePage

from .accessibility import axe_findings, check_tree, check_without_script
from .conftest import Profile

#: What the console says of a call that a test aborts.
ABORTED = "Failed to load resource: net::ERR_FAILED"
HOSTILE = "<img src=x onerror=document.title='hit'><script>document.title='hit'</script>"

#: The settings of people, for the media queries of the style sheet.
LIGHT, DARK = {"color_scheme": "light"}, {"color_scheme": "dark"}


@pytest.fixture(scope="module")
def box() -> Iterator[ProviderBox]:
    with ProviderBox(seed=b"seed") as box:
        yield box


@pytest.fixture(scope="module")
def private(box: ProviderBox) -> Iterator[PrivatePage]:
    kept = Kept(b"seed", "", Path("key.pem"), False)
    kept.issue_tokens(box)
    with Eyes(box, kept.tokens()).page() as private:
        yield private


@pytest.fixture(scope="module")
def profile(chromium: Any) -> Iterator[Profile]:
    profile = Profile(chromium, viewport={"width": 1280, "height": 800})
    profile.grant_permissions(["clipboard-read", "clipboard-write"])
    yield profile
    profile.close()


@pytest.fixture
def page(profile: Profile, private: PrivatePage, box: ProviderBox) -> Iterator[Any]:
    """The page, opened by a new address. A message in the console is an error."""
    box.requests.clear()
    with profile.opened() as person:
        page = person.new_page()
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(private.new_address())
        page.get_by_role("heading", name="Requests").wait_for()
        yield page
        assert [text for text in complaints if "status of 4" not in text and text != ABORTED] == []


def send(box: ProviderBox, path: str, secret: str | None = None, **headers: str) -> int:
    """Send a signed GET, and return the status."""
    url = f"{box.origin}{path}"
    signed = Signer(box.client.client_id, secret or box.client.client_secret).sign("GET", url)
    try:
        with urlopen(Request(url, headers={"Authorization": signed.authorization or "", **headers})) as answer:
            return int(answer.status)
    except HTTPError as refused:
        with refused:
            return int(refused.code)


def rows(page: Any) -> Any:
    return page.locator("ol.log > li")


def test_requests_appear_as_they_come_and_outlive_a_reload(page: Any, box: ProviderBox) -> None:
    """Newest first, with the verdict in words; the token has left the address."""
    assert "#" not in page.url
    page.get_by_text("No request has arrived yet.").wait_for()
    send(box, "/two-legged?n=1")
    page.get_by_role("button", name=re.compile("n=1")).wait_for()
    send(box, "/two-legged?n=2", "wrong")
    page.get_by_role("button", name=re.compile("n=2")).wait_for()
    texts = rows(page).all_inner_texts()
    assert ["✗ refused" in texts[0], "✓ accepted" in texts[1]] == [True, True]
    assert re.fullmatch(r"\d+, refused", page.locator("#spoken").inner_text())

    page.reload()
    page.get_by_role("button", name=re.compile("n=1")).wait_for()
    assert rows(page).count() == 2
    page.get_by_label("refused ones only").check()
    page.get_by_role("button", name=re.compile("n=1")).wait_for(state="detached")
    assert "n=2" in rows(page).inner_text()
    page.get_by_role("button", name="Clear").click()
    page.get_by_text("No request has arrived yet.").wait_for()
    assert box.requests == []


def test_before_the_first_request_it_says_what_to_do(page: Any, box: ProviderBox) -> None:
    """The command that it offers is such a request, and a link leads to the other programs."""
    page.get_by_text("No request has arrived yet.").wait_for()
    page.get_by_role("link", name="Credentials and programs").click()
    assert page.get_by_label("Signature method").is_visible()
    page.get_by_role("button", name="Copy a curl command").click()
    page.locator("#spoken").get_by_text("Copied.").wait_for()
    command = shlex.split(page.evaluate("navigator.clipboard.readText()"))
    header, url = command[2].removeprefix("Authorization: "), command[3]
    with urlopen(Request(url, headers={"Authorization": header})) as answer:
        assert answer.status == 200
    rows(page).get_by_text("✓ accepted").wait_for()
    assert not page.get_by_text("No request has arrived yet.").is_visible()


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (390, 844), (640, 400)])
def test_the_first_requests_are_seen_without_scrolling(page: Any, box: ProviderBox, width: int, height: int) -> None:
    """On a desktop, on a phone, and on the desktop at 200 %, where one is."""
    page.set_viewport_size({"width": width, "height": height})
    page.reload()
    for number in range(3):
        send(box, f"/two-legged?n={number}", "wrong" if number == 1 else None)
    page.get_by_role("button", name=re.compile("n=2")).wait_for()
    bottoms = [row.bounding_box()["y"] + row.bounding_box()["height"] for row in rows(page).all()]
    assert len(bottoms) == 3
    assert bottoms[0 if height == 400 else 2] <= height


def fill_history(box: ProviderBox, count: int) -> None:
    """Repeat the last request of a box so often that so many are in its history."""
    last = box.requests[-1]
    box.requests.extend([last._replace(number=last.number + more) for more in range(1, count)])


def test_only_so_many_rows_are_elements_as_somebody_looks_at(page: Any, box: ProviderBox) -> None:
    """The filter finds the others, and a button shows them; the row that somebody reads stays where it is."""
    send(box, "/two-legged?n=first", "wrong")
    first = page.get_by_role("button", name=re.compile("n=first"))
    first.click()
    page.get_by_role("heading", name="The answer").wait_for()
    send(box, "/two-legged?n=more")
    fill_history(box, 1500)
    older = page.get_by_role("button", name="Show 50 of 1451 older ones")
    older.wait_for()
    assert rows(page).count() == 51
    assert page.get_by_role("heading", name="The answer").is_visible()
    assert first.evaluate("one => one === document.activeElement")
    older.click()
    assert rows(page).count() == 101
    first.click()  # to close it
    page.get_by_label("Show only those that contain").fill("n=first")
    older.wait_for(state="hidden")
    assert rows(page).count() == 1
    page.get_by_label("Show only those that contain").fill("")
    older.wait_for()
    assert rows(page).count() == 50
    rows(page).get_by_role("button").last.focus()
    page.keyboard.press("j")
    assert rows(page).count() == 100
    assert page.evaluate("[...document.querySelectorAll('#log button.row')].indexOf(document.activeElement)") == 50


def test_by_keyboard_alone(page: Any, box: ProviderBox) -> None:
    """j and k move, Enter opens, Esc closes, the slash filters; the switch turns that off."""
    for number in (1, 2, 3):
        send(box, f"/two-legged?n={number}", "wrong" if number == 3 else None)
    page.get_by_role("button", name=re.compile("n=3")).wait_for()
    for key in ("j", "j", "k", "Enter"):
        page.keyboard.press(key)
    page.get_by_role("heading", name="Why it was refused").wait_for()
    assert page.locator(":focus").inner_text().count("n=3")
    page.keyboard.press("Escape")
    assert not page.get_by_role("heading", name="Why it was refused").is_visible()
    page.keyboard.press("/")
    page.keyboard.type("n=2")
    page.get_by_role("button", name=re.compile("n=1")).wait_for(state="detached")
    assert "n=2" in rows(page).inner_text()
    page.keyboard.press("Tab")
    page.get_by_label("Keys: j and k move").press("Space")
    page.keyboard.press("j")
    assert page.locator(":focus").get_attribute("id") == "shortcuts"


def test_a_refused_request_is_taken_apart(page: Any, box: ProviderBox) -> None:
    """The two base strings beside each other, with the difference marked; and each step."""
    theirs = f"POST&http%3A%2F%2F127.0.0.1%3A{box.origin.rpartition(':')[2]}%2Ftwo-legged&q%3Dsea%2Bview"
    send(box, "/two-legged?q=sea+view", "wrong", **{"OAuth-Base-String": theirs})
    rows(page).get_by_role("button").first.click()
    page.get_by_role("heading", name="The two base strings").wait_for()
    inside = page.locator(".more").first
    assert "the client signed the method 'POST', the server received 'GET'" in inside.inner_text()
    assert inside.locator(".pair mark").all_inner_texts()[0] == "GET"
    assert inside.get_by_role("row", name="q sea view q=sea%20view query").is_visible()


@pytest.mark.parametrize("path", ["/two-legged", "/open/"])
def test_what_a_client_sends_stays_text(page: Any, box: ProviderBox, path: str) -> None:
    """In each field that reaches the page: nothing of it becomes an element or runs."""
    encoded = HOSTILE.replace("<", "%3C").replace(">", "%3E").replace(" ", "%20")
    url = f"{box.origin}{path}?q={encoded}%1B%5B2J%E2%80%AE"
    headers = {"X-Hostile": HOSTILE, "OAuth-Base-String": HOSTILE, "Content-Type": HOSTILE, "User-Agent": HOSTILE}
    signed = Signer(HOSTILE, HOSTILE, token=HOSTILE, token_secret="x", realm=HOSTILE).sign("POST", url)
    request = Request(url, HOSTILE.encode(), {**headers, "Authorization": signed.authorization or ""})
    try:
        urlopen(request).close()
    except HTTPError as refused:
        refused.close()
    rows(page).get_by_role("button").first.click()
    page.get_by_role("heading", name="The request").wait_for()
    page.get_by_role("button", name="Show its secrets").click()
    page.get_by_role("button", name="Hide its secrets").wait_for()
    assert HOSTILE in page.locator(".more").inner_text()
    if path == "/two-legged":
        assert "\\u001b[2J\\u202e" in page.locator(".more").inner_text()
    assert re.search("[\x1b\u202e]", page.locator("body").inner_text()) is None
    assert (page.locator("img").count(), page.locator("script").count(), "hit" in page.title()) == (0, 1, False)


def test_a_host_that_is_no_host_does_not_stop_the_list(page: Any, box: ProviderBox) -> None:
    for host in ("a%b", "[", "a:b:c"):
        send(box, "/open/", Host=host)
    send(box, "/open/?last")
    page.get_by_role("button", name=re.compile("last")).wait_for()
    assert rows(page).count() == len(box.requests) == 4
    assert not page.locator("#notice").is_visible()


def test_secrets_are_masked_until_somebody_asks(page: Any, box: ProviderBox) -> None:
    """The copied program has them, whether they are shown or not."""
    secret = box.client.client_secret
    assert secret not in page.content()
    page.get_by_role("button", name="Copy: The credentials as environment variables").click()
    page.locator("#spoken").get_by_text("Copied.").wait_for()
    assert f"OAUTHONE_CLIENT_SECRET={secret}\n" in page.evaluate("navigator.clipboard.readText()")
    assert secret not in page.content()
    page.get_by_role("button", name="Show secrets").click()
    page.locator("#credentials").get_by_text(secret).wait_for()
    page.get_by_label("Signature method").select_option("RSA-SHA1")
    page.get_by_text("box-rsa-sha1", exact=True).wait_for()
    page.get_by_role("button", name="Hide secrets").click()


def test_faults_and_answers_are_set(page: Any, box: ProviderBox) -> None:
    page.get_by_text("How the provider behaves").click()
    page.get_by_text("Decision and faults").click()
    page.get_by_label("clock_skew").fill("3600")
    page.get_by_label("clock_skew").press("Enter")
    page.locator("#spoken").get_by_text("clock_skew: changed.").wait_for()
    assert send(box, "/two-legged") == 401
    box.faults = box.faults._replace(clock_skew=0)
    page.get_by_text("Answers of your own").click()
    page.get_by_label("Path").fill("/two-legged/photos")
    page.get_by_label("Status").fill("201")
    page.get_by_label("Body").fill("[]")
    page.get_by_role("button", name="Set this answer").click()
    page.get_by_role("button", name="Remove the answer").wait_for()
    assert send(box, "/two-legged/photos") == 201
    page.get_by_label("Path").fill("/oauth/x")
    page.get_by_role("button", name="Set this answer").click()
    page.get_by_text("has a meaning of its own").first.wait_for()
    page.get_by_role("button", name="Remove the answer").click()
    page.get_by_role("button", name="Remove the answer").wait_for(state="detached")
    assert send(box, "/two-legged/photos") == 200


def test_a_spent_address_and_an_ended_session_say_what_to_do(page: Any, private: PrivatePage, profile: Profile) -> None:
    private.new_address()
    page.get_by_role("button", name="Clear").click()
    page.get_by_text("Type o in the terminal for a new address.").first.wait_for()
    page.goto("about:blank")
    page.goto(f"http://127.0.0.1:{private.port}/#spent")
    page.get_by_text("This address was used already").first.wait_for()
    assert not page.get_by_role("main").is_visible()


def test_another_site_reads_nothing(page: Any, private: PrivatePage, box: ProviderBox, profile: Profile) -> None:
    """Neither by a call, nor in a frame, nor as a script; the page of the provider is such a site, too."""
    send(box, "/two-legged")
    other = profile.new_page()
    other.goto(box.other_url)
    sent = len(box.requests)
    origin = f"http://127.0.0.1:{private.port}"
    script = f"""async () => {{
        const tries = [fetch("{origin}/"), fetch("{origin}/call/start", {{method: "POST", body: "{{}}"}})];
        return (await Promise.allSettled(tries)).map((one) => one.status);
    }}"""
    assert other.evaluate(script) == ["rejected", "rejected"]
    written = f"""() => {{
        const opened = window.open("{origin}/");
        const form = document.body.appendChild(document.createElement("form"));
        Object.assign(form, {{action: "{origin}/call/clear", method: "post", target: "of-form"}});
        const frame = Object.assign(document.createElement("iframe"), {{name: "of-form"}});
        document.body.append(frame);
        form.submit();
        try {{ return opened.document.body.innerText; }} catch (error) {{ return error.name; }}
    }}"""
    with other.expect_popup() as popup:
        assert other.evaluate(written) in ("", "SecurityError")
    popup.value.get_by_text("This page opens by the address that the terminal shows.").first.wait_for()
    assert popup.value.evaluate("window.opener") is None
    popup.value.close()
    assert len(box.requests) == sent
    other.set_content(f'<iframe src="{origin}/"></iframe><script src="{origin}/page.js"></script>')
    other.wait_for_timeout(200)
    assert [frame.get_by_role("heading").count() for frame in other.frames[1:]] == [0]


def test_a_second_tab_follows_too(page: Any, box: ProviderBox) -> None:
    """One that the first one opens has its key, as a browser copies the storage of a tab."""
    with page.expect_popup() as opened:
        page.evaluate("() => { window.open(location.href); }")
    second = opened.value
    second.get_by_role("heading", name="Requests").wait_for()
    send(box, "/two-legged?n=7")
    for one in (page, second):
        one.get_by_role("button", name=re.compile("n=7")).wait_for()
    second.close()


def test_a_provider_that_ended_is_reported(box: ProviderBox, profile: Profile) -> None:
    with profile.opened() as person:
        page = person.new_page()
        with Eyes(box, {}).page() as private:
            page.goto(private.new_address())
            page.get_by_role("heading", name="Requests").wait_for()
        page.locator("#notice").get_by_text("The provider does not answer. Start it again.").wait_for()


def test_the_first_page_of_the_provider(box: ProviderBox, profile: Profile) -> None:
    """Without a secret, in light and dark, on a phone; opening it is no request in the list."""
    box.requests.clear()
    with profile.opened() as person:
        page = person.new_page()
        page.set_viewport_size({"width": 320, "height": 568})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.goto(box.origin)
            assert page.get_by_role("heading").inner_text() == "An OAuth 1.0 provider for tests"
            assert page.get_by_text(box.request_token_url).is_visible()
            assert box.client.client_secret not in page.content()
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
            assert axe_findings(page) == []
    assert box.requests == []


@pytest.mark.covering
@pytest.mark.parametrize(
    ("width", "media"),
    [(1280, LIGHT), (1280, DARK), (320, LIGHT), (320, DARK), (640, {**DARK, "forced_colors": "active"})],
)
def test_anybody_can_use_it(page: Any, box: ProviderBox, width: int, media: dict[str, Any]) -> None:
    """axe-core finds nothing to improve, with all parts open; nothing is wider than the window."""
    page.emulate_media(**{"forced_colors": "none", **media})
    page.set_viewport_size({"width": width, "height": 700})
    send(box, "/two-legged?q=" + "x" * 200, "wrong", **{"OAuth-Base-String": "GET&a&b"})
    rows(page).get_by_role("button").first.click()
    page.get_by_role("heading", name="The answer").wait_for()
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert axe_findings(page) == []


def test_what_people_hear_is_the_golden_tree(chromium: Any) -> None:
    """Before the first request, and with one that was refused, of which all is open."""
    now = 1_700_000_000
    kept = Kept(b"seed", "", Path("key.pem"), False)
    with ProviderBox(seed=b"seed", clock=lambda: now) as box, Eyes(box, {}, str(kept.key_file)).page() as private:
        context = chromium.new_context(viewport={"width": 1280, "height": 800})
        page = context.new_page()
        page.goto(private.new_address())
        page.get_by_text("No request has arrived yet.").wait_for()
        check_tree(page, "eyes-empty")
        for number in range(3):
            url = f"{box.origin}/two-legged?n={number}"
            signer = Signer(box.client.client_id, "wrong" if number == 1 else box.client.client_secret)
            signed = signer.sign("GET", url, nonce=f"nonce-{number}", timestamp=now)
            connection = http.client.HTTPConnection(box.origin.removeprefix("http://"))
            connection.request("GET", f"/two-legged?n={number}", headers={"Authorization": signed.authorization or ""})
            connection.getresponse().read()
            connection.close()
        page.get_by_role("button", name=re.compile("n=1")).click()
        page.get_by_role("heading", name="The answer").wait_for()
        page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
        check_tree(page, "eyes")
        context.close()


def test_the_focus_never_moves_by_itself(page: Any, box: ProviderBox) -> None:
    """Neither when the page opens, nor when requests arrive, nor when the list ends."""
    assert page.evaluate("document.activeElement === document.body")
    page.get_by_label("Show only those that contain").focus()
    for number in (1, 2):
        send(box, f"/two-legged?n={number}")
        page.get_by_role("button", name=re.compile(f"n={number}")).wait_for()
        assert page.evaluate("document.activeElement.id") == "filter"
    rows(page).get_by_role("button").last.focus()
    send(box, "/two-legged?n=3", "wrong")
    page.get_by_role("button", name=re.compile("n=3")).wait_for()
    assert "n=1" in page.locator(":focus").inner_text()


def test_nothing_moves(page: Any, box: ProviderBox) -> None:
    """So there is nothing to stop for people who ask for less motion."""
    send(box, "/two-legged?n=1")
    rows(page).get_by_role("button").first.click()
    page.get_by_role("heading", name="The answer").wait_for()
    moving = """[...document.querySelectorAll("*")].filter((one) => {
        const style = getComputedStyle(one);
        return style.transitionDuration !== "0s" || style.animationName !== "none" || style.scrollBehavior !== "auto";
    }).length"""
    assert page.evaluate(moving) == 0


def test_without_a_script_there_is_a_sentence(chromium: Any, private: PrivatePage) -> None:
    check_without_script(chromium, private.new_address())


def test_it_goes_on_when_the_provider_answers_again(page: Any, box: ProviderBox) -> None:
    """What came in the meantime is in the list, each once."""
    send(box, "/two-legged?n=1")
    page.get_by_role("button", name=re.compile("n=1")).wait_for()
    page.route("**/call/requests", lambda route: route.abort())
    send(box, "/two-legged?n=2")  # which ends the call that waits
    page.locator("#notice").get_by_text("The provider does not answer.").wait_for()
    send(box, "/two-legged?n=3")
    page.unroute("**/call/requests")
    page.get_by_role("button", name=re.compile("n=3")).wait_for()
    assert not page.locator("#notice").is_visible()
    assert rows(page).count() == 3
