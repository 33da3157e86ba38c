"""Masking of secrets in a provider's text: those that the client knows, and values next to words like "secret".

A provider may quote a secret escaped for a URL, for HTML or for JSON, in base64, or encoded twice. So the text is
decoded layer by layer, and each character keeps its position in the original text.
"""

import re
from collections.abc import Iterable, Iterator

_MASK = "***"
#: A shorter secret is masked only as a whole word. It protects nothing, and would otherwise mask most of the text.
_SHORT = 4
#: A longer secret is searched for in pieces of this length.
_PIECE = 512
_LATIN = "[\x80-\xff]+"
#: A name that suggests a secret, the characters between a name and its value in common notations, and the value.
_LABELLED = r"""
    (?:token|secret|passw|pwd|verifier|signature
        |(?:encryption|hmac|private|api)[ _-]?key|(?P<pair>signing[ _-]?key))\w{0,40}+
    (?=\s["'`]|["'`)\]*\s\\]*+(?:[=:>|]|</?[a-z]|value=))
    (?>(?:["'`)\]*\s\\=:>|(\[]|</?[a-z][^<>]{0,80}>|(?:string|str)\([0-9]{1,6}\)|value=)*)
    (?P<value>(?:(?<=")(?:[^"\\]|\\.)++|(?<=')(?:[^'\\]|\\.)++|(?(pair)[^"'\s<>,{}|)\]]++|[^"'\s<>,{}|)\]&]++)))
    """


class KnownSecrets:
    """The secrets of one client, to be masked in a provider's responses.

    Args:
        values: the secrets; empty ones and None are ignored.
    """

    __slots__ = ("_spellings", "_values")

    def __init__(self, values: Iterable[str | None] = ()) -> None:
        self._values = frozenset(value for value in values if value)
        # Spelt out when the first text is masked: most answers hold nothing to mask.
        self._spellings: frozenset[str] | None = None

    def joined_by(self, values: Iterable[str | None]) -> "KnownSecrets":
        """Return a set of these secrets and ``values``."""
        return KnownSecrets((*self._values, *values))

    def without_values(self, text: str, length: int | None = None) -> str:
        """Return ``text`` with these secrets masked in any spelling; the rest stays as it is.

        Args:
            text: the text, all of which is searched.
            length: how many characters of it are returned, counted before they are masked; None returns all.
        """
        return self._covered(text, labelled=False, length=length)

    def masked(self, text: str) -> str:
        """Return ``text`` with these secrets masked, and every value next to a word like ``secret``."""
        return self._covered(text, labelled=True)

    def _covered(self, text: str, labelled: bool, length: int | None = None) -> str:
        # Loaded, and its patterns compiled, for the first text: each client imports this module, and most mask nothing.
        from oauthone.core.text_layers import layers_of

        spans: list[tuple[int, int]] = []
        shortest = 0 if labelled else min(map(len, self._spelt()), default=len(text) + 1)
        for layer in layers_of(text, shortest):
            found = [*self._found_in(layer.text), *(_labelled(layer.text) if labelled else ())]
            spans += [(layer.begins[begin], layer.ends[end - 1]) for begin, end in found]
        length = len(text) if length is None else length
        return _replaced(text[:length], sorted(span for span in spans if span[0] < length))

    def _spelt(self) -> frozenset[str]:
        if self._spellings is None:
            self._spellings = frozenset(spelling for value in self._values for spelling in _spellings(value))
        return self._spellings

    def _found_in(self, text: str) -> Iterator[tuple[int, int]]:
        text = _folded(text)
        for spelling in self._spelt():
            begin = text.find(spelling)
            while begin >= 0:
                end = begin + len(spelling)
                if len(spelling) >= _SHORT or not (text[begin - 1 : begin].isalnum() or text[end : end + 1].isalnum()):
                    yield begin, end
                begin = text.find(spelling, begin + 1)

    def __repr__(self) -> str:
        return "KnownSecrets(…)"


def _spellings(value: str) -> Iterator[str]:
    """Yield the forms of a secret in a layer: as it is, decoded, and read in the wrong character set."""
    from oauthone.core.text_layers import layer_of, text_of, unescaped  # See `KnownSecrets._covered`.

    octets = value.encode("utf-8", "surrogatepass")
    read_wrongly = [
        octets.decode("latin-1"),
        value.encode("latin-1", "replace").decode("utf-8", "replace"),
        re.sub(_LATIN, lambda run: text_of(run[0].encode("latin-1")), value),
    ]
    for spelling in (value, *read_wrongly):
        for layer in unescaped(layer_of(spelling)):
            yield from _pieces(_folded(layer.text))


def _pieces(spelling: str) -> Iterator[str]:
    """Yield pieces that together cover ``spelling``. A provider may choose a long one, which is slow to search for."""
    for begin in range(0, max(len(spelling) - _PIECE, 0), _PIECE):
        yield spelling[begin : begin + _PIECE]
    yield spelling[-_PIECE:]


def _folded(text: str) -> str:
    """Return ``text`` with a space for each plus sign, which is how forms encode one."""
    return text.replace("+", " ")


def _labelled(text: str) -> Iterator[tuple[int, int]]:
    return (found.span("value") for found in re.finditer(_LABELLED, text, re.IGNORECASE | re.VERBOSE))


def _replaced(text: str, spans: list[tuple[int, int]]) -> str:
    """Return ``text`` with a mask for each span; spans that touch or overlap share one."""
    parts: list[str] = []
    shown = -1
    for begin, end in spans:
        if begin > shown:
            parts += [text[max(shown, 0) : begin], _MASK]
        shown = max(shown, end)
    return "".join([*parts, text[max(shown, 0) :]])
