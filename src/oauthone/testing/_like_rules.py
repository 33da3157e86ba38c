"""What a provider requires of a request, besides a valid signature: each rule comes from the facts about it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import urlsplit

from oauthone.core.parameters import Placement
from oauthone.core.parsed_request import ParsedRequest
from oauthone.errors import VerificationError
from oauthone.providers._model import Endpoint, Parameter
from oauthone.providers._provider import Provider
from oauthone.server import Client
from oauthone.testing.received import Received

#: The `User-Agent` that a library or a tool sends if a program sets none, so it identifies no application.
_OF_A_LIBRARY = re.compile(r"(?:python|curl|wget|aiohttp|niquests|httpx|okhttp|go-http-client|java)\b", re.IGNORECASE)
_PLACEMENTS = {Placement.HEADER: "header", Placement.QUERY: "query", Placement.BODY: "body"}


def check_form(facts: Provider, endpoint: Endpoint | None, got: Received, parsed: ParsedRequest) -> None:
    """Check how a request is made: its method, and where and how it has its protocol parameters.

    Args:
        facts: the facts about the provider.
        endpoint: the endpoint at the address of the request; None for a request for data.
        got: the request.
        parsed: its parameters.

    Raises:
        VerificationError: the provider refuses such a request.
    """
    if endpoint is not None:
        check_method(endpoint.method, got)
    _check_user_agent(facts, got)
    _check_placement(facts.placement if endpoint is None else endpoint.placement, parsed)
    _check_realm(facts, got, parsed)
    if endpoint is None and facts.empty_token_parameter and "oauth_token" not in parsed.protocol:
        raise VerificationError(400, "parameter_absent", "oauth_token is missing: it is sent empty if there is none")
    _check_protocol(facts, parsed.protocol)


def check_method(methods: Iterable[str], got: Received) -> None:
    """Check the request method.

    Raises:
        VerificationError: it is none of ``methods``.
    """
    if got.method not in methods:
        raise refused(f"the provider takes {' or '.join(methods)} at this address, not {got.method}")


def check_parameters(parameters: Mapping[str, Parameter], given: Sequence[tuple[str, str]]) -> None:
    """Check the parameters that an application chooses, such as a scope.

    Args:
        parameters: what the provider knows.
        given: the parameters in query and form.

    Raises:
        VerificationError: one is missing, or has a value that the provider does not know.
    """
    for name, parameter in parameters.items():
        values = [value for key, value in given if key == name]
        if parameter.required and not values:
            raise VerificationError(400, "parameter_absent", f"{name} is missing")
        if len(values) > 1 and not parameter.repeat:
            raise refused(f"{name} is there twice")
        for value in values:
            chosen = value.split(parameter.separator) if parameter.separator else [value]
            if unknown := [one for one in chosen if one and parameter.values and one not in parameter.values]:
                raise refused(f"{name} is {unknown[0]!r}: the provider knows {', '.join(parameter.values)}")


def check_monotonic(newest: dict[tuple[str, str | None], int], protocol: Mapping[str, str]) -> None:
    """Check that the timestamp of a verified request is not older than the one before it, and note it.

    Raises:
        VerificationError: it went back.
    """
    key = protocol["oauth_consumer_key"], protocol.get("oauth_token") or None
    timestamp = int(protocol.get("oauth_timestamp", 0))
    if timestamp < newest.get(key, 0):
        raise VerificationError(401, "timestamp_refused", "oauth_timestamp is older than that of an earlier request")
    newest[key] = timestamp


def allowed_callback(facts: Provider, client: Client, given: str | None) -> str | None:
    """Return where the browser is sent back to; None if the page shows a code.

    Args:
        facts: the facts about the provider.
        client: the client with the callbacks that it registered.
        given: the callback in the request, or None.

    Raises:
        VerificationError: a callback is missing, or is one that the provider refuses.
    """
    rules = facts.callback
    registered = client.callbacks[0] if client.callbacks else None
    if not given:
        if rules and rules.sent == "temporary_credentials" and not rules.optional:
            raise VerificationError(400, "parameter_absent", "oauth_callback is missing")
        return registered
    if given == "oob":
        if rules and rules.oob is False:
            raise refused("oauth_callback is oob, which the provider does not know")
        return registered
    parts = urlsplit(given)
    if not parts.scheme or (parts.scheme in ("http", "https") and not parts.netloc):
        raise refused("oauth_callback is not an absolute URL")
    if rules and rules.registered and not any(_fits(rules.registered, one, given) for one in client.callbacks):
        raise refused("oauth_callback is not registered: name it in ProviderBox(callbacks=[…]), or with --callback")
    return given


def _fits(rule: str, registered: str, given: str) -> bool:
    if rule == "host":
        return urlsplit(registered).hostname == urlsplit(given).hostname
    return given.startswith(registered) if rule == "prefix" else given == registered


def _check_user_agent(facts: Provider, got: Received) -> None:
    agent = got.header("user-agent") or ""
    if facts.user_agent == "required" and (not agent or _OF_A_LIBRARY.match(agent)):
        raise refused(f"the User-Agent {agent!r} does not identify an application")


def _check_placement(placements: Iterable[str], parsed: ParsedRequest) -> None:
    if _PLACEMENTS[parsed.placement] not in placements:
        where = " or ".join(placements)
        raise refused(f"the protocol parameters are in the {_PLACEMENTS[parsed.placement]}, not in the {where}")


def _check_realm(facts: Provider, got: Received, parsed: ParsedRequest) -> None:
    """A realm that is always the same tells the provider nothing, and libraries send others. One that differs does."""
    rule, given = facts.realm, parsed.realm
    if rule is None or rule.kind == "fixed" or parsed.placement is not Placement.HEADER:
        return
    expected = got.url.partition("?")[0] if rule.kind == "request-url" else rule.value
    if given != expected:
        raise refused(f"the realm is {given!r}, not {expected!r}")


def _check_protocol(facts: Provider, protocol: Mapping[str, str]) -> None:
    if "oauth_version" in protocol and not facts.send_version:
        raise refused("there is an oauth_version")
    if facts.body_hash and facts.body_hash.when == "always" and "oauth_body_hash" not in protocol:
        raise VerificationError(400, "parameter_absent", "oauth_body_hash is missing")
    nonce = protocol.get("oauth_nonce")
    if facts.nonce is None or nonce is None:
        return
    if len(nonce) < (facts.nonce.min_length or 0):
        raise refused(f"oauth_nonce is shorter than {facts.nonce.min_length} characters")
    if facts.nonce.max_length is not None and len(nonce) > facts.nonce.max_length:
        raise refused(f"oauth_nonce is longer than {facts.nonce.max_length} characters")


def refused(reason: str) -> VerificationError:
    """Return the error for a request that the provider refuses."""
    return VerificationError(400, "parameter_rejected", reason)
