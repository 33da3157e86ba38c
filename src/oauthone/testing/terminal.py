"""What a running box writes: a line for each request, for people or as JSON, and the words at its start."""

import json
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any, TextIO

from oauthone.core.masking import printable
from oauthone.testing.box import ProviderBox
from oauthone.testing.exchange import details, summary
from oauthone.testing.eyes import addresses
from oauthone.testing.identities import BoxToken
from oauthone.testing.programs import login_command, signed_curl
from oauthone.testing.received import Received

_MARKS = {"accepted": "✓", "refused": "✗", "failed": "✗", "open": "·"}
_PLAIN_MARKS = {"accepted": "ok", "refused": "NO", "failed": "NO", "open": "--"}
_LONGEST = 300

_WORDS = """\
An OAuth 1.0 provider runs at {origin} until you press Ctrl-C.
  page         {page}   (opens once)
  credentials  {credentials}
  endpoints    {request_token}
               {authorize}
               {access_token}
  decision     {decision}{more}
A signed request to try. It is good once, for five minutes:
  {curl}
A login to try, with the credentials of --env in the environment:
  {login}
{keys}"""
_KEYS = "Type a letter and Enter.  o: the page, again   b: the last base string   c: clear\n"


def line_of(got: Received, encoding: str | None = "utf-8") -> str:
    """Return the line for a request.

    Args:
        got: the request.
        encoding: that of the output; None or one without the usual marks leads to plain ones.
    """
    said = summary(got)
    clock = time.strftime("%H:%M:%S", time.localtime(got.at))
    target = said["url"].partition("://")[2].partition("/")[2]
    words = printable(f"/{target}", _LONGEST), got.status, _marks(encoding)[said["verdict"]]
    path, status, mark = words
    return (
        f"{clock}  {printable(got.method, 20):<5} {path:<24}  {status}  {mark} {printable(said['summary'], _LONGEST)}"
    )


def _marks(encoding: str | None) -> dict[str, str]:
    try:
        "".join(_MARKS.values()).encode(encoding or "ascii")
    except (UnicodeError, LookupError):
        return _PLAIN_MARKS
    return _MARKS


def words_at_start(box: ProviderBox, page: str, credentials: str, *, keys: bool) -> str:
    """Return what people read first.

    Args:
        box: the box.
        page: the address of its page.
        credentials: how to get the credentials.
        keys: whether it reads letters from the terminal.
    """
    asks = f"the authorization page asks {box.user}"
    like = "" if box.legs is None else f"\n  like         {box.like.name}"
    trust = "" if box.ca_file is None else f"\n  trust        the certificate in {box.ca_file}"
    return _WORDS.format(
        origin=box.origin,
        page=page,
        credentials=credentials,
        decision=asks if box.decision is None else f"the authorization page will {box.decision} for {box.user}",
        more=like + trust,
        request_token=box.request_token_url,
        authorize=box.authorize_url,
        access_token=box.access_token_url,
        curl=signed_curl(box, box.client),
        login=login_command(box),
        keys=_KEYS if keys else "",
    )


def ready_event(box: ProviderBox, page: str, tokens: Mapping[str, BoxToken], key_file: str | None) -> dict[str, Any]:
    """Return the first line for programs: addresses, and credentials, which are good for tests alone."""
    return {
        "v": 1,
        "event": "ready",
        "origin": box.origin,
        "page": page,
        "ca_file": box.ca_file,
        "urls": addresses(box),
        "clients": [
            {
                "signature_method": client.signature_method,
                "client_id": client.client_id,
                "client_secret": client.client_secret or None,
                "rsa_key_file": key_file if client.rsa_key else None,
                **tokens[client.signature_method]._asdict(),
            }
            for client in box.clients.values()
        ],
    }


def request_event(got: Received) -> dict[str, Any]:
    """Return the line for programs about a request."""
    return {"v": 1, "event": "request", **summary(got)}


class Reporter:
    """Writes a line for each request, until nobody reads it any more.

    Args:
        box: the box whose requests it reports.
        output: where it writes.
        as_json: whether the lines are JSON.
        log: a file for all about each request as JSON, masked; or None.
        on_closed: is called when nobody reads the output any more.
    """

    def __init__(
        self, box: ProviderBox, output: TextIO, *, as_json: bool, log: TextIO | None, on_closed: Callable[[], None]
    ) -> None:
        self._box = box
        self._output = output
        self._as_json = as_json
        self._log = log
        self._on_closed = on_closed

    def __call__(self, got: Received) -> None:
        """Report a request."""
        line = json.dumps(request_event(got)) if self._as_json else line_of(got, self._output.encoding)
        try:
            print(line, file=self._output, flush=True)
        except OSError:
            self._box.on_received = None
            self._on_closed()
        if self._log is not None:
            try:
                print(json.dumps(details(self._box, got)), file=self._log, flush=True)
            except OSError as full:
                self._log = None
                print(f"The file of requests ends here: {full.strerror}", file=sys.stderr)
