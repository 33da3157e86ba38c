"""The facts about a provider as typed values. Each class is a table of a data file, and each attribute one of its keys.

Left out means unknown, or the default of OAuth 1.0. Where a file may have one text or a list, the attribute is a tuple.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Literal, NamedTuple, TypeVar

_T = TypeVar("_T")

Method = Literal["GET", "POST"]
PlacementName = Literal["header", "query", "body"]
Level = Literal["verified", "single", "unknown"]
LEVELS: tuple[Level, ...] = ("verified", "single", "unknown")


class Table(Mapping[str, _T]):
    """A mapping that does not change."""

    __slots__ = ("_entries",)

    def __init__(self, entries: Mapping[str, _T] | None = None) -> None:
        self._entries: dict[str, _T] = dict(entries or {})

    def __getitem__(self, name: str) -> _T:
        return self._entries[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def __repr__(self) -> str:
        return repr(self._entries)


_EMPTY: Table[Any] = Table()


class Source(NamedTuple):
    """Where a group of facts was found. ``verified`` needs two independent sources, or the provider's own word."""

    level: Level
    as_of: str
    found_in: tuple[str, ...] = ()

    @property
    def is_from_programs(self) -> bool:
        """Whether all of it was found in programs of others, and nothing in documentation."""
        return bool(self.found_in) and not any(one.startswith(("https://", "http://")) for one in self.found_in)


class Parameter(NamedTuple):
    """A parameter that the application chooses, such as a scope. ``means`` is the name that all providers share."""

    required: bool = False
    values: tuple[str, ...] = ()
    default: str | None = None
    separator: str | None = None
    repeat: bool = False
    means: Literal["permissions"] | None = None
    note: str | None = None


class Endpoint(NamedTuple):
    """An endpoint with its methods, placements and response formats; the preferred ones are first.

    ``content_type`` is that of the response if it is not the usual one of the format.
    """

    url: str
    method: tuple[Method, ...]
    placement: tuple[PlacementName, ...] = ("header",)
    parameters: Table[Parameter] = _EMPTY
    response_format: tuple[Literal["form", "json", "xml"], ...] = ("form",)
    content_type: str | None = None


class Authorization(NamedTuple):
    """The page on which the resource owner decides."""

    url: str
    parameters: Table[Parameter] = _EMPTY
    rename: Table[str] = _EMPTY
    send_consumer_key: bool = False
    alternatives: Table[str] = _EMPTY
    mobile_url: str | None = None


class Derivation(NamedTuple):
    """How a variable follows from another one."""

    of: str
    lower: bool = False
    replace: Table[str] = _EMPTY


class Variable(NamedTuple):
    """A part of the URLs that differs from customer to customer: ``{name}`` in a URL."""

    description: str
    example: str
    kind: Literal["url", "host", "segment"]
    default: str | None = None
    values: tuple[str, ...] = ()
    pattern: str | None = None
    optional: bool = False
    derive: Derivation | None = None


class Variant(NamedTuple):
    """Another installation of the same provider, such as its sandbox: other hosts, or another ``api_base``."""

    hosts: Table[str] = _EMPTY
    api_base: tuple[str, ...] = ()
    note: str | None = None


class Discovery(NamedTuple):
    """A JSON document that names the endpoints, and the dotted paths at which it does."""

    url: str
    members: Table[str]
    method: Method = "GET"


class Realm(NamedTuple):
    """The realm of the Authorization header."""

    kind: Literal["fixed", "account", "request-url"]
    value: str | None = None
    note: str | None = None


class BodyHash(NamedTuple):
    """When requests have an ``oauth_body_hash``."""

    algorithm: Literal["sha1", "sha256", "sha512"]
    when: Literal["always", "auto"]


class Callback(NamedTuple):
    """When the callback is sent, and what comes back.

    ``optional`` callbacks may be left out. A ``registered`` one must be known to the provider: the whole of it, its
    beginning or its host. ``refusal`` is what the callback contains if the user refuses, where ``<token>`` stands for
    the token; an empty text says that it does not tell.
    """

    sent: Literal["temporary_credentials", "authorization", "registered", "none"] | None = None
    oob: bool | None = None
    optional: bool = False
    registered: Literal["exact", "prefix", "host"] | None = None
    code: str | None = None
    refusal: str | None = None
    parameters: Table[str] = _EMPTY


class Nonce(NamedTuple):
    """What the provider requires of a nonce."""

    min_length: int | None = None
    max_length: int | None = None
    recommended_length: int | None = None
    note: str | None = None


class TokenLifetime(NamedTuple):
    """When a token ends."""

    kind: Literal["until-revoked", "fixed", "daily", "chosen", "short-unless-scope"]
    seconds: int | None = None
    idle_seconds: int | None = None
    ends: str | None = None
    field: str | None = None
    unit: str | None = None
    parameter: str | None = None
    scope: str | None = None
    note: str | None = None


class IdentityToken(NamedTuple):
    """A signed answer (JWT): how it is signed, and what its claims must be."""

    algorithm: Literal["HS256"]
    key: Literal["consumer secret"]
    audience: Literal["consumer key"]
    nonce: Literal["equals oauth_nonce of the request"]
    issuer: Literal["host of the wiki"]


class Identity(NamedTuple):
    """Where the account's identifier and name are: at a URL, or in the token response."""

    url: str | None = None
    method: tuple[Method, ...] = ("GET",)
    format: Literal["json", "xml", "jwt"] = "json"
    id_path: str | None = None
    name_path: str | None = None
    token_fields: Table[str] = _EMPTY
    jwt: IdentityToken | None = None
    redirects: bool = False
    alternative: str | None = None


class ErrorShape(NamedTuple):
    """What a rejection looks like.

    ``problems`` are the words of the Problem Reporting extension for which it is used; without any, it is used for all
    others. ``at`` names the endpoints, if not all have it. In an ``example``, ``{problem}`` and ``{base_string}`` stand
    for what differs.

    ``stands_for`` are the words of the extension for what the provider means, where its ``words`` are its own or mean
    something else elsewhere: several if it does not tell them apart. A colon precedes the parameter that it means.
    """

    where: Literal["body", "www-authenticate", "status"]
    status: int | None = None
    format: Literal["form", "text", "json", "html", "xml", "header"] | None = None
    words: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    stands_for: tuple[str, ...] = ()
    at: tuple[Literal["credentials", "api"], ...] = ()
    example: str | None = None
    note: str | None = None
