"""`ResourceProtector`: what every framework's glue does with a request before the view sees it."""

from collections.abc import Callable, Generator
from typing import Any, TypeAlias

from oauthone.core.request import IncomingRequest
from oauthone.core.verified import Verified
from oauthone.errors import OAuth1Error, StoreError, VerificationError
from oauthone.server._dispatch import require_sync_function
from oauthone.server._refusals import explaining_response
from oauthone.server._responses import EndpointResponse, refusal_response
from oauthone.server._verifier import AsyncVerifier, _VerifierBase

#: How many octets of a body that a signature covers are read, unless told otherwise.
MAX_BODY = 1024 * 1024

OnRefusal: TypeAlias = Callable[[OAuth1Error], None]


class ResourceProtector:
    """Lets signed requests in, and says what to answer the others.

    Args:
        verifier: how requests are verified.
        kinds: the verifiers that the glue can walk. What another one returns is neither a refusal nor an admission.
        explain: answer refused requests with the reason, the base string and the first difference: for sandboxes.
        max_body: how many octets of a body that the signature covers are read. Other bodies are left to the view.
        on_refusal: told of each refused request and of each failure of the store, for logs.
        scope: words, all of which the token's ``scope`` must have; else a 403.

    Raises:
        TypeError: another kind of verifier, or an ``on_refusal`` that nobody would await.
    """

    def __init__(
        self,
        verifier: _VerifierBase[Any],
        *kinds: type[_VerifierBase[Any]],
        explain: bool = False,
        max_body: int = MAX_BODY,
        on_refusal: OnRefusal | None = None,
        scope: str = "",
    ) -> None:
        if not isinstance(verifier, kinds):
            wanted = " or ".join([f"{'an' if kind is AsyncVerifier else 'a'} {kind.__name__}" for kind in kinds])
            raise TypeError(f"here a request is verified by {wanted}, not by {verifier!r}")
        require_sync_function("on_refusal", on_refusal, "pass a plain one")
        self._wanted = frozenset(scope.split())
        self.policy = verifier.policy
        self.max_body = max_body
        self._verifier = verifier
        self._explain = explain
        self._on_refusal = on_refusal

    def steps(self, request: IncomingRequest) -> Generator[Any, Any, Verified | EndpointResponse]:
        """One request: what was verified, or what to answer. Run it with `oauthone.core.drive`.

        Args:
            request: the request, with its body where `IncomingRequest.needs_body` says so: at most one octet more than
                ``max_body``.
        """
        answer = yield from self._decide(request)
        if request.method == "HEAD" and isinstance(answer, EndpointResponse):
            return answer._replace(body=b"")  # RFC 9110 section 9.3.2: else the next answer is read wrongly
        return answer

    def _decide(self, request: IncomingRequest) -> Generator[Any, Any, Verified | EndpointResponse]:
        try:
            if len(request.body) > self.max_body:
                reason = f"the body is longer than {self.max_body} octets, the glue's max_body"
                raise VerificationError(400, "parameter_rejected", reason)
            verified = yield from self._verifier.steps(request)
            if not self._wanted <= set(scopes_of(verified)):
                reason = f"the token's scope lacks one of {', '.join(sorted(self._wanted))}"
                raise VerificationError(403, "additional_authorization_required", reason)
            return verified
        except VerificationError as refused:
            answer = self.refuse(refused)
            if self._explain:
                explanation = self._verifier.explaining_steps(refused, request)
                return (yield from explaining_response(refused, explanation))
            return answer
        except StoreError as failed:
            return self.refuse(failed)

    def refuse(self, error: OAuth1Error) -> EndpointResponse:
        """The plain answer to a refusal or to a failure of the store, of which ``on_refusal`` is told."""
        if self._on_refusal is not None:
            self._on_refusal(error)
        return refusal_response(error)


def scopes_of(verified: Verified) -> list[str]:
    """The words of the token's ``scope``, which the resource owner agreed to."""
    return str(verified.credentials.extra.get("scope", "")).split()


def server_authority(name: str, port: object) -> str:
    """``host[:port]`` of a server that was asked without a Host header.

    Args:
        name: its name or address.
        port: its port, or None.
    """
    host = f"[{name}]" if ":" in name else name
    return host if port is None else f"{host}:{port}"


def private(headers: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """``headers`` of an answer to a signed request, so that no shared cache serves it to others (RFC 5849 section 4.4).

    A ``Cache-Control`` that the view chose stays.
    """
    names = {name.lower() for name, _ in headers}
    added = [("Vary", "Authorization")]
    if "cache-control" not in names:
        added.append(("Cache-Control", "private"))
    return [*headers, *added]
