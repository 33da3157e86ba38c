"""Published and generated vectors: whole requests and single signing steps, each a test case with its own name."""

from collections import Counter

import pytest

from oauthone import Signer
from oauthone.core.base_string import (
    base_string_prefix,
    base_string_uri,
    normalized_parameters,
    request_parameters,
    signature_base_string,
)
from oauthone.core.body import body_digest, is_form
from oauthone.core.encoding import encoded_pair, encoded_pairs, form_decode, percent_encode, to_wire_string
from oauthone.core.received_header import parse_authorization_header
from oauthone.core.signature import get_signature_method
from oauthone.core.signed import Signed
from oauthone.errors import SigningError

from ..vectors import REQUEST_FILES, Vector, cases, key_of, load

STEP_FILES = ("primitives", "disputed")
HOW_MANY = {
    "rfc5849": {"request": 7},
    "oauth_core_1.0": {"request": 3, "sign": 2},
    "x_twitter": {"request": 4},
    "libraries": {"request": 51, "sign": 13},
    "generated": {"request": 207},
    "disputed": {"request": 43, "normalize": 1, "base_string_uri": 1},
    "primitives": {"percent_encode": 16, "normalize": 13, "base_string_uri": 18, "body_hash": 3},
    "headers": {"authorization_header": 22},
    "responses": {"token_response": 25},
    "urls": {"callback_url": 11, "authorize_url": 3},
}


@pytest.mark.parametrize("file", HOW_MANY)
def test_no_vector_is_lost(file: str) -> None:
    """A test here or in another module takes every kind of entry, and no name occurs twice."""
    entries = load(file)
    assert Counter(entry["kind"] for entry in entries) == HOW_MANY[file]
    assert len({entry["name"] for entry in entries}) == len(entries)


def protocol_pairs(vector: Vector) -> list[str]:
    return [encoded_pair(name, value) for name, value in vector["oauth_params"].items() if name != "oauth_signature"]


def form_of(vector: Vector) -> str:
    return to_wire_string(vector["body"] or "") if is_form(vector["headers"].get("Content-Type")) else ""


def all_pairs(vector: Vector) -> list[str]:
    query = vector["url"].partition("#")[0].partition("?")[2]
    return request_parameters(query, form_of(vector)) + protocol_pairs(vector)


@pytest.mark.parametrize("vector", cases("request", *REQUEST_FILES))
def test_request(vector: Vector) -> None:
    """Base string URI, normalized parameters, base string and signature, step by step as in section 3.4."""
    expected, host = vector["expected"], vector["headers"].get("Host")
    assert base_string_uri(vector["url"], host) == expected["base_string_uri"]
    assert normalized_parameters(all_pairs(vector)) == expected["normalized_parameters"]
    start = base_string_prefix(vector["method"], vector["url"].partition("#")[0].partition("?")[0], host)
    assert signature_base_string(start, all_pairs(vector)) == expected["base_string"]
    if "signature" in expected:
        assert_signature(vector, expected["base_string"])


@pytest.mark.parametrize("vector", cases("sign", *REQUEST_FILES))
def test_signing_step(vector: Vector) -> None:
    """The signature of a given base string."""
    assert_signature(vector, vector["base_string"])


def assert_signature(vector: Vector, base_string: str) -> None:
    """Assert that the signature results and is accepted, and that known wrong ones do not result and are rejected."""
    method, key = get_signature_method(vector["signature_method"]), key_of(vector)
    client_secret, token_secret = vector["client_secret"] or "", vector["token_secret"] or ""
    signature = method.signing_function(client_secret, token_secret, key)(base_string)
    assert signature == vector["expected"]["signature"]
    public_key = None if key is None else key.public_key()
    assert method.verify(base_string, signature, client_secret, token_secret, public_key)
    for wrong in vector.get("known_wrong_signatures", ()):
        assert signature != wrong
        assert not method.verify(base_string, wrong, client_secret, token_secret, public_key)


