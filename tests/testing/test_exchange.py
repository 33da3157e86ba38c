"""A received request taken apart: its verdict, and no secret that nobody asked for."""

import json
import shutil
import subprocess
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oauthone.clients.requests import OAuth1Session
from oauthone.core.incoming_request import IncomingRequest
from oauthone.errors import VerificationError
from oauthone.server import Refusal
from oauthone.testing import Faults, ProviderBox, Received
from oauthone.testing.exchange import as_curl, details, summary

from .by_hand import FORM, Request, approved, exchange, header, leg, send, temporary
from .like_walks import send as send_alike


def last(box: ProviderBox, **options: bool) -> dict[str, Any]:
    return details(box, box.requests[-1], **options)


def verdicts(box: ProviderBox) -> list[tuple[str, int | None]]:
    return [(summary(one)["verdict"], one.status) for one in box.requests]


def test_a_diagnosis_knows_the_provider_that_the_box_is_like(likes: Callable[..., ProviderBox]) -> None:
    box = likes("netsuite")
    send_alike(box, f"{box.origin}/x", token=box.issue_token(), nonce=lambda: "12345")
    assert "NetSuite token-based authentication needs a nonce of at least 6" in last(box)["diagnosis"]["advice"]


def test_what_became_of_each_request(box: ProviderBox) -> None:
    fields = temporary(box)
    assert exchange(box, fields, approved(box, fields)).status == 200
    Request(box).send()
    Request(box).send("wrong")
    send(box, "GET", box.open_url)
    assert verdicts(box) == [
        ("accepted", 200), ("open", 200), ("accepted", 200), ("accepted", 200), ("refused", 401), ("open", 200),
    ]  # fmt: skip
    assert [one.number - box.requests[0].number for one in box.requests] == [0, 1, 2, 3, 4, 5]


def test_a_fault_is_no_refusal_of_the_signature(box: ProviderBox) -> None:
    box.faults = Faults(problem="token_expired")
    leg(box, box.request_token_url, None, "", oauth_callback="oob")
    box.faults = Faults()
    assert summary(box.requests[-1])["summary"] == "refused by a fault or an answer that was set"
    assert verdicts(box) == [("failed", 401)]


def test_what_is_said_about_a_good_request(box: ProviderBox) -> None:
    Request(box, query=[("q", "a b")], form=[("c", "d")]).send()
    said = last(box)
    assert (said["method"], said["url"]) == ("POST", f"{box.origin}/echo?q=a%20b")
    assert said["summary"] == f"{box.client.client_id}  HMAC-SHA1, header"
    assert said["signed"]["base_string"].startswith("POST&http%3A%2F%2F127.0.0.1")
    assert (said["body"], said["refusal"], said["diagnosis"]) == ("c=d", None, None)
    assert json.loads(said["answer"]["body"])["form"] == [["c", "d"]]
    assert json.dumps(said)


def test_why_a_request_was_refused(box: ProviderBox) -> None:
    request = Request(box, query=[("q", "a b")])
    signature = request.signature(request.base_string.replace("POST", "GET", 1))
    request.send(signature, **{"OAuth-Base-String": "a&b&c"})
    said = last(box)
    assert said["refusal"]["problem"] == "signature_invalid"
    assert said["client_base_string"] == "a&b&c"
    assert said["diagnosis"]["mistakes"] == ["another-http-method"]
    assert said["diagnosis"]["verdict"] == "mistake"


def test_a_stranger_is_diagnosed_without_credentials(box: ProviderBox) -> None:
    """And so is a request that names no client at all."""
    Request(box, oauth_consumer_key="nobody").send()
    assert last(box)["diagnosis"]["verdict"] in ("mistake", "unknown")
    send(box, "GET", box.echo_url)
    assert (last(box)["client"], last(box)["signed"]) == (None, None)


