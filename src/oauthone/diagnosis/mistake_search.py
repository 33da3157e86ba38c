"""The search for the mistakes behind a signature: they are made on purpose until one leads to what the client sent."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, product
from typing import NamedTuple, Protocol

from oauthone.diagnosis.base_strings import BaseString, BaseStrings, right_base_strings
from oauthone.diagnosis.encoding_mistakes import ENCODERS
from oauthone.diagnosis.key_mistakes import with_encoder
from oauthone.diagnosis.likelihood import RAREST, rarest
from oauthone.diagnosis.lone_mistakes import lone_mistakes
from oauthone.diagnosis.search_targets import Chosen, Target
from oauthone.diagnosis.sent_request import SentRequest
from oauthone.diagnosis.signature_targets import SigningCredentials, targets_of
from oauthone.diagnosis.signing_steps import Choice, Mistakes, merged

#: So much work is done for combinations of mistakes, in nanoseconds that it takes on a usual machine. There are
#: thousands of combinations: the likely ones are tried.
_MAX_WORK = 5_000_000
#: So much less of it for each octet of the base string: single mistakes, which are all tried, cost that much more.
_WORK_PER_OCTET = 2_000
#: What it costs to sign a base string, however long it is.
_SIGNING = 2_500


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
) -> Match | None:
    """Return the mistakes that lead to the signature of a request.

    Args:
        request: the request.
        credentials: those that the client has, or should have, signed with.
        mistakes: how many may come together.
        earlier: requests that were redirected to this one, each with the mistake of a client that signed for it.

    Returns:
        The fewest mistakes that lead there; none of them if the signature is right. None if nothing leads there, or if
        the request has no signature or the credentials for it are not known.
    """
    if not request.signatures:
        return None
    texts = BaseStrings(request, earlier)
    found = search(texts, list(targets_of(request, credentials, mistakes)), mistakes)
    if found is not None or not mistakes:
        return found
    return _search_with_one_encoder(texts, request, credentials) or _search_last(texts, request, credentials, mistakes)


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


def _search_with_one_encoder(texts: Texts, request: SentRequest, credentials: SigningCredentials) -> Match | None:
    """Return the mistakes of a client that encodes its secrets as wrongly as its parameters."""
    if credentials.secrets is None:
        return None
    by_mistake: dict[str, list[str]] = {}
    for text, steps, _ in _with_one_mistake(texts):
        for (mistake,) in chain.from_iterable(step.completed().ways for step in steps if step.number):
            by_mistake.setdefault(mistake, []).append(text)
    for mistake, encoder in ENCODERS:
        secrets = with_encoder(credentials.secrets, encoder) if mistake in by_mistake else None
        if secrets is not None:
            targets = [target for _, target in targets_of(request, credentials._replace(secrets=secrets), 0)]
            for text, target in product(by_mistake[mistake], targets):
                if target.reads_text and any(True for _ in target.matches(text, 0, 0)):
                    return Match(2, [(mistake, "secrets-badly-encoded")])
    return None


def search(texts: Texts, targets: Sequence[tuple[Choice[None], Target]], mistakes: int) -> Match | None:
    """Return what leads to one of ``targets`` with the fewest mistakes.

    Args:
        texts: the base strings.
        targets: what the client may have made of one of them, each with the mistake that this is.
        mistakes: the maximum number of mistakes.

    Returns:
        The match, with every combination of so few mistakes that was tried. None if nothing leads there.
    """
    searched = _Search(texts, targets)
    for number in range(mistakes + 1):
        ways = searched.ways(number)
        if ways:
            return Match(number, ways)
    return None


class _Search:
    def __init__(self, texts: Texts, targets: Sequence[tuple[Choice[None], Target]]) -> None:
        self._texts, self._targets = texts, targets
        self._found: dict[int, list[Chosen]] = {}
        length = max((len(one.text) for one in texts.of(0, 0)), default=0)
        self._work = min(_WORK_PER_OCTET * length, _MAX_WORK // 2)

    def ways(self, number: int) -> list[Mistakes]:
        """Return the combinations of so many mistakes that lead to a target, the likelier first."""
        for rank in range(rarest(number) + 1):
            for penalty, target in self._targets:
                if number >= penalty.number and rank >= penalty.rank:
                    self._try(penalty, target, number - penalty.number, rank - penalty.rank)
        found = [[one.completed().ways for one in chosen] for chosen in self._found.get(number, ())]
        return list(dict.fromkeys(way for ways in found for way in merged(*ways)))

    def _try(self, penalty: Choice[None], target: Target, number: int, rank: int) -> None:
        """Try the combinations of so many mistakes and this rank in base string and target."""
        for in_text, text_rank in _shares(number, rank) if target.reads_text else ((0, 0),):
            if number > 1 and self._work > _MAX_WORK:
                return
            others = number - in_text, rank - text_rank
            tries = target.tries(*others)
            if not tries:
                continue
            for text, steps, making in self._texts.of(in_text, text_rank):
                if number > 1:
                    self._work += making + tries * (len(text) + _SIGNING)
                    if self._work > _MAX_WORK:
                        return
                for chosen in target.matches(text, *others):
                    all_chosen = (penalty, *steps, *chosen)
                    self._found.setdefault(sum([one.number for one in all_chosen]), []).append(all_chosen)


def _shares(number: int, rank: int) -> Iterator[tuple[int, int]]:
    """Yield how many of the mistakes may be in the base string, and with which rank."""
    for in_text in range(number + 1):
        for text_rank in range(min(rank, rarest(in_text)) + 1):
            yield in_text, text_rank
