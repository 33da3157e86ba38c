"""What each kind of evidence proves, and what it does not: each mistake beside a request without it."""

from base64 import b64encode
from email.utils import formatdate
from hmac import digest
from typing import Any
from urllib.parse import unquote

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key

from oauthone.testing._likeness import example_of

from .refused import FORM, NOW, base_string, changed, diagnosed, sent, with_signature


def test_a_request_that_was_taken_is_right() -> None:
    found = diagnosed(sent(), (200, {}, b"ok"))
    assert (found.verdict, found.explanation) == ("right", "The server accepted this request: it answered 200.")


def test_a_problem_in_an_answer_of_status_200_is_a_refusal() -> None:
    assert diagnosed(sent(), (200, {}, "oauth_problem=nonce_used")).mistake == "nonce-used"


@pytest.mark.parametrize(
    ("body", "is_failure"),
    [
        ('{"stat":"fail","code":98,"message":"Invalid auth token"}', True),
        ('<rsp stat="fail"><err code="98" /></rsp>', True),
        ('<?xml version="1.0"?>\n<error>wrong</error>', True),
        ('{"status": 1, "error": "Wrong"}', True),
        ('{"errors": [{"code": 1}]}', True),
        ("Error: wrong", True),
        ('{"stat":"ok","code":98}', False),
        ('{"error": null, "data": 1}', False),
        ('{"errors": [], "data": 1}', False),
        ('{"items": [{"error": "token expired, said OAuth"}]}', False),
        ("errors=0&oauth_token=x", False),
        ("A page about error: it is a word, and OAuth says: token expired.", False),
    ],
)
def test_an_answer_of_success_that_tells_a_failure_is_none(body: str, is_failure: bool) -> None:
    """Nobody says of it that the server accepted the request. A wrong signature is named."""
    assert diagnosed(sent(), (200, {}, body)).verdict == ("unknown" if is_failure else "right")
    wrong = diagnosed(sent(token_secret=""), (200, {}, body))
    assert wrong.mistake == ("token-secret-left-out" if is_failure else None)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("oauth_verifier", "Error processing your OAuth request: Invalid oauth_verifier parameter"),
        ("oauth_verifier", "oauth_problem=verifier_invalid"),
        ("oauth_callback", '{"errors":[{"code":415,"message":"Callback URL not approved"}]}'),
        ("oauth_version", "oauth_problem=version_rejected"),
        ("oauth_body_hash", "oauth_problem=body_hash_invalid"),
    ],
)
def test_a_value_that_was_not_sent_is_missing(name: str, said: str) -> None:
    """It cannot be wrong. One that was sent can."""
    bare = sent(body="", version=None)
    found = diagnosed(bare, (401, {}, said))
    assert (found.mistake, f"did not send {name}" in found.explanation) == ("parameter-missing", True)
    assert found.proof.endswith(", and the request has none")
    value = "2jmj7l5rSw0yVb/vlWAYkK/YBwk=" if name == "oauth_body_hash" else "x"
    header = changed(bare, "OAuth ", f'OAuth {name}="{value}", ')
    named = diagnosed(header, (401, {}, said), client_secret=None, token_secret=None)
    assert (named.mistake, named.proof.startswith("the server says so")) == (REFUSED[name], True)


REFUSED = {
    "oauth_verifier": "verifier-refused",
    "oauth_callback": "callback-refused",
    "oauth_version": "version-refused",
    "oauth_body_hash": "other-body-hashed",
}


def test_a_request_without_a_signature() -> None:
    bare = {"method": "GET", "url": "https://api.example/", "headers": {}, "body": b""}
    assert diagnosed(bare).mistake == "unsigned"
    assert diagnosed(bare, (401, {"WWW-Authenticate": "OAuth"}, "")).mistake == "unsigned"
    other = diagnosed(bare, (401, {"WWW-Authenticate": 'Basic realm="x"'}, ""))
    assert (other.verdict, "asks for 'basic'" in other.explanation) == ("right", True)
    hop = tuple(sent().values())
    assert diagnosed(bare, history=[hop]).mistake == "signature-lost-in-redirect"
    assert diagnosed(bare, history=[("GET", "https://api.example/old")]).mistake == "unsigned"


