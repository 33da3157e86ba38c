"""Mistakes about the key and the spelling of a signature (RFC 5849 sections 3.4.2 and 3.4.4)."""

import re
from binascii import Error as Base64Error
from binascii import a2b_base64, unhexlify
from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple, TypeAlias

from oauthone.core.encoding import percent_encode, to_wire_string
from oauthone.diagnosis.encoding import EncodedOnce
from oauthone.diagnosis.encoding_mistakes import ENCODERS
from oauthone.diagnosis.sent_request import Parameter, decode

_HEX = re.compile("(?:[0-9a-f]{2})+|(?:[0-9A-F]{2})+")
_BLANKS = (" ", "\n", "\r\n", "\t")


class Secrets(NamedTuple):
    """The secrets that a client signs with. As a base string has no use for them, its repr hides them."""

    client: str
    token: str
    join: "_Joint"

    def __repr__(self) -> str:
        return "Secrets(…)"


class Identifiers(NamedTuple):
    """What a client may confuse with its secrets."""

    client_id: str
    token: str
    rsa_text: str | None


_Joint: TypeAlias = Callable[[str, str], str | bytes]
_Change: TypeAlias = Callable[[Secrets], Secrets]


def join(client: str, token: str) -> str:
    """Join two secrets to a key, as RFC 5849 section 3.4.2 requires."""
    return f"{percent_encode(client)}&{percent_encode(token)}"


class KeyMaker:
    """Makes keys of secrets, of which it encodes each once."""

    def __init__(self) -> None:
        self._encoded = EncodedOnce(percent_encode)

    def make(self, secrets: Secrets) -> bytes:
        """Return the octets of the key that a client makes of its secrets."""
        client, token, joint = secrets
        key = f"{self._encoded[client]}&{self._encoded[token]}" if joint is join else joint(client, token)
        return key if isinstance(key, bytes) else key.encode("utf-8", "surrogatepass")


def wrong_secrets(identifiers: Identifiers) -> Iterator[tuple[str, _Change]]:
    """Yield mistakes, each with what such a client makes of the secrets that it signs with."""
    yield "secrets-swapped", lambda secrets: Secrets(secrets.token, secrets.client, secrets.join)
    yield "client-secret-left-out", lambda secrets: secrets._replace(client="")
    yield "identifier-as-secret", lambda secrets: secrets._replace(client=identifiers.client_id)
    yield "identifier-as-secret", lambda secrets: secrets._replace(token=identifiers.token)
    yield "identifier-as-secret", lambda secrets: Secrets(identifiers.client_id, identifiers.token, secrets.join)
    for fault, made in _FAULTS.items():
        for change in made:
            yield f"client-secret-{fault}", partial(_with_client_secret, change)
            yield f"token-secret-{fault}", partial(_with_token_secret, change)
    yield "client-secret-as-token-secret", lambda secrets: secrets._replace(token=secrets.client)
    yield "token-secret-left-out", lambda secrets: secrets._replace(token="")
    for nothing in ("undefined", "null", "None"):
        yield "nothing-as-token-secret", partial(_with_word, nothing)
    if identifiers.rsa_text is not None:
        text = identifiers.rsa_text
        yield "rsa-key-as-secret", lambda secrets: secrets._replace(client=text)
        yield "rsa-key-as-secret", lambda secrets: Secrets(text, "", _client_secret_alone)
    yield (
        "token-secret-with-white-space",
        lambda secrets: secrets._replace(join=_with_line_end) if secrets.token else secrets,
    )
    for mistake, joint in _WRONG_JOINTS:
        yield mistake, partial(_with_joint, joint)


def _with_client_secret(change: Callable[[str], str], secrets: Secrets) -> Secrets:
    return Secrets(change(secrets.client), secrets.token, secrets.join) if secrets.client else secrets


def _with_token_secret(change: Callable[[str], str], secrets: Secrets) -> Secrets:
    return Secrets(secrets.client, change(secrets.token), secrets.join) if secrets.token else secrets


