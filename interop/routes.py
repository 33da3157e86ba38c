"""What a library's provider answers, for each host and path that the library calls."""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import Enum
from typing import NamedTuple

from oauthone.testing import Received

#: The body of an answer, or its status and body, or a function that makes either from the request.
Answer = str | tuple[int, str]
Answers = Answer | Callable[[Received], Answer]


class Kind(Enum):
    """What stands behind a route."""

    TEMPORARY = "temporary credentials"
    AUTHORIZE = "the resource owner's decision"
    TOKEN = "token credentials"
    RESOURCE = "a resource that verifies the signature"
    OPEN = "a resource that everybody may read"


class Route(NamedTuple):
    """One route.

    Attributes:
        kind: what stands behind it.
        host: the host.
        pattern: a regular expression that is found in the method, a space, and the path with its query.
        answer: the answer. A credential endpoint appends it to its form.
    """

    kind: Kind
    host: str
    pattern: str
    answer: Answers = ""

    def leads(self, got: Received) -> bool:
        """Return whether a request takes this route."""
        target = got.request.path + (f"?{got.request.query}" if got.request.query else "")
        return got.request.authority == self.host and re.search(self.pattern, f"{got.method} {target}") is not None


def flow(host: str, temporary: str, authorize: str, token: str, more: str = "") -> list[Route]:
    """Return the routes of a three-legged flow, of which each has a path of its own.

    Args:
        host: the host.
        temporary: the pattern of the temporary credential request endpoint.
        authorize: the pattern of the resource owner authorization endpoint.
        token: the pattern of the token request endpoint.
        more: further fields of the form with the token.
    """
    return [
        Route(Kind.TEMPORARY, host, temporary),
        Route(Kind.AUTHORIZE, host, authorize),
        Route(Kind.TOKEN, host, token, more),
    ]


def resource(host: str, pattern: str, answer: Answers = "{}") -> Route:
    """Return the route of a resource that verifies the signature."""
    return Route(Kind.RESOURCE, host, pattern, answer)


def issued(number: int, method: str = "HMAC-SHA1") -> str:
    """Return a form with a token of the client for ``method``, for flows without a verifier."""
    return f"oauth_token={issued_token(number, method)}&oauth_token_secret={issued_secret(number)}"


def issued_token(number: int, method: str) -> str:
    """Return the identifier of such a token; every provider here has it from the start."""
    return f"token-{number}-{method}"


def issued_secret(number: int) -> str:
    """Return its secret."""
    return f"secret-{number}"


def content_type(body: str) -> str:
    """Return the type of a body by its first character."""
    types = {"{": "application/json", "[": "application/json", "<": "text/xml"}
    return types.get(body[:1], "application/x-www-form-urlencoded")
