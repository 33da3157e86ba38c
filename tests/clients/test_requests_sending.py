"""The requests of `OAuth1Session` and `OAuth1Auth` on the wire, as the provider received and verified them."""

import copy
import io
import pickle
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import requests
from requests.adapters import BaseAdapter, HTTPAdapter
from requests.auth import HTTPBasicAuth
from urllib3.filepost import encode_multipart_formdata

from oauthone.clients.requests import OAuth1Auth, OAuth1Session
from oauthone.core.body import FORM
from oauthone.core.parameters import Placement
from oauthone.errors import SigningError
from oauthone.testing import ProviderBox, Received

from .matrix import COMBINATIONS, METHODS, PLACEMENTS, SAMPLES, nonces, places
from .servers import ScriptedServer, answer, relay

Opener = Callable[..., OAuth1Session]
AuthMaker = Callable[..., OAuth1Auth]

TYPED_FORM = {"Content-Type": FORM}


def chunks() -> Iterator[bytes]:
    yield b"first \xff\x00"
    yield b"second"


# --- bodies -----------------------------------------------------------------------------------------------------------

#: Arguments for requests, and the bytes that have to arrive.
FORMS: dict[str, tuple[dict[str, Any], bytes]] = {
    "pairs": ({"data": [("a", "1"), ("a", "2"), ("é b", "ü+&=%"), ("empty", "")]}, (
        b"a=1&a=2&%C3%A9+b=%C3%BC%2B%26%3D%25&empty="
    )),
    "a dict": ({"data": {"q": "x y~*'()!", "n": 7}}, b"q=x+y~%2A%27%28%29%21&n=7"),
    "octets": ({"data": b"b=%zz&a=%ff&a=\xff&c&&=x", "headers": TYPED_FORM}, b"b=%zz&a=%ff&a=\xff&c&&=x"),
    "text": ({"data": "a=1+2&b=é", "headers": TYPED_FORM}, "a=1+2&b=é".encode()),
    "a charset": ({"data": b"a=1&b=2", "headers": {"Content-Type": f"{FORM}; charset=utf-8"}}, b"a=1&b=2"),
    "capitals": ({"data": b"a=1&b=2", "headers": {"Content-Type": "Application/X-WWW-Form-Urlencoded"}}, b"a=1&b=2"),
    "what is no form": ({"data": b'{"a": 1}', "headers": TYPED_FORM}, b'{"a": 1}'),
    "nothing": ({"data": b"", "headers": TYPED_FORM}, b""),
}  # fmt: skip

OTHERS: dict[str, tuple[Callable[[], dict[str, Any]], bytes]] = {
    "JSON": (lambda: {"json": {"a": ["é", 1]}}, b'{"a": ["\\u00e9", 1]}'),
    "octets": (lambda: {"data": bytes(range(256)), "headers": {"Content-Type": "image/png"}}, bytes(range(256))),
    "octets of no type": (lambda: {"data": b"a=1"}, b"a=1"),
    "text": (lambda: {"data": "Grüße =&%", "headers": {"Content-Type": "text/plain"}}, "Grüße =&%".encode()),
    "a file": (
        lambda: {"data": io.BytesIO(b"\xff" * 70_000), "headers": {"Content-Type": "image/png"}},
        b"\xff" * 70_000,
    ),
    "a generator": (lambda: {"data": chunks()}, b"".join(chunks())),
    "nothing": (dict, b""),
}
EMPTY_BODY = OTHERS.pop("nothing")


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "GET"])
@pytest.mark.parametrize("placement", PLACEMENTS)
@pytest.mark.parametrize(("arguments", "sent"), FORMS.values(), ids=FORMS.keys())
@pytest.mark.seen_in("authlib#517")
@pytest.mark.seen_in("authlib#468")
@pytest.mark.seen_in("Insomnia#1854")
@pytest.mark.seen_in("postman#402")
@pytest.mark.seen_in("postman#1838")
@pytest.mark.seen_in("scribejava#286")
@pytest.mark.seen_in("osm-auth#9")
@pytest.mark.seen_in("jersey#3125")
@pytest.mark.seen_in("ruby-oauth#160")
@pytest.mark.seen_in("RESTClient#31")
@pytest.mark.seen_in("rdio/api#11")
@pytest.mark.seen_in("jersey#3185")
@pytest.mark.seen_in("requests-oauth#32")
def test_a_form_is_signed_and_arrives_as_it_was(
    box: ProviderBox, open_session: Opener, method: str, placement: str, arguments: dict[str, Any], sent: bytes
) -> None:
    """A form is part of the signature for every method; its bytes and its Content-Type stay the caller's."""
    response = open_session(box, placement=placement).request(method, box.echo_url, **arguments)
    assert response.ok, response.text
    (received,) = box.requests
    added = received.body.removeprefix(sent)
    assert received.body == sent + added
    assert bool(added) == (placement == "BODY")
    assert added.lstrip(b"&").startswith(b"oauth_") or not added
    assert received.header("content-type") == arguments.get("headers", {}).get("Content-Type", FORM)
    assert received.header("content-length") == (str(len(received.body)) if received.body or method != "GET" else None)
    if placement != "BODY":
        assert response.json()["body_sha256"] == sha256(sent).hexdigest()


def test_a_form_is_covered_by_the_signature(box: ProviderBox, open_session: Opener) -> None:
    """The same request with another byte in its form is rejected."""
    session = open_session(box)
    prepared = session.prepare_request(requests.Request("POST", box.echo_url, data={"a": "1"}))
    signed = session.send(prepared).request
    forged = signed.copy()
    forged.body = "a=2"
    with requests.Session() as plain:
        assert plain.send(forged).json()["problem"] == "signature_invalid"
        forged.body = signed.body
        assert plain.send(forged).json()["problem"] == "nonce_used"


