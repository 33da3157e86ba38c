"""How often a login makes what is expensive: a signer, a parsed RSA key, and a TLS context."""

import asyncio
import ssl
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from oauthone import Signer
from oauthone.login import OAuth
from oauthone.testing import ProviderBox

from ..sites import registration

CALLBACK = "http://localhost/callback"


@contextmanager
def counting() -> Iterator[Counter[str]]:
    """The number of signers, parsed keys and TLS contexts that this thread makes."""
    made = Counter[str]()
    names = {
        Signer.__init__.__code__: "signers",
        ssl.SSLContext.__new__.__code__: "TLS contexts",
        load_pem_private_key.__code__: "parsed keys",  # the function of tests/conftest.py
    }

    def note(frame: FrameType, event: str, called: Any) -> None:
        if event == "call" and frame.f_code in names:
            made[names[frame.f_code]] += 1

    sys.setprofile(note)
    try:
        yield made
    finally:
        sys.setprofile(None)


def application(box: ProviderBox, method: str, **options: Any) -> Any:
    """The box, registered as a provider that signs with ``method``."""
    client = box.clients[method]
    kwargs: dict[str, Any] = {"signature_method": method}
    if client.rsa_key is not None:
        kwargs["rsa_key"] = client.rsa_key
    credentials = {"client_id": client.client_id, "client_secret": client.client_secret}
    return OAuth(secret_key="secret").register(
        "box", **{**registration(box), **credentials, "client_kwargs": kwargs, **options}
    )


@pytest.mark.parametrize("method", ["HMAC-SHA1", "RSA-SHA256"])
def test_a_login_makes_three_signers(box: ProviderBox, method: str) -> None:
    """One to start, two to finish; a request makes one. An RSA key is parsed when it is registered, once."""
    session: dict[str, Any] = {}
    with counting() as registering:
        app = application(box, method)
    with counting() as starting:
        address = app.begin(session, CALLBACK)
    callback = box.visit(address)
    with counting() as finishing:
        token = app.finish(session, callback)
    with counting() as requesting:
        assert app.get("x", token=token).status_code == 200

    assert registering == ({"parsed keys": 1} if method == "RSA-SHA256" else {})
    assert starting == {"signers": 1}
    assert finishing == {"signers": 2}
    assert requesting == {"signers": 1}


@pytest.mark.parametrize("module", ["httpx", "httpx2"])
def test_all_logins_and_requests_share_a_tls_context(box: ProviderBox, module: str) -> None:
    clients: Any = pytest.importorskip(f"oauthone.clients.{module}")
    app = application(box, "HMAC-SHA1", client_cls=clients.AsyncOAuth1Client)

    async def log_in_and_ask() -> None:
        session: dict[str, Any] = {}
        token = await app.afinish(session, box.visit(await app.abegin(session, CALLBACK)))
        assert (await app.aget("x", token=token)).status_code == 200

    with counting() as first:
        asyncio.run(log_in_and_ask())
    with counting() as second:
        asyncio.run(log_in_and_ask())

    assert first == {"signers": 4, "TLS contexts": 1}
    assert second == {"signers": 4}


def test_what_is_made_is_counted(box: ProviderBox) -> None:
    """Or else the tests above would pass whatever a login makes."""
    clients: Any = pytest.importorskip("oauthone.clients.httpx2")
    key = box.clients["RSA-SHA256"].rsa_key
    with counting() as made, clients.OAuth1Client("client", signature_method="RSA-SHA256", rsa_key=key):
        pass

    assert made == {"signers": 1, "parsed keys": 1, "TLS contexts": 1}
