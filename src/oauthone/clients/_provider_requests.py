"""The requests about a token that a provider offers beyond the three legs, as generators.

Only clients that name a provider load this module.
"""

import re
import time
from collections.abc import Callable, Generator, Mapping
from typing import Any, NamedTuple, TypeAlias
from urllib.parse import urljoin

from oauthone.clients._flow_options import Target
from oauthone.clients._flow_state import FlowState
from oauthone.clients._provider_flow import ProviderFlow
from oauthone.core.encoding import percent_decode_text
from oauthone.core.flow import Leg, Reply
from oauthone.core.response_fields import SECRET, TOKEN, read_body
from oauthone.core.token_response import read_answer
from oauthone.core.urls import require_confidential
from oauthone.errors import ConfigurationError, FlowError
from oauthone.providers import Provider
from oauthone.providers._account import (
    account_in_data,
    account_in_json,
    account_in_token,
    account_in_xml,
    at_path,
    parse_json,
)
from oauthone.providers._identity_token import read_identity_token
from oauthone.providers._model import Identity

_MAX_REDIRECTS = 5
_NONCE = re.compile(r'oauth_nonce="([^"]*)"')


_Effects: TypeAlias = Generator[Leg, Reply, Any]


class Request(NamedTuple):
    """A request about a token: what it yields, and where it goes."""

    effects: _Effects
    target: Target


def flow_for(state: FlowState, method: str) -> ProviderFlow:
    """Return the flow of a client with a provider.

    Raises:
        ConfigurationError: the client has none. The message names ``method``.
    """
    if state.of_provider is None:
        raise ConfigurationError(f"{method}() needs the facts about the provider: build the client with provider=…")
    return state.of_provider


def renewal(state: FlowState, given: Mapping[str, Any]) -> Request:
    """Return the request that renews the token; its result is the token."""
    return _about_token(state, "renew", "renew_token", given, _renewed)


def revocation(state: FlowState, given: Mapping[str, Any]) -> Request:
    """Return the request that revokes the token; its result is what the provider said."""
    return _about_token(state, "revoke", "revoke_token", given, _said)


def check(state: FlowState, given: Mapping[str, Any]) -> Request:
    """Return the request that asks whether the token is valid; its result is what the provider said."""
    return _about_token(state, "check", "check_token", given, _said)


def exchange(state: FlowState, given: Mapping[str, Any]) -> Request:
    """Return the request for a bearer token; its result is a dict with the members of the answer."""
    target = flow_for(state, "exchange_token").target("exchange", None, None, given)
    return Request(_exchange(state, Leg(target.method, target.url)), target)


def identity(state: FlowState, given: Mapping[str, Any]) -> Request:
    """Return the request for the account of the token; its result is an `Account`.

    Raises:
        ConfigurationError: the client has no provider, or nothing is known of an account there.
        FlowError: the client holds no token.
    """
    provider = flow_for(state, "fetch_identity").provider
    facts = provider.identity
    if facts is None:
        raise ConfigurationError(f"nothing is known about how {provider.id!r} names the account of a token")
    leg = Leg(facts.method[0], facts.url or "", *_held(state, "fetch_identity"))
    return Request(_identity(state, provider, facts, leg), Target(leg.url, leg.method, None, dict(given)))


def discovery(state: FlowState, given: Mapping[str, Any]) -> Request:
    """Return the unsigned request for the addresses of the endpoints; its result is the `Provider` with them.

    Raises:
        ConfigurationError: the client has no provider, or that publishes no addresses.
    """
    flow = flow_for(state, "discover_endpoints")
    facts = flow.provider.discovery
    if facts is None:
        raise ConfigurationError(f"{flow.provider.id!r} publishes no addresses: those in its facts are used")
    target = Target(facts.url, facts.method, None, dict(given), is_signed=False)
    return Request(_discovery(state, flow, facts.members, Leg(target.method, target.url)), target)


def _held(state: FlowState, method: str) -> tuple[str, str]:
    token = state.token
    if token is None:
        raise FlowError("missing_token", f"{method}() needs a token: call fetch_access_token() first, or pass token=…")
    return str(token["oauth_token"]), str(token.get("oauth_token_secret") or "")


