"""Sentences of OAuth and sentences of businesses in the same words: the former count, the latter do not."""

import json

import pytest

from oauthone.diagnosis import diagnose
from oauthone.diagnosis.answer import read_answer
from oauthone.diagnosis.refusal_sentences import names_oauth, sentences
from oauthone.diagnosis.refusals import read_refusal

from .refused import diagnosed, sent

#: What servers for OAuth say, with the status and what it names; "signature" stands for the signature alone.
OAUTH: list[tuple[int, str, str]] = [
    (401, "Invalid or expired token.", "token-refused"),
    (401, "Invalid token", "token-refused"),
    (401, "Unauthorized: the access token has expired", "token-expired"),
    (401, "Token expired", "token-expired"),
    (403, "The token has been revoked.", "token-revoked"),
    (401, "unknown token", "token-refused"),
    (401, "Invalid consumer.", "client-unknown"),
    (401, "Consumer key is invalid.", "client-unknown"),
    (400, "consumer key unknown: abc", "client-unknown"),
    (401, "Unknown application key", "client-unknown"),
    (400, "40101:unknown application key", "client-unknown"),
    (400, "40106:invalid access token", "token-refused"),
    (401, "Timestamp out of bounds.", "timestamp-refused"),
    (401, "Invalid timestamp.", "timestamp-refused"),
    (400, "oauth_timestamp: invalid timestamp", "timestamp-refused"),
    (401, "Expired timestamp, yours 1, ours 2", "timestamp-refused"),
    (401, "Nonce already used: abc", "nonce-used"),
    (401, "The nonce is already being used by the consumer with ID %1.", "nonce-used"),
    (401, "Duplicate timestamp/nonce combination, possible replay attack. Request rejected.", "nonce-used"),
    (400, "Unsupported signature method", "method-refused"),
    (401, "Invalid signature method: RSA-SHA1", "method-refused"),
    (401, "Invalid OAuth signature.", "signature"),
    (422, "Invalid OAuth signature", "signature"),
    (500, "The signature (using Oauth) is invalid", "signature"),
    (401, "Invalid signature - provided signature does not match.", "signature"),
    (400, "40104:incorrect signature", "signature"),
    (400, "OAuth version not supported", "version-refused"),
    (401, "Error processing your OAuth request: Invalid oauth_verifier parameter", "verifier-refused"),
    (401, "Callback invalid", "callback-refused"),
    (403, "Callback URL not approved for this client application.", "callback-refused"),
    (400, "Bad Authentication data.", "credentials-unread"),
    (401, "Request token has not yet been reviewed. Try again later.", "not-yet-authorized"),
    (400, "Parameter not found: oauth_consumer_key", "parameter-missing:oauth_consumer_key"),
    (400, "Missing required parameter: oauth_nonce", "parameter-missing:oauth_nonce"),
    (400, "Duplicated oauth protocol parameter", "parameter-twice:a parameter"),
    (401, "The consumer isn't authorized to access %resources.", "permission-missing"),
]

#: What a business says about its own tokens, clients, fields, callbacks and signatures.
BUSINESS: list[tuple[int, str]] = [
    (400, "Could not send push: token expired"),
    (400, "push token expired"),
    (401, "Your session token expired, please log in"),
    (401, "Invite token expired"),
    (403, "Expired token for the invitation of Ann"),
    (400, "invalid token"),
    (422, "Invalid token in template line 3"),
    (403, "The download token is invalid"),
    (404, "Device token not found"),
    (400, "gift card token has been revoked"),
    (409, "nonce already used for payment 7"),
    (403, "nonce already used for payment 7"),
    (400, "Nonce already used"),
    (422, "payment_method_nonce: nonce has been used"),
    (400, "Replay of game 12 is not ready"),
    (403, "The replay is private"),
    (400, "Invalid timestamp in field start_date"),
    (403, "invalid timestamp for row 7"),
    (422, "timestamp is invalid"),
    (400, "log entry timestamp too old"),
    (400, "unknown client"),
    (401, "unknown client type 'kiosk'"),
    (404, "Invalid client number 77"),
    (403, "Unknown application form 12"),
    (422, "Unknown consumer segment"),
    (400, "unsupported signature method for PDF signing"),
    (403, "Signature method not supported by this signer"),
    (422, "Invalid signature"),
    (400, "The contract's signature is invalid in page 2"),
    (403, "Invalid signature image"),
    (400, "missing parameter: token"),
    (401, "missing parameter: token"),
    (400, "Missing required parameter"),
    (422, "missing_parameter"),
    (400, "callback is invalid"),
    (403, "Your client version is not supported, callback invalid"),
    (400, "Phone verifier is invalid"),
    (400, "wrong verifier"),
    (403, "Image verifier rejected the upload"),
    (500, "invalid token"),
]


