"""The flags that describe a request: those of curl, with curl's meaning, and what they make of a URL and a body."""

import json
import sys
from collections.abc import Callable, Mapping
from itertools import dropwhile
from typing import Any, BinaryIO, NamedTuple, TypeVar
from urllib.parse import quote

import click

from oauthone.cli.curl_headers import TOKEN, read_headers, with_default, without_removed
from oauthone.cli.curl_words import other_words, refuse_json
from oauthone.cli.destinations import escaped
from oauthone.cli.output import CommandError, Exit
from oauthone.cli.places import home_path
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


_KINDS = tuple(names[-1].lstrip("-").replace("-", "_") for names in _DATA)


class BodyCommand(click.Command):
    """A command whose flags add to the body in the order of the command line, as in curl.

    It receives them as ``data``, pairs of the flag's name and its value.
    """

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the command line."""
        order: list[str | None] = []
        if not ctx.resilient_parsing:
            refuse_json(args)
            with other_words(self):
                order = [one.name for one in self.make_parser(ctx).parse_args(args=list(args))[2]]
        rest = super().parse_args(ctx, args)
        values = {kind: iter(ctx.params.pop(kind, ())) for kind in _KINDS}
        ctx.params["data"] = [(kind, next(values[kind])) for kind in order if kind in values]
        return rest


def body_options(command: _Command) -> _Command:
    """Add the flags of curl for method, headers, query and body."""
    command = click.option("--url-query", multiple=True, metavar="NAME=TEXT", help="Add to the query, encoded.")(
        command
    )
    command = click.option("--json-data", metavar="TEXT", help="A JSON body: curl's --json; @FILE reads it.")(command)
    command = click.option("-G", "--get", is_flag=True, help="Put the data into the query.")(command)
    for kind, (names, words) in reversed([*zip(_KINDS, _DATA.items(), strict=True)]):
        command = click.option(*names, kind, multiple=True, metavar="DATA", help=words)(command)
    command = click.option("-A", "--user-agent", metavar="TEXT", help="The User-Agent.")(command)
    return click.option("-H", "--header", multiple=True, metavar="LINE", help="A header: 'Name: value'.")(command)


def read_draft(method: str | None, url: str, given: Mapping[str, Any]) -> Draft:
    """Return the request that the flags describe.

    Args:
        method: the request method; None takes POST with a body, and GET without one.
        url: the absolute URL.
        given: the values of the flags.

    Raises:
        CommandError: the method is none, a file cannot be read, or two flags exclude each other.
    """
    if method and not TOKEN.fullmatch(method):
        raise CommandError(Exit.USAGE, f"{method!r} is not a method.")
    headers = read_headers(given["header"], given["user_agent"])
    body = _joined([_data_part(kind, value) for kind, value in given["data"]])
    if given["json_data"] is not None:
        if body is not None:
            raise CommandError(Exit.USAGE, "--json-data and form data exclude each other.")
        body = content_of(given["json_data"])
        _check_json(body)
        headers = with_default(headers, "Content-Type", "application/json")
        headers = with_default(headers, "Accept", "application/json")
    query = [escaped(_query_part(one)) for one in given["url_query"]]
    if given["get"] and body is not None:
        if query:
            raise CommandError(
                Exit.USAGE, "-G with data and --url-query exclude each other: curl leaves the query out.",
                "Give all of it to the one or to the other.",
            )  # fmt: skip
        query, body = [escaped(body)], None
    elif body is not None:
        headers = with_default(headers, "Content-Type", FORM)
        if len(body) > LONGEST_FORM:
            raise CommandError(Exit.USAGE, f"A body in the arguments has at most {LONGEST_FORM} octets: use -T FILE.")
    verb = (method or ("GET" if body is None else "POST")).upper()
    return Draft(verb, _extended(url, query), without_removed(headers), body)


def _data_part(kind: str, value: str) -> bytes:
    """Return what a flag adds to the body."""
    if kind == "data_urlencode":
        return _encoded(value)
    if kind == "data_raw":
        return octets_of(value)
    found = content_of(value)
    return found.translate(None, b"\r\n\0") if kind == "data" and value.startswith("@") else found


def _joined(parts: list[bytes]) -> bytes | None:
    """Join what the flags add. As in curl, nothing stands before the first part that is not empty."""
    return b"&".join([*dropwhile(lambda part: not part, parts)]) if parts else None


def content_of(value: str) -> bytes:
    """Return the octets of a value, or those of the file that it names after ``@``."""
    if not value.startswith("@"):
        return octets_of(value)
    name = value[1:]
    if name == "-":
        return bounded(sys.stdin.buffer)
    with home_path(name).open("rb") as file:
        return bounded(file)


def bounded(file: BinaryIO) -> bytes:
    """Read a file, but not one without an end."""
    found = file.read(LONGEST_FORM + 1)
    if len(found) > LONGEST_FORM:
        raise CommandError(Exit.USAGE, f"A body in the arguments has at most {LONGEST_FORM} octets: use -T FILE.")
    return found


def _query_part(value: str) -> bytes:
    """Return what ``--url-query`` adds: after a plus sign the text as it is."""
    return octets_of(value[1:]) if value.startswith("+") else _encoded(value)


def _encoded(value: str) -> bytes:
    """Return what ``--data-urlencode`` makes of a value."""
    name, equals, text = value.partition("=")
    content = octets_of(text)
    if not equals:
        name, equals, file = value.partition("@")
        name, content = (name, content_of(f"@{file}")) if equals else ("", octets_of(value))
    encoded = quote(content, safe="").encode("ascii")
    return octets_of(name) + b"=" + encoded if name else encoded


def octets_of(text: str) -> bytes:
    """Return the octets of the command line."""
    return text.encode("utf-8", "surrogateescape")


def _extended(url: str, query: list[str]) -> str:
    query = [one for one in query if one]
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
