"""Random tokens."""

import secrets
from string import ascii_letters, digits

UNICODE_ASCII_CHARACTER_SET = ascii_letters + digits


def generate_token(length: int = 30, chars: str = UNICODE_ASCII_CHARACTER_SET) -> str:
    """``length`` characters of ``chars``, drawn at random by the operating system."""
    return "".join(secrets.choice(chars) for _ in range(length))
