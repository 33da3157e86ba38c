"""The parameters as a client joins them: collected, encoded, ordered and joined, rightly or wrongly."""

from collections.abc import Callable, Iterator
from functools import partial
from operator import attrgetter
from typing import Any, NamedTuple, TypeAlias

from oauthone.diagnosis.encoding import RIGHT_ENCODING, EncodedOnce, Encoding
from oauthone.diagnosis.encoding_mistakes import wrong_encodings
from oauthone.diagnosis.escaping import encode, encode_part
from oauthone.diagnosis.likelihood import RAREST, rank_of
from oauthone.diagnosis.parameter_mistakes import wrong_parameters
from oauthone.diagnosis.parameter_orders import Order, in_order, wrong_orders
from oauthone.diagnosis.sent_request import Parameters, SentRequest
from oauthone.diagnosis.signing_steps import Change, Step, changes, later_rank, same
from oauthone.diagnosis.uri_mistakes import right_uri

#: Encoders that clients with the same base string may have, each with its mistake, if the key tells them apart.
KeyEncoders: TypeAlias = tuple[tuple[str, Callable[[str], str]], ...]


class Joined:
    """The parameters as a client joins them, and how it encodes the other parts of its base string.

    Attributes:
        encoded: as a part of a base string.
        respell: what respells another part, which is encoded rightly.
        key_encoders: what may respell the key too.
    """

    __slots__ = ("_texts", "encoded", "key_encoders", "respell")

    def __init__(
        self, texts: list[str], encoded: str, respell: Callable[[str], str], key_encoders: KeyEncoders
    ) -> None:
        self._texts = texts
        self.encoded = encoded
        self.respell = respell
        self.key_encoders = key_encoders

    @property
    def text(self) -> str:
        """As they are before they are encoded as a part."""
        return "&".join(self._texts).replace("\0", "=")


class Pairs(NamedTuple):
    """Parameters, each also as the right encoding of ``"name\\0value"``, what joins them, and in which order."""

    parameters: Parameters
    texts: list[str]
    joiner: "Joiner"
    order: Order

    def joined(self) -> Joined:
        """Return them joined."""
        return self.joiner.join(self.parameters, self.texts, self.order)


#: The ways to collect, encode, order and join the parameters.
ParameterStep: TypeAlias = Step[Pairs, Joined]


def parameter_step(request: SentRequest, key: str = "") -> ParameterStep:
    """Return the ways to collect, encode, order and join the parameters of a request.

    Args:
        request: the request.
        key: the key that its client signs with, if it is encoded rightly; empty if there is none.
    """
    encoded = EncodedOnce(encode)
    right = Pairs(request.parameters, encoded_pairs(encoded, request.parameters), Joiner(RIGHT_ENCODING), in_order)
    return Step(right, Pairs.joined, partial(_changes, request, right, encoded, key), attrgetter("encoded", "respell"))


def _changes(request: SentRequest, right: Pairs, encoded: EncodedOnce, key: str) -> Iterator[Change[Pairs]]:
    for words, change, rank in changes(wrong_parameters(request)):
        yield Change(words, partial(_with_parameters, change, encoded), rank)
    yield from _joiner_changes(request, right, key)


def _with_parameters(change: Callable[[Parameters], Parameters], encoded: EncodedOnce, pairs: Pairs) -> Pairs:
    changed = change(pairs.parameters)
    if changed == pairs.parameters:
        return pairs
    return Pairs(changed, encoded_pairs(encoded, changed), pairs.joiner, pairs.order)


def encoded_pairs(encoded: EncodedOnce, parameters: Parameters) -> list[str]:
    """Return each parameter as the right encoding of ``"name\\0value"``."""
    return [f"{encoded[name]}\0{encoded[value]}" for _, _, name, value in parameters]


class _Effect:
    """What mistakes in encoding and order make of this request, each of them the same.

    Attributes:
        joiner: the joiner of the first of them.
        order: its order.
        ranks: how rarely each is made.
        key_encoders: their encoders, by the key that they make.
    """

    def __init__(self, joiner: "Joiner", order: Order) -> None:
        self.joiner, self.order = joiner, order
        self.ranks: dict[str, int] = {}
        self.key_encoders: dict[str, tuple[str, Callable[[str], str]]] = {}

    def change(self) -> Change[Pairs]:
        """Return the change that leads there. One that is rarely made so is named if no other is."""
        ranks = {word: rank for word, rank in self.ranks.items() if rank < RAREST} or self.ranks
        encoders = tuple([(word, encoder) for word, encoder in self.key_encoders.values() if word in ranks])
        make = partial(_with_order, self.order)
        if self.joiner.encoding is not RIGHT_ENCODING:
            make = partial(_with_joiner, self.joiner.with_key_encoders(encoders))
        return Change(tuple(ranks), make, min(ranks.values()))


