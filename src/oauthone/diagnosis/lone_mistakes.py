"""Mistakes that are looked for last, each alone: they depend on the request's own names and values.

There is one for each parameter, so pairs of them would be too many.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from typing import Literal

from oauthone.core.encoding import percent_encode
from oauthone.diagnosis.sent_request import HEADER, Parameter, Parameters, SentRequest

#: A request with more parameters is not searched.
_MAX_PARAMETERS = 40
_PLAIN_NAME = re.compile(r"[A-Za-z0-9_.\[\]-]{1,40}")
_NUMBERED = re.compile(r"\[\d{1,5}\]$")


def lone_mistakes(request: SentRequest) -> Iterator[tuple[str, SentRequest]]:
    """Yield mistakes, each with the request that such a client signs in place of the one that it sends."""
    if len(request.parameters) > _MAX_PARAMETERS:
        return
    for mistake, parameters in _wrong_parameters(request.parameters):
        if parameters != request.parameters:
            yield mistake, request._replace(parameters=parameters)
    bare = request.authority.removeprefix("www.")
    yield "other-host-signed", request._replace(authority=f"www.{bare}" if bare == request.authority else bare)


def only_callback_is_escaped(request: SentRequest) -> bool:
    """Return whether a callback is all of the parameters that percent-encoding changes."""
    changed = {one.name for one in request.parameters if percent_encode(one.name + one.value) != one.name + one.value}
    return changed == {"oauth_callback"}


def _wrong_parameters(parameters: Parameters) -> Iterator[tuple[str, Parameters]]:
    for name in dict.fromkeys(one.name for one in parameters if one.place != HEADER):
        shown = name if _PLAIN_NAME.fullmatch(name) else "a parameter"
        yield f"parameter-left-out:{shown}", tuple(one for one in parameters if one.name != name)
    for spell in _SPELLINGS:
        yield "value-spelled-otherwise", tuple(_respelled(one, spell) for one in parameters)
    yield "callback-encoded", tuple(_with_encoded_callback(one) for one in parameters)
    yield "arrays-renamed", tuple(_renamed(one, _NUMBERED.sub("[]", one.name)) for one in parameters)
    yield "values-joined", _joined(parameters, str)
    yield "values-joined", _joined(parameters, lambda name: name.removesuffix("[]"))


def _respelled(one: Parameter, spell: Callable[[str], str]) -> Parameter:
    return one if one.place == HEADER else one._replace(value=spell(one.value))


def _renamed(one: Parameter, name: str) -> Parameter:
    return one if one.place == HEADER else one._replace(name=name)


def _with_encoded_callback(one: Parameter) -> Parameter:
    return one._replace(value=percent_encode(one.value)) if one.name == "oauth_callback" else one


def _joined(parameters: Parameters, rename: Callable[[str], str]) -> Parameters:
    """Return the parameters with the values of one name joined by commas."""
    found: dict[str, Parameter] = {}
    for one in parameters:
        before = found.get(one.name)
        found[one.name] = one if before is None else before._replace(value=f"{before.value},{one.value}")
    repeated = {one.name for one in parameters if found[one.name].value != one.value}
    return tuple(_renamed(one, rename(name)) if name in repeated else one for name, one in found.items())


def _of_words(words: dict[str, str]) -> Callable[[str], str]:
    return lambda value: words.get(value, value)


def _normalized(form: Literal["NFC", "NFD"]) -> Callable[[str], str]:
    def spell(value: str) -> str:
        try:
            text = value.encode("latin-1").decode()
        except UnicodeError:
            return value
        return unicodedata.normalize(form, text).encode().decode("latin-1")

    return spell


#: How values may be spelled where they are signed: as a program's own values are, or in the other normal form.
_SPELLINGS: tuple[Callable[[str], str], ...] = (
    _of_words({"true": "True", "false": "False"}),
    _of_words({"True": "true", "False": "false"}),
    _of_words({"true": "1", "false": "0"}),
    _of_words({"true": "1", "false": ""}),
    _of_words({"1": "true", "0": "false"}),
    _of_words({"": "None"}),
    _of_words({"": "null"}),
    _of_words({"None": "", "null": "", "undefined": ""}),
    lambda value: f"{value}.0" if value.isdecimal() else value,
    lambda value: re.sub(r"(?<=\d)\.0+$", "", value),
    _normalized("NFC"),
    _normalized("NFD"),
)
