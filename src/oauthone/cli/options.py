"""The options that commands share, and the sources of secrets."""

import os
import re
import stat
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from oauthone.cli.output import Common, common, warn
from oauthone.cli.places import home_path
from oauthone.errors import missing_library

try:
    import click
except ModuleNotFoundError as missing:
    raise missing_library("click", "cli") from missing

_Command = TypeVar("_Command", bound=Callable[..., Any])

_VARIABLE = re.compile(r"[A-Z]+(?:_[A-Z0-9]+)*")

BARE_SECRET = (
    "A secret on the command line is in your history and in `ps`. Use - (one line of stdin), @FILE or env:NAME; "
    "if it was real, change it."
)


def _note(context: click.Context, parameter: click.Parameter, value: Any) -> None:
    """Keep the value of a common option. A command's own value wins over that of the group."""
    found = context.find_root().obj
    if parameter.name == "profile" and value is not None and not context.resilient_parsing:
        from oauthone.cli.profiles import check_name

        check_name(value)
    if value not in (None, False) and isinstance(found, Common) and parameter.name:
        setattr(found, parameter.name, value)


def _profile_names(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    from oauthone.cli.profiles import names

    return [name for name in names() if name.startswith(incomplete)]


def provider_names(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """Return the providers of the catalogue that begin so, for a shell to complete."""
    from oauthone.providers import names

    return [name for name in names() if name.startswith(incomplete)]


def common_options(command: _Command) -> _Command:
    """Add the options that stand before or after the name of each command."""
    shared: dict[str, Any] = {"expose_value": False, "is_eager": True, "callback": _note}
    for option in (
        click.option(
            "--color",
            type=click.Choice(["auto", "always", "never"]),
            metavar="WHEN",
            help="auto, always or never.",
            **shared,
        ),
        click.option("--no-input", is_flag=True, help="Never ask; so it is where stdin is no terminal.", **shared),
        click.option("-v", "--verbose", is_flag=True, help="Say more, on stderr.", **shared),
        click.option("-q", "--quiet", is_flag=True, help="Say nothing on stderr but errors.", **shared),
        click.option("--json", is_flag=True, help="Print results and errors as JSON.", **shared),
        click.option(
            "-p", "--profile", metavar="NAME", help="The profile to use.", shell_complete=_profile_names, **shared
        ),
    ):
        command = option(command)
    return command


if TYPE_CHECKING:
    _TextType = click.ParamType[str]
else:
    _TextType = click.ParamType  # older versions of click have no type argument


class SecretSource(_TextType):
    """Where a secret comes from: ``-``, ``@FILE`` or ``env:NAME``. A bare value is refused and not repeated."""

    name = "SRC"
    is_secret = True

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the secret."""
        text = str(value)
        label = (param.opts[0] if param and param.opts else "the secret").lstrip("-").replace("-", " ")
        if text == "-":
            return checked(_line_of_stdin(self, param, ctx), f"the {label}")
        if text.startswith("@") and len(text) > 1:
            return checked(self._of_file(home_path(text[1:]), param, ctx), f"the {label}")
        if text.startswith("env:"):
            found = os.environ.get(text[4:])
            if found is None:
                # What follows env: may be a secret that begins so. One is hardly in capitals, words and no digits.
                name = text[4:] if _VARIABLE.fullmatch(text[4:]) else "of the name after env:"
                self.fail(f"The environment has no variable {name}.", param, ctx)
            return checked(found, f"the {label}")
        return self.of_bare(text, param, ctx)

    def of_bare(self, text: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Refuse a value that stands on the command line itself."""
        raise click.BadParameter(BARE_SECRET, ctx, param)

    def _of_file(self, path: Path, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the content of a file. That others can read a secret is a warning."""
        try:
            text = path.read_text("utf-8")
            mode = path.stat().st_mode
        except (OSError, UnicodeDecodeError) as failure:
            # What follows @ or env: may be a secret that begins so, and is not repeated.
            reason = getattr(failure, "strerror", None) or "it is not UTF-8"
            self.fail(f"The file after @ cannot be read: {reason}.", param, ctx)
        if self.is_secret and os.name == "posix" and stat.S_ISREG(mode) and mode & 0o077:
            warn(f"others can read {path}: chmod 600 {path}")
        return without_line_end(text)


class IdentifierSource(SecretSource):
    """A consumer key or a token: the value itself, or where it comes from, as for a secret."""

    name = "TEXT|SRC"
    is_secret = False

    def of_bare(self, text: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the value."""
        return text


def without_line_end(text: str) -> str:
    """Return ``text`` without one line end, and without the mark with which some programs of Windows begin a text."""
    return text.removeprefix("\ufeff").removesuffix("\n").removesuffix("\r")


def checked(secret: str, label: str) -> str:
    """Return a secret. White space at an end of it is a warning, because it often is the cause of a refusal."""
    if secret != secret.strip():
        warn(f"{label} begins or ends in white space, which often is why a provider refuses it")
    return secret


def _line_of_stdin(kind: SecretSource, param: click.Parameter | None, ctx: click.Context | None) -> str:
    if ctx is not None and ctx.meta.setdefault("oauthone.stdin", param) is not param:
        kind.fail("Only one option can read stdin.", param, ctx)
    line = sys.stdin.readline()
    if not line:
        kind.fail("stdin is empty.", param, ctx)
    return without_line_end(line)


def ask(question: str, *, hidden: bool = False, missing: str) -> str:
    """Return what a person types.

    Args:
        question: what to ask.
        hidden: whether to show nothing of the answer, as for a secret.
        missing: what to say if nobody can be asked.

    Raises:
        click.UsageError: nobody can be asked.
    """
    if not common().asks:
        raise click.UsageError(missing)
    answer: str = click.prompt(question, hide_input=hidden, err=True, default="", show_default=False)
    return checked(answer, f"the {question.removesuffix(' (not shown)').lower()}") if hidden else answer.strip()


#: The signature methods.
METHODS = ("HMAC-SHA1", "HMAC-SHA256", "HMAC-SHA512", "RSA-SHA1", "RSA-SHA256", "RSA-SHA512", "PLAINTEXT")


def signing_options(command: _Command) -> _Command:
    """Add the options of every command that signs."""
    for option in (
        click.option(
            "--body-hash",
            type=click.Choice(["never", "auto", "always"]),
            metavar="WHEN",
            help="When to hash the body: never, auto or always.",
        ),
        click.option("--realm", metavar="TEXT", help="The realm of the header."),
        click.option(
            "--placement",
            type=click.Choice(["header", "query", "body"], case_sensitive=False),
            metavar="PLACE",
            help="Where the parameters are sent: header, query or body.",
        ),
        click.option(
            "--method",
            type=click.Choice(METHODS, case_sensitive=False),
            metavar="NAME",
            help="The signature method, such as HMAC-SHA256.",
        ),
        click.option("--rsa-password", type=SecretSource(), help="The password of the RSA key."),
        click.option("--rsa-key", metavar="FILE", help="The file with the RSA key."),
        click.option("--empty-secrets", is_flag=True, help="Let a secret that is missing or empty be empty."),
        click.option("--token-secret", type=SecretSource(), help="The token's secret."),
        click.option("--token", type=IdentifierSource(), help="The token."),
        click.option("--client-secret", type=SecretSource(), help="The consumer secret: -, @FILE or env:NAME."),
        click.option("--client-id", type=IdentifierSource(), help="The consumer key, or where it is."),
    ):
        command = option(command)
    return command
