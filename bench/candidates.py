"""Signing functions of every library for one case. Each takes no argument and returns an Authorization header."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from authlib.oauth1 import ClientAuth
from oauthlib.oauth1 import Client

from oauthone import Signer

from . import floor
from .cases import CLIENT_ID, CLIENT_SECRET, TOKEN, TOKEN_SECRET, Case
from .check import check

Sign = Callable[[], str]


def ours(case: Case, method: str = "HMAC-SHA1", rsa_key: str | None = None) -> Sign:
    """`Signer.sign`, called as an adapter for an HTTP library calls it."""
    signer = Signer(
        CLIENT_ID,
        CLIENT_SECRET,
        token=TOKEN,
        token_secret=TOKEN_SECRET,
        signature_method=method,
        rsa_key=rsa_key,
        body_hash="auto" if case.body_hash else "never",
    )
    http_method, url, headers, body = case.method, case.url, case.headers, case.body

    def sign() -> str:
        authorization = signer.sign(http_method, url, headers, body).authorization
        assert authorization is not None
        return authorization

    return sign


def authlib(case: Case, method: str = "HMAC-SHA1", rsa_key: str | None = None) -> Sign:
    """`ClientAuth.prepare`. It writes into the headers, so each call passes a new dict."""
    client = ClientAuth(
        CLIENT_ID,
        client_secret=CLIENT_SECRET,
        token=TOKEN,
        token_secret=TOKEN_SECRET,
        signature_method=method,
        rsa_key=rsa_key,
        force_include_body=case.body_hash,
    )
    http_method, url, headers, body = case.method, case.url, case.headers, case.body

    def sign() -> str:
        _, signed, _ = client.prepare(http_method, url, dict(headers), body)
        return str(signed["Authorization"])

    return sign


def oauthlib(case: Case, method: str = "HMAC-SHA1", rsa_key: str | None = None) -> Sign:
    """`Client.sign`. Pass the body only if requests-oauthlib would: for a form, or for a body hash."""
    client = Client(
        CLIENT_ID,
        client_secret=CLIENT_SECRET,
        resource_owner_key=TOKEN,
        resource_owner_secret=TOKEN_SECRET,
        signature_method=method,
        rsa_key=rsa_key,
    )
    http_method, url, headers = case.method, case.url, case.headers
    body = case.octets.decode() if case.body_hash or isinstance(case.body, str) else None

    def sign() -> str:
        _, signed, _ = client.sign(url, http_method, body, dict(headers))
        return str(signed["Authorization"])

    return sign


def fastest(case: Case, method: str = "HMAC-SHA1", rsa_key: str | None = None) -> Sign:
    """The floor: see `bench.floor`."""
    sign = floor.signer(CLIENT_ID, CLIENT_SECRET, TOKEN, TOKEN_SECRET, method, rsa_key)
    http_method, url, body, content_type, body_hash = case[1:]
    return lambda: sign(http_method, url, body, content_type, body_hash)


def checked(signers: dict[str, Sign], case: Case, public_key: Any = None) -> dict[str, Sign]:
    """Return ``signers`` after each has made two different, correct signatures."""
    for name, sign in signers.items():
        first, second = sign(), sign()
        check(case, first, public_key)
        check(case, second, public_key)
        assert first != second, f"{name} signed twice with the same nonce"
    return signers
