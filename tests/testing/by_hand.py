"""Requests signed step by step with the standard library alone, correctly or incorrectly, and sent unchanged."""

import base64
import hashlib
import hmac
import http.client
import json
import secrets
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, quote, urlsplit

from oauthone.testing import BoxClient, BoxToken, ProviderBox

FORM = "application/x-www-form-urlencoded"
Pairs = Iterable[tuple[str, str]]


class Answered(NamedTuple):
    """The response of a server; header names in lower case."""

    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)


def send(
    box: ProviderBox, method: str, url: str, headers: Mapping[str, str] | None = None, body: str | bytes = ""
) -> Answered:
    """Send exactly this request and return the response."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc)
    try:
        octets = body.encode("utf-8") if isinstance(body, str) else body
        target = f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
        connection.request(method, target, octets or None, dict(headers or {}))
        response = connection.getresponse()
        headers = {name.lower(): value for name, value in response.getheaders()}
        return Answered(response.status, headers, response.read().decode("utf-8"))
    finally:
        connection.close()


def encoded(text: str) -> str:
    return quote(text, safe="~")


def normalized(pairs: Pairs, encode: Callable[[str], str] = encoded) -> str:
    return "&".join(f"{name}={value}" for name, value in sorted((encode(n), encode(v)) for n, v in pairs))


def base_string(method: str, uri: str, pairs: Pairs, encode: Callable[[str], str] = encoded) -> str:
    return f"{method}&{encoded(uri)}&{encoded(normalized(pairs, encode))}"


def hmac_sha1(text: str, client_secret: str, token_secret: str) -> str:
    key = f"{encoded(client_secret)}&{encoded(token_secret)}"
    return base64.b64encode(hmac.digest(key.encode(), text.encode(), hashlib.sha1)).decode()


def protocol(client: BoxClient, token: str | None, **changes: str | None) -> dict[str, str]:
    """Return the protocol parameters of a request; a change to None leaves one out."""
    parameters: dict[str, str | None] = {
        "oauth_consumer_key": client.client_id,
        "oauth_token": token,
        "oauth_signature_method": "HMAC-SHA1",
        "oauth_timestamp": str(int(time.time())),
        "oauth_nonce": secrets.token_hex(12),
        **changes,
    }
    return {name: value for name, value in parameters.items() if value is not None}


def header(parameters: Mapping[str, str], signature: str, realm: str | None = None) -> str:
    listed = [f'{name}="{encoded(value)}"' for name, value in {**parameters, "oauth_signature": signature}.items()]
    return "OAuth " + ", ".join(([] if realm is None else [f'realm="{realm}"']) + listed)


class Request:
    """A request to a box that is correct unless a test changes it."""

    def __init__(
        self,
        box: ProviderBox,
        path: str = "/echo",
        *,
        method: str = "POST",
        query: Pairs = (),
        form: Pairs = (),
        body: str = "",
        content_type: str | None = None,
        token: BoxToken | None = None,
        realm: str | None = None,
        **changes: str | None,
    ) -> None:
        self.box, self.method, self.realm = box, method, realm
        self.query, self.form = list(query), list(form)
        self.token = token or box.issue_token()
        self.protocol = protocol(box.client, self.token.token, **changes)
        self.uri = box.origin + path
        self.url = self.uri + ("?" + normalized(self.query) if self.query else "")
        self.body = normalized(self.form) if self.form else body
        self.content_type = FORM if self.form else content_type

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Return all parameters that are signed."""
        return [*self.query, *self.form, *self.protocol.items()]

    @property
    def base_string(self) -> str:
        """Return the string to sign."""
        return base_string(self.method, self.uri, self.pairs)

    def signature(self, text: str | None = None, token_secret: str | None = None) -> str:
        """Return the signature of ``text`` instead of the base string, or with another token secret."""
        secret = self.token.token_secret if token_secret is None else token_secret
        return hmac_sha1(self.base_string if text is None else text, self.box.client.client_secret, secret)

    def send(self, signature: str | None = None, **headers: str) -> Answered:
        """Send the request with this signature instead of the correct one."""
        sent = {"Authorization": header(self.protocol, signature or self.signature(), self.realm)}
        if self.content_type is not None:
            sent["Content-Type"] = self.content_type
        return send(self.box, self.method, self.url, {**sent, **headers}, self.body)


def leg(
    box: ProviderBox, url: str, token: str | None, token_secret: str, **changes: str | None
) -> tuple[Answered, dict[str, str]]:
    """Send a request for credentials; return the response and its fields."""
    parameters = protocol(box.client, token, **changes)
    signature = hmac_sha1(base_string("POST", url, parameters.items()), box.client.client_secret, token_secret)
    answered = send(box, "POST", url, {"Authorization": header(parameters, signature)})
    return answered, dict(parse_qsl(answered.text, keep_blank_values=True))


def temporary(box: ProviderBox, callback: str = "oob") -> dict[str, str]:
    answered, fields = leg(box, box.request_token_url, None, "", oauth_callback=callback)
    assert answered.status == 200, answered
    return fields


def exchange(box: ProviderBox, fields: dict[str, str], verifier: str | None, secret: str | None = None) -> Answered:
    token_secret = fields["oauth_token_secret"] if secret is None else secret
    return leg(box, box.access_token_url, fields["oauth_token"], token_secret, oauth_verifier=verifier)[0]


def approved(box: ProviderBox, fields: dict[str, str]) -> str:
    return box.visit(f"{box.authorize_url}?oauth_token={quote(fields['oauth_token'], safe='')}")
