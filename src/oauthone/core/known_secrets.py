"""Masking in text that a provider wrote: the secrets that the client knows, however they are spelt, and what looks so.

A provider may quote a secret that it was sent or holds: escaped for a URL, for HTML or for JSON, in base64, or twice
over. So the text is decoded layer by layer, and each character remembers which part of the text it stands for.
"""

import re
from array import array
from base64 import b64decode
from collections.abc import Iterable, Iterator
from html import unescape
from itertools import accumulate
from typing import NamedTuple

_MASK = "***"
#: How many layers of escapes, and of base64, are taken off.
_LAYERS, _BASE64_LAYERS = 4, 2
#: A shorter secret counts only where it stands alone: it protects nothing, and would black out the whole text.
_SHORT = 4
#: A longer one is looked for in pieces of this length.
_PIECE = 512
_ESCAPE = re.compile(
    r"""
    (?P<octets>(?:%[0-9A-Fa-f]{2})+|(?:\\x[0-9A-Fa-f]{2})+)
    |(?P<units>(?:(?:\\u|%u)[0-9A-Fa-f]{4})+)
    |\\(?:u\{(?P<point>[0-9A-Fa-f]{1,6})\}|U(?P<long>[0-9A-Fa-f]{8}))
    |&(?P<entity>\#(?P<number>[0-9]{1,7}|[xX][0-9A-Fa-f]{1,6})|[A-Za-z][A-Za-z0-9]{1,30});
    |\\(?P<sign>[\\/"'`&<>bfnrt])
    """,
    re.VERBOSE,
)
_SIGNS = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{6,}(?:\r?\n[ \t]*[A-Za-z0-9+/_-]+)*")
_LATIN, _NO_UTF_8 = re.compile("[\x80-\xff]+"), re.compile("[\udc80-\udcff]")
#: A name that speaks of a secret, what stands between a name and its value in any notation, and the value.
_LABELLED = re.compile(
    r"""
    (?:token|secret|passw|pwd|verifier|signature
        |(?:encryption|hmac|private|api)[ _-]?key|(?P<pair>signing[ _-]?key))\w{0,40}+
    (?=\s["'`]|["'`)\]*\s\\]*+(?:[=:>|]|</?[a-z]|value=))
    (?>(?:["'`)\]*\s\\=:>|(\[]|</?[a-z][^<>]{0,80}>|(?:string|str)\([0-9]{1,6}\)|value=)*)
    (?P<value>(?:(?<=")(?:[^"\\]|\\.)++|(?<=')(?:[^'\\]|\\.)++|(?(pair)[^"'\s<>,{}|)\]]++|[^"'\s<>,{}|)\]&]++)))
    """,
    re.IGNORECASE | re.VERBOSE,
)


class _Layer(NamedTuple):
    """A text, and for each of its characters where the part of the original that it stands for begins and ends."""

    text: str
    begins: "array[int]"
    ends: "array[int]"


class KnownSecrets:
    """The secrets of one client, to be masked in what a provider answers.

    Args:
        values: the secrets; empty ones and None do not count.
    """

    __slots__ = ("_spellings",)

    def __init__(self, values: Iterable[str | None] = ()) -> None:
        self._spellings = frozenset(spelling for value in values if value for spelling in _spellings(value))

    def joined_by(self, values: Iterable[str | None]) -> "KnownSecrets":
        """These secrets and ``values``."""
        joined = KnownSecrets(values)
        joined._spellings |= self._spellings
        return joined

    def without_values(self, text: str) -> str:
        """``text`` with these secrets masked in any spelling; what surrounds them stays as it is."""
        return self._covered(text, labelled=False)

    def beginning(self, text: str, length: int) -> str:
        """The first ``length`` characters of ``text``, masked as `without_values` does; the rest is looked at only."""
        return self._covered(text, labelled=False, length=length)

    def masked(self, text: str) -> str:
        """``text`` with these secrets masked in any spelling, and with what stands beside a word like ``secret``."""
        return self._covered(text, labelled=True)

    def _covered(self, text: str, labelled: bool, length: int | None = None) -> str:
        spans: list[tuple[int, int]] = []
        for layer in _layers(text):
            found = [*self._found_in(layer.text), *(_labelled(layer.text) if labelled else ())]
            spans += [(layer.begins[begin], layer.ends[end - 1]) for begin, end in found]
        length = len(text) if length is None else length
        return _replaced(text[:length], sorted(span for span in spans if span[0] < length))

    def _found_in(self, text: str) -> Iterator[tuple[int, int]]:
        text = _folded(text)
        for spelling in self._spellings:
            begin = text.find(spelling)
            while begin >= 0:
                end = begin + len(spelling)
                if len(spelling) >= _SHORT or not (text[begin - 1 : begin].isalnum() or text[end : end + 1].isalnum()):
                    yield begin, end
                begin = text.find(spelling, begin + 1)

    def __repr__(self) -> str:
        return "KnownSecrets(…)"


def _spellings(value: str) -> Iterator[str]:
    """What a secret looks like in a layer: also decoded itself, and read in the wrong character set."""
    octets = value.encode("utf-8", "surrogatepass")
    read_wrongly = [
        octets.decode("latin-1"),
        value.encode("latin-1", "replace").decode("utf-8", "replace"),
        _LATIN.sub(lambda run: _text_of(run[0].encode("latin-1")), value),
    ]
    for spelling in (value, *read_wrongly):
        for layer in _unescaped(_layer(spelling)):
            yield from _pieces(_folded(layer.text))


