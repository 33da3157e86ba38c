"""Flask-Dance, which logs people in to applications of Flask."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..provider import LibraryProvider
from ..routes import Kind, Route, flow, issued, resource
from . import TEXT

DISTRIBUTION = "Flask-Dance"
CALLS = "login, also with an RSA key; GET, form, JSON, upload; a refused leg; a refusal by the user"
HOST, JIRA, BROKEN = "api.example", "jira.example", "broken.example"
PENDING = "/login/box/authorized?oauth_token=pending&oauth_verifier=x"
ROUTES = [
    # The library forgets the secret of its temporary credentials before it exchanges them, so these have none.
    resource(HOST, r"/request_token", "oauth_token=pending&oauth_token_secret=&oauth_callback_confirmed=true"),
    resource(HOST, r"/access_token", issued(1)),
    resource(HOST, r"/data", '{"data": "é"}'),
    *flow(JIRA, r"/plugins/servlet/oauth/request-token", r"/oauth/authorize", r"/oauth/access-token"),
    resource(JIRA, r"/rest/", '{"jira": "é"}'),
    Route(Kind.OPEN, BROKEN, r"/request_token", "oauth_problem=no"),
    Route(Kind.OPEN, BROKEN, r"/access_token", (401, "oauth_problem=no")),
]


def walk(provider: LibraryProvider) -> Iterator[tuple[str, Any]]:
    """Log in with two blueprints, and fail to with a third."""
    from flask_dance.consumer import oauth_error

    provider.add_token("pending", "", "HMAC-SHA1")
    app, blueprints = _application(provider)
    errors: list[str] = []
    for blueprint in blueprints.values():
        oauth_error.connect(lambda sender, message=None, **_: errors.append(repr(message)), blueprint, weak=False)
    with app.test_client() as browser:
        for name in ("box", "jira"):
            sent = browser.get(f"/login/{name}").location
            yield f"{name}: authorization URL", sent
            back = (
                "/login/box/authorized?oauth_token=pending&oauth_verifier=x" if name == "box" else provider.visit(sent)
            )
            came = browser.get(back)
            yield f"{name}: back", [came.status_code, came.location]
            yield f"{name}: page", browser.get(f"/page/{name}").json
        denied = browser.get("/login/box/authorized?denied=x")
        yield "denied", [denied.status_code, denied.location]
        refused = browser.get("/login/broken")
        yield "no token", [refused.status_code, refused.location]
        refused = browser.get("/login/broken/authorized?oauth_token=x&oauth_verifier=y")
        yield "refused leg", [refused.status_code, refused.location]
    yield "errors", errors


def _application(provider: LibraryProvider) -> tuple[Any, dict[str, Any]]:
    import flask
    from flask_dance.consumer import OAuth1ConsumerBlueprint
    from flask_dance.contrib.jira import make_jira_blueprint

    app = flask.Flask("interop")
    app.secret_key = "interop"
    client, key = provider.client, provider.clients["RSA-SHA1"]
    made: dict[str, Any] = {
        name: OAuth1ConsumerBlueprint(
            name,
            "interop",
            client_key=client.client_id,
            client_secret=client.client_secret,
            base_url=f"https://{host}/",
            request_token_url=f"https://{host}/request_token",
            access_token_url=f"https://{host}/access_token",
            authorization_url=f"https://{host}/authorize",
            redirect_url="/",
        )
        for name, host in (("box", HOST), ("broken", BROKEN))
    }
    made["jira"] = make_jira_blueprint(
        f"https://{JIRA}", consumer_key=key.client_id, rsa_key=key.rsa_key, redirect_url="/"
    )
    for blueprint in made.values():
        app.register_blueprint(blueprint, url_prefix="/login")

    @app.get("/page/<name>")
    def page(name: str) -> dict[str, Any]:
        session, path = made[name].session, {"box": "data", "jira": "rest/api"}[name]
        said = {
            "get": session.get(path, params={"q": TEXT}).json(),
            "json": session.post(path, json={"text": TEXT}).json(),
            "delete": session.delete(path).json(),
            "authorized": session.authorized,
            "token": dict(session.token),
        }
        if name == "box":  # the other session labels every body as JSON
            said["form"] = session.post(path, data={"text": TEXT}).json()
            said["upload"] = session.post(path, data={"text": TEXT}, files={"file": b"\0\xff"}).json()
        return said

    return app, made
