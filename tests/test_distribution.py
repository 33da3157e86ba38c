"""The wheel contains the package and nothing else, and works with nothing else installed."""

import subprocess
import sys
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def run(*command: str | Path, cwd: Path | None = None) -> str:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=50)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder, cwd=ROOT)
    (built,) = folder.iterdir()
    return built


def test_the_wheel_holds_the_package_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    name, version = wheel.name.split("-")[:2]
    assert {Path(entry).parts[0] for entry in names} == {"oauthone", f"{name}-{version}.dist-info"}
    sources = {str(path.relative_to(ROOT / "src")) for path in (ROOT / "src").rglob("*.py")}
    assert {entry for entry in names if entry.startswith("oauthone/")} == {*sources, "oauthone/py.typed"}


def test_the_wheel_requires_nothing_unless_an_extra_is_asked_for(wheel: Path) -> None:
    metadata = next(name for name in zipfile.ZipFile(wheel).namelist() if name.endswith("/METADATA"))
    headers = Parser().parsestr(zipfile.ZipFile(wheel).read(metadata).decode())
    assert [need for need in headers.get_all("Requires-Dist", []) if "extra ==" not in need] == []
    assert (headers["License-Expression"], headers["Requires-Python"]) == ("BSD-3-Clause", ">=3.11")


SIGN = """
from importlib.metadata import distributions
from oauthone import Signer

url = "https://api.example/x"
hmac = Signer("key", "secret").sign("GET", url).authorization
plaintext = Signer("key", "secret", signature_method="PLAINTEXT").sign("GET", url).authorization
assert 'oauth_signature_method="HMAC-SHA1"' in hmac, hmac
assert 'oauth_signature="secret%26"' in plaintext, plaintext
assert [found.name for found in distributions()] == ["oauthone"]
"""


def test_the_wheel_signs_in_an_empty_environment(wheel: Path, tmp_path: Path) -> None:
    """Installed without an index: HMAC-SHA1 and PLAINTEXT need the standard library alone."""
    run(sys.executable, "-m", "venv", "--without-pip", tmp_path / "empty")
    python = tmp_path / "empty" / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    run(sys.executable, "-m", "pip", "--python", python, "install", "-q", "--no-index", wheel)
    run(python, "-I", "-c", SIGN, cwd=tmp_path)
