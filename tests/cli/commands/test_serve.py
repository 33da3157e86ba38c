"""``oauthone serve``."""

import json
import socket
from pathlib import Path
from typing import Any

import pytest

from oauthone.testing import running

from ..conftest import Run


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The options of the boxes that would run."""
    found: list[Any] = []
    monkeypatch.setattr(running, "run_box", lambda options, browser: found.append(options) or 0)
    return found


def test_without_options_it_is_the_usual_box(run: Run, runs: list[Any]) -> None:
    assert run("serve").exit_code == 0
    assert runs == [running.RunOptions("oauthone serve")]


def test_each_option_reaches_the_box(run: Run, runs: list[Any]) -> None:
    words = ["--port", "0", "--tls", "--user", "bob", "--decision", "deny", "--like", "etrade", "--fault", "delay=1"]
    words += [
        "--answer",
        "GET /a",
        "b",
        "--name",
        "two",
        "--fresh",
        "--history",
        "9",
        "--keep",
        "f",
        "--open",
        "--json",
    ]
    assert run("serve", *words).exit_code == 0
    (options,) = runs
    expected = running.RunOptions(
        command="oauthone serve",
        port=0,
        tls=True,
        user="bob",
        decision="deny",
        faults=("delay=1",),
        answers=(("GET /a", "b"),),
        name="two",
        fresh=True,
        history=9,
        log="f",
        open=True,
        as_json=True,
        like="etrade",
    )
    assert options == expected


def test_credentials_are_printed(run: Run, home: Path) -> None:
    """For a shell, or as JSON; the folder is that of the command's state."""
    printed = run("serve", "--env").stdout
    assert printed.startswith("export OAUTHONE_CLIENT_ID=box-hmac-sha1\nexport OAUTHONE_CLIENT_SECRET=")
    assert printed.endswith("export OAUTHONE_BASE_URL=http://127.0.0.1:8500\n")
    assert "_URL=https://127.0.0.1:9000\n" in run("serve", "--env", "--port", "9000", "--tls").stdout
    found = json.loads(run("serve", "--env", "rsa-sha1", "--json").stdout)
    assert found["rsa_key_file"] == str(home / "state" / "box.pem")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--fault", "none=1"], "oauthone: 'none' is not a fault"),
        (["--name", "a/b"], "oauthone: 'a/b' cannot name a box"),
        (["--port", "65536"], "oauthone: Invalid value for '--port'"),
        (["--env", "MD5"], "oauthone: Invalid value for '--env'"),
        (["--env", "--port", "0"], "oauthone: --env needs the port that the box has"),
    ],
)
def test_a_wrong_option_is_an_error_of_usage(run: Run, words: list[str], said: str) -> None:
    failed = run("serve", *words)
    assert (failed.exit_code, failed.stdout) == (2, "")
    assert failed.stderr.startswith(said)


def test_a_port_that_is_taken(run: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        failed = run("serve", "--port", str(taken.getsockname()[1]), "--json")
    assert failed.exit_code == 6
    assert "Choose another with --port" in json.loads(failed.stdout)["error"]["message"]
