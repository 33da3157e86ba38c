"""What providers answer to a refused request, in their own words."""

from typing import Any

import pytest

from oauthone import providers
from oauthone.diagnosis.answer import read_answer
from oauthone.diagnosis.provider_answers import with_shapes
from oauthone.diagnosis.refusals import Refusal, read_refusal
from oauthone.providers._model import ErrorShape
from oauthone.testing._likeness import example_of


def read(name: str, *answer: Any) -> Refusal | None:
    found = read_answer(*answer)
    return with_shapes(read_refusal(found), found, example_of(name))


NETSUITE = 'OAuth realm="1234567_SB1", error="{}", error_description="Invalid login attempt."'

#: Answers as they were reported or documented, what they say with the provider, and what they say without it.
ANSWERS: list[tuple[str, int, dict[str, str], str, str | None, str | None]] = [
    ("x", 401, {}, '{"errors":[{"code":89,"message":"Invalid or expired token."}]}', "token-refused", "token-refused"),
    ("x", 401, {}, '{"errors":[{"code": 89}]}', "token-refused", None),
    ("x", 400, {}, '{"errors":[{"code":215,"message":"Bad Authentication data."}]}', *["credentials-unread"] * 2),
    ("x", 403, {}, '{"errors":[{"code":415,"message":"Callback URL not approved for this client application. '
     'Approved callback URLs can be adjusted in your application settings"}]}', *["callback-refused"] * 2),
    ("x", 401, {}, '{"errors":[{"code":135,"message":"Timestamp out of bounds."}]}', *["timestamp-refused"] * 2),
    ("netsuite", 401, {"WWW-Authenticate": NETSUITE.format("nonce_rejected")}, "",
     *["parameter-refused:oauth_nonce"] * 2),
    ("netsuite", 401, {"WWW-Authenticate": NETSUITE.format("nonce_used")}, "", *["nonce-used"] * 2),
    ("netsuite", 401, {"WWW-Authenticate": NETSUITE.format("consumer_key_unknown")}, "", *["client-unknown"] * 2),
    ("netsuite", 400, {}, "NonceRejected", "parameter-refused:oauth_nonce", None),
    ("netsuite", 400, {}, "InvalidTimestamp", "timestamp-refused", None),
    ("netsuite", 400, {}, "MissingRequiredParameter", "parameter-missing:a parameter", None),
    ("netsuite", 400, {}, "InvalidCallback", "callback-refused", None),
    ("tripit", 401, {}, "<Response><Error><code>401</code><detailed_error_code>106.3</detailed_error_code></Error>"
     "</Response>", "token-refused", None),
    ("tripit", 401, {}, "<detailed_error_code>105.2</detailed_error_code>", "timestamp-refused", None),
    ("tripit", 401, {}, "<detailed_error_code>103.1</detailed_error_code>", "nonce-used", None),
    ("plurk", 400, {}, '{"error_text": "40106:invalid access token"}', *["token-refused"] * 2),
    ("plurk", 400, {}, '{"error_text": "40101:unknown application key"}', *["client-unknown"] * 2),
    ("trello", 401, {}, "invalid token", *["token-refused"] * 2),
    ("trello", 401, {}, "invalid key", "client-unknown", None),
    ("woocommerce", 401, {}, '{"code":"woocommerce_rest_authentication_error","message":"oauth_timestamp parameter is '
     'missing","data":{"status":401}}', *["parameter-missing:oauth_timestamp"] * 2),
    ("woocommerce", 401, {}, '{"code":"woocommerce_rest_authentication_error","message":"Consumer key is invalid.",'
     '"data":{"status":401}}', *["client-unknown"] * 2),
    ("woocommerce", 401, {}, '{"code":"woocommerce_rest_authentication_error","message":"Invalid timestamp."}',
     *["timestamp-refused"] * 2),
    ("discogs", 401, {}, "Parameter not found: oauth_consumer_key", *["parameter-missing:oauth_consumer_key"] * 2),
    ("launchpad", 401, {}, "Request token has not yet been reviewed. Try again later.", *["not-yet-authorized"] * 2),
    ("schoology", 401, {}, "Duplicate timestamp/nonce combination, possible replay attack. Request rejected.",
     *["nonce-used"] * 2),
    ("mediawiki", 200, {}, '{"error":"mwoauth-oauth-exception","message":"Nonce already used: abc"}',
     *["nonce-used"] * 2),
    ("opencaching", 400, {}, '{"error":{"reason_stack":["bad_request","invalid_oauth_request","invalid_timestamp"]}}',
     *["timestamp-refused"] * 2),
    ("opencaching", 401, {}, '{"error":{"reason_stack":["bad_request","invalid_oauth_request","invalid_consumer"]}}',
     *["client-unknown"] * 2),
    ("hatena", 401, {}, "oauth_problem=additional_authorization_required", *["permission-missing"] * 2),
    ("telldus", 401, {}, "oauth_problem=user_refused", *["user-refused"] * 2),
    ("openmage", 400, {}, "oauth_problem=parameter_absent&oauth_parameters_absent=oauth_callback",
     *["parameter-missing:oauth_callback"] * 2),
    ("open-bank-project", 400, {}, "Unsupported signature method", *["method-refused"] * 2),
    ("open-bank-project", 400, {}, "OAuth version not supported", *["version-refused"] * 2),
    ("wordpress-oauth1", 401, {}, '{"code": "json_oauth1_nonce_already_used", "data": {"status": 401}}',
     *["nonce-used"] * 2),
    ("wordpress-oauth1", 401, {}, '{"code": "json_oauth1_invalid_token", "data": {"status": 401}}',
     *["token-refused"] * 2),
    ("discogs", 401, {}, "Invalid consumer.", *["client-unknown"] * 2),
]  # fmt: skip


