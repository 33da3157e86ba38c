"""The steps in which a client makes a signature, each of which it can take rightly or wrongly.

A `Choice` is one way to take a step, together with the mistakes that lead to it. A combination of choices, one for each
step, leads to one signature base string. Texts are wire strings: one character for each octet.
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import product
from typing import Any, Generic, NamedTuple, TypeAlias, TypeVar

from oauthone.core.encoding import percent_encode
from oauthone.core.escapes import ESCAPES

#: The words of the mistakes in one way of signing; none for the right way.
Mistakes: TypeAlias = tuple[str, ...]

Value = TypeVar("Value")


class Choice(Generic[Value]):
    """One way to take a step.

    Attributes:
        value: what the step leads to.
        ways: the combinations of mistakes that lead there, the likelier first. All have the same number of mistakes.
        number: that number; 0 for the right way.
    """

    __slots__ = ("number", "value", "ways")

    def __init__(self, value: Value, way: Mistakes) -> None:
        self.value = value
        self.ways = [way]
        self.number = len(way)


class Encoding(NamedTuple):
    """How a client encodes.

    Attributes:
        name: how it encodes the name of a parameter.
        value: how it encodes the value of a parameter.
        part: how it encodes the parts of the base string.
        spares_protocol: whether it encodes the protocol parameters rightly.
    """

    name: Callable[[str], str]
    value: Callable[[str], str]
    part: Callable[[str], str]
    spares_protocol: bool = False


def encode(text: str) -> str:
    """Encode a wire string as RFC 5849 section 3.6 requires."""
    return text if text.isascii() and text.isalnum() else text.translate(ESCAPES)


def encode_part(text: str) -> str:
    """Do the same, faster for a long text of few different characters."""
    return percent_encode(text.encode("latin-1"))


RIGHT_ENCODING = Encoding(encode, encode, encode_part)


def choices(right: Value, wrong: Iterable[tuple[str, Value]]) -> list[Choice[Value]]:
    """Return the choices of a step: the right one, and those to which one mistake leads.

    A mistake that makes no difference is left out. Mistakes that lead to the same value share a choice.
    """
    return composed(right, lambda _: wrong, 1)


def composed(right: Value, wrong: Callable[[Value], Iterable[tuple[str, Value]]], mistakes: int) -> list[Choice[Value]]:
    """Return the choices of a step in which one mistake may follow another.

    Args:
        right: what the step leads to without a mistake.
        wrong: a function that yields mistakes, each with what it makes of a value.
        mistakes: the maximum number of mistakes.
    """
    latest = [Choice(right, ())]
    found: dict[Any, Choice[Value]] = {right: latest[0]}
    for _ in range(mistakes):
        before = latest
        latest = list[Choice[Value]]()
        for choice in before:
            for mistake, value in wrong(choice.value):
                if mistake not in choice.ways[0]:
                    latest += _added(found, value, (*choice.ways[0], mistake))
    return list(found.values())


def _added(found: dict[Any, Choice[Value]], value: Value, way: Mistakes) -> list[Choice[Value]]:
    """Add a way to a value, and return the choice if it is new."""
    known = found.get(value)
    if known is None:
        known = found[value] = Choice(value, way)
        return [known]
    if known.number == len(way) and all(set(way) != set(other) for other in known.ways):
        known.ways.append(way)
    return []


def merged(*ways: Sequence[Mistakes]) -> list[Mistakes]:
    """Return every combination of one way from each argument. A mistake is named once."""
    ways = tuple(one for one in ways if one != [()])
    if len(ways) < 2:
        return list(ways[0]) if ways else [()]
    found = [tuple(dict.fromkeys(word for way in combined for word in way)) for combined in product(*ways)]
    return list(dict.fromkeys(found))
