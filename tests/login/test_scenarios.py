"""What happens between a browser and the application, over every framework, with and without a cache."""

from urllib.parse import urlsplit

import pytest

from oauthone.testing import Faults, ProviderBox, Received

from .conftest import Opener
from .sites import HOST, Clock, Site


def path_of(received: Received) -> str:
    return urlsplit(received.url).path


def test_somebody_logs_in(site: Site, box: ProviderBox) -> None:
    """Out to the provider, back with a verifier, and the token opens the person's account."""
    browser = site.browser()

    page = browser.log_in(box)

    assert page.status == 200
    token = page.json
    assert set(token) >= {"oauth_token", "oauth_token_secret"}
    legs = [one for one in box.requests if path_of(one).startswith("/oauth/")]
    assert [path_of(one) for one in legs if one.method == "POST"] == ["/oauth/request_token", "/oauth/access_token"]


@pytest.mark.seen_in("authlib#294")
@pytest.mark.seen_in("authlib#285")
@pytest.mark.seen_in("django-social-auth#521")
def test_two_tabs_both_finish(site: Site, box: ProviderBox) -> None:
    """In the order in which they began, and in the other."""
    browser = site.browser()
    first, second, third = (box.visit(browser.begin()) for _ in range(3))

    assert browser.come_back(second).status == 200
    assert browser.come_back(first).status == 200
    assert browser.come_back(third).status == 200


def test_a_reload_of_the_callback_is_told(site: Site, box: ProviderBox) -> None:
    """It does not reach the provider a second time."""
    browser = site.browser()
    callback = box.visit(browser.begin())
    assert browser.come_back(callback).status == 200
    asked = len(box.requests)

    page = browser.come_back(callback)

    assert page.error == "CallbackReused"
    assert "Redirect to another page" in page.json["message"]
    assert len(box.requests) == asked


def test_a_callback_works_once_though_the_view_fails(site: Site, box: ProviderBox) -> None:
    """A page with the status 500 may lose what was written into the session; the login is used up all the same."""
    browser = site.browser()
    callback = box.visit(browser.begin())
    assert browser.come_back(callback, "/failing").status == 500
    asked = len(box.requests)

    assert browser.come_back(callback).error == "CallbackReused"
    assert len(box.requests) == asked


def test_a_login_that_the_provider_refuses_is_used_up(site: Site, box: ProviderBox) -> None:
    """A fault in the last leg leaves nothing behind."""
    browser = site.browser()
    callback = box.visit(browser.begin())
    box.faults = Faults(problem="token_rejected")
    assert browser.come_back(callback).error == "TokenResponseError"
    box.faults = Faults()

    assert browser.come_back(callback).error == "CallbackReused"


@pytest.mark.parametrize("answer", ["oauth_problem=user_refused&oauth_token={token}", "denied={token}"])
def test_a_cancel_with_its_token(site: Site, box: ProviderBox, answer: str) -> None:
    """The login is forgotten; one in another tab is not."""
    browser = site.browser()
    begun, other = box.visit(browser.begin()), box.visit(browser.begin())
    token = begun.partition("oauth_token=")[2].partition("&")[0]

    assert browser.open(f"/callback?{answer.format(token=token)}").error == "AccessDenied"

    assert browser.come_back(begun).error == "CallbackReused"
    assert browser.come_back(other).status == 200


def test_a_cancel_as_the_provider_says_it(site: Site, box: ProviderBox) -> None:
    """The box's own way of saying no."""
    box.decision = "deny"
    browser = site.browser()

    assert browser.log_in(box).error == "AccessDenied"


@pytest.mark.parametrize(
    "answer",
    [
        "oauth_problem=user_refused",
        "denied=",
        "denied",
        "denied=made-up",
        "denied=%20",
        "oauth_token=&denied=",
        "oauth_problem=user_refused&oauth_token=made-up",
        "oauth_problem=&denied=made-up",
    ],
)
def test_a_cancel_that_names_no_login_of_this_browser(site: Site, box: ProviderBox, answer: str) -> None:
    """Anybody can link to it. It says that nobody is logged in, and ends no login."""
    browser = site.browser()
    begun = box.visit(browser.begin())

    assert browser.open(f"/callback?{answer}").error == "AccessDenied"

    assert browser.come_back(begun).status == 200


