"""Text and octets, under the names that Authlib gives these conversions."""

import json
from base64 import urlsafe_b64decode as _decode
from base64 import urlsafe_b64encode as _encode
from typing import Any


def to_bytes(x: Any, charset: str = "utf-8", errors: str = "strict") -> Any:
    """``x`` as octets; None stays None, and a number is written as text."""
    if x is None or isinstance(x, bytes):
        return x
    if isinstance(x, (str, int, float)):
        return str(x).encode(charset, errors)
    return bytes(x)


def to_unicode(x: Any, charset: str = "utf-8", errors: str = "strict") -> Any:
    """``x`` as text; None stays None."""
    if x is None:
        return None
    return x.decode(charset, errors) if isinstance(x, bytes) else str(x)


def to_native(x: Any, encoding: str = "ascii") -> Any:
    """``x``, text or octets, as text."""
    return x if isinstance(x, str) else x.decode(encoding)


def json_loads(s: Any) -> Any:
    """The value that the JSON text ``s`` stands for."""
    return json.loads(s)


def json_dumps(data: Any, ensure_ascii: bool = False) -> str:
    """``data`` as JSON without spaces."""
    return json.dumps(data, ensure_ascii=ensure_ascii, separators=(",", ":"))


def urlsafe_b64decode(s: bytes) -> bytes:
    """The octets of base64 for URLs, whose padding may be missing."""
    return _decode(s + b"=" * (-len(s) % 4))


def urlsafe_b64encode(s: bytes) -> bytes:
    """``s`` in base64 for URLs, without padding."""
    return _encode(s).rstrip(b"=")
