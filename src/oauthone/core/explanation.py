"""The first difference of two base strings, in words. Values of parameters that may be secret are masked there."""

from oauthone.core.encoding import percent_decode, percent_encode, wire
from oauthone.core.verification import SECRET_NAMES


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
        return f"the client signed the method {yours[0]!r}, the server received {mine[0]!r}"
    our_uri, their_uri = _decoded(mine[1]), _decoded(yours[1])
    if our_uri != their_uri:
        return f"the client signed the URI {their_uri!r}, the server received {our_uri!r}"
    if mine[1] != yours[1]:
        return "the client encoded the URI otherwise, though it is the same: escapes are in upper case"
    return _different_parameters(_decoded(mine[2]).split("&"), _decoded(yours[2]).split("&"))


def _different_parameters(ours: list[str], theirs: list[str]) -> str:
    if ours == theirs:
        return "the client encoded the parameters otherwise, though they are the same: escapes are in upper case"
    if sorted(ours) == sorted(theirs):
        at = next(index for index, pair in enumerate(ours) if theirs[index] != pair)
        return f"the client sorted otherwise: {_name(theirs[at])!r} stands where {_name(ours[at])!r} belongs"
    missing, extra = _minus(ours, theirs), _minus(theirs, ours)
    for pair in missing:
        other = next((candidate for candidate in extra if _name(candidate) == _name(pair)), None)
        if other is not None:
            return _different_values(pair, other)
    if missing:
        return f"the client did not sign {_shown(missing[0])}, which the server received"
    return f"the client signed {_shown(extra[0])}, which the server did not receive"


def _different_values(ours: str, theirs: str) -> str:
    name, mine, yours = _name(ours), ours.partition("=")[2], theirs.partition("=")[2]
    if yours.replace("+", "%20") == mine:
        return f"the client encoded the space in {name!r} as '+'"
    if _upper_escapes(yours) == mine:
        return f"the client wrote the percent escapes in {name!r} in lower case"
    if percent_encode(yours) == mine:
        return f"the client did not encode the value of {name!r}"
    if yours == percent_encode(mine):
        return f"the client encoded the value of {name!r} once too often"
    return f"the client signed {_shown(theirs)}, the server received {_shown(ours)}"


def _minus(these: list[str], those: list[str]) -> list[str]:
    rest = list(those)
    left: list[str] = []
    for pair in these:
        if pair in rest:
            rest.remove(pair)
        else:
            left.append(pair)
    return left


def _decoded(text: str) -> str:
    return percent_decode(wire(text)).decode("utf-8", "replace")


def _name(pair: str) -> str:
    return _decoded(pair.partition("=")[0])


def _shown(pair: str) -> str:
    name, _, value = pair.partition("=")
    return f"{_decoded(name)}={'***' if SECRET_NAMES.search(name) else value[:100]!r}"


def _upper_escapes(text: str) -> str:
    first, *rest = text.split("%")
    return first + "".join(f"%{part[:2].upper()}{part[2:]}" for part in rest)
