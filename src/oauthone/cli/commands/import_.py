"""``oauthone import``: profiles and commands from the files of other programs."""

import json
from typing import Any

import click

from oauthone.cli import profiles
from oauthone.cli.credentials import Credentials
from oauthone.cli.importing.found import FoundProfile, NotUnderstood, command_of, item_of
from oauthone.cli.login_plan import choose_vault
from oauthone.cli.options import common_options
from oauthone.cli.output import CommandError, Exit, common, result, say, warn
from oauthone.cli.private_files import is_object
from oauthone.cli.profiles import Profile
from oauthone.cli.reading import LONGEST_FILE, LONGEST_PASTED, read_text
from oauthone.cli.settings import named_profile
from oauthone.cli.vault import open_vault

FORMATS = ("curl", "har", "postman", "twurlrc", "env", "rescued")


@click.command()
@click.argument("kind", type=click.Choice(FORMATS), metavar="FORMAT")
@click.argument("file", metavar="FILE|-")
@click.option("--dry-run", is_flag=True, help="Only say what would be imported.")
@click.option("--force", is_flag=True, help="Replace the secrets of profiles that exist.")
@click.option("--prefix", default="", metavar="TEXT", help="Begin the names of the profiles so.")
@click.option("--store", type=click.Choice(["keyring", "file"]), metavar="STORE", help="keyring or file.")
@common_options
def command(kind: str, file: str, dry_run: bool, force: bool, prefix: str, store: str | None) -> None:
    """Import from curl, har, postman, twurlrc, env, or rescued.

    Requests of curl, HAR and Postman are printed as commands, without their signatures. Postman, twurl, a
    file of variables, and a token that could not be saved become profiles. The file stays as it is.
    """
    text = read_text(file, LONGEST_FILE if kind in ("har", "postman") else LONGEST_PASTED)
    name = "stdin" if file == "-" else file
    try:
        found, default, commands, lacking = _found(kind, text)
    except NotUnderstood as failure:
        raise NotUnderstood(failure.kind, failure.reason, name) from None
    named = [one._replace(name=_usable(prefix + one.name)) for one in found]
    default = _usable(prefix + default) if default else None
    if not named and not commands:
        raise CommandError(Exit.USAGE, "There is no request or credential of OAuth 1.0 in it.", code="nothing_found")
    if named and not dry_run:
        keep(named, default, store, force=force or kind == "rescued")
    names = [one.name for one in named]
    if names:
        what = "Would import" if dry_run else "✓ Imported"
        used = profiles.current() or default or names[0]
        marked = [f"{name} (default)" if name == used else name for name in names]
        say(f"{what} {', '.join(marked)}. {'' if file == '-' else file + ' is as it was.'}".rstrip())
        if used not in names:
            say(f"{used} stays the default: oauthone profiles use NAME changes that.")
    if lacking:
        warn(f"left out: {', '.join(lacking)}. oauthone signs with the profile; its other flags are in --help.")
    result("\n".join(commands), profiles=names, commands=commands, default=default, left_out=lacking)


def _found(kind: str, text: str) -> tuple[list[FoundProfile], str | None, list[str], list[str]]:
    """Return the profiles in a file, the name of its default one, its requests as commands, and what those lack."""
    found, default = found_profiles(kind, text)
    for one in found:
        profiles.check(one.profile, one.name)
    return found, default, *found_commands(kind, text)


def found_profiles(kind: str, text: str) -> tuple[list[FoundProfile], str | None]:
    """Return the profiles in a file, and the name of its default one."""
    if kind == "twurlrc":
        from oauthone.cli.importing.twurlrc import profiles_of_twurlrc

        return profiles_of_twurlrc(text)
    if kind == "postman":
        from oauthone.cli.importing.requests_of import profiles_of_postman

        return profiles_of_postman(text), None
    if kind == "env":
        from oauthone.cli.importing.env import profiles_of_env

        return profiles_of_env(text, profiles.check_name(named_profile() or "default")), None
    return ([_rescued(text)], None) if kind == "rescued" else ([], None)


