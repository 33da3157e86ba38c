"""``oauthone whoami``, ``logout`` and ``renew``: what becomes of a token."""

import time
from datetime import UTC, datetime
from typing import Any

import click

from oauthone.cli import profiles
from oauthone.cli.credentials import read_environment
from oauthone.cli.failures import in_words
from oauthone.cli.identity import user_of
from oauthone.cli.options import common_options
from oauthone.cli.output import CommandError, Exit, common, result, say, warn
from oauthone.cli.profiles import Profile
from oauthone.cli.sending import session_of
from oauthone.cli.settings import Settings, from_profile, named_profile, profile_name, resolve, settings_of
from oauthone.cli.vault import open_vault
from oauthone.errors import OAuth1Error


@click.command()
@click.option("--local", is_flag=True, help="Ask nobody.")
@common_options
def whoami(local: bool) -> None:
    """Tell whose token it is, how old it is, and where it is kept."""
    settings = resolve({})
    # A profile that only lends its addresses says nothing about other credentials.
    user = settings.profile.user if settings.owner else None
    if not local:
        with session_of(settings) as session:
            user = user_of(session, settings.profile.identity_url) or user
    item = _item(settings)
    obtained = item.get("obtained")
    store = settings.profile.store if settings.owner else None
    lines = [f"user      {user or 'not known'}", f"profile   {settings.owner or f'none ({settings.described})'}"]
    lines += [f"token     {_age(float(obtained))} old"] if obtained else []
    lines += [f"kept      {open_vault(store).where()}"] if store else []
    result(
        "\n".join(lines),
        profile=settings.owner,
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
    if settings.owner is None:
        return {}
    return open_vault(settings.profile.store or "file").load(settings.owner) or {}


@click.command()
@click.option("--all", "every", is_flag=True, help="Every profile.")
@click.option("--keep-client", is_flag=True, help="Keep the client's secret, and forget the token alone.")
@common_options
def logout(every: bool, keep_client: bool) -> None:
    """Forget token and client secret, and revoke the token where the provider can; say which of both happened.

    The profile stays, with its URLs and its consumer key, for the next login. `oauthone profiles remove` deletes it.
    """
    names = profiles.names() if every else [_only()]
    outcomes = [_logged_out(name, keep_client) for name in names]
    result("", profiles=outcomes)


def _only() -> str:
    """The profile to log out of. Credentials of the environment are in none, and win over the current one."""
    name = common().profile or (named_profile() if read_environment() else profile_name())
    if name is None:
        resolve({})  # says that there are no credentials at all
        raise CommandError(Exit.USAGE, "These credentials are in no profile, so there is nothing to forget.")
    return name


def _logged_out(name: str, keep_client: bool) -> dict[str, Any]:
    profile = profiles.read(name)
    vault = open_vault(profile.store or "file")
    item = vault.load(name) or {}
    revoked = "token" in item and _revoke(name, profile)
    kept = {key: value for key, value in item.items() if key in ("client_secret", "rsa_password")}
    if keep_client and kept:
        vault.save(name, {**kept, "logged_out": True})
    else:
        vault.delete(name)
    what = "revoked and forgotten" if revoked else "forgotten here; the provider still takes it"
    if "token" in item:
        say(f"✓ {name}: the token is {what}. The profile stays: oauthone login -p {name}, or profiles remove {name}")
    else:
        say(f"{name}: no token is kept. To delete the profile: oauthone profiles remove {name}")
    return {"profile": name, "revoked": revoked, "forgotten": "token" in item}


def _revoke(name: str, profile: Profile) -> bool:
    """Revoke the token of a profile; return whether the provider did."""
    try:
        settings = settings_of(name, profile, from_profile(name, profile), {})
        if settings.provider is None or settings.provider.revoke is None:
            return False
        with session_of(settings) as session:
            session.revoke_token()
    except (CommandError, OAuth1Error, OSError) as failure:
        warn(f"the provider did not revoke the token: {in_words(failure)}")
        return False
    return True


@click.command()
@common_options
def renew() -> None:
    """Renew the token, where the provider has that; else log in again (exit 7)."""
    settings = resolve({})
    if settings.owner is None:
        raise CommandError(Exit.USAGE, "These credentials are in no profile, so there is no place for a new token.")
    if settings.provider is None or settings.provider.renew is None:
        raise CommandError(
            Exit.NO_TOKEN, "The provider does not renew tokens.", "Log in again: oauthone login", code="cannot_renew"
        )
    with session_of(settings) as session:
        token = session.renew_token()
    vault = open_vault(settings.profile.store or "file")
    item = {**_item(settings), "token": token["oauth_token"], "token_secret": token["oauth_token_secret"]}
    vault.save(settings.owner, {**item, "obtained": int(time.time())})
    say(f"✓ {settings.owner}: renewed.")
    result("", profile=settings.owner)


commands = {"whoami": whoami, "logout": logout, "renew": renew}
