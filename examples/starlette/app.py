"""Log in with Box, in Starlette. ``uvicorn app:app`` starts it.

It reads its settings from the environment: ``SECRET_KEY``, and the options of ``register()`` as ``BOX_…``.
"""

import logging
import secrets
from html import escape
from string import Template

import httpx2
from starlette.applications import Starlette
from starlette.config import Config
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.responses import HTMLResponse, RedirectResponse
from starlette.routing import Route

from oauthone.errors import AccessDenied, LoginError, OAuthError, StoreError
from oauthone.login.starlette import OAuth

log = logging.getLogger(__name__)
config = Config()

# The tokens of the people who are logged in, by a random name in the session. With several processes, use a table.
tokens = {}


def token_of_visitor(provider, request):
    return tokens.get(request.session.get("login"))


oauth = OAuth(config, fetch_token=token_of_visitor)
oauth.register("box")


async def start(request):
    if token_of_visitor("box", request):
        return RedirectResponse(request.url_for("account"), 303)
    return page("Photo album", START)


async def login(request):
    refuse_forgery(request)
    return await oauth.box.authorize_redirect(request, request.url_for("callback"))


async def callback(request):
    token = await oauth.box.authorize_access_token(request)
    tokens.pop(request.session.get("login"), None)
    # A new name for each login, so that an attacker cannot have planted it.
    request.session["login"] = secrets.token_urlsafe()
    tokens[request.session["login"]] = token
    return RedirectResponse(request.url_for("account"), 303)


async def account(request):
    if not token_of_visitor("box", request):
        return RedirectResponse(request.url_for("start"), 303)
    answer = await oauth.box.get("echo", request=request, timeout=10)
    if answer.status_code == 401:  # the person revoked access at the provider
        return forget(request)
    answer.raise_for_status()
    return page("Your photo album", ACCOUNT, user=answer.json()["user"])


async def logout(request):
    refuse_forgery(request)
    return forget(request)


def forget(request):
    tokens.pop(request.session.get("login"), None)
    request.session.clear()
    return RedirectResponse(request.url_for("start"), 303)


def refuse_forgery(request):
    """Reject a form that another site posted: the browser sends that site's Origin."""
    if request.headers.get("Origin") != str(request.base_url).rstrip("/"):
        raise HTTPException(403)


async def refused(request, error):
    return page("You are not logged in", FAILED, why="You denied access at Box, and that is fine.")


async def repeated(request, error):
    """Most often a reload of the callback: a visitor who is logged in already stays so."""
    if token_of_visitor("box", request):
        return RedirectResponse(request.url_for("account"), 303)
    return await failed(request, error)


async def failed(request, error):
    log.warning("a login failed: %s", error)
    why = "It took too long, was used before, or started in another browser."
    return page("The login failed", FAILED, 400, why=why)


async def unavailable(request, error):
    log.error("logins are unavailable: %s", error)
    return page("Box does not respond", FAILED, 503, why="Please try again in a minute.")


async def not_a_form(request, error):
    """Somebody typed or reloaded the address of a button."""
    return RedirectResponse(request.url_for("start"), 303)


def page(title, content, status=200, **values):
    html = Template(HEAD + content).substitute(
        {name: escape(value) for name, value in values.items()}, title=escape(title)
    )
    return HTMLResponse(html, status, {"Cache-Control": "no-store"})


HEAD = """\
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>$title</title>
<style>
  :root { color-scheme: light dark; font: 1.0625rem/1.5 system-ui, sans-serif; }
  main { max-width: 30rem; margin: 12vh auto; padding: 0 1.25rem; overflow-wrap: anywhere; }
  h1 { font-size: 1.625rem; line-height: 1.25; }
  button, .button { display: inline-block; padding: .625rem 1.25rem; border: 0; border-radius: .5rem;
    background: #0b5cad; color: #fff; font: inherit; font-weight: 600; text-decoration: none; cursor: pointer; }
  :focus-visible { outline: 3px solid; outline-offset: 3px; }
</style>
<main>
<h1>$title</h1>
"""
START = """\
<p>Your photos are at Box. Log in there to see them here.</p>
<form method="post" action="/login"><button>Log in with Box</button></form>
"""
ACCOUNT = """\
<p>You are logged in as <strong>$user</strong>.</p>
<form method="post" action="/logout"><button>Log out</button></form>
"""
FAILED = """\
<p>$why</p>
<p><a class="button" href="/">Start again</a></p>
"""

app = Starlette(
    routes=[
        Route("/", start),
        Route("/login", login, methods=["POST"]),
        Route("/callback", callback),
        Route("/account", account),
        Route("/logout", logout, methods=["POST"]),
    ],
    middleware=[
        # behind https, also https_only=True
        Middleware(SessionMiddleware, secret_key=config("SECRET_KEY"), session_cookie="starlette_example"),
    ],
    exception_handlers={
        AccessDenied: refused,
        LoginError: repeated,
        OAuthError: failed,
        StoreError: unavailable,
        httpx2.HTTPError: unavailable,
        405: not_a_form,
    },
)
