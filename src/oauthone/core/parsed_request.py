"""The parameters of a request that arrives, which its signature covers (RFC 5849 sections 3.2 and 3.4.1.3).

Authorization header and query are read once, before the body: only they tell whether the signature covers the body.
"""

from collections.abc import Collection
from functools import lru_cache
from typing import TypeAlias

from oauthone.core.base_string import base_string_around, prefix_from_parts
from oauthone.core.body import FORM
from oauthone.core.encoding import normalize_form, percent_decode, to_wire_string
from oauthone.core.incoming_request import IncomingRequest
from oauthone.core.parameters import Placement, malformed, read_parameters
from oauthone.core.policy import VerificationPolicy, unauthorized
from oauthone.core.received_header import read_any_header, read_usual_header
from oauthone.core.request_grammar import is_media_type
from oauthone.core.request_limits import check_lengths, check_sizes
from oauthone.core.urls import normalized_authority
from oauthone.errors import VerificationError

_PLACES = (Placement.HEADER, Placement.QUERY, Placement.BODY)
# The parameters of a query or form that a signature covers, as one form in the encoding of a base string; and the
# protocol parameters in it, decoded.
_Parameters: TypeAlias = tuple[str, dict[str, str]]
_NOTHING: dict[str, str] = {}
# The realm, the protocol parameters of header and query, and `protocol_part` and `others` of a `ParsedRequest`.
_Head: TypeAlias = tuple[str | None, dict[str, str], dict[str, str], str, str]

#: The reason why a request to a host that is not served is refused.
WRONG_HOST = "the Host header names none of the hosts that are served here"

# The names that show a query or form to be signed, and their length if each octet is escaped.
_CREDENTIALS = (b"oauth_consumer_key", b"oauth_signature")
_LONGEST_CREDENTIAL = 3 * len("oauth_consumer_key")


class ParsedRequest:
    """A request and the parameters that count for its signature.

    It has slots because a verification reads its attributes often, and those of a named tuple are slower to read.

    Attributes:
        request: the request as its client sees it.
        has_form: whether its body is a form.
        protocol_part: the part of the base string that the parameters of a usual header make; else empty.
        others: all other parameters that the signature covers, as a form in the encoding of a base string, not sorted.
        protocol: the protocol parameters, decoded.
        realm: the realm of the Authorization header, or None.
        placement: where the protocol parameters stand.
        client_id: the identifier of the client; empty if it is missing.
        token: the identifier of the token; None if it is missing or empty.
        nonce: the nonce; None if it is missing.
    """

    __slots__ = (
        "client_id",
        "has_form",
        "nonce",
        "others",
        "placement",
        "protocol",
        "protocol_part",
        "realm",
        "request",
        "token",
    )

    def __init__(
        self,
        request: IncomingRequest,
        protocol_part: str,
        others: str,
        protocol: dict[str, str],
        realm: str | None,
        placement: Placement,
    ) -> None:
        self.request = request
        self.has_form = request.has_form
        self.protocol_part = protocol_part
        self.others = others
        self.protocol = protocol
        self.realm = realm
        self.placement = placement
        self.client_id = protocol.get("oauth_consumer_key", "")
        self.token = protocol.get("oauth_token") or None
        self.nonce = protocol.get("oauth_nonce")

    def __repr__(self) -> str:
        return f"ParsedRequest({self.request!r}, …)"


def needs_body(request: IncomingRequest, policy: VerificationPolicy) -> bool:
    """Return whether the signature covers the body, which then has to be read before the application reads it."""
    try:
        if request.fault is not None:
            _public_request(request, policy)  # in which the fault may be gone
        _, in_header, in_query, _, _ = _read_head(request, policy)
    except VerificationError:
        return False  # the request is rejected whatever its body is
    if policy.body_hash == "required" or request.has_form:
        return True
    return "oauth_body_hash" in in_header or "oauth_body_hash" in in_query


def has_credentials(request: IncomingRequest, policy: VerificationPolicy) -> bool:
    """Return whether the request is signed, well or badly. A request without credentials is anonymous.

    An ``oauth_token`` alone does not count: browsers bring it to a consent page and to a callback.
    """
    if request.authorization is not None:
        return True
    form = to_wire_string(request.body) if request.has_form else ""
    return any(_names_credentials(place, policy.max_parameters) for place in (request.query, form))


