"""`Signer`: it takes options and a request, returns what to send, and changes nothing else."""

import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote

import pytest

from oauthone import (
    Placement,
    RsaKey,
    SignatureMethod,
    Signed,
    Signer,
)
from oauthone.core.base_string import base_string_prefix, request_parameters
from oauthone.core.encoding import encoded_pairs, to_wire_string
from oauthone.core.parameters import read_parameters, remove_from_query
from oauthone.core.received_header import parse_authorization_header
from oauthone.core.signature import HmacMethod, RsaMethod, get_signature_method
from oauthone.core.signing import random_nonce
from oauthone.errors import (
    SigningError,
)

URL = "https://api.example/path"
FORM_TYPE = "application/x-www-form-urlencoded"
FORM = {"Content-Type": FORM_TYPE}
JSON = {"Content-Type": "application/json"}
KEY = RsaKey((Path(__file__).parent.parent / "vectors/keys/p-rsa2048-pkcs8.pem").read_text())


def parameters(signed: Signed) -> dict[str, str]:
    """Return the protocol parameters that were sent, from every placement."""
    if signed.authorization is not None:
        return dict(parse_authorization_header(signed.authorization)[1])
    sent = signed.url.partition("?")[2] if "oauth_signature=" in signed.url else signed.body
    return read_parameters(encoded_pairs(to_wire_string(sent)))[1]


def signer(**options: Any) -> Signer:
    return Signer("key", "secret", **{"nonce": lambda: "n0nce", "clock": lambda: 1_700_000_000.9, **options})


def test_a_header_signature_changes_nothing_but_the_authorization() -> None:
    body = object()
    signed = signer(token="t", token_secret="ts").sign("GET", URL, JSON, body)
    assert signed.url is URL
    assert signed.body is body
    assert signed.content_type is None
    assert (signed.nonce, signed.timestamp) == ("n0nce", "1700000000")
    assert parameters(signed) == {
        "oauth_consumer_key": "key",
        "oauth_token": "t",
        "oauth_signature_method": "HMAC-SHA1",
        "oauth_version": "1.0",
        "oauth_timestamp": "1700000000",
        "oauth_nonce": "n0nce",
        "oauth_signature": get_signature_method("HMAC-SHA1").signing_function("secret", "ts")(signed.base_string),
    }


@pytest.mark.seen_in("timbal#80")
def test_the_header_holds_protocol_parameters_and_the_realm_only() -> None:
    """Parameters of query and form are signed where they are."""
    signed = signer(realm="R").sign("POST", URL + "?a=1", FORM, b"b=2")
    assert signed.authorization is not None
    assert signed.authorization.startswith('OAuth realm="R", oauth_consumer_key=')
    assert all(name.startswith("oauth_") for name in parameters(signed))
    assert "a%3D1%26b%3D2" in signed.base_string
    assert "realm" not in signed.base_string


@pytest.mark.parametrize("url", [URL, URL + "?", URL + "?a=$'[]{}|%zz&b=é", URL + "#f"])
def test_a_query_signature_keeps_the_url_and_the_body(url: str) -> None:
    body = object()
    signed = signer(signature_type="QUERY").sign("POST", url, JSON, body)
    assert signed.body is body
    assert (signed.authorization, signed.content_type) == (None, None)
    assert signed.url.startswith(url.partition("#")[0])
    assert list(parameters(signed)) == [
        "oauth_consumer_key",
        "oauth_signature_method",
        "oauth_version",
        "oauth_timestamp",
        "oauth_nonce",
        "oauth_signature",
    ]


@pytest.mark.parametrize(
    ("headers", "body", "beginning", "content_type"),
    [
        (FORM, b"a=1", b"a=1&oauth_", None),
        (FORM, "a=1", "a=1&oauth_", None),
        (FORM, "a=é", "a=é&oauth_".encode(), None),
        (FORM, b"a=\0\xff", b"a=\0\xff&oauth_", None),
        (FORM, bytearray(b"a=1"), b"a=1&oauth_", None),
        (FORM, io.BytesIO(b"a=1"), b"a=1&oauth_", None),
        (FORM, b"", b"oauth_", None),
        (FORM, None, b"oauth_", None),
        ({"content-type": "APPLICATION/x-www-form-urlencoded;charset=utf-8"}, b"a=1", b"a=1&oauth_", None),
        (None, None, b"oauth_", FORM_TYPE),
        ({}, b"", b"oauth_", FORM_TYPE),
        ([], "", "oauth_", FORM_TYPE),
    ],
)
def test_a_body_signature_goes_behind_the_form(headers: Any, body: Any, beginning: Any, content_type: Any) -> None:
    """An empty body without a type becomes a form, and only then is there a Content-Type to set."""
    signed = signer(signature_type="BODY").sign("POST", URL, headers, body)
    assert signed.url is URL
    assert signed.authorization is None
    assert signed.content_type == content_type
    assert type(signed.body) is type(beginning)
    assert signed.body.startswith(beginning)
    assert "oauth_signature" in parameters(signed)


