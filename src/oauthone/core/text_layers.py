"""Decoding a text layer by layer; each character keeps its position in the original text."""

import re
from array import array
from base64 import b64decode
from collections.abc import Callable, Iterator
from html import unescape
from itertools import accumulate
from typing import NamedTuple

#: How many layers of escapes and of base64 are decoded.
_LAYERS, _BASE64_LAYERS = 4, 2
_ESCAPE = re.compile(
    r"""
    (?P<octets>(?:%[0-9A-Fa-f]{2})+|(?:\\x[0-9A-Fa-f]{2})+)
    |(?P<units>(?:(?:\\u|%u)[0-9A-Fa-f]{4})+)
    |\\(?:u\{(?P<point>[0-9A-Fa-f]{1,6})\}|U(?P<long>[0-9A-Fa-f]{8}))
    |&(?:\#0*(?P<number>[0-9]{1,7}|[xX]0*[0-9A-Fa-f]{1,6});?|(?P<entity>[A-Za-z][A-Za-z0-9]{1,30});)
    |\\(?P<sign>[\\/"'`&<>bfnrt])
    """,
    re.VERBOSE,
)
#: Octets in quoted-printable, and line ends that it adds (RFC 2045 section 6.7).
_QUOTED = re.compile(r"(?P<octets>(?:=[0-9A-Fa-f]{2})+)|=[ \t]*\r?\n")
_SIGNS = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{6,}(?:\r?\n[ \t]*[A-Za-z0-9+/_-]+)*")
_NO_UTF_8 = re.compile("[\udc80-\udcff]")
_HEX = re.compile(r"[0-9A-Fa-f]{2}(?:[: ]?[0-9A-Fa-f]{2}){3,}[0-9A-Fa-f]?")
#: Characters that a reader does not see, or sees only as the end of a line.
_UNSEEN = re.compile("(?:[\0\xad\u200b-\u200d\u2060\ufeff]|\r?\n[ \t]*)+")


class Layer(NamedTuple):
    """A text, and for each of its characters where its part of the original begins and ends."""

    text: str
    begins: "array[int]"
    ends: "array[int]"


def text_of(octets: bytes) -> str:
    """Decode ``octets`` as UTF-8, and octets that are not UTF-8 as Latin-1."""
    text = octets.decode("utf-8", "surrogateescape")
    return _NO_UTF_8.sub(lambda sign: chr(ord(sign[0]) - 0xDC00), text)


def layer_of(text: str) -> Layer:
    places = array("l", range(len(text) + 1))
    return Layer(text, places[:-1], places[1:])


def layers_of(text: str, shortest: int = 0) -> Iterator[Layer]:
    """Yield every layer of ``text``.

    Args:
        text: the text.
        shortest: the length of what is looked for. Runs that hold less are not read: no layer is longer than its run.
    """
    layers = [*_with_compact(layer_of(text))]
    for _ in range(_BASE64_LAYERS + 1):
        layers = [inner for layer in layers for inner in unescaped(layer)]
        yield from layers
        layers = [inner for layer in layers for read in _READERS for inner in read(layer, shortest)]


def _with_compact(layer: Layer) -> Iterator[Layer]:
    """Yield ``layer``, and ``layer`` without its unseen characters."""
    yield layer
    parts, begins, ends, done = list[str](), array("l"), array("l"), 0
    for unseen in _UNSEEN.finditer(layer.text):
        begin = unseen.start()
        parts.append(layer.text[done:begin])
        begins += layer.begins[done:begin]
        ends += layer.ends[done:begin]
        done = unseen.end()
    if parts:
        yield Layer("".join([*parts, layer.text[done:]]), begins + layer.begins[done:], ends + layer.ends[done:])


def unescaped(layer: Layer) -> Iterator[Layer]:
    """Yield ``layer``, and then one layer of escapes after the other decoded."""
    yield layer
    for _ in range(_LAYERS):
        inner = _decoded(layer)
        if inner is None:
            return
        yield inner
        layer = inner


def _decoded(
    layer: Layer, escapes: "re.Pattern[str]" = _ESCAPE, read: "Callable[[re.Match[str]], str] | None" = None
) -> Layer | None:
    """Return ``layer`` with its escapes decoded, each by ``read``; None if it has no escapes."""
    text, begins, ends = layer
    parts: list[str] = []
    new_begins, new_ends = array("l"), array("l")
    done = 0
    for escape in escapes.finditer(text):
        begin, end = escape.span()
        decoded = (read or _characters)(escape)
        parts += [text[done:begin], *decoded]
        new_begins += begins[done:begin]
        new_ends += ends[done:begin]
        width, rest = divmod(end - begin, max(len(decoded), 1))
        for number in range(len(decoded)):
            exact = not rest and _is_even(escape, decoded)
            first, last = (begin + number * width, begin + (number + 1) * width) if exact else (begin, end)
            new_begins.append(begins[first])
            new_ends.append(ends[last - 1])
        done = end
    if not done:
        return None
    return Layer("".join([*parts, text[done:]]), new_begins + begins[done:], new_ends + ends[done:])


