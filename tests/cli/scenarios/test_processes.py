"""Several processes at once, and a machine that is full."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from oauthone.cli import profiles
from oauthone.cli.vault import FileVault
from oauthone.testing import ProviderBox

from ..commands.test_login import BROWSER
from ..conftest import CANARY, Run


def words(box: ProviderBox, name: str) -> list[str]:
    return [
        *("login", "-p", name, "--request-token-url", box.request_token_url, "--authorize-url", box.authorize_url),
        *("--access-token-url", box.access_token_url, "--client-id", box.client.client_id, "--client-secret"),
        *("env:SECRET", "--store", "file", "--browser", BROWSER),
    ]


def start(*words: str, secret: str = "", before: str = "") -> "subprocess.Popen[str]":
    program = f"{before}\nfrom oauthone.cli.__main__ import main\nmain()"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
    return subprocess.Popen(
        [sys.executable, "-c", program, *words],
        env={**environment, "SECRET": secret},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("names", [("one", "two"), ("same", "same")], ids="-".join)
def test_two_logins_at_once(run: Run, box: ProviderBox, names: tuple[str, str]) -> None:
    """Each gets its own callback; of one profile the later token stays, and works."""
    running = [start(*words(box, name), secret=box.client.client_secret) for name in names]
    for process in running:
        _, said = process.communicate(timeout=50)
        assert process.returncode == 0, said
    assert set(profiles.names()) == set(names)
    for name in names:
        kept = FileVault().load(name) or {}
        assert kept["token"]
        assert kept["token"] in run("get", "/echo", "-p", name).stdout


@pytest.mark.skipif(sys.platform == "win32", reason="resource is missing there")
def test_a_full_disk_is_noticed_before_anything_is_sent(home: Path, box: ProviderBox) -> None:
    full = "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
    full += "resource.setrlimit(resource.RLIMIT_FSIZE, (16, 16))"
    process = start(*words(box, "one"), secret=CANARY, before=full)
    shown, said = process.communicate(timeout=50)
    assert (process.returncode, shown, box.requests) == (8, "", [])
    assert "cannot be written: File too large" in said
    assert CANARY not in said


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no such device")
def test_a_result_that_cannot_be_written_is_an_error(home: Path) -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "oauthone", "providers"], stdout=full, stderr=subprocess.PIPE, text=True, timeout=50
        )
    assert done.returncode == 2
    assert "No space left on device" in done.stderr
    assert "Traceback" not in done.stderr
