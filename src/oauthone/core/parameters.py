r"""Writing and strict parsing of protocol parameters (RFC 5849 sections 3.1 and 3.5).

The functions that write take the encoded ``"name\0value"`` strings of `encoding`, which the signature covers too: so
the parameters that are sent are those that were signed.
"""

import re
from collections.abc import Collection, Sequence
from enum import StrEnum

from oauthone.core.encoding import (
    CANONICAL_TEXT,
    encoded_pair,
    normalize_form,
    percent_decode,
    percent_decode_text,
    to_wire_string,
)
from oauthone.errors import SigningError, VerificationError


class Placement(StrEnum):
    """Where the protocol parameters travel (RFC 5849 section 3.5)."""

    HEADER = "HEADER"
    BODY = "BODY"
    QUERY = "QUERY"


_PAIR = re.compile(r'[ \t]*([!#$%&\'*+.^_`|~0-9A-Za-z-]+)[ \t]*=[ \t]*"((?:[^"\\\x00-\x08\x0a-\x1f\x7f]|\\[\t -~])*)"')
#: A header as most clients write it: without a realm, and with every value encoded as in the base string.
_CANONICAL_HEADER = re.compile(f'OAuth oauth_[a-z_]++="{CANONICAL_TEXT}"(?:, ?oauth_[a-z_]++="{CANONICAL_TEXT}")*+')
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


def append_to_query(url: str, parameters: Sequence[str]) -> str:
    """Return ``url`` with ``parameters`` appended to its query, which stays as it is (RFC 5849 section 3.5.3)."""
    resource, hash_sign, fragment = url.partition("#")
    before, _, query = resource.partition("?")
    return f"{before}?{append_to_form(query, parameters)}{hash_sign}{fragment}"


def remove_from_query(url: str, parameters: Collection[str]) -> str:
    """Return ``url`` without the parameters that `append_to_query` added to another URL.

    A redirect often repeats the query in the encoding of the server, so the pairs are compared decoded.

    Args:
        url: a URL, which may be relative.
        parameters: the encoded parameters that were added.
    """
    resource, hash_sign, fragment = url.partition("#")
    before, _, query = resource.partition("?")
    if not parameters or not query:
        return url
    unwanted = [_decoded_pair(pair) for pair in parameters]
    segments = query.split("&")
    kept = [segment for segment in segments if _decoded_pair(_encoded_pair(segment)) not in unwanted]
    if len(kept) == len(segments):
        return url
    question_mark = "?" if kept else ""
    return f"{before}{question_mark}{'&'.join(kept)}{hash_sign}{fragment}"


def _encoded_pair(segment: str) -> str:
    return normalize_form(segment if segment.isascii() else to_wire_string(segment)).replace("=", "\0")


def _decoded_pair(pair: str) -> list[str]:
    """Decode a pair until no escape is left, as some servers encode twice. A plus sign becomes a space."""
    return [_fully_decoded(part) for part in pair.split("\0")]


def _fully_decoded(text: str) -> str:
    done = bytearray()
    for octet in text.encode("latin-1"):
        done.append(octet)
        # A decoded octet may complete an escape that began before it.
        while done[-3:-2].startswith(b"%") and len(decoded := percent_decode(str(done[-3:], "latin-1"))) == 1:
            done[-3:] = decoded
    return str(done, "latin-1").replace("+", " ")


def append_to_form(form: str, parameters: Sequence[str]) -> str:
    """Return the form body ``form`` with ``parameters`` appended (RFC 5849 section 3.5.2)."""
    joint = "&" if form and not form.endswith("&") else ""
    added = "&".join(parameters).replace("\0", "=")
    return f"{form}{joint}{added}"


def is_oauth_header(value: str) -> bool:
    """Return whether an ``Authorization`` header has the scheme ``OAuth``, in any case."""
    return value[:5].lower() == "oauth" and value[5:6] in ("", " ", "\t")


def parse_authorization_header(value: str) -> tuple[str | None, list[tuple[str, str]]]:
    """Return the realm, or None, and the parameters of an ``Authorization`` header, decoded once.

    Args:
        value: the header's value (RFC 5849 section 3.5.1).

    Raises:
        VerificationError: the header has another scheme or is not well-formed, or a parameter is doubled or not
            properly encoded text.
    """
    if not is_oauth_header(value):
        raise _malformed("the Authorization header does not have the scheme OAuth")
    value = value.rstrip(" \t")
    realm: str | None = None
    parameters: list[tuple[str, str]] = []
    position = 5
    while position < len(value) or (not parameters and realm is None):
        pair = _PAIR.match(value, position)
        joint = pair and _BETWEEN.match(value, pair.end())
        if not pair or not joint:
            raise _malformed(f"the Authorization header is not well-formed at character {position + 1}")
        name, text = pair.groups()
        if name.lower() == "realm":
            if realm is not None:
                raise _malformed("the Authorization header has two realms")
            realm = _QUOTED_PAIR.sub(r"\1", text)
        else:
            parameters.append((_decoded(name), _decoded(text)))
        position = joint.end()
        if joint[0].endswith(",") and position == len(value):
            raise _malformed("the Authorization header ends in a comma")
    names = [name for name, _ in parameters if name.startswith("oauth_")]
    if len(set(names)) != len(names):
        raise _malformed("the Authorization header has a protocol parameter twice")
    return realm, parameters


def header_pairs(value: str) -> tuple[str | None, list[str]]:
    """Return the realm of an ``Authorization`` header, or None, and its parameters as encoded pairs.

    Raises:
        VerificationError: see `parse_authorization_header`.
    """
    if _CANONICAL_HEADER.fullmatch(value):
        return None, value[6:-1].replace('", ', '",').replace('="', "\0").split('",')
    realm, parameters = parse_authorization_header(value)
    return realm, [encoded_pair(name, text) for name, text in parameters]


def read_authorization(value: str) -> tuple[str | None, list[str], dict[str, str]]:
    """Return what `header_pairs` returns, and the protocol parameters among the pairs; the errors are the same."""
    realm, pairs = header_pairs(value)
    return realm, pairs, split_parameters(pairs)


def split_parameters(pairs: Sequence[str]) -> dict[str, str]:
    """Return the protocol parameters among encoded pairs, decoded.

    Raises:
        VerificationError: a parameter is doubled or not UTF-8 text.
    """
    protocol = [pair.split("\0") for pair in pairs if pair.startswith("oauth_")]
    found: dict[str, str] = {}
    for name, value in protocol:
        found[_decoded(name) if "%" in name else name] = _decoded(value) if "%" in value else value
    if len(found) != len(protocol):
        raise _malformed("the request has a protocol parameter twice")
    return found


def _decoded(text: str) -> str:
    try:
        return percent_decode_text(text)
    except ValueError:
        raise _malformed("a protocol parameter is not properly percent-encoded UTF-8 text") from None


def _malformed(reason: str) -> VerificationError:
    return VerificationError(400, "parameter_rejected", reason)
