"""What is said about a request that is signed rightly, and was refused nonetheless."""

from typing import Any

import pytest

from .refused import diagnosed, sent, with_signature

NO_REASON = "the answer does not tell why"


def test_a_signature_that_the_server_calls_invalid_leaves_two_reasons() -> None:
    for body, words in (
        ("oauth_problem=signature_invalid", "oauth_problem=signature_invalid"),
        ('{"error": "Invalid OAuth signature"}', "Invalid OAuth signature"),
    ):
        found = diagnosed(sent(), (401, {}, body))
        assert found.verdict == "unknown"
        assert f"the server says {words!r}: so a secret differs, or the server signs another" in found.explanation
        assert NO_REASON not in found.explanation


def test_the_sentence_of_an_answer_is_quoted() -> None:
    found = diagnosed(sent(), (401, {}, '{"message": "You must authenticate to access this resource."}'))
    assert "were given. The answer says 'You must authenticate to access this resource'." in found.explanation
    for silent in ("", "Unauthorized", '{"message": "The key is t0ken"}'):
        assert NO_REASON in diagnosed(sent(), (401, {}, silent)).explanation


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (401, '{"request":"/1.1/statuses/update.json","error":"Read-only application cannot POST."}'),
        (401, '{"errors":[{"code":261,"message":"Application cannot perform write actions. Contact us"}]}'),
        (401, '{"code":"woocommerce_rest_cannot_view","message":"Sorry, you cannot list resources."}'),
        (403, '{"message": "You don\'t have permission to access this resource."}'),
        (403, '{"error":{"code":"INSUFFICIENT_PERMISSION","message":"Permission Violation: You need more"}}'),
        (400, '{"error":{"code":"SSS_REQUEST_LIMIT_EXCEEDED","message":"Only one request may be made at a time"}}'),
        (200, '{"stat":"fail","code":99,"message":"Insufficient permissions. Method requires write privileges"}'),
        (429, "Slow down, please"),
    ],
)
def test_a_permission_or_a_limit_is_no_matter_of_secrets(status: int, body: str) -> None:
    found = diagnosed(sent(), (status, {}, body))
    assert (found.verdict, found.advice) == ("right", "")
    assert "about a permission or a limit" in found.explanation
    assert ("did not read the credentials" in found.explanation) is (status == 401)
    wrong = diagnosed(sent(token_secret=""), (status, {}, body))
    assert wrong.mistakes == ("token-secret-left-out",)


def test_another_refusal_is_quoted() -> None:
    found = diagnosed(sent(), (404, {}, '{"message": "No such album."}'))
    assert found.explanation.endswith("about something else: the answer, whose status is 404, says 'No such album'.")
    assert diagnosed(sent(), (404, {}, "")).explanation.endswith("read the answer, whose status is 404.")


@pytest.mark.parametrize(
    ("secrets", "said"),
    [
        ({"client_secret": "s3cret\n"}, "the client secret that was given begins or ends with a space or a line break"),
        ({"token_secret": " t0ken"}, "the token secret that was given begins or ends with a space or a line break"),
        ({"token_secret": '"t0ken"'}, "the token secret that was given stands in quotes"),
        ({"client_secret": "'s3cret'"}, "the client secret that was given stands in quotes"),
        ({"client_secret": "s3 cret"}, None),
        ({"client_secret": "'"}, None),
        ({"token_secret": "'t0ken\""}, None),
        ({}, None),
    ],
)
def test_a_secret_that_was_given_with_what_does_not_belong_to_it(secrets: dict[str, Any], said: str | None) -> None:
    """The client signs with it, so the signature is right; but the provider rarely issues such a secret."""
    found = diagnosed(sent(**secrets), (401, {}, ""), **secrets)
    assert found.verdict == "unknown"
    assert ("that was given" in found.advice) is (said is not None)
    assert found.advice.startswith(said or "ask for")
    assert not any(value.strip("\n\"' ") in str(found) for value in secrets.values() if len(value) > 1)


@pytest.mark.parametrize(
    "answer", [(401, {}, ""), (401, {}, "oauth_acceptable_timestamps=1-2"), (401, {"Date": "Fri, 27 Nov 2026"}, "")]
)
def test_a_timestamp_of_any_length_is_no_error(answer: Any) -> None:
    """Python reads no more than 4,300 digits of a number."""
    short, long = (diagnosed(sent(timestamp=f"{'0' * zeros}1"), answer) for zeros in (1, 5000))
    assert (short.verdict, long.verdict) in (("unknown", "unknown"), ("mistake", "unknown"))


def test_plaintext_has_no_base_string_to_ask_for() -> None:
    for method, asks in (("PLAINTEXT", False), ("HMAC-SHA1", True)):
        request = sent(signature_method=method)
        wrong = diagnosed(with_signature(request, "wrong&wrong"), (401, {}, ""))
        assert ("base string" in diagnosed(request, (401, {}, "")).advice) is asks
        assert ("base string" in str(wrong)) is asks
        assert wrong.verdict == "unknown"


def test_a_form_that_nobody_kept_is_said_first() -> None:
    """With PLAINTEXT too: a signature that was not looked at is not called wrong."""
    request = {**sent(signature_method="PLAINTEXT"), "body": ...}
    assert "Nobody has kept the form" in diagnosed(request, (401, {}, "")).explanation
