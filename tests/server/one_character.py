"""Two hundred signed requests, and each of them with one character changed, left out or doubled."""

from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

from oauthone import RsaKey, Signer
from oauthone.core.body import FORM
from oauthone.server import Client, Credentials, IssuedToken, RsaPublicKey
from oauthone.server._records import credentials_of

from .setting import CLIENT, NOW, Sent, signed

_KEYS = Path(__file__).parents[1] / "vectors" / "keys"
PRIVATE = (_KEYS / "p-rsa2048-pkcs8.pem").read_bytes()
_PRIVATE_KEY = RsaKey(PRIVATE)  # loading it takes longer than all signatures
KEYED_CLIENT = Client.create("keyed", rsa_key=RsaPublicKey((_KEYS / "p-rsa2048-pkcs8.pub.pem").read_bytes()))
CLIENTS = (CLIENT, KEYED_CLIENT)

_HMAC, _RSA = ("HMAC-SHA1", "HMAC-SHA256", "HMAC-SHA512"), ("RSA-SHA1", "RSA-SHA256", "RSA-SHA512")
_ORIGINS = (
    "https://api.example",
    "HTTPS://API.Example:443",
    "http://127.0.0.1:8080",
    "http://api.example:80",
    "https://[2001:db8::1]",
    "https://xn--bcher-kva.example",
)
_PATHS = ("", "/", "/a/b", "/a%2Fb%7e", "/;v=1", "/$(x)'[0]{y}", "/%", "/%FF/..", "//a", "/a:b@c,d", "/~u/+")
_QUERIES = (
    "",
    "?",
    "?a=1",
    "?a=1&a=0&a",
    "?q=x+y%20z&&",
    "?%C3%A9=%ff",
    "?realm=x&b=%",
    "?a==b&c=d=e",
    "?=&=",
    "?a[]=$'()*!&b=?/:@",
    "?A=%2B&a=%3D%26",
)
_FORMS = (b"", b"a=1", b"a=+&b=%20&c", b"a=%zz&&a=\xff", b"%e9=%C3%A9&x==", b"q='*!()~&q=&=q")
#: The replacements for a character: those with a meaning in some grammar first, then any other.
_SIGNS = "%&=+?#\"\\, ;/:@'[]0aA_~.\t\0\x7f\x80\xad\xff"


class AcceptingStore:
    """A store that accepts every nonce, so that the variants of a request do not affect each other."""

    def find_credentials(self, client_id: str, token: str | None) -> Credentials | None:
        """Return the credentials of one of the clients, and of its only token."""
        client = next((client for client in CLIENTS if client.client_id == client_id), None)
        issued = IssuedToken("t", "ts", client_id, "ann") if token == "t" else None
        return None if client is None else credentials_of(client, issued, NOW)

    def use_nonce(self, client_id: str, token: str | None, timestamp: int, nonce: str) -> bool:
        """Accept any nonce."""
        return True


def requests(count: int, seed: int) -> list[Sent]:
    """Return signed requests of all kinds, except PLAINTEXT, whose signature covers only the secrets."""
    random = Random(seed)
    return [_request(random, number) for number in range(count)]


def _request(random: Random, number: int) -> Sent:
    placement = ("HEADER", "HEADER", "QUERY", "BODY")[number % 4]
    url = random.choice(_ORIGINS) + random.choice(_PATHS) + random.choice(_QUERIES)
    method = random.choice(
        ("POST", "PUT", "PATCH", "DELETE") if placement == "BODY" else ("GET", "POST", "HEAD", "X-Y")
    )
    headers, body = {}, None
    if placement == "BODY" or (method == "POST" and random.random() < 0.5):
        headers, body = {"Content-Type": random.choice((FORM, FORM.upper() + "; charset=utf-8"))}, random.choice(_FORMS)
    elif method == "POST":
        headers, body = {"Content-Type": "application/json"}, b'{"a": "\xc3\xa9"}'
    return signed(_signer(random, number, placement), method, url, headers, body, nonce=f"n{number}+ /é")


def _signer(random: Random, number: int, placement: str) -> Signer:
    given: dict[str, Any] = {
        "signature_type": placement,
        "clock": lambda: NOW,
        "body_hash": "auto",
        "realm": random.choice((None, "", 'a "b", c\\d')) if placement == "HEADER" else None,
        "version": random.choice(("1.0", None)),
    }
    if random.random() < 0.7:
        given |= {"token": "t", "token_secret": "ts"}
    if number % 10 == 9:
        return Signer("keyed", signature_method=random.choice(_RSA), rsa_key=_PRIVATE_KEY, **given)
    return Signer("client", "secret", signature_method=random.choice(_HMAC), **given)


def variants(sent: Sent, random: Random | None = None) -> Iterator[Sent]:
    """Yield ``sent`` with one character of its method, headers, URL and body changed, left out and doubled.

    Args:
        sent: the request.
        random: picks one of the possible replacements of each character; None takes all 255.
    """
    for text in _texts(sent.method, random):
        yield sent._replace(method=text)
    for index, (name, value) in enumerate(sent.headers):
        for text in _texts(value, random):
            yield sent._replace(headers=[*sent.headers[:index], (name, text), *sent.headers[index + 1 :]])
    for text in _texts(sent.url, random):
        yield sent._replace(url=text)
    for text in _texts(sent.body.decode("latin-1"), random):
        yield sent._replace(body=text.encode("latin-1"))


def with_type(sent: Sent, content_type: str | None) -> Sent:
    """Return ``sent`` with another Content-Type, or without one."""
    others = [(name, value) for name, value in sent.headers if name != "Content-Type"]
    return sent._replace(headers=others if content_type is None else [*others, ("Content-Type", content_type)])


def _texts(text: str, random: Random | None) -> Iterator[str]:
    for index, sign in enumerate(text):
        before, after = text[:index], text[index + 1 :]
        yield before + after
        yield before + sign + sign + after
        for other in map(chr, range(256)) if random is None else (_another(random),):
            if other != sign:
                yield before + other + after


def _another(random: Random) -> str:
    return random.choice(_SIGNS) if random.random() < 0.5 else chr(random.randrange(256))
