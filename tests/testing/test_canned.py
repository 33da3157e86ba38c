"""Answers that a user sets: what they may be, and when they are given."""

from pathlib import Path

import pytest

from oauthone.testing import ProviderBox
from oauthone.testing.canned import answer_key, canned_answer, read_answer

from .by_hand import Request, send


@pytest.fixture
def answering(box: ProviderBox) -> ProviderBox:
    box.canned.clear()
    return box


@pytest.mark.parametrize(
    ("body", "content_type", "octets", "kind"),
    [
        ("é", None, b"\xc3\xa9", "text/plain; charset=utf-8"),
        (b"\xff", None, b"\xff", "application/octet-stream"),
        ({"id": [1, "é"]}, None, b'{"id": [1, "\\u00e9"]}', "application/json"),
        ("<a/>", "text/xml", b"<a/>", "text/xml"),
        ("", "caf\xe9; a=b", b"", "caf\xe9; a=b"),
    ],
)
def test_a_body_of_any_kind(body: object, content_type: str | None, octets: bytes, kind: str) -> None:
    answer = canned_answer(200, body, content_type)
    assert (answer.status, answer.body, answer.headers[0]) == (200, octets, ("Content-Type", kind))


def test_a_status_that_ends_no_request_is_refused() -> None:
    assert canned_answer(599, "", None).status == 599
    for status in (199, 600):
        with pytest.raises(ValueError, match="not from 200 to 599"):
            canned_answer(status, "", None)


@pytest.mark.parametrize("kind", ["a\r\nX-Injected: 1", "a\n", "\x00", "a\x7f", " a", "a ", "\u65e5", "\ud800"])
def test_what_no_header_can_carry_is_refused(kind: str) -> None:
    with pytest.raises(ValueError, match="not one line of printable text"):
        canned_answer(200, "", kind)


def test_a_body_that_is_no_text_is_refused() -> None:
    with pytest.raises(ValueError, match="half of a surrogate pair"):
        canned_answer(200, "\ud800", None)


@pytest.mark.parametrize("path", ["photos", "/a b", "/a?b=1", "/a#b", "/a\n", ""])
def test_what_is_no_path_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match="not a path"):
        answer_key(path, None)


@pytest.mark.parametrize("path", ["/oauth/request_token", "/landing", "/redirect/", "/flaky", "/slow/x"])
def test_a_path_with_a_meaning_of_its_own_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match="meaning of its own"):
        answer_key(path, "GET")
    assert answer_key(f"/my{path}", "get") == ("GET", f"/my{path}")


def test_a_method_that_no_box_serves_is_refused() -> None:
    with pytest.raises(ValueError, match="not a method"):
        answer_key("/a", "BREW")


def test_an_answer_is_given_once_the_request_is_verified(answering: ProviderBox) -> None:
    """The one for the method wins; other paths are described as before."""
    answering.answer("/photos", body=["any"])
    answering.answer("/photos", 404, "none", method="GET")

    assert Request(answering, "/photos", method="GET").send()[::2] == (404, "none")
    assert Request(answering, "/photos", method="PUT").send().json == ["any"]
    assert Request(answering, "/photos/1", method="GET").send().json["method"] == "GET"
    refused = send(answering, "GET", f"{answering.origin}/photos")
    assert (refused.status, refused.json["problem"]) == (401, "parameter_absent")
    assert [one.refused is None for one in answering.requests] == [True, True, True, False]


def test_the_two_other_resources_answer_too(answering: ProviderBox) -> None:
    answering.answer("/open/a", body="open")
    answering.answer("/two-legged/b", body="none needed")

    assert send(answering, "GET", f"{answering.origin}/open/a").text == "open"
    assert send(answering, "GET", f"{answering.origin}/two-legged/b").status == 401


def test_an_answer_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "photos.json"
    file.write_bytes(b"[\xc3\xa9]")
    key, answer = read_answer("/photos", f"@{file}")
    assert key == ("", "/photos")
    assert (answer.status, answer.body, answer.headers[0][1]) == (200, b"[\xc3\xa9]", "application/json")
