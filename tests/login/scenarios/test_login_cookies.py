"""Each login has a cookie of its own: responses that pass each other overwrite the session, but not that."""

import re
from http.cookies import SimpleCookie
from typing import Any

import pytest

from oauthone.testing import ProviderBox

from ..caches import SyncCache
from ..sites import HOST, SECRET, SITES, Clock, DjangoSite, FlaskSite, Site

BROWSERS = ["flask", "django", "django-server", "django-async", "django-async-server", "starlette", "fastapi"]


class Tabs:
    """Several tabs of one browser whose requests are all on their way before any answer comes."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.jar: dict[str, str] = {}

    def open(self, path: str, host: str = HOST, cookies: dict[str, str] | None = None) -> tuple[Any, list[str]]:
        """A page as a browser with these cookies sees it, and the Set-Cookie headers."""
        browser = self.site.browser_with(self.jar if cookies is None else cookies)
        return browser(path, host)

    def keep(self, set_cookies: list[str]) -> None:
        """What the browser does with an answer's cookies."""
        for header in set_cookies:
            for name, morsel in SimpleCookie(header).items():
                self.jar[name] = morsel.value
                if morsel["max-age"] == "0":
                    del self.jar[name]

    def begin_at_once(self, count: int) -> list[str]:
        """The addresses at the provider; every request left with the cookies that there were before."""
        answers = [self.open(f"/login?to=http://{HOST}/callback", cookies=dict(self.jar)) for _ in range(count)]
        for _, set_cookies in answers:
            self.keep(set_cookies)
        return [page.location or "" for page, _ in answers]

    def come_back(self, callback: str) -> Any:
        """Follow the redirect from the provider."""
        page, set_cookies = self.open(f"/callback?{callback.partition('?')[2]}")
        self.keep(set_cookies)
        return page


@pytest.fixture
def tabs(site: Site) -> Tabs:
    return Tabs(site)


@pytest.mark.covering(together=2)
@pytest.mark.parametrize("framework", BROWSERS, indirect=True)
@pytest.mark.parametrize("order", [[0, 1, 2], [2, 0, 1]])
def test_logins_in_three_tabs_finish_once_each(tabs: Tabs, box: ProviderBox, order: list[int]) -> None:
    """In a new browser, and in one that has a session."""
    for _ in range(2):
        callbacks = [box.visit(address) for address in tabs.begin_at_once(3)]

        pages = [tabs.come_back(callbacks[number]) for number in order]
        assert [page.status for page in pages] == [200] * 3
        assert [tabs.come_back(callback).error for callback in callbacks] == ["CallbackReused"] * 3


@pytest.mark.covering
@pytest.mark.parametrize("framework", BROWSERS, indirect=True)
def test_a_denial_in_one_tab_ends_only_its_own_login(tabs: Tabs, box: ProviderBox) -> None:
    callbacks = [box.visit(address) for address in tabs.begin_at_once(3)]
    token = callbacks[0].partition("oauth_token=")[2].partition("&")[0]

    page, set_cookies = tabs.open(f"/callback?denied={token}")
    tabs.keep(set_cookies)

    assert page.error == "AccessDenied"
    assert tabs.come_back(callbacks[0]).error == "CallbackReused"
    assert [tabs.come_back(callback).status for callback in callbacks[1:]] == [200, 200]


@pytest.mark.covering
@pytest.mark.parametrize("framework", BROWSERS, indirect=True)
def test_a_foreign_invented_or_expired_cookie_does_not_finish_a_login(
    tabs: Tabs, site: Site, box: ProviderBox, clock: Clock
) -> None:
    (address,) = tabs.begin_at_once(1)
    callback = box.visit(address)
    (name,) = [one for one in tabs.jar if "oauthone_login" in one]
    victim = Tabs(site)
    victim.begin_at_once(1)
    (own,) = [value for one, value in victim.jar.items() if "oauthone_login" in one]

    for value in (None, "", "made-up", own, tabs.jar[name][:-1], "é"):
        victim.jar.pop(name, None)
        if value is not None:
            victim.jar[name] = value
        assert victim.come_back(callback).error == "OtherBrowser"
    clock.now += 600
    tabs.jar = {name: tabs.jar[name]}
    assert tabs.come_back(callback).error in ("LoginExpired", "LoginLost", "UnknownLogin", "OtherBrowser")


@pytest.mark.parametrize("framework", BROWSERS)
def test_over_tls_a_login_cookie_belongs_to_this_host_alone(framework: str, box: ProviderBox, clock: Clock) -> None:
    """It is hidden from scripts and lasts ten minutes. Cookies without the prefix are ignored."""
    site = SITES[framework](box, clock=clock, cache=SyncCache())
    page, set_cookies = site.browser_with({}, scheme="https")(f"/login?to=https://{HOST}/callback", HOST)
    (header,) = [one for one in set_cookies if "oauthone_login" in one]

    assert header.startswith("__Host-oauthone_login_")
    for part in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=600"):
        assert re.search(rf";\s*{part}", header, re.IGNORECASE), header
    assert "domain" not in header.lower()
    callback = box.visit(page.location or "")
    name, value = header.partition(";")[0].split("=", 1)
    path = f"/callback?{callback.partition('?')[2]}"
    plain, _ = site.browser_with({name.removeprefix("__Host-"): value}, scheme="https")(path, HOST)
    assert plain.error == "LoginLost"
    good, _ = site.browser_with({name: value}, scheme="https")(path, HOST)
    assert good.status == 200


