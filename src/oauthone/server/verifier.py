"""`Verifier` and `AsyncVerifier`: one call per incoming request, over a store of credentials and nonces."""

import time
from collections.abc import Callable, Collection, Generator, Iterable, Mapping
from typing import Any, Generic, TypeAlias, TypeVar

from oauthone.core.drive import arun, run
from oauthone.core.encoding import iter_pairs
from oauthone.core.parameters import realm_prefix
from oauthone.core.policy import BodyHashRule, TokenRule, VerificationPolicy
from oauthone.core.signature import SIGNATURE_METHODS, SignatureMethod
from oauthone.core.urls import split_authority, split_query
from oauthone.core.verification import verify_request
from oauthone.core.verified import FindCredentials, UseNonce, Verified
from oauthone.errors import SigningError, VerificationError
from oauthone.server.asking import asking, asking_later
from oauthone.server.protocols import AsyncVerifierStore, VerifierStore
from oauthone.server.refusals import Refusal, explain
from oauthone.server.settings import listed_methods, require_flag, require_number, require_one_of, require_texts

IncomingHeaders: TypeAlias = Mapping[str, str] | Iterable[tuple[str, str]]
Store = TypeVar("Store")
Result = TypeVar("Result")


class VerifierSettings(Generic[Store]):
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
        clock: Callable[[], float] = time.time,
    ) -> None:
        if public_url is not None and hosts is not None:
            raise SigningError("public_url fixes the host: leave hosts out")
        if realm is not None:
            realm_prefix(realm)
        require_number("window", window, 0)
        require_one_of("token", token, "required", "optional", "none")
        require_one_of("body_hash", body_hash, "optional", "required")
        require_flag("allow_insecure_transport", allow_insecure_transport)
        for name, cap in (("max_parameters", max_parameters), ("max_header", max_header), ("max_form", max_form)):
            require_number(name, cap, 1)
        self._ask = self._asking(store)
        self._clock = clock
        self._public_url = None if public_url is None else _origin_and_prefix(public_url)
        self.policy = VerificationPolicy(
            window=window,
            token=token,
            body_hash=body_hash,
            allow_insecure_transport=allow_insecure_transport,
            signature_methods=_method_table(signature_methods),
            hosts=None if hosts is None else frozenset(host.lower() for host in require_texts("hosts", hosts)),
            max_parameters=max_parameters,
            max_header=max_header,
            max_form=max_form,
            realm=realm,
        )

    def steps(
        self, method: str, url: str, headers: IncomingHeaders, body: bytes
    ) -> Generator[FindCredentials | UseNonce, Any, Verified]:
        """One verification as a generator: it yields questions for the store. See `oauthone.core.drive`."""
        url, pairs = self.as_seen_by_clients(url, headers)
        return verify_request(method, url, pairs, body, self.policy, self._clock())

    def explaining_steps(
        self,
        refused: VerificationError,
        method: str,
        url: str,
        headers: IncomingHeaders,
        body: bytes,
        base_string: str | None = None,
    ) -> Generator[FindCredentials, Any, Refusal]:
        """`Verifier.explain` as a generator."""
        url, pairs = self.as_seen_by_clients(url, headers)
        return (yield from explain(refused, method, url, pairs, body, self.policy, base_string))

    def as_seen_by_clients(self, url: str, headers: IncomingHeaders) -> tuple[str, list[tuple[str, str]]]:
        """``url`` and headers, as pairs, with ``public_url`` in the place of what a proxy made of them.

        Raises:
            VerificationError: ``url`` is no absolute URL.
        """
        pairs: list[tuple[str, str]] = list(iter_pairs(headers))
        if self._public_url is None:
            return url, pairs
        before, query = split_query(url)
        try:
            seen = self._public_url + split_authority(before)[2]
        except SigningError:
            raise VerificationError(400, "parameter_rejected", "the request's URL is no absolute URL") from None
        return seen + ("?" + query if query else ""), [pair for pair in pairs if pair[0].lower() != "host"]


