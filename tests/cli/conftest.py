"""A command run in this process, with folders of its own and no terminal."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from oauthone.cli.main import tree

Run = Callable[..., Result]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which the command keeps everything. Nothing of this machine's settings counts."""
    for name in [name for name in os.environ if name.startswith("OAUTHONE_") and "TESTS" not in name]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("OAUTHONE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "100")
    return tmp_path / "home"


@pytest.fixture
def run(home: Path, own_environment: None) -> Run:
    """Run the command; its result has ``stdout``, ``stderr`` and ``exit_code``."""

    def run_command(*words: str, text: str | bytes | None = None) -> Result:
        return CliRunner().invoke(tree, words, input=text)

    return run_command
