"""The base strings that a client makes of a request: the right one, and those of clients that make mistakes."""

from collections.abc import Callable, Iterator, Sequence
from copy import copy
from functools import partial
from itertools import product
from typing import Any, NamedTuple

from oauthone.diagnosis.encoding_mistakes import wrong_encodings
from oauthone.diagnosis.parameter_mistakes import (
    Encoded,
    in_order,
    wrong_orders,
    wrong_parameters,
)
from oauthone.diagnosis.sent_request import Parameter, Parameters, SentRequest
from oauthone.diagnosis.signing_steps import (
    RIGHT_ENCODING,
    Choice,
    Encoding,
    Mistakes,
    Value,
    choices,
    composed,
    encode,
    encode_part,
    merged,
)
from oauthone.diagnosis.uri_mistakes import Joint, Part, Uri, join, right_uri, wrong_joints, wrong_methods, wrong_uris


class Joined(NamedTuple):
    """The parameters as a client joins them, and the encoder for the other parts of its base string."""

    part: Part
    encode: Callable[[str], str]


class BaseString(NamedTuple):
    """A base string, and the steps that lead to it.

    Attributes:
        text: the base string, as a wire string.
        number: the number of mistakes in it.
        steps: the choices that were taken.
    """

    text: str
    number: int
    steps: Sequence[Choice[Any]]

    def ways(self) -> list[Mistakes]:
        """Return the combinations of mistakes that lead to this base string."""
        return merged(*(step.ways for step in self.steps))


def right_base_string(request: SentRequest) -> str:
    """Return the base string of RFC 5849 section 3.4.1."""
    return next(base_strings(request, 0)).text


def base_strings(
    request: SentRequest, mistakes: int, earlier: Sequence[tuple[str, SentRequest]] = ()
) -> Iterator[BaseString]:
    """Yield the right base string, and those that mistakes lead to, the fewest mistakes first.

    Args:
        request: the request.
        mistakes: the maximum number of mistakes.
        earlier: requests that were redirected to this one, each with the mistake of a client that signed for it.
    """
    right = request.method.upper()
    methods = choices(right, wrong_methods(right) if mistakes else ())
    uris = composed(right_uri(request), partial(_wrong_uris, request, earlier), mistakes)
    parameters = _joined_parameters(request, mistakes)
    joints: list[Choice[Joint]] = choices(join, wrong_joints() if mistakes else ())
    encoded_uris = _EncodedUris()
    for total in range(mistakes + 1):
        for counts in _sums(total, 4):
            yield from _of_counts(counts, methods, uris, parameters, joints, encoded_uris)


def _sums(total: int, length: int) -> Iterator[tuple[int, ...]]:
    """Yield the tuples of ``length`` numbers whose sum is ``total``."""
    if length == 1:
        yield (total,)
        return
    for first in range(total + 1):
        for rest in _sums(total - first, length - 1):
            yield (first, *rest)


def _of_counts(
    counts: tuple[int, ...],
    methods: list[Choice[str]],
    uris: list[Choice[Uri]],
    parameters: list[Choice[Joined]],
    joints: list[Choice[Joint]],
    encoded_uris: "_EncodedUris",
) -> Iterator[BaseString]:
    in_method, in_uri, in_parameters, in_joint = counts
    total = sum(counts)
    methods, uris, joints = _with(methods, in_method), _with(uris, in_uri), _with(joints, in_joint)
    for joined in _with(parameters, in_parameters):
        part, encoder = joined.value
        for uri in uris:
            uri_part = encoded_uris[uri.value, encoder]
            for method in methods:
                for joint in joints:
                    whole = joint.value(method.value, uri_part, part)
                    yield BaseString(whole, total, (method, uri, joined, joint))


class _EncodedUris(dict[tuple[Uri, Callable[[str], str]], Part]):
    """The URIs as parts of a base string, by URI and encoder."""

    def __missing__(self, key: tuple[Uri, Callable[[str], str]]) -> Part:
        uri, encode = key
        part = self[key] = Part(uri.text, encode(uri.text))
        return part


def _with(step: list[Choice[Value]], number: int) -> list[Choice[Value]]:
    """Return the choices with so many mistakes."""
    return [choice for choice in step if choice.number == number]


def _wrong_uris(
    request: SentRequest, earlier: Sequence[tuple[str, SentRequest]], uri: Uri
) -> Iterator[tuple[str, Uri]]:
    for mistake, other in earlier:
        yield mistake, right_uri(other)
    yield from wrong_uris(request, uri)