def parse_request(request: IncomingRequest, policy: VerificationPolicy) -> ParsedRequest:
    """Return the parameters of a request that count for its signature.

    Raises:
        VerificationError: the request is malformed or too large, has no protocol parameters, or has one twice.
    """
    public = request
    if policy.public_url is not None or request.fault is not None:
        public = _public_request(request, policy)
    realm, header, query, protocol_part, others = _read_head(request, policy)
    if request.content_type is not None:
        if request.has_form:
            check_sizes(request.query, request.body, policy)
        if request.content_type != FORM and not is_media_type(request.content_type):
            raise malformed("the Content-Type header is not a media type")
    if request.claimed_mount is not None and request.claimed_mount != policy.mounted_at:
        raise malformed("a header may say where the application is mounted: name the place with mounted_at")
    if policy.hosts is not None:
        _check_host(public, policy.hosts)
    form = _NOTHING
    if request.has_form:
        in_form, form = read_form(request)
        others = _joined(others, in_form)
    if header and not query and not form:
        placement, protocol = Placement.HEADER, header
    else:
        placement, protocol = _only_placement(request, policy, header, query, form)
    return ParsedRequest(public, protocol_part, others, protocol.copy(), realm, placement)


def read_form(request: IncomingRequest) -> _Parameters:
    """Return the parameters of a form. They are cached, as an explanation needs them too."""
    if request.parsed_form is None or request.parsed_form[0] is not request.body:
        request.parsed_form = request.body, _read_parameters(normalize_form(to_wire_string(request.body)))
    form: _Parameters = request.parsed_form[1]
    return form


def base_string_of(parsed: ParsedRequest) -> str:
    """Return the signature base string of a request that arrived, with nothing masked."""
    request = parsed.request
    prefix = _cached_prefix(request.method, request.scheme, request.authority, request.path)
    return base_string_around(prefix, parsed.others, parsed.protocol_part)


_cached_prefix = lru_cache(maxsize=256)(prefix_from_parts)


def _public_request(request: IncomingRequest, policy: VerificationPolicy) -> IncomingRequest:
    """Return the request as its client sees it.

    Raises:
        VerificationError: it is malformed.
    """
    public = request if policy.public_url is None else request.with_public_url(*policy.public_url)
    if public.fault is not None:
        raise malformed(f"the request is malformed: {public.fault}")
    return public


def _read_head(request: IncomingRequest, policy: VerificationPolicy) -> _Head:
    """Return what stands in header and query: read once, unless another policy sets other limits."""
    if request.parsed_head is not None and request.parsed_head[0] is policy:
        read_before: _Head = request.parsed_head[1]
        return read_before
    check_lengths(request, policy)
    realm, in_header, protocol_part, others = None, _NOTHING, "", ""
    if request.authorization is not None:
        realm, in_header, protocol_part, others = _read_header(request.authorization, policy.max_parameters)
    in_query, query = _NOTHING, request.query
    if query:
        if request.canonical_query is not query:  # so a query that was replaced since is normalized too
            query = normalize_form(query)
        query, in_query = _read_parameters(query)
        others = _joined(others, query)
    head = realm, in_header, in_query, protocol_part, others
    request.parsed_head = policy, head
    return head


def _read_header(value: str, max_parameters: int) -> tuple[str | None, dict[str, str], str, str]:
    """Return what an Authorization header adds to the head of a request."""
    usual = read_usual_header(value)
    if usual is not None:
        realm, protocol_part, protocol = usual
        others, count = "", len(protocol)
    else:
        realm, signed, protocol = read_any_header(value)
        protocol_part, others = "", "&".join(signed).replace("\0", "=")
        count = max(len(signed) + ("oauth_signature" in protocol), len(protocol))
    if count > max_parameters:
        raise malformed("the Authorization header holds too many parameters")
    return realm, protocol, protocol_part, others


def _read_parameters(text: str) -> _Parameters:
    """Return the parameters of a query or form, which is normalized."""
    if "oauth_" not in text:
        return text, _NOTHING
    signed, protocol = read_parameters(text.replace("=", "\0").split("&"))
    return "&".join(signed).replace("\0", "="), protocol


def _joined(one: str, other: str) -> str:
    return f"{one}&{other}" if one and other else one or other


def _check_host(public: IncomingRequest, hosts: Collection[str]) -> None:
    """Raise if the request was sent to a host that this server does not serve, and was perhaps signed for that one."""
    if normalized_authority(public.scheme, public.authority) not in hosts:
        raise malformed(WRONG_HOST)


def _only_placement(
    request: IncomingRequest, policy: VerificationPolicy, *found: dict[str, str]
) -> tuple[Placement, dict[str, str]]:
    """Return the one place of the protocol parameters (RFC 5849 section 3.5), and the parameters."""
    places = [place for place in zip(_PLACES, found, strict=True) if place[1]]
    if len(places) == 1:
        return places[0]
    if places:
        names = " and ".join([placement for placement, _ in places])
        raise malformed(f"protocol parameters stand in two places: {names}")
    if request.authorization is not None:
        raise VerificationError(400, "parameter_absent", "the Authorization header holds no protocol parameter")
    raise unauthorized("parameter_absent", "the request presents no OAuth credentials", policy)


def _names_credentials(text: str, max_parameters: int) -> bool:
    for part in text.split("&", max_parameters)[:max_parameters]:
        name = part.partition("=")[0]
        if len(name) <= _LONGEST_CREDENTIAL and percent_decode(name) in _CREDENTIALS:
            return True
    return False
