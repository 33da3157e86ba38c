"""A request that arrives, taken apart: the parts that count for its signature (RFC 5849 section 3.2)."""

from collections.abc import Iterable
from typing import NamedTuple

from oauthone.core.base_string import base_string_prefix, signature_base_string
from oauthone.core.body import is_form
from oauthone.core.encoding import encoded_pairs, to_wire_string
from oauthone.core.parameters import Placement, header_pairs, is_oauth_header, split_parameters
from oauthone.core.policy import VerificationPolicy, unauthorized
from oauthone.core.urls import normalized_authority, split_query
from oauthone.errors import SigningError, VerificationError

_PLACES = (Placement.HEADER, Placement.QUERY, Placement.BODY)


class ParsedRequest(NamedTuple):
    """A request taken apart."""

    method: str
    url: str
    host: str | None
    body: bytes
    has_form: bool
    pairs: list[str]
    protocol: dict[str, str]
    realm: str | None
    placement: Placement

    def __repr__(self) -> str:
        return f"ParsedRequest({self.method} {split_query(self.url)[0]}, …)"


def parse_request(
    method: str, url: str, headers: Iterable[tuple[str, str]], body: bytes, policy: VerificationPolicy
) -> ParsedRequest:
    """The parts of a request that count for its signature.

    Raises:
        VerificationError: it is too large, malformed, or holds no or doubled protocol parameters.
    """
    authorization, content_type, host = _read_headers(headers, policy)
    if policy.hosts is not None and normalized_authority(url.partition(":")[0].lower(), host or "") not in policy.hosts:
        raise VerificationError(
            400, "parameter_rejected", "the Host header names none of the hosts that are served here"
        )
    has_form = is_form(content_type)
    before, query = split_query(url)
    _check_length("URL before its query", before, policy)
    query = to_wire_string(query)
    _check_caps(query, body if has_form else b"", policy)
    query_pairs = encoded_pairs(query)
    form_pairs = encoded_pairs(to_wire_string(body)) if has_form and body else []
    realm, in_header = (None, []) if authorization is None else header_pairs(authorization)
    if len(in_header) > policy.max_parameters:
        raise VerificationError(400, "parameter_rejected", "the Authorization header holds too many parameters")
    found = split_parameters(in_header), split_parameters(query_pairs), split_parameters(form_pairs)
    placement, protocol = _only_placement(authorization, found, policy)
    pairs = [pair for pair in (*in_header, *query_pairs, *form_pairs) if not pair.startswith("oauth_signature\0")]
    return ParsedRequest(method, url, host, body, has_form, pairs, protocol, realm, placement)


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


def _read_headers(
    headers: Iterable[tuple[str, str]], policy: VerificationPolicy
) -> tuple[str | None, str | None, str | None]:
    """Authorization (where its scheme is OAuth), Content-Type and Host."""
    authorization = content_type = host = None
    for name, value in headers:
        if len(name) not in (4, 12, 13):
            continue
        lowered = name.lower()
        if lowered == "authorization" and is_oauth_header(value):
            if authorization is not None:
                raise VerificationError(400, "parameter_rejected", "there are two OAuth Authorization headers")
            authorization = _check_length("Authorization header", value, policy)
        elif lowered == "content-type":
            if value != (content_type or value):
                raise VerificationError(400, "parameter_rejected", "there are two Content-Type headers")
            content_type = _check_length("Content-Type header", value, policy)
        elif lowered == "host":
            if value != (host or value):
                raise VerificationError(400, "parameter_rejected", "there are two Host headers")
            host = _check_length("Host header", value, policy)
    return authorization, content_type, host


def _check_length(what: str, value: str, policy: VerificationPolicy) -> str:
    if len(value) > policy.max_header:
        raise VerificationError(400, "parameter_rejected", f"the {what} is too long")
    return value


def _check_caps(query: str, form: bytes, policy: VerificationPolicy) -> None:
    if len(form) > policy.max_form:
        raise VerificationError(400, "parameter_rejected", f"the form is longer than {policy.max_form} octets")
    if query.count("&") + form.count(b"&") >= policy.max_parameters:
        raise VerificationError(400, "parameter_rejected", f"there are more than {policy.max_parameters} parameters")
    if len(query) > policy.max_form:
        raise VerificationError(400, "parameter_rejected", f"the query is longer than {policy.max_form} octets")


def base_string_of(request: ParsedRequest) -> str:
    """The signature base string of an incoming request, with nothing masked.

    Raises:
        VerificationError: its URL is no absolute one.
    """
    try:
        start = base_string_prefix(request.method, split_query(request.url)[0], request.host)
    except SigningError:
        raise VerificationError(400, "parameter_rejected", "the request's URL is no absolute URL") from None
    return signature_base_string(start, list(request.pairs))
