"""Verification as a generator: its effects and their order, and the results that need no effect."""

import asyncio
import pickle
from collections.abc import Generator
from typing import Any

import pytest

from oauthone import Placement, RsaKey, SignatureMethod, Signer
from oauthone.core.drive import arun
from oauthone.core.incoming_request import IncomingRequest
from oauthone.core.policy import VerificationPolicy
from oauthone.core.rsa import RsaPublicKey, dummy_key
from oauthone.core.signature import SIGNATURE_METHODS
from oauthone.core.verification import verify_request
from oauthone.core.verification_types import Credentials, FindCredentials, UseNonce, Verified
from oauthone.errors import SigningError, VerificationError

from .incoming import FORM, NOW, URL, at_once, header, signer
from .vectors import private_key

KNOWN = Credentials("secret", token_secret="token-secret", user="ann", extra={"scope": "read"})


def steps_for(
    made: Signer,
    policy: VerificationPolicy | None = None,
    url: str = URL,
    headers: Any = (),
    body: bytes = b"",
    **given: Any,
) -> Generator[Any, Any, Verified]:
    """Return the verification of a request signed with ``made``."""
    signed = made.sign("POST", url, headers, body, **given)
    pairs = list(dict(headers).items())
    if signed.authorization is not None:
        pairs.append(("Authorization", signed.authorization))
    return verify_request(
        IncomingRequest.from_url("POST", signed.url, pairs, signed.body), policy or VerificationPolicy(), NOW
    )


def outcome(steps: Generator[Any, Any, Verified], credentials: Credentials | None = KNOWN, fresh: bool = True) -> Any:
    """Return the result for a store that knows ``credentials`` and reports whether the nonce is new."""
    assert isinstance(next(steps), FindCredentials)
    question = steps.send(credentials)
    assert isinstance(question, UseNonce)
    with pytest.raises(StopIteration) as done:
        steps.send(fresh)
    return done.value.value


def test_it_asks_for_the_credentials_and_at_the_very_end_for_the_nonce() -> None:
    steps = steps_for(signer(realm="R"), verifier="v")
    assert next(steps) == FindCredentials("client", "t")
    assert steps.send(KNOWN) == UseNonce("client", "t", NOW, "n")
    with pytest.raises(StopIteration) as done:
        steps.send(True)
    verified = done.value.value
    assert (verified.client_id, verified.token, verified.user) == ("client", "t", "ann")
    assert (verified.realm, verified.placement, verified.credentials) == ("R", Placement.HEADER, KNOWN)
    assert dict(verified.parameters) == {
        "oauth_consumer_key": "client",
        "oauth_token": "t",
        "oauth_signature_method": "HMAC-SHA1",
        "oauth_version": "1.0",
        "oauth_timestamp": str(NOW),
        "oauth_nonce": "n",
        "oauth_verifier": "v",
    }


@pytest.mark.seen_in("oauthlib#415")
def test_it_runs_over_a_store_that_is_awaited() -> None:
    async def awaited(question: Any) -> Any:
        await asyncio.sleep(0)
        return KNOWN if isinstance(question, FindCredentials) else True

    assert asyncio.run(arun(steps_for(signer()), awaited)).user == "ann"


def test_a_failing_store_comes_out_unchanged() -> None:
    steps = steps_for(signer())
    next(steps)
    with pytest.raises(OSError, match="store"):
        steps.throw(OSError("store"))


@pytest.mark.seen_in("python-oauth2#160")
def test_a_nonce_that_was_used_is_refused() -> None:
    steps = steps_for(signer())
    next(steps)
    steps.send(KNOWN)
    with pytest.raises(VerificationError, match="401 nonce_used: this nonce was used before") as caught:
        steps.send(False)
    assert caught.value.challenge == "OAuth"


@pytest.mark.seen_in("oauthlib#690")
@pytest.mark.parametrize(
    ("name", "placement"),
    [
        (name, placement)
        for name in SIGNATURE_METHODS
        for placement in Placement
        if (name, placement) != ("PLAINTEXT", Placement.QUERY)
    ],
)
def test_every_method_is_verified_in_every_place(name: str, placement: Placement) -> None:
    rsa = name.startswith("RSA")
    key = private_key("keys/p-rsa2048-pkcs8.pem", None, 2048)
    made = signer(signature_method=name, signature_type=placement, rsa_key=key if rsa else None)
    known = KNOWN._replace(rsa_key=key.public_key() if rsa else None, signature_methods=(name,))
    assert outcome(steps_for(made, headers=FORM, body=b"b=2"), known).placement is placement


