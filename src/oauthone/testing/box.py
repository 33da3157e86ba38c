"""`ProviderBox`: a provider, its clients and its protected resources on one loopback address."""

import http.client
import secrets
from collections.abc import Callable
from itertools import count
from types import TracebackType
from typing import Literal, Self
from urllib.parse import urlencode, urlsplit

from oauthone.core.signing import system_clock
from oauthone.server import CallbackRule, IssuedToken, any_callback
from oauthone.testing._state import BoxState, ResourceOwnerDecision
from oauthone.testing.app import application
from oauthone.testing.faults import Faults
from oauthone.testing.identities import BoxClient, BoxToken, as_registered, box_clients
from oauthone.testing.serving import Server

_RESERVED_CHARACTERS = " /+=&%41~é"


class ProviderBox(BoxState):
    """A strict OAuth 1.0 provider on a loopback socket, for as long as the ``with`` block runs.

    It checks what a strict provider checks: signature, nonce, timestamp, the temporary token's secret, verifier and
    callback. Its protected resources answer with JSON that says what was verified; a refusal says the base string that
    the server built and the first difference.

    Args:
        tls: speak TLS; `ca_file` holds the certificate to trust.
        port: the port of the provider's address; 0 lets the system choose.
        decision: what the resource owner says to every client, ``"approve"`` or ``"deny"``; None shows a person a page.
        user: who the resource owner is.
        window: how many seconds a timestamp may lie in past or future.
        body_hash: ``"required"`` refuses a non-empty body that is not a form and has no ``oauth_body_hash``.
        callback_rule: which callbacks clients may have; by default every well-formed one.
        faults: what the provider does wrong; may be changed later.
        odd_values: end identifiers and secrets in reserved and non-ASCII characters, as the RFC allows: clients that
            encode carelessly then sign wrongly.
        clock: returns the seconds since 1970; by default ``time.time``.

    Attributes:
        client: the client for HMAC-SHA1.
        clients: the client for each signature method, by the method's name.
        requests: what was received, in order.
        provider: the provider's endpoints.
        verifier: what the protected resources verify with.
        store: clients, tokens and nonces.
        faults: what the provider does wrong now.
    """

    def __init__(
        self,
        *,
        tls: bool = False,
        port: int = 0,
        decision: ResourceOwnerDecision = "approve",
        user: str = "alice",
        window: int = 300,
        body_hash: Literal["optional", "required"] = "optional",
        callback_rule: CallbackRule = any_callback,
        faults: Faults | None = None,
        odd_values: bool = False,
        clock: Callable[[], float] = system_clock,
    ) -> None:
        self._suffix = _RESERVED_CHARACTERS if odd_values else ""
        self.clients: dict[str, BoxClient] = box_clients(self._suffix)
        self.client = self.clients["HMAC-SHA1"]
        super().__init__(
            map(as_registered, self.clients.values()),
            tls=tls,
            decision=decision,
            user=user,
            faults=faults or Faults(),
            window=window,
            body_hash=body_hash,
            callback_rule=callback_rule,
            clock=clock,
        )
        self._numbers = count(1)
        self._server = Server(application(self), ports=(port, 0), tls=tls)

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.stop()

    @property
    def origin(self) -> str:
        """Scheme and authority of the provider."""
        return self._origin(0)

    @property
    def other_origin(self) -> str:
        """Scheme and authority of another server, which must never see credentials meant for the first."""
        return self._origin(1)

    @property
    def ca_file(self) -> str | None:
        """The file with the certificate to trust; None without TLS."""
        return self._server.ca_file

    @property
    def request_token_url(self) -> str:
        """The temporary credential request endpoint."""
        return f"{self.origin}/oauth/request_token"

    @property
    def authorize_url(self) -> str:
        """The resource owner authorization endpoint."""
        return f"{self.origin}/oauth/authorize"

    @property
    def access_token_url(self) -> str:
        """The token request endpoint."""
        return f"{self.origin}/oauth/access_token"

    @property
    def echo_url(self) -> str:
        """A protected resource that answers with what it verified. So does every path that has no other meaning."""
        return f"{self.origin}/echo"

    @property
    def two_legged_url(self) -> str:
        """A protected resource that takes requests without a token too."""
        return f"{self.origin}/two-legged"

    @property
    def open_url(self) -> str:
        """A resource for everyone, on the provider's origin."""
        return f"{self.origin}/open"

    @property
    def other_url(self) -> str:
        """A resource for everyone, on the other origin."""
        return f"{self.other_origin}/open"

    @property
    def landing_url(self) -> str:
        """A page on the other origin to send the resource owner back to, for applications without pages."""
        return f"{self.other_origin}/landing"

    def redirect_url(self, to: str, status: int = 302) -> str:
        """A protected resource that sends its visitors on.

        Args:
            to: the value of the ``Location`` header.
            status: the status code.
        """
        return f"{self.origin}/redirect?{urlencode({'status': status, 'to': to})}"

    def flaky_url(self, key: str, failures: int = 1, status: int = 503) -> str:
        """A protected resource that is unavailable at first.

        Args:
            key: what tells one count of attempts from another.
            failures: how many attempts fail.
            status: the status code of the failing ones.
        """
        return f"{self.origin}/flaky?{urlencode({'key': key, 'failures': failures, 'status': status})}"

    def slow_url(self, seconds: float) -> str:
        """A protected resource that answers after ``seconds``."""
        return f"{self.origin}/slow?{urlencode({'seconds': seconds})}"

    def issue_token(self, client: BoxClient | None = None, user: str | None = None) -> BoxToken:
        """Token credentials without a dance.

        Args:
            client: whose; by default `client`.
            user: whose resources they open; by default `user`.
        """
        number = next(self._numbers)
        token = BoxToken(f"token-{number}{self._suffix}", f"secret-{secrets.token_urlsafe(18)}{self._suffix}")
        self.store.save_token(
            IssuedToken(token.token, token.token_secret, (client or self.client).client_id, user or self.user)
        )
        return token

    def visit(self, url: str) -> str:
        """Open an authorization URL as the resource owner's browser would.

        Args:
            url: what ``create_authorization_url`` returned.

        Returns:
            The address that the browser is sent back to, or the code that it is shown, or ``""`` where it shows none.

        Raises:
            ValueError: the provider shows an error page.
        """
        parts = urlsplit(url)
        secure = parts.scheme == "https"
        connection = (
            http.client.HTTPSConnection(parts.netloc, context=self._server.client_context())
            if secure
            else http.client.HTTPConnection(parts.netloc)
        )
        try:
            connection.request("GET", f"{parts.path}?{parts.query}")
            response = connection.getresponse()
            page = response.read().decode("utf-8")
        finally:
            connection.close()
        if response.status >= 400:
            raise ValueError(f"the authorization page answers {response.status}: {page}")
        return response.getheader("Location") or page.partition("<output>")[2].partition("</output>")[0]

    def _origin(self, index: int) -> str:
        return f"{'https' if self.uses_tls else 'http'}://127.0.0.1:{self._server.ports[index]}"
