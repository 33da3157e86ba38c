"""Settings as they are given: one that is mistyped is refused at once, and never loosens anything silently."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from math import isfinite
from typing import cast

from oauthone.core.signature import SIGNATURE_METHODS, SignatureMethod, get_signature_method
from oauthone.errors import ConfigurationError, SigningError


@contextmanager
def settings_checked() -> Iterator[None]:
    """Within it, a setting that the core rejects is a `ConfigurationError`: a server is set up, and nothing is signed.

    Raises:
        ConfigurationError: the core raised a `SigningError`.
    """
    try:
        yield
    except SigningError as rejected:
        raise ConfigurationError(str(rejected)) from rejected


def require_one_of(name: str, given: object, *allowed: str) -> None:
    """Raise unless ``given`` is one of ``allowed``.

    Args:
        name: the setting's.
        given: its value.
        allowed: the words it may be.

    Raises:
        ConfigurationError: it is another.
    """
    if given not in allowed:
        raise ConfigurationError(f"{name}={given!r}: use {', '.join(map(repr, allowed[:-1]))} or {allowed[-1]!r}")


def require_flag(name: str, given: object) -> None:
    """Raise unless ``given`` is a boolean: ``"false"``, as a configuration may have it, would count as true.

    Args:
        name: the setting's.
        given: its value.

    Raises:
        ConfigurationError: it is something else.
    """
    if not isinstance(given, bool):
        raise ConfigurationError(f"{name}={given!r}: use True or False")


def require_number(name: str, given: object, least: int) -> None:
    """Raise unless ``given`` is a finite number that is not below ``least``.

    Args:
        name: the setting's.
        given: its value.
        least: the smallest number it may be.

    Raises:
        ConfigurationError: it is no such number.
    """
    if isinstance(given, bool) or not isinstance(given, int | float) or not isfinite(given) or given < least:
        raise ConfigurationError(f"{name}={given!r}: use a finite number that is not below {least}")


def require_strings(name: str, given: object) -> tuple[str, ...]:
    """The texts in ``given``, which is no text itself: one text instead of a list of them would fall into letters.

    Args:
        name: the setting's.
        given: its value.

    Raises:
        ConfigurationError: it is a text, or no collection of texts.
    """
    listed = isinstance(given, Iterable) and not isinstance(given, str)
    texts = tuple(cast("Iterable[object]", given)) if listed else (None,)
    if not all(isinstance(text, str) for text in texts):
        raise ConfigurationError(f"{name}={given!r}: use a list or tuple of texts")
    return cast("tuple[str, ...]", texts)


def listed_methods(given: Iterable[str | SignatureMethod]) -> list[SignatureMethod]:
    """The signature methods in ``given``, which are names or methods of one's own.

    Args:
        given: the value of ``signature_methods``.

    Raises:
        ConfigurationError: a text instead of a list, an unknown name, or no method at all.
    """
    with settings_checked():
        methods = [] if isinstance(given, str) else [get_signature_method(one) for one in given]
    if not methods:
        raise ConfigurationError(f"signature_methods={given!r}: use a list or tuple of {', '.join(SIGNATURE_METHODS)}")
    return methods
