"""Mistakes that a request shows without its signature being computed."""

import json
import re
from collections import Counter

from oauthone.core.encoding import to_wire_string
from oauthone.core.signature import SIGNATURE_METHODS
from oauthone.diagnosis.body_hash import body_hash_mistake
from oauthone.diagnosis.case import Case
from oauthone.diagnosis.diagnosis import Diagnosis, mistake, right, unknown
from oauthone.diagnosis.header_faults import loose_header, unreadable_header
from oauthone.diagnosis.sent_request import SentRequest, decode
from oauthone.diagnosis.signature_targets import named_method

#: The advice where a form is not known.
PASS_BODY = (
    "give the body that was sent, too: paste the command of curl, or call diagnose() of oauthone.diagnosis with it"
)

#: A longer body is not read.
_LONGEST_JSON = 1 << 16

#: From here on a number counts milliseconds since 1970: as seconds it would be the year 5138.
_MILLISECONDS = 10**11
_BY_REQUEST = "the request itself shows it"
#: Wrong values that are signed as they are, so that the signature proves what else is wrong.
BESIDE_SIGNATURE = frozenset(("method-unknown", "timestamp-malformed", "timestamp-in-milliseconds"))


def unreadable(case: Case) -> Diagnosis | None:
    """A signed request whose Authorization header cannot be read."""
    fault = unreadable_header(case.request)
    return None if fault is None else mistake([(fault,)], _BY_REQUEST)


def loose(case: Case) -> Diagnosis | None:
    """A signed request that shows a fault which only some servers refuse."""
    fault = _secret_sent(case) or loose_header(case.request) or _json_as_form(case)
    return None if fault is None or case.answer.status is None else mistake([(fault,)], _BY_REQUEST)


def _secret_sent(case: Case) -> str | None:
    names = {one.name for one in case.request.parameters}
    sent = sorted(names.intersection(("oauth_token_secret", "oauth_consumer_secret")))
    return f"secret-sent:{' and '.join(sent)}" if sent else None


def _json_as_form(case: Case) -> str | None:
    body = case.request.body or b""
    if not case.request.has_form or not body.lstrip().startswith((b"{", b"[")) or len(body) > _LONGEST_JSON:
        return None
    try:
        json.loads(body)
    except (ValueError, RecursionError):
        return None
    return "json-declared-as-form"


def unsigned(case: Case) -> Diagnosis | None:
    """A request without a signature."""
    if case.request.signatures:
        return None
    if case.request.has_unknown_form:
        return unknown("Nobody has kept the form that was sent, in which the signature may be.", PASS_BODY)
    if case.earlier and any(other.signatures for _, other in case.earlier):
        return mistake([("signature-lost-in-redirect",)], "an earlier request was signed, and this one is not")
    names = {one.name for one in case.request.parameters}
    schemes = [scheme for scheme in case.answer.schemes if scheme != "oauth"]
    if schemes and "oauth" not in case.answer.schemes and not any(name.startswith("oauth_") for name in names):
        return right(
            f"The request is not signed, and the refusal is not about OAuth 1.0: the server asks for {schemes[0]!r}."
        )
    found = mistake([("unsigned",)], _BY_REQUEST)
    if (case.request.header("authorization") or "").lower().startswith("bearer "):
        more = "Its Authorization header has a Bearer token, which belongs to OAuth 2.0."
        return found._replace(explanation=f"{found.explanation} {more}")
    return found


def malformed(case: Case) -> Diagnosis | None:
    """A request that breaks the protocol visibly."""
    request = case.request
    names = [one.name for one in request.parameters if one.name.startswith("oauth_")]
    names += [one.name for one in request.signatures]
    places = request.placements()
    may_be_mixed = case.provider is not None and case.provider.mixed_placement
    if len(places) > 1 and not may_be_mixed:
        return mistake([(f"two-placements:{' and '.join(places)}",)], _BY_REQUEST)
    doubled = sorted(name for name, count in Counter(names).items() if count > 1)
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
        if wanted and not _is_sent_as(request, name, to_wire_string(wanted)):
            return mistake([(word,)], "the request and the credentials that were given differ")
    if given.token and not request.protocol("oauth_token"):
        return mistake([("token-missing",)], "a token was given, and the request has none")
    method = named_method(request)
    if request.body is not None and method is not None:
        wrong = body_hash_mistake(request.protocol("oauth_body_hash"), method.hash_name, request.body)
        if wrong is not None:
            return mistake([(wrong,)], "the digest of the body that was sent is another")
    return None


def _is_sent_as(request: SentRequest, name: str, value: str) -> bool:
    """Return whether a protocol parameter has a value or is missing. A plus sign that was not encoded counts as one."""
    sent = next((one for one in request.parameters if one.name == name), None)
    return sent is None or sent.value in ("", value) or decode(sent.raw[1]) == value


def _known(names: list[str]) -> str:
    """Return names of the protocol; what else a client sends is not quoted."""
    return " and ".join(name for name in names if re.fullmatch("oauth_[a-z_]{1,30}", name)) or "a parameter"
