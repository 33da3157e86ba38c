"""A command run in this process, with folders of its own and no terminal; and a provider."""

import os
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from oauthone.cli import browser, output, profiles
from oauthone.cli.main import tree
from oauthone.cli.profiles import Profile
from oauthone.cli.vault import FileVault
from oauthone.testing import ProviderBox

from .shapes import check_output

Run = Callable[..., Result]

#: In every secret of these tests. Nothing but the store may contain it.
CANARY = "canary-6f1e"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, own_environment: None) -> Generator[Path, None, None]:
    """The folder in which the command keeps everything. Nothing of this machine's settings counts."""
    for name in [name for name in os.environ if name.startswith("OAUTHONE_") and "TESTS" not in name]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("OAUTHONE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    yield tmp_path / "home"
    while browser._STARTED:
        browser._STARTED.pop().wait(30)


@pytest.fixture
def run(home: Path) -> Run:
    """Run the command; its result has ``stdout``, ``stderr`` and ``exit_code``. JSON has to be what the docs say."""

    def run_command(*words: str, text: str | bytes | None = None) -> Result:
        done = CliRunner().invoke(tree, words, input=text)
        check_output(words, done.stdout)
        return done

    return run_command


@pytest.fixture(scope="session")
def one_box() -> Generator[ProviderBox, None, None]:
    with ProviderBox() as box:
        yield box


@pytest.fixture
def box(one_box: ProviderBox) -> ProviderBox:
    """A provider without requests, faults and a decision of its own."""
    one_box.requests.clear()
    one_box.decision = "approve"
    one_box.faults = type(one_box.faults)()
    return one_box


@pytest.fixture
def context(home: Path) -> Generator[output.Common, None, None]:
    """The common options of a running command, for a test that calls its parts."""
    import click

    common = output.Common()
    with click.Context(click.Command("it"), obj=common):
        yield common


@pytest.fixture
def profile(home: Path, box: ProviderBox) -> str:
    """The name of a profile with a token of the provider, in the file."""
    token = box.issue_token()
    secrets = {"client_secret": box.client.client_secret, "token": token.token, "token_secret": token.token_secret}
    FileVault().save("box", secrets)
    settings: dict[str, Any] = {"client_id": box.client.client_id, "base_url": box.origin, "origins": (box.origin,)}
    profiles.write("box", Profile(store="file", **settings))
    return "box"


def keep_profile(name: str, **options: Any) -> None:
    """Keep a profile with a token in a file."""
    FileVault().save(name, {"client_secret": "ps", "token": "pt", "token_secret": "pts"})
    profiles.write(name, Profile(store="file", client_id=f"id of {name}", **options))
