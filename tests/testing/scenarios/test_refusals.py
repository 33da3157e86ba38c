"""What a box reports about wrongly signed requests: its base string, and the mistake in words."""

import base64
import hashlib
import hmac
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest

from oauthone.testing import ProviderBox

from ..by_hand import Request, base_string, encoded, hmac_sha1, normalized

QUERY = [("q", "x y"), ("q", "z"), ("e", "é/ü")]
FIELDS = [("f", "1 2"), ("g", "")]

Mistake = Callable[[Request], str]


def request(box: ProviderBox) -> Request:
    return Request(box, "/a/%7Eb/", query=QUERY, form=FIELDS, realm="R")


def with_values(one: Request, encode: Callable[[str], str]) -> str:
    """Return the base string with other encodings of the values from query and form."""
    own = {value for _, value in (*one.query, *one.form)}
    pairs = sorted((encoded(n), encode(v) if v in own else encoded(v)) for n, v in one.pairs)
    return f"POST&{encoded(one.uri)}&{encoded('&'.join(f'{name}={value}' for name, value in pairs))}"


def without(one: Request, *left_out: tuple[str, str]) -> str:
    return base_string("POST", one.uri, [pair for pair in one.pairs if pair not in left_out])


def elsewhere(change: Callable[[str], str]) -> Mistake:
    return lambda one: base_string("POST", change(one.uri), one.pairs)


def joined(one: Request, pairs: list[tuple[str, str]]) -> str:
    """Return the base string with the parameters in this order."""
    listed = "&".join(f"{encoded(name)}={encoded(value)}" for name, value in pairs)
    return f"POST&{encoded(one.uri)}&{encoded(listed)}"


def keyed(one: Request, key: str, digest: Any = hashlib.sha1) -> str:
    return base64.b64encode(hmac.digest(key.encode(), one.base_string.encode(), digest)).decode()


def lower_escapes(text: str) -> str:
    return re.sub("%..", lambda escape: escape[0].lower(), encoded(text))


def likeliest(report: str) -> str:
    """Return the first of the mistakes that the signature does not tell apart."""
    return report.partition(", or ")[0]


#: The string that a client signed instead; the report without and with the client's base string.
MISTAKES: dict[str, tuple[Mistake, str, str]] = {
    "a space as plus": (
        lambda one: with_values(one, lambda text: encoded(text).replace("%20", "+")),
        "encoded a space as '+' instead of '%20'",
        "encoded the space in 'f' as '+'",
    ),
    "a space as plus everywhere": (
        lambda one: base_string("POST", one.uri, one.pairs, lambda text: encoded(text).replace("%20", "+")),
        "encoded a space as '+' instead of '%20'",
        "encoded the space in 'f' as '+'",
    ),
    "lower-case escapes": (
        lambda one: base_string("POST", one.uri, one.pairs, lower_escapes),
        "wrote percent escapes in lower case",
        "wrote the percent escapes in 'e' in lower case",
    ),
    "encoded once": (
        lambda one: base_string("POST", one.uri, one.pairs, str),
        "encoded the parameters once instead of twice",
        "did not encode the value of 'e'",
    ),
    "encoded three times": (
        lambda one: base_string("POST", one.uri, one.pairs, lambda text: encoded(encoded(text))),
        "encoded the parameters three times instead of twice",
        "encoded the value of 'e' once too often",
    ),
    "the query left out": (
        lambda one: without(one, *QUERY),
        "left the query out",
        "did not sign e='é/ü', which the server received",
    ),
    "the form left out": (
        lambda one: without(one, *FIELDS),
        "left the form body out",
        "did not sign f='1 2', which the server received",
    ),
    "one of two of a name": (
        lambda one: without(one, ("q", "x y")),
        "kept one of several parameters of the same name",
        "did not sign q='x y', which the server received",
    ),
    "the realm": (
        lambda one: base_string("POST", one.uri, [*one.pairs, ("realm", "R")]),
        "signed the realm of the Authorization header",
        "signed realm='R', which the server did not receive",
    ),
    "another method": (
        lambda one: base_string("GET", one.uri, one.pairs),
        "signed the method GET",
        "signed the method 'GET', the server received 'POST'",
    ),
    "another scheme": (
        elsewhere(lambda uri: uri.replace("http:", "https:")),
        "signed a URL that begins with https://, which is not the one of the request",
        "signed the URI 'https://127.0.0.1",
    ),
    "no port": (
        elsewhere(lambda uri: uri.replace(f":{uri.split(':')[2].partition('/')[0]}", "")),
        "left the port out of the URI",
        "signed the URI 'http://127.0.0.1/a/%7Eb/'",
    ),
    "no slash at the end": (
        elsewhere(lambda uri: uri.rstrip("/")),
        "left out the slash that the path ends with",
        "signed the URI 'http://127.0.0.1",
    ),
    "a slash at the end": (
        elsewhere(lambda uri: uri + "/"),
        "added a slash at the end of the path",
        "signed the URI 'http://127.0.0.1",
    ),
    "a decoded path": (
        elsewhere(lambda uri: uri.replace("%7E", "~")),
        "decoded the path",
        "signed the URI 'http://127.0.0.1",
    ),
    "the query in the URI": (
        elsewhere(lambda uri: f"{uri}?{normalized(QUERY)}"),
        "left the query in the URI",
        "signed the URI 'http://127.0.0.1",
    ),
    "slashes": (
        lambda one: base_string("POST", one.uri, one.pairs, lambda text: quote(text, safe="/~")),
        "left slashes unencoded",
        "signed e='%C3%A9/%C3%BC', the server received e='%C3%A9%2F%C3%BC'",
    ),
    "not sorted": (
        lambda one: joined(one, [*one.protocol.items(), *sorted(one.query), *one.form]),
        "did not sort the parameters",
        "sorted the parameters wrongly: 'oauth_consumer_key' is where 'e' belongs",
    ),
    "parts that are not encoded": (
        lambda one: f"POST&{one.uri}&{normalized(one.pairs)}",
        "joined the parts without encoding them",
        "parts joined by '&' instead of three",
    ),
    "the token not signed": (
        lambda one: without(one, ("oauth_token", one.token.token)),
        "did not sign oauth_token, which it sent",
        "did not sign oauth_token=",
    ),
    "a version that was not sent": (
        lambda one: base_string("POST", one.uri, [*one.pairs, ("oauth_version", "1.0")]),
        "signed oauth_version=1.0, which it did not send",
        "signed oauth_version='1.0', which the server did not receive",
    ),
}

