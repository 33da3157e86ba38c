"""The bodies that `oauthone.server.starlette.SignedBodyMiddleware` reads, handed over to what verifies the requests."""

from typing import NamedTuple

from oauthone.core.incoming_request import IncomingRequest
from oauthone.core.parsed_request import needs_body
from oauthone.core.policy import VerificationPolicy
from oauthone.server._protector import AsyncResourceProtector
from oauthone.server.asgi import Scope

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
        incoming: the request as the middleware found it; its body is empty unless a signature covers it.
        requires_hash: whether the middleware's policy requires a body hash.
        max_body: how many octets it reads.
    """

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
        requires_hash = protector.policy.body_hash == "required"
        if found.max_body < protector.max_body or (requires_hash and not found.requires_hash):
            raise RuntimeError(NO_MIDDLEWARE)
    return found


def take_signed_body(incoming: IncomingRequest, signed_body: SignedBody, policy: VerificationPolicy) -> None:
    """Give ``incoming`` the body if its signature covers it, and what the middleware has read of its head.

    Args:
        incoming: the request as the scope is now; middleware in between may have changed the scope.
        signed_body: what `SignedBodyMiddleware` put into the scope.
        policy: the policy that the request will be verified with.
    """
    before = signed_body.incoming
    if _are_same(before, incoming):
        incoming.parsed_head = before.parsed_head
    if needs_body(incoming, policy):
        incoming.body = before.body


def _are_same(one: IncomingRequest, other: IncomingRequest) -> bool:
    """Whether two requests were read from the same method, target and headers."""
    return (
        one.method == other.method
        and one.scheme == other.scheme
        and one.authority == other.authority
        and one.path == other.path
        and one.query == other.query
        and one.headers == other.headers
        and one.fault == other.fault
        and one.claimed_mount == other.claimed_mount
    )