def mark_session_secure(site: Any, patch: pytest.MonkeyPatch, how: str) -> None:
    """Have the framework mark its session's cookie Secure, as its users do."""
    if isinstance(site, FlaskSite):
        site.flask.config["SESSION_COOKIE_SECURE"] = True
    elif isinstance(site, DjangoSite):
        from django.conf import settings

        patch.setattr(settings, "SESSION_COOKIE_SECURE", True)
    elif how == "by name":
        site.asgi.user_middleware[0].kwargs["https_only"] = True
    else:
        added = site.asgi.user_middleware[0]
        added.args, added.kwargs = (SECRET, "session", 3600, "/", "lax", True), {}
        try:
            site.asgi.build_middleware_stack()
        except TypeError:
            pytest.skip("this version of Starlette passes arguments to a middleware by name alone")


@pytest.mark.covering(together=2)
@pytest.mark.parametrize("framework", BROWSERS)
@pytest.mark.parametrize("reason", ["https callback", "by name", "by place"])
@pytest.mark.parametrize("cached", [True, False], ids=["cache", "session"])
def test_behind_a_tls_proxy_a_cookie_without_prefix_finishes_no_login(
    framework: str, box: ProviderBox, clock: Clock, monkeypatch: pytest.MonkeyPatch, reason: str, cached: bool
) -> None:
    """The application sees http. A neighbouring host may have set the cookie."""
    site = SITES[framework](box, clock=clock, cache=SyncCache() if cached else None)
    if reason != "https callback":
        mark_session_secure(site, monkeypatch, reason)
    scheme = "https" if reason == "https callback" else "http"
    page, set_cookies = site.browser_with({})(f"/login?to={scheme}://{HOST}/callback", HOST)
    (header,) = [one for one in set_cookies if "oauthone_login" in one]
    name, value = header.partition(";")[0].split("=", 1)
    path = f"/callback?{box.visit(page.location or '').partition('?')[2]}"

    assert name.startswith("__Host-oauthone_login_")
    assert re.search(r";\s*Secure", header)
    planted, _ = site.browser_with({name.removeprefix("__Host-"): value})(path, HOST)
    assert planted.error in ("LoginLost", "OtherBrowser")
    good, _ = site.browser_with({name.removeprefix("__Host-"): "planted", name: value})(path, HOST)
    assert good.status == 200


@pytest.mark.parametrize("framework", BROWSERS)
def test_without_tls_a_login_cookie_has_no_prefix(framework: str, box: ProviderBox, clock: Clock) -> None:
    """As on a developer's machine, where browsers reject the prefix."""
    site = SITES[framework](box, clock=clock)
    page, set_cookies = site.browser_with({})(f"/login?to=http://{HOST}/callback", HOST)
    (header,) = [one for one in set_cookies if "oauthone_login" in one]
    name, value = header.partition(";")[0].split("=", 1)

    assert name.startswith("oauthone_login_")
    assert "secure" not in header.lower()
    path = f"/callback?{box.visit(page.location or '').partition('?')[2]}"
    good, _ = site.browser_with({name: value})(path, HOST)
    assert good.status == 200


def begin_with(site: Site, name: str) -> tuple[int, list[str]]:
    """Begin a login with six cookies whose names end with ``name`` and a digit, more than a browser is given."""
    cookies = {f"oauthone_login_{name}{number}": "v" for number in range(6)}
    page, set_cookies = site.browser_with(cookies)(f"/login?to=http://{HOST}/callback", HOST)
    return page.status, [one for one in set_cookies if "oauthone_login" in one]


@pytest.mark.covering
@pytest.mark.parametrize("framework", ["flask", "starlette", "fastapi"])
@pytest.mark.parametrize("name", ["[x]", "a b", "a/b", "(", "é", '"q"', "", "0" * 40, "A" * 39, "0" * 38 + "\u0660"])
def test_a_foreign_cookie_is_left_alone(framework: str, name: str, box: ProviderBox, clock: Clock) -> None:
    """Such as one that a neighbouring host set. The login begins."""
    site = SITES[framework](box, clock=clock)

    status, set_cookies = begin_with(site, name.encode().decode("latin-1"))

    assert status == 302
    (header,) = set_cookies
    assert re.match(r"oauthone_login_[0-9a-f]{40}=", header)


@pytest.mark.parametrize("framework", ["flask", "starlette", "fastapi"])
def test_old_login_cookies_are_deleted(framework: str, box: ProviderBox, clock: Clock) -> None:
    status, set_cookies = begin_with(SITES[framework](box, clock=clock), "0" * 39)

    assert status == 302
    assert sum("Max-Age=0" in one for one in set_cookies) == 2