@pytest.mark.seen_in("oauth-1.0a#78")
@pytest.mark.seen_in("meteor#1825")
@pytest.mark.seen_in("PHPoAuthLib#306")
@pytest.mark.parametrize("placement", list(Placement))
def test_all_protocol_parameters_travel_in_one_place(placement: Placement) -> None:
    signed = signer(signature_type=placement, body_hash="always").sign(
        "POST", URL, None, None, callback="https://c.example/", verifier="v", extra={"oauth_session_handle": "h"}
    )
    places = [signed.authorization or "", signed.url, (signed.body or b"").decode()]
    assert sum("oauth_" in place for place in places) == 1
    (place,) = [place for place in places if "oauth_" in place]
    for name in ("oauth_callback", "oauth_verifier", "oauth_session_handle", "oauth_signature"):
        assert place.count(f"{name}=") == 1


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "X-THING"])
@pytest.mark.seen_in("authlib#517")
@pytest.mark.seen_in("authlib#468")
@pytest.mark.seen_in("jersey#3125")
@pytest.mark.seen_in("ruby-oauth#160")
@pytest.mark.seen_in("RESTClient#31")
@pytest.mark.seen_in("Insomnia#1854")
@pytest.mark.seen_in("postman#402")
@pytest.mark.seen_in("postman#1838")
@pytest.mark.seen_in("scribejava#286")
@pytest.mark.seen_in("osm-auth#9")
def test_a_form_is_signed_for_every_method(method: str) -> None:
    signed = signer().sign(method, URL, FORM, b"a=%41+b")
    assert signed.body == b"a=%41+b"
    assert signed.base_string.startswith(f"{method}&https%3A%2F%2Fapi.example%2Fpath&a%3DA%2520b%26")


@pytest.mark.seen_in("requests-oauthlib#329")
@pytest.mark.seen_in("bitbucket-sync#1")
@pytest.mark.seen_in("maxcdn#8")
@pytest.mark.parametrize("body", [None, b"", ""])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_the_header_of_a_form_without_a_body_is_no_error(method: str, body: Any) -> None:
    signed = signer().sign(method, URL, FORM, body)
    assert signed.body is body
    assert signed.base_string == signer().sign(method, URL).base_string


@pytest.mark.seen_in("authlib#543")
@pytest.mark.seen_in("requests-oauthlib#40")
@pytest.mark.seen_in("requests-oauthlib#258")
@pytest.mark.seen_in("oauthlib#327")
@pytest.mark.seen_in("oauthlib#403")
@pytest.mark.seen_in("openphoto-python#72")
@pytest.mark.seen_in("frappe#12968")
@pytest.mark.seen_in("rauth#44")
@pytest.mark.seen_in("rauth#46")
@pytest.mark.seen_in("superagent-oauth#13")
@pytest.mark.seen_in("mashape-oauth#14")
@pytest.mark.seen_in("tumblr/docs#72")
@pytest.mark.seen_in("twurl#67")
@pytest.mark.covering(together=2)
@pytest.mark.parametrize(
    "content_type", ["application/json", "multipart/form-data; boundary=x", "text/plain", "image/png", None]
)
@pytest.mark.parametrize("body", [b"a=1", b"\xff\0\x89PNG", "a=1", object(), iter([b"a=1"])])
@pytest.mark.parametrize("placement", ["HEADER", "QUERY"])
def test_a_body_that_is_no_form_is_neither_read_nor_signed(content_type: Any, body: Any, placement: str) -> None:
    """The signer returns the object that was passed in."""
    headers = {} if content_type is None else {"Content-Type": content_type}
    signed = signer(signature_type=placement).sign("POST", URL, headers, body)
    assert signed.body is body
    assert signed.content_type is None
    assert "a%3D1" not in signed.base_string


