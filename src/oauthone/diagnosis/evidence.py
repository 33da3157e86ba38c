"""`Evidence`: a request as users have it in their hands: a curl command, a HAR file, a Postman collection, a log."""

import json
import re
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Iterable, Iterator, Mapping
from os import PathLike
from pathlib import Path
from types import EllipsisType
from typing import Any, NamedTuple, cast
from urllib.parse import quote, quote_plus, urlencode

from oauthone.core.body import FORM
from oauthone.diagnosis.curl_command import read_curl_command
from oauthone.diagnosis.raw_messages import METHODS, Message, read_message

_IN_LOG = re.compile(rf"(?<![A-Za-z])({METHODS})\s+(https?://\S+)")
_HEADER_IN_LOG = re.compile(
    r"""^[ \t\r>*'"-]*(authorization|content-type|host)['"]?[ \t]*:[ \t]*(['"]?)(.*)$""", re.IGNORECASE | re.MULTILINE
)
_AUTHORIZATION = re.compile(r"""(?i)\boauth\s+(?:[a-z_]+=(?:"[^"]*"|[^",\s]+)\s*,?\s*)+""")


class Evidence(NamedTuple):
    """A request that some program sent, for `diagnose`.

    Attributes:
        method: the request method.
        url: the absolute URL; it begins with ``//`` if the scheme is not known.
        headers: the headers as pairs.
        body: the octets of the body, or ``...`` if they are not known, as `diagnose` takes it.
    """

    method: str
    url: str
    headers: tuple[tuple[str, str], ...]
    body: bytes | EllipsisType

    def __repr__(self) -> str:
        return f"Evidence({self.method!r}, …)"

    @classmethod
    def from_curl(cls, command: str) -> "Evidence":
        """Return the request of a curl command, such as those that Postman and browsers copy.

        Raises:
            ValueError: the text is not a curl command with a URL.
        """
        method, url, headers, body = read_curl_command(command)
        return cls(method, url, _pairs(headers), body)

    @classmethod
    def from_har(cls, source: "str | PathLike[str]", index: int = 0) -> "Evidence":
        """Return a request of a HAR file.

        Args:
            source: the path of the file, or its text.
            index: the number of the request, counted from 0.

        Raises:
            ValueError: the text is not a HAR file, or it has no such request.
        """
        try:
            request = _json(source)["log"]["entries"][index]["request"]
            posted: dict[str, Any] = request.get("postData") or {}
            headers = [(one["name"], one["value"]) for one in request.get("headers", ())]
            body: Any = posted.get("text")
            if body is None and posted.get("params"):
                body = urlencode(
                    [(one["name"], one.get("value", "")) for one in posted["params"]], quote_via=quote_plus
                )
            elif body is not None and posted.get("encoding") == "base64":
                return _recorded(request["method"], _absolute(request["url"], headers), headers, b64decode(body))
            return _recorded(request["method"], _absolute(request["url"], headers), headers, _octets(body))
        except Base64Error:
            raise ValueError("the body of this request is not base64, though its HAR file says so") from None
        except (KeyError, IndexError, TypeError, AttributeError):
            raise ValueError(f"this HAR file has no request number {index}") from None

    @classmethod
    def from_postman(cls, source: "str | PathLike[str]", name: str) -> "Evidence":
        """Return a request of a Postman collection, as it is stored: without the signature that Postman adds.

        Args:
            source: the path of the exported collection, or its text.
            name: the name of the request.

        Raises:
            ValueError: the text is not a collection, or it has no request with this name.
        """
        for item in _items(_json(source)):
            if item.get("name") == name and "request" in item:
                return _from_postman(item["request"])
        raise ValueError(f"this Postman collection has no request named {name!r}")

    @classmethod
    def from_raw_http(cls, octets: bytes, scheme: str | None = None) -> "Evidence":
        """Return the request in a message of HTTP/1.1 or HTTP/2, as a proxy or a debugger shows it.

        Args:
            octets: the request line, or the pseudo-headers of HTTP/2, the headers and the body.
            scheme: the scheme of the connection, which a message of HTTP/1.1 does not tell. With None, the URL begins
                with ``//``, and `diagnose` tries both http and https.

        Raises:
            ValueError: the octets do not begin with a request line.
        """
        message = read_message(octets)
        return cls(message.method, message.url(scheme), _pairs(message.headers), message.body)

    @classmethod
    def from_log(cls, text: str) -> "Evidence":
        """Return the first request in a log: its method and URL, and the headers in the lines after it.

        The body is not known.

        Raises:
            ValueError: the text names no method with an absolute URL.
        """
        found = _IN_LOG.search(text)
        if not found:
            raise ValueError("this log has no line with a method and an absolute URL, such as 'GET https://…'")
        after = text[found.end() :]
        found_headers = ((one[1].title(), _unquoted(one[2], one[3])) for one in _HEADER_IN_LOG.finditer(after))
        headers = [(name, value) for name, value in found_headers if value]
        authorization = _AUTHORIZATION.search(after)
        if authorization and not any(name == "Authorization" for name, _ in headers):
            headers.append(("Authorization", authorization[0].strip(" ,")))
        return cls(found[1], found[2].rstrip("\"',;)"), _pairs(headers), ...)


