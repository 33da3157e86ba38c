"""The responses of providers to a leg, byte for byte, and how `OAuth1Session` parses them."""

import http.client
import json
from typing import Any

import pytest
import requests

from oauthone.clients.requests import OAuth1Session, OAuthError
from oauthone.core.credentials import MAX_RESPONSE_BODY
from oauthone.errors import TokenResponseError

from ..servers import Exchange, ScriptedServer, Step, answer, octets

FORM = [("Content-Type", "application/x-www-form-urlencoded")]
PLAIN = "oauth_token=t%2F1&oauth_token_secret=s%26%3D&oauth_callback_confirmed=true"
TOKEN = {"oauth_token": "t/1", "oauth_token_secret": "s&="}


def fetched(step: Step, **options: Any) -> dict[str, Any]:
    with ScriptedServer(step) as server, OAuth1Session("client", "secret", **options) as session:
        return session.fetch_request_token(server.origin)


def refused(step: Step, **options: Any) -> TokenResponseError:
    with pytest.raises(OAuthError) as caught:
        fetched(step, **options)
    assert isinstance(caught.value, TokenResponseError)
    return caught.value


ACCEPTED: dict[str, tuple[bytes | str, list[tuple[str, str]], dict[str, Any]]] = {
    "a form": (PLAIN, FORM, {}),
    "white space around": (f"\r\n  {PLAIN}\n\n", FORM, {}),
    "no content type": (PLAIN, [], {}),
    "labelled HTML": (PLAIN, [("Content-Type", "text/html; charset=utf-8")], {}),
    "labelled JSON": (PLAIN, [("Content-Type", "application/json")], {}),
    "another order": ("&".join(reversed(PLAIN.split("&"))), FORM, {}),
    "JSON": (json.dumps({**TOKEN, "oauth_callback_confirmed": "true", "id": 7, "of": [{"é": None}]}), FORM, {
        "id": 7, "of": [{"é": None}],
    }),
    "JSON in white space, labelled a form": (
        f" {json.dumps({**TOKEN, 'oauth_callback_confirmed': 'true'})}\n", FORM, {},
    ),
    "raw characters in extra fields": (PLAIN + "&x=<y>&user=x|y&url=http://a:1/?b&name=é 한", FORM, {
        "x": "<y>", "user": "x|y", "url": "http://a:1/?b", "name": "é 한",
    }),
    "octets that are no UTF-8 in extra fields": (PLAIN.encode() + b"&x=%E9&y=\xe9&z=%zz", FORM, {
        "x": "é", "y": "é", "z": "%zz",
    }),
    "confirmed in capitals": (PLAIN.replace("=true", "=True"), FORM, {}),
    "confirmed as a JSON value": (json.dumps({**TOKEN, "oauth_callback_confirmed": True}), FORM, {}),
    "empty fields": (PLAIN + "&&a=&b", FORM, {"a": "", "b": ""}),
}  # fmt: skip


@pytest.mark.parametrize(("body", "headers", "extra"), ACCEPTED.values(), ids=ACCEPTED.keys())
@pytest.mark.seen_in("scribejava#38")
@pytest.mark.seen_in("dghubble#56")
@pytest.mark.seen_in("requests-oauthlib#429")
def test_a_response_in_any_of_these_forms_is_accepted(
    body: bytes | str, headers: list[tuple[str, str]], extra: dict[str, Any]
) -> None:
    """Form or JSON, with any label, order and white space, and with unusual characters in the provider's own fields."""
    assert fetched(answer(body, headers=headers)) == {**TOKEN, "oauth_callback_confirmed": "true", **extra}


@pytest.mark.parametrize("status", [200, 201, 202])
def test_every_status_of_success_is_accepted(status: int) -> None:
    assert fetched(answer(PLAIN, status)) == {**TOKEN, "oauth_callback_confirmed": "true"}


def test_an_empty_secret_is_accepted() -> None:
    said = fetched(answer("oauth_token=t&oauth_token_secret=&oauth_callback_confirmed=true"))
    assert said["oauth_token_secret"] == ""


