"""The box's two credential endpoints: the provider's, with the faults that the box was asked for."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from oauthone.core.request import IncomingRequest
from oauthone.errors import OAuth1Error, VerificationError, missing_library
from oauthone.server import EndpointResponse
from oauthone.testing.protected import as_response
from oauthone.testing.received import Received

try:
    from starlette.requests import Request
    from starlette.responses import Response
except ModuleNotFoundError as missing:
    raise missing_library("starlette", "testing") from missing

if TYPE_CHECKING:
    from oauthone.testing.box import ProviderBox


async def temporary_credentials(box: "ProviderBox", request: Request, got: Received) -> Response:
    """The temporary credential request endpoint."""
    return await _answered(box, got, box.faults.overlook(got.request), box.provider.temporary_credentials)


async def token_credentials(box: "ProviderBox", request: Request, got: Received) -> Response:
    """The token request endpoint."""
    return await _answered(box, got, got.request, box.provider.token_credentials)


async def _answered(
    box: "ProviderBox", got: Received, asked: IncomingRequest, endpoint: Callable[..., EndpointResponse]
) -> Response:
    refusals: list[OAuth1Error] = []
    box.on_refusal = refusals.append
    answer = endpoint(asked)
    refused = next((one for one in refusals if isinstance(one, VerificationError)), None)
    if refused is not None:
        got = got._replace(refusal=box.provider.explain(refused, asked))
    box.record(got)
    if box.faults.delay:
        await asyncio.sleep(box.faults.delay)
    return as_response(box.faults.spoil(answer))
