"""The bodies that are not signed: the parts of ``-F``, and the file of ``-T``."""

import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote

import click

from oauthone.cli.curl_options import content_of, octets_of
from oauthone.cli.output import CommandError, Exit
from oauthone.cli.places import home_path

#: The media types that curl knows by the ends of names.
_TYPES = {
    **{".gif": "image/gif", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png", ".svg": "image/svg+xml"},
    **{".txt": "text/plain", ".htm": "text/html", ".html": "text/html", ".pdf": "application/pdf"},
    ".xml": "application/xml",
}
_OCTETS = "application/octet-stream"
_QUOTED = r'"(?:[^"\\]|\\.)*"'
_PART_OPTION = re.compile(rf";\s*(type|filename)=({_QUOTED}|[^;]*(?:;\s*charset=[^;]*)?)")
_PART_OPTIONS = re.compile(rf"(?:{_PART_OPTION.pattern})+\Z")


def multipart_of(parts: Sequence[str]) -> list[tuple[str, tuple[str | None, bytes, str | None]]]:
    """Return the parts of ``-F`` in their order: name, and name of the file, octets and media type.

    Raises:
        CommandError: one is no part.
    """
    found: list[tuple[str, tuple[str | None, bytes, str | None]]] = []
    for part in parts:
        name, separator, value = part.partition("=")
        if not separator:
            raise CommandError(Exit.USAGE, "-F wants NAME=TEXT, NAME=@FILE or NAME=<FILE.")
        value, options = _part_options(value)
        value = value.strip(" \t\r\n")
        if not value.startswith(("@", "<")):
            file, content = options.get("filename"), octets_of(_unquoted(value))
            found.append((name, (file, content, options.get("type") or _type_of(file))))
            continue
        path = _unquoted(value[1:])
        content = content_of(f"@{path}") if path == "-" else home_path(path).read_bytes()
        if value.startswith("<"):
            found.append((name, (None, content, options.get("type"))))
        else:
            file = options.get("filename") or Path(path).name
            kind = options.get("type") or _type_of(file) or _type_of(path) or _OCTETS
            found.append((name, (file, content, kind)))
    _check_texts([text for name, (file, _, kind) in found for text in (name, file, kind) if text])
    return found


def _type_of(file: str | None) -> str | None:
    return _TYPES.get(Path(file or "").suffix.lower())


def _check_texts(texts: list[str]) -> None:
    try:
        "".join(texts).encode("utf-8")
    except UnicodeEncodeError:
        raise CommandError(
            Exit.USAGE, "-F wants names of parts and files in UTF-8: ;filename=NAME names one."
        ) from None


def _part_options(value: str) -> tuple[str, dict[str, str]]:
    """Take ``;type=…`` and ``;filename=…`` from the end of a part."""
    match = _PART_OPTIONS.search(value)
    if match is None:
        return value, {}
    return value[: match.start()], {name: _unquoted(text) for name, text in _PART_OPTION.findall(match[0])}


def _unquoted(text: str) -> str:
    """Return a text without the quotes around it, in which a backslash escapes a quote and itself."""
    text = text.strip(" \t\r\n")  # as curl does
    return re.sub(r"\\([\\\"])", r"\1", text[1:-1]) if re.fullmatch(_QUOTED, text) else text


def with_file_name(url: str, file: str) -> str:
    """Return the URL of an upload: as in curl, the name of the file is added to one that ends with a folder."""
    if file == "-" or not re.fullmatch(r"[^/?#]*//([^/?#]*|[^?#]*/)", url):
        return url
    return f"{url.removesuffix('/')}/{quote(os.fsencode(os.path.basename(file)))}"


def open_upload(name: str) -> BinaryIO:
    """Return the file of ``-T``, which is closed when the command ends."""
    if name == "-":
        return sys.stdin.buffer
    file: BinaryIO = click.get_current_context().with_resource(home_path(name).open("rb"))
    return file
