"""A signed request is accepted and a changed one rejected: for every method, placement, URL, form and secret."""

import hmac
import re
from base64 import b64encode
from typing import Any, NamedTuple
from urllib.parse import quote, unquote_to_bytes

import pytest
from hypothesis import assume, event, given
from hypothesis import strategies as st
from sampling import examples

from oauthone import Signer
from oauthone.core.authorization_header import authorization_header, realm_prefix
from oauthone.core.base_string import base_string_prefix, prefix_from_split_url
from oauthone.core.encoding import encoded_pair, form_decode, to_wire_string
from oauthone.core.received_header import parse_authorization_header
from oauthone.core.signature import SIGNATURE_METHODS
from oauthone.core.verification_types import Credentials
from oauthone.errors import OAuth1Error, VerificationError
from oauthone.server import Verified, Verifier

from ..vectors import private_key

NOW = 1_700_000_000
KEY = private_key("keys/p-rsa2048-pkcs8.pem", None, 2048)
FORM = "application/x-www-form-urlencoded"
VISIBLE = "".join(map(chr, range(0x21, 0x7F)))


TEXT = st.text(min_size=1, max_size=12)
SECRET = st.text(max_size=12)
ODD = st.sampled_from("$'[]{}|\"<>^`\\!*(),;:@/&=+%~ -._") | st.sampled_from(
    ["%FF", "%2f", "%zz", "%", "é", "☃", "%41"]
)
PIECE = st.lists(ODD | st.sampled_from("abcXYZ019"), max_size=12).map("".join)
PATH = PIECE.map(lambda path: "/" + path) | st.just("")
HOST = st.sampled_from(
    ["api.example", "API.Example", "127.0.0.1", "[::1]", "[2001:DB8::1]", "xn--bcher-kva.example", "localhost."]
)
PORT = st.sampled_from(["", ":80", ":443", ":8080", ":"])
USER = st.sampled_from(["", "user@", "user:p%40ss@", "a:b@c@"])
REALM = st.none() | st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=10)
FORM_TYPE = st.sampled_from([FORM, FORM + "; charset=utf-8", "Application/X-WWW-Form-URLEncoded ;charset=UTF-8"])


class Address(NamedTuple):
    """A URL in parts, so that a test knows which of them a server sees."""

    scheme: str
    user: str
    host: str
    path: str
    query: str | None
    fragment: str

    def __str__(self) -> str:
        query = "" if self.query is None else "?" + self.query
        return f"{self.scheme}://{self.user}{self.host}{self.path}{query}{self.fragment}"


ADDRESS = st.builds(
    Address,
    st.sampled_from(["https", "http", "HTTPS"]),
    USER,
    st.builds(str.__add__, HOST, PORT),
    PATH,
    st.none() | PIECE,
    st.sampled_from(["", "#", "#top?a=1"]),
)


def on_the_wire(text: str) -> str:
    """Return ``text`` as a request line has it: bytes that it cannot contain are escaped, and nothing else changes."""
    return quote(text, safe=VISIBLE)


def sent_url(url: str, host: str) -> str:
    """Return ``url`` as the server sees it: no fragment, no user information, a path, and only visible ASCII."""
    scheme, _, rest = url.partition("#")[0].partition("://")
    before, mark, query = rest.partition("?")
    path = before.partition("/")[2]
    return f"{scheme}://{host}/{on_the_wire(path)}{mark}{on_the_wire(query)}"


class Request(NamedTuple):
    """A request, and the signer's credentials and options."""

    method: str
    address: Address
    content_type: str | None
    body: bytes | None
    options: dict[str, Any]
    given: dict[str, Any]

    def signer(self, **changes: Any) -> Signer:
        key = KEY if self.options["signature_method"].startswith("RSA") else None
        return Signer(**{**self.options, "rsa_key": key, **changes})


def has_protocol_parameters(text: str) -> bool:
    return any(name.startswith(b"oauth_") for name, _ in form_decode(to_wire_string(text)))


ANY_METHOD = st.sampled_from(list(SIGNATURE_METHODS))
ANY_PLACE = st.sampled_from(["HEADER", "QUERY", "BODY"])


