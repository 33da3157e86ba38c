"""The page of a box: what to do next, each request with its verdict, and the switches for faults and answers."""

import asyncio
import math
import time
from collections.abc import Mapping
from typing import Any

from oauthone.testing.box import ProviderBox
from oauthone.testing.exchange import as_curl, details, summary
from oauthone.testing.fault_settings import fault_fields, with_fault
from oauthone.testing.identities import BoxToken
from oauthone.testing.private_page import PAGES, PrivatePage
from oauthone.testing.programs import programs
from oauthone.testing.received import Received

_DECISIONS = {"ask": None, "approve": "approve", "deny": "deny"}
#: How long a call waits for the next request, and how often it looks, in seconds.
_LONGEST_WAIT = 20.0
_PAUSE = 0.1
#: How many requests one call returns, so that the page stays quick. It asks again for the rest.
_AT_ONCE = 200
#: How many requests the page remembers of a box that forgets none.
_MOST_ON_THE_PAGE = 10_000


class Eyes:
    """What the page of a box may ask.

    Args:
        box: the box.
        tokens: a token for each client, by the name of its signature method.
        key_file: the file with the private key of the clients for RSA, or None.
    """

    def __init__(self, box: ProviderBox, tokens: Mapping[str, BoxToken], key_file: str | None = None) -> None:
        self._box = box
        self._tokens = tokens
        self._key_file = key_file

    def page(self) -> PrivatePage:
        """Return the page, which has an origin of its own."""
        names = ("page.css", "page.js", "eyes.js", "requests.js")
        files = {"/": PAGES / "eyes.html", **{f"/{name}": PAGES / name for name in names}}
        calls = ("start", "credentials", "requests", "request", "curl", "set", "answer", "clear")
        return PrivatePage(files, {name: getattr(self, name) for name in calls})

    async def start(self, given: dict[str, Any]) -> dict[str, Any]:
        """Return what the page shows first."""
        box = self._box
        return {
            "origin": box.origin,
            "like": None if box.legs is None else box.like.name,
            "urls": addresses(box),
            "clients": [await self.credentials({"method": method}) for method in box.clients],
            "history": box.history or _MOST_ON_THE_PAGE,
            "decision": box.decision or "ask",
            "faults": fault_fields(box.faults),
            "answers": self._answers(),
        }

    async def credentials(self, given: dict[str, Any]) -> dict[str, Any]:
        """Return a client with its programs; ``reveal`` shows the secrets."""
        method = _text(given, "method")
        if method not in self._box.clients:
            raise ValueError(f"there is no client for the method {method!r}")
        client, reveal = self._box.clients[method], given.get("reveal") is True
        token = self._tokens.get(client.signature_method)
        made = programs(self._box, client, token, self._key_file, reveal=reveal)
        return {
            "method": client.signature_method,
            "client_id": client.client_id,
            "client_secret": client.client_secret if reveal else None,
            "uses_key": client.rsa_key is not None,
            "key_file": self._key_file,
            "token": token and token.token,
            "token_secret": token.token_secret if token and reveal else None,
            "programs": [program._asdict() for program in made],
        }

    async def requests(self, given: dict[str, Any]) -> dict[str, Any]:
        """Return the requests after the number ``after``, and wait for one for ``wait`` seconds at most."""
        after = _number(given, "after")
        ends = time.monotonic() + min(_number({"wait": 0, **given}, "wait"), _LONGEST_WAIT)
        while not (found := self._answered_after(after)) and time.monotonic() < ends:
            await asyncio.sleep(_PAUSE)
        return {"requests": [summary(one) for one in found[:_AT_ONCE]]}

    async def request(self, given: dict[str, Any]) -> dict[str, Any]:
        """Return all about one request; ``reveal`` shows its secrets."""
        return details(self._box, self._numbered(given["id"]), reveal=given.get("reveal") is True)

    async def curl(self, given: dict[str, Any]) -> dict[str, Any]:
        """Return a request as a curl command."""
        return {"text": as_curl(self._numbered(given["id"]))}

    async def set(self, given: dict[str, Any]) -> dict[str, Any]:
        """Change a fault, or the decision of the resource owner."""
        name, value = _text(given, "name"), _text(given, "value")
        if name == "decision":
            if value not in _DECISIONS:
                raise ValueError(f"the decision cannot be {value!r}: use {', '.join(_DECISIONS)}")
            self._box.decision = _DECISIONS[value]  # type: ignore[assignment]  # the values are those of the type
        else:
            self._box.faults = with_fault(self._box.faults, name, value)
        return {"decision": self._box.decision or "ask", "faults": fault_fields(self._box.faults)}

    async def answer(self, given: dict[str, Any]) -> dict[str, Any]:
        """Set or remove the answer for a path."""
        given = {"method": "", "content_type": "", **given}
        path, method = _text(given, "path"), _text(given, "method") or None
        if given.get("remove"):
            self._box.canned.pop((method or "", path), None)
        else:
            status, content_type = _number(given, "status"), _text(given, "content_type") or None
            if not status.is_integer():
                raise ValueError(f"the status {status!r} is not a whole number")
            self._box.answer(path, int(status), _text(given, "body"), method=method, content_type=content_type)
        return {"answers": self._answers()}

    async def clear(self, given: dict[str, Any]) -> dict[str, Any]:
        """Forget all requests so far."""
        self._box.requests.clear()
        return {}

    def _answers(self) -> list[dict[str, Any]]:
        return [
            {"method": method, "path": path, "status": one.status, "size": len(one.body)}
            for (method, path), one in sorted(self._box.canned.items())
        ]

    def _answered_after(self, number: float) -> list[Received]:
        """Return the requests that were answered after the one with this number, in the order of the answers."""
        return sorted((one for one in [*self._box.requests] if one.number > number), key=lambda one: one.number)

    def _numbered(self, number: object) -> Received:
        for one in [*self._box.requests]:
            if one.number == number:
                return one
        raise ValueError("this request is no longer in the history")


def _text(given: Mapping[str, Any], name: str) -> str:
    """Return a member of a call.

    Raises:
        KeyError: it is missing.
        ValueError: it is not a text.
    """
    if not isinstance(given[name], str):
        raise ValueError(f"{name} is not a text")
    return str(given[name])


def _number(given: Mapping[str, Any], name: str) -> float:
    """Return a member of a call, a number or a text with one.

    Raises:
        KeyError: it is missing.
        ValueError: it is not a finite number.
    """
    try:
        number = float(given[name])
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if not math.isfinite(number):
        raise ValueError(f"{name} is not a number")
    return number


def addresses(box: ProviderBox) -> dict[str, str]:
    """Return the addresses of a box by their names."""
    names = ("request_token_url", "authorize_url", "access_token_url", "echo_url", "two_legged_url", "open_url")
    return {name: getattr(box, name) for name in names}
