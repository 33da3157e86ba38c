"""``python -m oauthone.demo``: walk the three-legged flow against a provider on this machine, and show each step."""

import argparse
import json
import sys
import time
import webbrowser
from collections.abc import Sequence
from typing import Any

from requests import Response

from oauthone.clients.requests import OAuth1Session
from oauthone.core.encoding import percent_decode, to_wire_string
from oauthone.core.parameters import parse_authorization_header
from oauthone.core.parsed_request import base_string_of, parse_request
from oauthone.core.policy import VerificationPolicy
from oauthone.errors import AccessDenied, missing_library
from oauthone.testing import ProviderBox, Received

try:
    from rich.console import Console
    from rich.text import Text
except ModuleNotFoundError as missing:
    raise missing_library("rich", "demo") from missing

_PATIENCE = 600.0
_TITLE = """\
OAuth 1.0 in four steps. A provider was started at {origin};
the client {client!r} now asks for access to a resource owner's resources.
Secrets are shortened; everything else is what went over the socket."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the demonstration and print it; returns the exit status.

    Args:
        arguments: the command line's; None reads ``sys.argv``.
    """
    parser = argparse.ArgumentParser(prog="python -m oauthone.demo", description=__doc__)
    parser.add_argument("--browser", action="store_true", help="let a person agree in the browser")
    in_browser: bool = parser.parse_args(arguments).browser
    with ProviderBox(decision=None if in_browser else "approve") as box:
        _say(_TITLE.format(origin=box.origin, client=box.client.client_id))
        try:
            callback = f"{box.landing_url}?tab=photos"
            with OAuth1Session(**box.client.credentials(), redirect_uri=callback) as client:
                return 0 if _walk(box, client, in_browser).ok else 1
        except AccessDenied as refused:
            _say(f"\nThe flow ends here: {refused}", "bold red")
            return 1


def _walk(box: ProviderBox, client: OAuth1Session, in_browser: bool) -> Response:
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
    callback = _wait_for_browser(box, address) if in_browser else box.visit(address)
    before, _, code = callback.partition("oauth_verifier=")
    _line("who", f"{box.user} has decided; the browser is sent back to")
    _line("back", f"{before}oauth_verifier={_shortened(code)}" if code else before)
    client.parse_authorization_response(callback)

    _heading("Leg 3 · token credentials (section 2.3)")
    token = client.fetch_access_token(box.access_token_url)
    _request(box.requests[-1])
    _answer(statuses[-1], token)

    _heading("A signed call of the API")
    response = client.post(f"{box.echo_url}?q=caf%C3%A9%20%26%20more", data={"status": "hello, world", "lang": "é"})
    _request(box.requests[-1])
    _say(f"\n  answered {response.status_code}, and this is what the server verified:\n", "bold")
    _say(_indented(json.dumps(response.json(), indent=2, ensure_ascii=False)))
    _say("\nThe signature held: the server came to the same one from what it received.", "bold green")
    return response


def _wait_for_browser(box: ProviderBox, address: str) -> str:
    """Send a person to ``address``, and return the address that their browser came back to."""
    _line("", "waiting for the decision in your browser; if none opens, open the address yourself")
    sys.stdout.flush()
    webbrowser.open(address)
    give_up = time.monotonic() + _PATIENCE
    while time.monotonic() < give_up:
        landed = [one.url for one in box.requests if one.url.startswith(box.landing_url)]
        if landed:
            return landed[0]
        time.sleep(0.1)
    raise SystemExit(f"nobody decided within {_PATIENCE:.0f} seconds")


def _request(received: Received) -> None:
    """One request as the server received it: its line, its header taken apart, its base string in three parts."""
    request = received.request
    _line("request", f"{request.method} {request.path}{'?' + request.query if request.query else ''}")
    _line("host", request.authority)
    if received.body:
        _line("body", received.body.decode("latin-1"))
    _, parameters = parse_authorization_header(received.header("authorization") or "")
    _say("\n  Authorization: OAuth", "bold")
    for name, value in parameters:
        _pair(name, _shortened(value) if name == "oauth_verifier" else value)
    base_string = base_string_of(parse_request(received.request, VerificationPolicy()))
    method, uri, normalized = base_string.split("&")
    _say("\n  Signature base string: three parts, each percent-encoded and joined by &", "bold")
    _say(f"    method      {method}", "magenta")
    _say(f"    URI         {_decoded(uri)}", "cyan")
    for index, pair in enumerate(_decoded(normalized).split("&")):
        _say(f"    {'' if index else 'parameters':<11} {_hidden(pair)}", "yellow")


def _answer(status: int, credentials: dict[str, str]) -> None:
    _say(f"\n  answered {status}", "bold")
    for name, value in credentials.items():
        _pair(name, _shortened(value) if name.endswith("secret") else value)


def _heading(text: str) -> None:
    _say(f"\n{text}\n{'─' * len(text)}", "bold blue")


def _line(label: str, text: str) -> None:
    _say(f"  {label:>10}  {text}")


def _pair(name: str, value: str) -> None:
    _CONSOLE.print(Text.assemble("    ", (f"{name:<24}", "green"), f" {value}"))


def _say(text: str, style: str = "") -> None:
    _CONSOLE.print(Text(text, style))


def _hidden(pair: str) -> str:
    name, _, value = pair.partition("=")
    return f"{name}={_shortened(value)}" if name == "oauth_verifier" else pair


def _decoded(text: str) -> str:
    return percent_decode(to_wire_string(text)).decode("utf-8", "replace")


def _shortened(secret: str) -> str:
    return f"{secret[:4]}…"


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.splitlines())


_CONSOLE = Console(highlight=False, soft_wrap=True)


if __name__ == "__main__":
    sys.exit(main())
