"""What the inspector says about requests that other programs signed, and that another library checked."""

import json
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from oauthlib.oauth1 import Client

from oauthone.inspector.inspecting import inspect_request

URL = "https://api.example/search?q=sea%20view&password=c2VjcmV0"
SECRETS = {"client_secret": "client-secret", "token_secret": "token-secret"}


def curl(url: str = URL, client_secret: str = "client-secret", **options: Any) -> str:
    """A request that oauthlib signed, as a curl command."""
    client = Client("key", client_secret, "token", "token-secret", **options)
    signed_url, headers, _ = client.sign(url)
    return f"curl '{signed_url}' -H 'Authorization: {headers['Authorization']}'"


def inspected(request: str, **given: Any) -> dict[str, Any]:
    found = inspect_request({"request": request, **given})
    assert json.dumps(found)
    return found


def test_a_right_signature_is_said_to_be_right() -> None:
    found = inspected(curl(), **SECRETS, answer="HTTP/1.1 401 No\nContent-Type: text/plain\n\nno")
    assert found["diagnosis"]["verdict"] == "unknown"
    assert "right" in found["diagnosis"]["explanation"]
    assert (found["notation"], found["status"], found["has_secrets"]) == ("curl", 401, True)
    assert (found["signature_method"], found["holds"]) == ("HMAC-SHA1", True)


def test_a_mistake_is_proven_by_the_signature() -> None:
    """The program signed another address than the one that was sent."""
    found = inspected(curl().replace("https://", "http://", 1), **SECRETS)
    assert found["diagnosis"]["mistakes"] == ["other-scheme-signed"]
    assert found["holds"] is False


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_message_does_not_tell_its_scheme(scheme: str) -> None:
    url = f"{scheme}://api.schoology.com/v1/users/1"
    _, headers, _ = Client("key", "client-secret", "token", "token-secret", realm="Schoology API").sign(url)
    text = f"GET /v1/users/1 HTTP/1.1\nHost: api.schoology.com\nAuthorization: {headers['Authorization']}\n\n"
    found = inspected(text, **SECRETS)
    assert (found["holds"], found["signed"]["uri"]) == (True, url)
    assert found["scheme"] == f"not known from a raw message: {scheme} is what was signed"
    theirs = f"GET&{scheme}%3A%2F%2Fapi.schoology.com%2Fv1%2Fusers%2F1&oauth_nonce%3D1"
    assert inspected(text, base_string=theirs)["signed"]["uri"] == url
    assert inspected(curl())["scheme"] is None


def test_the_search_is_thorough() -> None:
    """The program signed with another secret, where a quick search ends at its limit and says so."""
    found = inspected(curl(client_secret="another"), **SECRETS)["diagnosis"]
    assert (found["verdict"], "thorough=True" in found["advice"]) == ("unknown", False)
    assert "copied whole" in found["advice"]


def test_the_provider_is_told_by_the_address() -> None:
    url = "https://api.schoology.com/v1/users/1"
    advice = inspected(curl(url), **SECRETS, answer="HTTP/1.1 401 No\n\n")["diagnosis"]["advice"]
    assert advice.startswith('Schoology needs realm="Schoology API" (source: https://developers.schoology.com/')
    right = inspected(curl(url, realm="Schoology API"), **SECRETS, answer="HTTP/1.1 401 No\n\n")
    assert "Schoology" not in right["diagnosis"]["advice"]


def test_without_secrets_the_notation_is_checked() -> None:
    broken = curl().replace('oauth_timestamp="', 'oauth_timestamp="000')
    assert (inspected(broken)["has_secrets"], inspected(broken)["holds"]) == (False, None)
    answer = 'HTTP/1.1 401 No\nWWW-Authenticate: OAuth oauth_problem="timestamp_refused"\n\n'
    assert inspected(curl(), answer=answer)["diagnosis"]["verdict"] == "mistake"


def test_values_that_may_be_secret_are_masked_unless_asked_for() -> None:
    """The secrets themselves never come back."""
    theirs = "GET&https%3A%2F%2Fapi.example%2Fsearch&password%3Dc2VjcmV0"
    found = json.dumps(inspected(curl(), **SECRETS, base_string=theirs))
    assert "c2VjcmV0" not in found
    revealed = json.dumps(inspected(curl(), **SECRETS, base_string=theirs, reveal=True))
    assert revealed.count("c2VjcmV0") >= 3
    for secret in SECRETS.values():
        assert secret not in found + revealed


@pytest.mark.parametrize("place", ["given", "answer"])
def test_the_base_string_of_the_server_is_compared(place: str) -> None:
    theirs = "POST&https%3A%2F%2Fapi.example%2Fsearch&q%3Dsea%2520view"
    given = {"base_string": f" {theirs}\n"} if place == "given" else {"answer": f"401\n{quote(theirs)}"}
    found = inspected(curl(), **given)
    assert found["theirs"] == theirs
    assert found["difference"] == "the client signed the method 'GET', the server received 'POST'"


@pytest.mark.parametrize("theirs", ["", "no base string", "a&b", "a&b&c&d"])
def test_what_is_no_base_string_is_not_compared(theirs: str) -> None:
    assert inspected(curl(), base_string=theirs)["difference"] is None


def test_a_har_file_brings_its_answer_along() -> None:
    entry = {
        "request": {
            "method": "GET",
            "url": URL,
            "headers": [{"name": "Authorization", "value": "OAuth oauth_token=x"}],
        },
        "response": {"status": 403, "headers": [], "content": {"text": "no"}},
    }
    text = json.dumps({"log": {"entries": [entry]}})
    assert inspected(text)["status"] == 403
    assert inspected(text, answer="HTTP/1.1 401 No")["status"] == 401


def test_a_body_that_a_log_does_not_show_is_not_known() -> None:
    form = "Content-Type: application/x-www-form-urlencoded"
    log = f"sent POST https://api.example/a\n{form}\nAuthorization: OAuth oauth_token=x"
    assert inspected(log)["notation"] == "log"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "Paste a request first"),
        ({"request": None}, "Paste a request first"),
        ({"request": "hello"}, "no line with a method"),
        ({"request": curl(), "rsa_key": "-----BEGIN c2VjcmV0"}, "key"),
        ({"request": curl(), "base_string": "x" * 65_537}, "64 KiB at most"),
        ({"request": curl(), "token_secret": "x" * 65_537}, "64 KiB at most"),
    ],
)
def test_what_cannot_be_read_is_said(given: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words) as wrong:
        inspect_request(given)
    assert "c2VjcmV0" not in str(wrong.value)


NOTATION = [
    "curl ",
    "GET ",
    "https://a.example/",
    "?q=1",
    "\n",
    " HTTP/1.1\n",
    "Host: a\n",
    "HTTP/1.1 401\n",
    "{",
    "-H ",
]
PROTOCOL = [
    "Authorization: OAuth ",
    'oauth_signature="x"',
    "oauth_signature_method=",
    "HMAC-SHA1",
    "&",
    "%",
    '"',
    "\ud800",
]
PIECES = st.sampled_from(NOTATION + PROTOCOL)
TEXTS = st.lists(PIECES | st.text(max_size=4), max_size=10).map("".join)


@given(request=TEXTS, answer=TEXTS, base_string=TEXTS, client_secret=st.text(max_size=3))
def test_no_text_is_an_error_of_the_page(**texts: str) -> None:
    """What there is to say, or a sentence about what cannot be read."""
    try:
        said = json.dumps(inspect_request(texts), ensure_ascii=False)
    except ValueError as wrong:
        said = str(wrong)
    assert said.encode("utf-8")