def test_a_form_that_is_no_form_is_signed_as_what_a_form_reader_makes_of_it() -> None:
    """The whole text is one name: parsing a form never fails, as on the server."""
    signed = signer().sign("POST", URL, FORM, b'{"a":1}')
    assert "%257B%2522a%2522%253A1%257D%3D%26oauth_consumer_key" in signed.base_string


def test_a_form_in_a_file_is_signed_and_the_file_stands_where_it_stood() -> None:
    file = io.BytesIO(b"a=1")
    signed = signer().sign("POST", URL, FORM, file)
    assert "a%3D1" in signed.base_string
    assert signed.body is file
    assert file.read() == b"a=1"


def generator() -> Iterator[bytes]:
    yield b"a=1"


def test_a_form_that_can_be_read_only_once_is_an_error() -> None:
    with pytest.raises(SigningError, match="generator"):
        signer().sign("POST", URL, FORM, generator())


EMPTY_SHA1, EMPTY_SHA256 = "2jmj7l5rSw0yVb/vlWAYkK/YBwk=", "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
HELLO_SHA1 = "Lve95gjOVATpfV8EL5X4nxwjKHE="


@pytest.mark.seen_in("oauth1-signer-java#5")
@pytest.mark.seen_in("oauth1-signer-java#33")
@pytest.mark.seen_in("python-oauth2#58")
@pytest.mark.parametrize(
    ("policy", "headers", "body", "expected"),
    [
        ("never", JSON, b"Hello World!", None),
        ("auto", JSON, b"Hello World!", HELLO_SHA1),
        ("auto", None, "Hello World!", HELLO_SHA1),
        ("auto", JSON, io.BytesIO(b"Hello World!"), HELLO_SHA1),
        ("auto", JSON, None, None),
        ("auto", JSON, b"", None),
        ("auto", JSON, "", None),
        ("auto", FORM, b"a=1", None),
        ("auto", FORM, None, None),
        ("always", None, None, EMPTY_SHA1),
        ("always", JSON, b"", EMPTY_SHA1),
        ("always", JSON, b"Hello World!", HELLO_SHA1),
        ("always", FORM, b"a=1", None),
        ("always", FORM, b"", None),
    ],
)
def test_a_body_hash_follows_its_policy(policy: Any, headers: Any, body: Any, expected: str | None) -> None:
    """Once, also in the base string, and never together with a form."""
    signed = signer(body_hash=policy).sign("POST", URL, headers, body)
    assert parameters(signed).get("oauth_body_hash") == expected
    assert signed.base_string.count("oauth_body_hash") == (expected is not None)


def test_a_body_hash_is_made_with_the_hash_of_the_method() -> None:
    assert parameters(signer(body_hash="always", signature_method="HMAC-SHA256").sign("GET", URL))[
        "oauth_body_hash"
    ] == (EMPTY_SHA256)
    assert parameters(signer(body_hash="always", signature_method="PLAINTEXT").sign("GET", URL))["oauth_body_hash"] == (
        EMPTY_SHA1
    )


def test_a_body_hash_of_what_can_be_read_only_once_is_an_error() -> None:
    with pytest.raises(SigningError, match="body_hash='never'"):
        signer(body_hash="auto").sign("POST", URL, JSON, generator())


@pytest.mark.parametrize("wrong", [{"relam": "x"}, {"redirect_uri": "x"}, {"force_include_body": True}])
def test_a_misspelt_option_is_a_type_error(wrong: dict[str, Any]) -> None:
    with pytest.raises(TypeError):
        Signer("key", "secret", **wrong)
    with pytest.raises(TypeError):
        Signer("key", "secret").sign("GET", URL, **wrong)
    with pytest.raises(TypeError):
        Signer("key", "secret").replace(**wrong)


def test_options_behind_the_secret_are_named() -> None:
    with pytest.raises(TypeError):
        Signer("key", "secret", "token")
    with pytest.raises(TypeError):
        Signer("key", "secret").sign("GET", URL, None, None, "callback")


def test_an_empty_token_and_an_empty_realm_can_be_sent() -> None:
    """None leaves them out."""
    signed = signer(token="", realm="").sign("GET", URL)
    assert signed.authorization is not None
    assert signed.authorization.startswith('OAuth realm="", ')
    assert parameters(signed)["oauth_token"] == ""
    assert "oauth_token%3D%26" in signed.base_string
    plain = signer().sign("GET", URL)
    assert plain.authorization is not None
    assert "realm" not in plain.authorization
    assert "oauth_token" not in parameters(plain)


