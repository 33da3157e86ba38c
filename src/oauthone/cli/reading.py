"""Reads what a person pastes, or the file that they name: as text, and no more of it than is quickly understood."""

import re
import sys

from oauthone.cli.output import CommandError, Exit
from oauthone.cli.places import home_path
from oauthone.errors import CallbackError

#: As much as the page of the inspector takes.
LONGEST_PASTED = 4 * 1024 * 1024
#: Browsers write long HAR files.
LONGEST_FILE = 32 * 1024 * 1024
#: What stands around a copied address, and what stands in none.
_AROUND = ('""', "''", "<>", "``", "“”", "„“", "«»")
_NOT_IN_URLS = re.compile(r'["<>`“”„«»\s]')


def read_text(source: str, most: int) -> str:
    """Return the text of a file, or that of stdin for ``-``.

    Args:
        source: the name of the file.
        most: how many octets it may have.

    Raises:
        CommandError: it has more, or it is not UTF-8.
    """
    name = "stdin" if source == "-" else source
    if source == "-":
        octets = sys.stdin.buffer.read(most + 1)
    else:
        with home_path(source).open("rb") as file:
            octets = file.read(most + 1)
    if len(octets) > most:
        raise CommandError(Exit.USAGE, f"{name} has more than {most // 1024 // 1024} MiB.", code="too_long")
    try:
        return octets.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as failure:
        raise CommandError(Exit.USAGE, f"{name} is not UTF-8: octet {failure.start} is none of a text.") from None


def unquoted(text: str) -> str:
    """Return a pasted text without the quotes or brackets around it.

    Raises:
        CallbackError: it is meant as an address, and no address has these characters: a code cut out of it is wrong.
    """
    text = text.strip()
    while len(text) > 1 and text[0] + text[-1] in _AROUND:
        text = text[1:-1].strip()
    if ("://" in text or "oauth_token=" in text) and _NOT_IN_URLS.search(text):
        raise CallbackError("missing_token", "the pasted text is not an address")
    return text
