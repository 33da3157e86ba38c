"""What a server says about a wrong signature: the tests make each mistake on purpose, and the server names it."""

import base64
import hashlib
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, quote_plus, unquote

import pytest
from core.incoming import signed_pairs
from cryptography.hazmat.primitives.asymmetric import rsa

from oauthone import RsaKey
from oauthone.core.parsed_request import ParsedRequest, base_string_of
from oauthone.core.signature import SignatureMethod, _empty_hash, get_signature_method
from oauthone.core.verification_types import Credentials
from oauthone.diagnosis.refused_signature import diagnose_body_hash, diagnose_signature

from .mistaken_client import (
    FORM,
    KEY,
    SECRET,
    TOKEN_SECRET,
    URL,
    Change,
    base_string_with,
    encoded,
    in_base64,
    keyed,
    lower,
    mistake,
    request,
    sign,
)

JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize(
    ("key", "words"),
    [
        (f"{encoded(SECRET)}&", "signed with an empty token secret: keep the secret that came with the token"),
        (f"&{encoded(TOKEN_SECRET)}", "signed with an empty client secret"),
        (f"{encoded(TOKEN_SECRET)}&{encoded(SECRET)}", "exchanged the client's and the token's secret"),
        (
            f"{encoded(SECRET)}%0A&{encoded(TOKEN_SECRET)}",
            "a client secret that begins or ends in a line break or a space",
        ),
        (
            f"{encoded(SECRET)}%20&{encoded(TOKEN_SECRET)}",
            "a client secret that begins or ends in a line break or a space",
        ),
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
        ("https", "http", "signed a URL that begins with http://, which is not the one of the request"),
        ("%2Fpath", "%2Fpath%2F", "added a slash at the end of the path"),
        ("%2Fpath", "%3A443%2Fpath", "kept the default port in the URI"),
        ("%2Fpath", "%2Fpath%3Fa%3Dx%2520y%26b%3D%2F", "left the query in the URI"),
        ("POST&", "GET&", "signed the method GET"),
        ("POST&", "PUT&", "signed the method PUT"),
        ("POST&", "post&", "did not write the method in capital letters"),
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
        text = "&".join(sorted([*signed_pairs(incoming.request), f"{name}\0{value}"])).replace("\0", "=")
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
        assert said.startswith((f"the client {words}", f"the client did one of these: {words}"))


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
        (
            "http://api.example/p",
            "http%",
            "https%",
            "a URL that begins with https://, which is not the one of the request",
        ),
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


def test_no_mistake_is_named_where_none_is_known() -> None:
    assert mistake(request(), "x") is None
    assert mistake(request("https://api.example/é?q=é+%FF", FORM, b"\xff=%zz&", realm="R"), "é") is None
    assert mistake(request("http://[::1]"), "x") is None


def test_no_mistake_is_named_where_there_is_none() -> None:
    for options in ({}, {"signature_method": "HMAC-SHA256"}, {"signature_method": "PLAINTEXT"}):
        assert mistake(request(**options)) is None


def test_another_method_than_the_one_it_says_is_named() -> None:
    incoming = request()
    other = in_base64(keyed(KEY, base_string_of(incoming), "sha256"))
    assert (
        mistake(incoming, other)
        == "the client signed with HMAC-SHA256, though the request names another signature method"
    )
    assert (
        mistake(request(), KEY) == "the client signed with PLAINTEXT, though the request names another signature method"
    )


def test_a_hash_that_is_forbidden_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """A crypto policy may forbid SHA-1: then no candidate with it matches."""
    incoming, new = request(signature_method="HMAC-SHA256"), hashlib.new

    def without_sha1(name: str, *rest: Any) -> Any:
        if name == "sha1":
            raise ValueError("forbidden")
        return new(name, *rest)

    monkeypatch.setattr(hashlib, "new", without_sha1)
    _empty_hash.cache_clear()
    assert mistake(incoming, "x") is None


def test_parts_that_were_joined_as_they_are_are_named() -> None:
    incoming = request()
    text = base_string_with(incoming, outer=str)
    assert mistake(incoming, sign(text)) == "the client joined the parts without encoding them"


def test_what_an_rsa_signature_covers_is_named_too() -> None:
    """Its key is public, so the search can try what was signed, as with a secret."""
    key = RsaKey(rsa.generate_private_key(65537, 2048))
    incoming = request(signature_method="RSA-SHA256", rsa_key=key)
    method, credentials = get_signature_method("RSA-SHA256"), Credentials(rsa_key=key.public_key())
    assert diagnose_signature(incoming, method, credentials) is None
    signed = key.signing_function("sha256")(base_string_of(incoming).replace("%2520", "%2B"))
    incoming.protocol["oauth_signature"] = signed
    said = diagnose_signature(incoming, method, credentials) or ""
    assert said.startswith("the client encoded a space as '+' instead of '%20'")


def test_a_method_of_ones_own_is_tried_too() -> None:
    class Reversed(SignatureMethod):
        name = "REVERSED"

        def signing_function(self, client_secret: str, token_secret: str, rsa_key: Any = None) -> Change:
            return lambda text: f"{text}{client_secret}{token_secret}"[::-1]

    incoming = request(signature_method=Reversed())
    incoming.protocol["oauth_signature"] = f"{base_string_of(incoming)}{SECRET}"[::-1]
    said = diagnose_signature(incoming, Reversed(), Credentials(SECRET, token_secret=TOKEN_SECRET))
    assert said is not None
    assert "empty token secret" in said


class Counting(SignatureMethod):
    """A method that counts the signatures and the characters of base strings that it checks."""

    name, hash_name = "HMAC-SHA1", "sha1"

    def __init__(self) -> None:
        self.checked = self.characters = 0

    def verify(self, base_string: str, signature: str, client_secret: str, *_: Any) -> bool:
        self.checked += 1
        self.characters += len(base_string)
        return False


def work_of(incoming: ParsedRequest) -> Counting:
    method = Counting()
    incoming.protocol["oauth_signature"] = "x"
    assert diagnose_signature(incoming, method, Credentials(SECRET, token_secret=TOKEN_SECRET)) is None
    return method


class LengthAlone:
    """Parameters whose length can be taken; anything else that is done with them fails."""

    def __init__(self, text: str) -> None:
        self.length = len(text)

    def __len__(self) -> int:
        return self.length


@pytest.mark.parametrize("size", [1 << 14, 1 << 18])
def test_nothing_is_built_or_tried_for_a_large_request(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    """An attacker who knows a client's identifier can send many. Their length is taken, and nothing else."""
    incoming = request(f"{URL}&c={'x' * size}")
    monkeypatch.setattr(incoming, "others", LengthAlone(incoming.others))
    assert work_of(incoming).checked == 0


def test_nothing_is_tried_for_a_long_signature() -> None:
    """Neighbour: a short one."""
    incoming, method = request(URL), Counting()
    assert work_of(request(URL)).checked > 50
    incoming.protocol["oauth_signature"] = "9" * (1 << 14)
    assert diagnose_signature(incoming, method, Credentials(SECRET, token_secret=TOKEN_SECRET)) is None
    assert method.checked == 0


def test_what_is_tried_for_a_request_of_medium_size_is_bounded() -> None:
    """Some hundred mistakes, each as long as the request."""
    work = work_of(request(f"{URL}&c={'%20' * 5000}"))
    assert 50 < work.checked < 150
    assert work.characters < 130 * (1 << 15)


def body_hash(given: str | None, body: bytes = b"{}", method: str = "HMAC-SHA1") -> str | None:
    """Return the report about a request with this ``oauth_body_hash``."""
    extra = {} if given is None else {"oauth_body_hash": given}
    incoming = request(headers=JSON, body=body, signature_method=method)
    incoming.protocol.update(extra)
    return diagnose_body_hash(incoming, get_signature_method(method))


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (hashlib.sha1(b"{}").hexdigest(), "wrote oauth_body_hash in hexadecimal"),
        (hashlib.sha1(b"{}").hexdigest().upper(), "wrote oauth_body_hash in hexadecimal"),
        (in_base64(hashlib.sha1(b"{}").hexdigest().encode()), "wrote oauth_body_hash in hexadecimal"),
        (in_base64(hashlib.sha1(b"").digest()), "hashed an empty body"),
        (
            in_base64(hashlib.sha256(b"{}").digest()),
            "hashed the body with SHA256, which is not the hash of the signature method",
        ),
        (
            in_base64(hashlib.sha512(b"{}").digest()),
            "hashed the body with SHA512, which is not the hash of the signature method",
        ),
        (in_base64(hashlib.sha1(b"{ }").digest()), "hashed another body than the one that was sent"),
        ("é", "hashed another body than the one that was sent"),
        ("", "hashed another body than the one that was sent"),
    ],
)
def test_a_wrong_body_hash_is_named(given: str, words: str) -> None:
    assert body_hash(given) == f"the client {words}"


def test_the_hash_of_the_method_is_the_right_one() -> None:
    assert body_hash(in_base64(hashlib.sha256(b"{}").digest()), method="HMAC-SHA256") is None
    assert body_hash(in_base64(hashlib.sha1(b"{}").digest()), method="HMAC-SHA256") == (
        "the client hashed the body with SHA1, which is not the hash of the signature method"
    )


def test_no_mistake_is_named_for_a_right_or_an_absent_body_hash() -> None:
    assert body_hash(in_base64(hashlib.sha1(b"{}").digest())) is None
    assert body_hash(None) is None
