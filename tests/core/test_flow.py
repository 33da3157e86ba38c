"""The three legs as generators, run by hand and by `run` and `arun`, and the parsing of callbacks."""

import asyncio
from collections.abc import Generator
from typing import Any
from urllib.parse import quote

import pytest

from oauthone import TemporaryCredentials, TokenCredentials
from oauthone.core.drive import arun, run
from oauthone.core.flow import (
    CallbackResult,
    Leg,
    Reply,
    authorization_url,
    parse_callback,
    request_temporary_credentials,
    request_token_credentials,
)
from oauthone.core.known_secrets import KnownSecrets
from oauthone.errors import AccessDenied, CallbackError, InsecureTransportError, SigningError, TokenResponseError

INITIATE, AUTHORIZE, TOKEN = "https://p.example/initiate", "https://p.example/authorize", "https://p.example/token"
CONFIRMED = b"oauth_token=t&oauth_token_secret=s&oauth_callback_confirmed=true&x=y"


def reply(body: bytes, status: int = 200) -> Reply:
    return Reply(status, [("Content-Type", "text/plain")], body)


def result(steps: Generator[Any, Any, Any], answer: Any) -> Any:
    with pytest.raises(StopIteration) as done:
        steps.send(answer)
    return done.value.value


@pytest.mark.seen_in("rauth#29")
@pytest.mark.seen_in("python-oauth2#10")
def test_the_first_leg_sends_oob_unless_told_otherwise() -> None:
    steps = request_temporary_credentials(INITIATE)
    assert next(steps) == Leg("POST", INITIATE, None, None, "oob", None)
    assert result(steps, reply(CONFIRMED)) == TemporaryCredentials("t", "s", True, {"x": "y"})


@pytest.mark.parametrize("callback", ["https://c.example/back", None])
def test_the_first_leg_carries_the_callback_and_nothing_else(callback: str | None) -> None:
    steps = request_temporary_credentials(INITIATE, method="GET", callback=callback)
    assert next(steps) == Leg("GET", INITIATE, callback=callback)


@pytest.mark.parametrize(
    "body",
    [
        b"oauth_token=t&oauth_token_secret=s&oauth_callback_confirmed=true",
        b"oauth_token=t&oauth_token_secret=s&oauth_callback_confirmed=True",
        b"oauth_token=t&oauth_token_secret=s&oauth_callback_confirmed=TRUE",
        b"oauth_token=t&oauth_token_secret=s&oauth_callback_confirmed=%74Rue",
        b'{"oauth_token":"t","oauth_token_secret":"s","oauth_callback_confirmed":"True"}',
        b'{"oauth_token":"t","oauth_token_secret":"s","oauth_callback_confirmed":true}',
    ],
)
def test_a_callback_is_confirmed_in_any_letter_case_and_by_the_true_of_json(body: bytes) -> None:
    steps = request_temporary_credentials(INITIATE)
    next(steps)
    assert result(steps, reply(body)) == TemporaryCredentials("t", "s", True, {})


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("false", "'false'"),
        ("no", "'no'"),
        ('"False"', "'False'"),
        ("1", "'1'"),
        ('""', "''"),
        ('"tr\\u00fce"', "'trüe'"),
    ],
)
def test_what_confirms_no_callback_is_shown(value: str, shown: str) -> None:
    """In a form and in JSON, but not if the value is a secret."""
    form = value.strip('"').replace("\\u00fc", "%C3%BC")
    bodies = [f"oauth_token=t&oauth_token_secret=s&oauth_callback_confirmed={form}"]
    if value != "no":
        bodies.append(f'{{"oauth_token":"t","oauth_token_secret":"s","oauth_callback_confirmed":{value}}}')
    for body in bodies:
        steps = request_temporary_credentials(INITIATE, require_callback_confirmed=False)
        next(steps)
        with pytest.raises(TokenResponseError) as caught:
            steps.send(reply(body.encode()))
        assert caught.value.error == "callback_not_confirmed"
        assert f"the provider answered oauth_callback_confirmed={shown} instead of true" in str(caught.value)


