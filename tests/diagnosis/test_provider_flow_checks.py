"""What contradicts how a provider issues tokens: fact for fact, over the whole catalogue."""

import pytest

from oauthone.providers import Provider

from .documented_request import CATALOGUE, LEGS, Contrary, Request, assert_advised, make, options, parameters_of, sent


def without_token(request: Request) -> Request:
    return request._replace(options={name: one for name, one in request.options.items() if "token" not in name})


def is_api(provider: Provider, place: str) -> bool:
    return place == "api_base"


def needs_token(provider: Provider, place: str) -> bool:
    by_flow = {"consumer-only", "client-credentials"}.isdisjoint(provider.flows) and not provider.empty_token_parameter
    legs = not {"three-legged", "provider-initiated"}.isdisjoint(provider.flows)
    addresses = [one.url for one in (provider.temporary_credentials, provider.token_credentials) if one]
    legs = legs and len(addresses) == len(set(addresses))  # else it would be a request for temporary credentials
    return by_flow if place == "api_base" else legs and place in ("token_credentials", "renew", "revoke", "check")


CONTRARY = {
    "tokens": Contrary(
        lambda provider, place: (
            is_api(provider, place) and {"consumer-only", "client-credentials"} >= set(provider.flows)
        ),
        options(token="t", token_secret="s"),
        "issues no tokens (",
    ),
    "token": Contrary(needs_token, without_token, "needs the token in this request (| needs a token ("),
    "empty token": Contrary(
        lambda provider, place: is_api(provider, place) and provider.empty_token_parameter,
        without_token,
        "needs an empty oauth_token where there is no token (",
    ),
    "callback": Contrary(
        lambda provider, place: (
            place == LEGS[0]
            and provider.callback
            and provider.callback.sent == "temporary_credentials"
            and not provider.callback.optional
        ),
        sent(callback=None),
        "needs oauth_callback in this request (",
    ),
    "oob": Contrary(
        lambda provider, place: (
            place == LEGS[0]
            and provider.callback
            and provider.callback.sent == "temporary_credentials"
            and provider.callback.oob is False
        ),
        sent(callback="oob"),
        "needs the URL of an application as oauth_callback, not 'oob' (",
    ),
    "callback elsewhere": Contrary(
        lambda provider, place: (
            place == LEGS[0] and provider.callback and provider.callback.sent in ("authorization", "registered", "none")
        ),
        sent(callback="https://printer.example/cb"),
        "takes no oauth_callback in this request (",
    ),
    "verifier": Contrary(
        lambda provider, place: place == LEGS[1] and provider.verifier == "required",
        sent(verifier=None),
        "needs oauth_verifier in this request (",
    ),
    "no verifier": Contrary(
        lambda provider, place: place == LEGS[1] and provider.verifier == "none" and needs_token(provider, place),
        sent(verifier="v1"),
        "has no oauth_verifier (",
    ),
    "parameters": Contrary(
        lambda provider, place: (
            place in LEGS and any(one.required for _, one in parameters_of(getattr(provider, place)))
        ),
        sent(body="a=b"),
        " in this request (",
    ),
}


@pytest.mark.parametrize("fact", CONTRARY)
def test_a_request_that_contradicts_a_fact_gets_the_advice(fact: str) -> None:
    assert_advised(CONTRARY[fact])


def test_values_of_a_parameter_that_the_provider_does_not_list() -> None:
    provider = CATALOGUE["hatena"]
    request = make(provider, "temporary_credentials")
    for value, is_known in (("read_public%2Cwrite_private", True), ("read_public%2Cread_all", False), ("", None)):
        found = request._replace(body=f"scope={value}").diagnosed(provider)
        assert ("knows these values of scope: " in found.advice) is (is_known is False), found
        assert ("needs scope in this request" in found.advice) is (is_known is None)
