"""The program with which a page begins: its install line, its file and its command, and a place to run it in.

The place is an environment with exactly what the printed line installs: the wheel that this checkout builds, and the
distributions that the line and the wheel require. They are linked from the environment of the tests, so no index is
asked.
"""

import compileall
import os
import shlex
import socket
import subprocess
import sys
import time
import venv
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from importlib.metadata import Distribution, PathDistribution, distribution
from pathlib import Path
from typing import NamedTuple

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from .pages import DOCS, ROOT, blocks_of

#: The port of each program. A test takes a free one, and changes nothing else in a program.
PORT = "8000"


class Program(NamedTuple):
    """What a reader copies from the beginning of a page.

    Attributes:
        page: the name of the page.
        requirements: what its first command installs.
        file: the name of the file.
        text: the content of the file.
        command: the command that starts it.
    """

    page: str
    requirements: list[str]
    file: str
    text: str
    command: list[str]


def program_of(name: str) -> Program:
    """Return the program of a page: its first three blocks are the install line, the file and the command."""
    blocks = [block for block in blocks_of(DOCS / f"{name}.md") if block.language != "check"]
    assert [block.language for block in blocks[:3]] == ["sh", "python", "sh"], f"{name}.md begins with another block"
    install, file, start = blocks[:3]
    words = shlex.split(install.text)
    assert words[:2] == ["pip", "install"], install.text
    assert file.file, "its first line names no file"
    assert len(start.text.splitlines()) == 1, start.text
    assert file.text.count(PORT) == 1, f"the program names the port {PORT} more than once"
    return Program(name, words[2:], file.file, file.text, shlex.split(start.text))


class Environment:
    """Folders with exactly what an install line installs.

    Args:
        folder: where to make them.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made: dict[tuple[str, ...], Path] = {}
        self._own = folder / "own"
        with zipfile.ZipFile(_build_wheel(folder / "wheel")) as wheel:
            wheel.extractall(self._own)
        compileall.compile_dir(self._own, quiet=1)  # as an installer does, or each program would

    def bin_of(self, requirements: Sequence[str]) -> Path:
        """Return the folder with the interpreter of the environment that has these requirements."""
        key = tuple(requirements)
        if key not in self._made:
            self._made[key] = self._make(self._folder / f"environment-{len(self._made)}", key)
        return self._made[key]

    def _make(self, folder: Path, requirements: Sequence[str]) -> Path:
        venv.create(folder, symlinks=True)
        (site,) = folder.glob("lib/python*/site-packages")
        for part in self._own.iterdir():
            (site / part.name).symlink_to(part)
        (own,) = site.glob("oauthone-*.dist-info")
        for found in _closure(requirements, {"oauthone": PathDistribution(own)}):
            _link(found, site)
        return folder / "bin"


def _build_wheel(folder: Path) -> Path:
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=50)
    assert done.returncode == 0, done.stdout + done.stderr
    (wheel,) = folder.iterdir()
    return wheel


def _closure(requirements: Sequence[str], own: dict[str, Distribution]) -> list[Distribution]:
    """Return the distributions that an installer would add for these requirements, besides our own."""
    waiting = [Requirement(text) for text in requirements]
    seen: set[tuple[str, frozenset[str]]] = set()
    found: dict[str, Distribution] = {}
    while waiting:
        wanted = waiting.pop()
        name, extras = canonicalize_name(wanted.name), frozenset(wanted.extras)
        if (name, extras) in seen:
            continue
        seen.add((name, extras))
        taken = own.get(name) or distribution(name)
        assert taken.version in wanted.specifier, f"{name} {taken.version} is installed, {wanted} is required"
        found[name] = taken
        for line in taken.requires or ():
            requirement = Requirement(line)
            applies = requirement.marker is None or any(
                requirement.marker.evaluate({"extra": extra}) for extra in (extras or {""})
            )
            if applies:
                waiting.append(requirement)
    return [one for name, one in found.items() if name not in own]


def _link(found: Distribution, site: Path) -> None:
    """Link what a distribution installed, except its scripts."""
    for top in {file.parts[0] for file in found.files or () if file.parts[0] not in ("..", "__pycache__")}:
        with suppress(FileExistsError):
            (site / top).symlink_to(Path(str(found.locate_file(top))))


class Started:
    """A program that was started.

    Args:
        process: its process.
        port: the port on which it will listen.
        log: the file with its output.
    """

    def __init__(self, process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
        self._process = process
        self._port = port
        self._log = log

    def address(self) -> str:
        """Wait until the program listens, and return its URL."""
        while self._process.poll() is None:
            with suppress(OSError), socket.create_connection(("127.0.0.1", self._port), 1):
                return f"http://127.0.0.1:{self._port}/"
            time.sleep(0.05)
        raise AssertionError(self._log.read_text("utf-8"))


@contextmanager
def running(program: Program, environment: Environment, folder: Path) -> Iterator[Started]:
    """Paste a program into an empty folder, and start it with its command.

    Args:
        program: the program.
        environment: where its install line was followed.
        folder: the folder, which is empty.
    """
    port = _free_port()
    (folder / program.file).write_text(program.text.replace(PORT, str(port)), "utf-8")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
    kept["PATH"] = f"{environment.bin_of(program.requirements)}{os.pathsep}{kept['PATH']}"
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            program.command, cwd=folder, env=kept, stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
        try:
            yield Started(process, port, folder / "log")
        finally:
            process.terminate()
            process.wait(20)


@contextmanager
def running_pages(
    pages: Iterable[str], environment: Environment, folder_of: Callable[[str], Path]
) -> Iterator[dict[str, Started]]:
    """Start the programs of pages at the same time.

    Args:
        pages: the names of the pages.
        environment: where their install lines were followed.
        folder_of: returns an empty folder of a name.
    """
    with ExitStack() as stack:
        yield {page: stack.enter_context(running(program_of(page), environment, folder_of(page))) for page in pages}


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as one:
        return int(one.getsockname()[1])
