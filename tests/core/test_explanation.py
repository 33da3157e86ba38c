"""Why a signature did not fit, in words: each mistake is made on purpose, and named."""

from typing import Any

import pytest

from oauthone import Signer
from oauthone.core.explanation import first_difference, likely_mistake
from oauthone.core.signature import method_named
from oauthone.core.verification import Incoming, Policy, base_string_of, take_apart

HEAD = "POST&https%3A%2F%2Fapi.example%2Fpath&"
OURS = HEAD + "a%3D1%26b%3Dx%2520y%26b%3Dz%26oauth_nonce%3Dn"


@pytest.mark.parametrize(
    ("theirs", "words"),
    [
        (OURS, None),
        ("POST&https://api.example/path&a=1&b=2", "has 4 parts joined by '&' instead of three: the parts are not"),
        ("POST", "has 1 parts joined by '&' instead of three"),
        (OURS.replace("POST", "GET"), "signed the method 'GET', the server received 'POST'"),
        (
            OURS.replace("https", "http"),
            "signed the URI 'http://api.example/path', the server received 'https://api.example/path'",
        ),
        (HEAD + "b%3Dx%2520y%26a%3D1%26b%3Dz%26oauth_nonce%3Dn", "sorted otherwise: 'b' stands where 'a' belongs"),
        (HEAD + "b%3Dx%2520y%26b%3Dz%26oauth_nonce%3Dn", "did not sign a='1', which the server received"),
        (OURS.replace("b%3Dz%26", ""), "did not sign b='z', which the server received"),
        (OURS + "%26c%3D1", "signed c='1', which the server did not receive"),
        (OURS + "%26my_secret%3Dcanary", "signed my_secret='***', which the server did not receive"),
        (OURS.replace("a%3D1", "a%3D2"), "signed a='2', the server received a='1'"),
        (OURS.replace("x%2520y", "x%2By"), "encoded the space in 'b' as '+'"),
        (OURS.replace("x%2520y", "x%20y"), "did not encode the value of 'b'"),
        (OURS.replace("x%2520y", "x%252520y"), "encoded the value of 'b' once too often"),
        (OURS.replace("%3D", "%3d"), "encoded the parameters otherwise, though they are the same"),
        (OURS.replace("%3A%2F", "%3a%2f"), "encoded the URI otherwise, though it is the same"),
    ],
)
def test_the_first_difference_is_said_in_words(theirs: str, words: str | None) -> None:
    said = first_difference(OURS, theirs)
    if words is None:
        assert said is None
    else:
        assert said is not None
        assert words in said
        assert "canary" not in said


def test_lower_case_escapes_in_a_value_are_named() -> None:
    assert first_difference(HEAD + "b%3D%252F", HEAD + "b%3D%252f") == (
        "the client wrote the percent escapes in 'b' in lower case"
    )


def test_a_long_value_is_cut() -> None:
    said = first_difference(HEAD, HEAD + "a%3D" + "x" * 1_000)
    assert said is not None
    assert len(said) < 250


URL = "https://api.example/path?a=x%20y&b=/"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def request(
    url: str = URL,
    headers: Any = (),
    body: bytes = b"",
    method: str = "POST",
    realm: str | None = None,
    signature_of: Any = None,
) -> Incoming:
    """A request as it arrives, with the signature that ``signature_of`` makes of what arrives."""
    signed = Signer("client", "secret", token="t", token_secret="ts", realm=realm).sign(method, url, headers, body)
    pairs = [*dict(headers).items(), ("Authorization", signed.authorization or "")]
    incoming = take_apart(method, url, pairs, body, Policy())
    if signature_of is not None:
        incoming.protocol["oauth_signature"] = signature_of(base_string_of(incoming))
    return incoming


def sign(base_string: str, with_token_secret: bool = True) -> str:
    return method_named("HMAC-SHA1").signing_function("secret", "ts" if with_token_secret else "")(base_string)