def test_a_method_of_the_servers_own_is_verified() -> None:
    class Reversed(SignatureMethod):
        name = "X-REVERSED"

        def signing_function(self, client_secret: str, token_secret: str, rsa_key: RsaKey | None = None) -> Any:
            return lambda base_string: (client_secret + base_string + token_secret)[::-1]

    policy = VerificationPolicy(signature_methods={"X-REVERSED": Reversed()})
    known = KNOWN._replace(signature_methods=("X-REVERSED",))
    assert outcome(steps_for(signer(signature_method=Reversed()), policy), known).user == "ann"


def refusal(steps: Generator[Any, Any, Verified], credentials: Credentials | None = KNOWN) -> VerificationError:
    """Return the error after the credentials were looked up, which has to be the last effect."""
    assert isinstance(next(steps), FindCredentials)
    with pytest.raises(VerificationError) as caught:
        steps.send(credentials)
    return caught.value


def test_unknown_client_unknown_token_and_wrong_signature_are_one_answer() -> None:
    """Status, problem and challenge are the same. Only the reason differs, which is not sent."""
    policy = VerificationPolicy(realm="R")
    errors = [
        refusal(steps_for(signer(), policy), None),
        refusal(steps_for(signer(), policy), KNOWN._replace(token_secret=None)),
        refusal(steps_for(signer(token_secret="other"), policy)),
        refusal(steps_for(signer().replace(client_secret="other"), policy)),
    ]
    assert {(error.status, error.problem, error.challenge) for error in errors} == {
        (401, "signature_invalid", 'OAuth realm="R"')
    }
    assert len({error.base_string for error in errors}) == 1
    assert len({error.reason for error in errors}) == 3


@pytest.mark.parametrize("name", SIGNATURE_METHODS)
def test_an_unknown_client_never_verifies(name: str) -> None:
    """Neither with empty secrets nor with the dummy secrets."""
    key = private_key("keys/p-rsa2048-pkcs8.pem", None, 2048) if name.startswith("RSA") else None
    for secret in ("", "0" * 32):
        made = Signer(
            "client",
            secret,
            token="t",
            token_secret=secret,
            signature_method=name,
            rsa_key=key,
            clock=lambda: NOW,
        )
        assert refusal(steps_for(made), None).problem == "signature_invalid"
        unknown_token = Credentials(secret, None if key is None else key.public_key(), (name,))
        assert refusal(steps_for(made), unknown_token).problem == "signature_invalid"


def test_an_unknown_client_costs_what_a_wrong_signature_costs(monkeypatch: pytest.MonkeyPatch) -> None:
    """If a client with a key would have one checked, an unknown client's signature is checked with a dummy key."""
    checked: list[object] = []
    original = RsaPublicKey.verify

    def noted(self: RsaPublicKey, *args: Any) -> bool:
        checked.append(self)
        return original(self, *args)

    monkeypatch.setattr(RsaPublicKey, "verify", noted)
    key = private_key("keys/p-rsa2048-pkcs8.pem", None, 2048)
    made = signer(signature_method="RSA-SHA256", rsa_key=key)
    assert refusal(steps_for(made), None).problem == "signature_invalid"
    assert checked == [dummy_key()]


def test_an_rsa_client_without_a_key_is_never_right() -> None:
    key = private_key("keys/p-rsa2048-pkcs8.pem", None, 2048)
    made = signer(signature_method="RSA-SHA1", rsa_key=key)
    assert refusal(steps_for(made), KNOWN._replace(signature_methods=("RSA-SHA1",))).status == 401


