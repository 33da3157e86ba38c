"""What a command signs with: option before environment before profile before ``config.toml`` before the catalogue.

Credentials never mix: they all come from the options, or all from the environment, or all from the profile. A mixture
is a signature that no provider takes.
"""

import os
import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from oauthone.cli import profiles
from oauthone.cli.credentials import Credentials, check_secrets, from_environment, from_options, variables_set
from oauthone.cli.output import CommandError, Exit, common, say, warn
from oauthone.cli.places import home_path, settings_folder, shown
from oauthone.cli.profiles import Profile
from oauthone.core.urls import origin

if TYPE_CHECKING:
    from oauthone.providers import Provider


class Settings(NamedTuple):
    """What a command signs with, and where it may send that.

    Attributes:
        name: the name of the profile, or None.
        profile: its content; an empty one if there is none.
        credentials: what to sign with.
        provider: the provider of the profile, or None.
        options: arguments of `oauthone.Signer` that are no credentials.
        base_url: the beginning of relative URLs, or None.
        origins: the origins that the credentials are for; None if any may be named.
        source: where the credentials are from: ``"options"``, ``"environment"`` or ``"profile"``.
    """

    name: str | None
    profile: Profile
    credentials: Credentials
    provider: "Provider | None"
    options: dict[str, Any]
    base_url: str | None
    origins: tuple[str, ...] | None
    source: str = "profile"

    @property
    def owner(self) -> str | None:
        """The name of the profile that has these credentials; None if they are from elsewhere."""
        return self.name if self.source == "profile" else None

    @property
    def described(self) -> str:
        """Whose credentials these are, in words."""
        return f"profile {self.owner}" if self.owner else f"credentials from the {self.source}"


def config() -> dict[str, Any]:
    """Return the content of ``config.toml``.

    Raises:
        CommandError: it is not what it should be.
    """
    path = settings_folder() / "config.toml"
    kind, fields = "a setting: there are profile and store", ("profile", "store")
    return profiles.checked_settings(profiles.read_toml(path) or {}, shown(path), kind, fields)


def profile_name() -> str | None:
    """Return the name of the profile: that of the option, of the environment, of ``config.toml``, or the current."""
    return named_profile() or config().get("profile") or profiles.current()


def named_profile() -> str | None:
    """Return the name that the option or the environment gives, or None."""
    return common().profile or os.environ.get("OAUTHONE_PROFILE") or None


def resolve(given: Mapping[str, Any]) -> Settings:
    """Return what to sign with.

    Args:
        given: the values of the options of signing; None for those that were not given.

    Raises:
        CommandError: there are no credentials, or the profile cannot be read.
    """
    credentials, source = from_options(given), "options"
    if credentials is None and common().profile is None:
        credentials, source = from_environment(given), "environment"
    name = named_profile() if credentials else profile_name()
    profile = profiles.read(name) if name else Profile()
    if credentials is None:
        credentials, source = from_profile(name, profile), "profile"
        _say_what_is_left_aside(name)
    return settings_of(name, profile, credentials, given)._replace(source=source)


def _say_what_is_left_aside(name: str | None) -> None:
    """Name the variables that would count if no profile were named. Somebody may have forgotten that they are set."""
    if left := variables_set():
        verb = "is" if len(left) == 1 else "are"
        say(f"{', '.join(left)} {verb} left aside: the profile {name!r} has its own credentials.")


def settings_of(name: str | None, profile: Profile, credentials: Credentials, given: Mapping[str, Any]) -> Settings:
    """Return what to sign with, for credentials that are known.

    Args:
        name: the name of the profile, or None.
        profile: its content; an empty one if there is none.
        credentials: what to sign with.
        given: the values of the options of signing.
    """
    provider = provider_of(profile)
    base = os.environ.get("OAUTHONE_BASE_URL") or None
    allowed: tuple[str, ...] | None = (str(origin(base)),) if base else None
    if name is not None:  # a profile has a base URL of its own
        base = profile.base_url or (provider.api_base[0] if provider and "*" not in provider.api_base[0] else None)
        allowed = tuple(profile.origins or (provider.api_base if provider else ()))
    options = signing_arguments(given, profile, provider, credentials)
    return Settings(name, profile, credentials, provider, options, base, allowed)


