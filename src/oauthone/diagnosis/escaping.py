"""Percent-encoding of wire strings, which have one character for each octet."""

from collections.abc import Callable

from oauthone.core.encoding import percent_encode
from oauthone.core.escapes import ESCAPES


def encode(text: str) -> str:
    """Encode a wire string as RFC 5849 section 3.6 requires."""
    return text if text.isascii() and text.isalnum() else text.translate(ESCAPES)


def encode_part(text: str) -> str:
    """Do the same, faster for a long text of few different characters."""
    return percent_encode(text.encode("latin-1"))


def respell_escapes(text: str, respell: Callable[[str], str]) -> str:
    """Return ``text`` with the two digits of each percent escape changed by ``respell``."""
    first, *rest = text.split("%")
    return first + "".join([f"%{respell(part[:2])}{part[2:]}" for part in rest])
