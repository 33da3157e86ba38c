"""The base string that a provider shows, for a request that was not sent from here."""

from typing import Any

from oauthone.cli.curl_options import Draft
from oauthone.cli.output import CommandError, Exit
from oauthone.cli.reading import LONGEST_PASTED, read_text
from oauthone.cli.settings import Settings, signer_arguments
from oauthone.core.encoding import decode_for_display
from oauthone.core.signed import Signed
from oauthone.core.signing import Signer


def read_base_string(source: str) -> str:
    """Return the base string in a file, or on stdin for ``-``.

    Raises:
        CommandError: there is none.
    """
    text = read_text(source, LONGEST_PASTED).strip()
    if not text:
        name = "stdin" if source == "-" else source
        raise CommandError(Exit.USAGE, f"{name} is empty: the base string that the provider shows belongs there.")
    return text


def sign_like(settings: Settings, draft: Draft, base_string: str | None, *, has_method: bool) -> Signed:
    """Sign a request with what another program chose by chance or by its settings, so that the rest can be compared.

    Args:
        settings: the credentials and options.
        draft: the request.
        base_string: the base string of the other program's request; None signs as usual.
        has_method: whether somebody chose the signature method.
    """
    arguments = signer_arguments(settings)
    if base_string is None:
        return Signer(**arguments).sign(*draft)
    theirs = _protocol(base_string)
    arguments["version"] = "1.0" if "oauth_version" in theirs else None
    if not has_method and theirs.get("oauth_signature_method", "").startswith("HMAC-"):
        arguments["signature_method"] = theirs["oauth_signature_method"]
    if arguments["token"] is None and theirs.get("oauth_token"):
        arguments |= {"token": theirs["oauth_token"], "token_secret": arguments["token_secret"] or ""}
    return Signer(**arguments).sign(*draft, **_chance(theirs))


def _chance(theirs: dict[str, str]) -> dict[str, Any]:
    timestamp = theirs.get("oauth_timestamp", "")
    return {"nonce": theirs.get("oauth_nonce") or None, "timestamp": timestamp if timestamp.isdecimal() else None}


def _protocol(base_string: str) -> dict[str, str]:
    """Return the protocol parameters in a base string, decoded."""
    pairs = (pair.partition("=") for pair in decode_for_display(base_string.rpartition("&")[2]).split("&"))
    return {name: decode_for_display(value) for name, _, value in pairs if name.startswith("oauth_")}
