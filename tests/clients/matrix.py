"""Every way to sign a request, and what of it is visible on the wire."""

import re
from typing import Any

import pytest

from oauthone.core.parameters import Placement
from oauthone.core.signature import SIGNATURE_METHODS
from oauthone.testing import Received

PLACEMENTS = [str(placement) for placement in Placement]
METHODS = list(SIGNATURE_METHODS)

#: Every signature method in every placement, except PLAINTEXT in a query.
COMBINATIONS = [
    pytest.param(method, placement, id=f"{method} {placement}")
    for method in METHODS
    for placement in PLACEMENTS
    if (method, placement) != ("PLAINTEXT", "QUERY")
]

#: One method with a nonce, in every placement, and PLAINTEXT, whose signature shows the secrets.
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
    """Return the names of the protocol parameters of a request, by placement."""
    authorization = received.header("authorization") or ""
    found = {
        "HEADER": re.findall(r'(oauth_\w+)="', authorization),
        "QUERY": [name.decode() for name, _ in received.query() if name.startswith(b"oauth_")],
        "BODY": [name.decode() for name, _ in received.form() if name.startswith(b"oauth_")],
    }
    return {place: names for place, names in found.items() if names}


def protocol_names(received: Received) -> list[str]:
    """Return the names of the protocol parameters of a request, in all placements."""
    return [name for names in places(received).values() for name in names]


def nonces(requests: list[Received]) -> list[str]:
    """Return the nonces of requests, all of which a box has to have verified."""
    found: list[str] = []
    for received in requests:
        assert received.verified is not None, received.refused
        found.append(received.verified.parameters["oauth_nonce"])
    return found


def secret_free(text: Any, *secrets: str) -> bool:
    """Return whether ``text`` contains none of ``secrets``."""
    return not any(secret in str(text) for secret in secrets)
