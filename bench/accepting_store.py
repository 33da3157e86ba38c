"""A store that knows one client and accepts every nonce, and the keys that RSA signatures are made and checked with.

This module and those that it imports need no peer, as `bench.gate` runs where none is installed.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from oauthone.core.rsa import RsaPublicKey
from oauthone.server import Credentials

from . import cases

_KEYS = Path(__file__).parents[1] / "tests" / "vectors" / "keys"


class AcceptingStore:
    """A store with one client and one token, in which every nonce is new."""

    def __init__(self) -> None:
        credentials = Credentials(
            client_secret=cases.CLIENT_SECRET,
            rsa_key=RsaPublicKey(rsa_pair()[1]),
            signature_methods=("HMAC-SHA1", "RSA-SHA1"),
            token_secret=cases.TOKEN_SECRET,
        )
        self._credentials = {(cases.CLIENT_ID, cases.TOKEN): credentials}

    def find_credentials(self, client_id: str, token: str | None) -> Credentials | None:
        """Return the credentials, or None for another client or token."""
        return self._credentials.get((client_id, token or ""))

    def use_nonce(self, client_id: str, token: str | None, timestamp: int, nonce: str) -> bool:
        """Accept every nonce."""
        return True


@lru_cache(1)
def rsa_pair() -> tuple[str, str]:
    """Return an RSA key of 2048 bits: the private and the public key as PEM strings.

    It is always the same one, as another one would take another number of instructions.
    """
    private, public = (_KEYS / f"mastercard-rsa2048.{ending}" for ending in ("pem", "pub.pem"))
    return private.read_text(encoding="ascii"), public.read_text(encoding="ascii")