def test_a_cancel_in_a_browser_that_began_nothing(site: Site, box: ProviderBox) -> None:
    """It is a cancel all the same, and touches nobody's login."""
    browser, stranger = site.browser(), site.browser()
    begun = box.visit(browser.begin())
    token = begun.partition("oauth_token=")[2].partition("&")[0]

    assert stranger.open(f"/callback?denied={token}").error == "AccessDenied"
    assert browser.come_back(begun).status == 200


def test_a_lost_cookie(site: Site, box: ProviderBox) -> None:
    """The browser comes back with no session at all."""
    browser = site.browser()
    callback = box.visit(browser.begin())
    browser.forget_cookies()

    page = browser.come_back(callback)

    assert page.error == "LoginLost"
    assert "SameSite" in page.json["message"]


@pytest.mark.seen_in("socialregistration#34")
def test_another_host(site: Site, box: ProviderBox) -> None:
    """Begun at localhost, back at 127.0.0.1, where the cookie is not sent."""
    callback = box.visit(site.browser().begin())

    page = site.browser().come_back(callback, host="127.0.0.1")

    assert page.error == "WrongHost"
    assert "'localhost'" in page.json["message"]
    assert "'127.0.0.1'" in page.json["message"]


@pytest.mark.parametrize("callback", ["http://localhost:3000/callback", "http://app.localhost:3000/callback"])
def test_a_proxy_that_changes_the_host_header(
    site: Site, box: ProviderBox, callback: str, caplog: pytest.LogCaptureFixture
) -> None:
    """A development server in front says ``Host: 127.0.0.1``, while the browser sees another name: only a warning."""
    browser = site.browser()

    address = browser.begin("127.0.0.1:8000", to=callback)
    page = browser.come_back(box.visit(address), host="127.0.0.1:8000")

    assert page.status == 200
    assert any("'127.0.0.1'" in record.getMessage() for record in caplog.records if record.name == "oauthone")


def test_too_late(site: Site, box: ProviderBox, clock: Clock) -> None:
    """Ten minutes, and not one second longer."""
    browser = site.browser()
    in_time, late = box.visit(browser.begin()), box.visit(browser.begin())

    clock.now += 599
    assert browser.come_back(in_time).status == 200
    clock.now += 1
    assert browser.come_back(late).error == "LoginExpired"
    assert browser.come_back(late).error == "LoginExpired"


def test_a_token_that_nobody_gave_out(site: Site, box: ProviderBox) -> None:
    """In a browser with another login under way, which is not touched."""
    browser = site.browser()
    callback = box.visit(browser.begin())

    page = browser.open("/callback?oauth_token=made-up&oauth_verifier=1")

    assert page.error == "UnknownLogin"
    assert browser.come_back(callback).status == 200


@pytest.mark.parametrize("query", ["oauth_verifier=1", "oauth_token=&oauth_verifier=1", ""])
def test_no_token_at_all(site: Site, query: str) -> None:
    """The error names the parameter, and what to do where a provider calls it otherwise."""
    page = site.browser().open(f"/callback?{query}")

    assert page.error == "CallbackError"
    assert "callback_token_name" in page.json["message"]


def test_the_callback_of_another_browser(site: Site, box: ProviderBox) -> None:
    """Login CSRF: an attacker's callback does nothing in a victim's browser, and still works in the attacker's."""
    attacker, victim = site.browser(), site.browser()
    victim.begin()
    callback = box.visit(attacker.begin())

    page = victim.come_back(callback)

    assert page.error == "OtherBrowser"
    assert not any(path_of(one) == "/oauth/access_token" for one in box.requests)
    assert attacker.come_back(callback).status == 200
    assert victim.come_back(callback).error == "CallbackReused"


