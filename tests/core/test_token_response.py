"""Parsing responses to requests for credentials: strict about the two values, lenient about everything else."""

import json
import traceback
from typing import Any

import pytest

from oauthone.core.credentials import MAX_RESPONSE_BODY
from oauthone.core.flow import Reply, request_temporary_credentials, request_token_credentials
from oauthone.core.known_secrets import KnownSecrets
from oauthone.core.masking import one_line
from oauthone.core.token_response import read_answer, read_token_response
from oauthone.errors import TokenResponseError

GOOD = b"oauth_token=t&oauth_token_secret=s"


def read(body: bytes, status: int = 200, headers: Any = ()) -> tuple[str, str, dict[str, Any]]:
    return read_token_response(status, headers, body)


def refused(body: bytes, status: int = 200, headers: Any = ()) -> TokenResponseError:
    with pytest.raises(TokenResponseError) as caught:
        read(body, status, headers)
    assert caught.value.status == status
    return caught.value


@pytest.mark.seen_in("dghubble/oauth1#56")
@pytest.mark.seen_in("scribejava#38")
@pytest.mark.seen_in("scribejava#790")
@pytest.mark.parametrize(
    "body",
    [
        GOOD,
        b"\r\n oauth_token=t&oauth_token_secret=s \n",
        b"oauth_token_secret=s&oauth_token=t",
        b"oauth_token=%74&oauth%5Ftoken_secret=s",
        b"&oauth_token=t&&oauth_token_secret=s&",
        b'{"oauth_token": "t", "oauth_token_secret": "s"}',
        b' \n{"oauth_token_secret": "s", "oauth_token": "\\u0074"}\n',
    ],
)
def test_credentials_are_read_from_a_form_or_json_in_any_order(body: bytes) -> None:
    """With any content type."""
    for content_type in ("application/x-www-form-urlencoded", "text/html", "application/json", ""):
        assert read(body, headers=[("Content-Type", content_type)]) == ("t", "s", {})


def test_whole_numbers_of_json_are_taken_as_their_digits() -> None:
    """JSON has no leading zero and no plus sign, so the digits are those of the provider."""
    for number in (0, 7, -1, 12345678901234567890123456789):
        assert read(f'{{"oauth_token": {number}, "oauth_token_secret": {number}}}'.encode()) == (
            str(number), str(number), {},
        )  # fmt: skip


DEEP = [
    ("[", "]"), ('{"a":', "}"), ('[{"a":', "}]"), ('{"]": "\\"]}", "a":', "}"),
]  # fmt: skip


