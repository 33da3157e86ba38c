"""What the evidence about a request proves: a function for each kind of proof, which returns a diagnosis or None."""

import re
from collections.abc import Callable

from oauthone.core.encoding import to_wire_string
from oauthone.core.signature import SIGNATURE_METHODS
from oauthone.diagnosis.base_string_diff import first_difference
from oauthone.diagnosis.body_hash import body_hash_mistake
from oauthone.diagnosis.case import Case
from oauthone.diagnosis.diagnosis import Diagnosis, mistake, right, sentence, unknown
from oauthone.diagnosis.mistake import Party
from oauthone.diagnosis.refusals import is_about_something_else
from oauthone.diagnosis.signature_targets import named_method
from oauthone.diagnosis.signing_steps import Mistakes
from oauthone.diagnosis.working_request import compared

#: Servers usually accept timestamps that differ from their clock by five minutes.
_WINDOW = 300
#: From here on a number counts milliseconds since 1970: as seconds it would be the year 5138.
_MILLISECONDS = 10**11
_BY_REQUEST = "the request itself shows it"
_NETWORK = {
    "other-scheme-signed",
    "port-left-out",
    "host-header-ignored",
    "trailing-slash-added",
    "trailing-slash-left-out",
}


def taken(case: Case) -> Diagnosis | None:
    """A request that the server did not refuse."""
    if case.answer.status is not None and 200 <= case.answer.status < 300 and case.refusal is None:
        return right(f"The server accepted this request: it answered {case.answer.status}.")
    return None


def unsigned(case: Case) -> Diagnosis | None:
    """A request without a signature."""
    if case.request.signatures:
        return None
    if case.earlier and any(other.signatures for _, other in case.earlier):
        return mistake([("signature-lost-in-redirect",)], "an earlier request was signed, and this one is not")
    names = {one.name for one in case.request.parameters}
    schemes = [scheme for scheme in case.answer.schemes if scheme != "oauth"]
    if schemes and "oauth" not in case.answer.schemes and not any(name.startswith("oauth_") for name in names):
        return right(
            f"The request is not signed, and the refusal is not about OAuth 1.0: the server asks for {schemes[0]!r}."
        )
    return mistake([("unsigned",)], _BY_REQUEST)


def malformed(case: Case) -> Diagnosis | None:
    """A request that breaks the protocol visibly."""
    request = case.request
    names = [one.name for one in request.parameters if one.name.startswith("oauth_")]
    names += [one.name for one in request.signatures]
    places = request.placements()
    if len(places) > 1:
        return mistake([(f"two-placements:{' and '.join(places)}",)], _BY_REQUEST)
    doubled = sorted({name for name in names if names.count(name) > 1})
    if doubled:
        return mistake([(f"parameter-twice:{_known(doubled)}",)], _BY_REQUEST)
    needed = ["oauth_consumer_key", "oauth_signature_method"]
    if request.protocol("oauth_signature_method") != "PLAINTEXT":
        needed += ["oauth_timestamp", "oauth_nonce"]
    missing = [name for name in needed if not request.protocol(name)]
    if missing:
        return mistake([(f"parameter-missing:{' and '.join(missing)}",)], _BY_REQUEST)
    return _wrong_values(case)


def _wrong_values(case: Case) -> Diagnosis | None:
    request, given = case.request, case.given
    if request.protocol("oauth_signature_method") not in SIGNATURE_METHODS and named_method(request) is not None:
        return mistake([("method-unknown",)], _BY_REQUEST)
    timestamp = request.protocol("oauth_timestamp") or "0"
    if not re.fullmatch("[0-9]+", timestamp):
        return mistake([("timestamp-malformed",)], _BY_REQUEST)
    if int(timestamp[:20]) >= _MILLISECONDS:
        return mistake([("timestamp-in-milliseconds",)], _BY_REQUEST)
    for name, wanted, word in (
        ("oauth_consumer_key", given.client_id, "other-client-id"),
        ("oauth_token", given.token, "other-token"),
    ):
        if wanted and request.protocol(name) and request.protocol(name) != to_wire_string(wanted):
            return mistake([(word,)], "the request and the credentials that were given differ")
    if given.token and not request.protocol("oauth_token"):
        return mistake([("token-missing",)], "a token was given, and the request has none")
    method = named_method(request)
    if request.body is not None and method is not None:
        wrong = body_hash_mistake(request.protocol("oauth_body_hash"), method.hash_name, request.body)
        if wrong is not None:
            return mistake([(wrong,)], "the digest of the body that was sent is another")
    return None


def _known(names: list[str]) -> str:
    """Return names of the protocol; what else a client sends is not quoted."""
    return " and ".join(name for name in names if re.fullmatch("oauth_[a-z_]{1,30}", name)) or "a parameter"


