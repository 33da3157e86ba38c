"""Log in with Box, in FastAPI. ``uvicorn app:app`` starts it.

It reads its settings from the environment: ``SECRET_KEY``, and the options of ``register()`` as ``BOX_…``.
"""

import logging
import secrets
from html import escape
from string import Template
from typing import Annotated, Any

import httpx2
from fastapi import Depends, FastAPI, HTTPException, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.config import Config
from starlette.middleware.sessions import SessionMiddleware

from oauthone.errors import AccessDenied, LoginError, OAuthError, StoreError
from oauthone.login.starlette import OAuth

log = logging.getLogger(__name__)
config = Config()
app = FastAPI(openapi_url=None)
app.add_middleware(
    SessionMiddleware,
    secret_key=config("SECRET_KEY"),
    session_cookie="fastapi_example",  # behind https, also https_only=True
)
oauth = OAuth(config)
oauth.register("box")

# The tokens of the people who are logged in, by a random name in the session. With several processes, use a table.
tokens: dict[str, dict[str, Any]] = {}


def token_of_visitor(request: Request) -> dict[str, Any] | None:
    return tokens.get(request.session.get("login", ""))


def refuse_forgery(request: Request) -> None:
    """Reject a form that another site posted: the browser sends that site's Origin."""
    if request.headers.get("Origin") != str(request.base_url).rstrip("/"):
        raise HTTPException(403)


Token = Annotated[dict[str, Any] | None, Depends(token_of_visitor)]
OwnPage = Depends(refuse_forgery)


@app.get("/")
async def start(request: Request, token: Token) -> Response:
    if token:
        return RedirectResponse(request.url_for("account"), 303)
    return page("Photo album", START)


@app.post("/login", dependencies=[OwnPage])
async def login(request: Request) -> Response:
    return await oauth.box.authorize_redirect(request, request.url_for("callback"))


@app.get("/callback")
async def callback(request: Request) -> Response:
    token = await oauth.box.authorize_access_token(request)
    tokens.pop(request.session.get("login", ""), None)
    # A new name for each login, so that an attacker cannot have planted it.
    request.session["login"] = secrets.token_urlsafe()
    tokens[request.session["login"]] = token
    return RedirectResponse(request.url_for("account"), 303)


@app.get("/account")
async def account(request: Request, token: Token) -> Response:
    if not token:
        return RedirectResponse(request.url_for("start"), 303)
    answer = await oauth.box.get("echo", token=token, timeout=10)
    if answer.status_code == 401:  # the person revoked access at the provider
        return await logout(request)
    answer.raise_for_status()
    return page("Your photo album", ACCOUNT, user=answer.json()["user"])


@app.post("/logout", dependencies=[OwnPage])
async def logout(request: Request) -> Response:
    tokens.pop(request.session.get("login", ""), None)
    request.session.clear()
    return RedirectResponse(request.url_for("start"), 303)


@app.exception_handler(AccessDenied)
async def refused(request: Request, error: AccessDenied) -> Response:
    return page("You are not logged in", FAILED, why="You denied access at Box, and that is fine.")


@app.exception_handler(LoginError)
async def repeated(request: Request, error: LoginError) -> Response:
    """Most often a reload of the callback: a visitor who is logged in already stays so."""
    if token_of_visitor(request):
        return RedirectResponse(request.url_for("account"), 303)
    return await failed(request, error)


@app.exception_handler(OAuthError)
async def failed(request: Request, error: OAuthError) -> Response:
    log.warning("a login failed: %s", error)
    why = "It took too long, was used before, or started in another browser."
    return page("The login failed", FAILED, 400, why=why)


@app.exception_handler(StoreError)
@app.exception_handler(httpx2.HTTPError)
async def unavailable(request: Request, error: Exception) -> Response:
    log.error("logins are unavailable: %s", error)
    return page("Box does not respond", FAILED, 503, why="Please try again in a minute.")


@app.exception_handler(405)
async def not_a_form(request: Request, error: Exception) -> Response:
    """Somebody typed or reloaded the address of a button."""
    return RedirectResponse(request.url_for("start"), 303)


def page(title: str, content: str, status: int = 200, **values: str) -> HTMLResponse:
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
