"""The words of servers: those of the Problem Reporting extension, and those of providers."""

import pytest

from oauthone.diagnosis.answer import read_answer
from oauthone.diagnosis.refusals import Refusal, is_about_something_else, read_refusal, without_asides

from .refused import diagnosed, sent


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
        ('{"errors":[{"code":89,"message":"Invalid or expired token."}]}', "token-refused"),
        ('{"errors":[{"code":415,"message":"Callback URL not approved"}]}', "callback-refused"),
        ('{"error_text": "40101:unknown application key"}', "client-unknown"),
        ('{"problem": "signature_invalid", "reason": "the client is unknown"}', "client-unknown"),
        (
            '{"problem": "signature_invalid", "reason": "the token is unknown, or was issued to another client"}',
            "token-refused",
        ),
        ("Unsupported signature method", "method-refused"),
        ("OAuth version not supported", "version-refused"),
        ("Duplicated oauth protocol parameters", "parameter-twice:a parameter"),
        ('{"error": "missing_required_parameter"}', "parameter-missing:a parameter"),
        ('{"message":"The nonce is already being used by the consumer with ID %1."}', "nonce-used"),
        ('{"message":"Consumer key has expired"}', "client-refused"),
        ('{"message":"The consumer isn\'t authorized to access %resources."}', "permission-missing"),
        ('{"Errors":{"Error":[{"ReasonCode":"MISSING_BODY_HASH"}]}}', "parameter-missing:oauth_body_hash"),
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


@pytest.mark.parametrize(
    ("listed", "said"),
    [
        ("Common causes: timestamp refused, nonce used, token expired.", "Timestamp refused."),
        ("Invalid signature, expired timestamp or reused nonce", "Expired timestamp"),
        (
            '{"message": "Invalid or expired token, or the timestamp is too old"}',
            '{"message": "Invalid or expired token"}',
        ),
        ("Invalid login attempt. Check: token revoked, role removed.", "Check failed: token revoked"),
        ("<ul><li>Token expired? Renew it</li></ul>", "<p>Token expired. Renew it?</p>"),
        ('<nav><a href="/">Token expired</a></nav> 401', "<p>Token expired</p><nav>Home</nav>"),
        ("Make sure that the nonce has not been used: replay", "Replay detected"),
    ],
)
def test_a_list_of_what_may_be_wrong_names_nothing(listed: str, said: str) -> None:
    """Several causes at once, a supposition, a question and a link are no evidence. One cause is."""
    assert read_refusal(read_answer(401, (), listed)) is None
    assert (read_refusal(read_answer(401, (), said)) or Refusal(None, False, "")).mistake is not None


def test_words_for_one_cause_may_be_several() -> None:
    found = read_refusal(read_answer(401, (), "Invalid token: the token has expired"))
    assert found is not None
    assert found.mistake == "token-expired"
    method = read_refusal(read_answer(401, (), "Invalid signature method"))
    assert (method or Refusal(None, False, "")).mistake == "method-refused"


@pytest.mark.parametrize("page", ["<a>replay", "<a><b>", "</a>replay</a>", "<script>replay</script>", "x"])
def test_asides_of_a_page_are_left_out(page: str) -> None:
    """A link that is never closed is no aside."""
    assert ("replay" in without_asides(page)) is ("replay" in page and "script" not in page)


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
        (403, '{"errors":[{"code":453,"message":"You have access to a part"}]}', True),
        (403, '{"errors":[{"code":32}]}', False),
        (403, "", False),
        (401, "rate limit", False),
        (400, "oauth_problem=x&rate limit", False),
    ],
)
def test_a_refusal_about_something_else(status: int, body: str, elsewhere: bool) -> None:
    assert is_about_something_else(read_answer(status, (), body)) is elsewhere


def test_a_guard_that_asks_for_another_token_says_nothing_of_this_one() -> None:
    for challenge, mistake in (("Bearer", None), ("OAuth", "token-expired"), ("Basic", "token-expired")):
        answer = (401, {"WWW-Authenticate": f'{challenge} realm="x"'}, '{"error": "Token expired"}')
        assert diagnosed(sent(), answer).mistake == mistake
    both = (401, [("WWW-Authenticate", "Bearer"), ("WWW-Authenticate", "OAuth")], "Token expired")
    assert diagnosed(sent(), both).mistake == "token-expired"


def test_what_is_quoted_of_a_sentence_has_an_end() -> None:
    found = diagnosed(sent(), (401, {}, f"OAuth error. Nonce already being used by the consumer {'x ' * 10_000}"))
    assert (found.mistake, len(found.proof) < 200) == ("nonce-used", True)
