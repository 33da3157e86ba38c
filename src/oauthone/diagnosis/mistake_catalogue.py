"""The mistake that a wrong signature betrays: known ones are made on purpose, until one leads to the same signature.

Nothing here is needed to verify, and nothing that is said holds a secret. Signatures are compared in constant time, as
one that fits half would otherwise tell how to go on.
"""

import hmac
from binascii import a2b_base64, b2a_base64
from collections.abc import Callable, Iterator
from typing import NamedTuple

from oauthone.core.base_string import normalized_parameters
from oauthone.core.body import body_digest
from oauthone.core.encoding import encoded_pairs, percent_decode, percent_encode, to_wire_string
from oauthone.core.parsed_request import ParsedRequest, base_string_of
from oauthone.core.request import IncomingRequest
from oauthone.core.signature import SIGNATURE_METHODS, HmacMethod, PlaintextMethod, SignatureMethod, signing_key
from oauthone.core.urls import normalized_authority
from oauthone.core.verified import Credentials
from oauthone.errors import SigningError

#: The longest base string that is tried otherwise, in characters.
_LONGEST = 1 << 16


def diagnose_body_hash(request: ParsedRequest, method: SignatureMethod) -> str | None:
    """The mistake that a wrong ``oauth_body_hash`` betrays; None where it is right or absent.

    Args:
        request: the request as it arrived.
        method: the signature method that the request names.
    """
    given, right = request.protocol.get("oauth_body_hash"), body_digest(method.hash_name, request.request.body)
    if given is None or given == right:
        return None
    digits = a2b_base64(right).hex()
    if given.lower() == digits or given == _base64(digits.encode("ascii")):
        return "the client wrote oauth_body_hash in hexadecimal"
    if given == body_digest(method.hash_name, b""):
        return "the client hashed an empty body"
    for name in ("sha1", "sha256", "sha512"):
        if given == body_digest(name, request.request.body):
            return f"the client hashed the body with {name.upper()}, {method.name} means {method.hash_name.upper()}"
    return "the client hashed another body than the one that arrived"


class _Tried(NamedTuple):
    """What a client that makes one mistake signs, with what, and what it sends."""

    words: str
    base_string: str
    signature: str
    client_secret: str
    token_secret: str


def diagnose_signature(request: ParsedRequest, method: SignatureMethod, credentials: Credentials) -> str | None:
    """The mistake with which the server comes to the signature that was sent; None where it knows none, or it fits.

    Args:
        request: the request as it arrived.
        method: the signature method that the request names.
        credentials: the client's and the token's.
    """
    right = _Tried(
        "",
        base_string_of(request),
        request.protocol["oauth_signature"],
        credentials.client_secret,
        credentials.token_secret or "",
    )
    if len(right.base_string) > _LONGEST or _fits(right, method, credentials):
        return None
    for tried in _mistakes(request, method, right):
        if _fits(tried, method, credentials):
            return f"the client {tried.words}"
    for words, made in _by_hand(right, method):
        if hmac.compare_digest(made.encode("utf-8", "surrogatepass"), right.signature.encode("utf-8", "surrogatepass")):
            return f"the client {words}"
    for other in SIGNATURE_METHODS.values():
        if other.uses_rsa_key == method.uses_rsa_key and _fits(right, other, credentials):
            return f"the client signed with {other.name}, though the request says {method.name}"
    return None


def _fits(tried: _Tried, method: SignatureMethod, credentials: Credentials) -> bool:
    _, base_string, signature, client_secret, token_secret = tried
    try:
        return method.verify(base_string, signature, client_secret, token_secret, credentials.rsa_key)
    except SigningError:  # a hash that this Python's crypto policy forbids
        return False


def _mistakes(request: ParsedRequest, method: SignatureMethod, right: _Tried) -> Iterator[_Tried]:
    if not method.uses_rsa_key:
        for words, client_secret, token_secret in _other_secrets(right.client_secret, right.token_secret):
            yield right._replace(words=words, client_secret=client_secret, token_secret=token_secret)
    for words, sent in _SPELLINGS:
        yield right._replace(words=words, signature=sent(right.signature))
    for words, base_string in _base_strings(request, right.base_string):
        yield right._replace(words=words, base_string=base_string)


