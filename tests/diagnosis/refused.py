"""A request that `oauthone` signed, as arguments of `diagnose`, with what tests change in it."""

import re
from typing import Any
from urllib.parse import quote

from oauthone import Signer
from oauthone.diagnosis import Diagnosis, diagnose

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
CREDENTIALS: dict[str, Any] = {"client_id": "client", "client_secret": "s3cret", "token": "t", "token_secret": "t0ken"}
NOW = 1795734110
URL = "https://api.example/p?b=x%20y"


def sent(method: str = "POST", url: str = URL, body: Any = "a=1", **options: Any) -> dict[str, Any]:
    """Return a request that is signed rightly."""
    headers = options.pop("headers", FORM)
    timestamp, nonce = options.pop("timestamp", str(NOW)), options.pop("nonce", "n")
    given = {**CREDENTIALS, **options}
    signer = Signer(given.pop("client_id"), given.pop("client_secret"), **given)
    signed = signer.sign(method, url, headers, body, timestamp=timestamp, nonce=nonce)
    extra = {"Authorization": signed.authorization} if signed.authorization else {}
    return {"method": method, "url": signed.url, "headers": {**headers, **extra}, "body": signed.body}


def base_string(**options: Any) -> str:
    given = {**CREDENTIALS, **options}
    signer = Signer(given.pop("client_id"), given.pop("client_secret"), **given)
    return signer.sign("POST", URL, FORM, "a=1", timestamp=str(NOW), nonce="n").base_string


def changed(request: dict[str, Any], old: str, new: str) -> dict[str, Any]:
    """Return the request with a part of its Authorization header replaced."""
    header = request["headers"]["Authorization"]
    assert re.search(old, header), header
    return {**request, "headers": {**request["headers"], "Authorization": re.sub(old, new, header)}}


def with_signature(request: dict[str, Any], signature: str) -> dict[str, Any]:
    return changed(request, 'oauth_signature="[^"]*"', f'oauth_signature="{quote(signature, safe="~")}"')


def diagnosed(request: dict[str, Any], answer: Any = None, **options: Any) -> Diagnosis:
    return diagnose(**request, **{**CREDENTIALS, **options}, answer=answer)
