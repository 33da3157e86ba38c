"""What a single value of a data file must be, beyond its type: a date, a web page, a parameter, a nonce."""

import re
from collections.abc import Iterator
from datetime import date
from urllib.parse import parse_qsl

from oauthone.providers._model import Authorization, Nonce, Parameter, Table
from oauthone.providers._provider import Provider, RetiredProvider
from oauthone.providers._reader import Misfit

_DATE = re.compile(r"[0-9]{4}(?:-[0-9]{2}(?:-[0-9]{2})?)?", re.ASCII)
_PAGE = re.compile(r"https?://[^\s/?#@]+(?:[/?#]\S*)?")

#: The arguments of a client's methods, beside which the parameters are passed.
_ARGUMENTS = frozenset(("url", "method", "verifier", "page", "permissions"))
#: The legs that take ``request_token`` as well.
_AFTER_THE_FIRST = frozenset(("authorization", "token_credentials"))
#: The libraries' options for a request, which a leg takes beside the parameters, and beside the names of other legs.
_OPTIONS = frozenset(
    {
        *("params", "data", "json", "content", "files", "headers", "cookies", "auth", "timeout", "allow_redirects"),
        *("follow_redirects", "proxies", "proxy", "proxy_auth", "hooks", "stream", "verify", "cert", "extensions"),
        *("ssl", "server_hostname", "compress", "chunked", "raise_for_status", "max_redirects", "realm"),
    }
)
#: Parameters of the protocol that the authorization address has under these names, unless it renames them.
_RENAMED = frozenset(("oauth_token", "oauth_callback", "oauth_consumer_key"))
#: The ways to a token for which the clients have methods with these arguments.
_BY_CLIENT = frozenset(("three-legged", "provider-initiated", "xauth", "client-credentials"))


def check_values(provider: Provider) -> None:
    """Check the values of a provider's facts.

    Raises:
        Misfit: one is not what its name says.
    """
    for table in ("temporary_credentials", "authorization", "token_credentials", "exchange"):
        parameters: Table[Parameter] = getattr(getattr(provider, table), "parameters", Table())
        _check_parameters(provider, table, parameters)
    if provider.authorization:
        _check_renames(provider.authorization)
    if provider.nonce:
        _check_nonce(provider.nonce)
    for number, base in enumerate(provider.api_base):
        if "://*." in base and base.partition("://*.")[2].partition("/")[0].count(".") < 1:
            raise Misfit(("api_base", number), f"is {base!r}, which allows every host of a top-level domain")


def check_page(value: str | None, name: str) -> None:
    """Check the address of a web site.

    Raises:
        Misfit: it is something else.
    """
    if value is not None and not _PAGE.fullmatch(value):
        raise Misfit((name,), f"is {value!r}, must be the http or https address of a page")


def check_date(value: str | None, *path: str) -> None:
    """Check a date.

    Raises:
        Misfit: it is no date of the calendar.
    """
    if value is not None and (not _DATE.fullmatch(value) or _first_day(value) is None):
        raise Misfit(path, f"is {value!r}, must be a date such as 2026-11-26, 2026-11 or 2026")


def future_dates(provider: Provider | RetiredProvider, today: date) -> Iterator[str]:
    """Yield what happened later than ``today``, as its file says.

    This is a check for who writes a file: on a machine whose clock is wrong, a right file is still right.
    """
    dates = {"status_as_of": provider.status_as_of, "retired": getattr(provider, "retired", None)}
    dates["retired_by"] = getattr(provider, "retired_by", None)
    dates |= {f"sources.{group}.as_of": source.as_of for group, source in provider.sources.items()}
    for name, value in dates.items():
        first = _first_day(value) if value else None
        if first is not None and first > today:
            yield f"{name} is {value}, which is in the future"


def _first_day(value: str) -> date | None:
    """Return the first day of a year, month or day; None if there is no such day."""
    try:
        return date.fromisoformat(f"{value}-01-01"[:10])
    except ValueError:
        return None


def refuse_protocol_parameters(address: str, *path: str | int) -> None:
    """Check that an address has no parameter of the protocol, which the signature adds itself.

    Raises:
        Misfit: it has one.
    """
    for name, _ in parse_qsl(address.partition("?")[2], keep_blank_values=True):
        if name.startswith("oauth_"):
            raise Misfit(path, f"contains {name}, which each request adds itself")


def _check_parameters(provider: Provider, table: str, parameters: Table[Parameter]) -> None:
    taken = set(_ARGUMENTS)
    if not _BY_CLIENT.isdisjoint(provider.flows):
        taken |= _OPTIONS | ({"request_token"} if table in _AFTER_THE_FIRST else set[str]())
    for name, parameter in parameters.items():
        path = (table, "parameters", name)
        is_callback = table == "authorization" and name == "oauth_callback"
        if name in taken or (name.startswith("oauth_") and not is_callback):
            raise Misfit(path, "has a name that the clients use themselves")
        if parameter.default is not None and parameter.values and parameter.default not in parameter.values:
            raise Misfit((*path, "default"), f"is {parameter.default!r}, which is not one of values")


def _check_renames(facts: Authorization) -> None:
    known = _RENAMED | facts.parameters.keys()
    names = dict.fromkeys(facts.parameters.keys() - facts.rename.keys(), "a parameter")
    for old, new in facts.rename.items():
        path = ("authorization", "rename", old)
        if old not in known:
            raise Misfit(path, f"must be a parameter, or one of {', '.join(sorted(_RENAMED))}")
        if new in names:
            raise Misfit(path, f"is {new!r}, which {names[new]} is called already")
        names[new] = old


def _check_nonce(facts: Nonce) -> None:
    lengths = [one for one in (facts.min_length, facts.recommended_length, facts.max_length) if one is not None]
    if lengths != sorted(lengths) or 0 in lengths:
        raise Misfit(("nonce",), "must have lengths above 0, in the order minimum, recommended length, maximum")
