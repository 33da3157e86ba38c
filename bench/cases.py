"""The requests that every candidate signs or verifies, and their credentials."""

from __future__ import annotations

import json
from typing import NamedTuple
from urllib.parse import urlencode

CLIENT_ID = "xvz1evFS4wEEPTGEFPHBog"
CLIENT_SECRET = "kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw"
TOKEN = "370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb"
TOKEN_SECRET = "LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE"

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"

API = "https://api.example.com/1.1/statuses/update.json"


class Case(NamedTuple):
    """One request to sign, with or without a body hash."""

    name: str
    method: str
    url: str
    body: str | bytes | None = None
    content_type: str | None = None
    body_hash: bool = False

    @property
    def headers(self) -> dict[str, str]:
        """The headers that a signer needs, as a new dict, because some signers change the dict that they receive."""
        return {"Content-Type": self.content_type} if self.content_type else {}

    @property
    def octets(self) -> bytes:
        """The body as it goes on the wire."""
        return self.body.encode() if isinstance(self.body, str) else self.body or b""


def form(count: int) -> str:
    """Return a form of ``count`` parameters whose values need escapes."""
    return urlencode([(f"field{number}", f"value {number}, été & 100 %") for number in range(count)])


_TEN_FIELDS = [
    ("title", "Über den Wolken"),
    ("author", "Zoë Müller"),
    ("tags", "café,thé"),
    ("lang", "de"),
    ("draft", "false"),
    ("body", "Grüße aus Köln \N{EN DASH} 100 % schön & gut"),
    ("city", "東京"),
    ("price", "12.50 €"),
    ("page", "1"),
    ("sort", "date desc"),
]
_DOCUMENT = json.dumps(
    {"id": 210462857140252672, "text": "Grüße aus Köln", "tags": ["a", "b"], "pad": "x" * 900}
).encode()

GET_PLAIN = Case("GET, no parameters", "GET", API)
GET_3 = Case("GET, 3 parameters", "GET", f"{API}?status=hello%20world&count=20&include=a%2Cb")
GET_RAW = Case("GET, raw reserved characters", "GET", f"{API}?fields=id,name&ids=1,2,3&sort=-date")
FORM_10 = Case("form of 10, non-ASCII", "POST", API, urlencode(_TEN_FIELDS), FORM)
JSON_1K = Case("JSON, 1 KB", "POST", API, _DOCUMENT, JSON)
JSON_1K_HASH = JSON_1K._replace(name="JSON, 1 KB + body hash", body_hash=True)
