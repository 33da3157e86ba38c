"""Which origins get signatures."""

import copy
import pickle
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest

from oauthone.clients._auth import SigningAuth
from oauthone.clients._redirect_rule import Origins, auth_for_hop, may_sign_hop, share_origin
from oauthone.core.signing_options import SignatureType
from oauthone.core.urls import origin


@pytest.mark.parametrize(
    ("url", "target", "shared"),
    [
        ("https://provider.example/a", "HTTPS://PROVIDER.EXAMPLE:443/b?c", True),
        ("https://provider.example/a", "http://provider.example/a", False),
        ("https://provider.example/a", "https://provider.example:8443/a", False),
        ("https://provider.example/a", "https://provider.example.evil.example/a", False),
        ("https://provider.example/a", "https://provider.example@evil.example/a", False),
        ("https://provider.example/a", "/a", False),
        ("https://provider.example/a", "https:///a", False),
    ],
)
def test_urls_share_an_origin_if_scheme_host_and_port_are_equal(url: str, target: str, shared: bool) -> None:
    assert share_origin(url, target) is shared


@pytest.mark.parametrize("read", [str, origin])
def test_a_chain_that_left_its_origin_is_not_signed_again(
    caplog: pytest.LogCaptureFixture, read: Callable[[str], Any]
) -> None:
    """Not even if a hop leads back, or stays where it is. The log tells it once."""
    caplog.set_level("DEBUG", "oauthone")
    first, other = read("https://one.example/a"), read("https://two.example/a")
    assert may_sign_hop(True, first, first)
    left = may_sign_hop(True, first, other)
    assert not left
    assert not may_sign_hop(left, other, other)
    assert not may_sign_hop(left, other, first)
    assert [record.message for record in caplog.records] == [
        "a redirect leads to another origin: it is followed without credentials"
    ]


@pytest.mark.parametrize(
    ("placement", "has_body", "travels"),
    [("BODY", False, "HEADER"), ("BODY", True, "BODY"), ("QUERY", False, "QUERY"), ("HEADER", False, "HEADER")],
)
def test_parameters_of_a_lost_body_travel_in_the_header(
    placement: SignatureType, has_body: bool, travels: SignatureType
) -> None:
    auth = SigningAuth("id", "secret", signature_type=placement)
    assert auth_for_hop(auth, has_body=has_body).signer.placement == travels


def test_the_first_origin_is_pinned() -> None:
    origins = Origins(None, origin)
    assert repr(origins) == "<Origins unseen>"
    assert origins.pin_or_match(origin("https://one.example/a"))
    assert not origins.pin_or_match(origin("https://two.example/a"))
    assert origins.pin_or_match(origin("https://one.example/b"))
    assert repr(origins) == "<Origins https://one.example>"


@pytest.mark.parametrize(
    "remake", [lambda one: one, copy.copy, copy.deepcopy, lambda one: pickle.loads(pickle.dumps(one))]
)
def test_one_origin_is_pinned_if_many_threads_ask_at_once(remake: Callable[[Origins], Origins]) -> None:
    """A thread that is interrupted anywhere in between finds the other's pin."""
    urls = [f"https://host{number}.example/" for number in range(2)]

    def asked_in_between(stop: int) -> list[bool]:
        origins, steps, found = remake(Origins(None, origin)), 0, []

        def interrupt(frame: FrameType, event: str, _: Any) -> Any:
            nonlocal steps
            frame.f_trace_opcodes = True
            steps += event == "opcode"
            if steps == stop and event == "opcode":
                sys.settrace(None)
                found.append(origins.pin_or_match(origin(urls[1])))
            return interrupt

        before = sys.gettrace()
        sys.settrace(interrupt)
        try:
            found.append(origins.pin_or_match(origin(urls[0])))
        finally:
            sys.settrace(before)
        return found

    for stop in range(1, 400):
        found = asked_in_between(stop)
        if len(found) == 1:
            break
        assert sorted(found) == [False, True], stop
    assert 10 < stop < 399


@pytest.mark.parametrize(
    ("pinned", "other"),
    [
        ("https://api.example.com", "https://api.example.co/steal"),
        ("https://api.example.com", "https://api.example.com.evil.example"),
        ("http://127.0.0.1:18490", "http://127.0.0.1:1849/x"),
        ("http://127.0.0.1:1849", "http://127.0.0.1:18490"),
        ("https://api.example.com?x", "https://api.example.co?x"),
        ("https://api.example.com#/", "https://api.example.com:8443#/"),
    ],
)
def test_urls_with_the_same_beginning_are_told_apart(pinned: str, other: str) -> None:
    """Whether they have a path or not, and whichever was asked about before."""
    for origins in (Origins(None, origin), Origins(pinned, origin), Origins([pinned, "https://third.example"], origin)):
        for _ in range(2):
            assert origins.pin_or_match(origin(pinned))
            assert not origins.pin_or_match(origin(other))
            assert not share_origin(pinned, other)


def test_an_empty_list_of_origins_matches_nothing() -> None:
    """An empty list lets no origin in."""
    assert not Origins([], origin).pin_or_match(origin("https://one.example/a"))


def test_the_repr_of_origins_names_them() -> None:
    seen = Origins(None, origin)
    assert repr(seen) == "<Origins unseen>"
    assert seen.pin_or_match(origin("HTTPS://Provider.example:443/path"))
    assert repr(seen) == "<Origins https://provider.example>"
