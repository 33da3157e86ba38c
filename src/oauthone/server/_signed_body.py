"""The bodies that `oauthone.server.starlette.SignedBodyMiddleware` reads, handed over to what verifies the requests."""

from typing import NamedTuple

from oauthone.core.incoming_request import IncomingRequest
from oauthone.core.parsed_request import needs_body
from oauthone.core.policy import VerificationPolicy
from oauthone.server._protector import AsyncResourceProtector
from oauthone.server.asgi import Scope, head_of, request_from_scope

#: The key of a `SignedBody` in a scope.
SIGNED_BODY = "oauthone.signed_body"
#: What an operator has to do if a body is missing.
NO_MIDDLEWARE = (
    "forms cannot be verified here: add the middleware oauthone.server.starlette.SignedBodyMiddleware, with the same "
    "verifier and at least the max_body that requests are verified with"
)


class SignedBody(NamedTuple):
    """What `SignedBodyMiddleware` puts into the scope.

    Attributes:
        head: the return value of `oauthone.server.asgi.head_of`, as the middleware found the scope.
        incoming: the request as the middleware found it; its body is empty unless a signature covers it.
        requires_hash: whether the middleware's policy requires a body hash.
        max_body: how many octets it reads.
    """

    head: tuple[object, ...]
    incoming: IncomingRequest
    requires_hash: bool
    max_body: int


def find_signed_body(scope: Scope, protector: AsyncResourceProtector) -> SignedBody | None:
    """What `SignedBodyMiddleware` put into the scope; None without this middleware.

    Raises:
        RuntimeError: the middleware has other settings than ``protector``.
    """
    found: SignedBody | None = scope.get(SIGNED_BODY)
    if found is not None:
        requires_hash = protector.verifier.policy.body_hash == "required"
        if found.max_body < protector.max_body or (requires_hash and not found.requires_hash):
            raise RuntimeError(NO_MIDDLEWARE)
    return found


def signed_request(scope: Scope, signed_body: SignedBody, policy: VerificationPolicy) -> IncomingRequest:
    """The request as the scope is now, with the body if its signature covers it.

    Args:
        scope: the scope of an application behind the middleware; others in between may have changed it.
        signed_body: what `SignedBodyMiddleware` put into the scope.
        policy: the policy that the request will be verified with.
    """
    before = signed_body.incoming
    incoming = before if head_of(scope) == signed_body.head else request_from_scope(scope)
    body = before.body if needs_body(incoming, policy) else b""
    return incoming if incoming.body is body else incoming.with_body(body)
