"""A provider: all facts about it, or why it is gone."""

from typing import Literal, NamedTuple

from oauthone.providers._model import (
    LEVELS,
    Authorization,
    BodyHash,
    Callback,
    Discovery,
    Endpoint,
    ErrorShape,
    Identity,
    Level,
    Nonce,
    PlacementName,
    Realm,
    Source,
    Table,
    TokenLifetime,
    Variable,
    Variant,
)
from oauthone.providers._origins import is_inside

Flow = Literal[
    "three-legged", "static-token", "consumer-only", "xauth", "provider-initiated", "app-login", "client-credentials"
]
SignatureMethodName = Literal[
    "HMAC-SHA1", "HMAC-SHA256", "HMAC-SHA512", "RSA-SHA1", "RSA-SHA256", "RSA-SHA512", "PLAINTEXT"
]

#: The level of a provider is the lowest of these groups.
MAIN_GROUPS = ("endpoints", "methods", "signature")

#: The groups of sources that may stand for an attribute, the narrowest first. Any other attribute is a group itself.
_GROUPS = {
    **{name: (name, "endpoints") for name in ("temporary_credentials", "token_credentials", "exchange", "api_base")},
    **{name: (name, "endpoints") for name in ("authorization", "discovery", "variables", "revoke")},
    **dict.fromkeys(("renew", "check"), ("revoke", "endpoints")),
    **dict.fromkeys(("callback", "verifier", "callback_confirmed", "xauth"), ("xauth", "callback")),
    **dict.fromkeys(("token_lifetime", "request_token_lifetime"), ("lifetime",)),
    **dict.fromkeys(("monotonic_timestamps", "timestamp_window"), ("timestamps",)),
    "mixed_placement": ("placement",),
    **dict.fromkeys(("signs_multipart_text", "untyped_forms"), ("quirks",)),
    "empty_token_parameter": ("empty_token", "quirks"),
    "error_shapes": ("errors",),
    "signature_methods": ("signature",),
}


