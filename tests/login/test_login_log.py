"""The log of logins: forged callbacks and refused legs, not what users do, and no more than so many a second."""

import logging
from collections.abc import Iterator

import pytest

from oauthone.core.record_limit import EACH
from oauthone.login import _login_log
from oauthone.testing import Faults, ProviderBox

from .sites import HOST, Site

#: Each test tries every framework, with the login in its session or in a cache.
pytestmark = pytest.mark.covering


class Seconds:
    """Seconds that a test sets."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(autouse=True)
def seconds(monkeypatch: pytest.MonkeyPatch) -> Iterator[Seconds]:
    """The clock of the limit, which starts anew."""
    made = Seconds()
    monkeypatch.setattr(_login_log._LIMIT, "_clock", made)
    _login_log._LIMIT.reset()
    yield made
    _login_log._LIMIT.reset()


def logged(caplog: pytest.LogCaptureFixture) -> list[str]:
    records = [record for record in caplog.records if record.name == "oauthone.login"]
    assert {record.levelno for record in records} <= {logging.WARNING}
    caplog.clear()
    return [record.getMessage() for record in records]


def test_a_forged_callback_is_logged_without_its_token(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    """A token that was made up, in a browser that began a login."""
    browser = site.browser()
    browser.begin()
    logged(caplog)
    page = browser.come_back(f"https://{HOST}/callback?oauth_token=t0ken-of-an-attacker&oauth_verifier=c0de")
    assert page.error == "UnknownLogin"
    (said,) = logged(caplog)
    assert said.startswith("a callback of 'box' was refused: unknown_login: the callback's token was not given out")
    assert "t0ken" not in said
    assert "c0de" not in said


def test_a_callback_of_another_browser_is_logged(
    site: Site, box: ProviderBox, caplog: pytest.LogCaptureFixture
) -> None:
    victim, callback = site.browser(), box.visit(site.browser().begin())
    victim.begin()
    logged(caplog)
    assert victim.come_back(callback).error in ("OtherBrowser", "UnknownLogin")
    (said,) = logged(caplog)
    assert said.startswith("a callback of 'box' was refused: ")


def test_what_users_do_is_not_logged(site: Site, box: ProviderBox, caplog: pytest.LogCaptureFixture) -> None:
    """A login, a reload of its callback, and a denial."""
    browser = site.browser()
    callback = box.visit(browser.begin())
    assert browser.come_back(callback).status == 200
    assert browser.come_back(callback).error == "CallbackReused"
    assert browser.come_back(f"https://{HOST}/callback?denied=x").error == "AccessDenied"
    assert logged(caplog) == []


def test_a_provider_that_refuses_is_logged(site: Site, box: ProviderBox, caplog: pytest.LogCaptureFixture) -> None:
    box.faults = Faults(problem="consumer_key_rejected")
    site.browser().open(f"/login?to=http://{HOST}/callback")
    (said,) = logged(caplog)
    assert said.startswith("a login with 'box' cannot start: consumer_key_rejected: the provider answered 401")


def test_an_attacker_cannot_fill_the_log(site: Site, seconds: Seconds, caplog: pytest.LogCaptureFixture) -> None:
    browser = site.browser()
    browser.begin()
    for number in range(30):
        browser.come_back(f"https://{HOST}/callback?oauth_token={number}")
    assert len(logged(caplog)) == EACH
    seconds.now += 1
    browser.come_back(f"https://{HOST}/callback?oauth_token=x")
    summary, _ = logged(caplog)
    assert summary == f"… {30 - EACH} more warnings about logins without a record"


def test_an_attacker_cannot_hide_what_the_provider_refuses(
    site: Site, box: ProviderBox, seconds: Seconds, caplog: pytest.LogCaptureFixture
) -> None:
    browser = site.browser()
    browser.begin()
    for number in range(30):
        browser.come_back(f"https://{HOST}/callback?oauth_token={number}")
    logged(caplog)
    box.faults = Faults(problem="consumer_key_rejected")
    site.browser().open(f"/login?to=http://{HOST}/callback")
    (said,) = logged(caplog)
    assert said.startswith("a login with 'box' cannot start: consumer_key_rejected")
