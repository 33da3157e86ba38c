"""The form codec for large texts: it takes the same few passes whatever octets an attacker wrote.

Python cannot look at each octet of a large text in time, and a pass that replaces or splits takes longest where there
is most to replace. So octets are looked up in tables, all at once (``bytes.translate``), and then compared with their
neighbours, all at once: a whole block is one number whose digits are its octets, shifted by 8 bits for the next octet.
"""

import re
from binascii import unhexlify
from collections.abc import Iterable, Iterator

from oauthone.core.escapes import CANONICAL_FORM, ESCAPES

# A form is normalized in parts of about this length, so that one odd pair makes only its own part slow.
_PART = 4 * 1024
# The passes are fastest over blocks that stay in the processor's cache.
_BLOCK = 16 * 1024
# A form in which "+" stands for a space. The pattern is compiled for the first large form.
_CANONICAL_WITH_PLUS = CANONICAL_FORM.replace("._~-]", "._~+-]")


def _table(entries: dict[str, int]) -> bytes:
    """Return a table for ``bytes.translate`` in which all other octets are 0."""
    return bytes([entries.get(chr(octet), 0) for octet in range(256)])


_DIGITS = "0123456789ABCDEFabcdef"
_IS_PERCENT = _table({"%": 0xFF})
_IS_DIGIT = _table(dict.fromkeys(_DIGITS, 0xFF))
_FIRST_DIGIT = _table({digit: int(digit, 16) << 4 for digit in _DIGITS})
_SECOND_DIGIT = _table({digit: int(digit, 16) for digit in _DIGITS})

# The separators of a form pass as a letter, which needs no escape, and become separators again: these bits differ.
_LETTER = "A"
_SEPARATORS = _table({separator: ord(separator) ^ ord(_LETTER) for separator in "&="})
# Plus signs have become spaces before, so a plus sign stands for an "=" that belongs to a value.
_LITERALS = bytes.maketrans(b"&=+", f"{_LETTER * 2}=".encode())

# It stands where a column has no character, and is removed. All its bits are set: `|` makes it of any character.
_FILLER = b"\xff"


def _columns(texts: Iterable[str], width: int) -> tuple[bytes, ...]:
    """Return a table for the first character of each octet's text, one for the second and so on."""
    filled = [text.encode("ascii").ljust(width, _FILLER) for text in texts]
    return tuple(bytes(column) for column in zip(*filled, strict=True))


_ESCAPE_COLUMNS = _columns(ESCAPES, 3)
_HEX_COLUMNS = _columns([f"{octet:02x}" for octet in range(256)], 2)


def normalize_large_form(text: str) -> str:
    """Return what `encoding.normalize_form` returns, in a time that is linear, whatever octets there are.

    Args:
        text: the query or form as a wire string. No text is an error.
    """
    parts: list[str] = []
    start = 0
    while start < len(text):
        end = text.find("&", start + _PART)
        part = text[start:] if end < 0 else text[start:end]
        start += len(part) + 1
        is_canonical = re.fullmatch(_CANONICAL_WITH_PLUS, part) is not None
        parts.append(part.replace("+", "%20") if is_canonical else _normalize_part(part))
    return "&".join(filter(None, parts))


def _normalize_part(text: str) -> str:
    pairs = [pair.partition("=") for pair in text.replace("+", " ").split("&") if pair]
    octets = "&".join([f"{name}={value.replace('=', '+')}" for name, _, value in pairs]).encode("latin-1")
    return b"".join(map(_normalize_block, _blocks(octets))).decode("ascii")


def _normalize_block(octets: bytes) -> bytes:
    """Return a block of a form with each octet encoded, except its separators."""
    escapes, values = _read_escapes(octets)
    separators = _number(octets.translate(_SEPARATORS))
    decoded = _octets(_number(octets.translate(_LITERALS)) & ~escapes | values, len(octets))
    first, second, third = [_number(decoded.translate(column)) for column in _ESCAPE_COLUMNS]
    return _join_columns([first ^ separators, second, third], escapes, len(octets))


def percent_decode_large(octets: bytes) -> bytes:
    """Return what `encoding.percent_decode` returns, in a time that is linear, whatever octets there are."""
    return b"".join(map(_decode_block, _blocks(octets)))


def _decode_block(octets: bytes) -> bytes:
    escapes, values = _read_escapes(octets)
    decoded = _octets(_number(octets) & ~escapes | values, len(octets))
    digits = [_number(decoded.translate(column)) for column in _HEX_COLUMNS]
    return unhexlify(_join_columns(digits, escapes, len(octets)))


def _blocks(octets: bytes) -> Iterator[bytes]:
    """Cut ``octets`` into blocks, but not inside an escape."""
    start = 0
    while start < len(octets):
        end = start + _BLOCK
        if end < len(octets) and (percent := octets.find(b"%", end - 2, end)) >= 0:
            end = percent
        yield octets[start:end]
        start = end


def _read_escapes(octets: bytes) -> tuple[int, int]:
    """Return where escapes begin, as digits of 255, and the octets that they stand for, in the same places.

    A percent sign without two hexadecimal digits is no escape.
    """
    is_digit = _number(octets.translate(_IS_DIGIT))
    escapes = _number(octets.translate(_IS_PERCENT)) & is_digit >> 8 & is_digit >> 16
    values = _number(octets.translate(_FIRST_DIGIT)) >> 8 | _number(octets.translate(_SECOND_DIGIT)) >> 16
    return escapes, values & escapes


def _join_columns(columns: list[int], escapes: int, length: int) -> bytes:
    """Return the columns side by side, without the fillers and without the two digits of each escape."""
    digits = escapes << 8 | escapes << 16
    joined = bytearray(len(columns) * length)
    for index, column in enumerate(columns):
        joined[index :: len(columns)] = _octets(column | digits, length)
    return bytes(joined.translate(None, _FILLER))


def _number(octets: bytes) -> int:
    return int.from_bytes(octets, "little")


def _octets(number: int, length: int) -> bytes:
    return number.to_bytes(length, "little")
