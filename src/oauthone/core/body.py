"""How a signature covers a body: by a form's parameters, by a digest, or not (RFC 5849 section 3.4.1.3.1)."""

import hashlib
import re
from binascii import b2a_base64
from typing import Any

from oauthone.core.encoding import to_wire_string
from oauthone.errors import SigningError

FORM = "application/x-www-form-urlencoded"
_CHUNK = 1 << 16
_OCTETS: tuple[Any, ...] = (bytes, bytearray, memoryview)
_SIZED: tuple[Any, ...] = (str, *_OCTETS)
_IN_FORM = r"(?:[\w.~*+,;:@!()/?'$-]|%[0-9A-Fa-f]{2})"
_FORM_TEXT = f"(?:{_IN_FORM}|&)++=(?:{_IN_FORM}|[=&])*+"


def is_form(content_type: str | None) -> bool:
    """Return whether the media type of a ``Content-Type`` is that of a form; case and parameters are ignored."""
    if content_type is None or content_type == FORM:
        return content_type is not None
    media_type = content_type.partition(";")[0].strip()
    return len(media_type) == len(FORM) and media_type.lower() == FORM  # a long one is not copied


def is_form_text(text: str) -> bool:
    """Return whether ``text`` has the syntax of a form, including a name and a ``=``."""
    return re.fullmatch(_FORM_TEXT, text, re.ASCII) is not None


def is_empty(body: Any) -> bool:
    """Return whether ``body`` is known to be empty; a file is not read."""
    return body is None or (isinstance(body, _SIZED) and not len(body))


def form_text(body: Any) -> str:
    """Return a form body as a wire string. A file is read and rewound.

    Raises:
        SigningError: the body can be read only once.
    """
    octets = body
    if _is_rewindable(body):
        start = body.tell()
        octets = body.read()
        body.seek(start)
    if isinstance(octets, str):
        return to_wire_string(octets)
    if isinstance(octets, _OCTETS):
        return to_wire_string(bytes(octets))
    raise SigningError(
        f"a signature covers a form body, but this one ({type(body).__name__}) can be read only once: "
        "pass it as str or bytes, or set another Content-Type"
    )


def body_digest(hash_name: str, body: Any) -> str:
    """Return the ``oauth_body_hash`` of ``body``. Octets are not copied; a file is read in pieces and rewound.

    Args:
        hash_name: the ``hashlib`` name of the signature method's hash.
        body: octets, text (UTF-8), a file that can seek, or None for an empty body.

    Raises:
        SigningError: the body can be read only once.
    """
    digest: Any = getattr(hashlib, hash_name)(usedforsecurity=False)
    if isinstance(body, str):
        digest.update(body.encode("utf-8"))
    elif isinstance(body, _OCTETS):
        digest.update(body)
    elif _is_rewindable(body):
        start = body.tell()
        while chunk := body.read(_CHUNK):
            digest.update(chunk.encode("utf-8") if isinstance(chunk, str) else chunk)
        body.seek(start)
    elif body is not None:
        raise SigningError(
            f"oauth_body_hash needs the whole body before it is sent, but this one ({type(body).__name__}) can be read "
            "only once: pass bytes or a file that can seek, or sign without a body hash (body_hash='never')"
        )
    return b2a_base64(digest.digest(), newline=False).decode("ascii")


def _is_rewindable(body: Any) -> bool:
    if not (hasattr(body, "read") and hasattr(body, "seek") and hasattr(body, "tell")):
        return False
    seekable = getattr(body, "seekable", None)
    return seekable is None or bool(seekable())
