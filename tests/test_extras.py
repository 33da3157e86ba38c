"""For each extra: without one of its libraries, what a user writes first says how to install it.

Each statement runs in a new interpreter that does not find the library, as in an environment without the extra. One
interpreter runs all of them with the libraries.
"""

import re
import subprocess
import sys
import tomllib
from importlib.util import find_spec
from pathlib import Path

import pytest

PYPROJECT = Path(__file__).parents[1] / "pyproject.toml"

WITHOUT = """
from importlib.machinery import PathFinder
find = PathFinder.find_spec
def find_others(name, *given):
    return None if name.partition(".")[0] == {library!r} else find(name, *given)
PathFinder.find_spec = find_others
{statement}
"""

EACH = """
import traceback
for statement in {statements!r}:
    try:
        exec(statement, {{}})
    except Exception:
        traceback.print_exc()
"""

STATEMENTS = {
    ("aiohttp", "aiohttp"): "import oauthone.clients.aiohttp",
    ("cli", "click"): "import oauthone.cli.main",
    ("cli", "platformdirs"): (
        "import os; os.environ.pop('OAUTHONE_HOME', 0); from oauthone.cli.places import state_folder; state_folder()"
    ),
    ("demo", "rich"): "import oauthone.demo",
    ("django", "django"): "import oauthone.login.django",
    ("flask", "flask"): "import oauthone.login.flask",
    ("httpx", "httpx"): "import oauthone.clients.httpx",
    ("httpx2", "httpx2"): "import oauthone.clients.httpx2",
    ("keyring", "keyring"): "from oauthone.cli.vault import keyring_backend; keyring_backend()",
    ("login", "cryptography"): "from oauthone.login._session_cipher import SessionCipher; SessionCipher([b'secret'])",
    ("niquests", "niquests"): "import oauthone.clients.niquests",
    ("redis", "redis"): "import oauthone.server.stores.redis",
    ("requests", "requests"): "import oauthone.clients.requests",
    ("requests", "urllib3"): "import oauthone.clients.requests",
    ("rsa", "cryptography"): "from oauthone import RsaKey; RsaKey(b'-----BEGIN PRIVATE KEY-----')",
    ("sqlalchemy", "sqlalchemy"): "import oauthone.server.stores.sqlalchemy",
    ("starlette", "starlette"): "import oauthone.login.starlette",
    ("testing", "cryptography"): "from oauthone.testing import ProviderBox; ProviderBox()",
    ("testing", "h2"): "from oauthone.testing import ProviderBox",
    ("testing", "hypercorn"): "from oauthone.testing import ProviderBox",
    ("testing", "starlette"): "from oauthone.testing import ProviderBox",
    ("testing", "trustme"): "from oauthone.testing import ProviderBox",
}
#: httpx and httpx2 depend on anyio themselves. Starlette's own middleware needs itsdangerous, and says so.
OF_OTHERS = {("httpx", "anyio"), ("httpx2", "anyio"), ("starlette", "itsdangerous")}


def test_every_library_of_every_extra_has_a_statement() -> None:
    extras = tomllib.loads(PYPROJECT.read_text("utf-8"))["project"]["optional-dependencies"]
    named = {
        (extra, re.split(r"[\[><=]", requirement)[0])
        for extra, requirements in extras.items()
        for requirement in requirements
        if not requirement.startswith("oauthone[")
    }
    assert named == set(STATEMENTS) | OF_OTHERS


@pytest.mark.parametrize(("extra", "library"), STATEMENTS, ids="-".join)
def test_without_the_library_the_last_line_names_the_extra(extra: str, library: str) -> None:
    program = WITHOUT.format(library=library, statement=STATEMENTS[extra, library])
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=50)
    assert ran.returncode == 1
    expected = rf"ModuleNotFoundError: this needs the '{library}[\w.]*' package: pip install \"oauthone\[{extra}\]\""
    assert re.fullmatch(expected, ran.stderr.rstrip().splitlines()[-1]), ran.stderr


def test_with_the_libraries_each_statement_gets_further() -> None:
    """So the errors above are about these libraries. The tests of niquests do the same in their environment."""
    assert {extra for extra, library in STATEMENTS if find_spec(library) is None} <= {"niquests"}
    here = {statement for (_, library), statement in STATEMENTS.items() if find_spec(library) is not None}
    program = EACH.format(statements=sorted(here))
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=50)
    assert (ran.returncode, "ModuleNotFoundError" in ran.stderr) == (0, False), ran.stderr
