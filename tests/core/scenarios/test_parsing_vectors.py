"""The vectors of parsers and encoders besides signatures: headers, token responses, URLs and keys."""

from typing import Any

import pytest

from oauthone import RsaKey
from oauthone.core.flow import Reply, authorization_url, request_temporary_credentials, request_token_credentials
from oauthone.core.received_header import parse_authorization_header
from oauthone.core.rsa import RsaPublicKey
from oauthone.errors import SigningError, TokenResponseError, VerificationError

from ..vectors import DIRECTORY, Vector, cases, load


@pytest.mark.parametrize("vector", cases("authorization_header", "headers"))
def test_authorization_header(vector: Vector) -> None:
    expected = vector["expected"]
    if "error" in expected:
        with pytest.raises(VerificationError) as caught:
            parse_authorization_header(vector["header"])
        assert caught.value.status == 400
    else:
        realm, parameters = parse_authorization_header(vector["header"])
        assert (realm, dict(parameters)) == (expected["realm"], expected["params"])
        assert len(parameters) == len(expected["params"])


def credentials_from(vector: Vector, **options: Any) -> Any:
    """Return the result of the vector's leg for its response."""
    response = vector["response"]
    if vector["step"] == "temporary":
        steps: Any = request_temporary_credentials("https://provider.example/initiate", **options)
    else:
        steps = request_token_credentials(
            "https://provider.example/token", token="t", token_secret="s", verifier="v", **options
        )
    next(steps)
    with pytest.raises(StopIteration) as done:
        steps.send(Reply(response["status"], [("Content-Type", response["content_type"])], response["body"].encode()))
    return done.value.value


@pytest.mark.parametrize("vector", cases("token_response", "responses"))
def test_token_response(vector: Vector) -> None:
    expected = vector["expected"]
    if expected["result"] == "reject":
        with pytest.raises(TokenResponseError) as caught:
            credentials_from(vector)
        assert caught.value.status == vector["response"]["status"]
    else:
        credentials = credentials_from(vector)
        assert credentials.token == expected["oauth_token"]
        assert credentials.token_secret == expected["oauth_token_secret"]
        assert credentials.extra == expected["extra"]


def test_token_response_unconfirmed_is_taken_where_the_caller_says_so() -> None:
    (vector,) = [entry for entry in load("responses") if entry["name"] == "resp-p-08-confirmed-missing"]
    credentials = credentials_from(vector, require_callback_confirmed=False)
    assert (credentials.token, credentials.callback_confirmed) == ("hdk48Djdsa", False)


@pytest.mark.parametrize("vector", cases("authorize_url", "urls"))
def test_authorize_url(vector: Vector) -> None:
    assert vector["params"].keys() == {"oauth_token"}
    token = vector["params"]["oauth_token"]
    if "error" in vector["expected"]:
        with pytest.raises(SigningError):
            authorization_url(vector["base"], token)
    else:
        assert authorization_url(vector["base"], token) == vector["expected"]["url"]


KEYS = [pytest.param(entry, id=entry["file"].partition("/")[2]) for entry in load("keys")]


def test_no_key_is_lost() -> None:
    assert len(KEYS) == 51
    assert {entry["file"] for entry in load("keys")} == {f"keys/{path.name}" for path in DIRECTORY.glob("keys/*.pem")}


def test_line_ends_of_keys_are_kept() -> None:
    assert b"\r\n" in (DIRECTORY / "keys/p-crlf.pem").read_bytes()


def material(entry: Vector) -> bytes:
    return (DIRECTORY / entry["file"]).read_bytes()


@pytest.mark.parametrize("entry", [case for case in KEYS if case.values[0]["use"] == "sign"])
def test_private_key(entry: Vector) -> None:
    """It loads with its password only. A key that is not RSA, or is too weak, is rejected at once."""
    if entry["load"] == "reject":
        with pytest.raises(SigningError):
            RsaKey(material(entry))
        return
    password = entry["password"]
    weak = entry["bits"] < 2048
    if weak:
        with pytest.raises(SigningError, match=f"min_bits={entry['bits']}"):
            RsaKey(material(entry), password)
    key = RsaKey(material(entry), password, min_bits=512 if weak else 2048)
    assert key.bits == entry["bits"]
    for other in ("wrong_password", "no_password"):
        if other in entry:
            assert entry[other]["load"] == "reject"
            with pytest.raises(SigningError) as caught:
                RsaKey(material(entry), entry[other].get("password"))
            assert "password" in str(caught.value)


@pytest.mark.parametrize("entry", [case for case in KEYS if case.values[0]["use"] == "verify"])
def test_public_key(entry: Vector) -> None:
    """It loads as a server's key, never as a client's. A weak key is rejected unless it is allowed."""
    assert (entry["load"], entry["load_for_signing"]) == ("accept", "reject")
    weak = entry["bits"] < 2048
    if weak:
        with pytest.raises(SigningError, match=f"min_bits={entry['bits']}"):
            RsaPublicKey(material(entry))
    assert RsaPublicKey(material(entry), min_bits=512 if weak else 2048).bits == entry["bits"]
    with pytest.raises(SigningError, match="pass the private key to sign"):
        RsaKey(material(entry), min_bits=512)


def test_keys_are_for_signing_or_verifying() -> None:
    assert {entry["use"] for entry in load("keys")} == {"sign", "verify"}
