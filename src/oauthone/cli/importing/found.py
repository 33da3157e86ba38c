"""What is found in a file: profiles with their secrets, and requests as commands."""

import shlex
from typing import NamedTuple

from oauthone.cli.output import CommandError, Exit
from oauthone.cli.profiles import Profile
from oauthone.cli.vault import Item
from oauthone.core.body import FORM
from oauthone.diagnosis import Evidence
from oauthone.diagnosis.curl_command import NoCurlCommand

#: Headers that the command makes itself.
_MADE = frozenset(("authorization", "host", "content-length", "connection", "accept-encoding"))


class FoundProfile(NamedTuple):
    """A profile with its secrets. Its repr hides them."""

    name: str
    profile: Profile
    item: Item

    def __repr__(self) -> str:
        return f"FoundProfile({self.name!r}, …)"


class NotUnderstood(CommandError):
    """A file is something else than what it was said to be.

    Args:
        kind: what it was said to be.
        reason: what shows that it is not.
        name: the name of the file, if it is known.
    """

    def __init__(self, kind: str, reason: str, name: str = "This") -> None:
        super().__init__(Exit.USAGE, f"{name} is not {kind}: {reason}.", code="not_understood")
        self.kind, self.reason = kind, reason


def reason_of(failure: Exception) -> str:
    """Return in words why a text is not what it should be."""
    if isinstance(failure, NoCurlCommand):
        return failure.reason
    if isinstance(failure, RecursionError):
        return "it is nested too deep"
    if isinstance(failure, KeyError):
        return f"a member {failure.args[0]!r} is missing or no text"
    return str(failure) if isinstance(failure, ValueError) else "a member of it has another type than it should have"


def item_of(client_secret: str | None, token: str | None, token_secret: str | None) -> Item:
    """Return the item of a profile."""
    found = {"client_secret": client_secret, "token": token, "token_secret": token_secret}
    return {name: value for name, value in found.items() if value is not None}


def command_of(evidence: Evidence) -> str:
    """Return the command that sends a request, without its signature."""
    address, mark, query = evidence.url.partition("?")
    if address.startswith("//"):  # the scheme is not known: the base URL of the profile has it
        address = f"/{address[2:].partition('/')[2]}"
    query = _unsigned(query)
    words = ["oauthone", "request", evidence.method, f"{address}{mark if query else ''}{query}"]
    for name, value in evidence.headers:
        is_form = (name.lower(), value) == ("content-type", FORM)
        if name.lower() not in _MADE and not is_form:
            words += ["-H", f"{name}: {value}"]
    body = evidence.body.decode("utf-8", "backslashreplace") if isinstance(evidence.body, bytes) else ""
    if any((name.lower(), value) == ("content-type", FORM) for name, value in evidence.headers):
        body = _unsigned(body)
    words += ["--data-raw", body] if body else []
    return shlex.join(words)


def _unsigned(form: str) -> str:
    """A query or a form without the protocol parameters, which the command makes anew."""
    return "&".join(part for part in form.split("&") if not part.startswith("oauth_"))
