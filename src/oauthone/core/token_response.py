"""Reading answers to requests for credentials (RFC 5849 sections 2.1 and 2.3): strict where it matters.

Providers label these answers wrongly, answer in JSON, put white space around them and raw characters into the fields
of their own; none of that matters. The two protocol values must be there once and decode cleanly.
"""

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from oauthone.core.encoding import to_wire_string
from oauthone.core.known_secrets import KnownSecrets
from oauthone.core.masking import one_line
from oauthone.core.response_fields import CONFIRMED, SECRET, TOKEN, Fields, lenient_text, read_body, read_text
from oauthone.errors import TokenResponseError

#: How many octets of an answer are read, after decompression.
MAX_RESPONSE_BODY = 64 * 1024

_EXCERPT = 500
#: How many characters of an answer, and of its challenges, are searched for secrets, and how many of these are shown at
#: most: a secret that begins in what is shown ends in what is searched.
_SEARCHED, _SHOWN = 8 * 1024, 4 * 1024
_NAME = "oauth_problem"
_PROBLEM = re.compile(r"""oauth_problem["']?\s{0,9}[=:]\s{0,9}["']?([\w.:/*-][\w.:/* -]{0,999})""")
_ADVICE = re.compile(r"""oauth_problem_advice["']?\s{0,9}[=:]\s{0,9}["']?([^"'<>&\r\n]{1,3000})""")
#: What to do about a problem, for those where that is always the same.
_NEXT_STEP = {
    "consumer_key_unknown": "check client_id, and that it is registered at this provider",
    "nonce_used": "the request arrived twice: let nothing send it again without signing it anew",
    "parameter_absent": "the provider wants a parameter that was not sent, often oauth_callback or oauth_verifier",
    "permission_unknown": "the resource owner has not decided yet",
    "signature_invalid": "check the client secret and the token secret, and that no proxy changes the request",
    "signature_method_rejected": "ask for the signature_method that the provider documents",
    "timestamp_refused": "check this machine's clock",
    "token_expired": "start the flow again",
    "token_used": "start the flow again",
}
#: What JSON can write but no text holds: half of a pair of UTF-16.
_HALF = re.compile("[\ud800-\udfff]")


class TokenResponse(NamedTuple):
    """Credentials as a provider answered them.

    Attributes:
        token: the identifier.
        token_secret: the shared secret.
        extra: the other fields.
    """

    token: str
    token_secret: str
    extra: dict[str, Any]

    def __repr__(self) -> str:
        return f"TokenResponse(token={self.token!r}, …)"


def read_token_response(
    status: int, headers: Sequence[tuple[str, str]], body: bytes, secrets: KnownSecrets | None = None
) -> TokenResponse:
    """The token, its secret and the other fields of a provider's answer.

    A token or secret that JSON gives as a whole number is taken as its digits, ``oauth_callback_confirmed`` also as
    true or false.

    Args:
        status: the HTTP status code.
        headers: the answer's headers.
        body: the answer's body, decompressed.
        secrets: what the client knows, and no error may repeat.

    Raises:
        TokenResponseError: a status other than 2xx, more than `MAX_RESPONSE_BODY` octets, an answer that reports a problem, or
            one in which ``oauth_token`` or ``oauth_token_secret`` is missing, doubled or unreadable.
    """
    found = _read(status, headers, body, secrets or KnownSecrets())
    del headers, body  # A traceback may show what this frame holds.
    if isinstance(found, TokenResponseError):
        raise found
    return found


def _read(
    status: int, headers: Sequence[tuple[str, str]], body: bytes, secrets: KnownSecrets
) -> TokenResponse | TokenResponseError:
    if len(body) > MAX_RESPONSE_BODY:
        said = f"the provider's answer is longer than {MAX_RESPONSE_BODY} octets"
        return TokenResponseError("response_too_large", said, status=status)
    text, fields = read_body(body)
    named = dict(fields)
    challenges = [value for name, value in headers if name.lower() == "www-authenticate" and _NAME in value]
    found = _credentials(fields)
    has_problem = _NAME in named or bool(challenges)
    if 200 <= status < 300 and isinstance(found, TokenResponse) and not has_problem:
        return found
    secrets = secrets.joined_by([value for value in (named.get(TOKEN), named.get(SECRET)) if isinstance(value, str)])
    reported = _reported_problem(challenges, text, secrets, TOKEN in named, _NAME in named)
    if reported.problem is not None or not 200 <= status < 300:
        return _refused(status, reported, _excerpt(text, secrets))
    return found if isinstance(found, TokenResponse) else _unusable(status, found, _excerpt(text, secrets))


