"""If a library is missing, the error names the extra that installs it."""

import re
import runpy
import subprocess
import sys
from importlib import import_module

import pytest

_BLOCKING = """
import sys
class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == {library!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
sys.meta_path.insert(0, Blocked())
try:
    {statement}
except ModuleNotFoundError as missing:
    print(missing.name, "|", missing)
"""


@pytest.mark.parametrize(
    ("library", "extra", "statement"),
    [
        ("requests", "requests", "import oauthone.clients.requests"),
        ("urllib3", "requests", "import oauthone.clients.requests"),
        ("starlette", "testing", "from oauthone.testing import ProviderBox"),
        ("hypercorn", "testing", "from oauthone.testing import ProviderBox"),
        ("trustme", "testing", "from oauthone.testing import ProviderBox"),
        ("cryptography", "testing", "from oauthone.testing import ProviderBox; ProviderBox()"),
    ],
)
def test_what_is_missing_and_how_to_get_it(library: str, extra: str, statement: str) -> None:
    script = _BLOCKING.format(library=library, statement=statement)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=50)
    assert done.stderr == ""
    name, _, message = done.stdout.strip().partition(" | ")
    assert name == library
    assert message == f'this needs the {library!r} package: pip install "oauthone[{extra}]"'


@pytest.mark.parametrize(
    "module", ["app", "consent", "endpoints", "home", "plain_page", "private_page", "protected", "serving"]
)
def test_every_module_of_the_box_says_so(monkeypatch: pytest.MonkeyPatch, module: str) -> None:
    path = import_module(f"oauthone.testing.{module}").__file__
    assert path is not None
    for name in [name for name in sys.modules if name.partition(".")[0] in ("starlette", "trustme")]:
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(ModuleNotFoundError, match=re.escape('pip install "oauthone[testing]"')):
        runpy.run_path(path)


def test_so_do_the_keys_of_its_clients(monkeypatch: pytest.MonkeyPatch) -> None:
    path = import_module("oauthone.testing.identities").__file__
    assert path is not None
    identities = runpy.run_path(path)
    monkeypatch.setitem(sys.modules, "cryptography.hazmat.primitives", None)
    with pytest.raises(ModuleNotFoundError, match=re.escape('pip install "oauthone[testing]"')):
        identities["box_clients"]("")


@pytest.mark.parametrize("library", ["starlette", "hypercorn", "trustme"])
def test_the_command_says_so_in_one_line(library: str) -> None:
    statement = "import runpy; runpy.run_module('oauthone.testing', run_name='__main__', alter_sys=True)"
    script = _BLOCKING.format(library=library, statement=statement)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=50)
    assert (done.returncode, done.stdout) == (1, "")
    assert re.fullmatch(
        rf"this needs the '{library}[\w.]*' package: pip install \"oauthone\[testing\]\"\n", done.stderr
    )
