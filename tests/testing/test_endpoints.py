"""The credential endpoints of a box: the legs of the flow, and each step that a strict provider rejects."""

from urllib.parse import parse_qsl, urlsplit

import pytest

from oauthone.testing import BoxToken, ProviderBox

from .by_hand import Request, approved, base_string, exchange, leg, temporary

CALLBACK = "http://127.0.0.1/done?page=1"


def test_the_three_legs_end_with_a_token_that_opens_a_resource(box: ProviderBox) -> None:
    fields = temporary(box, CALLBACK)
    assert list(fields) == ["oauth_token", "oauth_token_secret", "oauth_callback_confirmed"]
    address = approved(box, fields)
    assert address.startswith(f"{CALLBACK}&oauth_token=")
    answered = exchange(box, fields, dict(parse_qsl(urlsplit(address).query))["oauth_verifier"])
    assert answered.status == 200
    assert answered.headers["cache-control"] == "no-store"
    token = dict(parse_qsl(answered.text))
    assert Request(box, token=BoxToken(token["oauth_token"], token["oauth_token_secret"])).send().status == 200


@pytest.mark.seen_in("flask-dance#52")
def test_the_secret_of_the_temporary_token_counts(box: ProviderBox) -> None:
    """It has to sign the exchange: an empty secret and another one are rejected."""
    fields = temporary(box)
    code = approved(box, fields)
    for secret in ("", "other", box.client.client_secret):
        refused = exchange(box, fields, code, secret)
        assert (refused.status, refused.text) == (401, "oauth_problem=signature_invalid")
        assert refused.headers["www-authenticate"] == 'OAuth realm="Box"'
    assert "empty token secret" in (box.requests[2].difference or "")
    assert exchange(box, fields, code).status == 200


@pytest.mark.parametrize(("verifier", "status"), [(None, 400), ("", 400), ("WRONG", 401)])
def test_the_verifier_counts(box: ProviderBox, verifier: str | None, status: int) -> None:
    fields = temporary(box)
    code = approved(box, fields)
    assert exchange(box, fields, verifier).status == status
    assert exchange(box, fields, code).status == 200


def test_five_wrong_verifiers_are_the_end(box: ProviderBox) -> None:
    fields = temporary(box)
    code = approved(box, fields)
    for _ in range(5):
        assert exchange(box, fields, "WRONG").status == 401
    assert exchange(box, fields, code).status == 401


def test_an_exchange_before_the_decision_is_rejected(box: ProviderBox) -> None:
    refused = exchange(box, temporary(box), "v")
    assert (refused.status, refused.text) == (401, "oauth_problem=permission_unknown")


def test_temporary_credentials_are_exchanged_once(box: ProviderBox) -> None:
    fields = temporary(box)
    code = approved(box, fields)
    assert [exchange(box, fields, code).status for _ in range(2)] == [200, 401]


def test_tokens_are_good_for_their_own_step(box: ProviderBox) -> None:
    """A temporary token opens no resource, and an issued token cannot be exchanged."""
    fields = temporary(box)
    pending = BoxToken(fields["oauth_token"], fields["oauth_token_secret"])
    assert Request(box, token=pending).send().status == 401
    issued = box.issue_token()
    assert leg(box, box.access_token_url, issued.token, issued.token_secret, oauth_verifier="v")[0].status == 401


@pytest.mark.parametrize(
    "callback", [None, "", "javascript:alert(1)", "/done", "http://user@127.0.0.1/", "http://a/ b"]
)
@pytest.mark.seen_in("rauth#66")
@pytest.mark.seen_in("python-oauth2#10")
def test_a_callback_is_needed(box: ProviderBox, callback: str | None) -> None:
    """The first leg has to name a well-formed callback, or ``oob``."""
    assert leg(box, box.request_token_url, None, "", oauth_callback=callback)[0].status == 400


def test_a_token_has_no_place_in_the_first_leg(box: ProviderBox) -> None:
    token = box.issue_token()
    changes = {"oauth_callback": "oob"}
    assert leg(box, box.request_token_url, token.token, token.token_secret, **changes)[0].status == 400


@pytest.mark.parametrize("path", ["/oauth/request_token", "/oauth/access_token"])
def test_a_credential_endpoint_keeps_it_to_itself(box: ProviderBox, path: str) -> None:
    """It responds as a real provider does, and keeps the reason for the test."""
    changes = {"oauth_callback": "oob", "oauth_token": None} if "request" in path else {"oauth_verifier": "v"}
    one = Request(box, path, **changes)
    refused = one.send(one.signature(base_string("GET", one.uri, one.pairs)))
    assert (refused.status, refused.text) == (401, "oauth_problem=signature_invalid")
    (received,) = box.requests
    assert received.refused is not None
    assert received.refused.base_string is not None
    if "request" in path:
        assert received.difference is None or "GET" in received.difference
