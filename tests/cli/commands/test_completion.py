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


def completed(home: Path, *words: str) -> list[str]:
    """Return what the shell is told, and check that nothing heavy was loaded."""
    program = (
        "import sys\nfrom oauthone.cli.main import tree\n"
        "try: tree.main([])\nexcept SystemExit: pass\nprint('requests' in sys.modules)"
    )
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("COV")},
        "_OAUTHONE_COMPLETE": "bash_complete",
        "COMP_WORDS": " ".join(["oauthone", *words]),
        "COMP_CWORD": str(len(words)),
    }
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, timeout=50)
    *found, heavy = done.stdout.splitlines()
    assert heavy == "False", done.stderr
    return [line.partition(",")[2] for line in found]


def test_commands_are_completed(home: Path) -> None:
    assert completed(home, "pro") == ["profiles", "providers"]


def test_providers_and_profiles_are_completed(home: Path) -> None:
    profiles.write("mine", Profile())
    assert completed(home, "providers", "show", "disc") == ["discogs"]
    assert completed(home, "-p", "mi") == ["mine"]
