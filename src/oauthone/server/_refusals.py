"""`Refusal`: why a request was refused, for logs and sandboxes. The public response says less."""

import json
from collections.abc import Callable, Generator
from typing import Any, NamedTuple, TypeVar

from oauthone.core.incoming_request import IncomingRequest
from oauthone.core.parsed_request import WRONG_HOST, base_string_of, parse_request
from oauthone.core.policy import VerificationPolicy
from oauthone.core.verification_types import Credentials
from oauthone.diagnosis.base_string_diff import first_difference
from oauthone.diagnosis.forwarding import proxy_hint
from oauthone.errors import OAuth1Error, VerificationError
from oauthone.server._responses import EndpointResponse, refusal_response

Effect = TypeVar("Effect")

#: A client may send the base string that it signed in this header, to be told the first difference.
BASE_STRING_HEADER = "oauth-base-string"

#: The problems that requests through a proxy have if the verifier does not know the public URL.
_PROBLEMS_BEHIND_PROXIES = ("permission_denied", "signature_invalid")


class Refusal(NamedTuple):
    """Why a request was refused, for the operator of the server and for sandboxes.

    Attributes:
        error: the error that refused the request.
        difference: what the client did differently, if its base string or its signature shows that; otherwise None.
    """

    error: VerificationError
    difference: str | None

    @property
    def reason(self) -> str:
        """Why the request was refused, in words."""
        return self.error.reason

    @property
    def base_string(self) -> str | None:
        """The base string that the server built, with values that may be secret masked; None if it built none."""
        return self.error.base_string

    def answer(self) -> EndpointResponse:
        """A response that tells all of this, for sandboxes: it would tell an attacker too much."""
        said = {
            "problem": self.error.problem,
            "reason": self.reason,
            "base_string": self.base_string,
            "difference": self.difference,
        }
        brief = refusal_response(self.error)
        headers = (("Content-Type", "application/json"), *brief.headers[1:])
        return EndpointResponse(brief.status, headers, json.dumps(said, indent=2).encode("ascii"))

    def __str__(self) -> str:
        lines = [str(self.error)]
        if self.difference is not None:
            lines.append(f"  the first difference: {self.difference}")
        if self.base_string is not None:
            lines.append(f"  the server's base string: {self.base_string}")
        return "\n".join(lines)


def explaining_response(
    refused: VerificationError, explanation: Generator[Effect, Any, Refusal]
) -> Generator[Effect, Any, EndpointResponse]:
    """The response of a sandbox. If the explanation itself fails, it is the plain response.

    Args:
        refused: the error that refused the request.
        explanation: a generator that explains it.
    """
    try:
        refusal = yield from explanation
    except OAuth1Error:
        return refusal_response(refused)
    return refusal.answer()


def explain_refusal(
    refused: VerificationError,
    request: IncomingRequest,
    policy: VerificationPolicy,
    base_string: str | None,
    find: Callable[[str, str | None], Generator[Any, Any, Credentials | None]],
) -> Generator[Any, Any, Refusal]:
    """Look for the reason why a signature does not match. It looks up the client's credentials once more.

    If the request was sent to another host or scheme than the one that was verified, the reason may be a proxy: then
    the difference ends in the setting for it.

    Args:
        refused: the error that `oauthone.core.verification.verify_request` raised.
        request: the request as clients see it.
        policy: the policy of the verifier.
        base_string: the base string that the client signed; None takes it from the header ``OAuth-Base-String``.
        find: a generator function that looks up the credentials of a client and a token.

    Raises:
        VerificationError: this is not the request that was refused.
    """
    hint = refusal_hint(refused, request, policy)
    difference = None
    if refused.base_string is not None:
        difference = yield from _find_difference(refused, request, policy, base_string, find)
    return Refusal(refused, "; ".join([text for text in (difference, hint) if text is not None]) or None)


def refusal_hint(refused: OAuth1Error, request: IncomingRequest, policy: VerificationPolicy) -> str | None:
    """The setting that a server behind a proxy lacks, if a proxy may be why the request was refused; otherwise None.

    Args:
        refused: the error that refused the request.
        request: the request as clients see it.
        policy: the policy of the verifier.
    """
    if not isinstance(refused, VerificationError):
        return None
    if refused.problem in _PROBLEMS_BEHIND_PROXIES or refused.reason == WRONG_HOST:
        return proxy_hint(request, policy)
    return None


def _find_difference(
    refused: VerificationError,
    request: IncomingRequest,
    policy: VerificationPolicy,
    base_string: str | None,
    find: Callable[[str, str | None], Generator[Any, Any, Credentials | None]],
) -> Generator[Any, Any, str | None]:
    """What the client did differently; None if the request does not show it."""
    # Loaded for the first request that is explained: most servers explain none, and it is large.
    from oauthone.diagnosis.refused_signature import diagnose_body_hash, diagnose_signature

    parsed = parse_request(request, policy)
    protocol = parsed.protocol
    signature_method = policy.signature_methods.get(protocol.get("oauth_signature_method", ""))
    if signature_method is None or "oauth_signature" not in protocol or "oauth_consumer_key" not in protocol:
        raise VerificationError(400, "parameter_absent", "this is not the request that was refused")
    wrong_hash = diagnose_body_hash(parsed, signature_method)
    if wrong_hash is not None:
        return wrong_hash
    theirs = base_string
    if theirs is None:
        theirs = next((value for name, value in request.headers if name.lower() == BASE_STRING_HEADER), None)
    if theirs is not None:
        difference = first_difference(base_string_of(parsed), theirs)
        if difference is not None:
            return difference
    token = protocol.get("oauth_token") or None
    credentials = yield from find(protocol["oauth_consumer_key"], token)
    if credentials is None or (token is not None and credentials.token_secret is None):
        return None
    if signature_method.name not in credentials.signature_methods:
        return None
    mistake = diagnose_signature(parsed, signature_method, credentials)
    if mistake is None and theirs is not None:
        mistake = f"none: the {'keys' if signature_method.uses_rsa_key else 'secrets'} differ"
    return mistake
