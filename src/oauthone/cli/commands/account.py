"""``oauthone whoami``, ``logout`` and ``renew``: what becomes of a token."""

import time
from datetime import UTC, datetime
from typing import Any

import click

from oauthone.cli import profiles
from oauthone.cli.identity import user_of
from oauthone.cli.options import common_options
from oauthone.cli.output import CommandError, Exit, result, say, warn
from oauthone.cli.sending import session_of
from oauthone.cli.settings import Settings, resolve
from oauthone.cli.vault import open_vault
from oauthone.errors import OAuth1Error


@click.command()
@click.option("--local", is_flag=True, help="Ask nobody.")
@common_options
def whoami(local: bool) -> None:
    """Tell whose token it is, how old it is, and where it is kept."""
    settings = resolve({})
    user = settings.profile.user
    if not local:
        with session_of(settings) as session:
            user = user_of(session, settings.profile.identity_url) or user
    item = _item(settings)
    obtained = item.get("obtained")
    store = settings.profile.store if settings.name else None
    lines = [f"user      {user or 'not known'}", f"profile   {settings.name or 'none'}"]
    lines += [f"token     {_age(float(obtained))} old"] if obtained else []
    lines += [f"kept      {open_vault(store).where()}"] if store else []
    result(
        "\n".join(lines),
        profile=settings.name,
        user=user,
        store=store,
        origins=list(settings.origins or ()),
        obtained=datetime.fromtimestamp(obtained, UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if obtained else None,
        expires=None,
    )


def _age(obtained: float) -> str:
    seconds = max(time.time() - obtained, 0)
    return f"{seconds / 86400:.0f} days" if seconds > 2 * 86400 else f"{seconds / 3600:.0f} hours"


def _item(settings: Settings) -> dict[str, Any]:
    if settings.name is None:
        return {}
    return open_vault(settings.profile.store or "file").load(settings.name) or {}


@click.command()
@click.option("--all", "every", is_flag=True, help="Every profile.")
@click.option("--keep-client", is_flag=True, help="Forget the token, and keep the client's secret.")
@common_options
def logout(every: bool, keep_client: bool) -> None:
    """Forget the token, and revoke it where the provider can; say which of both happened."""
    names = profiles.names() if every else [_only()]
    outcomes = [_logged_out(name, keep_client) for name in names]
    result("", profiles=outcomes)


def _only() -> str:
    settings = resolve({})
    if settings.name is None:
        raise CommandError(Exit.USAGE, "These credentials are in no profile, so there is nothing to forget.")
    return settings.name


def _logged_out(name: str, keep_client: bool) -> dict[str, Any]:
    from oauthone.cli.output import common

    common().profile = name
    settings = resolve({})
    revoked = _revoke(settings)
    vault = open_vault(settings.profile.store or "file")
    item = vault.load(name) or {}
    if keep_client:
        kept = {key: value for key, value in item.items() if key in ("client_secret", "rsa_password")}
        vault.save(name, kept)
    else:
        vault.delete(name)
        profiles.remove(name)
    what = "revoked and forgotten" if revoked else "forgotten here; the provider still takes it"
    say(f"✓ {name}: the token is {what}.")
    return {"profile": name, "revoked": revoked, "forgotten": True}


def _revoke(settings: Settings) -> bool:
    if settings.provider is None or settings.provider.revoke is None or not settings.credentials.token:
        return False
    try:
        with session_of(settings) as session:
            session.revoke_token()
    except (OAuth1Error, OSError) as failure:
        warn(f"the provider did not revoke the token: {failure}")
        return False
    return True


@click.command()
@common_options
def renew() -> None:
    """Renew the token, where the provider has that; else log in again (exit 7)."""
    settings = resolve({})
    if settings.name is None or settings.provider is None or settings.provider.renew is None:
        raise CommandError(
            Exit.NO_TOKEN, "The provider does not renew tokens.", "Log in again: oauthone login", code="cannot_renew"
        )
    with session_of(settings) as session:
        token = session.renew_token()
    vault = open_vault(settings.profile.store or "file")
    item = {**_item(settings), "token": token["oauth_token"], "token_secret": token["oauth_token_secret"]}
    vault.save(settings.name, {**item, "obtained": int(time.time())})
    say(f"✓ {settings.name}: renewed.")
    result("", profile=settings.name)


commands = {"whoami": whoami, "logout": logout, "renew": renew}
