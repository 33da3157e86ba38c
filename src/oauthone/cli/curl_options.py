"""The flags that describe a request: those of curl, with curl's meaning, and what they make of a URL and a body."""

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, TypeVar
from urllib.parse import quote

import click

from oauthone.cli.output import CommandError, Exit
from oauthone.core.body import FORM

_Command = TypeVar("_Command", bound=Callable[..., Any])

#: A form is signed, so it is read whole.
LONGEST_FORM = 64 * 1024 * 1024


class Draft(NamedTuple):
    """A request that is not signed yet.

    Attributes:
        method: the request method.
        url: the absolute URL.
        headers: the headers as pairs.
        body: the octets of the body; None for none.
    """

    method: str
    url: str
    headers: list[tuple[str, str]]
    body: bytes | None

    def __repr__(self) -> str:
        return f"Draft({self.method!r}, …)"


#: Each flag that adds to the body, with its help.
_DATA = {
    ("-d", "--data"): "Form data; @FILE reads it without its line ends.",
    ("--data-raw",): "Form data, in which @ has no meaning.",
    ("--data-binary",): "Data; @FILE reads it as it is.",
    ("--data-urlencode",): "Form data to encode: NAME=TEXT, NAME@FILE or TEXT.",
}


def body_options(command: _Command) -> _Command:
    """Add the flags of curl for method, headers, query and body."""
    command = click.option("--url-query", multiple=True, metavar="NAME=TEXT", help="Add to the query, encoded.")(
        command
    )
    command = click.option("--json-data", metavar="TEXT", help="A JSON body: curl's --json; @FILE reads it.")(command)
    command = click.option("-G", "--get", is_flag=True, help="Put the data into the query.")(command)
    for names, words in reversed(_DATA.items()):
        command = click.option(
            *names, names[-1].lstrip("-").replace("-", "_"), multiple=True, metavar="DATA", help=words
        )(command)
    command = click.option("-A", "--user-agent", metavar="TEXT", help="The User-Agent.")(command)
    return click.option("-H", "--header", multiple=True, metavar="LINE", help="A header: 'Name: value'.")(command)


def read_draft(method: str | None, url: str, given: Mapping[str, Any]) -> Draft:
    """Return the request that the flags describe.

    Args:
        method: the request method; None takes POST with a body, and GET without one.
        url: the absolute URL.
        given: the values of the flags.

    Raises:
        CommandError: a file cannot be read, or two flags exclude each other.
    """
    headers = [_header(line) for line in given["header"]]
    if given["user_agent"]:
        headers.append(("User-Agent", given["user_agent"]))
    parts = _data_parts(given)
    body = b"&".join(parts) if parts else None
    if given["json_data"] is not None:
        if body is not None:
            raise CommandError(Exit.USAGE, "--json-data and form data exclude each other.")
        body = _content(given["json_data"])
        _check_json(body)
        headers = _with_default(headers, "Content-Type", "application/json")
        headers = _with_default(headers, "Accept", "application/json")
    query = [_encoded(one) for one in given["url_query"]]
    if given["get"] and body is not None:
        query, body = [*query, body.decode("utf-8")], None
    elif body is not None:
        headers = _with_default(headers, "Content-Type", FORM)
        if len(body) > LONGEST_FORM:
            raise CommandError(Exit.USAGE, f"A body in the arguments has at most {LONGEST_FORM} octets: use -T FILE.")
    return Draft((method or ("GET" if body is None else "POST")).upper(), _extended(url, query), headers, body)


def _data_parts(given: Mapping[str, Any]) -> list[bytes]:
    """The data of each flag, in the order of the flags of its kind."""
    found = [_content(one) for one in given["data"]]
    found = [
        part.replace(b"\r", b"").replace(b"\n", b"") if one.startswith("@") else part
        for one, part in zip(given["data"], found, strict=True)
    ]
    found += [one.encode("utf-8", "surrogateescape") for one in given["data_raw"]]
    found += [_content(one) for one in given["data_binary"]]
    return found + [_encoded(one).encode("ascii") for one in given["data_urlencode"]]


def _header(line: str) -> tuple[str, str]:
    name, separator, value = line.partition(":")
    if not separator or not name.strip():
        # What lacks a name may be a signature or a token, and is not repeated.
        raise CommandError(Exit.USAGE, "-H wants 'Name: value', and this header has no name before a colon.")
    return name.strip(), value.strip()


def _with_default(headers: list[tuple[str, str]], name: str, value: str) -> list[tuple[str, str]]:
    known = any(given.lower() == name.lower() for given, _ in headers)
    return headers if known else [*headers, (name, value)]


def _content(value: str) -> bytes:
    """Return the octets of a value, or those of the file that it names after ``@``."""
    if not value.startswith("@"):
        return value.encode("utf-8", "surrogateescape")
    name = value[1:]
    if name == "-":
        return _bounded(sys.stdin.buffer)
    with Path(name).expanduser().open("rb") as file:
        return _bounded(file)


def _bounded(file: BinaryIO) -> bytes:
    """Read a file, but not one without an end."""
    found = file.read(LONGEST_FORM + 1)
    if len(found) > LONGEST_FORM:
        raise CommandError(Exit.USAGE, f"A body in the arguments has at most {LONGEST_FORM} octets: use -T FILE.")
    return found


def _encoded(value: str) -> str:
    """Return what ``--data-urlencode`` makes of a value."""
    name, equals, text = value.partition("=")
    if equals:
        return f"{name}={quote(text, safe='')}" if name else quote(text, safe="")
    name, at, file = value.partition("@")
    if at:
        encoded = quote(_content(f"@{file}"), safe="")
        return f"{name}={encoded}" if name else encoded
    return quote(value, safe="")


def _extended(url: str, query: list[str]) -> str:
    if not query:
        return url
    address, hash_, fragment = url.partition("#")
    joint = "" if address.endswith(("?", "&")) else "&" if "?" in address else "?"
    return f"{address}{joint}{'&'.join(query)}{hash_}{fragment}"


def _check_json(body: bytes) -> None:
    try:
        json.loads(body)
    except (ValueError, RecursionError) as failure:
        raise CommandError(Exit.USAGE, f"--json-data is not JSON: {failure}.") from None
