"""The endpoints of a provider that a box is like: each request is read, checked and answered as its facts say."""

import asyncio
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from oauthone.core.body import FORM
from oauthone.core.parsed_request import parse_request
from oauthone.core.verification_types import Verified
from oauthone.errors import VerificationError, missing_library
from oauthone.providers._model import Endpoint, Identity
from oauthone.server import EndpointResponse
from oauthone.testing import _like_answers as answers
from oauthone.testing import consent, endpoints, protected
from oauthone.testing._like_legs import Legs
from oauthone.testing._like_pages import authorize
from oauthone.testing._like_reading import as_read, chosen
from oauthone.testing._like_rules import check_form, check_method, check_monotonic, check_parameters
from oauthone.testing._likeness import leads_to
from oauthone.testing._state import BoxState
from oauthone.testing.faults import Faults
from oauthone.testing.received import Received

try:
    from starlette.requests import Request
    from starlette.responses import Response

    from oauthone.server.starlette import as_response
except ModuleNotFoundError as missing:
    raise missing_library("starlette", "testing") from missing

_Handler = Callable[[BoxState, Request, Received], Awaitable[Response]]

#: What a box serves at these addresses has another meaning if it is like a provider.
_REPLACED = (endpoints.temporary_credentials, endpoints.token_credentials, consent.authorize, protected.echo)


def like_provider(handler: _Handler) -> _Handler:
    """Return a handler that answers as the provider that the box is like, and as ``handler`` where that has nothing."""

    async def handle(state: BoxState, request: Request, got: Received) -> Response:
        legs = state.legs
        if legs is None:
            return await handler(state, request, got)
        if legs.likeness.is_authorization(got.request):
            return await authorize(state, legs, request, got)
        if name := _endpoint_at(legs, got):
            return await _respond(state, legs, name, request, got)
        if handler in _REPLACED and legs.likeness.is_api(got.request):
            return await _respond(state, legs, "api", request, got)
        return await handler(state, request, got)

    return handle


def _endpoint_at(legs: Legs, got: Received) -> str | None:
    """Return the name of the endpoint. Where two share an address, the one for tokens is for requests with a token."""
    names = legs.likeness.names_at(got.request)
    if "token_credentials" in names and "temporary_credentials" in names:
        names = names if _has_token(legs, got) else names[1:]
    return names[0] if names else None


def _has_token(legs: Legs, got: Received) -> bool:
    try:
        return bool(parse_request(got.request, legs.verifier.policy).protocol.get("oauth_token"))
    except VerificationError:
        return False


async def _respond(state: BoxState, legs: Legs, name: str, request: Request, got: Received) -> Response:
    facts = legs.likeness.facts
    try:
        if name == "discovery":
            return _open(state, got, _discovered(legs))
        verified = _verified(state, legs, name, got)
        got = got._replace(verified=verified)
        if name == "api" and not _is_own_address(facts.identity, got, verified):
            return await protected.open_to_all(state, request, got)
        response = _granted(state, legs, name, got, verified)
    except VerificationError as error:
        refusal = state.two_legged_verifier.explain(error, got.request)
        state.record(got._replace(refusal=refusal, verified=None))
        place = "api" if name in ("api", "identity") else "credentials"
        return as_response(answers.rejection(facts, error, place))
    state.record(got)
    if state.faults.delay:
        await asyncio.sleep(state.faults.delay)
    return as_response(_with_faults(state.faults, response))


def _with_faults(faults: Faults, response: EndpointResponse) -> EndpointResponse:
    """Return a response with the faults of the box; all but a problem are those of a form."""
    is_form = response.headers[0][1] == FORM
    return faults.apply(response) if faults.problem is not None or (is_form and faults != Faults()) else response


def _open(state: BoxState, got: Received, response: EndpointResponse) -> Response:
    state.record(got)
    return as_response(response)


def _discovered(legs: Legs) -> EndpointResponse:
    facts = legs.likeness.facts
    assert facts.discovery is not None  # otherwise nothing leads here
    return answers.named({path: getattr(facts, name).url for name, path in facts.discovery.members.items()})


def _verified(state: BoxState, legs: Legs, name: str, got: Received) -> Verified:
    """Check and verify a request for an endpoint, or for data.

    Raises:
        VerificationError: the provider refuses it.
    """
    facts = legs.likeness.facts
    is_leg = name not in ("api", "identity")
    verifier = state.two_legged_verifier if "consumer-only" in facts.flows else state.verifier
    if is_leg:
        verifier = legs.verifier
    request = as_read(facts, got.request)
    parsed = parse_request(request, verifier.policy)
    what: Endpoint | Identity | None = None if name == "api" else getattr(facts, name)
    check_form(facts, what if isinstance(what, Endpoint) else None, got, parsed)
    if isinstance(what, Identity):
        check_method(what.method, got)
    verified = verifier.verify(request)
    if facts.monotonic_timestamps:
        check_monotonic(legs.likeness.newest, parsed.protocol)
    if isinstance(what, Endpoint):
        check_parameters(what.parameters, chosen(got))
    legs.note_use(verified, renews=name == "renew")
    return verified


def _granted(state: BoxState, legs: Legs, name: str, got: Received, verified: Verified) -> EndpointResponse:
    """Return the answer of an endpoint to a verified request."""
    facts, accept = legs.likeness.facts, got.header("accept")
    if name in ("identity", "api"):
        return _identified(state, legs, got, verified)
    endpoint: Endpoint = getattr(facts, name)
    if name == "temporary_credentials":
        return answers.credentials(endpoint, accept, legs.temporary_credentials(verified, state.user))
    if name == "token_credentials":
        fields = legs.token_credentials(verified, dict(chosen(got)), state.user)
        return answers.credentials(endpoint, accept, fields)
    if name == "exchange":
        return answers.credentials(endpoint, accept, legs.bearer_token())
    if name == "revoke":
        state.store.revoke_token(verified.token or "")
    return answers.answer({"renew": "renewed", "revoke": "revoked", "check": "valid"}[name])


def _identified(state: BoxState, legs: Legs, got: Received, verified: Verified) -> EndpointResponse:
    facts = legs.likeness.facts
    assert facts.identity is not None  # otherwise nothing leads here
    if facts.identity.redirects and not _is_own_address(facts.identity, got, verified):
        return answers.answer("", "text", 303, ("Location", _own_address(facts.identity, verified)))
    parts = urlsplit(got.url)
    return answers.identity(facts.identity, verified, f"{parts.scheme}://{parts.netloc}", state.clock())


def _own_address(identity: Identity, verified: Verified) -> str:
    """Return the address of a user's own account, to which some providers redirect."""
    return f"{(identity.url or '').rpartition('/')[0]}/{answers.account(verified.user or '')['id']}"


def _is_own_address(identity: Identity | None, got: Received, verified: Verified) -> bool:
    if identity is None or not identity.redirects:
        return False
    return leads_to(_own_address(identity, verified), got.request)