@pytest.mark.parametrize("placement", ["HEADER", "QUERY"])
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
@pytest.mark.parametrize(("arguments", "sent"), [*OTHERS.values(), EMPTY_BODY], ids=[*OTHERS, "nothing"])
@pytest.mark.seen_in("authlib#543")
@pytest.mark.seen_in("rauth#66")
@pytest.mark.seen_in("rauth#44")
@pytest.mark.seen_in("rauth#46")
@pytest.mark.seen_in("superagent-oauth#13")
@pytest.mark.seen_in("mashape-oauth#14")
@pytest.mark.seen_in("tumblr/docs#72")
@pytest.mark.seen_in("twurl#67")
def test_another_body_arrives_as_it_was(
    box: ProviderBox,
    open_session: Opener,
    placement: str,
    method: str,
    arguments: Callable[[], dict[str, Any]],
    sent: bytes,
) -> None:
    """A body that is not a form is neither read nor labelled nor signed: bytes and type are the caller's."""
    response = open_session(box, placement=placement).request(method, box.echo_url, **arguments())
    assert response.ok, response.text
    (received,) = box.requests
    assert received.body == sent
    with requests.Session() as plain:
        plain.request(method, box.open_url, **arguments())
    assert received.header("content-type") == box.requests[-1].header("content-type")
    assert received.header("transfer-encoding") == box.requests[-1].header("transfer-encoding")


@pytest.mark.parametrize("placement", ["HEADER", "QUERY"])
@pytest.mark.seen_in("requests-oauthlib#40")
@pytest.mark.seen_in("requests-oauthlib#258")
@pytest.mark.seen_in("oauthlib#327")
@pytest.mark.seen_in("oauthlib#403")
@pytest.mark.seen_in("openphoto-python#72")
@pytest.mark.seen_in("frappe#12968")
@pytest.mark.parametrize("body_hash", ["never", "auto"])
def test_files_arrive_as_they_were(
    box: ProviderBox, open_session: Opener, tmp_path: Path, placement: str, body_hash: str
) -> None:
    """A multipart body is never decoded, and its fields are not signed."""
    path = tmp_path / "photo é.png"
    path.write_bytes(bytes(range(256)) * 500)
    session = open_session(box, placement=placement, body_hash=body_hash)
    with path.open("rb") as file:
        response = session.post(
            box.echo_url, data={"title": "é", "a": "1"}, files={"photo": ("p.png", file, "image/png")}
        )
    assert response.ok, response.text
    (received,) = box.requests
    content_type = received.header("content-type") or ""
    boundary = content_type.partition("boundary=")[2]
    fields = [("title", "é"), ("a", "1"), ("photo", ("p.png", path.read_bytes(), "image/png"))]
    expected, expected_type = encode_multipart_formdata(fields, boundary)
    assert (received.body, content_type) == (expected, expected_type)


@pytest.mark.parametrize(("arguments", "sent"), OTHERS.values(), ids=OTHERS.keys())
def test_the_body_cannot_carry_parameters_where_it_is_no_form(
    box: ProviderBox, open_session: Opener, arguments: Callable[[], dict[str, Any]], sent: bytes
) -> None:
    """That is an error before anything is sent."""
    with pytest.raises(SigningError, match="signature_type='HEADER'"):
        open_session(box, placement="BODY").post(box.echo_url, **arguments())
    with requests.Session() as plain, pytest.raises(SigningError, match="signature_type='HEADER'"):
        plain.post(box.echo_url, auth=OAuth1Auth("client", "secret", signature_type="BODY"), **arguments())
    assert box.requests == []


def test_the_body_cannot_carry_parameters_beside_files(box: ProviderBox, open_session: Opener) -> None:
    with pytest.raises(SigningError, match="needs a form body"):
        open_session(box, placement="BODY").post(box.echo_url, files={"a": b"1"})
    assert box.requests == []


def test_plaintext_in_a_query_is_refused_at_once() -> None:
    for kind in (OAuth1Session, OAuth1Auth):
        with pytest.raises(SigningError, match="PLAINTEXT in a query"):
            kind("client", "secret", signature_method="PLAINTEXT", signature_type="QUERY")


@pytest.mark.parametrize(("method", "placement"), COMBINATIONS)
def test_a_request_without_a_body(box: ProviderBox, open_session: Opener, method: str, placement: str) -> None:
    """It is signed in every placement. If the body has to carry the parameters, it becomes a form."""
    session = open_session(box, method, placement)
    for verb in ("GET", "POST", "DELETE"):
        assert session.request(verb, f"{box.echo_url}?a=1").ok
        assert box.requests[-1].header("content-type") == (FORM if placement == "BODY" else None)
        assert list(places(box.requests[-1])) == [placement]
    assert session.head(box.echo_url).ok
    assert session.options(box.echo_url).ok


@pytest.mark.parametrize("placement", PLACEMENTS)
@pytest.mark.parametrize("verb", ["GET", "HEAD"])
@pytest.mark.seen_in("requests-oauthlib#329")
@pytest.mark.seen_in("bitbucket-sync#1")
@pytest.mark.seen_in("maxcdn#8")
def test_a_form_header_without_a_form(box: ProviderBox, open_session: Opener, verb: str, placement: str) -> None:
    """A GET with only a form's Content-Type is signed and sent, and so is one with a form."""
    session = open_session(box, placement=placement)
    assert session.request(verb, box.echo_url, headers=TYPED_FORM).ok
    assert session.request(verb, box.echo_url, data={"a": "1"}).ok
    assert box.requests[1].body.startswith(b"a=1")
    assert len(nonces(box.requests)) == 2


# --- body hashes ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def shared_hashing_box() -> Iterator[ProviderBox]:
    with ProviderBox(body_hash="required", odd_values=True) as box:
        yield box


@pytest.fixture
def hashing_box(shared_hashing_box: ProviderBox) -> ProviderBox:
    """A provider that requires an ``oauth_body_hash`` for every body that is not a form."""
    shared_hashing_box.requests.clear()
    return shared_hashing_box


HASHED = {name: case for name, case in OTHERS.items() if name != "a generator"}


