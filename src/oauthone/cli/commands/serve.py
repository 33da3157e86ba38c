"""``oauthone serve``: a strict provider for tests, with a page that shows each request."""

from typing import Any

import click

from oauthone.cli.options import METHODS, common_options
from oauthone.cli.output import CommandError, Exit, common


@click.command()
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8500,
    metavar="NUMBER",
    help="The port; 8500 by default, 0 for any.",
)
@click.option("--tls", is_flag=True, help="Serve TLS, with a certificate made for this run.")
@click.option("--user", default="alice", metavar="NAME", help="The resource owner; alice by default.")
@click.option(
    "--decision",
    type=click.Choice(["ask", "approve", "deny"]),
    default="ask",
    metavar="WORD",
    help="ask a person (the default), approve or deny.",
)
@click.option("--like", metavar="PROVIDER", help="Be like a provider of the catalogue.")
@click.option("--callback", multiple=True, metavar="URL", help="A callback that the clients registered with it.")
@click.option("--fault", multiple=True, metavar="N=V", help="Switch a fault on; may be repeated.")
@click.option(
    "--answer",
    nargs=2,
    multiple=True,
    metavar="'GET /PATH' TEXT|@FILE",
    help="Answer verified requests for a path; a status may follow the path.",
)
@click.option("--name", default="box", metavar="NAME", help="Credentials are kept by this name; box by default.")
@click.option("--fresh", is_flag=True, help="Make new credentials.")
@click.option(
    "--env",
    type=click.Choice(METHODS, case_sensitive=False),
    is_flag=False,
    flag_value="HMAC-SHA1",
    metavar="[METHOD]",
    help="Print the credentials as environment variables, and exit.",
)
@click.option(
    "--history",
    type=click.IntRange(1, 100_000),
    default=500,
    metavar="NUMBER",
    help="How many requests to remember; 500.",
)
@click.option("--keep", metavar="FILE", help="Append all about each request to a file, as JSON, masked.")
@click.option("--open", "opens", is_flag=True, help="Open the page in a browser.")
@common_options
def command(env: str | None, **given: Any) -> None:
    """Run a strict OAuth 1.0 provider on this machine, with a line for each request.

    Its page shows programs to copy, each base string, and why a request was refused. Its credentials stay the same.

    \b
    oauthone serve --open
    eval "$(oauthone serve --env)"
    """
    from oauthone.cli.browser import open_browser
    from oauthone.testing.running import CannotRun, RunOptions, print_credentials, run_box

    try:
        if env is not None:
            origin = f"http{'s' if given['tls'] else ''}://127.0.0.1:{given['port']}"
            print_credentials(given["name"], env, fresh=given["fresh"], as_json=common().json, origin=origin)
            return
        decision = None if given["decision"] == "ask" else given["decision"]
        same = {name: given[name] for name in ("port", "tls", "user", "like", "name", "fresh", "history")}
        changed = {"faults": given["fault"], "answers": given["answer"], "log": given["keep"], "open": given["opens"]}
        changed["callbacks"] = given["callback"]
        options = RunOptions("oauthone serve", decision=decision, as_json=common().json, **same, **changed)
        run_box(options, open_browser)
    except CannotRun as wrong:
        text = f"{str(wrong)[:1].upper()}{str(wrong)[1:]}."
        raise CommandError(Exit(wrong.status), text) from None
