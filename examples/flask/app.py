"""Log in with Box, in Flask. ``flask --app app run`` starts it.

It reads its settings from the environment: ``SECRET_KEY``, and the options of ``register()`` as ``BOX_…``.
"""

import os
import secrets

import requests
from flask import Flask, abort, redirect, render_template_string, request, session, url_for

from oauthone.errors import AccessDenied, LoginError, OAuthError, StoreError
from oauthone.login.flask import OAuth

app = Flask(__name__)
app.config.update(
    {name: value for name, value in os.environ.items() if name.startswith("BOX_")},
    SECRET_KEY=os.environ["SECRET_KEY"],
    SESSION_COOKIE_NAME="flask_example",
    SESSION_COOKIE_SAMESITE="Lax",  # behind https, also SESSION_COOKIE_SECURE=True
)

# The tokens of the people who are logged in, by a random name in the session. With several processes, use a table.
tokens = {}


def token_of_visitor(provider="box"):
    return tokens.get(session.get("login"))


oauth = OAuth(app, fetch_token=token_of_visitor)
oauth.register("box")


@app.before_request
def refuse_forgeries():
    """Reject a form that another site posted: the browser sends that site's Origin."""
    if request.method == "POST" and request.headers.get("Origin") != request.host_url.rstrip("/"):
        abort(403)


@app.get("/")
def start():
    return redirect(url_for("account")) if token_of_visitor() else page(START, "Photo album")


@app.post("/login")
def login():
    return oauth.box.authorize_redirect(url_for("callback", _external=True))


@app.get("/callback")
def callback():
    token = oauth.box.authorize_access_token()
    tokens.pop(session.get("login"), None)
    # A new name for each login, so that an attacker cannot have planted it.
    session["login"] = secrets.token_urlsafe()
    tokens[session["login"]] = token
    return redirect(url_for("account"))


@app.get("/account")
def account():
    if not token_of_visitor():
        return redirect(url_for("start"))
    answer = oauth.box.get("echo", timeout=10)
    if answer.status_code == 401:  # the person revoked access at the provider
        return logout()
    answer.raise_for_status()
    return page(ACCOUNT, "Your photo album", user=answer.json()["user"])


@app.post("/logout")
def logout():
    tokens.pop(session.get("login"), None)
    session.clear()
    return redirect(url_for("start"))


@app.errorhandler(AccessDenied)
def refused(error):
    return page(FAILED, "You are not logged in", why="You denied access at Box, and that is fine.")


@app.errorhandler(LoginError)
def repeated(error):
    """Most often a reload of the callback: a visitor who is logged in already stays so."""
    return redirect(url_for("account")) if token_of_visitor() else failed(error)


@app.errorhandler(OAuthError)
def failed(error):
    app.logger.warning("a login failed: %s", error)
    why = "It took too long, was used before, or started in another browser."
    return page(FAILED, "The login failed", 400, why=why)


@app.errorhandler(StoreError)
@app.errorhandler(requests.RequestException)
def unavailable(error):
    app.logger.error("logins are unavailable: %s", error)
    return page(FAILED, "Box does not respond", 503, why="Please try again in a minute.")


@app.errorhandler(405)
def not_a_form(error):
    """Somebody typed or reloaded the address of a button."""
    return redirect(url_for("start"))


def page(content, title, status=200, **values):
    html = render_template_string(HEAD + content, title=title, **values)
    return html, status, {"Cache-Control": "no-store"}


HEAD = """\
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>{{ title }}</title>
<style>
  :root { color-scheme: light dark; font: 1.0625rem/1.5 system-ui, sans-serif; }
  main { max-width: 30rem; margin: 12vh auto; padding: 0 1.25rem; overflow-wrap: anywhere; }
  h1 { font-size: 1.625rem; line-height: 1.25; }
  button, .button { display: inline-block; padding: .625rem 1.25rem; border: 0; border-radius: .5rem;
    background: #0b5cad; color: #fff; font: inherit; font-weight: 600; text-decoration: none; cursor: pointer; }
  :focus-visible { outline: 3px solid; outline-offset: 3px; }
</style>
<main>
<h1>{{ title }}</h1>
"""
START = """\
<p>Your photos are at Box. Log in there to see them here.</p>
<form method="post" action="{{ url_for('login') }}"><button>Log in with Box</button></form>
"""
ACCOUNT = """\
<p>You are logged in as <strong>{{ user }}</strong>.</p>
<form method="post" action="{{ url_for('logout') }}"><button>Log out</button></form>
"""
FAILED = """\
<p>{{ why }}</p>
<p><a class="button" href="{{ url_for('start') }}">Start again</a></p>
"""
