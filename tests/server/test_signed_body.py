"""What `SignedBodyMiddleware` hands over: the body, and the head of the request unless the scope was changed since."""

import asyncio
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oauthone.core.incoming_request import IncomingRequest
from oauthone.core.parsed_request import needs_body
from oauthone.server import AsyncVerifier
from oauthone.server._protector import AsyncResourceProtector
from oauthone.server._signed_body import SIGNED_BODY, SignedBody, find_signed_body, signed_request
from oauthone.server.asgi import head_of, request_from_scope
from oauthone.server.starlette import SignedBodyMiddleware

from .glue.scopes import call, new_store, sign_form

VERIFIER = AsyncVerifier(new_store())


def signed_scope(**changes: Any) -> dict[str, Any]:
    headers = {"host": "x.example", **sign_form("https://x.example/a?b=1")}
    listed = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    given = {"type": "http", "method": "POST", "scheme": "https", "path": "/a", "raw_path": b"/a"}
    return {**given, "query_string": b"b=1", "headers": listed, **changes}


def behind_the_middleware(scope: dict[str, Any], body: bytes) -> dict[str, Any]:
    """Return the scope that the application gets."""
    got: list[dict[str, Any]] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        got.append(scope)

    asyncio.run(call(SignedBodyMiddleware(app, verifier=VERIFIER), scope, body))
    return got[0]


def test_an_unchanged_request_is_read_once() -> None:
    scope = behind_the_middleware(signed_scope(), b"a=1")
    incoming = signed_request(scope, scope[SIGNED_BODY], VERIFIER.policy)
    assert incoming is scope[SIGNED_BODY].incoming
    assert incoming.body == b"a=1"


@pytest.mark.parametrize(
    "changes",
    [
        {"method": "PUT"},
        {"scheme": "http"},
        {"path": "/b", "raw_path": b"/b"},
        {"path": "/b"},
        {"query_string": b"b=2"},
        {"headers": [(b"host", b"y.example")]},
        {"headers": [*signed_scope()["headers"][:2], (b"authorization", b"OAuth x")]},
        {"headers": [*signed_scope()["headers"], (b"content-type", b"text/plain")]},
    ],
)
def test_what_was_changed_since_is_read_again_and_rejected(changes: dict[str, Any]) -> None:
    """Neighbour: the unchanged request is accepted."""
    protector = AsyncResourceProtector(VERIFIER)
    statuses = []
    for changed in ({}, changes):
        scope = behind_the_middleware(signed_scope(), b"a=1") | changed
        found = find_signed_body(scope, protector)
        assert found is not None
        incoming = signed_request(scope, found, VERIFIER.policy)
        statuses.append(getattr(asyncio.run(protector.validate_request(incoming)), "status", 200))
    assert statuses[0] == 200
    assert statuses[1] in (400, 401)


@pytest.mark.parametrize(
    "name", ["method", "scheme", "server", "path", "raw_path", "root_path", "query_string", "headers"]
)
def test_a_change_to_any_part_of_the_head_is_seen(name: str) -> None:
    """The scope is read again then, and again if only a part that does not belong to the head is another."""
    scope = behind_the_middleware(signed_scope(server=("x.example", 443)), b"a=1")
    found: SignedBody = scope[SIGNED_BODY]
    assert signed_request({**scope, "state": {}, "app": object()}, found, VERIFIER.policy) is found.incoming
    other = {"headers": [], "server": ("y.example", 1), "raw_path": b"/y", "query_string": b"y"}.get(name, "/y")
    assert signed_request({**scope, name: other}, found, VERIFIER.policy) is not found.incoming


