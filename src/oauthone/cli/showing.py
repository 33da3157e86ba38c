"""What is shown of a request and its answer: the parts that ``--print`` names, ``--verbose`` and ``--dry-run``.

But for a dry run, the parts of a request are shown without its signature and with the beginning of its token alone: a
base string and its signature together let others try weak secrets.
"""

import base64
import sys
from collections.abc import Mapping
from functools import cached_property
from itertools import islice
from typing import Any

import click
from requests import PreparedRequest, Response

from oauthone.cli.destinations import without_user
from oauthone.cli.explaining import Anatomy, anatomy_of
from oauthone.cli.output import common, detail, result, visible, without_plaintext, without_signature
from oauthone.cli.sending import as_str, body_of, head_of, header_pairs, request_line, without_token, write_body
from oauthone.core.body import is_form
from oauthone.core.body_masking import mask_parts, masked_text
from oauthone.core.masking import masked_form, masked_header
from oauthone.diagnosis.sent_request import SentRequest, read_request

#: The letters of ``--print`` in the order in which their parts are printed. All but ``s`` are those of HTTPie.
LETTERS = "HBshbm"
#: Of a longer body, ``--verbose`` shows the beginning.
_LONGEST_DETAIL = 4096
#: As much of an answer is read for a diagnosis.
_READ = 64 * 1024


class Sent:
    """A request as it was sent. What its signature covers is found out on demand: that takes a second for a long form.

    Args:
        request: the prepared request.

    Attributes:
        pairs: its headers.
        body: its octets; None for a stream.
    """

    def __init__(self, request: PreparedRequest) -> None:
        self._request = request
        self.pairs = [(name, as_str(value)) for name, value in request.headers.items()]
        self.body = body_of(request)

    @cached_property
    def _read(self) -> SentRequest:
        body = ... if self.body is None else self.body
        return read_request(self._request.method, self._request.url, self.pairs, body)

    @property
    def is_signed(self) -> bool:
        """Whether it has a signature."""
        return bool(self._read.signatures)

    @cached_property
    def anatomy(self) -> Anatomy:
        """What the signature covers."""
        return anatomy_of(self._read)

    def __repr__(self) -> str:
        return "Sent(…)"


def parts_of(request: PreparedRequest, sent: Sent) -> dict[str, str]:
    """Return head, body and base string by their letters, without what is secret."""
    return {
        "H": _masked_head(request),
        "B": _masked_body(sent),
        "s": without_token(sent.anatomy.base_string) if sent.is_signed else "",
    }


def _masked_head(request: PreparedRequest) -> str:
    # A value may hold characters that end a line for some, so it is masked before the lines are joined.
    method, target, version = request_line(request).split(" ", 2)
    headers = [f"{name}: {_masked_value(name, value)}" for name, value in header_pairs(request)]
    return "\n".join([f"{method} {masked_url(target)} {version}", *headers])


def _masked_value(name: str, value: str) -> str:
    """Return the value of a header without what is secret."""
    return without_token(without_signature(masked_header(name, value)))


def masked_url(url: str) -> str:
    """Return a URL without what is secret in its query."""
    path, mark, query = url.partition("?")
    return f"{path}{mark}{masked_form(without_token(without_signature(query)))}"


def _masked_body(sent: Sent) -> str:
    if sent.body is None:
        return "(a stream)"
    text = sent.body.decode("utf-8", "backslashreplace")
    has_form = any(name.lower() == "content-type" and is_form(value) for name, value in sent.pairs)
    return masked_form(without_token(without_signature(text))) if has_form else masked_text(mask_parts(text))


def answer_head(response: Response) -> str:
    """Return the status line and the headers of an answer."""
    lines = [f"{name}: {value}" for name, value in response.headers.items()]
    return "\n".join([f"HTTP/1.1 {response.status_code} {response.reason or ''}".rstrip(), *lines])


