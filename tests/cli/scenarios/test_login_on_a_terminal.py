"""A person logs in at a real terminal: types, pastes, presses Ctrl-C at each step, or closes nothing properly."""

import json
import re
import sys
from pathlib import Path

import pytest

from oauthone.cli.vault import FileVault
from oauthone.testing import ProviderBox

from ..commands.test_login import BROWSER

if sys.platform == "win32":
    pytest.skip("there are no pseudo-terminals there", allow_module_level=True)

from .terminal import Terminal, files_with

KEY, SECRET = r"Consumer key: ", r"Consumer secret \(not shown\): "
PASTE = r"Paste the code here, or the address that you end up at: "


def words(box: ProviderBox, *more: str) -> list[str]:
    return [
        *("login", "-p", "one", "--request-token-url", box.request_token_url, "--authorize-url", box.authorize_url),
        *("--access-token-url", box.access_token_url, "--no-browser", *more),
    ]


def environment(home: Path, **more: str) -> dict[str, str]:
    return {"OAUTHONE_HOME": str(home), "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring", **more}


def give_keys(terminal: Terminal, box: ProviderBox) -> None:
    terminal.expect(KEY)
    terminal.type(f"{box.client.client_id}\n")
    terminal.expect(SECRET)
    terminal.wait_for_silence()
    terminal.type(f"{box.client.client_secret}\n")


def address(terminal: Terminal) -> str:
    return terminal.expect(r"http://\S+oauth_token=\S+")[0]


def test_a_login_by_code(home: Path, box: ProviderBox) -> None:
    """All is asked for: the keys, whether a file may keep the token, and the code. No secret is on the screen."""
    with Terminal(*words(box, "--callback", "oob"), environment=environment(home)) as terminal:
        give_keys(terminal, box)
        terminal.expect(r"No keyring answers\. Keep the token unencrypted in [\s\S]* \[y/N\]: ")
        terminal.type("y\n")
        code = box.visit(address(terminal))
        terminal.expect(PASTE)
        terminal.type(f"{code}\n")
        terminal.expect(r"\x1b\[32m✓\x1b\[0m Logged in")
        assert terminal.ended() == 0
        kept = FileVault().load("one") or {}
        assert kept["client_secret"] == box.client.client_secret
        for secret in (kept["client_secret"], kept["token_secret"], kept["token"]):
            assert secret not in terminal.shown
        assert files_with(home, kept["token_secret"]) == ["credentials.json"]


def test_a_login_by_a_pasted_address_after_two_wrong_ones(home: Path, box: ProviderBox) -> None:
    with Terminal(*words(box, "--store", "file"), environment=environment(home)) as terminal:
        give_keys(terminal, box)
        landed = box.visit(address(terminal))
        assert landed.startswith("http://127.0.0.1:")
        terminal.expect(PASTE)
        terminal.type("https://app.example/?nothing=1\n")
        terminal.expect("That holds no code and no oauth_token")
        terminal.expect(PASTE)
        terminal.type(re.sub("oauth_token=[^&]+", "oauth_token=older", landed) + "\n")
        terminal.expect("That belongs to an older login")
        terminal.expect(PASTE)
        terminal.type(f"{landed}\n")
        assert terminal.ended() == 0


def test_who_mistypes_the_code_begins_again(home: Path, box: ProviderBox) -> None:
    with Terminal(*words(box, "--store", "file", "--callback", "oob"), environment=environment(home)) as terminal:
        give_keys(terminal, box)
        box.visit(address(terminal))
        terminal.expect(PASTE)
        terminal.type("WRONG7\n")
        terminal.expect(r"The provider refused the code: \w+")
        terminal.expect(r"Begin again\? \[Y/n\]: ")
        terminal.type("\n")
        code = box.visit(address(terminal))
        terminal.expect(PASTE)
        terminal.type(f"{code}\n")
        terminal.expect("Logged in")
        assert terminal.ended() == 0


@pytest.mark.parametrize("columns", [40, 200])
def test_the_browser_wins_while_a_person_could_type(home: Path, box: ProviderBox, columns: int) -> None:
    """On a terminal of any width, and of a kind that knows nothing."""
    more = [word for word in words(box, "--store", "file", "--browser", BROWSER) if word != "--no-browser"]
    with Terminal(*more, environment=environment(home, TERM="dumb"), columns=columns) as terminal:
        give_keys(terminal, box)
        terminal.expect("✓ Logged in")
        assert terminal.ended() == 0
        assert "\x1b" not in terminal.shown


@pytest.mark.parametrize("step", ["key", "secret", "store", "wait"])
def test_ctrl_c_at_each_step(home: Path, box: ProviderBox, step: str) -> None:
    """The exit status is 130, the terminal is as it was, and nothing stays."""
    with Terminal(*words(box), environment=environment(home)) as terminal:
        terminal.expect(KEY)
        if step != "key":
            terminal.type(f"{box.client.client_id}\n")
            terminal.expect(SECRET)
            terminal.wait_for_silence()
        if step in ("store", "wait"):
            terminal.type(f"{box.client.client_secret}\n")
            terminal.expect(r"\[y/N\]: ")
        if step == "wait":
            terminal.type("y\n")
            terminal.expect(PASTE)
        terminal.interrupt()
        assert terminal.ended() == 130
        assert "Stopped." in terminal.shown
        assert "Traceback" not in terminal.shown
    assert files_with(home, box.client.client_secret) == []
    assert not [*home.rglob("pending-*")]


def test_ctrl_c_while_the_token_is_fetched_saves_it_first(home: Path, box: ProviderBox) -> None:
    with Terminal(*words(box, "--store", "file", "--callback", "oob"), environment=environment(home)) as terminal:
        give_keys(terminal, box)
        code = box.visit(address(terminal))
        terminal.expect(PASTE)
        box.faults = box.faults._replace(delay=0.5)
        number = len(box.requests)
        terminal.type(f"{code}\n")
        while len(box.requests) == number:
            terminal.rest()
        terminal.interrupt()
        assert terminal.ended() == 130
    assert (FileVault().load("one") or {})["token"]


RING = '''
import os, time
from keyring.backend import KeyringBackend

class Ring(KeyringBackend):
    """Keeps what is temporary; whoever saves a token waits for ever."""
    priority = 1
    kept = {}

    def get_password(self, service, name):
        return self.kept.get(name)

    def set_password(self, service, name, value):
        if name == "one":
            time.sleep(600)
        self.kept[name] = value

    def delete_password(self, service, name):
        del self.kept[name]
'''


def test_a_process_that_is_killed_while_the_keyring_takes_its_time(
    home: Path, box: ProviderBox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The token is in a file of its own, from which it comes home."""
    (tmp_path / "slow_ring.py").write_text(RING)
    monkeypatch.syspath_prepend(str(tmp_path))
    slow = environment(home, PYTHON_KEYRING_BACKEND="slow_ring.Ring")
    with Terminal(*words(box, "--store", "keyring", "--callback", "oob"), environment=slow) as terminal:
        give_keys(terminal, box)
        code = box.visit(address(terminal))
        terminal.expect(PASTE)
        terminal.type(f"{code}\n")
        rescued = home / "rescued-one.json"
        while not rescued.exists():
            terminal.rest()
        terminal.kill()
    kept = json.loads(rescued.read_text("utf-8"))
    with Terminal("import", "rescued", str(rescued), "--store", "file", environment=environment(home)) as terminal:
        assert terminal.ended() == 0
    with Terminal("get", "/echo", environment=environment(home)) as terminal:
        terminal.expect(re.escape(kept["token"]))
        assert terminal.ended() == 0
