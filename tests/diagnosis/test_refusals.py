"""The words of servers: those of the Problem Reporting extension, and those of providers."""

import pytest

from oauthone.diagnosis.answer import read_answer
from oauthone.diagnosis.refusals import is_about_something_else, read_refusal


@pytest.mark.parametrize(
    ("body", "mistake"),
    [
        ("oauth_problem=nonce_used", "nonce-used"),
        ("oauth_problem=token_expired", "token-expired"),
        (
            "oauth_problem=parameter_absent&oauth_parameters_absent=oauth_nonce%26oauth_verifier",
            "parameter-missing:oauth_nonce and oauth_verifier",
        ),
        ("oauth_problem=parameter_absent", "parameter-missing:a parameter"),
        ("oauth_problem=parameter_rejected&oauth_parameters_rejected=realm%3Dsecret", "parameter-refused:realm"),
        ('{"error": "Nonce already used: abc"}', "nonce-used"),
        ("Duplicate timestamp/nonce combination, possible replay attack. Request rejected.", "nonce-used"),
        ('{"errors":[{"code":89,"message":"Invalid or expired token."}]}', "token-expired"),
        ('{"errors":[{"code":415,"message":"Callback URL not approved"}]}', "callback-refused"),
        ('{"error_text": "40101:unknown application key"}', "client-unknown"),
        ("Unsupported signature method", "method-refused"),
        ("OAuth version not supported", "version-refused"),
        ("Duplicated oauth protocol parameters", "parameter-twice:a parameter"),
        ('{"error": "missing_required_parameter"}', "parameter-missing:a parameter"),
        ("Request token has not yet been reviewed. Try again later.", "not-yet-authorized"),
    ],
)
def test_words_that_name_a_mistake(body: str, mistake: str) -> None:
    found = read_refusal(read_answer(401, (), body))
    assert found is not None
    assert found.mistake == mistake
    assert not found.about_signature


@pytest.mark.parametrize(
    "body",
    [
        "oauth_problem=signature_invalid",
        "Invalid OAuth signature.",
        '{"code":"json_oauth1_signature_mismatch"}',
        "40104:incorrect signature",
    ],
)
def test_words_about_the_signature_name_no_mistake(body: str) -> None:
    found = read_refusal(read_answer(401, (), body))
    assert found is not None
    assert (found.mistake, found.about_signature) == (None, True)


@pytest.mark.parametrize("body", ["", "Unauthorized", "<h1>401</h1>", "oauth_problem=odd_words"])
def test_words_that_tell_nothing(body: str) -> None:
    assert read_refusal(read_answer(401, (), body)) is None


@pytest.mark.parametrize(
    ("status", "body", "elsewhere"),
    [
        (429, "", True),
        (404, "", True),
        (503, "", True),
        (403, "Rate limit exceeded", True),
        (400, "insufficient scope", True),
        (403, "Your credentials do not allow access to this resource.", True),
        (403, "", False),
        (401, "rate limit", False),
        (400, "oauth_problem=x&rate limit", False),
    ],
)
def test_a_refusal_about_something_else(status: int, body: str, elsewhere: bool) -> None:
    assert is_about_something_else(read_answer(status, (), body)) is elsewhere
