"""atlassian-python-api, for Jira and Confluence."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from ..provider import LibraryProvider
from ..routes import resource
from . import PICTURE, TEXT

DISTRIBUTION = "atlassian-python-api"
CALLS = "RSA-SHA512 and RSA-SHA1; GET, form, JSON, upload, DELETE"
HOST = "jira.example"
ROUTES = [resource(HOST, r"", '{"answer": "é"}')]


def walk(provider: LibraryProvider) -> Iterator[tuple[str, Any]]:
    """Send requests with the methods below all of the library's. It has no login of its own."""
    from atlassian.rest_client import AtlassianRestAPI

    for method, options in (("RSA-SHA512", {}), ("RSA-SHA1", {"signature_method": "RSA-SHA1"})):
        client = provider.clients[method]
        token, secret = provider.token(1, method)
        oauth = {"access_token": token, "access_token_secret": secret, "consumer_key": client.client_id}
        api = AtlassianRestAPI(f"https://{HOST}", oauth={**oauth, "key_cert": client.rsa_key, **options})
        yield f"{method}: get", api.get("rest/api/2/search", params={"jql": TEXT})
        yield f"{method}: json", api.post("rest/api/2/issue", data={"summary": TEXT})
        yield f"{method}: put", api.put("rest/api/2/issue/A-1", data={"summary": TEXT})
        files = {"file": ("picture.png", io.BytesIO(PICTURE))}
        yield (
            f"{method}: upload",
            api.post("rest/api/2/issue/A-1/attachments", files=files, headers=api.no_check_headers),
        )
        api.delete("rest/api/2/issue/A-1")