def test_a_client_with_a_key_is_not_checked_with_a_secret() -> None:
    """The client has to be registered for the method. The response is that for an unknown client."""
    key = private_key("keys/p-rsa2048-pkcs8.pem", None, 2048).public_key()
    known = Credentials("secret", key, ("RSA-SHA1",), "token-secret")
    for client_secret, token_secret in (("secret", "token-secret"), ("0" * 32, "0" * 32)):
        sent = signer().replace(client_secret=client_secret, token_secret=token_secret)
        error, unknown = refusal(steps_for(sent), known), refusal(steps_for(sent), None)
        assert (error.status, error.problem, error.challenge) == (401, "signature_invalid", "OAuth")
        assert (error.status, error.problem, error.challenge) == (unknown.status, unknown.problem, unknown.challenge)
        assert error.reason == "the client may not use HMAC-SHA1"


@pytest.mark.parametrize("name", ["HMAC-SHA1", "HMAC-SHA256", "HMAC-SHA512", "PLAINTEXT"])
def test_a_client_with_a_key_and_no_secret_is_not_checked_with_an_empty_one(name: str) -> None:
    """Even if its store names no methods, or all of them: no secret could have signed."""
    made = signer(signature_method=name).replace(client_secret="")
    key = private_key("keys/p-rsa2048-pkcs8.pem", None, 2048).public_key()
    for methods in (Credentials().signature_methods, tuple(SIGNATURE_METHODS)):
        error = refusal(steps_for(made), Credentials("", key, methods, "token-secret"))
        assert error.status == 401
        assert error.reason.startswith(f"the client may not use {name}")


def test_a_client_without_a_key_is_not_checked_with_one_though_its_store_allows_it() -> None:
    """It takes as long as for an unknown client: a check with the dummy key."""
    key = private_key("keys/p-rsa2048-pkcs8.pem", None, 2048)
    sent = steps_for(signer(signature_method="RSA-SHA1", rsa_key=key))
    error = refusal(sent, KNOWN._replace(signature_methods=("HMAC-SHA1", "RSA-SHA1")))
    assert (error.status, error.reason) == (401, "the client may not use RSA-SHA1: it has no public key")


def test_a_client_with_a_key_and_a_secret_uses_both_where_its_store_says_so() -> None:
    key = private_key("keys/p-rsa2048-pkcs8.pem", None, 2048)
    both = KNOWN._replace(rsa_key=key.public_key(), signature_methods=("HMAC-SHA1", "RSA-SHA1"))
    assert outcome(steps_for(signer()), both).user == "ann"
    assert outcome(steps_for(signer(signature_method="RSA-SHA1", rsa_key=key)), both).user == "ann"


def test_the_status_of_a_token_comes_after_the_signature() -> None:
    for problem in ("token_expired", "token_revoked"):
        error = refusal(steps_for(signer()), KNOWN._replace(token_problem=problem))
        assert (error.status, error.problem) == (401, problem)
    error = refusal(steps_for(signer(token_secret="x")), KNOWN._replace(token_problem="token_expired"))
    assert error.problem == "signature_invalid"


def test_a_method_that_this_machine_forbids_is_refused_as_a_method() -> None:
    class Forbidden(SignatureMethod):
        name = "HMAC-SHA1"

        def verify(self, *args: Any) -> bool:
            raise SigningError("crypto policy")

    error = refusal(steps_for(signer(), VerificationPolicy(signature_methods={"HMAC-SHA1": Forbidden()})))
    assert (error.status, error.problem, error.reason) == (400, "signature_method_rejected", "crypto policy")


