"""What `SignedBodyMiddleware` hands over: the body, and the head of the request unless the scope was changed since."""

import asyncio
from copy import copy
from typing import Any

import pytest

from oauthone.core.incoming_request import IncomingRequest
from oauthone.core.parsed_request import needs_body
from oauthone.server import AsyncVerifier
from oauthone.server._protector import AsyncResourceProtector
from oauthone.server._signed_body import SIGNED_BODY, SignedBody, _are_same, find_signed_body, take_signed_body
from oauthone.server.asgi import request_from_scope
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


def test_the_head_of_an_unchanged_request_is_read_once() -> None:
    scope = behind_the_middleware(signed_scope(), b"a=1")
    found: SignedBody = scope[SIGNED_BODY]
    incoming = request_from_scope(scope)
    take_signed_body(incoming, found, VERIFIER.policy)
    assert incoming.body == b"a=1"
    assert incoming.parsed_head is found.incoming.parsed_head is not None


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
        incoming, found = request_from_scope(scope), find_signed_body(scope, protector)
        assert found is not None
        take_signed_body(incoming, found, VERIFIER.policy)
        statuses.append(getattr(asyncio.run(protector.validate_request(incoming)), "status", 200))
    assert statuses[0] == 200
    assert statuses[1] in (400, 401)


#: What is read from the headers or from the query, and what does not belong to the head of a request.
NOT_COMPARED = {
    *("_has_host", "authorization", "content_type", "has_form", "canonical_query"),
    *("body", "parsed_form", "parsed_head"),
}


@pytest.mark.parametrize("name", sorted({*IncomingRequest.__slots__} - NOT_COMPARED))
def test_requests_that_differ_in_any_part_of_the_head_are_not_the_same(name: str) -> None:
    incoming = request_from_scope(signed_scope())
    changed = copy(incoming)
    assert _are_same(incoming, changed)
    setattr(changed, name, "changed")
    assert not _are_same(incoming, changed)


def test_a_header_that_is_appended_in_place_counts() -> None:
    scope = behind_the_middleware(signed_scope(), b"a=1")
    scope["headers"].append((b"authorization", b"OAuth x"))
    incoming = request_from_scope(scope)
    take_signed_body(incoming, scope[SIGNED_BODY], VERIFIER.policy)
    assert incoming.parsed_head is not scope[SIGNED_BODY].incoming.parsed_head
    assert incoming.fault == "there are two OAuth Authorization headers"


def test_another_policy_reads_the_head_itself() -> None:
    """A body that one policy needs and another one does not is handed over to the first alone."""
    strict = AsyncVerifier(new_store(), body_hash="required")
    scope = signed_scope(headers=[(b"host", b"x.example"), (b"authorization", b'OAuth oauth_token="t"')])
    before = request_from_scope(scope)
    assert needs_body(before, strict.policy)
    before.body = b"{}"
    for verifier, body in ((strict, b"{}"), (VERIFIER, b"")):
        incoming = request_from_scope(scope)
        take_signed_body(incoming, SignedBody(before, True, 10), verifier.policy)
        assert incoming.body == body


@pytest.mark.parametrize(("max_body", "requires_hash"), [(9, True), (10, False)])
def test_a_middleware_with_looser_settings_is_an_error(max_body: int, requires_hash: bool) -> None:
    protector = AsyncResourceProtector(AsyncVerifier(new_store(), body_hash="required"), max_body=10)
    scope = signed_scope()
    assert find_signed_body(scope, protector) is None
    good = SignedBody(request_from_scope(scope), True, 10)
    assert find_signed_body({**scope, SIGNED_BODY: good}, protector) is good
    with pytest.raises(RuntimeError, match="SignedBodyMiddleware"):
        find_signed_body({**scope, SIGNED_BODY: SignedBody(good.incoming, requires_hash, max_body)}, protector)
