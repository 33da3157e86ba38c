"""pyxero, for Xero."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..leniency import parameters_anywhere
from ..provider import LibraryProvider
from ..routes import flow, issued, resource
from . import CALLBACK, PICTURE, TEXT

DISTRIBUTION = "pyxero"
CALLS = "login by HMAC and by RSA, a renewed token, a private application; GET, XML, upload"
HOST = "api.xero.com"
READS = parameters_anywhere
ROUTES = [
    resource(HOST, r"POST /oauth/AccessToken\?oauth_session_handle=", issued(1, "RSA-SHA1")),
    *flow(HOST, r"/oauth/RequestToken", r"/oauth/Authorize", r"/oauth/AccessToken", "oauth_session_handle=handle"),
    resource(HOST, r" /api.xro/", '{"Status": "OK", "Contacts": []}'),
]


def walk(provider: LibraryProvider) -> Iterator[tuple[str, Any]]:
    """Log in with each kind of credentials, and call the API."""
    import xero
    from xero.auth import PartnerCredentials, PrivateCredentials, PublicCredentials

    client, key = provider.client, provider.clients["RSA-SHA1"]
    public = PublicCredentials(client.client_id, client.client_secret, callback_uri=CALLBACK)
    yield "authorization URL", public.url
    public.verify(provider.code(public.url))
    yield "token", [public.oauth_token, public.oauth_token_secret]
    api = xero.Xero(public)
    yield "filter", api.contacts.filter(Name=TEXT)
    yield "put", api.contacts.put({"Name": TEXT})
    yield "attachment", api.contacts.put_attachment_data("1", "a b.png", PICTURE, "image/png")

    partner = PartnerCredentials(key.client_id, "unused", key.rsa_key, callback_uri=CALLBACK)
    partner.verify(provider.code(partner.url))
    partner.refresh()
    yield "renewed token", partner.oauth_token
    yield "partner: all", xero.Xero(partner).contacts.all()

    provider.add_token(key.client_id, "", "RSA-SHA1")
    yield "private: all", xero.Xero(PrivateCredentials(key.client_id, key.rsa_key)).contacts.all()
