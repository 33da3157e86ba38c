"""The protected resources of a box: what they accept, what they say, and what they reject."""

import http.client
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest

from oauthone.testing import ProviderBox

from .by_hand import FORM, Request, header, send


def test_what_was_verified_is_said(box: ProviderBox) -> None:
    one = Request(box, query=[("q", "é b")], form=[("f", "1")], realm="Photos", oauth_version="1.0")
    answered = one.send()
    assert answered.status == 200
    assert answered.headers["cache-control"] == "private"
    said = answered.json
    assert (said["method"], said["url"], said["http_version"]) == ("POST", one.url, "1.1")
    assert (said["client_id"], said["token"], said["user"]) == (box.client.client_id, one.token.token, "alice")
    assert (said["placement"], said["realm"], said["content_type"]) == ("HEADER", "Photos", FORM)
    assert (said["query"], said["form"]) == ([["q", "é b"]], [["f", "1"]])
    assert said["oauth"] == one.protocol
    assert said["body_length"] == 3
    (received,) = box.requests
    assert received.verified is not None
    assert received.refused is None
    assert received.header("AUTHORIZATION") is not None
    assert received.header("x-none") is None
    assert (received.query(), received.form()) == ([(b"q", "é b".encode())], [(b"f", b"1")])
    assert received.oauth_parameters() == ["authorization"]


def test_octets_that_are_no_text_are_said(box: ProviderBox) -> None:
    answered = send(box, "POST", f"{box.open_url}?a=%FF", {"Content-Type": FORM}, b"b=%FE")
    assert (answered.json["query"], answered.json["form"]) == ([["a", "\\xff"]], [["b", "\\xfe"]])


def test_a_request_without_credentials_is_rejected_with_a_challenge(box: ProviderBox) -> None:
    refused = send(box, "GET", box.echo_url)
    assert (refused.status, refused.json["problem"]) == (401, "parameter_absent")
    assert refused.headers["www-authenticate"] == 'OAuth realm="Box"'
    assert refused.headers["cache-control"] == "no-store"
    assert refused.json["base_string"] is None


@pytest.mark.seen_in("python-oauth2#160")
def test_a_replay_is_rejected(box: ProviderBox) -> None:
    """The same request is accepted once, and no other request with its nonce."""
    one = Request(box)
    assert one.send().status == 200
    for again in (one, Request(box, token=one.token, method="GET", oauth_nonce=one.protocol["oauth_nonce"])):
        again.protocol["oauth_timestamp"] = one.protocol["oauth_timestamp"]
        refused = again.send()
        assert (refused.status, refused.json["problem"]) == (401, "nonce_used")
    assert [received.verified is not None for received in box.requests] == [True, False, False]


def test_a_forged_request_uses_up_no_nonce(box: ProviderBox) -> None:
    one = Request(box)
    assert one.send("forged").status == 401
    assert one.send().status == 200


@pytest.mark.parametrize("seconds", [-301, 302, -(10**8), 10**8])
def test_a_timestamp_of_another_time_is_rejected(box: ProviderBox, seconds: int) -> None:
    refused = Request(box, oauth_timestamp=str(int(time.time()) + seconds)).send()
    assert (refused.status, refused.json["problem"]) == (401, "timestamp_refused")


@pytest.mark.parametrize(
    ("changes", "status", "problem"),
    [
        ({"oauth_timestamp": "0"}, 400, "timestamp_refused"),
        ({"oauth_timestamp": "1e9"}, 400, "timestamp_refused"),
        ({"oauth_timestamp": None}, 400, "parameter_absent"),
        ({"oauth_nonce": None}, 400, "parameter_absent"),
        ({"oauth_consumer_key": None}, 400, "parameter_absent"),
        ({"oauth_token": None}, 400, "parameter_absent"),
        ({"oauth_token": ""}, 400, "parameter_absent"),
        ({"oauth_version": "2.0"}, 400, "version_rejected"),
        ({"oauth_signature_method": "HMAC-MD5"}, 400, "signature_method_rejected"),
        ({"oauth_signature_method": "HMAC-SHA256"}, 401, "signature_invalid"),
        ({"oauth_signature_method": "PLAINTEXT"}, 401, "signature_invalid"),
        ({"oauth_body_hash": "d3Jvbmc="}, 401, "signature_invalid"),
        ({"oauth_token": "nothing"}, 401, "signature_invalid"),
        ({"oauth_consumer_key": "nobody"}, 401, "signature_invalid"),
    ],
    ids=str,
)
def test_a_wrong_parameter_is_rejected_with_its_problem(
    box: ProviderBox, changes: dict[str, str | None], status: int, problem: str
) -> None:
    refused = Request(box, body="text", content_type="text/plain", **changes).send()
    assert (refused.status, refused.json["problem"]) == (status, problem)


def test_the_token_of_another_client_is_rejected(box: ProviderBox) -> None:
    token = box.issue_token(box.clients["HMAC-SHA256"])
    assert Request(box, token=token).send().status == 401


@pytest.mark.parametrize(
    ("name", "value", "status"),
    [
        ("Authorization", "", 401),
        ("Authorization", "Bearer x", 401),
        ("Authorization", "OAuth", 400),
        ("Authorization", "OAuth oauth_nonce", 400),
        ("Authorization", 'OAuth oauth_nonce="a", oauth_nonce="a"', 400),
        ("Authorization", 'OAuth oauth_nonce="%ff"', 400),
        ("Authorization", "OAuth " + "x" * 20_000, 400),
    ],
    ids=lambda value: str(value)[:40],
)
@pytest.mark.seen_in("hypothesis/lms#136")
def test_a_malformed_header_is_rejected(box: ProviderBox, name: str, value: str, status: int) -> None:
    assert send(box, "GET", box.echo_url, {name: value}).status == status


