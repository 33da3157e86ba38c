"""Every input is parsed or rejected with an error of the package, and every output is parsed to its value."""

import re
from contextlib import suppress
from urllib.parse import quote, unquote_to_bytes

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sampling import examples

from oauthone.core.authorization_header import authorization_header, realm_prefix
from oauthone.core.base_string import signature_base_string
from oauthone.core.credentials import MAX_RESPONSE_BODY
from oauthone.core.encoding import (
    encoded_pair,
    encoded_pairs,
    form_decode,
    form_encode,
    percent_decode,
    percent_decode_text,
    percent_encode,
    to_wire_string,
)
from oauthone.core.flow import parse_callback
from oauthone.core.received_header import parse_authorization_header, read_any_header, read_usual_header
from oauthone.core.token_response import read_token_response
from oauthone.errors import AccessDenied, CallbackError, TokenResponseError, VerificationError

from ..plain_forms import encoded_pairs_plainly

#: The pieces of queries and forms, including many malformed ones.
LATIN = st.characters(max_codepoint=255) | st.sampled_from("%&=+;\0 0123456789abcdefABCDEF%&=+")
WIRE = st.text(LATIN, max_size=40)


@examples(500)
@given(WIRE)
def test_the_fast_encoder_is_the_plain_one(text: str) -> None:
    assert encoded_pairs(text) == encoded_pairs_plainly(text)


@examples(200)
@given(st.lists(st.tuples(st.text(), st.text())))
def test_what_is_written_as_a_form_is_read_from_it(pairs: list[tuple[str, str]]) -> None:
    read = form_decode(form_encode(pairs))
    assert read == [(name.encode(), value.encode()) for name, value in pairs]


@given(st.binary())
def test_what_is_percent_encoded_is_decoded_to_the_same_octets(octets: bytes) -> None:
    encoded = percent_encode(octets)
    assert percent_decode(encoded) == octets
    assert re.fullmatch(r"(?:[A-Za-z0-9._~-]|%[0-9A-F]{2})*", encoded)
    assert encoded == quote(octets, safe="")


@given(st.text())
def test_text_survives_the_strict_decoder(text: str) -> None:
    assert percent_decode_text(percent_encode(text)) == text


@given(WIRE)
def test_decoding_is_that_of_the_standard_library(text: str) -> None:
    assert percent_decode(text) == unquote_to_bytes(text.encode("latin-1"))


NAME = st.text(min_size=1, max_size=12).filter(lambda name: name.lower() != "realm")


@examples(200)
@given(
    st.none() | st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=10),
    st.dictionaries(NAME, st.text(max_size=10), min_size=1, max_size=5),
)
def test_what_is_written_into_a_header_is_read_from_it(realm: str | None, parameters: dict[str, str]) -> None:
    pairs = [encoded_pair(name, value) for name, value in parameters.items()]
    header = authorization_header(realm_prefix(realm), pairs)
    assert header.isascii()
    assert header.isprintable()
    assert parse_authorization_header(header) == (realm, list(parameters.items()))


HEADER_PIECES = st.sampled_from(
    [
        'oauth_nonce="n"',
        'oauth_token="a%20b"',
        'oauth_x=""',
        'oauth_signature="a%2Bb%3D"',
        'oauth_version="1.0"',
        'oauth_a="%zz"',
        'oauth_b="%ff"',
        'oauth_c="%2f%41"',
        'realm="R"',
        'Realm="oauth_"',
        'foo="b"',
        'oauth%5Fnonce="m"',
        "oauth_d=e",
        ", ",
        ",",
        " ",
        "\t",
        '"',
        "=",
        "\\",
        "é",
        "a",
        "OAuth ",
    ]
)
HEADER = (
    st.lists(HEADER_PIECES, max_size=8).map("".join) | st.lists(HEADER_PIECES, max_size=5).map(", ".join) | st.text()
)


#: The names that the fast reader knows.
USUAL_NAMES = [
    f"oauth_{name}"
    for name in (
        *("consumer_key", "nonce", "signature_method", "timestamp", "token", "version", "signature"),
        *("body_hash", "callback", "verifier"),
    )
]
#: Every other list of values has none that is malformed or encoded: only so do many headers reach the shortest way.
VALUES = (
    st.sampled_from(["a", "", "1.0", "~-._"]),
    st.sampled_from(["a", "", "a%2Fb%3D", "%C3%A9", "%FF", "%2f", "a b"]),
)
USUAL_HEADER = st.tuples(
    st.sampled_from(["", 'realm="R", ', 'realm="a=",']),
    st.permutations(USUAL_NAMES[:7]) | st.permutations(USUAL_NAMES),
    st.integers(6, 10),
    st.one_of([st.lists(value, min_size=10, max_size=10) for value in VALUES]),
    st.sampled_from([", ", ","]),
).map(lambda of: of[0] + of[4].join([f'{name}="{text}"' for name, text in zip(of[1][: of[2]], of[3], strict=False)]))
#: Seven different values, of which only the signature is encoded, as most signers send them.
SENT = ", ".join([f'{name}="{index}"' for index, name in enumerate(USUAL_NAMES[:6])]) + ', oauth_signature="a%2Bb%3D"'


