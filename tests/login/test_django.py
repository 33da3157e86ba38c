"""What is particular to Django."""

import asyncio
from typing import Any

import pytest

from oauthone.errors import LoginLost, SessionMissing
from oauthone.testing import ProviderBox

from . import django_site
from .caches import AsyncCache, SyncCache
from .sites import (
    AsyncDjangoServerSessionSite,
    AsyncDjangoSite,
    Clock,
    DjangoServerSessionSite,
    DjangoSite,
    registration,
)

django_site.configure()

from django.contrib.sessions.backends.base import UpdateError  # noqa: E402
from django.test import RequestFactory, override_settings  # noqa: E402

from oauthone.login.django import DjangoOAuth1App, OAuth  # noqa: E402


def test_the_setting_fills_in_missing_options(box: ProviderBox) -> None:
    """With ``overwrite`` it overrides the others."""
    with override_settings(OAUTHONE_CLIENTS={"box": registration(box)}):
        oauth = OAuth()
        given = oauth.register("box", client_id="given")

        assert isinstance(given, DjangoOAuth1App)
        assert (given.client_id, given.client_secret) == ("given", box.client.client_secret)
        assert oauth.register("box", overwrite=True, client_id="given").client_id == box.client.client_id


def test_a_misspelt_key_of_the_setting_is_reported(box: ProviderBox) -> None:
    """As a misspelt option of ``register()`` is."""
    with (
        override_settings(OAUTHONE_CLIENTS={"box": {**registration(box), "clientid": "x"}}),
        pytest.raises(TypeError, match="clientid"),
    ):
        OAuth().register("box")


def test_a_missing_session_middleware_is_reported_before_the_provider_is_asked(box: ProviderBox) -> None:
    """The error names the middleware to add."""
    app = OAuth().register("box", **registration(box))
    request = RequestFactory().get("/login")

    with pytest.raises(SessionMissing, match="SessionMiddleware"):
        app.authorize_redirect(request, "http://localhost/callback")
    with pytest.raises(SessionMissing, match="SessionMiddleware"):
        asyncio.run(app.aauthorize_redirect(request, "http://localhost/callback"))
    assert box.requests == []


def test_a_login_finishes_with_a_former_secret_key(box: ProviderBox) -> None:
    """If that is among the fallbacks."""
    site = DjangoSite(box)
    browser = site.browser()
    callback = box.visit(browser.begin())

    from django.conf import settings

    with override_settings(SECRET_KEY="new", SECRET_KEY_FALLBACKS=[settings.SECRET_KEY]):
        assert browser.come_back(callback).status == 200


class Sessions:
    """A session as Django before 5.1 has it, without a method that is awaited; its row may vanish."""

    def __init__(self) -> None:
        self.kept: dict[str, Any] = {}
        self.is_gone = False

    def get(self, key: str) -> Any:
        return self.kept.get(key)

    def __setitem__(self, key: str, value: Any) -> None:
        self.kept[key] = value

    def save(self) -> None:
        if self.is_gone:
            raise UpdateError

    def is_empty(self) -> bool:
        return not self.kept


def request_with(session: Any, callback: str = "/callback") -> Any:
    request = RequestFactory().get(callback, headers={"host": "localhost"})
    request.session = session
    return request


def test_asynchronous_views_work_in_django_4_2(box: ProviderBox) -> None:
    """Its sessions have no asynchronous methods, so they are called in a thread."""
    app = OAuth().register("box", **registration(box))
    session = Sessions()

    async def scenario() -> Any:
        left = await app.aauthorize_redirect(request_with(session), "http://localhost/callback")
        return await app.aauthorize_access_token(request_with(session, box.visit(left.url)))

    assert asyncio.run(scenario())["oauth_token"]


def test_a_session_that_was_deleted_in_another_tab_is_reported_as_lost(box: ProviderBox) -> None:
    app = OAuth().register("box", **registration(box))
    session = Sessions()
    callback = box.visit(app.authorize_redirect(request_with(session), "http://localhost/callback").url)
    session.is_gone = True

    with pytest.raises(LoginLost):
        app.authorize_access_token(request_with(session, callback))

    callback = box.visit(app.authorize_redirect(request_with(session), "http://localhost/callback").url)
    with pytest.raises(LoginLost):
        asyncio.run(app.aauthorize_access_token(request_with(session, callback)))


@pytest.mark.parametrize("kind", [DjangoServerSessionSite, AsyncDjangoServerSessionSite])
def test_a_session_on_the_server_holds_no_secret(kind: type[DjangoSite], box: ProviderBox) -> None:
    """Logins in it are encrypted too, so reading the session store is not enough to finish one."""
    from django.contrib.sessions.backends.cache import SessionStore

    browser = kind(box).browser()
    browser.begin()

    kept = SessionStore(browser.cookies[-1]).load()
    assert kept["_oauthone"][0][:1] == ["box"]
    assert kept["_oauthone"][0][3].startswith("gAAAA")


@pytest.mark.parametrize("name", ["[x]", "(", "é", "a/b", ""])
def test_a_foreign_cookie_is_left_alone(box: ProviderBox, name: str) -> None:
    """Such as one that a neighbouring host set. The login begins."""
    app = OAuth().register("box", **registration(box))
    request = request_with(Sessions())
    request.COOKIES.update({f"oauthone_login_{name}{number}": "v" for number in range(6)})

    response = app.authorize_redirect(request, "http://localhost/callback")

    (given,) = response.cookies
    assert given.removeprefix("oauthone_login_").isalnum()


def test_django_calls_the_asynchronous_methods_of_its_cache(box: ProviderBox, clock: Clock) -> None:
    """The synchronous ones would block every request of the process."""

    class Both(SyncCache):
        def __init__(self) -> None:
            super().__init__()
            self.awaited = AsyncCache()
            self.aget, self.aset, self.adelete = self.awaited.get, self.awaited.set, self.awaited.delete

    cache = Both()
    browser = AsyncDjangoSite(box, cache=cache, clock=clock).browser()
    address = browser.begin()

    assert (len(cache.kept), len(cache.awaited.kept)) == (0, 1)
    assert browser.come_back(box.visit(address)).status == 200
