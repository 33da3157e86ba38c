"""Every way to sign a request, and what of it shows on the wire."""

import re
from typing import Any

import pytest

from oauthone.core.parameters import Placement
from oauthone.core.signature import SIGNATURE_METHODS
from oauthone.testing import Received

PLACEMENTS = [str(placement) for placement in Placement]
METHODS = list(SIGNATURE_METHODS)

#: Every signature method in every placement. PLAINTEXT does not go into a query.
COMBINATIONS = [
    pytest.param(method, placement, id=f"{method} {placement}")
    for method in METHODS
    for placement in PLACEMENTS
    if (method, placement) != ("PLAINTEXT", "QUERY")
]

#: One method with a nonce that a server must see once only, in every placement, and the one whose secrets show.
SAMPLES = [
    pytest.param(method, placement, id=f"{method} {placement}")
    for method, placement in (
        ("HMAC-SHA1", "HEADER"),
        ("HMAC-SHA256", "QUERY"),
        ("HMAC-SHA512", "BODY"),
        ("PLAINTEXT", "HEADER"),
        ("PLAINTEXT", "BODY"),
    )
]


def places(received: Received) -> dict[str, list[str]]:
    """The names of the protocol parameters of a request, by the place where they came."""
    authorization = received.header("authorization") or ""
    found = {
        "HEADER": re.findall(r'(oauth_\w+)="', authorization),
        "QUERY": [name.decode() for name, _ in received.query() if name.startswith(b"oauth_")],
        "BODY": [name.decode() for name, _ in received.form() if name.startswith(b"oauth_")],
    }
    return {place: names for place, names in found.items() if names}


def protocol_names(received: Received) -> list[str]:
    """The names of the protocol parameters of a request, wherever they came."""
    return [name for names in places(received).values() for name in names]


def nonces(requests: list[Received]) -> list[str]:
    """The nonces of requests that a box verified; every one of them must have been."""
    found: list[str] = []
    for received in requests:
        assert received.verified is not None, received.refused
        found.append(received.verified.parameters["oauth_nonce"])
    return found


def secret_free(text: Any, *secrets: str) -> bool:
    """Whether none of ``secrets`` stands in ``text``."""
    return not any(secret in str(text) for secret in secrets)