def test_a_secret_in_the_place_of_a_confirmation_is_not_shown() -> None:
    steps = request_temporary_credentials(INITIATE, secrets=KnownSecrets(["client-canary"]))
    next(steps)
    with pytest.raises(TokenResponseError) as caught:
        steps.send(
            reply(b"oauth_token=t&oauth_token_secret=own-canary&oauth_callback_confirmed=client-canary,own-canary")
        )
    assert "oauth_callback_confirmed='***,***'" in str(caught.value)


@pytest.mark.parametrize("confirmed", ["", "false", "1", "true%20", "tru", "truee"])
@pytest.mark.parametrize("required", [True, False])
def test_a_callback_that_is_not_confirmed_is_an_error(confirmed: str, required: bool) -> None:
    """A value other than ``true`` is always rejected."""
    confirmed = quote(confirmed, safe="%")
    steps = request_temporary_credentials(INITIATE, require_callback_confirmed=required)
    next(steps)
    with pytest.raises(TokenResponseError, match="may send the resource owner to any address") as caught:
        steps.send(reply(b"oauth_token=t&oauth_token_secret=s&oauth_callback_confirmed=" + confirmed.encode()))
    assert caught.value.error == "callback_not_confirmed"
    assert "require_callback_confirmed" not in str(caught.value)


def test_an_answer_without_a_word_on_the_callback_is_an_error_that_names_the_way_out() -> None:
    steps = request_temporary_credentials(INITIATE)
    next(steps)
    with pytest.raises(TokenResponseError, match="pass require_callback_confirmed=False"):
        steps.send(reply(b"oauth_token=t&oauth_token_secret=s"))
    steps = request_temporary_credentials(INITIATE, require_callback_confirmed=False)
    next(steps)
    assert result(steps, reply(b"oauth_token=t&oauth_token_secret=s")) == TemporaryCredentials("t", "s", False, {})


@pytest.mark.seen_in("scribejava#73")
@pytest.mark.seen_in("authlib#308")
@pytest.mark.seen_in("flask-dance#52")
def test_the_last_leg_is_signed_with_the_temporary_secret_and_carries_the_verifier_alone() -> None:
    """It carries no callback, which belongs to the first leg."""
    steps = request_token_credentials(TOKEN, token="t", token_secret="s", verifier="v")
    assert next(steps) == Leg("POST", TOKEN, "t", "s", None, "v")
    body = b"oauth_token=a&oauth_token_secret=b&user_id=7"
    assert result(steps, reply(body)) == TokenCredentials("a", "b", {"user_id": "7"})


@pytest.mark.seen_in("requests-oauthlib#502")
def test_the_last_leg_needs_no_verifier_and_no_temporary_credentials() -> None:
    """For providers without a verifier, and for xAuth."""
    steps = request_token_credentials(TOKEN, token=None, token_secret=None, verifier=None, method="GET")
    assert next(steps) == Leg("GET", TOKEN)


@pytest.mark.parametrize("url", ["http://p.example/x", "HTTP://P.example:80"])
def test_legs_do_not_go_over_plain_http_unless_allowed_by_name(url: str) -> None:
    with pytest.raises(InsecureTransportError, match=r"temporary credentials .* allow_insecure_transport=True"):
        next(request_temporary_credentials(url))
    with pytest.raises(InsecureTransportError, match=r"token credentials .* allow_insecure_transport=True"):
        next(request_token_credentials(url, token="t", token_secret="s", verifier="v"))
    assert next(request_temporary_credentials(url, allow_insecure_transport=True)).url == url
    steps = request_token_credentials(url, token="t", token_secret="s", verifier="v", allow_insecure_transport=True)
    assert next(steps).url == url


def test_legs_go_to_loopback_over_plain_http() -> None:
    assert next(request_temporary_credentials("http://127.0.0.1:5000/initiate")).callback == "oob"


def test_the_second_leg_is_a_visit_and_an_address_to_come_back_to() -> None:
    assert (
        authorization_url(AUTHORIZE, "t", {"perms": "read"}) == "https://p.example/authorize?oauth_token=t&perms=read"
    )
    assert parse_callback("https://c.example/back?oauth_token=t&oauth_verifier=v", "t") == CallbackResult("t", "v")


def whole_flow() -> Generator[Leg, Reply, TokenCredentials]:
    temporary = yield from request_temporary_credentials(INITIATE)
    agreed = parse_callback(f"https://c.example/?oauth_token={temporary.token}&oauth_verifier=v", temporary.token)
    return (
        yield from request_token_credentials(
            TOKEN, token=agreed.token, token_secret=temporary.token_secret, verifier=agreed.verifier
        )
    )