@examples(500)
@example('a="="b", c"')
@example(SENT)
@example(f'realm="R", {SENT}')
@example(SENT.replace("%2B", "%FF"))
@example(f'{SENT}, oauth_verifier="v"')
@example(f'{SENT}, oauth_nonce="1"')
@given(HEADER | USUAL_HEADER)
def test_the_fast_reader_of_headers_is_the_plain_one(text: str) -> None:
    """Where the fast one reads a header, it finds the same realm, part of a base string and protocol parameters.

    It reads no bad one.
    """
    value = "OAuth " + text
    try:
        realm, parameters = parse_authorization_header(value)
    except VerificationError:
        with suppress(VerificationError):
            assert read_usual_header(value) is None
        return
    pairs = [encoded_pair(*pair) for pair in parameters if pair[0] != "oauth_signature"]
    protocol = {name: value for name, value in parameters if name.startswith("oauth_")}
    assert read_any_header(value) == (realm, pairs, protocol)
    fast = read_usual_header(value)
    assert fast is None or fast == (realm, signature_base_string("", pairs), protocol)


@pytest.mark.parametrize("realm", ["", 'realm="", ', 'realm="R, b",', 'realm="%zz é", ', 'realm="a\\"b", '])
@pytest.mark.parametrize("values", ['oauth_nonce="n"', 'oauth_signature="a%2Bb%3D",oauth_token=""', 'oauth_x="y"'])
def test_the_fast_reader_of_headers_takes_what_most_clients_write(realm: str, values: str) -> None:
    fast = read_usual_header(f"OAuth {realm}{values}")
    usual = realm.isascii() and "\\" not in realm and values != 'oauth_x="y"'
    assert (fast is not None) == usual


@given(st.text() | HEADER.map(lambda text: "OAuth " + text))
def test_whatever_a_header_holds_it_is_read_or_refused(value: str) -> None:
    with suppress(VerificationError):
        parse_authorization_header(value)


@given(st.binary() | st.text())
def test_whatever_a_form_holds_it_is_read(body: bytes | str) -> None:
    pairs = form_decode(to_wire_string(body))
    assert all(isinstance(name, bytes) and isinstance(value, bytes) for name, value in pairs)
    assert len(encoded_pairs(to_wire_string(body))) == len(pairs)


CALLBACK = st.text() | st.lists(
    st.sampled_from(
        ["oauth_token=t", "oauth_verifier=", "&", "?", "#", "denied", "=", "%", "%ff", "é", " ", "oauth_problem"]
    )
).map("".join)


@given(CALLBACK)
def test_whatever_a_callback_holds_it_is_read_or_refused(answer: str) -> None:
    with suppress(AccessDenied, CallbackError):
        assert parse_callback(answer, "t").token == "t"


RESPONSE = st.binary() | st.lists(
    st.sampled_from(
        [
            *(b"oauth_token", b"oauth_token_secret", b"oauth_problem", b"error", b"<html>", b"null", b"NaN", b"1e999"),
            *(b"=", b"&", b'"', b"{", b"}", b":", b",", b"[", b" ", b"%", b"%zz", b"1", b"\xff", b"\\u", b"\\ud800"),
        ]
    )
).map(b"".join)


@examples(300)
@example(200, b"{" * 60_000, "")
@example(200, b'{"oauth_token":' * 4_000, "")
@example(200, b" " * (MAX_RESPONSE_BODY + 1), "")
@given(st.integers(0, 999), RESPONSE, st.text())
def test_whatever_a_provider_answers_it_is_read_or_refused(status: int, body: bytes, challenge: str) -> None:
    headers = [("WWW-Authenticate", challenge)]
    try:
        token, secret, extra = read_token_response(status, headers, body)
    except TokenResponseError:
        with pytest.raises(TokenResponseError) as caught:
            read_token_response(status, headers, body)
        assert caught.value.status == status
        assert str(caught.value).isprintable()
    else:
        assert (type(token), type(secret), type(extra)) == (str, str, dict)
        assert token.encode()
