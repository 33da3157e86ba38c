"""Sentences with which servers refuse a request, and when one of them counts.

Most of their words are those of businesses as well: a token may be one for push messages, and a client a customer. So a
sentence counts only for one of these reasons:

- its words belong to one server alone,
- the answer is known to be about OAuth: it challenges for OAuth or names it, its provider answers so, or it comes from
  an endpoint that issues credentials,
- the status is one of authentication, and the sentence stands by itself, as the whole of what a member says.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

#: What a sentence about the signature names, which is no mistake yet.
SIGNATURE = "signature"

#: Words and sentences of providers and of libraries for servers, the more exact first.
_SENTENCES: tuple[tuple[str, str], ...] = (
    ('nonce (?:is )?already being used(?: by the consumer[^."<\n]{0,80})?', "nonce-used"),
    ("nonce[ _]?rejected", "parameter-refused:oauth_nonce"),
    (
        "nonce[ _]already[ _]used|nonce has (?:already )?been used|duplicate nonce"
        "|(?:possible )?replay(?: attack)?(?: detected)?",
        "nonce-used",
    ),
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
    (
        "invalid[ _](?:(?:access|auth)[ _])?token|token_rejected|unknown token|token (?:not found|is invalid)",
        "token-refused",
    ),
    ("json_oauth1_invalid_token|json_oauth1_expired_token", "token-refused"),
    ("consumer key has expired", "client-refused"),
    ("consumer isn['\u2019]t authorized(?: to access [^.\"<\n]{0,80})?", "permission-missing"),
    ("(?:invalid|unknown)[ _](?:consumer|application|client)(?:[ _]key)?", "client-unknown"),
    ("consumer key (?:is )?(?:invalid|unknown|missing)", "client-unknown"),
    ("json_oauth1_consumer_mismatch|invalid_consumer", "client-unknown"),
    ("invalidcallback", "callback-refused"),
    ("callback (?:url )?(?:is )?(?:invalid|not allowed|mismatch)", "callback-refused"),
    ("(?:invalid|wrong) (?:oauth_)?verifier|verifier (?:is )?(?:invalid|wrong|rejected)", "verifier-refused"),
    ("(?:request )?token has not yet been reviewed", "not-yet-authorized"),
    ("oauth_[a-z_]{1,30} parameter is missing|parameter not found: oauth_[a-z_]{1,30}", "parameter-missing"),
    ("missing[ _]?(?:required[ _]?)?parameter(?: ?: ?oauth_[a-z_]{1,30}|(?! ?:))", "parameter-missing"),
    ("required oauth parameters? (?:is |are )?missing", "parameter-missing"),
    ("duplicated oauth protocol parameters?", "parameter-twice"),
    ("invalid[ _]?(?:oauth[ _])?signature(?![ _]?method)|incorrect signature|bad signature", SIGNATURE),
    ("signatures?[ _](?:mismatch|invalid|do(?:es)? not match|did not match|verification failed)", SIGNATURE),
    (r"signature (?:\(using oauth\) )?is invalid", SIGNATURE),
)

#: Sentences that only one server is known to write.
_CERTAIN: tuple[tuple[str, str], ...] = (
    ("40106:", "token-refused"),
    ("40101:", "client-unknown"),
    ("40104:", SIGNATURE),
    ("duplicate timestamp/nonce(?: combination)?", "nonce-used"),
    ("missing[ _]body[ _]hash", "parameter-missing:oauth_body_hash"),
    ("callback url not approved", "callback-refused"),
    ("bad authentication data", "credentials-unread"),
)

#: What names OAuth 1.0 in an answer. A link does not: every answer of a server may have it.
_ABOUT_OAUTH = re.compile("oauth(?![ _-]?2)|consumer[ _]key", re.IGNORECASE)
_LINK = re.compile(r"https?://[^\s\"'<>]+")

#: Words before those of a mistake that make them a supposition, and what makes a question of them.
_SUPPOSED = re.compile(
    r"\b(?:causes|reasons|check (?:that|your|the)|check(?=:)|whether|ensure|make sure|perhaps|maybe|either|such as"
    r"|(?:may|might|could) (?:be|have)|for example|e\.g|troubleshooting|if)\b",
    re.IGNORECASE,
)
_ASKED = re.compile(r"[^.!\n<>?]{0,30}\?")

#: What may stand in a sentence before the words of a mistake without giving them another meaning, and after them.
_OPENING = re.compile(
    r"\W*(?:(?:the|this|your|an?|oauth|request|access|temporary|provided|given|error|unauthorized|forbidden|\d{3})\b\W*)*",
    re.IGNORECASE,
)
_END = re.compile(r"\s*(?:\Z|[^\w\s(-])|\s+-")

#: The statuses of a refusal for its credentials. Some servers that answer with 400 to a wrong signature, or to a method
#: which they do not support (section 3.2), say no more than that.
_OF_CREDENTIALS = (None, 401, 403)
_OF_THE_REQUEST = 400
_IN_THE_REQUEST = ("method-refused", SIGNATURE)


class Said(NamedTuple):
    """A sentence of an answer: the mistake that it names, its words, and whether it belongs to one server alone."""

    mistake: str
    words: str
    is_certain: bool
    stands_alone: bool

    def counts(self, status: int | None) -> bool:
        """Return whether it counts in an answer of this status that does not speak of OAuth."""
        is_of_request = status == _OF_THE_REQUEST and self.mistake in _IN_THE_REQUEST
        return self.is_certain or (self.stands_alone and (status in _OF_CREDENTIALS or is_of_request))


def sentences(text: str) -> Iterator[Said]:
    """Yield the sentences of an answer that name a mistake, the more exact first."""
    for table in (_CERTAIN, _SENTENCES):
        for pattern, mistake in table:
            for found in re.finditer(pattern, text, re.IGNORECASE):
                start = text[max(0, found.start() - 100) : found.start()]
                before = re.split(r"[.!?;\n\"<>]", start)[-1]
                if not _SUPPOSED.search(before) and not _ASKED.match(text, found.end()):
                    is_first = _OPENING.fullmatch(before.rpartition(":")[2]) is not None
                    is_last = _END.match(text, found.end()) is not None
                    yield Said(mistake, found[0], table is _CERTAIN, is_first and is_last)
                    break


def names_oauth(text: str) -> bool:
    """Return whether a text speaks of OAuth 1.0."""
    return _ABOUT_OAUTH.search(_LINK.sub("", text)) is not None
