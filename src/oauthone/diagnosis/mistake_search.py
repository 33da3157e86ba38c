"""The search for the mistakes behind a signature: they are made on purpose until one leads to what the client sent."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import NamedTuple, Protocol

from oauthone.diagnosis.base_strings import BaseString, BaseStrings, right_base_strings
from oauthone.diagnosis.key_mistakes import join
from oauthone.diagnosis.likelihood import RAREST, rarest
from oauthone.diagnosis.lone_mistakes import lone_mistakes, only_callback_is_escaped
from oauthone.diagnosis.mistake import IN_SECRETS
from oauthone.diagnosis.search_targets import Chosen, HmacTarget, Target
from oauthone.diagnosis.sent_request import SentRequest
from oauthone.diagnosis.signature_targets import SigningCredentials, targets_of
from oauthone.diagnosis.signing_steps import Choice, Mistakes, merged

#: So much work is done for combinations of mistakes, in nanoseconds that it takes on a usual machine. There are
#: thousands of combinations: a quick search tries the likely ones.
_QUICK_WORK = 5_000_000
#: So much is done where somebody waits for the result: it suffices for all combinations in a usual request.
_THOROUGH_WORK = 80_000_000
#: So much less of it for each octet of the base string: single mistakes, which are all tried, cost that much more.
_WORK_PER_OCTET = 2_000
#: What it costs to sign a base string, however long it is.
_SIGNING = 2_500


class Effort:
    """How much work a search does for combinations of mistakes.

    Args:
        thorough: whether a search that ends at its limit without a result goes on to a larger one.

    Attributes:
        work: the limit.
        was_too_small: whether the last search that found nothing ended at it.
    """

    def __init__(self, *, thorough: bool = False) -> None:
        self._largest = _THOROUGH_WORK if thorough else _QUICK_WORK
        self.work = _QUICK_WORK
        self.was_too_small = False

    def grow(self) -> bool:
        """Raise the limit if it was too small and may be raised; return whether it was raised."""
        if not self.was_too_small or self.work == self._largest:
            return False
        self.work = self._largest
        return True


class Match(NamedTuple):
    """What leads to a target: the combinations of mistakes, all with the same number of them."""

    number: int
    ways: list[Mistakes]


class Texts(Protocol):
    """Base strings by the number of mistakes in them and their rank, such as `BaseStrings`."""

    def of(self, number: int, rank: int) -> Iterable[BaseString]:
        """Return those with so many mistakes and this rank."""
        ...


def find_mistakes(
    request: SentRequest,
    credentials: SigningCredentials,
    mistakes: int = 2,
    earlier: Sequence[tuple[str, SentRequest]] = (),
    effort: Effort | None = None,
) -> Match | None:
    """Return the mistakes that lead to the signature of a request.

    A thorough search begins as a quick one, and goes on only if that finds nothing: what both find is the same.

    Args:
        request: the request.
        credentials: those that the client has, or should have, signed with.
        mistakes: how many may come together.
        earlier: requests that were redirected to this one, each with the mistake of a client that signed for it.
        effort: how much work is done; None for a quick search.

    Returns:
        The fewest mistakes that lead there; none of them if the signature is right. None if nothing leads there, or if
        the request has no signature or the credentials for it are not known.
    """
    if not request.signatures:
        return None
    secrets = credentials.secrets
    texts = BaseStrings(request, earlier, "" if secrets is None else join(secrets.client, secrets.token))
    targets = list(targets_of(request, credentials, mistakes))
    effort = effort or Effort()
    found = search(texts, targets, mistakes, effort)
    if found is None and mistakes:
        found = _search_last(texts, request, credentials, mistakes)
    if found is None and effort.grow():
        found = search(texts, targets, mistakes, effort)
    return found if found is None else found._replace(ways=[*_with_callback(request, found.ways)])


def _with_callback(request: SentRequest, ways: Sequence[Mistakes]) -> Iterator[Mistakes]:
    """Yield ways, those that encode all parameters too often after those that do so with the callback alone.

    Both lead to the same text where nothing but the callback has a character that is escaped.
    """
    word = "encoded-three-times"
    if any(word in way for way in ways) and only_callback_is_escaped(request):
        yield from (tuple("callback-encoded" if one == word else one for one in way) for way in ways if word in way)
    yield from ways


def _search_last(texts: Texts, request: SentRequest, credentials: SigningCredentials, mistakes: int) -> Match | None:
    """Return a mistake that depends on the request's own names and values, alone or with a usual one in the key."""
    targets = [target for _, target in targets_of(request, credentials, 0) if target.reads_text]
    known = {text for text, *_ in _with_one_mistake(texts)}
    found = list(lone_mistakes(request))
    signed = [*zip(found, right_base_strings(one for _, one in found), strict=True)]
    for in_key in range(mistakes):
        for (mistake, _), text in signed:
            if text not in known:
                for chosen in chain.from_iterable(target.matches(text, in_key, 0) for target in targets):
                    return Match(1 + in_key, merged([(mistake,)], *(one.completed().ways for one in chosen)))
    return None