def test_the_version_can_be_left_out() -> None:
    assert "oauth_version" not in parameters(signer(version=None).sign("GET", URL))


def test_a_request_can_have_its_own_realm() -> None:
    made = signer(realm="usual")
    assert 'realm="usual"' in (made.sign("GET", URL).authorization or "")
    assert 'realm="other"' in (made.sign("GET", URL, realm="other").authorization or "")
    assert "realm" not in (made.sign("GET", URL, realm=None).authorization or "realm")


def test_callback_and_verifier_are_sent_with_their_request_only() -> None:
    made = signer()
    first = parameters(made.sign("POST", URL, callback="https://c.example/?a=b c"))
    assert first["oauth_callback"] == "https://c.example/?a=b c"
    second = parameters(made.sign("POST", URL, verifier=""))
    assert second["oauth_verifier"] == ""
    assert "oauth_callback" not in second
    assert parameters(made.sign("GET", URL)).keys() & {"oauth_callback", "oauth_verifier"} == set()


@pytest.mark.parametrize(
    "extra", [{"oauth_session_handle": "a b", "x": "é"}, [("oauth_session_handle", "a b"), ("x", "é")]]
)
def test_further_parameters_are_sent_and_signed(extra: Any) -> None:
    signed = signer().sign("GET", URL, extra=extra)
    assert parameters(signed) | {"oauth_session_handle": "a b", "x": "é"} == parameters(signed)
    assert "oauth_session_handle%3Da%2520b" in signed.base_string
    assert "%26x%3D%25C3%25A9" in signed.base_string


def test_nonce_and_timestamp_can_be_given() -> None:
    for timestamp in (1, "1"):
        signed = signer().sign("GET", URL, nonce="a+é", timestamp=timestamp)
        assert (signed.nonce, signed.timestamp) == ("a+é", "1")
        assert 'oauth_nonce="a%2B%C3%A9"' in (signed.authorization or "")


@pytest.mark.seen_in("oauthlib#946")
@pytest.mark.seen_in("oauthlib#960")
@pytest.mark.seen_in("oauth1-signer-java#9")
@pytest.mark.seen_in("ruby-oauth#50")
@pytest.mark.seen_in("dghubble/oauth1#45")
def test_a_nonce_is_24_letters_and_digits_from_the_operating_system(monkeypatch: pytest.MonkeyPatch) -> None:
    nonces = {random_nonce() for _ in range(10_000)}
    assert len(nonces) == 10_000
    assert all(re.fullmatch("[A-Za-z0-9]{24}", nonce) for nonce in nonces)
    asked: list[int] = []
    monkeypatch.setattr("os.urandom", lambda size: asked.append(size) or b"\xfb\xff\xfe" * 6)
    assert re.fullmatch("[A-Za-z0-9]{24}", random_nonce())
    assert sum(asked) * 8 >= 128


@pytest.mark.seen_in("oauth1-signer-python#35")
@pytest.mark.seen_in("oauth1-signer-java#24")
@pytest.mark.seen_in("AsyncOAuth#21")
@pytest.mark.seen_in("rauth#131")
def test_every_value_in_the_header_is_encoded_text() -> None:
    signed = signer(token="a/b=c+d&e").replace(client_id="ké y").sign("GET", URL)
    assert isinstance(signed.authorization, str)
    for value in re.findall('"([^"]*)"', signed.authorization):
        assert re.fullmatch(r"(?:[A-Za-z0-9._~-]|%[0-9A-F]{2})*", value)


def test_an_identifier_is_encoded_once_and_read_back_as_it_was() -> None:
    """With any content: a value that looks encoded is data."""
    for token in ("a%2Bb", "a+b", "a=b&c", "%", "é\N{SNOWMAN}", '"', "a b"):
        signed = signer(token=token).sign("GET", URL)
        assert parameters(signed)["oauth_token"] == token


@pytest.mark.seen_in("aioauth-client#118")
@pytest.mark.seen_in("insomnia-plugin-mastercard#13")
@pytest.mark.seen_in("liboauthcpp#20")
def test_a_url_is_signed_as_it_is_written() -> None:
    """Escapes and reserved characters in path and query are sent unchanged."""
    url = "https://api.example/a%2Fb,c;d/%7e?x=%2c,&y=a/b"
    signed = signer(signature_type="QUERY").sign("GET", url)
    assert signed.url.startswith(url + "&oauth_")
    assert signed.base_string.startswith(base_string_prefix("GET", "https://api.example/a%2Fb,c;d/%7e"))


