"""The steps in which a client makes a signature, each of which it can take rightly or wrongly.

A `Choice` is one way to take a step, together with the mistakes that lead to it. A combination of choices, one for each
step, leads to one signature base string. Texts are wire strings: one character for each octet.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, product
from typing import Any, Generic, NamedTuple, TypeAlias, TypeVar

from oauthone.diagnosis.likelihood import RAREST, SAME_STEP, rank_of

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

    def completed(self) -> "Choice[Value]":
        """Return the choice with all its ways."""
        return self


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
    """A choice of a step, to which another mistake can be added: one that follows ``place`` in the step's order."""

    __slots__ = ("place", "source")

    def __init__(self, source: Source, value: Value, ways: list[Mistakes], rank: int, place: int) -> None:
        super().__init__(value, ways[0], rank)
        self.ways = ways
        self.source, self.place = source, place


class Pair(Generic[Source, Value]):
    """A choice with two mistakes. There are thousands, so it is completed only if it is found.

    Attributes:
        value: what the step leads to.
        number: the number of mistakes.
    """

    __slots__ = ("_change", "_completed", "_first", "_step", "value")
    number = 2

    def __init__(
        self, step: "Step[Source, Value]", value: Value, first: _Taken[Source, Value], change: Change[Source]
    ) -> None:
        self.value = value
        self._step, self._first, self._change = step, first, change
        self._completed: Choice[Value] | None = None

    def completed(self) -> Choice[Value]:
        """Return the choice with its ways, and those that share a mistake with one of them."""
        if self._completed is None:
            first, change = self._first, self._change
            ways = self._step.ways_to(self.value, _ways(first, change))
            self._completed = Choice(self.value, ways[0], first.rank + change.rank + SAME_STEP)
            self._completed.ways = ways
        return self._completed


#: A choice that a step leads to.
AnyChoice: TypeAlias = Choice[Value] | Pair[Any, Value]


class Step(Generic[Source, Value]):
    """A step in which one mistake may follow another.

    Args:
        right: what the step is made from.
        finish: makes the values of it.
        changes: returns the mistakes, in the order in which a program makes them. It is called when they are needed.
        identity: returns what equal values have in common.
    """

    def __init__(
        self,
        right: Source,
        finish: Callable[[Source], Value],
        changes: Callable[[], Iterable[Change[Source]]],
        identity: Callable[[Value], Any] | None = None,
    ) -> None:
        first = _Taken(right, finish(right), [()], 0, -1)
        self.right: Choice[Value] = first
        self._finish, self._list_changes = finish, changes
        self._identity: Callable[[Value], Any] = identity or same
        self._changes: list[list[tuple[int, Change[Source]]]] = []
        self._found: dict[Any, _Taken[Source, Value]] = {self._identity(first.value): first}
        self._made: dict[tuple[int, int], list[_Taken[Source, Value]]] = {(0, 0): [first]}

    def of(self, number: int, rank: int) -> Iterable[AnyChoice[Value]]:
        """Return the choices with so many mistakes, at most two, and this rank.

        A mistake that makes no difference is left out. Mistakes that lead to the same value share a choice, which has
        the fewest and likeliest of them. Choices of two mistakes are made anew each time.
        """
        return self._pairs(rank) if number > 1 else self._few(number, rank)

    def ways_to(self, value: Value, ways: list[Mistakes]) -> list[Mistakes]:
        """Return the pairs of mistakes that lead to ``value``: these, and those that share a mistake with them."""
        words = {word for way in ways for word in way}
        identity, found = self._identity(value), list(ways)
        for first, place, change in self._all_pairs():
            if (
                place > first.place
                and not (words.isdisjoint(change.words) and all(words.isdisjoint(way) for way in first.ways))
                and self._identity(self._finish(change.make(first.source))) == identity
            ):
                found += [way for way in _ways(first, change) if all(set(way) != set(other) for other in found)]
        return found

    def _all_pairs(self) -> Iterator[tuple[_Taken[Source, Value], int, Change[Source]]]:
        for rank in range(RAREST + 1):
            for first in self._few(1, rank):
                for place, change in chain.from_iterable(self._changes):
                    yield first, place, change

    def _few(self, number: int, rank: int) -> list[_Taken[Source, Value]]:
        """Return the choices with one mistake or none."""
        made = self._made.get((number, rank))
        if made is None:
            if number and not self._changes:
                self._changes = [[] for _ in range(RAREST + 1)]
                for place, change in enumerate(self._list_changes()):
                    self._changes[change.rank].append((place, change))
            made = self._made[number, rank] = self._singles(rank) if number and rank <= RAREST else []
        return made

    def _singles(self, rank: int) -> list[_Taken[Source, Value]]:
        (right,) = self._made[0, 0]
        made: list[_Taken[Source, Value]] = []
        for place, change in self._changes[rank]:
            source = change.make(right.source)
            value = self._finish(source)
            ways: list[Mistakes] = [(word,) for word in change.words]
            known = self._found.setdefault(self._identity(value), _Taken(source, value, ways, rank, place))
            if known.ways is ways:
                made.append(known)
            elif known.number:
                known.ways += [way for way in ways if way not in known.ways]
        return made

    def _pairs(self, rank: int) -> Iterator[Pair[Source, Value]]:
        identity_of, finish = self._identity, self._finish
        rank -= SAME_STEP
        found: set[Any] = set()
        for of_first in range(RAREST + 1):
            self._few(1, of_first)
        for of_first in range(max(rank - RAREST, 0), min(rank, RAREST) + 1):
            later = self._changes[rank - of_first]
            for first in self._few(1, of_first):
                source, before = first.source, first.place
                for place, change in later:
                    if place <= before:
                        continue
                    changed = change.make(source)
                    if changed is source:
                        continue
                    value = finish(changed)
                    identity = identity_of(value)
                    if identity in found or identity in self._found:
                        continue
                    if change.words[0] not in first.ways[0] or _ways(first, change):
                        found.add(identity)
                        yield Pair(self, value, first, change)


def _ways(first: _Taken[Source, Value], change: Change[Source]) -> list[Mistakes]:
    """Return the pairs of which the second mistake is in ``change``."""
    return [(*way, word) for way in first.ways for word in change.words if word not in way]


def changes(wrong: Iterable[tuple[str, Callable[[Source], Source]]]) -> Iterator[Change[Source]]:
    """Yield the changes of mistakes, each with its rank.

    A mistake that can be made in several ways is listed with the likeliest first: the others are rarer.
    """
    counts: dict[str, int] = {}
    for word, make in wrong:
        yield Change((word,), make, later_rank(word, counts))


def later_rank(word: str, counts: dict[str, int]) -> int:
    """Return the rank of one way to make a mistake, and count it."""
    before = counts[word] = counts.get(word, -1) + 1
    return min(rank_of(word) + min(before, 2), RAREST)


def same(value: Value) -> Value:
    """Return ``value``: what finishes a step of which nothing is made."""
    return value


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