def _with_one_mistake(texts: Texts) -> Iterator[BaseString]:
    return chain.from_iterable(texts.of(1, rank) for rank in range(RAREST + 1))


def search(
    texts: Texts, targets: Sequence[tuple[Choice[None], Target]], mistakes: int, effort: Effort | None = None
) -> Match | None:
    """Return what leads to one of ``targets`` with the fewest mistakes.

    Args:
        texts: the base strings.
        targets: what the client may have made of one of them, each with the mistake that this is.
        mistakes: the maximum number of mistakes.
        effort: how much work is done; it learns whether that was too little. None for a quick search.

    Returns:
        The match, with every combination of so few mistakes that was tried. None if nothing leads there.
    """
    effort = effort or Effort()
    searched = _Search(texts, targets, effort.work)
    for number in range(mistakes + 1):
        ways = searched.ways(number)
        if ways:
            return Match(number, ways)
    effort.was_too_small = searched.ended_at_limit
    return None


class _Search:
    def __init__(self, texts: Texts, targets: Sequence[tuple[Choice[None], Target]], limit: int) -> None:
        self._texts, self._targets, self._limit = texts, targets, limit
        self._found: dict[int, list[tuple[Chosen, str]]] = {}
        length = max((len(one.text) for one in texts.of(0, 0)), default=0)
        self._work = min(_WORK_PER_OCTET * length, _QUICK_WORK // 2)

    @property
    def ended_at_limit(self) -> bool:
        """Whether combinations were left out because they would have been too much work."""
        return self._work > self._limit

    def ways(self, number: int) -> list[Mistakes]:
        """Return the combinations of so many mistakes that lead to a target, the likelier first."""
        for rank in range(rarest(number) + 1):
            for penalty, target in self._targets:
                if number >= penalty.number and rank >= penalty.rank:
                    self._try(penalty, target, number - penalty.number, rank - penalty.rank)
        found = [
            _with_secrets(merged(*(one.completed().ways for one in chosen)), encoder)
            for chosen, encoder in self._found.get(number, ())
        ]
        return list(dict.fromkeys(chain.from_iterable(found)))

    def _try(self, penalty: Choice[None], target: Target, number: int, rank: int) -> None:
        """Try the combinations of so many mistakes and this rank in base string and target."""
        for in_text, text_rank in _shares(number, rank) if target.reads_text else ((0, 0),):
            if number > 1 and self.ended_at_limit:
                return
            others = number - in_text, rank - text_rank
            tries = target.tries(*others)
            if not tries:
                continue
            for text, steps, making, encoders in self._texts.of(in_text, text_rank):
                if number > 1:
                    self._work += making + tries * (len(text) + _SIGNING)
                    if self.ended_at_limit:
                        return
                for chosen in target.matches(text, *others):
                    self._keep((penalty, *steps, *chosen))
                if encoders and isinstance(target, HmacTarget):
                    for encoder, respell in encoders:
                        for chosen in target.matches(text, *others, respell):
                            self._keep((penalty, *steps, *chosen), encoder)

    def _keep(self, chosen: Chosen, encoder: str = "") -> None:
        self._found.setdefault(sum([one.number for one in chosen]), []).append((chosen, encoder))


def _with_secrets(ways: list[Mistakes], encoder: str) -> list[Mistakes]:
    """Return the ways of a client whose secrets show its encoder too; all ways if they show none."""
    if not encoder:
        return ways
    shown = f"{encoder}:{IN_SECRETS}"
    return [tuple([shown if word == encoder else word for word in way]) for way in ways if encoder in way]


def _shares(number: int, rank: int) -> Iterator[tuple[int, int]]:
    """Yield how many of the mistakes may be in the base string, and with which rank."""
    for in_text in range(number + 1):
        for text_rank in range(min(rank, rarest(in_text)) + 1):
            yield in_text, text_rank