@st.composite
def requests(draw: Any, methods: Any = ANY_METHOD, placements: Any = ANY_PLACE, forms: bool | None = None) -> Request:
    method = draw(methods)
    placement = draw(placements)
    assume((method, placement) != ("PLAINTEXT", "QUERY"))
    is_form = placement == "BODY" or (draw(st.booleans()) if forms is None else forms)
    address = draw(ADDRESS)
    if is_form:
        body = draw(st.binary(max_size=20) | PIECE.map(str.encode) | st.just(b"a=1&b=%20&a"))
        content_type = draw(FORM_TYPE)
        assume(not has_protocol_parameters(body.decode("latin-1")))
    else:
        body = draw(st.none() | st.binary(max_size=20) | st.just(b'{"a":1}'))
        content_type = draw(st.sampled_from([None, "application/json", "text/plain; charset=utf-8"]))
    assume(not address.host.endswith(":"))  # frameworks read this as no host
    assume("\\" not in address.path)  # no server passes this on, and parsers differ
    assume(address.query is None or not has_protocol_parameters(address.query))
    options = {
        "client_id": draw(TEXT),
        "client_secret": draw(SECRET.filter(bool)),
        "token": draw(st.none() | TEXT),
        "token_secret": draw(SECRET),
        "signature_method": method,
        "signature_type": placement,
        "realm": draw(REALM),
        "body_hash": draw(st.sampled_from(["never", "auto", "always"])),
        "version": draw(st.sampled_from(["1.0", None])),
    }
    if options["token"] is None:
        options["token_secret"] = ""
    given = {
        "callback": draw(st.none() | st.text(max_size=8)),
        "verifier": draw(st.none() | st.text(max_size=8)),
        "extra": draw(st.dictionaries(TEXT.map(lambda name: "oauth_x_" + name), st.text(max_size=8), max_size=2)),
        "nonce": draw(TEXT),
        "timestamp": draw(st.integers(NOW - 300, NOW + 300)),
    }
    http_method = draw(st.sampled_from(["GET", "POST", "PATCH", "M-SEARCH", "DELETE"]))
    return Request(http_method, address, content_type, body, options, given)


class Arrived(NamedTuple):
    """A request as a server receives it."""

    method: str
    url: str
    headers: list[tuple[str, str]]
    body: bytes


def arrived(request: Request, name_case: Any = str.title) -> Arrived:
    """Sign and send the request, with header names in another case, and a Host header besides the socket's address."""
    headers = {} if request.content_type is None else {name_case("content-type"): request.content_type}
    signed = request.signer().sign(request.method, str(request.address), headers, request.body, **request.given)
    pairs = [*headers.items(), (name_case("host"), request.address.host)]
    if signed.authorization is not None:
        pairs.insert(0, (name_case("authorization"), signed.authorization))
    return Arrived(request.method, sent_url(signed.url, request.address.host), pairs, signed.body or b"")


def needs_only_a_header(request: Request) -> bool:
    options, query = request.options, request.address.query or ""
    return options["signature_type"] == "HEADER" and options["body_hash"] != "always" and "oauth_" not in query


@given(requests(forms=False))
def test_the_header_without_a_body_is_the_usual_one(request: Request) -> None:
    """The header is the one that `sign_parts` makes with the same nonce and timestamp."""
    signer, address = request.signer(), request.address
    start = prefix_from_split_url(request.method, address.scheme.lower(), address.host, address.path)
    assert start == base_string_prefix(request.method, str(address).partition("?")[0].partition("#")[0], address.host)
    authorization = signer.header_without_body(start, address.query or "")
    assert (authorization is not None) is needs_only_a_header(request)
    if authorization is not None:
        made_with = dict(parse_authorization_header(authorization)[1])
        chosen = {"nonce": made_with["oauth_nonce"], "timestamp": made_with["oauth_timestamp"]}
        signed = signer.sign_parts(request.method, str(address), None, address.host, None, **chosen)
        assert authorization == signed.authorization


class KnowsAll:
    """A store with the secrets of one request."""

    def __init__(self, request: Request, **changes: Any) -> None:
        self.options = {**request.options, **changes}
        self.public_key = KEY.public_key() if self.options["signature_method"].startswith("RSA") else None

    def find_credentials(self, client_id: str, token: str | None) -> Credentials | None:
        if client_id != self.options["client_id"]:
            return None
        token_secret = self.options["token_secret"] if token == self.options["token"] else None
        return Credentials(
            self.options["client_secret"], self.public_key, (self.options["signature_method"],), token_secret
        )

    def use_nonce(self, client_id: str, token: str | None, timestamp: int, nonce: str) -> bool:
        return True


