"""What the evidence about a request proves: a function for each kind of proof, which returns a diagnosis or None."""

from collections.abc import Callable

from oauthone.diagnosis.case import Case
from oauthone.diagnosis.clocks import WINDOW, clock, duration, outside
from oauthone.diagnosis.diagnosis import Diagnosis, mistake, right, together, unknown
from oauthone.diagnosis.refusals import is_about_something_else, is_success
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
    if _is_about_something_else(case):
        more = f"The answer, whose status is {case.answer.status}, may be about something else as well."
        return found._replace(explanation=f"{found.explanation} {more}")
    return found


def _is_about_something_else(case: Case) -> bool:
    """Return whether an answer is about something other than OAuth: whatever its status, not if its words name that."""
    refusal = case.refusal
    names_it = refusal is not None and (refusal.mistake is not None or refusal.about_signature)
    return not names_it and is_about_something_else(case.answer)


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


def something_else(case: Case) -> Diagnosis | None:
    """A refusal of a right request that is about something other than its signature."""
    others = [scheme for scheme in case.answer.schemes if scheme != "oauth"]
    if others and "oauth" not in case.answer.schemes and case.refusal is None:
        return right(
            f"The signature is right for the credentials that were given, and the refusal is not about OAuth 1.0: the "
            f"server asks for {others[0]!r}."
        )
    if _is_about_something_else(case):
        return right(
            "The signature is right for the credentials that were given, and the refusal is about something else: "
            f"read the answer, whose status is {case.answer.status}."
        )
    return None


def unescaped(case: Case) -> Diagnosis | None:
    """A right signature with a plus sign that some servers read as a space."""
    sent = case.request.signatures[0]
    if case.answer.status != 401 or "+" not in sent.raw[1]:
        return None
    return mistake([("signature-not-encoded",)], "the request itself shows it")


def nothing_known(case: Case) -> Diagnosis:
    """A right request that was refused without a reason."""
    timestamp = case.request.protocol("oauth_timestamp") or ""
    seconds = int(timestamp) - round(case.now) if timestamp.isdecimal() else 0
    where = f"{duration(abs(seconds))} {'ahead of' if seconds > 0 else 'behind'} this machine's clock"
    late = f" Its timestamp is {where}." if abs(seconds) > WINDOW else ""
    return unknown(
        "The signature is right for the credentials that were given, and the answer does not tell why it was refused."
        f"{_general_words(case)}{late if case.answer.date is None else ''}",
        "ask for the server's base string, or compare with a request that works; check that client secret and token "
        "secret were copied whole, and belong to this client and token",
    )


def _general_words(case: Case) -> str:
    """Return that the words of the answer stand for more than one mistake at this provider; nothing for other words."""
    refusal = case.refusal
    if case.provider is None or refusal is None or refusal.about_signature:
        return ""
    shown = repr(refusal.quoted) if refusal.quoted else "so"
    return f" {case.provider.name} answers {shown} to more than one mistake."


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
