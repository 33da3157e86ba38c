"""Finds the data file of a provider and makes a `Provider` of it."""

import re
import tomllib
import warnings
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import cast

from oauthone.core.white_space import level_of_user
from oauthone.errors import ConfigurationError
from oauthone.providers._errors import ProviderRetired, UnknownProvider
from oauthone.providers._origins import is_inside
from oauthone.providers._provider import Provider, RetiredProvider
from oauthone.providers._reader import Misfit, located, parse, read
from oauthone.providers._rules import check
from oauthone.providers._templates import addresses_of, resolve

#: The beginning of a table.
_TABLE = re.compile(r"^[ \t]*\[", re.MULTILINE)

DATA = Path(__file__).with_name("data")

_CERTAINTY = {"verified": "", "single": " (from one source)", "unknown": " (no source is recorded)"}


def names(*, retired: bool) -> list[str]:
    """Return the names of the providers, or of the retired ones, in order. Only the names of the files are read."""
    return sorted(path.stem for path in (DATA / "retired" if retired else DATA).glob("*.toml"))


def load(path: Path) -> Provider | RetiredProvider:
    """Return what a data file says about its provider, with variables that are not filled in.

    Raises:
        ConfigurationError: the file does not fit the model. The message begins with file and line.
        OSError: there is no such file.
    """
    text = text_of(path)
    table = parse(text, path.name)
    provider: Provider | RetiredProvider
    try:
        if table.get("status") == "retired":
            provider = read(RetiredProvider, table, id=path.stem)
        else:
            provider = read(Provider, table, id=path.stem)
        check(provider)
    except Misfit as misfit:
        raise located(misfit, text, path.name) from None
    return provider


def text_of(path: Path) -> str:
    """Return the text of a data file.

    Raises:
        ConfigurationError: it is not UTF-8. The message begins with file and line.
        OSError: there is no such file.
    """
    octets = path.read_bytes()
    try:
        return octets.decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError as failure:
        line = octets.count(b"\n", 0, failure.start) + 1
        raise ConfigurationError(f"{path.name}:{line}: this is not UTF-8") from None


@cache
def entry(name: str) -> Provider | RetiredProvider:
    """Return the provider with this name or alias, with variables that are not filled in.

    Raises:
        ConfigurationError: there is none. The message suggests near names.
    """
    if re.fullmatch(r"[a-z0-9-]{1,64}", name) and file_of(name).is_file():
        return load(file_of(name))
    known = aliases()
    if name in known:
        return entry(known[name])
    near = get_close_matches(name[:64].lower(), [*names(retired=False), *names(retired=True), *known], 3)
    raise UnknownProvider(name[:64], near)


def file_of(name: str) -> Path:
    """Return the path of the data file for this name, which need not exist."""
    retired = DATA / "retired" / f"{name}.toml"
    return retired if retired.is_file() else DATA / f"{name}.toml"


@cache
def aliases() -> dict[str, str]:
    """Return the name of the provider for each alias. Few files have any, and only the beginning of those is parsed.

    Raises:
        ConfigurationError: a file is not TOML. The message begins with file and line.
    """
    found = dict[str, str]()
    for path in sorted(DATA.rglob("*.toml")):
        text = text_of(path)
        if "aliases" in text:
            found |= dict.fromkeys(_aliases_in(text, path.name), path.stem)
    return found


def _aliases_in(text: str, file: str) -> tuple[str, ...]:
    try:  # Aliases stand before the first table. A line of a text may look like one: then the rest is no TOML.
        table = tomllib.loads(_TABLE.split(text, maxsplit=1)[0])
    except tomllib.TOMLDecodeError:
        table = parse(text, file)
    given = table.get("aliases")
    listed = cast("list[object]", given if isinstance(given, list) else [given])
    return tuple(alias for alias in listed if isinstance(alias, str))  # another type is a complaint of `load`


def get(name: str, variant: str | None, values: dict[str, str]) -> Provider:
    """See `oauthone.providers.get`, whose caller a warning names."""
    _require_text("the name of a provider", name)
    if variant is not None:
        _require_text("variant", variant)
    provider = entry(name)
    if isinstance(provider, RetiredProvider):
        raise ProviderRetired(
            _message(provider),
            provider=provider.id,
            retired=provider.retired,
            successor=provider.successor,
        )
    if provider.status == "retiring":
        warnings.warn(_message(provider), FutureWarning, stacklevel=level_of_user())
    return resolve(provider, values, variant)


def as_provider(provider: object) -> Provider:
    """Return the provider that is given as a name or as its facts.

    Raises:
        ConfigurationError: there is none with this name, or it needs options, which the error names.
        ProviderRetired: it no longer offers OAuth 1.0.
        TypeError: it is neither text nor a `Provider`.
    """
    if isinstance(provider, str):
        return get(provider, None, {})
    if isinstance(provider, Provider):
        return provider
    raise TypeError(f"provider is a {type(provider).__name__}: pass a name, or what oauthone.providers.get() returns")


def at(url: str) -> Provider | None:
    """Return the provider that a URL belongs to, by http too, of those that need no options; None if there is none."""
    secure = f"https{url.removeprefix('http')}" if url.startswith("http://") else url
    for name in names(retired=False):
        known = entry(name)
        try:
            provider = resolve(known, {}, None) if isinstance(known, Provider) else None
        except ConfigurationError:  # it is at the host of each customer
            continue
        if provider is not None and any(is_inside(address, secure) for _, address in addresses_of(provider)):
            return provider
    return None


def _require_text(what: str, given: object) -> None:
    if not isinstance(given, str):
        raise TypeError(f"{what} must be a string, not of type {type(given).__name__}")


def _message(provider: Provider | RetiredProvider) -> str:
    """The message, and how certain it is."""
    text = (provider.message or "").removesuffix(".")
    return f"{text}{_CERTAINTY[provider.sources['status'].level]}."