def verdict(request: Request, sent: Arrived, **changes: Any) -> Verified | VerificationError:
    """Return the result of a server that knows the secrets of ``request``."""
    verifier = Verifier(
        KnowsAll(request, **changes), token="optional", allow_insecure_transport=True, clock=lambda: NOW
    )
    try:
        return verifier.verify(*sent)
    except VerificationError as refused:
        return refused


@examples(400)
@given(requests(), st.sampled_from([str.lower, str.upper, str.title]))
def test_what_is_signed_is_accepted(request: Request, name_case: Any) -> None:
    """For every method and placement, and any URL, form, secrets and case of headers."""
    event(f"{request.options['signature_method']} {request.options['signature_type']}")
    accepted = verdict(request, arrived(request, name_case))
    assert isinstance(accepted, Verified), accepted
    assert (accepted.client_id, accepted.token) == (request.options["client_id"], request.options["token"])
    assert accepted.realm == (request.options["realm"] if request.options["signature_type"] == "HEADER" else None)
    for name in ("callback", "verifier"):
        assert accepted.parameters.get(f"oauth_{name}") == request.given[name]
    assert request.given["extra"].items() <= accepted.parameters.items()


def identity(sent: Arrived) -> Any:
    """Return the meaning of a request for an application. Two requests of the same meaning may share a signature."""
    url, _, query = sent.url.partition("?")
    content_type = next((value for name, value in sent.headers if name.lower() == "content-type"), "")
    form = sent.body if content_type.partition(";")[0].strip().lower() == FORM else b""
    pairs = form_decode(query) + form_decode(to_wire_string(form))
    return sent.method.upper(), url, sorted(pairs), sent.headers


def with_one_character_changed(draw: Any, text: str, others: str = VISIBLE) -> str:
    """Return ``text`` with one character replaced, inserted or removed."""
    position = draw(st.integers(0, len(text)))
    new = draw(st.sampled_from(["", *others]))
    kept = position + draw(st.integers(0, 1))
    return text[:position] + new + text[kept:]


COVERED = st.sampled_from(["HMAC-SHA1", "HMAC-SHA256", "HMAC-SHA512"] * 3 + ["RSA-SHA1", "RSA-SHA256", "RSA-SHA512"])


@examples(100)
@given(requests(methods=COVERED), st.data())
def test_a_changed_method_or_url_is_refused(request: Request, data: Any) -> None:
    """For any single character, unless the request keeps its meaning."""
    sent = arrived(request)
    origin = sent.url[: sent.url.index("/", 8)]
    if data.draw(st.booleans()):
        changed = sent._replace(method=with_one_character_changed(data.draw, sent.method))
    else:
        rest = with_one_character_changed(data.draw, sent.url[len(origin) :], VISIBLE.replace("#", ""))
        assume(rest.startswith("/"))
        changed = sent._replace(url=origin + rest)
    assume(identity(changed) != identity(sent))
    assert isinstance(verdict(request, changed), VerificationError)


@examples(100)
@given(requests(methods=COVERED, forms=True), st.data())
def test_a_changed_form_is_refused(request: Request, data: Any) -> None:
    sent = arrived(request)
    body = with_one_character_changed(data.draw, sent.body.decode("latin-1"), "%&=+aZ0\0\xff;")
    changed = sent._replace(body=body.encode("latin-1"))
    assume(identity(changed) != identity(sent))
    assert isinstance(verdict(request, changed), VerificationError)


@examples(100)
@given(requests(methods=COVERED, placements=st.just("HEADER")), st.data())
def test_a_changed_parameter_in_the_header_is_refused(request: Request, data: Any) -> None:
    """The nonce, the timestamp, the token, the callback, or any other parameter except the realm."""
    sent = arrived(request)
    realm, parameters = parse_authorization_header(sent.headers[0][1])
    index = data.draw(st.integers(0, len(parameters) - 1))
    name, value = parameters[index]
    parameters[index] = (name, with_one_character_changed(data.draw, value))
    assume(parameters[index] != (name, value))
    header = authorization_header(realm_prefix(realm), [encoded_pair(*pair) for pair in parameters])
    changed = sent._replace(headers=[("Authorization", header), *sent.headers[1:]])
    assert isinstance(verdict(request, changed), VerificationError)


