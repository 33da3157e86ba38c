"""What the base string of the server proves about a request that is signed rightly."""

from oauthone.diagnosis.base_string_diff import first_difference, is_of_another_attempt, other_uris
from oauthone.diagnosis.case import Case
from oauthone.diagnosis.diagnosis import Diagnosis, mistake, sentence, unknown
from oauthone.diagnosis.mistake import Party

_PROOF = "the server's base string shows it"


def other_base_string(case: Case) -> Diagnosis | None:
    """A base string of the server that is not the one of this request."""
    if not case.server_strings or case.request.has_unknown_form or (case.can_sign and case.match is None):
        return None  # a signature that nothing explains may belong to another request than the one that was given
    theirs, ours = case.server_strings[0], case.right_base_string
    if theirs == ours:
        return None
    if is_of_another_attempt(theirs, ours):
        return unknown(
            "The server's base string belongs to another attempt, which had another nonce or timestamp.",
            "take request and base string from the same attempt: each attempt has a nonce of its own",
        )
    found = mistake([("other-request-received",)], _PROOF)
    if case.server_match is not None:
        found = mistake(case.server_match.ways, _PROOF, subject="the server", party=Party.SERVER)
    uris = other_uris(theirs, ours)
    if uris is not None:
        return _of_another_url(found, *uris, is_all=_with_uri_of(theirs, ours) == ours)
    if case.server_match is not None:
        return found
    difference = sentence(str(first_difference(theirs, ours)))
    if _has_more(theirs, ours):
        more = "The request does not have it: the server adds it, as by a rewrite rule, or something on the way does."
        advice = "sign what the server receives, or tell the server to verify the request as it arrived"
        return found._replace(explanation=f"{difference} {more}", advice=advice, party=str(Party.SERVER))
    return found._replace(explanation=f"{difference} {found.explanation}")


def _has_more(theirs: str, ours: str) -> bool:
    """Return whether a base string has all parameters of another one, and one with a further name."""
    pairs, known = (text.rpartition("&")[2].split("%26") for text in (theirs, ours))
    names = {pair.partition("%3D")[0] for pair in pairs} - {pair.partition("%3D")[0] for pair in known}
    return bool(names) and set(known) <= set(pairs)


def _with_uri_of(one: str, other: str) -> str:
    """Return a base string with the URI of another one."""
    method, _, parameters = one.split("&")
    return "&".join([method, other.split("&")[1], parameters])


def _of_another_url(found: Diagnosis, theirs: str, ours: str, *, is_all: bool) -> Diagnosis:
    """Return a diagnosis that tells what may be behind another URL, and what decides.

    Args:
        found: the diagnosis that names the mistake.
        theirs: the URL that the server computed, in quotes.
        ours: the URL of the request, in quotes.
        is_all: whether the base strings differ in nothing else.
    """
    said = (
        f"The client signed the URL {ours}, and the server computed {theirs}. Either the server does not know its "
        "public URL, or something on the way, such as a redirect, changed the request."
    )
    advice = (
        "see whether other clients are refused at this URL too: if they are, tell the server its public URL, because "
        "behind a proxy it sees another one; if not, find the redirect, proxy or library that changes the request, or "
        "send it to the URL that the server computed"
    )
    explanation = said if is_all else f"{found.explanation} {said}"
    return found._replace(explanation=explanation, advice=advice, party=str(Party.SERVER))
