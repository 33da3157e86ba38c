"""The search for the mistakes behind a signature: they are made on purpose until one leads to what the client sent."""

from collections.abc import Iterable, Sequence

from oauthone.diagnosis.base_strings import BaseString, base_strings
from oauthone.diagnosis.search_targets import Match, Target
from oauthone.diagnosis.sent_request import SentRequest
from oauthone.diagnosis.signature_targets import SigningCredentials, targets_of
from oauthone.diagnosis.signing_steps import merged


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
    for limit in range(mistakes + 1):  # most requests have one mistake or none, and two take far longer to find
        found: Match | None = None
        for penalty, target in targets_of(request, credentials, limit):
            left = limit - penalty.number
            candidates = base_strings(request, left if target.reads_text else 0, earlier)
            match = search(candidates, target, left, left) if left >= 0 else None
            if match is not None:
                ways = merged(penalty.ways, match.ways)
                found = Match(limit, [*(found.ways if found else ()), *ways])
        if found is not None:
            return found
    return None


def search(candidates: Iterable[BaseString], target: Target, mistakes: int, least: int = 0) -> Match | None:
    """Return what leads to ``target`` with the fewest mistakes.

    Args:
        candidates: base strings, the fewest mistakes first.
        target: what the client made of one of them.
        mistakes: the maximum number of mistakes.
        least: fewer than so many were searched for before.

    Returns:
        The match, with every combination of so few mistakes. None if nothing leads there.
    """
    best: Match | None = None
    for candidate in candidates:
        if best is not None and (candidate.number > best.number or not best.number):
            break
        for match in target.matches(candidate.text, mistakes - candidate.number, least - candidate.number):
            ways = merged(candidate.ways(), match.ways)
            count = candidate.number + match.number
            if best is None or count < best.number:
                best = Match(count, ways)
            elif count == best.number:
                best.ways.extend(way for way in ways if way not in best.ways)
    return best
