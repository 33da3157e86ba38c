"""The file of twurl, of which just those lines of YAML are read that twurl writes; any other is refused."""

import re

from oauthone.cli.importing.found import FoundProfile, NotUnderstood, item_of
from oauthone.cli.profiles import Profile

_LINE = re.compile(r"( *)([^\s:#][^:]*):(?: +(.*))?")
_PLAIN = re.compile(r"[A-Za-z0-9_@./+=~-][A-Za-z0-9_@./+=~ -]*")


def profiles_of_twurlrc(text: str) -> tuple[list[FoundProfile], str | None]:
    """Return the profiles in a file of twurl, and the name of the default one.

    Raises:
        CommandError: it is something else.
    """
    found: dict[str, FoundProfile] = {}
    first_of: dict[tuple[str, str], str] = {}
    for path, fields in _accounts(text).items():
        user, key = path
        name = f"x-{user}" if f"x-{user}" not in found else f"x-{user}-{len(found) + 1}"
        first_of[user, key] = name
        if "consumer_secret" not in fields or "token" not in fields or "secret" not in fields:
            raise NotUnderstood("a file of twurl", f"the account of {user!r} lacks a key")
        profile = Profile(provider="x", client_id=key, store="file", user=user)
        found[name] = FoundProfile(name, profile, item_of(fields["consumer_secret"], fields["token"], fields["secret"]))
    default = _default(text)
    named = first_of.get((default[0], default[1])) if len(default) == 2 else None
    return [*found.values()], named


def _accounts(text: str) -> dict[tuple[str, str], dict[str, str]]:
    """The fields of each account, by user and consumer key."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    keys: dict[int, str] = {}
    for indent, name, value in _lines(text):
        keys = {depth: key for depth, key in keys.items() if depth < indent} | {indent: name}
        path = [keys[depth] for depth in sorted(keys)]
        if len(path) == 4 and path[0] == "profiles" and value is not None:
            found.setdefault((path[1], path[2]), {})[name] = value
    if not found:
        raise NotUnderstood("a file of twurl", "it has no profiles")
    return found


def _default(text: str) -> list[str]:
    """The user and the consumer key of the default profile."""
    _, _, rest = text.partition("default_profile:")
    return [_value(line.strip().removeprefix("- ")) for line in rest.splitlines() if line.strip().startswith("- ")][:2]


def _lines(text: str) -> list[tuple[int, str, str | None]]:
    found: list[tuple[int, str, str | None]] = []
    for line in text.splitlines():
        if line.strip() in ("", "---") or line.lstrip().startswith(("#", "- ")):
            continue
        match = _LINE.fullmatch(line.rstrip())
        if match is None:
            raise NotUnderstood("a file of twurl", "it has a line that twurl does not write")
        found.append((len(match[1]), _value(match[2]), None if match[3] is None else _value(match[3])))
    return found


def _value(text: str) -> str:
    """A plain or a quoted scalar."""
    text = text.strip()
    if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"":
        return text[1:-1].replace("''", "'") if text[0] == "'" else text[1:-1]
    if not _PLAIN.fullmatch(text):
        raise NotUnderstood("a file of twurl", "it has a value that twurl does not write")
    return text
