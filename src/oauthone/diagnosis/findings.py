"""What the evidence about a request proves: a function for each kind of proof, which returns a diagnosis or None."""

from collections.abc import Callable

from oauthone.diagnosis.case import Case
from oauthone.diagnosis.clocks import clock, outside
from oauthone.diagnosis.diagnosis import Diagnosis, mistake, right, together, unknown
from oauthone.diagnosis.refusals import is_success
from oauthone.diagnosis.right_requests import nothing_known, refusal_is_elsewhere, something_else, unescaped
from oauthone.diagnosis.server_strings import other_base_string
from oauthone.diagnosis.visible_mistakes import BESIDE_SIGNATURE, PASS_BODY, loose, malformed, unreadable, unsigned
from oauthone.diagnosis.working_request import compared

#: The advice where not all pairs of mistakes were tried.
_SEARCH_LONGER = "or search longer for two mistakes: pass thorough=True (in the command: oauthone explain --last)"


def taken(case: Case) -> Diagnosis | None:
    """A request that the server did not refuse."""
    if is_success(case.answer) and case.refusal is None:
        return right(f"The server accepted this request: it answered {case.answer.status}.")
    return None


def signed_wrongly(case: Case) -> Diagnosis | None:
    """A signature that mistakes lead to. What else the answer may be about is said beside them, never instead."""
    match = case.match
    if match is None or not match.number:
        return None
    if match.ways[0] == ("another-rsa-key",):
        found = mistake(match.ways, "the RSA key that was given does not open the signature that was sent")
    else:
        both = "this mistake" if match.number == 1 else "both mistakes"
        found = mistake(match.ways, f"the signature that was sent is exactly the one of a client that makes {both}")
    return _with_words(found if (header := loose(case)) is None else together(found, header), case)


def broken(case: Case) -> Diagnosis | None:
    """A request that breaks the protocol visibly, and what its signature proves beside a wrong value."""
    found = malformed(case)
    if found is None or not BESIDE_SIGNATURE.issuperset(found.mistakes):
        return found
    signed = signed_wrongly(case)
    return found if signed is None else together(found, signed)


def _with_words(found: Diagnosis, case: Case) -> Diagnosis:
    """Return a proven diagnosis with what the answer says beside it.

    A problem word names another mistake. Looser words do not: servers also use them for a wrong signature.
    """
    refusal = case.refusal
    if refusal is not None and refusal.mistake is not None:
        if refusal.is_exact and refusal.mistake.partition(":")[0] not in found.mistakes:
            return together(found, refused(case, refusal.mistake, refusal.quoted))
        return found._replace(explanation=f"{found.explanation} The answer says {refusal.quoted!r}.")
    if refusal_is_elsewhere(case):
        more = f"The answer, whose status is {case.answer.status}, may be about something else as well."
        return found._replace(explanation=f"{found.explanation} {more}")
    return found


def refused_by_words(case: Case) -> Diagnosis | None:
    """A refusal that says what it is about."""
    refusal = case.refusal
    return None if refusal is None or refusal.mistake is None else refused(case, refusal.mistake, refusal.quoted)


def refused(case: Case, named: str, quoted: str) -> Diagnosis:
    """Return what a refusal says that names a mistake."""
    found = _lost(case, named)
    was_sent = found == named or found.startswith("parameter-lost:")
    proof = f"the server says so: {quoted!r}"
    said = mistake([(found,)], proof if was_sent else f"the server says {quoted!r}, and the request has none")
    off = outside(case) or clock(case, window=0) if named == "timestamp-refused" else None
    return off or said


#: The parameters whose value a server refuses. One that was not sent is missing instead.
_REFUSED = {
    "callback-refused": "oauth_callback",
    "verifier-refused": "oauth_verifier",
    "version-refused": "oauth_version",
    "nonce-used": "oauth_nonce",
    "timestamp-refused": "oauth_timestamp",
    "other-body-hashed": "oauth_body_hash",
}