def _other_secrets(client_secret: str, token_secret: str) -> Iterator[tuple[str, str, str]]:
    """Which mistake, and the two secrets that it signs with."""
    yield "signed with an empty token secret: keep the secret that came with the token", client_secret, ""
    yield "signed with an empty client secret", "", token_secret
    yield "exchanged the client's and the token's secret", token_secret, client_secret
    for end in ("\n", " "):
        yield "signed with a client secret that ends in a line break or a space", client_secret + end, token_secret
    yield "encoded the secrets twice", percent_encode(client_secret), percent_encode(token_secret)


def _by_hand(right: _Tried, method: SignatureMethod) -> Iterator[tuple[str, str]]:
    """Which mistake, and the signature that it leads to: what no method makes of two secrets."""
    key = signing_key(right.client_secret, right.token_secret)
    keys = [("did not percent-encode the secrets", f"{right.client_secret}&{right.token_secret}")]
    if not right.token_secret:
        keys.append(("left out the '&' after the client's secret", key[:-1]))
    if isinstance(method, PlaintextMethod):
        yield from keys
    elif isinstance(method, HmacMethod):
        for words, other in keys:
            yield words, _base64(_hmac(other, right.base_string, method))
        digits = _hmac(key, right.base_string, method).hex()
        yield "sent the signature in hexadecimal instead of base64", digits
        yield "sent the base64 of hexadecimal digits instead of the signature's octets", _base64(digits.encode("ascii"))


def _hmac(key: str, text: str, method: SignatureMethod) -> bytes:
    return hmac.digest(key.encode("utf-8", "surrogatepass"), text.encode("ascii"), method.hash_name)


def _base64(octets: bytes) -> str:
    return b2a_base64(octets, newline=False).decode("ascii")


def _base_strings(request: ParsedRequest, right: str) -> Iterator[tuple[str, str]]:
    """Which mistake, and the base string that it leads to."""
    method, uri, _ = right.split("&")
    in_order = sorted(request.pairs)
    for words, pairs in _other_parameters(request, encoded_pairs(request.request.query)):
        yield words, _base_string(method, uri, sorted(pairs))
    for words, pairs in _other_orders(request.pairs):
        yield words, _base_string(method, uri, pairs)
    for other in ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", method.lower()):
        yield f"signed the method {other}", _base_string(other, uri, in_order)
    for words, other_uri in _other_uris(request.request):
        yield words, _base_string(method, percent_encode(other_uri), in_order)
    decoded_uri = percent_decode(uri).decode("latin-1")
    yield "joined the parts without encoding them", f"{method}&{decoded_uri}&{normalized_parameters(request.pairs)}"
    # Some encoders go wrong in both rounds: over each value, and over the whole.
    for words, slip in _ENCODERS:
        inner = normalized_parameters([slip(pair) for pair in request.pairs])
        yield words, f"{method}&{slip(uri)}&{slip(percent_encode(inner))}"


def _other_parameters(request: ParsedRequest, query: list[str]) -> Iterator[tuple[str, list[str]]]:
    pairs, body = request.pairs, encoded_pairs(to_wire_string(request.request.body))
    for words, slip in _SLIPS:
        yield words, [pair if pair.startswith("oauth_") else slip(pair) for pair in pairs]
        yield words, [slip(pair) for pair in pairs]
    yield "left the query out", _without(pairs, query)
    if request.has_form:
        yield "left the form body out", _without(pairs, body)
    else:
        yield "signed the body, which is not declared as a form", pairs + body
    yield (
        "kept one of several parameters of the same name",
        list({pair.partition("\0")[0]: pair for pair in pairs}.values()),
    )
    if request.realm is not None:
        yield "signed the realm of the Authorization header", [*pairs, f"realm\0{percent_encode(request.realm)}"]
    for pair in ("oauth_token\0", "oauth_version\0" + "1.0"):
        if pair not in pairs:
            yield f"signed {pair.replace(chr(0), '=')}, which it did not send", [*pairs, pair]
    for name in ("oauth_body_hash", "oauth_callback", "oauth_token", "oauth_verifier", "oauth_version"):
        if name in request.protocol:
            left = [pair for pair in pairs if pair.partition("\0")[0] != name]
            yield f"did not sign {name}, which it sent", left


