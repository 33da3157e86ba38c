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


def base64_to_int(s: str | bytes) -> int:
    """The number whose octets are in base64 for URLs."""
    return int.from_bytes(urlsafe_b64decode(to_bytes(s, "ascii")), "big")


def int_to_base64(num: int) -> str:
    """The octets of a number in base64 for URLs.

    Raises:
        ValueError: the number is negative.
    """
    if num < 0:
        raise ValueError("the number is negative")
    return urlsafe_b64encode(num.to_bytes((num.bit_length() + 7) // 8, "big")).decode("ascii")


def json_b64encode(text: Any) -> bytes:
    """Text, octets, or a dict as JSON, in base64 for URLs."""
    return urlsafe_b64encode(to_bytes(json_dumps(text) if isinstance(text, dict) else text))