#: The other secrets, or the other way, with which a client signed; and the report.
SIGNATURES: dict[str, tuple[Mistake, str]] = {
    "an empty token secret": (
        lambda one: one.signature(token_secret=""),
        "signed with an empty token secret: keep the secret that came with the token",
    ),
    "an empty client secret": (
        lambda one: hmac_sha1(one.base_string, "", one.token.token_secret),
        "signed with an empty client secret",
    ),
    "exchanged secrets": (
        lambda one: hmac_sha1(one.base_string, one.token.token_secret, one.box.client.client_secret),
        "exchanged the client's and the token's secret",
    ),
    "a line break behind the secret": (
        lambda one: hmac_sha1(one.base_string, one.box.client.client_secret + "\n", one.token.token_secret),
        "signed with a client secret that begins or ends in a line break or a space",
    ),
    "secrets that are not encoded": (
        lambda one: keyed(one, f"{one.box.client.client_secret}&{one.token.token_secret}"),
        "did not percent-encode the secrets",
    ),
    "secrets encoded twice": (
        lambda one: hmac_sha1(one.base_string, encoded(one.box.client.client_secret), encoded(one.token.token_secret)),
        "encoded the secrets twice",
    ),
    "another method": (
        lambda one: keyed(
            one, f"{encoded(one.box.client.client_secret)}&{encoded(one.token.token_secret)}", hashlib.sha256
        ),
        "signed with HMAC-SHA256, though the request names another signature method",
    ),
    "hexadecimal digits": (
        lambda one: base64.b64decode(one.signature()).hex(),
        "sent the signature in hexadecimal instead of base64",
    ),
    "base64 of hexadecimal digits": (
        lambda one: base64.b64encode(base64.b64decode(one.signature()).hex().encode()).decode(),
        "sent the base64 of hexadecimal digits instead of the signature's octets",
    ),
    "encoded twice": (lambda one: encoded(one.signature()), "percent-encoded the signature twice"),
    "no padding": (lambda one: one.signature().rstrip("="), "left out the '=' that base64 ends with"),
    "a line break": (lambda one: one.signature() + "\n", "sent a line break or a space around the signature"),
}


def test_the_request_is_right_without_a_mistake(box: ProviderBox) -> None:
    assert request(box).send().status == 200
    assert box.requests[0].verified is not None