class _Fault(NamedTuple):
    """Why an answer of success cannot be used."""

    error: str
    what: str


def _credentials(fields: Fields) -> TokenResponse | _Fault:
    values: dict[str, Any] = {}
    for name, value in fields:
        if name in (TOKEN, SECRET, CONFIRMED):
            if name in values:
                return _Fault("parameter_rejected", f"it holds {name} twice")
            if isinstance(value, int) and (name == CONFIRMED or not isinstance(value, bool)):
                value = str(value).lower()
            if not isinstance(value, str) or _HALF.search(value):
                return _Fault("parameter_rejected", f"its {name} is {_described(value)}")
        values[name] = value
    if not values.get(TOKEN):
        return _Fault("missing_token", f"it holds no {TOKEN}")
    if SECRET not in values:
        return _Fault("missing_token_secret", f"it holds no {SECRET}")
    return TokenResponse(values.pop(TOKEN), values.pop(SECRET), values)


def _described(value: Any) -> str:
    """What stands where text should, without what it says."""
    kinds = {bool: "true or false", float: "a number with a fraction", dict: "an object", list: "a list"}
    kind = kinds.get(value.__class__)
    return f"{kind} in JSON, where text is due" if kind else "not properly encoded text"


class _Reported(NamedTuple):
    """What the provider says went wrong, fit to be shown."""

    problem: str | None
    advice: str | None


def _reported_problem(
    challenges: Sequence[str], text: str, secrets: KnownSecrets, has_token: bool, has_problem: bool
) -> _Reported:
    """What the provider says went wrong: in a field, in its challenge, or somewhere in a page for people."""
    # Masked before it is read, since a secret may hold what ends a field.
    named = dict(read_text(_visible(text, secrets)))
    problem = named.get(_NAME)
    if problem is None and not has_token:
        problem = named.get("error")
    advice = named.get("oauth_problem_advice") or named.get("error_description")
    places = [] if has_token and not has_problem else [_around_problem(text)]
    for place in ["\n".join(challenges), *places]:
        masked = _visible(place, secrets)
        problem = _found(_PROBLEM, masked) if problem is None else problem
        advice = _found(_ADVICE, masked) if advice is None else advice
    return _Reported(_shown(problem, 100, secrets), _shown(advice, 300, secrets))


def _around_problem(text: str) -> str:
    """The part of a long page that speaks of a problem."""
    begin = max(text.find(_NAME) - _SEARCHED // 4, 0)
    return text[begin:]


def _found(pattern: "re.Pattern[str]", text: str) -> str | None:
    found = pattern.search(text)
    return lenient_text(to_wire_string(found[1].replace("+", " "))).strip() if found else None


def _shown(value: Any, length: int, secrets: KnownSecrets) -> str | None:
    return None if value is None else one_line(secrets.masked(str(value)))[:length]


def _refused(status: int, reported: _Reported, excerpt: str) -> TokenResponseError:
    problem, advice = reported
    if problem is not None:
        said = f"the provider answered {status} with the problem {problem!r}"
        said += f" and the advice {advice!r}" if advice else f": {_NEXT_STEP[problem]}" if problem in _NEXT_STEP else ""
    elif 300 <= status < 400:
        said = f"the provider answered {status}, a redirect, which is not followed with credentials: use the final URL"
    else:
        said = f"the provider answered {status}" + (f": {excerpt[:200]}" if excerpt else " with an empty body")
    return TokenResponseError(
        problem or "token_request_failed", said, status=status, problem=problem, advice=advice, body=excerpt
    )


def _unusable(status: int, fault: _Fault, excerpt: str) -> TokenResponseError:
    said = f"the provider answered {status}, but {fault.what}" + (f"; it begins: {excerpt[:200]}" if excerpt else "")
    return TokenResponseError(fault.error, said, status=status, body=excerpt)


def _excerpt(text: str, secrets: KnownSecrets) -> str:
    """The beginning of an answer on one line, with secrets and what looks like one masked."""
    # The known values go first: what is cut off afterwards cannot leave half of one.
    return one_line(secrets.masked(_visible(text, secrets)[: 8 * _EXCERPT])[:_EXCERPT])


def _visible(text: str, secrets: KnownSecrets) -> str:
    """``text`` with known values masked, and what is long cut off behind that."""
    return secrets.beginning(text[:_SEARCHED], len(text) if len(text) <= _SEARCHED else _SHOWN)
