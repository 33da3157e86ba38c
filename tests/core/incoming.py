"""Requests that arrive at a verifier, and the errors with which it rejects them at once."""

from typing import Any

import pytest

from oauthone import Signer
from oauthone.core.encoding import encoded_pairs, to_wire_string
from oauthone.core.incoming_request import IncomingRequest
from oauthone.core.policy import VerificationPolicy
from oauthone.core.received_header import read_any_header
from oauthone.core.verification import verify_request
from oauthone.errors import VerificationError

NOW = 1_700_000_000
URL = "https://api.example/path?a=1"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def signer(**options: Any) -> Signer:
    given = {"token": "t", "token_secret": "token-secret", "clock": lambda: NOW, "nonce": lambda: "n", **options}
    return Signer("client", "secret", **given)


def at_once(
    headers: Any, policy: VerificationPolicy | None = None, url: str = URL, body: bytes = b"", now: float = NOW
) -> VerificationError:
    """Return the error of a request that is rejected before the first effect."""
    with pytest.raises(VerificationError) as caught:
        next(
            verify_request(
                IncomingRequest.from_url("POST", url, list(headers), body), policy or VerificationPolicy(), now
            )
        )
    return caught.value


def signed_pairs(request: IncomingRequest) -> list[str]:
    """Return the encoded pairs that the signature of a request covers, each by itself, by the plain readers."""
    in_header = [] if request.authorization is None else read_any_header(request.authorization)[1]
    form = to_wire_string(request.body) if request.has_form else ""
    elsewhere = [pair for text in (request.query, form) for pair in encoded_pairs(text)]
    return [*in_header, *(pair for pair in elsewhere if not pair.startswith("oauth_signature\0"))]


def header(**changes: str | None) -> list[tuple[str, str]]:
    """Return an Authorization header with these parameters changed; None leaves one out."""
    given = {
        "consumer_key": "client",
        "token": "t",
        "signature_method": "HMAC-SHA1",
        "timestamp": str(NOW),
        "nonce": "n",
        "signature": "x",
        **changes,
    }
    listed = ", ".join(f'oauth_{name}="{value}"' for name, value in given.items() if value is not None)
    return [("Authorization", f"OAuth {listed}")]
