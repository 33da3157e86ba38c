"""`Signer` and the literal types of its options."""

import time
from collections.abc import Callable
from typing import Any, assert_type

from oauthone import BodyHash, Placement, RsaKey, SignatureMethod, SignatureMethodName, SignatureType, Signed, Signer

URL = "https://api.example/photos"


class OwnMethod(SignatureMethod):
    name = "OWN-METHOD"

    def signing_function(
        self, client_secret: str, token_secret: str, rsa_key: RsaKey | None = None
    ) -> Callable[[str], str]:
        return str


def text_clock() -> str:
    return "1"


def right(method: SignatureMethodName, placement: SignatureType, body_hash: BodyHash, key: RsaKey) -> None:
    signer = Signer("id", "secret", signature_method="HMAC-SHA256", signature_type="QUERY", clock=time.time)
    assert_type(signer, Signer)
    assert_type(signer.sign("GET", URL), Signed)
    assert_type(signer.sign("GET", URL).url, str)
    assert_type(signer.sign("GET", URL).authorization, str | None)
    assert_type(signer.replace(token="token").placement, Placement)
    assert_type(signer.signature_method, SignatureMethod)
    assert_type(signer.body_hash, BodyHash)
    Signer("id", signature_method=method, signature_type=placement, body_hash=body_hash, rsa_key=key)
    Signer("id", signature_method=OwnMethod(), signature_type=Placement.BODY)
    Signer("id", rsa_key="-----BEGIN PRIVATE KEY-----", nonce=lambda: "nonce")


def wrong(text: str, options: dict[str, Any]) -> None:
    Signer("id", signature_method="HMAC-MD5")  # type: ignore[arg-type]
    Signer("id", signature_method=text)  # type: ignore[arg-type]
    Signer("id", signature_method=OwnMethod)  # type: ignore[arg-type]
    Signer("id", signature_type="header")  # type: ignore[arg-type]
    Signer("id", body_hash="sometimes")  # type: ignore[arg-type]
    Signer("id", body_hash=True)  # type: ignore[arg-type]
    Signer("id", clock=text_clock)  # type: ignore[arg-type]
    Signer("id", signature_methd="HMAC-SHA1")  # type: ignore[call-arg]
    Signer("id", "secret", "token")  # type: ignore[call-arg]
