"""Profiles: a file for each, without a secret in it, written by ``login`` and yours to edit."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple, get_args

from oauthone.cli.output import CommandError, Exit
from oauthone.cli.places import settings_folder, shown
from oauthone.cli.private_files import write_private
from oauthone.core.masking import printable
from oauthone.core.signing_options import SignatureMethodName
from oauthone.core.urls import origin
from oauthone.errors import SigningError

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
#: Names that Windows gives to devices, whatever follows the first dot.
_DEVICES = re.compile(r"(?i)(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?")

#: The settings that have few values.
CHOICES = {
    "store": ("keyring", "file"),
    "method": get_args(SignatureMethodName),
    "placement": ("HEADER", "QUERY", "BODY"),
    "body_hash": ("never", "auto", "always"),
}
#: The settings that are lists.
LISTS = ("origins", "provider_options")


class Profile(NamedTuple):
    """The settings of a profile. What is None comes from the catalogue, or is the default of OAuth 1.0."""

    provider: str | None = None
    variant: str | None = None
    provider_options: tuple[str, ...] = ()
    client_id: str | None = None
    base_url: str | None = None
    origins: tuple[str, ...] = ()
    store: str | None = None
    request_token_url: str | None = None
    authorize_url: str | None = None
    access_token_url: str | None = None
    identity_url: str | None = None
    method: str | None = None
    placement: str | None = None
    realm: str | None = None
    body_hash: str | None = None
    rsa_key: str | None = None
    user: str | None = None


def check_name(name: str) -> str:
    """Return the name of a profile, which is the name of a file on every system.

    Raises:
        CommandError: it cannot be one.
    """
    if not _NAME.fullmatch(name) or _DEVICES.fullmatch(name) or name.endswith("."):
        raise CommandError(
            Exit.USAGE, f"{name!r} cannot be the name of a profile.", "Use letters, digits, and . _ - inside."
        )
    return name


def path_of(name: str) -> Path:
    """Return the path of a profile's file."""
    return settings_folder() / "profiles" / f"{check_name(name)}.toml"


def names() -> list[str]:
    """Return the names of all profiles, in order."""
    found = (settings_folder() / "profiles").glob("*.toml")
    return sorted(path.stem for path in found if _NAME.fullmatch(path.stem))


def current() -> str | None:
    """Return the name of the profile that is used if none is named; None if there is none."""
    with suppress(OSError, UnicodeDecodeError):
        name = (settings_folder() / "current").read_text("utf-8-sig").strip()
        if _NAME.fullmatch(name):
            return name
    known = names()
    return known[0] if len(known) == 1 else None


def use(name: str) -> None:
    """Make a profile the one that is used if none is named."""
    write_private(settings_folder() / "current", f"{check_name(name)}\n")


def exists(name: str) -> bool:
    """Return whether there is a profile of this name."""
    return path_of(name).is_file()


def read(name: str) -> Profile:
    """Return a profile.

    Raises:
        CommandError: there is none, or its file is not what it should be.
    """
    path = path_of(name)
    table = read_toml(path)
    if table is None:
        known = ", ".join(names()) or "none yet"
        raise CommandError(
            Exit.NO_CREDENTIALS, f"There is no profile {name!r}.", f"Profiles: {known}. `oauthone login` makes one.",
            code="no_profile",
        )  # fmt: skip
    return Profile(**checked_settings(table, shown(path)))


def check(profile: Profile, where: str) -> Profile:
    """Return a profile whose settings can be read again; where they are from is for the error."""
    checked_settings({key: value for key, value in profile._asdict().items() if value is not None}, where)
    return profile


def checked_settings(
    table: Mapping[str, Any], where: str, kind: str = "a setting of a profile", fields: Sequence[str] = Profile._fields
) -> dict[str, Any]:
    """Return settings that are what they should be; lists are tuples.

    Args:
        table: the settings by their names.
        where: where they are from, for the error.
        kind: what they are, likewise.
        fields: the names that they may have.

    Raises:
        CommandError: one is not.
    """
    found: dict[str, Any] = {}
    for key, value in table.items():
        if key not in fields:
            raise CommandError(Exit.USAGE, f"{where}: {printable(key, 80)!r} is not {kind}.")
        if problem := _problem(key, value):
            raise CommandError(Exit.USAGE, f"{where}: {key!r} must be {problem}.")
        found[key] = tuple(value) if key in LISTS else value
    return found


