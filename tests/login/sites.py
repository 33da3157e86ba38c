"""The same small application in each framework, and browsers that visit it."""

import asyncio
import atexit
import json
from collections.abc import Callable
from typing import Any, NamedTuple
from urllib.parse import parse_qs, quote, urlsplit

from oauthone.testing import ProviderBox

HOST = "localhost"
SECRET = "the application's secret, which nobody guesses"
#: Its event loop is that of every request to an asynchronous site: making one for each takes longer than a page.
_RUNNER = asyncio.Runner()
atexit.register(_RUNNER.close)
#: The fewest options of a provider.
OPTIONS: dict[str, Any] = {"client_id": "c", "request_token_url": "https://api.example/request"}


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


class Page(NamedTuple):
    """A page that a browser received."""

    status: int
    location: str | None
    text: str

    @property
    def json(self) -> Any:
        """The page's content, parsed."""
        return json.loads(self.text)

    @property
    def error(self) -> str:
        """The class of the error that the page reports."""
        return str(self.json["error"])


class Browser:
    """A browser with its own cookies.

    Args:
        send: takes a path and a host; returns a page and the ``Set-Cookie`` headers.
        forget: empties the cookies.

    Attributes:
        cookies: the value of every cookie that was ever set here.
    """

    def __init__(self, send: Callable[[str, str], tuple[Page, list[str]]], forget: Callable[[], None]) -> None:
        self._send = send
        self.forget_cookies = forget
        self.cookies: list[str] = []

    def open(self, path: str, host: str = HOST) -> Page:
        """Visit a page of the application, without following redirects."""
        page, cookies = self._send(path, host)
        self.cookies += [cookie.partition("=")[2].partition(";")[0] for cookie in cookies]
        return page

    def begin(self, host: str = HOST, to: str | None = None, page: str = "/login") -> str:
        """Press "Log in"; return the URL at the provider."""
        location = self.open(f"{page}?to={quote(to or f'http://{host}/callback')}", host).location
        assert location is not None
        return location

    def come_back(self, callback: str, page: str | None = None, host: str | None = None) -> Page:
        """Follow the redirect from the provider to the application."""
        parts = urlsplit(callback)
        return self.open(f"{page or parts.path}?{parts.query}", host or parts.netloc)

    def log_in(self, box: ProviderBox) -> Page:
        """Run the whole login."""
        return self.come_back(box.visit(self.begin()))


class Site:
    """An application with a provider ``box``; there is a subclass for each framework.

    Args:
        box: the provider.
        options: the arguments of the registry.
        registered: more arguments for ``register()``.
    """

    #: Whether the session is a cookie that the browser can read.
    readable = True
    has_cookies = True
    is_async = False
    prefix = ""

    def __init__(self, box: ProviderBox, registered: dict[str, Any] | None = None, **options: Any) -> None:
        self.box = box
        self.oauth = self.make_registry(**options)
        self.app = self.oauth.register("box", **{**registration(box), **(registered or {})})

    def make_registry(self, **options: Any) -> Any:
        """Make the framework's ``OAuth``."""
        raise NotImplementedError

    def browser(self) -> Browser:
        """Return a new browser."""
        raise NotImplementedError

    def browser_with(self, cookies: dict[str, str], scheme: str = "http") -> Callable[[str, str], Any]:
        """Open a page with only these cookies; return the page and the ``Set-Cookie`` headers."""
        raise NotImplementedError


Opened = Callable[[str, str], tuple[Page, list[str]]]


def registration(box: ProviderBox) -> dict[str, Any]:
    """Return the arguments of ``register()`` for a box."""
    return {
        "client_id": box.client.client_id,
        "client_secret": box.client.client_secret,
        "request_token_url": box.request_token_url,
        "access_token_url": box.access_token_url,
        "authorize_url": box.authorize_url,
        "api_base_url": f"{box.origin}/api/",
    }


