"""List the providers, or what is known about one of them.

python -m oauthone.providers [--retired] [--json | --markdown]
python -m oauthone.providers NAME [--json | --markdown]
python -m oauthone.providers --check NAME
"""

import argparse
import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from oauthone.errors import ConfigurationError
from oauthone.providers import _catalogue
from oauthone.providers._page import page
from oauthone.providers._provider import Provider, RetiredProvider, facts_without_source
from oauthone.providers._value_rules import future_dates


def main(arguments: Sequence[str] | None = None) -> int:
    """Print what is asked for; return the exit status.

    Args:
        arguments: the arguments of the command line; None reads ``sys.argv``.
    """
    options = _parser().parse_args(arguments)
    try:
        lines = _check(options.check) if options.check else _lines(options)
    except ConfigurationError as failure:
        print(failure)
        return 1
    print("\n".join(lines))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "python -m oauthone.providers", description="What is known about OAuth 1.0 providers."
    )
    parser.add_argument("name", nargs="?", help="the provider; without it, all are listed")
    parser.add_argument("--retired", action="store_true", help="list those that no longer offer OAuth 1.0")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print JSON")
    form.add_argument("--markdown", action="store_true", help="print Markdown: the table, or the page about one")
    form.add_argument("--check", metavar="NAME", help="check the file of a provider")
    return parser


def _check(name: str) -> list[str]:
    provider = _catalogue.entry(name)
    for other in (*_catalogue.names(retired=False), *_catalogue.names(retired=True)):
        if other in provider.aliases:
            raise ConfigurationError(f"{provider.id}: the alias {other!r} is the name of another provider")
    taken = [
        alias for alias, owner in _catalogue.aliases().items() if alias in provider.aliases and owner != provider.id
    ]
    if taken:
        raise ConfigurationError(f"{provider.id}: the alias {taken[0]!r} belongs to another provider, too")
    for complaint in future_dates(provider, date.today()):
        raise ConfigurationError(f"{provider.id}: {complaint}")
    return [f"{provider.id}: the file fits the model; level {provider.level}", *_without_source(provider)]


def _without_source(provider: Provider | RetiredProvider) -> list[str]:
    """A line with the stated facts whose level is unknown, if there are any. A name or a date needs no source."""
    if isinstance(provider, RetiredProvider):
        return []
    unknown = facts_without_source(provider)
    return [f"no source is named for: {', '.join(unknown)}"] if unknown else []


def _lines(options: argparse.Namespace) -> list[str]:
    if options.name:
        provider = _catalogue.entry(options.name)
        if options.markdown and isinstance(provider, Provider):
            return [page(provider).rstrip()]
        return [_json(plain(provider) | {"level": provider.level})] if options.json else [_text(provider)]
    found = [_catalogue.entry(name) for name in _catalogue.names(retired=options.retired)]
    if options.json:
        return [_json([plain(provider) | {"level": provider.level} for provider in found])]
    rows = _retired_rows(found) if options.retired else _rows(found)
    return markdown(rows) if options.markdown else _columns(rows)


def _text(provider: Provider | RetiredProvider) -> str:
    """The file of a provider, which is made for readers."""
    text = _catalogue.file_of(provider.id).read_text("utf-8").rstrip()
    head = [f"{provider.id}: level {provider.level}", *_without_source(provider)]
    return "\n".join(f"# {line}" for line in head) + f"\n\n{text}"


def _rows(providers: Sequence[Provider | RetiredProvider]) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = [("name", "provider", "status", "flows", "level", "as of")]
    for one in providers:
        assert isinstance(one, Provider)
        rows.append((one.id, one.name, one.status, ", ".join(one.flows), one.level, one.status_as_of))
    return rows


def _retired_rows(providers: Sequence[Provider | RetiredProvider]) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = [("name", "message", "level")]
    return rows + [(one.id, one.message or "", one.level) for one in providers]


def _columns(rows: Sequence[tuple[str, ...]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]


def markdown(rows: Sequence[tuple[str, ...]]) -> list[str]:
    """Return the rows as a table of Markdown; the first row is its head, the first column is code."""
    head, *others = rows
    body = [(f"`{row[0]}`", *(cell.replace("*", "\\*") for cell in row[1:])) for row in others]
    return [f"| {' | '.join(row)} |" for row in (head, ("---",) * len(head), *body)]


def plain(value: Any) -> Any:
    """Return a provider, or a part of one, as dicts and lists; without what is unknown or the default."""
    defaults: dict[str, Any] | None = getattr(value, "_field_defaults", None)
    if defaults is not None:
        found = {name: getattr(value, name) for name in value._fields}
        return {name: plain(one) for name, one in found.items() if name not in defaults or one != defaults[name]}
    if hasattr(value, "items"):
        return {name: plain(one) for name, one in value.items()}
    return value if isinstance(value, str | int | None) else [plain(one) for one in value]


def _json(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)


if __name__ == "__main__":
    raise SystemExit(main())
