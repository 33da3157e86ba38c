"""Record what Authlib sends: `python -m dropin.record_headers` in `tests/`, in the environment of the peers.

It prints the content of ``authlib_headers.json``. Nonce and timestamp are the same for each request.
"""

import json
from importlib.metadata import version
from itertools import product
from pathlib import Path
from typing import Any
from unittest import mock

from authlib.oauth1 import ClientAuth

KEY = Path(__file__).parent.parent / "vectors/keys/p-rsa2048-pkcs8.pem"
FORM = "application/x-www-form-urlencoded"
OPTIONS: tuple[dict[str, Any], ...] = (
    {"client_id": "id", "client_secret": "secret"},
    {"client_id": "id", "client_secret": "se&cret", "token": "a token", "token_secret": "tok%en", "realm": "1234_SB1"},
    {"client_id": "é", "client_secret": "ü", "redirect_uri": "https://app.example/cb?a=b", "verifier": "1 2"},
    {"client_id": "id", "client_secret": "secret", "token": "t", "signature_type": "QUERY"},
    {"client_id": "id", "client_secret": "secret", "token": "t", "signature_type": "BODY"},
    {"client_id": "id", "client_secret": "a b", "token": "t", "token_secret": "c", "signature_method": "PLAINTEXT"},
    {"client_id": "id", "client_secret": "secret", "force_include_body": True},
    {"client_id": "id", "token": "t", "rsa_key": "the key", "signature_method": "RSA-SHA1"},
)
REQUESTS: tuple[tuple[str, str, str | None, str | None], ...] = (
    ("GET", "https://API.example:443/a%20b/~c", None, None),
    ("get", "http://localhost:8080/path?b=2&a=1&a=&q=a+b%2Bc&s=%C3%A9", None, None),
    ("POST", "https://api.example/form?q=1", FORM, "a=1&b=%C3%A9+x&c="),
    ("PUT", "https://api.example/json", "application/json", '{"a": 1}'),
    ("POST", "https://api.example/text", None, "status=hello&x=1"),
    ("POST", "https://api.example/word", None, "word"),
    ("POST", "https://api.example/empty", None, None),
)


def prepared(given: dict[str, Any], method: str, uri: str, content_type: str | None, body: str | None) -> list[Any]:
    """Sign a request as a program does; return the URI, the headers and the body if it is a form."""
    key = {"rsa_key": KEY.read_text()} if "rsa_key" in given else {}
    headers = {} if content_type is None else {"Content-Type": content_type}
    octets: Any = body.encode() if body is not None and content_type == "application/json" else body
    with (
        mock.patch("authlib.oauth1.rfc5849.client_auth.generate_nonce", return_value="a-nonce"),
        mock.patch("authlib.oauth1.rfc5849.client_auth.generate_timestamp", return_value="1700000000"),
    ):
        uri, headers, sent = ClientAuth(**{**given, **key}).prepare(method, uri, headers, octets)
    is_form = headers.get("Content-Type") == FORM
    text = sent if isinstance(sent, str) else sent.decode()
    return [uri, dict(sorted(headers.items())), text if is_form else None]


def cases() -> list[tuple[dict[str, Any], tuple[str, str, str | None, str | None]]]:
    """Return each request with each set of options, except JSON with the parameters in the body."""
    return [
        (given, request)
        for given, request in product(OPTIONS, REQUESTS)
        if (given.get("signature_type"), request[2]) != ("BODY", "application/json")
    ]


if __name__ == "__main__":
    lines = [json.dumps([*case, prepared(case[0], *case[1])], ensure_ascii=False) for case in cases()]
    print(f'{{"authlib": "{version("authlib")}", "cases": [', ",\n".join(lines), "]}", sep="\n")
