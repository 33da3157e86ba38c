"""mwclient, for MediaWiki."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any

from oauthone.testing import Received

from ..provider import LibraryProvider
from ..routes import resource
from . import PICTURE, TEXT

DISTRIBUTION = "mwclient"
CALLS = "GET, form, an edit, upload"
USER = {"id": 1, "name": "Alice", "rights": ["read", "edit", "upload", "writeapi"], "groups": []}
NAMESPACES = {"6": {"id": 6, "*": "File"}}
GENERAL = {"generator": "MediaWiki 1.40.0", "writeapi": "", "version": "1.40"}
PAGE = {
    **{"pageid": 1, "ns": 0, "title": "A", "touched": "2020-01-01T00:00:00Z", "lastrevid": 1, "length": 1},
    "revisions": [{"*": "text", "timestamp": "2020-01-01T00:00:00Z"}],
}


def answer(got: Received) -> str:
    """Answer as the API of MediaWiki does."""
    asked = f"{got.url} {got.body.decode('latin-1')}"
    if "siteinfo" in asked:
        return json.dumps({"query": {"general": GENERAL, "namespaces": NAMESPACES, "userinfo": USER}})
    if "tokens" in asked:
        return json.dumps({"query": {"tokens": {"csrftoken": "x+\\"}, "pages": {"1": {**PAGE, "edittoken": "x"}}}})
    if "action=edit" in asked:
        return json.dumps({"edit": {"result": "Success"}})
    if "upload" in asked:
        return json.dumps({"upload": {"result": "Success"}})
    return json.dumps({"query": {"pages": {"1": PAGE}, "userinfo": USER}})


FRESH = r"(?<=starttimestamp=)\d+"
ROUTES = [resource("wiki.example", r"/w/api.php", answer)]


def walk(provider: LibraryProvider) -> Iterator[tuple[str, Any]]:
    """Read, edit and upload. The library has no login of its own."""
    import mwclient

    token, secret = provider.token()
    site = mwclient.Site(
        "wiki.example",
        consumer_token=provider.client.client_id,
        consumer_secret=provider.client.client_secret,
        access_token=token,
        access_secret=secret,
    )
    yield "version", list(site.version)
    yield "query by GET", dict(site.api("query", titles=TEXT, http_method="GET"))
    yield "query by POST", dict(site.api("query", titles=TEXT, http_method="POST"))
    page = site.pages["A"]
    yield "text", page.text()
    yield "edit", page.save(TEXT, summary="a summary")
    yield "upload", dict(site.upload(io.BytesIO(PICTURE), "Picture.png", TEXT, ignore=True))
