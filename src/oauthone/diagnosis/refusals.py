"""The words with which servers refuse a request, and what they say about it."""

import re
from typing import NamedTuple

from oauthone.diagnosis.answer import Answer
from oauthone.diagnosis.refusal_sentences import SIGNATURE, names_oauth, sentences


class Refusal(NamedTuple):
    """What the words of an answer say.

    Attributes:
        mistake: the mistake that they name, as in `oauthone.diagnosis.mistakes`; None if they say only that the
            signature is wrong, or that the refusal is about something other than OAuth.
        about_signature: whether they are about the signature.
        quoted: the words.
        is_exact: whether they are a word of the Problem Reporting extension, which has one meaning.
    """

    mistake: str | None
    about_signature: bool
    quoted: str
    is_exact: bool = False


#: Words of the Problem Reporting extension.
PROBLEMS = {
    "additional_authorization_required": "permission-missing",
    "body_hash_invalid": "other-body-hashed",
    "consumer_key_refused": "client-refused",
    "consumer_key_rejected": "client-refused",
    "consumer_key_unknown": "client-unknown",
    "nonce_used": "nonce-used",
    "parameter_absent": "parameter-missing",
    "parameter_rejected": "parameter-refused",
    "permission_denied": "permission-missing",
    "permission_unknown": "not-yet-authorized",
    "signature_invalid": SIGNATURE,
    "signature_method_rejected": "method-refused",
    "timestamp_refused": "timestamp-refused",
    "token_expired": "token-expired",
    "token_rejected": "token-refused",
    "token_revoked": "token-revoked",
    "token_used": "token-used",
    "user_refused": "user-refused",
    "verifier_invalid": "verifier-refused",
    "version_rejected": "version-refused",
}

#: The reason beside the problem in the explaining answer of this library's server. An unknown client and an unknown
#: token have the problem of a wrong signature, as an answer may not tell an attacker which identifiers exist.
_REASON = re.compile(r'"reason"\s*:\s*"(the (client|token) is unknown[^"]{0,80})"')
_UNKNOWN = {"client": "client-unknown", "token": "token-refused"}

#: Words of a refusal that is about something other than the signature, its credentials or its protocol parameters.
_ELSEWHERE = re.compile(
    "rate limit|too many requests|quota|insufficient (?:scope|permission|privileges)|not permitted|forbidden"
    "|access denied|do(?:es)? not allow access|read-only application|not found"
    r'|"code"\s*:\s*453\b',
    re.IGNORECASE,
)

#: How an answer of success begins that tells an error: its first member, its first element, or its first word.
_FAILURE = re.compile(
    r"""\s*(?:errors?\b(?!\s*=)|oauth_problem=|(?:<\?xml[^<>]*>\s*)?(?:<errors?\b|<\w+\s+stat="fail")"""
    r"""|\{[^{}\[\]]{0,300}?"(?:stat"\s*:\s*"fail"|(?:errors?|error_\w{1,20}|oauth_problem|problem)"\s*:"""
    r"""(?!\s*(?:null|false|0\b|""|\[\s*\]|\{\s*\}))))""",
    re.IGNORECASE,
)
_ASIDE = re.compile(r"<(/?)(a|nav|script|style)\b[^<>]*>", re.IGNORECASE)

#: Words of a refusal that can only be about a permission or a limit.
_PERMISSION = re.compile(
    r"insufficient[ _](?:scope|permissions?|privileges)|permission violation|read-only application"
    r"|cannot perform write actions|woocommerce_rest_cannot_[a-z]{1,30}|(?:don['\u2019]t|do not) have permission"
    r"|request[ _]limit[ _]exceeded|not allowed to (?:access|list|view) th",
    re.IGNORECASE,
)
_BUSY = 429
_STATUS_ELSEWHERE = (404, 405, 409, 410, 413, 415, 422, 429)
#: Where an answer names the parameters that a mistake is about.
_DETAILS = {"parameter-missing": "oauth_parameters_absent", "parameter-refused": "oauth_parameters_rejected"}


