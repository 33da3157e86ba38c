"""The catalogue of mistakes: the tests make each one on purpose, and the search names it."""

import base64
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote, quote_plus, unquote

import pytest

from oauthone.core.parsed_request import base_string_of
from oauthone.diagnosis.mistake_catalogue import (
    ENCODER_MISTAKES,
    WRONG_SPELLINGS,
    wrong_keys,
    wrong_methods,
    wrong_orders,
    wrong_parameters,
    wrong_secrets,
    wrong_uris,
)

from .mistaken_client import (
    FORM,
    SECRET,
    TOKEN_SECRET,
    URL,
    Change,
    base_string_with,
    encoded,
    in_base64,
    lower,
    mistake,
    request,
    sign,
)


@pytest.mark.parametrize(
    ("key", "words"),
    [
        (f"{encoded(SECRET)}&", "signed with an empty token secret: keep the secret that came with the token"),
        (f"&{encoded(TOKEN_SECRET)}", "signed with an empty client secret"),
        (f"{encoded(TOKEN_SECRET)}&{encoded(SECRET)}", "exchanged the client's and the token's secret"),
        (f"{encoded(SECRET)}%0A&{encoded(TOKEN_SECRET)}", "a client secret that ends in a line break or a space"),
        (f"{encoded(SECRET)}%20&{encoded(TOKEN_SECRET)}", "a client secret that ends in a line break or a space"),
        (f"{encoded(encoded(SECRET))}&{encoded(encoded(TOKEN_SECRET))}", "encoded the secrets twice"),
        (f"{SECRET}&{TOKEN_SECRET}", "did not percent-encode the secrets"),
    ],
)
def test_other_secrets_are_named(key: str, words: str) -> None:
    """With HMAC, and with PLAINTEXT, whose signature consists of the secrets."""
    incoming = request()
    assert words in (mistake(incoming, sign(base_string_of(incoming), key)) or "")
    assert words in (mistake(request(signature_method="PLAINTEXT"), key) or "")


def test_a_missing_joint_of_the_secrets_is_named() -> None:
    words = "the client left out the '&' after the client's secret"
    incoming = request(token=None, token_secret=None)
    signature = sign(base_string_of(incoming), encoded(SECRET))
    assert mistake(incoming, signature, token_secret=None) == words
    plain = request(token=None, token_secret=None, signature_method="PLAINTEXT")
    assert mistake(plain, encoded(SECRET), token_secret=None) == words


@pytest.mark.parametrize(
    ("spell", "words"),
    [
        (lambda right: right.replace("+", " "), "did not percent-encode the signature, whose '+' then arrived"),
        (encoded, "percent-encoded the signature twice"),
        (lambda right: right + "\n", "sent a line break or a space around the signature"),
        (lambda right: right.replace("+", "-").replace("/", "_"), "sent the base64 of URLs, with '-' and '_'"),
        (lambda right: right.rstrip("="), "left out the '=' that base64 ends with"),
        (lambda right: base64.b64decode(right).hex(), "sent the signature in hexadecimal instead of base64"),
        (
            lambda right: in_base64(base64.b64decode(right).hex().encode()),
            "sent the base64 of hexadecimal digits instead of the signature's octets",
        ),
    ],
)
def test_another_spelling_of_the_signature_is_named(spell: Change, words: str) -> None:
    incoming = request()
    right = incoming.protocol["oauth_signature"]
    while "+" not in right or "/" not in right:
        incoming = request()
        right = incoming.protocol["oauth_signature"]
    said = mistake(incoming, spell(right))
    assert said is not None
    assert said.startswith(f"the client {words}")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("%2520", "%2B", "encoded a space as '+' instead of '%20'"),
        ("%252F", "%252f", "wrote percent escapes in lower case"),
        ("%252F", "%2F", "left slashes unencoded"),
        ("%252", "%25252", "encoded the parameters three times instead of twice"),
        ("a%3Dx%2520y%26b%3D%252F%26", "", "left the query out"),
        ("https", "http", "signed a URL that begins with http://, the server received https://"),
        ("%2Fpath", "%2Fpath%2F", "added a slash at the end of the path"),
        ("%2Fpath", "%3A443%2Fpath", "kept the default port in the URI"),
        ("%2Fpath", "%2Fpath%3Fa%3Dx%2520y%26b%3D%2F", "left the query in the URI"),
        ("POST&", "GET&", "signed the method GET"),
        ("POST&", "PUT&", "signed the method PUT"),
        ("POST&", "post&", "signed the method post"),
        ("%26oauth_token%3Dt", "", "did not sign oauth_token, which it sent"),
        ("%26oauth_version%3D1.0", "", "did not sign oauth_version, which it sent"),
    ],
)
def test_a_mistake_that_explains_the_signature_is_named(old: str, new: str, words: str) -> None:
    incoming = request()
    text = base_string_of(incoming)
    assert old in text
    assert mistake(incoming, sign(text.replace(old, new))) == f"the client {words}"


