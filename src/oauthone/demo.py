"""``python -m oauthone.demo``: run the three-legged flow against a provider on this machine, and show each step."""

import argparse
import json
import sys
import time
import webbrowser
from collections.abc import Sequence
from typing import Any

from oauthone.core.encoding import decode_for_display
from oauthone.core.parsed_request import base_string_of, parse_request
from oauthone.core.policy import VerificationPolicy
from oauthone.core.received_header import parse_authorization_header
from oauthone.errors import AccessDenied, missing_library

try:
    from requests import Response
    from rich.console import Console
    from rich.text import Text

    from oauthone.clients.requests import OAuth1Session
    from oauthone.testing import ProviderBox, Received
except ModuleNotFoundError as missing:
    # The clients and the box would name other extras, which do not bring all that the demonstration needs.
    error = missing_library(missing.name or "rich", "demo")
    if __name__ == "__main__":
        sys.exit(str(error))
    raise error from missing

_PATIENCE = 600.0
_TITLE = """\
OAuth 1.0 in four steps. A provider was started at {origin};
the client {client!r} now asks for access to a resource owner's resources.
Secrets are shortened; everything else is printed as it was sent."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the demonstration and print it; return the exit status.

    Args:
        arguments: the arguments of the command line; None reads ``sys.argv``.
    """
    parser = argparse.ArgumentParser(prog="python -m oauthone.demo", description=__doc__)
    parser.add_argument("--browser", action="store_true", help="ask for the decision in a browser")
    in_browser: bool = parser.parse_args(arguments).browser
    with ProviderBox(decision=None if in_browser else "approve") as box:
        _print(_TITLE.format(origin=box.origin, client=box.client.client_id))
        try:
            callback = f"{box.landing_url}?tab=photos"
            with OAuth1Session(**box.client.credentials(), redirect_uri=callback) as client:
                return 0 if _run_flow(box, client, in_browser).ok else 1
        except AccessDenied as refused:
            _print(f"\nThe flow ends here: {refused}", "bold red")
            return 1


def _run_flow(box: ProviderBox, client: OAuth1Session, in_browser: bool) -> Response:
    """Run the three legs and send a signed request; return its response."""
    statuses: list[int] = []

    def note_status(response: Response, **_: Any) -> None:
        statuses.append(response.status_code)

    client.hooks["response"].append(note_status)

    _print_heading("Leg 1 · temporary credentials (RFC 5849 section 2.1)")
    temporary = client.fetch_request_token(box.request_token_url)
    _print_leg(box.requests[-1], statuses[-1], temporary)

    _print_heading("Leg 2 · the resource owner's agreement (section 2.2)")
    client.parse_authorization_response(_authorize(box, client, in_browser))

    _print_heading("Leg 3 · token credentials (section 2.3)")
    token = client.fetch_access_token(box.access_token_url)
    _print_leg(box.requests[-1], statuses[-1], token)

    _print_heading("A signed request to the API")
    return _call_api(box, client)


def _authorize(box: ProviderBox, client: OAuth1Session, in_browser: bool) -> str:
    """Let the resource owner decide, and return the URL to which the provider sent the browser back."""
    address = client.create_authorization_url(box.authorize_url)
    _print_line("visit", address)
    callback = _wait_for_browser(box, address) if in_browser else box.visit(address)
    before, _, code = callback.partition("oauth_verifier=")
    _print_line("who", f"{box.user} has decided; the browser is sent back to")
    _print_line("back", f"{before}oauth_verifier={_shortened(code)}" if code else before)
    return callback


def _call_api(box: ProviderBox, client: OAuth1Session) -> Response:
    """Send a signed request to a protected resource, and print what the server verified."""
    response = client.post(f"{box.echo_url}?q=caf%C3%A9%20%26%20more", data={"status": "hello, world", "lang": "é"})
    _print_request(box.requests[-1])
    _print(f"\n  answered {response.status_code}, and this is what the server verified:\n", "bold")
    _print(_indented(json.dumps(response.json(), indent=2, ensure_ascii=False)))
    _print("\nThe signature is valid: the server computed the same one from the request.", "bold green")
    return response


def _wait_for_browser(box: ProviderBox, address: str) -> str:
    """Open ``address`` in a browser, and return the URL to which the provider sent it back."""
    _print_line("", "waiting for your decision in the browser; if no browser opens, open the address yourself")
    sys.stdout.flush()
    webbrowser.open(address)
    give_up = time.monotonic() + _PATIENCE
    while time.monotonic() < give_up:
        landed = [one.url for one in box.requests if one.url.startswith(box.landing_url)]
        if landed:
            return landed[0]
        time.sleep(0.1)
    raise SystemExit(f"no decision within {_PATIENCE:.0f} seconds")


def _print_request(received: Received) -> None:
    """Print a request as the server received it: request line, Authorization header and base string."""
    request = received.request
    _print_line("request", f"{request.method} {request.path}{'?' + request.query if request.query else ''}")
    _print_line("host", request.authority)
    if received.body:
        _print_line("body", received.body.decode("latin-1"))
    _, parameters = parse_authorization_header(received.header("authorization") or "")
    _print("\n  Authorization: OAuth", "bold")
    for name, value in parameters:
        _print_pair(name, _shortened(value) if name == "oauth_verifier" else value)
    base_string = base_string_of(parse_request(received.request, VerificationPolicy()))
    method, uri, normalized = base_string.split("&")
    _print("\n  Signature base string: three parts, each percent-encoded and joined by &", "bold")
    _print(f"    method      {method}", "magenta")
    _print(f"    URI         {decode_for_display(uri)}", "cyan")
    for index, pair in enumerate(decode_for_display(normalized).split("&")):
        _print(f"    {'' if index else 'parameters':<11} {_hidden(pair)}", "yellow")


def _print_leg(received: Received, status: int, credentials: dict[str, str]) -> None:
    """Print a request for credentials and the response to it."""
    _print_request(received)
    _print(f"\n  answered {status}", "bold")
    for name, value in credentials.items():
        _print_pair(name, _shortened(value) if name.endswith("secret") else value)


def _print_heading(text: str) -> None:
    _print(f"\n{text}\n{'─' * len(text)}", "bold blue")


def _print_line(label: str, text: str) -> None:
    _print(f"  {label:>10}  {text}")


def _print_pair(name: str, value: str) -> None:
    _CONSOLE.print(Text.assemble("    ", (f"{name:<24}", "green"), f" {value}"))


def _print(text: str, style: str = "") -> None:
    _CONSOLE.print(Text(text, style))


def _hidden(pair: str) -> str:
    name, _, value = pair.partition("=")
    return f"{name}={_shortened(value)}" if name == "oauth_verifier" else pair


def _shortened(secret: str) -> str:
    return f"{secret[:4]}…"


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.splitlines())


_CONSOLE = Console(highlight=False, soft_wrap=True)


if __name__ == "__main__":
    sys.exit(main())
