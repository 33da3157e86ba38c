"""Requests and options for both libraries, and what they made of them."""

from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, unquote_to_bytes

import requests
from hypothesis import strategies as st

from oauthone.core.body import FORM

#: What is random in a signature, fixed, so that both libraries make the same one.
FIXED = {"nonce": "n", "timestamp": "1"}

_TEXT = st.text(st.sampled_from("abz019-._~ %&=+;:,/?!*'()$@[]{}\"\\|^`<>#\né啦"), max_size=12)
_ENCODED = st.text(st.sampled_from("ab=&%41+~-._;"), max_size=12)
_QUERY = st.text(st.sampled_from("abz019-._~%&=+;:,/?!*'()$@[]{}|éa=&a=&%41"), max_size=14)

METHODS = st.sampled_from(["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD"])
URLS = _QUERY.map(lambda query: f"https://api.example/path?{query}")
BODIES: Any = st.one_of(
    st.none(),
    _TEXT,
    _ENCODED,
    _TEXT.map(str.encode),
    _ENCODED.map(str.encode),
    st.dictionaries(_TEXT, _TEXT, max_size=3),
)
CONTENT_TYPES = st.sampled_from([None, None, FORM, f"{FORM}; charset=utf-8", "application/json", b"text/plain"])
OPTIONS = st.fixed_dictionaries(
    {},
    optional={
        "client_secret": _TEXT,
        "resource_owner_key": _TEXT,
        "resource_owner_secret": _TEXT,
        "callback_uri": _TEXT,
        "verifier": _TEXT,
        "signature_method": st.sampled_from(["HMAC-SHA1", "HMAC-SHA256", "HMAC-SHA512", "PLAINTEXT"]),
        "signature_type": st.sampled_from(["AUTH_HEADER", "QUERY", "BODY", "query", "auth_header", "body"]),
        "realm": st.text(st.sampled_from("abc:/ ,=-"), max_size=6),
        "decoding": st.sampled_from(["utf-8", None]),
        "force_include_body": st.booleans(),
    },
)


class Shown(NamedTuple):
    """What both libraries have to send alike: query and form as pairs, which may be in another order and encoding."""

    resource: str
    query: list[tuple[str, str]]
    headers: dict[str, Any]
    body: Any


def prepare(auth: Any, method: str, url: str, content_type: Any, body: Any) -> requests.PreparedRequest:
    """Prepare a request with ``auth``."""
    headers = {} if content_type is None else {"Content-Type": content_type}
    return requests.Request(method, url, headers=headers, data=body, auth=auth).prepare()


def shown(request: Any) -> Shown:
    """Return what ``request`` would send, with the types of its headers and its body."""
    resource, _, query = request.url.partition("?")
    headers = {name: value for name, value in request.headers.items() if name != "Content-Length"}
    body = request.body
    if headers.get("Content-Type") in (FORM, FORM.encode()):
        text = body.decode("latin-1") if isinstance(body, bytes) else body or ""
        kind = type(body).__name__ if body else "empty"
        body = kind, sorted(parse_qsl(text, keep_blank_values=True, encoding="latin-1"))
    return Shown(resource, sorted(parse_qsl(query, keep_blank_values=True)), headers, body)


def is_utf8(*texts: Any) -> bool:
    """Return whether all these texts, decoded, are UTF-8. oauthlib signs other characters in the place of others."""
    try:
        for text in texts:
            unquote_to_bytes(text).decode() if isinstance(text, (str, bytes)) else None
    except UnicodeDecodeError:
        return False
    return True


def refusal_reason(options: Mapping[str, Any]) -> str | None:
    """Return why the compat module refuses what requests-oauthlib signs, or None if it should sign."""
    is_query = options.get("signature_type", "").upper() == "QUERY"
    return "PLAINTEXT in a query" if is_query and options.get("signature_method") == "PLAINTEXT" else None
