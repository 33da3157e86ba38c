"""A rejected HEAD request gets status and headers, and no body, from the glue of every framework."""

from typing import Annotated, Any

import pytest
from fastapi import Depends, FastAPI
from starlette.testclient import TestClient

from oauthone.server import AsyncVerifier, MemoryStore
from oauthone.server.fastapi import RequireSignature


@pytest.mark.parametrize("explain", [False, True])
def test_fastapi_rejects_head_like_get(explain: bool) -> None:
    app = FastAPI()
    signature = RequireSignature(AsyncVerifier(MemoryStore()), explain=explain)

    @app.api_route("/", methods=["GET", "HEAD"])
    async def view(verified: Annotated[Any, Depends(signature)]) -> None: ...

    client = TestClient(app)
    read, asked = client.get("/"), client.head("/")
    assert (read.status_code, asked.status_code, asked.content) == (401, 401, b"")
    assert asked.headers["WWW-Authenticate"] == read.headers["WWW-Authenticate"]
    assert asked.headers["Content-Type"] == read.headers["Content-Type"]