@pytest.mark.parametrize("shape", ["{}", '{{"error":{}}}', '{{"errors":[{{"message":{}}}]}}'])
@pytest.mark.parametrize(("status", "said", "named"), OAUTH)
def test_sentences_of_oauth_count(status: int, said: str, named: str, shape: str) -> None:
    found = read_refusal(read_answer(status, (), shape.format(said if shape == "{}" else json.dumps(said))))
    assert found is not None
    assert ("signature" if found.about_signature else found.mistake) == named


@pytest.mark.parametrize("shape", ["{}", '{{"error":{}}}', '{{"errors":[{{"message":{}}}]}}'])
@pytest.mark.parametrize(("status", "said"), BUSINESS)
def test_sentences_of_businesses_do_not(status: int, said: str, shape: str) -> None:
    """The same words count where the answer is known to be about OAuth: the table of sentences has them."""
    body = shape.format(said if shape == "{}" else json.dumps(said))
    assert read_refusal(read_answer(status, (), body)) is None
    found = diagnosed(sent(), (status, {}, body))
    assert (found.verdict, found.mistake) == ("right" if status in (404, 409, 422, 500) else "unknown", None)


def test_most_sentences_of_businesses_have_the_words_of_a_mistake() -> None:
    """So the test above is not one of words that nobody looks for."""
    found = [said for _, said in BUSINESS if any(sentences(said))]
    assert len(found) >= 30


def test_a_challenge_and_an_endpoint_for_credentials_speak_of_oauth() -> None:
    said = '{"error": "unknown client, number 77"}'
    assert read_refusal(read_answer(400, {}, said)) is None
    told = read_refusal(read_answer(400, {"WWW-Authenticate": 'OAuth realm="x"'}, said))
    assert told is not None
    assert told.mistake == "client-unknown"
    leg = sent(body="oauth_callback=oob", signature_type="BODY")
    assert diagnosed(leg, (400, {}, said)).mistake == "client-unknown"
    assert diagnosed(sent(), (400, {}, said)).mistake is None


def test_a_page_for_people_that_speaks_of_a_login() -> None:
    page = (
        '<html><body>Session expired. <a href="/login">Log in</a> Your client version is not supported, '
        "callback invalid</body></html>"
    )
    assert diagnosed(sent(), (401, {"Content-Type": "text/html"}, page)).mistake is None
    refused = diagnosed(sent(), (401, {"Content-Type": "text/html"}, "<h1>401</h1><p>Token expired</p>"))
    assert refused.mistake == "token-expired"


def test_a_link_does_not_speak_of_oauth() -> None:
    assert not names_oauth("see https://example.com/oauth/help")
    assert not names_oauth("OAuth 2.0 and OAuth2")
    assert names_oauth("see https://example.com/oauth/help about OAuth")


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422, 500])
def test_a_refused_signature_is_no_other_refusal(status: int) -> None:
    """Whatever the status: the answer names it. An answer without such words is about something else."""
    answer = (status, {}, '{"error":"Invalid OAuth signature"}')
    assert diagnosed(sent(), answer).verdict == "unknown"
    wrong = diagnosed(sent(token_secret=""), answer)
    assert wrong.mistakes == ("token-secret-left-out",)
    assert "something else" not in wrong.explanation
    other = diagnosed(sent(), (status, {}, '{"error":"No such album"}'))
    assert other.verdict == ("right" if status >= 404 else "unknown")


def test_the_words_count_without_any_credentials() -> None:
    request = sent()
    assert diagnose(**request, answer=(401, {}, '{"error":"Token expired"}')).mistake == "token-expired"