@pytest.mark.covering(together=2)
@pytest.mark.parametrize(("opening", "closing"), DEEP)
@pytest.mark.parametrize("times", [64, 200, 500, 900, 1_000, 5_000, 9_000])
@pytest.mark.parametrize("coding", ["utf-8", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("status", [200, 401])
def test_deep_json_is_an_answer_without_credentials(
    opening: str, closing: str, times: int, coding: str, status: int
) -> None:
    """At any depth, and with little stack left, it raises no RecursionError."""
    text = f'{{"oauth_token": "t", "oauth_token_secret": "s", "x": {opening * times}1{closing * times}}}'
    body = text.encode(coding)
    if len(body) <= MAX_RESPONSE_BODY:
        assert refused(body, status).error == ("missing_token" if status == 200 else "token_request_failed")


def test_json_may_be_nested_and_may_hold_brackets_in_text() -> None:
    nested: Any = "]" * 500 + '"' + "{" * 500
    for _ in range(31):
        nested = [{"a": nested}]
    body = json.dumps({"oauth_token": "t", "oauth_token_secret": "s", "x": nested}).encode()
    assert read(body) == ("t", "s", {"x": nested})


@pytest.mark.parametrize("status", [200, 201, 299])
def test_every_success_is_read(status: int) -> None:
    assert read(GOOD, status) == ("t", "s", {})


def test_a_plus_is_a_space_and_values_are_decoded_once() -> None:
    assert read(b"oauth_token=a%2Bb&oauth_token_secret=c+d%2526") == ("a+b", "c d%26", {})


@pytest.mark.seen_in("requests-oauthlib#429")
@pytest.mark.seen_in("requests-oauthlib#176")
@pytest.mark.parametrize(
    ("field", "extra"),
    [
        (b"user=x|y", {"user": "x|y"}),
        (b"x=<y>", {"x": "<y>"}),
        (b"url=https://a.example/?b=c", {"url": "https://a.example/?b=c"}),
        ("name=홍길동".encode(), {"name": "홍길동"}),
        ("name=é".encode("latin-1"), {"name": "é"}),
        (b"n=%E9&%FF=1", {"n": "é", "ÿ": "1"}),
        (b"a=100%", {"a": "100%"}),
        (b"bare", {"bare": ""}),
        (b"a=1&a=2", {"a": "2"}),
    ],
)
def test_odd_characters_in_the_other_fields_are_kept(field: bytes, extra: dict[str, str]) -> None:
    assert read(GOOD + b"&" + field) == ("t", "s", extra)


def test_other_fields_of_json_keep_their_types() -> None:
    given = {"id": 7, "ok": True, "nothing": None, "list": [1, {"a": {"b": "c"}}]}
    body = json.dumps({"oauth_token": "t", "oauth_token_secret": "s", **given}).encode()
    assert read(body) == ("t", "s", given)


@pytest.mark.parametrize(
    ("body", "error", "says"),
    [
        (b"", "missing_token", "it has no oauth_token"),
        (b"<html>", "missing_token", "it has no oauth_token; it begins: <html>"),
        (b"oauth_token=&oauth_token_secret=s", "missing_token", "it has no oauth_token;"),
        (b'{"oauth_token": "", "oauth_token_secret": "s"}', "missing_token", "it has no oauth_token;"),
        (b"oauth_token=t", "missing_token_secret", "it has no oauth_token_secret"),
        (b'["oauth_token"]', "missing_token", "it has no oauth_token"),
        (b"{", "missing_token", "it has no oauth_token"),
        (b'{"oauth_token": "t"', "missing_token", "it has no oauth_token"),
        (b'{"a":' * 10_000, "missing_token", "it has no oauth_token"),
        (b"{\xff", "missing_token", "it has no oauth_token"),
        (b'{"n": ' + b"9" * 5_000 + b"}", "missing_token", "it has no oauth_token"),
        (GOOD + b"&oauth_token=u", "parameter_rejected", "it has oauth_token twice"),
        (GOOD + b"&oauth_token_secret=s", "parameter_rejected", "it has oauth_token_secret twice"),
        (
            b'{"oauth_token":"t","oauth_token_secret":"s","oauth_token":"t"}',
            "parameter_rejected",
            "it has oauth_token twice",
        ),
        (b"oauth_token=%zz&oauth_token_secret=s", "parameter_rejected", "its oauth_token is not properly encoded"),
        (b"oauth_token=t&oauth_token_secret=%ff", "parameter_rejected", "its oauth_token_secret is not properly"),
        ("oauth_token=é&oauth_token_secret=s".encode(), "parameter_rejected", "its oauth_token is not properly"),
        (b'{"oauth_token":1.5,"oauth_token_secret":"s"}', "parameter_rejected", "its oauth_token is a number with a"),
        (b'{"oauth_token":true,"oauth_token_secret":"s"}', "parameter_rejected", "its oauth_token is true or false in"),
        (
            b'{"oauth_token":"t","oauth_token_secret":{}}',
            "parameter_rejected",
            "its oauth_token_secret is an object in",
        ),
        (b'{"oauth_token":["t"],"oauth_token_secret":""}', "parameter_rejected", "its oauth_token is a list in JSON"),
        (
            b'{"oauth_token":"\\ud800","oauth_token_secret":"s"}',
            "parameter_rejected",
            "its oauth_token is not properly",
        ),
        (b'{"oauth_token":"t","oauth_token_secret":null}', "parameter_rejected", "its oauth_token_secret is not"),
    ],
)
def test_what_holds_no_credentials_is_an_error_that_says_why(body: bytes, error: str, says: str) -> None:
    caught = refused(body)
    assert caught.error == error
    assert f"the provider answered 200, but {says}" in str(caught)


@pytest.mark.seen_in("flask-oauth#59")
@pytest.mark.seen_in("jira#953")
@pytest.mark.seen_in("rauth#66")
@pytest.mark.seen_in("scribejava#87")
@pytest.mark.seen_in("scribejava#90")
@pytest.mark.seen_in("allauth#2046")
@pytest.mark.seen_in("allauth#2254")
def test_a_refusal_carries_status_problem_advice_and_the_beginning_of_the_body() -> None:
    body = b"oauth_problem=timestamp_refused&oauth_problem_advice=Mind%20your%20clock&oauth_acceptable_timestamps=1-2"
    caught = refused(body, 401)
    assert (caught.error, caught.problem, caught.advice) == (
        "timestamp_refused",
        "timestamp_refused",
        "Mind your clock",
    )
    assert caught.body == body.decode()
    assert str(caught) == (
        "timestamp_refused: the provider answered 401 with the problem 'timestamp_refused' "
        "and the advice 'Mind your clock'"
    )


@pytest.mark.seen_in("pyetrade#4")
@pytest.mark.seen_in("pyetrade#5")
@pytest.mark.seen_in("pyetrade#52")
@pytest.mark.seen_in("python-oauth2#27")
@pytest.mark.parametrize("status", [200, 400, 401])
@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ([], b"oauth_problem=token_expired"),
        ([], GOOD + b"&oauth_problem=token_expired"),
        ([], b'{"oauth_problem": "token_expired"}'),
        ([], b'{"oauth_token": "t", "oauth_token_secret": "s", "oauth_problem": "token_expired"}'),
        ([], b"<html><p>Sorry.</p><pre>oauth_problem=token_expired</pre></html>"),
        ([], b'<html>{"oauth_problem" : "token_expired"}</html>'),
        ([("www-authenticate", 'OAuth realm="x", oauth_problem="token_expired"')], b""),
        ([("WWW-Authenticate", "OAuth oauth_problem=token_expired,x=y")], GOOD),
        ([], b'{"error": "token_expired"}'),
        ([], b"error=token_expired"),
    ],
)
def test_a_problem_is_found_wherever_it_stands(status: int, headers: Any, body: bytes) -> None:
    """In a form, in JSON, in a challenge and in an HTML page, also with a status of success."""
    caught = refused(body, status, headers)
    assert (caught.error, caught.problem) == ("token_expired", "token_expired")


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ([], b"oauth_problem=parameter_absent&oauth_parameters_absent=oauth_callback%26oauth_version&x=oauth_token"),
        ([], b'{"oauth_problem": "parameter_absent", "oauth_parameters_absent": "oauth_callback&oauth_version"}'),
        ([], b"<p>oauth_problem=parameter_absent&amp;oauth_parameters_absent=oauth_callback%26oauth_version&amp;x"),
        (
            [
                (
                    "WWW-Authenticate",
                    'OAuth oauth_problem="parameter_absent", oauth_parameters_absent="oauth_callback%26oauth_version"',
                )
            ],
            b"no",
        ),
    ],
    ids=["form", "JSON", "page", "challenge"],
)
def test_the_parameters_that_the_provider_misses_are_named(headers: Any, body: bytes) -> None:
    assert refused(body, 400, headers).description.endswith(": it misses oauth_callback and oauth_version")


