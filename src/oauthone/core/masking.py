"""Masking for logs: values of parameters and headers that may be secret, and line breaks that would forge entries."""

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from oauthone.core.encoding import decode_for_display

#: The value of a longer name is masked without a search.
LONGEST_NAME = 80


@cache
def secret_names() -> re.Pattern[str]:
    """Return a pattern for names of parameters whose values must not be logged, percent-encoded or not.

    Short words match only as whole words: ``shipping`` does not match ``pin``. ``code`` matches alone and with a word
    such as ``login``, not as in ``country_code``; ``token``, ``key`` and ``sig`` match alone and with a word that makes
    them secret, not as in ``oauth_token``, ``page_token`` and ``sort_key``.
    """
    # It is compiled for the first text that is masked: most clients import it and mask nothing.
    return re.compile(
        r"""
        secret|passw|passphrase|pwd|oauth_verifier|credit|credential
        |(?:api|access|private|signing|subscription)[_-]?key
        |(?:access|refresh|id|session|(?<!o)auth|bearer|csrf|xsrf|user|device|api|app|client)[_-]?token|session[_-]?id
        |(?:(?<![a-z0-9])|(?<=%[0-9a-f]{2})|(?<=%25[0-9a-f]{2})) (?:jwt|t?otp|pin|session) (?![a-z0-9])
        |(?:\A|(?<=%5B)|(?<=%255B)|(?<=\[)) (?:token|key|sig|signature|sid) (?:\Z|(?=%5D|%255D|\]))
        |\A(?:.*(?:auth|authorization|access|login|verification|security|otp|one_time)[_-]?)?code\Z
        """,
        re.IGNORECASE | re.VERBOSE,
    )


@cache
def secret_headers() -> re.Pattern[str]:
    """Return a pattern for names of headers whose values must not be shown.

    No mistake in a signature is found by them, so this matches more than `secret_names`.
    """
    return re.compile(
        r"""
        secret|passw|passphrase|pwd|token|cookie|session|credential|signature|csrf|xsrf|jwt
        |key\Z|(?<![a-z])(?:auth|authorization|sig|t?otp|pin)(?![a-z])
        """,
        re.IGNORECASE | re.VERBOSE,
    )


class MaskedLater:
    """A base string that is masked when it is read, as most refusals never are.

    Args:
        base_string: the base string, not masked.
    """

    __slots__ = ("_base_string",)

    def __init__(self, base_string: str) -> None:
        self._base_string = base_string

    def __call__(self) -> str:
        """Return the masked base string."""
        return mask_secrets(self._base_string)

    def __repr__(self) -> str:
        return "<MaskedLater>"

    def __reduce__(self) -> tuple[type[str], tuple[str]]:
        return str, (self(),)


class _Notation(NamedTuple):
    """How a base string writes what is between parameters, what else ends one, and what is behind its name."""

    ampersand: str
    ends: re.Pattern[str]
    equals: re.Pattern[str]


@cache
def _notations() -> tuple[_Notation, ...]:
    """The notations in the base strings of clients: not encoded, right, and encoded once more."""
    written = (("&", "[&\n]", "="), ("%26", "[&\n]|%26", "%3D"), ("%2526", "[&\n=]|%26|%3D|%2526", "%253D"))
    return tuple(
        _Notation(ampersand, re.compile(f"({ends})", re.IGNORECASE), re.compile(equals, re.IGNORECASE))
        for ampersand, ends, equals in written
    )


@cache
def _user_information() -> re.Pattern[str]:
    return re.compile(r"(://|%3A%2F%2F)(?:(?!/|%2F|[&\n]).)*?(@|%40)", re.IGNORECASE)


def mask_secrets(base_string: str) -> str:
    """Return ``base_string`` for a log: the values of parameters that may be secret are replaced.

    It may be the one of a mistaken client, which encodes the parameters or the joined parts too often or not at all,
    or leaves the query or a password in the URI.
    """
    shown = _user_information().sub(r"\1***\2", base_string, count=1)
    for notation in _notations():
        if notation.equals.search(shown):
            shown = "".join(_masked_pairs(shown, notation))
    return shown


def _masked_pairs(text: str, notation: _Notation) -> Iterator[str]:
    hides, pieces = False, notation.ends.split(text)
    for before, pair in zip(["", *pieces[1::2]], pieces[::2], strict=True):
        found = notation.equals.search(pair)
        yield before
        if found is None:
            # Behind a value that is hidden, this is the rest of it: its ampersand was not encoded.
            hides = hides and before == notation.ampersand
            yield "***" if hides else pair
        else:
            name = pair[: found.start()]
            if "?" in name or "%3" in name:  # perhaps behind a URI
                name = re.split(r"\?|%3F", name, flags=re.IGNORECASE)[-1]
            hides = len(name) > LONGEST_NAME or secret_names().search(name) is not None
            yield f"{pair[: found.end()]}***" if hides else pair


def masked_header(name: str, value: str) -> str:
    """Return the value of a header for people: masked if it may be secret; else its query is, if it is an address.

    Of an ``Authorization`` without parameters of OAuth, the scheme is left. Another one stays as it is.
    """
    if name.lower() == "authorization":
        scheme, space, _ = value.partition(" ")
        is_signed = scheme.lower() == "oauth" and "oauth_" in value
        return value if is_signed else f"{scheme} ***" if space else "***"
    if secret_headers().search(name):
        return "***"
    before, mark, query = value.partition("?")
    return f"{before}{mark}{masked_form(query)}"


def masked_form(text: str) -> str:
    """Return a query or a form without the values that may be secret."""
    return "&".join(map(_masked_field, text.split("&")))


def _masked_field(pair: str) -> str:
    name, _, value = pair.partition("=")
    hides = value and (len(name) > LONGEST_NAME or secret_names().search(decode_for_display(name)))
    return f"{name}=***" if hides else pair


def one_line(text: str) -> str:
    """Return ``text`` without line breaks and without control characters that a terminal would obey."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def printable(text: str, limit: int) -> str:
    """Return the start of ``text`` for a log: characters that are not printable, such as line breaks, are escaped.

    Args:
        text: a text of any length that a stranger sent.
        limit: how many of its characters are shown. A longer text ends in ``…``.
    """
    shown = "".join([char if char.isprintable() else _escaped(char) for char in text[:limit]])
    return f"{shown}…" if len(text) > limit else shown


def _escaped(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")
