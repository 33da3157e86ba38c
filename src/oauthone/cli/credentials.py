"""Credentials that a command is given, by its options or by the environment: all of them by the same way."""

import os
from collections.abc import Mapping
from typing import Any, NamedTuple

from oauthone.cli.options import ask
from oauthone.cli.output import CommandError, Exit

_CREDENTIALS = ("client_id", "client_secret", "token", "token_secret", "rsa_key")
_VARIABLES = {
    "client_id": "OAUTHONE_CLIENT_ID",
    "client_secret": "OAUTHONE_CLIENT_SECRET",
    "token": "OAUTHONE_TOKEN",
    "token_secret": "OAUTHONE_TOKEN_SECRET",
    "rsa_key": "OAUTHONE_RSA_KEY_FILE",
}


class Credentials(NamedTuple):
    """Credentials from one source. ``rsa_key`` is the name of a file."""

    client_id: str | None = None
    client_secret: str | None = None
    token: str | None = None
    token_secret: str | None = None
    rsa_key: str | None = None
    rsa_password: str | None = None

    def __repr__(self) -> str:
        return f"Credentials({self.client_id!r}, …)"


def from_options(given: Mapping[str, Any]) -> Credentials | None:
    """Return the credentials of the options; None if there is none. What is missing is asked for."""
    if all(given.get(name) is None for name in _CREDENTIALS):
        return None
    found = Credentials(**{name: given.get(name) for name in Credentials._fields})
    if found.client_id is None:
        raise _mixed("--client-id is missing")
    if found.client_secret is None and found.rsa_key is None:
        found = found._replace(client_secret=_secret("Consumer secret", "--client-secret"))
    if found.token and found.token_secret is None:
        found = found._replace(token_secret=_secret("Token secret", "--token-secret"))
    return found


def _secret(label: str, option: str) -> str:
    return ask(
        label, hidden=True, missing=f"{option} is missing, and nobody can be asked: {option} -, @FILE or env:NAME"
    )


def _mixed(problem: str) -> CommandError:
    return CommandError(
        Exit.USAGE, f"{problem}.", "Credentials are never mixed: give all of them in the same way, or none of them."
    )


def from_environment() -> Credentials | None:
    """Return the credentials of the environment; None if it has none."""
    found = {name: os.environ.get(variable) for name, variable in _VARIABLES.items()}
    if not any(found.values()):
        return None
    if not found["client_id"]:
        raise _mixed("OAUTHONE_CLIENT_ID is missing, though another of these variables is set")
    return Credentials(**found, rsa_password=os.environ.get("OAUTHONE_RSA_PASSWORD"))
