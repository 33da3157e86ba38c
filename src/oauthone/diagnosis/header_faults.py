"""What is wrong with the way in which an Authorization header is written (RFC 5849 section 3.5.1)."""

import re
from collections.abc import Iterator

from oauthone.diagnosis.sent_request import SentRequest

_NAME, _VALUE = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", r'"(?:[^"\\]|\\.)*+"'
_PARAMETER = rf"{_NAME}[ \t]*=[ \t]*{_VALUE}"
_STRICT = re.compile(rf"\s*oauth\s+{_PARAMETER}(?:\s*,\s*{_PARAMETER})*\s*", re.IGNORECASE)
_SCHEME = re.compile(r"\s*oauth(?=[\s,]|\Z)", re.IGNORECASE)
_OAUTH = re.compile(r"oauth[_-][a-z]", re.IGNORECASE)
_ANOTHER_SCHEME = re.compile(r"\s*(oauth[0-9.:_-]{1,8}|basic|bearer|digest|token)(?=\s|\Z)", re.IGNORECASE)
_OTHER_NAME = re.compile(
    r"(?<![A-Za-z])(?!(?-i:oauth_))(oauth[_-](?:consumer[_-]key|signature))(?![a-z_-])", re.IGNORECASE
)
_ENCODED = re.compile(r"oauth_[a-z_]{1,30}%3d", re.IGNORECASE)
#: Quotes that are not those of HTTP: single and curly ones, the latter as text, as UTF-8 and as Windows-1252.
_OTHER_QUOTES = re.compile(
    "oauth_[a-z_]{1,30}\\s*=\\s*(?:'|[\u2018\u2019\u201c\u201d]|\xe2\x80[\x98\x99\x9c\x9d]|[\x91-\x94])", re.IGNORECASE
)

#: Patterns that occur in a header which can be read nonetheless, with what it does.
_LOOSE: tuple[tuple[str, str], ...] = (
    (r'"\s*;', "has semicolons between its parameters instead of commas"),
    (rf'"\s+{_NAME}\s*=', "lacks commas between its parameters"),
    (r"oauth_[a-z_]{1,30}\s*=\s*[^\s\"]", "lacks the quotes around its values"),
    (r"realm\s*=\s*[^\s\"]", "lacks the quotes around the realm"),
    (r",\s*\Z", "ends with a comma"),
)


def unreadable_header(request: SentRequest) -> str | None:
    """Return the mistake of a client whose header a server cannot read; None if it can, or if there is none."""
    for value in _authorizations(request):
        if _OTHER_QUOTES.search(value):
            return "header-malformed:has other quotes than '\"' around its values"
        why = None if request.signatures or not _OAUTH.search(value) else _why_unreadable(value)
        if why:
            return f"header-malformed:{why}"
    if request.signatures:
        return None
    others = [(name, value) for name, value in request.headers if name.lower() != "authorization"]
    if any(re.fullmatch("oauth[_-](?:signature|consumer[_-]key)", name, re.IGNORECASE) for name, _ in others):
        return "header-misplaced:headers of their own"
    if any(_SCHEME.match(value) and _OAUTH.search(value) for _, value in others):
        return "header-misplaced:another header"
    return None


def _why_unreadable(value: str) -> str | None:
    other = _OTHER_NAME.search(value)
    scheme = _ANOTHER_SCHEME.match(value)
    if _ENCODED.search(value):
        return "is percent-encoded as a whole"
    if scheme:
        return f"begins with {scheme[1]!r} instead of 'OAuth'"
    if not _SCHEME.match(value):
        return "lacks the scheme 'OAuth' at its beginning"
    if other:
        return f"has a parameter {other[1]!r}, whose name is not written as in the protocol"
    if re.search(r"&\s*oauth_", value):
        return "has '&' between its parameters instead of commas"
    return None


def loose_header(request: SentRequest) -> str | None:
    """Return the mistake of a client whose header is not written as RFC 5849 has it, though it can be read."""
    values = list(_authorizations(request))
    value = next(filter(_SCHEME.match, values), None)
    if value is None:
        return None
    if len(values) > 1:
        return "header-malformed:is not the only one: one of another scheme comes with it"
    if _STRICT.fullmatch(value):
        return None
    outside = re.sub(r'"(?:[^"\\]|\\.)*+"', '""', value)
    return next((f"header-malformed:{what}" for pattern, what in _LOOSE if re.search(pattern, outside)), None)


def _authorizations(request: SentRequest) -> Iterator[str]:
    return (value for name, value in request.headers if name.lower() == "authorization")
