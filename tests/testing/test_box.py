"""`ProviderBox` rejects what a strict provider rejects, and reports what it verified."""

import http.client
import socket
import time
from pathlib import Path
from urllib.parse import parse_qsl, quote, urlsplit

import pytest

from oauthone.server import exactly_registered
from oauthone.testing import BoxToken, ProviderBox

from .by_hand import FORM, Answered, Request, base_string, header, hmac_sha1, protocol, send

CALLBACK = "http://127.0.0.1/done?page=1"


def leg(
    box: ProviderBox, url: str, token: str | None, token_secret: str, **changes: str | None
) -> tuple[Answered, dict[str, str]]:
    """Send a request for credentials; return the response and its fields."""
    parameters = protocol(box.client, token, **changes)
    signature = hmac_sha1(base_string("POST", url, parameters.items()), box.client.client_secret, token_secret)
    answered = send(box, "POST", url, {"Authorization": header(parameters, signature)})
    return answered, dict(parse_qsl(answered.text, keep_blank_values=True))


def temporary(box: ProviderBox, callback: str = "oob") -> dict[str, str]:
    answered, fields = leg(box, box.request_token_url, None, "", oauth_callback=callback)
    assert answered.status == 200, answered
    return fields


def exchange(box: ProviderBox, fields: dict[str, str], verifier: str | None, secret: str | None = None) -> Answered:
    token_secret = fields["oauth_token_secret"] if secret is None else secret
    return leg(box, box.access_token_url, fields["oauth_token"], token_secret, oauth_verifier=verifier)[0]


def approved(box: ProviderBox, fields: dict[str, str]) -> str:
    return box.visit(f"{box.authorize_url}?oauth_token={quote(fields['oauth_token'], safe='')}")


# --- protected resources ----------------------------------------------------------------------------------------------


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


def test_a_request_without_credentials(box: ProviderBox) -> None:
    refused = send(box, "GET", box.echo_url)
    assert (refused.status, refused.json["problem"]) == (401, "parameter_absent")
    assert refused.headers["www-authenticate"] == 'OAuth realm="Box"'
    assert refused.headers["cache-control"] == "no-store"
    assert refused.json["base_string"] is None


@pytest.mark.seen_in("python-oauth2#160")
def test_a_replay(box: ProviderBox) -> None:
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
def test_a_timestamp_of_another_time(box: ProviderBox, seconds: int) -> None:
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
def test_parameters_that_are_wrong(box: ProviderBox, changes: dict[str, str | None], status: int, problem: str) -> None:
    refused = Request(box, body="text", content_type="text/plain", **changes).send()
    assert (refused.status, refused.json["problem"]) == (status, problem)


def test_the_token_of_another_client(box: ProviderBox) -> None:
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
def test_headers_that_are_malformed(box: ProviderBox, name: str, value: str, status: int) -> None:
    assert send(box, "GET", box.echo_url, {name: value}).status == status


def test_parameters_in_two_places(box: ProviderBox) -> None:
    one = Request(box, query=[("oauth_verifier", "v")])
    refused = one.send()
    assert (refused.status, refused.json["problem"]) == (400, "parameter_rejected")
    assert box.requests[0].oauth_parameters() == ["oauth_verifier", "authorization"]


def test_two_legged_requests(box: ProviderBox) -> None:
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


def test_a_flaky_resource(box: ProviderBox) -> None:
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


def test_a_slow_resource(box: ProviderBox) -> None:
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


def test_open_resources(box: ProviderBox) -> None:
    """They verify nothing, on both origins, and record what arrived."""
    for url in (box.open_url, f"{box.open_url}/deeper", box.other_url):
        assert send(box, "POST", f"{url}?oauth_token=x", body="a=1").json["url"] == f"{url}?oauth_token=x"
        assert box.requests[-1].verified is None
        assert box.requests[-1].oauth_parameters() == ["oauth_token"]
    assert box.other_origin != box.origin


def test_whose_resources_a_token_opens(box: ProviderBox) -> None:
    client = box.clients["HMAC-SHA1"]
    assert Request(box, token=box.issue_token(client, "bob")).send().json["user"] == "bob"
    assert len({box.issue_token() for _ in range(3)}) == 3