def cookie_header(cookies: dict[str, str]) -> str:
    """Return the ``Cookie`` header of a browser."""
    return "; ".join(f"{name}={value}" for name, value in cookies.items())


def told(error: Exception) -> dict[str, str]:
    """Return an error as a page reports it."""
    return {"error": type(error).__name__, "message": str(error)}


class FlaskSite(Site):
    """Flask, whose session is a signed cookie that the browser can read."""

    def make_registry(self, **options: Any) -> Any:
        from flask import Flask, request

        from oauthone.errors import OAuth1Error
        from oauthone.login.flask import OAuth

        self.flask = flask = Flask("site")
        flask.secret_key = SECRET
        oauth = OAuth(flask, **options)

        @flask.get("/login")
        def login() -> Any:
            return self.app.authorize_redirect(request.args["to"])

        @flask.get("/split")
        def split() -> Any:
            from flask import redirect

            begun = self.app.create_authorization_url(request.args["to"], scope="read")
            self.app.save_authorize_data(redirect_uri=request.args["to"], **begun)
            return redirect(begun["url"])

        @flask.get("/callback")
        def callback() -> Any:
            return dict(self.app.authorize_access_token())

        @flask.get("/failing")
        def failing() -> Any:
            self.app.authorize_access_token()
            raise RuntimeError("the view fails")

        @flask.get("/account")
        def account() -> Any:
            return self.app.get(request.args["path"]).json()

        flask.register_error_handler(OAuth1Error, lambda error: (told(error), 400))
        return oauth

    def browser(self) -> Browser:
        client = self.flask.test_client()

        def send(path: str, host: str) -> tuple[Page, list[str]]:
            response = client.get(path, base_url=f"http://{host}")
            page = Page(response.status_code, response.headers.get("Location"), response.get_data(as_text=True))
            return page, response.headers.getlist("Set-Cookie")

        return Browser(send, lambda: client._cookies.clear())

    def browser_with(self, cookies: dict[str, str], scheme: str = "http") -> Opened:
        client = self.flask.test_client(use_cookies=False)

        def send(path: str, host: str) -> tuple[Page, list[str]]:
            response = client.get(path, base_url=f"{scheme}://{host}", headers={"Cookie": cookie_header(cookies)})
            page = Page(response.status_code, response.headers.get("Location"), response.get_data(as_text=True))
            return page, response.headers.getlist("Set-Cookie")

        return send


class StarletteSite(Site):
    """Starlette with its SessionMiddleware."""

    is_async = True

    def make_registry(self, **options: Any) -> Any:
        from starlette.applications import Starlette
        from starlette.middleware import Middleware
        from starlette.middleware.sessions import SessionMiddleware
        from starlette.responses import JSONResponse, RedirectResponse
        from starlette.routing import Route

        from oauthone.errors import OAuth1Error
        from oauthone.login.starlette import OAuth

        async def login(request: Any) -> Any:
            return await self.app.authorize_redirect(request, request.query_params["to"])

        async def split(request: Any) -> Any:
            begun = await self.app.create_authorization_url(request.query_params["to"], scope="read")
            await self.app.save_authorize_data(request, redirect_uri=request.query_params["to"], **begun)
            return RedirectResponse(begun["url"], 302)

        async def callback(request: Any) -> Any:
            return JSONResponse(await self.app.authorize_access_token(request))

        async def failing(request: Any) -> Any:
            await self.app.authorize_access_token(request)
            raise RuntimeError("the view fails")

        async def account(request: Any) -> Any:
            answer = await self.app.get(request.query_params["path"], request=request)
            return JSONResponse(answer.json())

        async def show(request: Any, error: Exception) -> Any:
            return JSONResponse(told(error), 400)

        views = {"login": login, "split": split, "callback": callback, "failing": failing, "account": account}
        self.asgi: Any = Starlette(
            routes=[Route(f"/{name}", view) for name, view in views.items()],
            middleware=[Middleware(SessionMiddleware, secret_key=SECRET)],
            exception_handlers={OAuth1Error: show},
        )
        return OAuth(**options)

    def browser(self) -> Browser:
        from starlette.testclient import TestClient

        client = TestClient(self.asgi, raise_server_exceptions=False, follow_redirects=False)

        def send(path: str, host: str) -> tuple[Page, list[str]]:
            response = client.get(f"http://{host}{path}")
            page = Page(response.status_code, response.headers.get("location"), response.text)
            return page, response.headers.get_list("set-cookie")

        return Browser(send, client.cookies.clear)

    def browser_with(self, cookies: dict[str, str], scheme: str = "http") -> Opened:
        from starlette.testclient import TestClient

        client = TestClient(self.asgi, raise_server_exceptions=False, follow_redirects=False)

        def send(path: str, host: str) -> tuple[Page, list[str]]:
            response = client.get(
                f"{scheme}://{host}{path}", headers={"Cookie": cookie_header(cookies).encode("latin-1")}
            )
            page = Page(response.status_code, response.headers.get("location"), response.text)
            return page, response.headers.get_list("set-cookie")

        return send