#: The parameters that `Signer` always sends.
STANDARD = {"oauth_consumer_key", "oauth_signature_method", "oauth_timestamp", "oauth_nonce"}
COMPLETE = [
    case
    for case in cases("request", *REQUEST_FILES)
    if case.values[0]["oauth_params"].keys() >= STANDARD and "signature" in case.values[0]["expected"]
]


def test_most_vectors_are_complete_requests() -> None:
    assert len(COMPLETE) == 298


def signed_by_signer(vector: Vector) -> Signed:
    given = dict(vector["oauth_params"])
    assert given.pop("oauth_signature_method") == vector["signature_method"]
    signer = Signer(
        given.pop("oauth_consumer_key"),
        vector["client_secret"],
        token=given.pop("oauth_token", None),
        token_secret=vector["token_secret"],
        signature_method=vector["signature_method"],
        signature_type=vector["transmission"].upper(),
        realm=vector["realm"],
        rsa_key=key_of(vector),
        version=given.pop("oauth_version", None),
    )
    return signer.sign(
        vector["method"],
        vector["url"],
        vector["headers"],
        None if vector["body"] is None else vector["body"].encode(),
        callback=given.pop("oauth_callback", None),
        verifier=given.pop("oauth_verifier", None),
        nonce=given.pop("oauth_nonce"),
        timestamp=given.pop("oauth_timestamp"),
        extra=given,
    )


def pairs_in(text: str) -> list[tuple[bytes, bytes]]:
    return sorted(form_decode(to_wire_string(text)))


@pytest.mark.parametrize("vector", COMPLETE)
def test_signer(vector: Vector) -> None:
    """`Signer` makes the same base string, and sends what the vector sends, in any order of parameters."""
    if (vector["signature_method"], vector["transmission"]) == ("PLAINTEXT", "query"):
        with pytest.raises(SigningError, match="PLAINTEXT in a query would put the secrets into URLs"):
            signed_by_signer(vector)
        return
    signed, expected = signed_by_signer(vector), vector["expected"]
    assert signed.base_string == expected["base_string"]
    wanted = expected.get("signed_request")
    if wanted is None:
        return
    url, _, query = signed.url.partition("#")[0].partition("?")
    wanted_url, _, wanted_query = wanted["url"].partition("#")[0].partition("?")
    assert url == wanted_url
    assert pairs_in(query) == pairs_in(wanted_query)
    header = wanted["headers"].get("Authorization")
    if header is None:
        assert signed.authorization is None
    else:
        assert signed.authorization is not None
        realm, parameters = parse_authorization_header(signed.authorization)
        wanted_realm, wanted_parameters = parse_authorization_header(header)
        assert (realm, sorted(parameters)) == (wanted_realm, sorted(wanted_parameters))
    body = None if signed.body is None else signed.body.decode()
    if vector["transmission"] == "body":
        assert pairs_in(body or "") == pairs_in(wanted["body"])
    else:
        assert body == wanted["body"]
    sent_type = signed.content_type or vector["headers"].get("Content-Type")
    assert sent_type == wanted["headers"].get("Content-Type")


@pytest.mark.parametrize("vector", cases("percent_encode", "primitives"))
def test_percent_encode(vector: Vector) -> None:
    assert percent_encode(vector["input"]) == vector["expected"]["encoded"]


@pytest.mark.parametrize("vector", cases("normalize", *STEP_FILES))
def test_normalize(vector: Vector) -> None:
    if "params" in vector:
        pairs = [encoded_pair(name, value) for name, value in vector["params"]]
    else:
        pairs = encoded_pairs(to_wire_string(vector["form_encoded"]))
    assert normalized_parameters(pairs) == vector["expected"]["normalized"]


@pytest.mark.parametrize("vector", cases("base_string_uri", *STEP_FILES))
def test_base_string_uri(vector: Vector) -> None:
    assert base_string_uri(vector["url"], vector.get("host")) == vector["expected"]["base_string_uri"]


@pytest.mark.parametrize("vector", cases("body_hash", "primitives"))
def test_body_hash(vector: Vector) -> None:
    digest = body_digest(vector["algorithm"].lower().replace("-", ""), vector["body"].encode())
    assert digest == vector["expected"]["body_hash"]
