"""``oauthone inspect``: the page that takes a pasted request apart."""

import click

from oauthone.cli.options import common_options
from oauthone.cli.output import CommandError, Exit, common, result, say


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), default=0, metavar="NUMBER", help="The port; by default any.")
@click.option("--no-open", is_flag=True, help="Only print the address.")
@common_options
def command(port: int, no_open: bool) -> None:
    """Open a page on this machine: paste a request and its refusal, see the base string and the mistake.

    Nothing that is pasted leaves the machine, and nothing of it is kept.
    """
    from oauthone.cli.browser import open_browser
    from oauthone.inspector.serving import run_inspector

    def tell(address: str) -> None:
        say("Nothing that you paste leaves this machine. The address opens the page once; Ctrl-C ends it.")
        result(address, page=address)

    try:
        ready = tell if common().json or no_open else None
        run_inspector(port=port, browser=None if no_open else open_browser, ready=ready)
    except OSError as failure:
        raise CommandError(Exit.NETWORK, f"The port {port} cannot be used: {failure.strerror}.") from None