def _joiner_changes(request: SentRequest, right: Pairs, key: str) -> Iterator[Change[Pairs]]:
    """Yield a change for each effect that mistakes in encoding and order have on this request.

    What shows in the key alone is a mistake in the key. An encoder that shows everywhere is as likely as its word.
    """
    uri = encode_part(right_uri(request).text)
    unchanged = right.joined().encoded, uri
    found: dict[tuple[str, str], _Effect] = {}
    effects: dict[Any, tuple[str, str]] = {}
    counts: dict[str, int] = {}
    for word, is_rare, joiner, order in _wrong_joiners(right.joiner):
        encoding = joiner.encoding
        effect = tuple(joiner.respelled(right.texts)), encoding.part, order
        if effect not in effects:
            joined = joiner.join(right.parameters, right.texts, order)
            effects[effect] = joined.encoded, joined.respell(uri)
        if effects[effect] == unchanged:
            continue
        known = found.setdefault(effects[effect], _Effect(joiner, order))
        respelled = encoding.key(key)
        if word not in known.ranks:
            rank = RAREST if is_rare else later_rank(word, counts)
            is_everywhere = respelled != key and encoding.part is encoding.key and not is_rare
            known.ranks[word] = rank_of(word) if is_everywhere else rank
        if respelled != key:
            known.key_encoders.setdefault(respelled, (word, encoding.key))
    for one in found.values():
        yield one.change()


def _wrong_joiners(right: "Joiner") -> "Iterator[tuple[str, bool, Joiner, Order]]":
    for word, encoding in wrong_encodings(RIGHT_ENCODING):
        yield word, encoding.is_rare, right.in_another_encoding(encoding), in_order
    for word, order in wrong_orders():
        yield word, False, right, order


def _with_joiner(joiner: "Joiner", pairs: Pairs) -> Pairs:
    """Return the pairs with another encoding. Of two encodings a client has only one."""
    parameters, texts, known, order = pairs
    return Pairs(parameters, texts, joiner, order) if known.encoding is RIGHT_ENCODING else pairs


def _with_order(order: Order, pairs: Pairs) -> Pairs:
    return pairs._replace(order=order)


class Joiner:
    """Encodes, sorts and joins parameters in one way.

    It remembers what it has encoded. Every encoder writes each character for itself, so that encoded pieces can be
    joined instead of encoding what is joined, and many pieces can be encoded at once.

    Args:
        encoding: how it encodes.
        known: what joiners of all encodings have encoded.
        key_encoders: what may respell the key of a client that joins so.
    """

    def __init__(
        self, encoding: Encoding, known: dict[Any, dict[str, str]] | None = None, key_encoders: KeyEncoders = ()
    ) -> None:
        self.encoding = encoding
        self._key_encoders = key_encoders
        self._known = {} if known is None else known
        self._texts = self._known.setdefault((encoding.name, encoding.value, encoding.spares_protocol), {})
        self._right_parts = self._known.setdefault(same, {})
        self._parts = self._known.setdefault(encoding.part, {})
        self._ampersand = encoding.part("%26")

    def in_another_encoding(self, encoding: Encoding) -> "Joiner":
        """Return a joiner that encodes otherwise."""
        return Joiner(encoding, self._known)

    def with_key_encoders(self, key_encoders: KeyEncoders) -> "Joiner":
        """Return a joiner that tells what may respell the key."""
        return Joiner(self.encoding, self._known, key_encoders)

    def join(self, parameters: Parameters, pairs: list[str], order: Order = in_order) -> Joined:
        """Return the parameters joined.

        Args:
            parameters: the parameters.
            pairs: each as ``"name\\0value"``, encoded rightly.
            order: how they are sorted.
        """
        texts = pairs if self.encoding is RIGHT_ENCODING else self.respelled(pairs)
        texts = sorted(texts) if order is in_order else order([*zip(texts, parameters, strict=True)])
        try:
            parts = [*map(self._parts.__getitem__, texts)]
        except KeyError:
            self._learn_parts([text for text in texts if text not in self._parts])
            parts = [*map(self._parts.__getitem__, texts)]
        return Joined(texts, self._ampersand.join(parts), self.encoding.part, self._key_encoders)

    def respelled(self, pairs: list[str]) -> list[str]:
        """Return pairs as this joiner encodes them."""
        try:
            return [*map(self._texts.__getitem__, pairs)]
        except KeyError:
            self._learn([pair for pair in pairs if pair not in self._texts])
            return [*map(self._texts.__getitem__, pairs)]

    def _learn(self, pairs: list[str]) -> None:
        name, value = self.encoding.name, self.encoding.value
        if self.encoding.spares_protocol:
            respelled = self.in_another_encoding(self.encoding._replace(spares_protocol=False)).respelled(pairs)
            self._texts.update(zip(pairs, respelled, strict=True))
            self._texts.update([(pair, pair) for pair in pairs if pair.startswith("oauth_")])
            return
        respelled = name("\n".join(pairs)).split("\n") if name is value else []
        if len(respelled) != len(pairs):
            respelled = [_respelled(self.encoding, pair) for pair in pairs]
        self._texts.update(zip(pairs, respelled, strict=True))

    def _learn_parts(self, texts: list[str]) -> None:
        new = [text for text in texts if text not in self._right_parts]
        parts = encode_part("\n".join(new).replace("\0", "=")).split("%0A")
        if len(parts) != len(new):
            parts = [encode_part(text.replace("\0", "=")) for text in new]
        self._right_parts.update(zip(new, parts, strict=True))
        if self._parts is not self._right_parts:
            right = "\n".join([self._right_parts[text] for text in texts])
            self._parts.update(zip(texts, self.encoding.part(right).split("\n"), strict=True))


def _respelled(encoding: Encoding, pair: str) -> str:
    before, _, after = pair.partition("\0")
    return f"{encoding.name(before)}\0{encoding.value(after)}"
