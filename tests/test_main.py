"""``python -m oauthone`` is the command."""

import subprocess
import sys

import pytest

from oauthone import __version__


@pytest.mark.parametrize("module", ["oauthone", "oauthone.cli"])
def test_the_package_runs_as_the_command(module: str) -> None:
    done = subprocess.run([sys.executable, "-m", module, "--version"], capture_output=True, text=True, timeout=50)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"oauthone {__version__}\n", "")
