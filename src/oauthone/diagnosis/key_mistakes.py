"""Mistakes about the key and the spelling of a signature (RFC 5849 sections 3.4.2 and 3.4.4)."""

import re
from binascii import Error as Base64Error
from binascii import a2b_base64, unhexlify
from collections.abc import Callable, Iterator
from typing import NamedTuple

from oauthone.core.encoding import percent_encode, to_wire_string
from oauthone.diagnosis.encoding_mistakes import respell_escapes
from oauthone.diagnosis.sent_request import Parameter, decode

_ESCAPE = re.compile("%[0-9A-Fa-f]{2}")
_HEX = re.compile("(?:[0-9a-f]{2})+|(?:[0-9A-F]{2})+")
_BLANKS = (" ", "\n", "\r\n", "\t")


class Secrets(NamedTuple):
    """The secrets that a client signs with. As a base string has no use for them, its repr hides them."""

    client: str
    token: str
    join: Callable[[str, str], str]

    def __repr__(self) -> str:
        return "Secrets(…)"


class Identifiers(NamedTuple):
    """What a client may confuse with its secrets."""

    client_id: str
    token: str
    rsa_text: str | None


def join(client: str, token: str) -> str:
    """Join two secrets to a key, as RFC 5849 section 3.4.2 requires."""
    return f"{percent_encode(client)}&{percent_encode(token)}"


def wrong_secrets(identifiers: Identifiers, secrets: Secrets) -> Iterator[tuple[str, Secrets]]:
    """Yield mistakes, each with the secrets that such a client signs with in place of ``secrets``."""
    client, token, joint = secrets
    if joint is join:
        yield "token-secret-left-out", Secrets(client, "", joint)
        yield "client-secret-left-out", Secrets("", token, joint)
        yield "secrets-swapped", Secrets(token, client, joint)
        yield "client-secret-as-token-secret", Secrets(client, client, joint)
        for nothing in ("undefined", "null", "None"):
            yield "nothing-as-token-secret", Secrets(client, nothing, joint)
        yield "identifier-as-secret", Secrets(identifiers.client_id, token, joint)
        yield "identifier-as-secret", Secrets(client, identifiers.token, joint)
        yield "identifier-as-secret", Secrets(identifiers.client_id, identifiers.token, joint)
        for fault, changed in _miscopied(client):
            yield f"client-secret-{fault}", Secrets(changed, token, joint)
        for fault, changed in _miscopied(token):
            yield f"token-secret-{fault}", Secrets(client, changed, joint)
        if token:
            yield "token-secret-with-white-space", Secrets(client, token, _with_line_end)
        for mistake, wrong_joint in _WRONG_JOINTS:
            yield mistake, Secrets(client, token, wrong_joint)
        if identifiers.rsa_text is not None:
            yield "rsa-key-as-secret", Secrets(identifiers.rsa_text, token, joint)
            yield "rsa-key-as-secret", Secrets(identifiers.rsa_text, "", _client_secret_alone)


def _client_secret_alone(client: str, _: str) -> str:
    return client


def _with_line_end(client: str, token: str) -> str:
    return f"{join(client, token)}\n"


def _miscopied(secret: str) -> Iterator[tuple[str, str]]:
    """Yield what may happen to a secret that is copied, each with the secret after it."""
    if not secret:
        return
    yield "without-white-space", secret.strip()
    for blank in _BLANKS:
        yield "with-white-space", secret + blank
        yield "with-white-space", blank + secret
    yield "with-quotes", secret.strip("\"'")
    for quote in "\"'":
        yield "with-quotes", f"{quote}{secret}{quote}"
    yield "with-byte-order-mark", f"\ufeff{secret}"
    yield "in-another-case", secret.lower()
    yield "in-another-case", secret.upper()
    yield "decoded", decode(to_wire_string(secret)).encode("latin-1").decode("utf-8", "replace")
    yield "cut", secret[:-1]
    yield "cut", secret[1:]
    decoded = _from_base64(secret) or b""
    if decoded and decoded.isascii():
        yield "decoded", decoded.decode("ascii")


