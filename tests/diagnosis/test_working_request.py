"""A request that works, beside one that was refused."""

import json

import pytest

from oauthone.diagnosis import Evidence

from .refused import FORM, diagnosed, sent


@pytest.mark.parametrize(
    ("options", "mistake"),
    [
        ({"signature_method": "HMAC-SHA256"}, "method-refused"),
        ({"signature_type": "QUERY"}, "placement-refused"),
        ({"realm": "R"}, "realm-missing"),
        ({"version": None}, "parameter-unwanted"),
        ({"url": "https://other.example/p?b=x%20y"}, "other-host"),
        ({"url": "http://api.example/p?b=x%20y"}, "other-scheme"),
    ],
)
def test_the_one_difference_is_named(options: dict[str, str], mistake: str) -> None:
    found = diagnosed(sent(), (401, {}, ""), working=tuple(sent(**options).values()))
    assert (found.mistake, found.proof) == (mistake, "the request that works shows it")


def test_the_difference_the_other_way_round() -> None:
    for options, mistake in (({"realm": "R"}, "realm-refused"), ({"version": None}, "parameter-missing")):
        found = diagnosed(sent(**options), (401, {}, ""), working=tuple(sent().values()))
        assert found.mistake == mistake
    found = diagnosed(sent(realm="Q"), (401, {}, ""), working=tuple(sent(realm="R").values()))
    assert found.mistake == "other-realm"


def test_several_differences_are_listed_and_none_is_named() -> None:
    working = sent(signature_method="HMAC-SHA256", realm="R")
    found = diagnosed(sent(), (401, {}, ""), working=tuple(working.values()))
    assert found.verdict == "unknown"
    assert "signature method" in found.explanation
    assert "realm" in found.explanation


def test_a_working_request_that_is_the_same_tells_nothing() -> None:
    found = diagnosed(sent(), (401, {}, ""), working=tuple(sent(nonce="m").values()))
    assert found.verdict == "unknown"
    assert diagnosed(sent(), (401, {}, ""), working=tuple(sent(token="u", nonce="m").values())).mistake == "other-token"


def test_a_working_request_that_was_signed_with_the_secret_as_it_should_be() -> None:
    working = sent(client_secret="s3cret")
    refused = sent(client_secret="s3cret\n")
    found = diagnosed(refused, (401, {}, ""), client_secret="s3cret\n", working=Evidence(*_parts(working)))
    assert (found.mistake, found.party) == ("client-secret-without-white-space", "credentials")


def test_a_working_request_without_a_signature_shows_its_address_alone() -> None:
    """A collection of Postman has none: Postman signs when it sends."""
    for url, mistake in ((sent()["url"], None), ("https://other.example/p?b=x%20y", "other-host")):
        request = {"method": "POST", "url": {"raw": url}, "body": {"mode": "raw", "raw": "a=1"}}
        stored = json.dumps({"item": [{"name": "mine", "request": request}]})
        found = diagnosed(sent(), (401, {}, ""), working=Evidence.from_postman(stored, "mine"))
        assert found.mistake == mistake
        assert "both requests" not in found.explanation.lower()


def test_a_working_request_of_other_secrets_is_not_called_right() -> None:
    working = tuple(sent(client_secret="x", realm="R", version=None).values())
    found = diagnosed(sent(), (401, {}, ""), working=working)
    assert found.explanation.startswith("This request is signed rightly. Compared with the one that works")
    both = diagnosed(sent(), (401, {}, ""), working=tuple(sent(realm="R", version=None).values()))
    assert both.explanation.startswith("Both requests are signed rightly.")


def test_a_working_request_with_unknown_secrets_tells_nothing() -> None:
    unknown = tuple(sent(client_secret="x").values())
    assert diagnosed(sent(client_secret="y"), (401, {}, ""), working=unknown).verdict == "unknown"
    assert diagnosed(sent(), None, client_secret=None, token_secret=None, working=unknown).verdict == "unknown"


def _parts(request: dict[str, str]) -> tuple[str, str, tuple[tuple[str, str], ...], bytes]:
    headers = {**FORM, "Authorization": dict(request["headers"])["Authorization"]}
    return request["method"], request["url"], tuple(headers.items()), request["body"].encode()
