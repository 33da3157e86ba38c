"""What a login needs, gathered from its options, the environment, the profile and the catalogue before it begins."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from oauthone.cli import profiles
from oauthone.cli.credentials import Credentials, allows_empty, read_environment, refuse_empty
from oauthone.cli.options import ask
from oauthone.cli.output import CommandError, Exit, common, say
from oauthone.cli.profiles import Profile
from oauthone.cli.settings import Settings, config, named_profile, provider_of, session_arguments, signing_arguments
from oauthone.cli.vault import Item, Vault, has_keyring, open_vault
from oauthone.core.urls import is_confidential, origin

if TYPE_CHECKING:
    from oauthone.clients.requests import OAuth1Session
    from oauthone.providers import Provider

_URLS = ("request_token_url", "authorize_url", "access_token_url")


class Plan(NamedTuple):
    """A login.

    Attributes:
        name: the name of the profile.
        profile: what its file will hold.
        credentials: the client's, without a token.
        provider: the provider, or None.
        chosen: the parameters of the authorization page.
    """

    name: str
    profile: Profile
    credentials: Credentials
    provider: "Provider | None"
    chosen: dict[str, str]


def plan_login(provider: str | None, given: Mapping[str, Any]) -> Plan:
    """Return the plan of a login.

    Args:
        provider: the name of a provider, or None if the URLs are given, or if the profile has them.
        given: the values of the options.

    Raises:
        CommandError: something is missing; all of it is named at once.
    """
    name = profiles.check_name(named_profile() or provider or profiles.current() or "default")
    before = profiles.read(name) if profiles.exists(name) else Profile()
    if provider is None and named_profile() is None and profiles.exists(name):
        say(f"Logging in again: profile {name}.")
    if provider is not None and before.provider not in (None, provider):
        raise CommandError(
            Exit.USAGE, f"The profile {name!r} is for {before.provider}.", "Name another one: --profile NAME"
        )
    profile = profiles.check(_with_options(before._replace(provider=provider or before.provider), given), name)
    found = provider_of(profile)
    _require_endpoints(profile, found)
    credentials = _client(profile, name, given)
    profile = profile._replace(client_id=credentials.client_id, origins=profile.origins or _origins(profile, found))
    if not found and not profile.base_url:
        profile = profile._replace(base_url=profile.origins[0])
    pairs = [one.partition("=") for one in given["param"]]
    if any(not separator for _, separator, _ in pairs):
        raise CommandError(Exit.USAGE, "--param wants NAME=VALUE.")
    return Plan(name, profile, credentials, found, {key: value for key, _, value in pairs})


def _with_options(profile: Profile, given: Mapping[str, Any]) -> Profile:
    """Options win over what the profile had."""
    names = (*_URLS, "base_url", "variant", "realm", "body_hash", "placement", "method", "rsa_key", "identity_url")
    found = {name: given[name] for name in names if given.get(name) is not None}
    if given.get("option"):
        found["provider_options"] = tuple(given["option"])
    return profile._replace(**found)


def _require_endpoints(profile: Profile, provider: "Provider | None") -> None:
    if provider is not None:
        return
    missing = [f"--{name.replace('_', '-')}" for name in _URLS if getattr(profile, name) is None]
    if missing:
        raise CommandError(
            Exit.USAGE,
            f"Which provider? {', '.join(missing)} {'is' if len(missing) == 1 else 'are'} missing.",
            "Or name one of `oauthone providers`: oauthone login NAME",
        )
    for name in _URLS:
        if not is_confidential(getattr(profile, name)):
            raise CommandError(Exit.USAGE, f"{name} must begin with https://.")


def _origins(profile: Profile, provider: "Provider | None") -> tuple[str, ...]:
    """The origins for a profile without a provider; those of a provider stay in the catalogue."""
    if provider is not None:
        is_other = profile.base_url is not None and not provider.allows(profile.base_url)
        return (*provider.api_base, str(origin(str(profile.base_url)))) if is_other else ()
    urls = [url for url in (profile.base_url, profile.access_token_url, profile.identity_url) if url]
    return tuple(dict.fromkeys(str(origin(url)) for url in urls))


def _client(profile: Profile, name: str, given: Mapping[str, Any]) -> Credentials:
    """The client's credentials: of the options, the environment, or the profile; else they are asked for."""
    found = read_environment() if given.get("client_id") is None else None
    client_id = given.get("client_id") or (found.client_id if found else profile.client_id)
    secret, source = given.get("client_secret"), "--client-secret"
    if secret is None and found:
        secret, source = found.client_secret, "OAUTHONE_CLIENT_SECRET"
    rsa_key = given.get("rsa_key") or (found.rsa_key if found else profile.rsa_key)
    if secret is None and client_id is not None and client_id == profile.client_id and profile.store:
        secret = (open_vault(profile.store).load(name) or {}).get("client_secret")
    if secret is None and rsa_key is None and allows_empty(given):
        secret = ""
    options = [
        *(["--client-id TEXT"] if client_id is None else []),
        *(["--client-secret - (or @FILE, or env:NAME)"] if secret is None and rsa_key is None else []),
    ]
    missing = f"Nobody can be asked here, so give: {' '.join(options)}"
    if not client_id:
        client_id = ask("Consumer key", missing=missing)
    if not client_id:
        raise CommandError(Exit.USAGE, "The consumer key is empty.")
    if secret is None and rsa_key is None:
        source = "Consumer secret"
        secret = ask(f"{source} (not shown)", hidden=True, missing=missing)
    if secret == "":
        refuse_empty(source, given)
    return Credentials(client_id, secret, rsa_key=rsa_key, rsa_password=given.get("rsa_password"))


