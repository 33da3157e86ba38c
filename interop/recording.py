"""The requests that a provider received, and what two runs of the same program have in common in them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple, Self

from oauthone.core.incoming_request import IncomingRequest
from oauthone.testing import Received

#: Protocol parameters that are new in each request, in a header, a query or a form.
_FRESH = re.compile(r'\b(oauth_(?:nonce|timestamp|signature))(=|%3D)("[^"]*"|[^&",\s]*)')
_FRESH_NAMES = ("oauth_nonce", "oauth_timestamp", "oauth_signature")
_BOUNDARY = re.compile(r"boundary=\"?([^\";,\s]+)")


#: Verdicts, besides why a request was refused.
VERIFIED, OPEN, NO_ROUTE = "verified", "open", "no route"


class Signed(NamedTuple):
    """A request as a provider verifies it.

    Attributes:
        method: the request method.
        url: the absolute URL.
        headers: the headers that a verification needs, with names in lower case.
        body: the octets of the body, as ISO 8859-1.
    """

    method: str
    url: str
    headers: list[tuple[str, str]]
    body: str

    @classmethod
    def of(cls, request: IncomingRequest) -> Self:
        """Return what a verification needs of a request."""
        target = f"{request.scheme}://{request.authority}{request.path}"
        url = target + (f"?{request.query}" if request.query else "")
        return cls(request.method, url, list(request.headers), request.body.decode("latin-1"))


class Recorded(NamedTuple):
    """A request as it arrived, and what the provider made of it.

    Attributes:
        method: the request method.
        url: the absolute URL.
        headers: all headers in their order, with names in lower case.
        body: the octets of the body, as ISO 8859-1.
        verdict: one of the verdicts, or why the box refused.
        read: what it verified, where that is something else.
    """

    method: str
    url: str
    headers: list[tuple[str, str]]
    body: str
    verdict: str
    read: Signed | None = None

    @classmethod
    def of(cls, arrived: Received, read: IncomingRequest, verdict: str) -> Self:
        """Return a request that arrived, and was read so."""
        request = arrived.request  # which keeps only the headers that a verification needs
        signed = Signed.of(request)
        return cls(
            request.method,
            signed.url,
            list(arrived.headers),
            signed.body,
            verdict,
            None if read is request else Signed.of(read),
        )

    @property
    def is_signed(self) -> bool:
        """Whether the request carries a signature."""
        return any("oauth_signature" in text for text in (self.url, self.header("authorization"), self.body))

    def header(self, name: str) -> str:
        """Return the first value of a header, or ``""``."""
        return next((value for key, value in self.headers if key == name), "")


class Alike:
    """Replaces what differs from run to run by what is the same in every run.

    Args:
        secrets: what a provider issued at random, and its name.
        fresh: a regular expression for other text that is new in each run.
    """

    def __init__(self, secrets: Mapping[str, str], fresh: str = "") -> None:
        self._fresh = re.compile(fresh or "(?!)")
        self._names = {value: f"<{name}>" for value, name in secrets.items()}
        longest_first = sorted(self._names, key=len, reverse=True)
        self._secret = re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")

    def text(self, text: str) -> str:
        """Return a text without nonces, timestamps, signatures and issued secrets."""
        named = self._secret.sub(lambda found: self._names[found[0]], text)
        return self._fresh.sub("…", _FRESH.sub(lambda found: f"{found[1]}{found[2]}…", named))

    def value(self, value: Any) -> Any:
        """Return what a library returned, of dicts, lists and plain values, in the same way."""
        if isinstance(value, dict):
            return {name: "…" if name in _FRESH_NAMES else self.value(inner) for name, inner in value.items()}
        if isinstance(value, list | tuple):
            return [self.value(inner) for inner in value]
        return self.text(value) if isinstance(value, str) else value

    def request(self, request: Recorded) -> dict[str, str]:
        """Return the parts of a request by their names."""
        boundary = _BOUNDARY.search(request.header("content-type"))
        parts = {"method": request.method, "target": request.url, "verdict": request.verdict}
        for name, value in request.headers:
            is_right = name == "content-length" and value == str(len(request.body))
            parts[f"header {name}"] = "right" if is_right else value
        parts["order of the headers"] = " ".join(name for name, _ in request.headers)
        parts["body"] = request.body
        if boundary:
            parts = {name: text.replace(boundary[1], "BOUNDARY") for name, text in parts.items()}
        return {name: self.text(text) for name, text in parts.items()}
