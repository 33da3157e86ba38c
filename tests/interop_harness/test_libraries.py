"""Each library of `make interop` is listed, and its module states what the run needs."""

import subprocess
import sys
from pathlib import Path

import pytest

from interop import accepted, libraries

FOLDER = Path(libraries.__file__).parent
LISTED = (*libraries.NAMES, *libraries.FURTHER)


def test_every_module_is_listed_once() -> None:
    assert sorted(LISTED) == sorted(path.stem for path in FOLDER.glob("[a-z]*.py"))


def test_only_listed_libraries_may_differ() -> None:
    assert set(accepted.ACCEPTED) <= set(LISTED)


@pytest.mark.parametrize("name", LISTED)
def test_a_module_states_what_it_needs(name: str) -> None:
    module = libraries.load(name)
    assert module.DISTRIBUTION
    assert module.CALLS
    assert module.ROUTES
    assert callable(module.walk)


def test_no_module_loads_requests_oauthlib_before_its_walk() -> None:
    """The process decides before the walk what ``requests_oauthlib`` is."""
    program = (
        f"import sys; from interop.libraries import load; [load(name) for name in {LISTED!r}]; print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=50)
    assert not {"requests_oauthlib", "oauthlib"} & set(done.stdout.split())
    assert "starlette" in done.stdout.split()
