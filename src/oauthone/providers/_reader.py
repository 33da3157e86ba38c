"""Reads a data file into one of the typed classes. Everything that does not fit is an error with file and line."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, cast, get_args, get_origin

from oauthone.errors import ConfigurationError
from oauthone.providers._model import Table

_T = TypeVar("_T")
_Path = tuple[str | int, ...]

_NAMES = {str: "a string", int: "an integer", bool: "true or false"}
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class Misfit(Exception):
    """A value that does not fit the model.

    Attributes:
        path: the keys that lead to it.
        problem: what is wrong with it.
    """

    def __init__(self, path: _Path, problem: str) -> None:
        super().__init__(path, problem)
        self.path = path
        self.problem = problem


def parse(text: str, file: str) -> dict[str, Any]:
    """Parse TOML.

    Raises:
        ConfigurationError: it is not TOML. The message begins with file and line.
    """
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as failure:
        line = re.search(r"line (\d+)", str(failure))
        number = line[1] if line else len(text.splitlines())
        raise ConfigurationError(f"{file}:{number}: this is not TOML: {failure}") from None


def located(misfit: Misfit, text: str, file: str) -> ConfigurationError:
    """Return the error for ``misfit``, whose message begins with file and line."""
    where = ".".join(map(str, misfit.path)) or "the file"
    return ConfigurationError(f"{file}:{line_of(misfit.path, text)}: {where} {misfit.problem}")


def read(kind: type[_T], table: Mapping[str, Any], **known: Any) -> _T:
    """Make an instance of ``kind``, a NamedTuple, of a table.

    Args:
        kind: the class.
        table: the parsed table.
        known: attributes that do not come from the table.

    Raises:
        Misfit: the table has an unknown key, lacks a key, or has a value of another type.
    """
    return _read_record(kind, table, (), known)  # type: ignore[no-any-return]  # it is of this kind


def _read_record(kind: Any, value: object, path: _Path, known: Mapping[str, Any]) -> Any:
    table = _table(value, path)
    fields: dict[str, Any] = {name: a for name, a in kind.__annotations__.items() if name not in known}
    for name in table:
        if name not in fields:
            raise Misfit((*path, name), f"is unknown; the keys here are {', '.join(sorted(fields))}")
    for name in fields:
        if name not in table and name not in kind._field_defaults:
            raise Misfit(path, f"lacks {name}")
        if table.get(name) == [] and kind._field_defaults.get(name) != ():
            raise Misfit((*path, name), "is empty")
    return kind(**known, **{name: _read(fields[name], one, (*path, name)) for name, one in table.items()})


def _table(value: object, path: _Path) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Misfit(path, "must be a table")
    return cast("dict[str, Any]", value)


def _read(annotation: Any, value: object, path: _Path) -> Any:
    shape = get_origin(annotation)
    if shape is UnionType or NoneType in get_args(annotation):
        (annotation,) = (one for one in get_args(annotation) if one is not NoneType)
        return _read(annotation, value, path)
    if shape is Literal:
        return _read_choice(get_args(annotation), value, path)
    if shape is tuple:
        return _read_tuple(get_args(annotation)[0], value, path)
    if shape is Table:
        return _read_table(get_args(annotation)[0], value, path)
    if annotation in _NAMES:
        return _read_scalar(annotation, value, path)
    return _read_record(annotation, value, path, {})


def _read_scalar(kind: type, value: object, path: _Path) -> object:
    if type(value) is not kind:  # True is an int, too
        raise Misfit(path, f"must be {_NAMES[kind]}")
    if isinstance(value, str) and _CONTROL.search(value):
        raise Misfit(path, "contains a control character")
    if isinstance(value, int) and value < 0:
        raise Misfit(path, "is negative")
    return value


def _read_choice(choices: Sequence[str], value: object, path: _Path) -> object:
    if not isinstance(value, str) or value not in choices:
        raise Misfit(path, f"is {value!r}, must be one of {', '.join(choices)}")
    return value


def _read_tuple(annotation: Any, value: object, path: _Path) -> tuple[Any, ...]:
    """One text stands for a list of one."""
    if isinstance(value, str):
        return (_read(annotation, value, path),)
    if not isinstance(value, list):
        raise Misfit(path, "must be a list")
    found = tuple(_read(annotation, one, (*path, number)) for number, one in enumerate(cast("list[object]", value)))
    if len({repr(one) for one in found}) < len(found):
        raise Misfit(path, "lists something twice")
    return found


def _read_table(annotation: Any, value: object, path: _Path) -> Table[Any]:
    return Table({name: _read(annotation, one, (*path, name)) for name, one in _table(value, path).items()})


def line_of(path: _Path, text: str) -> int:
    """Return the line of the key at ``path``, or that of the nearest table around it; 1 if there is none.

    The TOML parser of the standard library does not tell where a key was.
    """
    best, found, counts = 0, 1, dict[tuple[str, ...], int]()
    table: _Path = ()
    for number, line in enumerate(text.splitlines(), 1):
        here: _Path | None = None
        if header := re.match(r"(\[{1,2})(.+?)\]{1,2}\s*(?:#.*)?$", line):
            names = _keys_of(header[2]) or ()
            index = counts.get(names, 0)
            counts[names] = index + 1
            here = table = (*names, index) if header[1] == "[[" else names
        elif (key := re.match(r"\s*([^=#\[\]]+?)\s*=", line)) and (names := _keys_of(key[1]) or ()):
            here = (*table, *names)
        if here and len(here) > best and path[: len(here)] == here:
            best, found = len(here), number
    return found


def _keys_of(dotted: str) -> tuple[str, ...] | None:
    """The names in a dotted key, some of which may be quoted; None if it is no key."""
    try:
        table: Any = tomllib.loads(f"{dotted} = 0")
    except tomllib.TOMLDecodeError:
        return None
    names = list[str]()
    while table != 0:
        ((name, table),) = table.items()
        names.append(name)
    return tuple(names)
