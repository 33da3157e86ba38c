"""The bodies that are not signed: the parts of ``-F``, and the file of ``-T``."""

import io
import os
import re
import secrets
import sys
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import Any, BinaryIO
from urllib.parse import quote

import click
from urllib3.fields import RequestField

from oauthone.cli.curl_options import bounded, octets_of
from oauthone.cli.form_parts import Part, read_part
from oauthone.cli.output import CommandError, Exit
from oauthone.cli.places import home_path

#: A longer body is not read into memory, nor shown.
_IN_MEMORY = 1024 * 1024


class Joined(io.RawIOBase):
    """Files one after the other, as one file that can seek.

    Args:
        files: files that can seek.
    """

    def __init__(self, files: Sequence[BinaryIO]) -> None:
        super().__init__()
        self._files = files
        self._begins = [*accumulate([file.seek(0, os.SEEK_END) for file in files], initial=0)]
        self._at = 0

    def readable(self) -> bool:
        """It can be read."""
        return True

    def seekable(self) -> bool:
        """It can seek."""
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go to a position; return it."""
        self._at = offset + {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._begins[-1]}[whence]
        return self._at

    def readinto(self, buffer: Any) -> int:
        """Read octets from the file at the position into ``buffer``, as ``io.RawIOBase`` does.

        Raises:
            CommandError: a file became shorter after the length of all was sent.
        """
        if self._at >= self._begins[-1]:
            return 0
        number = bisect_right(self._begins, self._at) - 1
        file = self._files[number]
        file.seek(self._at - self._begins[number])
        found = file.read(min(len(buffer), self._begins[number + 1] - self._at))
        if not found:
            raise CommandError(Exit.USAGE, "A file of -F became shorter while it was sent.")
        buffer[: len(found)] = found
        self._at += len(found)
        return len(found)


def multipart_of(parts: Sequence[str], content_type: str | None = None) -> tuple[bytes | Joined, str]:
    """Return the body of the parts of ``-F``, and its media type.

    Args:
        parts: the values of ``-F``.
        content_type: the type that a header names, or None.

    Raises:
        CommandError: one is no part, or a file cannot be read.
    """
    if content_type is not None and "boundary=" in content_type.lower():
        raise CommandError(Exit.USAGE, "-F chooses the boundary itself: leave it out of the Content-Type.")
    boundary = secrets.token_hex(16)
    files: list[BinaryIO] = []
    for part in map(read_part, parts):
        files += io.BytesIO(f"--{boundary}\r\n{_head(part)}".encode()), _content(part), io.BytesIO(b"\r\n")
    body = Joined([*files, io.BytesIO(f"--{boundary}--\r\n".encode())])
    is_short = body.seek(0, os.SEEK_END) <= _IN_MEMORY
    body.seek(0)
    return body.readall() if is_short else body, f"{content_type or 'multipart/form-data'}; boundary={boundary}"


def _head(part: Part) -> str:
    field = RequestField(part.name, "", part.file)
    field.make_multipart(content_type=part.kind)
    return field.render_headers()


def _content(part: Part) -> BinaryIO:
    """Return the octets of a part. Those of a file are not read yet, if it has a length."""
    if not part.is_file:
        return io.BytesIO(octets_of(part.source))
    if part.source == "-":
        return io.BytesIO(bounded(sys.stdin.buffer))
    file = _opened(part.source)
    return file if file.seekable() and os.path.isfile(file.fileno()) else io.BytesIO(bounded(file))


def with_file_name(url: str, file: str) -> str:
    """Return the URL of an upload: as in curl, the name of the file is added to one that ends with a folder."""
    if file == "-" or not re.fullmatch(r"[^/?#]*//([^/?#]*|[^?#]*/)", url):
        return url
    return f"{url.removesuffix('/')}/{quote(os.fsencode(os.path.basename(file)))}"


def open_upload(name: str) -> BinaryIO:
    """Return the file of ``-T``, which is closed when the command ends."""
    return sys.stdin.buffer if name == "-" else _opened(name)


def _opened(name: str) -> BinaryIO:
    file: BinaryIO = click.get_current_context().with_resource(home_path(name).open("rb"))
    return file
