"""An application in several processes: ``python -m login.worker FRAMEWORK FD …`` serves it on open sockets.

Logins wait in a Redis that all processes share. Each response names its process.
"""

import os
import sys
from importlib import import_module
from typing import Any

from forks import fork
from redis import Redis
from redis.asyncio import Redis as AsyncRedis
from redis.asyncio.retry import Retry as AsyncRetry
from redis.backoff import NoBackoff
from redis.retry import Retry

from oauthone.errors import OAuth1Error, StoreError

SECRET = os.environ["SECRET_KEY"]
CLIENT = {
    "client_id": os.environ["BOX_CLIENT_ID"],
    "client_secret": os.environ["BOX_CLIENT_SECRET"],
    "request_token_url": os.environ["BOX_REQUEST_TOKEN_URL"],
    "authorize_url": os.environ["BOX_AUTHORIZE_URL"],
    "access_token_url": os.environ["BOX_ACCESS_TOKEN_URL"],
    "api_base_url": os.environ["BOX_API_BASE_URL"],
}
# By default redis-py retries for seconds before it raises an error.
REDIS: dict[str, Any] = {"port": int(os.environ["REDIS_PORT"]), "socket_timeout": 5, "socket_connect_timeout": 5}
#: What the processes import before they are forked, besides the login.
_SERVERS = {
    "flask": ("werkzeug.serving",),
    "starlette": ("uvicorn", "starlette.applications", "starlette.middleware.sessions"),
}


def told(error: Exception) -> tuple[dict[str, str], int]:
    """Return a page that reports an error, and its status."""
    return {"error": type(error).__name__}, 503 if isinstance(error, StoreError) else 400


def flask_app() -> Any:
    """The application on Flask."""
    from flask import Flask, request, session, url_for

    from oauthone.login.flask import OAuth

    app = Flask("worker")
    app.secret_key = SECRET
    oauth = OAuth(app, cache=Redis(**REDIS, retry=Retry(NoBackoff(), 1)))
    box = oauth.register("box", **CLIENT)

    @app.get("/login")
    def login() -> Any:
        session["visitor"] = request.args["visitor"]
        return box.authorize_redirect(url_for("callback", _external=True))

    @app.get("/callback")
    def callback() -> Any:
        token = box.authorize_access_token()
        session["user"] = box.get("echo", token=token).json()["user"]
        return who()

    @app.get("/who")
    def who() -> Any:
        return {"visitor": session.get("visitor"), "user": session.get("user")}

    @app.after_request
    def sign(response: Any) -> Any:
        response.headers["X-Worker"] = str(os.getpid())
        return response

    app.register_error_handler(OAuth1Error, told)
    return app


def starlette_app() -> Any:
    """The application on Starlette."""
    from starlette.applications import Starlette
    from starlette.middleware import Middleware
    from starlette.middleware.sessions import SessionMiddleware
    from starlette.responses import JSONResponse
    from starlette.routing import Route

    from oauthone.login.starlette import OAuth

    oauth = OAuth(cache=AsyncRedis(**REDIS, retry=AsyncRetry(NoBackoff(), 1)))
    box = oauth.register("box", **CLIENT)

    async def login(request: Any) -> Any:
        request.session["visitor"] = request.query_params["visitor"]
        return await box.authorize_redirect(request, request.url_for("callback"))

    async def callback(request: Any) -> Any:
        token = await box.authorize_access_token(request)
        request.session["user"] = (await box.get("echo", token=token)).json()["user"]
        return await who(request)

    async def who(request: Any) -> Any:
        return JSONResponse({"visitor": request.session.get("visitor"), "user": request.session.get("user")})

    async def show(request: Any, error: Exception) -> Any:
        return JSONResponse(*told(error))

    return Starlette(
        routes=[Route("/login", login), Route("/callback", callback), Route("/who", who)],
        middleware=[Middleware(SessionMiddleware, secret_key=SECRET)],
        exception_handlers={OAuth1Error: show},
    )


def main(framework: str, descriptors: list[int]) -> None:
    """Serve until the process is ended."""
    for module in (f"oauthone.login.{framework}", "oauthone.clients.httpx2", *_SERVERS[framework]):
        import_module(module)
    descriptor = descriptors[fork(len(descriptors))]
    if framework == "flask":
        from werkzeug.serving import make_server

        make_server("127.0.0.1", 0, flask_app(), threaded=True, fd=descriptor).serve_forever()
    else:
        import uvicorn

        uvicorn.run(starlette_app(), fd=descriptor, log_level="warning", headers=[("X-Worker", str(os.getpid()))])


if __name__ == "__main__":
    main(sys.argv[1], [int(one) for one in sys.argv[2:]])
