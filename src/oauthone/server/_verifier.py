"""`Verifier` and `AsyncVerifier`: one call for each incoming request, over a store of credentials and nonces."""

import time
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, Generic, TypeVar, overload

from oauthone.core.authorization_header import realm_prefix
from oauthone.core.drive import arun, run
from oauthone.core.incoming_request import IncomingHeaders, IncomingRequest
from oauthone.core.policy import BodyHashRule, TokenRule, VerificationPolicy
from oauthone.core.request_grammar import is_authority
from oauthone.core.signature import SIGNATURE_METHODS, SignatureMethod
from oauthone.core.verification import (
    check_nonce,
    check_request,
    check_signature,
    find_credentials,
    verified_request,
)
from oauthone.core.verification_types import FindCredentials, UseNonce, Verified
from oauthone.errors import ConfigurationError, VerificationError
from oauthone.server._dispatch import (
    async_store_function,
    make_async_handler,
    make_handler,
    require_sync_function,
    store_function,
)
from oauthone.server._refusals import Refusal, explain_refusal
from oauthone.server._settings_checks import (
    listed_methods,
    require_flag,
    require_number,
    require_one_of,
    require_string,
    require_strings,
    settings_checked,
)
from oauthone.server._store_protocols import AsyncVerifierStore, VerifierStore

Store = TypeVar("Store")