@pytest.mark.parametrize(
    ("changes", "status", "problem"),
    [
        ({"consumer_key": None}, 400, "parameter_absent"),
        ({"consumer_key": ""}, 400, "parameter_absent"),
        ({"signature_method": None}, 400, "parameter_absent"),
        ({"signature": ""}, 400, "parameter_absent"),
        ({"token": None}, 400, "parameter_absent"),
        ({"token": ""}, 400, "parameter_absent"),
        ({"timestamp": None}, 400, "parameter_absent"),
        ({"nonce": None}, 400, "parameter_absent"),
        ({"nonce": ""}, 400, "parameter_absent"),
        ({"version": "1.1"}, 400, "version_rejected"),
        ({"version": ""}, 400, "version_rejected"),
        ({"signature_method": "hmac-sha1"}, 400, "signature_method_rejected"),
        ({"signature_method": "none"}, 400, "signature_method_rejected"),
        ({"timestamp": "0"}, 400, "timestamp_refused"),
        ({"timestamp": "1_700_000_000"}, 400, "timestamp_refused"),
        ({"timestamp": "%EF%BC%91"}, 400, "timestamp_refused"),
        ({"timestamp": "1%EF%BC%97" + "0" * 8}, 400, "timestamp_refused"),
        ({"timestamp": f"{NOW}%0A"}, 400, "timestamp_refused"),
        ({"timestamp": "1" * 16}, 400, "timestamp_refused"),
        ({"timestamp": str(NOW - 301)}, 401, "timestamp_refused"),
        ({"timestamp": str(NOW + 301)}, 401, "timestamp_refused"),
        ({"timestamp": "9" * 15}, 401, "timestamp_refused"),
    ],
)
def test_what_is_wrong_in_itself_is_refused_before_any_secret_is_looked_up(
    changes: dict[str, str | None], status: int, problem: str
) -> None:
    error = at_once(header(**changes))
    assert (error.status, error.problem) == (status, problem)


def test_the_window_is_closed_on_both_sides() -> None:
    for offset in (-300, 300):
        steps = verify_request(
            IncomingRequest.from_url("GET", URL, header(timestamp=str(NOW + offset)), b""), VerificationPolicy(), NOW
        )
        assert isinstance(next(steps), FindCredentials)
    for offset, direction in ((-301, "behind"), (301, "ahead of")):
        reason = at_once(header(timestamp=str(NOW + offset))).reason
        assert f"oauth_timestamp is 301 s {direction} this server's clock, more than 300 s" in reason
    assert at_once(header(), VerificationPolicy(window=0), now=NOW + 1).problem == "timestamp_refused"


def test_plaintext_needs_neither_nonce_nor_timestamp_but_both_or_none() -> None:
    plain = {"signature_method": "PLAINTEXT", "timestamp": None, "nonce": None, "signature": "secret%26token-secret"}
    steps = verify_request(IncomingRequest.from_url("POST", URL, header(**plain), b""), VerificationPolicy(), NOW)
    next(steps)
    with pytest.raises(StopIteration):
        steps.send(KNOWN._replace(signature_methods=("PLAINTEXT",)))
    for name in ("timestamp", "nonce"):
        assert at_once(header(**{**plain, name: "1"})).problem == "parameter_absent"
    assert at_once(header(timestamp=None, nonce=None)).problem == "parameter_absent"


def test_plaintext_over_http_is_forbidden_unless_the_server_says_otherwise() -> None:
    plain = header(signature_method="PLAINTEXT")
    error = at_once(plain, url="http://api.example/")
    assert (error.status, error.problem) == (403, "permission_denied")
    policy = VerificationPolicy(allow_insecure_transport=True)
    assert next(verify_request(IncomingRequest.from_url("GET", "http://api.example/", plain, b""), policy, NOW))


@pytest.mark.seen_in("oauthlib#58")
@pytest.mark.parametrize("token", [None, ""])
def test_two_legged_requests_are_verified_where_tokens_are_optional(token: str | None) -> None:
    steps = steps_for(signer(token=token, token_secret=None), VerificationPolicy(token="optional"))
    assert next(steps) == FindCredentials("client", None)
    assert steps.send(Credentials("secret")) == UseNonce("client", None, NOW, "n")
    with pytest.raises(StopIteration) as done:
        steps.send(True)
    assert done.value.value.token is None


def test_a_token_has_no_place_where_there_are_none() -> None:
    assert at_once(header(), VerificationPolicy(token="none")).problem == "parameter_rejected"
    assert next(
        verify_request(
            IncomingRequest.from_url("GET", URL, header(token=""), b""), VerificationPolicy(token="none"), NOW
        )
    )


@pytest.mark.seen_in("pylti/lti#56")
@pytest.mark.seen_in("oauth1-signer-java#9")
def test_identifiers_and_nonces_may_have_any_length_and_alphabet() -> None:
    for text in ("x", "é" * 500, "a b/+%"):
        made = signer(token=text, nonce=lambda text=text: text).replace(client_id=text)
        steps = steps_for(made)
        assert next(steps) == FindCredentials(text, text)
        assert steps.send(KNOWN) == UseNonce(text, text, NOW, text)


