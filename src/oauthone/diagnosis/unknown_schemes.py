"""The scheme of a request that does not tell it, such as an HTTP message: what was signed decides, or else a guess."""

from collections.abc import Callable, Sequence

from oauthone.diagnosis.mistake_search import Match
from oauthone.diagnosis.sent_request import SentRequest

_SCHEMES = ("https", "http")


def with_likely_scheme(
    request: SentRequest, explain: Callable[[SentRequest], Match | None], server_strings: Sequence[str]
) -> SentRequest:
    """Return a request with the scheme that its signature proves, or that the server's base string has.

    Args:
        request: the request. One whose scheme is known is returned as it is.
        explain: returns what leads to the signature of a request.
        server_strings: the base strings that the server made.
    """
    if request.scheme_source != "assumed":
        return request
    candidates = [request._replace(scheme=scheme) for scheme in _SCHEMES]
    numbers = [_number(explain(candidate)) for candidate in candidates]
    if numbers[0] != numbers[1]:
        return candidates[numbers[0] > numbers[1]]._replace(scheme_source="signature")
    for text in server_strings[:1]:
        for candidate in candidates:
            if text.partition("&")[2].lower().startswith(f"{candidate.scheme}%3a%2f%2f"):
                return candidate._replace(scheme_source="base string")
    return candidates[0]


def _number(match: Match | None) -> float:
    return float("inf") if match is None else match.number


def scheme_note(request: SentRequest) -> str | None:
    """Return in words which scheme was taken; None if the request tells it."""
    if request.scheme_source is None:
        return None
    return f"not known from a raw message: {request.scheme} {_HOW[request.scheme_source]}"


_HOW = {"assumed": "assumed", "signature": "is what was signed", "base string": "is in the server's base string"}