def _problem(key: str, value: Any) -> str:
    """Return what a setting should be instead; nothing if it is that."""
    texts: Any = value if key in LISTS else [value]
    if type(texts) not in (list, tuple) or not all(isinstance(one, str) for one in texts):
        return "a list of strings" if key in LISTS else "a string"
    if key == "rsa_key" and "\0" in value:
        return "the name of a file"
    if key in CHOICES and not {value, value.upper()} & {*CHOICES[key]}:
        return f"one of {', '.join(CHOICES[key])}"
    if (key == "origins" or key.endswith("_url")) and not all(map(_is_url, texts)):
        return "a URL such as https://api.example" if key not in LISTS else "a list of URLs such as https://api.example"
    if key == "profile" and not _NAME.fullmatch(value):
        return "the name of a profile"
    return ""


def _is_url(text: str) -> bool:
    try:
        return bool(origin(text))
    except SigningError:
        return False


def read_toml(path: Path) -> dict[str, Any] | None:
    """Return the content of a file of TOML; None if there is none.

    Raises:
        CommandError: it cannot be read.
    """
    try:
        return tomllib.loads(path.read_text("utf-8-sig"))
    except FileNotFoundError:
        return None
    except RecursionError:
        raise CommandError(Exit.USAGE, f"{shown(path)} cannot be read: its values are nested too deep.") from None
    except (OSError, ValueError) as failure:  # no UTF-8, no TOML, or a date or a number that Python has not
        reason = getattr(failure, "strerror", None) or failure
        raise CommandError(Exit.USAGE, f"{shown(path)} cannot be read: {reason}.") from None


def write(name: str, profile: Profile) -> None:
    """Write the file of a profile; what is None or empty is left out. Lines that say the same stay as they are."""
    head = "# A profile of oauthone, without secrets. It is yours to edit.\n"
    table = {key: value for key, value in profile._asdict().items() if value not in (None, ())}
    path = path_of(name)
    write_private(path, _edited(path, table) or head + to_toml(table))


def _edited(path: Path, table: Mapping[str, Any]) -> str | None:
    """The text of a file with other settings, and with the comments of its owner; None if it has to be written anew."""
    wanted = {key: list(value) if key in LISTS else value for key, value in table.items()}
    try:
        text = path.read_text("utf-8-sig")
        before = tomllib.loads(text)
        for key in (one for one in {**before, **wanted} if before.get(one) != wanted.get(one)):
            line = to_toml({key: wanted[key]}) if key in wanted else ""
            literal = line.replace("\\", r"\\")
            text, number = re.subn(rf"(?m)^[ \t]*{re.escape(key)}[ \t]*=.*\n?", literal, text)
            text += "" if number else line
        return text if tomllib.loads(text) == wanted else None
    except (OSError, ValueError):
        return None


def add(found: Mapping[str, Profile], default: str | None = None) -> None:
    """Write profiles. What is used if none is named stays the same; the first profile of all becomes it.

    Args:
        found: the profiles by their names. The file of one that is as it was is not touched, for its comments.
        default: the one of them to use if there is none yet; None for the first.
    """
    before = current()
    for name, profile in found.items():
        if not exists(name) or read(name) != profile:
            write(name, profile)
    use(before or default or next(iter(found)))


def remove(name: str) -> None:
    """Delete the file of a profile, if there is one."""
    path_of(name).unlink(missing_ok=True)
    if current() == name:
        (settings_folder() / "current").unlink(missing_ok=True)


def to_toml(table: Mapping[str, Any]) -> str:
    """Return a table of strings, numbers, booleans and lists of strings as TOML."""
    return "".join(f"{key} = {_value(value)}\n" for key, value in table.items())


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, str):
        return _string(value)
    return f"[{', '.join(_string(str(one)) for one in value)}]"


def _string(text: str) -> str:
    """Return a basic string of TOML, which has the escapes of JSON but for DEL."""
    import json

    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
