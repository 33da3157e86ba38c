"""Mistakes about the order of parameters (RFC 5849 section 3.4.1.3.2)."""

import re
from collections.abc import Callable, Iterator
from functools import cmp_to_key
from typing import Any, TypeAlias

from oauthone.diagnosis.sent_request import Parameter

#: A parameter, encoded as ``"name\0value"``, and as it was sent.
Encoded: TypeAlias = tuple[str, Parameter]
Order: TypeAlias = Callable[[list[Encoded]], list[str]]

_NUMBER = re.compile("-?[0-9]{1,30}(?:[.][0-9]{1,30})?")


def in_order(encoded: list[Encoded]) -> list[str]:
    """Sort by the encoded names, and then by the encoded values (RFC 5849 section 3.4.1.3.2)."""
    return sorted([text for text, _ in encoded])


def wrong_orders() -> Iterator[tuple[str, Order]]:
    """Yield mistakes, each with how such a client orders the parameters."""
    yield "unsorted", lambda encoded: [text for text, _ in encoded]
    yield "unsorted", lambda encoded: [text for text, _ in sorted(encoded, key=_is_protocol)]
    yield "sorted-apart", lambda encoded: sorted(in_order(encoded), key=lambda text: not text.startswith("oauth_"))
    yield "sorted-apart", lambda encoded: sorted(in_order(encoded), key=lambda text: text.startswith("oauth_"))
    yield "sorted-by-name-only", lambda encoded: _sorted(encoded, lambda one: one[0].partition("\0")[0])
    yield "sorted-before-encoding", lambda encoded: _sorted(encoded, lambda one: one[1][2:])
    yield "sorted-ignoring-case", lambda encoded: _sorted(encoded, lambda one: one[0].lower())
    yield "sorted-naturally", lambda encoded: _sorted(encoded, lambda one: _natural(one[1].name))
    yield "sorted-by-value", lambda encoded: _sorted(encoded, lambda one: _php_order(one[1].value))
    yield "sorted-by-value", lambda encoded: _sorted(encoded, lambda one: one[0].partition("\0")[2])
    yield "sorted-joined", lambda encoded: sorted(in_order(encoded), key=lambda text: text.replace("\0", "="))


def _natural(text: str) -> list[tuple[int, int, str]]:
    """Return what to sort by in natural order, in which ``item9`` comes before ``item10``."""
    return [
        (0, int(part), "") if part.isdecimal() else (1, 0, part) for part in re.findall("[0-9]{1,30}|[^0-9]+", text)
    ]


def _php_order(value: str) -> Any:
    """Return what to sort by as PHP does: numbers as such among themselves, and else as text."""
    return _in_php((float(value) if _NUMBER.fullmatch(value) else None, value))


def _php_compared(one: tuple[float | None, str], other: tuple[float | None, str]) -> int:
    number = one[0] is not None and other[0] is not None
    left: Any = one[0] if number else one[1]
    right: Any = other[0] if number else other[1]
    return int(left > right) - int(left < right)


_in_php: Any = cmp_to_key(_php_compared)


def _sorted(encoded: list[Encoded], key: Callable[[Encoded], Any]) -> list[str]:
    return [text for text, _ in sorted(encoded, key=key)]


def _is_protocol(encoded: Encoded) -> bool:
    return encoded[1].name.startswith("oauth_")
