"""pywikibot, for MediaWiki."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

from ..provider import LibraryProvider
from ..routes import resource
from . import PICTURE, TEXT

DISTRIBUTION = "pywikibot"
CALLS = "GET, form, form as text, upload"
HOST = "wiki.example"
ROUTES = [resource(HOST, r"", '{"answer": "é"}')]


def walk(provider: LibraryProvider) -> Iterator[tuple[str, Any]]:
    """Send requests with the library's own function for that. It has no login of its own."""
    os.environ["PYWIKIBOT_NO_USER_CONFIG"] = "2"
    from pywikibot import config
    from pywikibot.comms import http

    config.authenticate[HOST] = (provider.client.client_id, provider.client.client_secret, *provider.token())
    url = f"https://{HOST}/w/api.php"
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    yield "get", http.fetch(url, params={"q": TEXT}).text
    yield "form", http.fetch(url, method="POST", data={"text": TEXT}).text
    yield "text", http.fetch(url, method="POST", data="a=%C3%A9&b=c+d", headers=form).text
    yield "upload", http.fetch(url, method="POST", data={"text": "x"}, files={"file": ("a.png", PICTURE)}).text
