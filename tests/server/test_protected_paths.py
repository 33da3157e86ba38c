"""The paths that ``paths=`` and ``protects=`` protect, in every spelling of a client."""

import asyncio
from collections.abc import Callable
from posixpath import normpath
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.exceptions import NotFound
from werkzeug.routing import Map, RequestRedirect, Rule

from oauthone.errors import ConfigurationError
from oauthone.server import AsyncVerifier, MemoryStore, Verifier, _protected_paths, asgi, wsgi
from oauthone.server._protected_paths import normalized_path, protects_path, rebuilt_path

ROUTES = Map([Rule("/api/<path:rest>"), Rule("/api/"), Rule("/<path:rest>", endpoint="open")]).bind("api.example")
SPELLED = st.lists(st.sampled_from(["/", "//", "api", "apis", "..", ".", "x", "/api/"]), max_size=8).map("".join)

UNDER_API = ["/api", "/api/", "/api/x", "//api/x", "api/x", "/./api/x", "/open/../api/x", "///api//", "/api/../api/x"]
# A server that merges slashes and keeps dot segments reads the first of these as a path below /api, others as /open.
UNDER_API += ["//api/../open", "//api/./../open", "api/../open"]
OPEN = ["/", "", "/open", "/apis", "/apis/x", "/open/api", "/API/x"]


def wsgi_is_protected(path: str, root: str = "", **options: Any) -> bool:
    """Return whether the middleware answered itself; the application behind it reports that it was reached."""
    middleware = wsgi.VerifyingMiddleware(lambda environ, start: [b"reached"], Verifier(MemoryStore()), **options)
    environ = {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": root,
        "PATH_INFO": path.encode().decode("latin-1"),
        "wsgi.url_scheme": "https",
        "SERVER_NAME": "api.example",
        "SERVER_PORT": "443",
    }
    return list(middleware(environ, lambda *given: lambda octets: None)) != [b"reached"]  # type: ignore[arg-type]


def asgi_is_protected(path: str, root: str = "", **options: Any) -> bool:
    sent: list[Any] = []

    async def app(scope: Any, receive: Any, send: Callable[[Any], Any]) -> None:
        await send("reached")

    async def receive() -> Any:
        return {"type": "http.request"}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "GET", "scheme": "https", "path": root + path, "root_path": root, "headers": []}
    middleware = asgi.VerifyingMiddleware(app, AsyncVerifier(MemoryStore()), **options)
    asyncio.run(middleware(scope, receive, send))
    return sent != ["reached"]


BOTH = pytest.mark.parametrize("is_protected", [wsgi_is_protected, asgi_is_protected])


@BOTH
@pytest.mark.parametrize("paths", [("/api",), ("/api/",), ["/other", "/api"]])
def test_paths_below_a_protected_path_are_protected_in_every_spelling(is_protected: Any, paths: Any) -> None:
    assert [path for path in UNDER_API if not is_protected(path, paths=paths)] == []
    assert [path for path in OPEN if is_protected(path, paths=paths)] == []


@BOTH
def test_a_function_gets_the_normalized_path_too(is_protected: Any) -> None:
    def protects(given: Any) -> bool:
        return str(given["path"] if "path" in given else given["PATH_INFO"]).startswith("/api/")

    assert is_protected("/api/x", protects=protects)
    assert is_protected("//api/x", protects=protects)
    assert is_protected("api/x", protects=protects)
    assert not is_protected("/open/x", protects=protects)
    assert not is_protected("//open/x", protects=protects)


@BOTH
def test_paths_are_compared_below_the_mount(is_protected: Any) -> None:
    assert is_protected("/api/x", "/v1", paths=("/api",))
    assert is_protected("/x", "/api", paths=("/api",)), "the whole path lies there"
    assert is_protected("/api/x", "/api/", paths=("/api",))
    assert not is_protected("/open", "/v1", paths=("/api",))
    assert is_protected("/open", "/v1")


@BOTH
@pytest.mark.parametrize("path", ["/open\n", "/open\x00", "/open\x85", "http://api.example/api/x", "open", "/open\r\n"])
def test_a_path_that_a_router_may_normalize_is_protected(is_protected: Any, path: str) -> None:
    """A pattern that ends in ``$`` matches before a line break, and some routers parse URLs."""
    assert is_protected(path, paths=("/api",))
    assert is_protected(path, protects=lambda given: False)
    assert not is_protected("*", paths=("/api",))


