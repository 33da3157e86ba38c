"""Reading answers to requests for credentials (RFC 5849 sections 2.1 and 2.3): strict where it matters.

Providers label these answers wrongly, answer in JSON, put white space around them and raw characters into the fields
of their own; none of that matters. The two protocol values must be there once and decode cleanly.
"""

import re
from collections.abc import Sequence
from typing import Any

from oauthone.core.encoding import percent_decode, percent_decode_text, to_wire_string
from oauthone.core.masking import one_line
from oauthone.errors import TokenResponseError

#: How many octets of an answer are read, after decompression.
MAX_BODY = 64 * 1024

_BOM = b"\xef\xbb\xbf"
_EXCERPT = 500
_TOKEN, _SECRET, _CONFIRMED = "oauth_token", "oauth_token_secret", "oauth_callback_confirmed"
_PROBLEM = re.compile(r"""oauth_problem["']?\s{0,9}[=:]\s{0,9}["']?([\w.:/-][\w.:/ -]{0,99})""")
_ADVICE = re.compile(r"""oauth_problem_advice["']?\s{0,9}[=:]\s{0,9}["']?([^"'<>&\r\n]{1,300})""")
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
_SECRETS = re.compile(
    r"""(\w{0,40}(?:token|secret|password|verifier|signature)\w{0,40}["']?\s{0,9}(?:[=:>]|%3[AD])[\s\[]{0,9})"""
    r"""(?:"(?:[^"\\]|\\.)*"?|'[^']*'?|[^&"'\s<>,}]+)""",
    re.IGNORECASE,
)
#: What JSON can write but no text holds: half of a pair of UTF-16.
_HALF = re.compile("[\ud800-\udfff]")


def read_token_response(
    status: int, headers: Sequence[tuple[str, str]], body: bytes
) -> tuple[str, str, dict[str, Any]]:
    """The token, its secret and the other fields of a provider's answer.

    Args:
        status: the HTTP status code.
        headers: the answer's headers.
        body: the answer's body, decompressed.

    Raises:
        TokenResponseError: a status other than 2xx, more than `MAX_BODY` octets, an answer that reports a problem, or
            one in which ``oauth_token`` or ``oauth_token_secret`` is missing, doubled or unreadable.
    """
    if len(body) > MAX_BODY:
        raise TokenResponseError(
            "response_too_large", f"the provider's answer is longer than {MAX_BODY} octets", status=status
        )
    fields = _fields(body.strip().removeprefix(_BOM))
    problem, advice = _reported_problem(headers, fields, body)
    if problem is not None or not 200 <= status < 300:
        raise _refused(status, problem, advice, body)
    values: dict[str, Any] = {}
    for name, value in fields:
        if name in (_TOKEN, _SECRET, _CONFIRMED):
            if name in values:
                raise _unusable("parameter_rejected", f"it holds {name} twice", status, body)
            if not isinstance(value, str) or _HALF.search(value):
                raise _unusable("parameter_rejected", f"its {name} is not properly encoded text", status, body)
        values[name] = value
    if not values.get(_TOKEN):
        raise _unusable("missing_token", f"it holds no {_TOKEN}", status, body)
    if _SECRET not in values:
        raise _unusable("missing_token_secret", f"it holds no {_SECRET}", status, body)
    return values.pop(_TOKEN), values.pop(_SECRET), values


def _fields(body: bytes) -> list[tuple[str, Any]]:
    """The fields of an answer. A protocol value that does not decode cleanly comes as None."""
    if body.startswith(b"{"):
        return _json_fields(body)
    return [_form_field(part) for part in to_wire_string(body).replace("+", "%20").split("&") if part]


def _form_field(part: str) -> tuple[str, str | None]:
    name, _, value = part.partition("=")
    name = _lenient_text(name)
    if name not in (_TOKEN, _SECRET, _CONFIRMED):
        return name, _lenient_text(value)
    try:
        return name, percent_decode_text(value)
    except ValueError:
        return name, None


def _json_fields(body: bytes) -> list[tuple[str, Any]]:
    import json

    try:
        fields: object = json.loads(body, object_pairs_hook=_Pairs)
    except (ValueError, RecursionError):
        return []
    return [(name, _plain(value)) for name, value in fields] if isinstance(fields, _Pairs) else []


class _Pairs(list[tuple[str, Any]]):
    """A JSON object with its doubled names still in it."""


def _plain(value: Any) -> Any:
    if isinstance(value, _Pairs):
        return {name: _plain(inner) for name, inner in value}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]  # pyright: ignore[reportUnknownVariableType]
    return value


def _lenient_text(text: str) -> str:
    octets = percent_decode(text)
    try:
        return octets.decode("utf-8")
    except UnicodeDecodeError:
        return octets.decode("latin-1")


def _reported_problem(
    headers: Sequence[tuple[str, str]], fields: list[tuple[str, Any]], body: bytes
) -> tuple[str | None, str | None]:
    """What the provider says went wrong: in a field, in its challenge, or somewhere in a page for people."""
    named = dict(fields)
    problem = named.get("oauth_problem")
    if problem is None and _TOKEN not in named:
        problem = named.get("error")
    advice = named.get("oauth_problem_advice") or named.get("error_description")
    texts = [value for name, value in headers if name.lower() == "www-authenticate"]
    if _TOKEN not in named:
        texts.append(body[:MAX_BODY].decode("utf-8", "replace"))
    for text in texts:
        if problem is None and (found := _PROBLEM.search(text)):
            problem = _lenient_text(to_wire_string(found[1].replace("+", " "))).strip()
        if advice is None and (found := _ADVICE.search(text)):
            advice = _lenient_text(to_wire_string(found[1].replace("+", " "))).strip()
    return _short(problem, 100), _short(advice, 300)


def _short(value: Any, length: int) -> str | None:
    return None if value is None else one_line(str(value))[:length]


def _refused(status: int, problem: str | None, advice: str | None, body: bytes) -> TokenResponseError:
    excerpt = _excerpt(body)
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


def _unusable(error: str, what: str, status: int, body: bytes) -> TokenResponseError:
    excerpt = _excerpt(body)
    return TokenResponseError(
        error,
        f"the provider answered {status}, but {what}" + (f"; it begins: {excerpt[:200]}" if excerpt else ""),
        status=status,
        body=excerpt,
    )


def _excerpt(body: bytes) -> str:
    """The beginning of an answer, with what looks like a secret masked and on one line."""
    return one_line(_SECRETS.sub(r"\1***", body[:_EXCERPT].decode("utf-8", "replace")))
