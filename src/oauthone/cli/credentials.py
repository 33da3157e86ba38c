"""Credentials that a command is given, by its options or by the environment: all of them by the same way."""

import os
from collections.abc import Mapping
from typing import Any, NamedTuple

from oauthone.cli.options import ask, checked
from oauthone.cli.output import CommandError, Exit

_CREDENTIALS = ("client_id", "client_secret", "token", "token_secret", "rsa_key")
_OPTIONS = {name: f"--{name.replace('_', '-')}" for name in (*_CREDENTIALS, "rsa_password")}
_VARIABLES = {
    "client_id": "OAUTHONE_CLIENT_ID",
    "client_secret": "OAUTHONE_CLIENT_SECRET",
    "token": "OAUTHONE_TOKEN",
    "token_secret": "OAUTHONE_TOKEN_SECRET",
    "rsa_key": "OAUTHONE_RSA_KEY_FILE",
    "rsa_password": "OAUTHONE_RSA_PASSWORD",
}
_MEANT = "If the provider gave you an empty secret, say so: --empty-secrets, or OAUTHONE_EMPTY_SECRETS=1"


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

    def lacks(self) -> str | None:
        """Return the name of a field without which nothing can be signed; None if there is none."""
        if self.token_secret and not self.token:
            return "token"
        if self.rsa_key is not None:
            return None
        if self.client_secret is None:
            return "client_secret"
        return "token_secret" if self.token and self.token_secret is None else None


def allows_empty(given: Mapping[str, Any]) -> bool:
    """Return whether somebody said that a secret is empty. A file or a variable may be empty by mistake."""
    return bool(given.get("empty_secrets") or os.environ.get("OAUTHONE_EMPTY_SECRETS"))


def from_options(given: Mapping[str, Any]) -> Credentials | None:
    """Return the credentials of the options; None if there is none. What is missing is asked for.

    Raises:
        CommandError: one is empty, or missing.
    """
    if all(given.get(name) is None for name in _CREDENTIALS):
        return None
    found = Credentials(**{name: given.get(name) for name in Credentials._fields})
    if found.client_id is None:
        raise _mixed("--client-id is missing")
    if not found.client_id:  # before a secret is asked for
        refuse_empty("--client-id", given)
    if not allows_empty(given):
        if found.lacks() == "client_secret":
            found = found._replace(client_secret=_secret("Consumer secret", "--client-secret"))
        if found.lacks() == "token_secret":
            found = found._replace(token_secret=_secret("Token secret", "--token-secret"))
    return _complete(found, _OPTIONS, given)


def _secret(label: str, option: str) -> str:
    return ask(
        f"{label} (not shown)",
        hidden=True,
        missing=f"{option} is missing, and nobody can be asked: {option} -, @FILE or env:NAME",
    )


def _mixed(problem: str) -> CommandError:
    return CommandError(
        Exit.USAGE, f"{problem}.", "Credentials are never mixed: give all of them in the same way, or none of them."
    )


def from_environment(given: Mapping[str, Any]) -> Credentials | None:
    """Return the credentials of the environment; None if it has none.

    Args:
        given: the values of the options.

    Raises:
        CommandError: one is empty, or missing.
    """
    found = read_environment()
    return None if found is None else _complete(found, _VARIABLES, given)


def read_environment() -> Credentials | None:
    """Return what the environment has of credentials, complete or not; None if it has none.

    Raises:
        CommandError: it has secrets, but no consumer key.
    """
    found = {name: os.environ.get(variable) for name, variable in _VARIABLES.items()}
    check_secrets(found, _VARIABLES)
    if not any(found[name] for name in _CREDENTIALS):
        return None
    if not found["client_id"]:
        raise _mixed("OAUTHONE_CLIENT_ID is missing, though another of these variables is set")
    return Credentials(**found)


def check_secrets(found: Mapping[str, str | None], labels: Mapping[str, str]) -> None:
    """Warn of white space around the secrets of credentials that no option gives.

    Args:
        found: the credentials.
        labels: what to call each.
    """
    for name in ("client_secret", "token_secret"):
        checked(str(found[name] or ""), labels[name])


def variables_set() -> list[str]:
    """Return the names of the variables that have credentials, and of the base URL that comes with them."""
    if not any(os.environ.get(_VARIABLES[name]) for name in _CREDENTIALS):
        return []
    return [name for name in (*_VARIABLES.values(), "OAUTHONE_BASE_URL") if os.environ.get(name)]


def _complete(found: Credentials, names: Mapping[str, str], given: Mapping[str, Any]) -> Credentials:
    """Return credentials that suffice to sign. A secret is empty only if somebody said so."""
    for name, value in found._asdict().items():
        if value == "":
            refuse_empty(names[name], given)
    found = Credentials(*(value or None for value in found))
    lacking = found.lacks()
    if lacking is None:
        return found
    if lacking == "token" or not allows_empty(given):
        raise CommandError(Exit.USAGE, f"{names[lacking]} is missing.", "" if lacking == "token" else _MEANT)
    return found._replace(
        client_secret=found.client_secret or "", token_secret=(found.token_secret or "") if found.token else None
    )


def refuse_empty(name: str, given: Mapping[str, Any]) -> None:
    """Raise, unless somebody said that a secret is empty.

    Args:
        name: what is empty: the option, the variable, or what a person was asked for.
        given: the values of the options.

    Raises:
        CommandError: nobody did.
    """
    if not allows_empty(given):
        raise CommandError(Exit.USAGE, f"{name} is empty.", _MEANT, code="empty_secret")
