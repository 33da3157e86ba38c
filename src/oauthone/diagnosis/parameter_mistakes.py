"""Mistakes about the parameters that a signature covers (RFC 5849 section 3.4.1.3)."""

import json
import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, TypeAlias, cast

from oauthone.diagnosis.body_fields import read_body_as_form
from oauthone.diagnosis.sent_request import (
    BODY,
    FORM,
    HEADER,
    QUERY,
    Parameter,
    Parameters,
    SentRequest,
    decode,
)

#: A body that is not a form is read as one only up to this number of octets.
_LONGEST_BODY = 1 << 12

#: What a client may sign and not send.
_UNSENT = (("oauth_token", ""), ("oauth_version", "1.0"), ("oauth_callback", "oob"), ("oauth_verifier", ""))
_SECONDS = re.compile("[0-9]{1,12}")

_Change: TypeAlias = Callable[[str], str]
_Read: TypeAlias = Callable[[Parameter], Parameter]
_Collect: TypeAlias = Callable[[Parameters], Parameters]

#: The protocol parameters that a client may send and not sign.
_PROTOCOL_NAMES = (
    "oauth_token", "oauth_body_hash", "oauth_callback", "oauth_verifier", "oauth_version", "oauth_nonce",
)  # fmt: skip


def wrong_parameters(request: SentRequest) -> Iterator[tuple[str, _Collect]]:
    """Yield mistakes, each with what such a client makes of the parameters that it signs.

    They stand in the order in which a program makes them: it reads the parameters, and then collects them.
    """
    if not request.has_form and request.body and len(request.body) <= _LONGEST_BODY:
        yield "body-signed-as-form", partial(_with, read_body_as_form(request))
        for members in _json_members(request.body):
            yield "json-signed-as-parameters", partial(_with, members)
    for mistake, read in _VALUE_MISTAKES:
        yield mistake, partial(_read, read)
    if request.fragment is not None and request.query:
        yield "fragment-signed", partial(_with_fragment, request.fragment)
    for seconds in (-1, 1, 2, -2):
        yield "another-timestamp-signed", partial(_at_another_time, seconds)
    for surrounded in ('"{}"', "{},", '"{}",'):
        yield "header-marks-signed", partial(_with_marks, surrounded)
    for mistake, rename in _NAME_MISTAKES:
        yield mistake, partial(_named, rename)
    yield "arrays-renamed", _numbered
    yield "empty-values-left-out", lambda parameters: tuple([one for one in parameters if one.value])
    yield "query-left-out", partial(_without, QUERY)
    yield "form-left-out", partial(_without, FORM)
    yield "same-names-collapsed", lambda parameters: tuple({one.name: one for one in parameters}.values())
    yield "same-names-collapsed", lambda parameters: tuple({one.name: one for one in reversed(parameters)}.values())
    for name in _PROTOCOL_NAMES:
        yield f"parameter-unsigned:{name}", partial(_without_name, name)
    yield from _with_more(request)


def _with_more(request: SentRequest) -> Iterator[tuple[str, _Collect]]:
    """Yield mistakes of a client that signs more than it should."""
    yield "query-twice", partial(_twice, QUERY)
    yield "query-twice", _query_twice_in_place
    yield "form-twice", partial(_twice, FORM)
    if request.realm is not None:
        yield "realm-signed", partial(_with, (_made("realm", request.realm),))
    yield "signature-signed", partial(_with, (_made("oauth_signature", ""),))
    for name, value in _UNSENT:
        if request.protocol(name) is None:
            yield f"unsent-parameter-signed:{name}={value}", partial(_with, (_made(name, value),))


def _with(more: Parameters, parameters: Parameters) -> Parameters:
    return parameters + more


def _twice(place: str, parameters: Parameters) -> Parameters:
    return parameters + tuple([one for one in parameters if one.place == place])


def _query_twice_in_place(parameters: Parameters) -> Parameters:
    """Return the parameters with the query repeated where it stands, which shows if they are not sorted."""
    query = tuple([one for one in parameters if one.place == QUERY])
    end = parameters.index(query[-1]) + 1 if query else 0
    return parameters[:end] + query + parameters[end:]


def _at_another_time(seconds: int, parameters: Parameters) -> Parameters:
    """Return the parameters of a client that asks its clock once for the signature and once for the request."""
    return tuple(
        [
            _changed(one, one.name, f"{int(one.value) + seconds}")
            if one.name == "oauth_timestamp" and _SECONDS.fullmatch(one.value)
            else one
            for one in parameters
        ]
    )


def _with_marks(surrounded: str, parameters: Parameters) -> Parameters:
    """Return the parameters of a client that signs the marks of its Authorization header too."""
    return tuple(
        [_changed(one, one.name, surrounded.format(one.value)) if one.place == HEADER else one for one in parameters]
    )


def _without_name(name: str, parameters: Parameters) -> Parameters:
    return tuple([one for one in parameters if one.name != name])


def _read(read: _Read, parameters: Parameters) -> Parameters:
    """Return the parameters with those of query and form read in another way."""
    return tuple([read(one) if one.place != HEADER else one for one in parameters])


def _with_fragment(fragment: str, parameters: Parameters) -> Parameters:
    """Return the parameters of a client that takes the fragment for the end of the last value of the query."""
    found = list(parameters)
    places = [number for number, one in enumerate(found) if one.place == QUERY]
    for last in places[-1:]:
        found[last] = _changed(found[last], found[last].name, f"{found[last].value}#{fragment}")
    return tuple(found)


def _made(name: str, value: str) -> Parameter:
    return Parameter(HEADER, (name, value), name, value)


def _changed(one: Parameter, name: str, value: str) -> Parameter:
    """Return a parameter with this name and value: itself if it has them."""
    return one if one.name == name and one.value == value else Parameter(one.place, one.raw, name, value)


def _without(place: str, parameters: Parameters) -> Parameters:
    """Return those that stand elsewhere, and the protocol parameters."""
    return tuple([one for one in parameters if one.place != place or one.name.startswith("oauth_")])


def _named(change: _Change, parameters: Parameters) -> Parameters:
    return tuple([_changed(one, change(one.name), one.value) if one.place != HEADER else one for one in parameters])


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
    return _changed(one, *one.raw)


def _valued(change: _Change) -> _Read:
    return lambda one: _changed(one, one.name, change(one.value))


def _texts(change: _Change) -> _Read:
    return lambda one: _changed(one, change(one.name), change(one.value))


def _recoded(decoding: str, encoding: str) -> _Change:
    """Return a change of character set. Octets that the sets do not know stay as they are."""

    def change(text: str) -> str:
        if text.isascii():
            return text
        try:
            return text.encode("latin-1").decode(decoding).encode(encoding).decode("latin-1")
        except UnicodeError:
            return text

    return change


#: What a client makes of a parameter of query or form before it encodes it.
_VALUE_MISTAKES: tuple[tuple[str, _Read], ...] = (
    ("encoded-text-signed", _raw),
    ("plus-signed-as-plus", lambda one: _changed(one, decode(one.raw[0]), decode(one.raw[1]))),
    ("decoded-twice", _texts(decode)),
    ("another-charset", _texts(_recoded("utf-8", "latin-1"))),
    ("another-charset", _texts(_recoded("utf-8", "cp1252"))),
    ("another-charset", _texts(_recoded("latin-1", "utf-8"))),
    ("line-ends-changed", _valued(lambda text: text.replace("\r\n", "\n"))),
    ("line-ends-changed", _valued(lambda text: text.replace("\r\n", "\n").replace("\n", "\r\n"))),
    ("white-space-stripped", _valued(str.strip)),
)
