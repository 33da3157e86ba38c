"""flickrapi, for Flickr, which signs the text fields of an upload as a form."""

from __future__ import annotations

import email.parser
import email.policy
import io
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from oauthone.core.incoming_request import IncomingRequest

from ..leniency import parameters_anywhere, with_form
from ..provider import LibraryProvider
from ..routes import flow, resource
from . import PICTURE, PLAIN_CALLBACK, TEXT

DISTRIBUTION = "flickrapi"
CALLS = "login, with the callback in the form; form, upload signed as a form; a token set and removed"
HOST = "www.flickr.com"


def READS(request: IncomingRequest) -> IncomingRequest:
    """Read the text fields of an upload as a form, and protocol parameters beside those in the header."""
    if "multipart" not in (request.content_type or ""):
        return parameters_anywhere(request)
    head = f"Content-Type: {request.content_type}\r\n\r\n".encode("latin-1")
    parts: Any = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(head + request.body).iter_parts()
    fields = [part for part in parts if part.get_filename() is None]
    named = [(part.get_param("name", header="content-disposition"), part.get_payload(decode=True)) for part in fields]
    return with_form(request, urlencode(named))


ROUTES = [
    *flow(
        HOST,
        r"/services/oauth/request_token",
        r"/services/oauth/authorize",
        r"/services/oauth/access_token",
        "fullname=Alice&username=alice&user_nsid=1",
    ),
    resource("api.flickr.com", r"POST /services/rest/", '{"stat": "ok"}'),
    resource("up.flickr.com", r"POST /services/upload/", '<rsp stat="ok"><photoid>1</photoid></rsp>'),
]


def walk(provider: LibraryProvider) -> Iterator[tuple[str, Any]]:
    """Log in, call the API, and upload."""
    import flickrapi

    client = provider.client
    api = flickrapi.FlickrAPI(client.client_id, client.client_secret, store_token=False, format="parsed-json")
    api.get_request_token(oauth_callback=PLAIN_CALLBACK)
    url = api.auth_url(perms="write")
    yield "authorization URL", url
    api.get_access_token(provider.code(url))
    yield "token", str(api.flickr_oauth.token)

    yield "search", api.photos.search(text=TEXT)
    uploaded = api.upload("picture.png", fileobj=io.BytesIO(PICTURE), title=TEXT, format="rest")
    yield "upload", uploaded.decode()
    token = api.flickr_oauth.token
    api.flickr_oauth.token = None
    yield "without a token", api.photos.search(text="x")
    api.flickr_oauth.token = token
    yield "with it again", api.photos.search(text="x")