def test_secrets_of_the_box_are_masked(box: ProviderBox) -> None:
    """In headers, addresses, bodies and answers; with the word for it, all of it is shown."""
    fields = temporary(box, "https://app.example/cb")
    redirect = approved(box, fields)
    verifier = redirect.rpartition("oauth_verifier=")[2]
    answered = exchange(box, fields, verifier)
    token_secret = answered.text.rpartition("oauth_token_secret=")[2]
    plain = box.clients["PLAINTEXT"]
    with OAuth1Session(**plain.credentials()) as client:
        client.get(box.two_legged_url)
    masked = [json.dumps(details(box, one)) for one in box.requests]
    revealed = [json.dumps(details(box, one, reveal=True)) for one in box.requests]
    for number, secret in enumerate((fields["oauth_token_secret"][:20], verifier, verifier, plain.client_secret[:20])):
        assert (secret in masked[number], secret in revealed[number]) == (False, True), number
    assert (token_secret[:20] in masked[2], token_secret[:20] in revealed[2]) == (False, True)
    assert "oauth_token=" in masked[2]


def test_other_secrets_are_masked(box: ProviderBox) -> None:
    """Of other schemes, cookies, forms and JSON; also what a client sent of its own secrets."""
    headers = {"Authorization": "Basic c2VjcmV0", "Cookie": "s=c2VjcmV0", "Content-Type": FORM, "X-Api-Key": "c2VjcmV0"}
    send(box, "POST", f"{box.origin}/x?api_key=c2VjcmV0&q=1", headers, "password=c2VjcmV0&x=1")
    said = last(box)
    assert "c2VjcmV0" not in json.dumps(said)
    assert said["url"].endswith("/x?api_key=***&q=1")
    assert (said["body"], dict(said["headers"])["authorization"]) == ("password=***&x=1", "Basic ***")
    send(box, "POST", box.open_url, {"Content-Type": "application/json"}, '{"password": "c2VjcmV0"}')
    assert "c2VjcmV0" not in last(box)["body"]
    token = box.issue_token()
    parameters = {"oauth_consumer_key": box.client.client_id, "oauth_token": token.token, "oauth_nonce": "1"}
    send(box, "POST", box.open_url, {"Authorization": header(parameters, "x")}, f"it is {box.client.client_secret}!")
    assert last(box)["body"] == "it is ***!"


def test_a_base_string_of_a_client_is_masked(box: ProviderBox) -> None:
    send(box, "GET", box.echo_url, {"OAuth-Base-String": "GET&http%3A%2F%2Fa&password%3Dc2VjcmV0"})
    assert last(box)["client_base_string"] == "GET&http%3A%2F%2Fa&password%3D***"
    assert "c2VjcmV0" in last(box, reveal=True)["client_base_string"]


def test_a_body_is_shown_to_its_first_part(box: ProviderBox) -> None:
    send(box, "POST", box.open_url, {}, b"\xff" + b"a" * 10_000)
    assert last(box)["body"].startswith("\ufffdaaa")
    assert last(box)["body"].endswith("\n… 1809 more bytes")


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_the_request_as_curl_is_the_same_request(box: ProviderBox) -> None:
    """The answer is about the nonce, which is used: all else is as it was."""
    Request(box, query=[("q", "it's")], form=[("c", "ü")]).send()
    first = box.requests[-1]
    subprocess.run(as_curl(first), shell=True, check=True, capture_output=True, timeout=20)
    second = box.requests[-1]
    assert (second.method, second.url, second.body) == (first.method, first.url, first.body)
    assert second.refused is not None
    assert second.refused.problem == "nonce_used"


WORDS = st.sampled_from(
    ["oauth_signature", "oauth_consumer_key", "OAuth", "PLAINTEXT", "=", "&", ",", '"', "%", "%zz", "?"]
)
TEXTS = st.lists(WORDS | st.text(st.characters(max_codepoint=255), max_size=5), max_size=8).map("".join)
TARGETS = TEXTS.map(lambda text: "".join(char for char in text if 32 < ord(char) < 127 and char not in "#?\\"))


