"""The faults of a box as settings that people type: by name, with a text for the value."""

from typing import Any, get_args, get_type_hints

from oauthone.testing.faults import Faults

_WORDS = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}


def with_fault(faults: Faults, name: str, text: str) -> Faults:
    """Return ``faults`` with one of them set.

    Args:
        faults: the faults so far.
        name: the name of the fault; ``-`` counts as ``_``.
        text: its value: ``true`` or ``false`` for a switch; an empty text stands for None where that is a value.

    Raises:
        ValueError: there is no such fault, or it has no such value.
    """
    name = name.strip().replace("-", "_")
    if name not in Faults._fields:
        raise ValueError(f"{name!r} is not a fault: {', '.join(Faults._fields)}")
    return faults._replace(**{name: _value(name, text.strip())})


def fault_fields(faults: Faults) -> list[dict[str, Any]]:
    """Return the settings: name, kind (``"choice"``, ``"switch"``, ``"number"``, ``"text"``), choices and value."""
    return [
        {"name": name, "kind": _kind(name), "choices": _choices(name), "value": value}
        for name, value in faults._asdict().items()
    ]


def _value(name: str, text: str) -> Any:
    kind = _kind(name)
    if kind == "text" and text.isprintable():
        return text or None
    if kind == "choice" and text in _choices(name):
        return text
    if kind == "switch" and text.lower() in _WORDS:
        return _WORDS[text.lower()]
    if kind == "number":
        return _number(name, text)
    expected = {"switch": "true or false", "text": "printable characters"}.get(kind) or ", ".join(_choices(name))
    raise ValueError(f"the fault {name} cannot be {text!r}: use {expected}")


def _number(name: str, text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = float("nan")
    if not abs(number) <= 10**9 or (name == "delay" and not 0 <= number <= 3600):
        raise ValueError(f"the fault {name} cannot be {text!r}: use a number of seconds")
    return number


def _kind(name: str) -> str:
    if _choices(name):
        return "choice"
    return {bool: "switch", float: "number"}.get(_HINTS[name], "text")


def _choices(name: str) -> tuple[str, ...]:
    return tuple(choice for choice in get_args(_HINTS[name]) if isinstance(choice, str))


_HINTS = get_type_hints(Faults)
