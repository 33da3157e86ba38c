"""The parameters of a request that arrives, which its signature covers (RFC 5849 sections 3.2 and 3.4.1.3)."""

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from oauthone.core.base_string import prefix_from_parts, signature_base_string
from oauthone.core.body import is_form
from oauthone.core.parameters import Placement, split_parameters
from oauthone.core.policy import VerificationPolicy, unauthorized
from oauthone.core.request import IncomingRequest, check_caps
from oauthone.core.request_syntax import is_media_type
from oauthone.core.urls import normalized_authority
from oauthone.errors import VerificationError

_PLACES = (Placement.HEADER, Placement.QUERY, Placement.BODY)


class ParsedRequest(NamedTuple):
    """A request and the parameters that count for its signature.

    Attributes:
        request: the request.
        has_form: whether its body is a form.
        pairs: the encoded ``"name\\0value"`` strings of the base string.
        protocol: the protocol parameters, decoded.
        realm: the realm of the Authorization header, or None.
        placement: where the protocol parameters stand.
    """

    request: IncomingRequest
    has_form: bool
    pairs: list[str]
    protocol: dict[str, str]
    realm: str | None
    placement: Placement

    def __repr__(self) -> str:
        return f"ParsedRequest({self.request!r}, …)"


def parse_request(request: IncomingRequest, policy: VerificationPolicy) -> ParsedRequest:
    """The parameters of a request that count for its signature.

    Raises:
        VerificationError: it is malformed, too large, or holds no or doubled protocol parameters.
    """
    realm, header, header_protocol, query, query_protocol = request.parameters(policy)
    has_form = is_form(request.content_type)
    if has_form:
        check_caps(request.query, request.body, policy)
    if request.content_type is not None and not is_media_type(request.content_type):
        raise VerificationError(400, "parameter_rejected", "the Content-Type header is not a media type")
    if request.claimed_mount is not None and request.claimed_mount != policy.mounted_at:
        reason = "a header of the request may say where the application is mounted: name the place with mounted_at"
        raise VerificationError(400, "parameter_rejected", reason)
    if policy.hosts is not None and normalized_authority(request.scheme, request.authority) not in policy.hosts:
        raise VerificationError(
            400, "parameter_rejected", "the Host header names none of the hosts that are served here"
        )
    form_pairs = request.form_pairs() if has_form else []
    if len(header) > policy.max_parameters:
        raise VerificationError(400, "parameter_rejected", "the Authorization header holds too many parameters")
    found = header_protocol, query_protocol, split_parameters(form_pairs) if form_pairs else {}
    placement, protocol = _only_placement(request.authorization, found, policy)
    pairs = [*header, *query, *form_pairs]
    for index, pair in enumerate(pairs):
        if pair.startswith("oauth_signature\0"):
            del pairs[index]  # there is one at most: a doubled one was refused
            break
    return ParsedRequest(request, has_form, pairs, dict(protocol), realm, placement)


def base_string_of(parsed: ParsedRequest) -> str:
    """The signature base string of a request that arrived, with nothing masked."""
    request = parsed.request
    prefix = _cached_prefix(request.method, request.scheme, request.authority, request.path)
    return signature_base_string(prefix, list(parsed.pairs))


_cached_prefix = lru_cache(maxsize=256)(prefix_from_parts)


def _only_placement(
    authorization: str | None, found: Iterable[dict[str, str]], policy: VerificationPolicy
) -> tuple[Placement, dict[str, str]]:
    """The one place where protocol parameters stand (RFC 5849 section 3.5), and what stands there."""
    places = [(placement, protocol) for placement, protocol in zip(_PLACES, found, strict=True) if protocol]
    if len(places) > 1:
        names = " and ".join([placement for placement, _ in places])
        raise VerificationError(400, "parameter_rejected", f"protocol parameters stand in two places: {names}")
    if places:
        return places[0]
    if authorization is not None:
        raise VerificationError(400, "parameter_absent", "the Authorization header holds no protocol parameter")
    raise unauthorized("parameter_absent", "the request presents no OAuth credentials", policy)
