"""A box that stands for a library's provider: it has the provider's hosts and paths, and records what it is sent."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import urllib3
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route as Path

from oauthone.core.incoming_request import IncomingRequest
from oauthone.errors import VerificationError
from oauthone.server import IssuedToken
from oauthone.testing import ProviderBox, Received, consent, endpoints
from oauthone.testing.received import received
from oauthone.testing.serving import Server

from .leniency import FORM
from .recording import NO_ROUTE, OPEN, VERIFIED, Recorded
from .routes import Kind, Route, content_type, issued_secret, issued_token
from .wire import led_to

#: How a provider reads a request before it verifies it.
Reads = Callable[[IncomingRequest], IncomingRequest]

_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]


class LibraryProvider(ProviderBox):
    """The provider of one library.

    Args:
        routes: what it answers. The first that fits a request counts.
        reads: how it reads a request before it verifies it, if it is less strict than a box.
        tls: whether it serves TLS.
        options: further options of the box.

    Attributes:
        recorded: the requests that it received, with the verdict on each.
        secrets: what it issued at random, and a name for it that is the same in every run.
        token_secrets: the secret of each token.
    """

    def __init__(
        self, routes: Sequence[Route], reads: Reads | None = None, *, tls: bool = True, **options: Any
    ) -> None:
        self._routes = routes
        self._reads = reads
        self.recorded: list[Recorded] = []
        self.secrets: dict[str, str] = {}
        self.token_secrets: dict[str, str] = {}
        super().__init__(tls=tls, **options)
        for method, client in self.clients.items():
            self._name(f"secret of {method}", client.client_secret)
            for number in (1, 2):
                self.add_token(*self.token(number, method), method)

    def _make_server(self, port: int) -> Server:
        return Server(
            self._application(), ports=(port,), tls=True, names=sorted({route.host for route in self._routes})
        )

    def _application(self) -> Starlette:
        return Starlette(routes=[Path("/{rest:path}", self._handle, methods=_METHODS)])

    @contextmanager
    def reachable(self) -> Iterator[None]:
        """Lead every connection of this process here, and let requests trust the certificate."""
        if self.ca_file is not None:
            os.environ["REQUESTS_CA_BUNDLE"] = os.environ["HTTPLIB2_CA_CERTS"] = self.ca_file
        with self, led_to({443 if self.uses_tls else 80: self._server.ports[0]}):
            yield

    def token(self, number: int = 1, method: str = "HMAC-SHA1") -> tuple[str, str]:
        """Return a token of the client for ``method``, and its secret; both are the same in every run."""
        return issued_token(number, method), issued_secret(number)

    def add_token(self, token: str, secret: str, method: str) -> None:
        """Accept a token for the client for ``method``."""
        self.token_secrets[token] = secret
        self.store.save_token(IssuedToken(token, secret, self.clients[method].client_id, self.user))

    def code(self, url: str) -> str:
        """Open an authorization URL; return the verification code with which the browser comes back."""
        return dict(parse_qsl(urlsplit(self.visit(url)).query))["oauth_verifier"]

    def visit(self, url: str) -> str:
        """Open an authorization URL; return where the browser is sent, or the code that the page shows."""
        browser = urllib3.PoolManager(ca_certs=self.ca_file)
        response = browser.request("GET", url, redirect=False)
        page = response.data.decode()
        if response.status >= 400:
            raise ValueError(f"the authorization page answered {response.status}: {page}")
        code = page.partition("<output>")[2].partition("</output>")[0]
        callback = response.headers.get("Location", "")
        self._name("verifier", code or dict(parse_qsl(urlsplit(callback).query)).get("oauth_verifier", ""))
        return callback or code

    async def _handle(self, request: Request) -> Response:
        arrived = await received(request)
        got = arrived if self._reads is None else arrived._replace(request=self._reads(arrived.request))
        route = next((one for one in self._routes if one.leads(arrived)), None)
        response, verdict = await self._respond(route, request, got)
        self.recorded.append(Recorded.of(arrived, got.request, verdict))
        return response

    async def _respond(self, route: Route | None, request: Request, got: Received) -> tuple[Response, str]:
        if route is None:
            return Response("no such route", 404), NO_ROUTE
        if route.kind is Kind.AUTHORIZE:
            return await consent.authorize(self, request, got), OPEN
        if route.kind is Kind.OPEN:
            return answer(route, got), OPEN
        return self._resource(route, got) if route.kind is Kind.RESOURCE else await self._leg(route, request, got)

    def _resource(self, route: Route, got: Received) -> tuple[Response, str]:
        verifier = self.two_legged_verifier
        try:
            verifier.verify(got.request)
        except VerificationError as refused:
            problem = {"errors": [{"code": 32, "message": refused.problem}], "oauth_problem": refused.problem}
            return JSONResponse(
                problem, 401
            ), f"refused: {refused}; {verifier.explain(refused, got.request).difference}"
        return answer(route, got), VERIFIED

    async def _leg(self, route: Route, request: Request, got: Received) -> tuple[Response, str]:
        endpoint = endpoints.temporary_credentials if route.kind is Kind.TEMPORARY else endpoints.token_credentials
        response = await endpoint(self, request, got)
        refused = self.requests[-1].refused
        if response.status_code != 200:
            return response, f"refused: {refused}; {self.requests[-1].difference}"
        form = bytes(response.body).decode()
        fields = dict(parse_qsl(form))
        self.token_secrets[fields["oauth_token"]] = fields["oauth_token_secret"]
        for name in ("oauth_token", "oauth_token_secret"):
            self._name(f"{route.kind.name.lower()} {name}", fields[name])
        body = form + (f"&{route.answer}" if route.answer else "")
        return Response(body, 200, media_type=FORM), VERIFIED

    def _name(self, name: str, value: str) -> None:
        if value:
            number = 1 + sum(known.startswith(f"{name} ") for known in self.secrets.values())
            self.secrets.setdefault(value, f"{name} {number}")


def answer(route: Route, got: Received) -> Response:
    """Return the answer of a route."""
    given: Any = route.answer(got) if callable(route.answer) else route.answer
    status, body = given if isinstance(given, tuple) else (200, given)
    return Response(body, status, media_type=content_type(body))