def _lost(case: Case, named: str) -> str:
    """Return a mistake that a refusal names; another one if the request shows that it is not quite this one."""
    word, _, detail = named.partition(":")
    is_first_leg = case.request.protocol("oauth_callback") is not None
    if word.startswith("token-") and not case.request.protocol("oauth_token") and not is_first_leg:
        return "token-missing"
    refused_name = _REFUSED.get(word)
    if refused_name is not None and case.request.protocol(refused_name) is None:
        return f"parameter-missing:{refused_name}"
    were_sent = all(case.request.protocol(name) is not None for name in detail.split(" and "))
    return f"parameter-lost:{detail}" if word == "parameter-missing" and were_sent else named


def other_key_for_the_same_text(case: Case) -> Diagnosis | None:
    """A signature that nothing explains but the server's own base string."""
    if not case.server_strings or case.match is not None:
        return None
    match = case.explain_by(case.server_strings[0])
    if match is None:
        return None
    proof = "the signature that was sent is the one of the server's base string"
    return mistake(match.ways if match.number else [("other-secrets",)], proof)


def other_key(case: Case) -> Diagnosis | None:
    """A server that signs the same base string with another key."""
    for signature in case.expected:
        match = case.explain_signature(signature)
        if match is not None and match.number:
            return mistake(match.ways, "the signature that the server expected shows it", subject="the server")
    if case.server_strings and case.server_strings[0] == case.right_base_string and case.match is not None:
        return mistake([("other-secrets",)], "the server's base string is the one that was signed")
    return None


def unexplained(case: Case) -> Diagnosis | None:
    """A signature that no known mistake leads to, or none that was looked for."""
    found = _unexplained(case)
    if found is None or not case.may_search_longer:
        return found
    return found._replace(advice=f"{found.advice}; {_SEARCH_LONGER}")


def _unexplained(case: Case) -> Diagnosis | None:
    is_same_text = bool(case.server_strings) and case.server_strings[0] == case.right_base_string
    if not case.can_sign and is_same_text:
        return unknown(
            "The base string of the server is the one of this request: so the secrets differ, or the client signed "
            "another text.",
            "pass the secrets, which tell the two apart",
        )
    if not case.can_sign:
        return unknown(
            "Without the secrets or the key nobody can tell whether the signature is right.",
            "pass the client secret and the token secret, or the RSA key",
        )
    if case.match is not None:
        return None
    if case.request.has_unknown_form:
        return unknown("Nobody has kept the form that was sent, which the signature covers.", PASS_BODY)
    return _of_no_known_mistake(case, is_same_text=is_same_text)


def _of_no_known_mistake(case: Case, *, is_same_text: bool) -> Diagnosis:
    """Return what can be said about a signature that no known mistake leads to."""
    if case.request.protocol("oauth_signature_method") == "PLAINTEXT":
        return unknown(
            "With PLAINTEXT the signature is the two secrets. The one that was sent is not made of these, and no known "
            "mistake explains it.",
            "check that the client has these secrets, copied whole, and that it encodes each and puts '&' between them",
        )
    if is_same_text:
        return unknown(
            "The server's base string is the right one, but the signature is not the one of these credentials: the "
            "client signed with other secrets, or it signed another text.",
            "check that the client has these secrets, copied whole, and that it signs what it sends",
        )
    return unknown(
        "The signature is not the one that these credentials lead to, and no known mistake explains it: either the "
        f"client signed with other secrets, or it made another mistake.{_both_schemes(case)}",
        "compare the base string of the client with that of the server, and check that the secrets were copied whole",
    )


def _both_schemes(case: Case) -> str:
    """Return that a guess at the scheme hides nothing."""
    return "" if case.request.scheme_source is None else " Both http and https were tried."


#: In the order in which they are tried: the better proof first.
FINDINGS: tuple[Callable[[Case], Diagnosis | None], ...] = (
    taken,
    unreadable,
    unsigned,
    broken,
    signed_wrongly,
    refused_by_words,
    other_key,
    other_key_for_the_same_text,
    other_base_string,
    compared,
    loose,
    unexplained,
    clock,
    something_else,
    unescaped,
    nothing_known,
)
