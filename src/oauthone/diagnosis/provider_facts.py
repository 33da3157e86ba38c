"""The facts about a provider that a refused request contradicts.

A contradiction proves nothing: a provider may take more than is known about it. So it is advice, never a mistake.
"""

from collections.abc import Iterator

from oauthone.diagnosis.case import Case
from oauthone.diagnosis.diagnosis import Diagnosis
from oauthone.diagnosis.provider_contradictions import Contradiction, Sent
from oauthone.diagnosis.provider_flow_checks import FLOW_CHECKS
from oauthone.diagnosis.provider_requests import endpoint_of
from oauthone.diagnosis.provider_signing_checks import SIGNING_CHECKS
from oauthone.providers._provider import Provider

#: A request that was refused with one of these was not refused for the way in which it is signed.
_BUSY = 429
_FAILED = 500


def with_facts(found: Diagnosis, case: Case, provider: Provider) -> Diagnosis:
    """Return a diagnosis whose advice names the facts that a refused request contradicts.

    Where a mistake is proven, these are only the facts that it is about.
    """
    if not case.request.signatures or _is_about_something_else(case):
        return found
    told = list(contradictions(case, provider))
    if found.verdict == "mistake":
        told = [one for one in told if not set(one.words).isdisjoint(found.mistakes)]
    if not told:
        return found
    said = "; it ".join(_with_source(provider, one) for one in told)
    return found._replace(advice="; ".join([f"{provider.name} {said}", *([found.advice] if found.advice else [])]))


def _is_about_something_else(case: Case) -> bool:
    """Return whether an answer is not about the way in which the request is signed."""
    status = case.answer.status or 0
    was_taken = 200 <= status < 300 and case.refusal is None
    return was_taken or status == _BUSY or status >= _FAILED


def _with_source(provider: Provider, one: Contradiction) -> str:
    source = provider.source_of(one.fact)
    found_in = () if source is None else source.found_in
    pages = [text.partition(" ")[0] for text in found_in if text.startswith(("https://", "http://"))]
    seen = next(iter([*pages, *found_in]), None)
    if source is None or seen is None:
        return f"{one.said} (see {provider.docs or provider.homepage})"
    return f"{one.said} ({'source' if source.level == 'verified' else 'only source'}: {seen})"


def contradictions(case: Case, provider: Provider) -> Iterator[Contradiction]:
    """Yield what a request contradicts of the facts about its provider."""
    at = endpoint_of(provider, case.request)
    sent = Sent(case, case.request, provider, *(at or ("api_base", None)))
    for check in (*SIGNING_CHECKS, *FLOW_CHECKS):
        yield from check(sent)