class Provider(NamedTuple):
    """The facts about a provider, with its variables filled in. `get` returns it.

    Attributes:
        id: the name that `get` takes.
        name: the provider's own name.
        homepage: its web site.
        docs: its documentation of OAuth 1.0.
        status: ``active``, ``active-partners``, ``self-hosted`` or ``retiring``.
        status_as_of: the date of the newest sign of that status.
        retires: when it ends OAuth 1.0, if it is retiring.
        message: what users should know about that.
        successor: what takes its place.
        aliases: further names that `get` takes.
        flows: how tokens are obtained, such as ``three-legged``, ``static-token``, ``consumer-only`` or ``xauth``.
        signature_methods: the accepted methods, the preferred one first.
        api_base: the origins that tokens are for; a host may begin with ``*.``. See `allows`.
        temporary_credentials, token_credentials, authorization: the endpoints of the three-legged flow, with ``url``,
            ``method``, ``placement`` and ``parameters``.
        exchange, renew, revoke, check: further endpoints for tokens.
        placement: where the requests for data have the protocol parameters, the preferred one first.
        mixed_placement: whether some protocol parameters may stand in the query or form while others are in the header.
        signs_multipart_text: whether the text fields of a multipart form are signed as those of a plain form.
        untyped_forms: whether a body without a Content-Type counts as a form.
        body_hash, callback, verifier, nonce, realm: how signed requests and callbacks differ.
        token_fields: further members of the token response, with their meaning.
        token_lifetime: when a token ends.
        identity: where the account's identifier and name are.
        error_shapes: what rejections look like.
        quirks: what else a program has to know.
        libraries: Python libraries for this provider.
        variables, variants: what `get` can fill in and choose.
        sources: for each group of facts, its level of certainty, its date, and where it was found.
    """

    id: str
    name: str
    homepage: str
    status: Literal["active", "active-partners", "self-hosted", "retiring"]
    status_as_of: str
    flows: tuple[Flow, ...]
    signature_methods: tuple[SignatureMethodName, ...]
    api_base: tuple[str, ...]
    sources: Table[Source]
    docs: str | None = None
    retires: str | None = None
    message: str | None = None
    successor: str | None = None
    aliases: tuple[str, ...] = ()
    variables: Table[Variable] = Table()
    variants: Table[Variant] = Table()
    discovery: Discovery | None = None
    temporary_credentials: Endpoint | None = None
    authorization: Authorization | None = None
    token_credentials: Endpoint | None = None
    exchange: Endpoint | None = None
    renew: Endpoint | None = None
    revoke: Endpoint | None = None
    check: Endpoint | None = None
    placement: tuple[PlacementName, ...] = ("header",)
    mixed_placement: bool = False
    signs_multipart_text: bool = False
    untyped_forms: bool = False
    realm: Realm | None = None
    body_hash: BodyHash | None = None
    callback: Callback | None = None
    verifier: Literal["required", "optional", "none"] | None = None
    callback_confirmed: Literal["sent", "missing"] | None = None
    xauth: Literal["always", "on-request"] | None = None
    empty_secrets: tuple[Literal["consumer", "token"], ...] = ()
    empty_token_parameter: bool = False
    monotonic_timestamps: bool = False
    timestamp_window: int | None = None
    nonce: Nonce | None = None
    clock: str | None = None
    send_version: bool = True
    allow_http: bool = False
    credential_format: str | None = None
    user_agent: Literal["required"] | None = None
    request_token_lifetime: int | None = None
    token_fields: Table[str] = Table()
    token_lifetime: TokenLifetime | None = None
    identity: Identity | None = None
    error_shapes: tuple[ErrorShape, ...] = ()
    quirks: tuple[str, ...] = ()
    libraries: tuple[str, ...] = ()

    @property
    def level(self) -> Level:
        """How certain endpoints, methods and signature are: ``verified``, ``single`` or ``unknown``."""
        found = {self.sources[group].level for group in MAIN_GROUPS}
        return next(level for level in reversed(LEVELS) if level in found)

    def level_of(self, fact: str) -> Level:
        """Return how certain one fact is; ``unknown`` if its file names no source for it.

        Args:
            fact: the name of an attribute, such as ``"token_lifetime"``.

        Raises:
            AttributeError: there is no such attribute.
        """
        source = self.source_of(fact)
        return "unknown" if source is None else source.level

    def source_of(self, fact: str) -> Source | None:
        """Return where one fact was found; None if its file names no source for it.

        Args:
            fact: the name of an attribute, such as ``"realm"``.

        Raises:
            AttributeError: there is no such attribute.
        """
        if fact not in self._fields:
            raise AttributeError(f"a provider has no attribute {fact!r}")
        return next((self.sources[group] for group in _GROUPS.get(fact, (fact,)) if group in self.sources), None)

    def allows(self, url: str) -> bool:
        """Return whether ``url`` has one of the origins in `api_base`, so that a token may be sent there.

        Args:
            url: an absolute URL.
        """
        return any(is_inside(base, url) for base in self.api_base)


#: The names that a group of sources may have.
GROUPS = frozenset([*Provider._fields, *MAIN_GROUPS, *(group for groups in _GROUPS.values() for group in groups)]) - {
    "id",
    "sources",
}


#: What a provider or its file is called, and what is no fact about it.
_NEED_NO_SOURCE = frozenset(
    {
        *("id", "name", "homepage", "docs", "status_as_of", "retires", "message", "successor", "aliases"),
        *("libraries", "flows", "sources"),
    }
)


def facts_without_source(provider: Provider) -> list[str]:
    """Return the names of the facts that a provider's file states, but for which it names no source."""
    stated = [
        name
        for name in provider._fields
        if name not in _NEED_NO_SOURCE and getattr(provider, name) != provider._field_defaults.get(name, ())
    ]
    return [name for name in stated if provider.level_of(name) == "unknown"]


class RetiredProvider(NamedTuple):
    """What is left to say about a provider that ended OAuth 1.0.

    Attributes:
        retired: the date; None if it is not known.
        retired_by: a date by which it was known to be gone.
    """

    id: str
    name: str
    homepage: str
    status: Literal["retired"]
    status_as_of: str
    message: str
    sources: Table[Source]
    retired: str | None = None
    retired_by: str | None = None
    successor: str | None = None
    aliases: tuple[str, ...] = ()

    @property
    def level(self) -> Level:
        """How certain the end is."""
        return self.sources["status"].level