@examples(100)
@given(
    requests(methods=st.sampled_from(["HMAC-SHA1", "HMAC-SHA256", "HMAC-SHA512", "PLAINTEXT"])),
    st.sampled_from(["client_secret", "token_secret"]),
    st.data(),
)
def test_a_changed_secret_is_refused(request: Request, which: str, data: Any) -> None:
    changed = with_one_character_changed(data.draw, request.options[which])
    assume(changed != request.options[which])
    assume(which == "client_secret" or request.options["token"] is not None)
    assert isinstance(verdict(request, arrived(request), **{which: changed}), VerificationError)


@given(requests(methods=st.sampled_from(["HMAC-SHA256"])), st.data())
def test_the_order_of_parameters_does_not_matter(request: Request, data: Any) -> None:
    """In the header, the query and the form, separately."""
    sent = arrived(request)
    url, mark, query = sent.url.partition("?")
    headers = list(sent.headers)
    if headers[0][0] == "Authorization":
        realm, parameters = parse_authorization_header(headers[0][1])
        shuffled = data.draw(st.permutations(parameters))
        header = authorization_header(realm_prefix(realm), [encoded_pair(*pair) for pair in shuffled])
        headers[0] = ("Authorization", header)
    query = "&".join(data.draw(st.permutations(query.split("&"))))
    body = sent.body
    if request.content_type is not None and "urlencoded" in request.content_type.lower():
        body = b"&".join(data.draw(st.permutations(body.split(b"&"))))
    accepted = verdict(request, Arrived(sent.method, url + mark + query, headers, body))
    assert isinstance(accepted, Verified), accepted


def base_string(method: str, url: str, form: bytes, protocol: list[tuple[str, str]]) -> str:
    """Sections 3.4.1 and 3.6 and RFC 3986 appendix B, literally: slow, on bytes, without code of the package."""
    split = re.fullmatch(rb"([^:/?#]+)://([^/?#]*)([^?#]*)(?:\?([^#]*))?(?:#.*)?", url.encode(), re.DOTALL)
    assert split is not None
    scheme, authority, path, query = (part or b"" for part in split.groups())
    scheme, authority = scheme.lower(), authority.rpartition(b"@")[2].lower()
    default = {b"http": b"80", b"https": b"443"}[scheme]
    authority = re.sub(rb":(?:%b)?$" % default, b"", authority)
    uri = b"%b://%b%b" % (scheme, authority, quote(path or b"/", safe=VISIBLE).encode())
    pairs = [(name.encode(), value.encode()) for name, value in protocol]
    for piece in query.split(b"&") + form.split(b"&"):
        if piece:
            name, _, value = piece.replace(b"+", b" ").partition(b"=")
            pairs.append((unquote_to_bytes(name), unquote_to_bytes(value)))
    encoded = sorted(
        (quote(name, safe=""), quote(value, safe="")) for name, value in pairs if name != b"oauth_signature"
    )
    normalized = "&".join(f"{name}={value}" for name, value in encoded)
    return "&".join(quote(part, safe="") for part in (method.upper(), uri, normalized))


@examples(100)
@given(requests(placements=st.just("HEADER")))
def test_the_base_string_is_that_of_the_rfc_read_aloud(request: Request) -> None:
    headers = {} if request.content_type is None else {"Content-Type": request.content_type}
    signed = request.signer().sign(request.method, str(request.address), headers, request.body, **request.given)
    _, protocol = parse_authorization_header(signed.authorization or "")
    form = request.body or b"" if "urlencoded" in (request.content_type or "").lower() else b""
    assert signed.base_string == base_string(request.method, str(request.address), form, protocol)


@examples(100)
@given(requests(placements=st.just("HEADER")), st.sampled_from(["never", "auto", "always"]))
def test_the_rendered_header_is_the_one_put_together(request: Request, body_hash: Any) -> None:
    """A request with its own realm takes the slow path, which sorts and joins every parameter."""
    headers = {} if request.content_type is None else {"Content-Type": request.content_type}
    signer = request.signer().replace(body_hash=body_hash, nonce=lambda: "n 0nce", clock=lambda: NOW)
    arguments = (request.method, str(request.address), headers, request.body)
    assert signer.sign(*arguments) == signer.sign(*arguments, realm=signer.realm)


