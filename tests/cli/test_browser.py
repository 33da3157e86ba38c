"""Which browser opens, if any."""

import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from oauthone.cli import browser
from oauthone.cli.browser import has_browser, in_wsl, open_browser

from .conftest import CANARY


@pytest.fixture(autouse=True)
def desktop(monkeypatch: pytest.MonkeyPatch) -> None:
    """A desktop of Linux with ``xdg-open``."""
    for name in ("SSH_CONNECTION", "SSH_TTY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(platform, "release", lambda: "6.1.0")
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}" if name == "xdg-open" else None)


def test_a_desktop_has_a_browser() -> None:
    assert has_browser()


@pytest.mark.parametrize("variable", ["SSH_CONNECTION", "SSH_TTY"])
def test_over_ssh_there_is_none(monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    monkeypatch.setenv(variable, "x")
    assert not has_browser()


def test_in_a_container_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY")
    assert not has_browser()
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    assert has_browser()
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert not has_browser()
    assert not open_browser("https://provider.example")


@pytest.mark.parametrize(
    ("system", "release", "commands", "expected"),
    [
        ("win32", "", [], ["startfile"]),
        ("darwin", "", [], ["open"]),
        ("linux", "5.15-Microsoft-standard-WSL2", ["wslview", "xdg-open"], ["wslview"]),
        ("linux", "6", ["gio"], ["gio", "open"]),
    ],
)
def test_each_system_has_its_command(
    monkeypatch: pytest.MonkeyPatch, system: str, release: str, commands: list[str], expected: list[str]
) -> None:
    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setattr(platform, "release", lambda: release)
    monkeypatch.setattr(shutil, "which", lambda name: name if name in commands else None)
    assert browser._usual_command() == expected
    assert has_browser()
    assert in_wsl() is ("WSL" in release)


def test_the_browser_gets_the_url_and_none_of_our_variables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OAUTHONE_CLIENT_SECRET", CANARY)
    path = tmp_path / "it"
    program = "import os, sys; open(sys.argv[1], 'w').write(repr((sys.argv[2], dict(os.environ))))"
    (tmp_path / "browser.py").write_text(program)
    url = "https://provider.example/authorize?oauth_token=t&x=$(touch y);`z`"
    assert open_browser(url, f"{sys.executable} {tmp_path / 'browser.py'} {path}")
    browser._STARTED[-1].wait(30)
    got, environment = eval(path.read_text())
    assert got == url
    assert CANARY not in str(environment)


@pytest.mark.parametrize("url", ["file:///etc/passwd", "javascript:alert(1)", "", "ftp://x"])
def test_only_web_addresses_are_opened(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setattr(subprocess, "Popen", lambda *_, **__: pytest.fail("started"))
    assert not open_browser(url, "true")


@pytest.mark.parametrize("command", ["lynx", "/usr/bin/w3m -x", "/not/there"])
def test_what_takes_the_terminal_or_is_not_there_is_not_started(command: str) -> None:
    assert not open_browser("https://provider.example", command)


def test_windows_opens_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    opened: list[str] = []
    assert not open_browser("https://provider.example") or hasattr(os, "startfile")
    monkeypatch.setattr(os, "startfile", opened.append, raising=False)
    assert open_browser("https://provider.example")
    assert opened == ["https://provider.example"]