def signed_wrongly(case: Case) -> Diagnosis | None:
    """A signature that mistakes lead to."""
    match = case.match
    if match is None or not match.number or is_about_something_else(case.answer):
        return None
    proof = (
        "the signature that was sent is exactly the one of a client that makes this mistake"
        if match.number == 1
        else "the signature that was sent is exactly the one of a client that makes both mistakes"
    )
    return mistake(match.ways, proof)


def refused_by_words(case: Case) -> Diagnosis | None:
    """A refusal that says what it is about."""
    refusal = case.refusal
    if refusal is None or refusal.mistake is None:
        return None
    if refusal.mistake == "timestamp-refused":
        return clock(case, window=0) or mistake([("timestamp-refused",)], f"the server says so: {refusal.quoted!r}")
    return mistake([(refusal.mistake,)], f"the server says so: {refusal.quoted!r}")


def clock(case: Case, window: int = _WINDOW) -> Diagnosis | None:
    """A timestamp that differs from the server's clock."""
    timestamp = case.request.protocol("oauth_timestamp") or ""
    date = case.answer.date
    if date is None or not timestamp.isdecimal() or (case.refusal is not None and case.refusal.about_signature):
        return None
    seconds = int(timestamp) - round(date)
    if abs(seconds) <= max(window, 5) or case.answer.status not in (400, 401, 403):
        return None
    off = f"{_duration(abs(seconds))} {'ahead' if seconds > 0 else 'behind'}"
    return mistake([(f"clock-off:{off}",)], "the Date header of the answer tells the server's clock")


def _duration(seconds: int) -> str:
    for size, unit in ((86400, "days"), (3600, "hours"), (60, "minutes")):
        if seconds >= 2 * size:
            return f"{seconds // size} {unit}"
    return f"{seconds} seconds"


def other_key_for_the_same_text(case: Case) -> Diagnosis | None:
    """A signature that nothing explains but the server's own base string."""
    if not case.server_strings or case.match is not None:
        return None
    match = case.explain_by(case.server_strings[0])
    if match is None:
        return None
    proof = "the signature that was sent is the one of the server's base string"
    return mistake(match.ways if match.number else [("other-secrets",)], proof)


def other_base_string(case: Case) -> Diagnosis | None:
    """A base string of the server that is not the one of this request."""
    if not case.server_strings or (case.can_sign and case.match is None):
        return None  # a signature that nothing explains may belong to another request than the one that was given
    theirs = case.server_strings[0]
    if theirs == case.right_base_string:
        return None
    match = case.server_match
    if match is not None:
        party = Party.NETWORK if _words(match.ways[0]) <= _NETWORK else Party.SERVER
        return mistake(match.ways, "the server's base string shows it", subject="the server", party=party)
    difference = first_difference(theirs, case.right_base_string)
    found = mistake([("other-request-received",)], "the server's base string shows it")
    return found._replace(explanation=f"{sentence(str(difference))} {found.explanation}")


def _words(way: Mistakes) -> set[str]:
    return {word.partition(":")[0] for word in way}


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
    """A signature that no known mistake leads to."""
    if not case.can_sign:
        return unknown(
            "Without the secrets or the key nobody can tell whether the signature is right.",
            "pass client_secret and token_secret, or rsa_key",
        )
    if case.match is not None:
        return None
    return unknown(
        "The signature is not the one that these credentials lead to, and no known mistake explains it: either the "
        "client signed with other secrets, or it made another mistake.",
        "compare the base string of the client with that of the server, and check that the secrets were copied whole",
    )


def something_else(case: Case) -> Diagnosis | None:
    """A refusal of a right request that is about something other than its signature."""
    others = [scheme for scheme in case.answer.schemes if scheme != "oauth"]
    if others and "oauth" not in case.answer.schemes and case.refusal is None:
        return right(
            f"The signature is right for the credentials that were given, and the refusal is not about OAuth 1.0: the "
            f"server asks for {others[0]!r}."
        )
    if is_about_something_else(case.answer):
        return right(
            "The signature is right for the credentials that were given, and the refusal is about something else: "
            f"read the answer, whose status is {case.answer.status}."
        )
    return None


def nothing_known(case: Case) -> Diagnosis:
    """A right request that was refused without a reason."""
    return unknown(
        "The signature is right for the credentials that were given, and the answer does not tell why it was refused.",
        "ask for the server's base string, or compare with a request that works; check that client secret and token "
        "secret were copied whole, and belong to this client and token",
    )


#: In the order in which they are tried: the better proof first.
FINDINGS: tuple[Callable[[Case], Diagnosis | None], ...] = (
    taken,
    unsigned,
    malformed,
    refused_by_words,
    signed_wrongly,
    other_key,
    other_key_for_the_same_text,
    other_base_string,
    compared,
    unexplained,
    clock,
    something_else,
    nothing_known,
)
