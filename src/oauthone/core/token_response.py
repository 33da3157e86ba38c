"""The parser of responses to requests for credentials (RFC 5849 sections 2.1 and 2.3).

It tolerates a wrong Content-Type, JSON, surrounding white space, and raw characters in a provider's additional fields.
The token and its secret must be present once and decode cleanly.
"""

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from oauthone.core.encoding import to_wire_string
from oauthone.core.known_secrets import KnownSecrets
from oauthone.core.masking import one_line
from oauthone.core.response_fields import CONFIRMED, SECRET, TOKEN, Fields, lenient_text, read_body, read_text
from oauthone.errors import TokenResponseError

#: The maximum length of a response in octets, after decompression.
MAX_RESPONSE_BODY = 64 * 1024

_EXCERPT = 500
#: How many characters of a response and of its challenges are searched for secrets, and how many of these are shown at
#: most. More are searched than shown, so that a secret that begins in the shown part is found whole.
_SEARCHED, _SHOWN = 8 * 1024, 4 * 1024
_NAME = "oauth_problem"
_PROBLEM = re.compile(r"""oauth_problem["']?\s{0,9}[=:]\s{0,9}["']?([\w.:/*-][\w.:/* -]{0,999})""")
_ADVICE = re.compile(r"""oauth_problem_advice["']?\s{0,9}[=:]\s{0,9}["']?([^"'<>&\r\n]{1,3000})""")
_ABSENT_NAME = "oauth_parameters_absent"
_ABSENT = re.compile(r"""oauth_parameters_absent["']?\s{0,9}[=:]\s{0,9}["']?([\w%,; -]{1,300})""")
_OAUTH_NAME = re.compile("oauth_[a-z_]{1,30}")
#: What to do about a problem, for problems with one usual cause.
_NEXT_STEP = {
    "consumer_key_unknown": "check client_id, and that it is registered at this provider",
    "nonce_used": "the request arrived twice: sign it again before every new attempt",
    "parameter_absent": "the provider requires a parameter that was not sent, often oauth_callback or oauth_verifier",
    "permission_unknown": "the resource owner has not decided yet",
    "signature_invalid": "check the client secret and the token secret, and that no proxy changes the request",
    "signature_method_rejected": "use the signature_method that the provider documents",
    "timestamp_refused": "check this machine's clock",
    "token_expired": "start the flow again",
    "token_used": "start the flow again",
}
#: The authentication schemes of others, with one of which a challenge begins (RFC 9110 section 11.6.1).
_OTHER_SCHEMES = {name.lower(): name for name in ("Basic", "Bearer", "Digest", "DPoP", "Negotiate", "NTLM")}
#: Half of a surrogate pair: JSON can escape it, but no valid text contains it.
_HALF = re.compile("[\ud800-\udfff]")