class VerifierBase(Generic[Store]):
    """The settings of a `Verifier` and an `AsyncVerifier`, and the functions that call their store."""

    _make_handler: Callable[[Any], Callable[[Any], Any]]
    _store_function: Callable[[Any, type], Callable[..., Any]]

    def __init__(
        self,
        store: Store,
        *,
        window: int = 300,
        token: TokenRule = "required",
        allow_insecure_transport: bool = False,
        public_url: str | None = None,
        hosts: Collection[str] | None = None,
        signature_methods: Iterable[str | SignatureMethod] | None = None,
        body_hash: BodyHashRule = "optional",
        realm: str | None = None,
        max_parameters: int = 1_000,
        max_header: int = 16 * 1024,
        max_form: int = 1024 * 1024,
        mounted_at: str | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        if public_url is not None and hosts is not None:
            raise ConfigurationError("public_url fixes the host: leave hosts out")
        for name, text in (("realm", realm), ("public_url", public_url), ("mounted_at", mounted_at)):
            require_string(name, text)
        with settings_checked():
            realm_prefix(realm)
        require_number("window", window, 0)
        require_one_of("token", token, "required", "optional", "none")
        require_one_of("body_hash", body_hash, "optional", "required")
        require_flag("allow_insecure_transport", allow_insecure_transport)
        for name, limit in (("max_parameters", max_parameters), ("max_header", max_header), ("max_form", max_form)):
            require_number(name, limit, 1)
        require_sync_function("clock", clock, "pass a plain one")
        self._connect(store)
        self.clock = clock
        self.policy = VerificationPolicy(
            window=window,
            token=token,
            body_hash=body_hash,
            allow_insecure_transport=allow_insecure_transport,
            signature_methods=_method_table(signature_methods),
            hosts=None if hosts is None else _host_names(hosts),
            max_parameters=max_parameters,
            max_header=max_header,
            max_form=max_form,
            realm=realm,
            mounted_at=mounted_at,
            public_url=None if public_url is None else _public_parts(public_url),
        )

    def _connect(self, store: Store) -> None:
        self._handler = self._make_handler(store)
        self._find_credentials = self._store_function(store, FindCredentials)
        self._use_nonce = self._store_function(store, UseNonce)


class Verifier(VerifierBase[VerifierStore]):
    """Verifies incoming requests (RFC 5849 section 3.2).

    Args:
        store: the credentials and the nonces.
        window: how many seconds a timestamp may lie in the past or the future.
        token: ``"required"`` for a resource owner's resources; ``"optional"`` accepts two-legged requests too;
            ``"none"`` rejects tokens.
        allow_insecure_transport: accept PLAINTEXT over http.
        public_url: scheme and authority under which clients see this server, such as ``"https://api.example"``: for
            servers behind a proxy. A path in it is put before each request's path. The Host header, if there is one,
            still has to be ``host[:port]``, but is otherwise ignored.
        hosts: the values of the Host header that are served, without default ports; None accepts any.
        signature_methods: the signature methods that are accepted, by name or as objects; None accepts the seven
            built-in ones. Leave out ``HMAC-SHA1`` and ``RSA-SHA1`` to forbid SHA-1 (section 4.11).
        body_hash: ``"required"`` rejects a non-empty body that is not a form and has no ``oauth_body_hash``.
        realm: the realm of the challenge in 401 responses.
        max_parameters: how many parameters a request may have.
        max_header: how many octets an Authorization, Content-Type or Host header may have, or a URL before its query.
        max_form: how many octets a query and a form may have together.
        mounted_at: where the application is mounted, if the server reads that from a header that your proxy sets:
            gunicorn's ``SCRIPT_NAME``, daphne's ``Daphne-Root-Path``. Requests with another value are rejected, as
            clients can send the header too.
        clock: returns the seconds since 1970.

    Raises:
        ConfigurationError: a setting has a value that it cannot have, such as an unknown signature method, a realm that
            a header cannot hold or an unusable ``public_url``; or ``public_url`` and ``hosts`` are both given.
        TypeError: ``store`` lacks a method, or its methods are coroutine functions.
    """

    _make_handler = staticmethod(make_handler)
    _store_function = staticmethod(store_function)

    @overload
    def verify(self, request: IncomingRequest, /) -> Verified: ...
    @overload
    def verify(self, method: str, url: str, headers: IncomingHeaders, body: bytes = b"") -> Verified: ...
    def verify(
        self, method: str | IncomingRequest, url: str = "", headers: IncomingHeaders = (), body: bytes = b""
    ) -> Verified:
        """Verify one request as it arrived: an `IncomingRequest`, or its method, URL, headers and body.

        Args:
            method: the request method; or the request, and nothing else.
            url: the absolute URL, its path and query octet for octet as they arrived. It is split once, strictly.
            headers: all headers, as a mapping or as pairs.
            body: the body's octets.

        Raises:
            VerificationError: the request is rejected; answer with its ``status``.
            StoreError: the store failed; answer 503.
        """
        # The steps of `oauthone.core.verification.verify_request`, without its generator.
        request = (
            method if isinstance(method, IncomingRequest) else IncomingRequest.from_url(method, url, headers, body)
        )
        parsed, signature_method, timestamp = check_request(request, self.policy, self.clock())
        known = self._find_credentials(parsed.client_id, parsed.token)
        credentials = check_signature(parsed, signature_method, known, self.policy)
        if parsed.nonce is not None:
            fresh = self._use_nonce(parsed.client_id, parsed.token, timestamp, parsed.nonce)
            check_nonce(fresh, self.policy)
        return verified_request(parsed, credentials)

    def explain(
        self, refused: VerificationError, request: IncomingRequest, *, base_string: str | None = None
    ) -> Refusal:
        """Explain what the client of a request that `verify` rejected did differently.

        If the client's base string is known, that is its first difference from the server's. Otherwise common mistakes
        are tried until one leads to the signature that was sent. This costs more than a verification. The explanation
        holds no secret; still, it is for logs and sandboxes.

        Args:
            refused: the error that `verify` raised for this request.
            request: the request as it arrived.
            base_string: the one that the client signed; None reads it from the header ``OAuth-Base-String``.

        Raises:
            VerificationError: ``refused`` belongs to another request.
            StoreError: the store failed.
        """
        return run(explain_refusal(refused, request, self.policy, base_string, find_credentials), self._handler)


class AsyncVerifier(VerifierBase[AsyncVerifierStore | VerifierStore]):
    """`Verifier` for stores whose methods are coroutine functions. Its other arguments are those of `Verifier`.

    Args:
        store: one whose methods are coroutine functions, or a plain one that never waits, such as `MemoryStore`.
    """

    _make_handler = staticmethod(make_async_handler)
    _store_function = staticmethod(async_store_function)

    @overload
    async def verify(self, request: IncomingRequest, /) -> Verified: ...
    @overload
    async def verify(self, method: str, url: str, headers: IncomingHeaders, body: bytes = b"") -> Verified: ...
    async def verify(
        self, method: str | IncomingRequest, url: str = "", headers: IncomingHeaders = (), body: bytes = b""
    ) -> Verified:
        """See `Verifier.verify`."""
        request = (
            method if isinstance(method, IncomingRequest) else IncomingRequest.from_url(method, url, headers, body)
        )
        parsed, signature_method, timestamp = check_request(request, self.policy, self.clock())
        known = self._find_credentials(parsed.client_id, parsed.token)
        if hasattr(known, "__await__"):
            known = await known
        credentials = check_signature(parsed, signature_method, known, self.policy)
        if parsed.nonce is not None:
            fresh = self._use_nonce(parsed.client_id, parsed.token, timestamp, parsed.nonce)
            if hasattr(fresh, "__await__"):
                fresh = await fresh
            check_nonce(fresh, self.policy)
        return verified_request(parsed, credentials)

    async def explain(
        self, refused: VerificationError, request: IncomingRequest, *, base_string: str | None = None
    ) -> Refusal:
        """See `Verifier.explain`."""
        return await arun(explain_refusal(refused, request, self.policy, base_string, find_credentials), self._handler)


def _public_parts(public_url: str) -> tuple[str, str, str]:
    """Scheme, authority and path prefix of a ``public_url``."""
    public = IncomingRequest.from_url("GET", public_url)
    if public.fault is not None or public.query or "?" in public_url:
        raise ConfigurationError("public_url is scheme, host and at most a path, such as 'https://api.example'")
    return public.scheme, public.authority, public.path.rstrip("/")


def _host_names(hosts: Collection[str]) -> frozenset[str]:
    """The values of the Host header that are served, in lower case."""
    names = require_strings("hosts", hosts)
    if not names or not all(map(is_authority, names)):
        raise ConfigurationError(f"hosts={hosts!r}: use a list or tuple of host[:port], such as 'api.example'")
    return frozenset(name.lower() for name in names)


def _method_table(wanted: Iterable[str | SignatureMethod] | None) -> Mapping[str, SignatureMethod]:
    if wanted is None:
        return SIGNATURE_METHODS
    return {method.name: method for method in listed_methods(wanted)}
