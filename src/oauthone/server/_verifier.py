"""`Verifier` and `AsyncVerifier`: one call per incoming request, over a store of credentials and nonces."""

import time
from collections.abc import Callable, Collection, Generator, Iterable, Mapping
from typing import Any, Generic, TypeAlias, TypeVar, overload

from oauthone.core.drive import arun, run
from oauthone.core.parameters import realm_prefix
from oauthone.core.policy import BodyHashRule, TokenRule, VerificationPolicy
from oauthone.core.request import IncomingRequest
from oauthone.core.signature import SIGNATURE_METHODS, SignatureMethod
from oauthone.core.verification import find_credentials, verify_request
from oauthone.core.verified import Credentials, FindCredentials, UseNonce, Verified
from oauthone.errors import ConfigurationError, VerificationError
from oauthone.server._dispatch import make_async_handler, make_handler
from oauthone.server._refusals import Refusal, explain
from oauthone.server._store_protocols import AsyncVerifierStore, VerifierStore
from oauthone.server._validation import (
    listed_methods,
    require_flag,
    require_number,
    require_one_of,
    require_strings,
    settings_checked,
)

IncomingHeaders: TypeAlias = Mapping[str, str] | Iterable[tuple[str, str]]
Store = TypeVar("Store")
Result = TypeVar("Result")
#: A generator function that looks up the credentials of a client and a token.
Find: TypeAlias = Callable[[str, str | None], Generator[Any, Any, Credentials | None]]


class _VerifierBase(Generic[Store]):
    """What a `Verifier` and an `AsyncVerifier` are told once, and the steps that both walk."""

    _asking: Callable[[Any], Callable[[Any], Any]]

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
        with settings_checked():
            realm_prefix(realm)
        require_number("window", window, 0)
        require_one_of("token", token, "required", "optional", "none")
        require_one_of("body_hash", body_hash, "optional", "required")
        require_flag("allow_insecure_transport", allow_insecure_transport)
        for name, cap in (("max_parameters", max_parameters), ("max_header", max_header), ("max_form", max_form)):
            require_number(name, cap, 1)
        self._ask = self._asking(store)
        self._clock = clock
        self._public_url = None if public_url is None else _public_parts(public_url)
        self.policy = VerificationPolicy(
            window=window,
            token=token,
            body_hash=body_hash,
            allow_insecure_transport=allow_insecure_transport,
            signature_methods=_method_table(signature_methods),
            hosts=None if hosts is None else frozenset(host.lower() for host in require_strings("hosts", hosts)),
            max_parameters=max_parameters,
            max_header=max_header,
            max_form=max_form,
            realm=realm,
            mounted_at=mounted_at,
        )

    def steps(self, request: IncomingRequest) -> Generator[FindCredentials | UseNonce, Any, Verified]:
        """One verification as a generator: it yields effects for the store. See `oauthone.core.drive`."""
        return verify_request(self.in_public(request), self.policy, self._clock())

    def explaining_steps(
        self,
        refused: VerificationError,
        request: IncomingRequest,
        base_string: str | None = None,
        find: Find = find_credentials,
    ) -> Generator[Any, Any, Refusal]:
        """`Verifier.explain` as a generator."""
        return explain(refused, self.in_public(request), self.policy, base_string, find)

    def in_public(self, request: IncomingRequest) -> IncomingRequest:
        """``request`` as clients see it, with ``public_url`` in the place of what a proxy made of it."""
        return request if self._public_url is None else request.with_public_url(*self._public_url)


