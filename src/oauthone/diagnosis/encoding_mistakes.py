"""Mistakes about percent-encoding (RFC 5849 section 3.6), most of them of the encoders in programming languages."""

from collections.abc import Callable, Iterator
from typing import TypeAlias

from oauthone.core.escapes import ESCAPES
from oauthone.diagnosis.signing_steps import Encoding, encode

_Change: TypeAlias = Callable[[str], str]


def wrong_encodings(right: Encoding) -> Iterator[tuple[str, Encoding]]:
    """Yield mistakes, each with how such a client encodes."""
    yield from _with_encoders(right, _ENCODERS)
    yield "encoded-once", right._replace(name=_unchanged, value=_unchanged)
    yield "encoded-three-times", right._replace(name=_twice, value=_twice)
    yield "names-not-encoded", right._replace(name=_unchanged)
    yield "values-not-encoded", right._replace(value=_unchanged)
    yield from _with_encoders(right, _RARE_ENCODERS)


def _with_encoders(right: Encoding, encoders: tuple[tuple[str, _Change], ...]) -> Iterator[tuple[str, Encoding]]:
    """Yield each encoder for query and form, for all names and values, and for the parts of the base string too."""
    for mistake, encoder in encoders:
        yield mistake, right._replace(name=encoder, value=encoder, spares_protocol=True)
        yield mistake, right._replace(name=encoder, value=encoder)
        yield mistake, Encoding(encoder, encoder, encoder)


def _unchanged(text: str) -> str:
    return text


def _twice(text: str) -> str:
    return encode(encode(text))


def respell_escapes(text: str, respell: _Change) -> str:
    """Return ``text`` with the two digits of each percent escape changed by ``respell``."""
    first, *rest = text.split("%")
    return first + "".join([f"%{respell(part[:2])}{part[2:]}" for part in rest])


def _encoder(kept: str = "", *, space: str = "%20", tilde: str = "~", lower: bool = False) -> _Change:
    """Return an encoder that keeps some characters, and writes others in its own way."""
    table = [escape.lower() if lower and len(escape) > 1 else escape for escape in ESCAPES]
    for character, text in {**{one: one for one in kept}, " ": space, "~": tilde}.items():
        table[ord(character)] = text
    return lambda text: text.translate(table)


#: The encoders of programming languages that do not encode as section 3.6 requires.
_ENCODERS: tuple[tuple[str, _Change], ...] = (
    ("space-as-plus", _encoder(space="+")),
    ("escapes-in-lower-case", _encoder(lower=True)),
    ("reserved-left-unencoded", _encoder("!*'()")),
    ("slash-left-unencoded", _encoder("/")),
    ("tilde-encoded", _encoder(tilde="%7E")),
    ("form-encoder", _encoder("*", space="+", tilde="%7E")),
    ("form-encoder", _encoder(space="+", tilde="%7E")),
    ("form-encoder", _encoder("!*()", space="+", tilde="%7e", lower=True)),
    ("form-encoder", _encoder("!*()", space="+", lower=True)),
)

#: Less common ones, and those of which a request shows only a part.
_RARE_ENCODERS: tuple[tuple[str, _Change], ...] = (
    *(("reserved-left-unencoded", _encoder(some)) for some in ("!", "*", "'", "()", "!*()", "!'()", "*'()", "!*'")),
    *(
        ("separators-left-unencoded", _encoder(some))
        for some in (":", ",", "@", ":/", ":,", "$&+=:@", ";,/?:@&=+$#!*'()")
    ),
    ("separators-left-unencoded", _encoder("@*/+")),
)
