"""Parts of a request as the page of a box shows them: without values that may be secret, however they are written."""

from collections.abc import Callable, Iterator
from typing import TypeAlias

from oauthone.core.encoding import decode_for_display
from oauthone.core.masking import mask_secrets, masked_header, secret_headers, secret_names
from oauthone.core.signature import SIGNATURE_METHODS
from oauthone.diagnosis.sent_request import HEADER_PIECE, OAUTH_SCHEME, SentRequest

#: Tells whether a parameter may be secret, by its decoded name.
IsSecret: TypeAlias = Callable[[str], bool]

MASK = "***"
#: Signatures that contain no secret. Another name may be a wrong one of PLAINTEXT.
_SIGNING = frozenset(SIGNATURE_METHODS) - {"PLAINTEXT"}
#: The names of protocol parameters whose values are no secret.
_SHOWN = frozenset(
    f"oauth_{name}" for name in ("consumer_key", "nonce", "signature_method", "timestamp", "token", "version")
)


def shown_pairs(text: str, is_secret: IsSecret) -> str:
    """Return a query or form with the values masked that may be secret."""
    shown: list[str] = []
    for pair in text.split("&"):
        name, separator, _ = pair.partition("=")
        shown.append(f"{name}={MASK}" if separator and is_secret(decode_for_display(name)) else pair)
    return "&".join(shown)


def secrecy_of(request: SentRequest) -> IsSecret:
    """Return what tells whether a parameter may be secret. A PLAINTEXT signature consists of the two secrets."""
    has_secrets = request.protocol("oauth_signature_method") not in _SIGNING

    def is_secret(name: str) -> bool:
        is_signature = name == "oauth_signature" and has_secrets
        return name not in _SHOWN and (is_signature or secret_names().search(name) is not None)

    return is_secret


def shown_header(name: str, value: str, is_secret: IsSecret) -> str:
    """Return the value of a header, its name in lower case."""
    scheme = OAUTH_SCHEME.match(value)
    if scheme is not None and "oauth_" in value:  # also in a header of another name, where it is misplaced
        return scheme[0] + "".join(_shown_parameters(value[scheme.end() :], is_secret))
    if name == "oauth-base-string":
        return mask_secrets(value)
    if is_secret(name):
        return MASK
    before, mark, query = value.partition("?")
    if mark and not secret_headers().search(name):
        return f"{before}?{shown_pairs(query, is_secret)}"
    return masked_header(name, value)


def _shown_parameters(header: str, is_secret: IsSecret) -> Iterator[str]:
    """Yield the pieces of an Authorization header. One that is written wrongly may hold several parameters."""
    hides = False
    for piece in HEADER_PIECE.finditer(header):
        name, quoted, bare = piece.groups()
        if name is None:
            hides = hides or may_hold_secrets(piece[0])  # behind a value that is hidden, this is the rest of it
            yield MASK if hides and piece[0].strip(" ,;") else piece[0]
            continue
        value = bare if quoted is None else quoted
        holds_more = (quoted is None or "=" in quoted) and may_hold_secrets(value)
        hides = holds_more or is_secret(decode_for_display(name))
        yield f'{header[piece.start() : piece.end(1)]}="{MASK}"' if hides else piece[0]


def may_hold_secrets(value: str) -> bool:
    """Return whether a value may have parameters in it that are secret, as where a client joins them wrongly."""
    return "oauth_" in value or secret_names().search(value) is not None
