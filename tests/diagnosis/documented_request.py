"""Requests as the facts about a provider demand them, over the whole catalogue, and how to contradict a fact."""

from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from oauthone import Signer, providers
from oauthone.diagnosis import Diagnosis, diagnose
from oauthone.providers import Provider
from oauthone.testing._likeness import example_of

FORM = "application/x-www-form-urlencoded"
NOW = 1_795_734_110
LEGS = ("temporary_credentials", "token_credentials", "exchange", "renew", "revoke", "check")
SILENT = (401, {}, b"")


CATALOGUE = {name: example_of(name) for name in providers.names()}


class Request(NamedTuple):
    """What a client sends: the arguments of a signer, and the request itself."""

    options: dict[str, Any]
    method: str
    url: str
    headers: dict[str, str]
    body: str
    callback: str | None = None
    verifier: str | None = None

    def diagnosed(self, provider: Any, answer: Any = SILENT, now: float = NOW) -> Diagnosis:
        options = self.options
        signer = Signer(**options, clock=lambda: NOW)
        signed = signer.sign(
            self.method, self.url, self.headers, self.body, callback=self.callback, verifier=self.verifier
        )
        headers = {**self.headers, **({"Authorization": signed.authorization} if signed.authorization else {})}
        names = ("client_id", "client_secret", "token", "token_secret", "rsa_key")
        credentials = {name: options[name] for name in names if name in options}
        body = self.body if signed.body is None else signed.body
        return diagnose(
            self.method, signed.url, headers, body, **credentials, provider=provider, answer=answer, now=now
        )


@cache
def rsa_key() -> bytes:
    key = rsa.generate_private_key(65537, 2048)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def make(provider: Provider, place: str) -> Request:
    """Make the request to an endpoint of a provider that its facts demand."""
    endpoint = getattr(provider, place) if place in LEGS else None
    url = endpoint.url if endpoint else f"{provider.api_base[0].replace('*.', 'shop.')}/things"
    method = endpoint.method[0] if endpoint else "GET"
    placement = (endpoint.placement if endpoint else provider.placement)[0]
    method = "POST" if placement == "body" else method
    options = {
        "client_id": "client-1",
        "client_secret": "" if "consumer" in provider.empty_secrets else "secret-1",
        **token_of(provider, place),
        "signature_method": provider.signature_methods[0],
        "signature_type": placement.upper(),
        "nonce": lambda: "n" * 20,
        **({} if provider.send_version else {"version": None}),
        **({"body_hash": provider.body_hash.when} if provider.body_hash else {}),
        **({"realm": realm_of(provider, url)} if placement == "header" and provider.realm else {}),
    }
    if options["signature_method"].startswith("RSA"):
        options |= {"rsa_key": rsa_key(), "client_secret": None}
    form = {name: (one.values or ("x",))[0] for name, one in parameters_of(endpoint) if one.required}
    body = "&".join(f"{name}={value}" for name, value in form.items())
    headers = {"User-Agent": "photo-printer/1.0", **({"Content-Type": FORM} if body else {})}
    method = "POST" if body else method
    facts = provider.callback
    sends_callback = facts is None or facts.sent in (None, "temporary_credentials")
    callback = "https://printer.example/cb" if place == LEGS[0] and sends_callback else None
    verifier = "v1" if place == LEGS[1] and provider.verifier == "required" else None
    return Request(options, method, url, headers, body, callback, verifier)


def parameters_of(endpoint: Any) -> Any:
    return endpoint.parameters.items() if endpoint else ()


def token_of(provider: Provider, place: str) -> dict[str, str]:
    has_tokens = bool(set(provider.flows) - {"consumer-only", "client-credentials"})
    if (has_tokens and place not in (LEGS[0], "exchange")) or place == "renew":
        return {"token": "token-1", "token_secret": "secret-2"}
    return {"token": ""} if provider.empty_token_parameter else {}


def realm_of(provider: Provider, url: str) -> str | None:
    realm = provider.realm
    if realm is None:
        return None
    return url.partition("?")[0] if realm.kind == "request-url" else realm.value


PLACES = [
    (name, place)
    for name, provider in CATALOGUE.items()
    for place in ("api_base", *LEGS)
    if place == "api_base" or getattr(provider, place)
]


def options(**changes: Any) -> Callable[[Request], Request]:
    return lambda request: request._replace(options={**request.options, **changes})


def sent(**changes: Any) -> Callable[[Request], Request]:
    return lambda request: request._replace(**changes)


class Contrary(NamedTuple):
    """A change that contradicts a fact, where a provider has the fact, and what the advice then says."""

    applies: Callable[[Provider, str], Any]
    change: Callable[[Request], Request]
    said: str


def assert_advised(contrary: Contrary) -> None:
    """Assert that each request of the catalogue that contradicts a fact gets the advice about it, with a source."""
    applies, change, said = contrary
    places = [(CATALOGUE[name], place) for name, place in PLACES if applies(CATALOGUE[name], place)]
    assert places
    for provider, place in places:
        found = change(make(provider, place)).diagnosed(provider)
        assert found.verdict == "unknown", (provider.id, place, found)
        assert found.advice.startswith(provider.name), (provider.id, place, found)
        assert any(one in found.advice for one in said.split("|")), (provider.id, place, found)
        assert "://" in found.advice or "source: " in found.advice
