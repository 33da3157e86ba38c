"""Protocol parameters in the header, the form or the query of a request (RFC 5849 section 3.5)."""

from collections.abc import Iterable, Mapping
from typing import Any

from authlib.oauth1.rfc5849.util import escape, escape_name
from oauthone.core.authorization_header import authorization_header, realm_prefix
from oauthone.core.parameters import append_to_query


def prepare_headers(
    oauth_params: Iterable[tuple[Any, Any]], headers: Mapping[str, Any] | None = None, realm: str | None = None
) -> Any:
    """Return a copy of ``headers`` with the Authorization header.

    Raises:
        SigningError: the realm has a character that a header cannot carry.
    """
    encoded = encode([(name, value) for name, value in oauth_params if name.startswith("oauth_")])
    changed = copy_headers(headers)
    changed["Authorization"] = authorization_header(realm_prefix(realm or None), encoded)
    return changed


def prepare_form_encoded_body(oauth_params: Iterable[tuple[Any, Any]], body: Iterable[tuple[Any, Any]]) -> str:
    """Return a form with the pairs of ``body``, followed by the protocol parameters."""
    pairs = sorted([*body, *oauth_params], key=lambda pair: pair[0].startswith("oauth_"))
    return "&".join(encode(pairs)).replace("\0", "=")


def prepare_request_uri_query(oauth_params: Iterable[tuple[Any, Any]], uri: str) -> str:
    """Return ``uri`` with the protocol parameters at the end of its query."""
    return append_to_query(uri, encode(oauth_params))


def encode(parameters: Iterable[tuple[Any, Any]]) -> list[str]:
    r"""Return parameters as encoded ``"name\0value"`` strings; a value may also be octets or a number."""
    return [f"{escape_name(name)}\0{escape(value)}" for name, value in parameters]


def copy_headers(headers: Mapping[str, Any] | None) -> Any:
    """Return a copy that may be changed; a mapping that ignores the case of names stays one."""
    copied: Any = headers.copy() if headers is not None and hasattr(headers, "copy") else dict(headers or {})
    return copied
