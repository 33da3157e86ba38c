"""The request that a curl command sends, as Postman, browsers and documentation write it."""

import re
from collections.abc import Callable, Iterator
from types import EllipsisType
from urllib.parse import quote_plus

from oauthone.core.body import FORM


class NoCurlCommand(ValueError):
    """A text is not a curl command that can be read.

    Attributes:
        reason: what shows that, as the rest of a sentence.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    def __str__(self) -> str:
        return f"this is not a curl command: {self.reason}"


def read_curl_command(command: str) -> tuple[str, str, list[tuple[str, str]], bytes | EllipsisType]:
    """Return method, URL, headers and body of the request that a curl command sends.

    The body is ``...`` if it is multipart or in a file.

    Raises:
        NoCurlCommand: the text is not a curl command with a URL.
    """
    given = list(_arguments(command))
    values = dict(reversed(given))
    url = next((value for option, value in given if option in ("", "--url")), "")
    if not url:
        raise NoCurlCommand("it has no URL")
    url = url if "://" in url else f"http://{url}"
    headers = [_header(value) for option, value in given if option in ("-H", "--header")]
    data = [_DATA[option](value) for option, value in given if option in _DATA and not _is_file(option, value)]
    text = "&".join(data)
    method = values.get("-X") or values.get("--request") or ("HEAD" if {"-I", "--head"} & values.keys() else "")
    uploads = "PUT" if _UPLOADS & values.keys() else "POST" if _PARTS & values.keys() else None
    if uploads is not None:
        return method or uploads, url, headers, ...
    is_known = not any(_is_file(option, value) for option, value in given)
    if text and {"-G", "--get"} & values.keys():
        return method or "GET", f"{url}{'&' if '?' in url else '?'}{text}", headers, b""
    has_data = bool(data) or not is_known
    if has_data and all(name.lower() != "content-type" for name, _ in headers):
        headers.append(("Content-Type", "application/json" if "--json" in values else FORM))
    body = text.encode("utf-8", "surrogatepass") if is_known else ...
    return method or ("POST" if has_data else "GET"), url, headers, body


def left_out_of(command: str) -> list[str]:
    """Return the options of a curl command that `read_curl_command` does not read, each once.

    Raises:
        NoCurlCommand: the text is not a curl command.
    """
    given = _arguments(command)
    return [*dict.fromkeys(option for option, value in given if option not in _READ or _is_file(option, value))]


def _is_file(option: str, value: str) -> bool:
    """Return whether the data of an option is in a file."""
    if option == "--data-urlencode":
        return "@" in value and "=" not in value.partition("@")[0]
    return option in _FROM_FILES and value.startswith("@")


def _header(value: str) -> tuple[str, str]:
    name, _, text = value.partition(":")
    return name.strip(), text.strip()


#: The options of curl that take no value, as far as they occur beside requests.
_FLAGS = frozenset(
    ("-#", "--compressed", "-f", "--fail", "-G", "--get", "-g", "--globoff", "-I", "--head", "-i", "--include", "-k")
) | {"--insecure", "-L", "--location", "-N", "-S", "-s", "--silent", "-v", "--verbose", "--http1.1", "--http2"}


def _arguments(command: str) -> Iterator[tuple[str, str]]:
    """Yield the options of a curl command with their values, and its arguments with an empty option."""
    words = [*_words(re.sub(r"[\\^`]\r?(?:\n|\Z)", " ", command.rstrip(" \t\r\n")))]
    words = words[1:] if words[:1] in (["$"], ["%"]) else words  # the prompt of a shell
    if not words or words[0].rpartition("/")[2] not in ("curl", "curl.exe"):
        raise NoCurlCommand("it does not begin with 'curl'")
    rest = iter(words[1:])
    for word in rest:
        if word.startswith("--"):
            option, separator, value = word.partition("=")
            yield option, value if separator or option in _FLAGS else next(rest, "")
        elif word.startswith("-") and word != "-":
            yield from _letters(word[1:], rest)
        else:
            yield "", word


def _letters(letters: str, rest: Iterator[str]) -> Iterator[tuple[str, str]]:
    """Yield the options of a word such as ``-sXPOST``: flags, and an option whose value may follow."""
    for number, letter in enumerate(letters, 1):
        option = f"-{letter}"
        if option not in _FLAGS:
            yield option, letters[number:] or next(rest, "")
            return
        yield option, ""


#: The parts of words in bash: white space, the kinds of quotes, an escape, plain text, and what is not complete.
_PART = re.compile(
    r"""(?P<space>\s+)|'(?P<single>[^']*)'|"(?P<double>(?:[^"\\]|\\.)*)"|\$'(?P<ansi>(?:[^'\\]|\\.)*)'"""
    r"""|\\(?P<escaped>.)|(?P<plain>[^\s'"\\$]+|\$(?!'))|(?P<open>.)""",
    re.DOTALL,
)
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{1,4})|U([0-9A-Fa-f]{1,8})|x([0-9A-Fa-f]{1,2})|([0-7]{1,3})|(.))", re.DOTALL)
_ESCAPES = {"a": "\a", "b": "\b", "e": "\x1b", "E": "\x1b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


def _words(text: str) -> Iterator[str]:
    """Yield the words of a command as bash reads them, in a time that grows with the length alone.

    Raises:
        NoCurlCommand: a quotation is not closed.
    """
    word: list[str] = []
    for found in _PART.finditer(text):
        kind, part = str(found.lastgroup), str(found[found.lastgroup or 0])
        if kind == "open":
            raise NoCurlCommand("a quotation is not closed")
        if kind != "space":
            word.append(_without_escapes(kind, part))
        elif word:
            yield "".join(word)
            word = []
    if word:
        yield "".join(word)


def _without_escapes(kind: str, part: str) -> str:
    if kind == "double":
        return re.sub(r'\\(["\\$`])', r"\1", part)
    return _ESCAPE.sub(_unescaped, part) if kind == "ansi" else part


def _unescaped(found: "re.Match[str]") -> str:
    """Return the character of an escape in bash's ``$'…'``."""
    digits = found[1] or found[2] or found[3]
    if digits or found[4]:
        number = int(digits, 16) if digits else int(found[4], 8) & 0xFF
        return chr(number) if number <= 0x10FFFF else "\ufffd"
    letter = found[5]
    return _ESCAPES.get(letter, letter if letter in "\\'\"?" else found[0])


def _url_encoded(value: str) -> str:
    """Return what ``--data-urlencode`` sends."""
    name, separator, text = value.partition("=")
    return f"{name}={quote_plus(text)}" if separator and name else quote_plus(text if separator else name)


def _without_line_ends(value: str) -> str:
    return value.replace("\r", "").replace("\n", "")


_DATA: dict[str, Callable[[str], str]] = {
    "-d": _without_line_ends,
    "--data": _without_line_ends,
    "--data-ascii": _without_line_ends,
    "--data-raw": str,
    "--data-binary": str,
    "--data-urlencode": _url_encoded,
    "--json": str,
}
_FROM_FILES = frozenset(("-d", "--data", "--data-ascii", "--data-binary", "--json"))
_UPLOADS = frozenset(("-T", "--upload-file"))
_PARTS = frozenset(("-F", "--form", "--form-string"))
#: What is read, and what changes nothing but the output.
_READ = (
    frozenset(("", "--url", "-H", "--header", "-X", "--request"))
    | _DATA.keys()
    | (_FLAGS - frozenset(("-k", "--insecure", "-L", "--location")))
)