def body_hash_refusal(made: Signer, sent: bytes, received: bytes, headers: Any, rule: Any) -> VerificationError | None:
    """Return the result for a body that was signed as ``sent`` and arrives as ``received``."""
    signed = made.sign("POST", URL, headers, sent)
    pairs = [*dict(headers).items(), ("Authorization", signed.authorization or "")]
    steps = verify_request(
        IncomingRequest.from_url("POST", URL, pairs, received), VerificationPolicy(body_hash=rule), NOW
    )
    next(steps)
    try:
        steps.send(KNOWN)
    except VerificationError as error:
        return error
    return None


JSON = {"Content-Type": "application/json"}


def test_a_body_hash_is_recomputed_and_compared() -> None:
    made = signer(body_hash="always")
    assert body_hash_refusal(made, b"{}", b"{}", JSON, "optional") is None
    error = body_hash_refusal(made, b"{}", b"{ }", JSON, "optional")
    assert error is not None
    assert (error.status, error.problem) == (401, "signature_invalid")
    assert "oauth_body_hash" in error.reason
    odd = signer().sign("POST", URL, JSON, b"{}", extra={"oauth_body_hash": "\N{SNOWMAN}"})
    assert refusal(
        verify_request(
            IncomingRequest.from_url("POST", URL, [("Authorization", odd.authorization or "")], b"{}"),
            VerificationPolicy(),
            NOW,
        )
    )


def test_a_body_hash_can_be_required_for_every_body_that_is_no_form() -> None:
    assert body_hash_refusal(signer(body_hash="auto"), b"{}", b"{}", JSON, "required") is None
    assert body_hash_refusal(signer(), b"", b"", JSON, "required") is None
    assert body_hash_refusal(signer(), b"a=1", b"a=1", FORM, "required") is None
    error = body_hash_refusal(signer(), b"{}", b"{}", JSON, "required")
    assert error is not None
    assert (error.status, error.problem) == (400, "parameter_absent")
    assert body_hash_refusal(signer(), b"{}", b"{}", JSON, "optional") is None


def test_a_body_hash_has_no_place_beside_a_form() -> None:
    steps = steps_for(signer(), headers=FORM, body=b"a=1", extra={"oauth_body_hash": "x"})
    error = refusal(steps)
    assert (error.status, error.problem) == (400, "parameter_rejected")


@pytest.mark.seen_in("ims-lti#51")
@pytest.mark.seen_in("oauth-sign#19")
@pytest.mark.seen_in("oauthenticator#22")
@pytest.mark.seen_in("Edlib#2574")
def test_a_wrong_signature_shows_the_servers_base_string_without_secrets() -> None:
    made = signer(token_secret="other")
    steps = steps_for(made, url=URL + "&password=canary&x_auth_password=canary", verifier="canary")
    error = refusal(steps)
    assert error.base_string is not None
    assert error.base_string.startswith("POST&https%3A%2F%2Fapi.example%2Fpath&a%3D1%26oauth_consumer_key%3Dclient")
    assert "oauth_verifier%3D***" in error.base_string
    assert "x_auth_password%3D***" in error.base_string
    assert "canary" not in f"{error} {error!r} {vars(error)}"


@pytest.mark.parametrize("secret", ["-----BEGIN PUBLIC KEY-----\nMIIB", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI"])
def test_the_text_of_a_key_verifies_nothing_though_a_store_calls_it_a_secret(secret: str) -> None:
    secret = secret.ljust(60, "=")
    error = refusal(steps_for(signer().replace(client_secret=secret)), KNOWN._replace(client_secret=secret))
    assert (error.status, error.problem) == (401, "signature_invalid")
    assert error.reason.endswith("its secret is the text of a key, which others may know")


def test_a_base_string_that_nobody_read_stays_hidden_and_is_masked_on_its_way() -> None:
    error = refusal(steps_for(signer(token_secret="x"), url=URL + "&password=canary"))
    assert "canary" not in repr(vars(error))
    copied = pickle.loads(pickle.dumps(error))
    assert "canary" not in repr(vars(copied))
    assert copied.base_string == error.base_string
    assert "password%3D***" in str(error.base_string)