def hops_of(response: Response) -> list[dict[str, Any]]:
    """Return the redirects that led to a response."""
    return [
        {"status": one.status_code, "url": without_user(one.url), "location": one.headers.get("Location")}
        for one in response.history
    ]


def members_of(response: Response, content: bytes, signed: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the members of the JSON object for a response."""
    try:
        body, encoded = content.decode("utf-8"), None
    except UnicodeDecodeError:
        body, encoded = None, base64.b64encode(content).decode("ascii")
    return {
        "status": response.status_code,
        "headers": [[name, value] for name, value in response.headers.items()],
        "body": body,
        "body_base64": encoded,
        "hops": hops_of(response),
        "signed": signed,
    }


def print_parts(response: Response, sent: Mapping[str, str], letters: str, output: str | None) -> bytes:
    """Print the parts of a request and its answer, with an empty line between two; return the beginning of the body.

    Args:
        response: the answer.
        sent: the parts of the request.
        letters: which parts to print.
        output: the file for the body, ``-`` for stdout; None for stdout if the letters name the body.
    """
    texts = {**sent, "h": answer_head(response)}
    before = [texts[letter] for letter in LETTERS if letter in letters and texts.get(letter)]
    prints_body = output == "-" or (output is None and "b" in letters)
    if before:
        click.echo(visible("\n\n".join(before)))
    if before and prints_body:
        click.echo()
    content = write_body(response, output) if prints_body or output else _beginning(response)
    if "m" in letters:
        gap = "\n" if before and not prints_body else "" if not prints_body else "\n" if sys.stdout.isatty() else "\n\n"
        click.echo(f"{gap}{elapsed(response)}")
    return content


def _beginning(response: Response) -> bytes:
    """Return the beginning of a body that is not printed, for a diagnosis. No other one is waited for."""
    if response.status_code < 400:
        return b""
    return b"".join(islice(response.iter_content(_READ), 1))


def elapsed(response: Response) -> str:
    """Return how long the head of an answer took."""
    return f"Elapsed time: {response.elapsed.total_seconds():.6f}s"


def show_details(response: Response, sent: Mapping[str, str]) -> None:
    """With ``--verbose``, show on stderr all that ``--print`` can, but the body of the answer, which is on stdout."""
    if not common().verbose:
        return
    for line in sent["H"].split("\n"):
        detail(f"> {line}")
    body = sent["B"]
    rest = f"\n… ({len(body)} characters)" if len(body) > _LONGEST_DETAIL else ""
    for line in ["", *f"{body[:_LONGEST_DETAIL]}{rest}".splitlines()] if body else ():
        detail(f"> {line}".rstrip())
    if sent["s"]:
        detail(f"base string: {sent['s']}")
    status, *_ = answer_head(response).split("\n", 1)
    for line in [status, *(f"{name}: {_masked_value(name, value)}" for name, value in response.headers.items())]:
        detail(f"< {line}")
    detail(elapsed(response))


def show_request(request: PreparedRequest, *, explain: bool) -> None:
    """Print the octets that would leave, and on demand the parts of the base string."""
    sent = Sent(request)
    if common().json:
        headers = [[name, without_plaintext(value)] for name, value in sent.pairs]
        text = None if sent.body is None else without_plaintext(sent.body.decode("utf-8", "replace"))
        members: dict[str, Any] = {"method": request.method, "url": request.url, "headers": headers, "body": text}
        result("", **members, signed=sent.anatomy._asdict())
        return
    shown = "(a stream)" if sent.body is None else without_plaintext(sent.body.decode("utf-8", "backslashreplace"))
    result(f"{without_plaintext(head_of(request))}\n\n{shown}".rstrip("\n"))
    if explain:
        show_anatomy(sent.anatomy)


def show_anatomy(anatomy: Anatomy) -> None:
    """Show on stderr what is signed and what is not."""
    click.echo(visible("\n".join(anatomy.lines())), err=True)
