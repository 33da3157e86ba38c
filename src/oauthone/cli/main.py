"""The tree of commands as data. The module of a command is imported when the command runs or shows its help."""

import os
import re
import sys
import warnings
from collections.abc import Generator, Sequence
from contextlib import contextmanager, suppress
from importlib import import_module
from typing import Any, NamedTuple, NoReturn

from oauthone import __version__
from oauthone.cli.options import common_options
from oauthone.cli.output import CommandError, Common, Exit, report, warn
from oauthone.errors import missing_library

try:
    import click
except ModuleNotFoundError as missing:
    raise missing_library("click", "cli") from missing


class Entry(NamedTuple):
    """A command.

    Attributes:
        name: its name.
        line: what it does, in one line.
        module: the module below `oauthone.cli.commands` with its ``command``.
        section: the heading below which the help lists it.
    """

    name: str
    line: str
    module: str
    section: str


ENTRIES = (
    Entry("login", "Get a token, and keep it in a profile.", "login", "Begin"),
    Entry("whoami", "Tell whose token it is, and where it is kept.", "account", "Begin"),
    Entry("renew", "Renew the token, where the provider has that.", "account", "Begin"),
    Entry("logout", "Forget the token, and revoke it if that is possible.", "account", "Begin"),
    Entry("profiles", "List, show and change the profiles.", "profiles", "Begin"),
    Entry("import", "Import from curl, HAR, Postman, twurl or variables.", "import_", "Begin"),
    Entry("request", "Send a signed request; the flags are those of curl.", "request", "Use it"),
    *(
        Entry(name, f"Send a signed {name.upper()}.", "request", "Use it")
        for name in ("get", "post", "put", "patch", "delete", "head")
    ),
    Entry("sign", "Sign a request and print what to send.", "sign", "Use it"),
    Entry("explain", "Say what is signed, and why a request is refused.", "explain", "Find a mistake"),
    Entry("verify", "Tell whether the signature of a pasted request holds.", "explain", "Find a mistake"),
    Entry("inspect", "Open a page that takes a pasted request apart.", "inspect", "Find a mistake"),
    Entry("serve", "Run a provider for tests that shows each request.", "serve", "Find a mistake"),
    Entry("doctor", "Look for what is in the way: clock, keyring, files, proxy.", "doctor", "Find a mistake"),
    Entry("providers", "Show the catalogue: endpoints, methods and quirks.", "providers", "Look things up"),
    Entry("keygen", "Make an RSA key, and print its public half.", "keygen", "Look things up"),
    Entry("completion", "Print the completion script of a shell.", "completion", "Look things up"),
)

_COMMANDS = {entry.name: entry for entry in ENTRIES}
_ISSUES = "Please report it, with the traceback that OAUTHONE_DEBUG=1 shows."


