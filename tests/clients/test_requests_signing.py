"""How requests are signed: bodies, URLs, values and headers on the wire."""

import io
import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st
from urllib3.filepost import encode_multipart_formdata
from urllib3.util import parse_url

from oauthone.clients._requests_signing import is_wire_url
from oauthone.clients.requests import OAuth1Auth
from oauthone.core.body import FORM
from oauthone.errors import SigningError
from oauthone.testing import ProviderBox, Received

from .conftest import Opener
from .matrix import COMBINATIONS, PLACEMENTS, SAMPLES, nonces, places
from .servers import ScriptedServer, answer, relay

AuthMaker = Callable[..., OAuth1Auth]


TYPED_FORM = {"Content-Type": FORM}


def chunks() -> Iterator[bytes]:
    yield b"first \xff\x00"
    yield b"second"


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


@pytest.mark.covering(together=2)
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


@pytest.mark.covering(together=2)
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


@pytest.mark.parametrize(("method", "placement"), COMBINATIONS)
def test_a_request_without_a_body_is_signed(
    box: ProviderBox, open_session: Opener, method: str, placement: str
) -> None:
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
def test_a_form_content_type_without_a_form_is_signed(
    box: ProviderBox, open_session: Opener, verb: str, placement: str
) -> None:
    """A GET with only a form's Content-Type is signed and sent, and so is one with a form."""
    session = open_session(box, placement=placement)
    assert session.request(verb, box.echo_url, headers=TYPED_FORM).ok
    assert session.request(verb, box.echo_url, data={"a": "1"}).ok
    assert box.requests[1].body.startswith(b"a=1")
    assert len(nonces(box.requests)) == 2


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


@pytest.mark.covering(together=2)
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


def test_the_published_body_hash_is_sent(hashing_box: ProviderBox, open_session: Opener) -> None:
    """The digest of a known body is the known one, in plain base64."""
    response = open_session(hashing_box, body_hash="auto").post(hashing_box.echo_url, data=b"Hello World!")
    assert response.json()["oauth"]["oauth_body_hash"] == "Lve95gjOVATpfV8EL5X4nxwjKHE="


@pytest.mark.parametrize("policy", ["never", "auto", "always"])
@pytest.mark.seen_in("oauth1-signer-java#5")
@pytest.mark.seen_in("python-oauth2#58")
def test_the_body_hash_option_decides_which_bodies_are_hashed(
    box: ProviderBox, open_session: Opener, policy: str
) -> None:
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


def test_a_request_without_a_required_body_hash_is_rejected(hashing_box: ProviderBox, open_session: Opener) -> None:
    assert open_session(hashing_box).post(hashing_box.echo_url, json=1).status_code == 400
    assert open_session(hashing_box).post(hashing_box.echo_url, data={"a": "1"}).ok


def test_a_body_that_can_be_read_once_cannot_be_hashed(box: ProviderBox, open_session: Opener) -> None:
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


@pytest.mark.covering(times=2)
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


def test_a_url_that_cannot_be_sent_is_an_error_of_requests(box: ProviderBox, open_session: Opener) -> None:
    """requests raises its own error, as without us."""
    session = open_session(box)
    prepared = session.prepare_request(requests.Request("GET", box.echo_url))
    prepared.url = "http://127.0.0.1:99999999/[x]"
    with pytest.raises(requests.exceptions.InvalidURL):
        session.send(prepared)


