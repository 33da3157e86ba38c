"""What a request that works proves about one that was refused."""

from collections.abc import Iterator

from oauthone.diagnosis.case import Case
from oauthone.diagnosis.diagnosis import Diagnosis, mistake, unknown
from oauthone.diagnosis.mistake import Party
from oauthone.diagnosis.mistakes import described
from oauthone.diagnosis.sent_request import SentRequest

_PROOF = "the request that works shows it"


def compared(case: Case) -> Diagnosis | None:
    """A request that was refused though it is signed rightly, while another one works."""
    working = case.working
    if working is None or not case.can_sign:
        return None
    match = case.explain(working)
    if match is not None and match.number and (case.match is None or not case.match.number):
        return mistake(match.ways, _PROOF, subject="the client whose request works", party=Party.CREDENTIALS)
    if case.match is None or case.match.number:
        return None
    found = list(differences(case.request, working))
    if len(found) == 1:
        return mistake([(found[0],)], _PROOF)
    if not found:
        return None
    listed = ", and ".join(described(word) for word in found)
    signed = "This request is signed rightly." if match is None else "Both requests are signed rightly."
    return unknown(
        f"{signed} Compared with the one that works, the client {listed}.",
        "change one of these after the other until the request is taken",
    )


def differences(request: SentRequest, working: SentRequest) -> Iterator[str]:
    """Yield the mistakes of a request, if all that another one does is right."""
    if working.signatures:  # a collection of Postman has requests without what it adds when it sends them
        yield from _differences_of_signing(request, working)
    if request.scheme != working.scheme and request.scheme_source is None and working.scheme_source is None:
        yield f"other-scheme:{request.scheme}"
    if request.authority.lower() != working.authority.lower():
        yield "other-host"


def _differences_of_signing(request: SentRequest, working: SentRequest) -> Iterator[str]:
    method = "oauth_signature_method"
    if request.protocol(method) != working.protocol(method):
        yield "method-refused"
    places = request.placements()
    if places != working.placements() and places:
        yield f"placement-refused:{places[0]}"
    if request.realm != working.realm:
        yield "realm-missing" if request.realm is None else "realm-refused" if working.realm is None else "other-realm"
    for name in ("oauth_token", "oauth_version", "oauth_body_hash", "oauth_callback", "oauth_verifier"):
        ours, theirs = request.protocol(name), working.protocol(name)
        if (ours is None) != (theirs is None):
            yield f"parameter-missing:{name}" if ours is None else f"parameter-unwanted:{name}"
    for name, word in (("oauth_consumer_key", "other-client-id"), ("oauth_token", "other-token")):
        if request.protocol(name) and working.protocol(name) and request.protocol(name) != working.protocol(name):
            yield word
