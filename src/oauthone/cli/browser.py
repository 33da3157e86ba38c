"""Which browser opens, if any. It gets no secret: not even the variables of this program."""

import os
import platform
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

#: Browsers that would take over the terminal.
TEXT_BROWSERS = frozenset(("www-browser", "links", "elinks", "lynx", "w3m", "links2", "browsh"))

#: The browsers, which outlive this process; without a name each would be a warning.
_STARTED: list[subprocess.Popen[bytes]] = []


def has_browser() -> bool:
    """Return whether a browser of this machine can show a page to the person at this terminal."""
    if is_remote():
        return False
    if sys.platform in ("win32", "darwin") or in_wsl():
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")) and _usual_command() is not None


def is_remote() -> bool:
    """Return whether the person is at another machine, over ssh."""
    return bool(os.environ.get("SSH_CONNECTION") or os.environ.get("SSH_TTY"))


def in_wsl() -> bool:
    """Return whether this is Linux inside Windows."""
    return "microsoft" in platform.release().lower()


def open_browser(url: str, command: str | None = None) -> bool:
    """Open a URL; return whether a browser was started.

    Args:
        url: an http or https URL.
        command: the command of the browser; None takes the usual one.
    """
    if not url.lower().startswith(("https://", "http://")):
        return False
    words = shlex.split(command) if command else _usual_command()
    if words is None or Path(words[0]).name in TEXT_BROWSERS:
        return False
    if words == ["startfile"]:
        return _start_file(url)
    try:
        started = subprocess.Popen(
            [*words, url],
            env=without_ours(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        _STARTED.append(started)
    except OSError:
        return False
    return True


def without_ours() -> dict[str, str]:
    """Return the environment for another program, without the variables of this one."""
    return {name: value for name, value in os.environ.items() if not name.startswith("OAUTHONE_")}


def _usual_command() -> list[str] | None:
    if sys.platform == "win32":
        return ["startfile"]
    if sys.platform == "darwin":
        return ["open"]
    names = (["wslview"] if in_wsl() else []) + ["xdg-open", "gio"]
    found = next((name for name in names if shutil.which(name)), None)
    return None if found is None else ["gio", "open"] if found == "gio" else [found]


def _start_file(url: str) -> bool:
    start = getattr(os, "startfile", None)
    if start is None:
        return False
    start(url)
    return True