class Tree(click.Group):
    """The command `oauthone`: it imports a subcommand when it is needed, and turns each failure into an exit status."""

    def make_context(self, *args: Any, **extra: Any) -> click.Context:
        """Return a context that holds the common options."""
        try:
            return super().make_context(*args, **{"obj": Common(), "terminal_width": columns(), **extra})
        except BrokenPipeError:  # the reader of a help is gone
            _leave_pipe()
            raise click.exceptions.Exit(Exit.DONE) from None

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands in the order of the table."""
        return [*_COMMANDS]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return a command."""
        entry = _COMMANDS.get(cmd_name)
        if entry is None:
            return None
        module = import_module(f"oauthone.cli.commands.{entry.module}")
        found: click.Command = module.commands[cmd_name] if hasattr(module, "commands") else module.command
        return found

    def shell_complete(self, ctx: click.Context, incomplete: str) -> Any:
        """Return the commands that begin so, and the options. No command is imported."""
        from click.shell_completion import CompletionItem

        found = [CompletionItem(one.name, help=one.line) for one in ENTRIES if one.name.startswith(incomplete)]
        return found + click.Command.shell_complete(self, ctx, incomplete)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands below their headings. No command is imported."""
        for section in dict.fromkeys(entry.section for entry in ENTRIES):
            with formatter.section(section):
                formatter.write_dl([(one.name, one.line) for one in ENTRIES if one.section == section])

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command. If the reader of its output is gone, as with ``| head -1``, it ends quietly."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            _leave_pipe()
            ctx.exit(Exit.DONE)

    def main(self, args: Sequence[str] | None = None, *_: Any, **extra: Any) -> NoReturn:
        """Run the command and exit."""
        words = list(sys.argv[1:] if args is None else args) or ["--help"]
        _open_streams()
        extra = {**extra, "prog_name": "oauthone", "standalone_mode": False}
        try:
            with _warnings_in_words():
                status = int(super().main(words, **extra) or Exit.DONE)
        except Exception as failure:
            status = _failed(failure, as_json="--json" in words)
        except KeyboardInterrupt:
            status = _failed(click.Abort(), as_json="--json" in words)
        sys.exit(int(status))


def columns() -> int:
    """Return the width of help texts: that of the terminal, and 100 at most. click itself would load a large module."""
    try:
        found = int(os.environ.get("COLUMNS") or 0) or os.get_terminal_size(1).columns
    except (OSError, ValueError):
        found = 80
    return max(min(found, 100), 20)


def _failed(failure: Exception, *, as_json: bool) -> Exit:
    """Report a failure; return the exit status."""
    found = _explained(failure)
    if os.environ.get("OAUTHONE_DEBUG"):
        _show_traceback(failure, is_bug=found.exit_status == Exit.BUG)
    try:
        sys.stdout.flush()
        report(found, as_json=as_json)
    except BrokenPipeError:
        _leave_pipe()
    except OSError:  # stdout is full: words on stderr are all that is left
        _leave_pipe()
        report(found, as_json=False)
    return found.exit_status


def _show_traceback(failure: Exception, *, is_bug: bool) -> None:
    """Show where a failure comes from. The words of one that is no bug may quote a secret of the command line."""
    import traceback

    if is_bug:
        traceback.print_exception(failure)
    else:
        lines = traceback.format_tb(failure.__traceback__)
        click.echo(f"{''.join(lines)}{type(failure).__qualname__}", err=True)


def _open_streams() -> None:
    """Let a stream that is closed, as after ``>&-``, take what nobody wants to read. No other file gets its number.

    What the encoding of stdout has no octets for is escaped, as it is on stderr.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115 (for the rest of the process)
    if reconfigure := getattr(sys.stdout, "reconfigure", None):
        reconfigure(errors="backslashreplace")


@contextmanager
def _warnings_in_words() -> Generator[None, None, None]:
    """Show the warnings of libraries without the lines of code that raise them."""

    def show(message: Warning | str, *_: object, **__: object) -> None:
        warn(str(message))

    with warnings.catch_warnings():
        warnings.showwarning = show
        # The sources of credentials say so, with the names of options and variables.
        warnings.filterwarnings("ignore", ".* begins or ends with white space")
        yield


def _explained(failure: Exception) -> CommandError:
    if isinstance(failure, CommandError):
        return failure
    if isinstance(failure, click.Abort):
        return CommandError(Exit.INTERRUPTED, "Stopped.")
    if isinstance(failure, click.ClickException):
        context = getattr(failure, "ctx", None)
        hint = f"Try: {context.command_path} --help" if context is not None else ""
        if context is not None and isinstance(context.command, click.Group):
            meant = _alike(failure.message, context.command.list_commands(context))
            hint = f"Did you mean {meant}? {hint}" if meant else hint
        # A word too many may be a secret, and is not repeated.
        said = re.sub(r"(Got unexpected extra arguments?) \(.*\)", r"\1", failure.format_message(), flags=re.DOTALL)
        return CommandError(Exit.USAGE, said, hint)
    from oauthone.cli.failures import explain

    return explain(failure) or CommandError(Exit.BUG, f"{type(failure).__name__}: {failure}", _ISSUES)


def _alike(message: str, names: Sequence[str]) -> str:
    """Return the command that was perhaps meant, of those that there are; nothing if the error is another one."""
    mistyped = re.match(r"No such command '(.*)'", message)
    if mistyped is None:
        return ""
    from difflib import get_close_matches  # Few words are mistyped.

    return " or ".join(get_close_matches(mistyped[1], names))


def _leave_pipe() -> None:
    """Let the interpreter's own flush at its end go nowhere: the reader of the pipe is gone."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@click.group(
    cls=Tree,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Results are on stdout, words on stderr. OAUTHONE_HOME names the folder for everything.",
)
@click.version_option(__version__, message="oauthone %(version)s")
@common_options
def tree() -> None:
    """OAuth 1.0 at the terminal: get a token, send a signed request, find out why one is refused."""
