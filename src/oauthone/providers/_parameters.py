"""Checks the values that an application chooses for a provider's parameters, and writes them as pairs."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any, cast

from oauthone.errors import ConfigurationError
from oauthone.providers._model import Parameter, Table
from oauthone.providers._provider import Provider

#: The method of a client for each leg.
_METHODS = {
    "temporary_credentials": "fetch_request_token",
    "authorization": "create_authorization_url",
    "token_credentials": "fetch_access_token",
    "exchange": "exchange_token",
}
#: The name under which every provider takes what a token may do, whatever it calls its own parameter.
PERMISSIONS = "permissions"


def chosen_pairs(provider: str, parameters: Table[Parameter], given: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return names and values as the provider takes them.

    Args:
        provider: the name of the provider, for errors.
        parameters: the parameters that it takes there.
        given: the chosen values by name. A value is text, a number, a truth value, or a list of those. Under
            ``permissions``, the value of the parameter that says what a token may do.

    Raises:
        ConfigurationError: a name is unknown, a value is not one of those that the provider allows, or one is missing.
    """
    values = _by_own_name(provider, parameters, given)
    pairs = list[tuple[str, str]]()
    for name, parameter in parameters.items():
        if name in values and not (parameter.required and values[name] == ""):
            pairs += [(name, one) for one in _texts(provider, name, parameter, values[name])]
        elif parameter.required and parameter.default is None:
            raise ConfigurationError(f"{provider!r} needs {name}: {_described(parameter)}")
        elif parameter.required:
            pairs.append((name, cast("str", parameter.default)))
    return pairs


def _by_own_name(provider: str, parameters: Table[Parameter], given: Mapping[str, Any]) -> dict[str, Any]:
    values, names = dict[str, Any](), dict[str, str]()
    for name, value in given.items():
        if value is None:
            continue
        own = _own_name(provider, parameters, name)
        if own in values:
            raise ConfigurationError(
                f"{name} and {names[own]} are the same parameter of {provider!r}: pass one of them"
            )
        values[own], names[own] = value, name
    return values


def methods_that_take(provider: Provider, name: str) -> list[str]:
    """Return the methods of a client that take this parameter of a provider."""
    return [
        method
        for leg, method in _METHODS.items()
        if takes(getattr(getattr(provider, leg), "parameters", Table()), name)
    ]


def refuse_misplaced(provider: Provider, names: Iterable[str]) -> None:
    """Raise if a parameter of another leg is among the names that a leg does not take itself.

    Args:
        provider: the provider.
        names: what is left, some of which may be options of a library.

    Raises:
        ConfigurationError: one of them is. The message names the method that takes it.
    """
    for name in names:
        if methods := methods_that_take(provider, name):
            raise ConfigurationError(f"{provider.id!r} takes {name} elsewhere: pass it to {' or '.join(methods)}()")
        if name == PERMISSIONS:
            raise ConfigurationError(f"{provider.id!r} has no parameter for permissions: leave it out")


def takes(parameters: Table[Parameter], name: str) -> bool:
    """Return whether one of ``parameters`` has this name, or is meant by it."""
    return name in parameters or (name == PERMISSIONS and any(one.means for one in parameters.values()))


def _own_name(provider: str, parameters: Table[Parameter], name: str) -> str:
    if name in parameters:
        return name
    if name == PERMISSIONS:
        for own, parameter in parameters.items():
            if parameter.means == PERMISSIONS:
                return own
    near = get_close_matches(name, parameters, 1)
    known = ", ".join(f"{own} ({_described(one)})" if one.values else own for own, one in parameters.items())
    hint = f"did you mean {near[0]}?" if near else f"it takes {known or 'none'}"
    raise ConfigurationError(f"{provider!r} has no parameter {name} here: {hint}")


def _texts(provider: str, name: str, parameter: Parameter, value: Any) -> list[str]:
    """Return the values to send; several only if the provider takes the parameter several times."""
    separator = parameter.separator
    if isinstance(value, str):
        texts = value.split(separator) if separator and parameter.values else [value]
    elif isinstance(value, Iterable) and (parameter.repeat or separator):
        texts = [_text(provider, name, one) for one in cast("Iterable[object]", value)]
        if not texts:
            raise ConfigurationError(
                f"{name} of {provider!r} is an empty list: pass {_described(parameter)}, or leave it out"
            )
    else:
        texts = [_text(provider, name, cast("object", value))]
    for text in texts:
        if parameter.values and text not in parameter.values:
            raise ConfigurationError(f"{name} of {provider!r} is {text!r}, which must be {_described(parameter)}")
        if separator and separator in text and not isinstance(value, str):
            raise ConfigurationError(f"{name} of {provider!r} has {text!r}, which contains the separator {separator!r}")
    return [separator.join(texts)] if separator and not parameter.repeat else texts


def _text(provider: str, name: str, value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (str, int)):
        return str(value)
    raise ConfigurationError(f"{name} of {provider!r} has a value of type {type(value).__name__}: pass text")


def _described(parameter: Parameter) -> str:
    """Which values are allowed, and what they mean."""
    kind = f"one of {', '.join(parameter.values)}" if parameter.values else "text"
    if parameter.values and (parameter.separator or parameter.repeat):
        kind = f"one or several of {', '.join(parameter.values)}"
    return f"{kind}; {parameter.note}" if parameter.note else kind
