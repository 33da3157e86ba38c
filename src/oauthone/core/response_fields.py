"""The text of a provider's response and the fields in it, parsed in time that grows with its length."""

import json
import re
from typing import Any

from oauthone.core.encoding import percent_decode, percent_decode_text

#: The maximum depth of nested JSON.
MAX_DEPTH = 64
TOKEN, SECRET, CONFIRMED = "oauth_token", "oauth_token_secret", "oauth_callback_confirmed"

Fields = list[tuple[str, Any]]

# An unclosed string matches to the end, so that no quote in it is tried as the beginning of another string.
_BRACKET = re.compile(r'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)|[\[{]|[\]}]', re.DOTALL)
_BOM = "\ufeff"


def read_body(body: bytes) -> tuple[str, Fields]:
    """Return the text of a response, for searches, and its fields.

    JSON may be in any encoding of Unicode. A protocol value that does not decode cleanly is returned as None.
    """
    text = _json_text(body)
    fields = None if text is None else _json_fields(text)
    if text is not None and fields is not None:
        return text, fields
    # Without its zeros, text in another encoding of Unicode is as people read it, and so it can be masked.
    said = body.decode("utf-8", "replace").replace("\0", "").strip().removeprefix(_BOM)
    return said, [] if said.startswith("{") else _form_fields(body.strip().removeprefix(_BOM.encode()))


def read_text(text: str) -> Fields:
    """Return the fields in a text that `read_body` returned and that may have been masked since."""
    return _json_fields(text) or [] if text.startswith("{") else _form_fields(text.encode("utf-8", "surrogatepass"))


def lenient_text(text: str) -> str:
    """Decode a wire string once, as UTF-8 or else as Latin-1."""
    if _is_plain(text):
        return text
    octets = percent_decode(text)
    try:
        return octets.decode("utf-8")
    except UnicodeDecodeError:
        return octets.decode("latin-1")


def _is_plain(text: str) -> bool:
    """Return whether decoding would change nothing, as for most fields of most responses."""
    return "%" not in text and text.isascii()


def _json_text(body: bytes) -> str | None:
    """Return the text of a body that begins like JSON, stripped; None for another body."""
    plain = body.strip().removeprefix(_BOM.encode())
    octets = plain if plain.startswith(b"{") and b"\0" not in plain[:4] else body
    try:
        text = octets.decode(json.detect_encoding(octets), "surrogatepass").strip().removeprefix(_BOM)
    except ValueError:
        return None
    return text if text.startswith("{") else None


def _form_fields(body: bytes) -> Fields:
    """Return the fields of a form."""
    return [_form_field(part) for part in body.decode("latin-1").replace("+", "%20").split("&") if part]


def _form_field(part: str) -> tuple[str, str | None]:
    name, _, value = part.partition("=")
    name = lenient_text(name)
    if name not in (TOKEN, SECRET, CONFIRMED) or _is_plain(value):
        return name, lenient_text(value)
    try:
        return name, percent_decode_text(value)
    except ValueError:
        return name, None


def _json_fields(text: str) -> Fields | None:
    """Return the fields of a JSON object; None for other text and for one that is nested too deep."""
    try:
        fields: object = None if depth_of_json(text) > MAX_DEPTH else json.loads(text, object_pairs_hook=_Pairs)
    except ValueError:
        return None
    return [(name, _plain(value)) for name, value in fields] if isinstance(fields, _Pairs) else None


def depth_of_json(text: str) -> int:
    """Return how deep JSON is nested."""
    depth = deepest = 0
    for found in _BRACKET.finditer(text):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(found[0], 0)
        deepest = max(deepest, depth)
    return deepest


class _Pairs(list[tuple[str, Any]]):
    """A JSON object that keeps doubled names."""


def _plain(value: Any) -> Any:
    if isinstance(value, _Pairs):
        return {name: _plain(inner) for name, inner in value}
    if isinstance(value, list):
        # JSON says nothing about the type of its items.
        return [_plain(inner) for inner in value]  # pyright: ignore[reportUnknownVariableType]
    return value