@pytest.mark.parametrize(("mistake", "betrayed", "compared"), MISTAKES.values(), ids=MISTAKES.keys())
@pytest.mark.seen_in("ims-lti#51")
@pytest.mark.seen_in("oauth-sign#19")
@pytest.mark.seen_in("oauthenticator#22")
@pytest.mark.seen_in("Edlib#2574")
def test_a_mistake_is_named(box: ProviderBox, mistake: Mistake, betrayed: str, compared: str) -> None:
    """A rejection has the server's base string, and the first difference from the client's if it is known."""
    one = request(box)
    refused = one.send(one.signature(mistake(one)))
    assert refused.status == 401
    assert refused.json["base_string"] == one.base_string
    assert likeliest(refused.json["difference"]) == f"the client {betrayed}"

    two = request(box)
    refused = two.send(two.signature(mistake(two)), **{"OAuth-Base-String": mistake(two)})
    assert refused.status == 401
    assert refused.json["base_string"] == two.base_string
    assert compared in refused.json["difference"]

    for received, answered in zip(box.requests, (betrayed, compared), strict=True):
        assert received.verified is None
        assert received.refused is not None
        assert answered in (received.difference or "")


@pytest.mark.parametrize(("sign", "betrayed"), SIGNATURES.values(), ids=SIGNATURES.keys())
@pytest.mark.seen_in("ims-lti#51")
def test_a_wrong_way_to_sign_is_named(sign: Mistake, betrayed: str) -> None:
    """Even if the client sends its base string and that is correct: then the secrets must differ."""
    with ProviderBox(odd_values=True) as box:
        for more in (False, True):
            one = request(box)
            refused = one.send(sign(one), **({"OAuth-Base-String": one.base_string} if more else {}))
            assert (refused.status, likeliest(refused.json["difference"])) == (401, f"the client {betrayed}")
            assert not any(secret in refused.text for secret in (box.client.client_secret, one.token.token_secret))


def test_other_secrets_are_named(box: ProviderBox) -> None:
    """If the base strings are equal, the secrets differ."""
    one = request(box)
    refused = one.send(one.signature(token_secret="other"), **{"OAuth-Base-String": one.base_string})
    assert (refused.status, refused.json["difference"]) == (401, "none: the secrets differ")
    assert one.send(one.signature(token_secret="other")).json["difference"] is None


BODY_HASHES: dict[str, tuple[str, str]] = {
    "hexadecimal": (hashlib.sha1(b"{}").hexdigest(), "wrote oauth_body_hash in hexadecimal"),
    "base64 of hexadecimal": (
        base64.b64encode(hashlib.sha1(b"{}").hexdigest().encode()).decode(),
        "wrote oauth_body_hash in hexadecimal",
    ),
    "nothing": (base64.b64encode(hashlib.sha1(b"").digest()).decode(), "hashed an empty body"),
    "another hash": (
        base64.b64encode(hashlib.sha256(b"{}").digest()).decode(),
        "hashed the body with SHA256, which is not the hash of the signature method",
    ),
    "another body": (
        base64.b64encode(hashlib.sha1(b"{ }").digest()).decode(),
        "hashed another body than the one that was sent",
    ),
}


@pytest.mark.parametrize(("given", "betrayed"), BODY_HASHES.values(), ids=BODY_HASHES.keys())
def test_a_wrong_body_hash_is_named(box: ProviderBox, given: str, betrayed: str) -> None:
    """The signature is valid, because it covers the hash, but the hash does not match the body."""
    one = Request(box, body="{}", content_type="application/json", oauth_body_hash=given)
    refused = one.send()
    assert (refused.status, refused.json["reason"]) == (401, "oauth_body_hash is not the hash of the body")
    assert refused.json["difference"] == f"the client {betrayed}"
    assert refused.json["base_string"] == one.base_string


def test_a_signature_is_explained_where_the_body_hash_is_right(box: ProviderBox) -> None:
    right = base64.b64encode(hashlib.sha1(b"{}").digest()).decode()
    one = Request(box, body="{}", content_type="application/json", oauth_body_hash=right)
    assert one.send().status == 200
    refused = one.send(one.signature(without(one, ("oauth_body_hash", right))))
    assert refused.json["difference"] == "the client did not sign oauth_body_hash, which it sent"


def test_a_signed_body_that_is_no_form_is_named(box: ProviderBox) -> None:
    one = Request(box, body="f=1", content_type="text/plain")
    refused = one.send(one.signature(base_string("POST", one.uri, [*one.pairs, ("f", "1")])))
    assert refused.json["difference"] == "the client signed the body, which is not declared as a form"
    assert Request(box, body="f=1", content_type="text/plain").send().status == 200