@pytest.mark.parametrize(
    "option", [{"body_hash": "auto"}, {"force_include_body": True}, {"body_hash": "always"}], ids=str
)
@pytest.mark.parametrize(("arguments", "sent"), HASHED.values(), ids=HASHED.keys())
@pytest.mark.parametrize(("method", "placement"), [("HMAC-SHA1", "HEADER"), ("RSA-SHA256", "QUERY")])
@pytest.mark.seen_in("authlib#329")
@pytest.mark.seen_in("oauth-1.0a#43")
@pytest.mark.seen_in("oauth-1.0a#65")
@pytest.mark.seen_in("oauth-1.0a#57")
@pytest.mark.seen_in("request#2792")
@pytest.mark.seen_in("axios-oauth#32")
@pytest.mark.seen_in("basiclti-java#3")
@pytest.mark.seen_in("basiclti-java#20")
@pytest.mark.seen_in("edx#13454")
@pytest.mark.seen_in("oauth1-signer-java#33")
def test_a_body_hash_covers_the_body(
    hashing_box: ProviderBox,
    open_session: Opener,
    method: str,
    placement: str,
    option: dict[str, Any],
    arguments: Callable[[], dict[str, Any]],
    sent: bytes,
) -> None:
    """The digest covers the sent bytes, occurs once, and is in the base string. A file is rewound."""
    session = open_session(hashing_box, method, placement, **option)
    response = session.post(hashing_box.echo_url, **arguments())
    assert response.ok, response.text
    (received,) = hashing_box.requests
    assert received.body == sent
    assert places(received)[placement].count("oauth_body_hash") == 1


def test_the_published_body_hash(hashing_box: ProviderBox, open_session: Opener) -> None:
    """The digest of a known body is the known one, in plain base64."""
    response = open_session(hashing_box, body_hash="auto").post(hashing_box.echo_url, data=b"Hello World!")
    assert response.json()["oauth"]["oauth_body_hash"] == "Lve95gjOVATpfV8EL5X4nxwjKHE="


@pytest.mark.parametrize("policy", ["never", "auto", "always"])
@pytest.mark.seen_in("oauth1-signer-java#5")
@pytest.mark.seen_in("python-oauth2#58")
def test_when_there_is_a_body_hash(box: ProviderBox, open_session: Opener, policy: str) -> None:
    """``never`` adds none, ``auto`` adds one for a body, ``always`` also for an empty one. A form never has one."""
    session = open_session(box, body_hash=policy)
    session.post(box.echo_url, data=b"text")
    session.get(box.echo_url)
    session.post(box.echo_url, data={"a": "1"})
    session.post(box.echo_url, headers=TYPED_FORM)
    nonces(box.requests)
    found = ["oauth_body_hash" in places(received)["HEADER"] for received in box.requests]
    assert found == [policy != "never", policy == "always", False, False]
    if policy == "always":
        assert box.requests[1].verified is not None
        assert box.requests[1].verified.parameters["oauth_body_hash"] == "2jmj7l5rSw0yVb/vlWAYkK/YBwk="


def test_the_hash_is_the_one_of_the_signature_method(hashing_box: ProviderBox, open_session: Opener) -> None:
    lengths = {"HMAC-SHA1": 28, "HMAC-SHA256": 44, "HMAC-SHA512": 88, "RSA-SHA512": 88, "PLAINTEXT": 28}
    for method, length in lengths.items():
        response = open_session(hashing_box, method, body_hash="auto").post(hashing_box.echo_url, json=1)
        assert len(response.json()["oauth"]["oauth_body_hash"]) == length


def test_without_a_body_hash_where_one_is_wanted(hashing_box: ProviderBox, open_session: Opener) -> None:
    assert open_session(hashing_box).post(hashing_box.echo_url, json=1).status_code == 400
    assert open_session(hashing_box).post(hashing_box.echo_url, data={"a": "1"}).ok


def test_a_body_that_can_be_read_once_has_no_hash(box: ProviderBox, open_session: Opener) -> None:
    """It is an error before anything is sent, and so is such a form."""
    with pytest.raises(SigningError, match="body_hash='never'"):
        open_session(box, body_hash="auto").post(box.echo_url, data=chunks())
    with pytest.raises(SigningError, match="covers a form body"):
        open_session(box).post(box.echo_url, data=chunks(), headers=TYPED_FORM)
    assert box.requests == []


@pytest.mark.parametrize("options", [{}, {"body_hash": "auto"}], ids=str)
def test_a_file_is_sent_from_where_it_stands(box: ProviderBox, open_session: Opener, options: dict[str, Any]) -> None:
    file = io.BytesIO(b"skipped sent")
    file.seek(8)
    assert open_session(box, **options).post(box.echo_url, data=file).ok
    assert box.requests[-1].body == b"sent"
    form = io.BytesIO(b"skip&a=1&b=2")
    form.seek(5)
    assert open_session(box).post(box.echo_url, data=form, headers=TYPED_FORM).ok
    assert box.requests[-1].form() == [(b"a", b"1"), (b"b", b"2")]


# --- URLs -------------------------------------------------------------------------------------------------------------

URLS = [
    "/echo?$top=1&$filter=name eq 'x'",
    "/echo?filter[a][0]=1&filter[a][1]=2",
    '/echo?q={"a":[1,"|"]}',
    "/echo?q=100%&r=%F0&s=%zz&t=%",
    "/echo?q=%FF&r=%fe",
    "/echo?q=a+b&r=a%20b&s=a%2Bb",
    "/echo?q=é&ü=한",
    "/echo?a=&b&=c&&d==",
    "/echo?a=2&a=1&a=1&a-b=0",
    "/echo?realm=x",
    "/echo?q=#!*(),:/@;",
    "/echo?a;b=c;d",
    "/echo?",
    "/echo#fragment",
    "/echo?a=1#fragment?b=2",
    "/echo?callback=http://127.0.0.1/?x=%26",
    "/a b/é/%E9/%2f/~user/;v=1/%7Euser",
    "/a//b///c/",
    "//echo",
    "/a/./b/../c",
    "/[x]/{y}/|z|/^`\\",
    "/%20/100%/%zz",
    "",
    "?a=1",
    "/echo?a=%2541&b=%26%3D",
    "/echo?q=%e2%82%ac&r=%7e%2d",
    "/echo?" + "&".join(f"p{number}=v%20{number}" for number in range(200)),
]


