"""The mistake behind a signature that a server refused, in words for the server's log."""

from collections.abc import Iterator

from oauthone.core.incoming_request import IncomingRequest
from oauthone.core.parsed_request import ParsedRequest
from oauthone.core.signature import SignatureMethod
from oauthone.core.verification_types import Credentials
from oauthone.diagnosis.body_hash import body_hash_mistake
from oauthone.diagnosis.forwarding import forwarded_address
from oauthone.diagnosis.key_mistakes import Identifiers, Secrets, join
from oauthone.diagnosis.mistake_search import find_mistakes
from oauthone.diagnosis.mistakes import described, described_ways
from oauthone.diagnosis.sent_request import SentRequest, UrlParts, read_parts
from oauthone.diagnosis.signature_targets import SigningCredentials

#: A request with more characters in its path, parameters and signature is not searched: that would take too long.
_MAX_CHARACTERS = 1 << 14
#: In one with more than these, two mistakes are not searched for.
_MAX_CHARACTERS_FOR_TWO = 1 << 11


def diagnose_body_hash(request: ParsedRequest, method: SignatureMethod) -> str | None:
    """Describe why ``oauth_body_hash`` is wrong.

    Args:
        request: the request as it arrived.
        method: the signature method that the request names.

    Returns:
        The description; None if the hash is right or absent.
    """
    mistake = body_hash_mistake(request.protocol.get("oauth_body_hash"), method.hash_name, request.request.body)
    return None if mistake is None else f"the client {described(mistake)}"


def diagnose_signature(request: ParsedRequest, method: SignatureMethod, credentials: Credentials) -> str | None:
    """Describe the mistakes that lead to the signature that was sent.

    Args:
        request: the request as it arrived.
        method: the signature method that the request names.
        credentials: the client's and the token's.

    Returns:
        The description; None if no known mistake leads there, the signature is right, or the request is too large to
        be searched.
    """
    # Decided before anything is built: an attacker who knows a client's identifier can send large requests.
    size = len(request.request.path) + len(request.protocol_part) + len(request.others)
    size += len(request.protocol["oauth_signature"])
    if size > _MAX_CHARACTERS:
        return None
    signed_with = SigningCredentials(
        secrets=Secrets(credentials.client_secret, credentials.token_secret or "", join),
        identifiers=Identifiers(
            request.protocol["oauth_consumer_key"], request.protocol.get("oauth_token") or "", rsa_text=None
        ),
        public_key=credentials.rsa_key,
        method=method,
    )
    sent = _as_sent(request)
    found = find_mistakes(
        sent, signed_with, 2 if size <= _MAX_CHARACTERS_FOR_TWO else 1, [*_forwarded(request.request, sent)]
    )
    if found is None or not found.number:
        return None
    return f"the client {described_ways(found.ways)}"


def _as_sent(parsed: ParsedRequest) -> SentRequest:
    request = parsed.request
    url = UrlParts(request.scheme, request.authority, request.path, request.query)
    sent = read_parts(request.method, url, request.authority, tuple(request.headers), request.body)
    return sent._replace(
        signatures=tuple(one._replace(value=parsed.protocol["oauth_signature"]) for one in sent.signatures)
    )


def _forwarded(request: IncomingRequest, sent: SentRequest) -> Iterator[tuple[str, SentRequest]]:
    """Yield the request for the address that forwarding headers name, if there is one."""
    address = forwarded_address(request)
    if address is not None:
        scheme, authority = address
        yield f"forwarded-address-signed:{scheme}://{authority}", sent._replace(scheme=scheme, authority=authority)