def read_refusal(answer: Answer, *, is_about_oauth: bool = False) -> Refusal | None:
    """Return what the words of an answer say; None if they say nothing about the request.

    Args:
        answer: the answer.
        is_about_oauth: whether it is known to be about OAuth, so that its sentences cannot mean anything else.
    """
    if reason := _REASON.search(answer.text):
        return _refusal(_UNKNOWN[reason[2]], reason[1])
    problem = (answer.problem or "").strip().lower().replace(" ", "_")
    if problem in PROBLEMS:
        exact = _refusal(_with_detail(PROBLEMS[problem], answer, ""), _written(problem, answer))
        return exact._replace(is_exact=True)
    return _read_sentences(answer, is_about_oauth)


def _written(problem: str, answer: Answer) -> str:
    """Return a problem word as the answer has it. Some servers have it in the ``error`` of an OAuth challenge."""
    is_error = "oauth_problem" not in answer.text and f'error="{problem}"' in answer.text
    return f'error="{problem}"' if is_error else f"oauth_problem={problem}"


def _read_sentences(answer: Answer, is_about_oauth: bool) -> Refusal | None:
    """Return what the sentences of an answer say, if they count."""
    text = without_asides(f"{answer.text}\n{answer.problem or ''}")
    found = list(sentences(text)) if is_about_oauth or not is_success(answer) else []
    causes = {"token" if one.mistake.startswith("token-") else one.mistake for one in found}
    if len(causes) != 1:
        return None  # an answer that lists several causes tells none of them
    is_about_oauth = is_about_oauth or "oauth" in answer.schemes or names_oauth(text)
    if not is_about_oauth and not any(one.counts(answer.status) for one in found):
        return None
    mistake, words = found[0].mistake, found[0].words
    if "bearer" in answer.schemes and "oauth" not in answer.schemes and mistake.startswith("token-"):
        return None  # another guard speaks of a token of its own
    return _refusal(_with_detail(mistake, answer, words), " ".join(words.split()))


def without_asides(text: str) -> str:
    """Return a page without its links, menus, scripts and styles, which say nothing about this request."""
    kept: list[str] = []
    position, opened = 0, None
    for tag in _ASIDE.finditer(text):
        if opened is None and not tag[1]:
            kept.append(text[position : tag.start()])
            position, opened = tag.start(), tag[2].lower()
        elif tag[1] and tag[2].lower() == opened:
            position, opened = tag.end(), None
    return "".join([*kept, text[position:]])


def is_success(answer: Answer) -> bool:
    """Return whether an answer is one of success. Some servers tell an error with such a status."""
    has_status = answer.status is not None and 200 <= answer.status < 300
    return has_status and _FAILURE.match(answer.text) is None


def is_about_permission(answer: Answer) -> bool:
    """Return whether an answer says that a permission is missing, or that a limit is reached. Some do with 401."""
    return answer.problem is None and (answer.status == _BUSY or _PERMISSION.search(answer.text) is not None)


def is_about_something_else(answer: Answer) -> bool:
    """Return whether an answer is about something other than authentication: permission, a limit, a missing field."""
    status = answer.status or 0
    if is_about_permission(answer):
        return True
    if status in (401, 407) or answer.problem is not None:
        return False
    return status in _STATUS_ELSEWHERE or status >= 500 or _ELSEWHERE.search(answer.text) is not None


def _with_detail(mistake: str, answer: Answer, quoted: str) -> str:
    name = _DETAILS.get(mistake)
    names = answer.fields.get(name, "") or quoted if name else ""
    shown = " and ".join(re.findall(r"(?<![a-z_])(?:oauth_[a-z_]{1,30}|realm)(?![a-z_])", names))
    return f"{mistake}:{shown or 'a parameter'}" if name or mistake == "parameter-twice" else mistake


def _refusal(mistake: str, quoted: str) -> Refusal:
    about = mistake == SIGNATURE
    return Refusal(None if about else mistake, about, quoted)