@pytest.mark.parametrize("target", URLS)
@pytest.mark.parametrize("placement", PLACEMENTS)
@pytest.mark.seen_in("oauthlib#563")
@pytest.mark.seen_in("oauthlib#304")
@pytest.mark.seen_in("oauthlib#404")
@pytest.mark.seen_in("requests-oauth#45")
@pytest.mark.seen_in("oauthlib#662")
@pytest.mark.seen_in("oauthlib#83")
@pytest.mark.seen_in("oauthlib#650")
@pytest.mark.seen_in("oauthlib#651")
@pytest.mark.seen_in("oauth1-client#24")
@pytest.mark.seen_in("oauth1-client#39")
@pytest.mark.seen_in("oauth-1.0a#49")
@pytest.mark.seen_in("request#1177")
@pytest.mark.seen_in("request#2734")
@pytest.mark.seen_in("PHPoAuthLib#596")
@pytest.mark.seen_in("mautic#6443")
@pytest.mark.seen_in("tumblr.js#30")
@pytest.mark.seen_in("pytumblr#32")
@pytest.mark.seen_in("oauth-1.0a#26")
@pytest.mark.seen_in("signet#173")
@pytest.mark.seen_in("request#612")
@pytest.mark.seen_in("postman#404")
@pytest.mark.seen_in("postman#1874")
@pytest.mark.seen_in("PHPoAuthLib#559")
@pytest.mark.seen_in("aioauth-client#118")
@pytest.mark.seen_in("insomnia-plugin-mastercard#13")
@pytest.mark.seen_in("liboauthcpp#20")
def test_every_url_that_requests_sends_is_signed_as_it_is_sent(
    box: ProviderBox, open_session: Opener, target: str, placement: str
) -> None:
    """Path and query are sent exactly as requests sends them unsigned, and the signature matches."""
    response = open_session(box, placement=placement).get(box.origin + target)
    assert response.ok, response.text
    with requests.Session() as plain:
        plain.get(box.origin + target)
    signed, unsigned = (received.url for received in box.requests)
    if placement == "QUERY":
        unsigned, signed = unsigned.rstrip("?&"), signed[: signed.index("oauth_consumer_key") - 1]
    assert signed == unsigned


RAW_TARGETS = [
    "/echo?q=100%&r=%F0&s=%zz&t=%",
    "/%2f/%e9/echo?a=%2f",
    '/a[1]/b|c/é?f[a]=é|{}"<>^`\\',
    "/100%/echo",
    "/a/./b/../c?d=/../",
]


def test_a_url_that_cannot_be_sent(box: ProviderBox, open_session: Opener) -> None:
    """requests raises its own error, as without us."""
    session = open_session(box)
    prepared = session.prepare_request(requests.Request("GET", box.echo_url))
    prepared.url = "http://127.0.0.1:99999999/[x]"
    with pytest.raises(requests.exceptions.InvalidURL):
        session.send(prepared)


@pytest.mark.parametrize("target", RAW_TARGETS)
@pytest.mark.parametrize("placement", PLACEMENTS)
def test_a_url_that_is_put_into_a_prepared_request(
    box: ProviderBox, open_session: Opener, target: str, placement: str
) -> None:
    """The signature covers what requests and urllib3 send for it."""
    session = open_session(box, placement=placement)
    prepared = session.prepare_request(requests.Request("GET", box.echo_url))
    prepared.url = box.origin + target
    response = session.send(prepared)
    assert response.ok, response.text


@pytest.mark.parametrize(
    "data", [{"searchCriteria[a][0]": "x[y]"}, {"a": ["2", "1"]}, {"empty": [""], "none": None}], ids=str
)
def test_names_and_lists_in_params_and_forms(box: ProviderBox, open_session: Opener, data: dict[str, Any]) -> None:
    session = open_session(box)
    assert session.get(box.echo_url, params=data).ok
    assert session.post(box.echo_url, params=data, data=data).ok
    assert box.requests[1].query() == box.requests[1].form()


@pytest.mark.seen_in("requests-oauthlib#11")
@pytest.mark.seen_in("oauthlib#96")
def test_values_of_every_kind(box: ProviderBox, open_session: Opener) -> None:
    """Strings, bytes, numbers and None in parameters and forms, including non-ASCII."""
    given: list[tuple[Any, Any]] = [("é", "ü"), (b"b", "é".encode()), ("n", 7), ("f", 1.5), ("t", True)]
    assert open_session(box).post(box.echo_url, params=given, data=given).ok
    assert box.requests[0].form()[0] == ("é".encode(), "ü".encode())


@pytest.mark.parametrize("placement", PLACEMENTS)
@pytest.mark.parametrize("host", ["API.example:80", "api.example", "api.example:8080", "xn--bcher-kva.example"])
@pytest.mark.seen_in("oauthlib#142")
@pytest.mark.seen_in("oauthlib#143")
@pytest.mark.seen_in("connect-auth#28")
def test_a_host_header_supplies_the_authority(
    box: ProviderBox, open_session: Opener, placement: str, host: str
) -> None:
    """The signature covers the caller's Host header."""
    assert open_session(box, placement=placement).get(box.echo_url, headers={"Host": host}).ok
    assert box.requests[0].header("host") == host


def test_a_host_header_in_octets(box: ProviderBox, open_session: Opener) -> None:
    assert open_session(box).get(box.echo_url, headers={"Host": b"api.example"}).ok
    assert open_session(box).post(box.echo_url, data=b"a=1", headers={"Content-Type": FORM.encode()}).ok
    assert box.requests[0].header("host") == "api.example"


@pytest.mark.parametrize("placement", PLACEMENTS)
@pytest.mark.parametrize(
    "origin", ["http://api.example", "http://API.Example:80", "http://api.example:8080", "http://user:pw@api.example"]
)
@pytest.mark.seen_in("scribejava#428")
@pytest.mark.seen_in("TDOAuth#3")
@pytest.mark.seen_in("insomnia-plugin-mastercard#6")
def test_ports_and_user_information(box: ProviderBox, open_session: Opener, placement: str, origin: str) -> None:
    """The signature leaves out the default port and the user information, and keeps another port."""
    with ScriptedServer(relay(box)) as server:
        session = open_session(box, placement=placement)
        session.proxies["http"] = server.origin
        response = session.get(f"{origin}/echo?a=1")
        assert response.ok, response.text
    assert box.requests[0].verified is not None


@pytest.mark.parametrize("placement", PLACEMENTS)
def test_the_brackets_of_an_ipv6_address(box: ProviderBox, open_session: Opener, placement: str) -> None:
    """The base string keeps them, and the port after them."""
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("this machine has no IPv6 loopback")
    with ScriptedServer(relay(box), host="::1") as server:
        response = open_session(box, placement=placement).get(f"{server.origin}/echo?a=1")
        assert response.ok, response.text
    assert (box.requests[0].header("host") or "").startswith("[::1]:")


