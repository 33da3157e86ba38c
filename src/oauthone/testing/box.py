"""`ProviderBox`: a provider, its clients and its protected resources on one loopback address."""

import secrets
from collections.abc import Callable, Iterable
from itertools import count
from types import TracebackType
from typing import Any, Literal, Self

from oauthone.core.signing import system_clock
from oauthone.errors import ConfigurationError
from oauthone.providers import Provider
from oauthone.server import CallbackRule, IssuedToken, any_callback
from oauthone.testing._likeness import Likeness
from oauthone.testing._state import BoxState, ResourceOwnerDecision
from oauthone.testing.app import application
from oauthone.testing.canned import answer_key, canned_answer
from oauthone.testing.faults import Faults
from oauthone.testing.identities import BoxClient, BoxToken, as_registered, box_clients
from oauthone.testing.resource_urls import ResourceUrls
from oauthone.testing.serving import Server

_RESERVED_CHARACTERS = " /+=&%41~é"


class ProviderBox(BoxState, ResourceUrls):
    """A strict OAuth 1.0 provider on a loopback socket; it runs until its ``with`` block ends.

    It verifies the signature, nonce, timestamp, verifier and callback, as a strict provider does. Its protected
    resources answer with JSON: the verified parameters, or on a refusal the base string that the server built and the
    first difference.

    Args:
        tls: whether to serve TLS; `ca_file` contains the certificate to trust.
        port: the port of the provider; 0 lets the system choose.
        decision: the decision of the resource owner, ``"approve"`` or ``"deny"``; None shows a page with two buttons.
        user: the name of the resource owner.
        window: the maximum difference between a timestamp and the clock, in seconds.
        body_hash: ``"required"`` rejects a non-empty body that is not a form and has no ``oauth_body_hash``.
        callback_rule: the callbacks that clients may use; by default every well-formed one.
        faults: the faults of the provider; you can replace them later.
        odd_values: whether identifiers and secrets end in reserved and non-ASCII characters, which the RFC allows.
            Clients that encode them wrongly then sign wrongly.
        clock: returns the seconds since 1970; by default ``time.time``.
        like: a provider of `oauthone.providers`, or its name. The box then requires what that provider requires, at its
            paths, and answers in its formats; see `like`. ``window`` counts only if the provider has none.
        callbacks: the callbacks that the clients have registered, for providers that require that.
        history: the number of received requests that it keeps; None keeps all.
        seed: what the secrets of the clients are derived from, so that they are the same again; None makes new ones.
        rsa_key: the private key of the clients for RSA as PEM; None makes one.

    Raises:
        ConfigurationError: ``history`` is less than 1.

    Attributes:
        client: the client for HMAC-SHA1.
        clients: the client for each signature method, by the method's name.
        requests: the received requests, in order.
        on_received: is called with each `Received` once the box responds to it, in the thread of the box; or None.
        provider: the `oauthone.server.Provider`.
        verifier: the `oauthone.server.Verifier` of the protected resources.
        store: the store with clients, tokens and nonces.
        faults: the current faults of the provider.
        decision: the current decision of the resource owner.
        user: the current name of the resource owner.
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
        like: Provider | str | None = None,
        callbacks: Iterable[str] = (),
        history: int | None = None,
        seed: bytes | None = None,
        rsa_key: str | None = None,
    ) -> None:
        if history is not None and history < 1:
            raise ConfigurationError(f"history={history!r}: pass at least 1, or None to keep all requests")
        self._suffix = _RESERVED_CHARACTERS if odd_values else ""
        self.clients: dict[str, BoxClient] = box_clients(self._suffix, seed, rsa_key)
        likeness = None if like is None else Likeness(like, callbacks)
        if likeness:
            self.clients, window = likeness.clients(self.clients), likeness.original.timestamp_window or window
        self.client = next(iter(self.clients.values()))
        super().__init__(
            map(likeness.registered if likeness else as_registered, self.clients.values()),
            tls=tls,
            decision=decision,
            user=user,
            faults=faults or Faults(),
            window=window,
            body_hash=body_hash,
            callback_rule=callback_rule,
            clock=clock,
            likeness=likeness,
            suffix=self._suffix,
            history=history,
        )
        self._numbers = count(1)
        self._server = self._make_server(port)
        if likeness:
            self.authorization_action = likeness.move(self.origin)

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
        """Scheme and authority of another server, which must never receive credentials for the first."""
        return self._origin(1)

    @property
    def ca_file(self) -> str | None:
        """The file with the certificate to trust; None without TLS."""
        return self._server.ca_file

    @property
    def like(self) -> Provider:
        """The provider that this box is like, at the origin of the box: pass it to a client as ``provider``.

        Raises:
            ConfigurationError: this box is like no provider.
        """
        if self.legs is None:
            raise ConfigurationError("this box is like no provider: pass ProviderBox(like=…)")
        return self.legs.likeness.facts

    @property
    def request_token_url(self) -> str:
        """The temporary credential request endpoint."""
        return self._endpoint("temporary_credentials", "/oauth/request_token")

    @property
    def authorize_url(self) -> str:
        """The resource owner authorization endpoint."""
        return self._endpoint("authorization", "/oauth/authorize")

    @property
    def access_token_url(self) -> str:
        """The token request endpoint."""
        return self._endpoint("token_credentials", "/oauth/access_token")

    def issue_token(self, client: BoxClient | None = None, user: str | None = None) -> BoxToken:
        """Issue token credentials without a flow.

        Args:
            client: the client that receives them; by default `client`.
            user: the resource owner; by default `user`.
        """
        number = next(self._numbers)
        token = BoxToken(f"token-{number}{self._suffix}", f"secret-{secrets.token_urlsafe(18)}{self._suffix}")
        self.store.save_token(
            IssuedToken(token.token, token.token_secret, (client or self.client).client_id, user or self.user)
        )
        return token

    def answer(
        self,
        path: str,
        status: int = 200,
        body: Any = "",
        *,
        method: str | None = None,
        content_type: str | None = None,
    ) -> None:
        """Set the response to verified requests for a path, instead of the description of the request.

        Args:
            path: the path as it is sent, without a query. Below ``/two-legged`` a request needs no token; below
                ``/open`` nothing is verified.
            status: the status code.
            body: text or octets; any other value becomes JSON.
            method: the request method; None stands for all.
            content_type: None stands for JSON, plain text or octets, whatever the body is.

        Raises:
            ValueError: the path, the method or the status cannot be answered.
        """
        self.canned[answer_key(path, method)] = canned_answer(status, body, content_type)

    def visit(self, url: str) -> str:
        """Open an authorization URL as the resource owner's browser would.

        Args:
            url: the return value of ``create_authorization_url``.

        Returns:
            The URL to which the provider redirects, or the code on its page, or ``""`` if the page shows no code.

        Raises:
            ValueError: the provider answers with an error page.
        """
        status, location, page = self._server.get(url)
        if status >= 400:
            raise ValueError(f"the authorization page answered {status}: {page}")
        return location or page.partition("<output>")[2].partition("</output>")[0]

    def _make_server(self, port: int) -> Server:
        return Server(application(self), ports=(port, 0), tls=self.uses_tls)

    def _endpoint(self, name: str, path: str) -> str:
        return self.origin + path if self.legs is None else str(getattr(self.like, name).url)

    def _origin(self, index: int) -> str:
        return f"{'https' if self.uses_tls else 'http'}://127.0.0.1:{self._server.ports[index]}"
