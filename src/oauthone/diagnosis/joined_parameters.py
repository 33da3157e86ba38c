"""The parameters as a client joins them: collected, encoded, ordered and joined, rightly or wrongly."""

from collections.abc import Callable, Iterator
from functools import partial
from operator import attrgetter
from typing import Any, NamedTuple, TypeAlias

from oauthone.diagnosis.encoding import RIGHT_ENCODING, EncodedOnce, Encoding
from oauthone.diagnosis.encoding_mistakes import wrong_encodings
from oauthone.diagnosis.escaping import encode, encode_part
from oauthone.diagnosis.likelihood import RAREST
from oauthone.diagnosis.parameter_mistakes import wrong_parameters
from oauthone.diagnosis.parameter_orders import Order, in_order, wrong_orders
from oauthone.diagnosis.sent_request import Parameters, SentRequest
from oauthone.diagnosis.signing_steps import Change, Step, changes, later_rank, same
from oauthone.diagnosis.uri_mistakes import right_uri


class Joined:
    """The parameters as a client joins them, and how it encodes the other parts of its base string.

    Attributes:
        encoded: as a part of a base string.
        respell: what respells another part, which is encoded rightly.
    """

    __slots__ = ("_texts", "encoded", "respell")

    def __init__(self, texts: list[str], encoded: str, respell: Callable[[str], str]) -> None:
        self._texts = texts
        self.encoded = encoded
        self.respell = respell

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


def parameter_step(request: SentRequest) -> ParameterStep:
    """Return the ways to collect, encode, order and join the parameters of a request."""
    encoded = EncodedOnce(encode)
    right = Pairs(request.parameters, encoded_pairs(encoded, request.parameters), Joiner(RIGHT_ENCODING), in_order)
    return Step(right, Pairs.joined, partial(_changes, request, right, encoded), attrgetter("encoded", "respell"))


def _changes(request: SentRequest, right: Pairs, encoded: EncodedOnce) -> Iterator[Change[Pairs]]:
    for words, change, rank in changes(wrong_parameters(request)):
        yield Change(words, partial(_with_parameters, change, encoded), rank)
    yield from _joiner_changes(request, right)


def _with_parameters(change: Callable[[Parameters], Parameters], encoded: EncodedOnce, pairs: Pairs) -> Pairs:
    changed = change(pairs.parameters)
    if changed == pairs.parameters:
        return pairs
    return Pairs(changed, encoded_pairs(encoded, changed), pairs.joiner, pairs.order)


def encoded_pairs(encoded: EncodedOnce, parameters: Parameters) -> list[str]:
    """Return each parameter as the right encoding of ``"name\\0value"``."""
    return [f"{encoded[name]}\0{encoded[value]}" for _, _, name, value in parameters]


def _joiner_changes(request: SentRequest, right: Pairs) -> Iterator[Change[Pairs]]:
    """Yield a change for each effect that mistakes in encoding and order have on this request."""
    uri = encode_part(right_uri(request).text)
    found: dict[tuple[str, str], tuple[Callable[[Pairs], Pairs], dict[str, int]]] = {
        (right.joined().encoded, uri): (same, {})
    }
    effects: dict[Any, tuple[str, str]] = {}
    counts: dict[str, int] = {}
    for word, is_rare, joiner, order in _wrong_joiners(right.joiner):
        effect = tuple(joiner.respelled(right.texts)), joiner.encoding.part, order
        if effect not in effects:
            joined = joiner.join(right.parameters, right.texts, order)
            effects[effect] = joined.encoded, joined.respell(uri)
        make: Callable[[Pairs], Pairs]
        make = partial(_with_order, order) if joiner is right.joiner else partial(_with_joiner, joiner)
        before, words = found.setdefault(effects[effect], (make, {}))
        if word not in words and before is not same:
            words[word] = RAREST if is_rare else later_rank(word, counts)
    for make, known in found.values():
        likelier = {word: rank for word, rank in known.items() if rank < RAREST}
        words = likelier or known
        if make is not same:
            yield Change(tuple(words), make, min(words.values()))


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
    """

    def __init__(self, encoding: Encoding, known: dict[Any, dict[str, str]] | None = None) -> None:
        self.encoding = encoding
        self._known = {} if known is None else known
        self._texts = self._known.setdefault((encoding.name, encoding.value, encoding.spares_protocol), {})
        self._right_parts = self._known.setdefault(same, {})
        self._parts = self._known.setdefault(encoding.part, {})
        self._ampersand = encoding.part("%26")

    def in_another_encoding(self, encoding: Encoding) -> "Joiner":
        """Return a joiner that encodes otherwise."""
        return Joiner(encoding, self._known)

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
        return Joined(texts, self._ampersand.join(parts), self.encoding.part)

    def respelled(self, pairs: list[str]) -> list[str]:
        """Return pairs as this joiner encodes them."""
        try:
            return [*map(self._texts.__getitem__, pairs)]
        except KeyError:
            self._learn([pair for pair in pairs if pair not in self._texts])
            return [*map(self._texts.__getitem__, pairs)]

    def _learn(self, pairs: list[str]) -> None:
        name, value, _, spares_protocol, _ = self.encoding
        if spares_protocol:
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
