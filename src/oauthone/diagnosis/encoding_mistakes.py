"""Mistakes about percent-encoding (RFC 5849 section 3.6), most of them of the encoders in programming languages."""

import re
from collections.abc import Callable, Iterator
from typing import TypeAlias
from urllib.parse import unquote_to_bytes

from oauthone.core.escapes import ESCAPES
from oauthone.diagnosis.encoding import Encoding
from oauthone.diagnosis.escaping import respell_escapes
from oauthone.diagnosis.sent_request import decode

_Change: TypeAlias = Callable[[str], str]

_NOT_ASCII = re.compile("(?:%[89A-F][0-9A-F])+")


def wrong_encodings(right: Encoding) -> Iterator[tuple[str, Encoding]]:
    """Yield mistakes, each with how such a client encodes."""
    yield from _with_encoders(right, ENCODERS)
    yield "encoded-once", right._replace(name=decode, value=decode)
    yield "encoded-three-times", right._replace(name=_twice, value=_twice)
    yield "names-not-encoded", right._replace(name=decode)
    yield "values-not-encoded", right._replace(value=decode)
    yield from _with_encoders(right._replace(is_rare=True), _RARE_ENCODERS)


def _with_encoders(right: Encoding, encoders: tuple[tuple[str, _Change], ...]) -> Iterator[tuple[str, Encoding]]:
    """Yield each encoder for query and form, for all names and values, and for the parts of the base string too.

    Who encodes all names and values with it may encode the secrets with it.
    """
    for mistake, encoder in encoders:
        yield mistake, right._replace(name=encoder, value=encoder, spares_protocol=True)
        yield mistake, right._replace(name=encoder, value=encoder, key=encoder)
        yield mistake, right._replace(name=encoder, value=encoder, part=encoder, key=encoder)


def _twice(text: str) -> str:
    return text.replace("%", "%25")


def _encoder(kept: str = "", *, space: str = "%20", tilde: str = "~", lower: bool = False) -> _Change:
    """Return an encoder that keeps some characters, and writes others in its own way.

    It respells text that is encoded rightly, in which an escape stands for one octet wherever it is found.
    """
    respelled = [(ESCAPES[ord(one)], one) for one in kept]
    respelled += [(right, wrong) for right, wrong in (("%20", space), ("~", tilde)) if right != wrong]

    def respell(text: str) -> str:
        if "%" not in text and "~" not in text:
            return text
        for right, wrong in respelled:
            text = text.replace(right, wrong)
        return respell_escapes(text, str.lower) if lower else text

    return respell


_KEPT_BY_ESCAPE = _encoder("@*/+", tilde="%7E")


def _javascript_escape(text: str) -> str:
    """Respell text as JavaScript's ``escape`` does, which encodes UTF-16 instead of octets."""
    return _NOT_ASCII.sub(_utf_16_escapes, _KEPT_BY_ESCAPE(text))


def _utf_16_escapes(escapes: re.Match[str]) -> str:
    try:
        units = unquote_to_bytes(escapes[0]).decode().encode("utf-16-be")
    except UnicodeDecodeError:
        return escapes[0]
    pairs = zip(units[::2], units[1::2], strict=True)
    return "".join([f"%u{high:02X}{low:02X}" if high else f"%{low:02X}" for high, low in pairs])


#: The encoders of programming languages that do not encode as section 3.6 requires.
ENCODERS: tuple[tuple[str, _Change], ...] = (
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
    ("form-encoder", _encoder("*", tilde="%7E")),
    *(("reserved-left-unencoded", _encoder(some)) for some in ("!", "*", "'", "()", "!*()", "!'()", "*'()", "!*'")),
    *(
        ("separators-left-unencoded", _encoder(some))
        for some in (":", ",", "@", "[]", ":/", ":,", "$&+=:@", ";,/?:@&=+$#!*'()")
    ),
    ("javascript-escape", _javascript_escape),
)
