"""Percent-encoding (RFC 5849 section 3.6) and the form codec (section 3.4.1.3.1), on octets.

Text and octets share one form here, the *wire string*: a ``str`` in which each character is one octet (U+0000 to
U+00FF). So octets that are not UTF-8 are preserved, and the fast methods of strings apply.
"""

import hmac
import re
from binascii import a2b_qp
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any, cast

from oauthone.core.escapes import CANONICAL_DIGITS, CANONICAL_FORM, CANONICAL_REST, ESCAPES, UNRESERVED
from oauthone.core.large_texts import normalize_large_form, percent_decode_large

_PERCENT = ord("%")
_OCTET = {
    first + second: int(first + second, 16) for first in "0123456789ABCDEFabcdef" for second in "0123456789ABCDEFabcdef"
}

# It matches the longest canonical beginning.
_match_canonical = re.compile(CANONICAL_FORM).match
# Few texts need these two: each is compiled for the first that does.
_BARE_PERCENT = "%(?![0-9A-Fa-f]{2})"
_ODD_ESCAPE = f"(%(?!{CANONICAL_DIGITS})..)"
_IN_FORM = tuple(text if chr(octet) not in "%&=" else chr(octet) for octet, text in enumerate(ESCAPES))
_CANONICAL = {f"%{digits}": ESCAPES[octet] for digits, octet in _OCTET.items()}
# One pass for each octet that has to be escaped takes less time than one that looks up every character, up to so many.
_FEW = 8
# Up to this length regular expressions are fast enough for every text.
_LARGE = 16 * 1024


def constant_time_equal(one: str, other: str) -> bool:
    """Compare two strings, one of which is secret: the time it takes does not tell where they differ."""
    if one.isascii() and other.isascii():
        return hmac.compare_digest(one, other)
    return hmac.compare_digest(one.encode("utf-8", "surrogatepass"), other.encode("utf-8", "surrogatepass"))


def to_wire_string(text: str | bytes) -> str:
    """Return the octets of ``text``, one character each; a ``str`` is encoded as UTF-8."""
    if isinstance(text, str):
        return text if text.isascii() else text.encode("utf-8", "surrogatepass").decode("latin-1")
    return str(text, "latin-1")


def percent_encode(text: str | bytes) -> str:
    """Return ``text`` with every octet except the unreserved ones as ``%XX`` (RFC 5849 section 3.6).

    Args:
        text: octets, or text that is encoded as UTF-8 first.
    """
    octets = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    if octets.isalnum() and isinstance(text, str):  # as octets, only ASCII is alphanumeric
        return text
    encoded = octets.decode("latin-1")
    reserved = set(octets.translate(None, UNRESERVED))
    if _PERCENT in reserved:
        encoded = encoded.replace("%", "%25")
        reserved.remove(_PERCENT)
    for octet in reserved:
        encoded = encoded.replace(chr(octet), ESCAPES[octet])
    return encoded


def is_alphanumeric(text: str) -> bool:
    """Return whether ``text`` has only ASCII letters and digits, so that nothing in it is escaped."""
    return text.isalnum() and text.isascii()


def encode_base64(text: str) -> str:
    """Return what `percent_encode` returns for text in base64, but faster."""
    return text.replace("+", "%2B").replace("/", "%2F").replace("=", "%3D")


def percent_decode(text: str) -> bytes:
    """Decode the wire string ``text`` once. A percent sign without two hexadecimal digits stays as it is."""
    if "%" not in text:
        return text.encode("latin-1")
    if len(text) > _LARGE:
        return percent_decode_large(text.encode("latin-1"))
    first, *rest = text.split("%")
    parts = [first.encode("latin-1")]
    for part in rest:
        octet = _OCTET.get(part[:2])
        if octet is None:
            parts.append(b"%" + part.encode("latin-1"))
        else:
            parts.append(bytes((octet,)) + part[2:].encode("latin-1"))
    return b"".join(parts)


def percent_decode_text(text: str) -> str:
    """Decode ``text`` once and strictly, as the value of a protocol parameter requires.

    Raises:
        ValueError: ``text`` has a percent sign without two hexadecimal digits or a character that is not ASCII, or it
            does not decode to UTF-8.
    """
    # The characters of base64 are replaced first: most headers contain no other escapes.
    decoded = text.replace("%2B", "+").replace("%2F", "/").replace("%3D", "=")
    if decoded.isascii() and "%" not in decoded:
        return decoded
    if not text.isascii() or re.search(_BARE_PERCENT, text):
        raise ValueError("not properly percent-encoded")
    # Each percent sign begins an escape here, as "=" does in the quoted-printable encoding.
    return a2b_qp(text.replace("=", "%3D").replace("%", "=").encode("ascii")).decode("utf-8")