@pytest.mark.parametrize(
    ("old", "new", "mistake"),
    [
        ('oauth_nonce="n", ', "", "parameter-missing"),
        ('oauth_nonce="n"', 'oauth_nonce=""', "parameter-missing"),
        ('oauth_nonce="n"', 'oauth_nonce="n", oauth_nonce="n"', "parameter-twice"),
        (f'oauth_timestamp="{NOW}"', f'oauth_timestamp="{NOW}000"', "timestamp-in-milliseconds"),
        (f'oauth_timestamp="{NOW}"', f'oauth_timestamp="{NOW}.5"', "timestamp-malformed"),
        ("HMAC-SHA1", "hmac_sha1", "method-unknown"),
        ('key="client"', 'key="other"', "other-client-id"),
        ('token="t"', 'token="other"', "other-token"),
        ('oauth_token="t", ', "", "token-missing"),
    ],
)
def test_a_request_that_breaks_the_protocol(old: str, new: str, mistake: str) -> None:
    found = diagnosed(changed(sent(), old, new), (401, {}, ""))
    assert (found.mistake, found.verdict) == (mistake, "mistake")


def test_two_placements_and_a_name_that_is_no_protocols() -> None:
    request = sent()
    both = {**request, "url": f"{request['url']}&oauth_callback=oob"}
    found = diagnosed(both)
    assert found.mistake == "two-placements"
    assert "header and query" in found.explanation
    odd = {**request, "url": f"{request['url']}"}
    odd = changed(odd, 'oauth_nonce="n"', 'oauth_nonce="n", oauth_SECRET="1", oauth_SECRET="2"')
    assert "SECRET" not in str(diagnosed(odd))


@pytest.mark.parametrize(
    ("given", "mistake"), [("47DEQpj8HBSa", "other-body-hashed"), ("2jmj7l5rSw0yVb/vlWAYkK/YBwk=", "empty-body-hashed")]
)
def test_a_wrong_body_hash(given: str, mistake: str) -> None:
    request = sent(body=b"{}", headers={"Content-Type": "application/json"}, body_hash="auto")
    assert diagnosed(request).verdict == "unknown"
    assert diagnosed(changed(request, 'body_hash="[^"]*"', f'body_hash="{given}"')).mistake == mistake
    plaintext = sent(signature_method="PLAINTEXT", body=iter([b""]), headers={})
    assert diagnosed(plaintext).verdict == "unknown"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (3 * 3600, "3 hours ahead"),
        (-400, "6 minutes behind"),
        (4 * 86400, "4 days ahead"),
        (-110 - 200, "5 minutes behind"),
    ],
)
def test_a_clock_that_is_off(seconds: int, words: str) -> None:
    date = {"Date": formatdate(NOW - seconds, usegmt=True)}
    found = diagnosed(sent(), (401, date, ""))
    assert (found.mistake, words in found.explanation) == ("clock-off", True)
    assert found.proof == "the Date header of the answer tells the server's clock"


def test_a_clock_that_is_not_proven_to_be_off() -> None:
    near, far = ({"Date": formatdate(NOW - seconds, usegmt=True)} for seconds in (299, 90))
    assert diagnosed(sent(), (401, near, "")).verdict == "unknown"
    late = {"Date": formatdate(NOW - 9999, usegmt=True)}
    assert diagnosed(sent(), (401, late, "oauth_problem=signature_invalid")).verdict == "unknown"
    assert diagnosed(sent(), (500, late, "")).verdict == "right"
    refused = diagnosed(sent(), (401, far, "oauth_problem=timestamp_refused"))
    assert (refused.mistake, "90 seconds ahead" in refused.explanation) == ("clock-off", True)
    assert diagnosed(sent(), (401, {}, "oauth_problem=timestamp_refused")).mistake == "timestamp-refused"


