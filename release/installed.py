"""Tries out the built distributions, each in an empty environment: as its page says, and each extra alone.

Nothing here can reach the checkout. The pages come from the sdist, whose ``src`` is deleted first, every interpreter is
started in isolated mode, and the provider that the examples talk to is the wheel's own.
"""

import os
import re
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
HERE = Path(__file__).parent
#: What the tests of the core need besides the package.
TOOLS = ("hypothesis", "oauthlib", "pytest", "pytest-timeout", "requests-oauthlib")


class Trial(NamedTuple):
    """One environment, and what has to work in it.

    Attributes:
        extras: those that are installed, as in ``oauthone[extras]``.
        page: the page whose first example runs, or ``"README.md"`` for its whole flow.
        replaced: what to replace in the example, to run it with a twin library.
        code: further code that has to run.
        more: further distributions to install.
    """

    extras: str
    page: str = ""
    replaced: tuple[str, str] = ("", "")
    code: str = ""
    more: tuple[str, ...] = ()


_BOX = """
from urllib.request import urlopen
from oauthone.testing import ProviderBox
with ProviderBox() as box:
    assert urlopen(box.open_url).status == 200
"""
_REDIS = 'from oauthone.server.stores.redis import RedisStore as Store; Store("redis://localhost:6379/0", timeout=2.0)'
_LOGIN = "from oauthone.login import OAuth; OAuth"
_DEMO = """
import runpy, sys
sys.argv = ["oauthone.demo"]
runpy.run_module("oauthone.demo", run_name="__main__")
"""
_DROPIN = """
from authlib.integrations.requests_client import OAuth1Session
assert OAuth1Session.__module__.startswith("authlib"), OAuth1Session.__module__
"""

#: Each extra alone, and what its page says.
_CLI = """
import subprocess, sys
command = [*(sys.executable, "-I", "-m", "oauthone"), "providers"]
assert "discogs" in subprocess.run(command, check=True, capture_output=True, text=True).stdout
"""

TRIALS = (
    Trial("", "docs/signing.md"),
    Trial("requests", "README.md"),
    Trial("requests", "docs/requests.md"),
    Trial("niquests", "docs/niquests.md"),
    Trial("httpx", "docs/httpx.md"),
    Trial("httpx2", "docs/httpx.md", ("oauthone.clients.httpx ", "oauthone.clients.httpx2 ")),
    Trial("aiohttp", "docs/aiohttp.md"),
    Trial("rsa", code="from oauthone import RsaKey; from cryptography.hazmat.primitives import hashes"),
    Trial("requests,rsa", "docs/rsa-keys.md"),
    Trial("sqlalchemy", "docs/stores.md"),
    Trial("redis", code=_REDIS),
    Trial("login", code=_LOGIN),
    Trial("flask", "docs/verify-flask.md", code="from oauthone.login.flask import OAuth"),
    Trial("django", "docs/verify-django.md", code="from oauthone.login.django import OAuth"),
    Trial("starlette", "docs/verify-starlette.md", code="import oauthone.login.starlette", more=("uvicorn",)),
    Trial("flask,testing", "docs/flask.md"),
    Trial("django,testing", "docs/django.md"),
    Trial("starlette,testing", "docs/starlette.md", more=("uvicorn",)),
    Trial("starlette,testing", "docs/fastapi.md", more=("fastapi", "uvicorn")),
    Trial("starlette", "docs/verify-fastapi.md", more=("fastapi", "uvicorn")),
    Trial("testing", code=_BOX),
    Trial("testing,requests", "docs/testing.md", more=("pytest",)),
    Trial("demo", code=_DEMO),
    Trial("cli", code=_CLI),
    Trial("keyring", code="from keyring.backend import KeyringBackend"),
)


