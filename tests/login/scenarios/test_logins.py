"""What happens between a browser and the application, over every framework, with and without a cache."""

from urllib.parse import urlsplit

import pytest

from oauthone.testing import Faults, ProviderBox, Received

from ..conftest import Opener
from ..sites import HOST, Clock, Site

#: Each test tries every framework, with the login in its session or in a cache.
pytestmark = pytest.mark.covering


def path_of(received: Received) -> str:
    return urlsplit(received.url).path


def test_a_user_can_log_in(site: Site, box: ProviderBox) -> None:
    """The token gives access to the user's account."""
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
def test_logins_in_two_tabs_finish(site: Site, box: ProviderBox) -> None:
    """In the order in which they began, and in the other order."""
    browser = site.browser()
    first, second, third = (box.visit(browser.begin()) for _ in range(3))

    assert browser.come_back(second).status == 200
    assert browser.come_back(first).status == 200
    assert browser.come_back(third).status == 200


def test_a_reload_of_the_callback_is_reported(site: Site, box: ProviderBox) -> None:
    """It does not reach the provider again."""
    browser = site.browser()
    callback = box.visit(browser.begin())
    assert browser.come_back(callback).status == 200
    asked = len(box.requests)

    page = browser.come_back(callback)

    assert page.error == "CallbackReused"
    assert "Redirect to another page" in page.json["message"]
    assert len(box.requests) == asked


def test_a_callback_works_once_even_if_the_view_fails(site: Site, box: ProviderBox) -> None:
    """A page with the status 500 may lose changes to the session. The login is used up all the same."""
    browser = site.browser()
    callback = box.visit(browser.begin())
    assert browser.come_back(callback, "/failing").status == 500
    asked = len(box.requests)

    assert browser.come_back(callback).error == "CallbackReused"
    assert len(box.requests) == asked


def test_a_login_that_the_provider_rejects_is_used_up(site: Site, box: ProviderBox) -> None:
    browser = site.browser()
    callback = box.visit(browser.begin())
    box.faults = Faults(problem="token_rejected")
    assert browser.come_back(callback).error == "TokenResponseError"
    box.faults = Faults()

    assert browser.come_back(callback).error == "CallbackReused"


@pytest.mark.parametrize("answer", ["oauth_problem=user_refused&oauth_token={token}", "denied={token}"])
def test_a_denial_ends_the_login_that_it_names(site: Site, box: ProviderBox, answer: str) -> None:
    """A login in another tab goes on."""
    browser = site.browser()
    begun, other = box.visit(browser.begin()), box.visit(browser.begin())
    token = begun.partition("oauth_token=")[2].partition("&")[0]

    assert browser.open(f"/callback?{answer.format(token=token)}").error == "AccessDenied"

    assert browser.come_back(begun).error == "CallbackReused"
    assert browser.come_back(other).status == 200


def test_a_denial_by_the_provider_ends_the_login(site: Site, box: ProviderBox) -> None:
    box.decision = "deny"
    browser = site.browser()

    assert browser.log_in(box).error == "AccessDenied"


@pytest.mark.covering(times=2)
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
def test_a_denial_without_a_login_of_this_browser_ends_none(site: Site, box: ProviderBox, answer: str) -> None:
    """Anybody can link to it."""
    browser = site.browser()
    begun = box.visit(browser.begin())

    assert browser.open(f"/callback?{answer}").error == "AccessDenied"

    assert browser.come_back(begun).status == 200


def test_a_denial_is_reported_in_a_browser_without_a_login(site: Site, box: ProviderBox) -> None:
    browser, other = site.browser(), site.browser()
    begun = box.visit(browser.begin())
    token = begun.partition("oauth_token=")[2].partition("&")[0]

    assert other.open(f"/callback?denied={token}").error == "AccessDenied"
    assert browser.come_back(begun).status == 200


def test_a_lost_session_is_reported(site: Site, box: ProviderBox) -> None:
    """The browser comes back without any session."""
    browser = site.browser()
    callback = box.visit(browser.begin())
    browser.forget_cookies()

    page = browser.come_back(callback)

    assert page.error == "LoginLost"
    assert "SameSite" in page.json["message"]


@pytest.mark.seen_in("socialregistration#34")
def test_a_callback_at_another_host_is_reported(site: Site, box: ProviderBox) -> None:
    """The login begins at localhost and comes back to 127.0.0.1, where the cookie is not sent."""
    callback = box.visit(site.browser().begin())

    page = site.browser().come_back(callback, host="127.0.0.1")

    assert page.error == "WrongHost"
    assert "'localhost'" in page.json["message"]
    assert "'127.0.0.1'" in page.json["message"]


@pytest.mark.parametrize("callback", ["http://localhost:3000/callback", "http://app.localhost:3000/callback"])
def test_a_login_works_behind_a_proxy_that_changes_the_host_header(
    site: Site, box: ProviderBox, callback: str, caplog: pytest.LogCaptureFixture
) -> None:
    browser = site.browser()

    address = browser.begin("127.0.0.1:8000", to=callback)
    page = browser.come_back(box.visit(address), host="127.0.0.1:8000")

    assert page.status == 200
    assert any("'127.0.0.1'" in record.getMessage() for record in caplog.records if record.name == "oauthone.login")


