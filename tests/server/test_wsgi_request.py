"""The request in a WSGI environ: a target that arrives in the usual way is read as every other one."""

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from oauthone.server import _wsgi_request
from oauthone.server._wsgi_request import PathView, request_as_seen, request_from_environ

PIECES = ["/", "a", "b", "%", "2F", "2f", "?", "=", "&", "#", ":", "//", "..", "*", " ", "\x00", "\xe9", "\xc3\xa9"]
PIECES += ["http://", "http://host/", "@", "\\", "%41"]
TEXT = st.lists(st.sampled_from(PIECES), max_size=5).map("".join)
PATH = st.one_of(TEXT, TEXT.map("/".__add__))


def environ(script_name: str, path: str, query: str, **more: str) -> dict[str, Any]:
    return {
        "REQUEST_METHOD": "GET",
        "wsgi.url_scheme": "http",
        "SERVER_NAME": "inner",
        "SERVER_PORT": "80",
        "SCRIPT_NAME": script_name,
        "PATH_INFO": path,
        "QUERY_STRING": query,
        **more,
    }


def decode_utf8(octets: bytes) -> str:
    return octets.decode("utf-8", "replace")


def parts(request: Any) -> dict[str, Any]:
    return {name: getattr(request, name) for name in ("method", "authority", "path", "query", "headers", "fault")}


@given(
    script_name=st.sampled_from(["", "/v1", "/v1/"]),
    path=PATH,
    query=TEXT,
    arrives_so=st.booleans(),
    target=st.sampled_from(["{whole}?{query}", "{whole}", "{path}?{query}", "{path}", "", "/other"]),
    key=st.sampled_from(["RAW_URI", "REQUEST_URI"]),
    decode=st.sampled_from([None, decode_utf8]),
)
@example(script_name="", path="http://host/a", query="", arrives_so=True, target="", key="RAW_URI", decode=None)
def test_the_usual_target_is_read_like_every_other(
    script_name: str, path: str, query: str, arrives_so: bool, target: str, key: str, decode: Any
) -> None:
    """The application sees what it would see if no shortcut were taken, and a difference stays a fault."""
    whole = script_name + path
    raw = target.format(whole=whole, path=path, query=query)
    if arrives_so:
        raw = f"{whole}?{query}" if query else whole
    given_environ = environ(script_name, path, query, **{key: raw})
    view = PathView(decode or (lambda octets: octets.decode("latin-1")), (whole, path), whole.encode())
    if _wsgi_request._is_usual(given_environ, whole, query):
        assert _wsgi_request._read_target(given_environ, query, view) == (whole, None)
    with pytest.MonkeyPatch.context() as patch:
        made = request_as_seen(given_environ, whole, lambda: view)
        patch.setattr(_wsgi_request, "_is_usual", lambda *_: False)
        assert parts(made) == parts(request_as_seen(given_environ, whole, lambda: view))


@pytest.mark.parametrize(
    ("path", "raw", "is_usual"),
    [
        ("/a", "/a?x=1", True),
        ("/a", "/v1/a?x=1", True),
        ("/a", "/a?x=2", False),
        ("/a", "/b?x=1", False),
        ("/a", "/a", False),
        ("/a%2Fb", "/a%2Fb?x=1", False),
        ("/a?b", "/a?b?x=1", False),
        ("/\xe9", "/\xe9?x=1", False),
        ("a", "a?x=1", False),
        ("*", "*?x=1", False),
    ],
)
def test_only_a_path_without_escapes_that_arrived_so_is_usual(path: str, raw: str, is_usual: bool) -> None:
    whole = f"/v1{path}" if raw.startswith("/v1") else path
    assert _wsgi_request._is_usual(environ("", path, "x=1", RAW_URI=raw), whole, "x=1") is is_usual


def test_no_view_is_made_for_the_usual_path() -> None:
    def fail() -> PathView:
        raise AssertionError("a view was made")

    usual = environ("", "/a", "x=1", REQUEST_URI="/a?x=1")
    assert request_as_seen(usual, "/a", fail).fault is None
    with pytest.raises(AssertionError, match="a view was made"):
        request_as_seen(usual | {"REQUEST_URI": "/%61?x=1"}, "/a", fail)


def test_an_environ_without_a_target_gets_a_rebuilt_path() -> None:
    assert request_from_environ(environ("/v1", "/a b", "")).path == "/v1/a%20b"