def test_a_timestamp_outside_of_what_the_server_accepts() -> None:
    for first, words in ((NOW + 8 * 3600, "8 hours behind"), (NOW - 7200, "2 hours ahead")):
        accepted = f"oauth_acceptable_timestamps={first - 300}-{first + 300}"
        found = diagnosed(sent(), (401, {}, f"oauth_problem=timestamp_refused&{accepted}"))
        assert (found.mistake, words in found.explanation) == ("clock-off", True)
        assert found.proof.startswith("oauth_acceptable_timestamps")
    for accepted in (f"{NOW - 1}-{NOW + 1}", "soon", f"{NOW}"):
        body = f"oauth_problem=timestamp_refused&oauth_acceptable_timestamps={accepted}"
        assert diagnosed(sent(), (401, {}, body)).mistake == "timestamp-refused"


def test_an_old_timestamp_is_mentioned_where_nothing_tells_the_clock_of_the_server() -> None:
    """It may be the reason, or the request may have been kept: so it is not called a mistake."""
    for now, words in ((NOW + 7200, "2 hours behind this"), (NOW - 7200, "2 hours ahead of this")):
        found = diagnosed(sent(), (401, {}, ""), now=now)
        assert (found.verdict, words in found.explanation) == ("unknown", True)
    assert "timestamp" not in diagnosed(sent(), (401, {}, ""), now=NOW + 60).explanation
    dated = (401, {"Date": formatdate(NOW, usegmt=True)}, "")
    assert "timestamp" not in diagnosed(sent(), dated, now=NOW + 7200).explanation


def test_a_quick_search_that_ended_at_its_limit_says_so() -> None:
    """A thorough one does not, nor one in which all was tried or no pairs were looked for."""
    words = "pass thorough=True (in the command: oauthone explain --last)"
    refused = sent(client_secret="another")
    assert diagnosed(refused).advice.endswith(words)
    plain = sent(client_secret="another", signature_method="PLAINTEXT")
    long = sent(client_secret="another", body=f"a={'x' * 5000}")
    for other in (diagnosed(refused, thorough=True), diagnosed(plain), diagnosed(long)):
        assert (other.verdict, words in other.advice) == ("unknown", False)
    assert words not in diagnosed(sent()).advice


def test_a_secret_that_was_sent() -> None:
    request = sent("GET", "https://api.example/?oauth_token_secret=t0ken", body="", headers={}, signature_type="QUERY")
    found = diagnosed(request, (401, {}, ""))
    assert (found.mistake, "must never be sent" in found.explanation) == ("secret-sent", True)
    assert "t0ken" not in str(found)
    other = sent("GET", "https://api.example/?secret=t0ken", body="", headers={}, signature_type="QUERY")
    assert diagnosed(other, (401, {}, "")).verdict == "unknown"


def told(text: str) -> Any:
    return 401, {}, f"oauth_problem=signature_invalid&debug_sbs={text}"


def test_parameters_that_were_sent_and_did_not_arrive() -> None:
    absent = (401, {}, "oauth_problem=parameter_absent&oauth_parameters_absent=oauth_token")
    found = diagnosed(sent(), absent)
    assert (found.mistake, found.party) == ("parameter-lost", "network")
    assert "sent oauth_token, which the server did not read" in found.explanation
    assert diagnosed(sent(), (401, {}, f"{absent[2]}%26oauth_verifier")).mistake == "parameter-missing"
    assert diagnosed(sent(), (401, {}, "oauth_problem=parameter_absent")).mistake == "parameter-missing"


def test_a_server_with_other_secrets() -> None:
    found = diagnosed(sent(), told(base_string()))
    assert (found.mistake, found.party) == ("other-secrets", "credentials")
    assert diagnosed(sent(), told(base_string()), client_secret=None, token_secret=None).verdict == "unknown"
    wrong = with_signature(sent(), "rT5JHxaTLbTYnB4oTGnZQX9wTBc=")
    same = diagnosed(wrong, told(base_string()))
    assert (same.verdict, "signed with other secrets" in same.explanation) == ("unknown", True)
    assert "The server's base string is the right one" in same.explanation
    other = diagnosed(wrong, told(base_string().replace("https", "http")))
    assert "The server's base string is the right one" not in other.explanation


def test_a_signature_that_the_server_expected() -> None:
    right = sent(token_secret="")["headers"]["Authorization"].rpartition('oauth_signature="')[2].strip('"')
    found = diagnosed(
        sent(), None, expected_signature=right.replace("%3D", "=").replace("%2B", "+").replace("%2F", "/")
    )
    assert (found.mistake, found.explanation[:10]) == ("token-secret-left-out", "The server")
    assert diagnosed(sent(), None, expected_signature="x").verdict == "unknown"


