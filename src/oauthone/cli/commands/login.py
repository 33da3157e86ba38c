"""``oauthone login``: get a token, by browser, by code, or in two runs."""

from datetime import UTC, datetime
from typing import Any

import click

from oauthone.cli import dance, pending, profiles, saving
from oauthone.cli.credentials import allows_empty, refuse_empty
from oauthone.cli.dancer import Dancer
from oauthone.cli.failures import in_words
from oauthone.cli.identity import user_of
from oauthone.cli.login_plan import Plan, choose_vault, plan_login
from oauthone.cli.login_plan import session_of as legs_of
from oauthone.cli.options import SecretSource, ask, common_options, provider_names, signing_options
from oauthone.cli.output import CommandError, Exit, common, result, say, warn
from oauthone.cli.sending import session_of
from oauthone.cli.settings import from_profile, named_profile, settings_of
from oauthone.cli.vault import Vault, probe
from oauthone.core.drive import run
from oauthone.errors import CallbackError

_ON_TERMINAL = "--xauth asks for the password, and nobody can be asked here: run it on a terminal."


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
@click.option("--xauth", metavar="USER", help="Exchange a name and a password for a token.")
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
    way = way_to_token(plan, given)
    if way != "dance":
        keep_known(plan, vault, {"token": has_token, "xauth": by_password, "client": no_token}[way](plan, given))
        return
    found = _danced(plan, vault, given)
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


def _danced(plan: Plan, vault: Vault, given: dict[str, Any]) -> dict[str, Any]:
    """Take the three legs, or the first of them. Who mistyped the code may begin again."""
    while True:
        dancer = Dancer(plan, vault, given)
        try:
            found: dict[str, Any] = run(dance.begin() if given["begin"] else dance.login(), dancer)
            return found
        except BaseException as failure:
            dancer.drop()
            if not _begins_again(failure):
                raise
        finally:
            dancer.close()


def _begins_again(failure: BaseException) -> bool:
    if not isinstance(failure, CommandError) or failure.code != "code_refused" or not common().asks:
        return False
    say(f"✗ {failure.message}")
    return click.confirm("Begin again?", default=True, err=True)


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
    except CallbackError as failure:
        hint = f"It still waits: oauthone login --finish {name}"
        raise CommandError(Exit.NO_TOKEN, dance.complaint(failure), hint, code=failure.error) from None
    finally:
        dancer.close()
    announce(kept.plan, kept.vault, found)


def way_to_token(plan: Plan, given: dict[str, Any]) -> str:
    """Return how a token is got: by ``dance``, by ``xauth``, as a ``token`` that the person has, or by ``client`` none.

    The last two are for providers that show the token on a page of theirs, or that need none.
    """
    if given["xauth"]:
        return "xauth"
    if given["have_token"]:
        return "token"
    flows = plan.provider.flows if plan.provider else ("three-legged",)
    if "three-legged" in flows or given["begin"]:
        return "dance"
    if "static-token" in flows:
        say("This provider shows the token on its own pages.")
        return "token"
    return "client" if "consumer-only" in flows else "dance"


def no_token(plan: Plan, given: dict[str, Any]) -> dict[str, Any]:
    """Nothing: the keys alone sign."""
    return {}


def by_password(plan: Plan, given: dict[str, Any]) -> dict[str, Any]:
    """Exchange a name and a password for a token (xAuth). The password is not kept."""
    password = ask("Password (not shown)", hidden=True, missing=_ON_TERMINAL)
    user = {"x_auth_username": given["xauth"], "x_auth_password": password, "x_auth_mode": "client_auth"}
    endpoint = plan.provider.token_credentials if plan.provider else None
    knows = endpoint is not None and "x_auth_username" in endpoint.parameters
    chosen: dict[str, Any] = user if knows else {"data": user}
    with legs_of(plan) as session:
        found: dict[str, Any] = session.fetch_access_token(
            None if plan.provider else plan.profile.access_token_url, **chosen
        )
    return found


def has_token(plan: Plan, given: dict[str, Any]) -> dict[str, Any]:
    """A token that the person has already."""
    token = given["token"] or ask("Token", missing="--token is missing, and nobody can be asked")
    if not token:
        raise CommandError(Exit.USAGE, "The token is empty.")
    secret = given["token_secret"]
    if secret is None and allows_empty(given):
        secret = ""
    if secret is None:
        secret = ask("Token secret (not shown)", hidden=True, missing="--token-secret is missing: -, @FILE or env:NAME")
    if not secret:
        refuse_empty("The token secret", given)
    return {"oauth_token": token, "oauth_token_secret": secret}


def keep_known(plan: Plan, vault: Vault, found: dict[str, Any]) -> None:
    """Keep credentials that came without a dance."""
    saving.save_token(plan, vault, found, datetime.now(UTC).timestamp())
    announce(plan, vault, found)


def announce(plan: Plan, vault: Vault, token: dict[str, Any]) -> None:
    """Say who is logged in and where the token is."""
    profile = profiles.read(plan.name)
    settings = settings_of(plan.name, profile, from_profile(plan.name, profile), {})
    user = None
    try:
        with session_of(settings) as session:
            session.token = token or None
            user = user_of(session, plan.profile.identity_url)
    except Exception as failure:  # the token is kept, whatever this request does
        warn(f"the account's name is not known: {in_words(failure)}")
    if user:
        profiles.write(plan.name, profile._replace(user=user))
    who = f"Logged in as {user}." if user else "Logged in." if token else "No token is needed."
    say(f"✓ {who} Profile {plan.name}, {'token' if token else 'secret'} {vault.where()}.")
    obtained = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    result(
        "", profile=plan.name, user=user, store=vault.kind, origins=list(settings.origins or ()),
        obtained=obtained, expires=None,
    )  # fmt: skip