# --- the three legs ---------------------------------------------------------------------------------------------------


def test_the_three_legs(box: ProviderBox) -> None:
    fields = temporary(box, CALLBACK)
    assert list(fields) == ["oauth_token", "oauth_token_secret", "oauth_callback_confirmed"]
    address = approved(box, fields)
    assert address.startswith(f"{CALLBACK}&oauth_token=")
    answered = exchange(box, fields, dict(parse_qsl(urlsplit(address).query))["oauth_verifier"])
    assert answered.status == 200
    assert answered.headers["cache-control"] == "no-store"
    token = dict(parse_qsl(answered.text))
    assert Request(box, token=BoxToken(token["oauth_token"], token["oauth_token_secret"])).send().status == 200


@pytest.mark.seen_in("flask-dance#52")
def test_the_secret_of_the_temporary_token_counts(box: ProviderBox) -> None:
    """It has to sign the exchange: an empty secret and another one are rejected."""
    fields = temporary(box)
    code = approved(box, fields)
    for secret in ("", "other", box.client.client_secret):
        refused = exchange(box, fields, code, secret)
        assert (refused.status, refused.text) == (401, "oauth_problem=signature_invalid")
        assert refused.headers["www-authenticate"] == 'OAuth realm="Box"'
    assert "empty token secret" in (box.requests[2].difference or "")
    assert exchange(box, fields, code).status == 200


@pytest.mark.parametrize(("verifier", "status"), [(None, 400), ("", 400), ("WRONG", 401)])
def test_the_verifier_counts(box: ProviderBox, verifier: str | None, status: int) -> None:
    fields = temporary(box)
    code = approved(box, fields)
    assert exchange(box, fields, verifier).status == status
    assert exchange(box, fields, code).status == 200


def test_five_wrong_verifiers_are_the_end(box: ProviderBox) -> None:
    fields = temporary(box)
    code = approved(box, fields)
    for _ in range(5):
        assert exchange(box, fields, "WRONG").status == 401
    assert exchange(box, fields, code).status == 401


def test_an_exchange_before_the_decision(box: ProviderBox) -> None:
    refused = exchange(box, temporary(box), "v")
    assert (refused.status, refused.text) == (401, "oauth_problem=permission_unknown")


def test_temporary_credentials_are_exchanged_once(box: ProviderBox) -> None:
    fields = temporary(box)
    code = approved(box, fields)
    assert [exchange(box, fields, code).status for _ in range(2)] == [200, 401]


def test_tokens_are_good_for_their_own_step(box: ProviderBox) -> None:
    """A temporary token opens no resource, and an issued token cannot be exchanged."""
    fields = temporary(box)
    pending = BoxToken(fields["oauth_token"], fields["oauth_token_secret"])
    assert Request(box, token=pending).send().status == 401
    issued = box.issue_token()
    assert leg(box, box.access_token_url, issued.token, issued.token_secret, oauth_verifier="v")[0].status == 401


@pytest.mark.parametrize(
    "callback", [None, "", "javascript:alert(1)", "/done", "http://user@127.0.0.1/", "http://a/ b"]
)
@pytest.mark.seen_in("rauth#66")
@pytest.mark.seen_in("python-oauth2#10")
def test_a_callback_is_needed(box: ProviderBox, callback: str | None) -> None:
    """The first leg has to name a well-formed callback, or ``oob``."""
    assert leg(box, box.request_token_url, None, "", oauth_callback=callback)[0].status == 400


def test_a_token_has_no_place_in_the_first_leg(box: ProviderBox) -> None:
    token = box.issue_token()
    changes = {"oauth_callback": "oob"}
    assert leg(box, box.request_token_url, token.token, token.token_secret, **changes)[0].status == 400


def test_the_resource_owner_refuses(box: ProviderBox) -> None:
    box.decision = "deny"
    fields = temporary(box, CALLBACK)
    query = dict(parse_qsl(urlsplit(approved(box, fields)).query))
    assert query == {"page": "1", "oauth_token": fields["oauth_token"], "oauth_problem": "user_refused"}
    assert exchange(box, fields, "v").status == 401
    assert approved(box, temporary(box)) == ""