def test_a_login_expires_after_ten_minutes(site: Site, box: ProviderBox, clock: Clock) -> None:
    browser = site.browser()
    in_time, late = box.visit(browser.begin()), box.visit(browser.begin())

    clock.now += 599
    assert browser.come_back(in_time).status == 200
    clock.now += 1
    assert browser.come_back(late).error == "LoginExpired"
    assert browser.come_back(late).error == "LoginExpired"


def test_an_unknown_token_is_reported(site: Site, box: ProviderBox) -> None:
    """A login of the same browser is not affected."""
    browser = site.browser()
    callback = box.visit(browser.begin())

    page = browser.open("/callback?oauth_token=made-up&oauth_verifier=1")

    assert page.error == "UnknownLogin"
    assert browser.come_back(callback).status == 200


@pytest.mark.parametrize("query", ["oauth_verifier=1", "oauth_token=&oauth_verifier=1", ""])
def test_a_callback_without_a_token_is_reported(site: Site, query: str) -> None:
    """The error names the parameter, and the option for a provider that uses another name."""
    page = site.browser().open(f"/callback?{query}")

    assert page.error == "CallbackError"
    assert "callback_token_name" in page.json["message"]


def test_a_callback_works_only_in_its_own_browser(site: Site, box: ProviderBox) -> None:
    """Login CSRF: an attacker's callback does nothing in a victim's browser, and still works in the attacker's."""
    attacker, victim = site.browser(), site.browser()
    victim.begin()
    callback = box.visit(attacker.begin())

    page = victim.come_back(callback)

    assert page.error == "OtherBrowser"
    assert not any(path_of(one) == "/oauth/access_token" for one in box.requests)
    assert attacker.come_back(callback).status == 200
    assert victim.come_back(callback).error == "CallbackReused"


def test_a_cleared_session_is_reported_like_another_browser(site: Site, box: ProviderBox) -> None:
    """The two cannot be told apart, so the message names both."""
    browser = site.browser()
    callback = box.visit(browser.begin())
    browser.forget_cookies()
    browser.log_in(box)

    page = browser.come_back(callback)

    assert page.error == "OtherBrowser"
    assert "the session was cleared" in page.json["message"]


def test_a_foreign_callback_in_a_browser_without_a_session_is_reported_as_lost(site: Site, box: ProviderBox) -> None:
    """This cannot be told apart from a lost cookie."""
    callback = box.visit(site.browser().begin())

    assert site.browser().come_back(callback).error == "LoginLost"


@pytest.mark.covering(times=2)
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
def test_other_parameters_of_a_callback_are_ignored(site: Site, box: ProviderBox, addition: str) -> None:
    """Neither the name of an argument nor a secret is read."""
    browser = site.browser()
    callback = box.visit(browser.begin())

    assert browser.come_back(f"{callback}&{addition}").status == 200


def test_a_callback_with_a_changed_token_is_rejected(site: Site, box: ProviderBox) -> None:
    browser = site.browser()
    address = browser.begin()
    box.faults = Faults(wrong_token=True)

    assert browser.come_back(box.visit(address)).error == "UnknownLogin"


def test_a_callback_with_two_tokens_is_rejected(site: Site, box: ProviderBox) -> None:
    browser = site.browser()
    callback = box.visit(browser.begin())

    assert browser.come_back(f"{callback}&oauth_token=other").error == "CallbackError"
    assert browser.come_back(callback).status == 200


def test_only_the_newest_five_logins_are_pending(site: Site, box: ProviderBox) -> None:
    """The oldest ones are dropped first."""
    browser = site.browser()
    callbacks = [box.visit(browser.begin()) for _ in range(7)]

    outcomes = [browser.come_back(callback) for callback in callbacks]

    assert [page.status for page in outcomes] == [400, 400, 200, 200, 200, 200, 200]
    assert {page.error for page in outcomes[:2]} <= {"CallbackReused", "OtherBrowser", "UnknownLogin"}


def test_a_program_can_redirect_the_browser_itself(site: Site, box: ProviderBox) -> None:
    """With ``create_authorization_url`` and ``save_authorize_data``, and a parameter for the provider."""
    browser = site.browser()
    address = browser.begin(page="/split")

    assert "scope=read" in address
    assert browser.come_back(box.visit(address)).status == 200


@pytest.mark.seen_in("allauth#2143")
@pytest.mark.seen_in("allauth#3366")
def test_a_rejection_at_the_start_quotes_the_provider(
    site: Site, box: ProviderBox, caplog: pytest.LogCaptureFixture
) -> None:
    """In the exception and in the log."""
    box.faults = Faults(problem="parameter_rejected", problem_in="html")

    page = site.browser().open(f"/login?to=http://{HOST}/callback")

    assert page.error == "TokenResponseError"
    assert "401 with the problem 'parameter_rejected'" in page.json["message"]
    assert any(
        "parameter_rejected" in record.getMessage() for record in caplog.records if record.name == "oauthone.login"
    )


def test_a_request_is_signed_with_the_token_of_the_current_user(open_site: Opener, box: ProviderBox) -> None:
    """``fetch_token`` of the registry gets the provider's name."""
    token = box.issue_token()
    asked: list[str] = []

    def fetch(name: str, *request: object) -> dict[str, str]:
        asked.append(name)
        return {"oauth_token": token.token, "oauth_token_secret": token.token_secret}

    page = open_site(fetch_token=fetch).browser().open("/account?path=photos%3Fsize%3D1")

    assert page.json["user"] == "alice" or asked == []
    assert asked == ["box"]