def _about_token(
    state: FlowState, name: str, method: str, given: Mapping[str, Any], effects: Callable[[FlowState, Leg], _Effects]
) -> Request:
    """Return the request to an endpoint for tokens.

    Raises:
        ConfigurationError: the client has no provider, or that has no such endpoint.
        FlowError: the client holds no token.
    """
    target = flow_for(state, method).target(name, None, None, given)
    return Request(effects(state, Leg(target.method, target.url, *_held(state, method))), target)


def _require_confidential(state: FlowState, leg: Leg) -> None:
    """Raise `InsecureTransportError` if a token would come back over plain http."""
    allowed = state.settings.allow_insecure_transport
    require_confidential(leg.url, "token credentials", allow_insecure_transport=allowed)


def _said(state: FlowState, leg: Leg) -> _Effects:
    reply = yield leg
    return read_answer(reply.status, reply.headers, reply.body, state.secrets())


def _renewed(state: FlowState, leg: Leg) -> _Effects:
    """Some providers answer with another token, others with a sentence: then the token stays the same."""
    _require_confidential(state, leg)
    reply = yield leg
    read_answer(reply.status, reply.headers, reply.body, state.secrets())
    fields = dict(read_body(reply.body)[1])
    return fields if fields.get(TOKEN) and fields.get(SECRET) is not None else state.token


def _exchange(state: FlowState, leg: Leg) -> _Effects:
    _require_confidential(state, leg)
    reply = yield leg
    read_answer(reply.status, reply.headers, reply.body, state.secrets())
    fields = dict(read_body(reply.body)[1])
    if not isinstance(fields.get("access_token"), str):
        raise FlowError("missing_token", f"the provider answered {reply.status}, but without an access_token")
    return fields


def _identity(state: FlowState, provider: Provider, facts: Identity, leg: Leg) -> _Effects:
    account = account_in_token(facts, state.token or {})
    if account is not None:
        return account
    if not leg.url:
        names = " and ".join(facts.token_fields.values())
        raise FlowError("missing_identity", f"the token has no {names}: pass the whole dict that the exchange returned")
    reply = yield leg
    for _ in range(_MAX_REDIRECTS if facts.redirects else 0):
        location = {name.lower(): value for name, value in reply.headers}.get("location")
        if not 300 <= reply.status < 400 or location is None:
            break
        leg = leg._replace(url=_inside(provider, urljoin(leg.url, location)))
        reply = yield leg
    text = read_answer(reply.status, reply.headers, reply.body, state.secrets())
    if facts.format == "jwt":
        claims = read_identity_token(
            text,
            key=state.auth.signer.secrets[0],  # not a variable of this frame, which a traceback may show
            audience=state.auth.client_id,
            nonce=_nonce(reply),
            asked=leg.url,
            now=time.time(),
        )
        return account_in_data(facts, claims)
    return account_in_xml(facts, text) if facts.format == "xml" else account_in_json(facts, text)


def _discovery(state: FlowState, flow: ProviderFlow, members: Mapping[str, str], leg: Leg) -> _Effects:
    reply = yield leg
    data = parse_json(read_answer(reply.status, reply.headers, reply.body, state.secrets()))
    provider = flow.provider
    found = dict[str, Any]()
    for name, path in members.items():
        address = at_path(data, path)
        if not isinstance(address, str):
            raise FlowError("missing_endpoint", f"the document at {leg.url} has no {path}")
        found[name] = getattr(provider, name)._replace(url=_inside(provider, address))
    provider = provider._replace(**found)
    state.of_provider = flow.with_provider(provider)
    return provider


def _inside(provider: Provider, url: str) -> str:
    """Return an address that a response named, if it is one of the provider's."""
    if not provider.allows(url):
        raise FlowError("foreign_address", f"the provider named an address that is not one of its own: {url[:200]!r}")
    return url


def _nonce(reply: Reply) -> str | None:
    """Return the nonce of the request that was answered, which the signature has in its header."""
    headers = reply.sent[2] if reply.sent is not None else ()
    for name, value in headers:
        found = _NONCE.search(value if isinstance(value, str) else str(value, "latin-1"))
        if name.lower() == "authorization" and found:
            return percent_decode_text(found[1])
    return None
