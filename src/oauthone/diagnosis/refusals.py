"""The words with which servers refuse a request, and what they say about it."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from oauthone.diagnosis.answer import Answer


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


_SIGNATURE = "signature"

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
    "signature_invalid": _SIGNATURE,
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

#: Words and sentences of providers and of libraries for servers, the more exact first.
_SENTENCES: tuple[tuple[str, str], ...] = (
    ("nonce (?:is )?already being used|nonce[ _]?rejected", "nonce-used"),
    (
        "nonce[ _]already[ _]used|nonce has (?:already )?been used|duplicate (?:timestamp/)?nonce|replay",
        "nonce-used",
    ),
    ("duplicate timestamp/nonce", "nonce-used"),
    (
        "invalid_?timestamp|timestamp (?:is )?(?:out of bounds|too old|invalid|expired|refused|rejected)",
        "timestamp-refused",
    ),
    ("timestamp (?:is )?(?:too far|not within|out of range)|(?:invalid|expired|bad) timestamp", "timestamp-refused"),
    ("(?:unsupported|invalid|unknown)[ _]signature[ _]method|signature method (?:is )?not supported", "method-refused"),
    ("(?:oauth )?version not supported|unsupported oauth version", "version-refused"),
    ("invalid or expired token", "token-refused"),
    ("token (?:has |is )?expired|expired (?:access )?token", "token-expired"),
    ("token (?:has been |is )?revoked|revoked token", "token-revoked"),
    ("invalid[ _](?:access[ _])?token|token_rejected|unknown token|token (?:not found|is invalid)", "token-refused"),
    ("40106:|json_oauth1_invalid_token|json_oauth1_expired_token", "token-refused"),
    ("missing[ _]body[ _]hash", "parameter-missing:oauth_body_hash"),
    ("consumer key has expired", "client-refused"),
    ("consumer isn['\u2019]t authorized", "permission-missing"),
    ("(?:invalid|unknown)[ _](?:consumer|application|client)(?:[ _]key)?", "client-unknown"),
    ("consumer key (?:is )?(?:invalid|unknown|missing)", "client-unknown"),
    ("40101:|json_oauth1_consumer_mismatch|invalid_consumer", "client-unknown"),
    (r'callback url not approved|"code"\s*:\s*415\b|invalidcallback', "callback-refused"),
    (r'bad authentication data|"code"\s*:\s*215\b', "credentials-unread"),
    ("callback (?:url )?(?:is )?(?:invalid|not allowed|mismatch)", "callback-refused"),
    ("(?:invalid|wrong) (?:oauth_)?verifier|verifier (?:is )?(?:invalid|wrong|rejected)", "verifier-refused"),
    ("not yet been reviewed", "not-yet-authorized"),
    ("oauth_[a-z_]{1,30} parameter is missing|parameter not found: oauth_[a-z_]{1,30}", "parameter-missing"),
    ("missing[ _]?(?:required[ _]?)?parameter|required oauth parameters? (?:is |are )?missing", "parameter-missing"),
    ("duplicated oauth protocol parameters?", "parameter-twice"),
    ("invalid[ _]?(?:oauth[ _])?signature(?![ _]?method)|incorrect signature|bad signature|40104:", _SIGNATURE),
    ("signatures?[ _](?:mismatch|invalid|do(?:es)? not match|did not match|verification failed)", _SIGNATURE),
    (r"signature (?:\(using oauth\) )?is invalid", _SIGNATURE),
)

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

#: Words before those of a mistake that make them a supposition, and what makes a question of them.
_SUPPOSED = re.compile(
    r"\b(?:causes|reasons|check (?:that|your|the)|check(?=:)|whether|ensure|make sure|perhaps|maybe|either|such as"
    r"|(?:may|might|could) (?:be|have)|for example|e\.g|troubleshooting|if)\b",
    re.IGNORECASE,
)
_ASKED = re.compile(r"[^.!\n<>?]{0,30}\?")
_ASIDE = re.compile(r"<(/?)(a|nav|script|style)\b[^<>]*>", re.IGNORECASE)

_STATUS_ELSEWHERE = (404, 405, 409, 410, 413, 415, 422, 429)
#: Where an answer names the parameters that a mistake is about.
_DETAILS = {"parameter-missing": "oauth_parameters_absent", "parameter-refused": "oauth_parameters_rejected"}


def read_refusal(answer: Answer) -> Refusal | None:
    """Return what the words of an answer say; None if they say nothing about the request."""
    if reason := _REASON.search(answer.text):
        return _refusal(_UNKNOWN[reason[2]], reason[1])
    problem = (answer.problem or "").strip().lower().replace(" ", "_")
    if problem in PROBLEMS:
        exact = _refusal(_with_detail(PROBLEMS[problem], answer, ""), f"oauth_problem={problem}")
        return exact._replace(is_exact=True)
    found: dict[str, str] = {}
    for mistake, words in _said(without_asides(f"{answer.text}\n{answer.problem or ''}")):
        found.setdefault(mistake, words)
    causes = {"token" if mistake.startswith("token-") else mistake for mistake in found}
    if len(causes) != 1:
        return None  # an answer that lists several causes tells none of them
    mistake = next(iter(found))
    return _refusal(_with_detail(mistake, answer, found[mistake]), " ".join(found[mistake].split()))


def _said(text: str) -> Iterator[tuple[str, str]]:
    """Yield the mistakes that sentences name, the more exact first, with their words."""
    for pattern, mistake in _SENTENCES:
        for found in re.finditer(pattern, text, re.IGNORECASE):
            before = re.split(r"[.!?;\n\"<>]", text[max(0, found.start() - 100) : found.start()])[-1]
            if not _SUPPOSED.search(before) and not _ASKED.match(text, found.end()):
                yield mistake, found[0]
                break


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


def is_about_something_else(answer: Answer) -> bool:
    """Return whether an answer is about something other than authentication: permission, a limit, a missing field."""
    status = answer.status or 0
    if status in (401, 407) or answer.problem is not None:
        return False
    return status in _STATUS_ELSEWHERE or status >= 500 or _ELSEWHERE.search(answer.text) is not None


def _with_detail(mistake: str, answer: Answer, quoted: str) -> str:
    name = _DETAILS.get(mistake)
    names = answer.fields.get(name, "") or quoted if name else ""
    shown = " and ".join(re.findall(r"(?<![a-z_])(?:oauth_[a-z_]{1,30}|realm)(?![a-z_])", names))
    return f"{mistake}:{shown or 'a parameter'}" if name or mistake == "parameter-twice" else mistake


def _refusal(mistake: str, quoted: str) -> Refusal:
    about = mistake == _SIGNATURE
    return Refusal(None if about else mistake, about, quoted)
