"""The advice of a diagnosis that knows the provider, and when it has none."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oauthone import providers
from oauthone.diagnosis import diagnose
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


def test_a_proven_mistake_is_not_mixed_with_guesses() -> None:
    provider = CATALOGUE["netsuite"]
    wrong = options(realm="another", token_secret="")(make(provider, "api_base"))
    found = wrong._replace(options={**wrong.options}).diagnosed(provider)
    assert "realm" in found.advice
    swapped = wrong.diagnosed(provider, (401, {}, "oauth_problem=token_expired"))
    assert swapped.mistake == "token-expired"
    assert "realm" not in swapped.advice


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