class Verifier(_VerifierBase[VerifierStore]):
    """Verifies incoming requests (RFC 5849 section 3.2).

    Args:
        store: the credentials and the nonces.
        window: how many seconds a timestamp may lie in the past or the future.
        token: ``"required"`` for a resource owner's resources; ``"optional"`` takes two-legged requests too; ``"none"``
            refuses tokens.
        allow_insecure_transport: take PLAINTEXT over http.
        public_url: scheme and authority under which clients see this server, such as ``"https://api.example"``: for
            servers behind a proxy. A path in it is put before each request's path. The Host header, if there is one,
            still has to be ``host[:port]``, and counts no more.
        hosts: the values of the Host header that are served, without default ports; None takes any.
        signature_methods: the signature methods that are taken, as names or objects of your own; None takes the seven
            built-in ones. Leaving out ``HMAC-SHA1`` and ``RSA-SHA1`` forbids SHA-1 (section 4.11).
        body_hash: ``"required"`` refuses a non-empty body that is not a form and has no ``oauth_body_hash``.
        realm: the realm of the challenge in 401 answers.
        max_parameters: how many parameters a request may have.
        max_header: how many octets an Authorization, Content-Type or Host header may have, or a URL before its query.
        max_form: how many octets a query and a form may have together.
        mounted_at: where the application is mounted, if the server takes that from a header that your proxy sets:
            gunicorn's ``SCRIPT_NAME``, daphne's ``Daphne-Root-Path``. A request with another value is refused, as a
            client can send the header too.
        clock: returns the seconds since 1970.

    Raises:
        ConfigurationError: an unknown signature method, a realm that no header can hold, an unusable ``public_url``,
            or one beside ``hosts``; a word, number or flag that the setting cannot be, or a string in the place of a
            list.
        TypeError: ``store`` is none, or its methods are coroutines.
    """

    _asking = staticmethod(make_handler)

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
            VerificationError: the request is refused; answer with its ``status``.
            StoreError: the store did not answer; answer 503.
        """
        return self.walk(self.steps(_as_request(method, url, headers, body)))

    def explain(
        self, refused: VerificationError, request: IncomingRequest, *, base_string: str | None = None
    ) -> Refusal:
        """Say what a client whose request `verify` refused did otherwise. It costs more than a verification.

        With the client's base string at hand that is the first difference to the server's. Without one the mistakes
        that are made most are tried, until one leads to the signature that was sent. No secret is in the words; still,
        they are for logs and sandboxes.

        Args:
            refused: what `verify` raised for this request.
            request: the request as it arrived.
            base_string: the one that the client signed; None takes what stands in a header ``OAuth-Base-String``.

        Raises:
            VerificationError: ``refused`` belongs to another request.
            StoreError: the store did not answer.
        """
        return self.walk(self.explaining_steps(refused, request, base_string))

    def walk(self, steps: Generator[Any, Any, Result]) -> Result:
        """Walk ``steps`` to their end, answering their questions from the store."""
        return run(steps, self._ask)


class AsyncVerifier(_VerifierBase[AsyncVerifierStore | VerifierStore]):
    """`Verifier` for stores whose methods are coroutines. Its further arguments are those of `Verifier`.

    Args:
        store: one whose methods are coroutines, or a plain one that never waits, such as `MemoryStore`.
    """

    _asking = staticmethod(make_async_handler)

    @overload
    async def verify(self, request: IncomingRequest, /) -> Verified: ...
    @overload
    async def verify(self, method: str, url: str, headers: IncomingHeaders, body: bytes = b"") -> Verified: ...
    async def verify(
        self, method: str | IncomingRequest, url: str = "", headers: IncomingHeaders = (), body: bytes = b""
    ) -> Verified:
        """See `Verifier.verify`."""
        return await self.walk(self.steps(_as_request(method, url, headers, body)))

    async def explain(
        self, refused: VerificationError, request: IncomingRequest, *, base_string: str | None = None
    ) -> Refusal:
        """See `Verifier.explain`."""
        return await self.walk(self.explaining_steps(refused, request, base_string))

    async def walk(self, steps: Generator[Any, Any, Result]) -> Result:
        """See `Verifier.walk`."""
        return await arun(steps, self._ask)


def _as_request(method: str | IncomingRequest, url: str, headers: IncomingHeaders, body: bytes) -> IncomingRequest:
    return method if isinstance(method, IncomingRequest) else IncomingRequest.from_url(method, url, headers, body)


def _public_parts(public_url: str) -> tuple[str, str, str]:
    """Scheme, authority and path prefix of a ``public_url``."""
    public = IncomingRequest.from_url("GET", public_url)
    if public.fault is not None or public.query or "?" in public_url:
        raise ConfigurationError("public_url is scheme, host and at most a path, such as 'https://api.example'")
    return public.scheme, public.authority, public.path.rstrip("/")


def _method_table(wanted: Iterable[str | SignatureMethod] | None) -> Mapping[str, SignatureMethod]:
    if wanted is None:
        return SIGNATURE_METHODS
    return {method.name: method for method in listed_methods(wanted)}
