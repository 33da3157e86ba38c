"""Random tokens, and the question whether a URL is safe for secrets."""

import os
import secrets
from string import ascii_letters, digits

from oauthone.core.urls import is_confidential
from oauthone.errors import SigningError

UNICODE_ASCII_CHARACTER_SET = ascii_letters + digits


def generate_token(length: int = 30, chars: str = UNICODE_ASCII_CHARACTER_SET) -> str:
    """``length`` characters of ``chars``, drawn at random by the operating system."""
    return "".join(secrets.choice(chars) for _ in range(length))


def is_secure_transport(uri: str) -> bool:
    """Whether a URL is https or leads to this machine; any URL if AUTHLIB_INSECURE_TRANSPORT is set."""
    if os.environ.get("AUTHLIB_INSECURE_TRANSPORT"):
        return True
    try:
        return is_confidential(uri)
    except SigningError:
        return False