def _other_orders(as_sent: list[str]) -> Iterator[tuple[str, list[str]]]:
    """How clients sort otherwise than by the encoded names and then by the encoded values."""
    yield "did not sort the parameters", as_sent
    yield "did not sort the parameters", sorted(as_sent, key=lambda pair: pair.startswith("oauth_"))
    yield "did not sort the values of one name", sorted(as_sent, key=lambda pair: pair.partition("\0")[0])
    yield "sorted the parameters before encoding them", sorted(as_sent, key=percent_decode)
    yield "sorted capital letters among small ones", sorted(as_sent, key=str.lower)


def _other_uris(request: IncomingRequest) -> Iterator[tuple[str, str | bytes]]:
    """Which mistake, and the URI that it leads to."""
    scheme, path = request.scheme, request.path
    authority = normalized_authority(scheme, request.authority)
    right = f"{scheme}://{authority}{path}"
    other = "http" if scheme == "https" else "https"
    yield (
        f"signed a URL that begins with {other}://, the server received {scheme}://",
        f"{other}://{normalized_authority(other, authority)}{path}",
    )
    yield "left the port out of the URI", f"{scheme}://{authority.rpartition(':')[0]}{path}"
    yield "kept the default port in the URI", f"{scheme}://{authority}:{443 if scheme == 'https' else 80}{path}"
    as_written = f"{scheme}://{request.authority}{path}"
    yield "did not write the host in small letters and without its default port", as_written
    yield "left the query in the URI", f"{right}?{request.query}"
    yield "left out the slash that the path ends with", right.rstrip("/")
    yield "added a slash at the end of the path", f"{right}/"
    yield "decoded the path", percent_decode(right)


def _base_string(method: str, uri: str, pairs: list[str]) -> str:
    """A base string whose parameters need neither be encoded nor sorted as they should be."""
    return f"{method}&{uri}&{percent_encode('&'.join(pairs).replace(chr(0), '=').encode('latin-1'))}"


def _without(pairs: list[str], some: list[str]) -> list[str]:
    left = list(pairs)
    for pair in some:
        if pair in left and not pair.startswith("oauth_"):
            left.remove(pair)
    return left


def _lower_escapes(text: str) -> str:
    first, *rest = text.split("%")
    return first + "".join(f"%{part[:2].lower()}{part[2:]}" for part in rest)


def _unescaped(octets: str) -> Callable[[str], str]:
    """A function that undoes the escapes of these characters, as an encoder that leaves them as they are."""

    def slip(text: str) -> str:
        for octet in octets:
            text = text.replace(f"%{ord(octet):02X}", octet)
        return text

    return slip


#: What encoders do otherwise, in words.
_ENCODERS: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("wrote percent escapes in lower case", _lower_escapes),
    ("left some of !*'() unencoded, as the encoders of browsers do", _unescaped("!*'()")),
    ("left slashes unencoded", _unescaped("/")),
    ("encoded '~', which stands for itself", lambda text: text.replace("~", "%7E")),
)
#: What clients do to a parameter on its way into the base string, in words.
_SLIPS: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("encoded a space as '+' instead of '%20'", lambda pair: pair.replace("%20", "+")),
    *_ENCODERS,
    ("signed line breaks as LF, which browsers send as CR LF", lambda pair: pair.replace("%0D%0A", "%0A")),
    ("encoded the parameters once instead of twice", lambda pair: percent_decode(pair).decode("latin-1")),
    ("encoded the parameters three times instead of twice", lambda pair: pair.replace("%", "%25")),
)

#: How a signature is spelled wrongly on its way, and how the right spelling is had again.
_SPELLINGS: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("did not percent-encode the signature, whose '+' then arrived as a space", lambda sent: sent.replace(" ", "+")),
    (
        "percent-encoded the signature twice",
        lambda sent: percent_decode(to_wire_string(sent)).decode("utf-8", "replace"),
    ),
    ("sent a line break or a space around the signature", str.strip),
    ("sent the base64 of URLs, with '-' and '_'", lambda sent: sent.replace("-", "+").replace("_", "/")),
    ("left out the '=' that base64 ends with", lambda sent: sent + "=" * (-len(sent) % 4)),
)
