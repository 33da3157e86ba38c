"""``oauthone providers``: the catalogue."""

from typing import Any

import click

from oauthone.cli.options import common_options, provider_names
from oauthone.cli.output import result
from oauthone.providers import names


class _Catalogue(click.Group):
    """A group in which the name of a provider shows that provider."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        is_known = args[0] in self.commands or args[0].startswith("-")
        return super().resolve_command(ctx, args if is_known else ["show", *args])


@click.group(invoke_without_command=True, cls=_Catalogue)
@click.option("--retired", is_flag=True, help="List those that no longer offer OAuth 1.0.")
@common_options
@click.pass_context
def command(context: click.Context, retired: bool) -> None:
    """Show the catalogue of providers: endpoints, methods, quirks, and where to register."""
    if context.invoked_subcommand is None:
        list_providers(retired)


@command.command("list")
@click.option("--retired", is_flag=True, help="List those that no longer offer OAuth 1.0.")
@common_options
def list_command(retired: bool) -> None:
    """List all providers."""
    list_providers(retired)


@command.command("show")
@click.argument("name", shell_complete=provider_names)
@common_options
def show_command(name: str) -> None:
    """Show all facts about one provider, with their sources."""
    from oauthone.providers import _catalogue
    from oauthone.providers.__main__ import plain

    provider = _catalogue.entry(name)
    facts: dict[str, Any] = plain(provider)
    text = _catalogue.file_of(provider.id).read_text("utf-8").rstrip()
    result(text, provider={**facts, "level": provider.level})


def list_providers(retired: bool) -> None:
    """Print the names, and what each is called."""
    from oauthone.providers import _catalogue

    found = [_catalogue.entry(name) for name in names(retired=retired)]
    width = max(len(one.id) for one in found)
    lines = [f"{one.id:<{width}}  {one.name}" for one in found]
    rows = [{"id": one.id, "name": one.name, "status": one.status} for one in found]
    result("\n".join(lines), providers=rows)
