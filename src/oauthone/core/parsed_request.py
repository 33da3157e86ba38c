"""The parameters of a request that arrives, which its signature covers (RFC 5849 sections 3.2 and 3.4.1.3).

Authorization header and query are read once, before the body: only they tell whether the signature covers the body.
Every limit of the policy is checked before the text that it limits is taken apart.
"""

from collections.abc import Collection
from functools import lru_cache
from typing import TypeAlias

from oauthone.core.base_string import base_string_around, prefix_from_parts, signature_base_string
from oauthone.core.encoding import normalize_form, percent_decode, to_wire_string
from oauthone.core.incoming_request import IncomingRequest, is_media_type
from oauthone.core.parameters import Parameters, Placement, read_parameters
from oauthone.core.policy import VerificationPolicy, unauthorized
from oauthone.core.received_header import read_any_header, read_usual_header
from oauthone.core.urls import normalized_authority
from oauthone.errors import VerificationError

_PLACES = (Placement.HEADER, Placement.QUERY, Placement.BODY)
_NOTHING: Parameters = ([], {})
_InHeader: TypeAlias = tuple[list[str] | str, dict[str, str]]
_Head: TypeAlias = tuple[str | None, _InHeader, Parameters]

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
        in_header: the encoded ``"name\\0value"`` strings of the base string that stand in the header; or, as one
            string, the part of the base string that they make.
        elsewhere: those of query and form.
        protocol: the protocol parameters, decoded.
        realm: the realm of the Authorization header, or None.
        placement: where the protocol parameters stand.
    """

    __slots__ = ("elsewhere", "has_form", "in_header", "placement", "protocol", "realm", "request")

    def __init__(
        self,
        request: IncomingRequest,
        in_header: list[str] | str,
        elsewhere: list[str],
        protocol: dict[str, str],
        realm: str | None,
        placement: Placement,
    ) -> None:
        self.request = request
        self.has_form = request.has_form
        self.in_header = in_header
        self.elsewhere = elsewhere
        self.protocol = protocol
        self.realm = realm
        self.placement = placement

    @property
    def pairs(self) -> list[str]:
        """The encoded ``"name\\0value"`` strings of the base string, each by itself, in the order of their arrival."""
        header = self.request.authorization
        return self.elsewhere if header is None else [*read_any_header(header)[1][0], *self.elsewhere]

    def __repr__(self) -> str:
        return f"ParsedRequest({self.request!r}, …)"


def needs_body(request: IncomingRequest, policy: VerificationPolicy) -> bool:
    """Return whether the signature covers the body, which then has to be read before the application reads it."""
    try:
        if request.fault is not None:
            _public_request(request, policy)  # in which the fault may be gone
        _, (_, in_header), (_, in_query) = _read_head(request, policy)
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
    realm, (in_header, header), (in_query, query) = _read_head(request, policy)
    if request.content_type is not None:
        if request.has_form:
            _check_sizes(request.query, request.body, policy)
        if not is_media_type(request.content_type):
            raise _rejected("the Content-Type header is not a media type")
    if request.claimed_mount is not None and request.claimed_mount != policy.mounted_at:
        raise _rejected("a header may say where the application is mounted: name the place with mounted_at")
    if policy.hosts is not None:
        _check_host(public, policy.hosts)
    in_form, form = read_form(request) if request.has_form else _NOTHING
    if header and not query and not form:
        placement, protocol = Placement.HEADER, header
    else:
        placement, protocol = _only_placement(request, policy, header, query, form)
    elsewhere = [*in_query, *in_form] if in_form else in_query
    return ParsedRequest(public, in_header, elsewhere, protocol.copy(), realm, placement)


def read_form(request: IncomingRequest) -> Parameters:
    """Return the parameters of a form. They are cached, as an explanation needs them too."""
    if request.parsed_form is None or request.parsed_form[0] is not request.body:
        request.parsed_form = request.body, _read_pairs(normalize_form(to_wire_string(request.body)))
    form: Parameters = request.parsed_form[1]
    return form


def base_string_of(parsed: ParsedRequest) -> str:
    """Return the signature base string of a request that arrived, with nothing masked."""
    request = parsed.request
    prefix = _cached_prefix(request.method, request.scheme, request.authority, request.path)
    if isinstance(parsed.in_header, str):
        return base_string_around(prefix, parsed.elsewhere, parsed.in_header)
    return signature_base_string(prefix, [*parsed.in_header, *parsed.elsewhere])


_cached_prefix = lru_cache(maxsize=256)(prefix_from_parts)


def _public_request(request: IncomingRequest, policy: VerificationPolicy) -> IncomingRequest:
    """Return the request as its client sees it.

    Raises:
        VerificationError: it is malformed.
    """
    public = request if policy.public_url is None else request.with_public_url(*policy.public_url)
    if public.fault is not None:
        raise _rejected(f"the request is malformed: {public.fault}")
    return public


def _read_head(request: IncomingRequest, policy: VerificationPolicy) -> _Head:
    """Return the realm, and the parameters of header and query: read once, unless another policy sets other limits."""
    if request.parsed_head is None or request.parsed_head[0] is not policy:
        _check_lengths(request, policy)
        realm: str | None = None
        header: _InHeader = _NOTHING
        if (value := request.authorization) is not None:
            realm, header = read_usual_header(value) or read_any_header(value)
            if _count(*header) > policy.max_parameters:
                raise _rejected("the Authorization header holds too many parameters")
        query = request.query
        if request.canonical_query is not query:  # so a query that was replaced since is normalized too
            query = normalize_form(query)
        request.parsed_head = policy, (realm, header, _read_pairs(query) if query else _NOTHING)
    head: _Head = request.parsed_head[1]
    return head


def _count(signed: list[str] | str, protocol: dict[str, str]) -> int:
    """Return how many parameters a header has: one that is signed in one string has protocol parameters only."""
    return (
        len(protocol) if isinstance(signed, str) else max(len(signed) + ("oauth_signature" in protocol), len(protocol))
    )


def _read_pairs(text: str) -> Parameters:
    """Return the parameters of a query or form, which is normalized."""
    pairs = text.replace("=", "\0").split("&") if text else []
    return read_parameters(pairs) if "oauth_" in text else (pairs, {})


def _check_lengths(request: IncomingRequest, policy: VerificationPolicy) -> None:
    limit = policy.max_header
    if len(request.path) > limit:
        raise _rejected("the path is too long")
    if request.authorization is not None and len(request.authorization) > limit:
        raise _rejected("the Authorization header is too long")
    if request.content_type is not None and len(request.content_type) > limit:
        raise _rejected("the Content-Type header is too long")
    query = request.query
    if len(query) > policy.max_form or query.count("&") >= policy.max_parameters:
        _check_sizes(query, b"", policy)


def _check_sizes(query: str, form: bytes, policy: VerificationPolicy) -> None:
    if len(form) > policy.max_form:
        raise _rejected(f"the form is longer than {policy.max_form} octets")
    if len(query) + len(form) > policy.max_form:
        raise _rejected(f"{'query and form are' if form else 'the query is'} longer than {policy.max_form} octets")
    if query.count("&") + form.count(b"&") >= policy.max_parameters:
        raise _rejected(f"there are more than {policy.max_parameters} parameters")


def _check_host(public: IncomingRequest, hosts: Collection[str]) -> None:
    """Raise if the request was sent to a host that this server does not serve, and was perhaps signed for that one."""
    if normalized_authority(public.scheme, public.authority) not in hosts:
        raise _rejected(WRONG_HOST)


def _only_placement(
    request: IncomingRequest, policy: VerificationPolicy, *found: dict[str, str]
) -> tuple[Placement, dict[str, str]]:
    """Return the one place of the protocol parameters (RFC 5849 section 3.5), and the parameters."""
    places = [place for place in zip(_PLACES, found, strict=True) if place[1]]
    if len(places) == 1:
        return places[0]
    if places:
        names = " and ".join([placement for placement, _ in places])
        raise _rejected(f"protocol parameters stand in two places: {names}")
    if request.authorization is not None:
        raise VerificationError(400, "parameter_absent", "the Authorization header holds no protocol parameter")
    raise unauthorized("parameter_absent", "the request presents no OAuth credentials", policy)


def _names_credentials(text: str, max_parameters: int) -> bool:
    for part in text.split("&", max_parameters)[:max_parameters]:
        name = part.partition("=")[0]
        if len(name) <= _LONGEST_CREDENTIAL and percent_decode(name) in _CREDENTIALS:
            return True
    return False


def _rejected(reason: str) -> VerificationError:
    return VerificationError(400, "parameter_rejected", reason)