class FastAPISite(StarletteSite):
    """FastAPI, on Starlette's module."""

    def make_registry(self, **options: Any) -> Any:
        from fastapi import FastAPI, Request
        from fastapi.responses import JSONResponse, RedirectResponse
        from starlette.middleware.sessions import SessionMiddleware

        from oauthone.errors import OAuth1Error
        from oauthone.login.starlette import OAuth

        self.asgi = app = FastAPI()
        app.add_middleware(SessionMiddleware, secret_key=SECRET)

        @app.get("/login")
        async def login(request: Request, to: str) -> Any:
            return await self.app.authorize_redirect(request, to)

        @app.get("/split")
        async def split(request: Request, to: str) -> Any:
            begun = await self.app.create_authorization_url(to, scope="read")
            await self.app.save_authorize_data(request, redirect_uri=to, **begun)
            return RedirectResponse(begun["url"], 302)

        @app.get("/callback")
        async def callback(request: Request) -> Any:
            return await self.app.authorize_access_token(request)

        @app.get("/failing")
        async def failing(request: Request) -> Any:
            await self.app.authorize_access_token(request)
            raise RuntimeError("the view fails")

        @app.get("/account")
        async def account(request: Request, path: str) -> Any:
            return (await self.app.get(path, request=request)).json()

        @app.exception_handler(OAuth1Error)
        async def show(request: Request, error: OAuth1Error) -> Any:
            return JSONResponse(told(error), 400)

        return OAuth(**options)


class DjangoSite(Site):
    """Django, with the session in a signed cookie."""

    engine = "django.contrib.sessions.backends.signed_cookies"

    def make_registry(self, **options: Any) -> Any:
        from . import django_site

        django_site.set_up(self)
        from oauthone.login.django import OAuth

        return OAuth(**options)

    def browser(self) -> Browser:
        return self._browser(self._client())

    def _browser(self, client: Any) -> Browser:
        from django.test import override_settings

        def send(path: str, host: str) -> tuple[Page, list[str]]:
            with override_settings(SESSION_ENGINE=self.engine):
                response = self._get(client, f"{self.prefix}{path}", host)
            page = Page(response.status_code, response.headers.get("Location"), response.content.decode())
            return page, [f"{name}={morsel.value}" for name, morsel in response.cookies.items()]

        return Browser(send, client.cookies.clear)

    def _client(self) -> Any:
        from django.test import Client

        return Client(raise_request_exception=False)

    def browser_with(self, cookies: dict[str, str], scheme: str = "http") -> Opened:
        from django.test import override_settings

        def send(path: str, host: str) -> tuple[Page, list[str]]:
            client = self._client()
            client.cookies.load(cookies)
            with override_settings(SESSION_ENGINE=self.engine):
                response = self._get(client, f"{self.prefix}{path}", host, secure=scheme == "https")
            page = Page(response.status_code, response.headers.get("Location"), response.content.decode())
            return page, [morsel.OutputString() for morsel in response.cookies.values()]

        return send

    def _get(self, client: Any, path: str, host: str, **more: Any) -> Any:
        from . import django_site

        django_site.current = self
        return client.get(path, headers={"host": host}, **more)


