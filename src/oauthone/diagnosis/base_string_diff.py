"""The first difference between two base strings, in words. Values of parameters that may be secret are masked.

The text of a client is quoted and shortened, so that it fits into one line of a log.
"""

import re
from collections import Counter

from oauthone.core.encoding import decode_for_display, percent_encode
from oauthone.core.masking import secret_names
from oauthone.diagnosis.escaping import encode, respell_escapes

_LONGEST_SHOWN = 100
_OF_ATTEMPT = re.compile("(?<=oauth_nonce%3D)(?:(?!%26).)*+|(?<=oauth_timestamp%3D)(?:(?!%26).)*+")


def first_difference(ours: str, theirs: str) -> str | None:
    """Describe where the base string of a client first differs from the server's.

    Args:
        ours: the base string that the server built.
        theirs: the base string that the client signed.

    Returns:
        The description; None if the two are equal.
    """
    if ours == theirs:
        return None
    expected, signed = ours.split("&"), theirs.split("&")
    if len(signed) != 3:
        parts = f"{len(signed)} parts joined by '&' instead of three"
        return f"the client's base string has {parts}: the parts are not encoded"
    if expected[0] != signed[0]:
        return f"the client signed the method {_cut(signed[0])}, the server received {_cut(expected[0])}"
    our_uri, their_uri = decode_for_display(expected[1]), decode_for_display(signed[1])
    if our_uri != their_uri:
        return f"the client signed the URI {_shown_uri(their_uri)}, the server received {_shown_uri(our_uri)}"
    if expected[1] == encode(signed[1]):
        return "the client did not encode the URI in its base string"
    if expected[2] == encode(signed[2]):
        return "the client did not encode the joined parameters in its base string"
    if expected[1] != signed[1]:
        return "the client encoded the same URI in another way: escapes are in upper case"
    return _different_parameters(*(decode_for_display(parts[2]).split("&") for parts in (expected, signed)))


def other_uris(ours: str, theirs: str) -> tuple[str, str] | None:
    """Return the URIs of two base strings, in quotes, without user information and query; None if they are the same."""
    first, second = ours.split("&"), theirs.split("&")
    if len(first) != 3 or len(second) != 3 or first[1] == second[1]:
        return None
    shown = _shown_uri(decode_for_display(first[1])), _shown_uri(decode_for_display(second[1]))
    return shown if shown[0] != shown[1] else None


def is_of_another_attempt(ours: str, theirs: str) -> bool:
    """Return whether base strings differ in nothing but nonce and timestamp, which nothing changes on the way."""
    return ours != theirs and _OF_ATTEMPT.sub("", ours) == _OF_ATTEMPT.sub("", theirs)


def _different_parameters(ours: list[str], theirs: list[str]) -> str:
    if ours == theirs:
        return "the client encoded the same parameters in another way: escapes are in upper case"
    if sorted(ours) == sorted(theirs):
        wrong, right = next(pairs for pairs in zip(theirs, ours, strict=True) if pairs[0] != pairs[1])
        return f"the client sorted the parameters wrongly: {_shown_name(wrong)} is where {_shown_name(right)} belongs"
    missing, extra = _minus(ours, theirs), _minus(theirs, ours)
    others = {_name(pair): pair for pair in reversed(extra)}
    for pair in missing:
        other = others.get(_name(pair))
        if other is not None:
            return _different_values(pair, other)
    if missing:
        return f"the client did not sign {_shown(missing[0])}, which the server received"
    return f"the client signed {_shown(extra[0])}, which the server did not receive"


def _different_values(ours: str, theirs: str) -> str:
    name, expected, signed = _shown_name(ours), ours.partition("=")[2], theirs.partition("=")[2]
    if signed.replace("+", "%20") == expected:
        return f"the client encoded the space in {name} as '+'"
    if respell_escapes(signed, str.upper) == expected:
        return f"the client wrote the percent escapes in {name} in lower case"
    if percent_encode(signed) == expected:
        return f"the client did not encode the value of {name}"
    if signed == percent_encode(expected):
        return f"the client encoded the value of {name} once too often"
    if decode_for_display(signed) != decode_for_display(expected):  # else they differ in how they are encoded
        signed, expected = decode_for_display(signed), decode_for_display(expected)
    return f"the client signed {_shown_value(theirs, signed)}, the server received {_shown_value(ours, expected)}"


def _minus(these: list[str], those: list[str]) -> list[str]:
    rest = Counter(those)
    left: list[str] = []
    for pair in these:
        if rest[pair]:
            rest[pair] -= 1
        else:
            left.append(pair)
    return left


def _name(pair: str) -> str:
    return decode_for_display(pair.partition("=")[0])


def _shown_name(pair: str) -> str:
    """Return the name in quotes. A client that encoded too much put the value into it, which is left out."""
    return _cut(_name(pair).partition("=")[0])


def _shown(pair: str) -> str:
    return _shown_value(pair, decode_for_display(pair.partition("=")[2]))


def _shown_value(pair: str, value: str) -> str:
    """Return the name of a pair with a value as people read it."""
    name = _shown_name(pair)
    plain = name[1:-1] if name[1:-1].isidentifier() else name
    return f"{plain}={_cut('***' if secret_names().search(decode_for_display(pair)) else value)}"


def _shown_uri(uri: str) -> str:
    """Return the URI in quotes, without user information and query: they do not belong there and may be secret."""
    before, query, _ = uri.partition("?")
    scheme, separator, rest = before.partition("://")
    authority, slash, path = rest.partition("/")
    authority = authority.rpartition("@")[2]
    return _cut(f"{scheme}{separator}{authority}{slash}{path}") + (" with a query" if query else "")


def _cut(text: str) -> str:
    return repr(text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 3] + "...")