def _rescued(text: str) -> FoundProfile:
    """A token that could not be saved. Its profile may exist."""
    kind = "a rescued token"
    try:
        kept: Any = json.loads(text)
    except (ValueError, RecursionError):
        kept = None
    if not is_object(kept):
        raise NotUnderstood(kind, "it is no object of JSON")
    for member in ("profile", "token", "token_secret", "client_secret"):
        value = kept.get(member, "" if member == "client_secret" else None)
        if not isinstance(value, str):
            raise NotUnderstood(kind, f"its {member} is {'missing' if value is None else 'no text'}")
    settings: Any = kept.get("settings", {})
    if not is_object(settings):
        raise NotUnderstood(kind, "its settings are no object")
    name, item = kept["profile"], item_of(kept.get("client_secret"), kept["token"], kept["token_secret"])
    own = profiles.checked_settings(settings, "settings")
    return FoundProfile(name, profiles.read(_usable(name)) if profiles.exists(_usable(name)) else Profile(**own), item)


def found_commands(kind: str, text: str) -> tuple[list[str], list[str]]:
    """Return the requests in a file as commands, and what was left out of them."""
    if kind not in ("curl", "har", "postman"):
        return [], []
    from oauthone.cli.importing.requests_of import left_out, requests_of

    found = requests_of(kind, text)
    return [command_of(one) for one in found], left_out(kind, text, found)


def keep(found: list[FoundProfile], default: str | None, store: str | None, *, force: bool = False) -> None:
    """Write profiles and secrets. Of a profile that exists, the settings stay that the file says nothing about.

    Raises:
        CommandError: one exists with other credentials, and nobody agreed to replace them.
    """
    before = {one.name: profiles.read(one.name) for one in found if profiles.exists(one.name)}
    others = [one.name for one in found if one.name in before and not _is_same(one, before[one.name])]
    if others and not force and not _may_replace(others):
        raise CommandError(
            Exit.USAGE,
            f"There {'is a profile' if len(others) == 1 else 'are profiles'} {', '.join(others)} already, "
            "with other credentials.",
            "Choose other names: --prefix TEXT, or replace those credentials: --force",
            code="profile_exists",
        )
    vault = choose_vault({"store": store}, next(iter(before.values()), Profile()))
    for one in found:
        vault.save(one.name, one.item)
        was = before.get(one.name)
        if was and (was.store or "file") != vault.kind:
            open_vault(was.store or "file").delete(one.name)
        _warn_if_incomplete(one)
    profiles.add({one.name: _merged(one, before.get(one.name))._replace(store=vault.kind) for one in found}, default)


def _is_same(one: FoundProfile, before: Profile) -> bool:
    """Whether a profile has these credentials already."""
    kept = open_vault(before.store or "file").load(one.name) or {}
    return before.client_id == one.profile.client_id and all(kept.get(key) == one.item[key] for key in one.item)


def _may_replace(names: list[str]) -> bool:
    return common().asks and click.confirm(f"Replace the credentials of {', '.join(names)}?", err=True)


def _merged(one: FoundProfile, before: Profile | None) -> Profile:
    """The settings of a profile that exists, which are its owner's, with what the file says."""
    said = {name: value for name, value in one.profile._asdict().items() if value not in (None, ())}
    return (before or Profile())._replace(**said)


def _warn_if_incomplete(one: FoundProfile) -> None:
    fields = ("client_secret", "token", "token_secret")
    lacking = Credentials(**{field: one.item.get(field) for field in fields}, rsa_key=one.profile.rsa_key).lacks()
    if lacking:
        warn(f"{one.name} has no {lacking}: oauthone login -p {one.name}")


def _usable(name: str) -> str:
    """A name that a file can have."""
    cleaned = "".join(char if char.isascii() and (char.isalnum() or char in "._-") else "-" for char in name)
    return profiles.check_name(cleaned.strip(".-")[:64])
