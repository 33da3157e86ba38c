"""A request as its provider reads it: at which of its endpoints, and what of the body counts as a form."""

from collections.abc import Iterator

from oauthone.diagnosis.body_fields import read_body_as_form
from oauthone.diagnosis.sent_request import (
    FORM,
    Parameter,
    SentRequest,
    canonical_authority,
    read_request,
)
from oauthone.providers._model import Endpoint, Variant
from oauthone.providers._origins import is_inside
from oauthone.providers._provider import Provider
from oauthone.providers._templates import addresses_of

#: The attributes of a provider that are endpoints of signed requests.
ENDPOINTS = ("temporary_credentials", "token_credentials", "exchange", "renew", "revoke", "check")


def as_read(provider: Provider, request: SentRequest) -> SentRequest:
    """Return a request with the parameters that the provider takes for signed ones."""
    content_type = (request.header("content-type") or "").lower()
    is_hashed = request.protocol("oauth_body_hash") is not None
    if provider.body_hash is not None and provider.body_hash.when == "always" and request.has_form and is_hashed:
        others = tuple(one for one in request.parameters if one.place != FORM)
        return request._replace(parameters=others, has_form=False)
    is_untyped = provider.untyped_forms and not content_type and request.body != b""
    if is_untyped or (provider.signs_multipart_text and content_type.startswith("multipart/form-data")):
        return request._replace(parameters=(*request.parameters, *_fields(request)), has_form=True)
    return request


def _fields(request: SentRequest) -> Iterator[Parameter]:
    for one in read_body_as_form(request):
        if one.name != "oauth_signature":
            yield one._replace(place=FORM)


def endpoint_of(provider: Provider, request: SentRequest) -> tuple[str, Endpoint] | None:
    """Return the endpoint that a request was sent to, with its name; None if it is one for data.

    Where two have the same address, a request with a token is not the one for temporary credentials. A variant of the
    provider has the same endpoints at other hosts.
    """
    named: list[tuple[str, Endpoint | None]] = [(name, getattr(provider, name)) for name in ENDPOINTS]
    found = [
        (name, one)
        for name, one in named
        if one is not None and any(is_at(url, request) for url in (one.url, *_in_variants(provider, one.url)))
    ]
    return found[-1 if request.protocol("oauth_token") else 0] if found else None


def variant_of(provider: Provider, url: str) -> str | None:
    """Return the name of the variant of a provider that has an address with the origin of a URL; None without one."""
    for name, variant in provider.variants.items():
        moved = [_moved(address, variant) for _, address in addresses_of(provider)]
        if any(is_inside(address, url) for address in (*variant.api_base, *moved)):
            return name
    return None


def _in_variants(provider: Provider, url: str) -> Iterator[str]:
    return (_moved(url, variant) for variant in provider.variants.values())


def _moved(url: str, variant: Variant) -> str:
    """Return a URL at the host of a variant."""
    scheme, separator, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}{separator}{variant.hosts.get(host, host)}{slash}{path}"


def is_at(url: str, request: SentRequest) -> bool:
    """Return whether a request was sent to ``url``, by whichever scheme. A query may tell endpoints apart."""
    there = read_request("GET", url)
    if (canonical_authority(there), there.path) != (canonical_authority(request), request.path):
        return False
    sent = {(one.name, one.value) for one in request.parameters}
    return {(one.name, one.value) for one in there.parameters} <= sent