def test_only_the_first_signatures_of_an_answer_are_looked_at() -> None:
    """An answer may show thousands, and each costs a search."""
    right = sent(token_secret="")["headers"]["Authorization"].rpartition('oauth_signature="')[2].strip('"')
    for before, mistakes in ((2, ("token-secret-left-out",)), (3, ())):
        others = [f"{number:027}=" for number in range(before)]
        words = " ".join(f"expected signature: {one}" for one in (*others, unquote(right)))
        assert diagnosed(sent(), (401, {}, words)).mistakes == mistakes


def test_a_signature_over_the_base_string_of_the_server() -> None:
    """No known mistake leads to it, but with the server's base string a mistake in the key does."""
    odd = base_string().replace("api.example", "internal")
    without_token = b64encode(digest(b"s3cret&", odd.encode(), "sha1")).decode()
    assert diagnosed(with_signature(sent(), without_token)).verdict == "unknown"
    assert diagnosed(with_signature(sent(), without_token), base_string=odd).mistake == "token-secret-left-out"
    right = b64encode(digest(b"s3cret&t0ken", odd.encode(), "sha1")).decode()
    assert diagnosed(with_signature(sent(), right), base_string=odd).mistake == "other-secrets"
    assert diagnosed(with_signature(sent(), "x"), base_string=odd).verdict == "unknown"


def test_a_refusal_that_is_about_something_else() -> None:
    assert diagnosed(sent(), (403, {}, "insufficient permission")).verdict == "right"
    assert diagnosed(sent(), (429, {}, "")).verdict == "right"
    basic = diagnosed(sent(), (401, {"WWW-Authenticate": "Bearer"}, ""))
    assert (basic.verdict, "asks for 'bearer'" in basic.explanation) == ("right", True)
    told = diagnosed(sent(), (401, {"WWW-Authenticate": 'Bearer error="invalid_token"'}, ""))
    assert told.verdict == "right"
    wrong = sent(token_secret="other")
    assert diagnosed(wrong, (429, {}, "")).verdict == "unknown"


@pytest.mark.parametrize("answer", [(404, {}, ""), (405, {}, ""), (429, {}, ""), (500, {}, ""), (403, {}, "forbidden")])
def test_a_wrong_signature_is_never_called_right(answer: Any) -> None:
    """Whatever else the answer may be about. A right one beside it is."""
    wrong = diagnosed(sent(token_secret=""), answer)
    assert (wrong.mistake, "may be about something else" in wrong.explanation) == ("token-secret-left-out", True)
    assert diagnosed(sent(), answer).verdict == "right"
    assert "something else" not in diagnosed(sent(token_secret=""), (401, {}, "")).explanation


def test_a_proof_comes_before_loose_words() -> None:
    """Servers use them for wrong signatures too. A problem word has one meaning, and is named beside the proof."""
    request, loose = sent(token_secret=""), (401, {}, "Timestamp out of bounds.")
    found = diagnosed(request, loose)
    assert found.mistakes == ("token-secret-left-out",)
    assert found.explanation.endswith("The answer says 'Timestamp out of bounds'.")
    assert diagnosed(sent(), loose).mistake == "timestamp-refused"
    both = diagnosed(request, (401, {}, "oauth_problem=nonce_used"))
    assert both.mistakes == ("token-secret-left-out", "nonce-used")
    assert "exactly the one" in both.proof
    assert "oauth_problem=nonce_used" in both.proof
    same = with_signature(request, "x%2By")
    assert diagnosed(same, (401, {}, "oauth_problem=nonce_used")).mistakes == ("nonce-used",)


def test_the_proof_of_another_rsa_key_does_not_claim_to_be_exact() -> None:
    text = "abc" * 114
    found = diagnosed(
        changed(with_signature(sent(), f"{text[:342]}=="), "HMAC-SHA1", "RSA-SHA1"),
        rsa_key=generate_private_key(65537, 2048),
    )
    assert (found.mistake, "exactly" in found.proof) == ("another-rsa-key", False)


