"""What contradicts how a provider takes signed requests: fact for fact, over the whole catalogue."""

from typing import Any

import pytest

from oauthone import providers
from oauthone.providers import Provider

from .documented_request import CATALOGUE, LEGS, NOW, Contrary, Request, assert_advised, make, options, sent


def at_http(request: Request) -> Request:
    return request._replace(url=request.url.replace("https://", "http://"))


def in_another_place(request: Request) -> Request:
    is_header = request.options["signature_type"] == "HEADER"
    return options(signature_type="QUERY" if is_header else "HEADER")(request)


def without_realm(request: Request) -> Request:
    return request._replace(options={name: one for name, one in request.options.items() if name != "realm"})


def placements(provider: Provider, place: str) -> tuple[str, ...]:
    return provider.placement if place == "api_base" else getattr(provider, place).placement


def has_realm(provider: Provider, place: str) -> bool:
    """Return whether the provider needs a realm. An empty one, or one of a single source, is only an example's."""
    if provider.realm is None or provider.realm.value == "" or provider.level_of("realm") != "verified":
        return False
    return placements(provider, place)[0] == "header"


def has_one_place(provider: Provider, place: str) -> bool:
    """Return whether header or query is another place than the documented ones. PLAINTEXT is never in a query."""
    is_known = place != "api_base" or provider.source_of("placement") is not None
    may_move = provider.signature_methods[0] != "PLAINTEXT" or placements(provider, place)[0] != "header"
    return is_known and may_move and not {"header", "query"} <= set(placements(provider, place))


def is_api(provider: Provider, place: str) -> bool:
    return place == "api_base"


CONTRARY = {
    "signature_methods": Contrary(
        lambda provider, place: "HMAC-SHA512" not in provider.signature_methods,
        options(signature_method="HMAC-SHA512", client_secret="secret-1", rsa_key=None),
        " only (",
    ),
    "realm": Contrary(
        has_realm,
        options(realm="another"),
        "realm",
    ),
    "realm left out": Contrary(has_realm, without_realm, "realm"),
    "https": Contrary(lambda provider, place: not provider.allow_http, at_http, "takes https only ("),
    "api_base": Contrary(is_api, sent(url="https://elsewhere.example/things"), "this request went to another ("),
    "method": Contrary(
        lambda provider, place: getattr(provider, place) and place in LEGS, sent(method="PUT"), "at this address ("
    ),
    "placement": Contrary(
        has_one_place,
        in_another_place,
        "has the protocol parameters in ",
    ),
    "body_hash": Contrary(
        lambda provider, place: provider.body_hash, options(body_hash="never"), "needs oauth_body_hash in each request"
    ),
    "short nonce": Contrary(
        lambda provider, place: provider.nonce and provider.nonce.min_length,
        options(nonce=lambda: "n"),
        "needs a nonce of at least ",
    ),
    "long nonce": Contrary(
        lambda provider, place: provider.nonce and provider.nonce.max_length,
        options(nonce=lambda: "n" * 99),
        "takes a nonce of at most ",
    ),
    "user_agent": Contrary(
        lambda provider, place: provider.user_agent, sent(headers={}), "needs a User-Agent that names the application ("
    ),
    "empty secret": Contrary(
        lambda provider, place: "consumer" in provider.empty_secrets and "RSA" not in provider.signature_methods[0],
        options(client_secret="secret-1"),
        "gives clients an empty secret (",
    ),
    "secret": Contrary(
        lambda provider, place: "consumer" not in provider.empty_secrets and "RSA" not in provider.signature_methods[0],
        options(client_secret=""),
        "gives each client a secret (",
    ),
}


@pytest.mark.parametrize("fact", CONTRARY)
def test_a_request_that_contradicts_a_fact_gets_the_advice(fact: str) -> None:
    assert_advised(CONTRARY[fact])


@pytest.mark.parametrize(
    ("name", "changes", "answer", "said"),
    [
        ("woocommerce", {"version": "1.0"}, "oauth_problem=version_rejected", "has no oauth_version ("),
        ("bricklink", {"realm": "another"}, "oauth_problem=parameter_absent", 'needs realm="" ('),
        ("maas", {"realm": "another"}, "oauth_problem=parameter_absent", 'needs realm="OAuth" ('),
        ("hatena", {"realm": "another"}, "oauth_problem=parameter_absent", 'needs realm="" ('),
    ],
)
def test_what_only_examples_have_is_advice_only_where_the_answer_names_it(
    name: str, changes: dict[str, Any], answer: str, said: str
) -> None:
    provider = CATALOGUE[name]
    request = options(**changes)(make(provider, "api_base"))
    assert provider.name not in request.diagnosed(provider).advice
    assert said in request.diagnosed(provider, (401, {}, answer)).advice


def test_a_timestamp_outside_the_window_of_a_provider_is_advice_without_its_clock() -> None:
    shop = CATALOGUE["woocommerce"]
    request = make(shop, "api_base")
    assert "at most 900 seconds" in request.diagnosed(shop, now=NOW + 1000).advice
    assert shop.name not in request.diagnosed(shop, now=NOW + 800).advice


def test_a_digest_that_the_provider_does_not_take() -> None:
    mastercard = CATALOGUE["mastercard"]
    assert mastercard.body_hash is not None
    facts = mastercard._replace(body_hash=mastercard.body_hash._replace(algorithm="sha512"))
    assert "needs SHA512 of the body as oauth_body_hash" in make(mastercard, "api_base").diagnosed(facts).advice


def test_a_request_to_a_sandbox_needs_the_variant() -> None:
    bank = CATALOGUE["etrade"]
    request = sent(url="https://apisb.etrade.com/v1/accounts")(make(bank, "api_base"))
    assert "has its variant 'sandbox' at this address" in request.diagnosed(bank).advice
    unknown = request.diagnosed(bank, (401, {}, "oauth_problem=consumer_key_unknown"))
    assert unknown.mistake == "client-unknown"
    assert "has its variant 'sandbox' at this address" in unknown.advice
    leg = sent(url="https://staging.launchpad.net/+request-token")(make(CATALOGUE["launchpad"], LEGS[0]))
    assert "has its variant 'staging' at this address" in leg.diagnosed("launchpad").advice
    assert "Launchpad" not in leg.diagnosed(providers.get("launchpad", variant="staging")).advice


def test_an_older_host_of_a_provider_is_its_own() -> None:
    request = sent(url="https://api.twitter.com/oauth/request_token")(make(CATALOGUE["x"], LEGS[0]))
    assert "X (Twitter)" not in request.diagnosed("x").advice