def _with_word(word: str, secrets: Secrets) -> Secrets:
    return secrets._replace(token=word)


def _with_joint(joint: _Joint, secrets: Secrets) -> Secrets:
    return Secrets(secrets.client, secrets.token, joint) if secrets.join is join else secrets


def _join_in_another_encoding(encoder: Callable[[str], str], client: str, token: str) -> str:
    return encoder(join(client, token))


def _client_secret_alone(client: str, _: str) -> str:
    return client


def _with_line_end(client: str, token: str) -> str:
    return f"{join(client, token)}\n"


#: What may happen to a secret that is copied, by the end of the mistake's word.
_FAULTS: dict[str, tuple[Callable[[str], str], ...]] = {
    "without-white-space": (str.strip,),
    "with-white-space": tuple(
        template.format for template in ("{}\n", "{} ", " {}", "{}\r\n", "\n{}", "{}\t", "\t{}", "\r\n{}")
    ),
    "with-quotes": ('"{}"'.format, "'{}'".format, lambda secret: secret.strip("\"'")),
    "with-byte-order-mark": ("\ufeff{}".format,),
    "in-another-case": (str.lower, str.upper),
    "decoded": (
        lambda secret: decode(to_wire_string(secret)).encode("latin-1").decode("utf-8", "replace"),
        lambda secret: _ascii_from_base64(secret) or secret,
    ),
    "cut": (lambda secret: secret[:-1], lambda secret: secret[1:]),
}


def _join_octets(read: Callable[[str], bytes | None], client: str, token: str) -> str | bytes:
    """Return a key of the octets that secrets stand for; the right key if neither stands for any.

    Args:
        read: returns the octets; None for a text that stands for none, which is taken as it is.
        client: the client's secret.
        token: the token's.
    """
    octets = [read(secret) for secret in (client, token)]
    if not any(octets):
        return join(client, token)
    texts = (client.encode("utf-8", "surrogatepass"), token.encode("utf-8", "surrogatepass"))
    return b"&".join(text if one is None else one for one, text in zip(octets, texts, strict=True))


def _from_digits(text: str) -> bytes | None:
    return unhexlify(text) if _HEX.fullmatch(text) else None


def _ascii_from_base64(text: str) -> str | None:
    octets = _from_base64(text)
    return octets.decode("ascii") if octets and octets.isascii() else None


def _from_base64(text: str) -> bytes | None:
    try:
        return a2b_base64(text.encode("ascii"), strict_mode=True)
    except (Base64Error, UnicodeEncodeError):
        return None


#: Keys that are made of the right secrets in a wrong way.
_WRONG_JOINTS: tuple[tuple[str, _Joint], ...] = (
    ("secrets-not-encoded", lambda client, token: f"{client}&{token}"),
    ("secrets-encoded-twice", lambda client, token: join(percent_encode(client), percent_encode(token))),
    *(("secrets-badly-encoded", partial(_join_in_another_encoding, encoder)) for _, encoder in ENCODERS),
    ("key-without-ampersand", lambda client, token: percent_encode(client) + percent_encode(token)),
    ("key-without-ampersand", lambda client, token: client + token),
    ("secrets-decoded-to-octets", partial(_join_octets, _from_base64)),
    ("secrets-decoded-to-octets", partial(_join_octets, _from_digits)),
    ("key-encoded-whole", lambda client, token: percent_encode(f"{client}&{token}")),
)


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
    octets = _from_base64(_without_blanks(sent.value)) or b""  # openssl breaks its lines after 64 characters
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
    ("blanks-around-signature", lambda sent: _without_blanks(sent)),
    ("signature-without-padding", lambda sent: _padded(sent)),
    ("signature-in-url-base64", lambda sent: _padded(sent.replace("-", "+").replace("_", "/"))),
)


def _without_blanks(text: str) -> str:
    return re.sub(r"\s+", "", text)


def _padded(text: str) -> str:
    return text + "=" * (-len(text) % 4)