def test_what_was_signed_and_not_sent_is_named() -> None:
    for pair, options in (
        ("oauth_token=", {"token": None, "token_secret": None}),
        ("oauth_version=1.0", {"version": None}),
    ):
        incoming = request(**options)
        name, _, value = pair.partition("=")
        text = "&".join(sorted([*incoming.pairs, f"{name}\0{value}"])).replace("\0", "=")
        signature = sign(f"POST&{encoded('https://api.example/path')}&{encoded(text)}")
        assert mistake(incoming, signature) == f"the client signed {pair}, which it did not send"


@pytest.mark.parametrize(
    ("url", "encode", "words"),
    [
        ("https://api.example/a/b?q=x/y", lower, "wrote percent escapes in lower case"),
        ("https://api.example/a?q=it's", lambda text: quote(text, safe="~!*'()"), "left some of !*'() unencoded"),
        ("https://api.example/a/b?q=x/y", lambda text: quote(text, safe="/~"), "left slashes unencoded"),
        ("https://api.example/~a?q=~", lambda text: encoded(text).replace("~", "%7E"), "encoded '~', which stands"),
        ("https://api.example/a?q=x+y", quote_plus, "encoded a space as '+' instead of '%20'"),
    ],
)
def test_an_encoder_that_goes_wrong_is_named(url: str, encode: Change, words: str) -> None:
    """For the values alone, and for the whole string."""
    for outer in (encoded, encode):
        incoming = request(url)
        said = mistake(incoming, sign(base_string_with(incoming, encode, outer)))
        assert said is not None
        assert said.startswith(f"the client {words}")


@pytest.mark.parametrize(
    ("url", "sort", "words"),
    [
        ("https://api.example/?b=1&a=2", list, "did not sort the parameters"),
        (
            "https://api.example/?b=1&a=2",
            lambda pairs: sorted(pairs, key=lambda pair: pair[0].startswith("oauth_")),
            "did not sort the parameters",
        ),
        (
            "https://api.example/?a=2&a=1",
            lambda pairs: sorted(pairs, key=lambda pair: pair[0]),
            "did not sort the values of one name",
        ),
        (
            "https://api.example/?a1=1&a[]=2",
            lambda pairs: sorted(pairs, key=lambda pair: unquote(pair[0])),
            "sorted the parameters before encoding them",
        ),
        (
            "https://api.example/?B=1&a=2",
            lambda pairs: sorted(pairs, key=lambda pair: pair[0].lower()),
            "sorted capital letters among small ones",
        ),
    ],
)
def test_another_order_is_named(url: str, sort: Callable[..., Any], words: str) -> None:
    incoming = request(url)
    assert mistake(incoming, sign(base_string_with(incoming, sort=sort))) == f"the client {words}"


def test_parameters_encoded_once_are_named() -> None:
    incoming = request()
    assert mistake(incoming, sign(base_string_with(incoming, str))) == (
        "the client encoded the parameters once instead of twice"
    )


def test_line_breaks_that_a_browser_rewrote_are_named() -> None:
    incoming = request(URL, FORM, b"c=1%0D%0A2")
    text = base_string_of(incoming).replace("%250D%250A", "%250A")
    assert mistake(incoming, sign(text)) == "the client signed line breaks as LF, which browsers send as CR LF"


def test_a_form_that_was_left_out_is_named() -> None:
    incoming = request(URL, FORM, b"c=1&d=2")
    text = base_string_of(incoming).replace("c%3D1%26d%3D2%26", "")
    assert mistake(incoming, sign(text)) == "the client left the form body out"


