"""A resource server of oauthlib on loopback, which takes requests in one way only."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

from oauthlib.oauth1 import RequestValidator, ResourceEndpoint

CLIENT = {"client_id": "client1234567890abcdefg", "client_secret": "secret1234567890abcdefg"}
TOKEN = {"token": "token1234567890abcdefg", "token_secret": "toksec1234567890abcdefg"}


class Validator(RequestValidator):
    """Knows one client and one token.

    Args:
        methods: the signature methods that it accepts.
        realm: the realm that a request has to have; None for any.
    """

    enforce_ssl = False
    dummy_client = dummy_access_token = "dummy1234567890abcdefg"
    nonce_length = (4, 99)

    def __init__(self, methods: Iterable[str], realm: str | None) -> None:
        super().__init__()
        self._methods, self._realm = tuple(methods), realm

    @property
    def allowed_signature_methods(self) -> tuple[str, ...]:
        return self._methods

    def validate_client_key(self, client_key: str, request: Any) -> bool:
        return client_key == CLIENT["client_id"]

    def validate_access_token(self, client_key: str, token: str, request: Any) -> bool:
        return token == TOKEN["token"]

    def validate_timestamp_and_nonce(self, *_: Any, **__: Any) -> bool:
        return True

    def validate_realms(self, client_key: str, token: str, request: Any, uri: Any = None, realms: Any = None) -> bool:
        return self._realm is None or request.realm == self._realm

    def get_client_secret(self, client_key: str, request: Any) -> str:
        return CLIENT["client_secret"]

    def get_access_token_secret(self, client_key: str, token: str, request: Any) -> str:
        return TOKEN["token_secret"]


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_: Any) -> None: ...


@contextmanager
def serving(
    methods: Iterable[str] = ("HMAC-SHA1",), realm: str | None = None, answer: str = "401 No", where: str | None = None
) -> Iterator[tuple[str, list[str]]]:
    """Serve, and return the address and the list of what was received.

    Args:
        methods: the signature methods that are accepted.
        realm: the realm that a request has to have; the answer names it.
        answer: the status of a refusal.
        where: ``"query"`` or ``"header"``: where the parameters have to be; None for either.
    """
    endpoint = ResourceEndpoint(Validator(methods, realm))
    seen: list[str] = []

    def application(environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
        authorization, query = environ.get("HTTP_AUTHORIZATION", ""), environ["QUERY_STRING"]
        seen.append(f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']} {authorization or query}")
        url = f"http://{environ['HTTP_HOST']}{environ['PATH_INFO']}{'?' if query else ''}{query}"
        headers = {"Authorization": authorization} if authorization else {}
        valid = False
        if where != ("query" if authorization else "header"):
            try:
                valid, _ = endpoint.validate_protected_resource_request(url, "GET", None, headers, [realm or ""])
            except ValueError:  # oauthlib has no realm in a query
                valid = False
        challenge = f'OAuth realm="{realm}"' if realm else "OAuth"
        start("200 OK" if valid else answer, [("WWW-Authenticate", challenge), ("Location", "/elsewhere")])
        return [b"taken" if valid else b"refused"]

    with make_server("127.0.0.1", 0, application, handler_class=_Quiet) as server:
        thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/profile", seen
        server.shutdown()
        thread.join()