@pytest.mark.parametrize("target", RAW_TARGETS)
@pytest.mark.parametrize("placement", PLACEMENTS)
def test_a_url_that_is_set_on_a_prepared_request_is_signed(
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
def test_lists_in_params_and_forms_are_signed_as_they_are_sent(
    box: ProviderBox, open_session: Opener, data: dict[str, Any]
) -> None:
    session = open_session(box)
    assert session.get(box.echo_url, params=data).ok
    assert session.post(box.echo_url, params=data, data=data).ok
    assert box.requests[1].query() == box.requests[1].form()


@pytest.mark.seen_in("requests-oauthlib#11")
@pytest.mark.seen_in("oauthlib#96")
def test_values_of_every_type_are_signed_as_they_are_sent(box: ProviderBox, open_session: Opener) -> None:
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
def test_default_ports_and_user_information_are_not_signed(
    box: ProviderBox, open_session: Opener, placement: str, origin: str
) -> None:
    """The signature leaves out the default port and the user information, and keeps another port."""
    with ScriptedServer(relay(box)) as server:
        session = open_session(box, placement=placement)
        session.proxies["http"] = server.origin
        response = session.get(f"{origin}/echo?a=1")
        assert response.ok, response.text
    assert box.requests[0].verified is not None


@pytest.mark.parametrize("placement", PLACEMENTS)
def test_an_ipv6_address_keeps_its_brackets(box: ProviderBox, open_session: Opener, placement: str) -> None:
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
def test_identifiers_and_secrets_may_hold_any_character(
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
def test_the_realm_is_in_the_header_and_not_signed(box: ProviderBox, open_session: Opener, realm: str | None) -> None:
    """It comes first in the header, quoted, and is not signed. A query parameter of that name is signed."""
    session = open_session(box, realm=realm)
    response = session.post(f"{box.echo_url}?realm=q", data={"realm": "f"})
    assert response.json()["realm"] == realm
    header = box.requests[0].header("authorization") or ""
    assert header.startswith('OAuth realm="' if realm is not None else "OAuth oauth_consumer_key=")


def named(received: Received) -> list[tuple[str, str]]:
    left_out = ("authorization", "content-length")
    return sorted(pair for pair in received.headers if pair[0] not in left_out)


@pytest.mark.covering(together=2)
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


URL_PARTS = ("http://", "h.example", ":", "0", "80", "/", "?", "#", "@", "%20", "%2f", ".", "a,b;c=d&~$", "[::1]", "é")


@given(st.lists(st.sampled_from(URL_PARTS), max_size=8).map(lambda parts: "http://h" + "".join(parts)))
def test_a_url_that_is_signed_as_it_is_prepared_is_sent_so(url: str) -> None:
    with suppress(requests.exceptions.InvalidURL):
        prepared = str(requests.Request("GET", url).prepare().url)
        if is_wire_url(prepared):
            assert parse_url(prepared).url == prepared


@pytest.mark.parametrize(
    ("url", "is_plain"),
    [
        ("http://h.example", True),
        ("https://h.example:8443/a%20b/~c;d?e=f,g&h=%C3%A9", True),
        ("http://user@127.0.0.1:80/?a=/../b", False),
        ("http://h.example/a//b?c=//d", True),
        ("http://h.example:0/a", False),
        ("http://h.example:080/a", False),
        ("http://h.example:/a", False),
        ("http://h.example//a", False),
        ("http://h.example/a/./b", False),
        ("http://h.example/a%2fb", False),
        ("http://u:1@h.example:0/a", False),
    ],
)
def test_a_url_is_rewritten_only_if_it_may_have_to_be(url: str, is_plain: bool) -> None:
    assert is_wire_url(url) is is_plain


def unsigned(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


FORM = "application/x-www-form-urlencoded"


@pytest.mark.covering(together=2)
@pytest.mark.parametrize("kind", ["session", "auth"])
@pytest.mark.parametrize("placement", PLACEMENTS)
@pytest.mark.parametrize("text", ["text=hello", "a=1&b=%C3%A9+c&a=2"])
@pytest.mark.parametrize("status", [None, 307])
def test_a_form_passed_as_text_is_labelled_and_signed(
    box: ProviderBox,
    open_session: Opener,
    auth_for: Callable[..., Any],
    kind: str,
    placement: str,
    text: str,
    status: int | None,
) -> None:
    """On the first request and on a redirect that repeats it: another string does not match the signature."""
    url = box.echo_url if status is None else box.redirect_url("/echo", status)
    with requests.Session() as plain:
        plain.auth = auth_for(box, placement=placement)
        response = (open_session(box, placement=placement) if kind == "session" else plain).post(url, data=text)
    assert response.ok, response.text
    assert len(set(nonces(box.requests))) == len(box.requests)
    for received in box.requests:
        assert received.header("content-type") == FORM
        assert received.body.startswith(text.encode())
        assert received.verified is not None
        assert {name for name, _ in received.form()} >= {text[0].encode() if text[1] == "=" else b"text"}


@pytest.mark.parametrize("kind", ["session", "auth"])
def test_another_origin_gets_a_text_form_as_it_was(
    box: ProviderBox, open_session: Opener, auth_for: Callable[..., Any], kind: str
) -> None:
    with ScriptedServer(answer("fine")) as other, requests.Session() as plain:
        plain.auth = auth_for(box)
        session = open_session(box) if kind == "session" else plain
        assert session.post(box.redirect_url(f"{other.origin}/x", 307), data="text=hello").text == "fine"
    assert other.seen[0].body == b"text=hello"


@pytest.mark.parametrize(
    ("arguments", "label"),
    [
        ({"data": "hello"}, None),
        ({"data": '{"a": "b=c"}'}, None),
        ({"data": b"a=1"}, None),
        ({"data": "a=1", "headers": {"Content-Type": "text/plain"}}, "text/plain"),
        ({"data": {"a": "1"}}, FORM),
        ({}, None),
    ],
)
@pytest.mark.parametrize("kind", ["session", "auth"])
def test_text_that_is_not_a_form_or_has_a_content_type_stays_as_it_is(
    box: ProviderBox,
    open_session: Opener,
    auth_for: Callable[..., Any],
    kind: str,
    arguments: dict[str, Any],
    label: str | None,
) -> None:
    with requests.Session() as plain:
        plain.auth = auth_for(box)
        assert (open_session(box) if kind == "session" else plain).post(box.echo_url, **arguments).ok
    assert box.requests[0].header("content-type") == label
