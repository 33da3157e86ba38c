"""Reports what an application saw of a request, in a header of its response, so that HEAD has it too."""

import json
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qsl

FORM = "application/x-www-form-urlencoded"
BODY = b"reached\n"


def view(verified: Any, **seen: Any) -> dict[str, str]:
    """Return the headers of the response."""
    said = {
        "verified": getattr(verified, "client_id", None),
        "covers_body": getattr(verified, "covers_body", None),
        **seen,
    }
    return {"X-View": json.dumps(said), "Content-Type": "text/plain", "Content-Length": str(len(BODY))}


def listed(pairs: Iterable[tuple[Any, Any]]) -> list[list[str]]:
    """Return pairs as JSON has them."""
    return [[str(name), str(value)] for name, value in pairs]


def plain_pairs(octets: bytes) -> list[list[str]]:
    """Parse a query or form with the standard library."""
    return listed(parse_qsl(octets.decode("latin-1"), keep_blank_values=True))


def is_form(content_type: str) -> bool:
    """Return whether the body is a form, by the check that applications without a framework usually make."""
    return content_type.partition(";")[0].strip().lower() == FORM
