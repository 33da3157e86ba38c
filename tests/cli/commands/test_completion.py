"""``oauthone completion``: scripts that the shells take, and words that are right."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from oauthone.cli import profiles
from oauthone.cli.profiles import Profile

from ..conftest import Run


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_has_a_script(run: Run, shell: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    made = run("completion", shell)
    assert made.exit_code == 0
    assert "_OAUTHONE_COMPLETE" in made.stdout
    if shutil.which(shell):
        path = tmp_path / "script"
        path.write_text(made.stdout)
        subprocess.run([shell, "-n", str(path)], check=True, timeout=50)


def test_powershell_has_a_script(run: Run, tmp_path: Path) -> None:
    """It asks as the script for zsh does. Where there is no PowerShell, its braces are counted, and no more."""
    script = run("completion", "powershell").stdout
    for name in ("_OAUTHONE_COMPLETE = 'zsh_complete'", "COMP_WORDS", "COMP_CWORD"):
        assert f"$env:{name}" in script
    for opened, closed in ("{}", "()", "[]"):
        assert script.count(opened) == script.count(closed)
    assert "Invoke-Expression" in run("completion", "powershell").stderr
    if shutil.which("pwsh"):
        path = tmp_path / "script.ps1"
        path.write_text(f"{script}\n(TabExpansion2 'oauthone pro' 12).CompletionMatches.CompletionText")
        done = subprocess.run(["pwsh", "-NoProfile", str(path)], capture_output=True, text=True, check=True, timeout=50)
        assert done.stdout.split() == ["profiles", "providers"]


def test_zsh_and_powershell_are_told_three_lines_about_each_word(home: Path) -> None:
    """Kind, word and help; the number of the word that is completed counts from 0, also if it is empty."""
    told = answered(home, "zsh_complete", "pro")
    assert told[::3] == ["plain", "plain"]
    assert told[1::3] == ["profiles", "providers"]
    assert told[2] == "List, show and change the profiles."
    everything = answered(home, "zsh_complete", "")
    assert len(everything) % 3 == 0
    assert "login" in everything[1::3]


def completed(home: Path, *words: str) -> list[str]:
    """Return the words that bash is told."""
    return [line.partition(",")[2] for line in answered(home, "bash_complete", *words)]


def answered(home: Path, asked: str, *words: str) -> list[str]:
    """Return what a shell is told, and check that nothing heavy was loaded."""
    program = (
        "import sys\nfrom oauthone.cli.main import tree\n"
        "try: tree.main([])\nexcept SystemExit: pass\nprint('requests' in sys.modules)"
    )
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("COV")},
        "_OAUTHONE_COMPLETE": asked,
        "COMP_WORDS": " ".join(["oauthone", *words]),
        "COMP_CWORD": str(len(words)),
    }
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, timeout=50)
    *found, heavy = done.stdout.splitlines()
    assert heavy == "False", done.stderr
    return found


def test_commands_are_completed(home: Path) -> None:
    assert completed(home, "pro") == ["profiles", "providers"]


def test_providers_and_profiles_are_completed(home: Path) -> None:
    profiles.write("mine", Profile())
    assert completed(home, "providers", "show", "disc") == ["discogs"]
    assert completed(home, "-p", "mi") == ["mine"]
