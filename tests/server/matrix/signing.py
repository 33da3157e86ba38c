"""A signer written from RFC 5849 alone, so that nothing of the package judges itself.

It signs what a client means, part by part, whatever is then written on the wire.
"""

import hmac
import secrets
import time
from base64 import b64encode
from typing import NamedTuple
from urllib.parse import quote, unquote_to_bytes

CLIENT = "matrix-client"
SECRET = "matrix-secret"

Pairs = list[tuple[bytes, bytes]]


class Meant(NamedTuple):
    """The request that a client means and signs; ``query`` and ``form`` are written as in a form."""

    method: str = "GET"
    host: str = "api.example"
    path: str = "/photos"
    query: str = ""
    form: str | None = None
    scheme: str = "http"

    @property
    def target(self) -> str:
        """The request target of this request, in origin-form."""
        return self.path + (f"?{self.query}" if self.query else "")


def pairs(form: str) -> Pairs:
    """The parameters of a query or form, as octets (RFC 5849 section 3.4.1.3.1)."""
    split = [part.replace("+", " ").partition("=") for part in form.split("&") if part]
    return [(unquote_to_bytes(name), unquote_to_bytes(value)) for name, _, value in split]


def escape(value: str | bytes) -> str:
    """Percent-encoding as RFC 5849 section 3.6 has it."""
    return quote(value, safe="-._~")


def default_port_dropped(host: str, scheme: str = "http") -> str:
    """The authority of section 3.4.1.2."""
    return host.lower().removesuffix({"http": ":80", "https": ":443"}[scheme])


def protocol_parameters(meant: Meant) -> list[tuple[str, str]]:
    """The protocol parameters with which ``meant`` is signed, the signature last."""
    protocol = [
        ("oauth_consumer_key", CLIENT),
        ("oauth_nonce", secrets.token_hex(8)),
        ("oauth_signature_method", "HMAC-SHA1"),
        ("oauth_timestamp", str(int(time.time()))),
    ]
    signed = [*protocol, *pairs(meant.query), *pairs(meant.form or "")]
    normalized = "&".join("=".join(pair) for pair in sorted((escape(name), escape(value)) for name, value in signed))
    uri = f"{meant.scheme}://{default_port_dropped(meant.host, meant.scheme)}{meant.path}"
    base = "&".join(escape(part) for part in (meant.method.upper(), uri, normalized))
    digest = hmac.digest(f"{SECRET}&".encode(), base.encode(), "sha1")
    return [*protocol, ("oauth_signature", b64encode(digest).decode())]


def authorization(meant: Meant) -> str:
    """The value of the Authorization header (section 3.5.1)."""
    return "OAuth " + ", ".join(f'{escape(name)}="{escape(value)}"' for name, value in protocol_parameters(meant))
