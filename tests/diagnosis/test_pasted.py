"""What people paste: requests and answers in each notation."""

import json

import pytest

from oauthone.diagnosis.pasted import read_pasted, read_pasted_answer

ENTRY = {"request": {"method": "GET", "url": "https://api.example/a", "headers": []}}
SIGNED = {
    "request": {
        "method": "POST",
        "url": "https://api.example/b",
        "headers": [{"name": "Authorization", "value": 'OAuth oauth_signature="x"'}],
    },
    "response": {"status": 401, "headers": [{"name": "Date", "value": "now"}], "content": {"text": "no"}},
}


def har(*entries: object) -> str:
    return json.dumps({"log": {"entries": [*entries]}})


@pytest.mark.parametrize(
    ("text", "notation"),
    [
        ("curl https://api.example/a", "curl"),
        ("$ curl https://api.example/a", "curl"),
        ("/usr/bin/curl 'https://api.example/a'", "curl"),
        ("GET /a HTTP/1.1\r\nHost: api.example\r\n\r\n", "HTTP"),
        ("\n\tGET https://api.example/a\n", "HTTP"),
        ("2026 INFO GET https://api.example/a 401", "log"),
        ("\ufeff" + har(ENTRY), "HAR"),
    ],
)
def test_a_request_is_found(text: str, notation: str) -> None:
    found = read_pasted(text)
    assert (found.request.method, found.request.url.removeprefix("https:")) == ("GET", "//api.example/a")
    assert (notation == "HTTP" and "https" not in text) is found.request.url.startswith("//")
    assert (found.notation, found.answer) == (notation, None)


@pytest.mark.parametrize("text", ["", " ", "hello", "{}", '{"log": 1}', '{"log": {"entries": [1]}}', "{", "curl", "$"])
def test_a_text_without_a_request_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_pasted(text)


def test_of_a_har_file_the_signed_request_counts_with_its_answer() -> None:
    found = read_pasted(har(ENTRY, SIGNED))
    assert found.request.url == "https://api.example/b"
    assert found.answer == (401, (("Date", "now"),), "no")


@pytest.mark.parametrize("response", [{"status": 0}, {"status": "x"}, {}, None, {"status": 401, "headers": [1]}])
def test_an_answer_that_is_none_is_left_out(response: object) -> None:
    assert read_pasted(har({**SIGNED, "response": response})).answer is None


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_an_answer_as_programs_show_it(line_end: str) -> None:
    text = line_end.join(
        ["HTTP/1.1 401 Unauthorized", "WWW-Authenticate: OAuth", "X-A:  b ", "", "oauth_problem=x", "y"]
    )
    headers = (("WWW-Authenticate", "OAuth"), ("X-A", "b"))
    assert read_pasted_answer(text) == (401, headers, "oauth_problem=x\ny")


def test_the_last_of_several_answers_counts() -> None:
    """A proxy, or an interim response, answered before; a verbose program marks each line."""
    assert read_pasted_answer("HTTP/1.1 100 Continue\n\nHTTP/2 403\nA: b\n\nno") == (403, (("A", "b"),), "no")
    assert read_pasted_answer("< HTTP/1.1 401 No\n< A: b\n<\nno") == (401, (("A", "b"),), "<\nno")


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("401", 401),
        ("401 Unauthorized", 401),
        ("Status code: 403", 403),
        ("{}", None),
        ("12345", None),
        ("no 401", None),
    ],
)
def test_a_status_or_a_body_alone(text: str, status: int | None) -> None:
    assert read_pasted_answer(text) == (status, (), text)


def test_an_answer_without_a_body() -> None:
    assert read_pasted_answer("HTTP/2 401 \nDate: now") == (401, (("Date", "now"),), "")


def test_nothing_is_no_answer() -> None:
    assert read_pasted_answer(" \n") is None


FORM = "-H 'Content-Type: application/x-www-form-urlencoded'"


def parameters(number: int) -> str:
    return "&".join(f"a{one}=b" for one in range(number))


@pytest.mark.parametrize(
    ("most", "more", "words"),
    [
        (f"curl 'https://a/?{parameters(1001)}'", f"curl 'https://a/?{parameters(1002)}'", "1,000 parameters"),
        (f"curl https://a/ -d '{parameters(1001)}'", f"curl https://a/ -d '{parameters(1002)}'", "1,000 parameters"),
        (f"curl https://a/{'x' * 65_000}", f"curl https://a/{'x' * 65_536}", "address and the headers"),
        (f"curl https://a/ {FORM} -d {'x' * 65_536}", f"curl https://a/ {FORM} -d {'x' * 65_537}", "form"),
        (f"curl https://a/ -H 'A: {',' * 990}'", f"curl https://a/ -H 'A: {',' * 1001}'", "1,000 parameters"),
    ],
    ids=["query", "form of many", "address", "long form", "header"],
)
def test_what_takes_too_long_to_search_is_refused(most: str, more: str, words: str) -> None:
    assert read_pasted(most).request.url.startswith("https://a/")
    with pytest.raises(ValueError, match=words):
        read_pasted(more)


def test_a_long_body_that_is_no_form_is_read() -> None:
    """And so is a long HAR file: of that, one request counts."""
    found = read_pasted(f"curl https://a/ -H 'Content-Type: image/png' -d {'x' * 200_000}")
    assert len(found.request.body or b"") == 200_000
    assert read_pasted(har(*[ENTRY] * 2000, SIGNED)).request.url == "https://api.example/b"


def test_of_an_answer_the_beginning_counts() -> None:
    answer = read_pasted_answer(f"HTTP/1.1 401 No\n\n{'x' * 100_000}\nHTTP/1.1 200 OK")
    assert answer is not None
    assert (answer[0], len(answer[2])) == (401, 65_536 - len("HTTP/1.1 401 No\n\n"))


@pytest.mark.parametrize("begin", ["status", "401 x\n", "HTTP/1.1", "HTTP/1.1 401 No\nA:"])
def test_white_space_is_read_once(begin: str) -> None:
    """A search that began anew at each space would not end."""
    assert read_pasted_answer(f"{begin}{' ' * 60_000}x") is not None


@pytest.mark.parametrize("text", ['{"a":' * 100_000, '{"log":' + "[" * 100_000])
def test_a_nesting_without_end_is_no_request(text: str) -> None:
    with pytest.raises(ValueError, match="not a JSON file"):
        read_pasted(text)


def test_the_answer_below_a_request_is_read() -> None:
    request = f"POST /a HTTP/1.1\nHost: b\nContent-Length: 3\n{FORM[4:-1]}\n\na=b\n\n"
    found = read_pasted(f"{request}HTTP/1.1 401 No\nDate: now\n\noauth_problem=x&oauth_token=y")
    assert (found.request.body, found.answer) == (b"a=b", (401, (("Date", "now"),), "oauth_problem=x&oauth_token=y"))
    assert read_pasted(request).answer is None


@pytest.mark.parametrize("status", ["1e999", "-1e999", "NaN", "1" * 5000, '"x"', "null", "[]"])
def test_a_har_file_with_an_odd_status_has_no_answer(status: str) -> None:
    text = har({**SIGNED, "response": {"status": "STATUS"}}).replace('"STATUS"', status)
    if len(status) > 4300:  # Python reads no JSON with such a number
        with pytest.raises(ValueError, match="not a JSON file"):
            read_pasted(text)
    else:
        assert read_pasted(text).answer is None
