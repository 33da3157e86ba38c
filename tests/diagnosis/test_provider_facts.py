"""The advice of a diagnosis that knows the provider, and when it has none."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oauthone import Signer, providers
from oauthone.diagnosis import Diagnosis, diagnose
from oauthone.errors import ConfigurationError
from oauthone.providers import ProviderRetired

from .documented_request import CATALOGUE, PLACES, SILENT, make, options


@pytest.mark.parametrize(("name", "place"), PLACES)
def test_a_request_as_the_facts_demand_gets_no_advice_about_them(name: str, place: str) -> None:
    provider = CATALOGUE[name]
    found = make(provider, place).diagnosed(provider)
    assert found.verdict == "unknown", found
    assert provider.name not in f"{found}", found


def test_a_mistake_that_the_answer_names_gets_the_advice_about_it_alone() -> None:
    provider = CATALOGUE["netsuite"]
    wrong = options(signature_method="HMAC-SHA1", realm="another")(make(provider, "api_base"))
    found = wrong.diagnosed(provider, (401, {}, "oauth_problem=signature_method_rejected"))
    assert found.mistake == "method-refused"
    assert "takes HMAC-SHA256 only" in found.advice
    assert "realm" not in found.advice


def test_a_mistake_that_the_answer_names_is_not_mixed_with_guesses() -> None:
    provider = CATALOGUE["netsuite"]
    wrong = options(realm="another", token_secret="")(make(provider, "api_base"))
    found = wrong._replace(options={**wrong.options}).diagnosed(provider)
    assert "realm" in found.advice
    swapped = wrong.diagnosed(provider, (401, {}, "oauth_problem=token_expired"))
    assert swapped.mistake == "token-expired"
    assert "realm" not in swapped.advice


def test_what_can_be_refused_as_well_is_said_after_a_proven_mistake() -> None:
    """Whoever mends the mistake alone would be refused again."""
    facts = CATALOGUE["netsuite"]
    url = f"{facts.api_base[0]}/services/rest/record/v1/customer?limit=2"
    secrets = {"client_id": "c", "client_secret": "s3cret", "token": "t", "token_secret": "t0ken"}
    refused = 401, {"WWW-Authenticate": 'OAuth realm="1", error="token_rejected"'}, b""

    def diagnosed(signed_url: str, **chosen: Any) -> Diagnosis:
        signed = Signer(**secrets, **chosen).sign("GET", signed_url)
        headers = {"Authorization": signed.authorization or ""}
        return diagnose("GET", url, headers, b"", **secrets, provider=facts, answer=refused)

    wrong = diagnosed(url.partition("?")[0], signature_method="HMAC-SHA1", realm="another")
    assert wrong.mistakes == ("query-left-out",)
    proven, _, others = wrong.advice.partition("; NetSuite token-based authentication also ")
    assert proven.startswith("sign the parameters of query")
    assert "takes HMAC-SHA256 only" in others
    assert "it needs realm=" in others
    realm = facts.realm and facts.realm.value
    right = diagnosed(url.partition("?")[0], signature_method="HMAC-SHA256", realm=realm)
    assert (right.mistakes, "NetSuite" in right.advice) == (("query-left-out",), False)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({}, ["needs realm="]),
        ({"realm": "another"}, ["needs realm="]),
        ({"realm": "1234567_SB1", "signature_method": "HMAC-SHA1"}, ["takes HMAC-SHA256 only"]),
        ({"realm": "1234567_SB1"}, []),
    ],
)
def test_a_word_for_many_mistakes_comes_with_the_facts_that_are_contradicted(
    options: dict[str, Any], said: list[str]
) -> None:
    facts = CATALOGUE["netsuite"]
    secrets = {"client_id": "c", "client_secret": "s3cret", "token": "t", "token_secret": "t0ken"}
    url = f"{facts.api_base[0]}/services/rest/record/v1/customer/12"
    signed = Signer(**secrets, **{"signature_method": "HMAC-SHA256", **options}).sign("GET", url)
    told = 'OAuth realm="1234567_SB1", error="token_rejected", error_description="Invalid login attempt."'
    headers = {"Authorization": signed.authorization or ""}
    found = diagnose("GET", url, headers, b"", **secrets, provider=facts, answer=(401, {"WWW-Authenticate": told}, b""))
    assert (found.verdict, found.mistake) == ("unknown", None)
    assert "answers 'error=\"token_rejected\"' to more than one mistake" in found.explanation
    assert ("NetSuite" in found.advice) is bool(said)
    assert all(one in found.advice for one in said)


@pytest.mark.parametrize("answer", [(200, {}, b"{}"), (429, {}, b""), (503, {}, b"")])
def test_an_answer_about_something_else_gets_no_advice_about_the_signature(answer: Any) -> None:
    provider = CATALOGUE["netsuite"]
    found = options(realm="another")(make(provider, "api_base")).diagnosed(provider, answer)
    assert (found.verdict, found.advice) == ("right", "")


def test_a_request_without_a_signature_gets_none_either() -> None:
    found = diagnose("GET", "https://api.flickr.com/services/rest", provider="flickr", answer=SILENT)
    assert found.mistake == "unsigned"
    assert "Flickr" not in found.advice


def test_a_provider_is_a_name_or_what_get_returns() -> None:
    flickr = providers.get("flickr")
    request = options(signature_method="HMAC-SHA256")(make(flickr, "api_base"))
    assert request.diagnosed("flickr") == request.diagnosed(flickr)
    with pytest.raises(TypeError, match="provider is a int"):
        request.diagnosed(1)
    with pytest.raises(ConfigurationError, match="no provider 'flikr'"):
        request.diagnosed("flikr")
    with pytest.raises(ProviderRetired, match=r"OAuth 2\.0"):
        request.diagnosed("xero")


def test_no_secret_is_in_the_advice() -> None:
    for name in ("netsuite", "maas", "woocommerce", "hatena"):
        provider = CATALOGUE[name]
        wrong = options(client_secret="canary-1", token_secret="canary-2", realm="canary-1")(make(provider, "api_base"))
        assert "canary" not in f"{wrong.diagnosed(provider).as_dict()}"


def test_a_token_that_is_missing_where_the_answer_names_credentials_that_cannot_be_read() -> None:
    x = CATALOGUE["x"]
    request = options(token=None, token_secret=None)(make(x, "api_base"))
    found = request.diagnosed(x, (400, {}, '{"errors":[{"code":215,"message":"Bad Authentication data."}]}'))
    assert found.mistake == "credentials-unread"
    assert found.advice.startswith("X (Twitter) needs a token (source: https://docs.x.com/")


ODD = st.text('aZ09:/@?#[]%&=. \\"\n\x00é漢\ud800', max_size=20)


@given(
    st.sampled_from(sorted(CATALOGUE)),
    st.tuples(ODD, ODD, ODD, ODD, ODD),
    st.sampled_from(["https", "HTTP", "ftp", ""]),
    st.sampled_from([401, 200, None, 403]),
)
def test_no_request_and_no_answer_is_an_error(
    name: str, odd: tuple[str, str, str, str, str], scheme: str, status: int | None
) -> None:
    authority, path, value, body, answer = odd
    header = f'OAuth realm="{value}", oauth_signature="{value}", oauth_timestamp="{value}", oauth_nonce="{value}"'
    headers = {"Authorization": header, "Host": authority, "Content-Type": value}
    said = (status, {"WWW-Authenticate": f'OAuth error="{answer}"'}, answer)
    found = diagnose("GET", f"{scheme}://{authority}/{path}", headers, body, provider=CATALOGUE[name], answer=said)
    assert found.verdict in ("mistake", "right", "unknown")
