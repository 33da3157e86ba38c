"""A signer written from RFC 5849 alone, so that the package does not check itself.

It signs the parts that a client means, independently of how they are written on the wire.
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
    """The request that a client means and signs; ``query`` and ``form`` are form-encoded."""

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
    """Return the parameters of a query or form, as octets (RFC 5849 section 3.4.1.3.1)."""
    split = [part.replace("+", " ").partition("=") for part in form.split("&") if part]
    return [(unquote_to_bytes(name), unquote_to_bytes(value)) for name, _, value in split]


def escape(value: str | bytes) -> str:
    """Percent-encode as RFC 5849 section 3.6 requires."""
    return quote(value, safe="-._~")


def default_port_dropped(host: str, scheme: str = "http") -> str:
    """Return the authority without a default port (section 3.4.1.2)."""
    return host.lower().removesuffix({"http": ":80", "https": ":443"}[scheme])


def protocol_parameters(meant: Meant) -> list[tuple[str, str]]:
    """Return the protocol parameters of ``meant``, the signature last."""
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
    """Return the value of the Authorization header (section 3.5.1)."""
    return "OAuth " + ", ".join(f'{escape(name)}="{escape(value)}"' for name, value in protocol_parameters(meant))
