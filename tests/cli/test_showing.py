"""Of what is shown of a request, nothing is secret."""

import io
from datetime import timedelta
from typing import Any

import pytest
from requests import Request, Response

from oauthone.cli.output import Common
from oauthone.cli.sending import session_of, would_send
from oauthone.cli.settings import resolve
from oauthone.cli.showing import Sent, answer_head, members_of, parts_of, print_parts, show_details

GIVEN = {"client_id": "id", "client_secret": "secret", "token": "token-of-mine", "token_secret": "ts"}


def parts(*request: Any, given: dict[str, str] | None = None, **options: Any) -> dict[str, str]:
    with session_of(resolve({**GIVEN, **(given or {})})) as session:
        sent = would_send(session, Request(*request, **options))
    return parts_of(sent, Sent(sent))


def test_a_signature_is_masked_and_a_token_is_shortened(context: Common) -> None:
    for placement in ("header", "query", "body"):
        found = parts("POST", "https://api.example/a", data={"b": "c"}, given={"placement": placement})
        place = found["B"] if placement == "body" else found["H"]
        assert "tok…" in place
        assert "***" in place
        assert "oauth_token%3Dtok…%26" in found["s"]
        assert "of-mine" not in "".join(found.values())


def test_plaintext_is_masked(context: Common) -> None:
    found = parts("GET", "https://api.example/a", given={"method": "PLAINTEXT"})
    assert "secret" not in found["H"].replace("oauth_token_secret", "")
    assert 'oauth_signature="***"' in found["H"]


def test_what_may_be_secret_is_masked(context: Common) -> None:
    found = parts(
        *("POST", "https://api.example/a?api_key=hidden&x"),
        data={"password": "hidden", "a": "shown"},
        headers={"Cookie": "hidden", "Proxy-Authorization": "hidden", "X-One": "shown"},
    )
    assert "hidden" not in "".join(found.values())
    assert found["H"].startswith("POST /a?api_key=***&x HTTP/1.1\n")
    assert "\nCookie: ***" in found["H"]
    assert "\nX-One: shown" in found["H"]
    assert found["B"] == "password=***&a=shown"
    assert "api_key%3D***" in found["s"]


@pytest.mark.parametrize("name", ["Cookie", "Proxy-Authorization", "X-Api-Key", "X-Auth-Token", "Authorization"])
def test_a_header_with_odd_line_ends_is_masked_as_a_whole(context: Common, name: str) -> None:
    value = "Basic a\x85hidden\x0chidden\x1chidden"
    found = parts("GET", "https://api.example/a", headers={name: value}, given={"placement": "query"})
    assert "hidden" not in "".join(found.values())
    assert f"\n{name}: " in found["H"]


def test_an_escaped_name_is_masked(context: Common) -> None:
    found = parts(
        "POST",
        "https://api.example/a?p%61ssword=hidden&p%61ge=1",
        data=b"p%61ssword=hidden&a=shown",
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    assert "hidden" not in found["H"] + found["B"]
    assert "page=1" in found["H"]
    assert found["B"].endswith("&a=shown")


def test_verbose_masks_the_head_of_an_answer(context: Common, capsys: pytest.CaptureFixture[str]) -> None:
    """It may go into a report, other than what --print shows."""
    context.verbose = True
    answer = made(302, b"")
    answer.headers.update({"Set-Cookie": "hidden", "Location": "/b?a=1&api_key=hidden&oauth_signature=hidden"})
    show_details(answer, {"H": "GET / HTTP/1.1", "B": "", "s": ""})
    shown = capsys.readouterr().err
    assert "hidden" not in shown
    assert "< Location: /b?a=1&api_key=***&oauth_signature=***\n" in shown
    assert "Set-Cookie: hidden" in answer_head(answer)


def test_a_body_that_is_no_form_is_shown_as_it_is(context: Common) -> None:
    assert parts("POST", "https://a.example/", data=b"the password\xff")["B"] == "the password\\xff"
    assert parts("POST", "https://a.example/", data=iter([b"a"]))["B"] == "(a stream)"


@pytest.mark.parametrize(
    ("kind", "body", "shown"),
    [
        ("application/json", b'{"password": "hidden", "title": "sea"}', '{"password": "***", "title": "sea"}'),
        ("application/vnd.api+json", b'[{"apiKey": ["hidden"]}]', '[{"apiKey": "***"}]'),
        ("text/xml", b"<a><password>hidden</password></a>", "<a><password>***</password></a>"),
        ("text/plain", b"password=hidden&a=b", "password=***&a=b"),
        ("multipart/x", b'--x\r\n\r\n{"token": "hidden"}\r\n--x--', '--x\r\n\r\n{"token": "***"}\r\n--x--'),
    ],
)
def test_what_may_be_secret_in_another_body_is_masked(context: Common, kind: str, body: bytes, shown: str) -> None:
    assert parts("POST", "https://a.example/", data=body, headers={"Content-Type": kind})["B"] == shown


def test_a_request_without_a_signature_has_no_base_string(context: Common) -> None:
    sent = Request("GET", "https://a.example/").prepare()
    assert parts_of(sent, Sent(sent))["s"] == ""
    assert repr(Sent(sent)) == "Sent(…)"


def test_what_is_not_shown_is_not_found_out(context: Common) -> None:
    """A form of a MiB takes a second."""
    request = Request("POST", "https://a.example/", data={"a": "b"}).prepare()
    sent = Sent(request)
    assert (sent.body, "anatomy" in vars(sent), "_read" in vars(sent)) == (b"a=b", False, False)
    parts_of(request, sent)
    assert "_read" in vars(sent)


def made(status: int, content: bytes) -> Response:
    response = Response()
    response.status_code, response.raw, response.reason = status, io.BytesIO(content), "So"
    response.elapsed = timedelta(seconds=1.5)
    response.headers["A"] = "b"
    return response


@pytest.mark.parametrize(("status", "kept"), [(200, 0), (400, 64 * 1024)])
def test_of_a_body_that_is_not_printed_the_beginning_is_read(
    context: Common, capsys: pytest.CaptureFixture[str], status: int, kept: int
) -> None:
    assert len(print_parts(made(status, b"x" * 100_000), {}, "hm", None)) == kept
    assert capsys.readouterr().out == f"HTTP/1.1 {status} So\nA: b\n\nElapsed time: 1.500000s\n"


@pytest.mark.parametrize(("length", "rest"), [(4096, ""), (4097, "> … (4097 characters)\n")])
def test_verbose_shows_the_beginning_of_a_long_body(
    context: Common, capsys: pytest.CaptureFixture[str], length: int, rest: str
) -> None:
    context.verbose = True
    show_details(made(200, b""), {"H": "GET / HTTP/1.1", "B": "x" * length, "s": ""})
    shown = capsys.readouterr().err
    assert shown.startswith(f"> GET / HTTP/1.1\n>\n> {'x' * 4096}\n{rest}< HTTP/1.1 200 So\n< A: b\nElapsed")
    assert answer_head(made(404, b"")) == "HTTP/1.1 404 So\nA: b"


def test_binary_is_base64_in_json() -> None:
    assert members_of(made(200, b""), b"\xff", None)["body_base64"] == "/w=="
    assert members_of(made(200, b""), "é".encode(), None)["body"] == "é"