@pytest.mark.parametrize("absent", [b"", b"&oauth_parameters_absent=", b"&oauth_parameters_absent=a+secret"])
def test_without_their_names_the_usual_ones_are(absent: bytes) -> None:
    """Only names of the protocol are repeated."""
    said = refused(b"oauth_problem=parameter_absent" + absent, 400).description
    assert said.endswith("often oauth_callback or oauth_verifier")


def test_an_error_that_is_an_object_is_no_word_for_a_problem() -> None:
    """The body is quoted as it is. A number is a word."""
    body = b'{"error": {"code": 32, "message": "no auth"}}'
    assert (refused(body, 400).error, refused(body, 400).problem) == ("token_request_failed", None)
    assert body.decode() in refused(body, 400).description
    assert refused(b'{"error": 32}', 400).problem == "32"


def test_advice_is_found_beside_the_problem() -> None:
    challenge = 'OAuth oauth_problem="nonce_used", oauth_problem_advice="Take+a new%20one"'
    caught = refused(b"", 401, [("WWW-Authenticate", challenge)])
    assert (caught.problem, caught.advice) == ("nonce_used", "Take a new one")
    assert refused(b'{"error":"x","error_description":"why"}', 400).advice == "why"


def test_a_field_called_error_is_an_extra_field_where_there_are_credentials() -> None:
    assert read(GOOD + b"&error=0") == ("t", "s", {"error": "0"})


def test_a_word_in_the_credentials_is_no_problem() -> None:
    assert read(b"oauth_token=t&oauth_token_secret=s&next=oauth_problem%3Dx") == (
        "t",
        "s",
        {"next": "oauth_problem=x"},
    )


@pytest.mark.parametrize("status", [300, 301, 302, 303, 307, 308, 399])
def test_a_redirect_is_an_error_that_says_to_use_the_final_url(status: int) -> None:
    caught = refused(GOOD, status)
    assert caught.error == "token_request_failed"
    assert f"{status}, a redirect, which is not followed with credentials: use the final URL" in str(caught)


@pytest.mark.parametrize("status", [100, 199, 400])
def test_credentials_under_another_status_than_success_are_not_taken(status: int) -> None:
    assert refused(GOOD, status).error == "token_request_failed"


