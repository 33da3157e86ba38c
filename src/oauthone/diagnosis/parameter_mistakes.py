"""Mistakes about the parameters that a signature covers, and about their order (RFC 5849 section 3.4.1.3)."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias, cast

from oauthone.diagnosis.sent_request import (
    BODY,
    FORM,
    HEADER,
    QUERY,
    Parameter,
    Parameters,
    SentRequest,
    decode,
    read_body_as_form,
)

#: A body that is not a form is read as one only up to this number of octets.
_LONGEST_BODY = 1 << 12

#: A parameter, encoded as ``"name\0value"``, and as it was sent.
Encoded: TypeAlias = tuple[str, Parameter]

_Change: TypeAlias = Callable[[str], str]


def wrong_parameters(request: SentRequest, parameters: Parameters) -> Iterator[tuple[str, Parameters]]:
    """Yield mistakes, each with the parameters that such a client signs in place of ``parameters``."""
    yield "query-left-out", _without(parameters, QUERY)
    yield "form-left-out", _without(parameters, FORM)
    yield from _with_more(request, parameters)
    for name in ("oauth_token", "oauth_body_hash", "oauth_callback", "oauth_verifier", "oauth_version", "oauth_nonce"):
        yield f"parameter-unsigned:{name}", tuple(one for one in parameters if one.name != name)
    yield "same-names-collapsed", tuple({one.name: one for one in parameters}.values())
    yield "same-names-collapsed", tuple({one.name: one for one in reversed(parameters)}.values())
    yield "empty-values-left-out", tuple(one for one in parameters if one.value)
    for mistake, change in _NAME_MISTAKES:
        yield mistake, _named(parameters, change)
    yield "arrays-renamed", _numbered(parameters)
    for mistake, changed in _VALUE_MISTAKES:
        yield mistake, tuple(changed(one) if one.place != HEADER else one for one in parameters)


def _with_more(request: SentRequest, parameters: Parameters) -> Iterator[tuple[str, Parameters]]:
    """Yield mistakes of a client that signs more than it should."""
    if not request.has_form and request.body and len(request.body) <= _LONGEST_BODY:
        yield "body-signed-as-form", parameters + read_body_as_form(request)
        for members in _json_members(request.body):
            yield "json-signed-as-parameters", parameters + members
    for mistake, place in (("query-twice", QUERY), ("form-twice", FORM)):
        yield mistake, parameters + tuple(one for one in parameters if one.place == place)
    if request.realm is not None:
        yield "realm-signed", (*parameters, _made("realm", request.realm))
    yield "signature-signed", (*parameters, _made("oauth_signature", ""))
    names = {one.name for one in parameters}
    for name, value in (("oauth_token", ""), ("oauth_version", "1.0"), ("oauth_callback", "oob")):
        if name not in names:
            yield f"unsent-parameter-signed:{name}={value}", (*parameters, _made(name, value))
    if request.fragment is not None and request.query:
        yield "fragment-signed", _with_fragment(parameters, request.fragment)


def in_order(encoded: list[Encoded]) -> list[str]:
    """Sort by the encoded names, and then by the encoded values (RFC 5849 section 3.4.1.3.2)."""
    return sorted([text for text, _ in encoded])


def wrong_orders() -> Iterator[tuple[str, Callable[[list[Encoded]], list[str]]]]:
    """Yield mistakes, each with how such a client orders the parameters."""
    yield "unsorted", lambda encoded: [text for text, _ in encoded]
    yield "unsorted", lambda encoded: [text for text, _ in sorted(encoded, key=_is_protocol)]
    yield "sorted-apart", lambda encoded: sorted(in_order(encoded), key=lambda text: not text.startswith("oauth_"))
    yield "sorted-apart", lambda encoded: sorted(in_order(encoded), key=lambda text: text.startswith("oauth_"))
    yield "sorted-by-name-only", lambda encoded: _sorted(encoded, lambda one: one[0].partition("\0")[0])
    yield "sorted-before-encoding", lambda encoded: _sorted(encoded, lambda one: one[1][2:])
    yield "sorted-ignoring-case", lambda encoded: _sorted(encoded, lambda one: one[0].lower())
    yield "sorted-joined", lambda encoded: sorted(in_order(encoded), key=lambda text: text.replace("\0", "="))


def _sorted(encoded: list[Encoded], key: Callable[[Encoded], Any]) -> list[str]:
    return [text for text, _ in sorted(encoded, key=key)]


def _is_protocol(encoded: Encoded) -> bool:
    return encoded[1].name.startswith("oauth_")


def _with_fragment(parameters: Parameters, fragment: str) -> Parameters:
    """Return the parameters of a client that takes the fragment for the end of the last value of the query."""
    found = list(parameters)
    places = [number for number, one in enumerate(found) if one.place == QUERY]
    for last in places[-1:]:
        found[last] = found[last]._replace(value=f"{found[last].value}#{fragment}")
    return tuple(found)


def _made(name: str, value: str) -> Parameter:
    return Parameter(HEADER, (name, value), name, value)


def _without(parameters: Parameters, place: str) -> Parameters:
    """Return those that stand elsewhere, and the protocol parameters."""
    return tuple(one for one in parameters if one.place != place or one.name.startswith("oauth_"))


def _named(parameters: Parameters, change: _Change) -> Parameters:
    return tuple(one._replace(name=change(one.name)) if one.place != HEADER else one for one in parameters)


def _numbered(parameters: Parameters) -> Parameters:
    """Return the parameters with the items of arrays numbered: ``a[]`` becomes ``a[0]``, ``a[1]``, …"""
    counts: dict[str, int] = {}
    found: list[Parameter] = []
    for one in parameters:
        if one.name.endswith("[]"):
            number = counts[one.name] = counts.get(one.name, -1) + 1
            one = one._replace(name=f"{one.name[:-2]}[{number}]")
        found.append(one)
    return tuple(found)


def _json_members(body: bytes) -> Iterator[Parameters]:
    """Yield the members of a JSON object as parameters, with nested values as their text."""
    try:
        members: Any = json.loads(body)
    except (ValueError, RecursionError):
        return
    if isinstance(members, dict):
        items = list(cast("dict[str, Any]", members).items())
        for separators in ((",", ":"), (", ", ": ")):
            yield tuple(
                Parameter(BODY, ("", ""), _octets(name), _octets(_as_text(value, separators))) for name, value in items
            )


def _as_text(value: object, separators: tuple[str, str]) -> str:
    return value if isinstance(value, str) else json.dumps(value, separators=separators)


def _octets(text: str) -> str:
    return text.encode("utf-8", "surrogatepass").decode("latin-1")


#: What a client makes of names.
_NAME_MISTAKES: tuple[tuple[str, _Change], ...] = (
    ("arrays-renamed", lambda name: re.sub(r"\[\d{0,5}\]$", "", name)),
    ("arrays-renamed", lambda name: name if name.startswith("oauth_") or name.endswith("]") else f"{name}[]"),
)


def _raw(one: Parameter) -> Parameter:
    return one._replace(name=one.raw[0], value=one.raw[1])


def _valued(change: _Change) -> Callable[[Parameter], Parameter]:
    return lambda one: one._replace(value=change(one.value))


def _recoded(decoding: str, encoding: str) -> Callable[[Parameter], Parameter]:
    """Return a change of character set. Octets that the sets do not know stay as they are."""

    def change(text: str) -> str:
        if text.isascii():
            return text
        try:
            return text.encode("latin-1").decode(decoding).encode(encoding).decode("latin-1")
        except UnicodeError:
            return text

    return lambda one: one._replace(name=change(one.name), value=change(one.value))


#: What a client makes of a parameter of query or form before it encodes it.
_VALUE_MISTAKES: tuple[tuple[str, Callable[[Parameter], Parameter]], ...] = (
    ("encoded-text-signed", _raw),
    ("plus-signed-as-plus", lambda one: one._replace(name=decode(one.raw[0]), value=decode(one.raw[1]))),
    ("decoded-twice", lambda one: one._replace(name=decode(one.name), value=decode(one.value))),
    ("another-charset", _recoded("utf-8", "latin-1")),
    ("another-charset", _recoded("utf-8", "cp1252")),
    ("another-charset", _recoded("latin-1", "utf-8")),
    ("line-ends-changed", _valued(lambda text: text.replace("\r\n", "\n"))),
    ("line-ends-changed", _valued(lambda text: text.replace("\r\n", "\n").replace("\n", "\r\n"))),
    ("white-space-stripped", _valued(str.strip)),
)
