"""The ``Authorization`` header that a server receives (RFC 5849 section 3.5.1), strictly parsed, with its realm.

It is apart from the header that a client writes, because its patterns take milliseconds to compile.
"""

import re

from oauthone.core.encoding import encoded_pair
from oauthone.core.escapes import CANONICAL_TEXT
from oauthone.core.parameters import decoded, malformed, read_parameters

#: The beginning of a header with the scheme ``OAuth``, in any case.
OAUTH_SCHEME = re.compile(r"OAuth(?:[ \t]|\Z)", re.ASCII | re.IGNORECASE)
_PAIR = re.compile(r'[ \t]*([!#$%&\'*+.^_`|~0-9A-Za-z-]+)[ \t]*=[ \t]*"((?:[^"\\\x00-\x08\x0a-\x1f\x7f]|\\[\t -~])*)"')
# The parameters of most headers, in the order of a base string.
_NAMES = (
    "oauth_body_hash",
    "oauth_callback",
    "oauth_consumer_key",
    "oauth_nonce",
    "oauth_signature",
    "oauth_signature_method",
    "oauth_timestamp",
    "oauth_token",
    "oauth_verifier",
    "oauth_version",
)
# Group 1 is the realm. A parameter whose group has matched already does not match again, so none is doubled.
_EACH = "|".join(
    [f'{name.removeprefix("oauth_")}="(?({group})(?!)|)({CANONICAL_TEXT})"' for group, name in enumerate(_NAMES, 2)]
)
# A header as most clients write it: a realm without a quoted pair, then values encoded as in the base string.
_match_usual = re.compile(
    f'OAuth (?:realm="([ !#-\\[\\]-~]*+)", ?)?+(?:oauth_(?:{_EACH})(?:, ?(?!\\Z)|\\Z))++'
).fullmatch
_BETWEEN = re.compile(r"[ \t]*(?:,|$)")
_QUOTED_PAIR = re.compile(r"\\(.)")


def parse_authorization_header(value: str) -> tuple[str | None, list[tuple[str, str]]]:
    """Return the realm, or None, and the parameters of an ``Authorization`` header, decoded once.

    Args:
        value: the header's value (RFC 5849 section 3.5.1).

    Raises:
        VerificationError: the header has another scheme or is not well-formed, or a parameter is doubled or not
            properly encoded text.
    """
    if not OAUTH_SCHEME.match(value):
        raise malformed("the Authorization header does not have the scheme OAuth")
    value = value.rstrip(" \t")
    realm: str | None = None
    parameters: list[tuple[str, str]] = []
    position = 5
    while position < len(value) or (not parameters and realm is None):
        pair = _PAIR.match(value, position)
        joint = pair and _BETWEEN.match(value, pair.end())
        if not pair or not joint:
            raise malformed(f"the Authorization header is not well-formed at character {position + 1}")
        name, text = pair.groups()
        if name.lower() == "realm":
            if realm is not None:
                raise malformed("the Authorization header has two realms")
            realm = _QUOTED_PAIR.sub(r"\1", text)
        else:
            parameters.append((decoded(name), decoded(text)))
        position = joint.end()
        if joint[0].endswith(",") and position == len(value):
            raise malformed("the Authorization header ends in a comma")
    names = [name for name, _ in parameters if name.startswith("oauth_")]
    if len(set(names)) != len(names):
        raise malformed("the Authorization header has a protocol parameter twice")
    return realm, parameters


def read_any_header(value: str) -> tuple[str | None, list[str], dict[str, str]]:
    """Return the realm of an ``Authorization`` header, or None, its signed pairs, and its protocol parameters.

    Args:
        value: the header's value.

    Raises:
        VerificationError: see `parse_authorization_header`.
    """
    realm, parameters = parse_authorization_header(value)
    return realm, *read_parameters([encoded_pair(name, text) for name, text in parameters])


def read_usual_header(value: str) -> tuple[str | None, str, dict[str, str]] | None:
    """Return the realm and the parameters of a header as most clients write it, but faster; None for any other header.

    The parameters that the signature covers are returned as the part of the base string that they make: nothing that
    sorts between them is accepted beside them.

    Args:
        value: the header's value.
    """
    match = _match_usual(value)
    if match is None:
        return None
    texts = match.groups()
    realm, body_hash, callback, key, nonce, signature, method, timestamp, token, verifier, version = texts
    if (
        not (key and nonce and signature and method and timestamp and token and version)
        or not body_hash is callback is verifier is None
        or "%" in f"{key}{nonce}{method}{timestamp}{token}{version}"
    ):
        return realm, *_parameters_of(texts[1:])
    # Written out, because a loop over the names takes half as long again.
    protocol = {
        "oauth_consumer_key": key,
        "oauth_nonce": nonce,
        "oauth_signature": decoded(signature),
        "oauth_signature_method": method,
        "oauth_timestamp": timestamp,
        "oauth_token": token,
        "oauth_version": version,
    }
    signed = (
        f"oauth_consumer_key%3D{key}%26oauth_nonce%3D{nonce}%26oauth_signature_method%3D{method}"
        f"%26oauth_timestamp%3D{timestamp}%26oauth_token%3D{token}%26oauth_version%3D{version}"
    )
    return realm, signed, protocol


def _parameters_of(texts: tuple[str | None, ...]) -> tuple[str, dict[str, str]]:
    """Return the parameters with these encoded values, in the order of `_NAMES`; None for one that is missing."""
    given = [(name, text) for name, text in zip(_NAMES, texts, strict=True) if text is not None]
    signed = [f"{name}%3D{text.replace('%', '%25')}" for name, text in given if name != "oauth_signature"]
    return "%26".join(signed), {name: decoded(text) if "%" in text else text for name, text in given}
