"""A box that is like a library's provider, at the provider's own addresses."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from unittest import mock
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from oauthone.providers import Provider
from oauthone.testing import Received, protected
from oauthone.testing._like_endpoints import like_provider
from oauthone.testing.serving import Server

from ..libraries import CALLBACK, PLAIN_CALLBACK
from ..provider import LibraryProvider, Reads, answer
from ..recording import NO_ROUTE, OPEN, VERIFIED
from ..routes import Route

_CONNECT = socket.socket.connect
_HOSTS = ("temporary_credentials", "authorization", "token_credentials", "renew", "revoke", "check", "identity")


class LikeProvider(LibraryProvider):
    """The provider of one library.

    Args:
        like: the provider.
        routes: what it answers to verified requests for data.
        reads: see `LibraryProvider`.
    """

    def __init__(self, like: Provider, routes: Sequence[Route], reads: Reads | None = None) -> None:
        self._hosts = _hosts_of(like, routes)
        super().__init__(
            routes, reads, tls=like.api_base[0].startswith("https:"), like=like, callbacks=[CALLBACK, PLAIN_CALLBACK]
        )
        assert self.legs is not None
        self.legs.likeness.facts = like
        page = urlsplit(like.authorization.url) if like.authorization else None
        self.authorization_action = f"{page.path}?{page.query}" if page else ""

    def _make_server(self, port: int) -> Server:
        return Server(self._application(), ports=(port,), tls=self.uses_tls, names=self._hosts)

    @contextmanager
    def reachable(self) -> Iterator[None]:
        """See `LibraryProvider.reachable`; libraries that do not use urllib3 are led here, too."""
        port = self._server.ports[0]

        def getaddrinfo(*arguments: Any, **options: Any) -> Any:
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

        def connect(self: socket.socket, address: Any) -> None:
            _CONNECT(self, ("127.0.0.1", port))

        found, led = (
            mock.patch.object(socket, "getaddrinfo", getaddrinfo),
            mock.patch.object(socket.socket, "connect", connect),
        )
        with found, led, super().reachable():
            yield

    async def _respond(self, route: Route | None, request: Request, got: Received) -> tuple[Response, str]:
        assert self.legs is not None
        likeness, before = self.legs.likeness, len(self.requests)
        named = bool(likeness.names_at(got.request)) or likeness.is_authorization(got.request)
        if not named and (route is None or not likeness.is_api(got.request)):
            return Response("no such address", 404), NO_ROUTE
        response = await like_provider(protected.echo)(self, request, got)
        recorded = self.requests[before]
        if recorded.refusal is not None:
            return response, f"refused: {recorded.refused}; {recorded.difference}"
        is_leg = named and likeness.names_at(got.request) != ["identity"]
        if route is not None and not is_leg:
            response = answer(route, got)
        return response, OPEN if likeness.is_authorization(got.request) else VERIFIED


def _hosts_of(like: Provider, routes: Sequence[Route]) -> list[str]:
    urls = [getattr(like, name).url for name in _HOSTS if getattr(like, name) is not None and getattr(like, name).url]
    hosts = {urlsplit(url).hostname or "" for url in (*urls, *like.api_base)}
    return sorted({*hosts, *(route.host for route in routes)})