REFUSED: dict[str, tuple[bytes | str, str]] = {
    "nothing": ("", "missing_token"),
    "no token": ("oauth_token_secret=s&oauth_callback_confirmed=true", "missing_token"),
    "an empty token": ("oauth_token=&oauth_token_secret=s&oauth_callback_confirmed=true", "missing_token"),
    "no secret": ("oauth_token=t&oauth_callback_confirmed=true", "missing_token_secret"),
    "a doubled token": (f"{PLAIN}&oauth_token=t%2F1", "parameter_rejected"),
    "a doubled secret": (f"{PLAIN}&oauth_token_secret=other", "parameter_rejected"),
    "a doubled token in JSON": ('{"oauth_token":"a","oauth_token":"b","oauth_token_secret":"s"}', "parameter_rejected"),
    "a token that is no text": ("oauth_token=%ff&oauth_token_secret=s", "parameter_rejected"),
    "a token that is cut": ("oauth_token=%4&oauth_token_secret=s", "parameter_rejected"),
    "a fraction for a token": ('{"oauth_token": 1.5, "oauth_token_secret": "s"}', "parameter_rejected"),
    "broken JSON": ('{"oauth_token": "a", "oauth_token_secret"', "missing_token"),
    "deep JSON": ('{"a":' * 10_000, "missing_token"),
    "a page": ("<html><body>Please log in</body></html>", "missing_token"),
    "not confirmed": ("oauth_token=t&oauth_token_secret=s&oauth_callback_confirmed=false", "callback_not_confirmed"),
    "denied as a JSON value": (
        '{"oauth_token": "t", "oauth_token_secret": "s", "oauth_callback_confirmed": false}', "callback_not_confirmed",
    ),
}  # fmt: skip


@pytest.mark.covering
@pytest.mark.parametrize(("body", "error"), REFUSED.values(), ids=REFUSED.keys())
@pytest.mark.parametrize("required", [True, False], ids=["1.0a", "1.0"])
@pytest.mark.seen_in("flask-oauth#59")
@pytest.mark.seen_in("rauth#66")
def test_a_response_without_credentials_is_rejected(body: bytes | str, error: str, required: bool) -> None:
    """A response without usable credentials is an error with its status, which says what is wrong."""
    found = refused(answer(body), require_callback_confirmed=required)
    assert (found.error, found.status) == (error, 200)
    assert found.description


def test_a_response_without_callback_confirmation_is_rejected_unless_allowed() -> None:
    """A response without ``oauth_callback_confirmed`` is accepted if that was allowed explicitly."""
    unconfirmed = answer("oauth_token=t&oauth_token_secret=s")
    found = refused(unconfirmed)
    assert found.error == "callback_not_confirmed"
    assert "require_callback_confirmed=False" in found.description
    assert fetched(unconfirmed, require_callback_confirmed=False) == {"oauth_token": "t", "oauth_token_secret": "s"}


PAGE = "<html><p>Sorry: oauth_problem=token_expired&amp;oauth_problem_advice=Log+in+again.</p><script>1</script></html>"
REPORTED: dict[str, tuple[Step, str, str | None]] = {
    "in the body": (
        answer("oauth_problem=token_rejected&oauth_problem_advice=Ask%20again%2C%20later", 401),
        "token_rejected", "Ask again, later",
    ),
    "in the header": (
        answer("no", 401, [("WWW-Authenticate", 'OAuth realm="x", oauth_problem="timestamp_refused"')]),
        "timestamp_refused", None,
    ),
    "in the header with advice": (
        answer("", 401, [("WWW-Authenticate", 'OAuth oauth_problem="nonce_used", oauth_problem_advice="new nonce"')]),
        "nonce_used", "new nonce",
    ),
    "in a page": (answer(PAGE, 401, [("Content-Type", "text/html")]), "token_expired", "Log in again."),
    "in a page that succeeds": (answer(PAGE, 200, [("Content-Type", "text/html")]), "token_expired", "Log in again."),
    "in a form that succeeds": (answer("oauth_problem=permission_denied"), "permission_denied", None),
    "in JSON that succeeds": (
        answer('{"error": "mwoauth-oauth-exception", "error_description": "Nonce already used"}'),
        "mwoauth-oauth-exception", "Nonce already used",
    ),
    "in free text": (answer("oauth_problem=The consumer key has expired", 401), "The consumer key has expired", None),
    "beside a token": (answer(f"{PLAIN}&oauth_problem=user_refused"), "user_refused", None),
}  # fmt: skip