def _is_even(escape: "re.Match[str]", decoded: str) -> bool:
    """Return whether each of the ``decoded`` characters has an equal part of the escape: one octet, or one unit."""
    return decoded.isascii() and escape.lastgroup != "entity"


def _characters(escape: "re.Match[str]") -> str:
    if escape["octets"] is not None:
        return text_of(bytes.fromhex(re.sub(r"%|\\x", "", escape["octets"])))
    if escape["units"] is not None:
        return bytes.fromhex(re.sub(r"\\u|%u", "", escape["units"])).decode("utf-16-be", "surrogatepass")
    number = escape["point"] or escape["long"] or (escape["number"] or "").replace("X", "x").replace("x", "0x")
    if number:
        # HTML reads references to control characters otherwise, but the programs that write them ignore that.
        point = int(number, 10 if number == escape["number"] else 16)
        return chr(point) if point <= 0x10FFFF else "\N{REPLACEMENT CHARACTER}"
    if escape["entity"] is not None:
        return unescape(escape[0])
    return _SIGNS.get(escape["sign"], escape["sign"])


def _out_of_base64(layer: Layer, shortest: int) -> Iterator[Layer]:
    """Yield the decoded runs of base64 in ``layer``, for each position in a group of four at which one may begin."""
    for run in _BASE64.finditer(layer.text):
        if len(run[0]) * 3 // 4 < shortest:
            continue
        places = [place for place in range(*run.span()) if not layer.text[place].isspace()]
        digits = "".join([layer.text[place] for place in places]).replace("-", "+").replace("_", "/")
        for start in range(min(4, len(digits) - 2)):
            usable = len(digits) - (1 if (len(digits) - start) % 4 == 1 else 0)
            octets = b64decode(digits[start:usable] + "=" * (-(usable - start) % 4))
            first = [places[start + number * 4 // 3] for number in range(len(octets))]
            last = [places[start + (number * 8 + 7) // 6] for number in range(len(octets))]
            begins = array("l", [layer.begins[place] for place in first])
            ends = array("l", [layer.ends[place] for place in last])
            yield Layer(octets.decode("latin-1"), begins, ends)
            if not octets.isascii():
                yield _in_utf_8(octets, begins, ends)


def _out_of_hex(layer: Layer, shortest: int) -> Iterator[Layer]:
    """Yield the decoded runs of hexadecimal digits in ``layer``, for both positions at which a pair may begin."""
    for run in _HEX.finditer(layer.text):
        if len(run[0]) // 2 < shortest:
            continue
        places = [place for place in range(*run.span()) if layer.text[place] not in ": "]
        for start in (0, 1):
            firsts, lasts = places[start::2], places[start + 1 :: 2]
            octets = bytes.fromhex(
                "".join(layer.text[first] + layer.text[last] for first, last in zip(firsts, lasts, strict=False))
            )
            begins = array("l", [layer.begins[place] for place in firsts[: len(octets)]])
            ends = array("l", [layer.ends[place] for place in lasts])
            yield _in_utf_8(octets, begins, ends)


def _out_of_quoted_printable(layer: Layer, _: int) -> Iterator[Layer]:
    """Yield ``layer`` as it is when it is read as quoted-printable, as in mail."""
    if "=" in layer.text:
        decoded = _decoded(
            layer, _QUOTED, lambda found: text_of(bytes.fromhex((found["octets"] or "").replace("=", "")))
        )
        if decoded is not None:
            yield decoded


_READERS = (_out_of_base64, _out_of_hex, _out_of_quoted_printable)


def _in_utf_8(octets: bytes, begins: "array[int]", ends: "array[int]") -> Layer:
    """Return octets as a layer of characters; ``begins`` and ``ends`` are the positions of the octets."""
    text = text_of(octets)
    widths = [len(sign.encode("utf-8", "surrogateescape")) for sign in octets.decode("utf-8", "surrogateescape")]
    stops = [*accumulate(widths)]
    firsts = [begins[stop - width] for stop, width in zip(stops, widths, strict=True)]
    return Layer(text, array("l", firsts), array("l", [ends[stop - 1] for stop in stops]))
