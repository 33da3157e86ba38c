"""The first difference of two base strings, in words. Values of parameters that may be secret are masked there.

What is shown was sent by whoever asks: it is quoted and cut short, fit for a line of a log.
"""

from collections import Counter

from oauthone.core.encoding import percent_decode, percent_encode, to_wire_string
from oauthone.core.masking import SECRET_NAMES

_LONGEST_SHOWN = 100


def first_difference(ours: str, theirs: str) -> str | None:
    """Where the base string of a client first differs from the server's, in words; None where they are equal.

    Args:
        ours: the base string that the server built.
        theirs: the base string that the client signed.
    """
    if ours == theirs:
        return None
    mine, yours = ours.split("&"), theirs.split("&")
    if len(yours) != 3:
        return (
            f"the client's base string has {len(yours)} parts joined by '&' instead of three: the parts are not encoded"
        )
    if mine[0] != yours[0]:
        return f"the client signed the method {_cut(yours[0])}, the server received {_cut(mine[0])}"
    our_uri, their_uri = _decoded(mine[1]), _decoded(yours[1])
    if our_uri != their_uri:
        return f"the client signed the URI {_shown_uri(their_uri)}, the server received {_shown_uri(our_uri)}"
    if mine[1] != yours[1]:
        return "the client encoded the URI otherwise, though it is the same: escapes are in upper case"
    return _different_parameters(_decoded(mine[2]).split("&"), _decoded(yours[2]).split("&"))


def _different_parameters(ours: list[str], theirs: list[str]) -> str:
    if ours == theirs:
        return "the client encoded the parameters otherwise, though they are the same: escapes are in upper case"
    if sorted(ours) == sorted(theirs):
        at = next(index for index, pair in enumerate(ours) if theirs[index] != pair)
        return f"the client sorted otherwise: {_shown_name(theirs[at])} stands where {_shown_name(ours[at])} belongs"
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
    name, mine, yours = _shown_name(ours), ours.partition("=")[2], theirs.partition("=")[2]
    if yours.replace("+", "%20") == mine:
        return f"the client encoded the space in {name} as '+'"
    if _upper_escapes(yours) == mine:
        return f"the client wrote the percent escapes in {name} in lower case"
    if percent_encode(yours) == mine:
        return f"the client did not encode the value of {name}"
    if yours == percent_encode(mine):
        return f"the client encoded the value of {name} once too often"
    return f"the client signed {_shown(theirs)}, the server received {_shown(ours)}"


def _minus(these: list[str], those: list[str]) -> list[str]:
    rest = Counter(those)
    left: list[str] = []
    for pair in these:
        if rest[pair]:
            rest[pair] -= 1
        else:
            left.append(pair)
    return left


def _decoded(text: str) -> str:
    return percent_decode(to_wire_string(text)).decode("utf-8", "replace")


def _name(pair: str) -> str:
    return _decoded(pair.partition("=")[0])


def _shown_name(pair: str) -> str:
    """The name in quotes. Where a client encoded too much, the value may stand in it: that is left out."""
    return _cut(_name(pair).partition("=")[0])


def _shown(pair: str) -> str:
    name, value = _shown_name(pair), pair.partition("=")[2]
    plain = name[1:-1] if name[1:-1].isidentifier() else name
    return f"{plain}={_cut('***' if SECRET_NAMES.search(_decoded(pair)) else value)}"


def _shown_uri(uri: str) -> str:
    """The URI in quotes, without what no URI of a base string holds, since it may be secret."""
    before, query, _ = uri.partition("?")
    scheme, separator, rest = before.partition("://")
    authority, slash, path = rest.partition("/")
    authority = authority.rpartition("@")[2]
    return _cut(f"{scheme}{separator}{authority}{slash}{path}") + (" with a query" if query else "")


def _cut(text: str) -> str:
    return repr(text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 3] + "...")


def _upper_escapes(text: str) -> str:
    first, *rest = text.split("%")
    return first + "".join(f"%{part[:2].upper()}{part[2:]}" for part in rest)
