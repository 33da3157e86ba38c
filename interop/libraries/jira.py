"""jira, for Jira."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from ..provider import LibraryProvider
from ..routes import resource
from . import PICTURE, TEXT

DISTRIBUTION = "jira"
CALLS = "RSA with the method named and without; GET, JSON, upload"
HOST = "jira.example"
ROUTES = [
    resource(HOST, r"/serverInfo", '{"versionNumbers": [8, 0, 0], "deploymentType": "Server"}'),
    resource(HOST, r"/rest/api/2/search", '{"issues": [], "total": 0, "startAt": 0, "maxResults": 50}'),
    resource(HOST, r"/rest/api/2/field", "[]"),
    resource(HOST, r"/rest/api/2/project/A", '{"id": "1", "key": "A"}'),
    resource(HOST, r"/rest/api/2/myself", '{"name": "alice"}'),
    resource(HOST, r"/attachments", f'[{{"id": "1", "filename": "picture.png", "size": {len(PICTURE)}}}]'),
    resource(HOST, r"/rest/api/2/issue", '{"id": "1", "key": "A-1", "fields": {}}'),
]


def walk(provider: LibraryProvider) -> Iterator[tuple[str, Any]]:
    """Search, create and upload. The library has no login of its own."""
    from jira import JIRA

    key = provider.clients["RSA-SHA1"]
    token, secret = provider.token(1, "RSA-SHA1")
    named = {"access_token": token, "access_token_secret": secret}
    oauth = {**named, "consumer_key": key.client_id, "key_cert": key.rsa_key}
    for name, options in (("named", {**oauth, "signature_method": "RSA-SHA1"}), ("tried", oauth)):
        api = JIRA(f"https://{HOST}", oauth=options)
        yield f"{name}: search", list(api.search_issues(f"summary ~ '{TEXT}'"))
        issue = api.create_issue(project="A", summary=TEXT, issuetype={"name": "Bug"})
        yield f"{name}: issue", issue.key
        attachment = api.add_attachment("A-1", io.BytesIO(PICTURE), "picture.png")
        yield f"{name}: attachment", attachment.filename