def _from_base64(text: str) -> bytes | None:
    try:
        return a2b_base64(text.encode("ascii"), strict_mode=True)
    except (Base64Error, UnicodeEncodeError):
        return None


#: Keys that are made of the right secrets in a wrong way.
_WRONG_JOINTS: tuple[tuple[str, Callable[[str, str], str]], ...] = (
    ("secrets-not-encoded", lambda client, token: f"{client}&{token}"),
    ("secrets-encoded-twice", lambda client, token: join(percent_encode(client), percent_encode(token))),
    ("secrets-badly-encoded", lambda client, token: respell_escapes(join(client, token), str.lower)),
    ("secrets-badly-encoded", lambda client, token: join(client, token).replace("%20", "+")),
    ("secrets-badly-encoded", lambda client, token: join(client, token).replace("~", "%7E")),
    ("secrets-badly-encoded", lambda client, token: _ESCAPE.sub(_reserved_kept, join(client, token))),
    ("secrets-badly-encoded", lambda client, token: join(client, token).replace("%2F", "/")),
    ("key-without-ampersand", lambda client, token: percent_encode(client) + percent_encode(token)),
    ("key-without-ampersand", lambda client, token: client + token),
    ("key-encoded-whole", lambda client, token: percent_encode(f"{client}&{token}")),
)


def _reserved_kept(escape: re.Match[str]) -> str:
    return decode(escape[0]) if escape[0] in ("%21", "%2A", "%27", "%28", "%29") else escape[0]


def signature_spellings(sent: Parameter) -> Iterator[tuple[str, bytes]]:
    """Yield mistakes, each with the octets of the signature that such a client spelled as ``sent``.

    The right spelling is base64, which the caller reads.
    """
    for mistake, respell in _SPELLINGS:
        octets = _from_base64(respell(sent.value))
        if octets is not None:
            yield mistake, octets
    raw = _from_base64(sent.raw[1])
    if raw is not None:
        yield "signature-not-encoded", raw
    digits = sent.value.strip()
    if _HEX.fullmatch(digits):
        yield "signature-in-hexadecimal", unhexlify(digits)
    octets = _from_base64(sent.value) or b""
    digits = octets.decode("latin-1").rpartition("= ")[2].strip()  # openssl prints "SHA1(stdin)= " before them
    if _HEX.fullmatch(digits):
        yield "hexadecimal-in-base64", unhexlify(digits)
    inner = _from_base64(octets.decode("latin-1").strip())
    if inner:
        yield "base64-twice", inner


def plaintext_spellings(sent: Parameter) -> Iterator[tuple[str, bytes]]:
    """Yield mistakes, each with the key that such a client spelled as ``sent`` with the method PLAINTEXT."""
    yield "signature-not-encoded", sent.raw[1].encode("latin-1")
    decoded = decode(sent.value).encode("latin-1")
    if percent_encode(decoded) == sent.value:  # and not only the secrets in it
        yield "signature-encoded-twice", decoded
    yield "blanks-around-signature", sent.value.strip().encode("latin-1")
    octets = _from_base64(sent.value)
    if octets is not None:
        yield "key-in-base64", octets


#: How the right spelling of a signature is restored.
_SPELLINGS: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("signature-not-encoded", lambda sent: sent.replace(" ", "+")),
    ("signature-encoded-twice", decode),
    ("signature-encoded-twice", lambda sent: decode(decode(sent))),
    ("blanks-around-signature", lambda sent: re.sub(r"\s+", "", sent)),
    ("signature-without-padding", lambda sent: _padded(sent)),
    ("signature-in-url-base64", lambda sent: _padded(sent.replace("-", "+").replace("_", "/"))),
)


def _padded(text: str) -> str:
    return text + "=" * (-len(text) % 4)
