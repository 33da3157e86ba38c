"""The request that a curl command sends, as Postman, browsers and documentation write it."""

import re
import shlex
from collections.abc import Callable, Iterator
from urllib.parse import quote_plus

from oauthone.core.body import FORM


def read_curl_command(command: str) -> tuple[str, str, list[tuple[str, str]], bytes]:
    """Return method, URL, headers and body of the request that a curl command sends.

    Raises:
        ValueError: the text is not a curl command with a URL.
    """
    given = list(_arguments(command))
    values = dict(reversed(given))
    url = next((value for option, value in given if option in ("", "--url")), "")
    if not url:
        raise ValueError("this curl command has no URL")
    url = url if "://" in url else f"http://{url}"
    headers = [_header(value) for option, value in given if option in ("-H", "--header")]
    data = [_DATA[option](value) for option, value in given if option in _DATA]
    text = "&".join(data)
    method = values.get("-X") or values.get("--request") or ("HEAD" if {"-I", "--head"} & values.keys() else "")
    if text and {"-G", "--get"} & values.keys():
        return method or "GET", f"{url}{'&' if '?' in url else '?'}{text}", headers, b""
    if data and all(name.lower() != "content-type" for name, _ in headers):
        headers.append(("Content-Type", FORM))
    return method or ("POST" if data else "GET"), url, headers, text.encode("utf-8", "surrogatepass")


def _header(value: str) -> tuple[str, str]:
    name, _, text = value.partition(":")
    return name.strip(), text.strip()


#: The options of curl that take no value, as far as they occur beside requests.
_FLAGS = frozenset(
    ("-#", "--compressed", "-f", "--fail", "-G", "--get", "-g", "--globoff", "-I", "--head", "-i", "--include", "-k")
) | {"--insecure", "-L", "--location", "-N", "-S", "-s", "--silent", "-v", "--verbose", "--http1.1", "--http2"}


def _arguments(command: str) -> Iterator[tuple[str, str]]:
    """Yield the options of a curl command with their values, and its arguments with an empty option."""
    text = re.sub(r"[\\^`]\r?\n", " ", command.strip())
    try:
        words = shlex.split(re.sub(r"(?<![\w$])\$'((?:[^'\\]|\\.)*)'", _ansi_quoted, text))
    except ValueError as unbalanced:
        raise ValueError(f"this is not a curl command: {unbalanced}") from None
    if not words or words[0].rpartition("/")[2] not in ("curl", "curl.exe"):
        raise ValueError("this is not a curl command: it does not begin with 'curl'")
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


def _ansi_quoted(found: "re.Match[str]") -> str:
    """Return a word in bash's ``$'…'`` in plain quotes."""
    text = found[1].encode("latin-1", "backslashreplace").decode("unicode_escape")
    return shlex.quote(text)


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
}
