"""What can be said about a request that is signed rightly, and was refused nonetheless."""

from collections.abc import Iterator

from oauthone.diagnosis.case import Case, Given
from oauthone.diagnosis.clocks import WINDOW, duration
from oauthone.diagnosis.diagnosis import Diagnosis, mistake, right, unknown
from oauthone.diagnosis.quoted_sentences import own_sentence
from oauthone.diagnosis.refusals import is_about_permission, is_about_something_else

_RIGHT = "The signature is right for the credentials that were given"
#: The statuses with which a server may also answer to a request whose credentials it did not look at.
_UNAUTHENTICATED = 401


def something_else(case: Case) -> Diagnosis | None:
    """A refusal of a right request that is about something other than its signature."""
    others = [scheme for scheme in case.answer.schemes if scheme != "oauth"]
    if others and "oauth" not in case.answer.schemes and case.refusal is None:
        return right(f"{_RIGHT}, and the refusal is not about OAuth 1.0: the server asks for {others[0]!r}.")
    if not refusal_is_elsewhere(case):
        return None
    said = own_sentence(case.answer)
    shown = "" if said is None else f", says {said!r}"
    if not is_about_permission(case.answer):
        read = f"read the answer, whose status is {case.answer.status}"
        what = read if said is None else f"the answer, whose status is {case.answer.status}{shown}"
        return right(f"{_RIGHT}, and the refusal is about something else: {what}.")
    where = f"the answer, whose status is {case.answer.status}{shown}"
    unread = " A server that did not read the credentials may answer so too."
    return right(
        f"{_RIGHT}, and the refusal is about a permission or a limit: {where}."
        f"{unread if case.answer.status == _UNAUTHENTICATED else ''}"
    )


def refusal_is_elsewhere(case: Case) -> bool:
    """Return whether an answer is about something other than OAuth: whatever its status, not if its words name that."""
    refusal = case.refusal
    names_it = refusal is not None and (refusal.mistake is not None or refusal.about_signature)
    return not names_it and is_about_something_else(case.answer)


def unescaped(case: Case) -> Diagnosis | None:
    """A right signature with a plus sign that some servers read as a space."""
    sent = case.request.signatures[0]
    if case.answer.status != 401 or "+" not in sent.raw[1]:
        return None
    return mistake([("signature-not-encoded",)], "the request itself shows it")


def nothing_known(case: Case) -> Diagnosis:
    """A right request that was refused without a reason."""
    timestamp = case.request.timestamp
    seconds = 0 if timestamp is None else timestamp - round(case.now)
    where = f"{duration(abs(seconds))} {'ahead of' if seconds > 0 else 'behind'} this machine's clock"
    late = f" Its timestamp is {where}." if abs(seconds) > WINDOW else ""
    ask = "ask for the server's base string, or "
    has_text = case.request.protocol("oauth_signature_method") != "PLAINTEXT"
    advice = (
        *_odd_secrets(case.given),
        f"{ask if has_text else ''}compare with a request that works",
        "check that client secret and token secret were copied whole, and belong to this client and token",
    )
    return unknown(
        f"{_RIGHT}{_reason(case)}{_general_words(case)}{late if case.answer.date is None else ''}", "; ".join(advice)
    )


def _reason(case: Case) -> str:
    """Return what the answer says, as the rest of a sentence."""
    if case.refusal is not None and case.refusal.about_signature:
        quoted = case.refusal.quoted
        return f", and the server says {quoted!r}: so a secret differs, or the server signs another request."
    said = own_sentence(case.answer)
    if said is None:
        return ", and the answer does not tell why it was refused."
    return f". The answer says {said!r}."


def _odd_secrets(given: Given) -> Iterator[str]:
    """Yield what is odd about the secrets that were given. The client signs with it, so the signature is right."""
    for name, secret in (("client", given.client_secret), ("token", given.token_secret)):
        if secret and secret != secret.strip():
            yield f"the {name} secret that was given begins or ends with a space or a line break: remove it"
        elif secret and len(secret) > 1 and secret[0] == secret[-1] and secret[0] in "'\"":
            yield f"the {name} secret that was given stands in quotes: remove them"


def _general_words(case: Case) -> str:
    """Return that the words of the answer stand for more than one mistake at this provider; nothing for other words."""
    refusal = case.refusal
    if case.provider is None or refusal is None or refusal.about_signature:
        return ""
    shown = repr(refusal.quoted) if refusal.quoted else "so"
    return f" {case.provider.name} answers {shown} to more than one mistake."
