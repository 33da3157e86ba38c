"""The steps in which a client makes a signature, each of which it can take rightly or wrongly.

A `Choice` is one way to take a step, together with the mistakes that lead to it. A combination of choices, one for each
step, leads to one signature base string. Texts are wire strings: one character for each octet.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, product
from typing import Generic, NamedTuple, TypeAlias, TypeVar

from oauthone.diagnosis.likelihood import RAREST, rank_of

#: The words of the mistakes in one way of signing; none for the right way.
Mistakes: TypeAlias = tuple[str, ...]

Value = TypeVar("Value")
Source = TypeVar("Source")


class Choice(Generic[Value]):
    """One way to take a step.

    Attributes:
        value: what the step leads to.
        ways: the combinations of mistakes that lead there, the likelier first. All have the same number of mistakes.
        number: that number; 0 for the right way.
        rank: how rarely the likeliest of them is made: the sum of the mistakes' ranks.
    """

    __slots__ = ("number", "rank", "value", "ways")

    def __init__(self, value: Value, way: Mistakes, rank: int | None = None) -> None:
        self.value = value
        self.ways = [way]
        self.number = len(way)
        self.rank = sum(map(rank_of, way)) if rank is None else rank

    def complete(self) -> None:
        """Add ways that the search has left out, as far as they share a mistake with a known one."""


class Change(NamedTuple, Generic[Source]):
    """What a mistake makes of a step.

    Attributes:
        words: the mistake; several if they have the same effect.
        make: what it makes; its argument itself if it makes no difference.
        rank: how rarely it is made.
    """

    words: tuple[str, ...]
    make: Callable[[Source], Source]
    rank: int


class _Taken(Choice[Value], Generic[Source, Value]):
    """A choice of a step, to which more mistakes can be added: those that follow ``place`` in the step's order."""

    __slots__ = ("place", "source", "step")

    def __init__(
        self, step: "Step[Source, Value]", source: Source, value: Value, ways: list[Mistakes], rank: int, place: int
    ) -> None:
        super().__init__(value, ways[0], rank)
        self.ways = ways
        self.step, self.source, self.place = step, source, place

    def complete(self) -> None:
        if self.number > 1:
            self.step.add_ways_with({word for way in self.ways for word in way})


class Step(Generic[Source, Value]):
    """A step in which one mistake may follow another.

    Args:
        right: what the step is made from.
        finish: makes the values of it.
        changes: returns the mistakes, in the order in which a program makes them. It is called when they are needed.
    """

    def __init__(
        self, right: Source, finish: Callable[[Source], Value], changes: Callable[[], Iterable[Change[Source]]]
    ) -> None:
        first = _Taken(self, right, finish(right), [()], 0, -1)
        self.right: Choice[Value] = first
        self._finish, self._list_changes = finish, changes
        self._changes: list[list[tuple[int, Change[Source]]]] = []
        self._found: dict[Value, _Taken[Source, Value]] = {first.value: first}
        self._made: dict[tuple[int, int], list[_Taken[Source, Value]]] = {(0, 0): [first]}

    def of(self, number: int, rank: int) -> Sequence[Choice[Value]]:
        """Return the choices with so many mistakes and this rank.

        A mistake that makes no difference is left out. Mistakes that lead to the same value share a choice, which has
        the fewest and likeliest of them.
        """
        return self._of(number, rank)

    def add_ways_with(self, words: set[str]) -> None:
        """Add to the choices that are known the pairs of mistakes of which one is among ``words``."""
        for rank in range(RAREST + 1):
            for first in self._of(1, rank):
                is_known = any(words.intersection(way) for way in first.ways)
                for place, change in chain.from_iterable(self._changes):
                    if place > first.place and (is_known or not words.isdisjoint(change.words)):
                        self._followed(first, place, change, rank)

    def _of(self, number: int, rank: int) -> list[_Taken[Source, Value]]:
        made = self._made.get((number, rank))
        if made is None:
            if number and not self._changes:
                self._changes = [[] for _ in range(RAREST + 1)]
                for place, change in enumerate(self._list_changes()):
                    self._changes[change.rank].append((place, change))
            for fewer in range(number):
                for other in range(RAREST * fewer + 1):
                    self._of(fewer, other)
            made = self._made[number, rank] = self._make(number, rank) if number else []
        return made

    def _make(self, number: int, rank: int) -> list[_Taken[Source, Value]]:
        made: list[_Taken[Source, Value]] = []
        for of_change in range(min(rank, RAREST) + 1):
            for choice in self._of(number - 1, rank - of_change):
                for place, change in self._changes[of_change]:
                    if place > choice.place:
                        made += self._followed(choice, place, change, rank)
        return made

    def _followed(
        self, choice: _Taken[Source, Value], place: int, change: Change[Source], rank: int
    ) -> list[_Taken[Source, Value]]:
        """Return the choice in which ``change`` follows another one, if it is new."""
        source = change.make(choice.source)
        if source is choice.source:
            return []
        value = self._finish(source)
        known = self._found.get(value)
        if known is not None and known.number != choice.number + 1:
            return []
        ways = [(*way, word) for way in choice.ways for word in change.words if word not in way]
        if known is not None:
            known.ways += [way for way in ways if all(set(way) != set(other) for other in known.ways)]
        elif ways:
            taken = self._found[value] = _Taken(self, source, value, ways, rank, place)
            return [taken]
        return []


def changes(wrong: Iterable[tuple[str, Callable[[Source], Source]]]) -> Iterator[Change[Source]]:
    """Yield the changes of mistakes, each with its rank."""
    for word, make in wrong:
        yield Change((word,), make, rank_of(word))


class Encoding(NamedTuple):
    """How a client encodes. Each function respells text that is encoded rightly.

    Attributes:
        name: how it writes the name of a parameter.
        value: how it writes the value of a parameter.
        part: how it writes the parts of the base string.
        spares_protocol: whether it encodes the protocol parameters rightly.
        is_rare: whether its mistake is usually made in another way.
    """

    name: Callable[[str], str]
    value: Callable[[str], str]
    part: Callable[[str], str]
    spares_protocol: bool = False
    is_rare: bool = False


def same(value: Value) -> Value:
    """Return ``value``: what finishes a step of which nothing is made."""
    return value


class EncodedOnce(dict[str, str]):
    """The texts that an encoder has encoded."""

    def __init__(self, encoder: Callable[[str], str]) -> None:
        self._encoder = encoder

    def __missing__(self, text: str) -> str:
        encoded = self[text] = self._encoder(text)
        return encoded


RIGHT_ENCODING = Encoding(same, same, same)


def choices(right: Value, wrong: Iterable[tuple[str, Value]]) -> list[Choice[Value]]:
    """Return the choices of a step: the right one, and those to which one mistake leads.

    A mistake that makes no difference is left out. Mistakes that lead to the same value share a choice.
    """
    found: dict[Value, Choice[Value]] = {right: Choice(right, ())}
    for mistake, value in wrong:
        known = found.setdefault(value, Choice(value, (mistake,)))
        if known.number and (mistake,) not in known.ways:
            known.ways.append((mistake,))
            known.rank = min(known.rank, rank_of(mistake))
    return list(found.values())


def merged(*ways: Sequence[Mistakes]) -> list[Mistakes]:
    """Return every combination of one way from each argument. A mistake is named once."""
    ways = tuple(one for one in ways if one != [()])
    if len(ways) < 2:
        return list(ways[0]) if ways else [()]
    found = [tuple(dict.fromkeys(word for way in combined for word in way)) for combined in product(*ways)]
    return list(dict.fromkeys(found))