def provider(leg: Leg) -> Reply:
    """A provider in a few lines, whose response contains what the request had."""
    match leg:
        case Leg(url="https://p.example/initiate"):
            return reply(CONFIRMED)
        case Leg(token="t", token_secret="s", verifier="v", callback=None):
            return reply(b"oauth_token=a&oauth_token_secret=b")
    raise AssertionError(leg)


def test_one_flow_runs_in_both_loops() -> None:
    async def awaited(leg: Leg) -> Reply:
        await asyncio.sleep(0)
        return provider(leg)

    assert run(whole_flow(), provider) == TokenCredentials("a", "b", {})
    assert asyncio.run(arun(whole_flow(), awaited)) == TokenCredentials("a", "b", {})


@pytest.mark.parametrize(
    "steps",
    [
        request_temporary_credentials(INITIATE),
        request_token_credentials(TOKEN, token="t", token_secret="s", verifier="v"),
    ],
)
def test_a_failure_of_the_transport_comes_out_unchanged(steps: Generator[Any, Any, Any]) -> None:
    """It is raised inside the generator, which then ends."""
    next(steps)
    failure = TimeoutError("no answer")
    with pytest.raises(TimeoutError) as caught:
        steps.throw(failure)
    assert caught.value is failure
    with pytest.raises(StopIteration):
        next(steps)


def test_a_leg_that_is_given_up_can_be_closed() -> None:
    steps = request_temporary_credentials(INITIATE)
    next(steps)
    steps.close()
    with pytest.raises(StopIteration):
        next(steps)


def test_a_refused_leg_keeps_the_providers_words() -> None:
    steps = request_token_credentials(TOKEN, token="t", token_secret="s", verifier="v")
    next(steps)
    with pytest.raises(TokenResponseError) as caught:
        steps.send(reply(b"oauth_problem=permission_denied", 401))
    assert (caught.value.status, caught.value.problem) == (401, "permission_denied")


@pytest.mark.parametrize(
    ("base", "parameters", "url"),
    [
        ("https://p.example/a", None, "https://p.example/a?oauth_token=t"),
        ("HTTP://p.example/a?lang=de#top", {}, "HTTP://p.example/a?lang=de&oauth_token=t#top"),
        ("https://p.example/a", {"b": "x y", "n": 7}, "https://p.example/a?oauth_token=t&b=x%20y&n=7"),
        ("https://p.example/a", {"b": "1", "oauth_token": "other"}, "https://p.example/a?oauth_token=t&b=1"),
    ],
)
def test_the_address_to_visit_keeps_the_endpoints_query(base: str, parameters: Any, url: str) -> None:
    assert authorization_url(base, "t", parameters) == url


def test_the_address_to_visit_needs_no_token_where_a_provider_names_it_otherwise() -> None:
    assert authorization_url("https://p.example/a", "", {"key": "k", "token": "t"}) == (
        "https://p.example/a?key=k&token=t"
    )
    assert authorization_url("https://p.example/a?b=1", "") == "https://p.example/a?b=1"


@pytest.mark.parametrize("base", ["/authorize", "javascript:alert(1)", "ftp://p.example", "//p.example"])
def test_an_address_to_visit_is_absolute(base: str) -> None:
    with pytest.raises(SigningError, match="not an absolute http or https URL"):
        authorization_url(base, "t")


@pytest.mark.parametrize("query", ["oauth_token=x", "a=1&oauth%5Ffoo", "oauth_callback=oob#x"])
def test_an_endpoint_with_a_protocol_parameter_in_its_query_is_refused(query: str) -> None:
    with pytest.raises(SigningError, match="pass the endpoint without it"):
        authorization_url(f"https://p.example/a?{query}", "t")


