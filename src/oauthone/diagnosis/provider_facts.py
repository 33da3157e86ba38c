"""The facts about a provider that a refused request contradicts.

A contradiction proves nothing: a provider may take more than is known about it. So it is advice, never a mistake.
"""

from collections.abc import Iterator, Sequence

from oauthone.diagnosis.case import Case
from oauthone.diagnosis.diagnosis import Diagnosis
from oauthone.diagnosis.provider_contradictions import Contradiction, Sent
from oauthone.diagnosis.provider_flow_checks import FLOW_CHECKS
from oauthone.diagnosis.provider_requests import endpoint_of
from oauthone.diagnosis.provider_signing_checks import SIGNING_CHECKS
from oauthone.diagnosis.refusals import is_success
from oauthone.providers._provider import Provider

#: A request that was refused with one of these was not refused for the way in which it is signed.
_BUSY = 429
_FAILED = 500


def with_facts(found: Diagnosis, case: Case, provider: Provider) -> Diagnosis:
    """Return a diagnosis whose advice names the facts that a refused request contradicts.

    Where the answer names a mistake, these are only the facts that it is about. Beside a mistake that the request
    proves, the others are said after it: each of them can be refused as well.
    """
    if not case.request.signatures or _is_about_something_else(case):
        return found
    told = list(contradictions(case, provider))
    about = [one for one in told if not set(one.words).isdisjoint(found.mistakes)]
    known = [one for one in told if not one.is_example]
    if found.verdict != "mistake":
        return found._replace(advice=_joined(_said(provider, known), found.advice))
    others = [] if _is_named(case) else [one for one in known if one not in about]
    return found._replace(advice=_joined(_said(provider, about), found.advice, _said(provider, others, "also ")))


def _is_named(case: Case) -> bool:
    """Return whether the answer names the mistake, and so the reason for the refusal."""
    return case.refusal is not None and case.refusal.mistake is not None


def _said(provider: Provider, told: Sequence[Contradiction], also: str = "") -> str:
    return f"{provider.name} {also}{'; it '.join(_with_source(provider, one) for one in told)}" if told else ""


def _joined(*advice: str) -> str:
    return "; ".join(one for one in advice if one)


def _is_about_something_else(case: Case) -> bool:
    """Return whether an answer is not about the way in which the request is signed."""
    status = case.answer.status or 0
    if case.refusal is not None and (case.refusal.mistake is not None or case.refusal.about_signature):
        return False
    return (case.refusal is None and is_success(case.answer)) or status == _BUSY or status >= _FAILED


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