@pytest.mark.parametrize(
    "name", ["oauth_a", "oauth_n", "oauth_o", "oauth_z", "o%61uth_p", "oauth", "oauth%60", "oauth_"]
)
def test_a_parameter_that_sorts_among_the_protocol_parameters(name: str) -> None:
    """It is sorted among them."""
    signed = Signer("k", "s", token="t", token_secret="ts").sign("GET", f"https://a.example/?{name}=1&b=2")
    _, protocol = parse_authorization_header(signed.authorization or "")
    assert signed.base_string == base_string("GET", f"https://a.example/?{name}=1&b=2", b"", protocol)


@given(st.binary(max_size=200), st.text(max_size=200), st.sampled_from(["sha1", "sha256", "sha512"]))
def test_a_keyed_signature_is_the_hmac_of_the_standard_library(key: bytes, text: str, hash_name: str) -> None:
    """RFC 2104, for keys shorter and longer than a block of the hash. A verification finds the same signature right."""
    secret = key.hex()
    method = SIGNATURE_METHODS[f"HMAC-{hash_name.upper()}"]
    sign = method.signing_function(secret, "")
    message = text.encode("unicode_escape").decode("ascii")
    expected = hmac.digest(f"{secret}&".encode(), message.encode(), hash_name)
    right = b64encode(expected).decode()
    assert sign(message) == right
    assert method.verify(message, right, secret, "")
    assert not method.verify(message, right, f"{secret}0", "")


SOME = Request(
    "GET",
    Address("https", "", "api.example", "/", "", ""),
    FORM,
    b"a=1",
    {"client_id": "c", "client_secret": "s", "token": "t", "token_secret": "ts", "signature_method": "HMAC-SHA1"},
    {},
)
HEADERS = st.lists(
    st.tuples(
        st.sampled_from(["Authorization", "Content-Type", "Host"]) | st.text(),
        st.text() | st.text('abc_=",% ').map(lambda text: "OAuth " + text) | FORM_TYPE,
    ),
    max_size=5,
)
URLS = st.text() | ADDRESS.map(str) | PIECE.map(lambda text: "https://" + text)


@pytest.mark.seen_in("oauthlib#662")
@pytest.mark.seen_in("hypothesis/lms#136")
@examples(400)
@given(st.text(), URLS, HEADERS, st.binary(), st.data())
def test_whatever_comes_to_a_server_it_is_refused(
    method: str, url: str, headers: list[tuple[str, str]], body: bytes, data: Any
) -> None:
    """The status is 400, 401 or 403, even if a well-formed header makes the server continue."""
    if data.draw(st.booleans()):
        name = data.draw(st.sampled_from(["HMAC-SHA1", "HMAC-SHA512", "PLAINTEXT", "RSA-SHA256", "x"]))
        signature = data.draw(st.text())
        given_values = {
            "oauth_consumer_key": data.draw(st.sampled_from(["c", "unknown"]) | st.text()),
            "oauth_token": data.draw(st.sampled_from(["t", ""]) | st.text()),
            "oauth_signature_method": name,
            "oauth_timestamp": data.draw(st.just(str(NOW)) | st.text()),
            "oauth_nonce": data.draw(st.text()),
            "oauth_signature": signature,
            "oauth_body_hash": data.draw(st.text()),
        }
        pairs = [encoded_pair(name, value) for name, value in given_values.items()]
        headers = [*headers, ("Authorization", authorization_header("OAuth ", pairs))]
    for options in ({}, {"public_url": "https://api.example"}, {"hosts": ["api.example"]}):
        verifier = Verifier(KnowsAll(SOME), clock=lambda: NOW, **options)
        with pytest.raises(VerificationError) as caught:
            verifier.verify(method, url, headers, body)
        assert caught.value.status in (400, 401, 403)


@given(st.text(), st.text(), st.text(), st.binary() | st.text() | st.none())
def test_whatever_is_given_to_a_signer_it_is_signed_or_refused(
    method: str, url: str, content_type: str, body: bytes | str | None
) -> None:
    for placement in ("HEADER", "QUERY", "BODY"):
        made = Signer("c", "s", signature_type=placement, body_hash="auto")
        for address in (url, "https://api.example/" + url):
            try:
                signed = made.sign(method, address, {"Content-Type": content_type}, body)
            except OAuth1Error:
                continue
            assert signed.base_string.isascii()