def _unquoted(quote_mark: str, rest: str) -> str:
    """Return a value in a log, which a dump puts in quotes and ends with a comma."""
    value = rest.rstrip().removesuffix(",")
    is_quoted = quote_mark and value.endswith(quote_mark)
    return value.removesuffix(quote_mark) if is_quoted else f"{quote_mark}{value}"


def _from_postman(request: Any) -> Evidence:
    if isinstance(request, str):
        return Evidence("GET", request, (), b"")
    url = request.get("url", "")
    url = cast("dict[str, Any]", url).get("raw", "") if isinstance(url, dict) else url
    headers = [(one["key"], one["value"]) for one in request.get("header") or () if not one.get("disabled")]
    body: dict[str, Any] = request.get("body") or {}
    text: str = body.get("raw") or ""
    if body.get("mode") == "urlencoded":
        text = urlencode(
            [(one["key"], one.get("value", "")) for one in body["urlencoded"] if not one.get("disabled")],
            quote_via=quote,
        )
        headers = [*headers, ("Content-Type", FORM)] if not _has(headers, "content-type") else headers
    return _recorded(request.get("method", "GET"), url, headers, _octets(text))


def _absolute(url: Any, headers: list[tuple[Any, Any]]) -> Any:
    """Return the URL of a recorded request. Some programs write its path alone, and the host is in the headers."""
    if not isinstance(url, str) or not url.startswith("/") or url.startswith("//"):
        return url
    return Message("", url, tuple((str(name), str(value)) for name, value in headers), b"").url()


def _recorded(method: Any, url: Any, headers: Iterable[tuple[Any, Any]], body: bytes) -> Evidence:
    """Return a request whose members may be anything that JSON has.

    Raises:
        ValueError: its method or its URL is no text.
    """
    for name, value in (("method", method), ("url", url)):
        if not isinstance(value, str):
            raise ValueError(f"its {name} is no text")
    return Evidence(method, url, _pairs(headers), body)


def _items(collection: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for item in collection.get("item", ()):
        yield item
        yield from _items(item)


def _has(headers: Iterable[tuple[str, str]], name: str) -> bool:
    return any(given.lower() == name for given, _ in headers)


def _json(source: "str | PathLike[str]") -> Any:
    """Return the JSON of a file, or of the text itself."""
    text = source if isinstance(source, str) and source.lstrip()[:1] == "{" else Path(source).read_text("utf-8-sig")
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise ValueError("this is not a JSON file") from None


def _pairs(headers: "Iterable[tuple[Any, Any]] | Mapping[Any, Any]") -> tuple[tuple[str, str], ...]:
    """Return headers as pairs, without those that HTTP/2 adds to each request."""
    return tuple((str(name).strip(), str(value).strip()) for name, value in headers if not str(name).startswith(":"))


def _octets(text: str | None) -> bytes:
    return (text or "").encode("utf-8", "surrogatepass")
