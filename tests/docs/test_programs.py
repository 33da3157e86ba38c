"""The programs of the pages about servers, pasted into an empty folder where exactly their line is installed.

``tests/browser/test_programs_of_pages.py`` walks through those about logins.
"""

import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from .pages import DOCS, blocks_of
from .programs import PORT, Environment, Started, program_of, running_pages

PAGES = ("verify-flask", "verify-django", "verify-starlette", "verify-fastapi")


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    return Environment(tmp_path_factory.mktemp("environments"))


@pytest.fixture(scope="module")
def programs(environment: Environment, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Started]]:
    """The programs of all pages."""
    with running_pages(PAGES, environment, tmp_path_factory.mktemp) as started:
        yield started


@pytest.mark.parametrize("page", PAGES)
def test_a_signed_call(page: str, programs: dict[str, Started], environment: Environment, tmp_path: Path) -> None:
    """The second program prints what the page says."""
    _, _, _, call, start, output = [block for block in blocks_of(DOCS / f"{page}.md") if block.language != "check"][:6]
    assert (call.file, start.text, output.language) == ("call.py", "python call.py\n", "output")
    address = programs[page].address()
    assert call.text.count(f"http://127.0.0.1:{PORT}/") == 1
    (tmp_path / "call.py").write_text(call.text.replace(f"http://127.0.0.1:{PORT}/", address), "utf-8")

    python = environment.bin_of(program_of(page).requirements) / "python"
    done = subprocess.run([python, "-I", "call.py"], cwd=tmp_path, capture_output=True, text=True, timeout=50)

    assert (done.stdout, done.stderr) == (output.text, "")


@pytest.mark.parametrize("page", PAGES)
def test_an_unsigned_call(page: str, programs: dict[str, Started]) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(programs[page].address() + "photos", timeout=10)

    refused.value.close()
    assert (refused.value.code, refused.value.headers["WWW-Authenticate"]) == (401, "OAuth")


def test_nothing_else_is_installed(environment: Environment) -> None:
    """An environment has what its line names and what that requires: no other framework, and no checkout."""
    python = environment.bin_of(program_of("verify-flask").requirements) / "python"
    code = "import importlib.util as u, oauthone; print(oauthone.__file__, *filter(u.find_spec, {!r}))"
    names = ["flask", "requests", "django", "starlette", "httpx2", "pytest", "hypercorn"]

    done = subprocess.run([python, "-I", "-c", code.format(names)], capture_output=True, text=True, timeout=50)

    path, *found = done.stdout.split()
    assert Path(path).is_relative_to(python.parents[1])
    assert found == ["flask", "requests"]