def test_a_session_that_was_cleared_meanwhile(site: Site, box: ProviderBox) -> None:
    """As after a login in another tab. It cannot be told from another browser, and the message names both."""
    browser = site.browser()
    callback = box.visit(browser.begin())
    browser.forget_cookies()
    browser.log_in(box)

    page = browser.come_back(callback)

    assert page.error == "OtherBrowser"
    assert "the session was cleared" in page.json["message"]


def test_the_callback_of_another_browser_in_one_without_a_session(site: Site, box: ProviderBox) -> None:
    """As if the cookie was lost: nobody can tell the two apart."""
    callback = box.visit(site.browser().begin())

    assert site.browser().come_back(callback).error == "LoginLost"


@pytest.mark.parametrize(
    "addition",
    [
        "self=1",
        "request=1&token=2&request_token=3&verifier=4&method=GET",
        "oauth_token_secret=EVIL",
        "oauth_callback=http://evil.example/",
        "session=1&name=2&url=3",
    ],
)
def test_nothing_else_of_a_callback_is_read(site: Site, box: ProviderBox, addition: str) -> None:
    """Neither an argument's name nor a secret."""
    browser = site.browser()
    callback = box.visit(browser.begin())

    assert browser.come_back(f"{callback}&{addition}").status == 200


def test_another_token_in_the_callback(site: Site, box: ProviderBox) -> None:
    """A provider, or somebody on the way, that puts another token there."""
    browser = site.browser()
    address = browser.begin()
    box.faults = Faults(wrong_token=True)

    assert browser.come_back(box.visit(address)).error == "UnknownLogin"


def test_a_token_that_stands_there_twice(site: Site, box: ProviderBox) -> None:
    """It is not for us to choose."""
    browser = site.browser()
    callback = box.visit(browser.begin())

    assert browser.come_back(f"{callback}&oauth_token=other").error == "CallbackError"
    assert browser.come_back(callback).status == 200


def test_the_newest_five_wait(site: Site, box: ProviderBox) -> None:
    """A session does not grow; what is given up first is what is oldest."""
    browser = site.browser()
    callbacks = [box.visit(browser.begin()) for _ in range(7)]

    outcomes = [browser.come_back(callback) for callback in callbacks]

    assert [page.status for page in outcomes] == [400, 400, 200, 200, 200, 200, 200]
    assert {page.error for page in outcomes[:2]} <= {"CallbackReused", "OtherBrowser", "UnknownLogin"}


def test_the_steps_one_by_one(site: Site, box: ProviderBox) -> None:
    """``create_authorization_url`` and ``save_authorize_data``, with a parameter for the provider."""
    browser = site.browser()
    address = browser.begin(page="/split")

    assert "scope=read" in address
    assert browser.come_back(box.visit(address)).status == 200


@pytest.mark.seen_in("allauth#2143")
@pytest.mark.seen_in("allauth#3366")
def test_a_refusal_at_the_start_says_what_the_provider_said(
    site: Site, box: ProviderBox, caplog: pytest.LogCaptureFixture
) -> None:
    """In the exception and in the log."""
    box.faults = Faults(problem="parameter_rejected", problem_in="html")

    page = site.browser().open(f"/login?to=http://{HOST}/callback")

    assert page.error == "TokenResponseError"
    assert "401 with the problem 'parameter_rejected'" in page.json["message"]
    assert any("parameter_rejected" in record.getMessage() for record in caplog.records if record.name == "oauthone")


def test_a_request_for_whoever_is_logged_in(open_site: Opener, box: ProviderBox) -> None:
    """``fetch_token`` of the registry gets the provider's name."""
    token = box.issue_token()
    asked: list[str] = []

    def fetch(name: str, *request: object) -> dict[str, str]:
        asked.append(name)
        return {"oauth_token": token.token, "oauth_token_secret": token.token_secret}

    page = open_site(fetch_token=fetch).browser().open("/account?path=photos%3Fsize%3D1")

    assert page.json["user"] == "alice" or asked == []
    assert asked == ["box"]
