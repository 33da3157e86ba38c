"""``oauthone completion``: what a shell needs to complete the words of the command."""

import click
from click.shell_completion import get_completion_class

from oauthone.cli.options import common_options
from oauthone.cli.output import result, say

_FILES = {
    "bash": 'eval "$(oauthone completion bash)" in ~/.bashrc',
    "zsh": 'eval "$(oauthone completion zsh)" in ~/.zshrc',
    "fish": "oauthone completion fish > ~/.config/fish/completions/oauthone.fish",
    "powershell": "oauthone completion powershell | Out-String | Invoke-Expression in the file that $PROFILE names",
}
# click has no script for PowerShell. This one asks as that for zsh does, which tells three lines about each word: its
# kind, the word with its colons escaped, and a help or "_". Without a word PowerShell completes files itself.
_POWERSHELL = """\
Register-ArgumentCompleter -Native -CommandName oauthone -ScriptBlock {
    param($word, $command, $cursor)
    $before = $command.CommandElements | Where-Object { $_.Extent.StartOffset -lt $cursor }
    $words = @($before | ForEach-Object { $_.Extent.Text })
    $env:_OAUTHONE_COMPLETE = 'zsh_complete'
    $env:COMP_WORDS = $words -join ' '
    $env:COMP_CWORD = if ($word) { $words.Count - 1 } else { $words.Count }
    try { $lines = @(oauthone) }
    finally { Remove-Item Env:_OAUTHONE_COMPLETE, Env:COMP_WORDS, Env:COMP_CWORD }
    for ($at = 0; $at + 2 -lt $lines.Count; $at += 3) {
        if ($lines[$at] -ne 'plain') { continue }
        $value = $lines[$at + 1] -replace '\\\\:', ':'
        $help = if ($lines[$at + 2] -eq '_') { $value } else { $lines[$at + 2] }
        [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $help)
    }
}
"""


@click.command()
@click.argument("shell", type=click.Choice([*_FILES]))
@common_options
def command(shell: str) -> None:
    """Print the completion script for bash, zsh, fish or PowerShell."""
    script = _POWERSHELL if shell == "powershell" else _script_of_click(shell)
    say(f"To have it in each shell: {_FILES[shell]}")
    result(script, shell=shell, script=script)


def _script_of_click(shell: str) -> str:
    found = get_completion_class(shell)
    assert found is not None
    root = click.get_current_context().find_root().command
    return found(root, {}, "oauthone", "_OAUTHONE_COMPLETE").source()
