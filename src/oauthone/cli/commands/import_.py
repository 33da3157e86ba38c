"""``oauthone import``: profiles and commands from the files of other programs."""

import json
import sys
from pathlib import Path
from typing import Any

import click

from oauthone.cli import profiles
from oauthone.cli.credentials import Credentials
from oauthone.cli.importing.found import FoundProfile, command_of, item_of, not_understood
from oauthone.cli.login_plan import choose_vault
from oauthone.cli.options import common_options
from oauthone.cli.output import CommandError, Exit, result, say, warn
from oauthone.cli.profiles import Profile
from oauthone.cli.settings import named_profile

FORMATS = ("curl", "har", "postman", "twurlrc", "env", "rescued")


@click.command()
@click.argument("kind", type=click.Choice(FORMATS), metavar="FORMAT")
@click.argument("file", metavar="FILE|-")
@click.option("--dry-run", is_flag=True, help="Only say what would be imported.")
@click.option("--prefix", default="", metavar="TEXT", help="Begin the names of the profiles so.")
@click.option("--store", type=click.Choice(["keyring", "file"]), metavar="STORE", help="keyring or file.")
@common_options
def command(kind: str, file: str, dry_run: bool, prefix: str, store: str | None) -> None:
    """Import from curl, har, postman, twurlrc, env, or rescued.

    Requests of curl, HAR and Postman are printed as commands, without their signatures. Postman, twurl, a
    file of variables, and a token that could not be saved become profiles. The file stays as it is.
    """
    text = sys.stdin.read() if file == "-" else Path(file).expanduser().read_text("utf-8-sig")
    found, default = found_profiles(kind, text)
    named = [one._replace(name=_usable(prefix + one.name)) for one in found]
    default = _usable(prefix + default) if default else None
    commands = found_commands(kind, text)
    if not named and not commands:
        raise CommandError(Exit.USAGE, "There is no request or credential of OAuth 1.0 in it.", code="nothing_found")
    if named and not dry_run:
        keep(named, default, store)
    names = [one.name for one in named]
    if names:
        what = "Would import" if dry_run else "✓ Imported"
        marked = [f"{name} (default)" if name == default else name for name in names]
        say(f"{what} {', '.join(marked)}. {'' if file == '-' else file + ' is as it was.'}".rstrip())
    result("\n".join(commands), profiles=names, commands=commands, default=default)


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

        return profiles_of_env(text, named_profile() or "default"), None
    return ([_rescued(text)], None) if kind == "rescued" else ([], None)


def _rescued(text: str) -> FoundProfile:
    """A token that could not be saved. Its profile may exist."""
    try:
        kept: dict[str, Any] = json.loads(text)
        name, item = str(kept["profile"]), item_of(kept.get("client_secret"), kept["token"], kept["token_secret"])
    except (ValueError, KeyError, TypeError):
        raise not_understood("a rescued token", "it has no profile, token and token_secret") from None
    profile = profiles.read(name) if profiles.exists(name) else Profile(**kept.get("settings", {}))
    return FoundProfile(name, profile, item)


def found_commands(kind: str, text: str) -> list[str]:
    """Return the requests in a file as commands."""
    if kind not in ("curl", "har", "postman"):
        return []
    from oauthone.cli.importing.requests_of import requests_of

    return [command_of(one) for one in requests_of(kind, text)]


def keep(found: list[FoundProfile], default: str | None, store: str | None) -> None:
    """Write profiles and secrets. No profile with other credentials is replaced."""
    vault = choose_vault({"store": store}, Profile())
    for one in found:
        if profiles.exists(one.name) and profiles.read(one.name).client_id != one.profile.client_id:
            raise CommandError(Exit.USAGE, f"There is a profile {one.name!r} already.", "Choose another: --prefix TEXT")
    for one in found:
        vault.save(one.name, one.item)
        profiles.write(one.name, one.profile._replace(store=vault.kind))
        _warn_if_incomplete(one)
    if default and profiles.current() in (None, default):
        profiles.use(default)


def _warn_if_incomplete(one: FoundProfile) -> None:
    fields = ("client_secret", "token", "token_secret")
    lacking = Credentials(**{field: one.item.get(field) for field in fields}, rsa_key=one.profile.rsa_key).lacks()
    if lacking:
        warn(f"{one.name} has no {lacking}: oauthone login -p {one.name}")


def _usable(name: str) -> str:
    """A name that a file can have."""
    cleaned = "".join(char if char.isascii() and (char.isalnum() or char in "._-") else "-" for char in name)
    return profiles.check_name(cleaned.strip(".-")[:64])