@pytest.mark.parametrize(("escape", "words"), [("%3D", "the same parameters in"), ("%3A", "the same URI in")])
def test_another_encoding_of_the_whole_is_named(box: ProviderBox, escape: str, words: str) -> None:
    one = request(box)
    theirs = one.base_string.replace(escape, escape.lower())
    refused = one.send(one.signature(theirs), **{"OAuth-Base-String": theirs})
    assert refused.status == 401
    assert f"encoded {words}" in refused.json["difference"]


@pytest.mark.parametrize("theirs", ["", "nonsense", "POST&a&b", "&&", "%", "a&b&c&d", "POST&%FF&%zz=%é"])
def test_a_base_string_that_is_none(box: ProviderBox, theirs: str) -> None:
    """The box responds to any string that a client claims to have signed."""
    one = request(box)
    refused = one.send("wrong", **{"OAuth-Base-String": theirs.encode().decode("latin-1")})
    assert refused.status == 401
    assert refused.json["difference"]


@pytest.mark.parametrize("query", ["a=%FF", "é=ü", "a=%zz&&=b", "a+b=c+d"])
def test_odd_requests_that_are_signed_wrongly(box: ProviderBox, query: str) -> None:
    """The box rejects them without an error of its own."""
    one = request(box)
    one.url = f"{one.uri}?{query.encode().decode('latin-1')}" if query.isascii() else f"{one.uri}?%C3%A9=%C3%BC"
    assert one.send("wrong").status == 401


@pytest.mark.parametrize("method", ["RSA-SHA1", "RSA-SHA256"])
def test_a_wrong_rsa_signature_is_reported_with_the_base_string(box: ProviderBox, method: str) -> None:
    """The box can show its base string, but cannot tell what the client signed."""
    client = box.clients[method]
    token = box.issue_token(client)
    one = Request(box, token=token, oauth_consumer_key=client.client_id, oauth_signature_method=method)
    refused = one.send("d3Jvbmc=")
    assert (refused.status, refused.json["base_string"], refused.json["difference"]) == (401, one.base_string, None)
    compared = one.send("d3Jvbmc=", **{"OAuth-Base-String": base_string("GET", one.uri, one.pairs)})
    assert "the method 'GET'" in compared.json["difference"]


def test_an_unknown_client_or_token_is_reported_as_a_wrong_signature(box: ProviderBox) -> None:
    for changes in ({"oauth_consumer_key": "nobody"}, {"oauth_token": "nothing"}):
        one = Request(box, **changes)
        refused = one.send()
        assert (refused.status, refused.json["problem"]) == (401, "signature_invalid")
        assert refused.json["base_string"] == one.base_string
        assert "unknown" in refused.json["reason"]


def test_secrets_are_masked(box: ProviderBox) -> None:
    """The report contains no value that may be secret, and no secret of the box."""
    one = Request(box, query=[("password", "CANARY-1")], oauth_verifier="CANARY-2")
    for headers in ({}, {"OAuth-Base-String": base_string("POST", one.uri, [("password", "CANARY-3")])}):
        refused = one.send("wrong", **headers)
        assert refused.status == 401
        for secret in ("CANARY", box.client.client_secret, one.token.token_secret):
            assert secret not in refused.text
        assert "CANARY" not in f"{box.requests[-1]!r} {box.requests[-1].refused!r}"


def test_normalized_is_what_is_sent() -> None:
    """The signer of these tests agrees with the example of RFC 5849 section 3.4.1.3.2."""
    pairs = [
        ("b5", "=%3D"), ("a3", "a"), ("c@", ""), ("a2", "r b"), ("oauth_consumer_key", "9djdj82h48djs9d2"),
        ("oauth_token", "kkk9d7dh3k39sjv7"), ("oauth_signature_method", "HMAC-SHA1"), ("oauth_timestamp", "137131201"),
        ("oauth_nonce", "7d8f3e4a"), ("c2", ""), ("a3", "2 q"),
    ]  # fmt: skip
    assert normalized(pairs) == (
        "a2=r%20b&a3=2%20q&a3=a&b5=%3D%253D&c%40=&c2=&oauth_consumer_key=9djdj82h48djs9d2&oauth_nonce=7d8f3e4a"
        "&oauth_signature_method=HMAC-SHA1&oauth_timestamp=137131201&oauth_token=kkk9d7dh3k39sjv7"
    )