def mistake(incoming: Incoming) -> str | None:
    return likely_mistake(incoming, sign)


def test_no_mistake_is_named_where_none_is_known() -> None:
    for incoming in (
        request(signature_of=lambda base_string: "x"),
        request("https://api.example/é?q=é+%FF", FORM, b"\xff=%zz&", realm="R", signature_of=lambda base_string: "x"),
    ):
        assert mistake(incoming) is None


def test_an_empty_token_secret_is_named() -> None:
    incoming = request(signature_of=lambda base_string: sign(base_string, False))
    assert mistake(incoming) == "the client signed with an empty token secret: keep the secret that came with the token"


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("%2520", "%2B", "encoded a space as '+' instead of '%20'"),
        ("%252F", "%252f", "wrote percent escapes in lower case"),
        ("%252", "%25252", "encoded the parameters three times instead of twice"),
        ("a%3Dx%2520y%26b%3D%252F%26", "", "left the query out"),
        ("https", "http", "signed a URL that begins with http://, the server received https://"),
        ("%2Fpath", "%2Fpath%2F", "added a slash at the end of the path"),
        ("POST&", "GET&", "signed the method GET"),
        ("POST&", "PUT&", "signed the method PUT"),
    ],
)
def test_a_mistake_that_explains_the_signature_is_named(old: str, new: str, words: str) -> None:
    def wrongly(base_string: str) -> str:
        assert old in base_string
        return sign(base_string.replace(old, new))

    assert mistake(request(signature_of=wrongly)) == f"the client {words}"


def test_parameters_encoded_once_are_named() -> None:
    def wrongly(base_string: str) -> str:
        return sign(base_string.replace("x%2520y", "x%20y").replace("%252F", "%2F"))

    assert mistake(request(signature_of=wrongly)) == "the client encoded the parameters once instead of twice"


def test_a_form_that_was_left_out_is_named() -> None:
    incoming = request(
        URL, FORM, b"c=1&d=2", signature_of=lambda base_string: sign(base_string.replace("c%3D1%26d%3D2%26", ""))
    )
    assert mistake(incoming) == "the client left the form body out"


def test_a_body_that_was_signed_though_it_is_no_form_is_named() -> None:
    incoming = request(
        body=b"c=1", signature_of=lambda base_string: sign(base_string.replace("oauth_c", "c%3D1%26oauth_c"))
    )
    assert mistake(incoming) == "the client signed the body, which is not declared as a form"


def test_a_lost_parameter_of_several_of_one_name_is_named() -> None:
    incoming = request(
        "https://api.example/?a=1&a=2", signature_of=lambda base_string: sign(base_string.replace("a%3D1%26", ""))
    )
    assert mistake(incoming) == "the client kept one of several parameters of the same name"


def test_a_signed_realm_is_named() -> None:
    incoming = request(realm="a b", signature_of=lambda base_string: sign(base_string + "%26realm%3Da%2520b"))
    assert mistake(incoming) == "the client signed the realm of the Authorization header"


@pytest.mark.parametrize(
    ("url", "old", "new", "words"),
    [
        ("http://api.example/p", "http%", "https%", "a URL that begins with https://, the server received http://"),
        ("https://api.example:8443/p", "%3A8443", "", "left the port out of the URI"),
        ("https://api.example/p/", "p%2F&", "p&", "left out the slash that the path ends with"),
        ("https://api.example/a%2Fb", "a%252Fb", "a%2Fb", "decoded the path"),
    ],
)
def test_another_url_is_named(url: str, old: str, new: str, words: str) -> None:
    def wrongly(base_string: str) -> str:
        assert old in base_string
        return sign(base_string.replace(old, new))

    said = mistake(request(url, signature_of=wrongly))
    assert said is not None
    assert words in said


def test_a_request_without_a_signature_has_no_explanation() -> None:
    incoming = request()
    del incoming.protocol["oauth_signature"]
    assert mistake(incoming) is None
