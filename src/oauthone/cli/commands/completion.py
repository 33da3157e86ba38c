"""``oauthone completion``: what a shell needs to complete the words of the command."""

import click
from click.shell_completion import get_completion_class

from oauthone.cli.options import common_options
from oauthone.cli.output import result, say

_FILES = {
    "bash": 'eval "$(oauthone completion bash)" in ~/.bashrc',
    "zsh": 'eval "$(oauthone completion zsh)" in ~/.zshrc',
    "fish": "oauthone completion fish > ~/.config/fish/completions/oauthone.fish",
}


@click.command()
@click.argument("shell", type=click.Choice([*_FILES]))
@common_options
def command(shell: str) -> None:
    """Print the completion script for bash, zsh or fish."""
    found = get_completion_class(shell)
    assert found is not None
    root = click.get_current_context().find_root().command
    script = found(root, {}, "oauthone", "_OAUTHONE_COMPLETE").source()
    say(f"To have it in each shell: {_FILES[shell]}")
    result(script, shell=shell, script=script)
