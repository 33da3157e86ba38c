"""``oauthone login``: get a token, by browser, by code, or in two runs."""

from datetime import UTC, datetime
from typing import Any

import click

from oauthone.cli import dance, pending, saving
from oauthone.cli.dancer import Dancer
from oauthone.cli.identity import user_of
from oauthone.cli.login_plan import Plan, choose_vault, plan_login
from oauthone.cli.options import SecretSource, ask, common_options, provider_names, signing_options
from oauthone.cli.output import CommandError, Exit, result, say, warn
from oauthone.cli.sending import session_of
from oauthone.cli.settings import named_profile, resolve
from oauthone.cli.vault import Vault, probe
from oauthone.core.drive import run


@click.command()
@click.argument("provider", required=False, shell_complete=provider_names)
@click.option("--request-token-url", metavar="URL", help="For a provider that is not in the catalogue: its endpoints.")
@click.option("--authorize-url", metavar="URL")
@click.option("--access-token-url", metavar="URL")
@click.option("--base-url", metavar="URL", help="The beginning of relative URLs.")
@click.option("--identity-url", metavar="URL", help="A URL that tells the account's name.")
@click.option("--variant", metavar="NAME", help="Another installation of the provider, such as sandbox.")
@click.option("--option", multiple=True, metavar="N=V", help="A part of the provider's URLs, such as account=1234.")
@click.option("--param", multiple=True, metavar="N=V", help="A parameter of the authorization page.")
@click.option("--callback", metavar="auto|oob|URL", help="Where the provider sends the browser.")
@click.option("--no-browser", is_flag=True, help="Only show the address.")
@click.option("--browser", envvar="OAUTHONE_BROWSER", metavar="CMD", help="The command of the browser.")
@click.option("--timeout", type=click.IntRange(min=1), default=300, metavar="SECONDS", help="How long to wait.")
@click.option("--store", type=click.Choice(["keyring", "file"]), metavar="STORE", help="keyring or file.")
@click.option("--have-token", is_flag=True, help="Keep a token that you have: give it, or type it.")
@click.option("--begin", is_flag=True, help="Print the address to visit, and end.")
@click.option("--finish", is_flag=False, flag_value="", metavar="[NAME]", help="Finish what --begin began.")
@click.option("--verifier", type=SecretSource(), help="The code, or the address, for --finish.")
@signing_options
@common_options
def command(provider: str | None, **given: Any) -> None:
    """Get a token and keep it in a profile.

    \b
    oauthone login discogs
    oauthone login x --profile bot --begin --json
    oauthone login --finish bot --verifier -
    """
    if given["finish"] is not None:
        finish(given["finish"] or named_profile() or provider, given)
        return
    plan = plan_login(provider, given)
    vault = choose_vault(given, plan.profile)
    probe(vault)
    saving.probe_settings()
    if given["have_token"]:
        keep_token(plan, vault, given)
        return
    dancer = Dancer(plan, vault, given)
    try:
        found = run(dance.begin() if given["begin"] else dance.login(), dancer)
    except BaseException:
        dancer.drop()
        raise
    finally:
        dancer.close()
    if given["begin"]:
        expires = datetime.fromtimestamp(datetime.now(UTC).timestamp() + pending.LIFETIME, UTC)
        result(
            found["authorize_url"],
            authorize_url=found["authorize_url"],
            pending=plan.name,
            expires=expires.strftime("%Y-%m-%dT%H:%M:%SZ"),
        )
        say(f"When you have agreed: oauthone login --finish {plan.name} --verifier -")
    else:
        announce(plan, vault, found)


def finish(name: str | None, given: dict[str, Any]) -> None:
    """Finish a login that began in another process."""
    if name is None:
        raise CommandError(Exit.USAGE, "Which login? --finish NAME")
    kept = pending.load(name)
    answer = given["verifier"]
    if answer is None:
        answer = ask("Code or address", missing="--verifier is missing: --verifier -, @FILE or env:NAME")
    dancer = Dancer(kept.plan, kept.vault, given, kept.temporary, kept.began)
    try:
        found = run(dance.finish(answer), dancer)
    finally:
        dancer.close()
    announce(kept.plan, kept.vault, found)


def keep_token(plan: Plan, vault: Vault, given: dict[str, Any]) -> None:
    """Keep a token that the person has already."""
    token = given["token"] or ask("Token", missing="--token is missing, and nobody can be asked")
    secret = given["token_secret"]
    if secret is None:
        secret = ask("Token secret (not shown)", hidden=True, missing="--token-secret is missing: -, @FILE or env:NAME")
    found = {"oauth_token": token, "oauth_token_secret": secret}
    saving.save_token(plan, vault, found, datetime.now(UTC).timestamp())
    announce(plan, vault, found)


def announce(plan: Plan, vault: Vault, token: dict[str, Any]) -> None:
    """Say who is logged in and where the token is."""
    from oauthone.cli.output import common

    common().profile = plan.name
    settings = resolve({})
    user = None
    try:
        with session_of(settings) as session:
            session.token = token
            user = user_of(session, plan.profile.identity_url)
    except Exception as failure:  # the token is kept, whatever this request does
        warn(f"the account's name is not known: {type(failure).__name__}")
    if user:
        from oauthone.cli import profiles

        profiles.write(plan.name, profiles.read(plan.name)._replace(user=user))
    who = f"Logged in as {user}." if user else "Logged in."
    say(f"✓ {who} Profile {plan.name}, token {vault.where()}.")
    obtained = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    result(
        "", profile=plan.name, user=user, store=vault.kind, origins=list(settings.origins or ()),
        obtained=obtained, expires=None,
    )  # fmt: skip