def try_out(dist: Path) -> None:
    """Install the wheels and run what the pages say; raises `SystemExit` if something fails."""
    wheel, dropin = (next(dist.glob(f"{name}-*.whl")) for name in ("oauthone", "oauthone_authlib"))
    _check_that_each_extra_is_tried()
    with tempfile.TemporaryDirectory(prefix="oauthone-") as name:
        folder = Path(name)
        sdist = _unpacked_without_sources(next(dist.glob("oauthone-*.tar.gz")), folder)
        judge = _environment(folder / "judge", f"{wheel}[testing]", "pytest")
        for number, trial in enumerate(TRIALS):
            _try(trial, wheel, folder / f"trial-{number}", judge, sdist)
        _try_dropin(wheel, dropin, folder)


def _check_that_each_extra_is_tried() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    if missing := extras.keys() - {trial.extras for trial in TRIALS}:
        raise SystemExit(f"release/installed.py does not try these extras alone: {sorted(missing)}")


def _try(trial: Trial, wheel: Path, folder: Path, judge: Path, sdist: Path) -> None:
    said = f"oauthone[{trial.extras}]" if trial.extras else "oauthone"
    print(f"{said}: {trial.page or 'its modules'}", flush=True)
    python = _environment(folder, f"{wheel}[{trial.extras}]" if trial.extras else str(wheel), *trial.more)
    _uv("pip", "check", "-q", "--python", str(python))
    if trial.page:
        asked = _extras_on(sdist / trial.page)
        if asked and trial.page != "README.md" and trial.extras not in asked:
            raise SystemExit(f"{trial.page} says to install {asked}, but release/installed.py {trial.extras!r}")
        script = str(HERE / "example_of_page.py")
        command = [str(judge), "-I", script, str(sdist), trial.page, str(python), *trial.replaced]
        _run(command, folder)
    if trial.code:
        _run([str(python), "-I", "-c", trial.code], folder)


def _extras_on(page: Path) -> list[str]:
    """Return the sets of extras that the commands of a page install."""
    return re.findall(r"oauthone\[([\w,]+)\]'", page.read_text("utf-8"))


def _try_dropin(wheel: Path, dropin: Path, folder: Path) -> None:
    print("oauthone-authlib: alone, and beside Authlib", flush=True)
    python = _environment(folder / "dropin", f"{wheel}[requests]", str(dropin))
    _run([str(python), "-I", "-W", "error", "-c", _DROPIN], folder)
    _uv("pip", "install", "-q", "--no-deps", "--python", str(python), "-c", str(ROOT / "constraints.txt"), "authlib")
    _uv("pip", "install", "-q", "--no-deps", "--reinstall", "--python", str(python), str(dropin))
    done = _done([str(python), "-I", "-W", "error", "-c", "import authlib"], folder)
    if "two distributions own the package 'authlib'" not in done.stderr:
        raise SystemExit(f"the drop-in did not warn about an Authlib beside it: {done.stderr}")


def _unpacked_without_sources(archive: Path, folder: Path) -> Path:
    """Unpack the sdist, run tests in it, and delete its sources."""
    with tarfile.open(archive) as opened:
        opened.extractall(folder, filter="data")
    (unpacked,) = (path for path in folder.iterdir() if path.is_dir())
    python = _environment(folder / "tester", f"{unpacked}[requests,testing]", *TOOLS)
    print("the sdist: its tests of signing, the flow and verification", flush=True)
    modules = [f"tests/core/test_{name}.py" for name in ("signing", "flow", "verification")]
    _run([str(python), "-m", "pytest", "-q", "-p", "no:cacheprovider", *modules, "tests/core/scenarios"], unpacked)
    (unpacked / "src").rename(folder / "sources-out-of-reach")
    return unpacked


def _environment(folder: Path, *wanted: str) -> Path:
    """Make an environment with these distributions alone, and return its interpreter."""
    _uv("venv", "-q", "--python", sys.executable, str(folder))
    python = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    _uv("pip", "install", "-q", "--python", str(python), "-c", str(ROOT / "constraints.txt"), *wanted)
    return python


def _uv(*arguments: str) -> None:
    _run([sys.executable, "-m", "uv", *arguments], ROOT)


def _run(command: list[str], folder: Path) -> None:
    done = _done(command, folder)
    if done.returncode:
        raise SystemExit(f"this failed: {command}\n{done.stdout}{done.stderr}")


def _done(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    return subprocess.run(
        command,
        cwd=folder,
        env=kept,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
