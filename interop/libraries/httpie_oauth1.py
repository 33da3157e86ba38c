"""httpie-oauth1, the plugin of HTTPie."""

from __future__ import annotations

import contextlib
import io
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..provider import LibraryProvider
from ..routes import resource
from . import PICTURE, TEXT

DISTRIBUTION = "httpie-oauth1"
CALLS = "GET, form, JSON, upload; header, query and body; HMAC, RSA and PLAINTEXT"
HOST = "api.example"
ROUTES = [resource(HOST, r"", '{"answer": "é"}')]


def walk(provider: LibraryProvider) -> Iterator[tuple[str, Any]]:
    """Run the command with each kind of signature."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["HTTPIE_CONFIG_DIR"] = folder
        Path(folder, "config.json").write_text('{"disable_update_warnings": true}')
        picture = Path(folder, "picture.png")
        picture.write_bytes(PICTURE)
        requests = {
            "get": ["GET", f"https://{HOST}/get", f"q=={TEXT}"],
            "form": ["--form", "POST", f"https://{HOST}/form?x=1", f"text={TEXT}"],
            "json": ["POST", f"https://{HOST}/json", f"text={TEXT}"],
            "upload": ["--form", "POST", f"https://{HOST}/upload", "text=x", f"file@{picture}"],
        }
        for method, client in provider.clients.items():
            key = Path(folder, f"{method}.pem")
            key.write_text(_traditional(client.rsa_key) if client.rsa_key else "")
            auth = f"{client.client_id}:{key if client.rsa_key else client.client_secret}"
            for name, arguments in requests.items():
                yield f"{method}: {name}", _http(["-A", f"oauth1-{method.lower()}", "-a", auth, *arguments])
        client = provider.client
        for place, name in (("query", "get"), ("query", "json"), ("body", "form")):
            auth = ["-A", "oauth1-hmac-sha1", "-a", f"{client.client_id}:{client.client_secret}::{place}"]
            yield f"{place}: {name}", _http([*auth, *requests[name]])


def _traditional(key: str) -> str:
    """Return a private key in the only format that the plugin reads."""
    from cryptography.hazmat.primitives import serialization

    private_key = serialization.load_pem_private_key(key.encode(), None)
    encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL
    return private_key.private_bytes(encoding, form, serialization.NoEncryption()).decode()


def _http(arguments: list[str]) -> str:
    """Return the status of the command, and what it prints."""
    from httpie.context import Environment
    from httpie.core import main

    complaints = io.StringIO()
    with tempfile.TemporaryFile("w+", encoding="utf-8") as printed, contextlib.redirect_stderr(complaints):
        streams = {"stdin_isatty": True, "stdout": printed, "stdout_isatty": False, "stderr": complaints}
        try:
            status = int(main(["http", "--ignore-stdin", *arguments], Environment(**streams)))
        except SystemExit as ended:
            status = ended.code
        printed.seek(0)
        return f"{status} {printed.read()}{complaints.getvalue()}"
