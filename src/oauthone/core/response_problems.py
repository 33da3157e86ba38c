"""The problem that a provider's response reports: in a field, in its challenge, or in a page for people."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from oauthone.core.encoding import to_wire_string
from oauthone.core.known_secrets import KnownSecrets
from oauthone.core.masking import one_line
from oauthone.core.response_fields import SECRET, TOKEN, Fields, lenient_text, read_text
from oauthone.errors import TokenResponseError

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


def is_success(status: int, headers: Sequence[tuple[str, str]], fields: Fields) -> bool:
    """Return whether a response has a status of success (2xx) and reports no problem.

    Args:
        status: the HTTP status code.
        headers: the headers of the response.
        fields: its fields, as `read_body` returns them.
    """
    return 200 <= status < 300 and _NAME not in dict(fields) and not any(_NAME in one for one in _challenges(headers))


def secrets_in(fields: Fields) -> list[str]:
    """Return the token and its secret, which no error may contain."""
    named = dict(fields)
    return [value for value in (named.get(TOKEN), named.get(SECRET)) if isinstance(value, str)]


def reported_refusal(
    status: int, headers: Sequence[tuple[str, str]], text: str, fields: Fields, secrets: KnownSecrets
) -> TokenResponseError | None:
    """Return the error for a response that reports a problem, or whose status is not 2xx; None for another one.

    Args:
        status: the HTTP status code.
        headers: the headers of the response.
        text: its text, as `read_body` returns it.
        fields: its fields.
        secrets: the secrets of the client, which no error may contain.
    """
    named = dict(fields)
    every = _challenges(headers)
    secrets = secrets.joined_by(secrets_in(fields))
    challenges = [value for value in every if _NAME in value]
    reported = _reported_problem(challenges, text, secrets, TOKEN in named, _NAME in named)
    if reported.problem is not None or not 200 <= status < 300:
        return _refused(status, reported, excerpt(text, secrets), every)
    return None


def _challenges(headers: Sequence[tuple[str, str]]) -> list[str]:
    return [value for name, value in headers if name.lower() == "www-authenticate"]


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


def _shown(value: object, length: int, secrets: KnownSecrets) -> str | None:
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


def excerpt(text: str, secrets: KnownSecrets) -> str:
    """Return the beginning of a response on one line, with secrets and similar values masked."""
    # Known values are masked before the text is cut, so that no part of one remains.
    return one_line(secrets.masked(_visible(text, secrets)[: 8 * _EXCERPT])[:_EXCERPT])


def _visible(text: str, secrets: KnownSecrets) -> str:
    """Return ``text`` with known values masked, and cut after that if it is long."""
    return secrets.without_values(text[:_SEARCHED], None if len(text) <= _SEARCHED else _SHOWN)