SCOPES = st.fixed_dictionaries(
    {
        "method": st.sampled_from(["GET", "PUT"]),
        "path": st.sampled_from(["/a", "/b", "/%61"]),
        "headers": st.lists(
            st.sampled_from([(b"host", b"x"), (b"Host", b"x"), (b"host", b"y"), (b"a", b"")]), max_size=2
        ),
    },
    optional={
        "scheme": st.sampled_from(["http", "https", "HTTPS"]),
        "server": st.sampled_from([None, ("x", 80), ("x", None), ["x", 80]]),
        "raw_path": st.sampled_from([b"/a", b"/%61", b"/a?q"]),
        "root_path": st.sampled_from(["", "/a"]),
        "query_string": st.sampled_from([b"", b"q", b"\xe9", "q"]),
    },
)


@given(SCOPES, SCOPES)
def test_whatever_changed_the_request_is_that_of_the_scope_as_it_is_now(
    before: dict[str, Any], now: dict[str, Any]
) -> None:
    names = {*IncomingRequest.__slots__} - {"parsed_head", "parsed_form"}
    found = SignedBody(head_of(before), request_from_scope(before), False, 10)
    for scope in (now, {**before, "state": {}}):
        taken, read = signed_request(scope, found, VERIFIER.policy), request_from_scope(scope)
        assert [getattr(taken, name) for name in names] == [getattr(read, name) for name in names]


def test_daphne_may_have_read_the_root_path_from_a_header(monkeypatch: pytest.MonkeyPatch) -> None:
    scope = behind_the_middleware(signed_scope(root_path="/r"), b"a=1")
    monkeypatch.setitem(sys.modules, "daphne.http_protocol", ModuleType("daphne.http_protocol"))
    assert signed_request(scope, scope[SIGNED_BODY], VERIFIER.policy).claimed_mount == "/r"


def _append(scope: dict[str, Any]) -> None:
    scope["headers"].append((b"authorization", b"OAuth x"))


def _replace(scope: dict[str, Any]) -> None:
    scope["headers"][0][1] = b"y.example"


def _move(scope: dict[str, Any]) -> None:
    scope["server"][0] = "y.example"


@pytest.mark.parametrize("change", [_append, _replace, _move])
def test_what_is_changed_in_place_counts(change: Callable[[dict[str, Any]], None]) -> None:
    """A server may hand over lists in the places of pairs."""
    given = signed_scope(server=["x.example", 443])
    scope = behind_the_middleware({**given, "headers": [[*pair] for pair in given["headers"]]}, b"a=1")
    assert signed_request(scope, scope[SIGNED_BODY], VERIFIER.policy) is scope[SIGNED_BODY].incoming
    change(scope)
    again = signed_request(scope, scope[SIGNED_BODY], VERIFIER.policy)
    assert again is not scope[SIGNED_BODY].incoming
    if change is _append:
        assert again.fault == "there are two OAuth Authorization headers"


def test_another_policy_reads_the_head_itself() -> None:
    """A body that one policy needs and another one does not is handed over to the first alone."""
    strict = AsyncVerifier(new_store(), body_hash="required")
    scope = signed_scope(headers=[(b"host", b"x.example"), (b"authorization", b'OAuth oauth_token="t"')])
    before = request_from_scope(scope)
    assert needs_body(before, strict.policy)
    before.body = b"{}"
    for verifier, body in ((strict, b"{}"), (VERIFIER, b"")):
        incoming = signed_request(scope, SignedBody(head_of(scope), before, True, 10), verifier.policy)
        assert incoming.body == body
    assert before.body == b"{}"


@pytest.mark.parametrize(("max_body", "requires_hash"), [(9, True), (10, False)])
def test_a_middleware_with_looser_settings_is_an_error(max_body: int, requires_hash: bool) -> None:
    protector = AsyncResourceProtector(AsyncVerifier(new_store(), body_hash="required"), max_body=10)
    scope = signed_scope()
    assert find_signed_body(scope, protector) is None
    good = SignedBody(head_of(scope), request_from_scope(scope), True, 10)
    assert find_signed_body({**scope, SIGNED_BODY: good}, protector) is good
    with pytest.raises(RuntimeError, match="SignedBodyMiddleware"):
        find_signed_body(
            {**scope, SIGNED_BODY: good._replace(requires_hash=requires_hash, max_body=max_body)}, protector
        )
