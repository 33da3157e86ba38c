"""The parameters as a client joins them: collected, encoded, ordered and joined, rightly or wrongly."""

from collections.abc import Callable, Iterator
from copy import copy
from functools import partial
from typing import Any, NamedTuple, TypeAlias

from oauthone.diagnosis.encoding_mistakes import wrong_encodings
from oauthone.diagnosis.escaping import encode, encode_part
from oauthone.diagnosis.likelihood import RAREST, rank_of
from oauthone.diagnosis.parameter_mistakes import wrong_parameters
from oauthone.diagnosis.parameter_orders import Encoded, in_order, wrong_orders
from oauthone.diagnosis.sent_request import Parameters, SentRequest
from oauthone.diagnosis.signing_steps import RIGHT_ENCODING, Change, EncodedOnce, Encoding, Step, same
from oauthone.diagnosis.uri_mistakes import Part, right_uri


class Joined(NamedTuple):
    """The parameters as a client joins them, and how it encodes the other parts of its base string.

    `respell` respells what is encoded rightly.
    """

    part: Part
    respell: Callable[[str], str]


class Pairs(NamedTuple):
    """Parameters, each also as the right encoding of ``"name\\0value"``, and what joins them."""

    parameters: Parameters
    texts: list[str]
    joiner: "Joiner"

    def joined(self) -> Joined:
        """Return them joined."""
        return self.joiner.join(self.parameters, self.texts)


#: The ways to collect, encode, order and join the parameters.
ParameterStep: TypeAlias = Step[Pairs, Joined]


def parameter_step(request: SentRequest) -> ParameterStep:
    """Return the ways to collect, encode, order and join the parameters of a request."""
    encoded = EncodedOnce(encode)
    right = Pairs(request.parameters, encoded_pairs(encoded, request.parameters), Joiner(RIGHT_ENCODING, in_order))
    return Step(right, Pairs.joined, partial(_changes, request, right, encoded))


def _changes(request: SentRequest, right: Pairs, encoded: EncodedOnce) -> Iterator[Change[Pairs]]:
    for word, change in wrong_parameters(request):
        yield Change((word,), partial(_with_parameters, change, encoded), rank_of(word))
    yield from _joiner_changes(request, right)


def _with_parameters(change: Callable[[Parameters], Parameters], encoded: EncodedOnce, pairs: Pairs) -> Pairs:
    changed = change(pairs.parameters)
    return pairs if changed == pairs.parameters else Pairs(changed, encoded_pairs(encoded, changed), pairs.joiner)


def encoded_pairs(encoded: EncodedOnce, parameters: Parameters) -> list[str]:
    """Return each parameter as the right encoding of ``"name\\0value"``."""
    return [f"{encoded[name]}\0{encoded[value]}" for _, _, name, value in parameters]


def _joiner_changes(request: SentRequest, right: Pairs) -> Iterator[Change[Pairs]]:
    """Yield a change for each effect that mistakes in encoding and order have on this request."""
    uri = encode_part(right_uri(request).text)
    found: dict[tuple[str, str], tuple[Joiner, dict[str, int]]] = {}
    effects: dict[Any, tuple[str, str]] = {}
    for word, rank, joiner in _wrong_joiners(right.joiner):
        effect = joiner.learn(right.texts), joiner.encoding.part, joiner.order
        if effect not in effects:
            part, respell = joiner.join(right.parameters, right.texts)
            effects[effect] = part.encoded, respell(uri)
        _, words = found.setdefault(effects[effect], (joiner, {}))
        words.setdefault(word, rank)
    found.pop((right.joined().part.encoded, uri), None)
    for joiner, known in found.values():
        likelier = {word: rank for word, rank in known.items() if rank < RAREST}
        words = likelier or known
        make = _with_order if joiner.encoding is RIGHT_ENCODING else _with_joiner
        yield Change(tuple(words), partial(make, joiner), min(words.values()))


def _wrong_joiners(right: "Joiner") -> "Iterator[tuple[str, int, Joiner]]":
    for word, encoding in wrong_encodings(RIGHT_ENCODING):
        yield word, RAREST if encoding.is_rare else rank_of(word), right.in_another_encoding(encoding)
    for word, order in wrong_orders():
        yield word, rank_of(word), right.in_another_order(order)


def _with_joiner(joiner: "Joiner", pairs: Pairs) -> Pairs:
    """Return the pairs with another encoding. Of two encodings a client has only one."""
    parameters, texts, known = pairs
    return Pairs(parameters, texts, joiner) if known.encoding is RIGHT_ENCODING else pairs


def _with_order(ordered: "Joiner", pairs: Pairs) -> Pairs:
    return pairs._replace(joiner=pairs.joiner.in_another_order(ordered.order))


class Joiner:
    """Encodes, sorts and joins parameters in one way.

    It remembers what it has encoded. Every encoder writes each character for itself, so that encoded pieces can be
    joined instead of encoding what is joined.

    Args:
        encoding: how it encodes.
        order: how it sorts.
        parts: what was encoded as a part of a base string, by joiners of any encoding.
    """

    def __init__(
        self, encoding: Encoding, order: Callable[[list[Encoded]], list[str]], parts: EncodedOnce | None = None
    ) -> None:
        self.encoding = encoding
        self.order = order
        self._texts = EncodedOnce(self._respelled)
        self._right_parts = EncodedOnce(_encoded_part) if parts is None else parts
        self._parts = self._right_parts if encoding.part is same else EncodedOnce(self._respelled_part)
        self._ampersand = encoding.part("%26")

    def in_another_encoding(self, encoding: Encoding) -> "Joiner":
        """Return a joiner in the same order that encodes otherwise."""
        return Joiner(encoding, self.order, self._right_parts)

    def in_another_order(self, order: Callable[[list[Encoded]], list[str]]) -> "Joiner":
        """Return a joiner that encodes as this one does, and shares what this one remembers."""
        copied = copy(self)
        copied.order = order
        return copied

    def learn(self, pairs: list[str]) -> tuple[str, ...]:
        """Respell pairs at once, which is faster than one by one, and return them."""
        name, value, _, spares_protocol, _ = self.encoding
        respelled = name("\n".join(pairs)).split("\n") if name is value else []
        if len(respelled) == len(pairs):
            self._texts.update(zip(pairs, respelled, strict=True))
            if spares_protocol:
                self._texts.update([(pair, pair) for pair in pairs if pair.startswith("oauth_")])
        return tuple([self._texts[pair] for pair in pairs])

    def join(self, parameters: Parameters, pairs: list[str]) -> Joined:
        """Return the parameters joined.

        Args:
            parameters: the parameters.
            pairs: each as ``"name\\0value"``, encoded rightly.
        """
        respelled, parts = self._texts, self._parts
        texts = pairs if self.encoding is RIGHT_ENCODING else [respelled[pair] for pair in pairs]
        texts = sorted(texts) if self.order is in_order else self.order([*zip(texts, parameters, strict=True)])
        encoded = self._ampersand.join([parts[text] for text in texts])
        return Joined(Part("&".join(texts).replace("\0", "="), encoded), self.encoding.part)

    def _respelled(self, pair: str) -> str:
        name, value, _, spares_protocol, _ = self.encoding
        if spares_protocol and pair.startswith("oauth_"):
            return pair
        if name is value:
            return name(pair)
        before, _, after = pair.partition("\0")
        return f"{name(before)}\0{value(after)}"

    def _respelled_part(self, pair: str) -> str:
        return self.encoding.part(self._right_parts[pair])


def _encoded_part(pair: str) -> str:
    return encode_part(pair.replace("\0", "="))