def test_another_status_is_an_error_that_quotes_the_body() -> None:
    assert "the provider answered 500: Oh no" in str(refused(b"Oh\r\nno", 500))
    assert str(refused(b"", 500)).endswith("the provider answered 500 with an empty body")


def test_an_answer_of_64_kib_is_read_and_a_longer_one_is_not() -> None:
    padded = GOOD + b"&x=" + b"y" * (MAX_RESPONSE_BODY - len(GOOD) - 3)
    assert len(padded) == 65_536
    assert read(padded)[:2] == ("t", "s")
    caught = refused(padded + b"y")
    assert caught.error == "response_too_large"
    assert "longer than 65536 octets" in str(caught)


CANARY = "canary-S3CR3T"


@pytest.mark.seen_in("requests-oauthlib#536")
@pytest.mark.parametrize("status", [200, 401])
@pytest.mark.parametrize(
    "body",
    [
        "oauth_token_secret=canary-S3CR3T",
        "oauth_token=&oauth_token_secret=canary-S3CR3T&a=b",
        "oauth_token=canary-S3CR3T&oauth_token=canary-S3CR3T&oauth_token_secret=canary-S3CR3T",
        "access_token=canary-S3CR3T",
        '{"oauth_token_secret": "canary-S3CR3T"}',
        '{"oauth_token_secret": "my canary-S3CR3T"}',
        '{"oauth_token_secret": "a\\"canary-S3CR3T"}',
        '{"oauth_token_secret": ["canary-S3CR3T"]}',
        "{'Client_Secret' : 'x canary-S3CR3T'}",
        "<r><oauth_token_secret>canary-S3CR3T</oauth_token_secret></r>",
        "<r><oauth_token_secret>\n  canary-S3CR3T\n</oauth_token_secret></r>",
        "base string: POST&https%3A%2F%2Fa&oauth_token_secret%3Dcanary-S3CR3T",
        "PASSWORD: canary-S3CR3T",
        "oauth_verifier=canary-S3CR3T oauth_signature=canary-S3CR3T",
        "oauth_problem=token_rejected&x_token=canary-S3CR3T",
        "&quot;oauth_token_secret&quot;:&quot;canary-S3CR3T&quot;",
        '{\\"oauth_token_secret\\":\\"canary-S3CR3T\\"}',
        "signing_key: other&canary-S3CR3T",
        "Signing key = canary-S3CR3T&other",
        "<tr><td>oauth_token_secret</td>\n<td class='x'>canary-S3CR3T</td></tr>",
        "<th>Token secret</th><td>canary-S3CR3T</td>",
        "[oauth_token_secret] => canary-S3CR3T",
        '["oauth_token_secret"]=>\n  string(13) "canary-S3CR3T"',
        "| token_secret | canary-S3CR3T |",
        '<input name="oauth_token_secret" value="canary-S3CR3T">',
        "oauth_problem=signature_invalid&oauth_problem_advice=signing_key%3Dx%26canary-S3CR3T",
        '{"error": "x", "error_description": "oauth_token_secret: canary-S3CR3T"}',
        "oauth_problem_advice=the verifier 'canary-S3CR3T'&oauth_problem=x secret=canary-S3CR3T",
    ],
)
def test_no_secret_of_an_answer_is_repeated(status: int, body: str) -> None:
    """Neither in the message nor in ``repr`` nor in an attribute. Everything else is quoted."""
    caught = refused(body.encode(), status)
    shown = " ".join([str(caught), repr(caught), repr(vars(caught)), repr(caught.args)])
    assert CANARY not in shown
    assert "***" in caught.body


def test_words_about_secrets_are_not_masked() -> None:
    """An error must stay readable: it keeps the provider's words."""
    said = "The token was rejected: sign with the secret, not the password. token_expired, invalid_token"
    assert refused(said.encode(), 400).body == said


def test_half_of_a_secret_is_not_shown_at_the_cut() -> None:
    for before in range(450, 510):
        caught = refused(b"x" * before + b"oauth_token_secret=" + b"canary" * 20, 400)
        assert "cana" not in caught.body


