"""What an application says that it saw of a request, in a header of its answer, so that HEAD has it too."""

import json
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qsl

FORM = "application/x-www-form-urlencoded"
BODY = b"reached\n"


def view(verified: Any, **seen: Any) -> dict[str, str]:
    """The answer's headers."""
    said = {
        "verified": getattr(verified, "client_id", None),
        "covers_body": getattr(verified, "covers_body", None),
        **seen,
    }
    return {"X-View": json.dumps(said), "Content-Type": "text/plain", "Content-Length": str(len(BODY))}


def listed(pairs: Iterable[tuple[Any, Any]]) -> list[list[str]]:
    """Pairs as JSON has them."""
    return [[str(name), str(value)] for name, value in pairs]


def plain_pairs(octets: bytes) -> list[list[str]]:
    """A query or form as the standard library parses it."""
    return listed(parse_qsl(octets.decode("latin-1"), keep_blank_values=True))


def is_form(content_type: str) -> bool:
    """How an application without a framework usually asks."""
    return content_type.partition(";")[0].strip().lower() == FORM
