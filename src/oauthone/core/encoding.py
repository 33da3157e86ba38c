"""Percent-encoding (RFC 5849 section 3.6) and the form codec (section 3.4.1.3.1), on octets.

Text and octets share one form here, the *wire string*: a ``str`` in which each character is one octet (U+0000 to
U+00FF). So octets that are not UTF-8 are preserved, and the fast methods of strings apply.
"""

import hmac
import re
from binascii import a2b_qp
from collections.abc import Iterable, Mapping
from typing import Any, cast

UNRESERVED = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"

_PERCENT = ord("%")
_ESCAPE = tuple(chr(octet) if octet in UNRESERVED else f"%{octet:02X}" for octet in range(256))
_OCTET = {
    first + second: int(first + second, 16) for first in "0123456789ABCDEFabcdef" for second in "0123456789ABCDEFabcdef"
}

# The two digits of an octet that has to be escaped, in upper case: only these follow a percent sign in canonical text.
_CANONICAL_ESCAPE = "(?:[0189A-F][0-9A-F]|2[0-9A-CF]|3[A-F]|40|5[B-E]|60|7[BCDF])"
#: A pattern for text that stays the same when it is decoded and then encoded as section 3.6 requires.
CANONICAL_TEXT = f"[A-Za-z0-9._~-]*+(?:%{_CANONICAL_ESCAPE}[A-Za-z0-9._~-]*+)*+"

_CANONICAL_FORM = re.compile(f"{CANONICAL_TEXT}={CANONICAL_TEXT}(?:&{CANONICAL_TEXT}={CANONICAL_TEXT})*+")
_is_canonical_form = _CANONICAL_FORM.fullmatch
# The same for a form in which "+" stands for a space; compiled for the first large form.
_CANONICAL_WITH_PLUS = _CANONICAL_FORM.pattern.replace("._~-]", "._~+-]")
_BARE_PERCENT = re.compile("%(?![0-9A-Fa-f]{2})")
_ODD_ESCAPE = re.compile(f"(%(?!{_CANONICAL_ESCAPE})..)")
_IN_FORM = tuple(text if chr(octet) not in "%&=" else chr(octet) for octet, text in enumerate(_ESCAPE))
_CANONICAL = {f"%{digits}": _ESCAPE[octet] for digits, octet in _OCTET.items()}
# In a large text NUL begins a mark: for the octet NUL, for one and for eight octets "=", for one and for eight percent
# signs, and for the two separators of a form. After `_decode_large` an "=" stands for a percent sign.
_MARKS = {
    "\0n": "%00",
    "\0e": "%3D",
    "\0f": "%3D" * 8,
    "\0l": "%25",
    "\0m": "%25" * 8,
    "\0v": "=",
    "\0p": "&",
}
_ESCAPE_MARKED = ("\0", *_ESCAPE[1:])
_ESCAPE_DECODED = tuple("%25" if octet == ord("=") else text for octet, text in enumerate(_ESCAPE_MARKED))
_UNTOUCHED = frozenset("\0" + UNRESERVED.decode("ascii"))
# Up to this length regular expressions are fast enough for every text.
_LARGE = 16 * 1024
# A larger form is normalized in parts of about this length, so that one odd pair makes only its own part slow.
_PART = 4 * 1024
# More reserved characters than this are replaced faster all at once than one after the other.
_MANY = 16


def constant_time_equal(one: str, other: str) -> bool:
    """Compare two strings, one of which is secret: the time it takes does not tell where they differ."""
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
    if isinstance(text, str):
        if text.isascii() and text.isalnum():
            return text
        text = text.encode("utf-8", "surrogatepass")
    encoded = text.decode("latin-1")
    reserved = set(text.translate(None, UNRESERVED))
    if _PERCENT in reserved:
        encoded = encoded.replace("%", "%25")
        reserved.remove(_PERCENT)
    for octet in reserved:
        encoded = encoded.replace(chr(octet), _ESCAPE[octet])
    return encoded


def percent_decode(text: str) -> bytes:
    """Decode the wire string ``text`` once. A percent sign without two hexadecimal digits stays as it is."""
    if "%" not in text:
        return text.encode("latin-1")
    if len(text) > _LARGE:
        text = _decode_large(_mark_nul(text)).replace("=", "%").replace("\0l", "%").replace("\0m", "%" * 8)
        return text.replace("\0f", "=" * 8).replace("\0e", "=").replace("\0n", "\0").encode("latin-1")
    first, *rest = text.split("%")
    parts = [first.encode("latin-1")]
    for part in rest:
        octet = _OCTET.get(part[:2])
        if octet is None:
            parts.append(b"%" + part.encode("latin-1"))
        else:
            parts.append(bytes((octet,)) + part[2:].encode("latin-1"))
    return b"".join(parts)


