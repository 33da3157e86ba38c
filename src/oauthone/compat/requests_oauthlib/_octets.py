"""The types of what a signed request holds: bytes in the encoding ``decoding``, or text if that is None."""

from typing import Any


def convert(request: Any, decoding: str | None, *, with_body: bool) -> None:
    """Convert the values of all headers of ``request``, and its body.

    Args:
        request: a prepared request of requests.
        decoding: the encoding of bytes; None converts to text.
        with_body: whether the body was covered by the signature and is converted too.
    """
    store = request.headers._store
    for key, (name, value) in store.items():
        store[key] = name, _converted(value, decoding)
    if with_body:
        request.body = _converted(request.body, decoding)


def _converted(value: Any, decoding: str | None) -> Any:
    if decoding:
        return value.encode(decoding) if isinstance(value, str) else value
    try:
        return value.decode("utf-8") if isinstance(value, bytes) else value
    except UnicodeDecodeError:
        return value