def test_what_a_traceback_can_show_of_an_answer_holds_no_secret() -> None:
    """Its frames show the status, and credentials that hide their secrets."""
    body = b"oauth_token=t&oauth_token_secret=canary&oauth_callback_confirmed=no"
    steps = request_temporary_credentials("https://p.example", secrets=KnownSecrets(["canary"]))
    next(steps)
    with pytest.raises(TokenResponseError) as first:
        steps.send(Reply(200, [], body))
    steps = request_token_credentials("https://p.example", token="t", token_secret="canary", verifier="canary")
    next(steps)
    with pytest.raises(TokenResponseError) as second:
        steps.send(Reply(400, [("X", "canary")], body))
    for caught in (first, second):
        frames = [frame for frame, _ in traceback.walk_tb(caught.tb) if "/oauthone/" in frame.f_code.co_filename]
        assert frames
        assert "canary" not in repr([frame.f_locals for frame in frames])


def test_what_a_provider_says_stays_on_one_line() -> None:
    """No control character of a response reaches a log or a terminal."""
    caught = refused(b'{"error": "a\\nb\\u001b[2J\\ud800", "error_description": "c\\r\\nd"}', 400)
    assert (caught.error, caught.problem, caught.advice) == ("a b [2J", "a b [2J", "c d")
    assert refused(b"a\x1b]0;x\x07\n\nb\xff", 400).body == "a ]0;x b\N{REPLACEMENT CHARACTER}"
    assert one_line(" a\t\nb ") == "a b"


def test_what_is_quoted_is_cut() -> None:
    caught = refused(b"x" * 2_000, 400)
    assert caught.body == "x" * 500
    assert str(caught).endswith(": " + "x" * 200)
    assert str(refused(b"x" * 2_000)).endswith("it begins: " + "x" * 200)
    long = refused(b'{"error": "' + b"e" * 500 + b'", "error_description": "' + b"d" * 500 + b'"}', 400)
    assert (long.error, long.advice) == ("e" * 100, "d" * 300)


def test_json_may_begin_with_a_byte_order_mark() -> None:
    body = b'\xef\xbb\xbf{"oauth_token": "t", "oauth_token_secret": "s"}'

    assert read_token_response(200, [], body) == ("t", "s", {})


@pytest.mark.parametrize(
    ("challenges", "advice"),
    [
        (['Basic realm="Restricted"'], "it asks for Basic, not for OAuth 1.0: check that the URL is"),
        (["bearer"], "it asks for Bearer, not for OAuth 1.0"),
        (["Negotiate", 'Basic realm="x"'], "it asks for Basic or Negotiate, not for OAuth 1.0"),
        (["S3cr3t-token", ""], "it asks for another scheme, not for OAuth 1.0"),
        (['OAuth realm="x"'], "it reports no oauth_problem: check client_id and the secrets"),
        (['Basic realm="x"', 'oauth realm="y"'], "it reports no oauth_problem: check client_id and the secrets"),
        (
            [],
            "it reports no oauth_problem: check client_id and the secrets, signature_method, and this machine's clock",
        ),
    ],
)
def test_a_401_of_another_kind_gets_advice(challenges: list[str], advice: str) -> None:
    """A gateway in front of the provider answers like this, and so does an endpoint of OAuth 2. No scheme is quoted."""
    error = refused(b"Unauthorized", 401, [("WWW-Authenticate", one) for one in challenges])
    assert error.description.startswith(f"the provider answered 401: Unauthorized; {advice}")
    assert "S3cr3t" not in f"{error!r} {vars(error)}"
    assert (error.error, error.problem, error.advice) == ("token_request_failed", None, None)


def test_other_statuses_and_a_401_with_a_problem_get_no_such_advice() -> None:
    basic = [("WWW-Authenticate", "Basic")]
    assert refused(b"no", 403, basic).description == "the provider answered 403: no"
    assert "asks for" not in refused(b"oauth_problem=token_expired", 401, basic).description


def test_a_challenge_without_a_problem_is_no_refusal() -> None:
    challenge = [("WWW-Authenticate", "OAuth oauth_problem")]
    assert read_token_response(200, challenge, GOOD)[:2] == ("t", "s")
    assert read_answer(200, challenge, b"renewed") == "renewed"


@pytest.mark.parametrize("body", [b"Access Token has been renewed", b"", b"<valid/>"])
def test_an_answer_about_a_token_is_text(body: bytes) -> None:
    assert read_answer(200, [], body) == body.decode()


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (200, b"x" * (MAX_RESPONSE_BODY + 1), "response_too_large"),
        (200, b"oauth_problem=token_expired", "token_expired"),
        (401, b"hush", "token_request_failed"),
        (302, b"", "token_request_failed"),
    ],
)
def test_an_answer_about_a_token_that_is_a_refusal(status: int, body: bytes, error: str) -> None:
    with pytest.raises(TokenResponseError) as refused:
        read_answer(status, [], body, KnownSecrets(["hush"]))
    assert refused.value.error == error
    assert "hush" not in str(refused.value)
