"""The catalogue of mistakes that break a signature: a description of each, and what a client that makes it signs.

Every description completes the sentence "the client …". None of them contains a secret.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import TypeAlias

from oauthone.core.encoding import decode_for_display, encoded_pairs, percent_decode, percent_encode, to_wire_string
from oauthone.core.incoming_request import IncomingRequest
from oauthone.core.parsed_request import ParsedRequest, read_form
from oauthone.core.signature import signing_key
from oauthone.core.urls import normalized_authority
from oauthone.diagnosis.base_string_diff import respell_escapes
from oauthone.diagnosis.forwarding import forwarded_address

#: A body that is not a form is read as one only up to this number of octets.
_LONGEST_BODY = 1 << 12

#: What a mistake does to a text, such as an encoded parameter.
Change: TypeAlias = Callable[[str], str]


def wrong_secrets(client_secret: str, token_secret: str) -> Iterator[tuple[str, str, str]]:
    """Yield descriptions, each with the client secret and the token secret that such a client signs with."""
    yield "signed with an empty token secret: keep the secret that came with the token", client_secret, ""
    yield "signed with an empty client secret", "", token_secret
    yield "exchanged the client's and the token's secret", token_secret, client_secret
    for end in ("\n", " "):
        yield "signed with a client secret that ends in a line break or a space", client_secret + end, token_secret
    yield "encoded the secrets twice", percent_encode(client_secret), percent_encode(token_secret)


def wrong_keys(client_secret: str, token_secret: str) -> Iterator[tuple[str, str]]:
    """Yield descriptions, each with a key that no two secrets lead to."""
    yield "did not percent-encode the secrets", f"{client_secret}&{token_secret}"
    if not token_secret:
        yield "left out the '&' after the client's secret", signing_key(client_secret, token_secret)[:-1]


def wrong_parameters(request: ParsedRequest) -> Iterator[tuple[str, list[str]]]:
    """Yield descriptions, each with the encoded parameters that such a client signs."""
    pairs, query = request.pairs, encoded_pairs(request.request.query)
    for description, change in _PARAMETER_MISTAKES:
        yield description, [pair if pair.startswith("oauth_") else change(pair) for pair in pairs]
        yield description, [change(pair) for pair in pairs]
    yield "left the query out", _without(pairs, query)
    if request.has_form:
        yield "left the form body out", _without(pairs, read_form(request.request)[0])
    elif len(request.request.body) <= _LONGEST_BODY:
        body = encoded_pairs(to_wire_string(request.request.body))
        yield "signed the body, which is not declared as a form", pairs + body
    by_name = {pair.partition("\0")[0]: pair for pair in pairs}
    yield "kept one of several parameters of the same name", list(by_name.values())
    if request.realm is not None:
        yield "signed the realm of the Authorization header", [*pairs, f"realm\0{percent_encode(request.realm)}"]
    for pair in ("oauth_token\0", "oauth_version\0" + "1.0"):
        if pair not in pairs:
            yield f"signed {pair.replace(chr(0), '=')}, which it did not send", [*pairs, pair]
    for name in ("oauth_body_hash", "oauth_callback", "oauth_token", "oauth_verifier", "oauth_version"):
        if name in request.protocol:
            signed = [pair for pair in pairs if pair.partition("\0")[0] != name]
            yield f"did not sign {name}, which it sent", signed


def wrong_orders(as_sent: list[str]) -> Iterator[tuple[str, list[str]]]:
    """Yield descriptions, each with the parameters as such a client orders them.

    Right is to sort by the encoded names and then by the encoded values (RFC 5849 section 3.4.1.3.2).
    """
    yield "did not sort the parameters", as_sent
    yield "did not sort the parameters", sorted(as_sent, key=lambda pair: pair.startswith("oauth_"))
    yield "did not sort the values of one name", sorted(as_sent, key=lambda pair: pair.partition("\0")[0])
    yield "sorted the parameters before encoding them", sorted(as_sent, key=percent_decode)
    yield "sorted capital letters among small ones", sorted(as_sent, key=str.lower)


def wrong_methods(method: str) -> Iterator[tuple[str, str]]:
    """Yield descriptions, each with the request method that such a client signs."""
    for other in ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", method.lower()):
        yield f"signed the method {other}", other


def wrong_uris(request: IncomingRequest) -> Iterator[tuple[str, str | bytes]]:
    """Yield descriptions, each with the base string URI that such a client signs, not encoded."""
    scheme, path = request.scheme, request.path
    authority = normalized_authority(scheme, request.authority)
    right = f"{scheme}://{authority}{path}"
    other = "http" if scheme == "https" else "https"
    yield (
        f"signed a URL that begins with {other}://, the server received {scheme}://",
        f"{other}://{normalized_authority(other, authority)}{path}",
    )
    if (address := forwarded_address(request)) is not None:
        there = "://".join(address)
        yield f"signed a URL of {there}, which forwarding headers name", f"{there}{path}"
    yield "left the port out of the URI", f"{scheme}://{authority.rpartition(':')[0]}{path}"
    yield "kept the default port in the URI", f"{scheme}://{authority}:{443 if scheme == 'https' else 80}{path}"
    as_written = f"{scheme}://{request.authority}{path}"
    yield "did not write the host in small letters and without its default port", as_written
    yield "left the query in the URI", f"{right}?{request.query}"
    yield "left out the slash that the path ends with", right.rstrip("/")
    yield "added a slash at the end of the path", f"{right}/"
    yield "decoded the path", percent_decode(right)


def _without(pairs: list[str], some: list[str]) -> list[str]:
    """``pairs`` without those of ``some``, each as often as it is there; protocol parameters stay."""
    left, counts = list[str](), Counter(some)
    for pair in pairs:
        if counts[pair] and not pair.startswith("oauth_"):
            counts[pair] -= 1
        else:
            left.append(pair)
    return left


def _leave_unencoded(characters: str) -> Change:
    """Return a function that undoes the escapes of ``characters``."""

    def change(text: str) -> str:
        for character in characters:
            text = text.replace(f"%{ord(character):02X}", character)
        return text

    return change


#: Descriptions of encoders that go wrong, each with what it makes of a text that was encoded rightly.
ENCODER_MISTAKES: tuple[tuple[str, Change], ...] = (
    ("wrote percent escapes in lower case", lambda text: respell_escapes(text, str.lower)),
    ("left some of !*'() unencoded, as the encoders of browsers do", _leave_unencoded("!*'()")),
    ("left slashes unencoded", _leave_unencoded("/")),
    ("encoded '~', which stands for itself", lambda text: text.replace("~", "%7E")),
)

#: Descriptions, each with what happens to an encoded parameter on its way into the base string.
_PARAMETER_MISTAKES: tuple[tuple[str, Change], ...] = (
    ("encoded a space as '+' instead of '%20'", lambda pair: pair.replace("%20", "+")),
    *ENCODER_MISTAKES,
    ("signed line breaks as LF, which browsers send as CR LF", lambda pair: pair.replace("%0D%0A", "%0A")),
    ("encoded the parameters once instead of twice", lambda pair: percent_decode(pair).decode("latin-1")),
    ("encoded the parameters three times instead of twice", lambda pair: pair.replace("%", "%25")),
)

#: Descriptions of a signature that is spelled wrongly, each with how the right spelling is restored.
WRONG_SPELLINGS: tuple[tuple[str, Change], ...] = (
    ("did not percent-encode the signature, whose '+' then arrived as a space", lambda sent: sent.replace(" ", "+")),
    ("percent-encoded the signature twice", decode_for_display),
    ("sent a line break or a space around the signature", str.strip),
    ("sent the base64 of URLs, with '-' and '_'", lambda sent: sent.replace("-", "+").replace("_", "/")),
    ("left out the '=' that base64 ends with", lambda sent: sent + "=" * (-len(sent) % 4)),
)
