"""`install` puts the package where ``import requests_oauthlib`` finds it, most times in a new interpreter."""

import importlib.util
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import requests_oauthlib

import oauthone.compat.requests_oauthlib as compat

INSTALL = "from oauthone.compat.requests_oauthlib import install; install()\n"
#: Hides the installed requests-oauthlib and oauthlib.
HIDE = """
import sys
class Without:
    def __init__(self, finder):
        self.finder = finder
    def find_spec(self, name, path=None, target=None):
        hidden = name.partition(".")[0] in ("requests_oauthlib", "oauthlib")
        return None if hidden else self.finder.find_spec(name, path, target)
sys.meta_path[:] = [Without(finder) for finder in sys.meta_path]
"""


def run(program: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=50)


def output(program: str) -> str:
    """Return what ``program`` prints; it has to succeed."""
    done = run(program)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize("begin", ["", HIDE], ids=["both installed", "neither installed"])
def test_each_way_of_importing_it_finds_ours(begin: str) -> None:
    program = f"""{begin}{INSTALL}install()
import importlib.util
import requests_oauthlib
import requests_oauthlib.oauth1_session as session
from requests_oauthlib import OAuth1, OAuth1Session
from requests_oauthlib.oauth1_auth import OAuth1 as again, SIGNATURE_TYPE_BODY
from requests_oauthlib.oauth1_session import TokenRequestDenied, TokenMissing, VerifierMissing
import oauthone.compat.requests_oauthlib as ours
assert OAuth1 is again is ours.OAuth1 is requests_oauthlib.oauth1_auth.OAuth1
assert OAuth1Session is session.OAuth1Session is ours.OAuth1Session
assert TokenMissing is requests_oauthlib.TokenMissing
assert importlib.util.find_spec("requests_oauthlib") is not None
print(requests_oauthlib.__version__)
"""
    assert output(program) == requests_oauthlib.__version__ == compat.__version__


def test_the_names_of_oauth_2_stay() -> None:
    """Those of the installed package, which are loaded when they are used."""
    program = f"""{INSTALL}
import sys
import requests_oauthlib
assert "oauthlib" not in sys.modules
from requests_oauthlib import OAuth1Session, OAuth2, OAuth2Session, TokenUpdated
from requests_oauthlib.oauth2_session import OAuth2Session as again
from requests_oauthlib.compliance_fixes import slack_compliance_fix
from requests_oauthlib import compliance_fixes, oauth2_auth
assert OAuth2Session is again and oauth2_auth.OAuth2 is OAuth2
assert compliance_fixes.slack_compliance_fix is slack_compliance_fix
names = {{}}
exec("from requests_oauthlib import *", names)
print(OAuth1Session.__module__, OAuth2Session.__module__, *sorted(name for name in names if name[0] == "O"))
"""
    expected = "oauthone.compat.requests_oauthlib.oauth1_session requests_oauthlib.oauth2_session"
    assert output(program) == f"{expected} OAuth1 OAuth1Session OAuth2 OAuth2Session"


@pytest.mark.parametrize("statement", ["from requests_oauthlib import OAuth2Session", "requests_oauthlib.TokenUpdated"])
def test_without_the_installed_package_the_error_says_what_to_install(statement: str) -> None:
    done = run(f"{HIDE}{INSTALL}import requests_oauthlib\n{statement}")
    assert "OAuth 1.0 only" in done.stderr
    assert "pip install requests-oauthlib" in done.stderr
    caught = f"try:\n  {statement}\nexcept ImportError as error:\n  print(error.name)"
    names = "names = {}; exec('from requests_oauthlib import *', names); print('OAuth2' in names)"
    missing, has_names = output(f"{HIDE}{INSTALL}import requests_oauthlib\n{caught}\n{names}").splitlines()
    assert missing.startswith("requests_oauthlib.")
    assert has_names == "False"


def test_an_unknown_name_is_an_attribute_error() -> None:
    assert output(f"{INSTALL}import requests_oauthlib; print(hasattr(requests_oauthlib, 'OAuth3'))") == "False"


@pytest.mark.parametrize("early", ["requests_oauthlib", "requests_oauthlib.oauth1_session"])
def test_it_is_refused_after_the_other_was_imported(early: str) -> None:
    """Other modules may hold its classes already. Nothing is replaced."""
    program = f"""
import {early} as module, sys
from oauthone.compat.requests_oauthlib import install
try:
    install()
except RuntimeError as refused:
    print(sys.modules[{early!r}] is module, refused)
"""
    printed = output(program)
    assert printed.startswith("True requests_oauthlib was imported before install()")
    assert "call install() first" in printed


def test_the_compat_module_alone_replaces_nothing() -> None:
    """Both can be used side by side."""
    program = """
import oauthone.compat.requests_oauthlib as ours
import requests_oauthlib as theirs
print(theirs.OAuth1 is ours.OAuth1, theirs.__file__)
"""
    assert output(program) == f"False {requests_oauthlib.__file__}"


def test_a_missing_requests_names_the_extra() -> None:
    done = run("import sys; sys.modules['requests'] = None\nimport oauthone.compat.requests_oauthlib")
    assert 'pip install "oauthone[requests]"' in done.stderr


def test_the_module_shows_where_it_is_from() -> None:
    shown = output(f"{INSTALL}import requests_oauthlib; print(requests_oauthlib.__file__)")
    assert Path(shown).is_relative_to(Path(str(compat.__file__)).parent)


# --- in this interpreter ----------------------------------------------------------------------------------------------


@pytest.fixture
def not_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forgets requests_oauthlib until the end of the test."""
    for name in [name for name in sys.modules if name.partition(".")[0] == "requests_oauthlib"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "requests_oauthlib", None)  # so that what is put there is removed at the end
    del sys.modules["requests_oauthlib"]


def installed() -> Any:
    compat.install()
    return sys.modules["requests_oauthlib"]


@pytest.mark.usefixtures("not_imported")
def test_the_installed_module() -> None:
    module = installed()
    assert module.OAuth1 is compat.OAuth1
    assert module.OAuth2Session.__module__ == "requests_oauthlib.oauth2_session"
    assert module.compliance_fixes.__name__ == "requests_oauthlib.compliance_fixes"
    assert installed() is module
    assert not hasattr(module, "OAuth3")
    for name in [name for name in sys.modules if name.startswith("requests_oauthlib.")]:
        del sys.modules[name]


@pytest.mark.usefixtures("not_imported")
def test_the_installed_module_without_the_other_one(monkeypatch: pytest.MonkeyPatch) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(
        "oauthone.compat.requests_oauthlib._installation.find_spec",
        lambda name: None if name == "requests_oauthlib" else find(name),
    )
    module = installed()
    with pytest.raises(ImportError, match="pip install requests-oauthlib"):
        _ = module.OAuth2Session
    for name in [name for name in sys.modules if name.startswith("requests_oauthlib.")]:
        del sys.modules[name]


def test_an_import_before_is_an_error() -> None:
    assert sys.modules["requests_oauthlib"] is requests_oauthlib
    with pytest.raises(RuntimeError, match="was imported before install"):
        compat.install()