def _joined_parameters(request: SentRequest, mistakes: int) -> list[Choice[Joined]]:
    """Return the ways to collect, encode, order and join the parameters."""
    right_joiner = Joiner(RIGHT_ENCODING, in_order)
    right = right_joiner.join(request.parameters)
    found = {right: Choice(right, ())}
    if not mistakes:
        return [found[right]]
    joiners = _wrong_joiners(request, right_joiner, right)
    for choice in composed(request.parameters, partial(wrong_parameters, request), mistakes):
        _add(found, right_joiner.join(choice.value), choice.ways)
        if choice.number < mistakes:
            for joiner, words in joiners:
                _add(found, joiner.join(choice.value), merged(choice.ways, words))
    if mistakes > 1:
        for (joiner, words), (sorter, others) in product(joiners, joiners):
            if joiner.order is in_order and sorter.order is not in_order:
                both = joiner.in_another_order(sorter.order)
                _add(found, both.join(request.parameters), merged(words, others))
    return list(found.values())


def _wrong_joiners(
    request: SentRequest, right_joiner: "Joiner", right: Joined
) -> "list[tuple[Joiner, list[Mistakes]]]":
    """Return a joiner for each effect of mistakes in encoding and order on this request, with these mistakes."""
    uri = right_uri(request).text
    found: dict[tuple[Part, str], tuple[Joiner, list[Mistakes]]] = {}
    wrong = [(word, Joiner(encoding, in_order)) for word, encoding in wrong_encodings(RIGHT_ENCODING)]
    wrong += [(word, right_joiner.in_another_order(order)) for word, order in wrong_orders()]
    for word, joiner in wrong:
        part, encoder = joiner.join(request.parameters)
        _, words = found.setdefault((part, encoder(uri)), (joiner, []))
        if (word,) not in words:
            words.append((word,))
    found.pop((right.part, encode_part(uri)), None)
    return list(found.values())


class Joiner:
    """Encodes, sorts and joins parameters in one way.

    It remembers what it has encoded. Every encoder writes each character for itself, so that encoded pieces can be
    joined instead of encoding what is joined.
    """

    def __init__(self, encoding: Encoding, order: Callable[[list[Encoded]], list[str]]) -> None:
        self.encoding = encoding
        self.order = order
        self._names = _Encoded(encoding.name)
        self._values = self._names if encoding.value is encoding.name else _Encoded(encoding.value)
        # Of a pair that is encoded rightly, only these are left to encode.
        self._pairs = _Encoded(
            (lambda pair: pair.replace("%", "%25").replace("\0", "%3D"))
            if encoding is RIGHT_ENCODING
            else (lambda pair: encoding.part(pair.replace("\0", "=")))
        )
        self._ampersand = encoding.part("&")

    def in_another_order(self, order: Callable[[list[Encoded]], list[str]]) -> "Joiner":
        """Return a joiner that encodes as this one does, and shares what this one remembers."""
        copied = copy(self)
        copied.order = order
        return copied

    def join(self, parameters: Parameters) -> Joined:
        names, values = self._names, self._values
        texts = [f"{names[name]}\0{values[value]}" for _, _, name, value in parameters]
        if self.encoding.spares_protocol:
            pairs = zip(texts, parameters, strict=True)
            texts = [_encoded_rightly(one) if one.name.startswith("oauth_") else text for text, one in pairs]
        if self.order is in_order:
            texts.sort()
        else:
            texts = self.order([*zip(texts, parameters, strict=True)])
        parts = self._pairs
        encoded = self._ampersand.join([parts[text] for text in texts])
        return Joined(Part("&".join(texts).replace("\0", "="), encoded), self.encoding.part)


def _encoded_rightly(parameter: Parameter) -> str:
    return f"{encode(parameter.name)}\0{encode(parameter.value)}"


class _Encoded(dict[str, str]):
    """The texts that an encoder has encoded."""

    def __init__(self, encoder: Callable[[str], str]) -> None:
        self._encoder = encoder

    def __missing__(self, text: str) -> str:
        encoded = self[text] = self._encoder(text)
        return encoded


def _add(found: dict[Joined, Choice[Joined]], value: Joined, ways: Sequence[Mistakes]) -> None:
    known = found.get(value)
    if known is None:
        known = found[value] = Choice(value, ways[0])
        known.ways = list(ways)
    elif known.number == len(ways[0]):
        known.ways += [way for way in ways if way not in known.ways]
