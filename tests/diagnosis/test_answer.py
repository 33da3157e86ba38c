"""The evidence in a server's answer: it is found wherever it stands, and however it is escaped."""

import html
import json
import time
from typing import Any
from urllib.parse import quote

import pytest

from oauthone.diagnosis.answer import NO_ANSWER, read_answer

BASE = "POST&https%3A%2F%2Fapi.example%2Fphotos&a%3Dx%2520y%26oauth_nonce%3Dn"


@pytest.mark.parametrize(
    "body",
    [
        f"oauth_problem=signature_invalid&debug_sbs={BASE}",
        f"Expected signature base string: {BASE}",
        f"<html><p>Invalid signature. Expected {html.escape(BASE)}</p></html>",
        f"<td>{html.escape(html.escape(BASE))}</td>",
        json.dumps({"error": {"base_string": BASE}}),
        json.dumps({"base_string": BASE}).replace("&", "\\u0026"),
        f"oauth_problem=signature_invalid&oauth_signature_base_string={quote(BASE, safe='')}",
        f"x='{BASE}'",
        json.dumps({"message": html.escape(BASE)}),
    ],
)
def test_a_base_string_is_found(body: str) -> None:
    assert read_answer(401, (), body).base_strings == (BASE,)
    assert read_answer(401, (), body.encode()).base_strings == (BASE,)


def test_a_base_string_of_a_careless_server_is_found_as_it_is() -> None:
    assert read_answer(401, (), "we signed GET&https://api.example/x&a=1").base_strings == (
        "GET&https://api.example/x&a=1",
    )


@pytest.mark.parametrize(
    "body",
    [
        "expected rT5JHxaTLbTYnB4oTGnZQX9wTBc= got AAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        "signature invalid: ours=rT5JHxaTLbTYnB4oTGnZQX9wTBc= yours=AAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        '{"expected_signature": "rT5JHxaTLbTYnB4oTGnZQX9wTBc="}',
    ],
)
def test_the_signature_that_the_server_expected_is_found(body: str) -> None:
    assert read_answer(401, (), body).signatures == ("rT5JHxaTLbTYnB4oTGnZQX9wTBc=",)


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        (
            {"WWW-Authenticate": 'OAuth oauth_problem="timestamp_refused", oauth_acceptable_timestamps="1-9"'},
            "",
        ),
        ((), "oauth_problem=timestamp_refused&oauth_acceptable_timestamps=1-9"),
        ((), '{"oauth_problem": "timestamp_refused", "oauth_acceptable_timestamps": "1-9"}'),
        ((), "<b>oauth_problem=timestamp_refused&amp;oauth_acceptable_timestamps=1-9</b>"),
    ],
)
def test_a_problem_is_found(headers: Any, body: str) -> None:
    answer = read_answer(401, headers, body)
    assert answer.problem == "timestamp_refused"
    assert answer.fields == {"oauth_acceptable_timestamps": "1-9"}


def test_schemes_and_the_clock_are_read() -> None:
    answer = read_answer(b"401", {b"Date": b"Thu, 01 Jan 1970 00:00:09 GMT", "www-authenticate": "Basic realm=x"})
    assert (answer.status, answer.schemes, answer.date) == (401, ("basic",), 9)
    for odd in ("", "yesterday", "Thu, 99 Jan 1970 00:00:09 GMT"):
        assert read_answer(401, {"Date": odd}).date is None


@pytest.mark.parametrize("body", [None, b"\xff\xfe{", b"{\0", "\ud800", b"%", "&&&", "A" * 10_000_000, 7, object()])
def test_no_answer_is_an_error(body: Any) -> None:
    answer = read_answer("no number", (("x", None), (None, 1)), body)
    assert answer.status is None
    assert len(answer.text) < 1 << 20


def test_the_representation_shows_no_text() -> None:
    assert "canary" not in repr(read_answer(401, (), "canary"))
    assert repr(NO_ANSWER) == "Answer(status=None, problem=None, …)"


@pytest.mark.parametrize(
    ("problem", "reason", "fields"),
    [
        (
            "parameter_absent",
            "oauth_token is missing or empty",
            {"oauth_parameters_absent": "oauth_token is missing or empty"},
        ),
        ("version_rejected", 'the version is not "1.0"', {}),
    ],
)
def test_the_explaining_answer_of_our_server_is_read(problem: str, reason: str, fields: dict[str, str]) -> None:
    explained = {"problem": problem, "reason": reason, "base_string": None, "difference": None}
    found = read_answer(400, (), json.dumps(explained, indent=2))
    assert (found.problem, found.fields) == (problem, fields)
    other = read_answer(400, (), json.dumps({"problem": problem, "reason": reason}))
    assert (other.problem, other.fields) == (None, {})


@pytest.mark.parametrize(
    "body",
    [
        f"our{' ' * 60_000}",
        f"expected oauth {' ' * 60_000}",
        "our-" * 16_000,
        f"our {'a' * 60_000}",
        "oauth_problem='" * 4_000,
        "GET&http://a&" * 5_000,
        "%25" * 20_000,
        "&amp;" * 12_000,
    ],
)
def test_no_answer_takes_more_time_than_its_length(body: str) -> None:
    """Some of these would take hours."""
    assert len(read_answer(401, [("WWW-Authenticate", f"OAuth {body}")], body).signatures) <= 1


@pytest.mark.parametrize("digits", [1, 4300, 5000])
def test_a_number_that_python_does_not_read_is_no_error(digits: int) -> None:
    """It reads no more than 4,300 digits. What the answer says besides is still found."""
    body = f"&#{'1' * digits}; oauth_problem=token_expired"
    assert read_answer("9" * digits, [("Date", "9" * digits)], body).problem == "token_expired"
    assert read_answer("401").status == 401


@pytest.mark.parametrize("zone", ["GMT", "+0000", "-0000", ""])
def test_the_clock_of_an_answer_is_that_of_greenwich(zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Python writes such a date with -0000, and reads it as one of this machine's zone."""
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    try:
        assert read_answer(401, [("Date", f"Fri, 27 Nov 2026 09:00:00 {zone}")]).date == 1_795_770_000
    finally:
        monkeypatch.undo()
        time.tzset()
