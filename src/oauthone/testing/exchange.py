"""A received request and its response, taken apart for people and for JSON. Secrets are masked unless asked for."""

import shlex
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from oauthone.core.body import is_form
from oauthone.core.body_masking import mask_parts
from oauthone.core.known_secrets import KnownSecrets
from oauthone.core.masking import mask_secrets
from oauthone.diagnosis import diagnose
from oauthone.diagnosis.sent_request import SentRequest, read_request
from oauthone.diagnosis.signed_parts import readable, signed_parts
from oauthone.server import Credentials
from oauthone.testing._state import BoxState
from oauthone.testing.received import Received
from oauthone.testing.shown_parts import MASK, IsSecret, may_hold_secrets, secrecy_of, shown_header, shown_pairs

#: More of a body is not shown: it is slow to mask.
_LONGEST_BODY = 8 * 1024
#: A request with more values that may be secret is shown without its bodies: each of them is searched for.
_MOST_SECRETS = 200
_CREDENTIAL_ENDPOINTS = ("/oauth/request_token", "/oauth/access_token")


def summary(got: Received) -> dict[str, Any]:
    """Return a line about a request: what it was, and what became of it."""
    request = sent_request(got)
    return _summary(got, request, secrecy_of(request))


def _summary(got: Received, request: SentRequest, is_secret: IsSecret) -> dict[str, Any]:
    client = _named(request, "oauth_consumer_key")
    return {
        "id": got.number,
        "at": datetime.fromtimestamp(got.at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "method": got.method,
        "url": _shown_url(got, request, is_secret),
        "status": got.status,
        "verdict": verdict(got),
        "client": client if client is None or not may_hold_secrets(client) else MASK,
        "summary": _words(got, request),
    }


def details(state: BoxState, got: Received, *, reveal: bool = False) -> dict[str, Any]:
    """Return all about a request.

    Args:
        state: the box that received it.
        got: the request.
        reveal: whether secrets are shown.
    """
    request = sent_request(got)
    theirs = got.header("oauth-base-string")
    is_secret = secrecy_of(request)
    hide = _masker(state, got, request, is_secret, reveal)
    headers, body = got.answer or ((), b"")
    said = _summary(got, request, is_secret)
    return said | {
        "url": got.url if reveal else said["url"],
        "http_version": got.http_version,
        "headers": [[name, value if reveal else shown_header(name, value, is_secret)] for name, value in got.headers],
        "body": hide(got.body, request.has_form),
        "signed": signed_parts(request, reveal=reveal).as_dict() if request.signatures else None,
        "client_base_string": theirs if reveal or theirs is None else mask_secrets(theirs),
        "refusal": got.refusal
        and {
            "problem": got.refusal.error.problem,
            "reason": got.refusal.reason,
            "difference": got.refusal.difference,
        },
        "diagnosis": diagnosis(state, got),
        "answer": {
            "headers": [[name, value if reveal else shown_header(name, value, is_secret)] for name, value in headers],
            "body": hide(body, is_form(dict(headers).get("content-type"))),
        },
    }


def verdict(got: Received) -> str:
    """Return ``"accepted"``, ``"refused"``, ``"failed"`` (a fault of the box) or ``"open"`` (nothing was verified)."""
    if got.refusal is not None:
        return "refused"
    if got.status is not None and got.status >= 400:
        return "failed"
    return "accepted" if got.verified is not None or got.request.path in _CREDENTIAL_ENDPOINTS else "open"


def sent_request(got: Received) -> SentRequest:
    """Return a request as a diagnosis reads it, leniently."""
    return read_request(got.method, got.url, got.headers, got.body)


def diagnosis(state: BoxState, got: Received) -> dict[str, Any] | None:
    """Return what a diagnosis with the secrets of the client says about a refused request; else None."""
    if got.refusal is None:
        return None
    request = sent_request(got)
    client_id, token = _named(request, "oauth_consumer_key"), _named(request, "oauth_token") or None
    known = state.store.find_credentials(client_id, token) if client_id else None
    known = known or Credentials()
    found = diagnose(
        got.method,
        got.url,
        got.headers,
        got.body,
        client_id=client_id,
        client_secret=known.client_secret or None,
        token=token,
        token_secret=known.token_secret,
        rsa_key=known.rsa_key,
        answer=(got.status or 401, *(got.answer or ((), b""))),
        provider=None if state.legs is None else state.legs.likeness.facts,
    )
    return found.as_dict()


def as_curl(got: Received) -> str:
    """Return the request as a curl command, with all its secrets."""
    words = ["curl", "-X", got.method]
    for name, value in got.headers:
        if name not in ("host", "content-length", "connection", "accept-encoding"):
            words += ["-H", f"{name}: {value}"]
    if got.body:
        words += ["--data-binary", got.body.decode("utf-8", "surrogateescape")]
    return shlex.join([*words, got.url]).encode("utf-8", "replace").decode("utf-8")


def _words(got: Received, request: SentRequest) -> str:
    if got.refusal is not None:
        error = got.refusal.error
        return f"{error.problem}: {got.refusal.difference or error.reason}"
    if verdict(got) == "failed":
        return "refused by a fault or an answer that was set"
    if verdict(got) == "open":
        return "nothing to verify"
    method, place = _named(request, "oauth_signature_method"), " and ".join(request.placements())
    return f"{_named(request, 'oauth_consumer_key')}  {method}, {place}"


def _named(request: SentRequest, name: str) -> str | None:
    value = request.protocol(name)
    return None if value is None else readable(value)


def _shown_url(got: Received, request: SentRequest, is_secret: IsSecret) -> str:
    return got.url.partition("?")[0] + ("?" + shown_pairs(request.query, is_secret) if request.query else "")


def _masker(
    state: BoxState, got: Received, request: SentRequest, is_secret: IsSecret, reveal: bool
) -> Callable[[bytes, bool], str]:
    """Return a function that turns a body, a form or another one, into a text without secrets."""
    values = [*islice(_secret_values(got, is_secret), _MOST_SECRETS + 1)]
    known = KnownSecrets((*_secrets_of(state, request), *values))

    def hide(body: bytes, has_form: bool) -> str:
        if len(values) > _MOST_SECRETS and not reveal:
            return MASK
        text = _body_text(body, reveal)
        if reveal:
            return text
        if has_form:
            text = shown_pairs(text, is_secret)
        # The base string in a refusal is masked already, and its names would be taken for labels of secrets.
        return known.without_values(text) if has_form or got.refusal is not None else known.masked(text)

    return hide


def _secrets_of(state: BoxState, request: SentRequest) -> Iterable[str | None]:
    client_id, token = _named(request, "oauth_consumer_key"), _named(request, "oauth_token") or None
    known = state.store.find_credentials(client_id, token) if client_id else None
    return () if known is None else (known.client_secret, known.token_secret)


def _secret_values(got: Received, is_secret: IsSecret) -> Iterable[str]:
    """The values that may be secret in a query or form, which an answer may repeat in any notation."""
    for name, value in (*got.query(), *got.form()):
        if is_secret(name.decode("utf-8", "replace")):
            yield value.decode("utf-8", "replace")


def _body_text(body: bytes, reveal: bool) -> str:
    shown = body[:_LONGEST_BODY].decode("latin-1")
    text = readable(shown if reveal else mask_parts(shown))
    return text if len(body) <= _LONGEST_BODY else f"{text}\n… {len(body) - _LONGEST_BODY} more bytes"
