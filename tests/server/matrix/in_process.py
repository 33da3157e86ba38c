"""The same applications called directly, to try thousands of requests or to measure memory."""

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any, NamedTuple

from . import asgi_applications, wsgi_applications
from .signing import Meant, authorization


class Called(NamedTuple):
    """The response of an application."""

    status: int
    view: dict[str, Any] | None


def _called(status: int, headers: list[tuple[str, str]]) -> Called:
    views = [value for name, value in headers if name.lower() == "x-view"]
    return Called(status, json.loads(views[0]) if views else None)


def call_wsgi(app: Any, meant: Meant, content_type: str, body: bytes) -> Called:
    """Call an application with one request, as a server that passes the target on."""
    answered: list[Any] = []
    environ = {
        "REQUEST_METHOD": meant.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": meant.path,
        "QUERY_STRING": meant.query,
        "RAW_URI": meant.target,
        "REQUEST_URI": meant.target,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": meant.host,
        "HTTP_AUTHORIZATION": authorization(meant),
        "CONTENT_TYPE": content_type,
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(body),
        "wsgi.errors": BytesIO(),
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    response = app(environ, lambda *said: answered.append(said))
    list(response)
    if hasattr(response, "close"):
        response.close()
    return _called(int(answered[0][0][:3]), answered[0][1])


def scope_of(meant: Meant, content_type: str) -> dict[str, Any]:
    """Return the scope of one request."""
    headers = [("host", meant.host), ("authorization", authorization(meant)), ("content-type", content_type)]
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": meant.method,
        "scheme": "http",
        "path": meant.path,
        "raw_path": meant.path.encode("ascii"),
        "root_path": "",
        "query_string": meant.query.encode("ascii"),
        "headers": [(name.encode("ascii"), value.encode("latin-1")) for name, value in headers],
        "server": ("127.0.0.1", 80),
        "client": ("127.0.0.1", 1),
    }


async def await_asgi(app: Any, scope: Any, messages: Iterator[dict[str, Any]]) -> Called:
    """Call an application with one request, whose body arrives in ``messages``."""
    sent: list[Any] = []

    async def receive() -> Any:
        if (message := next(messages, None)) is None:
            await asyncio.Event().wait()  # like a client that stays connected
        return message

    async def send(message: Any) -> None:
        sent.append(message)

    await app(scope, receive, send)
    headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in sent[0]["headers"]]
    return _called(sent[0]["status"], headers)


def call_asgi(app: Any, meant: Meant, content_type: str, body: bytes) -> Called:
    """Call an application with one request and its body in one message."""
    message = {"type": "http.request", "body": body, "more_body": False}
    return _runner().run(await_asgi(app, scope_of(meant, content_type), iter([message])))


_runners: list[asyncio.Runner] = []


def _runner() -> asyncio.Runner:
    return _runners[-1]


Call = Callable[[Meant, str, bytes], Called]


@contextmanager
def calling(name: str) -> Iterator[Call]:
    """Return the function that calls the application ``wsgi/flask``, for example."""
    interface, _, application = name.partition("/")
    module: Any = {"wsgi": wsgi_applications, "asgi": asgi_applications}[interface]
    with asyncio.Runner() as runner, _made(module, interface, application) as app:
        _runners.append(runner)
        call = call_wsgi if interface == "wsgi" else call_asgi
        yield lambda *request: call(app, *request)
        _runners.pop()


@contextmanager
def _made(module: Any, interface: str, application: str) -> Iterator[Any]:
    if application != "django":
        yield getattr(module, application)()
        return
    import django
    from django.conf import settings
    from django.core.handlers.asgi import ASGIHandler
    from django.core.handlers.wsgi import WSGIHandler
    from django.test.utils import override_settings

    if not settings.configured:
        settings.configure(SECRET_KEY="for tests only", USE_TZ=True)
        django.setup()
    view = module.django_view if interface == "wsgi" else module.django_async_view
    with override_settings(**wsgi_applications.django_settings(module.verifier(), view)):
        yield WSGIHandler() if interface == "wsgi" else ASGIHandler()


APPLICATIONS = ["wsgi/wsgi", "wsgi/flask", "wsgi/django", "asgi/asgi", "asgi/starlette", "asgi/fastapi", "asgi/django"]