class DjangoServerSessionSite(DjangoSite):
    """Django, with the session on the server."""

    engine = "django.contrib.sessions.backends.cache"
    readable = False


class AsyncDjangoSite(DjangoSite):
    """Django's asynchronous views."""

    is_async = True
    prefix = "/async"

    def _client(self) -> Any:
        from django.test import AsyncClient

        class OneHost(AsyncClient):
            """Replaces the host ``testserver`` with the requested host, instead of adding a second one."""

            async def request(self, **request: Any) -> Any:
                request["headers"] = [pair for pair in request["headers"] if pair != (b"host", b"testserver")]
                return await super().request(**request)

        return OneHost(raise_request_exception=False)

    def _get(self, client: Any, path: str, host: str, **more: Any) -> Any:
        from . import django_site

        django_site.current = self
        return _RUNNER.run(client.get(path, headers={"host": host}, **more))


class AsyncDjangoServerSessionSite(AsyncDjangoSite):
    """Django's asynchronous views, with the session on the server."""

    engine = "django.contrib.sessions.backends.cache"
    readable = False


class PlainSite(Site):
    """No framework: a dict for each browser."""

    readable = has_cookies = False

    def make_registry(self, **options: Any) -> Any:
        from oauthone.login import OAuth

        return OAuth(**{"secret_key": SECRET, **options})

    def browser(self) -> Browser:
        session: dict[str, Any] = {}

        def send(path: str, host: str) -> tuple[Page, list[str]]:
            from oauthone.errors import OAuth1Error

            parts = urlsplit(path)
            try:
                page = self._page(parts.path, parts.query, session, host)
            except OAuth1Error as error:
                page = Page(400, None, json.dumps(told(error)))
            return page, []

        return Browser(send, session.clear)

    def _page(self, path: str, query: str, session: dict[str, Any], host: str) -> Page:
        from urllib.parse import parse_qs

        given = {name: values[0] for name, values in parse_qs(query).items()}
        if path == "/login":
            return Page(302, self._begin(session, given["to"], host=host), "")
        if path == "/split":
            return Page(302, self._begin(session, given["to"], host=host, scope="read"), "")
        if path == "/account":
            return Page(200, None, json.dumps(self.app.get(given["path"]).json()))
        token = self._finish(session, query, host=host)
        return Page(500 if path == "/failing" else 200, None, json.dumps(token))

    def _begin(self, *arguments: Any, **options: Any) -> Any:
        return self.app.begin(*arguments, **options)

    def _finish(self, *arguments: Any, **options: Any) -> Any:
        return self.app.finish(*arguments, **options)


class AsyncPlainSite(PlainSite):
    """No framework, awaited."""

    is_async = True

    def _begin(self, *arguments: Any, **options: Any) -> Any:
        return _RUNNER.run(self.app.abegin(*arguments, **options))

    def _finish(self, *arguments: Any, **options: Any) -> Any:
        return _RUNNER.run(self.app.afinish(*arguments, **options))


SITES = {
    "flask": FlaskSite,
    "django": DjangoSite,
    "django-server": DjangoServerSessionSite,
    "django-async": AsyncDjangoSite,
    "django-async-server": AsyncDjangoServerSessionSite,
    "starlette": StarletteSite,
    "fastapi": FastAPISite,
    "plain": PlainSite,
    "plain-async": AsyncPlainSite,
}


def temporary_secret(box: ProviderBox, address: str) -> str:
    """The secret of the temporary credentials with which a browser was sent to the provider."""
    (token,) = parse_qs(urlsplit(address).query)["oauth_token"]
    pending = box.store.find_pending(token)
    assert pending is not None
    return pending.token_secret
