"""``python -m oauthone.demo``: walk the three-legged flow against a provider on this machine, and show each step."""

import json
import sys
from typing import Any
from urllib.parse import urlsplit

from requests import Response

from oauthone.clients.requests import OAuth1Session
from oauthone.core.encoding import percent_decode, wire
from oauthone.core.parameters import parse_authorization_header
from oauthone.core.verification import Policy, base_string_of, take_apart
from oauthone.testing import ProviderBox, Received

_CALLBACK = "http://127.0.0.1/ready?tab=photos"
_WIDTH = 100


def main() -> int:
    """Run the demonstration and print it; returns the exit status."""
    with ProviderBox() as box:
        print(_TITLE.format(origin=box.origin, client=box.client.client_id))
        client = OAuth1Session(**box.client.credentials(), redirect_uri=_CALLBACK)
        statuses: list[int] = []

        def note_status(response: Response, **_: Any) -> None:
            statuses.append(response.status_code)

        client.hooks["response"].append(note_status)

        _heading("Leg 1 · temporary credentials (RFC 5849 section 2.1)")
        temporary = client.fetch_request_token(box.request_token_url)
        _request(box.requests[-1])
        _answer(statuses[-1], temporary)

        _heading("Leg 2 · the resource owner's agreement (section 2.2)")
        address = client.create_authorization_url(box.authorize_url)
        _line("visit", address)
        callback = box.visit(address)
        _line("who", f"{box.user} agrees; the browser is sent back to")
        address, _, code = callback.partition("oauth_verifier=")
        _line("back", f"{address}oauth_verifier={_shortened(code)}")
        client.parse_authorization_response(callback)

        _heading("Leg 3 · token credentials (section 2.3)")
        token = client.fetch_access_token(box.access_token_url)
        _request(box.requests[-1])
        _answer(statuses[-1], token)

        _heading("A signed call of the API")
        response = client.post(f"{box.echo_url}?q=caf%C3%A9%20%26%20more", data={"status": "hello, world", "lang": "é"})
        _request(box.requests[-1])
        print(f"\n  answered {response.status_code}, and this is what the server verified:\n")
        print(_indented(json.dumps(response.json(), indent=2, ensure_ascii=False)))
        print("\nThe signature held: the server came to the same one from what it received.")
    return 0 if response.ok else 1


_TITLE = """\
OAuth 1.0 in four steps. A provider was started at {origin};
the client {client!r} now asks for access to a resource owner's resources.
Secrets are shortened; everything else is what went over the socket."""


def _heading(text: str) -> None:
    print(f"\n{text}\n{'─' * min(len(text), _WIDTH)}")


def _line(label: str, text: str) -> None:
    print(f"  {label:>10}  {text}")


def _request(received: Received) -> None:
    """One request as the server received it: its line, its header taken apart, its base string in three parts."""
    parts = urlsplit(received.url)
    _line("request", f"{received.method} {parts.path}{'?' + parts.query if parts.query else ''}")
    _line("host", parts.netloc)
    if received.body:
        _line("body", received.body.decode("latin-1"))
    _, parameters = parse_authorization_header(received.header("authorization") or "")
    print("\n  Authorization: OAuth")
    for name, value in parameters:
        print(f"    {name:<24} {_shortened(value) if name == 'oauth_verifier' else value}")
    base_string = base_string_of(take_apart(received.method, received.url, received.headers, received.body, Policy()))
    method, uri, normalized = base_string.split("&")
    print("\n  Signature base string: three parts, each percent-encoded and joined by &")
    print(f"    method      {method}")
    print(f"    URI         {_decoded(uri)}")
    for index, pair in enumerate(_decoded(normalized).split("&")):
        print(f"    {'' if index else 'parameters':<11} {_hidden(pair)}")


def _answer(status: int, credentials: dict[str, str]) -> None:
    print(f"\n  answered {status}")
    for name, value in credentials.items():
        print(f"    {name:<24} {_shortened(value) if name.endswith('secret') else value}")


def _hidden(pair: str) -> str:
    name, _, value = pair.partition("=")
    return f"{name}={_shortened(value)}" if name == "oauth_verifier" else pair


def _decoded(text: str) -> str:
    return percent_decode(wire(text)).decode("utf-8", "replace")


def _shortened(secret: str) -> str:
    return f"{secret[:4]}…"


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.splitlines())


if __name__ == "__main__":
    sys.exit(main())