@pytest.mark.parametrize(("name", "status", "headers", "body", "named", "alone"), ANSWERS)
def test_the_answer_of_a_provider_names_the_mistake(
    name: str, status: int, headers: dict[str, str], body: str, named: str | None, alone: str | None
) -> None:
    found = read(name, status, headers, body)
    assert found is not None
    assert found.mistake == named
    without = read_refusal(read_answer(status, headers, body))
    assert (without and without.mistake) == alone


@pytest.mark.parametrize("word", ["NonceRejected", "InvalidTimestamp", "MissingRequiredParameter", "InvalidCallback"])
def test_the_words_of_an_endpoint_for_credentials_count_without_the_provider(word: str) -> None:
    """Elsewhere another server may mean a parameter of its own."""
    answer = read_answer(400, {}, word)
    assert read_refusal(answer) is None
    assert read_refusal(answer, is_about_oauth=True) == read("netsuite", 400, {}, word)


@pytest.mark.parametrize(
    ("code", "mistake"), [(98, "token-refused"), (99, None), (100, "client-unknown"), (1, "taken"), (980, "taken")]
)
def test_a_refusal_in_an_answer_of_success(code: int, mistake: str | None) -> None:
    """As JSON and as XML. A code counts only where the answer tells a failure."""
    for body in (
        f'{{"stat":"fail","code":{code},"message":"why"}}',
        f'{{"stat": "fail", "code": {code}}}',
        f'<?xml version="1.0"?><rsp stat="fail"><err code="{code}" msg="why" /></rsp>',
    ):
        found = read("flickr", 200, {}, body)
        assert (None if found is None else found.mistake) == (None if mistake == "taken" else mistake)
        assert (found is None) is (mistake == "taken")
    for body in (f'{{"stat":"ok","code":{code}}}', f'<rsp stat="ok"><x code="{code}" /></rsp>'):
        assert read("flickr", 200, {}, body) is None


@pytest.mark.parametrize("message", ["Invalid signature", "why"])
def test_a_code_for_the_signature_in_an_answer_of_success(message: str) -> None:
    found = read("flickr", 200, {}, f'{{"stat":"fail","code":96,"message":"{message}"}}')
    assert found is not None
    assert (found.mistake, found.about_signature) == (None, True)


@pytest.mark.parametrize("realm", ["", 'realm="1234567_SB1", '])
def test_a_word_that_a_provider_has_for_many_mistakes_names_none(realm: str) -> None:
    """Elsewhere it has its usual meaning. It is quoted as the server wrote it."""
    told = 401, {"WWW-Authenticate": f'OAuth {realm}error="token_rejected", error_description="Invalid."'}, b""
    assert read("netsuite", *told) == Refusal(None, about_signature=False, quoted='error="token_rejected"')
    alone = read_refusal(read_answer(*told))
    assert alone is not None
    assert (alone.mistake, alone.quoted) == ("token-refused", 'error="token_rejected"')
    usual = read("flickr", 401, {}, "oauth_problem=token_rejected")
    assert usual is not None
    assert (usual.mistake, usual.quoted) == ("token-refused", "oauth_problem=token_rejected")
    body = told[0], {"WWW-Authenticate": NETSUITE.format("nonce_used")}, '{"o:errorCode":"INVALID_LOGIN"}'
    exact = read("netsuite", *body)
    assert exact is not None
    assert exact.mistake == "nonce-used"