class Verifier(VerifierSettings[VerifierStore]):
    """Verifies incoming requests (RFC 5849 section 3.2).

    Args:
        store: the credentials and the nonces.
        window: how many seconds a timestamp may lie in the past or the future.
        token: ``"required"`` for a resource owner's resources; ``"optional"`` takes two-legged requests too; ``"none"``
            refuses tokens.
        allow_insecure_transport: take PLAINTEXT over http.
        public_url: scheme and authority under which clients see this server, such as ``"https://api.example"``: for
            servers behind a proxy. A path in it is put before each request's path. The Host header then counts no more.
        hosts: the values of the Host header that are served, without default ports; None takes any.
        signature_methods: the signature methods that are taken, as names or objects of your own; None takes the seven
            built-in ones. Leaving out ``HMAC-SHA1`` and ``RSA-SHA1`` forbids SHA-1 (section 4.11).
        body_hash: ``"required"`` refuses a non-empty body that is not a form and has no ``oauth_body_hash``.
        realm: the realm of the challenge in 401 answers.
        max_parameters: how many parameters a request may have.
        max_header: how many octets an Authorization, Content-Type or Host header may have, or a URL before its query.
        max_form: how many octets a form or a query may have.
        clock: returns the seconds since 1970.

    Raises:
        SigningError: an unknown signature method, a realm that no header can hold, an unusable ``public_url``, or one
            beside ``hosts``; a word, number or flag that the setting cannot be, or a text in the place of a list.
        TypeError: ``store`` is none, or its methods are coroutines.
    """

    _asking = staticmethod(asking)

    def verify(self, method: str, url: str, headers: IncomingHeaders, body: bytes = b"") -> Verified:
        """Verify one request as it arrived.

        Args:
            method: the request method.
            url: the absolute URL, its path and query octet for octet as they came.
            headers: all headers, as a mapping or as pairs.
            body: the body's octets.

        Raises:
            VerificationError: the request is refused; answer with its ``status``.
            StoreError: the store did not answer; answer 503.
        """
        return self.walk(self.steps(method, url, headers, body))

    def explain(
        self,
        refused: VerificationError,
        method: str,
        url: str,
        headers: IncomingHeaders,
        body: bytes = b"",
        *,
        base_string: str | None = None,
    ) -> Refusal:
        """Say what a client whose request `verify` refused did otherwise. It costs more than a verification.

        With the client's base string at hand that is the first difference to the server's. Without one the mistakes
        that are made most are tried, until one leads to the signature that was sent. No secret is in the words; still,
        they are for logs and sandboxes.

        Args:
            refused: what `verify` raised for this request.
            method: the request method.
            url: the absolute URL, its path and query octet for octet as they came.
            headers: all headers, as a mapping or as pairs.
            body: the body's octets.
            base_string: the one that the client signed; None takes what stands in a header ``OAuth-Base-String``.

        Raises:
            VerificationError: ``refused`` belongs to another request.
            StoreError: the store did not answer.
        """
        return self.walk(self.explaining_steps(refused, method, url, headers, body, base_string))

    def walk(self, steps: Generator[Any, Any, Result]) -> Result:
        """Walk ``steps`` to their end, answering their questions from the store."""
        return run(steps, self._ask)


class AsyncVerifier(VerifierSettings[AsyncVerifierStore | VerifierStore]):
    """`Verifier` for stores whose methods are coroutines. Its further arguments are those of `Verifier`.

    Args:
        store: one whose methods are coroutines, or a plain one that never waits, such as `MemoryStore`.
    """

    _asking = staticmethod(asking_later)

    async def verify(self, method: str, url: str, headers: IncomingHeaders, body: bytes = b"") -> Verified:
        """See `Verifier.verify`."""
        return await self.walk(self.steps(method, url, headers, body))

    async def explain(
        self,
        refused: VerificationError,
        method: str,
        url: str,
        headers: IncomingHeaders,
        body: bytes = b"",
        *,
        base_string: str | None = None,
    ) -> Refusal:
        """See `Verifier.explain`."""
        return await self.walk(self.explaining_steps(refused, method, url, headers, body, base_string))

    async def walk(self, steps: Generator[Any, Any, Result]) -> Result:
        """See `Verifier.walk`."""
        return await arun(steps, self._ask)


def _origin_and_prefix(public_url: str) -> str:
    scheme, authority, path = split_authority(public_url)
    if "?" in public_url or "#" in public_url or "@" in authority:
        raise SigningError("public_url is scheme, host and at most a path, such as 'https://api.example'")
    return f"{scheme}://{authority}{path.rstrip('/')}"


def _method_table(wanted: Iterable[str | SignatureMethod] | None) -> Mapping[str, SignatureMethod]:
    if wanted is None:
        return SIGNATURE_METHODS
    return {method.name: method for method in listed_methods(wanted)}
