"""The two credential endpoints of a box: those of its provider, with the faults of the box."""

import asyncio
from collections.abc import Callable

from oauthone.core.incoming_request import IncomingRequest
from oauthone.errors import OAuth1Error, VerificationError, missing_library
from oauthone.server import EndpointResponse
from oauthone.testing._state import BoxState
from oauthone.testing.received import Received

try:
    from starlette.requests import Request
    from starlette.responses import Response

    from oauthone.server.starlette import as_response
except ModuleNotFoundError as missing:
    raise missing_library("starlette", "testing") from missing


async def temporary_credentials(state: BoxState, request: Request, got: Received) -> Response:
    """The temporary credential request endpoint."""
    return await _respond(state, got, state.faults.overlook(got.request), state.provider.temporary_credentials)


async def token_credentials(state: BoxState, request: Request, got: Received) -> Response:
    """The token request endpoint."""
    return await _respond(state, got, got.request, state.provider.token_credentials)


async def _respond(
    state: BoxState, got: Received, request: IncomingRequest, endpoint: Callable[..., EndpointResponse]
) -> Response:
    refusals: list[OAuth1Error] = []
    state.on_refusal = refusals.append
    response = endpoint(request)
    refused = next((one for one in refusals if isinstance(one, VerificationError)), None)
    if refused is not None:
        got = got._replace(refusal=state.provider.explain(refused, request))
    state.record(got)
    if state.faults.delay:
        await asyncio.sleep(state.faults.delay)
    return as_response(state.faults.apply(response))
