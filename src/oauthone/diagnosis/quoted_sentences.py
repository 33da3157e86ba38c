"""The sentence with which an answer says for people why it refuses, as a diagnosis may quote it."""

import re

from oauthone.diagnosis.answer import Answer
from oauthone.diagnosis.refusals import without_asides

_MEMBER = re.compile(
    r"(?<![a-z])(?:message|error_?description|error_?message|error_?text|detail|msg|reason|title)[\"']?"
    r"\s{0,9}[:=]\s{0,9}\"([^\"\\<>\n]{3,300})\"",
    re.IGNORECASE,
)
#: A member with a text, or with a list of texts, of which the first counts.
_ERROR = re.compile(
    r"(?<![a-z_])[\"']?errors?[\"']?\s{0,9}:\s{0,9}(?:\[\s{0,9})?\"([^\"\\<>\n]{3,300})\"", re.IGNORECASE
)
_ELEMENT = re.compile(r"<(?:h1|h2|p|title|message|error|faultstring)\b[^<>]{0,200}>\s*+([^<>]{3,300}+)<", re.IGNORECASE)
_LINE = re.compile(r"\s*+([^\n<>{}=&]{3,300}+)(?:\n|\Z)")
_SENTENCE = re.compile(r".*?[.!?](?=\s|\Z)")
_WORD = re.compile(r"[(\"']?(?:[A-Za-z]{1,24}(?:['\u2019/_-][A-Za-z]{1,24}){0,5}|\d{1,3})[)\"']?[.,;:!?]?|-")

#: A sentence about these may hold one of the server's.
_ABOUT_SECRETS = re.compile(r"\b(?:keys?|secrets?|passwords?|expected|base string)\b", re.IGNORECASE)
#: What says no more than the status does.
_STATUS = re.compile(
    r"\W*(?:(?:http|status|error|401|403|400|unauthori[sz]ed|forbidden|bad request|authorization required|failed)\W*)+",
    re.IGNORECASE,
)
_LONGEST = 120


def own_sentence(answer: Answer) -> str | None:
    """Return what an answer says in words of its own; None if it says nothing, or may say a secret of the server.

    What is no plain word is masked: an identifier, an address, a digest.
    """
    text = without_asides(answer.text)
    found = [one[1] for pattern in (_MEMBER, _ERROR, _ELEMENT) for one in pattern.finditer(text)]
    line = _LINE.match(text)
    if not found and line is not None:
        found = [line[1]]
    return next((said for one in found if (said := _shown(one)) is not None), None)


def _shown(text: str) -> str | None:
    sentence = _SENTENCE.match(text)
    words = (text if sentence is None else sentence[0]).split()
    if _ABOUT_SECRETS.search(text) or _STATUS.fullmatch(text) or (len(words) < 2 and "_" not in text):
        return None
    shown = " ".join(word if _WORD.fullmatch(word) else "\u2026" for word in words)
    if len(shown) > _LONGEST:
        shown = f"{shown[:_LONGEST].rpartition(' ')[0]} \u2026"
    return shown.rstrip(".") if re.search("[A-Za-z]{3}", shown) else None