def test_paths_are_text_though_an_environ_has_octets() -> None:
    assert wsgi_is_protected("/é/x", paths=("/é",))
    assert not wsgi_is_protected(b"/e".decode("latin-1"), paths=("/é",))


def test_the_root_path_that_an_application_knows_itself_is_left_out_too() -> None:
    class Rooted:
        root_path = "/v1"

        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            raise AssertionError("it was reached")

    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    middleware = asgi.VerifyingMiddleware(Rooted(), AsyncVerifier(MemoryStore()), paths=("/api",))
    scope = {"type": "http", "method": "GET", "path": "/v1/api/x", "headers": []}
    asyncio.run(middleware(scope, None, send))  # type: ignore[arg-type]
    assert sent[0]["status"] == 400 or sent[0]["status"] == 401


def test_a_websocket_at_a_protected_path_is_closed() -> None:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    middleware = asgi.VerifyingMiddleware(None, AsyncVerifier(MemoryStore()), paths=("/api",))  # type: ignore[arg-type]
    asyncio.run(middleware({"type": "websocket", "path": "//api/feed"}, None, send))  # type: ignore[arg-type]
    assert sent == [{"type": "websocket.close", "code": 1008}]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"paths": "/api"}, "use a list or tuple of strings"),
        ({"paths": ("api",)}, "a path begins with a slash"),
        ({"paths": ("/api",), "protects": lambda given: True}, "leave one out"),
    ],
)
def test_paths_that_protect_nothing_are_refused(options: Any, says: str) -> None:
    for is_protected in (wsgi_is_protected, asgi_is_protected):
        with pytest.raises(ConfigurationError, match=says):
            is_protected("/", **options)


@given(SPELLED)
def test_every_path_that_a_router_could_match_is_protected(spelled: str) -> None:
    """Werkzeug's router merges slashes. Proxies and browsers resolve dot segments as POSIX does."""
    for path in (f"/{spelled}", normpath(f"/{spelled}")):
        try:
            rule, _ = ROUTES.match(path, return_rule=True)
            routed = str(rule)
        except RequestRedirect as redirect:
            routed = redirect.new_url.removeprefix("http://api.example")
        except NotFound:
            continue
        assert protects_path(("/api",), f"/{spelled}") or not routed.startswith("/api/"), routed


@given(SPELLED)
def test_a_normalized_path_equals_posixpath_normpath(spelled: str) -> None:
    assert normalized_path(spelled).rstrip("/") == normpath("/" + spelled.lstrip("/")).rstrip("/")
    assert normalized_path(normalized_path(spelled)) == normalized_path(spelled)


@given(SPELLED)
def test_a_decision_does_not_depend_on_the_cache(spelled: str) -> None:
    """It is the same the first time, the second time, and for a path that is too long to be cached."""
    decisions = [protects_path(("/api",), f"/{spelled}") for _ in range(2)]
    assert decisions == [_protected_paths._cached_decision.__wrapped__(("/api",), f"/{spelled}")] * 2
    longer = f"/{spelled}/{'x' * 256}"
    assert protects_path(("/api",), longer) is _protected_paths._cached_decision.__wrapped__(("/api",), longer)


def test_each_set_of_paths_has_decisions_of_its_own() -> None:
    assert [protects_path(paths, "/api/x") for paths in (("/api",), ("/other",), ("/api",))] == [True, False, True]


@pytest.mark.parametrize(("length", "cached"), [(256, 1), (257, 0)])
def test_long_paths_do_not_fill_the_caches(length: int, cached: int) -> None:
    path = "/" + "x" * (length - 1)
    for cache, run in (
        (_protected_paths._cached_decision, lambda: protects_path(("/api",), path)),
        (_protected_paths._cached_spelling, lambda: rebuilt_path(path)),
    ):
        cache.cache_clear()
        run()
        assert cache.cache_info().currsize == cached


def test_text_and_octets_are_rebuilt_apart() -> None:
    assert [rebuilt_path(path) for path in ("/a b", b"/a b", "/\xe9", b"/\xe9")] == ["/a%20b"] * 2 + ["/%C3%A9", "/%E9"]
