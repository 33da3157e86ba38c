"""What the facts about a provider mean for the options of a client.

Only clients that name a provider load this module, and the catalogue with it.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from oauthone.clients._provider_clock import never_decreasing, nonce_of_length
from oauthone.clients._provider_rules import ProviderRules, token_for
from oauthone.core.signing import random_nonce
from oauthone.errors import ConfigurationError
from oauthone.providers import Provider
from oauthone.providers._authorization import sends_callback_there
from oauthone.providers._catalogue import as_provider

#: The length of the nonces of `random_nonce`.
_NONCE_LENGTH = 24


def signing_for(provider: object, given: Mapping[str, Any]) -> tuple[ProviderRules, dict[str, Any]]:
    """Return the rules of a provider, and the options of the signer for it; see `as_provider` and `signing_options`."""
    facts = as_provider(provider)
    return ProviderRules(facts), signing_options(facts, given)


def signing_options(provider: Provider, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options of the signer for this provider.

    Args:
        provider: the provider.
        given: the options by name; None stands for the provider's own choice.

    Raises:
        ConfigurationError: an option contradicts the provider, or one is missing.
    """
    options = dict(given)
    options["signature_method"] = _signature_method(provider, given["signature_method"])
    options["signature_type"] = _signature_type(provider, given["signature_type"])
    options["body_hash"] = _body_hash(provider, given["body_hash"])
    options["realm"] = _realm(provider, given["realm"])
    options["token"] = token_for(provider, given["token"])
    if not provider.send_version:
        _require_equal(provider, "version", given["version"], "1.0", "no version")
        options["version"] = None
    if provider.monotonic_timestamps:
        options["clock"] = never_decreasing(given["clock"])
    if given["nonce"] is random_nonce:
        options["nonce"] = _nonce(provider)
    _check_client_secret(provider, options)
    return options


class FlowRequirements(NamedTuple):
    """What the flow requires: see the arguments of the clients."""

    require_verifier: bool
    require_callback_confirmed: bool


def flow_requirements(
    provider: Provider, require_verifier: bool | None, require_callback_confirmed: bool | None
) -> FlowRequirements:
    """Return what the flow requires with this provider; None stands for the provider's own choice.

    Raises:
        ConfigurationError: a requirement contradicts the provider.
    """
    sends = {"required": True, "none": False}.get(provider.verifier or "")
    if None not in (sends, require_verifier) and sends != require_verifier:
        raise _contradiction(provider, "require_verifier", require_verifier, f"verifier: {provider.verifier}")
    confirms = {"sent": True, "missing": False}.get(provider.callback_confirmed or "")
    if None not in (confirms, require_callback_confirmed) and confirms != require_callback_confirmed:
        fact = f"callback_confirmed: {provider.callback_confirmed}"
        raise _contradiction(provider, "require_callback_confirmed", require_callback_confirmed, fact)
    if require_verifier is None:
        require_verifier = provider.verifier not in ("optional", "none")
    if require_callback_confirmed is None:
        # Without a callback in the first leg there is nothing to confirm.
        require_callback_confirmed = sends_callback_first(provider) if confirms is None else confirms
    return FlowRequirements(require_verifier, require_callback_confirmed)


def sends_callback_first(provider: Provider) -> bool:
    """Return whether the callback belongs to the request for temporary credentials, as OAuth 1.0a has it."""
    sent = provider.callback.sent if provider.callback else None
    return sent in (None, "temporary_credentials")


def first_callback(provider: Provider, redirect_uri: str | None) -> str | None:
    """Return the redirect URI for the first leg: None sends ``oob``, ``""`` sends none.

    Raises:
        ConfigurationError: the provider does not take this callback.
    """
    facts = provider.callback
    is_out_of_band = redirect_uri in (None, "oob")
    if sends_callback_first(provider):
        is_left_out = redirect_uri == "" and facts is not None and facts.sent is not None and not facts.optional
        if facts is not None and facts.oob is False and (is_out_of_band or is_left_out):
            raise ConfigurationError(
                f"{provider.id!r} shows no code to type in: pass redirect_uri=…, a URL of your application"
            )
        if is_left_out:
            raise _contradiction(provider, "redirect_uri", "", "a callback in the request for temporary credentials")
        return redirect_uri
    if sends_callback_there(provider):
        if redirect_uri == "oob":
            raise ConfigurationError(f"{provider.id!r} does not know 'oob': leave redirect_uri out, or pass a URL")
        return ""
    if redirect_uri:
        sent = "the one that is registered there" if facts and facts.sent == "registered" else "none"
        raise _contradiction(provider, "redirect_uri", redirect_uri, f"callback: {sent}")
    return ""


def _signature_method(provider: Provider, given: Any) -> Any:
    if given is None:
        return provider.signature_methods[0]
    name = given if isinstance(given, str) else getattr(given, "name", given)
    if name not in provider.signature_methods:
        methods = " or ".join(provider.signature_methods)
        raise _contradiction(provider, "signature_method", name, methods)
    return given


def _signature_type(provider: Provider, given: Any) -> Any:
    allowed = [placement.upper() for placement in provider.placement]
    if given is None:
        return allowed[0]
    if str(given) not in allowed:
        raise _contradiction(provider, "signature_type", str(given), " or ".join(allowed))
    return given


def _body_hash(provider: Provider, given: Any) -> Any:
    if provider.body_hash is None:
        return given
    _require_equal(provider, "body_hash", given, provider.body_hash.when, provider.body_hash.when)
    return provider.body_hash.when


def _realm(provider: Provider, given: Any) -> Any:
    if provider.realm is None:
        return given
    if provider.realm.kind == "request-url":
        _require_equal(provider, "realm", given, None, "the URL of each request")
        return None
    _require_equal(provider, "realm", given, provider.realm.value, repr(provider.realm.value))
    return provider.realm.value


def _require_equal(provider: Provider, name: str, given: Any, wanted: Any, shown: str) -> None:
    if given is not None and given != wanted:
        raise _contradiction(provider, name, given, shown)


def _contradiction(provider: Provider, name: str, given: object, fact: str) -> ConfigurationError:
    return ConfigurationError(
        f"{name}={given!r} contradicts what is known about {provider.id!r}, which has {fact}: leave {name} out, or "
        "pass other facts with provider._replace(…)"
    )


def _nonce(provider: Provider) -> Any:
    facts = provider.nonce
    if facts is None:
        return random_nonce
    wanted = max(facts.recommended_length or _NONCE_LENGTH, facts.min_length or 0)
    length = min(wanted, facts.max_length or wanted)
    return random_nonce if length == _NONCE_LENGTH else nonce_of_length(length)


def _check_client_secret(provider: Provider, options: Mapping[str, Any]) -> None:
    """Raise if the secret is missing, or if there is one that only this method would need, and the provider has none.

    PLAINTEXT would send it to a provider that cannot know it. RSA uses no shared secret, so one does no harm there.
    """
    method = options["signature_method"]
    name = method if isinstance(method, str) else method.name
    has_none = "consumer" in provider.empty_secrets
    if name.startswith("RSA-"):
        return
    if options["client_secret"] and has_none:
        raise ConfigurationError(
            f"client_secret=… contradicts what is known about {provider.id!r}, whose clients have an empty secret: "
            "leave client_secret out"
        )
    if not options["client_secret"] and not has_none:
        shown = provider.docs or provider.homepage
        raise ConfigurationError(f"{provider.id!r} needs client_secret, which its pages for developers show: {shown}")
