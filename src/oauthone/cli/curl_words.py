"""Flags of curl that mean something else here, or do not exist: what to write instead."""

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from typing import Any

import click

from oauthone.cli.output import CommandError, Exit

_SIGNED = "The OAuth signature replaces it: -p NAME, or --client-id and the others"
_STATUS = "It always is so: the exit status is 4 after 4xx, and 5 after 5xx"
_INSTEAD = {
    ("-k", "--insecure"): "No certificate is taken unseen: --cacert FILE names the authority",
    ("-u", "--user", "-n", "--netrc", "--oauth2-bearer", "--basic", "--digest", "--anyauth"): _SIGNED,
    ("-b", "--cookie"): "-H 'Cookie: NAME=VALUE'",
    ("-e", "--referer"): "-H 'Referer: URL'",
    ("-f", "--fail", "--fail-with-body"): _STATUS,
    ("-w", "--write-out"): "--print LETTERS, or --json",
    ("-D", "--dump-header"): "-i, or --print h",
    ("-O", "-J", "--remote-name", "--remote-header-name"): "-o FILE",
    ("--url",): "The URL stands alone",
    ("-#", "--progress-bar"): "Leave it out",
    ("-0", "--http1.0", "--http2", "--http3"): "Leave it out: HTTP/1.1 is spoken",
    ("--connect-timeout",): "-m SECONDS",
    ("--data-ascii",): "-d",
    ("-X", "--request"): "The command is the method, and `oauthone request` takes any",
}
#: There is no progress bar, compressed answers are read, and HTTP/1.1 is spoken.
_HARMLESS = (("-s", "--silent"), ("-S", "--show-error"), ("--compressed",), ("--http1.1", "http11"))
_LONG = (
    *("--data-raw", "--data-binary", "--data-urlencode", "--url-query", "--json-data", "--retry", "--cacert", "--cert"),
    *("--key", "--compressed", "--http1.1"),
)
#: A word that is one of these and stands alone is hardly the name of a file.
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
_OURS = ("-p", "-q", "-v", "-h")


def harmless_options(command: Any) -> Any:
    """Add the flags of curl that change nothing here."""
    for names in _HARMLESS:
        command = click.option(*names, is_flag=True, hidden=True, expose_value=False)(command)
    return command


def check_words(words: Sequence[str], method: str | None) -> None:
    """Raise unless the words are a URL, or a method and a URL.

    Args:
        words: the words of the command line that belong to no option.
        method: the method that an option names.

    Raises:
        CommandError: they are not.
    """
    if len(words) > 2 or (len(words) == 2 and method):
        raise CommandError(Exit.USAGE, "Give one URL, and the method once.")
    if len(words) == 1 and words[0].upper() in _METHODS:
        raise CommandError(Exit.USAGE, "The URL is missing.", f"oauthone request METHOD URL; a path: /{words[0]}")
    if len(words) == 2 and "/" in words[0]:  # no method has one
        if "/" in words[1]:
            raise CommandError(Exit.USAGE, "Give one URL: these are two.", "A body is an option: -d, --json-data or -T")
        raise CommandError(Exit.USAGE, "The method stands before the URL.", "oauthone request METHOD URL")


def refuse_json(words: Sequence[str]) -> None:
    """Raise if ``--json`` has a body after it, as in curl. No URL and no method begins like one.

    Raises:
        CommandError: it has.
    """
    if any(one == "--json" and after[:1] in ("{", "[", '"', "@") for one, after in pairwise(words)):
        raise CommandError(
            Exit.USAGE, "--json prints the answer as JSON here, and takes no value.",
            "curl's --json is --json-data here: oauthone request URL --json-data TEXT",
        )  # fmt: skip


@contextmanager
def other_words(command: click.Command) -> Generator[None, None, None]:
    """Say what to write instead of an option that does not exist.

    Raises:
        CommandError: there is one.
    """
    try:
        yield
    except click.NoSuchOption as failure:
        hints = [text for names, text in _INSTEAD.items() if failure.option_name in names]
        known = [name for one in command.params for name in one.opts]
        taken = [name for name in known if (len(name) == 2 and name not in _OURS) or name in _LONG]
        listed = f"Of curl's flags there are {', '.join(sorted(taken, key=str.lower))}"
        message = f"No such option: {failure.option_name}." if hints else failure.format_message()
        raise CommandError(Exit.USAGE, message, ". ".join([*hints, listed]), code="no_such_option") from None