def _pieces(spelling: str) -> Iterator[str]:
    """What covers ``spelling`` wherever it stands: a long one, which a provider may choose, is costly to look for."""
    for begin in range(0, max(len(spelling) - _PIECE, 0), _PIECE):
        yield spelling[begin : begin + _PIECE]
    yield spelling[-_PIECE:]


def _text_of(octets: bytes) -> str:
    """``octets`` read as UTF-8, and each that is none as the character of Latin-1."""
    text = octets.decode("utf-8", "surrogateescape")
    return _NO_UTF_8.sub(lambda sign: chr(ord(sign[0]) - 0xDC00), text)


def _folded(text: str) -> str:
    """``text`` with one spelling for a space, which forms write as a plus sign."""
    return text.replace("+", " ")


def _labelled(text: str) -> Iterator[tuple[int, int]]:
    return (found.span("value") for found in _LABELLED.finditer(text))


def _replaced(text: str, spans: list[tuple[int, int]]) -> str:
    """``text`` with a mask in the place of each span; spans that touch or overlap have one."""
    parts: list[str] = []
    shown = -1
    for begin, end in spans:
        if begin > shown:
            parts += [text[max(shown, 0) : begin], _MASK]
        shown = max(shown, end)
    return "".join([*parts, text[max(shown, 0) :]])


def _layer(text: str) -> _Layer:
    places = array("l", range(len(text) + 1))
    return _Layer(text, places[:-1], places[1:])


def _layers(text: str) -> Iterator[_Layer]:
    """Everything that ``text`` can be read as."""
    layers = [_layer(text)]
    for _ in range(_BASE64_LAYERS + 1):
        layers = [inner for layer in layers for inner in _unescaped(layer)]
        yield from layers
        layers = [inner for layer in layers for inner in _out_of_base64(layer)]


def _unescaped(layer: _Layer) -> Iterator[_Layer]:
    """``layer``, and what is left after taking off one layer of escapes after the other."""
    yield layer
    for _ in range(_LAYERS):
        inner = _decoded(layer)
        if inner is None:
            return
        yield inner
        layer = inner


def _decoded(layer: _Layer) -> _Layer | None:
    """``layer`` with each escape replaced by what it stands for; None where there is none."""
    text, begins, ends = layer
    parts: list[str] = []
    new_begins, new_ends = array("l"), array("l")
    done = 0
    for escape in _ESCAPE.finditer(text):
        begin, end = escape.span()
        decoded = _characters(escape)
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
    return _Layer("".join([*parts, text[done:]]), new_begins + begins[done:], new_ends + ends[done:])


def _is_even(escape: "re.Match[str]", decoded: str) -> bool:
    """Whether each of the ``decoded`` characters has an equal share of the escape: one octet, or one unit."""
    return decoded.isascii() and escape["entity"] is None


def _characters(escape: "re.Match[str]") -> str:
    if escape["octets"] is not None:
        return _text_of(bytes.fromhex(re.sub(r"%|\\x", "", escape["octets"])))
    if escape["units"] is not None:
        return bytes.fromhex(re.sub(r"\\u|%u", "", escape["units"])).decode("utf-16-be", "surrogatepass")
    number = escape["point"] or escape["long"] or (escape["number"] or "").replace("X", "x").replace("x", "0x")
    if number:
        # Not what HTML says of control characters, since what writes them does not heed that.
        point = int(number, 10 if number == escape["number"] else 16)
        return chr(point) if point <= 0x10FFFF else "\N{REPLACEMENT CHARACTER}"
    if escape["entity"] is not None:
        return unescape(escape[0])
    return _SIGNS.get(escape["sign"], escape["sign"])


def _out_of_base64(layer: _Layer) -> Iterator[_Layer]:
    """What the runs of base64 in ``layer`` stand for, wherever in a group of four they begin."""
    for run in _BASE64.finditer(layer.text):
        places = [place for place in range(*run.span()) if not layer.text[place].isspace()]
        digits = "".join([layer.text[place] for place in places]).replace("-", "+").replace("_", "/")
        for start in range(min(4, len(digits) - 2)):
            usable = len(digits) - (1 if (len(digits) - start) % 4 == 1 else 0)
            octets = b64decode(digits[start:usable] + "=" * (-(usable - start) % 4))
            first = [places[start + number * 4 // 3] for number in range(len(octets))]
            last = [places[start + (number * 8 + 7) // 6] for number in range(len(octets))]
            begins = array("l", [layer.begins[place] for place in first])
            ends = array("l", [layer.ends[place] for place in last])
            yield _Layer(octets.decode("latin-1"), begins, ends)
            if not octets.isascii():
                yield _in_utf_8(octets, begins, ends)


def _in_utf_8(octets: bytes, begins: "array[int]", ends: "array[int]") -> _Layer:
    """A layer of octets as characters; ``begins`` and ``ends`` are those of the octets."""
    text = _text_of(octets)
    widths = [len(sign.encode("utf-8", "surrogateescape")) for sign in octets.decode("utf-8", "surrogateescape")]
    stops = [*accumulate(widths)]
    firsts = [begins[stop - width] for stop, width in zip(stops, widths, strict=True)]
    return _Layer(text, array("l", firsts), array("l", [ends[stop - 1] for stop in stops]))
