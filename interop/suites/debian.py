"""Downloads a source package of Debian with apt, in a state of its own: the machine's stays as it is."""

from __future__ import annotations

import subprocess
from pathlib import Path

_SETTINGS = Path("/etc/apt")


def download(package: str, folder: Path) -> None:
    """Download the archive of a source package.

    Args:
        package: its name.
        folder: where the archive goes.

    Raises:
        OSError: this machine has no apt.
        subprocess.CalledProcessError: the archives that this machine uses do not have the package.
    """
    state = folder / "apt"
    for part in ("lists/partial", "cache/archives/partial", "sources"):
        (state / part).mkdir(parents=True)
    for number, (suffix, text) in enumerate(source_lists(_SETTINGS)):
        (state / "sources" / f"{number}{suffix}").write_text(text, encoding="utf-8")
    places = {
        "Dir::Etc::sourcelist": "/dev/null",
        "Dir::Etc::sourceparts": state / "sources",
        "Dir::State::lists": state / "lists",
        "Dir::Cache": state / "cache",
        "APT::Sandbox::User": "root",
    }
    options = [f"--option={name}={value}" for name, value in places.items()]
    for command in (["update"], ["source", "--download-only", package]):
        subprocess.run(["apt-get", "--quiet=2", *options, *command], cwd=folder, check=True, capture_output=True)


def source_lists(settings: Path) -> list[tuple[str, str]]:
    """Return the machine's lists of archives, changed so that they name source packages: a suffix and a text each."""
    found: list[tuple[str, str]] = []
    for path in sorted([settings / "sources.list", *settings.glob("sources.list.d/*")]):
        text = path.read_text("utf-8") if path.is_file() else ""
        if path.suffix == ".sources":
            stanzas = [stanza for stanza in text.split("\n\n") if "URIs: file:" not in stanza]
            found.append((".sources", "\n\n".join(stanzas).replace("Types: deb\n", "Types: deb-src\n")))
        elif path.suffix == ".list":
            lines = [line.replace("deb ", "deb-src ", 1) for line in text.splitlines() if line.startswith("deb http")]
            found.append((".list", "\n".join(lines) + "\n"))
    return found
