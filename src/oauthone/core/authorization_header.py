r"""The ``Authorization`` header (RFC 5849 section 3.5.1), written and strictly parsed, with its realm.

The functions that write take the encoded ``"name\0value"`` strings of `encoding`, which the signature covers too: so
the parameters that are sent are those that were signed.
"""

import re
from collections.abc import Sequence

from oauthone.core.encoding import encoded_pair
from oauthone.core.escapes import CANONICAL_TEXT
from oauthone.core.parameters import Parameters, decoded, malformed, read_parameters
from oauthone.errors import SigningError

#: The beginning of a header with the scheme ``OAuth``, in any case.
OAUTH_SCHEME = re.compile(r"OAuth(?:[ \t]|\Z)", re.ASCII | re.IGNORECASE)
_PAIR = re.compile(r'[ \t]*([!#$%&\'*+.^_`|~0-9A-Za-z-]+)[ \t]*=[ \t]*"((?:[^"\\\x00-\x08\x0a-\x1f\x7f]|\\[\t -~])*)"')
# The parameters of most headers, in the order of the groups of the pattern below.
_NAMES = (
    "oauth_consumer_key",
    "oauth_nonce",
    "oauth_signature_method",
    "oauth_timestamp",
    "oauth_token",
    "oauth_version",
    "oauth_signature",
    "oauth_body_hash",
    "oauth_callback",
    "oauth_verifier",
)
_EACH = "|".join([f'{name.removeprefix("oauth_")}="({CANONICAL_TEXT})"' for name in _NAMES])
_NONE_OF_THE_OTHERS = [None, None, None]
# A header as most clients write it: a realm without a quoted pair, then values encoded as in the base string.
_match_usual = re.compile(
    f'OAuth (?:realm="([ !#-\\[\\]-~]*+)", ?)?+(?:oauth_(?:{_EACH})(?:, ?(?!\\Z)|\\Z))++'
).fullmatch
_BETWEEN = re.compile(r"[ \t]*(?:,|$)")
_QUOTED_PAIR = re.compile(r"\\(.)")
_REALM = re.compile(r"[\t -~]*")


def realm_prefix(realm: str | None) -> str:
    """Return the beginning of an ``Authorization`` header; a realm of None is omitted, ``""`` is sent empty.

    Raises:
        SigningError: the realm has a character that a header cannot carry.
    """
    if realm is None:
        return "OAuth "
    if not _REALM.fullmatch(realm):
        raise SigningError("the realm has a control character or a non-ASCII character, which a header cannot carry")
    quoted = realm.replace("\\", "\\\\").replace('"', '\\"')
    return f'OAuth realm="{quoted}", '


def authorization_header(prefix: str, parameters: Sequence[str]) -> str:
    """Return the value of the ``Authorization`` header (RFC 5849 section 3.5.1).

    Args:
        prefix: the return value of `realm_prefix`.
        parameters: the encoded parameters, including the signature.
    """
    listed = '", '.join(parameters).replace("\0", '="')
    return f'{prefix}{listed}"'


class HeaderTemplate:
    """The constant protocol parameters of a signer, formatted once for the header and once for the base string.

    Each signature fills in its timestamp, nonce and body hash. In a base string the protocol parameters are adjacent
    unless a parameter of the request begins with ``oauth_``: only such a name sorts between them.

    Args:
        realm: see `realm_prefix`, which checks it.
        constant: the encoded parameters that never change.
    """

    __slots__ = ("_after", "_before", "_between", "_head", "prefix")

    def __init__(self, realm: str | None, constant: Sequence[str]) -> None:
        #: The beginning of each header.
        self.prefix = realm_prefix(realm)
        self._head = authorization_header(self.prefix, [*constant, "oauth_timestamp\0"])[:-1]
        ordered = sorted([*constant, "oauth_nonce\0\1", "oauth_timestamp\0\1"])
        in_a_row = "%26".join([pair.replace("%", "%25") for pair in ordered])
        self._before, self._between, self._after = in_a_row.split("\1")

    def base_string(self, start: str, parameters: str, timestamp: str, nonce: str, body_hash: str) -> str:
        """Return what `signature_base_string` returns for the request's and the protocol parameters.

        Args:
            start: the return value of `base_string_prefix`.
            parameters: the return value of `canonical_parameters`, in which no name begins with ``oauth_``.
            timestamp: unreserved characters only.
            nonce: unreserved characters only.
            body_hash: encoded; empty to omit it.
        """
        protocol = f"{self._before}{nonce}{self._between}{timestamp}{self._after}"
        if body_hash:
            protocol = f"oauth_body_hash\0{body_hash.replace('%', '%25')}%26{protocol}"
        if parameters:
            pairs = parameters.replace("%", "%25").replace("=", "\0").split("&")
            pairs.append(protocol)
            pairs.sort()
            protocol = "%26".join(pairs)
        return start + protocol.replace("\0", "%3D")

    def header(self, timestamp: str, nonce: str, body_hash: str, signature: str) -> str:
        """Return the value of the ``Authorization`` header; all arguments are encoded."""
        if body_hash:
            nonce = f'{nonce}", oauth_body_hash="{body_hash}'
        return f'{self._head}{timestamp}", oauth_nonce="{nonce}", oauth_signature="{signature}"'


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


def read_any_header(value: str) -> tuple[str | None, Parameters]:
    """Return the realm of an ``Authorization`` header, or None, and its parameters.

    Raises:
        VerificationError: see `parse_authorization_header`.
    """
    realm, parameters = parse_authorization_header(value)
    return realm, read_parameters([encoded_pair(name, text) for name, text in parameters])


def read_usual_header(value: str) -> tuple[str | None, tuple[list[str] | str, dict[str, str]]] | None:
    """Return what `read_any_header` returns, but faster, for a header as most clients write it; None for any other.

    Instead of the signed pairs there may be one string: the part of the base string that they make.
    """
    match = _match_usual(value)
    if match is None:
        return None
    realm, *texts = match.groups()
    if value.count('="') != len(_NAMES) + (realm is not None) - texts.count(None):  # a parameter is doubled
        return None
    key, nonce, method, timestamp, token, version, signature, *others = texts
    if others != _NONE_OF_THE_OTHERS or None in texts[:7] or "%" in f"{key}{nonce}{method}{timestamp}{token}{version}":
        return realm, _parameters_of(texts)
    # Written out, because a loop over the names takes half as long again.
    protocol = {
        "oauth_consumer_key": key,
        "oauth_nonce": nonce,
        "oauth_signature_method": method,
        "oauth_timestamp": timestamp,
        "oauth_token": token,
        "oauth_version": version,
        "oauth_signature": decoded(signature),
    }
    # They are neighbours in each base string: nothing that sorts between them is accepted beside them.
    signed = (
        f"oauth_consumer_key%3D{key}%26oauth_nonce%3D{nonce}%26oauth_signature_method%3D{method}"
        f"%26oauth_timestamp%3D{timestamp}%26oauth_token%3D{token}%26oauth_version%3D{version}"
    )
    return realm, (signed, protocol)


def _parameters_of(texts: list[str | None]) -> Parameters:
    """Return the parameters with these encoded values, in the order of `_NAMES`; None for one that is missing."""
    protocol = {name: text for name, text in zip(_NAMES, texts, strict=True) if text is not None}
    signed = [f"{name}\0{text}" for name, text in protocol.items() if name != "oauth_signature"]
    for name, text in protocol.items():
        if "%" in text:
            protocol[name] = decoded(text)
    return signed, protocol
