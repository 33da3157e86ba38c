"""Why a signature did not fit, in words: the first difference of two base strings, and the mistake that one betrays.

Nothing here is needed to verify. Values of parameters that may be secret are masked in what is said.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from oauthone.core.base_string import encoded_base_string_uri, normalized_parameters, split_query
from oauthone.core.encoding import encoded_pairs, percent_decode, percent_encode, wire
from oauthone.core.verification import SECRET_NAMES, Incoming, base_string_of


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


def likely_mistake(request: Incoming, signature_of: Callable[[str, bool], str]) -> str | None:
    """The mistake that a wrong signature betrays: the one with which the server comes to the same signature.

    Args:
        request: the request as it arrived.
        signature_of: signs a base string with the secrets that the server knows; the second argument says whether
            with the token's secret.
    """
    received = request.protocol.get("oauth_signature", "")
    right = base_string_of(request)
    if signature_of(right, False) == received:
        return "the client signed with an empty token secret: keep the secret that came with the token"
    for mistake in _mistakes(request):
        if mistake.base_string.isascii() and signature_of(mistake.base_string, True) == received:
            return mistake.words
    return None


class _Mistake(NamedTuple):
    words: str
    base_string: str


def _mistakes(request: Incoming) -> Iterator[_Mistake]:
    method, url, pairs = request.method.upper(), split_query(request.url)[0], request.pairs
    uri = encoded_base_string_uri(url, request.host)
    query, form = encoded_pairs(wire(split_query(request.url)[1])), encoded_pairs(wire(request.body))
    own = [pair for pair in pairs if not pair.startswith("oauth_")]

    for words, slip in _SLIPS:
        yield _Mistake(words, _base_string(method, uri, [slip(pair) if pair in own else pair for pair in pairs]))
        yield _Mistake(words, _base_string(method, uri, [slip(pair) for pair in pairs]))
    yield _Mistake("the client left the query out", _base_string(method, uri, _without(pairs, query)))
    if request.has_form:
        yield _Mistake("the client left the form body out", _base_string(method, uri, _without(pairs, form)))
    elif request.body:
        yield _Mistake(
            "the client signed the body, which is not declared as a form", _base_string(method, uri, pairs + form)
        )
    yield _Mistake(
        "the client kept one of several parameters of the same name",
        _base_string(method, uri, list({pair.partition("\0")[0]: pair for pair in pairs}.values())),
    )
    if request.realm is not None:
        yield _Mistake(
            "the client signed the realm of the Authorization header",
            _base_string(method, uri, [*pairs, f"realm\0{percent_encode(request.realm)}"]),
        )
    for other in ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"):
        yield _Mistake(f"the client signed the method {other}", _base_string(other, uri, pairs))
    for other_url, words in _other_urls(url):
        yield _Mistake(words, _base_string(method, encoded_base_string_uri(other_url), pairs))


def _base_string(method: str, uri: str, pairs: list[str]) -> str:
    """A base string whose parameters need not be encoded as they should be."""
    return f"{method}&{uri}&{percent_encode(normalized_parameters(pairs).encode('latin-1'))}"


def _other_urls(url: str) -> Iterator[tuple[str, str]]:
    scheme, _, rest = url.partition("://")
    other = "http" if scheme == "https" else "https"
    yield f"{other}://{rest}", f"the client signed a URL that begins with {other}://, the server received {scheme}://"
    host, slash, path = rest.partition("/")
    bare = host.rpartition(":")[0]
    if bare:
        yield f"{scheme}://{bare}{slash}{path}", "the client left the port out of the URI"
    yield f"{scheme}://{host}/{path.rstrip('/')}", "the client left out the slash that the path ends with"
    yield f"{scheme}://{host}/{path}/", "the client added a slash at the end of the path"
    yield f"{scheme}://{host}/{wire(percent_decode(path))}", "the client decoded the path"


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


def _without(pairs: list[str], some: list[str]) -> list[str]:
    return _minus(pairs, [pair for pair in some if not pair.startswith("oauth_")])


def _decoded(text: str) -> str:
    return percent_decode(wire(text)).decode("utf-8", "replace")


def _name(pair: str) -> str:
    return _decoded(pair.partition("=")[0])


def _shown(pair: str) -> str:
    name, _, value = pair.partition("=")
    return f"{_decoded(name)}={'***' if SECRET_NAMES.search(name) else value[:100]!r}"


def _lower_escapes(text: str) -> str:
    return _with_escapes(text, str.lower)


def _upper_escapes(text: str) -> str:
    return _with_escapes(text, str.upper)


def _with_escapes(text: str, change: Callable[[str], str]) -> str:
    first, *rest = text.split("%")
    return first + "".join(f"%{change(part[:2])}{part[2:]}" for part in rest)


#: What clients do to a parameter on its way into the base string, in words.
_SLIPS: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("the client encoded a space as '+' instead of '%20'", lambda pair: pair.replace("%20", "+")),
    ("the client wrote percent escapes in lower case", _lower_escapes),
    ("the client encoded the parameters once instead of twice", lambda pair: percent_decode(pair).decode("latin-1")),
    ("the client encoded the parameters three times instead of twice", lambda pair: pair.replace("%", "%25")),
)
