"""Checks of settings when they are passed. A mistyped setting raises at once, so that it never loosens a check."""

from collections.abc import Generator, Iterable
from contextlib import contextmanager
from math import isfinite
from typing import cast

from oauthone.core.signature import SIGNATURE_METHODS, SignatureMethod, get_signature_method
from oauthone.errors import ConfigurationError, SigningError

#: In seconds: with 0, libraries do not wait at all.
SHORTEST_TIMEOUT = 0.001


@contextmanager
def settings_checked() -> Generator[None, None, None]:
    """A context in which the core's `SigningError` becomes a `ConfigurationError`, as nothing is signed here.

    Raises:
        ConfigurationError: the core rejected a setting.
    """
    try:
        yield
    except SigningError as rejected:
        raise ConfigurationError(str(rejected)) from rejected


def require_one_of(name: str, given: object, *allowed: str) -> None:
    """Raise unless ``given`` is one of ``allowed``.

    Args:
        name: the name of the setting.
        given: its value.
        allowed: the values that it may have.

    Raises:
        ConfigurationError: it has another value.
    """
    if given not in allowed:
        raise ConfigurationError(f"{name}={given!r}: use {', '.join(map(repr, allowed[:-1]))} or {allowed[-1]!r}")


def require_flag(name: str, given: object) -> None:
    """Raise unless ``given`` is a boolean: the string ``"false"`` from a configuration file would be truthy.

    Args:
        name: the name of the setting.
        given: its value.

    Raises:
        ConfigurationError: it is not a boolean.
    """
    if not isinstance(given, bool):
        raise ConfigurationError(f"{name}={given!r}: use True or False")


def require_number(name: str, given: object, least: float) -> None:
    """Raise unless ``given`` is a finite number that is not below ``least``.

    Args:
        name: the name of the setting.
        given: its value.
        least: the smallest number that it may be.

    Raises:
        ConfigurationError: it is not such a number.
    """
    if isinstance(given, bool) or not isinstance(given, int | float) or not isfinite(given) or given < least:
        raise ConfigurationError(f"{name}={given!r}: use a finite number that is not below {least}")


def require_count(name: str, given: object, least: int) -> None:
    """Raise unless ``given`` is a whole number that is not below ``least``.

    Args:
        name: the name of the setting.
        given: its value.
        least: the smallest number that it may be.

    Raises:
        ConfigurationError: it is not such a number.
    """
    if isinstance(given, bool) or not isinstance(given, int) or given < least:
        raise ConfigurationError(f"{name}={given!r}: use a whole number that is not below {least}")


def require_string(name: str, given: object) -> None:
    """Raise unless ``given`` is a string or None.

    Args:
        name: the name of the setting.
        given: its value.

    Raises:
        ConfigurationError: it is something else.
    """
    if given is not None and not isinstance(given, str):
        raise ConfigurationError(f"{name}={given!r}: use a string")


def require_strings(name: str, given: object) -> tuple[str, ...]:
    """The strings in the collection ``given``. A single string is rejected: it would be split into its letters.

    Args:
        name: the name of the setting.
        given: its value.

    Raises:
        ConfigurationError: it is a string, or not a collection of strings.
    """
    is_collection = isinstance(given, Iterable) and not isinstance(given, str)
    values = tuple(cast("Iterable[object]", given)) if is_collection else (None,)
    if not all(isinstance(value, str) for value in values):
        raise ConfigurationError(f"{name}={given!r}: use a list or tuple of strings")
    return cast("tuple[str, ...]", values)


def listed_methods(given: Iterable[str | SignatureMethod]) -> list[SignatureMethod]:
    """The signature methods in ``given``, which holds names and `SignatureMethod` objects.

    Args:
        given: the value of ``signature_methods``.

    Raises:
        ConfigurationError: it is a string instead of a list, holds an unknown name, or is empty.
    """
    with settings_checked():
        # The checker trusts the annotation, which a setting from a file does not know.
        is_list = isinstance(given, Iterable) and not isinstance(given, str)  # pyright: ignore[reportUnnecessaryIsInstance]
        methods = [get_signature_method(one) for one in given] if is_list else []
    if not methods:
        raise ConfigurationError(f"signature_methods={given!r}: use a list or tuple of {', '.join(SIGNATURE_METHODS)}")
    return methods