LOGIN = '{"o:errorDetails":[{"detail":"Invalid login attempt.","o:errorCode":"INVALID_LOGIN"}]}'


@pytest.mark.parametrize(
    ("name", "status", "headers", "body", "quoted"),
    [
        (
            "x",
            401,
            {},
            '{"errors":[{"code":32,"message":"Could not authenticate you."}]}',
            "Could not authenticate you",
        ),
        ("netsuite", 401, {}, LOGIN, "INVALID_LOGIN"),
        ("netsuite", 401, {}, '{"error":{"code":"INVALID_LOGIN_ATTEMPT","message":"…"}}', "INVALID_LOGIN_ATTEMPT"),
        (
            "mediawiki",
            200,
            {},
            "Error: An error occurred in the OAuth protocol: Invalid x",
            "Error:",
        ),
        ("mediawiki", 200, {}, '{"error":"mwoauth-oauth-exception","message":"E004"}', ""),
        ("mediawiki", 200, {}, '{"error":{"code":1},"message":"E004"}', ""),
        ("usos", 401, {}, '{"message":"Wrong."}', ""),
        ("tripit", 401, {}, "<detailed_error_code>104.1</detailed_error_code>", "104.1"),
    ],
)
def test_words_for_several_mistakes_name_none(
    name: str, status: int, headers: dict[str, str], body: str, quoted: str
) -> None:
    assert read(name, status, headers, body) == Refusal(None, about_signature=False, quoted=quoted)
    assert read_refusal(read_answer(status, headers, body)) is None


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("plurk", '{"error_text": "40104:incorrect signature"}'),
        ("woocommerce", '{"code":"woocommerce_rest_authentication_error","message":"Invalid signature - provided '
         'signature does not match.","data":{"status":401}}'),
        ("wordpress-oauth1", '{"code":"json_oauth1_signature_mismatch","message":"OAuth signature does not match"}'),
        ("launchpad", "Invalid OAuth signature."),
        ("flickr", "oauth_problem=signature_invalid&debug_sbs=GET&https%3A%2F%2Fa.example%2F&b%3Dc"),
        ("magento2", "oauth_problem=The+signature+is+invalid.+Verify+and+try+again."),
        ("netsuite", "InvalidSignature"),
    ],
)  # fmt: skip
def test_words_about_the_signature_are_told_as_such(name: str, body: str) -> None:
    found = read(name, 400 if name == "plurk" else 401, {}, body)
    assert found is not None
    assert (found.mistake, found.about_signature) == (None, True)


def test_a_wrong_signature_in_an_answer_of_success_is_a_refusal() -> None:
    found = read_refusal(read_answer(200, {}, '{"status":342,"error":"The signature (using Oauth) is invalid"}'))
    assert found is not None
    assert found.about_signature


@pytest.mark.parametrize(
    ("name", "status", "body"),
    [
        ("mediawiki", 200, '{"query":{"pages":[{"title":"Error: a film"}],"message":"x"}}'),
        ("mediawiki", 200, "A page about Error: it is a word."),
        ("x", 401, '{"errors":[{"code":320,"message":"Other."}]}'),
        ("tripit", 401, "<id>1104.12</id>"),
        ("x", 500, "Could not authenticate you"),
        ("trello", 401, "unauthorized"),
        ("evernote", 401, ""),
    ],
)
def test_other_answers_have_no_shape(name: str, status: int, body: str) -> None:
    assert read(name, status, {}, body) is None


def test_words_that_name_a_mistake_count_before_a_shape() -> None:
    facts = providers.get("trello")._replace(error_shapes=(ErrorShape("body", 401, "text", ("E1",), ("nonce_used",)),))
    for text in ("E1 oauth_problem=token_expired", "E1: expired token", "E1: invalid signature"):
        answer = read_answer(401, {}, text)
        known = read_refusal(answer)
        assert known is not None
        assert with_shapes(known, answer, facts) is known


@pytest.mark.parametrize(
    ("problems", "mistake"),
    [(("nonce_used",), "nonce-used"), (("nonce_used", "new"), "nonce-used"), (("nonce_used", "token_used"), None)],
)
def test_a_shape_names_what_its_problems_share(problems: tuple[str, ...], mistake: str | None) -> None:
    facts = providers.get("trello")._replace(error_shapes=(ErrorShape("body", 401, "text", ("E1",), problems),))
    found = with_shapes(None, read_answer(401, {}, "E1"), facts)
    assert found == Refusal(mistake, about_signature=False, quoted="E1")
