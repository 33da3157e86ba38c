"""The response of a hostile provider costs time linear in its length, and no Unicode spelling reveals a secret."""

import base64
import json
import random
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from typing import Any

import pytest

from oauthone.core.credentials import MAX_RESPONSE_BODY
from oauthone.core.encoding import encoded_pair
from oauthone.core.known_secrets import KnownSecrets
from oauthone.core.parameters import remove_from_query
from oauthone.core.token_response import read_token_response
from oauthone.errors import TokenResponseError

KNOWN = KnownSecrets(["consumer-secret-abc", "token-secret-xyz"])
GOOD = b"oauth_token=t&oauth_token_secret=s"
RANDOM = base64.b64encode(random.Random(1).randbytes(40_000))
CODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"]


def work(action: Callable[[], Any]) -> int:
    """Return the number of function calls of ``action``, in Python and in C."""
    calls = 0

    def count(frame: Any, event: str, argument: Any) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        action()
    finally:
        sys.setprofile(None)
    return calls


def answered(body: bytes, status: int, challenges: int = 0) -> Callable[[], Any]:
    headers = [("WWW-Authenticate", f"OAuth oauth_problem {body.decode('latin-1')}")] * challenges

    def read() -> None:
        with suppress(TokenResponseError):
            read_token_response(status, headers, body, KNOWN)

    return read


PATTERNS = {
    "escaped escapes": b"%252525",
    "entities": b"&amp;",
    "base64 of escapes": base64.b64encode(base64.b64encode(b"%252525" * 6_000)),
    "random base64": RANDOM,
    "labels": b"secret= ",
    "problems": b"oauth_problem: ",
    "itself": b"oauth_token=t&oauth_token_secret=" + b"a" * 30_000 + b"&x=" + b"a" * 30_000,
    "nearly itself": b"oauth_token=t&oauth_token_secret=" + b"ab" * 8_000 + b"c&x=" + b"ab" * 20_000,
    "one escape in the other": b"%" + b"25" * 40_000,
}


def repeated(name: str, length: int) -> bytes:
    return (PATTERNS[name] * (length // len(PATTERNS[name]) + 1))[:length]


@cache
def work_of_a_shown_answer(name: str) -> int:
    return work(answered(repeated(name, MAX_RESPONSE_BODY)[: MAX_RESPONSE_BODY // 4], 500, 1))


@pytest.mark.covering
@pytest.mark.parametrize("challenges", [0, 10])
@pytest.mark.parametrize("name", ["entities", "random base64", "labels", "problems", "nearly itself"])
def test_masking_a_long_answer_is_no_more_work_than_masking_one_that_is_shown(name: str, challenges: int) -> None:
    body = repeated(name, MAX_RESPONSE_BODY)
    assert work(answered(body, 500, challenges)) <= 2 * work_of_a_shown_answer(name) + 20_000


@pytest.mark.parametrize("name", PATTERNS)
def test_nothing_is_masked_in_an_answer_that_is_taken(name: str) -> None:
    """It is only parsed, with any number of headers."""
    value = base64.b16encode(repeated(name, 20_000))
    body, headers = GOOD + b"&x=" + value, [("WWW-Authenticate", value.decode())] * 10
    assert work(lambda: read_token_response(200, headers, body, KNOWN)) < 300


def test_a_nested_escape_is_no_more_work_than_its_length() -> None:
    def remove(times: int) -> int:
        url = "https://p.example/?a=%" + "25" * times
        return work(lambda: remove_from_query(url, (encoded_pair("oauth_version", "1.0"),)))

    assert remove(8_000) < 4.5 * remove(2_000)


@pytest.mark.parametrize("coding", CODINGS)
def test_json_in_each_encoding_of_unicode_shows_no_secret(coding: str) -> None:
    secret = "canary-S3CR3T"
    for status, fields in (
        (200, {"oauth_token_secret": secret, "oauth_token": ["x"]}),
        (200, {"oauth_token": 1.5, "access_secret": secret}),
        (400, {"oauth_token": "t", "oauth_token_secret": secret, "error": "x"}),
        (400, {"error": f"é {secret}", "error_description": f"consumer-secret-abc {secret}", "api_key": secret}),
    ):
        for cut in (None, -4):
            body = json.dumps(fields).encode(coding)[:cut]
            with pytest.raises(TokenResponseError) as caught:
                read_token_response(status, [], body, KNOWN.joined_by([secret]))
            shown = f"{caught.value} {vars(caught.value)!r}"
            for kept in (shown, shown.replace(" ", ""), shown.replace("\\x00", "")):
                assert secret not in kept
                assert "consumer-secret-abc" not in kept
            assert "***" in caught.value.body
    good = json.dumps({"oauth_token": "té", "oauth_token_secret": "s"}, ensure_ascii=False)
    for around in ("", " ", "\r\n"):
        assert read_token_response(200, [], f"{good}{around}".encode(coding)) == ("té", "s", {})


@pytest.mark.parametrize("coding", CODINGS)
def test_a_page_in_each_encoding_of_unicode_shows_no_secret(coding: str) -> None:
    body = "<p>oauth_token_secret=canary-S3CR3T but consumer-secret-abc</p>".encode(coding)
    with pytest.raises(TokenResponseError) as caught:
        read_token_response(500, [], body, KNOWN)
    assert caught.value.body.endswith("<p>oauth_token_secret=*** but ***</p>")


@pytest.mark.parametrize("length", [500, 4_000, 20_000])
def test_a_long_secret_is_masked_in_whole(length: int) -> None:
    """Even if it is too long to be searched as a whole, or begins in the shown part and ends beyond it."""
    secret = "".join(random.Random(length).choices("abcdefghijklmnop", k=length))
    for before in (0, 300, 4_090, 8_190):
        body = f"{'=' * before}{secret} what follows".encode()
        with pytest.raises(TokenResponseError) as caught:
            read_token_response(500, [], body, KnownSecrets([secret]))
        shown = caught.value.body
        assert not any(secret[place : place + 8] in shown for place in range(0, length - 8))


def test_a_problem_is_found_in_a_long_page() -> None:
    body = b"<p>" + b"x " * 20_000 + b"oauth_problem=token_expired&oauth_problem_advice=try+again</p>"
    with pytest.raises(TokenResponseError) as caught:
        read_token_response(401, [], body, KNOWN)
    assert (caught.value.problem, caught.value.advice) == ("token_expired", "try again")
    late = GOOD + b"&x=" + b"x" * 20_000 + b"&oauth_problem=token_expired"
    with pytest.raises(TokenResponseError, match="token_expired"):
        read_token_response(200, [], late, KNOWN)