@pytest.mark.seen_in("requests-oauthlib#89")
@pytest.mark.seen_in("requests-oauthlib#429")
@pytest.mark.seen_in("requests-oauthlib#176")
@pytest.mark.seen_in("pytumblr#111")
@pytest.mark.parametrize(
    ("answer", "verifier"),
    [
        ("https://c.example/cb?oauth_token=t&oauth_verifier=v", "v"),
        ("https://c.example/cb?oauth_verifier=v&oauth_token=t&state=1#_=_", "v"),
        ("  https://c.example/cb?oauth_token=t&oauth_verifier=v#_=_ \r\n", "v"),
        ("c.example/cb?oauth_token=t&oauth_verifier=v", "v"),
        ("/cb?oauth_token=t&oauth_verifier=v", "v"),
        ("?oauth_token=t&oauth_verifier=v", "v"),
        ("oauth_token=t&oauth_verifier=v", "v"),
        ("oauth_token=t&oauth_verifier=v#_=_", "v"),
        ("oauth_token=t&oauth_verifier=a%2Bb+c", "a+b c"),
        ("oauth_token=t&oauth_verifier=", ""),
        ("oauth_token=t", None),
        ("oauth_token=t&name=é&url=https://x.example/?a=b&%zz=%ff", None),
        ("https://c.example/a=b/cb?oauth_token=t&oauth_verifier=v&next=/?c", "v"),
        ("1234567", "1234567"),
        (" ABCD-2345\n", "ABCD-2345"),
        ("a%2Bb", "a%2Bb"),
    ],
)
def test_a_callback_is_read_in_any_form_that_people_paste(answer: str, verifier: str | None) -> None:
    """A URL, a query string, the content of an address bar, or the code that the provider showed."""
    assert parse_callback(answer, "t") == CallbackResult("t", verifier)


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        ("https://c.example/?denied=t", "access_denied"),
        ("https://c.example/?denied", "access_denied"),
        ("?oauth_token=t&oauth_problem=user_refused", "user_refused"),
        ("?oauth_problem=permission_denied&oauth_token=other", "permission_denied"),
        ("?oauth_problem=", "access_denied"),
        ("?oauth_problem=a%0D%0Ab%1B", "a b"),
    ],
)
def test_a_no_is_told_from_every_other_answer(answer: str, problem: str) -> None:
    with pytest.raises(AccessDenied) as caught:
        parse_callback(answer, "t")
    assert str(caught.value) == f"{problem}: the resource owner or the provider refused access"


@pytest.mark.parametrize("answer", ["", " ", "https://c.example/cb", "https://c.example/cb?oauth_verifier=v", "a b"])
def test_an_address_without_a_token_is_an_error_that_says_which_one_to_pass(answer: str) -> None:
    with pytest.raises(CallbackError, match="pass the URL to which the provider sent the browser back") as caught:
        parse_callback(answer, "t")
    assert caught.value.error == "missing_token"


@pytest.mark.parametrize("token", ["u", "T", "", "t%20", "%C3%A9"])
def test_another_token_is_refused(token: str) -> None:
    with pytest.raises(CallbackError, match="belongs to another authorization") as caught:
        parse_callback(f"?oauth_token={token}&oauth_verifier=v", "t")
    assert caught.value.error == "token_mismatch"


def test_tokens_outside_ascii_are_compared_too() -> None:
    assert parse_callback("?oauth_token=%C3%A9", "é") == CallbackResult("é", None)


@pytest.mark.parametrize("name", ["oauth_token", "oauth_verifier", "oauth_problem", "denied"])
def test_a_doubled_parameter_is_refused(name: str) -> None:
    with pytest.raises(CallbackError, match=f"has {name} twice"):
        parse_callback(f"?oauth_token=t&{name}=1&{name}=1", "t")


@pytest.mark.parametrize("value", ["%zz", "%ff", "é"])
def test_a_parameter_that_is_not_text_is_refused(value: str) -> None:
    with pytest.raises(CallbackError, match="oauth_verifier is not properly encoded text"):
        parse_callback(f"?oauth_token=t&oauth_verifier={value}", "t")


def test_nothing_else_of_a_callback_is_read() -> None:
    """No secret and no other protocol parameter is read from a URL that anyone can write."""
    answer = "?oauth_token=t&oauth_token_secret=evil&oauth_consumer_key=evil&oauth_callback_confirmed=true"
    assert parse_callback(answer, "t") == CallbackResult("t", None)


def test_a_verification_code_that_is_no_text_is_in_no_error_behind_the_error() -> None:
    with pytest.raises(CallbackError) as caught:
        parse_callback("?oauth_token=t&oauth_verifier=canary%FFcanary", "t")
    assert caught.value.__context__ is caught.value.__cause__ is None
    assert "canary" not in str(caught.value)
