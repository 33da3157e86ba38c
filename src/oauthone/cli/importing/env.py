"""A file of variables, ``NAME=VALUE``, under the names that programs commonly use."""

import re

from oauthone.cli.importing.found import FoundProfile, NotUnderstood, item_of
from oauthone.cli.profiles import Profile

_LINE = re.compile(r"\s*+(?:export\s++)?([A-Za-z_][A-Za-z0-9_]*+)\s*+=(.*)")
#: The ends of the names, without a prefix such as ``TWITTER_``.
_ENDS = {
    "client_secret": r"(?:CONSUMER|CLIENT|API|APP)_(?:KEY_)?SECRET(?:_KEY)?",
    "client_id": r"(?:CONSUMER|API|APP)_KEY|(?:CLIENT|CONSUMER|APP)_ID",
    "token_secret": r"(?:ACCESS_|OAUTH_)?TOKEN_SECRET|ACCESS_SECRET",
    "token": r"(?:ACCESS_|OAUTH_)?TOKEN|ACCESS_KEY",
}
_NAMES = {field: re.compile(rf"(?:[A-Z0-9_]*_)?(?:{ends})") for field, ends in _ENDS.items()}


def profiles_of_env(text: str, name: str) -> list[FoundProfile]:
    """Return the profile in a file of variables.

    Args:
        text: the content of the file.
        name: the name of the profile.

    Raises:
        CommandError: it has no consumer key, or two values for one.
    """
    found: dict[str, str] = {}
    for line in text.splitlines():
        match = _LINE.fullmatch(line)
        if match is None or line.lstrip().startswith("#"):
            continue
        value = _unquoted(match[2].strip())
        if not value:
            continue  # CI leaves a variable empty if it does not know the secret
        field = next((one for one, pattern in _NAMES.items() if pattern.fullmatch(match[1].upper())), None)
        if field is not None and found.setdefault(field, value) != value:
            raise NotUnderstood("a file of one set of credentials", f"{match[1]} is the second of its kind")
    if "client_id" not in found:
        raise NotUnderstood("a file of credentials", "it has no consumer key, such as CONSUMER_KEY=…")
    item = item_of(found.get("client_secret"), found.get("token"), found.get("token_secret"))
    return [FoundProfile(name, Profile(client_id=found["client_id"], store="file"), item)]


def _unquoted(text: str) -> str:
    if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"":
        return text[1:-1]
    return text.partition(" #")[0].rstrip()