@pytest.mark.parametrize("url", ["/path", "api.example/path", ""])
def test_a_url_that_is_not_absolute_is_an_error(url: str) -> None:
    with pytest.raises(SigningError, match="it is not an absolute URL"):
        signer().sign("GET", url)


def test_a_method_outside_ascii_is_signed_as_utf_8() -> None:
    assert signer().sign("é", URL).base_string.startswith("%C3%89&")


def test_a_signer_shows_what_it_is() -> None:
    made = signer(token="t", realm="r", signature_method="HMAC-SHA256", signature_type="QUERY")
    assert (made.client_id, made.token, made.realm, made.placement) == ("key", "t", "r", Placement.QUERY)
    assert made.signature_method is get_signature_method("HMAC-SHA256")
    assert signer().token is None
    assert repr(made) == "<Signer 'key' HMAC-SHA256 QUERY>"


def test_a_signer_with_other_options_is_another_signer() -> None:
    made = signer(realm="r")
    other = made.replace(token="t", token_secret="ts")
    assert (made.token, other.token, other.realm) == (None, "t", "r")
    assert other.sign("GET", URL) == signer(realm="r", token="t", token_secret="ts").sign("GET", URL)


def test_a_signer_is_itself_if_nothing_changes() -> None:
    made = signer(token="t", token_secret="ts")
    assert made.replace() is made
    assert made.replace(token="t", token_secret="ts") is made
    assert made.replace(token="t", token_secret="other") is not made


def test_a_signer_with_other_options_keeps_the_parsed_key() -> None:
    keys: list[object] = []

    class Keyed(SignatureMethod):
        name = "X-KEYED"

        def signing_function(self, client_secret: str, token_secret: str, rsa_key: Any = None) -> Callable[[str], str]:
            keys.append(rsa_key)
            return lambda base_string: "x"

    Signer("k", signature_method=Keyed(), rsa_key=RsaKey(lambda octets: octets)).replace(token="t")
    assert len(keys) == 2
    assert keys[0] is keys[1]


def test_a_signer_can_be_subclassed() -> None:
    class Mine(Signer):
        pass

    assert type(Mine("k").replace(token="t")) is Mine


def test_the_caller_keeps_its_mapping_and_its_pairs() -> None:
    headers, extra = dict(FORM), {"oauth_x": "1"}
    signer().sign("POST", URL, headers, b"a=1", extra=extra)
    assert (headers, extra) == (FORM, {"oauth_x": "1"})


def test_what_is_signed_holds_no_signature() -> None:
    signed = signer().sign("GET", URL + "?oauth_signature=old")
    assert "oauth_signature%3D" not in signed.base_string
    assert request_parameters("oauth_signature=old", "") == []


def test_who_has_the_two_headers_at_hand_signs_alike() -> None:
    headers = [("content-type", "text/plain"), ("Host", "other.example:8080"), ("X-Other", "x")]
    options: dict[str, Any] = {"nonce": "n", "timestamp": 1_700_000_000}
    hashing = signer(body_hash="auto")
    signed = hashing.sign("PUT", URL, headers, b"text", **options)
    assert hashing.sign_parts("PUT", URL, "text/plain", "other.example:8080", b"text", **options) == signed
    assert hashing.sign_parts("PUT", URL, None, None, b"text", **options) != signed


START = base_string_prefix("GET", "https://api.example/a")


@pytest.mark.parametrize(
    "options",
    [{"signature_type": "QUERY"}, {"signature_type": "BODY"}, {"body_hash": "always"}, {"nonce": lambda: "own"}],
)
def test_a_request_that_needs_more_than_a_header(options: dict[str, Any]) -> None:
    assert Signer("k", "s").header_without_body(START, "b=1") is not None
    assert Signer("k", "s", **options).header_without_body(START, "b=1") is None


def test_parameters_of_the_protocol_in_a_query_need_more_than_a_header() -> None:
    """They may have to be sorted among the others."""
    assert Signer("k", "s").header_without_body(START, "oauth_x=1") is None


