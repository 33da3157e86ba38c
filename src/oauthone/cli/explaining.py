"""What a signature covers, taken apart for people and programs; and requests that were pasted."""

import re
import time
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from oauthone.core.encoding import decode_for_display
from oauthone.core.masking import mask_secrets
from oauthone.diagnosis import Evidence
from oauthone.diagnosis.answer import read_answer
from oauthone.diagnosis.base_strings import right_base_string
from oauthone.diagnosis.refusals import is_about_something_else, read_refusal
from oauthone.diagnosis.sent_request import SentRequest, read_request
from oauthone.diagnosis.unknown_schemes import scheme_note

#: Servers usually take a timestamp for so long.
WINDOW = 300
#: Python reads no number of thousands of digits.
LONGEST_TIMESTAMP = 20


#: Words that refusals of other kinds do not have.
_OAUTH = re.compile("oauth|signature|nonce|consumer|access[ _]token", re.IGNORECASE)


class Anatomy(NamedTuple):
    """A request taken apart.

    Attributes:
        base_string: the right base string, with what may be secret masked.
        signed: what the signature covers.
        not_signed: what it does not cover.
        not_checked: what only a server can tell.
        scheme: which scheme was taken, if the request does not tell it; otherwise None.
    """

    base_string: str
    signed: list[str]
    not_signed: list[str]
    not_checked: list[str]
    scheme: str | None = None

    def lines(self) -> list[str]:
        """Return the parts for people."""
        method, uri, parameters = self.base_string.split("&", 2)
        return [
            f"  base string   {method} & {decode_for_display(uri)} & {decode_for_display(parameters)}",
            f"  signed        {', '.join(self.signed)};  not signed: {', '.join(self.not_signed)}",
            f"  not checked   {'; '.join(self.not_checked)}",
            *([f"  scheme        {self.scheme}; --scheme settles it"] if self.scheme else []),
        ]


def anatomy_of(request: SentRequest, now: float | None = None) -> Anatomy:
    """Take a request apart.

    Args:
        request: the request.
        now: the seconds since 1970; None asks the system.
    """
    return Anatomy(
        mask_secrets(right_base_string(request)),
        [*_signed(request)],
        [*_not_signed(request)],
        ["nonce", *_age(request.protocol("oauth_timestamp"), time.time() if now is None else now)],
        scheme_note(request),
    )


def _signed(request: SentRequest) -> Iterator[str]:
    yield from ("method", "scheme", "host", "path")
    protocol = sum(one.name.startswith("oauth_") for one in request.parameters)
    for place, name in (("query", "query"), ("form", "form")):
        number = sum(one.place == place and not one.name.startswith("oauth_") for one in request.parameters)
        if number:
            yield f"{name} ({number})"
    yield f"oauth_ parameters ({protocol})"
    if request.protocol("oauth_body_hash"):
        yield "body, by its hash"


def _not_signed(request: SentRequest) -> Iterator[str]:
    if request.body and not request.has_form and not request.protocol("oauth_body_hash"):
        kind = request.header("content-type") or "of an unknown type"
        yield f"body ({kind}, {len(request.body)} bytes)"
    if request.fragment is not None:
        yield "fragment"
    yield "other headers"


def _age(timestamp: str | None, now: float) -> Iterator[str]:
    if timestamp is None or not timestamp.isdecimal() or len(timestamp) > LONGEST_TIMESTAMP:
        return
    apart = now - int(timestamp)
    if abs(apart) > WINDOW:
        when = "old" if apart > 0 else "ahead"
        yield f"timestamp: {_duration(abs(apart))} {when}, so a server would refuse it by now"
    else:
        yield "timestamp"


def _duration(seconds: float) -> str:
    for name, length in (("days", 86400), ("hours", 3600), ("minutes", 60)):
        if seconds >= 2 * length:
            return f"{seconds // length:.0f} {name}"
    return f"{seconds:.0f} seconds"


def refuses_oauth(status: int, headers: Iterable[tuple[str, str]], body: bytes) -> bool:
    """Return whether an answer is a refusal that is about OAuth, and not about what the request asks for.

    Statuses other than 401 and 403 have to say so: by a challenge, by an ``oauth_problem``, or in words that are of
    OAuth alone.
    """
    if status in (401, 403):
        return True
    if not 400 <= status < 500:
        return False
    answer = read_answer(status, headers, body)
    if "oauth" in answer.schemes or answer.problem is not None:
        return True
    refusal = None if is_about_something_else(answer) else read_refusal(answer)
    return refusal is not None and bool(_OAUTH.search(refusal.quoted) or "oauth" in answer.text.lower())


def check_url(url: str) -> None:
    """Raise if the URL of a request that was pasted is none.

    Raises:
        ValueError: its host or its port cannot be read.
    """
    try:
        _ = urlsplit(url).port
    except ValueError:
        raise ValueError("its address has no host or no port that can be read") from None


def sent_request(evidence: Evidence) -> SentRequest:
    """Return the request as the diagnosis reads it."""
    return read_request(*evidence)


def members_of(anatomy: Anatomy) -> dict[str, Any]:
    """Return the members of the JSON object."""
    return anatomy._asdict()