@pytest.mark.parametrize(("step", "problem", "advice"), REPORTED.values(), ids=REPORTED.keys())
@pytest.mark.seen_in("pyetrade#4")
@pytest.mark.seen_in("pyetrade#5")
@pytest.mark.seen_in("pyetrade#52")
@pytest.mark.seen_in("scribejava#87")
@pytest.mark.seen_in("python-oauth2#27")
@pytest.mark.seen_in("jira#953")
@pytest.mark.seen_in("scribejava#90")
def test_the_problem_that_a_provider_reports_is_in_the_error(step: Step, problem: str, advice: str | None) -> None:
    """The provider's problem and advice are found in a field, the challenge or a page, with any status."""
    found = refused(step)
    assert (found.problem, found.advice) == (problem, advice)
    assert problem in str(found)


@pytest.mark.parametrize(("status", "body"), [(400, "Bad thing happened"), (500, ""), (401, "Unauthorized")])
@pytest.mark.seen_in("allauth#2046")
@pytest.mark.seen_in("allauth#2254")
def test_a_failure_without_a_reason_names_the_status(status: int, body: str) -> None:
    """The error has the status and the text of a response without a problem."""
    found = refused(answer(body, status))
    assert (found.status, found.problem, found.body) == (status, None, body)
    assert str(status) in str(found)
    assert (body or "empty body") in str(found)


def test_credentials_in_a_failure_are_masked() -> None:
    found = refused(answer("oauth_token=CANARY1&oauth_token_secret=CANARY2&x=1", 500))
    assert "CANARY" not in f"{found} {found!r} {found.body}"
    assert "x=1" in found.body


def test_a_response_may_be_as_long_as_the_limit() -> None:
    filler = "x" * (MAX_RESPONSE_BODY - len(PLAIN) - 3)
    assert fetched(answer(f"{PLAIN}&a={filler}"))["a"] == filler


def test_a_longer_response_is_rejected() -> None:
    found = refused(answer(f"{PLAIN}&a=" + "x" * (MAX_RESPONSE_BODY - len(PLAIN) - 2)))
    assert found.error == "response_too_large"


@pytest.mark.parametrize("head", [b"200 OK", b"302 Found\r\nLocation: /elsewhere"], ids=["answer", "redirect"])
def test_an_endless_response_is_not_read_to_its_end(head: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """The client reads 65 KiB and a piece, then closes the connection, so that 256 MiB cannot be sent."""
    read = 0
    receive = http.client.HTTPResponse.read

    def count(response: http.client.HTTPResponse, amount: int | None = None) -> bytes:
        nonlocal read
        octets = receive(response, amount)
        read += len(octets)
        return octets

    def endless(exchange: Exchange) -> bool:
        exchange.connection.sendall(b"HTTP/1.1 " + head + b"\r\nContent-Length: 268435456\r\n\r\n")
        for _ in range(256):
            exchange.connection.sendall(b"x" * 0x100000)
        return False

    monkeypatch.setattr(http.client.HTTPResponse, "read", count)
    with ScriptedServer(endless) as server, OAuth1Session("client", "secret") as session:
        with pytest.raises(OAuthError, match="response_too_large"):
            session.fetch_request_token(server.origin)
        assert server.hung_up.wait(timeout=10)
        assert server.cut_off == 1
    assert MAX_RESPONSE_BODY < read <= MAX_RESPONSE_BODY + 2048


def test_a_response_that_breaks_off_is_the_librarys_error() -> None:
    """requests raises its own error, because the response says nothing about credentials."""
    with pytest.raises(requests.RequestException):
        fetched(octets(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\noauth_token=t"))