def test_the_clock_is_looked_up_when_it_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that replaces the time also affects a signer that was made before."""
    made_before = Signer("key", "secret")
    monkeypatch.setattr("time.time", lambda: 1_234_567_890.9)
    assert made_before.sign("GET", URL).timestamp == "1234567890"


@pytest.mark.parametrize("placement", ["HEADER", "QUERY", "BODY"])
def test_what_a_signature_added_to_a_query_is_told(placement: str) -> None:
    signed = signer(signature_type=placement).sign("POST", URL, FORM, "b=2")
    assert remove_from_query(signed.url, signed.added_to_query) == URL
    assert bool(signed.added_to_query) == (placement == "QUERY")


def test_all_that_follows_a_first_hash_is_a_fragment() -> None:
    """A second hash does not end it, and a question mark in it does not begin a query."""
    options: dict[str, Any] = {"nonce": "n", "timestamp": 1}
    plain = signer().sign("GET", URL, **options)
    for fragment in ("#f", "#f#g", "#f#g?h=1", "##", "#?a=1#b"):
        assert signer().sign("GET", URL + fragment, **options).base_string == plain.base_string


def test_a_url_is_signed_alike_with_and_without_a_slash_after_its_host() -> None:
    options: dict[str, Any] = {"nonce": "n", "timestamp": 1}
    for tail in ("", "?a=/b", "#a/b", "?a=//x@y:1/"):
        bare, slashed = (signer().sign("GET", f"https://a.example{slash}{tail}", **options) for slash in ("", "/"))
        assert bare.base_string == slashed.base_string


@pytest.mark.covering(together=2)
@pytest.mark.parametrize(
    "other", ["oauth_debug=1", "oauth_=", "oauth_zone=%20", "x=oauth_debug", "oauth=1", "a=oauth_"]
)
@pytest.mark.parametrize("where", ["{}", "a=1&{}", "{}&z=1", "a=1&{}&z=1"])
@pytest.mark.parametrize("placed", ["query", "form", "both"])
def test_parameters_named_like_those_of_the_protocol_are_sorted_among_them(other: str, where: str, placed: str) -> None:
    """In every placement. The oracle sorts all of them as the RFC says (section 3.4.1.3.2)."""
    text = where.format(other)
    query, form = text if placed != "form" else "", text if placed != "query" else ""
    signed = signer(token="t").sign("POST", f"{URL}?{query}", FORM, form)
    sent = parse_qsl(query, keep_blank_values=True) + parse_qsl(form, keep_blank_values=True)
    own = [(name, value) for name, value in parameters(signed).items() if name != "oauth_signature"]
    pairs = sorted((quote(name, safe="~"), quote(value, safe="~")) for name, value in sent + own)
    assert signed.base_string.split("&")[2] == quote("&".join(f"{name}={value}" for name, value in pairs), safe="")


class Wrapped:
    """Wraps the signature of a method in characters that a header cannot contain."""

    def signing_function(self, *secrets: Any) -> Callable[[str], str]:
        sign: Callable[[str], str] = super().signing_function(*secrets)  # type: ignore[misc]
        return lambda base_string: f"v1:{{{sign(base_string)}}} *!'()\"\\"


class WrappedHmac(Wrapped, HmacMethod):
    """A custom method that derives from HMAC."""


class WrappedRsa(Wrapped, RsaMethod):
    """A custom method that derives from RSA."""


@pytest.mark.parametrize("placement", ["HEADER", "QUERY", "BODY"])
@pytest.mark.parametrize("path", ["fast", "plain"])
@pytest.mark.parametrize("method", [WrappedHmac("X-HMAC", "sha256"), WrappedRsa("X-RSA", "sha256")], ids=repr)
def test_the_signature_of_a_derived_method_is_encoded_whole(method: Any, path: str, placement: str) -> None:
    """It need not be base64, which has the only special characters of our own signatures."""
    made = signer(signature_method=method, signature_type=placement, rsa_key=KEY if method.uses_rsa_key else None)
    signed = made.sign("POST", URL, FORM, "b=2", verifier=None if path == "fast" else "v")
    signature = method.signing_function("secret", "", KEY)(signed.base_string)
    sent = signed.authorization or (signed.url if placement == "QUERY" else signed.body)
    assert quote(signature, safe="~") in sent
    assert parameters(signed)["oauth_signature"] == signature


def test_a_signer_cannot_be_changed() -> None:
    for name in ("client_id", "token", "realm", "signature_method", "placement"):
        with pytest.raises(AttributeError):
            setattr(signer(), name, "x")
    with pytest.raises(AttributeError):
        signer().anything = "x"