@pytest.mark.parametrize("placement", PLACEMENTS)
@pytest.mark.parametrize("secret", ["a%2Bb", "a+b", "a=b&c", "é 한", "%", '"', "/+="])
@pytest.mark.seen_in("dghubble#72")
@pytest.mark.seen_in("oauth1-signer-python#35")
@pytest.mark.seen_in("oauth1-signer-java#24")
@pytest.mark.seen_in("AsyncOAuth#21")
@pytest.mark.seen_in("rauth#131")
def test_identifiers_and_secrets_of_every_kind(
    box: ProviderBox, open_session: Opener, placement: str, secret: str
) -> None:
    """Token, token secret and nonce arrive unchanged, with any characters."""
    from oauthone.server import IssuedToken

    box.store.save_token(IssuedToken(f"token {secret}", f"secret {secret}", box.client.client_id, "bob"))
    session = open_session(box, placement=placement, nonce=lambda: f"{placement} {secret}")
    session.token = {"oauth_token": f"token {secret}", "oauth_token_secret": f"secret {secret}"}
    said = session.get(box.echo_url).json()
    assert (said["token"], said["user"]) == (f"token {secret}", "bob")
    assert said["oauth"]["oauth_nonce"] == f"{placement} {secret}"


@pytest.mark.parametrize("realm", [None, "", "Photos", 'a"b\\c', "a, b=c", "https://api.example/x?y=1"])
@pytest.mark.seen_in("python-oauth2#151")
@pytest.mark.seen_in("mrjones/oauth#73")
@pytest.mark.seen_in("oauth-1.0a#50")
def test_the_realm(box: ProviderBox, open_session: Opener, realm: str | None) -> None:
    """It comes first in the header, quoted, and is not signed. A query parameter of that name is signed."""
    session = open_session(box, realm=realm)
    response = session.post(f"{box.echo_url}?realm=q", data={"realm": "f"})
    assert response.json()["realm"] == realm
    header = box.requests[0].header("authorization") or ""
    assert header.startswith('OAuth realm="' if realm is not None else "OAuth oauth_consumer_key=")


# --- headers ----------------------------------------------------------------------------------------------------------


def named(received: Received) -> list[tuple[str, str]]:
    left_out = ("authorization", "content-length")
    return sorted(pair for pair in received.headers if pair[0] not in left_out)