def test_a_query_that_was_left_out_is_named_where_the_protocol_parameters_stand_in_it() -> None:
    incoming = request(signature_type="QUERY")
    text = base_string_of(incoming).replace("a%3Dx%2520y%26b%3D%252F%26", "")
    assert mistake(incoming, sign(text)) == "the client left the query out"


def test_a_body_that_was_signed_though_it_is_no_form_is_named() -> None:
    incoming = request(body=b"c=1")
    text = base_string_of(incoming).replace("oauth_c", "c%3D1%26oauth_c")
    assert mistake(incoming, sign(text)) == "the client signed the body, which is not declared as a form"


def test_a_lost_parameter_of_several_of_one_name_is_named() -> None:
    incoming = request("https://api.example/?a=1&a=2")
    text = base_string_of(incoming).replace("a%3D1%26", "")
    assert mistake(incoming, sign(text)) == "the client kept one of several parameters of the same name"


def test_a_signed_realm_is_named() -> None:
    incoming = request(realm="a b")
    text = base_string_of(incoming) + "%26realm%3Da%2520b"
    assert mistake(incoming, sign(text)) == "the client signed the realm of the Authorization header"


@pytest.mark.parametrize(
    ("url", "old", "new", "words"),
    [
        ("http://api.example/p", "http%", "https%", "a URL that begins with https://, the server received http://"),
        ("https://api.example:8443/p", "%3A8443", "", "left the port out of the URI"),
        ("http://api.example/p", "example", "example%3A80", "kept the default port in the URI"),
        ("https://API.example/p", "api", "API", "did not write the host in small letters"),
        ("https://api.example/p/", "p%2F&", "p&", "left out the slash that the path ends with"),
        ("https://api.example", "%2F&", "&", "left out the slash that the path ends with"),
        ("https://api.example/a%2Fb", "a%252Fb", "a%2Fb", "decoded the path"),
    ],
)
def test_another_url_is_named(url: str, old: str, new: str, words: str) -> None:
    incoming = request(url)
    text = base_string_of(incoming)
    assert old in text
    said = mistake(incoming, sign(text.replace(old, new)))
    assert said is not None
    assert words in said


def test_a_large_body_that_is_no_form_is_not_read_as_one() -> None:
    """Otherwise half a million names would be sorted."""
    signed = [pair for _, pairs in wrong_parameters(request(body=b"a&" * 2**19)) for pair in pairs]
    assert len(signed) < 500


def catalogue() -> Iterator[tuple[str, Any]]:
    """Yield each description, with what a client that makes the mistake uses instead."""
    incoming = request(URL, FORM, b"c=1&c=2", realm="R")
    yield from ((description, secrets) for description, *secrets in wrong_secrets(SECRET, TOKEN_SECRET))
    yield from wrong_keys(SECRET, "")
    yield from wrong_parameters(incoming)
    yield from wrong_orders(incoming.pairs)
    yield from wrong_methods("POST")
    yield from wrong_uris(incoming.request)
    yield from ((description, change("a%2F~ ")) for description, change in (*ENCODER_MISTAKES, *WRONG_SPELLINGS))


def test_no_description_of_a_mistake_contains_a_secret() -> None:
    """It goes into a log, and may go to the client's developer."""
    descriptions = [description for description, _ in catalogue()]

    assert len(descriptions) > 40
    for secret in (SECRET, TOKEN_SECRET, encoded(SECRET), encoded(TOKEN_SECRET)):
        assert not [description for description in descriptions if secret in description]


def test_every_description_completes_a_sentence_about_the_client() -> None:
    for description, _ in catalogue():
        assert re.match(
            r"(added|decoded|did not|encoded|exchanged|kept|left|percent-|sent|signed|sorted|wrote)", description
        )
        assert not description.endswith(".")


@pytest.mark.parametrize("method", ["POST", "GET", "M-SEARCH"])
def test_a_signed_method_in_small_letters_is_tried_for_every_method(method: str) -> None:
    assert (f"signed the method {method.lower()}", method.lower()) in list(wrong_methods(method))


def test_a_lost_ampersand_is_tried_only_where_it_would_end_the_key() -> None:
    """If there is a token secret, the '&' stands in the middle, and clients do not forget it."""
    assert [key for _, key in wrong_keys("a/b", "")] == ["a/b&", "a%2Fb"]
    assert [key for _, key in wrong_keys("a/b", "c")] == ["a/b&c"]
