"""The part of request verification that all framework modules share."""

from collections.abc import Callable
from contextlib import suppress
from typing import Generic, TypeAlias, TypedDict, TypeVar, Unpack

from oauthone.core.incoming_request import IncomingRequest
from oauthone.core.verification_types import Verified
from oauthone.errors import ConfigurationError, OAuth1Error, StoreError, VerificationError
from oauthone.server._dispatch import require_sync_function
from oauthone.server._refusal_log import OnResult, log_refusal, problem_of
from oauthone.server._responses import EndpointResponse, refusal_response
from oauthone.server._settings_checks import require_count, require_flag
from oauthone.server._verifier import AsyncVerifier, Verifier

#: The default of ``max_body``.
DEFAULT_MAX_BODY = 1024 * 1024

AnyVerifier = TypeVar("AnyVerifier", bound=Verifier | AsyncVerifier)
OnRefusal: TypeAlias = Callable[[OAuth1Error], None]


class ProtectorOptions(TypedDict, total=False):
    """Options shared by all decorators and middleware that verify requests. All are optional.

    Attributes:
        explain: answer rejected requests with the reason, the base string and the first difference. Use it in
            sandboxes only.
        max_body: how many octets of a body are read if the signature covers it; 1 MiB by default. A longer body is
            rejected. Other bodies are left to your code.
        on_refusal: called with the error of each rejection and each failure of the store, for logs of your own.
        on_result: called with None for each accepted request, and with the problem of each rejected one, for counters.
            If the store failed, that is ``"store_failed"``.
        scope: space-separated scopes that the token must have; a request that lacks one gets a 403.
    """

    explain: bool
    max_body: int
    on_refusal: OnRefusal | None
    on_result: OnResult | None
    scope: str


class _ProtectorBase(Generic[AnyVerifier]):
    """The options of both protectors, and the response to a request that is rejected."""

    def __init__(
        self,
        verifier: AnyVerifier,
        *,
        explain: bool = False,
        max_body: int = DEFAULT_MAX_BODY,
        on_refusal: OnRefusal | None = None,
        on_result: OnResult | None = None,
        scope: str = "",
    ) -> None:
        require_sync_function("on_refusal", on_refusal, "pass a plain one")
        require_sync_function("on_result", on_result, "pass a plain one")
        require_flag("explain", explain)
        require_count("max_body", max_body, 0)
        # Settings come from files too, where no type checker looks.
        if not isinstance(scope, str):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise ConfigurationError(f"scope={scope!r}: use a string, with a space between two words")
        self.verifier: AnyVerifier = verifier
        self.max_body = max_body
        self._explain = explain
        self._on_refusal = on_refusal
        self._on_result = on_result
        self._scope = frozenset(scope.split())

    def _too_long(self) -> VerificationError:
        reason = f"the body is longer than {self.max_body} octets, the limit max_body"
        return VerificationError(400, "parameter_rejected", reason)

    def _require_scope(self, verified: Verified) -> None:
        if missing := self._scope.difference(scopes_of(verified)):
            reason = f"the token's scope lacks {', '.join(sorted(missing))}"
            raise VerificationError(403, "additional_authorization_required", reason)

    def note_refusal(self, error: OAuth1Error, request: IncomingRequest) -> None:
        """Log that a request is rejected, and call the hooks.

        Args:
            error: the reason.
            request: the request.
        """
        log_refusal(error, request, self.verifier.policy)
        if self._on_refusal is not None:
            self._on_refusal(error)
        if self._on_result is not None:
            self._on_result(problem_of(error))


class ResourceProtector(_ProtectorBase[Verifier]):
    """Accepts signed requests, and has a response for the others.

    Args:
        verifier: verifies the requests.
        options: see `ProtectorOptions`.

    Raises:
        TypeError: ``verifier`` is not a `Verifier`, or ``on_refusal`` is a coroutine function.
        ConfigurationError: an option has a value that it cannot have.
    """

    def __init__(self, verifier: Verifier, **options: Unpack[ProtectorOptions]) -> None:
        # With an AsyncVerifier, coroutines that are never awaited would count as what the store returned.
        _require_kind(verifier, Verifier)
        super().__init__(verifier, **options)

    def validate_request(self, request: IncomingRequest) -> Verified | EndpointResponse:
        """Verify a request; return what was verified, or the response to send instead.

        Args:
            request: the request, with its body if `oauthone.core.parsed_request.needs_body` says so: at most one octet
                more than ``max_body``.
        """
        try:
            if len(request.body) > self.max_body:
                raise self._too_long()
            verified = self.verifier.verify(request)
            if self._scope:
                self._require_scope(verified)
        except (VerificationError, StoreError) as error:
            self.note_refusal(error, request)
            response = refusal_response(error)
            if self._explain and isinstance(error, VerificationError):
                with suppress(OAuth1Error):  # if the explanation fails, the response is the plain one
                    response = self.verifier.explain(error, request).answer()
            return _fit(response, request)
        if self._on_result is not None:
            self._on_result(None)
        return verified


class AsyncResourceProtector(_ProtectorBase[AsyncVerifier]):
    """`ResourceProtector` for an `AsyncVerifier`."""

    def __init__(self, verifier: AsyncVerifier, **options: Unpack[ProtectorOptions]) -> None:
        # What a Verifier's handler returns cannot be awaited.
        _require_kind(verifier, AsyncVerifier)
        super().__init__(verifier, **options)

    async def validate_request(self, request: IncomingRequest) -> Verified | EndpointResponse:
        """See `ResourceProtector.validate_request`."""
        try:
            if len(request.body) > self.max_body:
                raise self._too_long()
            verified = await self.verifier.verify(request)
            if self._scope:
                self._require_scope(verified)
        except (VerificationError, StoreError) as error:
            self.note_refusal(error, request)
            response = refusal_response(error)
            if self._explain and isinstance(error, VerificationError):
                with suppress(OAuth1Error):
                    response = (await self.verifier.explain(error, request)).answer()
            return _fit(response, request)
        if self._on_result is not None:
            self._on_result(None)
        return verified


def _fit(response: EndpointResponse, request: IncomingRequest) -> EndpointResponse:
    """The response to a HEAD request has no body: it would be read as the beginning of the next response.

    See RFC 9110 section 9.3.2.
    """
    return response._replace(body=b"") if request.method == "HEAD" else response


def _require_kind(verifier: object, kind: type[Verifier] | type[AsyncVerifier]) -> None:
    if not isinstance(verifier, kind):
        given, wanted = type(verifier).__name__, kind.__name__
        raise TypeError(f"verifier must be of type {wanted} here, not {given}: pass {wanted}(store)")


def scopes_of(verified: Verified) -> list[str]:
    """The words of the token's ``scope``, to which the resource owner agreed."""
    return str(verified.credentials.extra.get("scope", "")).split()
