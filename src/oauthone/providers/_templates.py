"""Fills in the variables of a provider, and applies a variant."""

import re
from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from oauthone.errors import ConfigurationError
from oauthone.providers._model import Table, Variable
from oauthone.providers._origins import checked_address, checked_host, checked_segment
from oauthone.providers._provider import Provider

_VARIABLE = re.compile(r"\{(\w+)\}")
_ENDPOINTS = ("temporary_credentials", "token_credentials", "exchange", "renew", "revoke", "check", "discovery")


def addresses_of(provider: Provider) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Yield the addresses of a provider, each with the keys that lead to it."""
    for name in (*_ENDPOINTS, "authorization", "identity"):
        table = getattr(provider, name)
        if table and table.url:
            yield (name, "url"), table.url
    if provider.clock:
        yield ("clock",), provider.clock
    if page := provider.authorization:
        yield from ((("authorization", "alternatives", name), url) for name, url in page.alternatives.items())
        if page.mobile_url:
            yield ("authorization", "mobile_url"), page.mobile_url
    yield from ((("api_base", number), base) for number, base in enumerate(provider.api_base))


def names_in(template: str) -> set[str]:
    """Return the names of the variables in a template."""
    return set(_VARIABLE.findall(template))


def resolve(provider: Provider, given: Mapping[str, str], variant: str | None) -> Provider:
    """Return the provider with its variables filled in, and with the hosts of a variant.

    Args:
        provider: the provider as its file describes it.
        given: the values by name.
        variant: the name of a variant, or None.

    Raises:
        ConfigurationError: a variable or the variant is unknown, a value is missing, or one does not fit.
    """
    values = _values(provider, given)
    provider = mapped(provider, lambda template: _VARIABLE.sub(lambda found: values.get(found[1], found[0]), template))
    return _with_variant(provider, variant) if variant is not None else provider


def check_value(provider: Provider, variable: Variable, value: str) -> str:
    """Return a value in the form in which it is filled in.

    Raises:
        ConfigurationError: it does not fit. The message has no subject.
    """
    if variable.values and value not in variable.values:
        raise ConfigurationError(f"must be one of {', '.join(variable.values)}")
    if variable.pattern and not re.fullmatch(variable.pattern, value, re.ASCII):
        raise ConfigurationError(f"does not look like {variable.example}")
    if variable.kind == "url":
        return checked_address(value, allow_http=provider.allow_http)
    return checked_host(value) if variable.kind == "host" else checked_segment(value)


def _values(provider: Provider, given: Mapping[str, str]) -> dict[str, str]:
    choosable = {name: variable for name, variable in provider.variables.items() if not variable.derive}
    for name in given:
        if name not in choosable:
            raise ConfigurationError(_unknown(f"{provider.id!r} has no option {name!r}", name, choosable))
    values = dict[str, str]()
    for name, variable in choosable.items():
        value = given.get(name, variable.default)
        if value is not None:
            values[name] = _checked(provider, name, value)
        elif not variable.optional:
            raise ConfigurationError(
                f"{provider.id!r} needs the option {name}: {variable.description}. Example: "
                f"providers.get({provider.id!r}, {name}={variable.example!r}); see {provider.docs or provider.homepage}"
            )
    for name, variable in provider.variables.items():
        if rule := variable.derive:
            value = values[rule.of].lower() if rule.lower else values[rule.of]
            for old, new in rule.replace.items():
                value = value.replace(old, new)
            values[name] = _checked(provider, name, value)
    return values


def _checked(provider: Provider, name: str, value: object) -> str:
    variable = provider.variables[name]
    if not isinstance(value, str):
        raise ConfigurationError(f"{name} of {provider.id!r} must be a string, not of type {type(value).__name__}")
    try:
        return check_value(provider, variable, value)
    except ConfigurationError as failure:
        raise ConfigurationError(
            f"{name} of {provider.id!r} is {_shown(value)}, which {failure}. It is {variable.description}, "
            f"such as {variable.example}"
        ) from None


def _shown(value: str) -> str:
    """The value for a message, without user information and query, which may contain secrets."""
    text = re.sub(r"^(\w+://)?.*@", r"\1…@", value, flags=re.DOTALL)
    text = re.sub(r"[?#].*", "?…", text, flags=re.DOTALL)
    return repr(text if len(text) <= 80 else text[:77] + "...")


def _unknown(complaint: str, name: str, known: Mapping[str, object]) -> str:
    near = get_close_matches(name, known, 1)
    hint = f"Did you mean {near[0]!r}?" if near else f"It has {', '.join(known) or 'none'}."
    return f"{complaint}. {hint}"


def _with_variant(provider: Provider, name: str) -> Provider:
    if name not in provider.variants:
        raise ConfigurationError(_unknown(f"{provider.id!r} has no variant {name!r}", name, provider.variants))
    variant = provider.variants[name]
    provider = mapped(provider, lambda url: _with_host(url, variant.hosts))
    return provider._replace(api_base=variant.api_base) if variant.api_base else provider


def _with_host(url: str, hosts: Mapping[str, str]) -> str:
    scheme, separator, rest = url.partition("://")
    host = re.split(r"[/?:]", rest, maxsplit=1)[0]
    return f"{scheme}{separator}{hosts.get(host, host)}{rest[len(host) :]}"


def mapped(provider: Provider, change: Callable[[str], str]) -> Provider:
    """Return the provider with ``change`` applied to every address and to the realm."""
    changed: dict[str, Any] = {
        name: table._replace(url=change(table.url))
        for name in (*_ENDPOINTS, "identity")
        if (table := getattr(provider, name)) and table.url
    }
    if page := provider.authorization:
        others = {name: change(url) for name, url in page.alternatives.items()}
        changed["authorization"] = page._replace(
            url=change(page.url),
            mobile_url=page.mobile_url and change(page.mobile_url),
            alternatives=Table({name: url for name, url in others.items() if not names_in(url)}),
        )
    if provider.realm and provider.realm.value:
        changed["realm"] = provider.realm._replace(value=change(provider.realm.value))
    if provider.clock:
        changed["clock"] = change(provider.clock)
    return provider._replace(**changed, api_base=tuple(map(change, provider.api_base)))