def decode_for_display(text: str) -> str:
    """Decode percent escapes in ``text`` for people to read: octets that are not UTF-8 become U+FFFD."""
    return percent_decode(to_wire_string(text)).decode("utf-8", "replace")


def iter_pairs(given: "Mapping[str, str] | Iterable[tuple[Any, Any]]") -> Iterable[tuple[Any, Any]]:
    """Return the pairs of a mapping, or ``given`` itself if it is an iterable of pairs."""
    either: Any = given
    pairs: Iterable[tuple[Any, Any]] = either.items() if hasattr(either, "items") else either
    return pairs


def form_decode(text: str) -> list[tuple[bytes, bytes]]:
    """Decode the wire string of a query or form into pairs of octets. No input is an error.

    ``+`` is a space, only ``&`` separates pairs, and a name without ``=`` has an empty value. Empty text between two
    ``&`` is skipped.
    """
    pairs: list[tuple[bytes, bytes]] = []
    for part in text.replace("+", "%20").split("&"):
        if part:
            name, _, value = part.partition("=")
            pairs.append((percent_decode(name), percent_decode(value)))
    return pairs


def form_encode(pairs: Iterable[tuple[str, str]]) -> str:
    """Encode ``pairs`` as a query or form. A space becomes ``%20``, which every parser accepts."""
    return "&".join([f"{percent_encode(name)}={percent_encode(value)}" for name, value in pairs])


def is_canonical_form(text: str) -> bool:
    """Return whether ``text`` is empty, or a query or form in the encoding of a base string."""
    match = _match_canonical(text)
    return not text if match is None else match.end() == len(text)


def normalize_form(text: str) -> str:
    """Return a query or form with its names and values encoded as section 3.6 requires.

    Each pair has a ``=``, and empty pairs are left out.

    Args:
        text: the query or form as a wire string. No text is an error.
    """
    if len(text) > _LARGE:
        return normalize_large_form(text)
    if "+" in text:
        text = text.replace("+", "%20")
    match = _match_canonical(text)
    if match is None:
        return _normalize_any_form(text) if text else text
    end = match.end()
    return text if end == len(text) else _escape_values(text, end)


def _escape_values(text: str, end: int) -> str:
    """Return what `normalize_form` returns, but faster if no more than a few octets, such as commas, stand in values.

    Args:
        text: a query or form without ``+``.
        end: where it stops being canonical.
    """
    match_rest = _rest_of_form()
    for _ in range(_FEW):
        octet = text[end]
        if octet in "%&=":
            break
        text = text.replace(octet, ESCAPES[ord(octet)])
        end = match_rest(text, end).end()
        if end == len(text):
            return text
    return _normalize_any_form(text)


@cache
def _rest_of_form() -> Callable[[str, int], re.Match[str]]:
    # What stands before may be any text, so it matches the empty one too.
    return cast("Callable[[str, int], re.Match[str]]", re.compile(CANONICAL_REST).match)


def _normalize_any_form(text: str) -> str:
    """Return what `normalize_form` returns, for a query or form without ``+``."""
    text = text.translate(_IN_FORM)
    if is_canonical_form(text):
        return text
    parts = re.split(_ODD_ESCAPE, re.sub(_BARE_PERCENT, "%25", text))
    parts[1::2] = map(_CANONICAL.__getitem__, parts[1::2])
    pairs = [pair.partition("=") for pair in "".join(parts).split("&") if pair]
    return "&".join([f"{name}={value.replace('=', '%3D')}" for name, _, value in pairs])


def encoded_pairs(text: str) -> list[str]:
    r"""Return the pairs of a query or form as strings ``"name\0value"``, encoded as section 3.6 requires.

    NUL sorts before every encoded character, so these strings sort by name and then by value (section 3.4.1.3.2).

    Args:
        text: the query or form as a wire string. No text is an error.
    """
    text = normalize_form(text)
    return text.replace("=", "\0").split("&") if text else []


def encode_values(parameters: Iterable[tuple[str, str]]) -> list[str]:
    """Return parameters in the form that `encoded_pairs` returns. Their names have unreserved characters only."""
    return [f"{name}\0{percent_encode(value)}" for name, value in parameters]


def encoded_pair(name: str, value: str) -> str:
    """Return one parameter in the form that `encoded_pairs` returns."""
    return f"{percent_encode(name)}\0{percent_encode(value)}"