def test_without_secrets_nobody_can_tell() -> None:
    found = diagnosed(sent(), None, client_secret=None, token_secret=None)
    assert (found.verdict, found.advice) == ("unknown", "pass the client secret and the token secret, or the RSA key")


def test_a_redirect_whose_signature_was_sent_again() -> None:
    request = {**sent(), "url": "https://api.example/new?b=x%20y"}
    found = diagnosed(request, history=[("POST", "https://api.example/p?b=x%20y", FORM, "a=1")])
    assert found.mistakes == ("signed-before-redirect",)


def test_a_plus_sign_in_a_right_signature_is_named_if_the_request_was_refused() -> None:
    signed = next(one for one in (sent(nonce=f"n{number}") for number in range(99)) if "%2B" in str(one["headers"]))
    raw = {**signed, "headers": {name: value.replace("%2B", "+") for name, value in signed["headers"].items()}}
    assert diagnosed(raw, (401, {}, "")).mistake == "signature-not-encoded"
    assert diagnosed(raw).verdict == "unknown"
    assert diagnosed(raw, (403, {}, "")).verdict == "unknown"
    assert diagnosed(signed, (401, {}, "")).verdict == "unknown"


@pytest.mark.parametrize("value", [str(NOW * 1000), "soon"])
def test_a_wrong_timestamp_does_not_hide_what_the_signature_proves(value: str) -> None:
    swapped = {"client_secret": "t0ken", "token_secret": "s3cret"}
    word = "timestamp-in-milliseconds" if value.isdecimal() else "timestamp-malformed"
    found = diagnosed(sent(timestamp=value, **swapped))
    assert found.mistakes == (word, "secrets-swapped")
    assert "exchanged the client's and the token's secret" in found.explanation
    assert diagnosed(sent(timestamp=value)).mistakes == (word,)
    assert diagnosed(sent(timestamp=value, client_secret="other")).mistakes == (word,)


@pytest.mark.parametrize(
    ("body", "is_json"),
    [('{"a": 1}', True), (" [1]", True), ("{a}", False), ("a=1", False), ("", False), ("[" * 9999, False)],
)
def test_json_that_is_declared_as_a_form(body: str, is_json: bool) -> None:
    found = diagnosed(sent(body=body), (401, {}, ""))
    assert (found.mistake == "json-declared-as-form") is is_json
    assert found.verdict == ("mistake" if is_json else "unknown")
    unsigned_body = {**sent(body=""), "body": body}
    if is_json:
        assert diagnosed(unsigned_body, (401, {}, "")).mistakes == ("form-left-out", "json-declared-as-form")
    declared = sent(body=body, headers={"Content-Type": "application/json"})
    assert diagnosed(declared, (401, {}, "")).verdict == "unknown"


def test_a_refused_token_that_was_not_sent() -> None:
    """A provider that does not know the client says so as well where temporary credentials are asked for."""
    answer = (401, {}, '{"errors":[{"code":89,"message":"Invalid or expired token."}]}')
    without = {"token": None, "token_secret": None}
    assert diagnosed(sent(**without), answer, **without).mistake == "token-missing"
    assert diagnosed(sent(), answer).mistake == "token-refused"
    leg = sent(body="oauth_callback=oob", **without, signature_type="BODY")
    assert diagnosed(leg, answer, **without).mistake == "token-refused"


def test_general_words_of_a_provider_are_said_to_be_that() -> None:
    answer = (401, {}, '{"errors":[{"code":32,"message":"Could not authenticate you."}]}')
    found = diagnosed(sent(), answer, provider="x")
    assert (found.verdict, found.mistake) == ("unknown", None)
    assert "X (Twitter) answers 'Could not authenticate you' to more than one mistake." in found.explanation
    assert "X (Twitter) answers" not in diagnosed(sent(), answer).explanation


def test_the_value_of_a_member_is_not_quoted() -> None:
    """It may hold the key of the server."""
    usos = example_of("usos")
    found = diagnosed(sent(), (401, {}, '{"message": "expected key canary&canary"}'), provider=usos)
    assert "canary" not in f"{found.as_dict()}"
    assert f"{usos.name} answers so to more than one mistake." in found.explanation