def test_parameters_in_two_places_are_rejected(box: ProviderBox) -> None:
    one = Request(box, query=[("oauth_verifier", "v")])
    refused = one.send()
    assert (refused.status, refused.json["problem"]) == (400, "parameter_rejected")
    assert box.requests[0].oauth_parameters() == ["oauth_verifier", "authorization"]


def test_two_legged_requests_need_no_token_but_no_wrong_one(box: ProviderBox) -> None:
    """A token is optional at one resource, but a wrong one is rejected there too."""
    one = Request(box, "/two-legged", oauth_token=None)
    answered = one.send(one.signature(token_secret=""))
    assert (answered.status, answered.json["token"], answered.json["user"]) == (200, None, None)
    assert Request(box, "/two-legged/deeper").send().json["user"] == "alice"
    assert Request(box, "/two-legged").send("wrong").status == 401


def test_a_redirect_is_for_those_who_signed(box: ProviderBox) -> None:
    url = box.redirect_url("/x?y=é", 307)
    assert send(box, "GET", url).status == 401
    assert "location" not in send(box, "GET", url).headers
    one = Request(box, "/redirect", query=[("status", "308"), ("to", box.other_url)])
    answered = one.send()
    assert (answered.status, answered.headers["location"]) == (308, box.other_url)
    plain = Request(box, "/redirect").send()
    assert (plain.status, plain.headers["location"]) == (302, "/")


def test_a_flaky_resource_fails_for_the_first_attempts(box: ProviderBox) -> None:
    """It verifies all attempts, fails the first ones, and counts each key separately."""

    def attempt(key: str, **more: str) -> int:
        return Request(box, "/flaky", query=[("key", key), *more.items()]).send().status

    assert [attempt("a", failures="2", status="429") for _ in range(4)] == [429, 429, 200, 200]
    assert [attempt("b") for _ in range(2)] == [503, 200]
    assert send(box, "GET", box.flaky_url("c")).status == 401
    assert box.attempts == {**box.attempts, "a": 4, "b": 2}
    assert "c" not in box.attempts


@pytest.mark.parametrize(
    ("path", "query"),
    [
        *(("/redirect", ("status", one)) for one in ("x", "", "99999", "199", "100", "-1", "nan", "inf", "9" * 5000)),
        *(("/redirect", ("to", one)) for one in ("€", "a\r\nX: y", " a", "a ", "\x00", "\x7f")),
        *(("/slow", ("seconds", one)) for one in ("x", "", "-1", "nan", "inf", "1e9")),
        *(("/flaky", ("failures", one)) for one in ("x", "", "-1", "nan")),
        *(("/flaky", ("status", one)) for one in ("x", "", "100", "1000")),
    ],
)
def test_a_query_that_asks_for_the_impossible(box: ProviderBox, path: str, query: tuple[str, str]) -> None:
    """It gets a 400 that names the parameter, and does not count."""
    before = dict(box.attempts)

    refused = Request(box, path, query=[query]).send()

    assert refused.status == 400
    assert f"{query[0]}=" in refused.text
    assert box.attempts == before


@pytest.mark.parametrize("status", [200, 204, 205, 304, 404, 500, 599])
def test_any_status_that_ends_a_request(box: ProviderBox, status: int) -> None:
    flaky = [("status", str(status)), ("key", f"answers {status}")]
    assert Request(box, "/flaky", query=flaky).send().status == status
    assert Request(box, "/redirect", query=[("status", str(status)), ("to", "/é b")]).send().status == status


def test_a_slow_resource_answers_after_its_time(box: ProviderBox) -> None:
    """Its response waits for its time, and another is served meanwhile."""
    one = Request(box, "/slow", query=[("seconds", "30")], method="GET")
    connection = http.client.HTTPConnection(urlsplit(box.origin).netloc, timeout=0.2)
    connection.request("GET", one.url.removeprefix(box.origin), headers={
        "Authorization": header(one.protocol, one.signature())
    })  # fmt: skip
    assert Request(box).send().status == 200
    with pytest.raises(TimeoutError):
        connection.getresponse()
    connection.close()
    assert [received.verified is not None for received in box.requests if received.url == one.url] == [True]
    assert Request(box, "/slow", query=[("seconds", "0")]).send().status == 200
    assert send(box, "GET", box.slow_url(30)).status == 401


def test_open_resources_record_requests_and_verify_nothing(box: ProviderBox) -> None:
    """They verify nothing, on both origins, and record what arrived."""
    for url in (box.open_url, f"{box.open_url}/deeper", box.other_url):
        assert send(box, "POST", f"{url}?oauth_token=x", body="a=1").json["url"] == f"{url}?oauth_token=x"
        assert box.requests[-1].verified is None
        assert box.requests[-1].oauth_parameters() == ["oauth_token"]
    assert box.other_origin != box.origin


def test_a_slow_resource_describes_its_own_request(box: ProviderBox) -> None:
    """Though another one came, or the list was cleared, while it waited."""
    with ThreadPoolExecutor() as pool:
        one = Request(box, "/slow", query=[("seconds", "0.5")])
        slow = pool.submit(one.send)
        while not box.requests:
            time.sleep(0.01)
        Request(box, query=[("other", "1")]).send()
        box.requests.clear()
        assert slow.result().json["url"] == one.url