class TokenResponse(NamedTuple):
    """The credentials in a provider's response.

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
    """Return the token, its secret and the other fields of a provider's response.

    In JSON the token and its secret may be whole numbers, and ``oauth_callback_confirmed`` may be true or false.

    Args:
        status: the HTTP status code.
        headers: the headers of the response.
        body: the body of the response, decompressed.
        secrets: the secrets of the client, which no error may contain.

    Raises:
        TokenResponseError: the status is not 2xx, the body is longer than `MAX_RESPONSE_BODY`, the response reports a
            problem, or ``oauth_token`` or ``oauth_token_secret`` is missing, doubled or unreadable.
    """
    found = _read(status, headers, body, secrets or KnownSecrets())
    del headers, body  # A traceback may show the local variables of this frame.
    if isinstance(found, TokenResponseError):
        raise found
    return found


def _read(
    status: int, headers: Sequence[tuple[str, str]], body: bytes, secrets: KnownSecrets
) -> TokenResponse | TokenResponseError:
    if len(body) > MAX_RESPONSE_BODY:
        said = f"the provider's response is longer than {MAX_RESPONSE_BODY} octets"
        return TokenResponseError("response_too_large", said, status=status)
    text, fields = read_body(body)
    named = dict(fields)
    every = [value for name, value in headers if name.lower() == "www-authenticate"]
    challenges = [value for value in every if _NAME in value]
    found = _credentials(fields)
    has_problem = _NAME in named or bool(challenges)
    if 200 <= status < 300 and isinstance(found, TokenResponse) and not has_problem:
        return found
    secrets = secrets.joined_by([value for value in (named.get(TOKEN), named.get(SECRET)) if isinstance(value, str)])
    reported = _reported_problem(challenges, text, secrets, TOKEN in named, _NAME in named)
    if reported.problem is not None or not 200 <= status < 300:
        return _refused(status, reported, _excerpt(text, secrets), every)
    return found if isinstance(found, TokenResponse) else _unusable(status, found, _excerpt(text, secrets))


class _Fault(NamedTuple):
    """Why a response with a successful status cannot be used."""

    error: str
    what: str


def _credentials(fields: Fields) -> TokenResponse | _Fault:
    values: dict[str, Any] = {}
    for name, value in fields:
        if name in (TOKEN, SECRET, CONFIRMED):
            if name in values:
                return _Fault("parameter_rejected", f"it has {name} twice")
            if isinstance(value, int) and (name == CONFIRMED or not isinstance(value, bool)):
                value = str(value).lower()
            if not isinstance(value, str) or _HALF.search(value):
                return _Fault("parameter_rejected", f"its {name} is {_described(value)}")
        values[name] = value
    if not values.get(TOKEN):
        return _Fault("missing_token", f"it has no {TOKEN}")
    if SECRET not in values:
        return _Fault("missing_token_secret", f"it has no {SECRET}")
    return TokenResponse(values.pop(TOKEN), values.pop(SECRET), values)


def _described(value: Any) -> str:
    """Describe a value that should be text, without its content."""
    kinds = {bool: "true or false", float: "a number with a fraction", dict: "an object", list: "a list"}
    kind = kinds.get(value.__class__)
    return f"{kind} in JSON instead of text" if kind else "not properly encoded text"


class _Reported(NamedTuple):
    """The problem that a provider reports, masked for messages."""

    problem: str | None
    advice: str | None
    #: The parameters that it misses.
    absent: list[str]


def _reported_problem(
    challenges: Sequence[str], text: str, secrets: KnownSecrets, has_token: bool, has_problem: bool
) -> _Reported:
    """Return the problem that a provider reports in a field, in its challenge, or in a page for people."""
    # The text is masked before it is parsed, since a secret may contain a character that ends a field.
    named = dict(read_text(_visible(text, secrets)))
    problem = named.get(_NAME)
    if problem is None and not has_token and isinstance(named.get("error"), (str, int)):
        problem = named["error"]
    advice = named.get("oauth_problem_advice") or named.get("error_description")
    absent = str(named.get(_ABSENT_NAME) or "")
    places = [] if has_token and not has_problem else [_around_problem(text)]
    for place in ["\n".join(challenges), *places]:
        masked = _visible(place, secrets)
        problem = _found(_PROBLEM, masked) if problem is None else problem
        advice = _found(_ADVICE, masked) if advice is None else advice
        absent = absent or _found(_ABSENT, masked) or ""
    return _Reported(_shown(problem, 100, secrets), _shown(advice, 300, secrets), _OAUTH_NAME.findall(absent)[:9])


def _around_problem(text: str) -> str:
    """Return the part of a long page that names the problem."""
    begin = max(text.find(_NAME) - _SEARCHED // 4, 0)
    return text[begin:]


def _found(pattern: "re.Pattern[str]", text: str) -> str | None:
    found = pattern.search(text)
    return lenient_text(to_wire_string(found[1].replace("+", " "))).strip() if found else None


def _shown(value: Any, length: int, secrets: KnownSecrets) -> str | None:
    return None if value is None else one_line(secrets.masked(str(value)))[:length]


def _refused(status: int, reported: _Reported, excerpt: str, challenges: Sequence[str]) -> TokenResponseError:
    problem, advice, absent = reported
    if problem is not None:
        said = f"the provider answered {status} with the problem {problem!r}"
        step = f"it misses {' and '.join(absent)}" if absent else _NEXT_STEP.get(problem)
        said += f" and the advice {advice!r}" if advice else f": {step}" if step else ""
    elif 300 <= status < 400:
        said = f"the provider answered {status}, a redirect, which is not followed with credentials: use the final URL"
    else:
        said = f"the provider answered {status}" + (f": {excerpt[:200]}" if excerpt else " with an empty body")
        said += f"; {_advice_for_401(challenges)}" if status == 401 else ""
    return TokenResponseError(
        problem or "token_request_failed", said, status=status, problem=problem, advice=advice, body=excerpt
    )


def _advice_for_401(challenges: Sequence[str]) -> str:
    """Return what to do about a response that reports no problem of OAuth 1.0.

    Only known schemes are named, as the text of a challenge may hold a secret.
    """
    asked = [value.strip().partition(" ")[0].lower() for value in challenges]
    if asked and "oauth" not in asked:
        named = sorted({_OTHER_SCHEMES.get(scheme, "another scheme") for scheme in asked})
        return (
            f"it asks for {' or '.join(named)}, not for OAuth 1.0: check that the URL is the provider's endpoint for "
            "OAuth 1.0, and that no proxy or gateway answered in its place"
        )
    return "it reports no oauth_problem: check client_id and the secrets, signature_method, and this machine's clock"


def _unusable(status: int, fault: _Fault, excerpt: str) -> TokenResponseError:
    said = f"the provider answered {status}, but {fault.what}" + (f"; it begins: {excerpt[:200]}" if excerpt else "")
    return TokenResponseError(fault.error, said, status=status, body=excerpt)


def _excerpt(text: str, secrets: KnownSecrets) -> str:
    """Return the beginning of a response on one line, with secrets and similar values masked."""
    # Known values are masked before the text is cut, so that no part of one remains.
    return one_line(secrets.masked(_visible(text, secrets)[: 8 * _EXCERPT])[:_EXCERPT])


def _visible(text: str, secrets: KnownSecrets) -> str:
    """Return ``text`` with known values masked, and cut after that if it is long."""
    return secrets.without_values(text[:_SEARCHED], None if len(text) <= _SEARCHED else _SHOWN)