def from_profile(name: str | None, profile: Profile) -> Credentials:
    """Return the credentials of a profile.

    Raises:
        CommandError: there are none.
    """
    if name is None:
        if known := profiles.names():
            raise CommandError(
                Exit.NO_CREDENTIALS, f"No profile is in use, and none is named. There are: {', '.join(known)}.",
                "Name one: -p NAME, or for all commands: oauthone profiles use NAME", code="no_credentials",
            )  # fmt: skip
        raise CommandError(
            Exit.NO_CREDENTIALS, "There are no credentials: no option, no variable OAUTHONE_…, no profile.",
            "Begin with: oauthone login PROVIDER", code="no_credentials",
        )  # fmt: skip
    from oauthone.cli.vault import open_vault

    item = open_vault(profile.store or "file").load(name) or {}
    if profile.client_id is None:
        raise CommandError(Exit.NO_CREDENTIALS, f"The profile {name!r} has no client_id.", "Log in again.")
    kept = {field: item.get(field) for field in ("client_secret", "token", "token_secret", "rsa_password")}
    check_secrets(kept, {field: f"the {field} of the profile {name!r}" for field in kept})
    found = Credentials(profile.client_id, rsa_key=profile.rsa_key, **kept)
    if item.get("logged_out") or not item or found.lacks():
        lacking = "is logged out" if not found.token else f"has no {found.lacks()}"
        raise CommandError(
            Exit.NO_CREDENTIALS, f"The profile {name!r} {lacking}.", f"Log in again: oauthone login -p {name}",
            code="no_credentials",
        )  # fmt: skip
    return found


def provider_of(profile: Profile) -> "Provider | None":
    """Return the provider of a profile; what the catalogue says about its end is a warning."""
    if profile.provider is None:
        return None
    pairs = [one.partition("=") for one in profile.provider_options]
    options = {name: value for name, _, value in pairs}
    return _with_urls(get_provider(profile.provider, profile.variant, **options), profile)


def _with_urls(provider: "Provider", profile: Profile) -> "Provider":
    """Return the provider with the addresses of the profile, which win over those of the catalogue."""
    changes: dict[str, Any] = {"api_base": profile.origins or provider.api_base}
    for name, url in (
        ("temporary_credentials", profile.request_token_url),
        ("authorization", profile.authorize_url),
        ("token_credentials", profile.access_token_url),
        ("identity", profile.identity_url),
    ):
        if url and getattr(provider, name):
            changes[name] = getattr(provider, name)._replace(url=url)
    return provider._replace(**changes)


def get_provider(name: str, variant: str | None = None, **options: str) -> "Provider":
    """Return a provider of the catalogue; what it says about its end is a warning."""
    from oauthone import providers

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        found = providers.get(name, variant=variant, **options)
    for one in caught:
        warn(str(one.message))
    return found


def signing_arguments(
    given: Mapping[str, Any], profile: Profile, provider: "Provider | None", credentials: Credentials
) -> dict[str, Any]:
    """Return the arguments of a signer that are no credentials."""
    method = given.get("method") or profile.method or _preferred(provider, credentials)
    placement = given.get("placement") or profile.placement or (provider.placement[0] if provider else "header")
    found: dict[str, Any] = {"signature_method": method.upper(), "signature_type": placement.upper()}
    realm = given.get("realm") if given.get("realm") is not None else profile.realm
    if realm is None and provider and provider.realm and provider.realm.kind == "fixed":
        realm = provider.realm.value
    body_hash = given.get("body_hash") or profile.body_hash
    if body_hash is None and provider and provider.body_hash:
        body_hash = provider.body_hash.when
    if given.get("no_version") or (provider is not None and not provider.send_version):
        found["version"] = None
    return {**found, "realm": realm, "body_hash": body_hash or "never"}


def _preferred(provider: "Provider | None", credentials: Credentials) -> str:
    """The method that the provider prefers of those that the credentials suffice for."""
    wanted = "RSA" if credentials.rsa_key else ("HMAC", "PLAINTEXT")
    methods = provider.signature_methods if provider else ()
    default = "RSA-SHA1" if credentials.rsa_key else "HMAC-SHA1"
    return next((method for method in methods if method.startswith(wanted)), default)


def signer_arguments(settings: Settings) -> dict[str, Any]:
    """Return all arguments of a signer or of a session."""
    kept = settings.credentials
    found: dict[str, Any] = {
        "client_id": kept.client_id,
        "client_secret": kept.client_secret,
        "token": kept.token,
        "token_secret": kept.token_secret,
        **settings.options,
    }
    if kept.rsa_key and settings.options["signature_method"].startswith("RSA"):
        from oauthone import RsaKey

        found["rsa_key"] = RsaKey(home_path(kept.rsa_key).read_bytes(), kept.rsa_password)
    return found


def session_arguments(settings: Settings) -> dict[str, Any]:
    """Return all arguments of a session. One that knows its provider keeps that provider's rules itself."""
    found = signer_arguments(settings)
    facts = settings.provider
    if facts is None:
        return found
    profile = settings.profile
    for name, given in (("signature_method", profile.method), ("signature_type", profile.placement)):
        found[name] = found[name] if given else None
    if profile.realm is None and facts.realm and facts.realm.kind != "account":
        found["realm"] = None
    found["body_hash"] = profile.body_hash
    found.pop("version", None)
    origins = (*facts.api_base, *(one for one in settings.origins or () if one not in facts.api_base))
    return {**found, "provider": facts._replace(api_base=origins)}
