"""The base strings that a client makes of a request: the right one, and those of clients that make mistakes."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import product
from typing import Any, NamedTuple

from oauthone.diagnosis.parameter_mistakes import (
    Encoded,
    in_order,
    wrong_encodings,
    wrong_orders,
    wrong_parameters,
)
from oauthone.diagnosis.sent_request import Parameters, SentRequest
from oauthone.diagnosis.signing_steps import (
    RIGHT_ENCODING,
    Choice,
    Encoding,
    Mistakes,
    Value,
    choices,
    composed,
    encode_part,
    merged,
)
from oauthone.diagnosis.uri_mistakes import Uri, join, right_uri, wrong_joints, wrong_methods, wrong_uris


class _Joined(NamedTuple):
    """The parameters as a client joins them, as a part of its base string, and the encoder for such parts."""

    text: str
    part: str
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
    joints = choices(join, wrong_joints() if mistakes else ())
    for total in range(mistakes + 1):
        for counts in _sums(total, 4):
            yield from _of_counts(counts, methods, uris, parameters, joints)


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
    parameters: list[Choice[_Joined]],
    joints: list[Choice[Callable[..., str]]],
) -> Iterator[BaseString]:
    in_method, in_uri, in_parameters, in_joint = counts
    total = sum(counts)
    methods, uris, joints = _with(methods, in_method), _with(uris, in_uri), _with(joints, in_joint)
    for joined in _with(parameters, in_parameters):
        text, part, encoder = joined.value
        for uri in uris:
            encoded_uri = encoder(uri.value.text)
            for method in methods:
                for joint in joints:
                    whole = (
                        f"{method.value}&{encoded_uri}&{part}"
                        if joint.value is join
                        else joint.value(method.value, uri.value.text, text, encoder)
                    )
                    yield BaseString(whole, total, (method, uri, joined, joint))


def _with(step: list[Choice[Value]], number: int) -> list[Choice[Value]]:
    """Return the choices with so many mistakes."""
    return [choice for choice in step if choice.number == number]


def _wrong_uris(
    request: SentRequest, earlier: Sequence[tuple[str, SentRequest]], uri: Uri
) -> Iterator[tuple[str, Uri]]:
    for mistake, other in earlier:
        yield mistake, right_uri(other)
    yield from wrong_uris(request, uri)


def _joined_parameters(request: SentRequest, mistakes: int) -> list[Choice[_Joined]]:
    """Return the ways to collect, encode, order and join the parameters."""
    right_joiner = _Joiner(RIGHT_ENCODING, in_order)
    right = right_joiner.join(request.parameters)
    found = {right: Choice(right, ())}
    if not mistakes:
        return [found[right]]
    joiners = _wrong_joiners(request, right)
    for choice in composed(request.parameters, partial(wrong_parameters, request), mistakes):
        _add(found, right_joiner.join(choice.value), choice.ways)
        if choice.number < mistakes:
            for joiner, words in joiners:
                _add(found, joiner.join(choice.value), merged(choice.ways, words))
    if mistakes > 1:
        for (joiner, words), (sorter, others) in product(joiners, joiners):
            if joiner.order is in_order and sorter.order is not in_order:
                both = _Joiner(joiner.encoding, sorter.order)
                _add(found, both.join(request.parameters), merged(words, others))
    return list(found.values())


def _wrong_joiners(request: SentRequest, right: _Joined) -> "list[tuple[_Joiner, list[Mistakes]]]":
    """Return a joiner for each effect of mistakes in encoding and order on this request, with these mistakes."""
    uri = right_uri(request).text
    found: dict[tuple[str, str, str], tuple[_Joiner, list[Mistakes]]] = {}
    wrong = [(word, _Joiner(encoding, in_order)) for word, encoding in wrong_encodings(RIGHT_ENCODING)]
    wrong += [(word, _Joiner(RIGHT_ENCODING, order)) for word, order in wrong_orders()]
    for word, joiner in wrong:
        text, part, encoder = joiner.join(request.parameters)
        _, words = found.setdefault((text, part, encoder(uri)), (joiner, []))
        if (word,) not in words:
            words.append((word,))
    found.pop((right.text, right.part, encode_part(uri)), None)
    return list(found.values())


class _Joiner:
    """Encodes, sorts and joins parameters in one way. It remembers the texts that it has encoded."""

    def __init__(self, encoding: Encoding, order: Callable[[list[Encoded]], list[str]]) -> None:
        self.encoding = encoding
        self.order = order
        self._names = _Encoded(encoding.name)
        self._values = _Encoded(encoding.value)

    def join(self, parameters: Parameters) -> _Joined:
        names, values = self._names, self._values
        texts = [f"{names[name]}\0{values[value]}" for _, _, name, value in parameters]
        if self.order is in_order:
            texts.sort()
        else:
            texts = self.order([*zip(texts, parameters, strict=True)])
        text = "&".join(texts).replace("\0", "=")
        if self.encoding is RIGHT_ENCODING:  # then only these are left to encode
            part = text.replace("%", "%25").replace("&", "%26").replace("=", "%3D")
        else:
            part = self.encoding.part(text)
        return _Joined(text, part, self.encoding.part)


class _Encoded(dict[str, str]):
    """The texts that an encoder has encoded."""

    def __init__(self, encoder: Callable[[str], str]) -> None:
        self._encoder = encoder

    def __missing__(self, text: str) -> str:
        encoded = self[text] = self._encoder(text)
        return encoded


def _add(found: dict[_Joined, Choice[_Joined]], value: _Joined, ways: Sequence[Mistakes]) -> None:
    known = found.get(value)
    if known is None:
        known = found[value] = Choice(value, ways[0])
        known.ways = list(ways)
    elif known.number == len(ways[0]):
        known.ways += [way for way in ways if way not in known.ways]
