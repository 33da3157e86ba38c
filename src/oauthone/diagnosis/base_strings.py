"""The base strings that a client makes of a request: the right one, and those of clients that make mistakes."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, partial
from typing import Any, NamedTuple

from oauthone.diagnosis.encoding import RIGHT_ENCODING, EncodedOnce
from oauthone.diagnosis.escaping import encode, encode_part
from oauthone.diagnosis.joined_parameters import Joiner, KeyEncoders, encoded_pairs, parameter_step
from oauthone.diagnosis.likelihood import rarest
from oauthone.diagnosis.sent_request import SentRequest
from oauthone.diagnosis.signing_steps import AnyChoice, Mistakes, Step, changes, merged, same
from oauthone.diagnosis.uri_mistakes import Joint, Part, Uri, join, right_uri, wrong_joints, wrong_methods, wrong_uris

#: Mistakes can be made in so many steps of a base string: method, URI, parameters and joints.
_STEPS = 4
#: What it costs to combine the parts of a base string, and to join the parameters to one.
_COMBINING, _JOINING, _PER_OCTET = 2_000, 6_000, 6


class BaseString(NamedTuple):
    """A base string, and the steps that lead to it.

    Attributes:
        text: the base string, as a wire string.
        steps: the choices that were taken.
        work: what it costs to make it, in nanoseconds that it takes on a usual machine.
        key_encoders: what may respell the key of such a client, which then encodes it as it encodes the base string.
    """

    text: str
    steps: Sequence[AnyChoice[Any]]
    work: int = 0
    key_encoders: KeyEncoders = ()

    def ways(self) -> list[Mistakes]:
        """Return the combinations of mistakes that lead to this base string."""
        return merged(*(step.completed().ways for step in self.steps))


class BaseStrings:
    """The base strings of a request, by the number of mistakes in them and their rank.

    Args:
        request: the request.
        earlier: requests that were redirected to this one, each with the mistake of a client that signed for it.
        key: the key that its client signs with; empty if there is none.
    """

    def __init__(self, request: SentRequest, earlier: Sequence[tuple[str, SentRequest]] = (), key: str = "") -> None:
        uris = _wrong_uris(request, earlier)
        self._methods: Step[str, str] = Step(request.method.upper(), same, partial(changes, wrong_methods()))
        self._uris: Step[Uri, Uri] = Step(right_uri(request), same, partial(changes, uris))
        self._parameters = parameter_step(request, key)
        self._joints: Step[Joint, Joint] = Step(join, same, partial(changes, wrong_joints()))
        self._encoded_uris = _EncodedUris()
        self._known: dict[tuple[int, int], list[BaseString]] = {}

    def of(self, number: int, rank: int) -> Iterable[BaseString]:
        """Return the base strings with so many mistakes and this rank. Those with few mistakes are made once."""
        if number > 1:
            return self._make(number, rank)
        if (number, rank) not in self._known:
            self._known[number, rank] = list(self._make(number, rank))
        return self._known[number, rank]

    def _make(self, number: int, rank: int) -> Iterator[BaseString]:
        for numbers, ranks in _shares(number, rank):
            yield from self._combined(numbers, ranks)

    def _combined(self, numbers: tuple[int, ...], ranks: tuple[int, ...]) -> Iterator[BaseString]:
        steps: Any = (self._methods, self._uris, self._parameters, self._joints)
        methods, uris, parameters, joints = (
            step.of(number, rank) for step, number, rank in zip(steps, numbers, ranks, strict=True)
        )
        for joined in parameters:
            part = joined.value
            work = _COMBINING if joined.number < 2 else _JOINING + _PER_OCTET * len(part.encoded)
            for uri in uris:
                uri_part = self._encoded_uris[uri.value, part.respell]
                for method in methods:
                    for joint in joints:
                        text = joint.value(method.value, uri_part, part)
                        yield BaseString(text, (method, uri, joined, joint), work, part.key_encoders)


def right_base_string(request: SentRequest) -> str:
    """Return the base string of RFC 5849 section 3.4.1."""
    return next(iter(BaseStrings(request).of(0, 0))).text


def right_base_strings(requests: Iterable[SentRequest]) -> Iterator[str]:
    """Yield the base strings of requests that resemble each other: what they share is encoded once."""
    encoded, joiner, uris = EncodedOnce(encode), Joiner(RIGHT_ENCODING), _EncodedUris()
    for request in requests:
        joined = joiner.join(request.parameters, encoded_pairs(encoded, request.parameters))
        yield join(request.method.upper(), uris[right_uri(request), same], joined)


@cache
def _shares(number: int, rank: int) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    """Return how many of the mistakes may be made in each step, and with which rank."""
    return [
        (numbers, ranks)
        for numbers in _sums(number, _STEPS)
        for ranks in _sums(rank, _STEPS)
        if all(one <= rarest(count) for one, count in zip(ranks, numbers, strict=True))
    ]


def _sums(total: int, length: int) -> Iterator[tuple[int, ...]]:
    """Yield the tuples of ``length`` numbers whose sum is ``total``."""
    if length == 1:
        yield (total,)
        return
    for first in range(total + 1):
        for rest in _sums(total - first, length - 1):
            yield (first, *rest)


def _wrong_uris(
    request: SentRequest, earlier: Sequence[tuple[str, SentRequest]]
) -> Iterator[tuple[str, Callable[[Uri], Uri]]]:
    for mistake, other in earlier:
        yield mistake, partial(_constant, right_uri(other))
    yield from wrong_uris(request)


def _constant(uri: Uri, _: Uri) -> Uri:
    return uri


class _EncodedUris(dict[tuple[Uri, Callable[[str], str]], Part]):
    """The URIs as parts of a base string, by URI and by what respells them."""

    def __missing__(self, key: tuple[Uri, Callable[[str], str]]) -> Part:
        uri, respell = key
        part = self[key] = Part(uri.text, respell(encode_part(uri.text)))
        return part
