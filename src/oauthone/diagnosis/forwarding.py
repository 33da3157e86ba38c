"""The address that forwarding headers name, to explain a refusal behind a proxy.

Verification never reads these headers, because a client can send them as well as a proxy.
"""

from oauthone.core.incoming_request import IncomingRequest
from oauthone.core.policy import VerificationPolicy
from oauthone.core.request_grammar import is_authority
from oauthone.core.urls import normalized_authority


def forwarded_address(request: IncomingRequest) -> tuple[str, str] | None:
    """Return the scheme and the ``host[:port]`` that ``Forwarded`` or ``X-Forwarded-Host`` and ``-Proto`` name.

    Args:
        request: the request as it arrived.

    Returns:
        The address as the client saw it, if a proxy sent these headers; None if it is the one of the request.
    """
    named = dict[str, str]()
    for header, value in request.headers:
        name = header.lower()
        if name == "forwarded":
            named |= _forwarded_pairs(value)
        elif name in ("x-forwarded-host", "x-forwarded-proto"):
            named.setdefault(name.removeprefix("x-forwarded-"), value.partition(",")[0].strip())
    scheme, host = named.get("proto", "").lower() or request.scheme, named.get("host") or request.authority
    if not {scheme, request.scheme} <= {"http", "https"} or not is_authority(host):
        return None
    address, received = normalized_authority(scheme, host), normalized_authority(request.scheme, request.authority)
    return None if (scheme, address) == (request.scheme, received) else (scheme, address)


def proxy_hint(request: IncomingRequest, policy: VerificationPolicy) -> str | None:
    """Say which ``public_url`` may be missing; None if one is set, or no header names another address.

    Args:
        request: the request as it arrived.
        policy: the policy of the verifier.
    """
    address = None if policy.public_url is not None else forwarded_address(request)
    if address is None:
        return None
    there = "://".join(address)
    here = f"{request.scheme}://{request.authority}" if is_authority(request.authority) else "another address"
    return (
        f"forwarding headers name {there}, and the verifier checks for {here}: behind a proxy, pass "
        f"public_url={there!r} to the verifier (docs/proxies.md)"
    )


def _forwarded_pairs(value: str) -> dict[str, str]:
    """The pairs of the first element of a ``Forwarded`` header (RFC 7239 section 4)."""
    pairs = [pair.partition("=") for pair in value.partition(",")[0].split(";")]
    return {name.strip().lower(): given.strip().strip('"') for name, _, given in pairs}
