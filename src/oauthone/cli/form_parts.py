"""The parts of ``-F``, as curl reads them: a text, or a file, and what follows about its type and its name."""

import re
from pathlib import Path
from typing import NamedTuple

from oauthone.cli.output import CommandError, Exit, warn

#: The media types that curl knows by the ends of names.
_TYPES = {
    **{".gif": "image/gif", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png", ".svg": "image/svg+xml"},
    **{".txt": "text/plain", ".htm": "text/html", ".html": "text/html", ".pdf": "application/pdf"},
    ".xml": "application/xml",
}
_OCTETS = "application/octet-stream"
#: A word goes to the next semicolon. What follows the quotes around one is left out.
_WORD = re.compile(r'\s*+(?:"((?:[^"\\]|\\.)*+)"[^;]*+|([^;]*+))', re.DOTALL)
_OPTION = re.compile(r"\s*+(type|filename|headers|encoder)=", re.IGNORECASE)
#: A type has parameters of its own.
_TYPE = re.compile(r"(?:(?!;\s*+(?:filename|headers|encoder)=).)*+", re.IGNORECASE | re.DOTALL)


class Part(NamedTuple):
    """A part of a multipart body.

    Attributes:
        name: its name.
        source: the text itself, or the name of the file that has it.
        is_file: whether it is the name of a file.
        file: the name of the file that the part tells, or None.
        kind: its media type, or None.
    """

    name: str
    source: str
    is_file: bool
    file: str | None
    kind: str | None


def read_part(text: str) -> Part:
    """Return the part that a value of ``-F`` describes.

    Raises:
        CommandError: it describes none, or one that only curl makes.
    """
    name, separator, value = text.partition("=")
    if not separator:
        raise CommandError(Exit.USAGE, "-F wants NAME=TEXT, NAME=@FILE or NAME=<FILE.")
    if value.startswith("("):
        raise CommandError(
            Exit.USAGE, "-F NAME=( begins a part with parts of its own in curl, which do not exist here.",
            'As a text: NAME="(…"',
        )  # fmt: skip
    sign = value[:1] if value[:1] in ("@", "<") else ""
    source, end = _word(value, len(sign))
    if sign == "@" and "," in re.sub(r'"(?:[^"\\]|\\.)*+"', "", value):
        raise CommandError(Exit.USAGE, "-F NAME=@FILE takes one file: put a name with a comma into quotes.")
    options = _options(name, value, end)
    file, kind = options.get("filename"), options.get("type")
    if sign == "<":
        file = None
    elif sign == "@":
        file = Path(source).name if file is None else file
        kind = kind or _type_of(file) or _type_of(source) or _OCTETS
    else:
        kind = kind or _type_of(file)
    _check_texts([one for one in (name, file, kind) if one])
    return Part(name, source, bool(sign), file, kind)


def _word(text: str, begin: int) -> tuple[str, int]:
    """Return the word that begins there, without the quotes around it, and where the next semicolon is."""
    found = _WORD.match(text, begin)
    assert found is not None  # the pattern also matches nothing at all
    quoted, plain = found.groups()
    return plain.rstrip() if quoted is None else re.sub(r"\\([\\\"])", r"\1", quoted), found.end()


def _options(name: str, text: str, end: int) -> dict[str, str]:
    """Return ``;type=…`` and ``;filename=…``. Anything else after a semicolon is left out, as in curl."""
    found: dict[str, str] = {}
    left_out = ""
    while end < len(text):
        option = _OPTION.match(text, end + 1)
        begin = end + 1 if option is None else option.end()
        key = None if option is None else option[1].lower()
        if key in ("headers", "encoder"):
            raise CommandError(Exit.USAGE, f"-F has no ;{key}= here, which curl has.")
        if key == "type":
            kind = _TYPE.match(text, begin)
            assert kind is not None  # likewise
            found[key], end = kind[0].strip(), kind.end()
            continue
        word, end = _word(text, begin)
        if key is not None:
            found[key] = word
        left_out += word if key is None else ""
    if left_out:
        warn(f'-F {name}=…: what follows a semicolon is left out, as in curl. Quotes keep it: {name}="…;…"')
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
