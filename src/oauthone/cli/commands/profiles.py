"""``oauthone profiles``: list, show and change the profiles."""

from typing import Any

import click

from oauthone.cli import profiles
from oauthone.cli.options import common_options
from oauthone.cli.output import CommandError, Exit, result, say, warn
from oauthone.cli.profiles import LISTS, Profile
from oauthone.cli.settings import profile_name, resolve
from oauthone.cli.vault import open_vault

_SECRETS = ("client_secret", "token", "token_secret", "rsa_password")


@click.group(invoke_without_command=True)
@common_options
@click.pass_context
def command(context: click.Context) -> None:
    """List, show and change the profiles. No secret is in their files."""
    if context.invoked_subcommand is None:
        show_list()


@command.command("list")
@common_options
def list_command() -> None:
    """List all profiles; * marks the one that is used if none is named."""
    show_list()


def show_list() -> None:
    """Print all profiles."""
    current = profile_name()
    found = {name: one for name in profiles.names() if (one := _read_or_warn(name))}
    lines = [
        f"{'*' if name == current else ' '} {name}  {one.provider or one.base_url or ''}  {one.user or ''}".rstrip()
        for name, one in found.items()
    ]
    rows = [
        {"name": name, "provider": one.provider, "user": one.user, "store": one.store} for name, one in found.items()
    ]
    result("\n".join(lines), current=current, profiles=rows)
    if not found:
        say("No profile yet: oauthone login PROVIDER")


def _read_or_warn(name: str) -> Profile | None:
    """A file with a mistake in it is no reason to hide the others."""
    try:
        return profiles.read(name)
    except CommandError as failure:
        warn(failure.message)
        return None


@command.command("show")
@click.argument("name", required=False)
@click.option("--reveal", is_flag=True, help="Show the secrets, too.")
@common_options
def show_command(name: str | None, reveal: bool) -> None:
    """Show a profile."""
    chosen = _chosen(name)
    profile = profiles.read(chosen)
    table = {key: value for key, value in profile._asdict().items() if value not in (None, ())}
    item = open_vault(profile.store or "file").load(chosen) or {}
    kept = {key: item[key] for key in _SECRETS if key in item}
    shown = kept if reveal else dict.fromkeys(kept, "***")
    text = profiles.to_toml(table) + "".join(f"# {key}: {value}\n" for key, value in shown.items())
    result(text.rstrip(), name=chosen, profile={**table, **shown})


@command.command("use")
@click.argument("name")
@common_options
def use_command(name: str) -> None:
    """Use a profile if none is named."""
    profiles.read(name)
    profiles.use(name)
    result("", current=name)


@command.command("set")
@click.argument("name")
@click.argument("changes", nargs=-1, required=True, metavar="KEY=VALUE…")
@common_options
def set_command(name: str, changes: tuple[str, ...]) -> None:
    """Change settings: KEY=VALUE, KEY= to remove, KEY+=VALUE to add to a list."""
    profile = profiles.read(name)
    for change in changes:
        profile = _changed(name, profile, change)
    profiles.write(name, profiles.check(profile, name))
    result("", name=name, profile={key: value for key, value in profile._asdict().items() if value not in (None, ())})


def _changed(name: str, profile: Profile, change: str) -> Profile:
    key, separator, value = change.partition("=")
    adds = key.endswith("+")
    key = key.removesuffix("+")
    if key in _SECRETS:
        raise CommandError(
            Exit.USAGE, f"{key} is a secret, and none is in the file of a profile.",
            f"It is asked for by: oauthone login -p {name}. If it was real, change it: it is in your history now.",
        )  # fmt: skip
    if not separator or key not in Profile._fields or (adds and key not in LISTS):
        known = ", ".join(Profile._fields)
        # The value may be a secret.
        raise CommandError(Exit.USAGE, f"{key or '='!r} is no setting to change, or has no =.", f"Settings: {known}.")
    if key not in LISTS:
        text: dict[str, Any] = {key: value or None}
        return profile._replace(**text)
    before: tuple[str, ...] = getattr(profile, key)
    if adds and key == "origins" and not before:
        before = _origins_of_catalogue(profile)
    added = tuple(one for one in value.split(",") if one)
    changed: dict[str, Any] = {key: tuple(dict.fromkeys((*before, *added))) if adds else added}
    return profile._replace(**changed)


def _origins_of_catalogue(profile: Profile) -> tuple[str, ...]:
    from oauthone.cli.settings import provider_of

    provider = provider_of(profile)
    return provider.api_base if provider else ()


@command.command("rename")
@click.argument("old")
@click.argument("new")
@common_options
def rename_command(old: str, new: str) -> None:
    """Rename a profile, with its secrets."""
    profile = profiles.read(old)
    if profiles.exists(new):
        raise CommandError(Exit.USAGE, f"There is a profile {new!r} already.")
    vault = open_vault(profile.store or "file")
    was_current = profiles.current() == old
    vault.save(new, vault.load(old) or {})
    profiles.write(new, profile)
    profiles.remove(old)
    vault.delete(old)
    if was_current:
        profiles.use(new)
    result("", name=new)


@command.command("remove")
@click.argument("name")
@common_options
def remove_command(name: str) -> None:
    """Remove a profile, with its secrets; nothing is revoked."""
    profile = profiles.read(name)
    open_vault(profile.store or "file").delete(name)
    profiles.remove(name)
    result("", name=name)


@command.command("path")
@click.argument("name", required=False)
@common_options
def path_command(name: str | None) -> None:
    """Print where the file of a profile is."""
    path = str(profiles.path_of(_chosen(name)))
    result(path, path=path)


def _chosen(name: str | None) -> str:
    chosen = name or profile_name()
    if chosen is None:
        resolve({})  # says what to do
    return str(chosen)
