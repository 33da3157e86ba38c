"""Saves a token so that nothing loses it: not a store that fails, not a process that is killed."""

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import click

from oauthone.cli import profiles
from oauthone.cli.login_plan import Plan, item_of
from oauthone.cli.output import CommandError, Exit, common, warn
from oauthone.cli.places import settings_folder
from oauthone.cli.private_files import write_private
from oauthone.cli.vault import Item, Vault, rescue


def probe_settings() -> None:
    """Write a file beside the profiles and delete it, so that a read-only home is noticed before there is a token.

    Raises:
        CommandError: it cannot be written.
    """
    path = settings_folder() / "profiles" / ".probe"
    write_private(path, "")
    path.unlink()


def save_token(plan: Plan, vault: Vault, token: Mapping[str, Any], began: float) -> None:
    """Keep a token and the profile that uses it.

    Args:
        plan: the plan of the login.
        vault: where to keep it.
        token: what the client returned.
        began: when the login began, in seconds since 1970.

    Raises:
        CommandError: the store failed. The token is in a file of its own, or was shown.
    """
    item = item_of(plan, token)
    # A local file takes a millisecond, and a keyring up to a minute in which this process may be killed.
    rescued = Path(rescue(plan.name, _with_settings(plan, item))).expanduser() if vault.kind == "keyring" else None
    try:
        _warn_if_newer(plan, vault.load(plan.name), began)
        vault.save(plan.name, item)
        if vault.load(plan.name) != item:
            raise CommandError(Exit.NO_CREDENTIALS, "What was written could not be read back.")
        profiles.add({plan.name: plan.profile._replace(store=vault.kind)})
    except CommandError as failure:
        raise _rescued(plan, item, failure, rescued) from None
    if rescued:
        with suppress(OSError):
            rescued.unlink()


def _with_settings(plan: Plan, item: Item) -> Item:
    """The item for a file of its own, which may be all that is left of a login."""
    settings = {name: value for name, value in plan.profile._asdict().items() if value not in (None, ())}
    return {**item, "settings": settings}


def _warn_if_newer(plan: Plan, before: Item | None, began: float) -> None:
    if before is not None and float(before.get("obtained", 0)) > began:
        warn(f"another login of {plan.name!r} finished meanwhile; this newer token takes its place")


def _rescued(plan: Plan, item: Item, failure: CommandError, rescued: Path | None) -> CommandError:
    """Return the error for a token that is not where it should be, after it was put elsewhere."""
    try:
        where = str(rescued) if rescued else rescue(plan.name, _with_settings(plan, item))
    except CommandError:
        _offer(item)
        return CommandError(Exit.NO_CREDENTIALS, f"The token was received, but not saved: {failure.message}")
    return CommandError(
        Exit.NO_CREDENTIALS,
        f"The token was received, but not saved: {failure.message}",
        f"It is in {where}. When that is mended: oauthone import rescued {where}",
        code="store_failed",
        rescued=where,
    )


def _offer(item: Item) -> None:
    """Show a token that cannot be kept anywhere, if the person at the terminal wants it."""
    if common().asks and click.confirm("The token can be kept nowhere. Show it once?", err=True):
        for name in ("token", "token_secret"):
            click.echo(f"{name}: {item.get(name, '')}", err=True)
