"""Of what is shown of a request, nothing is secret."""

import io
from datetime import timedelta
from typing import Any

import pytest
from requests import Request, Response

from oauthone.cli.output import Common
from oauthone.cli.sending import session_of, would_send
from oauthone.cli.settings import resolve
from oauthone.cli.showing import answer_head, parts_of, print_parts, sent_of, show_details

GIVEN = {"client_id": "id", "client_secret": "secret", "token": "token-of-mine", "token_secret": "ts"}


def parts(*request: Any, given: dict[str, str] | None = None, **options: Any) -> dict[str, str]:
    with session_of(resolve({**GIVEN, **(given or {})})) as session:
        sent = would_send(session, Request(*request, **options))
    return parts_of(sent, sent_of(sent))


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


def test_a_body_that_is_no_form_is_shown_as_it_is(context: Common) -> None:
    assert parts("POST", "https://a.example/", data=b"password=\xff")["B"] == "password=\\xff"
    assert parts("POST", "https://a.example/", data=iter([b"a"]))["B"] == "(a stream)"


def test_a_request_without_a_signature_has_no_base_string(context: Common) -> None:
    sent = Request("GET", "https://a.example/").prepare()
    assert parts_of(sent, sent_of(sent))["s"] == ""
    assert repr(sent_of(sent)) == "Sent(False, …)"


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