def choose_vault(given: Mapping[str, Any], profile: Profile) -> Vault:
    """Return where the token will be kept. It is settled before anything is sent, and never changed in silence.

    Raises:
        CommandError: no keyring answers, and nobody agreed to a file.
    """
    import os

    import click

    kind = given.get("store") or os.environ.get("OAUTHONE_STORE") or profile.store or config().get("store")
    if kind not in (None, "keyring", "file"):
        raise CommandError(Exit.USAGE, f"{kind!r} is no store: keyring or file.")
    asks = common().asks
    patience = 60.0 if asks else 3.0  # somebody may be typing the keyring's password
    if kind or has_keyring():
        return open_vault(kind or "keyring", patience)
    vault = open_vault("file")
    if asks and click.confirm(f"No keyring answers. Keep the token {vault.where()}?", err=True):
        return vault
    raise CommandError(
        Exit.NO_CREDENTIALS,
        "No keyring answers here, so there is no safe place for the token.",
        "To keep it unencrypted in a file that only you can read: --store file",
        code="no_store",
    )


def session_of(plan: Plan, temporary: Mapping[str, Any] | None = None) -> "OAuth1Session":
    """Return the client of the legs.

    Args:
        plan: the plan.
        temporary: temporary credentials of a login that began in another process.
    """
    from oauthone import __version__
    from oauthone.clients.requests import OAuth1Session

    options = signing_arguments({}, plan.profile, plan.provider, plan.credentials)
    settings = Settings(plan.name, plan.profile, plan.credentials, plan.provider, options, None, None)
    arguments: dict[str, Any] = {**session_arguments(settings), "token": temporary and dict(temporary)}
    arguments.pop("token_secret")
    session = OAuth1Session(**arguments)
    session.headers["User-Agent"] = f"oauthone/{__version__}"
    return session


def item_of(plan: Plan, token: Mapping[str, Any]) -> Item:
    """Return the item for the vault: what has to stay together."""
    import time

    found = {
        "client_secret": plan.credentials.client_secret,
        "rsa_password": plan.credentials.rsa_password,
        "token": token.get("oauth_token"),
        "token_secret": token.get("oauth_token_secret"),
        "obtained": int(time.time()),
    }
    return {name: value for name, value in found.items() if value is not None}