@pytest.mark.parametrize("verb", ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"])
@pytest.mark.parametrize("kind", ["session", "auth"])
@pytest.mark.parametrize("placement", ["HEADER", "QUERY"])
def test_no_header_is_added_that_was_not_asked_for(
    box: ProviderBox, open_session: Opener, auth_for: AuthMaker, verb: str, kind: str, placement: str
) -> None:
    """Except for ``Authorization``, a signed request has exactly the headers of an unsigned one."""
    with requests.Session() as plain:
        if kind == "session":
            open_session(box, placement=placement).request(verb, box.open_url, headers={"X-Own": "é".encode()})
        else:
            auth = auth_for(box, placement=placement)
            plain.request(verb, box.open_url, headers={"X-Own": "é".encode()}, auth=auth)
        plain.request(verb, box.open_url, headers={"X-Own": "é".encode()})
    signed, unsigned = box.requests
    assert named(signed) == named(unsigned)
    assert signed.header("content-length") == unsigned.header("content-length")
    assert (signed.header("authorization") is not None) == (placement == "HEADER")


@pytest.mark.parametrize(("method", "placement"), SAMPLES)
@pytest.mark.seen_in("requests-oauthlib#32")
def test_headers_stay_text(
    box: ProviderBox, open_session: Opener, auth_for: AuthMaker, method: str, placement: str
) -> None:
    """Hooks and loggers see ``str`` headers in a signed request, as in an unsigned one."""
    sent = [open_session(box, method, placement).post(box.echo_url, data={"a": "é"}).request]
    sent.append(requests.post(box.echo_url, data={"a": "é"}, auth=auth_for(box, method, placement)).request)
    for request in sent:
        assert {type(part) for pair in request.headers.items() for part in pair} == {str}
        assert type(request.url) is str


def test_the_header_holds_protocol_parameters_alone(box: ProviderBox, open_session: Opener) -> None:
    """Parameters of query and form stay where they are."""
    open_session(box, realm="R").post(f"{box.echo_url}?script=1&deploy=2", data={"a": "1"})
    assert box.requests[0].verified is not None
    header = box.requests[0].header("authorization") or ""
    names = [part.partition("=")[0] for part in header.removeprefix("OAuth ").split(", ")]
    assert names == ["realm", *places(box.requests[0])["HEADER"]]


def test_version_and_empty_token(box: ProviderBox) -> None:
    """``oauth_version`` can be left out, and an empty token can be sent."""
    with OAuth1Session(**box.client.credentials(), token="", version=None) as session:
        assert session.get(box.two_legged_url).ok
    assert "oauth_version" not in places(box.requests[0])["HEADER"]
    assert 'oauth_token=""' in (box.requests[0].header("authorization") or "")


def test_the_nonce_suits_strict_servers(box: ProviderBox, open_session: Opener) -> None:
    """It is alphanumeric and has at most 24 characters. Custom nonces and clocks are possible."""
    session = open_session(box)
    for _ in range(20):
        session.get(box.echo_url)
    assert all(len(nonce) <= 24 and nonce.isalnum() and nonce.isascii() for nonce in nonces(box.requests))
    assert len(set(nonces(box.requests))) == 20
    said = open_session(box, nonce=lambda: "own-1").get(box.echo_url).json()
    assert said["oauth"]["oauth_nonce"] == "own-1"
    late = open_session(box, clock=lambda: 1_000_000_000.9).get(box.echo_url)
    assert (late.status_code, late.json()["problem"]) == (401, "timestamp_refused")
    assert 'oauth_timestamp="1000000000"' in (box.requests[-1].header("authorization") or "")


# --- cookies, proxies, hooks and the rest of requests -----------------------------------------------------------------


@pytest.mark.parametrize("placement", PLACEMENTS)
def test_cookies(box: ProviderBox, open_session: Opener, placement: str) -> None:
    """They are kept and sent as in an unsigned session, also over a redirect."""
    steps = [answer(status=302, headers=[("Location", "/echo"), ("Set-Cookie", "a=1; Path=/")]), relay(box)]
    with ScriptedServer(*steps) as server:
        session = open_session(box, placement=placement)
        session.cookies.set("b", "2", domain="127.0.0.1")
        assert session.get(f"{server.origin}/begin", cookies={"c": "3"}).ok
        assert session.get(f"{server.origin}/echo").ok
    sent = [sorted((seen.header("cookie") or "").split("; ")) for seen in server.seen]
    assert sent == [["b=2", "c=3"], ["a=1", "b=2", "c=3"], ["a=1", "b=2"]]
    assert len(set(nonces(box.requests))) == 2


@pytest.mark.parametrize(("method", "placement"), SAMPLES)
@pytest.mark.parametrize("kind", ["session", "auth"])
def test_a_proxy_for_http(
    box: ProviderBox, open_session: Opener, auth_for: AuthMaker, proxy: str, kind: str, method: str, placement: str
) -> None:
    """The request is signed for the server behind the proxy, and the proxy's password goes only to the proxy."""
    if kind == "session":
        session = open_session(box, method, placement)
        session.proxies["http"] = proxy
        assert session.post(f"{box.echo_url}?a=%7E[]", data={"b": "1"}).ok
    else:
        auth = auth_for(box, method, placement)
        assert requests.post(f"{box.echo_url}?a=%7E[]", data={"b": "1"}, auth=auth, proxies={"http": proxy}).ok
    (received,) = box.requests
    assert "proxy.py" in (received.header("via") or "")
    assert received.header("proxy-authorization") is None


@pytest.mark.parametrize(("method", "placement"), SAMPLES)
@pytest.mark.parametrize("kind", ["session", "auth"])
def test_a_proxy_for_https(
    tls_box: ProviderBox, open_session: Opener, auth_for: AuthMaker, proxy: str, kind: str, method: str, placement: str
) -> None:
    """The signed request arrives unchanged through a tunnel, which the proxy opens for its users."""
    with open_session(tls_box, method, placement) as session:
        options: dict[str, Any] = {"auth": auth_for(tls_box, method, placement)} if kind == "auth" else {}
        with pytest.raises(requests.exceptions.ProxyError):
            session.get(tls_box.echo_url, proxies={"https": proxy.replace("user:pass", "user:wrong")}, **options)
        assert tls_box.requests == []
        assert session.get(tls_box.echo_url, proxies={"https": proxy}, **options).ok
        assert tls_box.requests[0].header("proxy-authorization") is None


def test_a_proxy_of_the_environment(box: ProviderBox, open_session: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is used for each request. A path whose dots urllib3 removes for the proxy is signed without them."""
    with ScriptedServer(relay(box)) as server:
        monkeypatch.setenv("http_proxy", server.origin)
        assert open_session(box).get(box.redirect_url(f"{box.origin}/a/./b/../c%2fd")).ok
    assert [seen.target.partition("?")[0] for seen in server.seen] == [
        f"{box.origin}/redirect",
        f"{box.origin}/a/c%2Fd",
    ]
    assert len(set(nonces(box.requests))) == 2


@pytest.mark.parametrize("kind", ["session", "auth"])
def test_response_hooks(box: ProviderBox, open_session: Opener, auth_for: AuthMaker, kind: str) -> None:
    """Hooks of session and request see every response, with the request as it was sent."""
    heard: list[str] = []

    def hook(response: requests.Response, **_: Any) -> None:
        assert response.request.headers["Authorization"].startswith("OAuth ")
        heard.append(response.request.headers["Authorization"])

    with requests.Session() as plain:
        session = open_session(box) if kind == "session" else plain
        session.auth = session.auth or auth_for(box)
        session.hooks["response"].append(hook)
        assert session.get(box.redirect_url("/echo")).ok
        assert session.get(box.redirect_url("/echo"), hooks={"response": hook}).ok
    received = [one.header("authorization") for one in box.requests]
    assert heard == received
    assert len(set(nonces(box.requests))) == 4


def test_a_hook_may_replace_the_response(box: ProviderBox, open_session: Opener) -> None:
    replacement = requests.Response()
    replacement.status_code = 299
    response = open_session(box).get(box.echo_url, hooks={"response": lambda *_, **__: replacement})
    assert response is replacement


def test_responses_can_be_streamed(box: ProviderBox, open_session: Opener) -> None:
    session = open_session(box)
    for url in (box.echo_url, box.redirect_url("/echo")):
        with session.get(url, stream=True) as response:
            assert not response._content_consumed
            first = next(response.iter_content(10))
            assert first == b'{\n  "metho'
            assert b'"user": "alice"' in b"".join(response.iter_content(10))


def test_the_response_shows_the_signed_request(box: ProviderBox, open_session: Opener) -> None:
    session = open_session(box)
    prepared = session.prepare_request(requests.Request("GET", box.echo_url))
    response = session.send(prepared)
    assert response.request is not prepared
    assert response.request.headers["Authorization"] == box.requests[0].header("authorization")


@pytest.mark.parametrize(("method", "placement"), SAMPLES)
@pytest.mark.seen_in("python-upwork#14")
@pytest.mark.seen_in("python-upwork#15")
@pytest.mark.seen_in("mwclient#164")
@pytest.mark.seen_in("ably#286")
def test_a_prepared_request_is_signed_when_it_is_sent(
    box: ProviderBox, open_session: Opener, method: str, placement: str
) -> None:
    """It stays unsigned. So it, its copy and its pickle can be sent again, each with a new nonce."""
    session = open_session(box, method, placement)
    prepared = session.prepare_request(requests.Request("POST", box.echo_url, data={"a": "1"}))
    before = (prepared.url, dict(prepared.headers), prepared.body)
    for request in (prepared, prepared, prepared.copy(), pickle.loads(pickle.dumps(prepared)), copy.copy(prepared)):
        response = session.send(request)
        assert response.ok, response.text
    assert (prepared.url, dict(prepared.headers), prepared.body) == before
    assert "oauth_" not in str(before)
    assert len(set(nonces(box.requests))) == 5


@pytest.mark.parametrize(("method", "placement"), SAMPLES)
@pytest.mark.parametrize("data", [None, {"a": "1"}], ids=["empty", "form"])
def test_what_was_sent_can_be_sent_again(
    box: ProviderBox, open_session: Opener, method: str, placement: str, data: Any
) -> None:
    """``response.request`` is signed again, with its later changes. Another origin still gets nothing."""
    session = open_session(box, method, placement)
    sent = session.post(f"{box.echo_url}?q=1", data=data).request
    for again in (sent, sent.copy(), pickle.loads(pickle.dumps(sent))):
        again.headers["X-Own"] = "1"
        response = session.send(again)
        assert response.ok, response.text
        assert box.requests[-1].header("x-own") == "1"
        assert places(box.requests[-1]) == places(box.requests[0])
        assert len(box.requests[-1].form()) == len(box.requests[0].form())
        assert len(set(nonces(box.requests))) == len(box.requests)
    sent.headers["Authorization"] = "Bearer x"
    assert session.send(sent).ok
    assert (box.requests[-1].header("authorization") == "Bearer x") == (placement != "HEADER")
    sent.url = f"{box.echo_url}?changed=1"
    assert session.send(sent).ok
    assert box.requests[-1].query()[0] == (b"changed", b"1")
    if data is not None:
        sent.body = "a=2&b=3"
        sent.headers["Content-Length"] = "7"
        assert session.send(sent).ok
        assert box.requests[-1].form()[:2] == [(b"a", b"2"), (b"b", b"3")]
    leaving = session.post(box.redirect_url(box.other_url, 307), data=data, allow_redirects=False).request
    assert session.send(leaving).ok
    assert box.requests[-1].url == box.other_url
    assert box.requests[-1].oauth_parameters() == []
    assert b"oauth" not in box.requests[-1].body


def test_a_request_that_was_prepared_elsewhere(box: ProviderBox, open_session: Opener) -> None:
    """It is signed, unless it has its own ``Authorization``."""
    session = open_session(box)
    assert session.send(requests.Request("GET", box.echo_url).prepare()).ok
    own = requests.Request("GET", box.open_url, headers={"Authorization": "Bearer x"}).prepare()
    assert session.send(own).ok
    assert box.requests[-1].header("authorization") == "Bearer x"


# --- another auth, or none --------------------------------------------------------------------------------------------


def unsigned(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


@pytest.mark.parametrize("again", [unsigned, lambda request: request.copy()], ids=["itself", "a copy"])
def test_another_auth_for_one_request(
    box: ProviderBox, open_session: Opener, auth_for: AuthMaker, again: Callable[[Any], Any]
) -> None:
    """``auth=`` of a request applies to it alone, even if it or a copy is sent later."""
    session = open_session(box)
    other = auth_for(box, "RSA-SHA256", "QUERY")

    def send(url: str, auth: Any) -> Received:
        assert session.get(url, auth=auth).ok
        by_hand = session.prepare_request(requests.Request("GET", url, auth=auth))
        assert session.send(again(by_hand)).ok
        first, second = box.requests[-2:]
        assert list(places(first)) == list(places(second))
        return second

    basic = send(box.open_url, ("user", "pass"))
    assert (basic.header("authorization") or "").startswith("Basic ")
    assert send(box.open_url, HTTPBasicAuth("user", "pass")).header("authorization") == basic.header("authorization")
    assert send(box.open_url, unsigned).oauth_parameters() == []
    assert send(box.echo_url, other).verified is not None
    assert (box.requests[-1].verified and box.requests[-1].verified.client_id) == box.clients["RSA-SHA256"].client_id
    assert session.get(box.echo_url).json()["client_id"] == box.client.client_id


def test_another_auth_holds_on_redirects(box: ProviderBox, open_session: Opener, auth_for: AuthMaker) -> None:
    session = open_session(box)
    other = auth_for(box, "HMAC-SHA512")
    assert session.get(box.redirect_url("/echo"), auth=other).json()["client_id"] == other.client_id
    with ScriptedServer(answer(status=302, headers=[("Location", "/next")]), answer("fine")) as server:
        assert session.get(server.origin, auth=unsigned).text == "fine"
        assert [seen.header("authorization") for seen in server.seen] == [None, None]


def test_no_auth_at_all(box: ProviderBox, open_session: Opener) -> None:
    """A session whose ``auth`` is None signs nothing, except for the legs of a flow."""
    session = open_session(box)
    session.auth = None
    assert session.get(box.open_url).ok
    assert session.send(session.prepare_request(requests.Request("GET", box.open_url))).ok
    assert session.send(requests.Request("GET", box.open_url).prepare()).ok
    assert [received.oauth_parameters() for received in box.requests] == [[], [], []]
    assert session.fetch_request_token(box.request_token_url)
    assert session.get(box.open_url, auth=("user", "pass")).ok


def test_the_auth_of_a_session_can_be_swapped(box: ProviderBox, open_session: Opener, auth_for: AuthMaker) -> None:
    """The new auth signs, and a new token does not replace it."""
    session = open_session(box)
    session.auth = swapped = auth_for(box, "RSA-SHA1", "QUERY")
    assert session.get(box.echo_url).json()["client_id"] == swapped.client_id
    session.token = {"oauth_token": "a", "oauth_token_secret": "b"}
    assert session.auth is swapped
    assert session.get(box.echo_url).ok
    session.auth = ("user", "pass")
    assert session.get(box.open_url).ok
    assert (box.requests[-1].header("authorization") or "").startswith("Basic ")


def test_a_plain_session_with_an_auth(box: ProviderBox, auth_for: AuthMaker) -> None:
    with requests.Session() as session:
        for method in METHODS:
            session.auth = auth_for(box, method)
            assert session.get(box.echo_url, params={"a": "é"}).json()["client_id"] == box.clients[method].client_id
            assert session.post(box.echo_url, data={"a": "é"}).ok


def test_one_auth_for_other_tokens(box: ProviderBox, auth_for: AuthMaker) -> None:
    """`with_token` returns the same auth with other credentials, and keeps realm and body hash."""
    first, second = auth_for(box, realm="R", body_hash="auto"), box.issue_token()
    other = first.with_token(second.token, second.token_secret)
    said = requests.post(box.echo_url, auth=other, json={}).json()
    assert (said["token"], said["realm"]) == (second.token, "R")
    assert "oauth_body_hash" in said["oauth"]
    assert requests.post(box.echo_url, auth=first, json={}).json()["token"] != second.token
    assert requests.post(box.two_legged_url, auth=first.with_token(None, None)).json()["token"] is None


def test_netrc_does_not_disturb(
    box: ProviderBox, open_session: Opener, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The machine's password for the provider neither replaces nor joins the signature, on any redirect."""
    path = tmp_path / "netrc"
    path.write_text("machine 127.0.0.1 login user password CANARY\n")
    monkeypatch.setenv("NETRC", str(path))
    requests.get(box.open_url)
    assert (box.requests.pop().header("authorization") or "").startswith("Basic ")
    for placement in Placement:
        session = open_session(box, placement=placement)
        assert session.get(box.echo_url).ok
        assert session.get(box.redirect_url("/echo"), allow_redirects=True).ok
        assert session.send(session.get(box.redirect_url("/echo"), allow_redirects=False).next).ok
    assert len(set(nonces(box.requests))) == 15
    values = [received.header("authorization") or "OAuth" for received in box.requests]
    assert [value for value in values if not value.startswith("OAuth")] == []


# --- copies, pickles and threads --------------------------------------------------------------------------------------


def replicas(original: Any) -> list[Any]:
    pickles = [pickle.loads(pickle.dumps(original, protocol)) for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1)]
    return [*pickles, copy.deepcopy(original), copy.copy(original)]


@pytest.mark.parametrize(("method", "placement"), COMBINATIONS)
def test_an_auth_can_be_pickled_and_copied(box: ProviderBox, auth_for: AuthMaker, method: str, placement: str) -> None:
    """Pickles of every protocol and copies sign like the original, with its token and its key."""
    for auth in replicas(auth_for(box, method, placement, realm="R" if placement == "HEADER" else None)):
        response = requests.post(box.echo_url, data={"a": "1"}, auth=auth)
        assert response.ok, response.text


@pytest.mark.parametrize(("method", "placement"), COMBINATIONS)
def test_a_session_can_be_pickled_and_copied(
    box: ProviderBox, open_session: Opener, method: str, placement: str
) -> None:
    """They keep token, pending authorizations and settings, and are independent."""
    original = open_session(box, method, placement, retries=2, require_verifier=False)
    pending = original.fetch_request_token(box.request_token_url)
    copies = replicas(original)[:-1]
    assert len(copies) == 5
    for session in copies:
        with session:
            assert session.token == original.token
            response = session.post(box.echo_url, data={"a": "1"})
            assert response.ok, response.text
            assert session.create_authorization_url("https://p.example").endswith(pending["oauth_token"])
            session.token = None
            assert session.get(box.two_legged_url).json()["token"] is None
    assert original.get(box.echo_url).ok


def test_a_plain_session_with_an_auth_can_be_pickled(box: ProviderBox, auth_for: AuthMaker) -> None:
    """It signs as before, key and token included."""
    with requests.Session() as session:
        session.auth = auth_for(box, "RSA-SHA256")
        for one in replicas(session)[:-1]:
            with one:
                assert one.get(box.echo_url).ok


@pytest.mark.parametrize("kind", ["session", "auth"])
@pytest.mark.seen_in("oauthlib#946")
@pytest.mark.seen_in("oauthlib#960")
def test_one_session_in_many_threads(box: ProviderBox, open_session: Opener, auth_for: AuthMaker, kind: str) -> None:
    """Sixteen threads share it: every request is verified, and no nonce is repeated."""
    with requests.Session() as plain:
        session = open_session(box) if kind == "session" else plain
        session.auth = session.auth or auth_for(box)
        session.mount("http://", HTTPAdapter(pool_maxsize=16))

        def send(number: int) -> bool:
            return session.post(box.echo_url, params={"n": number}, data={"n": number}).ok

        with ThreadPoolExecutor(16) as threads:
            assert all(threads.map(send, range(160)))
    assert len(set(nonces(box.requests))) == 160
    assert {received.query()[0] == received.form()[0] for received in box.requests} == {True}


def test_many_threads_swap_the_token_of_nobody_else(box: ProviderBox, open_session: Opener) -> None:
    """Requests with their own auths, at the same time in one session, are each sent with theirs."""
    session = open_session(box)
    tokens = [box.issue_token() for _ in range(8)]

    def send(number: int) -> bool:
        token = tokens[number % 8]
        auth = session.auth.with_token(token.token, token.token_secret)
        return session.get(box.echo_url, auth=auth).json()["token"] == token.token

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(send, range(64)))


