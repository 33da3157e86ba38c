"""A second opinion: oauthlib's server side verifies each recorded request, too."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from oauthlib.oauth1 import RequestValidator, SignatureOnlyEndpoint

from .recording import NO_ROUTE, OPEN, VERIFIED, Recorded
from .runs import Run

_METHODS = {f"{kind}-{digest}" for kind in ("HMAC", "RSA") for digest in ("SHA1", "SHA256", "SHA512")} | {"PLAINTEXT"}


def objections(run: Run) -> Iterator[str]:
    """Yield a line for each signed request on which the box and oauthlib do not agree."""
    endpoint = SignatureOnlyEndpoint(_Validator(run))
    for number, request in enumerate(run.recorded, 1):
        if not request.is_signed or request.verdict in (OPEN, NO_ROUTE):
            continue
        if (accepted := _accepts(endpoint, request)) != (request.verdict == VERIFIED):
            says = "accepts" if accepted else "refuses"
            yield f"request {number}: oauthlib {says} it, the box: {request.verdict}"


def _accepts(endpoint: SignatureOnlyEndpoint, request: Recorded) -> bool:
    signed = request.read or request
    headers = {name.title(): value for name, value in signed.headers}
    try:
        return endpoint.validate_request(signed.url, signed.method, signed.body, headers)[0]
    except ValueError:  # oauthlib cannot read the request
        return False


class _Validator(RequestValidator):
    """Knows the clients and tokens of a run. Formats are for the box to check, nonces too."""

    allowed_signature_methods = _METHODS
    dummy_client = "unknown"

    def __init__(self, run: Run) -> None:
        super().__init__()
        self._run = run

    def check_client_key(self, client_key: str) -> bool:
        return True

    def check_nonce(self, nonce: str) -> bool:
        return True

    def validate_timestamp_and_nonce(self, *arguments: Any, **options: Any) -> bool:
        return True

    def validate_client_key(self, client_key: str, request: Any) -> bool:
        return client_key in self._run.clients

    def get_client_secret(self, client_key: str, request: Any) -> str:
        return self._run.clients.get(client_key, ("", None))[0] or "a client without a secret does not sign with one"

    def get_access_token_secret(self, client_key: str, token: str, request: Any) -> str:
        return self._run.tokens.get(token, "unknown")

    def get_rsa_key(self, client_key: str, request: Any) -> str:
        private_key = self._run.clients[client_key][1]
        return _public_pem(private_key) if private_key else ""


def _public_pem(private_key: str) -> str:
    from cryptography.hazmat.primitives import serialization

    key = serialization.load_pem_private_key(private_key.encode(), None).public_key()
    return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()
