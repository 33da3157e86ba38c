"""The ASGI application of a box: its routes."""

from collections.abc import Awaitable, Callable

from oauthone.errors import missing_library
from oauthone.testing import consent, endpoints, home, protected
from oauthone.testing._like_endpoints import like_provider
from oauthone.testing._state import BoxState
from oauthone.testing.received import Received, received

try:
    from starlette.applications import Starlette
    from starlette.exceptions import HTTPException
    from starlette.requests import Request
    from starlette.responses import PlainTextResponse, Response
    from starlette.routing import Route
except ModuleNotFoundError as missing:
    raise missing_library("starlette", "testing") from missing

_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]


def application(state: BoxState) -> Starlette:
    """Return the application that a box serves on both of its origins."""

    def route(path: str, endpoint: Callable[[BoxState, Request, Received], Awaitable[Response]]) -> Route:
        endpoint = like_provider(endpoint)

        async def handle(request: Request) -> Response:
            got = await received(request)
            page = home.page_for(state, got)
            if page is not None:
                return page
            response = await _responded(endpoint(state, request, got))
            state.complete(got.request, response.status_code, response.headers.items(), bytes(response.body))
            return response

        return Route(path, handle, methods=_METHODS)

    return Starlette(
        routes=[
            route("/oauth/request_token", endpoints.temporary_credentials),
            route("/oauth/authorize", consent.authorize),
            route("/oauth/access_token", endpoints.token_credentials),
            route("/landing", consent.landing),
            route("/two-legged{rest:path}", protected.two_legged),
            route("/redirect", protected.redirect),
            route("/flaky", protected.flaky),
            route("/slow", protected.slow),
            route("/open{rest:path}", protected.open_to_all),
            route("/{rest:path}", protected.echo),
        ]
    )


async def _responded(response: Awaitable[Response]) -> Response:
    """Return the response of an endpoint, also if it raises it."""
    try:
        return await response
    except HTTPException as refused:
        return PlainTextResponse(refused.detail, refused.status_code)
