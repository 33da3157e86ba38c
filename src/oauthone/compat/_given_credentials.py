"""The credentials of code written for other libraries, which passes text or bytes, for a diagnosis."""

from typing import Any

from oauthone.core.rsa import RsaKey
from oauthone.errors import SigningError


def given_credentials(
    client_id: Any, client_secret: Any, token: Any, token_secret: Any, rsa_key: Any
) -> dict[str, Any]:
    """Return credentials as arguments of `oauthone.diagnosis.diagnose`, without an RSA key that cannot be read."""
    named = {"client_id": client_id, "client_secret": client_secret, "token": token, "token_secret": token_secret}
    texts = {
        name: str(value, "utf-8", "replace") if isinstance(value, bytes) else value for name, value in named.items()
    }
    return {**texts, "rsa_key": _readable(rsa_key)}


def _readable(material: Any) -> RsaKey | None:
    try:
        return None if material is None else RsaKey(material, min_bits=1)
    except SigningError:
        return None