# --- adapters ---------------------------------------------------------------------------------------------------------


class Wrapping(BaseAdapter):
    """An adapter that does not support urllib3's retries."""

    def __init__(self) -> None:
        super().__init__()
        self.inner = HTTPAdapter()
        self.closed = 0

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        return self.inner.send(request, *args, **kwargs)

    def close(self) -> None:
        self.closed += 1
        self.inner.close()


def test_an_adapter_of_another_kind(box: ProviderBox, open_session: Opener) -> None:
    session, adapter = open_session(box), Wrapping()
    session.mount(box.origin, adapter)
    assert session.get(box.redirect_url("/echo")).ok
    assert len(set(nonces(box.requests))) == 2
    found = session.get_adapter(box.echo_url)
    assert found.inner is adapter.inner
    assert not hasattr(found, "max_retries")
    found.close()
    assert adapter.closed == 1


def test_a_response_that_names_no_request(box: ProviderBox, open_session: Opener) -> None:
    """If an adapter does not report the sent request, a redirect is followed without credentials."""

    class Silent(Wrapping):
        def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
            response = super().send(request, *args, **kwargs)
            response.request = requests.Request(request.method, request.url).prepare()
            return response

    session = open_session(box)
    session.mount("http://", Silent())
    assert session.get(box.redirect_url("/open")).ok
    assert box.requests[-1].oauth_parameters() == []


def test_no_adapter_at_all(open_session: Opener, box: ProviderBox) -> None:
    with pytest.raises(requests.exceptions.InvalidSchema):
        open_session(box).get("gopher://127.0.0.1/")