def test_an_authorization_page_that_leads_nowhere(box: ProviderBox) -> None:
    fields = temporary(box)
    assert exchange(box, fields, approved(box, fields)).status == 200
    with pytest.raises(ValueError, match="answered 400"):
        approved(box, fields)
    with pytest.raises(ValueError, match="<h1>"):
        box.visit(f"{box.authorize_url}?oauth_token=%3Cb%3E")
    with pytest.raises(ValueError, match="answered 400"):
        box.visit(box.authorize_url)


# --- a box of one's own -----------------------------------------------------------------------------------------------


def test_a_box_takes_settings() -> None:
    """Clock, window, resource owner, body hash and the rule for callbacks."""
    with ProviderBox(
        window=10, user="bob", body_hash="required", callback_rule=exactly_registered, clock=lambda: 1_700_000_000.0
    ) as box:
        right = {"oauth_timestamp": "1700000010"}
        assert Request(box, **right).send().json["user"] == "bob"
        assert Request(box, oauth_timestamp="1700000011").send().status == 401
        assert Request(box, body="text", content_type="text/plain", **right).send().status == 400
        refused = leg(box, box.request_token_url, None, "", oauth_callback=CALLBACK, **right)[0]
        assert (refused.status, refused.text) == (400, "oauth_problem=parameter_rejected")


def test_two_boxes_know_nothing_of_each_other(box: ProviderBox) -> None:
    with ProviderBox(odd_values=True) as other:
        assert other.client.client_id == box.client.client_id
        assert other.client.client_secret != box.client.client_secret
        one = Request(box)
        one.box, one.url, one.uri = other, one.url.replace(box.origin, other.origin), other.origin + "/echo"
        assert one.send().status == 401
        assert (len(box.requests), len(other.requests)) == (0, 1)


def opened_and_failed(box: ProviderBox) -> None:
    with box:
        assert Path(box.ca_file or "").exists()
        raise KeyError("of the test")


def test_nothing_is_left_when_it_stops() -> None:
    """Both sockets are closed and the certificate is deleted, even if the block ends with an exception."""
    stopped = ProviderBox(tls=True)
    with pytest.raises(KeyError, match="of the test"):
        opened_and_failed(stopped)
    assert stopped.ca_file is not None
    assert not Path(stopped.ca_file).parent.exists()
    for origin in (stopped.origin, stopped.other_origin):
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", urlsplit(origin).port or 0))


def test_it_listens_on_loopback_alone(box: ProviderBox) -> None:
    assert {urlsplit(origin).hostname for origin in (box.origin, box.other_origin)} == {"127.0.0.1"}
    assert box.ca_file is None


def test_its_port_can_be_chosen() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with ProviderBox(port=port) as box:
        assert box.origin == f"http://127.0.0.1:{port}"
        assert Request(box).send().status == 200


def test_nothing_secret_is_shown(box: ProviderBox) -> None:
    token = box.issue_token()
    Request(box, token=token).send()
    shown = repr([token, box.clients, box.requests])
    secrets = [client.client_secret for client in box.clients.values() if client.client_secret]
    assert [secret for secret in [token.token_secret, *secrets] if secret in shown] == []
    assert "PRIVATE KEY" not in shown
    assert token.token in shown
    assert f"Received(POST {box.echo_url}, refused=None" in shown


def test_there_is_a_client_for_each_signature_method(box: ProviderBox) -> None:
    assert list(box.clients) == [
        "HMAC-SHA1", "HMAC-SHA256", "HMAC-SHA512", "RSA-SHA1", "RSA-SHA256", "RSA-SHA512", "PLAINTEXT",
    ]  # fmt: skip
    for method, client in box.clients.items():
        credentials = client.credentials()
        assert (credentials["signature_method"], credentials["client_id"]) == (method, client.client_id)
        assert (credentials["rsa_key"] is None) == (not method.startswith("RSA"))
        assert (credentials["client_secret"] is None) == method.startswith("RSA")
    assert box.client is box.clients["HMAC-SHA1"]
