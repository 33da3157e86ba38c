"""The faults of a box as settings that people type: by name, with a text for the value."""

from typing import Any, get_args, get_type_hints

from oauthone.testing.faults import Faults

_WORDS = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}


#: What a provider with each fault does, as the table of the documentation says.
ABOUT = {
    "token_response": "sends credentials as JSON",
    "problem": "rejects all requests for credentials with this oauth_problem",
    "problem_in": 'writes it into a form ("body"), the challenge ("header"), a page ("html"), or a form with the '
    'status 200 ("ok")',
    "wrong_token": "sends the browser back with another token",
    "callback_confirmed": "sends this value instead of true; None leaves it out",
    "delay": "waits for this many seconds before it responds",
    "padding": 'sends an oversized response: "huge", "gzip bomb"',
    "clock_skew": "has a clock that is this many seconds ahead",
    "refuse_nonces": "rejects every nonce as used",
    "callback_anywhere": "accepts oauth_callback in the query or the form, while the header has the other parameters, "
    "as some clients send it",
}


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
    """Return the settings as objects of JSON; ``kind`` is ``"choice"``, ``"switch"``, ``"number"`` or ``"text"``."""
    return [
        {"name": name, "kind": _kind(name), "choices": _choices(name), "value": value, "about": ABOUT[name]}
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