@given(
    method=st.sampled_from(["GET", "POST"]), query=TARGETS, header=TEXTS, content_type=st.sampled_from([FORM, "a/b"]),
    body=st.binary(max_size=40), theirs=TEXTS,
)  # fmt: skip
def test_no_request_spoils_the_list(
    shared_box: ProviderBox, method: str, query: str, header: str, content_type: str, body: bytes, theirs: str
) -> None:
    """Whatever a client sends, it can be shown, whether it was refused or not."""
    headers = [("authorization", header), ("content-type", content_type), ("oauth-base-string", theirs)]
    request = IncomingRequest.from_url(method, f"http://a.example/?{query}", headers, body)
    got = Received(request, tuple(headers), "1.1", status=200, answer=((), body))
    error = VerificationError(401, "signature_invalid", "wrong")
    for one in (got, got._replace(refusal=Refusal(error, None), status=401)):
        for reveal in (False, True):
            assert json.dumps(details(shared_box, one, reveal=reveal))
        assert as_curl(one)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"password=hidden-1&p%61ssword=hid%64en-2&a=shown", FORM),
        (b"password=hidden-1\nhidden-3&a=shown", FORM),
        (
            b'--b\r\nContent-Disposition: form-data; name="password"\r\n\r\nhidden-4\r\n--b--\r\n',
            "multipart/form-data; boundary=b",
        ),
        (b'{"client_secret": "hidden-5"}', "application/json"),
    ],
)
def test_what_may_be_secret_is_shown_neither_in_a_request_nor_in_its_answer(
    box: ProviderBox, body: bytes, kind: str
) -> None:
    """The box repeats the pairs of a query and of a form."""
    headers = {"Content-Type": kind, "Referer": "http://x/?api_key=hidden-6&page=1", "X-Api-Key": "hidden-7"}
    send(box, "POST", f"{box.open_url}?api_key=hidden-8&b=seen", headers, body)
    shown = json.dumps(last(box))
    assert "hidden" not in shown
    assert "hid%64en" not in shown
    assert "seen" in shown
    assert "page=1" in shown
    assert json.dumps(last(box, reveal=True)).count("hidden") > 2


@pytest.mark.parametrize("method", ["PLAINTEXT", "plaintext", "Plain", "HMAC-SHA1"])
def test_the_signature_of_a_misspelt_method_may_be_the_secrets(box: ProviderBox, method: str) -> None:
    signature = f"oauth_consumer_key=x&oauth_signature_method={method}&oauth_signature=the-signature"
    send(box, "GET", f"{box.echo_url}?{signature}")
    assert ("the-signature" in json.dumps(last(box))) is (method == "HMAC-SHA1")


@pytest.mark.parametrize("value", ["hidden", "OAuth hidden", "Bearer hidden", "Basic hidden"])
def test_an_authorization_of_another_kind_is_not_shown(box: ProviderBox, value: str) -> None:
    send(box, "GET", box.echo_url, {"Authorization": value})
    assert "hidden" not in json.dumps(last(box))


@pytest.mark.parametrize("pair", ["a=b", "a=", "a"])
def test_many_fields_are_read_once(box: ProviderBox, pair: str) -> None:
    """A client could stop the box with a request if each field took time for all others. This is the largest form."""
    send(box, "POST", box.open_url, {"Content-Type": FORM}, "&".join([pair] * 10_000).encode())
    assert last(box)["verdict"] == "open"
    assert (box.requests[-1].status, len(box.requests[-1].form())) == (200, 10_000)
    send(box, "POST", box.open_url, {"Content-Type": FORM}, "&".join([pair] * 10_001).encode())
    assert len(box.requests) == 1


def test_an_upload_may_have_any_octets(box: ProviderBox) -> None:
    send(box, "POST", box.open_url, {"Content-Type": "image/png"}, b"&" * 20_000)
    assert last(box)["status"] == 200


def test_bodies_with_many_secrets_are_not_shown(box: ProviderBox) -> None:
    for number, shown in ((200, "pin=***&pin=***"), (201, "***")):
        send(box, "POST", box.open_url, {"Content-Type": FORM}, "&".join(f"pin=s{i}" for i in range(number)).encode())
        said = last(box)
        assert said["body"].startswith(shown)
        assert "s199" not in json.dumps(said)
        assert (said["answer"]["body"] == "***") == (number > 200)
        assert "s199" in last(box, reveal=True)["body"]