def _decode_large(text: str) -> str:
    r"""Decode the wire string ``text`` in a few passes, whatever an attacker wrote.

    The codec of quoted-printable decodes all escapes at once if ``=`` begins each of them. It keeps that sign where no
    two digits follow, so an ``=`` in the result was a percent sign. Octets that would be mistaken for one are marked:
    see `_MARKS`.
    """
    text = text.replace("=" * 8, "\0f").replace("=", "\0e").replace("%3D", "\0e").replace("%3d", "\0e")
    # The codec drops one of two signs in a row, a line break after a sign, and a sign at the end.
    text = (
        text.replace("%" * 9, "\0m%")
        .replace("%%", "\0l%")
        .replace("%%", "\0l%")
        .replace("%\n", "\0l\n")
        .replace("%\r", "\0l\r")
    )
    if text.endswith("%"):
        text = text[:-1] + "\0l"
    return str(a2b_qp(text.replace("%", "=").encode("latin-1")), "latin-1")


def _mark_nul(text: str) -> str:
    return text.replace("\0", "%00").replace("%00", "\0n")


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
    if not text.isascii() or _BARE_PERCENT.search(text):
        raise ValueError("not properly percent-encoded")
    return percent_decode(text).decode("utf-8")


def decode_for_display(text: str) -> str:
    """Decode percent escapes in ``text`` for people to read: octets that are not UTF-8 become U+FFFD."""
    return percent_decode(to_wire_string(text)).decode("utf-8", "replace")


def iter_pairs(given: "Mapping[str, str] | Iterable[tuple[Any, Any]]") -> Iterable[tuple[Any, Any]]:
    """Return the pairs of a mapping, or ``given`` itself if it is an iterable of pairs."""
    return cast("Mapping[str, str]", given).items() if hasattr(given, "items") else cast("Any", given)


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


def normalize_form(text: str) -> str:
    """Return a query or form with its names and values encoded as section 3.6 requires.

    Each pair has a ``=``, and empty pairs are left out.

    Args:
        text: the query or form as a wire string. No text is an error.
    """
    if len(text) > _LARGE:
        return _normalize_large_form(text)
    if "+" in text:
        text = text.replace("+", "%20")
    if not text or _is_canonical_form(text):
        return text
    text = text.translate(_IN_FORM)
    if _is_canonical_form(text):
        return text
    parts = _ODD_ESCAPE.split(_BARE_PERCENT.sub("%25", text))
    parts[1::2] = map(_CANONICAL.__getitem__, parts[1::2])
    pairs = [pair.partition("=") for pair in "".join(parts).split("&") if pair]
    return "&".join([f"{name}={value.replace('=', '%3D')}" for name, _, value in pairs])


def _normalize_large_form(text: str) -> str:
    """Return what `normalize_form` returns, in a time that is linear whatever an attacker wrote."""
    parts: list[str] = []
    start = 0
    while start < len(text):
        end = text.find("&", start + _PART)
        part = text[start:] if end < 0 else text[start:end]
        start += len(part) + 1
        is_canonical = re.fullmatch(_CANONICAL_WITH_PLUS, part) is not None
        parts.append(part.replace("+", "%20") if is_canonical else _normalize_any_form(part))
    return "&".join(filter(None, parts))


def _normalize_any_form(text: str) -> str:
    """Return what `normalize_form` returns, in a few passes whatever an attacker wrote."""
    pairs = [pair.partition("=") for pair in _mark_nul(text.replace("+", " ")).split("&") if pair]
    decoded, escapes = "\0p".join([f"{name}\0v{value}" for name, _, value in pairs]), _ESCAPE_MARKED
    if "%" in decoded:
        decoded, escapes = _decode_large(decoded), _ESCAPE_DECODED
    marks = [mark for mark in _MARKS if mark in decoded]
    reserved = set(decoded) - _UNTOUCHED
    if len(reserved) > _MANY:
        decoded = decoded.translate(escapes)
    else:
        # The percent sign comes first, as all escapes hold one.
        for character in sorted(reserved, key=lambda one: (one != "%", one)):
            decoded = decoded.replace(character, escapes[ord(character)])
    for mark in marks:
        decoded = decoded.replace(mark, _MARKS[mark])
    return decoded


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
