"""A form passed as a string: requests sends it without a content type, so a server would not read it."""

from collections.abc import Callable
from typing import Any

import pytest
import requests

from oauthone.testing import ProviderBox

from .conftest import Opener
from .matrix import PLACEMENTS, nonces
from .servers import ScriptedServer, answer

FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize("kind", ["session", "auth"])
@pytest.mark.parametrize("placement", PLACEMENTS)
@pytest.mark.parametrize("text", ["text=hello", "a=1&b=%C3%A9+c&a=2"])
@pytest.mark.parametrize("status", [None, 307])
def test_it_is_labelled_and_signed(
    box: ProviderBox,
    open_session: Opener,
    auth_for: Callable[..., Any],
    kind: str,
    placement: str,
    text: str,
    status: int | None,
) -> None:
    """On the first request and on a redirect that repeats it: another string does not match the signature."""
    url = box.echo_url if status is None else box.redirect_url("/echo", status)
    with requests.Session() as plain:
        plain.auth = auth_for(box, placement=placement)
        response = (open_session(box, placement=placement) if kind == "session" else plain).post(url, data=text)
    assert response.ok, response.text
    assert len(set(nonces(box.requests))) == len(box.requests)
    for received in box.requests:
        assert received.header("content-type") == FORM
        assert received.body.startswith(text.encode())
        assert received.verified is not None
        assert {name for name, _ in received.form()} >= {text[0].encode() if text[1] == "=" else b"text"}


@pytest.mark.parametrize("kind", ["session", "auth"])
def test_another_origin_gets_the_text_as_it_was(
    box: ProviderBox, open_session: Opener, auth_for: Callable[..., Any], kind: str
) -> None:
    with ScriptedServer(answer("fine")) as other, requests.Session() as plain:
        plain.auth = auth_for(box)
        session = open_session(box) if kind == "session" else plain
        assert session.post(box.redirect_url(f"{other.origin}/x", 307), data="text=hello").text == "fine"
    assert other.seen[0].body == b"text=hello"


@pytest.mark.parametrize(
    ("arguments", "label"),
    [
        ({"data": "hello"}, None),
        ({"data": '{"a": "b=c"}'}, None),
        ({"data": b"a=1"}, None),
        ({"data": "a=1", "headers": {"Content-Type": "text/plain"}}, "text/plain"),
        ({"data": {"a": "1"}}, FORM),
        ({}, None),
    ],
)
@pytest.mark.parametrize("kind", ["session", "auth"])
def test_what_stays_as_it_is(
    box: ProviderBox,
    open_session: Opener,
    auth_for: Callable[..., Any],
    kind: str,
    arguments: dict[str, Any],
    label: str | None,
) -> None:
    with requests.Session() as plain:
        plain.auth = auth_for(box)
        assert (open_session(box) if kind == "session" else plain).post(box.echo_url, **arguments).ok
    assert box.requests[0].header("content-type") == label
