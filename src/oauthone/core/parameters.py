r"""Protocol parameters in a query or form, and protocol parameters among encoded pairs (RFC 5849 section 3.5).

The functions that write take the encoded ``"name\0value"`` strings of `encoding`, which the signature covers too: so
the parameters that are sent are those that were signed.
"""

from collections.abc import Collection, Sequence
from enum import StrEnum
from typing import TypeAlias

from oauthone.core.encoding import (
    normalize_form,
    percent_decode,
    percent_decode_text,
    to_wire_string,
)
from oauthone.errors import VerificationError

#: The encoded pairs that a signature covers, and the protocol parameters, decoded.
Parameters: TypeAlias = tuple[list[str], dict[str, str]]


class Placement(StrEnum):
    """Where the protocol parameters travel (RFC 5849 section 3.5)."""

    HEADER = "HEADER"
    BODY = "BODY"
    QUERY = "QUERY"


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


def read_parameters(pairs: Sequence[str]) -> Parameters:
    """Return the parameters that the signature covers, and the protocol parameters, for one place of a request.

    Args:
        pairs: all encoded pairs of that place.

    Raises:
        VerificationError: a protocol parameter is doubled or not UTF-8 text.
    """
    signed: list[str] = []
    protocol: dict[str, str] = {}
    count = 0
    for pair in pairs:
        if not pair.startswith("oauth_"):
            signed.append(pair)
            continue
        name, _, value = pair.partition("\0")
        if "%" in pair:
            name, value = decoded(name), decoded(value)
        if name != "oauth_signature":
            signed.append(pair)
        protocol[name] = value
        count += 1
    if len(protocol) != count:
        raise malformed("the request has a protocol parameter twice")
    return signed, protocol


def decoded(text: str) -> str:
    """Return the text of an encoded name or value.

    Raises:
        VerificationError: it is not properly percent-encoded UTF-8 text.
    """
    try:
        return percent_decode_text(text)
    except ValueError:
        raise malformed("a protocol parameter is not properly percent-encoded UTF-8 text") from None


def malformed(reason: str) -> VerificationError:
    """Return the error for parameters that cannot be read."""
    return VerificationError(400, "parameter_rejected", reason)
